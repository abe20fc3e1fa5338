"""Figures of registers that disagree: how long each is, what the counts leave possible, and an explorer of what to compare first."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, SKY, YELLOW, describe

WRONG = tuple(range(0, 11, 2))  # percent of each register that may be wrong
MOST_PAIRS = 9


def register_ranges(
    sizes: Mapping[str, float], ranges: Mapping[str, tuple[float, float]], truth: float | None = None
) -> Axes:
    """Draw how many children each register has, and below what they leave possible together: a bar from the least to the greatest.

    Parameters
    ----------
    sizes : mapping of str to float
        Children in each register, by its name.
    ranges : mapping of str to (float, float)
        Least and greatest, by what they use.
    truth : float, optional
        The true number, where it is known.

    Returns
    -------
    Axes
    """
    names = [*sizes, *ranges]
    axes = row_axes(names)[0]
    rows = np.arange(len(names))
    axes.hlines(rows[: len(sizes)], 0, list(sizes.values()), color=GREY, linewidth=2)
    axes.scatter(list(sizes.values()), rows[: len(sizes)], color=BLUE, s=60, zorder=3, label="一本名册")
    lows, highs = np.array(list(ranges.values()), dtype=float).reshape(-1, 2).T
    axes.barh(
        rows[len(sizes) :], highs - lows, left=lows, height=0.5, color=SKY, edgecolor=BLUE, label="最少到最多"
    )
    if truth is not None:
        axes.axvline(truth, color=RED, linestyle="--", label=f"真实人数{truth:,.0f}")
    axes.set(xlim=(0, None), xlabel="儿童人数（人）")
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    texts = [f"{n:,.0f}" for n in sizes.values()] + [f"{a:,.0f}至{b:,.0f}" for a, b in ranges.values()]
    write_at_right(axes, "人", texts)
    listed = "；".join(f"{name}{text}人" for name, text in zip(names, texts, strict=True))
    known = "" if truth is None else f"；红虚线是真实人数{truth:,.0f}人"
    describe(axes.figure, f"点和横条图：{listed}{known}。")
    return axes


def township_ranges(table: pd.DataFrame, truth: Mapping[str, float] | None = None) -> Axes:
    """Draw the least and the greatest of each township: pale from the registers' sizes alone, dark with the pairs compared.

    Parameters
    ----------
    table : DataFrame
        By township, in the order to draw: ``alone_least, alone_greatest, least, greatest``, as of `balancelib.groups.register_bounds`.
    truth : mapping of str to float, optional
        The true numbers, where they are known; not drawn unless every township has one.

    Returns
    -------
    Axes
    """
    if truth is not None and not set(table.index) <= set(truth.keys()):
        truth = None  # of another county
    axes = row_axes(list(table.index))[0]
    rows = np.arange(len(table))
    for (low, high), colour, height, label in (
        (("alone_least", "alone_greatest"), SKY, 0.62, "只看各册人数"),
        (("least", "greatest"), BLUE, 0.3, "加上核对过的"),
    ):
        axes.barh(
            rows, table[high] - table[low], left=table[low], height=height, color=colour, edgecolor="white", label=label
        )  # fmt: skip
    if truth is not None:
        axes.scatter(
            [truth[place] for place in table.index], rows, marker="D", color=YELLOW, edgecolors=BLACK, s=44, zorder=3,
            label="真实人数",
        )  # fmt: skip
    axes.set(xlim=(0, None), xlabel="儿童人数（人）")
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    write_at_right(axes, "差", [f"{w:,.0f}" for w in table["greatest"] - table["least"]])
    listed = "；".join(
        f"{place}只看各册{row.alone_least:,.0f}至{row.alone_greatest:,.0f}，加上核对{row.least:,.0f}至{row.greatest:,.0f}"
        + (f"，真实{truth[place]:,.0f}" if truth is not None else "")
        for place, row in table.iterrows()
    )
    describe(axes.figure, f"横条图，每个乡镇最少到最多多少人：{listed}。")
    return axes


def overlap_grid(counts: pd.DataFrame, offices: Mapping[str, str]) -> np.ndarray:
    """Draw which registers are compared, and how much of the shorter of two is in the longer: dots joined, and a bar each (UpSet).

    Parameters
    ----------
    counts : DataFrame
        By ``first`` and ``second`` office: ``n_first, n_second, both``, as of `balancelib.groups.if_independent`.
    offices : mapping of str to str
        Names of the offices by their codes; those that no pair has are left out.

    Returns
    -------
    ndarray of Axes
        The dots, and the bars.
    """
    pairs = list(counts.index)
    used = [code for code in offices if any(code in pair for pair in pairs)]
    axes = row_axes([f"第{k}对" for k in range(1, len(pairs) + 1)], width_ratios=(0.42 * len(used), 1.6))
    share = 100 * counts["both"] / counts[["n_first", "n_second"]].min(axis=1)
    for row, pair in enumerate(pairs):
        at = [used.index(code) for code in pair]
        axes[0].scatter(range(len(used)), [row] * len(used), color="#dddddd", s=70)
        axes[0].plot(at, [row, row], color=BLUE, linewidth=3, linestyle="-", marker="o", markersize=9)
    short = [offices[code].partition("（")[0].replace("村", "村居") for code in used]
    axes[0].set_xticks(range(len(used)), short)
    axes[0].set_xlim(-0.6, len(used) - 0.4)
    axes[0].grid(visible=False)
    axes[1].barh(range(len(pairs)), share, color=BLUE, height=0.5)
    axes[1].set(xlim=(0, 100), xlabel="小的一册里\n也在大的一册里的（%）")
    write_at_right(axes[1], "都有", [f"{n:,.0f}人" for n in counts["both"]])
    listed = "；".join(
        f"{offices[a]}{row.n_first:,.0f}人和{offices[b]}{row.n_second:,.0f}人，都有{row.both:,.0f}人，占小的一册{s:.0f}%"
        for ((a, b), row), s in zip(counts.iterrows(), share, strict=True)
    )
    describe(axes[0].figure, f"点线和条形图，核对过的名册：{listed}。")
    return axes


def explore_registers(
    bounds: Callable[[int, float], tuple[float, float]],
    pairs: Sequence[str],
    sizes: Mapping[str, float],
    truth: float | None = None,
) -> Explorer:
    """Explore how far comparing pairs narrows the bounds, and how wrong entries widen them.

    Parameters
    ----------
    bounds
        Called with how many of the pairs are known and with the share of entries that may be wrong (of one); returns least and greatest.
    pairs
        Their names, in the order in which they come to be known.
    sizes
        Children in each register, by its name.
    truth
        The true number, where it is known.
    """
    known = range(min(len(pairs), MOST_PAIRS) + 1)
    states = {(k, w): bounds(k, w / 100) for k in known for w in WRONG}
    top = max(*(high for _, high in states.values()), *sizes.values())  # one scale, so that bars compare

    def answer(compared: int, wrong: int) -> Answer:
        low, high = states[compared, wrong]
        line = {} if truth is None else {"line": truth, "line_text": f"真实{truth:,.0f}"}
        panels = [
            Bars("全部名册合起来（人）", ["最少", "最多"], [low, high], [f"{low:,.0f}", f"{high:,.0f}"], top, **line),
            Bars("最多比最少多（人）", ["差"], [high - low], [f"{high - low:,.0f}"], top),
            Bars("各本名册（人）", list(sizes), list(sizes.values()), [f"{n:,.0f}" for n in sizes.values()], top),
        ]  # fmt: skip
        rows = [[name, "核对过" if k < compared else "没有核对"] for k, name in enumerate(pairs)]
        where = "" if truth is None else "，真实人数在里面" if low <= truth <= high else "，真实人数不在里面"
        sentence = f"核对了{compared}对，每本名册最多有{wrong}%是错的：最少{low:,.0f}人，最多{high:,.0f}人，差{high - low:,.0f}人{where}。"
        return Answer(panels, ["哪两本", "核对"], rows, sentence)

    controls = {
        "compared": slider("核对了几对", known, "对", start=known[-1]),
        "wrong": slider("每册最多错", WRONG, "%", start=0),
    }
    return explore(answer, controls, "核对几对名册、名册错多少，上下界怎样变")
