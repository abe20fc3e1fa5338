"""What a list of the highest scores does: whom it finds, whom it alarms for nothing, what that costs, and to which groups."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.measures.columns import labels
from balancelib.measures.prediction import score_and_outcome
from balancelib.measures.proportions import Interval, newcombe, wilson

RATES = {  # of which those who are counted, and who they are counted among; a column a product of these marks
    "happened": ("y", "n"),
    "listed": ("on", "n"),
    "missed": ("off_y", "y"),
    "false": ("on_not", "not"),
    "precision": ("on_y", "on"),
}


class Alarms(NamedTuple):
    """Whom a list finds; where a tie is broken by lot, as many as can be expected.

    Attributes
    ----------
    listed, found, false, missed : float
        Units on the list; those of them to whom it happened and to whom it did not; those to whom it happened off the list.
    precision : float
        Found of the listed (查准率); NaN on an empty list.
    recall : float
        Found of all to whom it happened (查全率); NaN where it happened to nobody.
    """

    listed: float
    found: float
    false: float
    missed: float
    precision: float
    recall: float


def on_list(score: ArrayLike, k: int) -> np.ndarray:
    """Return each unit's chance of being among the ``k`` highest scores; units with the score at the end of the list draw lots.

    Parameters
    ----------
    score : array_like, shape (n,)
        The higher, the earlier on the list.
    k : int
        Length of the list, 0 or more; all are on it if there are no more than that.

    Returns
    -------
    ndarray, shape (n,)
        1 on the list, 0 off it, between them at the end; adds up to ``k``.

    Examples
    --------
    >>> on_list([5, 3, 3, 3, 1], 3).round(2).tolist()
    [1.0, 0.67, 0.67, 0.67, 0.0]
    """
    x, _ = score_and_outcome(score, np.zeros(np.size(score)))
    if k < 0:
        raise ValueError(f"名单上的人数是{k}，不能是负数")
    if k == 0 or k >= len(x):
        return np.full(len(x), float(k > 0))
    end = np.sort(x)[-k]
    sure = x > end
    return np.where(x == end, (k - sure.sum()) / (x == end).sum(), sure.astype(float))


def alarms(on: ArrayLike, happened: ArrayLike) -> Alarms:
    r"""Count what a list finds and what it misses (查准率、查全率).

    Parameters
    ----------
    on, happened : array_like, shape (n,)
        On the list or off it, 1 or 0, or a chance as of `on_list`; and whether it happened.

    Examples
    --------
    >>> alarms([1, 1, 0, 0], [1, 0, 1, 0])
    Alarms(listed=2.0, found=1.0, false=1.0, missed=1.0, precision=0.5, recall=0.5)
    """
    x, y = score_and_outcome(on, happened, chances=True)
    listed, found, events = (float(one) for one in (x.sum(), x @ y, y.sum()))
    precision, recall = (found / of if of else float("nan") for of in (listed, events))
    return Alarms(listed, found, listed - found, events - found, precision, recall)


def list_cost(counted: Alarms, false_alarm: float, missed: float) -> float:
    r"""Return what the errors of a list cost: :math:`c_f \cdot FP + c_m \cdot FN`.

    Parameters
    ----------
    counted : Alarms
    false_alarm, missed : float
        Of one alarm for nothing, and of one missed, in the same unit, 0 or more.

    Notes
    -----
    With chances that come true as often as they say, errors cost least where all are listed whose chance is above
    :math:`c_f / (c_f + c_m)`: Elkan (2001), The foundations of cost-sensitive learning.

    Examples
    --------
    >>> list_cost(alarms([1, 1, 0, 0], [1, 0, 1, 0]), 1, 20)
    21.0
    """
    if not (false_alarm >= 0 and missed >= 0):
        raise ValueError("误报和漏报的代价都要是0或更大的数")
    return counted.false * false_alarm + counted.missed * missed


def net_benefit(chance: ArrayLike, happened: ArrayLike, threshold: float) -> float:
    r"""Return the net benefit of listing all whose chance is at least a threshold (净收益).

    .. math::
        \frac{TP}{n} - \frac{FP}{n} \cdot \frac{t}{1 - t}

    Parameters
    ----------
    chance, happened : array_like, shape (n,)
        Predicted, between 0 and 1, and 1 or 0. A chance of 1 for all lists all.
    threshold : float
        Chance from which an official would go: between 0 and 1. 0.05: nineteen visits for nothing are worth one child found.

    Returns
    -------
    float
        In children found a unit: the same as finding so many without any alarm for nothing. Listing nobody has 0.

    Notes
    -----
    Vickers and Elkin (2006), Decision curve analysis, Medical Decision Making 26.

    Examples
    --------
    Of 10, 3 left; all are visited, one in ten is worth it: 0.3 − 0.7/9.

    >>> round(net_benefit(np.ones(10), [1] * 3 + [0] * 7, 0.1), 3)
    0.222
    """
    if not 0 < threshold < 1:
        raise ValueError(f"门槛是{threshold}，要在0和1之间")
    p, y = score_and_outcome(chance, happened, chances=True)
    counted = alarms(p >= threshold, y)
    return (counted.found - counted.false * threshold / (1 - threshold)) / len(y)


def group_rates(
    on: ArrayLike, happened: ArrayLike, group: ArrayLike, confidence: float = 0.95
) -> pd.DataFrame:
    """Count for each group how often it happened, who is listed, missed, and alarmed for nothing.

    Parameters
    ----------
    on, happened, group : array_like, shape (n,)
        As of `alarms`, and the group of each.
    confidence : float
        Of Wilson's intervals.

    Returns
    -------
    DataFrame
        Indexed by group and rate: ``counted``, ``among``, ``value``, ``low``, ``high``; NaN among nobody. The rates are ``happened`` (of all), ``listed`` (of all),
        ``missed`` (of those to whom it happened, off the list), ``false`` (of the others, on the list), ``precision`` (of the listed, to whom it happened).

    Examples
    --------
    >>> found = group_rates([1, 0, 1, 0], [1, 1, 0, 0], ["a", "a", "b", "b"])
    >>> found["value"].unstack()["missed"].tolist()
    [0.5, nan]
    """
    x, y = score_and_outcome(on, happened, chances=True)
    marks = {"n": np.ones(len(y)), "y": y, "not": 1 - y, "on": x, "on_y": x * y, "on_not": x * (1 - y), "off_y": (1 - x) * y}  # fmt: skip
    sums = pd.DataFrame(marks).groupby(labels(group, len(y), "分组")).sum()
    rows = {
        (name, rate): (one[counted], one[among], *_share(one[counted], one[among], confidence))
        for name, one in sums.iterrows()
        for rate, (counted, among) in RATES.items()
    }
    columns = ["counted", "among", "value", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).set_axis(
        pd.MultiIndex.from_tuples(rows, names=["group", "rate"])
    )


def rate_gap(rates: pd.DataFrame, rate: str, a: Hashable, b: Hashable) -> Interval:
    """Return the difference of a rate of two groups, a less b, with Newcombe's interval; NaN where one of them has nobody to count among."""
    pair = [rates.loc[(name, rate), ["counted", "among"]] for name in (a, b)]
    if not all(one["among"] > 0 for one in pair):
        return Interval(*[float("nan")] * 3)
    return newcombe(*pair[0], *pair[1])


def implied_false(happened: float, precision: float, missed: float) -> float:
    r"""Return the share alarmed for nothing that follows from the three other rates (几种公平不能都要).

    .. math::
        FPR = \frac{p}{1 - p} \cdot \frac{1 - PPV}{PPV} \cdot (1 - FNR)

    Where it happens more often in one group than in another, equal precision and equal missed shares make the false alarms unequal, whatever the score.

    Parameters
    ----------
    happened, precision, missed : float
        Rates of one group, between 0 and 1, as of `group_rates`.

    Notes
    -----
    Chouldechova (2017), Fair prediction with disparate impact, Big Data 5, equation 2.6.

    Examples
    --------
    >>> round(implied_false(0.02, 0.2, 0.5), 4), round(implied_false(0.06, 0.2, 0.5), 4)
    (0.0408, 0.1277)
    """
    return happened / (1 - happened) * (1 - precision) / precision * (1 - missed)


def _share(counted: float, among: float, confidence: float) -> Interval:
    if among <= 0:
        return Interval(*[float("nan")] * 3)
    return wilson(min(max(counted, 0.0), among), among, confidence)  # sums of chances may be off by rounding
