"""What is wrong in a county's data: where, with which value, and what to do."""

from collections.abc import Iterable, Mapping
from itertools import islice

import pandas as pd
from msgspec import Struct
from msgspec.structs import force_setattr

from balancelib.text import cleaned, shown

# Listed of one county's data: who has more has one cause of them, and no use for the rest.
MOST_FAULTS = 200_000


class Fault(Struct, frozen=True):
    """One fault or warning; what it quotes is made fit for a terminal.

    Attributes
    ----------
    sheet : str
        The sheet or file.
    reason, action : str
        What is wrong and what to do, in Chinese.
    row : int or None
        The row as the spreadsheet counts it.
    column : str or None
        The column's Chinese label, or its header where it is not one of ours.
    value : str or None
        What stands in the cell, shortened; never what looks like personal information.
    severity : str
        ``"fault"`` stops the calculation, ``"warning"`` does not.
    rule : str
        The id of the rule that it breaks, in ``rules.toml``; where none is given, that of what is read and no cell.
    school_id : str or None
        The school that can mend it; None where that is the county, or is not known.
    amount : str or None
        What was compared, where that is no single cell's value: a sum over rows.
    """

    sheet: str
    reason: str
    action: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: str = "fault"
    rule: str = ""
    school_id: str | None = None
    amount: str | None = None

    def __post_init__(self) -> None:
        for name in ("sheet", "reason", "action"):
            force_setattr(self, name, cleaned(getattr(self, name)))
        if not self.rule:
            force_setattr(self, "rule", "read.file" if self.severity == "fault" else "read.odd")
        for name in ("column", "value", "school_id"):
            text = getattr(self, name)
            force_setattr(self, name, None if text is None else shown(text))

    def __str__(self) -> str:
        return f"{self.said}。{self.action}。"

    @property
    def said(self) -> str:
        """Where and what, without what to do."""
        place = f"[{self.sheet}]"
        place += f"第{self.row}行" if self.row else ""
        place += f"“{self.column}”" if self.column else ""
        value = f"“{self.value}”" if self.value is not None else ""
        return f"{place}：{value}{self.reason}"


class Unreadable(Exception):  # noqa: N818  becomes a fault
    """A file that cannot be read as what it should be: the arguments of the fault, from the reason on."""


class InputError(ValueError):
    """The county's data cannot be used.

    Attributes
    ----------
    faults : list of Fault
        Everything that was found, warnings too.
    names : dict of str to str
        The names of the schools by their ids, as far as they could be read.
    """

    def __init__(self, faults: Iterable[Fault], names: Mapping[str, str] | None = None) -> None:
        self.faults = list(faults)
        self.names = dict(names or {})
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the faults alone: nothing is wrong with the program."""
        return [str(self)]


def add_all(faults: list[Fault], found: Iterable[Fault]) -> None:
    """Add what was found to a list; raise `InputError` with what it has where there is no end of it."""
    faults.extend(islice(found, MOST_FAULTS + 1 - len(faults)))
    if len(faults) > MOST_FAULTS:
        last = faults.pop()
        reason, action = f"问题超过{MOST_FAULTS}处，没有再查下去", "请先改正上面这些，多半是同一个原因"
        raise InputError([*faults, Fault(last.sheet, reason, action)])


def faults_table(faults: Iterable[Fault]) -> pd.DataFrame:
    """Faults or warnings in a table of texts, a row each: ``表, 行, 列, 值, 问题, 怎么办``."""
    rows = [
        (f.sheet, *("—" if part is None else str(part) for part in (f.row, f.column, f.value)), f.reason, f.action)
        for f in faults
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["表", "行", "列", "值", "问题", "怎么办"]).set_index("表")
