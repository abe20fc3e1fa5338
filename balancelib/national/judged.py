"""The rules of a standard, on a table that has one row for each value: of a section, then of a county's stage.

A rule on every indicator is then one expression, not one an indicator: what an engine has to plan stays small.
"""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence

import narwhals as nw

from balancelib.assess.logic import TOLERANCE, highest_within, lowest_reaching
from balancelib.county.schema import STAGES
from balancelib.national.frames import COUNTY, Frame
from balancelib.national.sections import sum_of
from balancelib.standards import Standard

SECTION = [COUNTY, "school_id", "stage"]
STAGE = [COUNTY, "stage"]
KIND = "indicator"
VALUES = ("exact", "form")  # as they are, and as the official form has them
CVS = (
    "as_is",
    "rounded",
    "of_form",
)  # coefficients of variation: exact; rounded; made of the form's values and rounded
TESTS = ("cv_meets", "cv_knife_edge")
COMPOSITES = ("mean_as_is", "as_is_rounded", "rounded_rounded", "of_form_rounded")  # their means


def form_round(x: nw.Expr, decimals: int) -> nw.Expr:
    """Round as `balancelib.assess.logic.form_round` does."""
    scaled = x.abs() * 10.0**decimals
    last_bits = nw.min_horizontal(scaled * TOLERANCE, nw.lit(1e-6))
    rounded = (scaled + last_bits + 0.5).floor() / 10.0**decimals
    return nw.when(x < 0).then(-rounded).otherwise(rounded)


def has_school_rule(standard: Standard) -> bool:
    """Whether the standard judges sections."""
    return standard.school_rule is not None and any(i.thresholds for i in standard.indicators)


def nobody() -> Iterable[nw.Expr]:
    """Return the columns of `school_rule` where the standard judges no sections."""
    none = nw.col("pupils") < 0
    yield nw.when(none).then(none).cast(nw.Int64).alias("met")
    yield nw.when(none).then(none).alias("meets")
    yield none.alias("knife_edge")


def school_rule(values: Frame, standard: Standard, compared: str) -> Frame:
    """Judge sections by their values, ``exact`` or those of the ``form``.

    Returns
    -------
    DataFrame or LazyFrame of narwhals
        One row a section: its ``pupils``, how many indicators are ``met``, whether it ``meets`` the standard (blank where
        a blank would decide it), and ``knife_edge``, whether the form's rounding would turn that.
    """
    tested = {i.key: i.thresholds for i in standard.indicators if i.thresholds}
    bounds = {"threshold": 1.0, "floor": standard.school_rule.floor}
    rows = values.filter(nw.col(KIND).is_in(list(tested)))
    rows = rows.with_columns(*(_by_stage(tested, share).alias(name) for name, share in bounds.items()))
    short = [one for name in VALUES for one in _reached(name)]
    names = [f"{word}_{name}" for name in VALUES for word in ("met", "at_most", "low", "low_at_least")]
    sums = rows.with_columns(*short).group_by(*SECTION)
    judged = sums.agg(nw.col("pupils").max(), *(nw.col(name).sum() for name in names))
    judged = judged.with_columns(
        *(one for name in VALUES for one in _ends(name, standard.school_rule.met_at_least))
    )
    least, most = nw.col(f"least_{compared}"), nw.col(f"most_{compared}")
    turned = (nw.col("least_exact") != nw.col("least_form")) | (nw.col("most_exact") != nw.col("most_form"))
    verdict = nw.when(least == most).then(least)
    met = nw.col(f"met_{compared}").cast(nw.Int64)
    return judged.select(
        *SECTION, "pupils", met.alias("met"), verdict.alias("meets"), turned.alias("knife_edge")
    )


def _by_stage(thresholds: Mapping[str, Mapping[str, float]], share: float) -> nw.Expr:
    """Return the lowest value that reaches a share of the threshold of each row's indicator and stage."""
    found = nw.lit(None, nw.Float64)
    for key, own in thresholds.items():
        for stage in STAGES:
            here = (nw.col(KIND) == key) & (nw.col("stage") == stage)
            found = nw.when(here).then(nw.lit(lowest_reaching(share * own[stage]))).otherwise(found)
    return found


def _reached(name: str) -> Iterable[nw.Expr]:
    """1 where a threshold is met, and where its floor is not: with a blank too low, then high enough."""
    reached, above = (nw.col(name) >= nw.col(bound) for bound in ("threshold", "floor"))
    yield reached.fill_null(False).cast(nw.Int64).alias(f"met_{name}")
    yield reached.fill_null(True).cast(nw.Int64).alias(f"at_most_{name}")
    yield (~above.fill_null(False)).cast(nw.Int64).alias(f"low_{name}")
    yield (~above.fill_null(True)).cast(nw.Int64).alias(f"low_at_least_{name}")


def _ends(name: str, met_at_least: int) -> Iterable[nw.Expr]:
    """Return whether a section meets the standard at the least, every blank being too low, and at the most."""
    yield ((nw.col(f"met_{name}") >= met_at_least) & (nw.col(f"low_{name}") == 0)).alias(f"least_{name}")
    yield ((nw.col(f"at_most_{name}") >= met_at_least) & (nw.col(f"low_at_least_{name}") == 0)).alias(
        f"most_{name}"
    )


def county_rule(means: Frame, standard: Standard, rounded: bool) -> Frame:
    """Judge stages of counties by their coefficients of variation.

    Parameters
    ----------
    means : DataFrame or LazyFrame of narwhals
        One row a county, stage and indicator, as `balancelib.national.moments.means_and_cvs` has them.
    standard : Standard
    rounded : bool
        Compare the coefficients of the form's values, and these rounded.

    Returns
    -------
    DataFrame or LazyFrame of narwhals
        One row a county and stage, the columns of `rule_columns`, and ``county_rule``, the verdict.

    Notes
    -----
    The rules do not say where the platform rounds. Coefficients are exact, rounded, or made of the form's values and rounded;
    their mean is of each of these, and rounded. The first is compared, or the last where ``rounded``; a verdict hangs on the
    rounding where any of the others turns that of the first. As in `balancelib.assess.resources`.
    """
    compared = -1 if rounded else 0
    rows = means.with_columns(*_coefficients(standard, rounded)).with_columns(_limit(standard).alias("limit"))
    rows = rows.with_columns(*_sides(CVS))
    tests = [
        nw.col(f"side_{CVS[compared]}").alias("cv_meets"),
        _turned(CVS).cast(nw.Int64).alias("cv_knife_edge"),
    ]
    wide = _spread(rows.with_columns(*tests), standard)
    wide = wide.with_columns(
        *(nw.col(f"{CVS[compared]}_{i.key}").alias(f"cv_{i.key}") for i in standard.indicators)
    )
    return _composite_rule(wide, standard, compared)


def _spread(rows: Frame, standard: Standard) -> Frame:
    """Put the indicators of a county's stage side by side: columns are named for what they hold and for the indicator."""
    words = ["mean", *CVS, *(TESTS if _tests_each(standard) else ())]
    cells = {f"{word}_{i.key}": (word, i.key) for word in words for i in standard.indicators}
    own = (nw.when(nw.col(KIND) == key).then(nw.col(word)).alias(name) for name, (word, key) in cells.items())
    return rows.with_columns(*own).group_by(*STAGE).agg(*(nw.col(name).max() for name in cells))


def rule_columns(standard: Standard) -> list[str]:
    """Return the columns that `county_rule` makes, in the order in which they are shown."""
    return [*(f"{word}_{key}" for word, key in _wide(standard)), "composite_cv", "composite_knife_edge"]


def _tests_each(standard: Standard) -> bool:
    return standard.cv_rule.test == "each"


def _wide(standard: Standard) -> list[tuple[str, str]]:
    """What is shown of which indicator, in order."""
    keys = [i.key for i in standard.indicators]
    tested = [i.key for i in standard.indicators if i.in_cv and _tests_each(standard)]
    words = {"mean": keys, "cv": keys, "cv_meets": tested, "cv_knife_edge": tested}
    return [(word, key) for word, own in words.items() for key in own]


def _coefficients(standard: Standard, rounded: bool) -> Iterable[nw.Expr]:
    exact, of_form = nw.col("cv_exact"), nw.col("cv_form")
    found = (exact, *(form_round(cv, standard.cv_decimals) for cv in (exact, of_form)))
    yield from (cv.alias(name) for cv, name in zip(found, CVS, strict=True))
    mean = form_round(nw.col("mean_form"), standard.value_decimals) if rounded else nw.col("mean_exact")
    yield mean.alias("mean")


def _composite_rule(stages: Frame, standard: Standard, compared: int) -> Frame:
    """Add the plain mean of the coefficients, and the verdict of the county rule."""
    counted = [i.key for i in standard.indicators if i.in_cv]
    means = (sum_of(nw.col(f"{cv}_{key}") for key in counted) / len(counted) for cv in CVS)
    stages = stages.with_columns(*(mean.alias(cv) for mean, cv in zip(means, CVS, strict=True)))
    rounded = (form_round(nw.col(cv), standard.cv_decimals) for cv in CVS)
    composites = zip((nw.col(CVS[0]), *rounded), COMPOSITES, strict=True)
    stages = stages.with_columns(*(c.alias(name) for c, name in composites), _limit(standard).alias("limit"))
    stages = stages.with_columns(*_sides(COMPOSITES))
    flags = [f"{word}_{key}" for word, key in _wide(standard) if word in TESTS]
    stages = stages.with_columns(
        *((nw.col(name) == 1).alias(name) for name in flags),
        (nw.col(f"side_{COMPOSITES[compared]}") == 1).alias("county_rule"),
        nw.col(COMPOSITES[compared]).alias("composite_cv"),
        (nw.col("limit") < 0 if _tests_each(standard) else _turned(COMPOSITES)).alias("composite_knife_edge"),
    )
    if not _tests_each(standard):
        return stages
    return stages.with_columns(
        all_hold(nw.col(n) for n in flags if n.startswith("cv_meets_")).alias("county_rule")
    )


def all_hold(verdicts: Iterable[nw.Expr]) -> nw.Expr:
    """False where any is, else blank where any is, else true."""
    return nw.all_horizontal(*verdicts, ignore_nulls=False)


def _limit(standard: Standard) -> nw.Expr:
    """Return the highest coefficient that is within the limit of each row's stage."""
    primary, junior = (nw.lit(highest_within(standard.cv_rule.limits[stage])) for stage in STAGES)
    return nw.when(nw.col("stage") == "primary").then(primary).otherwise(junior)


def _sides(names: Sequence[str]) -> Iterable[nw.Expr]:
    """1 where a number is within its limit, 0 where not, blank where it is blank."""
    yield from ((nw.col(name) <= nw.col("limit")).cast(nw.Int64).alias(f"side_{name}") for name in names)


def _turned(names: Sequence[str]) -> nw.Expr:
    """Whether any of the other numbers is on another side of the limit than the first, or alone is blank."""
    first, *others = (nw.col(f"side_{name}").fill_null(-1) for name in names)
    return functools.reduce(operator.or_, (other != first for other in others))
