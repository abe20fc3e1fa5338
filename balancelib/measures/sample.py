"""What a measure is worked out from: the values and weights of one group, or of many groups at once.

A measure is written once, in sums over a group: `Sample` holds one group and its sums are numbers; `Groups`
holds many, one after the other, and its sums are arrays with one number a group.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from balancelib.measures.order import BLOCK, counted, order

TOLERANCE = 1e-12  # relative: a cumulative weight that misses its target by less has reached it


class Sample:
    """The values of one group with their weights.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Finite values.
    weights : ndarray, shape (n,), or None
        Positive; None where all are equal.
    """

    def __init__(self, x: np.ndarray, weights: np.ndarray | None) -> None:
        self.x = x.astype(float, copy=False)
        self.weights = None if weights is None else weights.astype(float, copy=False)

    @property
    def w(self) -> np.ndarray | float:
        """Weights, or 1 where all are equal."""
        return 1.0 if self.weights is None else self.weights

    @cached_property
    def weight(self) -> Any:
        """Total weight."""
        return float(self.x.size) if self.weights is None else self.weights.sum()

    @cached_property
    def in_order(self) -> "Sample":
        """The same values in ascending order."""
        return ordered(self.x, self.weights)

    def total(self, a: np.ndarray) -> Any:
        """Weighted sum."""
        return a.sum() if self.weights is None else self.weights @ a

    def mean(self, a: np.ndarray) -> Any:
        """Weighted mean."""
        return self.total(a) / self.weight

    def spread(self, number: Any) -> Any:
        """Bring a number of the group to each of its rows."""
        return number

    def defined(self, number: Any, holds: Any, message: str) -> Any:
        """Return ``number``; an error where the condition does not hold."""
        if not holds:
            raise ValueError(message)
        return number

    @property
    def origin(self) -> Any:
        """A value of the group. Taken away first, it keeps equal values exactly equal and small gaps exact."""
        return self.x[0]

    @cached_property
    def largest(self) -> Any:
        """Largest value."""
        return self.x.max()

    @cached_property
    def smallest(self) -> Any:
        """Smallest value."""
        return self.x.min()

    def mean_of(self, function: Callable[[slice], np.ndarray]) -> Any:
        """Weighted mean of what ``function`` makes of rows, block by block: fast, and in little memory."""
        total = 0.0
        for start in range(0, self.x.size, BLOCK):
            rows = slice(start, start + BLOCK)
            values = function(rows)
            total += values.sum() if self.weights is None else self.weights[rows] @ values
        return total / self.weight

    @cached_property
    def shift(self) -> Any:
        """The mean less the origin."""
        return self.mean_of(lambda rows: self.x[rows] - self.spread(self.origin))

    @property
    def average(self) -> Any:
        """Weighted mean of the values."""
        return self.origin + self.shift

    def deviations(self, rows: slice = slice(None)) -> np.ndarray:
        """Return how far values lie from the mean."""
        result = self.x[rows] - self.spread(self.origin)
        result -= self.spread(self.shift)
        return result

    def positive_mean(self) -> Any:
        """Return the mean, which shares of a total need to be positive."""
        mean = self.average
        return self.defined(mean, mean > 0, "均值应大于0，否则份额没有意义")

    @cached_property
    def cumulative(self) -> np.ndarray:
        """Weight up to and with each row."""
        if self.weights is None:
            return np.arange(1.0, self.x.size + 1)
        return np.cumsum(self.weights)

    def rank_sum(self) -> Any:
        """``Σ w (2 C - w - W) x`` of ordered values: the Gini coefficient times ``W²`` and the mean.

        The factors of ``x`` add up to zero, so that any origin may be taken away first. Worked out block by block,
        with only a block's numbers at a time.
        """
        total = below = 0.0
        odd = np.arange(1.0, 2 * min(BLOCK, self.x.size), 2)  # 2 C - w of equal weights
        for start in range(0, self.x.size, BLOCK):
            rows = slice(start, start + BLOCK)
            deviations = self.x[rows] - self.origin
            if self.weights is None:
                factors, weight = odd[: deviations.size], float(deviations.size)
            else:
                w = self.weights[rows]
                cumulative = np.cumsum(w)
                factors, weight = 2 * cumulative - w, cumulative[-1]
                deviations *= w
            total += factors @ deviations + (2 * below - self.weight) * deviations.sum()
            below += weight
        return total

    def locate(self, weight: Any) -> Any:
        """Position of the first ordered row whose cumulative weight reaches ``weight``."""
        target = weight - TOLERANCE * self.weight
        return np.minimum(np.searchsorted(self.cumulative, target), self.x.size - 1)


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


def sample(x: Any, weights: np.ndarray | None = None) -> Sample:
    """Return the sample of checked columns; one that is a sample already stays as it is."""
    return x if isinstance(x, Sample) else Sample(x, weights)


def ordered(x: Any, weights: np.ndarray | None = None) -> Sample:
    """Return the sample in ascending order, equal whole numbers taken together; it is sorted once."""
    if isinstance(x, Sample):
        return x.in_order
    values, weights = counted(x, weights) or _sorted(x.astype(float, copy=False), weights)
    one = Sample(values, weights)
    one.in_order = one
    return one


def _sorted(x: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    if weights is None:
        return np.sort(x), None
    positions, x = order(x)
    return x, weights[positions]
