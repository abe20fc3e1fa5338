"""Figures of what may be published: a table with its hidden cells and what a reader can still tell of them, and an explorer of the rule."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, GREY, RED, SKY, YELLOW, describe

Ranges = Mapping[tuple[str, str], tuple[int, int]]
NAMED = 12  # hidden cells that the alternative text lists one by one
HEAD = 2  # letters of a column's name in a line


def hidden_table(shown: pd.DataFrame, ranges: Ranges, width: int = 2) -> Axes:
    """Draw a table as it is published: numbers where they are shown; where not, what a reader can work out.

    Parameters
    ----------
    shown : DataFrame of str
        As of `balancelib.disclosure.Release.table`: what stands in each cell.
    ranges : mapping of (str, str) to (int, int)
        By row and column of each hidden cell, the least and the greatest number that fit all that is published.
    width : int
        A range narrower than this is drawn as a leak.

    Returns
    -------
    Axes
    """
    axes = row_axes(list(shown.index))[0]
    axes.figure.set_size_inches(5.4, 0.42 * len(shown) + 1.3)
    for row, name in enumerate(shown.index):
        for column, head in enumerate(shown.columns):
            _cell(axes, (column, row), str(shown.iloc[row, column]), ranges.get((name, head)), width)
    axes.set(xlim=(-0.5, shown.shape[1] - 0.5), ylim=(len(shown) - 0.5, -0.5))
    axes.set_xticks(range(shown.shape[1]), [fill(str(head), HEAD) for head in shown.columns])
    axes.xaxis.tick_top()
    axes.tick_params(axis="both", length=0)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    describe(axes.figure, _in_words(shown, ranges, width))
    return axes


def _cell(axes: Axes, at: tuple[int, int], text: str, range_: tuple[int, int] | None, width: int) -> None:
    if range_ is None:
        axes.text(*at, text, ha="center", va="center", color=GREY if text == "0" else BLACK)
        return
    leak = range_[1] - range_[0] < width
    look = (
        {"facecolor": YELLOW, "edgecolor": RED, "linewidth": 2.5}
        if leak
        else {"facecolor": SKY, "edgecolor": "white"}
    )
    box = Rectangle((at[0] - 0.47, at[1] - 0.44), 0.94, 0.88, hatch=None if leak else "..", **look)
    axes.add_patch(box)
    label = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    axes.text(*at, written(*range_), ha="center", va="center", fontsize=10.5, bbox=label)


def written(least: int, greatest: int) -> str:
    """Write what a reader can tell of a number.

    Examples
    --------
    >>> written(1, 7), written(3, 3)
    ('1～7', '＝3')
    """
    return f"＝{least}" if least == greatest else f"{least}～{greatest}"


def _in_words(shown: pd.DataFrame, ranges: Ranges, width: int) -> str:
    told = shown.size - len(ranges)
    leaks = [cell for cell, (least, greatest) in ranges.items() if greatest - least < width]
    listed = "；".join(f"{row}的{column}{written(*ranges[row, column])}" for row, column in [*ranges][:NAMED])
    more = f"等{len(ranges)}格" if len(ranges) > NAMED else ""
    hidden = f"没有写出的{len(ranges)}格，读者推得出的范围：{listed}{more}" if ranges else "没有藏起来的格子"
    exposed = f"。其中{len(leaks)}格的范围太窄，等于写出来了" if leaks else ""
    return f"表格，{len(shown)}行{shown.shape[1]}列，写出{told}格。{hidden}{exposed}。"


def explore_disclosure(
    kept: Callable[[int, Hashable], Any], least: Sequence[int], merges: Sequence[Hashable]
) -> Explorer:
    """Explore what a table still tells as the rule becomes stricter, and as townships are put together.

    Parameters
    ----------
    kept
        Called with the smallest count that may be shown and with the name of a way to put rows together; returns what is still told, as
        `balancelib.groups.kept_told`.
    least, merges
        What the reader may choose from.
    """
    states = {(n, merge): kept(n, merge) for n in least for merge in merges}

    def answer(least: int, merge: Hashable) -> Answer:
        state = states[least, merge]
        told, cells = (sum(column) for column in zip(*state.rows.values(), strict=True))
        shares = {name: 100 * a / b for name, (a, b) in state.rows.items()}
        both = [100 * told / cells, 100 * state.children / state.all_children]
        panels = [
            Bars("公布了多少（%）", ["格子", "孩子"], both, [f"{share:.0f}" for share in both], 100),
            Bars("各行写出的格子（%）", list(shares), list(shares.values()), [f"{s:.0f}" for s in shares.values()], 100),
        ]  # fmt: skip
        rows = [[name, f"{a}", f"{b - a}"] for name, (a, b) in state.rows.items()]
        narrow = (
            "没有藏的格子"
            if state.narrowest is None
            else f"藏起来的格子，读者推得出的范围最窄差{state.narrowest}"
        )
        sentence = f"少于{least}人的不写，{merge}：{cells}格写出{told}格，{both[1]:.0f}%的孩子在写出的格子里；{narrow}。"
        return Answer(panels, ["行", "写出", "藏起"], rows, sentence)

    controls = {
        "least": slider("少于几人不写", least, "人", start=5 if 5 in least else None),
        "merge": choice("并不并", merges),
    }
    return explore(answer, controls, "规则严一点、乡镇并一并，表里还剩多少")
