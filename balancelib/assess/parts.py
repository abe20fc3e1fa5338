"""The parts beside the resources: government, quality, recognition, veto, precondition."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from balancelib.assess.logic import all_hold, form_round, on_the_edge, reaches, shown, within
from balancelib.county.terms import field_named
from balancelib.standards import Item, Part, Test

if TYPE_CHECKING:
    from balancelib.assess.school_tests import SchoolTests


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
        percent = percent_factor(test)
        return form_round(x * percent, self.decimals) / percent if percent else x

    def compared(self, test: Test, x: float | np.ndarray) -> float | np.ndarray:
        """Return the values to compare."""
        return self.of(test, x) if self.applied else x


def percent_factor(test: Test) -> float:
    """What makes a test's value a percentage; 0 where it is no share of anything."""
    if test.over:
        return 100.0 if test.unit == "%" else 0.0
    return 1.0 if test.sum and _unit(bare(test.sum[0])) == "%" else 0.0


@cache
def _unit(name: str) -> str:
    return field_named(name).unit


def passes(test: Test, x: float | np.ndarray, bound: float | np.ndarray) -> bool | np.ndarray:
    """Whether a value is on the side of its bound that a test asks for."""
    if test.maximum is not None:
        return within(x, bound)
    return x < bound if test.below is not None else reaches(x, bound)


def judge_part(
    part: Part, items: dict[str, float], schools: "SchoolTests", rows: np.ndarray, rounding: FormRounding
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
    missing = [name for name in map(bare, (*test.sum, *test.over)) if name not in items]
    if missing:
        labels = "、".join(field_named(name).label for name in missing)
        return TestVerdict(test.label, None, None, f"{led(test.label)}没有填：{labels}", missing)
    value = _signed(test.sum, items)
    if test.over:
        below = _signed(test.over, items)
        if below <= 0:
            return TestVerdict(
                test.label, None, None, f"{led(test.label)}分母是{below:g}，算不出，请人工判断"
            )
        value /= below
    bound = next(b for b in (test.minimum, test.maximum, test.below) if b is not None)
    compared = float(rounding.compared(test, value))
    meets = bool(passes(test, compared, bound))
    edge = bool(passes(test, value, bound) != passes(test, rounding.of(test, value), bound))
    reason = _why(test, compared, bound, rounding) if edge or not meets else ""
    if edge:
        reason += f"，{on_the_edge(rounding.decimals)}"
    return TestVerdict(test.label, compared, meets, reason, [], edge)


def _why(test: Test, value: float, bound: float, rounding: FormRounding) -> str:
    if yes_no(test):
        return f"“{field_named(test.sum[0]).label}”填的是“{'是' if value else '否'}”"
    unit = "%" if percent_factor(test) else test.unit
    return led(test.label) + against(test, value, bound, rounding, unit)


def against(test: Test, value: float, bound: float, rounding: FormRounding, unit: str) -> str:
    """What was found, and what is asked, in words."""
    asked = f"应{bound_word(test)}{(percent_factor(test) or 1) * bound:g}{unit}"
    return f"{number_in_words(test, value, bound, rounding)}{unit}，{asked}"


def number_in_words(test: Test, value: float, bound: float, rounding: FormRounding) -> str:
    """Write a value in the unit that it is shown in: a share in percent, a whole number without decimals."""
    percent = percent_factor(test)
    if percent:
        return shown(percent * value, percent * bound, rounding.decimals, partial(passes, test))
    return shown(value, bound, 0 if float(value).is_integer() else 2, partial(passes, test))


def bound_word(test: Test) -> str:
    """Say which side of its bound a test asks for."""
    return (
        "不低于"
        if test.minimum is not None or test.rooms
        else "不超过"
        if test.maximum is not None
        else "低于"
    )


def led(label: str) -> str:
    """A label as the lead of a sentence."""
    return f"{label}：" if label else ""


def yes_no(test: Test) -> bool:
    """Whether a test asks for a plain yes or no."""
    return len(test.sum) == 1 and not test.over and field_named(test.sum[0]).type == "yes_no"


def bare(term: str) -> str:
    """Return the column of a term that may have a minus in front."""
    return term.removeprefix("-")


def _signed(terms: Iterable[str], items: dict[str, float]) -> float:
    return sum(-items[t[1:]] if t.startswith("-") else items[t] for t in terms)
