"""Workbooks and folders of CSV as raw cells, nothing interpreted yet; and writing them whole or not at all."""

import contextlib
import csv
import errno
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from balancelib.county.faults import Fault, InputError
from balancelib.county.schema import Table, plain, schema
from balancelib.text import file_name, shown, why

LARGEST_FILE = 2**30  # bytes
HEADER_WITHIN = 10  # rows


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


class _Unreadable(Exception):  # noqa: N818  becomes a fault
    """A file that cannot be read as what it should be: the arguments of the fault."""


def read_raw(path: Path) -> Raw:
    """Read a workbook or a folder of CSV.

    Returns
    -------
    Raw
        Its SHA-256 is of the workbook's bytes; for a folder, of its tables' names and bytes, in the order of the
        schema.

    Raises
    ------
    InputError
        The path is missing or unreadable as a whole.
    """
    name = file_name(path.name or path)
    try:
        return _read_folder(path) if path.is_dir() else _read_workbook(path)
    except OSError as error:
        raise InputError([_unread(name, error)]) from None
    except _Unreadable as error:
        raise InputError([Fault(name, *error.args)]) from None


def _unread(name: str, error: OSError) -> Fault:
    return Fault(name, f"读不出来：{why(error)}", "请关闭正在使用它的程序，检查权限")


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise _Unreadable("文件超过1GB", "请检查是不是选错了文件")
    return path.read_bytes()


def _read_workbook(path: Path) -> Raw:
    if not path.exists():
        raise _Unreadable("找不到这个文件或文件夹", "请检查路径")
    if path.suffix.lower() != ".xlsx":
        raise _Unreadable("不是.xlsx工作簿，也不是CSV文件夹", "请在Excel或WPS里另存为.xlsx")
    content = _bytes(path)
    from balancelib.county import workbook  # noqa: PLC0415  heavy: only where a workbook is read

    raw = Raw([], [], hashlib.sha256(content).hexdigest())
    try:
        book = workbook.Workbook(content)
        for table in schema().tables:
            forms = (table.name, plain(table.label))
            sheets = [name for name in book.names if plain(name) in forms]
            raw.faults.extend(_not_one(table, sheets, path))
            if sheets:
                found = _raw(table, sheets[0], book.rows(sheets[0]))
                raw.tables.append(found._replace(file=file_name(path.name)))
    except workbook.UNREADABLE:
        raise _Unreadable(
            "不是能读的.xlsx工作簿（可能损坏或加了密码）", "请用Excel或WPS打开后另存一份"
        ) from None
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
    files = sorted(folder.iterdir())
    return {table.name: [f for f in files if is_named_for(table, f)] for table in schema().tables}


def is_named_for(table: Table, path: Path) -> bool:
    """Whether a file has the name of a table's CSV."""
    return plain(file_name(path.name)) in (f"{table.name}.csv", plain(f"{table.label}.csv"))


def _read_folder(folder: Path) -> Raw:
    tables, faults, digest = [], [], hashlib.sha256()
    for name, paths in table_files(folder).items():
        table = schema().table(name)
        faults += _not_one(table, [file_name(path.name) for path in paths], folder)
        for path in paths[:1]:
            sheet = file_name(path.name)
            try:
                content = _bytes(path)
                digest.update(f"{name}\0{len(content)}\0".encode() + content)
                tables.append(_raw(table, sheet, _csv_rows(content)))
            except OSError as error:
                faults.append(_unread(sheet, error))
            except _Unreadable as error:
                faults.append(Fault(sheet, *error.args))
    return Raw(tables, faults, digest.hexdigest())


def _csv_rows(content: bytes) -> list[list[str]]:
    """Decode strictly as UTF-8, else as GB18030, which is what Chinese Excel writes; the other order corrupts."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _split(text)
    raise _Unreadable("编码既不是UTF-8也不是GB18030", "请在Excel或WPS里另存为CSV（UTF-8）")


def _split(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        reason = "不是合格的CSV，多半是引号没有成对"
        raise _Unreadable(reason, "请在Excel或WPS里另存为CSV（UTF-8）", len(rows) + 1) from None
    return rows


def _raw(table: Table, sheet: str, rows: list[list[Any]]) -> RawTable:
    top = _header_at(table, rows)
    header = ["" if cell is None else str(cell).strip() for cell in rows[top]] if rows else []
    kept = [(i, row) for i, row in enumerate(rows[top + 1 :], top + 2) if any(map(_filled, row))]
    return RawTable(table, sheet, header, [row for _, row in kept], [i for i, _ in kept], top + 1)


def _header_at(table: Table, rows: list[list[Any]]) -> int:
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
        beside = _same(target.parent, source) and any(is_named_for(t, target) for t in schema().tables)
        return beside or any(_same(target, file) for files in table_files(source).values() for file in files)
    except OSError:  # what cannot be looked at is not read either, and reading says why
        return False


def _same(one: Path, other: Path) -> bool:
    return one.samefile(other) if one.exists() and other.exists() else one.resolve() == other.resolve()


@contextlib.contextmanager
def whole_or_absent(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``, renamed to it when all went well and removed when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def all_or_none(folder: Path) -> Iterator[Path]:
    """Give a temporary folder whose files are moved into ``folder`` together when all went well, or not at all."""
    created = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix=".") as new,
            tempfile.TemporaryDirectory(dir=folder, prefix=".") as old,
        ):
            yield Path(new)
            _move_all(sorted(Path(new).iterdir()), folder, Path(old))
    except BaseException:
        if created:
            folder.rmdir()
        raise


def _move_all(files: list[Path], folder: Path, old: Path) -> None:
    """Move files into a folder; where one cannot be moved, those that they replaced come back."""
    moved: list[tuple[Path, Path]] = []
    try:
        for file in files:
            if (target := folder / file.name).is_dir():
                raise IsADirectoryError(errno.EISDIR, "", str(target))
            if target.exists():
                moved.append((target.replace(old / file.name), target))
        for file in files:
            moved.append((file.replace(folder / file.name), file))
    except OSError:
        for now, before in reversed(moved):
            now.replace(before)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
