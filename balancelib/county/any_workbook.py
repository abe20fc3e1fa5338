"""All sheets of a workbook that comes back filled in, whatever they are called."""

from pathlib import Path
from typing import NamedTuple

from balancelib.bounded import regular_bytes
from balancelib.county import archive, workbook
from balancelib.county.faults import Fault, InputError, Unreadable
from balancelib.county.files import LARGEST_FILE
from balancelib.county.worksheet import Worksheet
from balancelib.text import file_name, why


class Raw(NamedTuple):
    """A sheet of a workbook as it was read."""

    name: str
    cells: Worksheet
    hidden: bool


def sheets_of(path: Path) -> list[Raw]:
    """Return a workbook's sheets, or raise `InputError` where it is none that can be trusted."""
    name = file_name(path.name or path)
    try:
        content = regular_bytes(path, LARGEST_FILE)
        try:
            book = workbook.Workbook(content)
            return [Raw(sheet, book.sheet(sheet), book.hidden(sheet)) for sheet in book.names]
        except archive.DAMAGED:
            raise archive.unreadable(*archive.what_it_is(content)) from None
    except OSError as error:
        action = "请检查路径，关闭正在使用它的程序"
        raise InputError([Fault(name, f"读不出来：{why(error)}", action)]) from None
    except Unreadable as error:
        raise InputError([Fault(name, *error.args)]) from None
