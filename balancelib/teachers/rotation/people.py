"""Teachers as a plan sees them: what counts of each, and who goes together."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from balancelib.teachers.definitions import BACKBONE, INDICATORS, PE_ARTS, QUALIFIED


class Kind(NamedTuple):
    """All that a plan asks of a teacher: two of one kind can stand for each other."""

    school: str
    stage: str
    subject: str
    backbone: bool
    qualified: bool
    home: str


class Group(NamedTuple):
    """Teachers who go together, each of a kind, and how many such there are: singles, or couples at one school.

    ``parties``: their ids, those first who go first: the longest at the school.
    """

    kinds: tuple[Kind, ...]
    parties: tuple[tuple[str, ...], ...]


Place = tuple[str, ...]  # school, stage and item; school and "in" or "out"
Party = tuple[tuple[Kind, ...], str]  # who go together, and to which school


def items(kind: Kind) -> list[str]:
    """What a teacher counts for: the subject, and indicators of the standard."""
    counts = dict(zip(INDICATORS, (kind.qualified, kind.backbone, kind.subject in PE_ARTS), strict=True))
    return [kind.subject, *(key for key, holds in counts.items() if holds)]


def changes(parties: Iterable[Party]) -> Counter[Place]:
    """What it changes when parties go: by school, stage and item, and by school and way."""
    found = Counter()
    for kinds, to in parties:
        for kind in kinds:
            found[to, "in"] += 1
            found[kind.school, "out"] += 1
            for item in items(kind):
                found[to, kind.stage, item] += 1
                found[kind.school, kind.stage, item] -= 1
    return found


def kind_of(row: NamedTuple) -> Kind:
    """Return the kind of a teacher, as a row of ``staff``."""
    home = getattr(row, "lives_near", None)
    return Kind(
        row.school_id, row.stage, row.subject, row.backbone in BACKBONE, row.education in QUALIFIED[row.stage],
        row.school_id if pd.isna(home) else home,
    )  # fmt: skip


def spouses(staff: pd.DataFrame) -> pd.Series:
    """Spouse at the same school, where one names the other, and nobody else is named by or names either; otherwise blank."""
    found, named = pd.Series(None, staff.index, dtype=object), named_spouses(staff)
    school = staff["school_id"].to_dict()
    for one, other in _pairs(staff):
        if named[one] == named[other] == 1 and one in school and school[one] == school.get(other):
            found[one], found[other] = other, one
    return found


def named_spouses(staff: pd.DataFrame) -> Counter:
    """How many others are named as the spouse of each, by him or by them; of those whose cell is blank too, as long as somebody names them."""
    return Counter(teacher for pair in _pairs(staff) for teacher in pair)


def _pairs(staff: pd.DataFrame) -> set[tuple[str, str]]:
    given = staff["spouse"].dropna().items() if "spouse" in staff else ()
    return {(min(pair), max(pair)) for pair in given if pair[0] != pair[1]}
