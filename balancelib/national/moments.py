"""Means and coefficients of variation of groups, on any engine."""

from collections.abc import Sequence

import narwhals as nw

from balancelib.national.frames import Frame


def means_and_cvs(frame: Frame, columns: Sequence[str], weight: str, by: Sequence[str]) -> Frame:
    r"""Weighted mean and coefficient of variation of columns in each group, as `balancelib.measures.cv` has them.

    .. math:: CV = \frac{1}{\bar X} \sqrt{\sum_i w_i (x_i - \bar X)^2 / \sum_i w_i}

    Parameters
    ----------
    frame : DataFrame or LazyFrame of narwhals
    columns : sequence of str
        Columns of floats.
    weight : str
        The column of weights, positive.
    by : sequence of str
        The columns that make the groups, without blanks.

    Returns
    -------
    DataFrame or LazyFrame of narwhals
        One row a group: ``by``, and for each column ``x`` its ``mean_x`` and ``cv_x``; blank where any value of the
        group is, ``cv_x`` also where the mean is 0.

    Notes
    -----
    The mean is found first and squares of what is left are added up: adding up ``x²`` and taking ``mean²`` away
    would lose half of the digits. The means are joined to the rows: pyarrow's join does not keep the order of rows,
    so that ``over``, which narwhals makes of it there, may give a row another group's mean.
    """
    w = nw.col(weight)
    sums = frame.with_columns(*((nw.col(x) * w).alias(f"mean_{x}") for x in columns)).group_by(*by)
    means = sums.agg(w.sum().alias("w_"), *(nw.col(f"mean_{x}").sum() for x in columns))
    means = means.with_columns(*(nw.col(f"mean_{x}") / nw.col("w_") for x in columns))
    centred = frame.join(
        means, on=list(by), how="left"
    )  # Polars keeps the rows' order: the same input gives the same bits
    left = ((x, nw.col(x) - nw.col(f"mean_{x}")) for x in columns)
    centred = centred.with_columns(*((w * d * d / nw.col("w_")).alias(f"cv_{x}") for x, d in left))
    found = [f(x) for x in columns for f in (_squares, _mean, _known)]
    grouped = centred.group_by(*by).agg(nw.len().alias("n_"), *found)
    return grouped.with_columns(*(one for x in columns for one in _mean_and_cv(x))).drop("n_", *columns)


def _squares(x: str) -> nw.Expr:
    return nw.col(f"cv_{x}").sum()


def _mean(x: str) -> nw.Expr:
    return nw.col(f"mean_{x}").min()


def _known(x: str) -> nw.Expr:
    return nw.col(x).count()


def _mean_and_cv(x: str) -> tuple[nw.Expr, nw.Expr]:
    mean, complete = nw.col(f"mean_{x}"), nw.col(x) == nw.col("n_")
    divisor = nw.when(complete & (mean != 0)).then(mean)  # Spark stops at a division by zero
    return nw.when(complete).then(mean).alias(f"mean_{x}"), (nw.col(f"cv_{x}").sqrt() / divisor).alias(
        f"cv_{x}"
    )
