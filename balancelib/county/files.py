"""Workbooks and folders of CSV as raw cells, nothing interpreted yet; and writing them whole or not at all."""

import contextlib
import csv
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from balancelib.county.faults import Fault, InputError
from balancelib.county.schema import Table, plain, schema

LARGEST_FILE = 2**30  # bytes


class RawTable(NamedTuple):
    """The cells of one sheet or file: the header and the rows that are not blank, with their row numbers."""

    table: Table
    sheet: str
    header: list[str]
    rows: list[list[Any]]
    numbers: list[int]


def read_raw(path: Path) -> tuple[list[RawTable], str]:
    """Read a workbook or a folder of CSV.

    Returns
    -------
    tables : list of RawTable
    sha256 : str
        Of the workbook's bytes; for a folder, of its tables' names and bytes, in the order of the schema.

    Raises
    ------
    InputError
        The path is missing or unreadable, or holds none of the tables.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        raise _refusal(path.name, "找不到这个文件或文件夹", "请检查路径")
    if path.suffix.lower() != ".xlsx":
        raise _refusal(path.name, "不是.xlsx工作簿，也不是CSV文件夹", "请在Excel或WPS里另存为.xlsx")
    content = _bytes(path)
    return _read_workbook(path.name, content), hashlib.sha256(content).hexdigest()


def _refusal(sheet: str, reason: str, action: str) -> InputError:
    return InputError([Fault(sheet, reason, action)])


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refusal(path.name, "文件超过1GB", "请检查是不是选错了文件")
        return path.read_bytes()
    except OSError as error:
        raise _refusal(path.name, f"读不出来：{error.strerror}", "请关闭正在使用它的程序，检查权限") from None


def _read_workbook(name: str, content: bytes) -> list[RawTable]:
    import python_calamine  # noqa: PLC0415  heavy: only where a workbook is read

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {plain(sheet): sheet for sheet in book.sheet_names}
        tables = []
        for table in schema().tables:
            sheet = sheets.get(plain(table.label)) or sheets.get(table.name)
            if sheet is not None:
                rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                tables.append(_raw(table, sheet, rows))
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError):
        raise _refusal(
            name, "不是能读的.xlsx工作簿（可能损坏或加了密码）", "请用Excel或WPS打开后另存一份"
        ) from None
    return _some(name, tables)


def _read_folder(folder: Path) -> tuple[list[RawTable], str]:
    files = {plain(path.name): path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"}
    tables, digest = [], hashlib.sha256()
    for table in schema().tables:
        path = files.get(f"{table.name}.csv") or files.get(plain(f"{table.label}.csv"))
        if path is not None:
            content = _bytes(path)
            digest.update(f"{table.name}\0{len(content)}\0".encode() + content)
            tables.append(_raw(table, path.name, _csv_rows(path.name, content)))
    return _some(folder.name, tables), digest.hexdigest()


def _csv_rows(name: str, content: bytes) -> list[list[str]]:
    """Decode strictly as UTF-8, else as GB18030, which is what Chinese Excel writes; the other order corrupts."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise _refusal(name, f"不是合格的CSV：{error}", "请在Excel或WPS里另存为CSV（UTF-8）") from None
    raise _refusal(name, "编码既不是UTF-8也不是GB18030", "请在Excel或WPS里另存为CSV（UTF-8）")


def _some(name: str, tables: list[RawTable]) -> list[RawTable]:
    found = {raw.table.name for raw in tables}
    missing = [t for t in schema().tables if t.required and t.name not in found]
    if missing:
        raise InputError(
            Fault(name, f"没有“{t.label}”表（{t.name}）", "请用 balancelib template 生成的模板")
            for t in missing
        )
    return tables


def _raw(table: Table, sheet: str, rows: list[list[Any]]) -> RawTable:
    header = ["" if cell is None else str(cell).strip() for cell in rows[0]] if rows else []
    kept = [(i, row) for i, row in enumerate(rows[1:], 2) if any(map(_filled, row))]
    return RawTable(table, sheet, header, [row for _, row in kept], [i for i, _ in kept])


def _filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
