"""Numbers that go with each row's weight: what standard errors of sums and products of means and coefficients come from."""

from typing import NamedTuple

import numpy as np

from balancelib.measures.estimation import Estimate, student_estimate


class Moving(NamedTuple):
    """Numbers, and by how much each row moves each of them.

    Attributes
    ----------
    value : ndarray, shape (numbers,)
    influence : ndarray, shape (rows, numbers)
        How far the number would go if the row's weight were nothing, to first order and with the sign turned: its sum is 0, the sum
        of its squares the variance.
    """

    value: np.ndarray
    influence: np.ndarray

    def plus(self, other: "Moving") -> "Moving":
        """Return the sum."""
        return Moving(self.value + other.value, self.influence + other.influence)

    def less(self, other: "Moving") -> "Moving":
        """Return the difference."""
        return Moving(self.value - other.value, self.influence - other.influence)

    def scaled(self, by: float) -> "Moving":
        """Return a multiple by a number that does not move."""
        return Moving(by * self.value, by * self.influence)

    def times(self, other: "Moving") -> "Moving":
        """Return the product, number by number."""
        moved = self.influence * other.value + self.value * other.influence
        return Moving(self.value * other.value, moved)

    def only(self, own: np.ndarray) -> "Moving":
        """Return some of the numbers."""
        return Moving(self.value[own], self.influence[:, own])

    def estimate(self, cluster: np.ndarray, level: float = 0.95) -> Estimate:
        """Return the sum of the numbers with its error, rows of a cluster moving together.

        Parameters
        ----------
        cluster : ndarray of int, shape (rows,)
            From 0; clusters less one are the degrees of freedom.
        level : float
            Of the interval, by Student's t.
        """
        together = np.bincount(cluster, self.influence.sum(axis=1))
        groups = together.size
        if groups < 2:
            raise ValueError("至少要有两组（例如两所学校），才估得出误差")
        value = float(self.value.sum())
        error = float(np.sqrt(groups / (groups - 1) * (together @ together)))
        return student_estimate(value, error, groups - 1, cluster.size, level)


def averages(columns: np.ndarray, share: np.ndarray) -> Moving:
    """Return the means of columns, with each row's share of the weight; a column that is the same everywhere does not move."""
    start = columns[share > 0][0]
    means = start + share @ (columns - start)
    return Moving(means, share[:, None] * (columns - means))


def least_squares(y: np.ndarray, design: np.ndarray, share: np.ndarray, name: str) -> Moving:
    """Return the coefficients of (weighted) least squares.

    Parameters
    ----------
    y : ndarray, shape (rows,)
    design : ndarray, shape (rows, columns)
    share : ndarray, shape (rows,)
        Of the weight; rows with none do not count.
    name : str
        Whose rows these are, for the error's text.

    Raises
    ------
    ValueError
        As many columns as rows or more, or columns that say the same.
    """
    there = share > 0
    if there.sum() <= design.shape[1]:
        raise ValueError(
            f"{name}只有{there.sum()}行，要估{design.shape[1]}个数：人太少，减少因素，或者不要分解"
        )
    if np.linalg.matrix_rank(design[there]) < design.shape[1]:
        raise ValueError(
            f"{name}里有几个因素说的是同一件事，或者有一种情况没有人：并掉几类，或者去掉一个因素"
        )
    weighted = design * share[:, None]
    bread = np.linalg.inv(weighted.T @ design)
    coefficients = bread @ weighted.T @ y
    residuals = y - design @ coefficients
    return Moving(coefficients, (weighted * residuals[:, None]) @ bread)
