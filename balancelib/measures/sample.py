"""What a measure is worked out from: the values of one group with their weights.

A measure is written once, in sums over a group: `Sample` holds one group and its sums are numbers; `balancelib.measures.grouped.Groups`
holds many, and its sums are arrays with one number a group.
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
