"""The resource part: the school rule and the county rule, for each stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.assess.logic import all_hold, form_round, on_the_edge, reaches, shown, shown_among, within
from balancelib.measures import cv
from balancelib.measures.grouped import Grouping, Groups
from balancelib.standards import Indicator, Standard


@dataclass(frozen=True)
class StageVerdict:
    """A stage of one county.

    Attributes
    ----------
    mean, cv, cv_limit : dict of str to float or None
        By indicator; the mean is the county's total over its pupils. None where undefined.
    cv_meets : dict of str to bool or None, or None
        None as a whole where the standard tests the composite only.
    cv_knife_edge : dict of str to bool
        Where the form's rounding would turn the verdict on that coefficient of variation.
    composite_cv : float or None
        The plain mean of the coefficients of variation.
    composite_knife_edge : bool
        Where the standard tests the composite and the form's rounding would turn that verdict.
    meets : bool or None
        None for a stage without sections.
    """

    sections: int
    mean: dict[str, float | None]
    cv: dict[str, float | None]
    cv_limit: float
    cv_meets: dict[str, bool | None] | None
    cv_knife_edge: dict[str, bool]
    composite_cv: float | None
    composite_knife_edge: bool
    meets: bool | None

    def tests(self, key: str) -> bool:
        """Whether the county rule tests an indicator's own coefficient of variation."""
        return key in (self.cv_meets or {})


@dataclass(frozen=True)
class SectionVerdicts:
    """Every section under the school rule; all arrays have one row a section, one column an indicator.

    ``values`` are those compared: ``exact``, or these as the form has them.
    """

    exact: np.ndarray
    values: np.ndarray
    ratios: np.ndarray | None
    thresholds: np.ndarray | None
    met: np.ndarray | None
    meets: np.ndarray | None
    knife_edge: np.ndarray


def judge_sections(sections: pd.DataFrame, standard: Standard, rounded: bool) -> SectionVerdicts:
    """Apply the school rule to every section, and see where the form's rounding would turn its verdict."""
    keys = [indicator.key for indicator in standard.indicators]
    exact = sections[keys].to_numpy(dtype=float)
    on_form = form_round(exact, standard.value_decimals)
    values = on_form if rounded else exact
    if not any(i.thresholds for i in standard.indicators) or standard.school_rule is None:
        return SectionVerdicts(exact, values, None, None, None, None, np.zeros(len(sections), dtype=bool))
    table = {s: [i.thresholds.get(s, np.nan) for i in standard.indicators] for s in ("primary", "junior")}
    thresholds = np.where(sections[["stage"]] == "primary", table["primary"], table["junior"])
    met, meets = _school_rule(values, thresholds, standard)
    turned = _school_rule(exact, thresholds, standard)[1] != _school_rule(on_form, thresholds, standard)[1]
    return SectionVerdicts(exact, values, values / thresholds, thresholds, met, meets, turned)


def _school_rule(
    values: np.ndarray, thresholds: np.ndarray, standard: Standard
) -> tuple[np.ndarray, np.ndarray]:
    """How many indicators each section meets, and its verdict: None where a blank would decide it."""
    rule, tested, blank = standard.school_rule, ~np.isnan(thresholds), np.isnan(values)

    def judged(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        met = (reaches(values, thresholds) & tested).sum(axis=1)
        above_floor = (reaches(values, rule.floor * thresholds) | ~tested).all(axis=1)
        return met, (met >= rule.met_at_least) & above_floor

    met, meets = judged(np.where(blank, -np.inf, values))
    if not blank.any():
        return met, meets
    at_best = judged(np.where(blank, np.inf, values))[1]
    return met, np.where(meets == at_best, meets, None)


class StageValues:
    """The values of every stage of every county: means and coefficients of all worked out at once.

    Parameters
    ----------
    stage : ndarray of int, shape (sections,)
        Which stage of which county each section belongs to, numbered from 0.
    pupils : ndarray, shape (sections,)
    rules : SectionVerdicts
    standard : Standard
    """

    def __init__(
        self, stage: np.ndarray, pupils: np.ndarray, rules: SectionVerdicts, standard: Standard
    ) -> None:
        grouping = Grouping(stage, pupils)
        self.sections = grouping.sizes
        self.means = _by_column(lambda x: grouping.sample(x).average, rules.values)
        on_form = form_round(rules.exact, standard.value_decimals)
        self.exact_cv, self.form_cv = (
            _by_column(lambda x: cv(grouping.sample(x)), values) for values in (rules.exact, on_form)
        )
        self.contributions = _by_column(lambda x: _shares_of_squared_cv(grouping.sample(x)), rules.values)


def _by_column(function: Callable[[np.ndarray], np.ndarray], values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack([function(x) for x in values.T])


def _shares_of_squared_cv(groups: Groups) -> np.ndarray:
    """``p_i (x_i - mean)² / Σ p_j (x_j - mean)²`` of each section in its stage; NaN where all are equal."""
    squares = groups.deviations() ** 2
    return groups.w * squares / groups.spread(groups.total(squares))


def judge_stage(
    values: StageValues,
    i: int | None,
    section_meets: np.ndarray | None,
    stage: str,
    standard: Standard,
    rounded: bool,
) -> StageVerdict:
    """Apply the county rule to stage ``i`` of those in ``values``; None is a stage without sections."""
    keys = [indicator.key for indicator in standard.indicators]
    limit = standard.cv_rule.limits[stage]
    if i is None:
        nothing = dict.fromkeys(keys)
        return StageVerdict(0, nothing, nothing, limit, None, {}, None, False, None)
    mean = values.means[i]
    if rounded:
        mean = form_round(mean, standard.value_decimals)
    cvs = _coefficients(values.exact_cv[i], values.form_cv[i], standard)
    composites = _composites(cvs, standard)
    compared = -1 if rounded else 0
    each, each_edge = _county_rule(cvs, limit, standard, compared)
    tests_each = standard.cv_rule.test == "each"
    county_rule = list(each.values()) if tests_each else [_within(composites[compared], limit)]
    school_rule = [] if section_meets is None else section_meets.tolist()
    return StageVerdict(
        int(values.sections[i]), dict(zip(keys, plain(mean), strict=True)), dict(zip(keys, cvs[compared], strict=True)), limit,
        each if tests_each else None, each_edge if tests_each else {},
        composites[compared], not tests_each and _turned(composites, limit), all_hold(school_rule + county_rule),
    )  # fmt: skip


# The rules do not say where the platform rounds, so that coefficients stand in lists: first the exact ones, then those
# rounded at one place or another, last as the form would have them. A verdict hangs on the rounding where any of the
# others turns that of the first.


def _coefficients(exact: np.ndarray, of_form: np.ndarray, standard: Standard) -> list[list[float | None]]:
    """Every indicator's coefficient: exact; rounded; made of the form's values and rounded. None where undefined."""
    rounded = (form_round(cvs, standard.cv_decimals) for cvs in (exact, of_form))
    return [plain(cvs) for cvs in (exact, *rounded)]


def _composites(cvs: list[list[float | None]], standard: Standard) -> list[float | None]:
    """Plain mean of the coefficients: exact; rounded; of each list of rounded ones, and rounded."""
    means = []
    for some in cvs:
        tested = [c for c, i in zip(some, standard.indicators, strict=True) if i.in_cv]
        means.append(None if None in tested else float(np.mean(tested)))
    return [means[0], *(_rounded(mean, standard) for mean in means)]


def _county_rule(
    cvs: list[list[float | None]], limit: float, standard: Standard, compared: int
) -> tuple[dict[str, bool | None], dict[str, bool]]:
    """Each indicator's verdict, of the coefficients ``compared``, and whether it hangs on rounding."""
    counted = [(k, i.key) for k, i in enumerate(standard.indicators) if i.in_cv]
    meets = {key: _within(cvs[compared][k], limit) for k, key in counted}
    return meets, {key: _turned([some[k] for some in cvs], limit) for k, key in counted}


def _rounded(x: float | None, standard: Standard) -> float | None:
    return None if x is None else float(form_round(x, standard.cv_decimals))


def plain(x: np.ndarray) -> list:
    """Return numbers as plain objects, None where undefined."""
    return np.where(np.isnan(x), None, x.astype(object)).tolist()


def _within(x: float | None, limit: float) -> bool | None:
    return None if x is None else bool(within(x, limit))


def _turned(coefficients: Sequence[float | None], limit: float) -> bool:
    return any(_within(c, limit) != _within(coefficients[0], limit) for c in coefficients[1:])


def section_reasons(verdicts: SectionVerdicts, stages: Sequence[str], standard: Standard) -> list[list[str]]:
    """Why each section does not meet the standard, or hangs on rounding, in Chinese."""
    rule, indicators = standard.school_rule, standard.indicators
    reasons: list[list[str]] = [[] for _ in stages]
    for i, k in zip(*np.nonzero(np.isnan(verdicts.values)), strict=True):
        reasons[i].append(f"{indicators[k].label}算不出：要用的数没有填")
    if verdicts.meets is None:
        return reasons
    short = ~reaches(verdicts.values, verdicts.thresholds) & ~np.isnan(verdicts.ratios)
    too_short = short & ~reaches(verdicts.values, rule.floor * verdicts.thresholds)
    for i in np.flatnonzero((verdicts.met < rule.met_at_least) & (verdicts.meets == False)):  # noqa: E712  not None
        count = verdicts.met[i]
        tested = int((~np.isnan(verdicts.thresholds[i])).sum())
        reasons[i].append(f"{tested}项指标达标{count}项，少于{rule.met_at_least}项")
    for i, k in zip(*np.nonzero(short), strict=True):
        text = _shortfall(indicators[k], float(verdicts.values[i, k]), stages[i], standard)
        reasons[i].append(f"{text}，低于底线{100 * rule.floor:g}%" if too_short[i, k] else text)
    for i in np.flatnonzero(verdicts.knife_edge):
        reasons[i].append(on_the_edge(standard.value_decimals))
    return reasons


def _shortfall(indicator: Indicator, x: float, stage: str, standard: Standard) -> str:
    threshold, bounds = indicator.thresholds[stage], (100, 100 * standard.school_rule.floor)
    return (
        f"{indicator.label}{shown(x, threshold, standard.value_decimals)}{indicator.unit}，"
        f"标准{threshold:g}{indicator.unit}，为标准的{shown_among(100 * x / threshold, bounds, 1)}%"
    )
