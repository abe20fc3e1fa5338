"""The visit: what to count in the schools drawn, what the count says, and what each way of looking finds of planted faults."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from msgspec import Meta, Struct

from balancelib.assess.logic import all_hold, within
from balancelib.county import InputError, read_county
from balancelib.county.files import whole_or_absent
from balancelib.county.schema import schema
from balancelib.county.write import write_csv
from balancelib.policy.chances import chance_by_share
from balancelib.policy.verification import TOLERANCE, ticket
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, text
from balancelib.toml import Key, Text, TomlError, convert, parse

CHECKS = Path(__file__).with_name("field_checks.toml")
FAULTS = Path(__file__).with_name("planted_faults.toml")
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


class PlantedFault(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault to plant: what becomes of which columns, in which share of which kinds of school."""

    key: Key
    label: Text
    share: Share
    means: Text
    columns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    times: Annotated[float, Meta(gt=0)] = 1.0
    plus: float = 0.0
    drop: bool = False


class _Checks(Struct, frozen=True, forbid_unknown_fields=True):
    checks: Annotated[tuple[FieldCheck, ...], Meta(min_length=1)]


class _Faults(Struct, frozen=True, forbid_unknown_fields=True):
    faults: Annotated[tuple[PlantedFault, ...], Meta(min_length=1)]


class Planted(NamedTuple):
    """A return with faults: ``reported`` is the table of schools as handed in, ``faults`` says what was planted where."""

    reported: pd.DataFrame
    faults: pd.DataFrame


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
    _refuse_unknown(path, checks)
    return checks


def load_faults(path: str | Path = FAULTS) -> tuple[PlantedFault, ...]:
    """Load the faults that `plant_faults` plants; errors as `load_checks`."""
    path = Path(path)
    faults = convert(
        parse(path, FieldChecksError, "找不到这个文件"), _Faults, path.name, FieldChecksError
    ).faults
    _refuse_unknown(path, faults)
    return faults


def _refuse_unknown(path: Path, entries: Iterable[FieldCheck | PlantedFault]) -> None:
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


def plant_faults(
    schools: pd.DataFrame, seed: int | str, faults: Sequence[PlantedFault] | None = None
) -> Planted:
    """Plant faults in a table of schools, to see which way of looking finds which; no school has two.

    Parameters
    ----------
    schools : DataFrame
        Table ``schools``, taken as the truth.
    seed : int or str
        Of which schools are chosen, whatever the order of the rows.
    faults : sequence of PlantedFault, optional
        From `load_faults`.

    Returns
    -------
    Planted
        ``reported`` and ``faults``: a row a fault with ``school_id, name, fault, label, means``.
    """
    reported, rows = schools.copy(), []
    tickets = [ticket(f"faults:{seed}", school) for school in schools["school_id"]]  # not those of the draw
    open_ = schools.assign(ticket=tickets).sort_values("ticket")
    for fault in load_faults() if faults is None else faults:
        fits = open_["kind"].isin(fault.kinds or open_["kind"])
        if fault.columns:
            fits &= (open_[[*fault.columns]] > 0).any(axis=1)
        chosen = open_[fits].head(math.ceil(fault.share * fits.sum() - TOLERANCE))
        open_ = open_.drop(chosen.index)
        _spoil(reported, chosen.index, fault)
        rows += [
            (row.school_id, row.name, fault.key, fault.label, fault.means)
            for row in chosen.itertuples(index=False)
        ]
        reported = reported.drop(chosen.index) if fault.drop else reported
    return Planted(
        reported.reset_index(drop=True),
        pd.DataFrame(rows, columns=["school_id", "name", "fault", "label", "means"]),
    )


def _spoil(reported: pd.DataFrame, chosen: pd.Index, fault: PlantedFault) -> None:
    """Change a fault's columns in the schools chosen, where they hold a number."""
    for name in fault.columns:
        true = reported.loc[chosen, name].astype(float)
        wrong = (true * fault.times + fault.plus).round(4).where(true > 0)
        reported[name] = reported[name].astype(float)
        reported.loc[chosen, name] = wrong.fillna(true)


def doctor_remarks(reported: pd.DataFrame, previous: pd.DataFrame | None = None) -> Counter[str]:
    """Count what the data doctor remarks on each school of a table (数据医生的错误和提醒), by ``school_id``.

    Parameters
    ----------
    reported : DataFrame
        Table ``schools`` as handed in.
    previous : DataFrame, optional
        That of the year before: a school that is gone is remarked on.
    """
    with TemporaryDirectory() as folder:
        now, before = Path(folder, "now"), Path(folder, "before")
        for place, table in ((now, reported), (before, previous)):
            if table is not None:
                place.mkdir()
                write_csv({"schools": table}, place)
        try:
            remarks = read_county(now, None if previous is None else before).warnings
        except InputError as error:
            remarks = error.faults
    return Counter(remark.school_id for remark in remarks if remark.school_id)


def what_finds_what(
    planted: Planted,
    remarks: Iterable[str],
    shares: Sequence[float] = (0.10, 0.30),
    strata: Sequence[str] = ("area",),
) -> pd.DataFrame:
    """Return for each kind of fault what the doctor finds, and the chance that a random sample holds a school with it.

    Parameters
    ----------
    planted : Planted
        Of `plant_faults`.
    remarks : iterable of str
        ``school_id`` of the schools on which `doctor_remarks` has something to say.
    shares, strata
        As of `draw_sample`, which draws from the schools reported.

    Returns
    -------
    DataFrame
        A row a fault: ``label, schools, doctor`` (schools with it that were remarked on) and a column for each share.
    """
    remarked = set(remarks)
    rows = []
    for label, ids in planted.faults.groupby("label", sort=False)["school_id"]:
        chances = chance_by_share(planted.reported, ids, shares, strata)
        rows.append((label, len(ids), len(remarked.intersection(ids)), *chances))
    return pd.DataFrame(rows, columns=["label", "schools", "doctor", *shares])
