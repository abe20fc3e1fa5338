"""A list of whom to see first: do chances come true, whom does a list of each length find, and what its errors cost."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.style import BLACK, BLUE, GREY, LINE_STYLES, PALETTE, YELLOW, describe, use_style

BY_LOT = "随便抽"


def calibration_dots(table: pd.DataFrame) -> Axes:
    """Draw what happened against what was predicted, a dot with its interval for each group of like chances.

    Parameters
    ----------
    table : DataFrame
        Of `balancelib.measures.calibration`: ``n, chance, events, share, low, high``.
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 4.0))
    percent = 100 * table[["chance", "share", "low", "high"]]
    top = 1.05 * float(percent[["chance", "high"]].to_numpy().max())
    axes.plot([0, top], [0, top], color=BLACK, linestyle="--", linewidth=1.2, label="说多少，就是多少")
    reach = [percent["share"] - percent["low"], percent["high"] - percent["share"]]
    axes.errorbar(percent["chance"], percent["share"], reach, color=BLUE, linestyle="", marker="o", markersize=8,
                  markerfacecolor=YELLOW, markeredgecolor=BLACK, capsize=4, label="一组学生，竖线是95%区间")  # fmt: skip
    axes.set(
        xlim=(0, top), ylim=(0, top), xlabel="模型说的机会（一组的平均，%）", ylabel="后来真的离校的（%）"
    )
    axes.legend(loc="upper left", fontsize=11)
    listed = "；".join(
        f"{one.n:.0f}名，模型说{100 * one.chance:.1f}%，实际{100 * one.share:.1f}%，区间{100 * one.low:.1f}%到{100 * one.high:.1f}%"
        for one in table.itertuples()
    )
    describe(axes.figure, f"校准图，从机会低到机会高各组：{listed}。")
    return axes


def list_curve(found: pd.DataFrame, events: float, everybody: int, mark: int | None = None) -> Axes:
    """Draw how many a list finds as it grows longer, for each way of making it and by lot.

    Parameters
    ----------
    found : DataFrame
        Of `balancelib.groups.compare_lists`: indexed by ``length`` and ``score``, with ``found``.
    events, everybody : float
        To how many it happened, of how many: by lot a list finds that share.
    mark : int, optional
        The length that can be visited; one of those in ``found``.
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 3.8))
    curves = found["found"].unstack("score")[list(found.index.unique("score"))]
    for name, colour, line in zip(curves, PALETTE, LINE_STYLES, strict=False):
        axes.plot([0, *curves.index], [0, *curves[name]], color=colour, linestyle=line, label=name)
    longest = curves.index.max()
    axes.plot([0, longest], [0, events * longest / everybody], color=GREY, linestyle=":", label=BY_LOT)
    if mark is not None:
        axes.axvline(mark, color=BLACK, linewidth=1.2)
        axes.text(mark, axes.get_ylim()[1], f" {mark}名", va="top")
    axes.set(
        xlim=(0, longest), ylim=(0, None), xlabel="名单上的人数（名）", ylabel="其中后来真的离校的（名）"
    )
    axes.legend(loc="upper left", fontsize=11)
    at = mark if mark is not None else longest
    said = "，".join(f"{name}找到{curves.loc[at, name]:.1f}名" for name in curves)
    describe(axes.figure, f"折线图，名单从0到{longest}名，各找到几名后来离校的，一共{events:.0f}名。{at}名时：{said}，{BY_LOT}{events * at / everybody:.1f}名。")  # fmt: skip
    return axes


def explore_list(
    found: pd.DataFrame, everybody: int, ratios: Sequence[int], cost: Callable[[pd.Series, float], float]
) -> Explorer:
    """Let the reader move the length of the list, how it is made, and how many visits for nothing one missed child is worth.

    Parameters
    ----------
    found : DataFrame
        Of `balancelib.groups.compare_lists`, every length with every score.
    everybody : int
        Of how many the list is made.
    ratios : sequence of int
        What one missed child costs, in visits for nothing.
    cost : callable
        Of a row of ``found`` and a ratio: what the errors cost, in visits for nothing.
    """
    lengths, names = (list(found.index.unique(level)) for level in ("length", "score"))
    events = float((found["found"] + found["missed"]).iloc[0])
    nobody = pd.Series({"false": 0.0, "missed": events})
    all_of_them = pd.Series({"false": everybody - events, "missed": 0.0})
    top = max(found["listed"].max(), events)

    def answer(length: int, score: str, ratio: int) -> Answer:
        one = found.loc[(length, score)]
        costs = {
            "一个也不看": cost(nobody, ratio),
            "看这张名单": cost(one, ratio),
            "个个都看": cost(all_of_them, ratio),
        }
        panels = [
            Bars("名单上的（名）", ["真的离校", "误报"], [one["found"], one["false"]], [_count(one["found"]), _count(one["false"])], top, marked=[False, True]),
            Bars("离校的（名）", ["名单上", "漏掉"], [one["found"], one["missed"]], [_count(one["found"]), _count(one["missed"])], top, marked=[False, True]),
            Bars("看错和漏掉的代价（白跑一趟算1）", list(costs), list(costs.values()), [f"{c:,.0f}" for c in costs.values()], max(costs.values())),
        ]  # fmt: skip
        rows = [[name, f"{value:,.0f}"] for name, value in costs.items()]
        sentence = (
            f"按{score}看{length}名：{_count(one['found'])}名真的离校，{_count(one['false'])}名是误报，查准率{100 * one['precision']:.0f}%；漏掉{_count(one['missed'])}名。"
            f"漏掉一名抵{ratio}趟白跑时，代价{costs['看这张名单']:,.0f}，一个也不看{costs['一个也不看']:,.0f}。"
        )
        return Answer(panels, ["做法", "代价"], rows, sentence)

    controls = {
        "length": slider("看几名", lengths, "名", start=lengths[len(lengths) // 2]),
        "score": choice("名单按什么排", names),
        "ratio": slider("漏一名抵几趟", list(ratios), "趟", start=list(ratios)[len(ratios) // 2]),
    }
    return explore(answer, controls, "预警名单：看几名，按什么排，错了值多少")


def _count(children: float) -> str:
    """Write children whole, or with one digit where lots among equal scores make a mean of them."""
    return f"{children:.1f}".removesuffix(".0")
