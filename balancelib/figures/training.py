"""Figures of training hours: who has them, and what a budget reaches."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.style import BLUE, GREY, RED, WAN, describe, use_style

PARTS = {  # column, its name, how it is drawn: told apart in grey by their hatches
    "done": ("已满", {"color": BLUE}),
    "short": ("还差", {"color": RED, "hatch": "///", "edgecolor": "white"}),
    "unknown": ("记录不全", {"color": "white", "hatch": "...", "edgecolor": GREY}),
}
WAYS = {
    "fair": "补齐的人最多，乡村不落后",
    "free": "补齐的人最多，不管城乡",
    "hours": "补上的学时最多，乡村不落后",
}


def completion_bars(summary: pd.DataFrame, names: Mapping[str, str]) -> Axes:
    """Draw for each group the shares of teachers who have the hours, are short, or are not known.

    Parameters
    ----------
    summary : DataFrame
        By group, from top to bottom: counts ``done``, ``short``, ``unknown``.
    names : mapping of str to str
        How each group is called.

    Examples
    --------
    >>> counts = pd.DataFrame({"done": [80, 30], "short": [18, 30], "unknown": [2, 0]}, index=["urban", "rural"])
    >>> completion_bars(counts, {"urban": "城区", "rural": "乡村"}).get_xlabel()
    '占教师的百分比（%）'
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 1.2 + 0.42 * len(summary)))
    shares = 100 * summary[list(PARTS)].div(summary[list(PARTS)].sum(axis=1), axis=0)
    labels = [names[group] for group in summary.index]
    left = np.zeros(len(summary))
    for column, (label, drawn) in PARTS.items():
        axes.barh(labels, shares[column], left=left, label=label, height=0.66, **drawn)
        left += shares[column].to_numpy()
    for row, share in enumerate(shares["done"]):
        axes.text(share / 2, row, f"{share:.0f}%", color="white", ha="center", va="center")
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set(xlabel="占教师的百分比（%）", xlim=(0, 100))
    axes.figure.legend(loc="outside lower center", ncols=len(PARTS))
    describe(axes.figure, completion_in_words(summary, names))
    return axes


def completion_in_words(summary: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say what `completion_bars` shows.

    Examples
    --------
    >>> completion_in_words(pd.DataFrame({"done": [3], "short": [1], "unknown": [0]}, index=["a"]), {"a": "城区"})
    '堆叠条形图：各类教师学时的情况。城区：已满75.0%，还差25.0%。'
    """
    groups = []
    for group, row in summary.iterrows():
        total = sum(row[column] for column in PARTS)
        parts = [
            f"{label}{100 * row[column] / total:.1f}%" for column, (label, _) in PARTS.items() if row[column]
        ]
        groups.append(f"{names[group]}：{'，'.join(parts)}")
    return f"堆叠条形图：各类教师学时的情况。{'；'.join(groups)}。"


def explore_training(levels: pd.DataFrame, short: int, budgets: Sequence[float], start: float) -> Explorer:
    """Let the reader move the budget and what comes first, and see who reaches the hours.

    Parameters
    ----------
    levels : DataFrame
        A row a ``budget`` (元) and ``way`` (of `WAYS`): ``completed``, ``rural``, ``other`` teachers and ``filled`` hours.
    short : int
        Teachers who are short.
    budgets : sequence of float
        Those of the levels, 元, rising.
    start : float
        The one at the beginning, 元.
    """
    found = levels.set_index(["budget", "way"])
    names = {name: way for way, name in WAYS.items()}

    def answer(budget: float, way: str) -> Answer:
        row = found.loc[(budget * WAN, names[way])]
        done, hours = int(row["completed"]), row["filled"]
        parts = {"补齐": done, "其中乡村": int(row["rural"]), "还差着": short - done}
        people = Bars("差学时的教师（名）", list(parts), list(parts.values()), [f"{n}名" for n in parts.values()],
                      top=short, marked=[name == "还差着" for name in parts])  # fmt: skip
        filled = Bars("补上的学时", ["学时"], [hours], [f"{hours:,.0f}"], top=float(levels["filled"].max()))
        table = [[name, f"{n}名"] for name, n in parts.items()] + [["补上的学时", f"{hours:,.0f}"]]
        said = f"{budget:g}万元，{way}：{short}名差学时的教师补齐{done}名，其中乡村{int(row['rural'])}名，一共补上{hours:,.0f}学时。"
        return Answer([people, filled], ["项目", "数"], table, said)

    wan = [budget / WAN for budget in budgets]
    controls = {"budget": slider("经费", wan, "万元", start / WAN), "way": choice("先照顾什么", list(names))}
    return explore(answer, controls, "培训经费：动一动，看补齐几名")
