"""Which cells a release has: all that can be said without a count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, product
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, vstack

from balancelib.disclosure.policy import Refused

TOTAL = "合计"
MOST = 60_000  # crossings of all values; a county's tables have a few thousand
Key = tuple[str, ...]


class Cell(NamedTuple):
    """A cell: the columns that it is given by, and their values; all else is added up."""

    margin: Key
    values: Key

    def __str__(self) -> str:
        return "、".join(f"{d}={v}" for d, v in zip(self.margin, self.values, strict=True)) or TOTAL


def margins(tables: Sequence[Key]) -> list[Key]:
    """Return the columns of each table that is published: of those asked for, and of all their totals."""
    found = chain.from_iterable(combinations(t, n) for t in tables for n in range(len(t), -1, -1))
    return sorted({tuple(sorted(m)) for m in found}, key=lambda m: (len(m), m))


@dataclass(frozen=True)
class Layout:
    """What is public of a release's cells.

    Attributes
    ----------
    of : str
        Who is counted. Releases of the same are attacked together.
    values : mapping of str to tuple of str
        Of each column, the values there are.
    known : tuple
        Pairs of columns and their possible combinations, where the public knows which there are (a township's area).
    scope : mapping of str to tuple of str
        Which values of a column are counted, where not all are.
    tables : tuple
        The columns of each table.
    """

    of: str
    values: Mapping[str, Key]
    known: tuple[tuple[Key, frozenset[Key]], ...]
    scope: Mapping[str, Key]
    tables: tuple[Key, ...]

    @property
    def used(self) -> set[str]:
        """Columns that tables or the scope tell apart."""
        return set(chain.from_iterable(self.tables)) | set(self.scope)

    def own(self, column: str) -> Key:
        """Return the values of a column that this release has."""
        return tuple(v for v in self.values[column] if v in self.scope.get(column, self.values[column]))

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells of all tables and their totals, each once."""
        return [
            Cell(m, values) for m in margins(self.tables) for values in product(*(self.own(d) for d in m))
        ]


class Space:
    """All crossings of the columns that some releases have: what a reader does not know is a count for each.

    Parameters
    ----------
    layouts
        The releases; all of the same children.
    """

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.columns = sorted(set().union(*(layout.used for layout in layouts)))
        self.values = {
            d: tuple(dict.fromkeys(v for lay in layouts for v in lay.values.get(d, ()))) for d in self.columns
        }
        size = [len(self.values[d]) for d in self.columns]
        if (n := int(np.prod(size, dtype=float))) > MOST:
            raise Refused(
                f"表格太细：{'×'.join(self.columns)}一共有{n}种组合，超过{MOST}种。请减少列，或合并类别"
            )
        codes = np.indices(size).reshape(len(size), n).T
        for columns, possible in dict.fromkeys(chain.from_iterable(lay.known for lay in layouts)):
            codes = codes[self._possible(codes, columns, possible)]
        self.codes = codes

    def _possible(self, codes: np.ndarray, columns: Key, possible: frozenset[Key]) -> np.ndarray:
        """Say which crossings can be, as far as their columns are here."""
        here = [n for n, d in enumerate(columns) if d in self.columns]
        if len(here) < 2:
            return np.ones(len(codes), dtype=bool)
        seen = {tuple(p[n] for n in here) for p in possible}
        places = [self.columns.index(columns[n]) for n in here]
        names = [self.values[columns[n]] for n in here]
        return np.array(
            [tuple(v[c] for v, c in zip(names, row, strict=True)) in seen for row in codes[:, places]], bool
        )

    def rows(self, cells: Sequence[Cell], scope: Mapping[str, Key]) -> csr_array:
        """Return a row a cell: 1 for each crossing that it counts."""
        inside = np.ones(len(self.codes), dtype=bool)
        for column, values in scope.items():
            allowed = [self.values[column].index(v) for v in values]
            inside &= np.isin(self.codes[:, self.columns.index(column)], allowed)
        blocks = [self._block(list(group), m, inside) for m, group in _runs(cells)]
        return csr_array(vstack(blocks)) if blocks else csr_array((0, len(self.codes)))

    def _block(self, cells: list[Cell], margin: Key, inside: np.ndarray) -> csr_array:
        places = [self.columns.index(d) for d in margin]
        size = [len(self.values[d]) for d in margin]
        flat = (
            np.ravel_multi_index(self.codes[:, places].T, size) if margin else np.zeros(len(self.codes), int)
        )
        asked = {}
        for n, cell in enumerate(cells):
            code = [self.values[d].index(v) for d, v in zip(margin, cell.values, strict=True)]
            asked[int(np.ravel_multi_index(code, size)) if margin else 0] = n
        row = np.array([asked.get(f, -1) for f in flat])
        keep = (row >= 0) & inside
        at = np.flatnonzero(keep)
        return csr_array((np.ones(len(at)), (row[keep], at)), shape=(len(cells), len(self.codes)))

    def crossings(self) -> list[Cell]:
        """All cells of all columns and of all their totals, whether published or not."""
        return [
            Cell(m, values)
            for m in margins([tuple(self.columns)])
            for values in product(*(self.values[d] for d in m))
        ]


def _runs(cells: Sequence[Cell]) -> Iterator[tuple[Key, list[Cell]]]:
    """Cells of the same columns, in the order in which they come."""
    start = 0
    for n in range(1, len(cells) + 1):
        if n == len(cells) or cells[n].margin != cells[start].margin:
            yield cells[start].margin, list(cells[start:n])
            start = n


def fingerprints(rows: csr_array) -> list[bytes]:
    """Return for each row what tells which crossings it counts: two cells that count the same are one."""
    rows = csr_array(rows)
    rows.sort_indices()
    return [rows.indices[a:b].tobytes() for a, b in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)]
