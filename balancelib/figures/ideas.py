"""Figures of what is fair: verdicts by several ideas, and two distributions whose measures disagree."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore
from balancelib.figures.style import BLACK, BLUE, RED, describe, use_style
from balancelib.measures import lorenz

NOT_MET = "不合"
TOPS = {"minimum": 110, "equality": 1, "impartiality": 1.1, "redistribution": 1.5, "meritocracy": 1.5}


def verdict_grid(words: pd.DataFrame) -> Axes:
    """Draw verdicts as a grid of words, what does not hold on grey.

    Parameters
    ----------
    words : DataFrame
        Verdicts, as of `balancelib.policy.five_ideas`; the index and columns are the names shown.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    rows, columns = words.shape
    _, axes = plt.subplots(figsize=(5.4, 0.42 * rows + 0.9))
    for (i, j), word in np.ndenumerate(words.to_numpy()):
        shade = "#bbbbbb" if word == NOT_MET else "white"
        axes.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=shade, edgecolor=BLACK))
        axes.text(j, i, word, ha="center", va="center")
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(range(columns), words.columns)
    axes.set_yticks(range(rows), words.index)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    said = "；".join(
        f"{name}：" + "，".join(f"{column}{word}" for column, word in row.items())
        for name, row in words.iterrows()
    )
    describe(axes.figure, f"表格图，字是结论，不合的是灰底。{said}。")
    return axes


def lorenz_gaps(
    distributions: Mapping[str, tuple[ArrayLike, ArrayLike]], crossings: Sequence[float] = ()
) -> Axes:
    """Draw how far the Lorenz curves of two distributions lie below the diagonal, and where they cross.

    Parameters
    ----------
    distributions : mapping of str to (array_like, array_like)
        Two names, each with values and weights.
    crossings : sequence of float
        Shares of the pupils, such as those of `balancelib.policy.lorenz_crossings`.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 3.8))
    said = []
    for (name, (x, weights)), style in zip(
        distributions.items(),
        ({"color": BLUE, "linestyle": "-"}, {"color": RED, "linestyle": "--"}),
        strict=True,
    ):
        p, held = lorenz(x, weights)
        axes.plot(p, p - held, label=name, **style)
        widest = np.argmax(p - held)
        said.append(f"{name}最多在{p[widest]:.0%}处，少{100 * (p - held)[widest]:.1f}个百分点")
    for p in crossings:
        axes.axvline(p, color=BLACK, linestyle=":", linewidth=1.2)
    axes.set(xlim=(0, 1), ylim=(0, None))
    axes.set_xlabel("学生的累计份额（从数值最低的学校起）")
    axes.set_ylabel("比完全均等时少的份额")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    places = "、".join(f"{p:.1%}" for p in crossings)
    crossed = f"两条线在学生的{places}处相交" if places else "两条线不相交"
    describe(axes.figure, f"曲线图，洛伦兹曲线离完全均等线的差：{'；'.join(said)}。{crossed}。")
    return axes


def explore_ideas(found: Mapping[str, pd.DataFrame], indicators: Mapping[str, str]) -> Explorer:
    """Let the reader choose a stage and an indicator, and see five verdicts on it.

    Parameters
    ----------
    found : mapping of str to DataFrame
        By the stage's name, each of `balancelib.policy.five_ideas_by_indicator`.
    indicators : mapping of str to str
        How each indicator is called.

    Returns
    -------
    Explorer
        Put it at the end of a cell.
    """
    keys = {label: key for key, label in indicators.items()}

    def answer(stage: str, indicator: str) -> Answer:
        return ideas_answer(f"{stage}，{indicator}", found[stage].loc[keys[indicator]])

    controls = {"stage": choice("学段", list(found)), "indicator": choice("指标", list(keys))}
    return explore(answer, controls, "一项指标，五种公平观")


def ideas_answer(what: str, ideas: pd.DataFrame) -> Answer:
    """Answer for one indicator of one stage: a panel an idea."""
    panels = [
        Bars(
            f"{one.label}：{one.measure}",
            [one.verdict],
            [np.nan_to_num(one.value)],
            [one.shown],
            top=TOPS[one.Index],
            line=one.line,
            line_text=one.bound,
            marked=[one.verdict == NOT_MET],
        )
        for one in ideas.itertuples()
    ]
    rows = [[one.label, one.asks, one.shown, one.bound, one.verdict] for one in ideas.itertuples()]
    said = "；".join(f"{one.label}{one.verdict}，{one.shown}" for one in ideas.itertuples())
    return Answer(panels, ["公平观", "问什么", "现在", "线", "结论"], rows, f"{what}：{said}。")
