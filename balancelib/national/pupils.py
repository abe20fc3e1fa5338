"""Pupils' results of a monitoring by the tens of millions, on any engine: each school's sums, and from them what may be told of counties and schools."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from balancelib.county.private import FEWEST
from balancelib.disclosure import load_policy
from balancelib.national.frames import COUNTY, NO_CODE, Frame
from balancelib.national.grouped import Grouped, grouped, listed, one_where, with_mean

SCHOOL = "school_id"
SUMS = ["pupils", "blank", "weight", "squares"]
LOW = ["below", "weight_below"]
X, W, PUPILS, WEIGHT, SQUARES = (nw.col(name) for name in ("x_", "w_", "pupils", "weight", "squares"))
SMALL = one_where((PUPILS > 0) & (PUPILS < FEWEST))  # a school whose own results are not told
NAMED = nw.col(SCHOOL).cast(nw.String).fill_null(NO_CODE) != NO_CODE
ROUNDING = 1e-12  # of the mean: deviations no larger than it are the engine's rounding


def school_sums(
    rows: Any,
    value: str = "score",
    weights: str | None = None,
    by: str | Sequence[str] = COUNTY,
    level: float | None = None,
) -> Any:
    r"""Add up pupils' values within each school: what all else is worked out from.

    Parameters
    ----------
    rows : table
        Of pandas, Polars (also lazy), pyarrow, DuckDB or PySpark: one row a pupil, with ``school_id``, ``value`` and the columns of ``by``.
    value : str
        Column of values.
    weights : str, optional
        Column of weights: how many pupils each stands for. A row with a weight of 0 or less counts as blank.
    by : str or list of str
        Columns beside the school that rows are grouped by: ``["county_id", "year", "grade", "subject"]`` where several were tested.
    level : float, optional
        Pupils below it are counted.

    Returns
    -------
    table
        Of the same kind, lazy where the table was; a row a school, in no certain order: ``by``, ``school_id``, ``pupils`` (with a value), ``blank`` (without a value,
        a school or a weight), ``weight``, ``mean``, ``squares``: the weighted sum of squares about the school's own mean; where there is a level, ``below``:
        pupils below it, and ``weight_below``.

    Raises
    ------
    Lacking
        A column is missing, or is not of numbers.

    Notes
    -----
    For the office alone: it tells of single children, see `county_results` and `school_results`. Squares are added up about the mean. Adding up
    :math:`x^2` and taking :math:`n \bar x^2` away would lose twice as many digits as the mean is larger than the spread.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"county_id": "a", "school_id": ["1", "1", "1", "2"], "score": [60.0, 80.0, None, 90.0]})
    >>> school_sums(scores, level=70).sort_values("school_id")[["school_id", "pupils", "blank", "mean", "squares", "below"]].values.tolist()
    [['1', 2, 1, 70.0, 200.0, 1], ['2', 1, 0, 90.0, 0.0, 0]]
    """
    table = grouped(rows, [value, *listed(weights)], dict.fromkeys([*listed(by), SCHOOL]))
    frame = _there(table.frame, value, weights, table.keys)
    low = one_where(nw.col("x_") < (float("-inf") if level is None else level))
    frame = frame.with_columns(low.alias("below"), (W * low).alias("weight_below"))
    added = (_weighted if weights else _counted)(frame, table.keys)
    whole = (nw.col(name).cast(nw.Int64) for name in ("pupils", "blank", "below"))
    names = [*SUMS[:3], "mean", SUMS[3], *(LOW if level is not None else [])]
    return table.back([added.with_columns(*whole).select(*table.keys, *names)])


def _there(frame: Frame, value: str, weights: str | None, keys: Sequence[str]) -> Frame:
    """Values and weights of pupils who have a value, a weight and a school; ``pupils`` is 1 for them, ``blank`` for others."""
    rows = frame.select(
        *keys, nw.col(value).alias("x_"), (nw.col(weights) if weights else nw.lit(1.0)).alias("w_")
    )
    whole = one_where(X.is_finite() & W.is_finite() & (W > 0) & NAMED)
    rows = rows.with_columns(whole.alias("pupils")).with_columns((1 - PUPILS).alias("blank"))
    return rows.with_columns(nw.when(PUPILS == 1).then(nw.col(name)).alias(name) for name in ("x_", "w_"))


def _counted(rows: Frame, keys: Sequence[str]) -> Frame:
    """In one pass: engines work variances out as they go, without adding up squares about 0."""
    added = rows.group_by(*keys).agg(
        nw.col("pupils", "blank", *LOW).sum(),
        X.mean().alias("mean"),
        X.var(ddof=0).alias("squares"),
    )
    return added.with_columns((SQUARES * PUPILS).fill_null(0.0).alias("squares"), PUPILS.alias("weight"))


def _weighted(rows: Frame, keys: Sequence[str]) -> Frame:
    rows = with_mean(rows, keys, "mean", "weight")
    rows = rows.with_columns((W * (X - nw.col("mean")) * (X - nw.col("mean"))).alias("squares"))
    return rows.group_by(*keys).agg(
        nw.col("pupils", "blank", "squares", *LOW).sum(), nw.col("mean", "weight").max()
    )


def county_results(sums: Any, by: str | Sequence[str] = COUNTY) -> Any:
    r"""Work out from schools' sums what may be told of each county.

    Parameters
    ----------
    sums : table
        As of `school_sums`, of any engine.
    by : str or list of str
        What makes a county's results: as there, or fewer columns, such as ``province``; rows of the same school, of several grades for example, are then one.

    Returns
    -------
    table
        Of the same kind, lazy where the table was; a row a county, in no certain order: ``by``, ``schools`` and ``pupils`` with a value, ``blank``; ``mean``; ``sd``, of the
        population; ``eta2`` and ``anova``: the share of the variance that lies between schools, as in `balancelib.measures.intraclass`; ``below``: the
        share of pupils below the level, where schools' sums have one.

    Notes
    -----
    ``anova`` is blank where pupils have weights: then ``eta2`` is the share of `balancelib.measures.decompose` with ``cv``. Both are blank where values differ by no more than the
    engine's rounding.

    Results of fewer than `FEWEST` pupils are blank. Counts of fewer pupils than the policy of `balancelib.disclosure` shows are blank too, and so is ``below`` where there
    are so few pupils below the level, or above it. ``eta2`` and ``anova`` are blank where one school has fewer than `FEWEST` pupils and there are fewer schools than the
    policy's ``least``: the squares between schools and the sum of squared sizes follow from them, and with those of two schools the size and mean of each. What can be worked
    out from several results together (provinces beside their counties, years, subjects, levels) is not looked at.
    """
    low = _low(sums)
    table, schools = _schools(sums, by, low)
    rows = _from_mean(schools, table.keys)
    rows = rows.with_columns(
        one_where(PUPILS > 0).alias("schools"),
        SMALL.alias("small"),
        (PUPILS * PUPILS).alias("sizes"),
        (WEIGHT - PUPILS).abs().alias("uneven"),
    )
    added = rows.group_by(*table.keys).agg(
        nw.col("schools", "small", "apart_", "sizes", "uneven", *SUMS, *low).sum(), nw.col("mean").max()
    )
    return table.back([_told(added, table.keys, bool(low))])


def _schools(sums: Any, by: str | Sequence[str], low: Sequence[str] = ()) -> tuple[Grouped, Frame]:
    """One row a school: its rows put together where there are several, as of grades that are not told apart."""
    table = grouped(sums, ["mean", *SUMS, *low], by, [SCHOOL])
    school = list(
        dict.fromkeys([*table.keys, COUNTY, SCHOOL])
    )  # a number of a school counts inside its county
    rows = _from_mean(table.frame, school)
    added = rows.group_by(*school).agg(nw.col("apart_", *SUMS, *low).sum(), nw.col("mean").max())
    return table, added.with_columns((SQUARES + nw.col("apart_")).alias("squares"))


def _from_mean(rows: Frame, keys: Sequence[str]) -> Frame:
    """Put the mean of all rows with the same keys in place of each row's own, whose weighted square from it is ``apart_``."""
    rows = rows.with_columns(nw.col("mean").alias("x_"), nw.when(PUPILS > 0).then(WEIGHT).alias("w_"))
    rows = with_mean(rows, keys, "mean", "all_")
    return rows.with_columns((W * (X - nw.col("mean")) * (X - nw.col("mean"))).alias("apart_"))


def _low(sums: Any) -> list[str]:
    """Columns that schools' sums have where there was a level."""
    known = nw.from_native(sums, pass_through=True)
    there = known.collect_schema().names() if isinstance(known, nw.DataFrame | nw.LazyFrame) else []
    return [name for name in LOW if name in there]


def _told(added: Frame, keys: Sequence[str], with_level: bool) -> Frame:
    """A county's results from its sums, blank where there are too few pupils."""
    deviation = _over(nw.col("apart_") + SQUARES, WEIGHT).sqrt()
    shares = _shares(added).with_columns(deviation.alias("sd"))
    enough = PUPILS >= FEWEST
    safe = enough & ((nw.col("small") == 0) | (nw.col("schools") >= load_policy().least))
    told = {"mean": enough, "sd": enough, "eta2": safe, "anova": safe}
    results = (nw.when(where).then(nw.col(one)).alias(one) for one, where in told.items())
    counts = (nw.when(~_few(count)).then(count).cast(nw.Int64) for count in (PUPILS, nw.col("blank")))
    found = [nw.col("schools").cast(nw.Int64), *counts, *results]
    return shares.select(*keys, *found, *([_share_below()] if with_level else []))


def _share_below() -> nw.Expr:
    few = _few(nw.col("below")) | _few(PUPILS - nw.col("below"))
    share = _over(nw.col("weight_below"), WEIGHT)
    return nw.when((PUPILS >= FEWEST) & ~few).then(share).alias("below")


def _shares(added: Frame) -> Frame:
    """Add ``eta2`` and ``anova``, as `balancelib.measures.intraclass` has them; blank where nothing but rounding makes values differ."""
    schools, between = nw.col("schools"), nw.col("apart_")
    differ = between + SQUARES > WEIGHT * nw.col("mean") * nw.col("mean") * ROUNDING**2
    frame = added.with_columns(
        nw.when((schools > 1) & differ).then(_over(between, between + SQUARES)).alias("eta2"),
        _over(between, schools - 1).alias("between_"),
        _over(SQUARES, PUPILS - schools).alias("within_"),
        _over(PUPILS - _over(nw.col("sizes"), PUPILS), schools - 1).alias("usual_"),
    )
    frame = frame.with_columns(
        _over(nw.col("between_") - nw.col("within_"), nw.col("usual_")).alias("lasting_")
    )
    anova = _over(nw.col("lasting_"), nw.col("lasting_") + nw.col("within_"))
    return frame.with_columns(nw.when((nw.col("uneven") == 0) & differ).then(anova).alias("anova"))


def _over(part: nw.Expr, whole: nw.Expr) -> nw.Expr:
    return part / nw.when(whole != 0).then(whole)


def _few(count: nw.Expr) -> nw.Expr:
    """Whether a count is of so few children that it is not shown."""
    return (count > 0) & (count < load_policy().least)


def school_results(sums: Any, by: str | Sequence[str] = COUNTY) -> Any:
    """Return of each school's sums what may be told, so that nobody can work the rest out from `county_results`.

    Parameters
    ----------
    sums : table
        As of `school_sums`, of any engine.
    by : str or list of str
        As there.

    Returns
    -------
    table
        Of the same kind, lazy where the table was; a row a school, in no certain order: ``by``, ``school_id``, ``pupils``, ``mean``, ``sd``; all three blank where
        hidden.

    Notes
    -----
    A school of fewer than `FEWEST` pupils is hidden. Its numbers would follow from those of its county and of all other schools; therefore further ones are
    hidden, the smallest first, until at least `FEWEST` pupils are hidden together, and as many schools as the policy's ``least``: the sizes and means of two
    follow from ``eta2`` and ``anova`` of the county, see `county_results`; of five very small ones the sizes may, though not whose they are. Publish
    rounded numbers: who has all digits and knows that scores are whole can search for what fits. A hidden school's own staff know its numbers, and so more
    of the others' than a reader does.
    """
    table, schools = _schools(sums, by)
    rows = schools.filter(NAMED).with_columns(one_where(PUPILS > 0).alias("there_"), SMALL.alias("small_"))
    in_order = (
        nw.col(name).cum_sum().over(*table.keys, order_by=["pupils", SCHOOL]) for name in ("there_", "pupils")
    )
    places, pupils = in_order
    rows = rows.with_columns(
        nw.col("small_").sum().over(*table.keys), places.alias("place_"), (pupils - PUPILS).alias("before_")
    )
    also = (nw.col("small_") > 0) & ((nw.col("before_") < FEWEST) | (nw.col("place_") <= load_policy().least))
    rows = rows.with_columns(_over(SQUARES, WEIGHT).sqrt().alias("sd"))
    shown = nw.when(~also | (PUPILS == 0))
    results = (shown.then(nw.col(name)).alias(name) for name in ("pupils", "mean", "sd"))
    return table.back(
        [rows.select(*dict.fromkeys([*table.keys, SCHOOL]), *results).with_columns(PUPILS.cast(nw.Int64))]
    )
