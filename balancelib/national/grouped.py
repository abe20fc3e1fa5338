"""Tables of any engine whose rows are to be grouped; and of each row its value, its weight and the mean of its group."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import narwhals as nw

from balancelib.national.frames import COUNTY, NO_CODE, Frame, opened, stacked

ALL = "all"  # key of the one group where none are asked for
TEXTS = (nw.String, nw.Categorical, nw.Enum)


class Grouped(NamedTuple):
    """An opened table, the columns that make its groups, and how its results go back.

    Attributes
    ----------
    frame : DataFrame or LazyFrame of narwhals
        Blanks among text labels have a stand-in: engines do not agree whether blanks are a group.
    keys : list of str
        Columns that make the groups; never none.
    arrow : bool
        Whether the table is pyarrow's, which cannot add up in order within groups: it goes by way of pandas.
    """

    frame: Frame
    keys: list[str]
    arrow: bool

    def back(self, results: Sequence[Frame]) -> Any:
        """Put results one below the other in a table of the kind that came in."""
        result = stacked(results)
        texts = [key for key in self.keys if result.collect_schema()[key] == nw.String]
        result = result.with_columns(nw.when(nw.col(t) != NO_CODE).then(nw.col(t)).alias(t) for t in texts)
        result = result.drop(ALL) if self.keys == [ALL] else result
        return result.to_arrow() if self.arrow else result.to_native()


def grouped(
    native: Any, numbers: Collection[str], by: str | Sequence[str], levels: Sequence[str] = ()
) -> Grouped:
    """Open a table of any engine with the numbers to work with, the columns that make its groups, and levels within them.

    Raises
    ------
    Lacking
        A column is missing, or is not of numbers.
    """
    known = nw.from_native(native, pass_through=True)
    arrow = isinstance(known, nw.DataFrame) and known.implementation.is_pyarrow()
    keys = list(dict.fromkeys(listed(by)))
    frame = opened(
        _floats(known, numbers).to_pandas() if arrow else native, numbers, (), [*keys, *levels, COUNTY]
    )
    types = frame.collect_schema()
    texts = [label for label in dict.fromkeys((*keys, *levels)) if types[label] in TEXTS]
    frame = frame.with_columns(nw.col(label).cast(nw.String).fill_null(NO_CODE) for label in texts)
    return Grouped(frame if keys else frame.with_columns(nw.lit(1).alias(ALL)), keys or [ALL], arrow)


def _floats(table: Frame, numbers: Collection[str]) -> Frame:
    """Make floats of decimals, of which pandas makes objects."""
    decimals = [
        name for name, kind in table.collect_schema().items() if name in numbers and kind == nw.Decimal
    ]
    return table.with_columns(nw.col(name).cast(nw.Float64) for name in decimals)


def listed(names: str | Sequence[str] | None) -> list[str]:
    """Return one name, several or none as a list."""
    return [names] if isinstance(names, str) else list(names or ())


def weighed(frame: Frame, value: str, weights: str | None, keys: Sequence[str]) -> Frame:
    """Return of each row its ``keys``, its value ``x_`` and its weight ``w_``, blank where either is blank or infinite and where the weight is 0.

    ``n`` is 1 for a row that counts and 0 for others; ``omitted`` is 1 for one left out for want of a number.
    """
    x, w, whole = nw.col("x_"), nw.col("w_"), nw.col("n")
    weight = nw.lit(1.0) if weights is None else nw.col(weights)
    rows = frame.select(*keys, nw.col(value).alias("x_"), weight.alias("w_"))
    rows = rows.with_columns(one_where(x.is_finite() & w.is_finite()).alias("n"))
    lost = one_where((whole == 0) & (w.is_null() | (w != 0)))
    rows = rows.with_columns(one_where((whole == 1) & (w != 0)).alias("n"), lost.alias("omitted"))
    return rows.with_columns(nw.when(whole == 1).then(nw.col(name)).alias(name) for name in ("x_", "w_"))


def one_where(condition: nw.Expr) -> nw.Expr:
    """Return 1 where the condition holds, and 0 where it does not or is blank."""
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def with_mean(rows: Frame, keys: Sequence[str], mean: str, total: str) -> Frame:
    """Add to each row the weighted mean of ``x_`` and the weight ``w_`` of all rows with the same keys; the mean is blank where there is no weight."""
    w, sums = nw.col("w_"), nw.col(total)
    rows = rows.with_columns((w * nw.col("x_")).alias(mean))
    rows = rows.with_columns(nw.col(mean).sum().over(*keys), w.sum().over(*keys).alias(total))
    return rows.with_columns(nw.col(mean) / nw.when(sums != 0).then(sums))
