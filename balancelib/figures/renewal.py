"""Renewal of equipment: what comes due year by year, and what a budget leaves waiting."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.style import BLUE, RED, WAN, YELLOW, describe, use_style

PARTS = {  # column, its name, how it is drawn: hatched, so that it is told apart in grey
    "broken": ("已经损坏", {"color": RED, "hatch": "xxx", "edgecolor": "white"}),
    "worn_out": ("到年限且老化", {"color": BLUE}),
    "reaches_life": ("到年限，可能还能用", {"color": YELLOW, "hatch": "///", "edgecolor": "white"}),
}
KINDS = {"损坏的，到年限且老化的": ("broken", "worn_out"), "凡是到年限的": ("broken", "worn_out", "aged")}


def renewal_bars(need: pd.DataFrame) -> Axes:
    """Draw what renewal would cost year by year, stacked by why.

    Parameters
    ----------
    need : DataFrame
        Index: years; columns ``broken``, ``worn_out`` and ``reaches_life``, 元.

    Examples
    --------
    >>> need = pd.DataFrame({"broken": [5e5, 0], "worn_out": [2e6, 0], "reaches_life": [1e6, 8e5]}, index=[2025, 2026])
    >>> renewal_bars(need).get_ylabel()
    '更新要花的钱（万元）'
    """
    use_style()
    figure, axes = plt.subplots()
    bottom = np.zeros(len(need))
    for column, (label, drawn) in PARTS.items():
        height = need[column].to_numpy() / WAN
        axes.bar(need.index.astype(str), height, bottom=bottom, label=label, width=0.62, **drawn)
        bottom += height
    for place, total in enumerate(bottom):
        axes.annotate(
            f"{total:,.0f}",
            (place, total),
            ha="center",
            va="bottom",
            xytext=(0, 2),
            textcoords="offset points",
        )
    axes.set(ylabel="更新要花的钱（万元）", xlabel="到年限的年份", ylim=(0, max(bottom.max(), 1) * 1.12))
    axes.grid(axis="x", visible=False)
    axes.legend(loc="upper right")
    describe(figure, need_in_words(need))
    return axes


def need_in_words(need: pd.DataFrame) -> str:
    """Say what `renewal_bars` shows.

    Examples
    --------
    >>> need_in_words(pd.DataFrame({"broken": [5e5], "worn_out": [2e6], "reaches_life": [0.0]}, index=[2025]))
    '堆叠柱形图：逐年更新要花的钱，万元。2025年合计250：已经损坏50，到年限且老化200。'
    """
    years = []
    for year, row in need.iterrows():
        parts = [
            f"{label}{row[column] / WAN:,.0f}" for column, (label, _) in PARTS.items() if row[column] > 0
        ]
        total = sum(row[column] for column in PARTS) / WAN
        years.append(f"{year}年合计{total:,.0f}" + (f"：{'，'.join(parts)}" if parts else ""))
    return f"堆叠柱形图：逐年更新要花的钱，万元。{'；'.join(years)}。"


def explore_renewal(
    plan: Callable[[float, tuple[str, ...]], pd.DataFrame],
    budgets: Sequence[float],
    start: float | None = None,
) -> Explorer:
    """Let the reader move the budget a year and choose what is replaced, and see what still waits.

    Parameters
    ----------
    plan : callable
        Given 元 a year and the states that are replaced, the plan's table by year: index years; ``spent``, ``pieces``, ``waiting``.
    budgets : sequence of float
        The budgets to try, 万元 a year, rising.
    start : float, optional
        The one at the beginning; the first if left out.

    Examples
    --------
    >>> def plan(budget, states):
    ...     return pd.DataFrame({"spent": [budget], "pieces": [1], "waiting": [3e6 - budget]}, index=[2025])
    >>> explore_renewal(plan, [0, 100]).at([1, 0]).sentence
    '每年100万元，换损坏的，到年限且老化的：1年一共花掉100万元，换1件；2025年底还有200万元的设备等着换。'
    """
    most = max(plan(min(budgets) * WAN, kinds)["waiting"].max() for kinds in KINDS.values()) / WAN

    def answer(budget: float, kinds: str) -> Answer:
        years = plan(budget * WAN, KINDS[kinds])
        waiting, spent = years["waiting"] / WAN, years["spent"] / WAN
        names = [f"{year}年" for year in years.index]
        panel = Bars(
            "年底还等着换的设备（万元）",
            names,
            list(waiting),
            [f"{w:,.0f}" for w in waiting],
            top=max(most, 1),
        )
        left = f"还有{waiting.iloc[-1]:,.0f}万元的设备等着换" if waiting.iloc[-1] > 0 else "都换完了"
        return Answer(
            [panel],
            ["年份", "花掉（万元）", "换件数", "还等着（万元）"],
            [[n, f"{s:,.1f}", f"{p:,.0f}", f"{w:,.1f}"] for n, s, p, w in zip(names, spent, years["pieces"], waiting, strict=True)],
            f"每年{budget:,g}万元，换{kinds}：{len(years)}年一共花掉{spent.sum():,.0f}万元，换{years['pieces'].sum():,.0f}件；"
            f"{names[-1]}底{left}。",
        )  # fmt: skip

    controls = {"budget": slider("每年预算", budgets, "万元", start), "kinds": choice("换哪些", list(KINDS))}
    return explore(answer, controls, "设备更新：动一动每年的预算")
