"""Ratings that people gave to the same things, counted: what measures of agreement are worked out from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import is_blank


def cross_table(first: Sequence[Any], second: Sequence[Any], order: Sequence[Any] = ()) -> np.ndarray:
    """Count how often two people gave which pair of ratings; things that one of them left blank are not counted.

    Parameters
    ----------
    first, second : sequence
        Ratings of the same things, in the same order; blank (None, NaN) where there is none.
    order : sequence
        The ratings that could be given, from one end of the scale to the other; those that were given, sorted, if left out.

    Examples
    --------
    >>> cross_table(["pass", "mend", None], ["pass", "pass", "mend"], ["pass", "mend"]).tolist()
    [[1, 0], [1, 0]]
    """
    if len(first) != len(second):
        raise ValueError("两个人评的应是同一批材料，两列要一样长")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if not (is_blank(a) or is_blank(b))]
    places = places_of([rating for pair in pairs for rating in pair], order)
    table = np.zeros((len(places), len(places)), dtype=int)
    for a, b in pairs:
        table[places[a], places[b]] += 1
    return table


def rating_counts(ratings: ArrayLike, order: Sequence[Any] = ()) -> np.ndarray:
    """Count for each thing judged how many gave it which rating; blanks are left out.

    Parameters
    ----------
    ratings : array_like, shape (things, people)
        Blank (None, NaN) where somebody gave none.
    order : sequence
        As of `cross_table`.

    Examples
    --------
    >>> rating_counts([["pass", "pass", None], ["pass", "mend", "mend"]], ["pass", "mend"]).tolist()
    [[2, 0], [1, 2]]
    """
    table = ratings_table(ratings)
    places = places_of([rating for row in table for rating in row if not is_blank(rating)], order)
    counts = np.zeros((len(table), len(places)), dtype=int)
    for i, row in enumerate(table):
        for rating in row:
            if not is_blank(rating):
                counts[i, places[rating]] += 1
    return counts


def ratings_table(ratings: ArrayLike) -> np.ndarray:
    """Return ratings as a table of things by people, whatever they are."""
    table = np.asarray(ratings, dtype=object)
    if table.ndim != 2:
        raise ValueError("评分应是一张表：一份材料一行，一个人一列")
    return table


def places_of(given: Sequence[Any], order: Sequence[Any]) -> dict[Any, int]:
    """Place of each rating on the scale; a rating that the scale has not is refused."""
    known = list(order) if len(order) else sorted(set(given))
    if unknown := sorted({str(rating) for rating in given if rating not in known}):
        raise ValueError(f"有不认识的等级：{'、'.join(unknown)}；能给的是{'、'.join(map(str, known))}")
    return {rating: i for i, rating in enumerate(known)}
