"""A table once its cells are values, with the place that each came from."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from balancelib.county import cells
from balancelib.county.faults import Fault
from balancelib.county.schema import Table


@dataclass(frozen=True)
class Parsed:
    """A table once parsed, with the place of each row, so that later checks can name it."""

    table: Table
    sheet: str
    frame: pd.DataFrame
    numbers: np.ndarray  # the spreadsheet row of each row; of each item where one item is a row
    refused: set[tuple[int, str]]  # cells that had a fault: no further fault is made of them
    _seen: dict[str, np.ndarray] = field(default_factory=dict, repr=False)  # columns that were looked into

    def fault(self, i: int, name: str, reason: str, action: str, severity: str = "fault") -> Fault:
        """Make a fault of the cell in row ``i`` and column ``name``."""
        value = self._values(name)[i]
        text = None if pd.isna(value) else cells.as_text(np.array([value], dtype=object))[0]
        column = self.table.column(name)
        number = self.numbers[i, self.table.names.index(name)] if self.numbers.ndim == 2 else self.numbers[i]
        return Fault(self.sheet, reason, action, int(number) or None, column.label, text, severity)

    def _values(self, name: str) -> np.ndarray:
        if name not in self._seen:
            self._seen[name] = self.frame[name].to_numpy()
        return self._seen[name]
