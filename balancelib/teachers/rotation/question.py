"""What is asked of a rotation: the rules of a county, who can be sent, and the posts that each school has and needs."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import stage_sections
from balancelib.county.schema import STAGES
from balancelib.county.tables import County
from balancelib.standards import load_standard
from balancelib.teachers.definitions import BACKBONE, INDICATORS, PE_ARTS, are_ordinary, are_qualified
from balancelib.teachers.eligible import EXCHANGE, ExchangeRules, eligibility
from balancelib.teachers.retirement import GROUPS
from balancelib.teachers.rotation.people import Group, Kind, Place, items, kind_of, named_spouses, spouses

# The lowest age at which each may retire by choice, that of the old law: whoever may reach it within the term is not sent. Months of birth are not
# known, so that the year in whose summer the term ends counts.
EARLIEST = {gender: GROUPS[gender].age for gender in ("female", "male")}
LEVELS = {"rural": 0, "town": 1, "urban": 2}
# Why an eligible teacher cannot be sent; only these are added to the reasons of eligibility.
NOT_SENT = {
    "apart": "在特殊教育学校、职业学校，另按自己的课程排",
    "retires": "任期满以前会到、或者可能到可以退休的年龄",
    "blank": "任教学科、学历、骨干或年龄空白",
    "couple": "同校的配偶去不了",
    "kept": "县里写明不派的",
    "sent": "可以派",
}


@dataclass(frozen=True)
class Limits:
    """The rules of a county's rotation (县里定的规则).

    Attributes
    ----------
    within : float
        The longest road from home to the new school, km.
    term : int
        Years that are served at the new school.
    most : float
        The largest share of a school's teachers that may leave in a year, and that may come; one always may.
    exchange : ExchangeRules
        Who is eligible, and the two least shares.
    upward : bool
        Whether those may be sent to a town from a village, or to the city from either, who fill nothing there.
    """

    within: float = 20.0
    term: int = 3
    most: float = 0.2
    exchange: ExchangeRules = EXCHANGE
    upward: bool = False

    def __post_init__(self) -> None:
        if not (self.within >= 0 and self.term >= 1 and 0 < self.most <= 1):
            raise ValueError("最远的路程不能小于0公里，任期至少1年，每校进出的上限要大于0、不超过1")


LIMITS = Limits()


class Span(NamedTuple):
    """Between which changes a plan must stay of what it counts at a place, and how many are lacking there today."""

    least: float
    most: float
    lacks: int


@dataclass(frozen=True)
class Question:
    """A county, what its schools need, and the rules.

    Attributes
    ----------
    county : County
        With the tables ``schools`` and ``teachers``.
    required : Series of float
        Teachers needed, by ``school_id, stage, subject``; of a post that is not there, as many as there are.
    km : DataFrame
        Of `road_matrix`.
    year : int
        The school year in which they go.
    limits : Limits
    kept : frozenset of str
        Teachers who are not to be sent, whatever the rules say.
    """

    county: County
    required: pd.Series
    km: pd.DataFrame
    year: int
    limits: Limits = LIMITS
    kept: frozenset[str] = field(default=frozenset())

    @cached_property
    def staff(self) -> pd.DataFrame:
        """Every teacher of a public school by id, with ``status`` of eligibility and ``sent``: a key of `NOT_SENT` for those eligible."""
        schools, table = self.county.schools, self.county.tables["teachers"]
        status = eligibility(table, schools, self.year, self.limits.exchange)
        staff = table.set_index("teacher_id").assign(status=status)
        public = set(schools.loc[schools["operator"] == "public", "school_id"])
        staff = staff[staff["school_id"].isin(public) & staff["stage"].isin(STAGES)]
        return staff.assign(sent=self._sent(staff))

    def _sent(self, staff: pd.DataFrame) -> pd.Series:
        """Say of the eligible whether they can be sent, before the couples are looked at and after."""
        blank = staff[["subject", "education", "backbone", "birth_year", "gender"]].isna().any(axis=1)
        ends = staff["birth_year"] + staff["gender"].map(EARLIEST)
        apart = staff["school_id"].isin(self.apart)
        tests = [staff["status"] != "eligible", apart, blank, ends <= self.year + self.limits.term]
        sent = pd.Series(np.select(tests, ["", "apart", "blank", "retires"], "sent"), staff.index)
        sent[sent.index.isin(self.kept) & (sent == "sent")] = "kept"
        other = spouses(staff)
        stays = sent.reindex(other).to_numpy() != "sent"
        return sent.mask((sent == "sent") & other.notna() & stays, "couple")

    @cached_property
    def apart(self) -> frozenset[str]:
        """Schools with a curriculum of their own: what they need is not known, so that they neither send nor receive."""
        schools = self.county.schools
        return frozenset(schools.loc[~are_ordinary(schools), "school_id"])

    @cached_property
    def eligible(self) -> int:
        """How many teachers are eligible: the denominator of the first share."""
        return int((self.staff["status"] == "eligible").sum())

    def goes_with(self, teacher: str) -> str | None:
        """Return the spouse at the same school, if any."""
        return self._spouses.get(teacher)

    @cached_property
    def _spouses(self) -> dict[str, str]:
        return spouses(self.staff).dropna().to_dict()

    @cached_property
    def contradicting(self) -> list[str]:
        """Teachers whose spouses' cells contradict each other."""
        return sorted(t for t, n in named_spouses(self.staff).items() if n > 1)

    @cached_property
    def unknown(self) -> int:
        """How many more there would be if all were eligible of whom it is not known."""
        return int((self.staff["status"] == "unknown").sum())

    @cached_property
    def groups(self) -> list[Group]:
        """Those who can be sent, by kind."""
        able = self.staff[self.staff["sent"] == "sent"].sort_index()
        kinds = {i: kind_of(row) for i, row in zip(able.index, able.itertuples(), strict=True)}
        found = defaultdict(list)
        for i, kind in kinds.items():
            other = self.goes_with(i)
            if other is None:
                found[(kind,)].append((i,))
            elif i < other:
                pair = sorted([(kind, i), (kinds[other], other)])
                found[tuple(k for k, _ in pair)].append(tuple(j for _, j in pair))
        since = able["school_since"]
        order = lambda party: (sum(since[list(party)]), party)  # noqa: E731
        return [Group(key, tuple(sorted(found[key], key=order))) for key in sorted(found)]

    @cached_property
    def sections(self) -> pd.MultiIndex:
        """Schools and stages that have teachers: who can send and receive."""
        pairs = self.staff[["school_id", "stage"]].drop_duplicates().sort_values(["school_id", "stage"])
        return pd.MultiIndex.from_frame(pairs)

    @cached_property
    def posts(self) -> pd.DataFrame:
        """By school, stage and subject: ``have``, ``required``, and ``low`` to ``high``, the whole posts between which nothing is short or over."""
        have = self.staff.groupby(["school_id", "stage", "subject"]).size().rename("have")
        asked = self.required.rename("required")
        asked = asked[asked.index.droplevel("subject").isin(self.sections)]
        posts = pd.concat([have, asked], axis=1).sort_index()
        posts.index.names = ["school_id", "stage", "subject"]
        posts["have"] = posts["have"].fillna(0).astype(int)
        required = posts["required"].fillna(posts["have"])
        posts["low"] = np.floor(required + 0.5 + 1e-9).astype(int)
        posts["high"] = np.maximum(np.ceil(required - 1e-9), posts["low"]).astype(int)
        doubtful = posts.index.droplevel("subject").isin(self.doubtful) & (posts["have"] < posts["low"])
        return posts.assign(**{end: posts[end].mask(doubtful, posts["have"]) for end in ("low", "high")})

    @cached_property
    def doubtful(self) -> pd.MultiIndex:
        """Schools and stages with a teacher whose subject is not known: whether they are short of one is not known either, and nobody is sent to fill it."""
        return pd.MultiIndex.from_frame(
            self.staff.loc[self.staff["subject"].isna(), ["school_id", "stage"]].drop_duplicates()
        )

    @cached_property
    def standing(self) -> pd.DataFrame:
        """By school, stage and indicator: ``have`` teachers that count for it, and ``need`` at the standard; all there are where it does not judge, and where a
        blank may hide those who are short (``hidden``): nobody is sent to fill what may not be lacking.
        """  # fmt: skip
        standard = load_standard("quality-2017")
        pupils = stage_sections(self.county, standard).set_index(["school_id", "stage"])["pupils"]
        counts = pd.DataFrame({
            "qualified_teachers": are_qualified(self.staff),
            "backbone_teachers": self.staff["backbone"].isin(BACKBONE),
            "pe_arts_teachers": self.staff["subject"].isin(PE_ARTS),
        })  # fmt: skip
        blanks = self.staff[["education", "backbone", "subject"]].isna().set_axis(counts.columns, axis=1)
        have, blank = self._by_section(counts), self._by_section(blanks)
        asked = {key: standard.indicator(key).thresholds for key in INDICATORS}
        need = [
            asked[key][stage] * pupils[school, stage] / 100 if (school, stage) in pupils.index else count
            for (school, stage, key), count in have.items()
        ]
        found = have.to_frame("have").assign(need=np.ceil(np.array(need) - 1e-9).astype(int))
        hidden = (blank > 0) & (found["need"] > found["have"])
        return found.assign(need=found["need"].mask(hidden, found["have"]), hidden=hidden)

    def _by_section(self, teachers: pd.DataFrame) -> pd.Series:
        """Count of whom something is true, by school, stage and indicator."""
        counts = teachers.groupby([self.staff["school_id"], self.staff["stage"]]).sum()
        found = counts.reindex(self.sections)[list(INDICATORS)].stack().astype(int)
        return found.rename_axis(["school_id", "stage", "indicator"])

    @cached_property
    def room(self) -> pd.Series:
        """How many teachers of each school may leave, and how many may come."""
        sizes = self.staff.groupby("school_id").size()
        return np.floor(self.limits.most * sizes + 1e-9).clip(lower=1).astype(int)

    @cached_property
    def spans(self) -> dict[Place, Span]:
        """Rules of the schools: by school, stage and item, and by school and ``in`` or ``out``."""
        posts = {
            place: Span(min(low - have, 0), max(high - have, 0), max(low - have, 0))
            for place, have, low, high in self.posts[["have", "low", "high"]].itertuples()
        }
        standing = {
            place: Span(min(need - have, 0), np.inf, max(need - have, 0))
            for place, have, need in self.standing[["have", "need"]].itertuples()
        }
        room = {
            (school, way): Span(-np.inf, n, 0) for school, n in self.room.items() for way in ("in", "out")
        }
        return posts | standing | room

    def fills(self, kind: Kind, school: str) -> tuple[str, ...]:
        """Items of a teacher that a school lacks today."""
        places = {item: (school, kind.stage, item) for item in items(kind)}
        return tuple(
            item for item, place in places.items() if place in self.spans and self.spans[place].lacks
        )

    def climbs(self, group: Group, school: str) -> bool:
        """Whether a group would go to a larger place and fill nothing there."""
        up = self._level[school] > self._level[group.kinds[0].school]
        return up and not any(self.fills(kind, school) for kind in group.kinds)

    @cached_property
    def _level(self) -> dict[str, int]:
        return self.county.schools.set_index("school_id")["area"].map(LEVELS).to_dict()

    @cached_property
    def reach(self) -> tuple[tuple[str, ...], ...]:
        """Of each group the schools that it can go to: another, with their stages, near enough to the homes of all."""
        return tuple(tuple(self._targets(group)) for group in self.groups)

    def _targets(self, group: Group) -> Iterator[str]:
        for school in self.room.index:
            if (
                school != group.kinds[0].school
                and school not in self.apart
                and all(self._takes(school, kind) for kind in group.kinds)
                and (self.limits.upward or not self.climbs(group, school))
            ):
                yield school

    def _takes(self, school: str, kind: Kind) -> bool:
        """Whether a school is near enough, and has or wants teachers of the subject at all."""
        return (
            self.away(kind, school) <= self.limits.within and (school, kind.stage, kind.subject) in self.spans
        )

    def away(self, kind: Kind, school: str) -> float:
        """Kilometres by road from home to a school; where home is not known, from the school of today."""
        return self._roads[kind.home, school]

    @cached_property
    def without_roads(self) -> list[str]:
        """Schools of which no road is known at all."""
        return sorted(set(self.room.index) - self.apart - set(self.km.index))

    def road_unknown(self, kind: Kind, school: str) -> bool:
        """Whether nobody wrote down how far it is from home to a school; an infinite road is known to be too long."""
        return kind.home not in self.km.index or bool(np.isnan(self.km.at[kind.home, school]))

    @cached_property
    def _roads(self) -> dict[tuple[str, str], float]:
        """Roads between all schools; far away where nothing is known."""
        homes = sorted({kind.home for group in self.groups for kind in group.kinds})
        roads = self.km.reindex(index=homes, columns=self.room.index).fillna(np.inf)
        return roads.stack().to_dict()
