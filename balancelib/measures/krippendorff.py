"""Krippendorff's α: agreement of any number of people, with blanks, on any scale."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.agreement import NO_PAIR, ONE_CATEGORY, Undefined, fleiss_kappa
from balancelib.measures.columns import is_blank
from balancelib.measures.estimation import Estimate
from balancelib.measures.ratings import places_of, rating_counts, ratings_table

Scale = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(
    ratings: ArrayLike,
    scale: Scale = "nominal",
    order: Sequence[Any] = (),
    *,
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Estimate:
    r"""Return Krippendorff's α: agreement of any number of people, with blanks, on any scale (克里彭多夫α).

    .. math::
        \alpha = 1 - \frac{D_o}{D_e}, \qquad
        D_o = \frac{1}{n} \sum_{ck} o_{ck} \delta_{ck}, \qquad D_e = \frac{1}{n (n - 1)} \sum_{ck} n_c n_k \delta_{ck}

    with coincidences ``o`` (each pair of ratings of a thing that ``m`` people judged counts ``1/(m - 1)``), their sums ``n`` and differences ``δ``: 0 or 1 (nominal),
    the squared difference of values (interval), or of how many ratings lie below, halves of ties included (ordinal).

    Parameters
    ----------
    ratings : array_like, shape (things, people)
        Blank (None, NaN) where somebody gave none.
    scale : {"nominal", "ordinal", "interval"}
        Interval asks for numbers.
    order : sequence
        As of `cross_table`. An ordinal scale of words needs it.
    level, replicates, seed : float, int, int
        Of the interval: between quantiles of α when things are drawn again with replacement. The same seed gives the same interval.

    Returns
    -------
    Estimate
        ``n`` counts the things judged by two or more; others do not enter.

    Raises
    ------
    Undefined
        As of `fleiss_kappa`.

    Notes
    -----
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. The interval treats the things as a sample of such things, the people as they are. With few things
    it is rough, and too short; of one alone it is from -1 to 1, and where all agree, as every draw then does, that of `fleiss_kappa`. Draws in which only one rating is
    left define no α and are not counted.

    Examples
    --------
    >>> found = krippendorff_alpha([[1, 1], [2, 2], [1, 2]])
    >>> round(found.value, 3), found.n
    (0.444, 3)
    """
    counts, values = _counted(ratings, scale, order)
    things = len(counts)
    value = float(_alphas(counts, np.ones((1, things)), scale, values)[0])
    if np.isnan(value):
        raise Undefined(ONE_CATEGORY)
    drawn = np.random.default_rng(seed).multinomial(things, np.full(things, 1 / things), size=replicates)
    again = _alphas(counts, drawn.astype(float), scale, values)
    again = again[~np.isnan(again)]
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2])
    if things == 1:
        low, high = -1, 1
    elif value == 1:
        low = fleiss_kappa(counts, level).low
    return Estimate(value, float(again.std(ddof=1)), float(low), float(high), things)


def _counted(ratings: ArrayLike, scale: Scale, order: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return how many gave which rating to each thing that two or more judged, and the values of the ratings on the scale."""
    if scale not in ("nominal", "ordinal", "interval"):
        raise ValueError(f"尺度只能是nominal、ordinal、interval，现在是{scale}")
    table = ratings_table(ratings)
    given = [rating for row in table for rating in row if not is_blank(rating)]
    if scale == "ordinal" and not len(order) and any(isinstance(rating, str) for rating in given):
        raise ValueError("等级是文字：请用order写明从低到高的顺序")
    places = places_of(given, order)
    values = np.array(list(places), dtype=float) if scale == "interval" else np.arange(len(places))
    counts = rating_counts(table, list(places)).astype(float)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        raise Undefined(NO_PAIR)
    return counts, values


def _alphas(counts: np.ndarray, drawn: np.ndarray, scale: str, values: np.ndarray) -> np.ndarray:
    """Return α for each row of ``drawn``, which says how often each thing counts; NaN where only one rating is left."""
    size = counts.shape[1]
    pairs = (counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(size)) / (
        counts.sum(axis=1) - 1
    )[:, None, None]
    together = (drawn @ pairs.reshape(len(counts), -1)).reshape(-1, size, size)
    sums = together.sum(axis=2)
    n = sums.sum(axis=1)
    at = np.cumsum(sums, axis=1) - sums / 2 if scale == "ordinal" else np.broadcast_to(values, sums.shape)
    apart = (at[:, :, None] - at[:, None, :]) ** 2
    if scale == "nominal":
        apart = (apart > 0).astype(float)
    found = (together * apart).sum(axis=(1, 2)) / n
    chance = (sums[:, :, None] * sums[:, None, :] * apart).sum(axis=(1, 2)) / (n * (n - 1))
    return 1 - np.divide(found, chance, out=np.full(len(n), np.nan), where=chance > 0)
