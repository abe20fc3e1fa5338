"""A table once its cells are values, with the place that each came from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from balancelib.county import cells
from balancelib.county.faults import Fault
from balancelib.county.schema import Table
from balancelib.county.trace import Source


@dataclass(frozen=True)
class Parsed:
    """A table once parsed, with the place of each row, so that later checks can name it."""

    table: Table
    sheet: str
    frame: pd.DataFrame
    numbers: np.ndarray  # the spreadsheet row of each; where one item is a row, of each item and of the first
    refused: set[tuple[int, str]]  # cells that had a fault: no further fault is made of them
    shifted: frozenset[int] = frozenset()  # rows longer than the header: what stands where is not sure
    absent: frozenset[str] = frozenset()  # columns that should be there and are not
    source: Source | None = None  # the cells that each value was made from
    titles: tuple[str, ...] = ()  # what each row is called, where the rows stand in no sheet of ours
    _seen: dict[str, np.ndarray] = field(default_factory=dict, repr=False)  # columns that were looked into

    @property
    def filled(self) -> bool:
        """Whether anybody filled the table: the template's own list of items has rows without a value."""
        if self.table.layout == "rows":
            return len(self.frame) > 0
        return bool(self.frame[self.table.names].notna().any(axis=None))

    def sure(self, i: int, name: str) -> bool:
        """Whether a cell can be judged: its fault, or that of its row or column, is not already listed."""
        return name not in self.absent and i not in self.shifted and (i, name) not in self.refused

    def sure_rows(self, where: pd.Series | np.ndarray, name: str) -> Iterator[int]:
        """Positions of the rows that are meant and whose cell can be judged."""
        return (i for i in map(int, np.flatnonzero(where)) if self.sure(i, name))

    def fault(self, i: int, name: str, reason: str, **how: str | None) -> Fault:
        """Make a fault of the cell in row ``i`` and column ``name``; ``how`` has its action, severity and rule."""
        column, value = self.table.column(name), self._values(name)[i]
        text = None if pd.isna(value) else cells.text_of(value)
        number = int(self._numbers(name)[i]) or None
        school = {"school_id": self.school(i)}
        return Fault(
            self._where(i, name),
            reason,
            row=number,
            column=column.label,
            value=column.codes.get(text, text),
            **how | school,
        )

    def school(self, i: int) -> str | None:
        """Return the id of the school of row ``i``, None where it has none."""
        value = self._values("school_id")[i] if "school_id" in self.frame else None
        return None if pd.isna(value) else value

    def _where(self, i: int, name: str) -> str:
        """Name the sheet; of a row put together from many, the first cell of the value, or the row."""
        if not self.titles:
            return self.sheet
        found = self.source.cells(i, name) if self.source else ()
        return str(found[0]) if found else self.titles[i]

    def _values(self, name: str) -> np.ndarray:
        if name not in self._seen:
            self._seen[name] = self.frame[name].to_numpy()
        return self._seen[name]

    def _numbers(self, name: str) -> np.ndarray:
        if self.numbers.ndim == 1:
            return self.numbers
        return self.numbers[:, self.table.names.index(name) if name in self.table.names else -1]


def each(
    parsed: Parsed, where: pd.Series | np.ndarray, name: str, reason: Callable[[int], str], **how: str
) -> Iterator[Fault]:
    """One fault a row, but of cells that are at fault already."""
    for i in parsed.sure_rows(where, name):
        yield parsed.fault(i, name, reason(i), **how)


def by_school(frame: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Return a table's rows for the schools ``ids``, blank for those that it has not."""
    return frame.dropna(subset="school_id").drop_duplicates("school_id").set_index("school_id").reindex(ids)


def looked_up(frame: pd.DataFrame, key: list[str], known: pd.DataFrame, column: str) -> np.ndarray:
    """Return for each row of ``frame`` the number that a row of ``known`` with the same key has; blank where there is none."""
    found = known.dropna(subset=column).drop_duplicates(key)[[*key, column]].rename(columns={column: "found"})
    return frame[key].merge(found, on=key, how="left")["found"].to_numpy(dtype=float)


def strangers(frame: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Return which rows name what is in no row of ``known``: the first row of each that does, none where a part is blank."""
    there = pd.MultiIndex.from_frame(frame).isin(pd.MultiIndex.from_frame(known))
    return (frame.notna().all(axis=1) & ~there & ~frame.duplicated()).to_numpy()
