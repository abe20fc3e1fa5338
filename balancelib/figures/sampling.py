"""Figures of sampling designs: estimates of draw after draw, and an explorer of how many schools to draw."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, SKY, YELLOW, describe

SCHOOLS = (6, 9, 12, 15, 18, 24, 30, 36)
MARGINS = (2, 3, 4, 5, 8)  # percentage points
WIDEST = 20  # percentage points, the end of the bars


def design_rows(draws: pd.DataFrame, truth: float, names: Mapping[str, str]) -> Axes:
    """Draw for each design the estimates of draw after draw, and the interval of the first one.

    Parameters
    ----------
    draws : DataFrame
        As of `balancelib.progress.repeat_draws`: ``design, value, low, high``, shares from 0 to 1; the first of each design is the one drawn.
    truth : float
        What all schools would give.
    names : mapping of str to str
        Of the designs, to show.
    """
    axes = row_axes([names[design] for design in draws["design"].unique()])[0]
    halves, said = [], []
    for row, (design, these) in enumerate(draws.groupby("design", sort=False)):
        _draw_row(axes, row, these)
        halves.append(100 * (these["high"] - these["low"]).median() / 2)
        said.append(f"{names[design]}，{_in_words(these, truth, halves[-1])}")
    axes.axvline(100 * truth, color=BLACK, linestyle="--", linewidth=1.2, label=f"全部学校{100 * truth:.1f}%")
    axes.set_xlabel("体质健康优良率（%）")
    write_at_right(axes, "误差中位数", [f"±{half:.1f}" for half in halves])
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    describe(axes.figure, f"点和区间图，虚线是全部学校的{100 * truth:.1f}%：{'；'.join(said)}。")
    return axes


def _draw_row(axes: Axes, row: int, these: pd.DataFrame) -> None:
    """Draw the estimates of one design, none on top of another, and the first with its interval."""
    values, ends = 100 * these["value"], 100 * these.iloc[0][["low", "high"]]
    beside = row + 0.3 * np.linspace(-1, 1, len(these))[np.argsort(np.argsort(these["value"] * 1e6 % 1))]
    labels = ("", "") if row else ("每抽一次的估计", "这一次和它的区间")  # once in the legend
    axes.scatter(values, beside, color=SKY, s=12, zorder=2, label=labels[0])
    axes.plot(ends, [row, row], color=BLUE, linestyle="-", marker="|", markersize=14)
    axes.scatter(values.iloc[0], row, color=YELLOW, edgecolors=BLACK, s=70, zorder=3, label=labels[1])


def _in_words(these: pd.DataFrame, truth: float, half: float) -> str:
    first = 100 * these.iloc[0][["value", "low", "high"]]
    covers = ((these["low"] <= truth) & (truth <= these["high"])).sum()
    return (
        f"这一次{first['value']:.1f}%，区间{first['low']:.1f}%到{first['high']:.1f}%，"
        f"{len(these)}次里误差的中位数±{half:.1f}个百分点，{covers}次罩住了真实的数"
    )


def explore_designs(
    planned: pd.DataFrame,
    needed: Callable[[pd.DataFrame, float], Mapping[str, int]],
    names: Mapping[str, str],
) -> Explorer:
    """Let the reader choose how many schools to draw and how wide an interval will do.

    Parameters
    ----------
    planned : DataFrame
        Half the width of each design's interval as a share, a row each number of schools, such as `balancelib.progress.planned_margins`.
    needed : callable
        Of that and of half the width wished as a share: the schools each design takes, such as `balancelib.progress.schools_needed`.
    names : mapping of str to str
        Of the designs, to show.
    """
    sizes = [n for n in SCHOOLS if n in planned.index] or list(planned.index)
    labels = [names[design] for design in planned]
    of_margin = {margin: needed(planned, margin / 100) for margin in MARGINS}

    def answer(drawn: int, wished: int) -> Answer:
        points, takes = (100 * planned.loc[drawn]).tolist(), of_margin[wished]
        wide = [value > wished for value in points]
        texts = [_half(value, wished) for value in points]
        bars = Bars("区间的一半（百分点）", labels, points, texts, WIDEST, wished, f"想要±{wished}", wide)
        counts = [
            f"{many}所" if planned.loc[many, design] <= wished / 100 else "做不到"
            for design, many in takes.items()
        ]
        enough = [name for name, too_wide in zip(labels, wide, strict=True) if not too_wide]
        able = f"{'、'.join(enough)}做得到" if enough else "哪一种抽法都做不到"
        listed = "，".join(
            f"{name}{'全抽也' if many == '做不到' else '要'}{many}"
            for name, many in zip(labels, counts, strict=True)
        )
        said = f"抽{drawn}所，想要±{wished}个百分点：{able}。要做到，{listed}。"
        rows = [list(row) for row in zip(labels, texts, counts, strict=True)]
        return Answer([bars], ["抽法", f"抽{drawn}所", f"±{wished}要抽"], rows, said)

    controls = {
        "drawn": slider("抽", sizes, "所", 12 if 12 in sizes else sizes[0]),
        "wished": slider("想要正负", MARGINS, "个百分点", 5),
    }
    return explore(answer, controls, "抽几所，区间有多宽")


def _half(value: float, wished: float) -> str:
    """Half the width of an interval, with as many digits as show on which side of what is wished it lies."""
    if not np.isfinite(value):
        return "说不出"
    short = f"{value:.1f}"
    return f"±{short}" if (float(short) > wished) == (value > wished) else f"±{value:.2f}"
