"""Inequality in many groups at once, on any engine: the measures of `balancelib.measures` as expressions of columns."""

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any, NamedTuple

import narwhals as nw

from balancelib.measures.decomposition import ALPHA
from balancelib.measures.entropy import SMALL, coefficients
from balancelib.national.frames import COUNTY, Frame
from balancelib.national.grouped import grouped, listed, weighed, with_mean

X, W, U, R = (nw.col(name) for name in ("x_", "w_", "u_", "r_"))
MEAN, WEIGHT, BELOW = (nw.col(name) for name in ("mean_", "weight_", "below_"))
SENSIBLE = (MEAN > 0) & (nw.col("lowest_") >= 0)  # where entropies have a meaning


class Measure(NamedTuple):
    """A measure: what each row adds, what the sum of that comes to, and where it has a meaning."""

    term: nw.Expr
    value: Callable[[nw.Expr], nw.Expr]
    defined: nw.Expr = MEAN > 0


def entropy_of(u: nw.Expr, r: nw.Expr, alpha: int) -> nw.Expr:
    """What `balancelib.measures.entropy.entropy_of` is, for alpha 0 or 1: by its series near the mean, elsewhere by the logarithm."""
    log = nw.when(r > 0).then(r).otherwise(nw.lit(1.0)).log()
    far = nw.when(r > 0).then(r * log - u if alpha else u - log)
    *first, near = coefficients(alpha)
    for coefficient in reversed(first):
        near = u * near + coefficient
    at_zero = nw.lit(1.0 if alpha else float("inf"))
    return nw.when(u.abs() < SMALL).then(near * u * u).otherwise(far.otherwise(at_zero))


# `abs` under the root changes nothing where the measure has a meaning; elsewhere pandas would warn of what lies under its blanks.
MEASURES = {
    "cv": Measure(W * (X - MEAN) * (X - MEAN), lambda s: (s / WEIGHT).abs().sqrt() / MEAN, MEAN != 0),
    "hoover": Measure(W * (X - MEAN).abs(), lambda s: s / (WEIGHT * MEAN * 2)),
    "gini": Measure(W * (X - MEAN) * (BELOW * 2 - W - WEIGHT), lambda s: s / (WEIGHT * WEIGHT * MEAN)),
    "theil_t": Measure(W * entropy_of(U, R, 1), lambda s: s / WEIGHT, SENSIBLE),
    "theil_l": Measure(W * entropy_of(U, R, 0), lambda s: s / WEIGHT, SENSIBLE),
}


def summarise(
    frame: Any,
    value: str | Sequence[str],
    weights: str | None = None,
    by: str | Sequence[str] = COUNTY,
    measures: Sequence[str] = ("cv", "gini"),
) -> Any:
    """Work out measures of columns for each group of rows, as `balancelib.measures.summarise` does, on any engine.

    Parameters
    ----------
    frame : table
        Of pandas, Polars (also lazy), pyarrow, DuckDB or PySpark.
    value : str or list of str
        Columns to measure.
    weights : str, optional
        Column of weights, not negative; a row of weight 0 is absent.
    by : str or list of str
        Columns whose values make the groups; one group of all rows where there are none.
    measures : list of {"cv", "hoover", "gini", "theil_t", "theil_l"}

    Returns
    -------
    table
        Of the same kind, lazy where the table was: a row a group and column measured, in no certain order. Columns: those of ``by``, ``column`` (its name), ``n``
        (rows), ``omitted`` (rows left out because value or weight is blank or infinite), then one a measure: blank where it has no meaning, for example
        because the mean is 0 or a weight negative.

    Raises
    ------
    Lacking
        A column is missing, or is not of numbers.
    ValueError
        A measure that there is not.

    Notes
    -----
    The Gini coefficient is exact: the engine puts rows in order within their group and adds up the weight as far as each row. Formulas and
    sources are those of `balancelib.measures`.

    Examples
    --------
    >>> import pandas as pd
    >>> books = pd.DataFrame({"county_id": ["a", "a", "b", "b"], "books": [4.0, 6.0, 5.0, None]})
    >>> summarise(books, "books", measures=["cv"]).sort_values("county_id").values.tolist()
    [['a', 'books', 2, 0, 0.2], ['b', 'books', 1, 1, 0.0]]
    """
    _known(measures, MEASURES)
    values = listed(value)
    table = grouped(frame, dict.fromkeys([*values, *listed(weights)]), by)
    return table.back([_measured(table.frame, x, weights, table.keys, measures) for x in values])


def _known(names: Sequence[str], there: Sequence[str]) -> None:
    if unknown := [name for name in names if name not in there]:
        raise ValueError(f"没有名为{unknown[0]}的度量；有{'、'.join(there)}")


def _measured(frame: Frame, x: str, weights: str | None, keys: list[str], measures: Sequence[str]) -> Frame:
    """One row a group: how many rows there are, and each measure of one column."""
    rows = with_mean(weighed(frame, x, weights, keys), keys, "mean_", "weight_")
    rows = rows.with_columns(nw.when(MEAN != 0).then(MEAN).alias("mean_"))
    rows = rows.with_columns(((X - MEAN) / MEAN).alias("u_"), (X / MEAN).alias("r_"))
    if "gini" in measures:
        rows = rows.with_columns(W.cum_sum().over(*keys, order_by="x_").alias("below_"))
    rows = rows.with_columns(MEASURES[name].term.alias(name) for name in measures)
    found = _added(rows, keys, measures)
    counts = (nw.col(count).cast(nw.Int64) for count in ("n", "omitted"))
    results = {name: MEASURES[name].value(_where(MEASURES[name].defined, name)) for name in measures}
    return found.select(*keys, nw.lit(x).alias("column"), *counts, **results)


def _added(rows: Frame, keys: list[str], terms: Sequence[str]) -> Frame:
    """One row a group: terms added up, its weight and mean, its lowest value and lightest weight."""
    return rows.group_by(*keys).agg(
        nw.col("n", "omitted", *terms).sum(),
        nw.col("weight_", "mean_").max(),
        X.min().alias("lowest_"),
        W.min().alias("lightest_"),
    )


def _where(defined: nw.Expr, name: str) -> nw.Expr:
    """A sum, where it has a meaning."""
    return nw.when(defined & (nw.col("lightest_") > 0)).then(nw.col(name))


def decompose(
    frame: Any,
    value: str,
    groups: str | Sequence[str],
    weights: str | None = None,
    by: str | Sequence[str] = (),
    measure: str = "theil_t",
) -> Any:
    """Decompose the inequality of a column into parts between and within groups, as `balancelib.measures.decompose` does, on any engine.

    Parameters
    ----------
    frame : table
        Of pandas, Polars (also lazy), pyarrow, DuckDB or PySpark.
    value : str
        Column to measure.
    groups : str or list of str
        Columns of the groups, several from the coarsest to the finest: ``["province", "county_id"]``. A label counts inside its group of the level above.
    weights : str, optional
        Column of weights, not negative; a row of weight 0 is absent.
    by : str or list of str
        Columns for each of whose groups this is done apart; all rows together where there are none.
    measure : {"theil_t", "theil_l", "cv"}
        ``cv`` stands for the squared coefficient of variation.

    Returns
    -------
    table
        Of the same kind, lazy where the table was: one row for each group of ``by``: ``n``, ``omitted``, ``total``, ``within`` the finest groups, ``between``
        groups of all levels together, and for each level its part of it as ``between_`` and its name. Blank where the measure has no meaning.

    Raises
    ------
    Lacking
        A column is missing, or is not of numbers.
    ValueError
        A measure that cannot be decomposed so.

    Notes
    -----
    Each row adds what takes it from its group's mean to its value, and each of its groups what takes it from the mean of the group above to its own; these add up to
    the total. Formulas and sources are those of `balancelib.measures.decompose`.

    Examples
    --------
    >>> import pandas as pd
    >>> books = pd.DataFrame({"county_id": ["a", "a", "b", "b"], "books": [4.0, 6.0, 9.0, 11.0]})
    >>> decompose(books, "books", "county_id", measure="cv").round(4).to_dict("records")
    [{'n': 4, 'omitted': 0, 'total': 0.1289, 'within': 0.0178, 'between': 0.1111, 'between_county_id': 0.1111}]
    """
    _known([measure], list(ALPHA))
    levels = listed(groups)
    table = grouped(frame, [value, *listed(weights)], by, levels)
    rows = weighed(table.frame, value, weights, [*table.keys, *levels])
    for depth in range(len(levels) + 1):
        rows = with_mean(rows, [*table.keys, *levels[:depth]], f"mean_{depth}", f"weight_{depth}")
    whole = nw.when(nw.col("mean_0") != 0).then(nw.col("mean_0"))
    rows = rows.with_columns(whole.alias("mean_"), nw.col("weight_0").alias("weight_"))
    steps = _steps(levels)
    for name, step in steps.items():
        rows = _stepped(rows, name, step, ALPHA[measure])
    found = _added(rows, table.keys, list(steps))
    parts = {name: MEASURES["theil_t"].value(_where(MEASURES[measure].defined, name)) for name in steps}
    return table.back([_parts(found.with_columns(**parts), table.keys, levels)])


def _steps(levels: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each part of the whole, with the columns from which and to which it leads."""
    means = [f"mean_{depth}" for depth in range(len(levels) + 1)]
    between = pairwise(means)
    parts = {"total": (means[0], "x_"), "within": (means[-1], "x_")}
    return parts | {f"between_{level}": step for level, step in zip(levels, between, strict=True)}


def _stepped(rows: Frame, name: str, step: tuple[str, str], alpha: int) -> Frame:
    """Add what takes a row from a mean to what lies inside it: weight times ``(outer / mean)^alpha`` times the entropy of ``inner / outer``."""
    outer, inner = map(nw.col, step)
    if alpha == 2:
        return rows.with_columns((W * (inner - outer) / MEAN * (inner - outer) / MEAN).alias(name))
    there = nw.when(outer != 0).then(outer)
    rows = rows.with_columns(((inner - outer) / there).alias("u_"), (inner / there).alias("r_"))
    found = entropy_of(U, R, alpha) * (outer / MEAN if alpha else 1)
    return rows.with_columns((W * nw.when(outer != 0).then(found).otherwise(nw.lit(0.0))).alias(name))


def _parts(found: Frame, keys: list[str], levels: Sequence[str]) -> Frame:
    names = [f"between_{level}" for level in levels]
    between = reduce(add, map(nw.col, names)).alias("between")
    counts = (nw.col(count).cast(nw.Int64) for count in ("n", "omitted"))
    return found.select(*keys, *counts, "total", "within", between, *names)
