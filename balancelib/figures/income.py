"""Figures of outcomes by family income: curves, indices with what is not known, their parts, and an explorer of the line."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.curves import cumulative_shares
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import (
    BLACK,
    BLUE,
    GREY,
    LINE_STYLES,
    PALETTE,
    RED,
    SKY,
    YELLOW,
    describe,
    signed,
    use_style,
)
from balancelib.measures import ConcentrationParts

EVEN = 20  # percent that a fifth has if all have alike


def income_curves(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], by: str = "家庭收入") -> Axes:
    """Draw which share of each outcome falls to the poorest pupils: above the diagonal, more than their own share.

    Parameters
    ----------
    curves : mapping of str to (array_like, array_like)
        By the outcome's name: to whom it happened (or how much), and what the rank goes by.
    by : str
        What the rank goes by.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 4.6))
    axes.plot([0, 100], [0, 100], color=GREY, linestyle="-", linewidth=1.2, label="人人一样")
    said = []
    for k, (name, (amount, rank)) in enumerate(curves.items()):
        across, up = cumulative_shares(np.ones(len(rank)), rank), cumulative_shares(amount, rank)
        style = {"color": PALETTE[k % len(PALETTE)], "linestyle": LINE_STYLES[k % len(LINE_STYLES)]}
        axes.plot(across, up, linewidth=2.4, label=name, **style)
        half, fifth = (float(np.interp(at, across, up)) for at in (50, 20))
        said.append(f"{name}，最穷的20%学生占{fifth:.1f}%，前一半占{half:.1f}%")
    axes.set(xlim=(0, 100), ylim=(0, 100), xlabel=f"学生的累计份额，{by}低的在前（%）")
    axes.set_ylabel("结果的累计份额（%）")
    axes.legend(loc="lower right", fontsize=11)
    describe(figure, f"集中曲线，按{by}从低到高累计：{'；'.join(said)}。在对角线上面，就是集中在穷的一头。")
    return axes


def index_rows(table: pd.DataFrame, names: Mapping[str, str]) -> Axes:
    """Draw Erreygers' index of each outcome: by chance (thick), and wherever those of unknown income stand (thin).

    Parameters
    ----------
    table : DataFrame
        As of `balancelib.groups.index_table`.
    names : mapping of str to str
        Outcomes to draw, with their names.
    """
    rows = table.loc[list(names)]
    axes = row_axes(list(names.values()))[0]
    places = np.arange(len(rows))
    axes.hlines(
        places,
        rows["least"],
        rows["greatest"],
        color=RED,
        linestyle="-",
        linewidth=1.6,
        label="收入不详的站哪里都行",
    )
    for end in ("least", "greatest"):
        axes.scatter(rows[end], places, marker="|", color=RED, s=160)
    axes.hlines(
        places, rows["low"], rows["high"], color=BLUE, linestyle="-", linewidth=5, label="抽样的95%区间"
    )
    axes.scatter(rows["erreygers"], places, color=YELLOW, edgecolors=BLACK, s=60, zorder=3)
    axes.axvline(0, color=BLACK, linestyle="--", linewidth=1.2)
    axes.set_xlabel("Erreygers指数（0左边：集中在穷的一头）")
    write_at_right(axes, "指数", [signed(value, 3) for value in rows["erreygers"]])
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    said = "；".join(
        f"{names[key]}{signed(r['erreygers'], 3)}，抽样区间{signed(r['low'], 3)}到{signed(r['high'], 3)}，"
        f"收入不详的{r['unknown']:.0f}人不论站在哪里，都在{signed(r['least'], 3)}到{signed(r['greatest'], 3)}之间"
        for key, r in rows.iterrows()
    )
    describe(axes.figure, f"点和区间图，Erreygers指数：{said}。")
    return axes


def index_part_bars(found: ConcentrationParts, what: str) -> Axes:
    """Draw what each factor adds to a concentration index, the rest, and the whole, with intervals.

    Parameters
    ----------
    found : ConcentrationParts
        As of `balancelib.groups.index_parts`.
    what : str
        Name of the outcome.
    """
    rows = {
        "指数": found.index,
        **{name: part.contribution for name, part in found.parts.items()},
        "其余": found.rest,
    }
    axes = row_axes(list(rows))[0]
    values, low, high = (
        np.array([getattr(e, end) for e in rows.values()]) for end in ("value", "low", "high")
    )
    places = np.arange(len(rows))
    colours = [BLACK, *[SKY] * len(found.parts), YELLOW]
    axes.barh(places, values, height=0.55, color=colours, edgecolor=BLACK, linewidth=0.6)
    axes.hlines(places, low, high, color=GREY, linestyle="-", linewidth=2.5)
    axes.axvline(0, color=BLACK, linewidth=1.2)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(f"占{what}的Erreygers指数多少（灰线是95%区间）")
    write_at_right(axes, "多少", [signed(value, 3) for value in values])
    said = "；".join(f"{name}{signed(value, 3)}" for name, value in zip(rows, values, strict=True))
    describe(axes.figure, f"条形图，{what}的集中指数和它的组成：{said}。")
    return axes


def reach_bars(shares: pd.DataFrame, what: str) -> np.ndarray:
    """Draw which share of a subsidy's places each fifth of families has: if every pupil of a school is as likely, and if its poorest come first.

    Parameters
    ----------
    shares : DataFrame
        As of `balancelib.groups.subsidy_reach`.
    what : str
        The subsidy.
    """
    names = list(shares.index)
    axes = row_axes(names, width_ratios=(1, 1))
    for panel, (column, label) in zip(
        axes, {"evenly": "校内人人机会一样", "poorest": "校内最穷的先得"}.items(), strict=True
    ):
        values = 100 * shares[column].to_numpy()
        panel.barh(range(len(values)), values, color=BLUE, height=0.6)
        for row, value in enumerate(values):  # beyond the dashed line, which would strike the number through
            at = value if value >= EVEN or value < EVEN / 2 else EVEN
            panel.annotate(f"{value:.0f}", (at, row), (4, 0), textcoords="offset points", va="center")
        panel.axvline(EVEN, color=BLACK, linestyle="--", linewidth=1.2)
        panel.set(xlim=(0, 118), xlabel=f"占名额（%）\n{label}")
    said = "；".join(
        f"{name}，机会一样时占{100 * r['evenly']:.0f}%，最穷的先得时占{100 * r['poorest']:.0f}%"
        for name, r in shares.iterrows()
    )
    describe(axes[0].figure, f"条形图，{what}的名额到了谁家：{said}。虚线是20%。")
    return axes


def explore_line(
    indices: Callable[[float], pd.Series], lines: tuple[int, ...], start: int, unit: str = "分"
) -> Explorer:
    """Explore how the three indices move as the line is drawn elsewhere, counted by those below and by those above.

    Parameters
    ----------
    indices
        Called with a line; returns a row as of `balancelib.groups.index_table`.
    lines : tuple of int
        Lines to choose from.
    start : int
        The line at the beginning.
    unit : str
        Of the line.
    """
    rows = {line: indices(line) for line in lines}
    kinds = {
        "standard": "普通，数没过线的",
        "lacking": "普通，数过了线的",
        "erreygers": "埃雷格斯",
        "wagstaff": "瓦格斯塔夫",
    }
    top = 1.1 * max(abs(row[kind]) for row in rows.values() for kind in kinds)

    def answer(line: int) -> Answer:
        row = rows[line]
        sizes = [abs(float(row[kind])) for kind in kinds]
        texts = [signed(float(row[kind]), 3) for kind in kinds]
        labels = ["数没过线的", "数过了线的", "埃雷格斯", "瓦格斯塔夫"]
        marks = [float(row[kind]) < 0 for kind in kinds]
        panel = Bars(
            "集中指数的大小（无单位；红的偏向穷，蓝的偏向富）", labels, sizes, texts, top, marked=marks
        )
        sentence = (
            f"线划在{line}{unit}：{100 * row['share']:.1f}%没过线。普通的指数，数没过线的{texts[0]}，数过了线的{texts[1]}；"
            f"埃雷格斯{texts[2]}，瓦格斯塔夫{texts[3]}。"
        )
        table = [[label, text] for label, text in zip(kinds.values(), texts, strict=True)]
        return Answer([panel], ["哪一种", "指数"], table, sentence)

    return explore(answer, {"line": slider("线划在", lines, unit, start=start)}, "线划在哪里，集中指数变多少")
