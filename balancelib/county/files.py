"""Workbooks and folders of CSV as raw cells, nothing interpreted yet. Files are written through `whole`."""

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from balancelib.bounded import regular_bytes
from balancelib.county.delimited import MOST_CELLS, csv_rows
from balancelib.county.faults import Fault, InputError, Unreadable
from balancelib.county.remarks import remarks
from balancelib.county.schema import Table, plain, schema
from balancelib.county.whole import all_or_none, check_writable, whole_or_absent  # noqa: F401  one door for reading and writing
from balancelib.text import file_name, shown, why

LARGEST_FILE = 2**28  # bytes: 200,000 schools have 33 million as CSV, 39 million as a workbook
MOST_FILES = 10_000  # in a folder
HEADER_WITHIN = 10  # rows
_SAVE_AS = "请用Excel或WPS打开后另存为.xlsx"
_INSTEAD = dict.fromkeys((".xls", ".et", ".ods", ".xlsb"), _SAVE_AS) | {
    ".xlsm": "这种工作簿可以带宏，请在Excel或WPS里另存为不含宏的.xlsx",
    ".csv": "请给出装着CSV的文件夹，文件以表为名，例如schools.csv",
    ".zip": "请先解压，再给出里面的文件夹",
}
_TO_DO = {
    errno.EFBIG: "请检查是不是选错了文件",
    errno.ENODEV: "请给出.xlsx工作簿或CSV文件",
    errno.E2BIG: "请把这个县的表单独放进一个文件夹",
    errno.EISDIR: "请给文件夹改名，在它的位置放CSV文件",
    errno.ELOOP: "请换成文件本身",
    errno.ENAMETOOLONG: "请把名字改短",
}


# The tables to read, each with the columns asked of it, none named for all; None for every table.
Only = Mapping[str, tuple[str, ...]] | None


class RawTable(NamedTuple):
    """The cells of one sheet or file: the header and the rows below it that are not blank, with their row numbers."""

    table: Table
    sheet: str
    header: list[str]
    rows: list[list[Any]]
    numbers: list[int]
    header_row: int = 1
    file: str = ""  # of a workbook; a CSV is its own sheet


class Raw(NamedTuple):
    """All tables that could be read, the faults of those that could not, and the SHA-256 of the input."""

    tables: list[RawTable]
    faults: list[Fault]
    sha256: str


def read_raw(path: Path, only: Only = None) -> Raw:
    """Read a workbook or a folder of CSV, where ``only`` is given the tables named there.

    Returns
    -------
    Raw
        Its SHA-256 is of the workbook's bytes; for a folder, of its tables' names and bytes, in the order of the
        schema, those not asked for included.

    Raises
    ------
    InputError
        The path is missing or unreadable as a whole.
    """
    name = file_name(path.name or path)
    try:
        return (_read_folder if path.is_dir() else _read_workbook)(path, only)
    except OSError as error:
        raise InputError([_unread(name, error)]) from None
    except Unreadable as error:
        raise InputError([Fault(name, *error.args)]) from None


def _unread(name: str, error: OSError) -> Fault:
    return Fault(name, f"读不出来：{why(error)}", _TO_DO.get(error.errno, "请关闭正在使用它的程序，检查权限"))


def _read_workbook(path: Path, only: Only) -> Raw:
    if not path.exists():
        raise Unreadable("找不到这个文件或文件夹", "请检查路径")
    if path.suffix.lower() != ".xlsx":
        action = _INSTEAD.get(path.suffix.lower(), "请给出.xlsx工作簿，或装着CSV的文件夹")
        raise Unreadable("不是.xlsx工作簿，也不是CSV文件夹", action)
    content = regular_bytes(path, LARGEST_FILE)
    from balancelib.county import archive, workbook  # noqa: PLC0415  only where a workbook is read

    raw = Raw([], [], hashlib.sha256(content).hexdigest())
    try:
        book = workbook.Workbook(content)
        for table in (table for table in schema().tables if only is None or table.name in only):
            forms = (table.name, plain(table.label))
            sheets = [name for name in book.names if plain(name) in forms]
            raw.faults.extend(_not_one(table, sheets, path))
            if sheets:
                found = book.sheet(sheets[0])
                raw.tables.append(_raw(table, sheets[0], found.rows)._replace(file=file_name(path.name)))
                raw.faults.extend(remarks(raw.tables[-1], found, book.hidden(sheets[0])))
    except archive.DAMAGED:
        raise archive.unreadable(*archive.what_it_is(content)) from None
    return raw


def _not_one(table: Table, names: list[str], source: Path) -> Iterator[Fault]:
    """A table that must be there and is not, or that is there more than once."""
    if table.required and not names:
        reason = f"没有“{table.label}”表（{table.name}）"
        yield Fault(file_name(source.name or source), reason, "请用 balancelib template 生成的模板")
    if len(names) > 1:
        listed = "、".join(map(shown, names))
        yield Fault(names[0], f"“{table.label}”表有{len(names)}份：{listed}", "请只留一份")


def table_files(folder: Path) -> dict[str, list[Path]]:
    """Return a folder's CSV files by table: more than one where a table is there by both its names."""
    files = sorted(islice(folder.iterdir(), MOST_FILES + 1))
    if len(files) > MOST_FILES:
        raise OSError(errno.E2BIG, "", str(folder))
    tables = {file: _named_for(file) for file in files}
    return {table.name: [f for f in files if tables[f] == table.name] for table in schema().tables}


def _named_for(path: Path) -> str | None:
    """Return the name of the table whose CSV a file is, by its name."""
    name = plain(file_name(path.name))
    return next((t.name for t in schema().tables if name in (f"{t.name}.csv", plain(f"{t.label}.csv"))), None)


def _read_folder(folder: Path, only: Only) -> Raw:
    tables, faults, digest = [], [], hashlib.sha256()
    for name, paths in table_files(folder).items():
        table = schema().table(name)
        faults += _not_one(table, [file_name(path.name) for path in paths], folder)
        for path in paths[:1]:
            sheet = file_name(path.name)
            try:
                content = regular_bytes(path, LARGEST_FILE)
                digest.update(f"{name}\0{len(content)}\0".encode() + content)
                if only is None or name in only:
                    tables.append(_raw(table, sheet, csv_rows(content)))
            except OSError as error:
                faults.append(_unread(sheet, error))
            except Unreadable as error:
                faults.append(Fault(sheet, *error.args))
    return Raw(tables, faults, digest.hexdigest())


def _raw(table: Table, sheet: str, rows: list[list[Any]]) -> RawTable:
    top = header_at(table, rows)
    header = ["" if cell is None else str(cell).strip() for cell in rows[top]] if rows else []
    kept = [(i, row) for i, row in enumerate(rows[top + 1 :], top + 2) if any(map(_filled, row))]
    if len(header) * len(kept) > MOST_CELLS:
        raise Unreadable(
            f"有{len(kept)}行、{len(header)}列，不像一个县的数据", "请只留学校的数据，一所学校一行"
        )
    return RawTable(table, sheet, header, [row for _, row in kept], [i for i, _ in kept], top + 1)


def header_at(table: Table, rows: list[list[Any]]) -> int:
    """Where the header stands: the first row, unless one soon after it holds more of the known headers."""
    known = table.headers
    counts = [sum(plain(cell) in known for cell in row) for row in rows[:HEADER_WITHIN]]
    best = max(range(len(counts)), key=counts.__getitem__, default=0)
    return best if best and counts[best] > 1 else 0


def _filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def is_input(target: Path, source: Path) -> bool:
    """Whether writing ``target`` would replace the data in ``source``, or add a table to them."""
    try:
        if not source.is_dir():
            return _same(target, source)
        beside = _same(target.parent, source) and _named_for(target) is not None
        return beside or any(_same(target, file) for files in table_files(source).values() for file in files)
    except OSError:  # what cannot be looked at is not read either, and reading says why
        return False


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    # Path.resolve() would end in a RuntimeError where a link goes round, before Python 3.13
    return os.path.realpath(one) == os.path.realpath(other)
