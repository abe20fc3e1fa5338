"""Many groups at once, as a measure sees them: the sums of `balancelib.measures.sample.Sample`, one number a group."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from balancelib.measures.order import order
from balancelib.measures.sample import TOLERANCE, Sample


class Grouping:
    """Which row belongs to which group: worked out once, for all columns.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The group of each row, from 0; none is empty.
    weights : ndarray, shape (n,), or None
        Positive.
    """

    def __init__(self, codes: np.ndarray, weights: np.ndarray | None) -> None:
        self.codes = codes
        self.weights = None if weights is None else weights.astype(float, copy=False)
        self.sizes = np.bincount(codes)

    @cached_property
    def a_row(self) -> np.ndarray:
        """The position of a row of each group."""
        rows = np.empty(self.sizes.size, dtype=np.intp)
        rows[self.codes] = np.arange(self.codes.size)
        return rows

    @cached_property
    def weight(self) -> np.ndarray:
        """Total weight of each group."""
        return self.sizes.astype(float) if self.weights is None else np.bincount(self.codes, self.weights)

    def sample(self, x: np.ndarray) -> "Groups":
        """Return the groups of one column."""
        return Groups(x, self)


class Groups(Sample):
    """The values of many groups, in any order."""

    def __init__(self, x: np.ndarray, grouping: Grouping) -> None:
        super().__init__(x, grouping.weights)
        self.grouping = grouping
        self.sizes = grouping.sizes

    @cached_property
    def in_order(self) -> "OrderedGroups":
        """The same values group by group, in ascending order inside each."""
        positions, x = order(self.x, self.grouping.codes)
        weights = None if self.weights is None else self.weights[positions]
        return OrderedGroups(x, weights, self.grouping)

    @property
    def weight(self) -> np.ndarray:
        """Total weight of each group."""
        return self.grouping.weight

    def sums(self, a: np.ndarray) -> np.ndarray:
        """Sums without weights."""
        return np.bincount(self.grouping.codes, a)

    def total(self, a: np.ndarray) -> np.ndarray:
        """Weighted sums."""
        return self.sums(a if self.weights is None else a * self.weights)

    def spread(self, number: Any) -> Any:
        """Bring each group's number to each of its rows."""
        return number[self.grouping.codes] if isinstance(number, np.ndarray) else number

    def defined(self, number: Any, holds: Any, message: str) -> Any:
        """Return the numbers, NaN for a group where the condition does not hold."""
        return np.where(holds, number, np.nan)

    @property
    def origin(self) -> np.ndarray:
        """A value of each group."""
        return self.x[self.grouping.a_row]

    def mean_of(self, function: Callable[[slice], np.ndarray]) -> Any:
        """Weighted means of the new array that ``function`` makes of the rows."""
        values = function(slice(None))
        if self.weights is not None:
            values *= self.weights
        return self.sums(values) / self.weight

    @cached_property
    def _from_origin(self) -> np.ndarray:
        origin = self.spread(self.origin)
        return np.subtract(self.x, origin, out=origin)

    @cached_property
    def shift(self) -> np.ndarray:
        """The mean of each group less its origin."""
        return self.mean(self._from_origin)

    def deviations(self, rows: slice = slice(None)) -> np.ndarray:
        """Return how far values lie from their group's mean."""
        shift = self.spread(self.shift)
        return np.subtract(self._from_origin, shift, out=shift)[rows]

    @cached_property
    def largest(self) -> np.ndarray:
        """Largest value of each group."""
        result = self.origin
        np.maximum.at(result, self.grouping.codes, self.x)
        return result

    @cached_property
    def smallest(self) -> np.ndarray:
        """Smallest value of each group."""
        result = self.origin
        np.minimum.at(result, self.grouping.codes, self.x)
        return result


class OrderedGroups(Groups):
    """The values of many groups, one after the other, in ascending order inside each.

    ``x`` and ``weights`` are in this order; ``grouping`` is that of the rows before, whose sums are the same.
    """

    def __init__(self, x: np.ndarray, weights: np.ndarray | None, grouping: Grouping) -> None:
        super().__init__(x, grouping)
        self.weights = weights
        self.starts = np.cumsum(self.sizes) - self.sizes

    @property
    def in_order(self) -> "OrderedGroups":
        """These groups themselves."""
        return self

    def sums(self, a: np.ndarray) -> np.ndarray:
        """Sums without weights."""
        return np.add.reduceat(a, self.starts)

    def spread(self, number: Any) -> Any:
        """Bring each group's number to each of its rows."""
        return np.repeat(number, self.sizes) if isinstance(number, np.ndarray) else number

    @property
    def origin(self) -> np.ndarray:
        """The lowest value of each group."""
        return self.x[self.starts]

    smallest = origin

    @property
    def largest(self) -> np.ndarray:
        """Largest value of each group."""
        return self.x[self.starts + self.sizes - 1]

    @cached_property
    def _running(self) -> np.ndarray:
        return np.arange(1.0, self.x.size + 1) if self.weights is None else np.cumsum(self.weights)

    @cached_property
    def _before(self) -> np.ndarray:
        """Weight of all groups before each one."""
        return np.concatenate([[0.0], self._running[self.starts[1:] - 1]])

    @property
    def cumulative(self) -> np.ndarray:
        """Weight of the group up to and with each row."""
        return self._running - self.spread(self._before)

    def rank_sum(self) -> np.ndarray:
        """``Σ w (2 C - w - W) x`` of each group."""
        factors = 2 * self._running
        factors -= self.w
        factors -= self.spread(2 * self._before + self.weight)
        factors *= self._from_origin
        return self.total(factors)

    def locate(self, weight: Any) -> np.ndarray:
        """Position of the first row of each group whose cumulative weight reaches ``weight``."""
        target = self._before + weight - TOLERANCE * self.weight
        return np.clip(np.searchsorted(self._running, target), self.starts, self.starts + self.sizes - 1)
