"""A budget for the care of children: where the money goes as it grows, and what a reader can move."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, BLUE, RED, SKY, WAN, YELLOW, describe

USES = {"paid": "该给的", "visits": "走访", "beds": "寄宿", "bus": "校车"}
STYLES = (
    {"color": BLUE},
    {"color": YELLOW, "hatch": "//"},
    {"color": SKY, "hatch": ".."},
    {"color": RED, "hatch": "xx"},
)


def budget_bars(levels: pd.DataFrame) -> Axes:
    """Draw for each budget what it is spent on: first what is due, then visits, beds and buses.

    Parameters
    ----------
    levels : DataFrame
        Of `balancelib.groups.support_levels`: ``budget, rest, short, visits, beds, bus`` in 元.

    Returns
    -------
    Axes
    """
    budgets = [f"{one / WAN:,.0f}万元" for one in levels["budget"]]
    axes = row_axes(budgets)[0]
    parts = levels.assign(paid=levels["budget"] - levels["rest"])[list(USES)] / WAN
    left = np.cumsum(parts.to_numpy(), axis=1) - parts.to_numpy()
    for k, (name, style) in enumerate(zip(USES.values(), STYLES, strict=True)):
        axes.barh(
            range(len(parts)), parts.iloc[:, k], left=left[:, k], edgecolor="white", label=name, **style
        )
    due = (levels["budget"] - levels["rest"] + levels["short"]).iloc[0] / WAN
    axes.axvline(due, color=BLACK, linestyle="--", linewidth=1.2)
    axes.set(xlabel=f"钱用在哪里（万元，虚线是该给的{due:.1f}）", ylabel="预算")
    axes.figure.legend(loc="outside lower center", ncols=4, fontsize=11)
    listed = "；".join(
        f"{budget}，{'、'.join(f'{name}{part:.1f}万元' for name, part in zip(USES.values(), row, strict=True))}"
        for budget, row in zip(budgets, parts.to_numpy(), strict=True)
    )
    describe(axes.figure, f"条形图，该给的一共{due:.1f}万元，几种预算各用在哪里：{listed}。")
    return axes


def explore_support(levels: Mapping[str, pd.DataFrame], alone: float, far: float) -> Explorer:
    """Let the reader move the budget and what a child counts for: who is helped, and what 10,000 元 more would do.

    Parameters
    ----------
    levels : mapping of str to DataFrame
        By how children are weighed, as of `balancelib.groups.support_levels`; all with the same budgets.
    alone, far : float
        Children who need a visit, and who live far.
    """
    budgets = list(next(iter(levels.values()))["budget"] / WAN)
    rows_of = {name: table.set_index(table["budget"] / WAN) for name, table in levels.items()}
    every = pd.concat(levels.values())
    most = float(every["rest"].max()) / WAN
    reached = float(
        max(every["visited"].max(), (every["free"] + every["new"]).max(), every["riding"].max(), 1)
    )

    def answer(budget: float, weights: str) -> Answer:
        one = rows_of[weights].loc[budget]
        beds = one["free"] + one["new"]
        helped = [one["visited"], beds, one["riding"]]
        spent = [one[use] / WAN for use in ("visits", "beds", "bus")]
        labels = ["走访", "添寄宿", "校车接送"]
        panels = [
            Bars("帮到的孩子（名）", labels, helped, [f"{n:.0f}名" for n in helped], reached),
            Bars("该给的以外的钱（万元）", labels, spent, [f"{n:.1f}" for n in spent], most),
        ]
        table = [
            ["要走访的", f"{alone:.0f}", f"{alone - one['visited']:.0f}"],
            ["住得远的", f"{far:.0f}", f"{far - beds - one['riding']:.0f}"],
        ]
        return Answer(panels, ["孩子", "一共", "还没有帮到"], table, _sentence(budget, weights, one))

    controls = {
        "budget": slider("预算", budgets, "万元", start=budgets[len(budgets) // 2]),
        "weights": choice("一名孩子算几份", list(levels)),
    }
    return explore(answer, controls, "一笔钱，走访、寄宿、校车怎么分")


def _sentence(budget: float, weights: str, one: pd.Series) -> str:
    if one["short"] > 0:
        return (
            f"预算{budget:,.0f}万元，该给的还差{one['short'] / WAN:.1f}万元：别的都排不了，先把差的数报上去。"
        )
    return (
        f"预算{budget:,.0f}万元，{weights}：付了该给的，走访{one['visited']:.0f}名，添寄宿{one['free'] + one['new']:.0f}名，校车{one['buses']:.0f}辆接{one['riding']:.0f}名；"
        f"再多一万元，可以零买的话值{one['shadow']:.1f}份。"
    )
