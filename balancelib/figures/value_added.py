"""Figures of value added: ranks before and after pupils' start is allowed for, schools with bars that may be compared, and a start that is badly measured."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.style import BLACK, BLUE, GREY, RED, describe, signed, use_style

RISEN, FALLEN, NEAR = "up", "down", "near"
LOOKS = {
    NEAR: {"color": "#bbbbbb", "linestyle": "-", "linewidth": 1},
    FALLEN: {"color": RED, "linestyle": "--", "linewidth": 2.2},
    RISEN: {"color": BLUE, "linestyle": "-", "linewidth": 2.2},
}
PLACES = {
    "below": ("低于全县", {"color": RED, "marker": "s"}),
    "unsure": ("分不出", {"color": GREY, "marker": "o"}),
    "above": ("高于全县", {"color": BLUE, "marker": "^"}),
}
APART = (0, 20, 40, 60, 80, 100)  # points
RELIABILITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
BETTER = (0, 5, 10, 20)  # points


def rank_slopes(table: pd.DataFrame, far: int = 10) -> np.ndarray:
    """Draw the rank of each school's mean score and that of its value added, joined by a line; each rank with its interval, at either side.

    Parameters
    ----------
    table : DataFrame
        By school: ``raw_rank, raw_first, raw_last`` and ``rank, first, last``; 1 the highest.
    far : int
        Places from which on a move is marked.

    Returns
    -------
    ndarray of Axes
        Intervals of the mean's rank, the lines, intervals of value added's.
    """
    use_style()
    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(5.4, 5.2), width_ratios=(1, 1.3, 1))
    moved = table["raw_rank"] - table["rank"]
    kinds = np.select([moved >= far, moved <= -far], [RISEN, FALLEN], NEAR)
    for kind, look in LOOKS.items():
        rows = table[kinds == kind]
        for panel, names in zip(
            axes[::2], (("raw_rank", "raw_first", "raw_last"), ("rank", "first", "last")), strict=True
        ):
            place, first, last = (rows[name] for name in names)
            panel.vlines(place, first, last, color=look["color"], linewidth=1.6)
            panel.plot(place, place, linestyle="", marker="o", markersize=3, color=look["color"])
        axes[1].plot([0, 1], rows[["raw_rank", "rank"]].to_numpy().T, **look)
        axes[1].plot([], [], **look, label=_kind_in_words(kind, len(rows), far))
    for panel, title in zip(axes, ("平均分的名次", "同一所学校", "增值的名次"), strict=True):
        panel.set_title(title)
        panel.set_xticks([])
        panel.grid(visible=False)
    axes[0].set(ylabel=f"名次（1最高，{len(table)}所），竖线是95%区间", ylim=(len(table) + 0.9, 0.1))
    figure.legend(loc="outside lower center", fontsize=11)
    describe(figure, _moves_in_words(table, moved, far))
    return axes


def _kind_in_words(kind: str, schools: int, far: int) -> str:
    words = {RISEN: f"前移{far}名或更多", FALLEN: f"后移{far}名或更多", NEAR: "移动得少些"}
    return f"{words[kind]}（{schools}所）"


def _moves_in_words(table: pd.DataFrame, moved: pd.Series, far: int) -> str:
    wide = [
        (table[last] - table[first]).mean() for first, last in (("raw_first", "raw_last"), ("first", "last"))
    ]
    return (
        f"连线图：{len(table)}所学校，左边是平均分的名次，右边是增值的名次，各带95%区间。前移{far}名或更多的{(moved >= far).sum()}所，"
        f"后移{far}名或更多的{(moved <= -far).sum()}所，最多移动{moved.abs().max():.0f}名。左边的区间平均跨{wide[0]:.0f}名，右边的平均跨{wide[1]:.0f}名。"
    )


def added_rows(table: pd.DataFrame) -> Axes:
    """Draw schools' value added, lowest at the left: a thick bar to compare two schools by, a thin one to compare each with the county.

    Parameters
    ----------
    table : DataFrame
        By school: ``added``; ``bar_low, bar_high``; ``low, high``; ``place``, of `PLACES`.

    Returns
    -------
    Axes
    """
    use_style()
    rows = table.sort_values("added", kind="stable")
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    places = np.arange(len(rows))
    axes.axhline(0, color=BLACK, linewidth=1, linestyle="-")
    for place, (name, look) in PLACES.items():
        here = (rows["place"] == place).to_numpy()
        if not here.any():
            continue
        own = rows[here]
        axes.vlines(places[here], own["low"], own["high"], color=look["color"], linewidth=0.9)
        axes.vlines(
            places[here], own["bar_low"], own["bar_high"], color=look["color"], linewidth=3.4, alpha=0.55
        )
        axes.plot(
            places[here], own["added"], linestyle="", markersize=5, label=f"{name}（{here.sum()}所）", **look
        )
    axes.set(xlabel=f"{len(rows)}所学校，按增值从低到高", ylabel="收缩后的增值（分）", xticks=[])
    axes.grid(axis="x", visible=False)
    figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    counts = "，".join(f"{name}{(rows['place'] == place).sum()}所" for place, (name, _) in PLACES.items())
    apart = int((rows["bar_low"].to_numpy()[None, :] > rows["bar_high"].to_numpy()[:, None]).sum())
    pairs = len(rows) * (len(rows) - 1) // 2
    describe(
        figure,
        f"区间图：{len(rows)}所学校的增值，从{signed(rows['added'].iloc[0])}到{signed(rows['added'].iloc[-1])}分。细线是95%区间，和0比：{counts}。"
        f"粗线用来两两相比，不叠的有{apart}对，一共{pairs}对。",
    )
    return axes


def explore_start(leads: Callable[[float, float, float], Mapping[str, float]]) -> Explorer:
    """Explore two schools whose pupils start apart: which seems ahead, by how well the start was measured.

    Parameters
    ----------
    leads : callable
        Called with the points between their starts, the reliability of the start and the points that the lower one adds more; returns the lead of the one
        that starts higher: ``raw``, ``added``, ``true``.
    """
    top = max(leads(apart, r, 0)["raw"] for apart in APART for r in RELIABILITIES)

    def answer(apart: int, reliability: float, better: int) -> Answer:
        return _answer(leads(apart, reliability, better), (apart, reliability, better), top)

    controls = {
        "apart": slider("两校的起点差", APART, "分", start=60),
        "reliability": slider("起点成绩的信度", RELIABILITIES, start=0.7),
        "better": slider("乙校真的多教", BETTER, "分", start=5),
    }
    return explore(answer, controls, "起点量得不准，增值冤枉起点低的学校")


def _answer(found: Mapping[str, float], state: tuple[int, float, int], top: float) -> Answer:
    apart, reliability, better = state
    ways = {"raw": "看平均分", "added": "看增值", "true": "真的"}
    said = [_ahead(found[way]) for way in ways]
    wrong = [abs(found[way] - found["true"]) > 0.05 for way in ways]
    panels = [
        Bars(f"{school}领先（分）", list(ways.values()), leads, [f"{lead:.1f}" if lead > 0.05 else "不领先" for lead in leads], top=top, marked=wrong)
        for school, leads in (
            ("甲校（起点高）", [found[way] for way in ways]),
            ("乙校（起点低）", [-found[way] for way in ways]),
        )
    ]  # fmt: skip
    off = [found[way] - found["true"] for way in ways]
    rows = [
        [name, lead, "准" if not bad else f"多算给甲校{gap:.1f}分"]
        for name, lead, bad, gap in zip(ways.values(), said, wrong, off, strict=True)
    ]
    sentence = f"起点差{apart}分，起点成绩的信度{reliability:g}，乙校真的多教{better}分：看平均分，{said[0]}；看增值，{said[1]}；真的，{said[2]}。"
    return Answer(panels, ["怎样看", "谁领先", "准不准"], rows, sentence)


def _ahead(lead: float) -> str:
    if abs(lead) < 0.05:
        return "一样"
    return f"{'甲' if lead > 0 else '乙'}校领先{abs(lead):.1f}分"
