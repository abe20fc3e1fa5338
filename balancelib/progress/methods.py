"""Ways of telling what a programme did, side by side: what each finds, and what each would find of a known truth."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from balancelib.measures.estimation import Estimate
from balancelib.progress.effects import before_after, two_stage, two_way
from balancelib.progress.event_study import event_mean
from balancelib.progress.panels import before_choice


def clean_two_stage(panel: pd.DataFrame, level: float = 0.95) -> Estimate:
    """Return the mean effect of `two_stage` with the base of `before_choice`."""
    return two_stage(before_choice(panel), level)


METHODS: dict[str, Callable[[pd.DataFrame], Estimate]] = {
    "before_after": before_after,
    "two_way": two_way,
    "event_mean": event_mean,
    "two_stage": two_stage,
    "clean_two_stage": clean_two_stage,
}


def by_method(panel: pd.DataFrame) -> dict[str, Estimate]:
    """Return what each of `METHODS` finds."""
    return {name: method(panel) for name, method in METHODS.items()}


def method_responses(panel: pd.DataFrame) -> pd.DataFrame:
    """Return what each of `METHODS` would find without any chance: they are linear, so three answers give all others.

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`; its scores are not used, only who began when.

    Returns
    -------
    DataFrame
        By method and, first, ``true``, the plain mean: ``level``, where the effect is 1 point in each year; ``growth``, where it is 0 in the first year and a point
        more in each; ``dip``, where there is none and the year before was a point too low.
    """
    since = panel["years_since"].fillna(0)
    worlds = {
        "level": panel["treated"].astype(float),
        "growth": since.where(panel["treated"], 0.0),
        "dip": -(panel["years_since"] == -1).astype(float),
    }
    found = {}
    for name, scores in worlds.items():
        world = panel.assign(value=scores)
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing is left to chance, and errors are 0
            values = {method: find(world).value for method, find in METHODS.items()}
        true = 0.0 if name == "dip" else float(scores[panel["treated"]].mean())
        found[name] = {"true": true, **values}
    return pd.DataFrame(found)


def smallest_found(error: float, power: float = 0.8, level: float = 0.95) -> float:
    r"""Return the smallest effect that would be told from 0 with a probability, given the standard error (最小可测效应).

    .. math:: (z_{1-\alpha/2} + z_{\text{power}})\, \text{se}

    Parameters
    ----------
    error : float
        Standard error of the estimate.
    power : float
        The probability.
    level : float
        Of the interval.

    Notes
    -----
    Bloom (1995), Evaluation Review 19.

    Examples
    --------
    >>> round(smallest_found(1), 2)
    2.8
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    return float((ndtri((1 + level) / 2) + ndtri(power)) * error)
