"""What may be shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd

from balancelib.bounded import regular_bytes
from balancelib.county.files import whole_or_absent
from balancelib.disclosure.layout import MOST, TOTAL, Cell, Layout, margins
from balancelib.disclosure.policy import Policy, Refused, checked
from balancelib.highs import proven

HIDDEN = "…"
LARGEST = 2**24  # bytes of a saved release


@dataclass(frozen=True, repr=False)
class Release:
    """Tables that may be shown (可以公布的表): nothing in it is hidden from its readers but the two numbers of the search.

    Attributes
    ----------
    layout : Layout
        Which cells there are.
    shown : tuple of int or None
        Their counts, in the layout's order; None where hidden, whether small or complementary.
    policy : Policy
        Under which it was made, without the secret.
    beside : tuple of Release
        With which it was protected.
    cost, bound : float
        Children in complementary cells (each raised by its secret share), and a number that no pattern is below. For the office, not for readers:
        they are worked out from hidden counts, and not saved; `message`, for the office too, tells their ratio.
    """

    layout: Layout
    shown: tuple[int | None, ...]
    policy: Policy
    beside: tuple["Release", ...] = ()
    cost: float = field(default=float("nan"), compare=False)
    bound: float = field(default=float("nan"), compare=False)

    @property
    def proven(self) -> bool:
        """Whether no pattern is cheaper."""
        return bool(proven(self.cost - self.bound, abs(self.cost)))

    @property
    def message(self) -> str:
        """What was done, in Chinese, for the office: without a count that is hidden."""
        n, all_cells = sum(s is None for s in self.shown), len(self.shown)
        far = f"，一并遮住的部分最多还能省{1 - self.bound / self.cost:.0%}" if self.cost > 0 else ""
        best = "已证明是最省的方案" if self.proven else f"在限定的时间和轮数内没有证明最省{far}"
        if not n:
            return f"共{all_cells}格，没有要遮的格子。"
        return f"共{all_cells}格，遮住{n}格（记作“{HIDDEN}”，包括人数少的和为保护它们而一并遮住的，不加区别）；{best}。"

    @cached_property
    def _at(self) -> Mapping[Cell, int]:
        return {cell: n for n, cell in enumerate(self.layout.cells)}

    def text(self, **values: object) -> str:
        """Return what is shown of one cell: ``text(township="甲")``; what is not named is added up."""
        margin = tuple(sorted(values))
        cell = Cell(margin, tuple(str(values[d]) for d in margin))
        if cell not in self._at:
            raise Refused(f"没有公布“{cell}”这一格")
        count = self.shown[self._at[cell]]
        return HIDDEN if count is None else str(count)

    def table(self, rows: str | Sequence[str], columns: str | None = None) -> pd.DataFrame:
        """Return a table of texts with its totals; ``HIDDEN`` where a cell is hidden.

        Raises
        ------
        Refused
            No table with these columns was published.
        """
        rows = (rows,) if isinstance(rows, str) else tuple(rows)
        asked = rows if columns is None else (*rows, columns)
        if not rows or tuple(sorted(asked)) not in margins(self.layout.tables):
            raise Refused(
                f"没有公布过按“{'×'.join(asked)}”的表。公布的有：{'；'.join('×'.join(t) for t in self.layout.tables)}"
            )
        keys = [k for k in product(*((*self.layout.own(d), TOTAL) for d in rows)) if _tail(k)]
        heads = ["人数"] if columns is None else [*self.layout.own(columns), TOTAL]
        texts = [
            [self._cell(dict(zip(rows, key, strict=True)), columns, head) for head in heads] for key in keys
        ]
        index = (
            pd.MultiIndex.from_tuples(keys, names=rows)
            if len(rows) > 1
            else pd.Index([k[0] for k in keys], name=rows[0])
        )
        return pd.DataFrame(texts, index=index, columns=pd.Index(heads, name=columns))

    def _cell(self, key: dict[str, str], column: str | None, head: str) -> str:
        key = key if column is None else {**key, column: head}
        return self.text(**{d: v for d, v in key.items() if v != TOTAL})

    @property
    def cells(self) -> pd.DataFrame:
        """All cells of all tables: ``table``, the columns (`TOTAL` where added up), ``shown`` as text, ``hidden``."""
        columns = sorted({d for t in self.layout.tables for d in t})
        lines = []
        for table in self.layout.tables:
            inside = set(margins([table]))
            for cell, count in zip(self.layout.cells, self.shown, strict=True):
                if cell.margin in inside:
                    own = dict(zip(cell.margin, cell.values, strict=True))
                    text = HIDDEN if count is None else str(count)
                    lines.append(
                        ["×".join(table), *(own.get(d, TOTAL) for d in columns), text, count is None]
                    )
        return pd.DataFrame(lines, columns=["table", *columns, "shown", "hidden"])

    def attack(self, seconds: float | None = None) -> pd.DataFrame:
        """Return every hidden cell with the least and greatest count that a reader finds possible, given this and what is beside.

        Columns: ``cell`` in words, ``least``, ``greatest`` (infinite where nothing bounds it), ``exact``: whether this is proven; where time ran
        out, both were at least found.
        """
        from balancelib.disclosure.audit import attacked  # noqa: PLC0415  it needs releases
        from balancelib.disclosure.protect import family  # noqa: PLC0415

        found = attacked(family([self]), self.policy.seconds if seconds is None else seconds)
        own = {str(c) for c, s in zip(self.layout.cells, self.shown, strict=True) if s is None}
        return (
            found[(found["release"] == 0) & found["cell"].isin(own)]
            .drop(columns="release")
            .reset_index(drop=True)
        )

    def save(self, path: Path) -> None:
        """Write what is public to a file, to be put ``beside`` later releases."""
        text = json.dumps(_plain(self), ensure_ascii=False, indent=1, sort_keys=True)
        with whole_or_absent(Path(path)) as temporary:
            temporary.write_text(text, encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "Release":
        """Read what `save` wrote.

        Raises
        ------
        Refused
            It is no such file.
        """
        try:
            return _release(json.loads(regular_bytes(Path(path), LARGEST)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Refused(f"{Path(path).name}不是由Release.save写的文件，或读不出来") from None

    def __repr__(self) -> str:
        return (
            f"可以公布的表（{self.layout.of}：{'；'.join('×'.join(t) or TOTAL for t in self.layout.tables)}）"
        )


def _tail(key: Sequence[str]) -> bool:
    """Whether totals stand last: once a column is added up, so are those after it."""
    totals = [k == TOTAL for k in key]
    return totals == sorted(totals)


def _plain(release: Release) -> dict[str, Any]:
    layout = release.layout
    used = layout.used
    return {
        "of": layout.of,
        "values": {d: list(v) for d, v in layout.values.items() if d in used},
        "known": [[list(c), sorted(map(list, p))] for c, p in layout.known if set(c) <= used],
        "scope": {d: list(v) for d, v in layout.scope.items()},
        "tables": [list(t) for t in layout.tables],
        "shown": list(release.shown),
        "policy": {k: v for k, v in release.policy._asdict().items() if k != "secret"},
        "beside": [_plain(b) for b in release.beside],
    }


def _release(data: dict[str, Any]) -> Release:
    layout = Layout(
        str(data["of"]),
        {d: tuple(map(str, v)) for d, v in data["values"].items()},
        tuple((tuple(c), frozenset(map(tuple, p))) for c, p in data["known"]),
        {d: tuple(v) for d, v in data["scope"].items()},
        tuple(map(tuple, data["tables"])),
    )
    shown = tuple(None if s is None else int(s) for s in data["shown"])
    if _claims_more(layout, len(shown)) or len(shown) != len(layout.cells):
        raise ValueError
    return Release(layout, shown, checked(Policy(**data["policy"])), tuple(map(_release, data["beside"])))


def _claims_more(layout: Layout, cells: int) -> bool:
    """Whether a table must have more cells than there are: a few lines of a file would otherwise make billions."""
    return any(2 ** len(t) > MOST or prod(len(layout.own(d)) + 1 for d in t) > cells for t in layout.tables)
