"""The rules of groups of children that no formula can say: a row against another row, or against a row of another table."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from balancelib.county.enrolment import stage_pupils
from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed, each, looked_up
from balancelib.county.rules import Rule
from balancelib.text import number

Tables = Mapping[str, Parsed]


def _above_all(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Groups with more pupils than all of the same school, year and stage."""
    frame, key = parsed.frame, [name for name in parsed.table.key if name != "group"]
    whole = frame[frame["group"] == "all"]
    for column in parsed.table.columns:
        if column.type == "count" and column.name in frame:
            most = looked_up(frame, key, whole, column.name)
            said = lambda i, most=most: f"，大于同一行“全体”的{number(most[i])}"  # noqa: E731
            yield from each(parsed, frame[column.name].to_numpy() > most, column.name, said, **rule.how)


def _apart(rule: Rule, parsed: Parsed, name: str, expected: np.ndarray, words: str) -> Iterator[Fault]:
    """Rows of all pupils whose number is not the one expected."""
    value = parsed.frame[name].to_numpy()
    apart = (parsed.frame["group"] == "all").to_numpy() & (np.abs(value - expected) > 0)
    yield from each(parsed, apart, name, lambda i: words.format(number(expected[i])), **rule.how)


def _entrants(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Cohorts that are not as many as the pupils of grade 7 in the year when they entered."""
    if "enrolment" in tables:
        frame = parsed.frame.rename(columns={"entered": "year"})
        expected = looked_up(frame, ["school_id", "year"], tables["enrolment"].frame, "grade7")
        yield from _apart(rule, parsed, "entrants", expected, "，“分年级学生”表里那一年的七年级是{}人")


def _earlier_years(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """All pupils of a stage who are not as many as those of its grades in the same year; the last year has a rule of its own."""
    if "enrolment" not in tables:
        return
    earlier = parsed.frame["year"] != parsed.frame["year"].max()
    expected = np.where(earlier, stage_pupils(parsed.frame, tables["enrolment"].frame), np.nan)
    yield from _apart(rule, parsed, "pupils", expected, "，“分年级学生”表里同一年各年级合计{}人")


def _both(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Pairs of registers that have more children in common than one of them has."""
    if "registers" not in tables:
        return
    frame, key = parsed.frame, ["county_id", "township", "group"]
    for side in ("first", "second"):
        most = looked_up(
            frame.assign(office=frame[side]), [*key, "office"], tables["registers"].frame, "children"
        )
        column = parsed.table.column(side)
        names = frame[side].map(
            lambda office, column=column: f"{column.label}（{column.codes.get(office, office)}）"
        )
        said = lambda i, most=most, names=names: f"，大于{names[i]}名册上的{number(most[i])}"  # noqa: E731
        yield from each(parsed, frame["both"].to_numpy() > most, "both", said, **rule.how)


def _pair_twice(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Pairs of offices that stand in a row the other way round as well: at the later row."""
    frame, key = parsed.frame, ["county_id", "township", "group"]
    known = frame.assign(row=np.arange(len(frame), dtype=float), first=frame["second"], second=frame["first"])
    other = looked_up(frame, [*key, "first", "second"], known, "row")
    later = other < np.arange(len(frame))
    yield from each(
        parsed,
        later,
        "second",
        lambda i: f"和第{parsed.numbers[int(other[i])]}行是同样两个部门",
        **rule.how,
    )


GROUP_CHECKS = {
    "groups.part": _above_all,
    "groups.entrants": _entrants,
    "groups.earlier": _earlier_years,
    "groups.both": _both,
    "groups.pair_twice": _pair_twice,
}
