"""How a group is spread over schools: beside chance, its change in parts, and what more places do and do not do."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import reaches, shown
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, RED, SKY, YELLOW, describe, signed

if TYPE_CHECKING:
    from balancelib.measures import SegregationChange

LINE = 85  # percent: the rule of migrant children
PARTS = (("composition", "构成：人多了、校大了"), ("structure", "结构：谁去哪所学校"), ("opened", "新开的学校"), ("closed", "关掉的学校"))  # fmt: skip
SHOWN = 5e-4  # of the index: less is not drawn


def beside_chance(indices: pd.DataFrame, names: Sequence[str]) -> Axes:
    """Draw the index of dissimilarity of each row beside what chance alone makes of it.

    Parameters
    ----------
    indices : DataFrame
        Of `balancelib.groups.mixing_indices`: ``dissimilarity``, ``expected``, ``low``, ``high``, of one.
    names : sequence of str
        Of the rows.
    """
    axes = row_axes(names)[0]
    rows = np.arange(len(indices))
    low, high, expected, found = (indices[n].to_numpy() for n in ("low", "high", "expected", "dissimilarity"))
    axes.barh(rows, high - low, left=low, height=0.5, color="#cccccc", label="碰运气，100次里95次在这里")
    axes.vlines(expected, rows - 0.25, rows + 0.25, color=BLACK, linestyle="-", label="碰运气的平均")
    axes.scatter(found, rows, marker="D", color=BLUE, s=55, zorder=3, label="实际的差异指数")
    write_at_right(axes, "实际", [f"{value:.2f}" for value in found])
    axes.set(xlabel="差异指数", xlim=(0, min(1.0, 1.15 * found.max() + 0.05)))
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{name}实际{d:.2f}，碰运气平均{e:.2f}，多半在{lo:.2f}到{hi:.2f}"
        for name, d, e, lo, hi in zip(names, found, expected, low, high, strict=True)
    )
    describe(axes.figure, f"点和区间图，差异指数：{listed}。")
    return axes


def change_steps(changes: Mapping[str, "SegregationChange"], what: str) -> np.ndarray:
    """Draw how each change goes from the first year to the last by its parts, one below the other.

    Parameters
    ----------
    changes : mapping of str to SegregationChange
        Of `balancelib.measures.segregation_change`, by name.
    what : str
        Name of the index.
    """
    steps = [(name, key) for name, change in changes.items() for key in _steps(change)]
    texts = dict(PARTS) | {"before": "开头一年", "after": "最后一年"}
    labels = [f"{name}：{texts[key]}" if key == "before" else texts[key] for name, key in steps]
    axes = row_axes(labels)[0]
    said, row = [], 0
    for name, change in changes.items():
        at = 0.0
        for key in _steps(change):
            value = getattr(change, key)
            whole = key in ("before", "after")
            left = 0.0 if whole else min(at, at + value)
            style = {"color": SKY, "edgecolor": BLUE} if whole else {"color": YELLOW if value >= 0 else "white", "edgecolor": BLACK, "hatch": "//"}  # fmt: skip
            axes.barh(row, abs(value), left=left, height=0.62, **style)
            at, row = value if whole else at + value, row + 1
        parts = "，".join(f"{texts[key]}{signed(getattr(change, key), 3)}" for key in _steps(change)[1:-1])
        said.append(f"{name}从{change.before:.3f}到{change.after:.3f}，其中{parts}")
    values = [getattr(changes[name], key) for name, key in steps]
    written = [f"{v:.3f}" if key in ("before", "after") else signed(v, 3) for v, (_, key) in zip(values, steps, strict=True)]  # fmt: skip
    write_at_right(axes, what, written)
    axes.set_xlabel(what)
    describe(axes.figure, f"瀑布图，{what}：{'；'.join(said)}。")
    return axes


def _steps(change: "SegregationChange") -> list[str]:
    """Return the year before, the parts that are something, and the year after."""
    parts = [
        key for key, _ in PARTS if key in ("composition", "structure") or abs(getattr(change, key)) >= SHOWN
    ]
    return ["before", *parts, "after"]


def share_moves(effects: pd.DataFrame) -> Axes:
    """Draw for some schools the group's share before and after, and what it would be had the school kept its place.

    Parameters
    ----------
    effects : DataFrame
        Rows of `balancelib.groups.school_effects`.
    """
    axes = row_axes(list(effects["name"]))[0]
    rows = np.arange(len(effects))
    before, after, stay = (100 * effects[n].to_numpy() for n in ("before", "after", "as_before"))
    axes.hlines(rows, np.minimum(before, after), np.maximum(before, after), color=BLACK, linewidth=1, linestyle="-")  # fmt: skip
    axes.scatter(before, rows, facecolors="white", edgecolors=BLACK, s=50, zorder=3, label="开头一年")
    axes.scatter(stay, rows, marker="|", color=RED, s=220, linewidths=2.5, zorder=4, label="位置不变的话")
    axes.scatter(after, rows, marker="D", color=BLUE, s=50, zorder=3, label="最后一年")
    write_at_right(axes, "推动指数", [signed(value, 3) for value in effects["effect"]])
    axes.margins(x=0.08)  # or the axis line runs through the marks of a school that had almost none
    axes.set_xlabel("这一类学生占本校（%）")
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11, columnspacing=1, handletextpad=0.3)
    listed = "；".join(
        f"{n}从{b:.0f}%到{a:.0f}%，位置不变该是{s:.0f}%"  # one decimal of a small school tells the count
        for n, b, a, s in zip(effects["name"], before, after, stay, strict=True)
    )
    describe(axes.figure, f"点图，这一类学生占本校的比例：{listed}。")
    return axes


def explore_places(
    outcome: Callable[[float, float, float], Mapping[str, float]],
    bought: Sequence[int],
    moved: Sequence[int],
    more: Sequence[int],
) -> Explorer:
    """Explore what buying places, moving children to public schools and more newcomers do to the rate and to the spread.

    Parameters
    ----------
    outcome
        Called with places bought, children moved, and the growth of the group in percent; returns ``rate``, ``dissimilarity``, ``isolation``, ``share`` (of
        one), ``placed`` and ``pupils``.
    bought, moved, more : sequences of int
        The positions of the three sliders, each from 0 up; the start is 0.
    """
    states = {at: outcome(*at) for at in product(bought, moved, more)}
    now = states[bought[0], moved[0], more[0]]
    top = min(100.0, 1.15 * max(100 * max(s["dissimilarity"], s["isolation"]) for s in states.values()))

    def answer(bought: int, moved: int, more: int) -> Answer:
        found = states[bought, moved, more]
        rate, d, own, share = (100 * found[n] for n in ("rate", "dissimilarity", "isolation", "share"))
        told, passes = shown(rate, LINE, 1), reaches(rate, LINE)
        panels = [
            Bars("公办和购买学位的比例（%）", ["这样做"], [rate], [told], 100, LINE, f"{LINE}%线", [not passes]),
            Bars("分布（%）", ["差异指数", "隔离指数"], [d, own], [f"{d:.1f}", f"{own:.1f}"], top, 100 * now["dissimilarity"], f"现在的差异指数{100 * now['dissimilarity']:.1f}"),
        ]  # fmt: skip
        rows = [
            ["随迁子女", f"{found['pupils']:,.0f}名"],
            ["在公办和购买学位", f"{found['placed']:,.0f}名"],
            ["随迁占学生", f"{share:.1f}%"],
        ]
        sentence = (
            f"多买{bought}个学位，转{moved}名到公办，随迁子女多{more}%：公办和购买的比例{told}%，"
            f"{'过' if passes else '不过'}{LINE}%；差异指数{d:.1f}%，隔离指数{own:.1f}%。"
        )
        return Answer(panels, ["这样做以后", "数"], rows, sentence)

    controls = {
        "bought": slider("多买的学位", bought, "个", start=bought[0]),
        "moved": slider("转到公办的随迁子女", moved, "名", start=moved[0]),
        "more": slider("随迁子女多了", more, "%", start=more[0]),
    }
    return explore(answer, controls, "买学位、转到公办、人来得更多，各改变什么")
