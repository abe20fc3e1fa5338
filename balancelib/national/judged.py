"""The rules of a standard as expressions: what a section meets, what a county's stage meets; blanks leave a verdict open."""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import narwhals as nw

from balancelib.assess.logic import TOLERANCE, reaches, within
from balancelib.national.sections import sum_of
from balancelib.standards import Indicator, Standard

FORM = "__form"  # behind the name of a column whose values are those of the official form


class SchoolRule(NamedTuple):
    """How many indicators a section meets; whether it meets the standard at the least, every blank being too low, and at the most."""

    met: nw.Expr
    least: nw.Expr
    most: nw.Expr

    @property
    def verdict(self) -> nw.Expr:
        """The verdict; blank where a blank would decide it."""
        return nw.when(self.least == self.most).then(self.least)


def form_round(x: nw.Expr, decimals: int) -> nw.Expr:
    """Round as `balancelib.assess.logic.form_round` does."""
    scaled = x.abs() * 10.0**decimals
    last_bits = nw.min_horizontal(scaled * TOLERANCE, nw.lit(1e-6))
    rounded = (scaled + last_bits + 0.5).floor() / 10.0**decimals
    return nw.when(x < 0).then(-rounded).otherwise(rounded)


def has_school_rule(standard: Standard) -> bool:
    """Whether the standard judges sections."""
    return standard.school_rule is not None and any(i.thresholds for i in standard.indicators)


def school_rule(standard: Standard, stage: str, suffix: str = "") -> SchoolRule:
    """Judge a section by its values; ``suffix`` ends the names of their columns."""
    rule = standard.school_rule
    tested = [(nw.col(i.key + suffix), i.thresholds[stage]) for i in standard.indicators if i.thresholds]
    reached = [reaches(x, threshold) for x, threshold in tested]
    above_floor = [reaches(x, rule.floor * threshold) for x, threshold in tested]
    met, at_most = (sum_of(r.fill_null(blank).cast(nw.Int64) for r in reached) for blank in (False, True))
    least, most = (_every(above.fill_null(blank) for above in above_floor) for blank in (False, True))
    return SchoolRule(met, (met >= rule.met_at_least) & least, (at_most >= rule.met_at_least) & most)


def _every(verdicts: Iterable[nw.Expr]) -> nw.Expr:
    return functools.reduce(operator.and_, verdicts)


def all_hold(verdicts: Iterable[nw.Expr]) -> nw.Expr:
    """False where any is, else blank where any is, else true."""
    return nw.all_horizontal(*verdicts, ignore_nulls=False)


def coefficients(indicator: Indicator, standard: Standard) -> list[nw.Expr]:
    """An indicator's coefficient of variation: exact; rounded; made of the form's values and rounded.

    In the order of `balancelib.assess.resources`: a verdict hangs on rounding where any of the others turns that of the first.
    """
    exact, of_form = nw.col(f"cv_{indicator.key}"), nw.col(f"cv_{indicator.key}{FORM}")
    return [exact, *(form_round(cv, standard.cv_decimals) for cv in (exact, of_form))]


def composites(cvs: Mapping[str, Sequence[nw.Expr]], standard: Standard) -> list[nw.Expr]:
    """The plain mean of the coefficients: exact; rounded; of each kind of rounded ones, and rounded."""
    tested = [cvs[i.key] for i in standard.indicators if i.in_cv]
    means = [sum_of(some) / len(tested) for some in zip(*tested, strict=True)]
    return [means[0], *(form_round(mean, standard.cv_decimals) for mean in means)]


def turned(numbers: Sequence[nw.Expr], limit: float) -> nw.Expr:
    """Whether any of the other numbers is on another side of the limit than the first, or alone is blank."""
    first, *others = (_side(x, limit) for x in numbers)
    return functools.reduce(operator.or_, (other != first for other in others))


def _side(x: nw.Expr, limit: float) -> nw.Expr:
    return within(x, limit).cast(nw.Int64).fill_null(-1)
