"""What an allowance changes: who takes a post, with the band of what is not known, and where the money goes."""

from collections.abc import Mapping
from itertools import product

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import OCHRE, Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLUE, LINE_STYLES, RED, WAN, describe, use_style

HOUSING = {0: "没有周转房", 1: "有周转房"}
KEYS = ["allowance", "minutes", "housing"]


def share_curves(curves: Mapping[str, pd.DataFrame]) -> Axes:
    """Draw the share that takes a post against the allowance, each with its band.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        By name, at most two: by ``allowance`` (元 a month) the ``share, low, high``, 0 to 1.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    for (name, curve), colour, style, hatch in zip(
        curves.items(), (BLUE, RED), LINE_STYLES, ("", "//"), strict=False
    ):
        shares = 100 * curve
        axes.plot(shares.index, shares["share"], color=colour, linestyle=style, label=name)
        axes.fill_between(
            shares.index,
            shares["low"],
            shares["high"],
            facecolor=colour,
            alpha=0.22,
            hatch=hatch,
            edgecolor=colour,
            linewidth=0,
        )
    axes.set(xlabel="补贴（元/月）", ylabel="愿意去的比例（%）", ylim=(0, 100), xlim=(0, None))
    axes.legend(loc="upper left")
    ends = [
        f"{name}：每月{curve.index[0]:g}元{100 * curve['share'].iloc[0]:.0f}%，每月{curve.index[-1]:g}元{100 * curve['share'].iloc[-1]:.0f}%"
        f"（95%区间{100 * curve['low'].iloc[-1]:.0f}%到{100 * curve['high'].iloc[-1]:.0f}%）"
        for name, curve in curves.items()
    ]
    describe(figure, f"折线图：愿意去的比例随补贴怎样变，阴影是95%区间。{'；'.join(ends)}。")
    return axes


def explore_allowance(outcomes: pd.DataFrame, asked: int) -> Explorer:
    """Let the reader move allowance, way and housing of a post: who comes, and to whom the money goes.

    Parameters
    ----------
    outcomes : DataFrame
        A row for each ``allowance`` (元 a month), ``minutes`` and ``housing`` (0 or 1): the ``share`` with ``low, high`` (0 to 1); ``come`` teachers, ``more`` of
        them than without an allowance; ``paid`` and ``anyway`` (元 a year); ``next_one``, 元 a year for one teacher more, blank at the first.
    asked : int
        Teachers to whom the post is offered.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A combination without just one row.

    Examples
    --------
    >>> rows = pd.DataFrame({"allowance": [0, 500], "minutes": 30, "housing": 0, "share": [0.2, 0.5], "low": [0.15, 0.4], "high": [0.25, 0.6], "come": [20.0, 50], "more": [0.0, 30], "paid": [0.0, 300_000], "anyway": [0.0, 120_000], "next_one": [None, 10_000.0]})
    >>> print(explore_allowance(rows, 100).all_states()[1].sentence)
    每月补500元，单程多30分钟，没有周转房：100名教师里约50名愿意去（95%区间40到60名），比不补贴多30名；一年30.0万元，其中12.0万元给了不补贴也去的。
    """
    found = outcomes.set_index(KEYS)
    values = {name: sorted(outcomes[name].unique().tolist()) for name in KEYS}
    if not found.index.is_unique or set(found.index) != set(product(*values.values())):
        raise ValueError("补贴、路上时间、周转房的每种组合都要有一行")
    top = max(float(outcomes["paid"].max()) / WAN, 1.0)

    def answer(allowance: float, minutes: float, housing: int) -> Answer:
        return _answer((allowance, minutes, housing), found.loc[(allowance, minutes, housing)], asked, top)

    money, way, rooms = values.values()
    controls = {
        "allowance": Control(
            "每月补贴", money, [f"{a:g}元" for a in money], money[len(money) // 2], slides=True
        ),
        "minutes": Control("单程多花", way, [f"{m:g}分钟" for m in way], way[len(way) // 2], slides=True),
        "housing": Control("周转房", rooms, [HOUSING[h] for h in rooms]),
    }
    return explore(answer, controls, "补贴：多少人愿意去，钱到了谁手里")


def _answer(at: tuple[float, float, int], row: pd.Series, asked: int, top: float) -> Answer:
    """Answer for one position."""
    allowance, minutes, housing = at
    anyway, paid = row["come"] - row["more"], row["paid"] / WAN
    heads = [anyway, row["more"], asked - row["come"]]
    wasted = row["anyway"] / WAN
    dear = "—" if pd.isna(row["next_one"]) else f"{row['next_one'] / WAN:.1f}万元"
    panels = [
        Bars(
            f"{asked}名教师里",
            ["不补贴也去", "补了才去", "不去"],
            heads,
            [f"{n:.0f}名" for n in heads],
            top=asked,
            marked=[False, False, True],
        ),
        Bars(
            "一年的钱给了谁（万元）",
            ["不补贴也去的", "补了才去的"],
            [wasted, paid - wasted],
            [f"{wasted:.1f}", f"{paid - wasted:.1f}"],
            top=top,
            marked=[True, False],
            mark=OCHRE,
        ),
    ]
    rows = [
        ["愿意去", f"{100 * row['share']:.0f}%（{100 * row['low']:.0f}%到{100 * row['high']:.0f}%）"],
        ["一年花", f"{paid:.1f}万元"],
        ["再多一名，一年要花", dear],
    ]
    return Answer(
        panels,
        ["项目", "数"],
        rows,
        f"每月补{allowance:g}元，单程多{minutes:g}分钟，{HOUSING[housing]}：{asked}名教师里约{row['come']:.0f}名愿意去"
        f"（95%区间{asked * row['low']:.0f}到{asked * row['high']:.0f}名），比不补贴多{row['more']:.0f}名；"
        f"一年{paid:.1f}万元，其中{wasted:.1f}万元给了不补贴也去的。",
    )
