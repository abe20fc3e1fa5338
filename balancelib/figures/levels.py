"""Figures of whose a gap is: shares of levels, counties by level and by gap, and what narrower gaps would change."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.assess.logic import reaches, within
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, BLUE, GREY, HATCHES, RED, SKY, YELLOW, describe, use_style

SHADES = (BLUE, YELLOW, SKY, RED)
LEAST_WRITTEN = 9  # percent: a narrower piece has no room for its number
STEPS = (0, 20, 40, 60, 80, 100)  # percent that a gap is narrowed by
TESTS = {"cv_meet": "差异系数都过", "schools_meet": "学校都达标", "meets": "两样都过"}
CORNERS = {  # whether the mean reaches its threshold, and the coefficient its limit
    (True, True): ("均值达标，差距在限内", {"marker": "o", "facecolors": "none", "edgecolors": BLUE, "s": 24}),
    (True, False): ("均值达标，差距过大", {"marker": "^", "facecolors": YELLOW, "edgecolors": BLACK, "linewidths": 0.5, "s": 36}),
    (False, True): ("均值不达标，差距在限内", {"marker": "s", "facecolors": SKY, "edgecolors": BLUE, "linewidths": 0.6, "s": 28}),
    (False, False): ("均值不达标，差距过大", {"marker": "X", "facecolors": RED, "edgecolors": "white", "linewidths": 0.4, "s": 44}),
}  # fmt: skip


def share_bars(shares: pd.DataFrame, what: str = "占全部差距的份额") -> Axes:
    """Draw what share of a whole each part has: a bar a row, its parts one after the other.

    Parameters
    ----------
    shares : DataFrame
        A row a bar, a column a part, by the names to show; from 0 to 1, each row's sum 1. A row of blanks, where there is nothing to share
        out, stays empty; a blank beside numbers is no part.
    what : str
        What is shared out.
    """
    percent = 100 * shares.to_numpy(dtype=float)
    axes = row_axes([str(name) for name in shares.index])[0]
    left = np.zeros(len(shares))
    for part, widths, colour, hatch in zip(shares, percent.T, cycle(SHADES), cycle(HATCHES), strict=False):
        filled = np.nan_to_num(widths)
        axes.barh(
            range(len(shares)), filled, left=left, color=colour, hatch=hatch, edgecolor="white", label=part
        )
        for row in np.flatnonzero(filled >= LEAST_WRITTEN):
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.text(
                left[row] + filled[row] / 2, row, f"{filled[row]:.0f}", ha="center", va="center", fontsize=10, bbox=box
            )  # fmt: skip
        left += filled
    axes.set(xlim=(0, 100), xlabel=f"{what}（%）")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    rows = "；".join(
        _row_in_words(name, row, shares.columns) for name, row in zip(shares.index, percent, strict=True)
    )
    describe(axes.figure, f"条形图，每条分成几段，{what}：{rows}。")
    return axes


def _row_in_words(name: str, row: np.ndarray, parts: Sequence[str]) -> str:
    if np.isnan(row).all():
        return f"{name}没有可分的"
    return f"{name}，" + "，".join(
        f"{part}{x:.1f}%" for part, x in zip(parts, row, strict=True) if not np.isnan(x)
    )


def county_quadrants(ratio: ArrayLike, cv: ArrayLike, limit: float, names: Sequence[str], what: str) -> Axes:
    """Draw a dot a county: how its mean stands to the threshold, and how far its schools are apart.

    Parameters
    ----------
    ratio, cv : array_like, shape (n,)
        The county's mean as a multiple of the threshold, and its coefficient of variation; a county without one of them is not drawn.
    limit : float
        Of the coefficient.
    names : sequence of str
        The counties'.
    what : str
        The indicator, with its stage.

    Raises
    ------
    ValueError
        No county has both.
    """
    use_style()
    ratio, cv = np.asarray(ratio, dtype=float), np.asarray(cv, dtype=float)
    known = ~np.isnan(ratio + cv)
    if not known.any():
        raise ValueError("没有一个县既有均值又有差异系数，没有图可画")
    ratio, cv, names = ratio[known], cv[known], np.asarray(names)[known]
    high, near = reaches(ratio, 1), within(cv, limit)
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    counts = []
    for (is_high, is_near), (label, dot) in CORNERS.items():
        here = (high == is_high) & (near == is_near)
        if here.any():
            axes.scatter(ratio[here], cv[here], **dot, zorder=3, label=f"{label}（{here.sum()}个县）")
        counts.append(f"{label}的{here.sum()}个")
    axes.axvline(1, color=BLACK, linewidth=1.2)
    axes.axhline(limit, color=GREY, linewidth=1.2, linestyle="--")
    lowest, widest = int(np.argmin(ratio)), int(np.argmax(cv))
    # The lowest ends at its dot: to the right stand the threshold and other dots.
    for i, side in {widest: "left", lowest: "right"}.items():
        axes.annotate(
            names[i], (ratio[i], cv[i]), (5 if side == "left" else 4, 5), textcoords="offset points", ha=side, fontsize=10
        )  # fmt: skip
    axes.set(xlabel="县均值÷标准（竖线：标准）", ylabel="差异系数（虚线：上限）", ylim=(0, None))
    axes.margins(x=0.14)
    figure.legend(loc="outside lower center", ncols=1, fontsize=11)
    unknown = f"另有{(~known).sum()}个县没有数，没有画。" if not known.all() else ""
    describe(
        figure,
        f"散点图，每个点是一个县，{what}。{'，'.join(counts)}。均值最低的是{names[lowest]}，为标准的{ratio[lowest]:.2f}倍；"
        f"差距最大的是{names[widest]}，差异系数{cv[widest]:.3f}，上限{limit:g}。{unknown}",
    )
    return axes


def explore_levels(shares: pd.DataFrame, parts: Mapping[str, str]) -> Explorer:
    """Let the reader choose a stage, an indicator and a measure: what share of the gap is whose.

    Parameters
    ----------
    shares : DataFrame
        ``stage, label, measure`` in the words to show, and a column of shares, from 0 to 1, for each part.
    parts : mapping
        What each part is called, of at most eight letters, by its column.
    """
    cases = shares.set_index(["stage", "label", "measure"])[list(parts)]
    first = {name: list(dict.fromkeys(shares[name])) for name in ("stage", "label", "measure")}
    names = list(parts.values())

    def answer(stage: str, label: str, measure: str) -> Answer:
        case = cases.loc[(stage, label, measure)]
        texts = ["—" if np.isnan(x) else f"{100 * x:.0f}%" for x in case]
        bars = Bars(f"{stage}，{label}（%）", names, list(100 * case), texts, top=100)
        listed = "，".join(f"{name}占{text}" for name, text in zip(names, texts, strict=True))
        largest = "没有差距可分。" if case.isna().all() else f"最大的一块是{parts[case.idxmax()]}。"
        rows = [[name, text] for name, text in zip(names, texts, strict=True)]
        return Answer([bars], ["哪一级", "占差距"], rows, f"{stage}{label}，用{measure}：{listed}。{largest}")

    controls = {
        "label": choice("指标", first["label"]),
        "stage": choice("学段", first["stage"]),
        "measure": choice("度量", first["measure"]),
    }
    return explore(answer, controls, "差距是哪一级的：选指标、学段和度量")


def explore_narrowing(counts: Callable[[float, float], Mapping[str, int]], counties: int) -> Explorer:
    """Let the reader narrow the gaps inside counties and those between them: how many counties would meet the standard.

    Parameters
    ----------
    counts : callable
        For the shares, from 0 to 1, that gaps inside and between counties are narrowed by: how many counties pass, by test,
        ``cv_meet, schools_meet, meets``.
    counties : int
        How many there are.
    """
    now = counts(0.0, 0.0)

    def answer(inside: int, between: int) -> Answer:
        found = counts(inside / 100, between / 100)
        bars = Bars(
            f"{counties}个县里通过的（个）", list(TESTS.values()), [found[test] for test in TESTS],
            [f"{found[test]}个" for test in TESTS], top=counties,
        )  # fmt: skip
        rows = [[label, f"{now[test]}", f"{found[test]}"] for test, label in TESTS.items()]
        sentence = (
            f"县内的差距缩小{inside}%，县与县的差距缩小{between}%：差异系数都过的有{found['cv_meet']}个县，"
            f"学校都达标的有{found['schools_meet']}个，两样都过的有{found['meets']}个，现在是{now['meets']}个。"
        )
        return Answer([bars], ["查什么", "现在", "缩小以后"], rows, sentence)

    controls = {
        "inside": slider("县内差距缩小", STEPS, "%"),
        "between": slider("县与县差距缩小", STEPS, "%"),
    }
    return explore(answer, controls, "缩小差距：县里的和县与县之间的")
