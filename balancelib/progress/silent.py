"""What those may think who did not answer the survey: the utmost, a named guess, and what the reminded say."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.measures import Interval, newcombe


class Reminded(NamedTuple):
    """What those say who answered only when they were reminded.

    Attributes
    ----------
    waves : DataFrame
        By wave, 1 or 2: ``valid``, ``satisfied`` and the ``share`` of them.
    gap : Interval
        Share at once less share after the reminder, with Newcombe's interval.
    within : Interval
        The same among people of the same role and area, averaged over those who had to be reminded.
    """

    waves: pd.DataFrame
    gap: Interval
    within: Interval


def share_bounds(cells: pd.DataFrame) -> Interval:
    """Return how low and how high the share can be, whatever those think who did not answer (两头的极端).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.

    Returns
    -------
    Interval
        ``low``: of those asked all who did not answer are not satisfied; ``high``: all are; ``value``: as those of their cell who did.
        Who was asked is taken as a random part of the cell, and chance is not in it.

    Notes
    -----
    No interval of sampling: what is not known stays so however many are asked. Manski (1989), Journal of Human Resources 24.
    """
    low, high = (
        _over_people(cells, (cells["satisfied"] + silent) / cells["sent"])
        for silent in (0.0, cells["sent"] - cells["valid"])
    )
    return Interval(_over_people(cells, cells["share"]), low, high)


def share_if_silent(cells: pd.DataFrame, share: float) -> float:
    """Return the county's share if of those who did not answer this share is satisfied (没有答的人要是这样想).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    share : float
        From 0 to 1, such as that of the reminded (`answers_by_wave`): those who had to be reminded are more like those who never answer.

    Notes
    -----
    "Continuum of resistance", a guess to be named as one: Lin and Schaeffer (1995), Public Opinion Quarterly 59, 236–258.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"没有答的人里满意的比例是{share}，要在0和1之间")
    return _over_people(
        cells, (cells["satisfied"] + share * (cells["sent"] - cells["valid"])) / cells["sent"]
    )


def silent_needed(cells: pd.DataFrame, limit: float) -> float:
    """Return what share of those who did not answer must be satisfied for the county to reach the limit; below 0 or above 1 none can."""
    low, high = share_if_silent(cells, 0.0), share_if_silent(cells, 1.0)
    return (limit - low) / (high - low) if high > low else float("nan")


def _over_people(cells: pd.DataFrame, shares: pd.Series) -> float:
    return float(np.average(shares, weights=cells["size"]))


def answers_by_wave(answers: pd.DataFrame) -> Reminded:
    """Compare those who answered at once with those who had to be reminded (催了才答的人).

    Parameters
    ----------
    answers : DataFrame
        Of `survey_answers`.

    Raises
    ------
    Lacking
        Nobody was reminded, or nobody answered then; no role and area has answers of both.

    Notes
    -----
    Those who had to be reminded are of other roles and areas than the others too. ``within`` compares like with like, its interval put together from
    the cells' as of Zou and Donner (2008), Statistics in Medicine 27, 1693–1702.
    """
    valid = answers.dropna(subset=["satisfied"])
    waves = valid.groupby("wave")["satisfied"].agg(valid="size", satisfied="sum")
    if not {1, 2} <= set(waves.index):
        raise Lacking("只有一次的答卷，看不出催了才答的人怎样想。催一次，答卷里写上是第几次收到的。")
    waves["share"] = waves["satisfied"] / waves["valid"]
    return Reminded(waves, _gap(waves.loc[1], waves.loc[2]), _gap_within(valid))


def _gap(first: pd.Series, second: pd.Series) -> Interval:
    return newcombe(first["satisfied"], first["valid"], second["satisfied"], second["valid"])


def _gap_within(valid: pd.DataFrame) -> Interval:
    """Return the gap between the waves in each role and area, weighted by those who were reminded."""
    by = valid.groupby(["role", "area", "wave"])["satisfied"].agg(valid="size", satisfied="sum")
    parts = [(one.xs(1, level="wave").iloc[0], one.xs(2, level="wave").iloc[0])
             for _, one in by.groupby(["role", "area"]) if len(one) == 2]  # fmt: skip
    if not parts:
        raise Lacking("没有哪一种身份、哪一类地区两次都有答卷，催了才答的比不了。多收一些再算。")
    gaps = np.array([_gap(first, second) for first, second in parts])
    w = np.array([second["valid"] for _, second in parts])
    w = w / w.sum()
    value = w @ gaps[:, 0]
    below, above = (np.sqrt(w**2 @ (gaps[:, 0] - gaps[:, end]) ** 2) for end in (1, 2))
    return Interval(float(value), float(value - below), float(value + above))


def seen_share(truth: float, shy: float) -> float:
    r"""Return the share that the answers show on average, where the satisfied and the others answer unequally (收上来会是多少).

    .. math::
        \frac{p}{p + (1 - p) r}

    Parameters
    ----------
    truth : float
        Share of all people who are satisfied.
    shy : float
        How often the others answer, as a multiple of the satisfied: above 0; 1 where both answer alike.

    Examples
    --------
    >>> round(seen_share(0.83, 0.75), 3)
    0.867
    """
    if not 0 <= truth <= 1 or not shy > 0:
        raise ValueError("真实的比例要在0和1之间，不满意的人答的机会要大于0")
    return truth / (truth + (1 - truth) * shy)
