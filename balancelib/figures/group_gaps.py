"""Figures of gaps between two groups: rates by stratum, what a difference of means is made of, and an explorer of the reference."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, SKY, YELLOW, describe, signed
from balancelib.measures import Oaxaca

REFERENCES = tuple(range(0, 101, 10))


def gap_rows(gaps: pd.DataFrame, groups: tuple[str, str], what: str) -> np.ndarray:
    """Draw two groups' rates in each row, and beside it their difference with its interval.

    Parameters
    ----------
    gaps : DataFrame
        As of `balancelib.groups.rate_gaps`: ``rate, others, gap, low, high`` as shares of one, a row a stratum.
    groups : (str, str)
        Names of the two groups.
    what : str
        What the rates are of.

    Returns
    -------
    ndarray of Axes
        The rates, and the differences.
    """
    axes = row_axes(list(gaps.index), width_ratios=(1.2, 1))
    shown, rows = 100 * gaps, np.arange(len(gaps))
    axes[0].hlines(rows, shown["rate"], shown["others"], color=GREY, linestyle="-")
    axes[0].scatter(
        shown["others"], rows, facecolors="white", edgecolors=BLACK, s=55, zorder=3, label=groups[1]
    )
    axes[0].scatter(shown["rate"], rows, marker="D", color=BLUE, s=55, zorder=3, label=groups[0])
    axes[0].set_xlabel(f"{what}的比例（%）")
    axes[0].margins(x=0.15)
    _intervals(axes[1], rows, *(shown[name].to_numpy() for name in ("gap", "low", "high")))
    axes[1].set_xlabel("相差（百分点）\n和95%区间")
    write_at_right(axes[1], "相差", [signed(value) for value in shown["gap"]])
    axes[0].figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{name}{groups[0]}{row['rate']:.1f}%、{groups[1]}{row['others']:.1f}%，相差{signed(row['gap'])}个百分点，"
        f"区间{signed(row['low'])}到{signed(row['high'])}"
        for name, row in shown.iterrows()
    )
    describe(axes[0].figure, f"点图，{what}的比例：{listed}。")
    return axes


def _intervals(axes: Axes, rows: np.ndarray, value: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    axes.hlines(rows, low, high, color=BLUE, linestyle="-", linewidth=3)
    axes.scatter(value, rows, color=YELLOW, edgecolors=BLACK, s=60, zorder=3)
    axes.axvline(0, color=BLACK, linestyle="--", linewidth=1.2)
    axes.margins(x=0.1)


def part_rows(found: Oaxaca, names: Mapping[str, str], unit: str = "分") -> np.ndarray:
    """Draw the parts of a difference of two means, and what each variable adds to the first of them, with intervals.

    Parameters
    ----------
    found : Oaxaca
        As of `balancelib.measures.oaxaca_twofold`.
    names : mapping of str to str
        Of the parts, in the order to draw.
    unit : str
        Of the means.

    Returns
    -------
    ndarray of Axes
        One.
    """
    first = next(iter(names))
    rows = {"一共相差": found.gap}
    rows |= {name: found.parts[part] for part, name in names.items()}
    rows |= {f"其中：{factor}": e for factor, e in found.detail[first].items()}
    axes = row_axes(list(rows))
    values, low, high = (
        np.array([getattr(e, end) for e in rows.values()]) for end in ("value", "low", "high")
    )
    places = np.arange(len(rows))
    colours = [BLACK, *[BLUE, RED, YELLOW][: len(names)], *[SKY] * len(found.detail[first])]
    axes[0].barh(places, values, height=0.55, color=colours, edgecolor=BLACK, linewidth=0.6)
    axes[0].hlines(places, low, high, color=GREY, linestyle="-", linewidth=2.5)
    axes[0].axvline(0, color=BLACK, linewidth=1.2)
    axes[0].set_xlabel(f"{unit}（灰线是95%区间；“其中”是{names[first]}里面的）")
    write_at_right(axes[0], unit, [signed(value) for value in values])
    listed = "；".join(
        f"{name}{signed(v)}{unit}，区间{signed(a)}到{signed(b)}"
        for name, v, a, b in zip(rows, values, low, high, strict=True)
    )
    describe(axes[0].figure, f"条形图，平均数的差和它的组成：{listed}。")
    return axes


def explore_reference(
    split: Callable[[Sequence[str], float], Oaxaca],
    chosen: Mapping[str, Sequence[str]],
    groups: tuple[str, str],
) -> Explorer:
    """Explore how the explained part hangs on the reference and on what is put in.

    Parameters
    ----------
    split
        Called with factors and the weight of the first group's coefficients, of one; returns the parts in two.
    chosen : mapping of str to sequence of str
        Factors by the name of the choice; the first is the beginning.
    groups : (str, str)
        Names of the two groups.
    """
    states = {(c, w): split(factors, w / 100) for c, factors in chosen.items() for w in REFERENCES}
    parts = [e.value for found in states.values() for e in (found.gap, *found.parts.values())]
    top = 1.15 * max(map(abs, parts))

    def answer(put_in: str, weight: int) -> Answer:
        found = states[put_in, weight]
        gap, (said, unsaid) = found.gap.value, (found.parts[p] for p in ("explained", "unexplained"))
        rows = [("一共低", -gap, ""), ("说得出的", -said.value, ""), ("说不出的", -unsaid.value, "")]
        bars = Bars(
            f"{groups[0]}比{groups[1]}平均低多少（分）",
            [name for name, _, _ in rows],
            [max(value, 0) for _, value, _ in rows],
            [signed(value) for _, value, _ in rows],
            top,
            marked=[False, False, True],
        )
        detail = [[name, signed(-e.value)] for name, e in found.detail["explained"].items()]
        sentence = (
            f"放进去的是{put_in}，按{groups[0]}的系数占{weight}%来算：一共低{signed(-gap)[1:] if gap < 0 else signed(-gap)}分，"
            f"说得出的{signed(-said.value)}分，说不出的{signed(-unsaid.value)}分，"
            f"95%区间{signed(-unsaid.high)}到{signed(-unsaid.low)}。用了{sum(found.n)}名学生。"
        )
        return Answer([bars], ["说得出的里面", "分"], detail, sentence)

    controls = {
        "put_in": choice("放进哪些因素", list(chosen)),
        "weight": slider(f"{groups[0]}的系数占", REFERENCES, "%", start=0),
    }
    return explore(answer, controls, "放进什么、按谁的系数，说得出的变多少")
