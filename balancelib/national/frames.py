"""Tables of any engine, opened: the columns that are needed, numbers as floats with blanks, text as text."""

from collections.abc import Collection, Sequence
from typing import Any

import narwhals as nw

from balancelib.county.lacking import Lacking
from balancelib.county.schema import schema

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]
COUNTY = "county_id"
LARGEST_EXACT = 1e15  # of a float all digits are right below
NO_CODE = ""  # stands for a county without a code: engines do not agree whether blanks are a group


def opened(
    native: Any, numbers: Collection[str], texts: Collection[str], keys: Collection[str] = ()
) -> Frame:
    """Open a table of any engine that narwhals knows, and keep the columns that are asked for.

    Parameters
    ----------
    native : table
        Of pandas, Polars (also lazy), pyarrow, DuckDB or PySpark.
    numbers, texts : collection of str
        The columns to keep. ``county_id`` may be missing: then all rows are one county's.
    keys : collection of str
        Columns to keep as they are: what results are grouped by.

    Returns
    -------
    DataFrame or LazyFrame of narwhals
        Numbers are floats and NaN is blank. A row without a county's code has `NO_CODE`; see `coded`.

    Raises
    ------
    TypeError
        No table.
    Lacking
        Columns are missing or there twice, or numbers are not numbers.
    """
    frame = _known(native)
    there = frame.collect_schema().names()
    wanted = dict.fromkeys((*texts, *keys, *numbers))
    _must_have(there, [name for name in wanted if name != COUNTY])
    frame = frame.select(*(name for name in wanted if name in there))
    if isinstance(frame, nw.DataFrame):
        frame = nw.maybe_convert_dtypes(frame)  # pandas: one kind of blank, and verdicts that can be blank
    _must_be_numbers(frame, numbers)
    types = frame.collect_schema()
    codes = _text(COUNTY, types[COUNTY]).fill_null(NO_CODE) if COUNTY in there else nw.lit(NO_CODE)
    named = [_text(name, types[name]) for name in texts if name != COUNTY]
    return frame.with_columns(*map(_number, numbers), *named, codes.alias(COUNTY))


def _known(native: Any) -> Frame:
    try:
        return nw.from_native(native)
    except TypeError:
        kind = type(native).__name__
        raise TypeError(f"要pandas、Polars、pyarrow、DuckDB或PySpark的表，现在是{kind}") from None
    except nw.exceptions.DuplicateError:  # of pandas alone
        raise Lacking("表里有同名的列。请只留一份再算") from None


def _must_have(there: Collection[str], wanted: Collection[str]) -> None:
    if missing := [name for name in wanted if name not in there]:
        raise Lacking(f"表里没有这些列：{'、'.join(map(described, missing))}。请补上再算，没有的数留空")


def _must_be_numbers(frame: Frame, numbers: Collection[str]) -> None:
    types = frame.collect_schema()
    wrong = [name for name in numbers if not (types[name].is_numeric() or types[name] == nw.Unknown)]
    if wrong:
        raise Lacking(f"这些列不是数：{'、'.join(map(described, wrong))}。请存成数值类型再算")


def described(name: str) -> str:
    """Return a column's machine name with its label."""
    try:
        return f"{name}（{schema().column(name).label}）"
    except KeyError:
        return name


def _number(name: str) -> nw.Expr:
    column = nw.col(name).cast(nw.Float64)
    return nw.when(~column.is_nan()).then(column).alias(name)


def _text(name: str, kind: Any) -> nw.Expr:
    """Return a column as text; a code that pandas or a database keeps as a float has no decimals."""
    if not (kind.is_float() or kind.is_decimal()):
        return nw.col(name).cast(nw.String)
    number = nw.col(name).cast(nw.Float64)
    whole = (number == number.floor()) & (number.abs() < LARGEST_EXACT)
    digits = nw.when(whole).then(number).cast(nw.Int64).cast(nw.String)
    other = nw.when(~number.is_nan()).then(number.cast(nw.String))
    return nw.when(whole).then(digits).otherwise(other).alias(name)


def blank(name: str) -> nw.Expr:
    """Return a column of numbers of which none is known."""
    return nw.lit(None, nw.Float64).alias(name)


def same_kind(items: Frame, schools: Frame) -> None:
    """Refuse tables of two engines, or of which one alone is lazy: nothing can join them."""
    if (type(items), items.implementation) != (type(schools), schools.implementation):
        raise TypeError("items和schools要是同一种表，都是算好的，或者都是还没有算的")


def coded(frame: Frame) -> Frame:
    """Return the table with a blank for a county without a code."""
    code = nw.col(COUNTY)
    return frame.with_columns(nw.when(code != NO_CODE).then(code).alias(COUNTY))


def stacked(frames: Collection[Frame]) -> Frame:
    """Put tables of the same columns one below the other."""
    return nw.maybe_reset_index(nw.concat(list(frames)))


def unpivoted(frame: Frame, columns: Sequence[str], name: str, value: str) -> Frame:
    """Put columns of numbers one below the other: ``name`` says which, ``value`` is the number, also where it is blank."""
    index = [other for other in frame.collect_schema().names() if other not in columns]
    if not frame.implementation.is_duckdb():
        return frame.unpivot(on=list(columns), index=index, variable_name=name, value_name=value)
    # Narwhals asks DuckDB for rows that are not blank, and of the default connection alone.
    listed = ", ".join(f'"{column}"' for column in columns)
    unpivot = f'FROM balancelib_wide UNPIVOT INCLUDE NULLS ("{value}" FOR "{name}" IN ({listed}))'
    return nw.from_native(frame.to_native().query("balancelib_wide", f"SELECT * {unpivot}"))
