"""A county's own report, graded: what a program can look at by the program, the rest by a trainer.

The program compares what is written with what the library finds for the county in use. It reads numbers where they are written in one of the ways that
``rubric.toml`` lists, and says where it read none: then a person has to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.progress.report_facts import Criterion, Rubric, load_rubric
from balancelib.progress.report_findings import report_findings
from balancelib.progress.report_numbers import RIGHT, UNREAD
from balancelib.progress.written import Written, read_report

COLUMNS = ["标准", "事项", "结果", "报告里", "应该是", "在哪一部分"]
PASSED_OVER = (UNREAD,)  # neither right nor wrong
HIGHEST = 3


@dataclass(frozen=True)
class Graded:
    """A report, graded by the program.

    Attributes
    ----------
    findings : DataFrame
        ``标准, 事项, 结果, 报告里, 应该是, 在哪一部分``, a row each thing looked at.
    criteria : DataFrame
        ``标准, 分值, 等级, 得分, 依据`` by the criteria's keys; level and points of those that a person judges are blank.
    rubric : Rubric
    """

    findings: pd.DataFrame
    criteria: pd.DataFrame
    rubric: Rubric

    @property
    def to_mend(self) -> pd.DataFrame:
        """What is not as it should be."""
        return self.findings[~self.findings["结果"].isin([RIGHT, *PASSED_OVER])]

    def with_marks(self, marks: Mapping[str, int]) -> "Graded":
        """Return it with the levels that a person gave, 0 to 3, by criterion.

        Raises
        ------
        ValueError
            A criterion is unknown, or is the program's; or a level is none.
        """
        table = self.criteria.copy()
        for key, level in marks.items():
            one = next((c for c in self.rubric.criteria if c.key == key and c.by == "person"), None)
            if one is None:
                raise ValueError(
                    f"“{key}”不是由人评的一项。由人评的是：{'、'.join(_by_person(self.rubric))}。"
                )
            if level not in range(HIGHEST + 1):
                raise ValueError(f"“{one.label}”的等级要写0、1、2或者3，你写的是{level}。")
            table.loc[key, ["等级", "得分", "依据"]] = [level, _points(one, level), one.levels[level]]
        return Graded(self.findings, table, self.rubric)

    @property
    def unread(self) -> pd.DataFrame:
        """What the program read nowhere, neither right nor wrong: a person compares it."""
        return self.findings[self.findings["结果"].isin(PASSED_OVER)]

    @property
    def points(self) -> float:
        """Points so far: those of a person count once they are given."""
        return float(self.criteria["得分"].sum())

    @property
    def passes(self) -> bool | None:
        """Whether it may be handed in: enough points, and the highest level where nothing makes up for less; None while a person has not graded."""
        if (self.criteria.loc[self.rubric.must, "等级"] < HIGHEST).any():
            return False
        if self.criteria["等级"].isna().any():
            return None
        return self.points >= self.rubric.pass_mark


def grade_report(
    source: str | Path | Written, county: County, verdict: Assessment, rubric: Rubric | None = None
) -> Graded:
    """Compare a written report with a county.

    Parameters
    ----------
    source : str, Path or Written
        A file or a text, as for `read_report`.
    county : County
        In use: the one that the report is about.
    verdict : Assessment
        On it.
    rubric : Rubric, optional
        Else the course's.

    Raises
    ------
    ReportError
        The file cannot be read.
    """
    rubric = rubric or load_rubric()
    written = source if isinstance(source, Written) else read_report(source)
    findings = pd.DataFrame(report_findings(written, county, verdict, rubric), columns=COLUMNS)
    findings["标准"] = findings["标准"].map({one.key: one.label for one in rubric.criteria})
    table = pd.DataFrame([_criterion(one, findings) for one in rubric.criteria]).set_index("key")
    return Graded(findings, table, rubric)


def rubric_table(rubric: Rubric | None = None) -> pd.DataFrame:
    """Return the rubric for people: ``分值, 谁评, 0, 1, 2, 3`` by criterion."""
    rows = {
        one.label: [one.weight, "程序" if one.by == "program" else "人", *one.levels]
        for one in (rubric or load_rubric()).criteria
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["分值", "谁评", "0", "1", "2", "3"])
    return frame.rename_axis("标准")


def _criterion(one: Criterion, findings: pd.DataFrame) -> dict[str, object]:
    """One row: the level that the share of right findings earns."""
    row = {
        "key": one.key, "标准": one.label, "分值": one.weight, "等级": float("nan"), "得分": float("nan"),
        "依据": "由人评",
    }  # fmt: skip
    if one.by != "program":
        return row
    here = findings[(findings["标准"] == one.label) & ~findings["结果"].isin(PASSED_OVER)]
    right = int((here["结果"] == RIGHT).sum())
    share = right / len(here) if len(here) else 1.0
    level = sum(share >= least - 1e-9 for least in one.least)
    return row | {"等级": level, "得分": _points(one, level), "依据": f"{len(here)}处里{right}处是对的"}


def _points(one: Criterion, level: int) -> float:
    return one.weight * level / HIGHEST


def _by_person(rubric: Rubric) -> list[str]:
    return [one.key for one in rubric.criteria if one.by == "person"]
