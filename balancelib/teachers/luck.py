"""Luck in scores: how far the lowest come back by themselves, and what that makes of a programme."""

from typing import NamedTuple

import pandas as pd

from balancelib.county import Lacking
from balancelib.measures.effects import regression_to_mean
from balancelib.teachers.definitions import FEWEST
from balancelib.teachers.lesson_scores import whole


class Regressed(NamedTuple):
    """Those with the lowest scores, measured again.

    Attributes
    ----------
    n : int
        Who they are, in number.
    before, after : float
        Their mean scores.
    rise : float
        What they gained beyond what everybody gained.
    expected : float
        What they were to gain by coming back alone: from how far they were below the mean, and the slope of the later score on the earlier one.
    """

    n: int
    before: float
    after: float
    rise: float
    expected: float


def lowest_again(pairs: pd.DataFrame, share: float = 0.1) -> Regressed:
    r"""Take those with the lowest earlier scores and look at their later ones, though nothing was done (向均值回归).

    .. math::
        \text{expected} = (1 - b)(\bar x - \bar x_{lowest}), \qquad b = \frac{\operatorname{cov}(x, y)}{\operatorname{var}(x)}

    Parameters
    ----------
    pairs : DataFrame
        Of `score_pairs`, without members.
    share : float
        Which part of them is taken; of equal scores those that come first.

    Raises
    ------
    Lacking
        So few teachers that the part would be under three.

    Notes
    -----
    What is computed is the slope ``b`` of a line of least squares of the later score on the earlier, not the correlation of the two. They are the same number where
    both years' scores are spread alike; else ``b`` is the correlation times the later standard deviation over the earlier one.
    """
    rows = whole(pairs)
    n = round(share * len(rows))
    if n < FEWEST:
        raise Lacking(
            f"有前后两次分数的教师只有{len(rows)}人，取最低的{share:.0%}不到{FEWEST}人，看不出什么。"
        )
    lowest = rows.sort_values("before", kind="stable").head(n)[["before", "after"]].mean()
    mean = rows[["before", "after"]].mean()
    slope = rows["before"].cov(rows["after"]) / rows["before"].var()
    rise = (lowest["after"] - lowest["before"]) - (mean["after"] - mean["before"])
    expected = (1 - slope) * (mean["before"] - lowest["before"])
    return Regressed(n, *map(float, (lowest["before"], lowest["after"], rise, expected)))


def apparent_gains(share: float, reliability: float, effect: float, sd: float, trend: float) -> pd.Series:
    """Return what each way of counting finds when the lowest are chosen for a programme whose effect is known.

    Parameters
    ----------
    share : float
        Of all, who are chosen for their low scores; below 1.
    reliability : float
        Correlation of two scores between which nothing happened.
    effect : float
        What the programme truly does.
    sd : float
        Of the scores.
    trend : float
        What everybody gains meanwhile.

    Returns
    -------
    Series
        ``own_gain``, the chosen alone; ``same_score``, beside the others and from the score that they were chosen by; ``other_score``, from an
        earlier score that they were not chosen by; ``adjusted``, with the score that they were chosen by held alike.

    Notes
    -----
    Normal scores whose luck is new each time. The others fall back as the chosen come up, by ``share / (1 - share)`` of it.
    """
    if not 0 < share < 1:
        raise ValueError("选的人要多于0、少于全部：没有别人就没有比的")
    back = regression_to_mean(sd, reliability, share)
    return pd.Series(
        {
            "own_gain": effect + trend + back,
            "same_score": effect + back / (1 - share),
            "other_score": effect,
            "adjusted": effect,
        }
    )
