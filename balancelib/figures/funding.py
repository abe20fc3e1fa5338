"""Figures of money: by size, a year's changes in their corridor, before and after, outliers."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.figures.style import BLACK, BLUE, GREY, PALETTE, RED, SKY, describe, use_style
from balancelib.measures import quantile

NAME_GAP = 0.17  # between two names, in powers of ten
KINDS = {  # of a year's changes, by where in the corridor they ended
    "": ("上下限之内", {"marker": "o", "facecolors": "none", "edgecolors": BLUE, "s": 20}),
    "floor": ("停在下限", {"marker": "v", "facecolors": RED, "edgecolors": "white", "linewidths": 0.4, "s": 34}),
    "ceiling": ("停在上限", {"marker": "^", "facecolors": SKY, "edgecolors": BLUE, "linewidths": 0.6, "s": 34}),
}  # fmt: skip


def money_by_size(pupils: ArrayLike, money: ArrayLike, groups: Sequence[str]) -> Axes:
    """Draw money per pupil by the size of schools, a dot a school.

    Parameters
    ----------
    pupils, money : array_like, shape (n,)
        Of each school; 元.
    groups : sequence of str
        What kind of school each is, at most five kinds.
    """
    use_style()
    frame = pd.DataFrame(
        {"pupils": pupils, "per_pupil": np.asarray(money) / np.asarray(pupils), "group": list(groups)}
    )
    figure, axes = plt.subplots()
    for marker, colour, (name, part) in zip(
        "o^sDX", PALETTE, frame.groupby("group", sort=False), strict=False
    ):
        axes.scatter(
            part["pupils"],
            part["per_pupil"],
            marker=marker,
            facecolors="none",
            edgecolors=colour,
            s=26,
            label=f"{name}（{len(part)}所）",
        )
    axes.set(xscale="log", yscale="log", xlabel="学生数（名，对数刻度）", ylabel="生均经费（元，对数刻度）")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
        axis.set_minor_formatter("")
    axes.set_xticks([20, 50, 100, 200, 500, 1000, 2000])
    axes.set_yticks([t for t in (500, 1000, 2000, 4000, 8000) if t < 1.3 * frame["per_pupil"].max()])
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{name}{len(part)}所，{part['per_pupil'].min():,.0f}到{part['per_pupil'].max():,.0f}元"
        for name, part in frame.groupby("group", sort=False)
    )
    describe(figure, f"散点图：横轴是学生数，纵轴是生均经费（元）。{listed}。")
    return axes


def corridor_dots(
    previous: ArrayLike,
    formula: ArrayLike,
    money: ArrayLike,
    limited: Sequence[str],
    floor: float,
    ceiling: float,
) -> Axes:
    """Draw by how much each school's money changes, by how far the formula would move it.

    Parameters
    ----------
    previous, formula, money : array_like, shape (n,)
        Of each school: last year's money, this year's by the formula alone, and this year's; 元.
    limited : sequence of str
        ``"floor"``, ``"ceiling"`` or ``""`` for each.
    floor, ceiling : float
        The corridor, as shares of last year's.
    """
    use_style()
    previous = np.asarray(previous, dtype=float)
    wanted, got = (100 * (np.asarray(one) / previous - 1) for one in (formula, money))
    kinds = np.asarray(limited)
    figure, axes = plt.subplots()
    for kind, (label, dot) in KINDS.items():
        here = kinds == kind
        if here.any():
            axes.scatter(wanted[here], got[here], label=f"{label}（{here.sum()}所）", **dot, zorder=3)
    for end in (floor, ceiling):
        axes.axhline(100 * end, color=GREY, linestyle="--", linewidth=1.2)
    axes.axline((0, 0), slope=1, color=BLACK, linewidth=1, linestyle=":", label="一步到位")
    axes.set(xlabel="一步到位，要变多少（%）", ylabel="今年实际变多少（%）")
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    counts = "，".join(f"{label}{(kinds == kind).sum()}所" for kind, (label, _) in KINDS.items())
    told = f"一步到位要变{wanted.min():+.1f}%到{wanted.max():+.1f}%，今年实际变{got.min():+.1f}%到{got.max():+.1f}%"
    describe(figure, f"散点图：每个点是一所学校。{told.replace('-', '−')}；{counts}。")
    return axes


def before_after(
    names: Sequence[str], before: ArrayLike, after: ArrayLike, what: str, form: str = "{:.0f}"
) -> Axes:
    """Draw one value of each place before and after, joined by an arrow.

    Parameters
    ----------
    names : sequence of str
        Of the places, shown from top to bottom.
    before, after : array_like, shape (n,)
        Their values.
    what : str
        What they are, with the unit.
    form : str
        How a number is written.
    """
    use_style()
    before, after = (np.asarray(one, dtype=float) for one in (before, after))
    rows = np.arange(len(before))
    figure, axes = plt.subplots(figsize=(5.4, 0.42 * len(rows) + 1.5))
    axes.hlines(rows, before, after, color=GREY, linewidth=1.5, zorder=2)
    axes.scatter(before, rows, facecolors="white", edgecolors=BLUE, s=40, zorder=3, label="之前")
    axes.scatter(after, rows, color=BLUE, s=40, zorder=3, label="之后")
    axes.set_yticks(rows, names)
    axes.set(xlabel=what, ylim=(len(rows) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{name}从{form.format(a)}到{form.format(b)}" for name, a, b in zip(names, before, after, strict=True)
    )
    describe(figure, f"前后对照图：{what}。{listed}。")
    return axes


def quantile_lines(samples: Mapping[str, tuple[ArrayLike, ArrayLike]], what: str) -> Axes:
    """Draw what stands behind each percentile of pupils, a line a year.

    Parameters
    ----------
    samples : mapping
        For each line its name, and its values and weights.
    what : str
        What the values are, with the unit.
    """
    use_style()
    shares = np.arange(1, 100) / 100
    figure, axes = plt.subplots()
    told = []
    for name, (values, weights) in samples.items():
        at = quantile(values, shares, weights=weights)
        axes.plot(100 * shares, at, label=name)
        low, middle, high = (at[round(100 * share) - 1] for share in (0.05, 0.5, 0.95))
        told.append(f"{name}第5、50、95百分位是{low:,.0f}、{middle:,.0f}、{high:,.0f}")
    axes.set(xlabel="学生从少到多排（百分位）", ylabel=what)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="upper left")
    describe(figure, f"分位线图：{what}，学生按所在地区从少到多排。{'；'.join(told)}。")
    return axes


def distance_dots(distances: ArrayLike, limit: float, names: Sequence[str]) -> Axes:
    """Draw distances from the others in order, those beyond the limit with their names.

    Parameters
    ----------
    distances : array_like, shape (n,)
        Of each row.
    limit : float
        Beyond it a row stands out.
    names : sequence of str
        Of each row.
    """
    use_style()
    distances = np.asarray(distances, dtype=float)
    order = np.argsort(distances)
    sorted_, far = distances[order], distances[order] > limit
    rank = np.arange(1, len(order) + 1)
    figure, axes = plt.subplots()
    axes.scatter(rank[~far], sorted_[~far], facecolors="none", edgecolors=BLUE, s=14)
    axes.scatter(
        rank[far], sorted_[far], marker="X", color=RED, edgecolors="white", linewidths=0.4, s=42, zorder=3
    )
    axes.axhline(limit, color=BLACK, linestyle="--", linewidth=1.2)
    named = [(names[i], value) for i, value in zip(order[far], sorted_[far], strict=True)]
    height = 0.0
    for (name, value), x in zip(named, rank[far], strict=True):
        height = max(height + NAME_GAP, np.log10(value))  # names one above the other, never over each other
        axes.annotate(
            name, (x, value), xytext=(0.93 * len(order), 10**height), ha="right", va="center", fontsize=11,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.8, "shrinkB": 4},
        )  # fmt: skip
    axes.set(xlabel="从近到远（第几行）", ylabel="稳健距离（对数刻度）", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    ends = "；".join(f"{name}{value:.1f}" for name, value in named) or "没有"
    describe(
        figure, f"散点图：{len(order)}行从近到远，虚线是界限{limit:.1f}。界限以外有{len(named)}行：{ends}。"
    )
    return axes
