"""Top and bottom coding: the few with the longest road or the lowest income are not told apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.disclosure.policy import Refused, load_policy
from balancelib.text import number


class Coded(NamedTuple):
    """Coded values: ``values`` with the ends drawn in, ``text`` to be shown (≤… and ≥…), and the two ends."""

    values: pd.Series
    text: pd.Series
    bottom: float
    top: float


def coded(
    values: pd.Series | np.ndarray,
    bottom: float | None = None,
    top: float | None = None,
    least: int | None = None,
) -> Coded:
    """Replace the largest values by “or more” and the smallest by “or less” (两端编码).

    Parameters
    ----------
    values
        Numbers of children: days, km, 元. A missing one stays missing.
    bottom, top
        The ends, in the same unit; by default the closest to the ends of the data that have at least ``least`` children each.
    least
        Children that each end has at the least; by default the policy's.

    Raises
    ------
    Refused
        A value is infinite; or an end that was given has children, but fewer than ``least``; or there are too few children for two ends.

    Notes
    -----
    Hundepool and others (2012), Statistical Disclosure Control, Wiley, §3.4.3. The values between stay as they are: coding protects who stands out, not who is
    alone in the middle. Ends taken from the data are themselves values of children; where that matters, give round ones.
    """
    given = pd.Series(values).astype("Float64").astype(float)
    least = load_policy().least if least is None else least
    here = np.sort(given.dropna().to_numpy())
    if not np.isfinite(here).all():
        raise Refused("有无穷大的数，请核对")
    if len(here) < 2 * least:
        raise Refused(f"只有{len(here)}个数，两端各要有{least}名儿童，不够：请不要公布逐个的数")
    low = float(here[least - 1] if bottom is None else bottom)
    high = float(here[-least] if top is None else top)
    if low >= high:
        raise Refused(f"下端{number(low)}不低于上端{number(high)}：数太集中或两端给得不对，请改为分组公布")
    for n, name in ((int((here <= low).sum()), "下端"), (int((here >= high).sum()), "上端")):
        if 0 < n < least:
            raise Refused(f"{name}只有{n}名儿童，不足{least}名：请把{name}往里收")
    text = [
        ""
        if np.isnan(v)
        else f"≤{number(low)}"
        if v <= low
        else f"≥{number(high)}"
        if v >= high
        else number(v)
        for v in given
    ]
    return Coded(given.clip(low, high), pd.Series(text, index=given.index, name=given.name), low, high)
