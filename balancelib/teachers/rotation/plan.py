"""A plan of rotation: who goes where, what it reaches, what it leaves, and what it changes of the county's verdict."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from balancelib.assess import Assessment, assess
from balancelib.assess.logic import reaches
from balancelib.county.tables import County
from balancelib.teachers.definitions import BACKBONE, FEWEST, INDICATORS, PE_ARTS, QUALIFIED, SENIOR_TITLES
from balancelib.teachers.rotation.people import Kind
from balancelib.teachers.rotation.program import AIMS, FAMILIES, METRES, OTHER_RULES
from balancelib.teachers.rotation.question import Question

FEW = f"少于{FEWEST}人"
BESIDES = "略"  # hidden only so that others cannot be reckoned from the total


class Step(NamedTuple):
    """An aim, the value that was reached, and the bound that no plan beats; kilometres in tenths."""

    aim: str
    value: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no plan that reaches as much of the aims before is better."""
        return self.value == self.bound

    @property
    def unit(self) -> int:
        """How much of the aim's own unit a value of 1 is part of."""
        return METRES if self.aim == "km" else 1


@dataclass(frozen=True)
class RotationPlan:
    """What `plan_rotation` found.

    Attributes
    ----------
    question : Question
    chosen : tuple of (str, str)
        Teachers and the schools they go to.
    steps : tuple of Step
        By aim; empty where no plan keeps all rules.
    obstacles : tuple of (str, str)
        Where there is none: each rule, and by how much it would have to give way if all others stayed.
    late : bool
        Whether the time ran out before all was done.
    """

    question: Question = field(repr=False)
    chosen: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    obstacles: tuple[tuple[str, str], ...]
    late: bool

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return bool(self.steps)

    @property
    def proven(self) -> bool:
        """Whether every aim that was pursued is proven to be reached as far as it can be."""
        return bool(self.steps) and not self.late and all(step.proven for step in self.steps)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Who goes where, by teacher: ``school_id``, ``to_id``, ``stage, subject, backbone`` (yes or no), ``years`` at the school of today,
        ``km`` from home to the new school, ``until`` (the year in whose summer the term ends) and ``fills``, what the new school lacks.
        """  # fmt: skip
        q = self.question
        rows = []
        for teacher, to in self.chosen:
            person, kind = q.staff.loc[teacher], self.kinds[teacher]
            rows.append((teacher, person["school_id"], to, kind.stage, kind.subject, kind.backbone,
                         int(q.year - person["school_since"]), q.away(kind, to), q.year + q.limits.term, q.fills(kind, to)))  # fmt: skip
        columns = [
            "teacher_id",
            "school_id",
            "to_id",
            "stage",
            "subject",
            "backbone",
            "years",
            "km",
            "until",
            "fills",
        ]
        return pd.DataFrame(rows, columns=columns).set_index("teacher_id")

    @property
    def no_home(self) -> int:
        """How many of those sent have no home in the table, so that their road is from the school of today."""
        staff = self.question.staff
        return (
            int(staff.loc[self.moves.index, "lives_near"].isna().sum())
            if "lives_near" in staff
            else len(self.moves)
        )

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Kind of everybody who could be sent."""
        return {
            t: k for g in self.question.groups for p in g.parties for t, k in zip(p, g.kinds, strict=True)
        }

    @cached_property
    def rates(self) -> dict[str, float]:
        """``moved``, ``eligible``, ``backbone`` of the moved, and the two shares (NaN for nobody)."""
        moved, backbone = len(self.moves), int(self.moves["backbone"].sum())
        share = moved / self.question.eligible
        return {
            "moved": moved, "eligible": self.question.eligible, "backbone": backbone, "share": share,
            "backbone_share": backbone / moved if moved else float("nan"),
        }  # fmt: skip

    @cached_property
    def posts(self) -> pd.DataFrame:
        """Posts of subjects before and after: ``have``, ``after``, ``low``, ``high``, ``short`` and ``short_after``, by school, stage and subject."""
        posts = self.question.posts.copy()
        went = self.moves.groupby(["school_id", "stage", "subject"]).size()
        came = self.moves.groupby(["to_id", "stage", "subject"]).size()
        change = came.reindex(posts.index).fillna(0) - went.reindex(posts.index).fillna(0)
        posts["after"] = posts["have"] + change.astype(int)
        for name, count in (("short", "have"), ("short_after", "after")):
            posts[name] = (posts["low"] - posts[count]).clip(lower=0)
        return posts

    @cached_property
    def county(self) -> County:
        """The county after the plan: the counts of its schools changed by those who come and go."""
        schools = self.question.county.schools.copy().set_index("school_id")
        for teacher, to in self.chosen:
            person = self.question.staff.loc[teacher]
            for column in _columns(person):
                schools.at[person["school_id"], column] -= 1
                schools.at[to, column] = schools.fillna({column: 0}).at[to, column] + 1
        return County({**self.question.county.tables, "schools": schools.reset_index()})

    @cached_property
    def verdicts(self) -> tuple[Assessment, Assessment]:
        """The county judged before and after."""
        return assess(self.question.county, "quality-2017"), assess(self.county, "quality-2017")

    @cached_property
    def effect(self) -> pd.DataFrame:
        """Indicators 1 to 3 by stage and indicator: ``label``, ``mean``, ``cv`` and sections ``below`` the threshold, each ``_before`` and ``_after``; ``limit`` of
        the coefficient, ``sections`` in all.
        """  # fmt: skip
        before, after = self.verdicts
        rows = {}
        for stage, judged in before.stages.items():
            if not judged.sections:
                continue
            for key in INDICATORS:
                row = {
                    "label": before.standard.indicator(key).short_label,
                    "limit": judged.cv_limit,
                    "sections": judged.sections,
                }
                for when, verdict in (("before", before), ("after", after)):
                    here = verdict.ratios.loc[(verdict.sections["stage"] == stage).to_numpy(), key]
                    row |= {f"mean_{when}": verdict.stages[stage].mean[key], f"cv_{when}": verdict.stages[stage].cv[key],
                            f"below_{when}": int((~reaches(here, 1.0)).sum())}  # fmt: skip
                rows[stage, key] = row
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["stage", "indicator"])

    @cached_property
    def _areas(self) -> pd.DataFrame:
        """The moves with the areas that they lead from and to."""
        area = self.question.county.schools.set_index("school_id")["area"]
        return self.moves.assign(
            from_area=self.moves["school_id"].map(area), to_area=self.moves["to_id"].map(area)
        )

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Who goes from which area to which, for the office: ``moved``, and of them ``fills``, who bring what the new school lacks."""
        return (
            self._areas.assign(fills=self.moves["fills"].map(len) > 0)
            .groupby(["from_area", "to_area"], sort=True)
            .agg(moved=("km", "size"), fills=("fills", "sum"))
        )

    @cached_property
    def published(self) -> pd.DataFrame:
        """Who goes from which area to which, by stage: what can be published, without counts that tell a person or from which one can be reckoned."""
        counts = self._areas.groupby(["stage", "from_area", "to_area"], sort=True).agg(
            moved=("km", "size"), backbone=("backbone", "sum")
        )
        return counts.astype(int).apply(hide_few)

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        if not self.found:
            return self._impossible()
        r, before, after = self.rates, int(self.posts["short"].sum()), int(self.posts["short_after"].sum())
        how = "各个目标依次证明到了最好" if self.proven else self._gap()
        if not r["moved"]:
            return f"不用派人：照这些规则，没有一处派人能补上。学科岗位缺{before}人。{how}。{self.doubts}"
        return (
            f"派{r['moved']:.0f}人，占符合条件的{r['eligible']}人的{r['share']:.1%}；其中骨干教师{r['backbone']}人，占派出的{r['backbone_share']:.1%}。"
            f"学科岗位缺{before}人，补上{before - after}人，还缺{after}人。{how}。{self.doubts}"
        )

    @property
    def doubts(self) -> str:
        """What is not known, and how far it could change the plan, in Chinese; empty where all is."""
        q, least, told = self.question, self.question.limits.exchange.least_share, ""
        if q.unknown:
            lowest = self.rates["moved"] / (q.eligible + q.unknown)
            enough = "也够" if reaches(lowest, least) else f"不到{least:.0%}，请先补齐"
            told += f"另有{q.unknown}人资料不全，判断不了符不符合：都符合时，派出的占{lowest:.1%}，{enough}。"
        if len(q.doubtful):
            told += f"{len(q.doubtful)}个学段部分有教师的任教学科空白，缺不缺说不准，没有往那里补。"
        if hidden := int(q.standing["hidden"].groupby(["school_id", "stage"]).any().sum()):
            told += f"{hidden}个学段部分有教师的学历、骨干称号或任教学科空白，三项指标缺不缺说不准，也没有往那里补。"
        return told

    def _gap(self) -> str:
        """How far from the best each aim may be."""
        open_ = [step for step in self.steps if not step.proven]
        told = (
            "；".join(f"{AIMS[s.aim][0]}：{s.value / s.unit:g}，最好不过{s.bound / s.unit:g}" for s in open_)
            or "后面的目标没有来得及算"
        )
        return f"时间到了，没有证明最好（{told}）"

    def _impossible(self) -> str:
        if self.late and not self.obstacles:
            return "时间到了，还没有找到方案。请把seconds调大再算。"
        names = FAMILIES | OTHER_RULES
        told = "；".join(f"{names[family]}：{text}" for family, text in self.obstacles)
        return f"这些规则放在一起，没有一个方案能同时做到。只放宽其中一条、别的不动：{told}。"


def _columns(person: pd.Series) -> list[str]:
    """Columns of ``schools`` that count a teacher."""
    stage = person["stage"]
    counted = {
        "teachers": True, "qualified": person["education"] in QUALIFIED[stage], "backbone": person["backbone"] in BACKBONE,
        "pe_arts": person["subject"] in PE_ARTS, "senior_title": person.get("title") in SENIOR_TITLES,
    }  # fmt: skip
    return [f"{name}_{stage}" for name, holds in counted.items() if holds]


def hide_few(counts: pd.Series) -> pd.Series:
    """Hide counts of fewer than `FEWEST`, and as many of the least others as it takes that the total does not give them away."""
    hidden = counts.between(1, FEWEST - 1)
    besides = hidden & False
    while hidden.any() and not _open(
        counts[hidden].sum(), int((hidden & ~besides).sum()), int(besides.sum())
    ):
        shown = counts[~hidden & (counts > 0)]
        if shown.empty:
            break
        besides[shown.idxmin()] = hidden[shown.idxmin()] = True
    return counts.astype(object).mask(hidden, FEW).mask(besides, BESIDES)


def _open(total: int, few: int, besides: int) -> bool:
    """Whether hidden counts can be different ones with the same total: few of one or two, and some of three or more."""
    least = few + FEWEST * besides
    return total > least if besides else least < total < few * (FEWEST - 1)
