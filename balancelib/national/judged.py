"""The rules of a standard as expressions: what a section meets, what a county's stage meets; blanks leave a verdict open."""

import functools
import operator
from collections.abc import Iterable, Sequence

import narwhals as nw

from balancelib.assess.logic import TOLERANCE, reaches, within
from balancelib.national.frames import Frame
from balancelib.national.sections import sum_of
from balancelib.standards import Indicator, Standard

FORM = "__form"  # behind the name of a column whose values are those of the official form
ROUNDED = "__rounded"  # behind that of a coefficient of exact values that is rounded


def form_round(x: nw.Expr, decimals: int) -> nw.Expr:
    """Round as `balancelib.assess.logic.form_round` does."""
    scaled = x.abs() * 10.0**decimals
    last_bits = nw.min_horizontal(scaled * TOLERANCE, nw.lit(1e-6))
    rounded = (scaled + last_bits + 0.5).floor() / 10.0**decimals
    return nw.when(x < 0).then(-rounded).otherwise(rounded)


def has_school_rule(standard: Standard) -> bool:
    """Whether the standard judges sections."""
    return standard.school_rule is not None and any(i.thresholds for i in standard.indicators)


def with_school_rule(values: Frame, standard: Standard, stage: str, compared: str) -> Frame:
    """Judge sections: columns ``met`` and ``meets``, blank where a blank would decide it, and ``knife_edge``.

    ``compared`` ends the names of the columns to judge by: `FORM`, or nothing.
    """
    if not has_school_rule(standard):
        none = nw.col("pupils") < 0
        nobody = nw.when(none).then(none)
        return values.with_columns(
            nobody.cast(nw.Int64).alias("met"), nobody.alias("meets"), none.alias("knife_edge")
        )
    judged = _bounds(_bounds(values, standard, stage, ""), standard, stage, FORM)
    least, most = nw.col(f"least{compared}"), nw.col(f"most{compared}")
    turned = (nw.col("least") != nw.col(f"least{FORM}")) | (nw.col("most") != nw.col(f"most{FORM}"))
    return judged.with_columns(
        nw.col(f"met{compared}").alias("met"), nw.when(least == most).then(least).alias("meets"), turned.alias("knife_edge")
    )  # fmt: skip


def _bounds(values: Frame, standard: Standard, stage: str, suffix: str) -> Frame:
    """Judge sections twice: every blank too low (``least``), and high enough (``most``)."""
    rule, tested = standard.school_rule, [i for i in standard.indicators if i.thresholds]
    x = {i.key: (nw.col(i.key + suffix), i.thresholds[stage]) for i in tested}
    reached = values.with_columns(
        *(reaches(value, threshold).alias(f"reached_{key}") for key, (value, threshold) in x.items()),
        *(
            reaches(value, rule.floor * threshold).alias(f"above_{key}")
            for key, (value, threshold) in x.items()
        ),
    )
    ends = {"least": False, "most": True}
    met = {
        end: [nw.col(f"reached_{key}").fill_null(blank).cast(nw.Int64) for key in x]
        for end, blank in ends.items()
    }
    above = {end: [nw.col(f"above_{key}").fill_null(blank) for key in x] for end, blank in ends.items()}
    enough = {end: (sum_of(met[end]) >= rule.met_at_least) & _every(above[end]) for end in ends}
    judged = reached.with_columns(
        sum_of(met["least"]).alias(f"met{suffix}"),
        *(verdict.alias(end + suffix) for end, verdict in enough.items()),
    )
    return judged.drop(*(f"{word}_{key}" for key in x for word in ("reached", "above")))


def _every(verdicts: Iterable[nw.Expr]) -> nw.Expr:
    return functools.reduce(operator.and_, verdicts)


def with_county_rule(
    means: Frame, standard: Standard, limit: float, rounded: bool
) -> tuple[Frame, list[str]]:
    """Judge one stage of counties by their coefficients.

    Returns
    -------
    frame : DataFrame or LazyFrame of narwhals
        With what the county rule says of each coefficient and of their mean.
    columns : list of str
        Those to show, in order.

    Notes
    -----
    The rules do not say where the platform rounds. Coefficients are exact, rounded, or made of the form's values and rounded;
    their mean is of each of these, and rounded. The first is compared, or the last where ``rounded``; a verdict hangs on the
    rounding where any of the others turns that of the first. As in `balancelib.assess.resources`.
    """
    keys = [i.key for i in standard.indicators]
    tested = [i.key for i in standard.indicators if i.in_cv]
    means = means.with_columns(*(one for i in standard.indicators for one in _roundings(i, standard)))
    kinds = ["", ROUNDED, FORM]
    means = means.with_columns(
        *(
            (sum_of(nw.col(f"cv_{k}{kind}") for k in tested) / len(tested)).alias(f"mean_cv{kind}")
            for kind in kinds
        )
    )
    means = means.with_columns(
        *(
            form_round(nw.col(f"mean_cv{kind}"), standard.cv_decimals).alias(f"composite{kind}")
            for kind in kinds
        )
    )
    composites = ["mean_cv", *(f"composite{kind}" for kind in kinds)]
    chosen = {f"cv_{k}": nw.col(f"cv_{k}{FORM if rounded else ''}") for k in keys}
    chosen["composite_cv"] = nw.col(composites[-1 if rounded else 0])
    if rounded:
        chosen |= {f"mean_{k}": form_round(nw.col(f"mean_{k}{FORM}"), standard.value_decimals) for k in keys}
    each, all_ = tested if standard.cv_rule.test == "each" else [], "composite_knife_edge"
    chosen |= {f"cv_meets_{k}": within(chosen[f"cv_{k}"], limit) for k in each}
    chosen |= {f"cv_knife_edge_{k}": _turned([f"cv_{k}{kind}" for kind in kinds], limit) for k in each}
    chosen |= {all_: nw.lit(False) if each else _turned(composites, limit)}
    chosen |= {"county_rule": all_hold(within(chosen[f"cv_{k}"], limit) for k in each) if each else within(chosen["composite_cv"], limit)}  # fmt: skip
    shown = [f"mean_{k}" for k in keys] + [
        n for n in chosen if not n.startswith("mean_") and n != "county_rule"
    ]
    return means.with_columns(*(value.alias(name) for name, value in chosen.items())), shown


def _roundings(indicator: Indicator, standard: Standard) -> Iterable[nw.Expr]:
    exact, of_form = (f"cv_{indicator.key}{kind}" for kind in ("", FORM))
    yield form_round(nw.col(exact), standard.cv_decimals).alias(f"{exact}{ROUNDED}")
    yield form_round(nw.col(of_form), standard.cv_decimals).alias(of_form)


def all_hold(verdicts: Iterable[nw.Expr]) -> nw.Expr:
    """False where any is, else blank where any is, else true."""
    return nw.all_horizontal(*verdicts, ignore_nulls=False)


def _turned(numbers: Sequence[str], limit: float) -> nw.Expr:
    """Whether any of the other numbers is on another side of the limit than the first, or alone is blank."""
    first, *others = (within(nw.col(name), limit).cast(nw.Int64).fill_null(-1) for name in numbers)
    return functools.reduce(operator.or_, (other != first for other in others))
