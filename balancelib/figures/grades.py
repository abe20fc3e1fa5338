"""Figures of a graded report: the points of each criterion, and what mending a slip brings."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, describe

PASSED = {True: "可以交", False: "还不能交", None: "人还没有评"}
LEVELS = (0, 1, 2, 3)


def grade_bars(criteria: pd.DataFrame) -> Axes:
    """Draw the points of each criterion against the most that it can have; what a person has not judged yet is an empty bar.

    Parameters
    ----------
    criteria : DataFrame
        ``标准, 分值, 得分``, a row a criterion; blank points are not judged yet.
    """
    axes = row_axes(list(criteria["标准"]))[0]
    most, got = criteria["分值"].to_numpy(dtype=float), criteria["得分"].to_numpy(dtype=float)
    open_ = np.isnan(got)
    rows = np.arange(len(most))
    axes.barh(rows, most, color="white", edgecolor=GREY, linewidth=1)
    axes.barh(rows[open_], most[open_], color="white", edgecolor=GREY, hatch="//", linewidth=1)
    axes.barh(rows[~open_], got[~open_], color=BLUE, edgecolor=BLACK, linewidth=0.5)
    texts = [f"{g:.1f}/{m:g}" if not np.isnan(g) else f"—/{m:g}" for g, m in zip(got, most, strict=True)]
    axes.set(xlim=(0, most.max() * 1.02), xlabel="得分（分），空框是分值，斜线是还没有评的")
    write_at_right(axes, "得分", texts)
    listed = "，".join(f"{name}{text}" for name, text in zip(criteria["标准"], texts, strict=True))
    whole = f"还有{open_.sum()}项没有评，评过的" if open_.any() else ""
    describe(axes.figure, f"条形图，各项得分和分值：{listed}。{whole}一共{got[~open_].sum():.1f}分。")
    return axes


def explore_grades(
    graded: Callable[[int, int], tuple[pd.DataFrame, bool | None, int]], steps: Sequence[str]
) -> Explorer:
    """Explore what mending a draft slip by slip brings, and whether the points of people can make up for it.

    Parameters
    ----------
    graded
        Called with how many slips are mended and with the level that people give; returns the criteria, whether it passes, and how much is to be mended.
    steps : sequence of str
        The slips in the order in which they are mended.
    """
    states = {(n, level): graded(n, level) for n in range(len(steps) + 1) for level in LEVELS}

    def answer(mended: int, level: int) -> Answer:
        criteria, passes, left = states[mended, level]
        names, points = list(criteria["标准"]), criteria["得分"].astype(float)
        texts, total = ["—" if np.isnan(p) else f"{p:.1f}" for p in points], points.sum()
        panels = [
            Bars("各项得分（分）", names, points.tolist(), texts, 20),
            Bars("一共（分）", ["得分"], [total], [f"{total:.1f}"], 100, 80, "80分"),
        ]
        rows = [[n, f"{w:g}", text] for n, w, text in zip(names, criteria["分值"], texts, strict=True)]
        done = f"改掉了{mended}处：最后改的是“{steps[mended - 1]}”" if mended else "一处也没有改"
        sentence = f"{done}。由人评的都给{level}级：一共{total:.1f}分，程序看到要改的还有{left}处，{PASSED[passes]}。"
        return Answer(panels, ["标准", "分值", "得分"], rows, sentence)

    controls = {
        "mended": slider("改掉几处", range(len(steps) + 1), "处", start=0),
        "level": Control("由人评的四项", LEVELS, [f"都给{level}级" for level in LEVELS], 2),
    }
    return explore(answer, controls, "一处一处改，分数和结论怎样变")
