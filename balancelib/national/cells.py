"""The cells of many counties' tables: what Polars has read becomes numbers, texts and codes; what is neither is refused in the words of `balancelib.county.cells`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from balancelib.county.cells import LARGEST_EXACT, LONGEST_TEXT, YES_NO, Bad, parse
from balancelib.county.faults import Fault
from balancelib.county.schema import Column, Table

if TYPE_CHECKING:
    import polars as pl

MOST_LOOKED_AT = 100_000  # cells of a column that are looked at one by one
# Of the texts all that may be refused, and few others: what cannot be seen, a spreadsheet's error, numbers of people, digits lost.
_ODD = (
    r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{FFFE}\x{FFFF}]|^#|\p{Nd}{15}"
    r"|(?:^|[^\p{Nd}])(?:[1１][3-9３-９]|[8８][6６]|[0０])[-()（）－\s\p{Nd}]{8}"
    r"|^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}$"
)


class Sheet(NamedTuple):
    """A file's name, and whether its rows have the numbers that a spreadsheet shows: below a header."""

    name: str
    numbered: bool


def values(pl: "type[pl]", raw: "pl.DataFrame", table: Table) -> "pl.DataFrame":
    """Return the cells as what they hold: numbers as floats, codes by machine names, blank where there is nothing or what is no such thing."""
    columns = [table.column(name) for name in raw.columns]
    return raw.select(
        (_number if column.numeric else _text)(pl, raw.schema[column.name], column) for column in columns
    )


def _of_text(pl: "type[pl]", kind: "pl.DataType") -> bool:
    return kind in (pl.String, pl.Categorical, pl.Enum, pl.Binary)


def _readable(pl: "type[pl]", kind: "pl.DataType", column: Column) -> bool:
    yes_or_no = kind == pl.Boolean and column.type == "yes_no"
    return yes_or_no or _of_text(pl, kind) or kind.is_numeric() or kind == pl.Null


def _number(pl: "type[pl]", kind: "pl.DataType", column: Column) -> "pl.Expr":
    cell = pl.col(column.name)
    if _of_text(pl, kind):
        words = {**YES_NO, "": None} if column.type == "yes_no" else {"": None}
        text = cell.cast(pl.String).str.strip_chars()
        text = text.str.to_lowercase() if column.type == "yes_no" else text
        return text.replace({word: None if x is None else str(x) for word, x in words.items()}).cast(
            pl.Float64, strict=False
        )
    if _readable(pl, kind, column):
        number = cell.cast(pl.Float64)
        return pl.when(~number.is_nan()).then(number).alias(column.name)  # pandas writes blanks so
    return pl.lit(None, pl.Float64).alias(column.name)


def _text(pl: "type[pl]", kind: "pl.DataType", column: Column) -> "pl.Expr":
    cell = pl.col(column.name)
    if kind.is_float() or kind.is_decimal():
        number = cell.cast(pl.Float64)
        whole = (number == number.floor()) & (number.abs() < LARGEST_EXACT)
        digits = pl.when(whole).then(number).cast(pl.Int64).cast(pl.String)
        text = pl.when(whole).then(digits).when(~number.is_nan()).then(number.cast(pl.String))
    elif _readable(pl, kind, column):
        text = cell.cast(pl.String).str.strip_chars()
    else:
        text = pl.lit(None, pl.String)
    labels = {label: code for code, label in column.codes.items()}
    return text.replace({"": None, **labels}).alias(column.name)


def odd_cells(
    pl: "type[pl]", raw: "pl.DataFrame", read: "pl.DataFrame", table: Table, sheet: Sheet
) -> Iterator[Fault]:
    """Find the cells that are refused: of each column the first, and how many.

    Parameters
    ----------
    pl : module
    raw, read : DataFrame
        The cells as they came, and as `values` has them.
    table : Table
    sheet : Sheet
    """
    for name in raw.columns:
        column, kind = table.column(name), raw.schema[name]
        if not _readable(pl, kind, column):
            yield _other_kind(sheet, column)
            continue
        cells = raw[name].cast(pl.String) if _of_text(pl, kind) else read[name]
        at = (_no_number(pl, cells, read[name], column) if column.numeric else _odd(pl, cells)).arg_true()
        if bad := _refused(column, cells.gather(at.head(MOST_LOOKED_AT)).to_list()):
            first = bad[0]
            more = "以上" if len(at) > MOST_LOOKED_AT else ""
            reason = f"{first.reason}，这一列共有{len(bad)}处{more}"
            row = int(at[first.position])
            value = None if first.secret else str(cells[row])
            yield Fault(
                sheet.name, reason, first.action, row + 2 if sheet.numbered else None, column.label, value
            )


def _other_kind(sheet: Sheet, column: Column) -> Fault:
    """What Parquet says is no number and no text: a date, a list, yes and no."""
    what = "数" if column.numeric else "文字"
    action = f"请把这一列存成{what}"
    return Fault(sheet.name, f"整列的类型不是{what}（是日期、真假值或一串值）", action, column=column.label)


def _no_number(pl: "type[pl]", cells: "pl.Series", read: "pl.Series", column: Column) -> "pl.Series":
    fine = read.is_in([0.0, 1.0]) if column.type == "yes_no" else read.is_finite()
    given = cells.str.strip_chars() != "" if cells.dtype == pl.String else cells.is_not_null()
    return given.fill_null(False) & ~fine.fill_null(False)


def _odd(pl: "type[pl]", cells: "pl.Series") -> "pl.Series":
    """Return whether a text is worth a look of its own."""
    long = (cells.str.len_bytes() > LONGEST_TEXT).fill_null(False)  # a pattern would be long at these
    short = pl.select(pl.when(~long).then(cells)).to_series()
    return long | short.str.contains(_ODD).fill_null(False)


def _refused(column: Column, cells: list[object]) -> list[Bad]:
    """Look at each cell as a county's is."""
    if not cells:
        return []
    texts = np.fromiter((cell[: LONGEST_TEXT * 2] if isinstance(cell, str) else cell for cell in cells), dtype=object, count=len(cells))  # fmt: skip
    _, bad = parse(column, texts)
    if column.numeric and not bad:  # Polars and pandas differ over what a number is
        return [Bad(i, "不是数", "请只填数字，不带单位和文字") for i in range(len(cells))]
    return bad
