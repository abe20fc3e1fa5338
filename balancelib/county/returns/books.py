"""The workbooks of a folder of returns, or one workbook, sheet by sheet."""

import errno
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from balancelib.bounded import regular_bytes
from balancelib.county import archive, workbook
from balancelib.county.faults import Fault, Unreadable
from balancelib.county.files import LARGEST_FILE
from balancelib.county.returns.grid import Grid
from balancelib.county.worksheet import Worksheet
from balancelib.text import file_name, why

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
            content = regular_bytes(file, LARGEST_FILE)
        except OSError as error:
            faults.append(Fault(name, f"读不出来：{why(error)}", "请关闭正在使用它的程序，检查权限"))
            continue
        try:
            yield _grids(name, content), f"{name}\0{len(content)}\0".encode() + content
        except Unreadable as error:
            faults.append(Fault(name, *error.args))
        except archive.DAMAGED:
            faults.append(Fault(name, *archive.unreadable(*archive.what_it_is(content)).args))


def sheets_in(file: Path) -> list[str]:
    """Return the names of a workbook's sheets without reading one; none of what is no workbook."""
    try:
        return workbook.Workbook(regular_bytes(file, LARGEST_FILE)).names
    except (Unreadable, *archive.DAMAGED):
        return []


def _grids(name: str, content: bytes) -> list[Grid]:
    book = workbook.Workbook(content)
    return [_grid(name, sheet, book.sheet(sheet)) for sheet in book.names]


def _grid(name: str, title: str, sheet: Worksheet) -> Grid:
    areas = [((area.top - 1, area.left - 1), (area.bottom - 1, area.right - 1)) for area in sheet.merged]
    if sum((bottom - top + 1) * (right - left + 1) for (top, left), (bottom, right) in areas) > MOST_MERGED:
        raise archive.unreadable("合并单元格太多")
    hidden = bool(sheet.hidden_rows or sheet.hidden_columns)
    return Grid(name, title, sheet.rows, areas, hidden)
