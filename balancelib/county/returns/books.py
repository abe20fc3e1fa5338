"""The workbooks of a folder of returns, or one workbook, sheet by sheet."""

import errno
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from balancelib.county import workbook
from balancelib.county.faults import Fault
from balancelib.county.files import LARGEST_FILE
from balancelib.county.returns.grid import Area, Grid
from balancelib.text import file_name, why

NOT_READABLE = "不是能读的.xlsx工作簿（可能损坏或加了密码）"
MOST_FILES = 5_000
MOST_MERGED = 2_000_000  # cells of merged ranges of a sheet
SAVE_AGAIN = "请用Excel或WPS打开后另存为.xlsx"
_OLD = {".xls", ".et", ".xlsm", ".xlsb", ".ods"}


def workbooks(path: Path) -> list[Path]:
    """Return the workbooks of a folder and the folders in it, in order; of a file, itself."""
    return [file for file in _files(path) if file.suffix.lower() == ".xlsx"] if path.is_dir() else [path]


def old_workbooks(path: Path) -> list[Path]:
    """Return the workbooks of a folder in a form that is not read: .xls, .et, .xlsm."""
    return [file for file in _files(path) if file.suffix.lower() in _OLD] if path.is_dir() else []


def _files(folder: Path) -> list[Path]:
    """Return a folder's regular files, but those that programs leave there while a workbook is open."""
    found = list(islice(folder.rglob("*"), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise OSError(errno.E2BIG, "", str(folder))
    return sorted(file for file in found if file.is_file() and not file.name.startswith(("~$", ".")))


def opened(files: list[Path], top: Path, faults: list[Fault]) -> Iterator[tuple[list[Grid], bytes]]:
    """Yield the sheets of each workbook, and its name and bytes; list those that cannot be read."""
    for file in files:
        name = file_name(file.relative_to(top).as_posix() if file != top else file.name)
        try:
            if file.stat().st_size > LARGEST_FILE:
                faults.append(Fault(name, "文件太大", "请检查是不是选错了文件"))
                continue
            content = file.read_bytes()
            yield _grids(name, content), f"{name}\0{len(content)}\0".encode() + content
        except workbook.UNREADABLE as error:
            why_not = f"读不出来：{why(error)}" if isinstance(error, OSError) else NOT_READABLE
            faults.append(Fault(name, why_not, SAVE_AGAIN))


def _grids(name: str, content: bytes) -> list[Grid]:
    book = workbook.Workbook(content)
    return [Grid(name, sheet, book.rows(sheet), _merged(book.merged(sheet))) for sheet in book.names]


def _merged(areas: list[Area]) -> list[Area]:
    """Refuse merged ranges that would fill the memory."""
    if sum((b - t + 1) * (r - left + 1) for (t, left), (b, r) in areas) > MOST_MERGED:
        raise ValueError
    return areas
