"""Means and coefficients of variation of groups, on any engine."""

from collections.abc import Sequence

import narwhals as nw

from balancelib.national.frames import Frame


def means_and_cvs(frame: Frame, columns: Sequence[str], weight: str, by: str, *also: nw.Expr) -> Frame:
    r"""Weighted mean and coefficient of variation of columns in each group, as `balancelib.measures.cv` has them.

    .. math:: CV = \frac{1}{\bar X} \sqrt{\sum_i w_i (x_i - \bar X)^2 / \sum_i w_i}

    Parameters
    ----------
    frame : DataFrame or LazyFrame of narwhals
    columns : sequence of str
        Columns of floats.
    weight : str
        The column of weights, positive.
    by : str
        The column of groups, without blanks.
    also : expressions
        Sums and other aggregates of each group that are wanted beside.

    Returns
    -------
    DataFrame or LazyFrame of narwhals
        One row a group: ``by``, those of ``also``, and for each column ``x`` its ``mean_x`` and ``cv_x``; blank where
        any value of the group is, ``cv_x`` also where the mean is 0.

    Notes
    -----
    The mean is found first and squares of what is left are added up: adding up ``x²`` and taking ``mean²`` away
    would lose half of the digits. The means are joined to the rows: pyarrow's join does not keep the order of rows,
    so that ``over``, which narwhals makes of it there, may give a row another group's mean.
    """
    w = nw.col(weight)
    totals = frame.with_columns(*((nw.col(x) * w).alias(f"mean_{x}") for x in columns)).group_by(by)
    means = totals.agg(w.sum().alias("w_"), *(nw.col(f"mean_{x}").sum() for x in columns))
    means = means.with_columns(*(nw.col(f"mean_{x}") / nw.col("w_") for x in columns)).drop("w_")
    centred = frame.join(means, on=by, how="inner")
    left = ((x, nw.col(x) - nw.col(f"mean_{x}")) for x in columns)
    centred = centred.with_columns(*((w * d * d).alias(f"cv_{x}") for x, d in left))
    sums = [
        s for x in columns for s in (nw.col(f"cv_{x}").sum(), nw.col(f"mean_{x}").min(), nw.col(x).count())
    ]
    grouped = centred.group_by(by).agg(nw.len().alias("n_"), w.sum().alias("w_"), *also, *sums)
    return grouped.with_columns(*(one for x in columns for one in _mean_and_cv(x))).drop("n_", "w_", *columns)


def _mean_and_cv(x: str) -> tuple[nw.Expr, nw.Expr]:
    mean, complete = nw.col(f"mean_{x}"), nw.col(x) == nw.col("n_")
    divisor = nw.when(complete & (mean != 0)).then(mean)  # Spark stops at a division by zero
    cv = (nw.col(f"cv_{x}") / nw.col("w_")).sqrt() / divisor
    return nw.when(complete).then(mean).alias(f"mean_{x}"), cv.alias(f"cv_{x}")
