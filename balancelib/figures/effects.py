"""Figures of what a programme did: two groups over years, scores that come back by themselves, estimates beside each other, and an explorer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import (
    BLACK,
    BLUE,
    GREY,
    LINE_STYLES,
    PALETTE,
    RED,
    YELLOW,
    describe,
    number,
    signed,
    use_style,
)

if TYPE_CHECKING:
    from balancelib.measures import Estimate

SHARES = (10, 20, 30, 40, 50, 60, 70, 80, 90)  # percent
RELIABILITIES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
EFFECTS = (0, 1, 2, 3, 4, 5)  # points
WAYS = {
    "own_gain": "只看成员",
    "same_score": "差分：选人那次",
    "other_score": "差分：另一次",
    "adjusted": "按选人那次校正",
}


def group_lines(means: pd.DataFrame, names: Mapping[str, str], since: float, what: str) -> Axes:
    """Draw the mean scores of groups over years, a line a group, and when the programme began.

    Parameters
    ----------
    means : DataFrame
        Index years, a column a group.
    names : mapping of str to str
        Of the columns to draw, in order.
    since : float
        Where on the years the programme began.
    what : str
        What the scores are, with their unit.
    """
    use_style()
    figure, axes = plt.subplots()
    years = list(means.index)
    for (column, name), colour, line in zip(names.items(), PALETTE, LINE_STYLES, strict=False):
        axes.plot(years, means[column], color=colour, linestyle=line, marker="o", label=name)
    axes.axvline(since, color=GREY, linestyle=":", linewidth=1.5)
    axes.text(since, 1.01, "开始参加", transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set(xlabel="年份", ylabel=what)
    axes.set_xticks(years, [str(year) for year in years])
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    told = "；".join(
        f"{name}{'，'.join(f'{year}年{number(value, 1)}' for year, value in means[column].items())}"
        for column, name in names.items()
    )
    describe(figure, f"折线图：{what}，按年。虚线是开始参加的时候。{told}。")
    return axes


def scores_again(first: ArrayLike, second: ArrayLike, share: float, labels: tuple[str, str]) -> Axes:
    """Draw the scores of two years against each other, the line on which nothing changes, and what is mostly found; the lowest are marked.

    Parameters
    ----------
    first, second : array_like, shape (teachers,)
        Without gaps.
    share : float
        Which part, of the lowest first scores, is marked.
    labels : (str, str)
        Of both scores, with their unit.
    """
    use_style()
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    order = np.argsort(x, kind="stable")
    low, rest = np.split(order, [round(share * x.size)])
    slope = np.cov(x, y)[0, 1] / x.var(ddof=1)
    ends = np.array([min(x.min(), y.min()), max(x.max(), y.max())])
    figure, axes = plt.subplots(figsize=(5.4, 4.6))
    axes.scatter(x[rest], y[rest], s=16, facecolors="none", edgecolors=BLUE, label="其余教师")
    axes.scatter(x[low], y[low], s=30, marker="s", color=RED, label=f"第一次最低的{share:.0%}")
    axes.plot(ends, ends, color=GREY, linestyle=":", label="两次一样")
    axes.plot(
        ends, y.mean() + slope * (ends - x.mean()), color=BLACK, linestyle="--", label="平均来说的第二次"
    )
    axes.set(xlabel=labels[0], ylabel=labels[1])
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    up = (y[low] > x[low]).mean()
    text = (
        f"散点图，{x.size}个点，横轴{labels[0]}，纵轴{labels[1]}。第一次最低的{low.size}人，平均从{x[low].mean():.1f}到{y[low].mean():.1f}，"
        f"其中{up:.0%}升高；全体平均从{x.mean():.1f}到{y.mean():.1f}。平均来说，第一次每低1分，第二次只低{slope:.2f}分。"
    )
    describe(figure, text)
    return axes


def effect_rows(
    estimates: Mapping[str, "Estimate"],
    what: str,
    truth: float | None = None,
    unit: str = "分",
    decimals: int = 1,
) -> Axes:
    """Draw what several ways of counting find, with their intervals, a row each; a line at 0, and at the truth where it is known.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        By the way's name.
    what : str
        What is estimated, with its unit.
    truth : float, optional
        Known of synthetic data only.
    unit : str
        Written behind each number in words.
    decimals : int
        Of the truth.
    """
    axes = row_axes(list(estimates))[0]
    for row, found in enumerate(estimates.values()):
        axes.plot([found.low, found.high], [row, row], color=BLUE, linestyle="-", marker="|", markersize=14)
        axes.scatter(found.value, row, color=YELLOW, edgecolors=BLACK, s=70, zorder=3)
    axes.axvline(0, color=BLACK, linewidth=1, linestyle="-")
    told = "；".join(
        f"{name}{signed(found.value)}{unit}，区间{signed(found.low)}到{signed(found.high)}"
        for name, found in estimates.items()
    )
    if truth is not None:
        known = f"真实的作用{signed(truth, decimals)}"
        axes.axvline(truth, color=RED, linestyle="--", label=f"{known}（只有合成的数据才知道）")
        axes.figure.legend(loc="outside lower center", fontsize=11)
        told += f"；虚线是{known}{unit}"
    write_at_right(axes, "估计", [signed(found.value) for found in estimates.values()])
    axes.set_xlabel(what)
    describe(axes.figure, f"点和区间图，{what}：{told}。")
    return axes


def explore_selection(gains: Callable[[float, float, float], Mapping[str, float]], points: str) -> Explorer:
    """Explore how much a programme seems to do when the lowest are chosen for it: by how strictly, by how reliable scores are, by what it does.

    Parameters
    ----------
    gains : callable
        Called with the share chosen, the reliability and the true effect in points; returns what each of `WAYS` finds.
    points : str
        What is said of the scores: their standard deviation and what everybody gains.
    """
    states = {
        (share, reliability, effect): gains(share / 100, reliability, effect)
        for share in SHARES
        for reliability in RELIABILITIES
        for effect in EFFECTS
    }
    top = 1.05 * max(max(found.values()) for found in map(dict, states.values()))

    def answer(share: int, reliability: float, effect: int) -> Answer:
        return _answer(dict(states[share, reliability, effect]), (share, reliability, effect), top, points)

    controls = {
        "share": slider("选分数最低的", SHARES, "%", start=20),
        "reliability": slider("评价的信度", RELIABILITIES, start=0.6),
        "effect": slider("工作室真实的作用", EFFECTS, "分", start=0),
    }
    return explore(answer, controls, "选人越严、评价越不准，看上去的作用越大")


def _answer(found: Mapping[str, float], state: tuple[int, float, int], top: float, points: str) -> Answer:
    share, reliability, effect = state
    values = [found[way] for way in WAYS]
    wrong = [abs(value - effect) > 0.05 for value in values]
    panel = Bars(
        "每种量法说的作用（分）", list(WAYS.values()), values, [f"{value:.1f}" for value in values],
        top=top, line=effect, line_text=f"真实{effect}分", marked=wrong,
    )  # fmt: skip
    rows = [
        [
            name,
            f"{value:.1f}",
            f"{'多' if value > effect else '少'}说{abs(value - effect):.1f}" if off else "准",
        ]
        for name, value, off in zip(WAYS.values(), values, wrong, strict=True)
    ]
    sentence = (
        f"选最低的{share}%，信度{reliability:g}，真实的作用{effect}分：只看成员，像是{'提高' if values[0] >= 0 else '降低'}了{abs(values[0]):.1f}分；"
        f"和别人比、从选人那次算起，{values[1]:.1f}分；从另一次算起或者按分数校正，{values[2]:.1f}分。{points}"
    )
    return Answer([panel], ["量法", "说的作用（分）", "对不对"], rows, sentence)


def tie_bars(counts: pd.DataFrame, ties: Mapping[str, str], what: str) -> Axes:
    """Draw for each row how many schools are tied to it in which way, side by side in one bar.

    Parameters
    ----------
    counts : DataFrame
        Index the rows' names, a column a way.
    ties : mapping of str to str
        Of the ways, the names to show, in order.
    what : str
        Label of the counts, with their unit.
    """
    axes = row_axes(list(counts.index))[0]
    styles: Sequence[dict[str, str]] = (
        {"color": BLUE}, {"color": YELLOW, "hatch": "//"}, {"color": "#6699cc", "hatch": ".."}, {"color": "#dddddd"},
    )  # fmt: skip
    left = np.zeros(len(counts))
    for (column, name), style in zip(ties.items(), styles, strict=False):
        width = counts[column].to_numpy(dtype=float)
        axes.barh(range(len(counts)), width, left=left, edgecolor="white", label=name, **style)
        left += width
    axes.set_xlabel(what)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    told = "；".join(
        f"{row}，{'、'.join(f'{name}{counts.at[row, column]:.0f}' for column, name in ties.items())}"
        for row in counts.index
    )
    describe(axes.figure, f"条形图，{what}：{told}。")
    return axes
