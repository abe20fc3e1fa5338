"""Figures of how much schools differ: their means with intervals, shares against a limit, and what a test of so many pupils would show."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import shown
from balancelib.county.private import FEWEST
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe, use_style
from balancelib.measures import expected_eta2, seen_below, seen_range

PLACES = {  # where an interval lies by the limit: its name and its mark, told apart without colour
    "below": ("整个区间低于界限", {"marker": "v", "color": BLUE}),
    "above": ("整个区间不低于界限", {"marker": "^", "color": RED}),
    "unsure": ("区间跨过界限，定不了", {"marker": "o", "color": YELLOW, "edgecolors": BLACK}),
    "alone": ("没有区间", {"marker": "x", "color": GREY}),
}
PUPILS = (5, 10, 20, 30, 60)
SHARES = (0.05, 0.1, 0.12, 0.14, 0.15, 0.16, 0.2, 0.25)
SCHOOLS = (8, 12, 20, 40, 80)


def school_caterpillar(means: pd.DataFrame, centre: float) -> Axes:
    """Draw schools' means with their intervals, from the lowest to the highest, without names: to see which overlap.

    Parameters
    ----------
    means : DataFrame
        A row a school: ``pupils, mean, low, high``, points.
    centre : float
        The county's mean, points.

    Raises
    ------
    ValueError
        A school with fewer than `FEWEST` pupils: its mean would tell of single children.
    """
    if (means["pupils"] < FEWEST).any():
        raise ValueError(f"不到{FEWEST}名学生的学校不单独画：先从表里拿掉")
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    ordered = means.sort_values("mean", kind="stable")
    holds = (ordered["low"] <= centre) & (centre <= ordered["high"])
    looks = {True: ("区间含全县平均", GREY, "o"), False: ("区间不含全县平均", RED, "s")}
    for held, (label, colour, marker) in looks.items():
        places, chosen = np.flatnonzero(holds == held), ordered[holds == held]
        axes.vlines(places, chosen["low"], chosen["high"], color=colour, linewidth=1.6)
        axes.scatter(places, chosen["mean"], color=colour, marker=marker, s=20, zorder=3, label=label)
    axes.axhline(centre, color=BLACK, linestyle="--", linewidth=1.2, label=f"全县平均{centre:.0f}分")
    axes.set(xlabel=f"{len(ordered)}所学校，不写校名", ylabel="平均分（分）", xticks=[])
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    wide = (ordered["high"] - ordered["low"]) / 2
    describe(
        figure,
        f"区间图：{len(ordered)}所学校的平均分和95%区间，不写校名。平均分从{ordered['mean'].min():.0f}到{ordered['mean'].max():.0f}分，"
        f"上下各留{wide.min():.0f}到{wide.max():.0f}分；{holds.sum()}所的区间含全县平均{centre:.0f}分，{(~holds).sum()}所不含。",
    )
    return axes


def share_rows(table: pd.DataFrame, limit: float) -> Axes:
    """Draw shares as points with their intervals, a row each, beside a limit.

    Parameters
    ----------
    table : DataFrame
        By the row's name: ``value, low, high``, shares; an interval that is not known is NaN.
    limit : float
        The limit; an interval that holds it decides nothing.
    """
    axes = row_axes(list(table.index))[0]
    places = [_place(row.low, row.high, limit) for row in table.itertuples()]
    for place, (label, drawn) in PLACES.items():
        rows = np.flatnonzero([one == place for one in places])
        if len(rows):
            chosen = table.iloc[rows]
            axes.hlines(rows, chosen["low"], chosen["high"], color=BLUE, linewidth=2)
            axes.scatter(chosen["value"], rows, s=60, zorder=3, label=label, **drawn)
    axes.axvline(limit, color=RED, linestyle="--", label=f"界限{limit:.2f}")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    ends = [_ends(row.low, row.high, limit) for row in table.itertuples()]
    write_at_right(axes, "95%区间", ends)
    axes.set(xlabel="学校之间的方差占几分之几", xlim=(min(0, table["value"].min()) - 0.01, None))
    values = [shown(value, limit, 3).replace("-", "−") for value in table["value"]]
    told = "；".join(
        f"{name}{value}，区间{end}，{PLACES[place][0]}" if place != "alone" else f"{name}{value}，没有区间"
        for name, value, end, place in zip(table.index, values, ends, places, strict=True)
    )  # fmt: skip
    describe(axes.figure, f"点和区间图，学校之间的方差占几分之几，虚线是界限{limit:.2f}：{told}。")
    return axes


def _place(low: float, high: float, limit: float) -> str:
    if np.isnan(low):
        return "alone"
    return "below" if high < limit else "above" if low >= limit else "unsure"


def _ends(low: float, high: float, limit: float) -> str:
    return "—" if np.isnan(low) else f"{shown(low, limit, 3)}至{shown(high, limit, 3)}"


def explore_shares(
    limit: float = 0.15,
    pupils: Sequence[int] = PUPILS,
    shares: Sequence[float] = SHARES,
    schools: Sequence[int] = SCHOOLS,
) -> Explorer:
    """Let the reader size a test of schools: what the share comes to again and again where the true one is known.

    Parameters
    ----------
    limit : float
        The share that it is held against.
    pupils, schools : sequence of int
        Numbers to choose from: pupils tested in each school, schools.
    shares : sequence of float
        True shares to choose from.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Examples
    --------
    Sixty schools of thirty at a true 0.15.

    >>> print(explore_shares(0.15, [30], [0.15], [60]).all_states()[0].sentence)
    真的0.15，60所学校、每校30人：100次里约95次算出0.10到0.21；扣了运气，约52次算得低于0.15，真的不低于0.15。
    """
    controls = {
        "each": slider("每校几人", pupils, "人", start=_middle(pupils)),
        "share": slider("真的比例", shares, start=_middle(shares)),
        "groups": slider("几所学校", schools, "所", start=_middle(schools)),
    }
    return explore(
        lambda **chosen: _seen(limit, **chosen), controls, "每校测几人，真的比例是多少，看到的是多少"
    )


def _middle(values: Sequence[float]) -> float:
    return values[len(values) // 2]


def _seen(limit: float, each: int, share: float, groups: int) -> Answer:
    low, high = seen_range(share, groups, each)
    naive, chance = expected_eta2(share, groups, each), seen_below(limit, share, groups, each)
    names = ["真的", "最低算成", "最高算成", "不扣运气，平均"]
    values = [share, low, high, naive]
    texts = [f"{value:.2f}".replace("-", "−") for value in values]
    sides, times, wrong = (
        [f"低于{limit:.2f}", f"不低于{limit:.2f}"],
        [100 * chance, 100 * (1 - chance)],
        share >= limit,
    )
    told = [f"约{part:.0f}次{'（错）' * bad}" for part, bad in zip(times, (wrong, not wrong), strict=True)]
    panels = [
        Bars("算出来的比例（100次里95次在最低到最高之间）", names, values, texts, top=0.5, line=limit, line_text=f"界限{limit:.2f}", marked=[False, False, False, True]),
        Bars(f"算100次，和{limit:.2f}比", sides, times, told, top=100, marked=[wrong, not wrong]),
    ]  # fmt: skip
    rows = [list(pair) for pair in zip([*names, *sides], [*texts, *told], strict=True)]
    return Answer(
        panels,
        ["看什么", "是多少"],
        rows,
        f"真的{share:.2f}，{groups}所学校、每校{each}人：100次里约95次算出{texts[1]}到{texts[2]}；"
        f"扣了运气，约{times[0]:.0f}次算得低于{limit:.2f}，真的{'不' if wrong else '也'}低于{limit:.2f}。",
    )
