"""The question that `protect` answers: which cells there are, which must be hidden, what hiding each of the others costs."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from balancelib.disclosure.attack import Attacker
from balancelib.disclosure.layout import Cell, Layout, Space, fingerprints
from balancelib.disclosure.policy import Policy, Refused

ZERO = 1.0  # children: what hiding a 0 costs


class Counts(NamedTuple):
    """Exact counts: the layout that is to be published, and all counts by all columns."""

    layout: Layout
    base: pd.Series

    def of(self, space: Space) -> np.ndarray:
        """Return the count of each crossing of a space."""
        frame = self.base.rename("count").reset_index()
        named = {
            d: np.array(space.values[d], dtype=object)[space.codes[:, n]] for n, d in enumerate(space.columns)
        }
        if not named:
            return np.array([float(frame["count"].sum())])
        here = frame.groupby(space.columns)["count"].sum()
        asked = pd.MultiIndex.from_arrays(list(named.values()), names=list(named))
        if len(space.columns) == 1:
            asked = asked.get_level_values(0)
        return here.reindex(asked, fill_value=0).to_numpy(float)


class Merged(NamedTuple):
    """Cells of several releases, those that count the same made one: ``rows``, the place of each release's cells, how often each is shown."""

    rows: csr_array
    places: list[np.ndarray]
    names: list[Cell]


def merge(space: Space, layouts: Sequence[Layout], keep: np.ndarray) -> Merged:
    """Return all cells of releases over the crossings that may have a child (``keep``); -1: a cell that has none of these."""
    seen: dict[bytes, int] = {}
    blocks, places, names = [], [], []
    for layout in layouts:
        rows = csr_array(space.rows(layout.cells, layout.scope)[:, keep])
        place, new = np.full(len(layout.cells), -1), []
        for n, key in enumerate(fingerprints(rows)):
            if key and key not in seen:
                seen[key] = len(seen)
                new.append(n)
                names.append(layout.cells[n])
            place[n] = seen.get(key, -1)
        blocks.append(rows[new])
        places.append(place)
    return Merged(csr_array(vstack(blocks)), places, names)


class Problem:
    """Cells, what each may be, and what must hold.

    Attributes
    ----------
    rows, value : csr_array, array
        Cells, and their counts.
    forced, fixed : array of bool
        Cells that must be hidden, and that cannot be hidden.
    floor : array
        What a hidden cell's mark tells: that it is at least this.
    weight : array
        What hiding costs.
    truth : array
        The count of each crossing.
    targets, need : csr_array, array
        What must not be found: the cells, and small sums that nobody publishes; how far apart the counts must be that a reader finds possible.
    """

    def __init__(self, counts: Counts, policy: Policy, beside: Sequence["Published"]) -> None:
        self.layout, self.policy = counts.layout, policy
        layouts = [counts.layout, *(b.layout for b in beside)]
        self.space = Space(layouts)
        all_counts = counts.of(self.space)
        keep = np.ones(len(all_counts), bool)
        for layout, zeros in [
            *((b.layout, np.array([s == 0 for s in b.shown], bool)) for b in beside),
            *([(counts.layout, None)] if policy.zeros == "shown" else []),
        ]:
            rows = self.space.rows(layout.cells, layout.scope)
            zero = rows @ all_counts == 0 if zeros is None else zeros
            keep &= zero.astype(float) @ rows == 0
        if (all_counts[~keep] > 0).any():
            raise Refused(
                "以前公布的表里是0的地方，现在有人了：公布的不是同一批儿童。请用of=…分开，或用cumulative(…)加一列时间"
            )
        self.keep, self.truth = keep, all_counts[keep]
        self.merged = merge(self.space, layouts, keep)
        self.rows, self.value = self.merged.rows, self.merged.rows @ self.truth
        self._status(beside)
        self._targets()

    def _status(self, beside: Sequence["Published"]) -> None:
        """Say of each cell whether it is ours, must or cannot be hidden, and what its mark would tell."""
        n, policy = len(self.value), self.policy
        hidden_before = self._before(beside)
        own = self.merged.places[0]
        self.ours, self.copies = owners([own], n)[0], np.bincount(own[own >= 0], minlength=n)
        self.small = (self.value < policy.least) & ((self.value > 0) | (policy.zeros == "hidden"))
        if (bad := self.ours & self.small & self.shown_before).any():
            raise Refused(
                f"“{self.merged.names[int(np.argmax(bad))]}”人数太少，但以前公布过了：现在遮不住，请先收回以前的表"
            )
        self.forced = (self.ours & self.small) | (hidden_before & ~self.shown_before & ~self.ours)
        self.fixed = self.shown_before.copy()
        if policy.zeros == "shown":
            self.floor[self.ours] = np.maximum(self.floor[self.ours], 1)
        self.weight = np.maximum(self.value, ZERO) * self.copies

    def _before(self, beside: Sequence["Published"]) -> np.ndarray:
        """Note what was published before of each cell: whether it was shown, and at least how many its mark told; return whether it was hidden."""
        n = len(self.value)
        self.shown_before, hidden, self.floor = np.zeros(n, bool), np.zeros(n, bool), np.zeros(n)
        for release, places in zip(beside, self.merged.places[1:], strict=True):
            for place, shown in zip(places, release.shown, strict=True):
                if place < 0:
                    continue
                if shown is None:
                    hidden[place] = True
                    self.floor[place] = max(self.floor[place], int(release.policy.zeros == "shown"))
                elif shown != self.value[place]:
                    raise Refused(
                        f"“{self.merged.names[place]}”以前公布的数与现在的不同：公布的不是同一批儿童。请用of=…分开，或用cumulative(…)加一列时间"
                    )
                else:
                    self.shown_before[place] = True
        return hidden

    def _targets(self) -> None:
        """Cells, and crossings that nobody publishes but that have few children."""
        cells = self.space.crossings()
        latent = csr_array(self.space.rows(cells, {})[:, self.keep])
        inside = [csr_array(self.rows[[b]] - self.rows[[a]]) for a, b in self._nested()]
        if inside:
            latent = csr_array(vstack([latent, *inside]))
        count = latent @ self.truth
        few = np.flatnonzero((count > 0) & (count < self.policy.least))
        seen = set(fingerprints(self.rows))
        new = []
        for n, key in zip(few, fingerprints(csr_array(latent[few])), strict=True):
            if key not in seen:
                seen.add(key)
                new.append(int(n))
        self.targets = csr_array(vstack([self.rows, latent[new]]))
        self.need = np.r_[
            np.full(len(self.value), self.policy.width), np.full(len(new), self.policy.implied)
        ].astype(float)
        self.target_value = self.targets @ self.truth

    def _nested(self) -> list[tuple[int, int]]:
        """Pairs of cells of two releases of which one holds the other and few children more: what their difference tells."""
        if len(self.merged.places) < 2:
            return []
        return nested(self.rows, self.merged.places, self.value, self.policy.least)

    @cached_property
    def cap(self) -> float:
        """More than any crossing that a shown cell bounds can have."""
        return float(self.value.max(initial=0) + self.need.max(initial=1) + 1)

    def attacker(self) -> Attacker:
        """Return who attacks patterns; they know one table that agrees with all: the true one."""
        made = Attacker(self.rows, self.targets, self.cap)
        made.add(self.truth)
        return made

    def known(self, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what a reader knows of each cell under a pattern."""
        return np.where(hidden, self.floor, self.value), np.where(hidden, np.inf, self.value)

    def asked(self, hidden: np.ndarray) -> np.ndarray:
        """Return the targets that must hold under a pattern: hidden cells, and all sums that nobody publishes."""
        return np.r_[np.flatnonzero(hidden), np.arange(len(hidden), self.targets.shape[0])]

    def show(self, cell: int) -> None:
        """Let a cell be shown for good."""
        self.fixed[cell] = True
        self.forced[cell] = False

    @property
    def free(self) -> np.ndarray:
        """Cells that may be hidden or shown."""
        return self.ours & ~self.forced & ~self.fixed

    def cost(self, hidden: np.ndarray) -> float:
        """Return what a pattern's complementary cells cost."""
        return float(self.weight[hidden & self.ours & ~self.small].sum())


def nested(
    rows: csr_array, places: Sequence[np.ndarray], value: np.ndarray, least: int
) -> list[tuple[int, int]]:
    """Return pairs (a, b) of cells of two releases where b counts all that a counts and 1 … ``least`` − 1 children more."""
    a, b = contained(rows, owners(places, len(value)))
    few = (value[b] - value[a] > 0) & (value[b] - value[a] < least)
    return [(int(x), int(y)) for x, y in zip(a[few], b[few], strict=True)]


def owners(places: Sequence[np.ndarray], cells: int) -> np.ndarray:
    """Return which release (row) has which of the merged cells (column)."""
    of = np.zeros((len(places), cells), bool)
    for n, place in enumerate(places):
        of[n, place[place >= 0]] = True
    return of


def contained(rows: csr_array, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs (a, b) of cells, no release having both, where b counts all crossings that a counts and more; ``of`` of `owners`."""
    size, both = np.diff(rows.indptr), csr_array(rows @ rows.T).tocoo()
    a, b = both.coords
    inside = (both.data == size[a]) & (size[b] > size[a]) & ~(of[:, a] & of[:, b]).any(0)
    return a[inside], b[inside]


class Published(NamedTuple):
    """What was published beside: the cells' layout, their counts (None: hidden), under which policy."""

    layout: Layout
    shown: tuple[int | None, ...]
    policy: Policy
