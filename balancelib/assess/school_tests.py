"""Tests that every school has to pass: worked out once for all schools, then judged by county or told of one school."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.assess.logic import on_the_edge, reaches
from balancelib.assess.parts import (
    FormRounding,
    TestVerdict,
    against,
    bare,
    bound_word,
    led,
    number_in_words,
    passes,
    percent_factor,
    yes_no,
)  # fmt: skip
from balancelib.county.schema import STAGES
from balancelib.county.terms import field_named, holds, signed_sum
from balancelib.standards import Part, Test

MOST_NAMED = 10  # schools named in a reason; the rest are counted


@dataclass(frozen=True)
class SchoolResult:
    """One test of one school, in words: what it has, what is asked, and by how much it misses it.

    ``short`` is in ``unit`` and above 0 only where the test is not met; None where the school's number is blank.
    """

    label: str
    have: str
    asked: str
    short: float | None
    unit: str
    meets: bool | None
    knife_edge: bool


@dataclass(frozen=True)
class _OfSchools:
    """A test of every school: where it applies, the value compared and its bound, and the verdict.

    ``blank`` says for each column where it was needed and not supplied: there the verdict is not known, and
    the school neither fails nor hangs on rounding.
    """

    applies: np.ndarray
    values: np.ndarray
    bounds: np.ndarray
    blank: dict[str, np.ndarray]
    failing: np.ndarray
    edge: np.ndarray


class SchoolTests:
    """Tests that every school has to pass, worked out once for all schools of all counties."""

    def __init__(
        self,
        schools: pd.DataFrame,
        parts: Iterable[Part | None],
        relax: Collection[str],
        rounding: FormRounding,
    ) -> None:
        self.names, self.rounding = schools["name"].to_numpy(), rounding
        self._results = {}
        for part in parts:
            for item in part.items if part else ():
                for test in item.tests:
                    if test.each_school or test.rooms:
                        self._results[id(test)] = self._of_schools(schools, test, relax)

    def _of_schools(self, schools: pd.DataFrame, test: Test, relax: Collection[str]) -> _OfSchools:
        values, bounds, blank = (_rooms if test.rooms else _each)(schools, test, relax)
        known = ~np.logical_or.reduce(list(blank.values()))
        exact, on_form = (passes(test, v, bounds) for v in (values, self.rounding.of(test, values)))
        failing = known & ~(on_form if self.rounding.applied else exact)
        return _OfSchools(
            holds(schools, test.when), self.rounding.compared(test, values), bounds, blank, failing,
            known & (exact != on_form),
        )  # fmt: skip

    def judge(self, test: Test, rows: np.ndarray) -> TestVerdict:
        """Judge the schools of one county, given by their positions."""
        found = self._results[id(test)]
        rows = rows[found.applies[rows]]
        if len(rows) == 0:
            return TestVerdict(test.label, None, True, f"{led(test.label)}没有适用的学校")
        failing, edge = rows[found.failing[rows]], rows[found.edge[rows]]
        blank = {name: n for name, where in found.blank.items() if (n := np.count_nonzero(where[rows]))}
        meets = False if len(failing) else (None if blank else True)
        reasons = []
        if len(failing):
            listed = _listed([self._failure(test, i) for i in failing])
            reasons.append(f"{len(failing)}所学校没有做到：{listed}")
        for name, n in blank.items():
            reasons.append(f"{n}所学校没有填“{field_named(name).label}”")
        if len(edge):
            reasons.append(f"{_listed(self.names[edge])}{on_the_edge(self.rounding.decimals)}")
        reason = "；".join(led(test.label) + reason for reason in reasons)
        return TestVerdict(test.label, float(len(failing)), meets, reason, list(blank), len(edge) > 0)

    def of_school(self, test: Test, i: int) -> SchoolResult | None:
        """Return what one school has of a test of schools; None where the test is not for it."""
        found = self._results[id(test)]
        if not found.applies[i]:
            return None
        value, bound = found.values[i], found.bounds[i]
        unit = "%" if percent_factor(test) else test.unit
        label = _named(test)
        if yes_no(test):
            have, asked = ("是" if value else "否"), ("是" if test.minimum is not None else "否")
        else:
            have = number_in_words(test, value, bound, self.rounding) + unit
            asked = (
                f"每{test.classes_per_room:g}班1间"
                if np.isnan(bound)
                else f"{bound_word(test)}{bound:g}{unit}"
            )
        if any(where[i] for where in found.blank.values()):
            return SchoolResult(label, "没有填", asked, None, unit, None, False)
        failing = bool(found.failing[i])
        return SchoolResult(
            label, have, asked, abs(bound - value) if failing else 0.0, unit, not failing, bool(found.edge[i])
        )  # fmt: skip

    def _failure(self, test: Test, i: int) -> str:
        found = self._results[id(test)]
        return f"{self.names[i]}（{against(test, found.values[i], found.bounds[i], self.rounding, '')}）"


def _named(test: Test) -> str:
    """What a test of schools looks at: its label, and the column that it is of where the label does not say so."""
    if test.rooms:
        return test.label
    column = field_named(bare(test.sum[0])).label
    if not test.label or test.label in column or column in test.label:
        return test.label or column
    return f"{test.label}：{column}"


def _listed(texts: Sequence[str]) -> str:
    more = f"等{len(texts)}所" if len(texts) > MOST_NAMED else ""
    return "、".join(texts[:MOST_NAMED]) + more


_ValuesBoundsBlanks = tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]


def _each(schools: pd.DataFrame, test: Test, relax: Collection[str]) -> _ValuesBoundsBlanks:
    bound = test.minimum if test.minimum is not None else test.maximum
    bounds = np.full(len(schools), bound, dtype=float)
    for relaxed in test.relaxed:
        if relaxed.relaxation in relax:
            eased = relaxed.minimum if relaxed.minimum is not None else relaxed.maximum
            bounds[holds(schools, relaxed.when)] = eased
    blank = {bare(term): schools[bare(term)].isna().to_numpy() for term in test.sum}
    return signed_sum(schools, test.sum), bounds, blank


def _rooms(schools: pd.DataFrame, test: Test, relax: Collection[str]) -> _ValuesBoundsBlanks:
    """Rooms that are large enough, against one for every so many classes or part of them."""
    least = np.full(len(schools), test.room_area, dtype=float)
    for relaxed in test.relaxed:
        if relaxed.relaxation in relax:
            least[holds(schools, relaxed.when)] = relaxed.room_area
    large_enough = np.array(
        [
            np.nan if not isinstance(areas, tuple) else sum(bool(reaches(a, m)) for a in areas)
            for areas, m in zip(schools[test.rooms], least, strict=True)
        ],
        dtype=float,
    )
    classes = {f"classes_{s}": _attended(schools, f"classes_{s}", s) for s in STAGES}
    needed = np.ceil(sum(classes.values()) / test.classes_per_room)
    blank = {name: np.isnan(values) for name, values in {test.rooms: large_enough, **classes}.items()}
    return large_enough, needed, blank


def _attended(schools: pd.DataFrame, name: str, stage: str) -> np.ndarray:
    """Return a stage's column, nothing where the stage has no pupils."""
    return np.where(schools[f"pupils_{stage}"] > 0, schools[name].to_numpy(dtype=float), 0.0)
