"""Figures of money for schools that lose pupils: curves with their cliffs, years side by side, the rule that a reader moves."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore, slider
from balancelib.figures.formula import HEADS, Change, by_group, counted
from balancelib.figures.style import LINE_STYLES, PALETTE, WAN, describe, use_style

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
YEARS = (1, 3, 5)
FLOORS = (0, 50, 100, 150, 200)
NOW = (0.0, 3, 100)  # without compensation: pupils alone, small schools as 100


def money_curves(
    curves: Mapping[str, pd.Series],
    edges: Mapping[str, Sequence[tuple[int, int]]],
    what: str = "应得的钱（万元）",
) -> Axes:
    """Draw a school's money by its pupils, a line a rule, broken where one pupil tips it.

    Parameters
    ----------
    curves : mapping of str to Series
        For each rule its name, and 元 by whole pupils one after the other.
    edges : mapping of str to sequence of (int, int)
        For each rule from how many pupils to how many it tips; what lies outside the curve is not drawn.
    what : str
        Label of the money, with the unit 万元.
    """
    use_style()
    figure, axes = plt.subplots()
    told = []
    for (name, money), colour, line in zip(curves.items(), PALETTE, LINE_STYLES, strict=False):
        inside = [edge for edge in edges.get(name, ()) if set(edge) <= set(money.index)]
        broken = pd.concat([money, pd.Series(np.nan, [low + 0.5 for low, high in inside if high - low == 1])])
        broken = broken.sort_index() / WAN
        axes.plot(broken.index, broken, color=colour, linestyle=line, label=name)
        ends = money[[n for edge in inside for n in edge]] / WAN
        axes.scatter(ends.index, ends, s=26, facecolors="white", edgecolors=colour, zorder=3)
        told.append(f"{name}：{_tips(money, inside)}")
    axes.set(xlabel="学生数（名）", ylabel=what)
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    describe(figure, f"折线图：横轴是学生数，纵轴是{what}，圆圈是悬崖的两边。{'；'.join(told)}。")
    return axes


def _tips(money: pd.Series, edges: Sequence[tuple[int, int]]) -> str:
    """Say where a curve tips, and between which sums."""
    first, last = money.index[0], money.index[-1]
    whole = f"{first}名{money[first] / WAN:.2f}万元，{last}名{money[last] / WAN:.2f}万元"
    tips = [
        f"从{low}名到{high}名，{money[low] / WAN:.2f}万元变成{money[high] / WAN:.2f}万元"
        for low, high in edges
    ]
    return "，".join([whole, *tips]) if tips else f"{whole}，没有悬崖"


def year_lines(
    lines: Mapping[str, ArrayLike], years: Sequence[int], what: str, since: int | None = None
) -> Axes:
    """Draw amounts over years, a line each; years that are forecast in grey.

    Parameters
    ----------
    lines : mapping of str to array_like
        For each line its name, and its value in each year; NaN where it has none.
    years : sequence of int
        One after the other.
    what : str
        What the values are, with the unit.
    since : int, optional
        The first year that is forecast.
    """
    use_style()
    figure, axes = plt.subplots()
    for (name, values), colour, line in zip(lines.items(), PALETTE, LINE_STYLES, strict=False):
        axes.plot(years, values, color=colour, linestyle=line, marker="o", markersize=4, label=name)
    if since is not None:
        axes.axvspan(since - 0.5, max(years) + 0.5, color="#eeeeee", zorder=0)
        axes.text(since - 0.5, 1.01, "预测", transform=axes.get_xaxis_transform(), va="bottom", fontsize=11)
    axes.set(xlabel="9月学生数的年份", ylabel=what, xlim=(min(years) - 0.5, max(years) + 0.5))
    axes.set_xticks(years, [str(year) for year in years])
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    told = "；".join(f"{name}{_by_year(years, values)}" for name, values in lines.items())
    after = f"{since}年起是预测。" if since is not None else ""
    describe(figure, f"折线图：{what}，{years[0]}年到{years[-1]}年。{after}{told}。")
    return axes


def _by_year(years: Sequence[int], values: ArrayLike) -> str:
    """Say a line's values; the years that it has not are left out."""
    return "，".join(f"{year}年{v:,.0f}" for year, v in zip(years, values, strict=True) if not np.isnan(v))


def explore_compensation(
    schools: pd.DataFrame, entitled: Callable[[float, int, int], pd.DataFrame], pot: float, title: str
) -> Explorer:
    """Let the reader move how much is kept, for how long and from which size on, while the pot stays: who gains, who pays.

    Parameters
    ----------
    schools : DataFrame
        A row a school: ``pupils``, and ``group``, by whose values, of at most eight letters, schools are shown in the order in which they appear.
    entitled : callable
        For the share kept, the years and the number of pupils to which small schools are raised: what each school is entitled to, in 元, in the columns
        ``entitlement`` and, of it, ``compensation``.
    pot : float
        What is shared, in 元.
    title : str
        Of the explorer.

    Returns
    -------
    Explorer
        Put it at the end of a cell.
    """
    states = {state: entitled(*state) for state in product(SHARES, YEARS, FLOORS)}
    cost = {
        state: found["compensation"].sum() / found["entitlement"].sum() for state, found in states.items()
    }
    money = {
        state: found["entitlement"].reindex(schools.index) * (pot / found["entitlement"].sum())
        for state, found in states.items()
    }
    before, top_cost = by_group(schools, money[NOW]), max(*cost.values(), 0.01)
    top = 1.1 * max(by_group(schools, one)["per_pupil"].max() for one in money.values())

    def answer(share: float, years: int, least: int) -> Answer:
        state = (share, years, least)
        change = Change(before, by_group(schools, money[state]), counted(money[state] / money[NOW]))
        return _answer(state, change, cost[state], (top, top_cost))

    controls: dict[str, Control] = {
        "share": slider("流失学生的钱，第一年保留几成", SHARES, "", NOW[0]),
        "years": slider("几年退完", YEARS, "年", NOW[1]),
        "least": slider("不足多少人的学校补到这么多", FLOORS, "人", NOW[2]),
    }
    return explore(answer, controls, title)


def _answer(state: tuple[float, int, int], change: Change, cost: float, tops: tuple[float, float]) -> Answer:
    """Answer for one position."""
    share, years, least = state
    used = Bars("补偿占应得的百分之几", ["补偿"], [100 * cost], [f"{100 * cost:.1f}%"], top=100 * tops[1])
    kept = f"流失学生的钱第一年保留{share:.0%}，{years}年退完" if share else "流失学生的钱一分不留"
    sentence = f"{kept}；不足{least}人的补到{least}人。{change.in_words()}补偿占应得的{100 * cost:.1f}%。"
    return Answer([*change.panels("不补偿", "平均", tops[0]), used], HEADS, change.rows(), sentence)
