"""The parts beside the resources: government, quality, recognition, veto, precondition."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from balancelib.assess.logic import all_hold, reaches, shown, within
from balancelib.county.schema import STAGES
from balancelib.county.terms import field_named, holds, signed_sum
from balancelib.standards import Item, Part, Test

MOST_NAMED = 10  # schools named in a reason; the rest are counted


@dataclass(frozen=True)
class TestVerdict:
    """One test: its value, bound and verdict; ``missing`` names the columns not supplied."""

    __test__ = False

    label: str
    value: float | None
    meets: bool | None
    reason: str
    missing: list[str] = field(default_factory=list)


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


class SchoolTests:
    """Tests that every school has to pass, worked out once for all schools of all counties."""

    def __init__(self, schools: pd.DataFrame, parts: Iterable[Part | None], relax: Collection[str]) -> None:
        self.names = schools["name"].to_numpy()
        self._results = {}
        for part in parts:
            for item in part.items if part else ():
                for test in item.tests:
                    if test.each_school or test.rooms:
                        self._results[id(test)] = (_rooms if test.rooms else _each)(schools, test, relax)

    def judge(self, test: Test, rows: np.ndarray) -> TestVerdict:
        """Judge the schools of one county, given by their positions."""
        applies, values, bounds = (a[rows] for a in self._results[id(test)])
        names, values, bounds = self.names[rows][applies], values[applies], bounds[applies]
        label, column = test.label, test.rooms or test.sum[0].removeprefix("-")
        if len(values) == 0:
            return TestVerdict(label, None, True, f"{_led(label)}没有适用的学校")
        absent = np.isnan(values)
        passes = within(values, bounds) if test.maximum is not None else reaches(values, bounds)
        failing = np.flatnonzero(~passes & ~absent)
        reasons = []
        if len(failing):
            listed = "、".join(
                f"{names[i]}（{values[i]:g}，应{bound_word(test)}{bounds[i]:g}）"
                for i in failing[:MOST_NAMED]
            )
            more = f"等{len(failing)}所" if len(failing) > MOST_NAMED else ""
            reasons.append(f"{_led(label)}{len(failing)}所学校没有做到：{listed}{more}")
        if absent.any():
            reasons.append(f"{_led(label)}{absent.sum()}所学校没有填“{field_named(column).label}”")
        meets = False if len(failing) else (None if absent.any() else True)
        return TestVerdict(
            label, float(len(failing)), meets, "；".join(reasons), [column] if absent.any() else []
        )


def _each(
    schools: pd.DataFrame, test: Test, relax: Collection[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bound = test.minimum if test.minimum is not None else test.maximum
    bounds = np.full(len(schools), bound, dtype=float)
    for relaxed in test.relaxed:
        if relaxed.relaxation in relax:
            eased = relaxed.minimum if relaxed.minimum is not None else relaxed.maximum
            bounds[holds(schools, relaxed.when)] = eased
    return holds(schools, test.when), signed_sum(schools, test.sum), bounds


def _rooms(
    schools: pd.DataFrame, test: Test, relax: Collection[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rooms that are large enough, against one for every so many classes or part of them."""
    least = np.full(len(schools), test.room_area, dtype=float)
    for relaxed in test.relaxed:
        if relaxed.relaxation in relax:
            least[holds(schools, relaxed.when)] = relaxed.room_area
    classes = schools[[f"classes_{stage}" for stage in STAGES]].sum(axis=1).to_numpy(dtype=float)
    large_enough = np.array(
        [
            np.nan if not isinstance(areas, tuple) else sum(bool(reaches(a, m)) for a in areas)
            for areas, m in zip(schools[test.rooms], least, strict=True)
        ],
        dtype=float,
    )
    return holds(schools, test.when), large_enough, np.ceil(classes / test.classes_per_room)


def judge_part(part: Part, items: dict[str, float], schools: SchoolTests, rows: np.ndarray) -> PartVerdict:
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
    """
    verdicts = []
    for item in part.items:
        tests = [
            schools.judge(t, rows) if t.each_school or t.rooms else judge_county(t, items) for t in item.tests
        ]
        verdicts.append(ItemVerdict(item, tests))
    return PartVerdict(part.title, verdicts)


def judge_county(test: Test, items: dict[str, float]) -> TestVerdict:
    """Judge one test of county items: ``Σ sum ÷ Σ over`` against its bound."""
    needed = [term.removeprefix("-") for term in (*test.sum, *test.over)]
    missing = [name for name in needed if name not in items]
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
    if test.minimum is not None:
        meets, bound = bool(reaches(value, test.minimum)), test.minimum
    elif test.maximum is not None:
        meets, bound = bool(within(value, test.maximum)), test.maximum
    else:
        meets, bound = value < test.below, test.below
    return TestVerdict(test.label, value, meets, "" if meets else _why(test, value, bound))


def _why(test: Test, value: float, bound: float) -> str:
    if yes_no(test):
        return f"“{field_named(test.sum[0]).label}”填的是“{'是' if value else '否'}”"
    if test.unit == "%":
        return (
            f"{_led(test.label)}{shown(100 * value, 100 * bound, 1)}%，应{bound_word(test)}{100 * bound:g}%"
        )
    return f"{_led(test.label)}{shown(value, bound)}{test.unit}，应{bound_word(test)}{bound:g}{test.unit}"


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


def _signed(terms: Iterable[str], items: dict[str, float]) -> float:
    return sum(-items[t[1:]] if t.startswith("-") else items[t] for t in terms)
