"""What is wrong in a county's data: where, with which value, and what to do."""

from collections.abc import Iterable

import pandas as pd
from msgspec import Struct
from msgspec.structs import force_setattr

from balancelib.text import cleaned, shown


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
    """

    sheet: str
    reason: str
    action: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: str = "fault"

    def __post_init__(self) -> None:
        force_setattr(self, "sheet", cleaned(self.sheet))
        for name in ("column", "value"):
            text = getattr(self, name)
            force_setattr(self, name, None if text is None else shown(text))

    def __str__(self) -> str:
        place = f"[{self.sheet}]"
        place += f"第{self.row}行" if self.row else ""
        place += f"“{self.column}”" if self.column else ""
        value = f"“{self.value}”" if self.value is not None else ""
        return f"{place}：{value}{self.reason}。{self.action}。"


class InputError(ValueError):
    """The county's data cannot be used; ``faults`` lists everything that was found, warnings too."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the faults alone: nothing is wrong with the program."""
        return [str(self)]


def faults_table(faults: Iterable[Fault]) -> pd.DataFrame:
    """Faults or warnings in a table of texts, a row each: ``表, 行, 列, 值, 问题, 怎么办``."""
    rows = [
        (f.sheet, *("—" if part is None else str(part) for part in (f.row, f.column, f.value)), f.reason, f.action)
        for f in faults
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["表", "行", "列", "值", "问题", "怎么办"]).set_index("表")
