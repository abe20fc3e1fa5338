"""The visit: what to count in the schools drawn, the list to print, and what the count says."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol

import numpy as np
import pandas as pd
from msgspec import Meta, Struct

from balancelib.assess.logic import all_hold, within
from balancelib.county.files import whole_or_absent
from balancelib.county.schema import schema
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, text
from balancelib.toml import Key, Text, TomlError, convert, parse

CHECKS = Path(__file__).with_name("field_checks.toml")
Share = Annotated[float, Meta(ge=0, le=1)]


class FieldChecksError(TomlError):
    """A file of checks or faults is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "核查清单文件"


class FieldCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """What is counted again in a school: columns of the table ``schools``, how, and how far off they may be."""

    key: Key
    columns: Annotated[tuple[str, ...], Meta(min_length=1)]
    tolerance: Share
    how: Text
    ask: Text


class _Checks(Struct, frozen=True, forbid_unknown_fields=True):
    checks: Annotated[tuple[FieldCheck, ...], Meta(min_length=1)]


def load_checks(path: str | Path = CHECKS) -> tuple[FieldCheck, ...]:
    """Load what a visit counts again.

    Raises
    ------
    FieldChecksError
        The file is missing, unreadable or malformed; a column that the table ``schools`` has not.
    """
    path = Path(path)
    checks = convert(
        parse(path, FieldChecksError, "找不到这个文件"), _Checks, path.name, FieldChecksError
    ).checks
    refuse_unknown(path, checks)
    return checks


class Entered(Protocol):
    """An entry of a file, on columns of the table ``schools``."""

    key: str
    columns: tuple[str, ...]


def refuse_unknown(path: Path, entries: Iterable[Entered]) -> None:
    """Refuse a file with a column that the table ``schools`` has not, or that holds no numbers."""
    known = {column.name for column in schema().table("schools").columns if column.numeric}
    for entry in entries:
        if unknown := [name for name in entry.columns if name not in known]:
            raise FieldChecksError(path.name, entry.key, f"学校表没有这样的数：{'、'.join(unknown)}")


def visit_list(
    schools: pd.DataFrame, sample: pd.DataFrame, checks: Sequence[FieldCheck] | None = None
) -> pd.DataFrame:
    """Return what to take along: a row for each number to be counted again in the schools drawn.

    Parameters
    ----------
    schools : DataFrame
        Table ``schools`` as reported.
    sample : DataFrame
        Of `draw_sample`, in whose order schools stand.
    checks : sequence of FieldCheck, optional
        From `load_checks`.

    Returns
    -------
    DataFrame
        ``school_id, name, column, label, unit, reported, allowed`` (how far the count may be off, in the unit), ``how``, ``ask``.
        What does not apply to a school (nothing reported) has no row.
    """
    by_id, checks = schools.set_index("school_id"), load_checks() if checks is None else checks
    rows = [
        (school_id, by_id.at[school_id, "name"], name, by_id.at[school_id, name], check)
        for school_id in sample["school_id"]
        for check in checks
        for name in check.columns
        if name in by_id and pd.notna(by_id.at[school_id, name])
    ]
    table = schema().table("schools")
    return pd.DataFrame(
        [
            (school_id, school, name, table.column(name).label, table.column(name).unit, value, value * check.tolerance, check.how, check.ask)
            for school_id, school, name, value, check in rows
        ],
        columns=["school_id", "name", "column", "label", "unit", "reported", "allowed", "how", "ask"],
    )  # fmt: skip


def field_check(visit: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Compare what was reported with what was counted (填报数与实查数).

    Parameters
    ----------
    visit : DataFrame
        Of `visit_list`.
    counted : DataFrame
        What was counted, in the form of the table ``schools``; blank where nobody counted.

    Returns
    -------
    DataFrame
        ``visit`` with ``counted``, ``difference`` (reported less counted) and ``wrong``: True, False, or None where nobody counted.
    """
    by_id = counted.set_index("school_id")
    pairs = zip(visit["school_id"], visit["column"], strict=True)
    found = np.array([_number(by_id, school, name) for school, name in pairs], dtype=float)
    difference = visit["reported"].to_numpy(dtype=float) - found
    off = ~within(np.abs(difference), visit["allowed"].to_numpy(dtype=float))
    wrong = [None if np.isnan(gap) else bool(is_off) for gap, is_off in zip(difference, off, strict=True)]
    return visit.assign(
        counted=found, difference=difference, wrong=pd.Series(wrong, visit.index, dtype=object)
    )


def _number(by_id: pd.DataFrame, school: str, name: str) -> float:
    return by_id.at[school, name] if school in by_id.index and name in by_id else np.nan


def wrong_schools(checked: pd.DataFrame) -> dict[str, bool | None]:
    """Say of each school visited whether one of its numbers is wrong; None where none is, but not all were counted.

    Parameters
    ----------
    checked : DataFrame
        Of `field_check`.
    """
    right = {
        school: all_hold([None if wrong is None else not wrong for wrong in rows])
        for school, rows in checked.groupby("school_id", sort=False)["wrong"]
    }
    return {school: None if holds is None else not holds for school, holds in right.items()}


def write_visit_list(path: str | Path, visit: pd.DataFrame) -> Path:
    """Write the list of a visit as a workbook to print: a sheet a school, with columns to fill in and lines to sign.

    Parameters
    ----------
    path : str or Path
        The workbook; what stands there is replaced, whole or not at all.
    visit : DataFrame
        Of `visit_list`.
    """
    book = new_book()
    for number, (_, rows) in enumerate(visit.groupby("school_id", sort=False), 1):
        page = Page(book, f"学校{number}", (18, 8, 12, 10, 12, 12, 34, 34), landscape=True)
        page.title("实地核查记录表")
        page.note(
            f"学校：{rows['name'].iloc[0]}（{rows['school_id'].iloc[0]}）。先看材料，再数实物；数完才看填报数合不合。"
        )
        head = ["项目", "单位", "填报数", "容许相差", "实查数", "合不合", "怎样查", "请学校准备"]
        page.table(head, [_visit_row(row) for row in rows.itertuples()], repeat=True)
        page.signatures("核查人：", "学校负责人：", "日期：")
    path = Path(path)
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(packed(book))
    return path


def _visit_row(row: NamedTuple) -> list[Entry]:
    return [
        text(row.label), Entry(row.unit), Entry(row.reported), Entry(row.allowed, decimals=2 if row.allowed else 0), blank_to_fill(), blank_to_fill(),
        text(row.how), text(row.ask),
    ]  # fmt: skip
