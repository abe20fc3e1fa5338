"""The workbooks of a folder of returns, or one workbook, sheet by sheet."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from balancelib.county import workbook
from balancelib.county.faults import Fault
from balancelib.county.files import LARGEST_FILE
from balancelib.county.returns.grid import Grid
from balancelib.text import file_name, why

MOST_FILES = 5_000
SAVE_AGAIN = "请用Excel或WPS打开后另存为.xlsx"


def workbooks(path: Path) -> list[Path]:
    """Return the workbooks of a folder and the folders in it, in order; of a file, itself."""
    if not path.is_dir():
        return [path]
    files = sorted(path.rglob("*.xlsx"))[: MOST_FILES + 1]
    return [file for file in files if not file.name.startswith(("~$", "."))]


def other_files(folder: Path) -> list[Path]:
    """Return the workbooks of a folder in a form that is not read: .xls, .et, .xlsm."""
    old = {".xls", ".et", ".xlsm", ".xlsb", ".ods"}
    return (
        [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in old] if folder.is_dir() else []
    )


def opened(
    files: list[Path], top: Path, digest: "hashlib._Hash", faults: list[Fault]
) -> Iterator[list[Grid]]:
    """Yield the sheets of each workbook; list those that cannot be read."""
    for file in files:
        name = file_name(file.relative_to(top).as_posix() if file != top else file.name)
        try:
            if file.stat().st_size > LARGEST_FILE:
                faults.append(Fault(name, "文件太大", "请检查是不是选错了文件"))
                continue
            content = file.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            yield _grids(name, content)
        except workbook.UNREADABLE as error:
            reason = (
                f"读不出来：{why(error)}"
                if isinstance(error, OSError)
                else "不是能读的.xlsx工作簿（可能损坏或加了密码）"
            )
            faults.append(Fault(name, reason, SAVE_AGAIN))


def _grids(name: str, content: bytes) -> list[Grid]:
    book = workbook.Workbook(content)
    return [Grid(name, sheet, book.rows(sheet), book.merged(sheet)) for sheet in book.names]
