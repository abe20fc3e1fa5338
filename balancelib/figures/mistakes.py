"""What mistakes in the calculation turn: a figure of all, and an explorer of two that are made most."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import reaches, shown, within
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, choice, explore
from balancelib.figures.style import BLUE, RED, describe, use_style
from balancelib.measures import cv

EXACT = "不取位"
WEIGHTED, ALIKE = "按学生数加权", "每所学校一样重"


def turned_bars(passes: pd.Series, fails: pd.Series) -> Axes:
    """Draw how many conclusions each mistake turns: wrongly to 达到 to the right, wrongly to 未达到 to the left.

    Parameters
    ----------
    passes, fails : Series of int
        Conclusions turned, by the mistake's name.
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 0.36 * len(passes) + 1.2))
    rows = range(len(passes))
    for counts, sign, colour, hatch, label in ((fails, -1, BLUE, "", "误判为未达到"), (passes, 1, RED, "///", "误判为达到")):  # fmt: skip
        axes.barh(rows, sign * counts, color=colour, hatch=hatch, edgecolor="white", label=label)
        for row, count in zip(rows, counts, strict=True):
            if count:
                axes.annotate(str(count), (sign * count, row), (4 * sign, 0), textcoords="offset points",
                              ha="left" if sign > 0 else "right", va="center")  # fmt: skip
    for row in [row for row in rows if not passes.iloc[row] + fails.iloc[row]]:
        axes.annotate("0", (0, row), (4, 0), textcoords="offset points", va="center")
    largest = max(passes.max(), fails.max(), 1)
    axes.set_yticks(rows, passes.index)
    axes.set(xlim=(-1.2 * largest, 1.2 * largest), ylim=(len(passes) - 0.4, -0.6), xticks=[])
    axes.set_xlabel("变了几个结论")
    axes.axvline(0, color="black", linewidth=1)
    axes.grid(visible=False)
    axes.figure.legend(loc="outside lower center", ncols=2)
    said = "；".join(
        f"{name}：误判为达到{passes[name]}个，误判为未达到{fails[name]}个" for name in passes.index
    )
    describe(axes.figure, f"条形图，每种算错变了几个结论。{said}。")
    return axes


def explore_ways(
    values: pd.DataFrame,
    pupils: pd.Series,
    thresholds: Mapping[str, float],
    limit: float,
    labels: Sequence[str],
) -> Explorer:
    """Let the reader round the sections' values sooner or later, and weigh the schools or not.

    Parameters
    ----------
    values : DataFrame
        A row a section of one stage, a column an indicator.
    pupils : Series
        Of each section.
    thresholds : mapping
        Of each indicator.
    limit : float
        Of each coefficient of variation.
    labels : sequence of str
        Short names of the indicators.
    """

    def answer(decimals: int | None, weights: str, floor: int | None) -> Answer:
        x = values if decimals is None else values.round(decimals)
        cvs = [cv(x[key], weights=pupils if weights == WEIGHTED else None) for key in x]
        ratios = x / pd.Series(thresholds)
        least = ratios.min(axis=1) if floor is None else ratios.min(axis=1).round(floor)
        meeting = (reaches(ratios, 1).sum(axis=1) >= len(thresholds) - 1) & reaches(least, 0.85)
        return _shown(cvs, limit, labels, meeting)

    decimals = [None, 4, 2, 1, 0]
    texts = [EXACT, "4位小数", "2位小数", "1位小数", "整数"]
    controls = {
        "decimals": Control("校值先取几位", decimals, texts),
        "weights": choice("差异系数", [WEIGHTED, ALIKE]),
        "floor": Control("底线85%用哪个比", [None, 2], ["全部小数", "先取2位小数"]),
    }
    return explore(answer, controls, "取位和加权：动一动，看结论变几个")


def _shown(cvs: Sequence[float], limit: float, labels: Sequence[str], meeting: pd.Series) -> Answer:
    over = [not within(value, limit) for value in cvs]
    texts = [shown(value, limit, 4, within) for value in cvs]
    bars = Bars("差异系数", labels, list(cvs), texts, 1.5 * limit, limit, f"上限{limit:.2f}", over)
    words = ["超过" if one else "不超过" for one in over]
    rows = [[*row] for row in zip(labels, texts, words, strict=True)]
    sentence = f"{len(meeting)}个学段部分里{meeting.sum()}个达到要求；差异系数超过上限的{sum(over)}项。"
    return Answer([bars], ["指标", "差异系数", f"与{limit:.2f}比"], rows, sentence)
