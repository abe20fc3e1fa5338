"""The parts beside the resources: government, quality, recognition, veto, precondition."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
import pandas as pd

from balancelib.assess.logic import all_hold, form_round, on_the_edge, reaches, shown, within
from balancelib.county.schema import STAGES
from balancelib.county.terms import field_named, holds, signed_sum
from balancelib.standards import Item, Part, Test

MOST_NAMED = 10  # schools named in a reason; the rest are counted


@dataclass(frozen=True)
class TestVerdict:
    """One test: its value and verdict; ``missing`` names the columns not supplied.

    ``knife_edge`` says whether the form's rounding would turn the verdict, or that on any one school.
    """

    __test__ = False

    label: str
    value: float | None
    meets: bool | None
    reason: str
    missing: list[str] = field(default_factory=list)
    knife_edge: bool = False


@dataclass(frozen=True)
class ItemVerdict:
    """One official item and its tests."""

    item: Item
    tests: list[TestVerdict]

    @property
    def meets(self) -> bool | None:
        """Three-valued verdict of the item."""
        return all_hold(test.meets for test in self.tests)

    @property
    def missing(self) -> list[str]:
        """Columns not supplied."""
        return list(dict.fromkeys(name for test in self.tests for name in test.missing))

    @property
    def knife_edge(self) -> bool:
        """Whether the verdict of any of its tests hangs on the form's rounding."""
        return any(test.knife_edge for test in self.tests)

    @property
    def doubtful(self) -> bool:
        """Whether the item is not met, not known, or hangs on rounding."""
        return self.meets is not True or self.knife_edge

    @property
    def reason(self) -> str:
        """Why the item is not met, not known, or hangs on rounding; empty where nothing is to be said."""
        return "；".join(test.reason for test in self.tests if test.reason)

    def to_dict(self) -> dict[str, object]:
        """Return the item as the contract's JSON has it."""
        return {
            "key": self.item.key,
            "number": self.item.number,
            "label": self.item.label,
            "meets": self.meets,
            "values": [test.value for test in self.tests],
            "reasons": [test.reason for test in self.tests if test.reason],
            "missing": self.missing,
            "knife_edge": self.knife_edge,
        }


@dataclass(frozen=True)
class PartVerdict:
    """One part and its items."""

    title: str
    items: list[ItemVerdict]

    @property
    def meets(self) -> bool | None:
        """Three-valued verdict of the part."""
        return all_hold(item.meets for item in self.items)

    @property
    def missing(self) -> list[str]:
        """Columns not supplied."""
        return list(dict.fromkeys(name for item in self.items for name in item.missing))

    def to_dict(self) -> dict[str, object]:
        """Return the part as the contract's JSON has it."""
        return {"meets": self.meets, "items": [i.to_dict() for i in self.items], "missing": self.missing}


@dataclass(frozen=True)
class FormRounding:
    """Decimals of a percentage on the official forms, and whether to compare what was rounded to them."""

    decimals: int
    applied: bool

    def of(self, test: Test, x: float | np.ndarray) -> float | np.ndarray:
        """Return the values of a test as the form has them; only shares are rounded there."""
        percent = _percent(test)
        return form_round(x * percent, self.decimals) / percent if percent else x

    def compared(self, test: Test, x: float | np.ndarray) -> float | np.ndarray:
        """Return the values to compare."""
        return self.of(test, x) if self.applied else x


def _percent(test: Test) -> float:
    """What makes a test's value a percentage; 0 where it is no share of anything."""
    if test.over:
        return 100.0 if test.unit == "%" else 0.0
    return 1.0 if test.sum and _unit(_bare(test.sum[0])) == "%" else 0.0


@cache
def _unit(name: str) -> str:
    return field_named(name).unit


def _passes(test: Test, x: float | np.ndarray, bound: float | np.ndarray) -> bool | np.ndarray:
    if test.maximum is not None:
        return within(x, bound)
    return x < bound if test.below is not None else reaches(x, bound)


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
        exact, on_form = (_passes(test, v, bounds) for v in (values, self.rounding.of(test, values)))
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
            return TestVerdict(test.label, None, True, f"{_led(test.label)}没有适用的学校")
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
        reason = "；".join(_led(test.label) + reason for reason in reasons)
        return TestVerdict(test.label, float(len(failing)), meets, reason, list(blank), len(edge) > 0)

    def of_school(self, test: Test, i: int) -> SchoolResult | None:
        """Return what one school has of a test of schools; None where the test is not for it."""
        found = self._results[id(test)]
        if not found.applies[i]:
            return None
        value, bound = found.values[i], found.bounds[i]
        unit = "%" if _percent(test) else test.unit
        if yes_no(test):
            have, asked = ("是" if value else "否"), ("是" if test.minimum is not None else "否")
        else:
            have = _number(test, value, bound, self.rounding) + unit
            asked = f"{bound_word(test)}{bound:g}{unit}"
        if any(where[i] for where in found.blank.values()):
            return SchoolResult(test.label, "没有填", asked, None, unit, None, False)
        failing = bool(found.failing[i])
        return SchoolResult(
            test.label, have, asked, abs(bound - value) if failing else 0.0, unit, not failing, bool(found.edge[i])
        )  # fmt: skip

    def _failure(self, test: Test, i: int) -> str:
        found = self._results[id(test)]
        return f"{self.names[i]}（{_against(test, found.values[i], found.bounds[i], self.rounding, '')}）"


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
    blank = {_bare(term): schools[_bare(term)].isna().to_numpy() for term in test.sum}
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


def judge_part(
    part: Part, items: dict[str, float], schools: SchoolTests, rows: np.ndarray, rounding: FormRounding
) -> PartVerdict:
    """Judge a part of one county.

    Parameters
    ----------
    part : Part
        What the standard asks.
    items : dict of str to float
        The county's items that were supplied.
    schools : SchoolTests
        The tests of schools.
    rows : ndarray of int
        Positions of the county's schools in those.
    rounding : FormRounding
    """
    verdicts = []
    for item in part.items:
        tests = [
            schools.judge(t, rows) if t.each_school or t.rooms else judge_county(t, items, rounding)
            for t in item.tests
        ]
        verdicts.append(ItemVerdict(item, tests))
    return PartVerdict(part.title, verdicts)


def judge_county(test: Test, items: dict[str, float], rounding: FormRounding) -> TestVerdict:
    """Judge one test of county items: ``Σ sum ÷ Σ over`` against its bound."""
    missing = [name for name in map(_bare, (*test.sum, *test.over)) if name not in items]
    if missing:
        labels = "、".join(field_named(name).label for name in missing)
        return TestVerdict(test.label, None, None, f"{_led(test.label)}没有填：{labels}", missing)
    value = _signed(test.sum, items)
    if test.over:
        below = _signed(test.over, items)
        if below <= 0:
            return TestVerdict(
                test.label, None, None, f"{_led(test.label)}分母是{below:g}，算不出，请人工判断"
            )
        value /= below
    bound = next(b for b in (test.minimum, test.maximum, test.below) if b is not None)
    compared = float(rounding.compared(test, value))
    meets = bool(_passes(test, compared, bound))
    edge = bool(_passes(test, value, bound) != _passes(test, rounding.of(test, value), bound))
    reason = _why(test, compared, bound, rounding) if edge or not meets else ""
    if edge:
        reason += f"，{on_the_edge(rounding.decimals)}"
    return TestVerdict(test.label, compared, meets, reason, [], edge)


def _why(test: Test, value: float, bound: float, rounding: FormRounding) -> str:
    if yes_no(test):
        return f"“{field_named(test.sum[0]).label}”填的是“{'是' if value else '否'}”"
    unit = "%" if _percent(test) else test.unit
    return _led(test.label) + _against(test, value, bound, rounding, unit)


def _against(test: Test, value: float, bound: float, rounding: FormRounding, unit: str) -> str:
    asked = f"应{bound_word(test)}{(_percent(test) or 1) * bound:g}{unit}"
    return f"{_number(test, value, bound, rounding)}{unit}，{asked}"


def _number(test: Test, value: float, bound: float, rounding: FormRounding) -> str:
    """Write a value in the unit that it is shown in: a share in percent, a whole number without decimals."""
    percent = _percent(test)
    if percent:
        return shown(percent * value, percent * bound, rounding.decimals, partial(_passes, test))
    return shown(value, bound, 0 if float(value).is_integer() else 2, partial(_passes, test))


def bound_word(test: Test) -> str:
    """Say which side of its bound a test asks for."""
    return (
        "不低于"
        if test.minimum is not None or test.rooms
        else "不超过"
        if test.maximum is not None
        else "低于"
    )


def _led(label: str) -> str:
    return f"{label}：" if label else ""


def yes_no(test: Test) -> bool:
    """Whether a test asks for a plain yes or no."""
    return len(test.sum) == 1 and not test.over and field_named(test.sum[0]).type == "yes_no"


def _bare(term: str) -> str:
    """Return the column of a term that may have a minus in front."""
    return term.removeprefix("-")


def _signed(terms: Iterable[str], items: dict[str, float]) -> float:
    return sum(-items[t[1:]] if t.startswith("-") else items[t] for t in terms)
