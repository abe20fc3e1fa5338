"""Figures of schools in need: a funnel of the pupils who reach a level, and changes with what comes back by itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, SKY, YELLOW, describe, signed, use_style

PLACES = {
    "within": ("界限里面", {"facecolors": "none", "edgecolors": BLUE, "marker": "o", "s": 30}),
    "below": ("低于界限", {"color": RED, "marker": "X", "s": 54}),
    "above": ("高于界限", {"color": YELLOW, "edgecolors": BLACK, "marker": "^", "s": 50}),
}
SEEN = (
    ("看到的变化，分不出是不是运气", {"facecolors": "white", "marker": "o"}),
    ("看到的变化，超出运气", {"facecolors": RED, "marker": "D"}),
)


def share_funnel(
    schools: pd.DataFrame,
    limits: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    rate: float,
    what: str,
) -> Axes:
    """Draw schools' shares by how many pupils took part, with the limits of chance, which widen as schools get smaller.

    Parameters
    ----------
    schools : DataFrame
        By school: ``pupils``; ``share``, 0 to 1; ``place``, of `PLACES`.
    limits : callable
        Called with numbers of pupils; returns the lower and upper limits.
    rate : float
        The county's share.
    what : str
        Of what they are shares.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    pupils = np.arange(schools["pupils"].min(), schools["pupils"].max() + 1)
    edges = np.r_[pupils, pupils[-1] + 1] - 0.5
    for heights, label in zip(limits(pupils), ("99.8%界限", None), strict=True):
        axes.stairs(
            100 * heights, edges, baseline=None, color=GREY, linestyle="--", linewidth=1.2, label=label
        )
    axes.axhline(100 * rate, color=SKY, linestyle="-", label=f"全县{rate:.0%}")
    for place, (name, look) in PLACES.items():
        here = schools[schools["place"] == place]
        if len(here):
            label = f"{name}（{len(here)}所）"
            axes.scatter(here["pupils"], 100 * here["share"], label=label, zorder=3, alpha=0.8, **look)
    axes.set(xlabel="有等级的学生（人）", ylabel=f"{what}（%）", ylim=(-3, 103))
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    ends = "；".join(
        f"{n}人的学校从{100 * low:.0f}%到{100 * high:.0f}%"
        for n, low, high in zip(pupils[[0, -1]], *limits(pupils[[0, -1]]), strict=True)
    )
    counts = "，".join(f"{name}{(schools['place'] == place).sum()}所" for place, (name, _) in PLACES.items())
    text = f"漏斗图：{len(schools)}所学校，横轴人数，纵轴{what}，全县{rate:.0%}。界限：{ends}。{counts}。"
    describe(figure, text)
    return axes


def change_rows(changes: pd.DataFrame, names: Sequence[str] | Mapping[str, str]) -> Axes:
    """Draw how far schools rose, what of it would come back by itself, and the interval of the change.

    Parameters
    ----------
    changes : DataFrame
        By school, in the order to draw: ``change``; ``by_itself``; ``low, high``: of what is beyond it.
    names : sequence of str or mapping of str to str
        Of the schools: in the same order, or by school.

    Returns
    -------
    Axes
    """
    shown = [names[school] for school in changes.index] if isinstance(names, Mapping) else list(names)
    axes = row_axes(shown)[0]
    rows = np.arange(len(changes))
    look = {"height": 0.6, "color": "#dddddd", "edgecolor": GREY}
    axes.barh(rows, changes["by_itself"], label="什么也不做也会变的", **look)
    low, high = (changes["by_itself"] + changes[end] for end in ("low", "high"))
    axes.hlines(rows, low, high, color=BLUE, linewidth=1.6)
    sure = ((changes["low"] > 0) | (changes["high"] < 0)).to_numpy()
    for chosen, (label, look) in zip((~sure, sure), SEEN, strict=True):
        if chosen.any():
            own = changes["change"][chosen]
            axes.scatter(own, rows[chosen], edgecolors=BLUE, s=52, zorder=3, label=label, **look)
    axes.axvline(0, color=BLACK, linewidth=1, linestyle="-")
    write_at_right(axes, "变化", [signed(value) for value in changes["change"]])
    axes.set_xlabel("后来比先前（分），横线是95%区间")
    axes.figure.legend(loc="outside lower center", fontsize=11)
    told = "；".join(map(_change_in_words, shown, changes.itertuples()))
    describe(axes.figure, f"条形和区间图，{len(changes)}所学校的变化：{told}。")
    return axes


def _change_in_words(name: str, row: Any) -> str:
    return (
        f"{name}{signed(row.change)}分，其中{signed(row.by_itself)}分什么也不做也会变，"
        f"超出的{signed(row.change - row.by_itself)}分，区间{signed(row.low)}到{signed(row.high)}"
    )


PUPILS, YEARS, RISES = (10, 20, 40, 80), (1, 2, 3, 5), (0, 10, 20, 30, 40, 60)


def explore_rise(power: Callable[[int, int, int], Any]) -> Explorer:
    """Explore how well a school that truly rose can be told from one that was lucky, by pupils tested, years and rise.

    Parameters
    ----------
    power : callable
        Called with the true rise in points, the pupils tested each year and the later years; returns ``chance`` (0 to 1), ``least`` (points) and ``returns`` (0 to 1).
    """
    top = max(power(0, pupils, years).least for pupils in PUPILS for years in YEARS)

    def answer(rise: int, pupils: int, years: int) -> Answer:
        return _seen(power, (rise, pupils, years), top)

    controls = {
        "rise": slider("真的升了", RISES, "分", start=30),
        "pupils": slider("每年测几人", PUPILS, "人", start=20),
        "years": slider("后来看几年", YEARS, "年", start=2),
    }
    return explore(answer, controls, "真的升了，看得出吗")


def _seen(power: Callable[[int, int, int], Any], state: tuple[int, int, int], top: float) -> Answer:
    rise, pupils, years = state
    chances = [100 * power(rise, pupils, each).chance for each in YEARS]
    least = [power(rise, each, years).least for each in PUPILS]
    now = power(*state)
    panels = [
        Bars(f"升{rise}分、每年{pupils}人，100次里看得出几次", [f"后来看{each}年" for each in YEARS], chances, [f"{chance:.0f}次" for chance in chances], top=100, marked=[each == years for each in YEARS]),
        Bars(f"后来看{years}年，要升几分才多半看得出", [f"每年测{each}人" for each in PUPILS], least, [f"{points:.0f}分" for points in least], top=top, marked=[each == pupils for each in PUPILS]),
    ]  # fmt: skip
    rows = [
        ["看得出的机会", f"{now.chance:.0%}"],
        ["八成把握看得出，要升", f"{now.least:.0f}分"],
        ["第一年低的一截，自己会回来", f"{now.returns:.0%}"],
    ]
    what = "其实没有升，碰巧看成变了的" if rise == 0 else "看得出的"
    sentence = f"每年测{pupils}人，后来看{years}年，真的升了{rise}分：{what}机会是{now.chance:.0%}；要有八成把握，得真的升{now.least:.0f}分。第一年低的一截里，{now.returns:.0%}什么也不做也会回来。"
    return Answer(panels, ["看什么", "是多少"], rows, sentence)
