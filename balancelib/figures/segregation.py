"""Figures of two groups of pupils and how they are spread over schools."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.figures.curves import cumulative_shares, curve_axes
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, SKY, YELLOW, describe
from balancelib.measures import dissimilarity, exposure, isolation, parity_index, segregation_gini, theil_h

PARITY = (0.97, 1.03)  # what UNESCO counts as parity


def parity_rates(
    a: ArrayLike, b: ArrayLike, names: Sequence[str], groups: tuple[str, str], what: str
) -> Axes:
    """Draw two groups' rates in each row, the band of parity about that of the second, and the parity index.

    Parameters
    ----------
    a, b : array_like, shape (rows,)
        Rates as shares of one, those of the group in question first.
    names : sequence of str
        Of the rows.
    groups : (str, str)
        Names of the two groups.
    what : str
        What the rates are.
    """
    a, b = 100 * np.asarray(a, dtype=float), 100 * np.asarray(b, dtype=float)
    ratio = parity_index(a, b)
    axes = row_axes(names)[0]
    rows = np.arange(len(a))
    low, high = (side * b for side in PARITY)
    axes.barh(rows, high - low, left=low, height=0.6, color="#cccccc", label="算均等的范围")
    axes.hlines(rows, np.minimum(a, b), np.maximum(a, b), color=GREY, linestyle="-")
    axes.scatter(b, rows, facecolors="white", edgecolors=BLACK, s=50, zorder=3, label=groups[1])
    axes.scatter(a, rows, marker="D", color=BLUE, s=50, zorder=3, label=groups[0])
    write_at_right(axes, "均等指数", [f"{value:.2f}" for value in ratio])
    axes.set_xlabel(f"{what}（%）")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{n}{groups[0]}{p:.0f}%、{groups[1]}{q:.0f}%，均等指数{r:.2f}"
        for n, p, q, r in zip(names, a, b, ratio, strict=True)
    )
    describe(axes.figure, f"点图，{what}：{listed}。灰条是均等指数0.97到1.03的范围。")
    return axes


def group_shares(a: ArrayLike, b: ArrayLike, names: Sequence[str], groups: tuple[str, str]) -> Axes:
    """Draw which share of each group goes to each school; where the first group's is larger, by how much.

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the two groups in each school.
    names : sequence of str
        Of the schools.
    groups : (str, str)
        Names of the two groups.
    """
    first, second = (100 * np.asarray(group) / np.sum(group) for group in (a, b))
    axes = row_axes(names)[0]
    rows = np.arange(len(first))
    axes.barh(rows - 0.19, first, height=0.36, color=SKY, edgecolor=BLUE, label=f"占全部{groups[0]}")
    axes.barh(
        rows + 0.19, second, 0.36, color=YELLOW, hatch="//", edgecolor="white", label=f"占全部{groups[1]}"
    )
    excess = first - second
    for row in np.flatnonzero(excess > 0):
        axes.barh(
            row - 0.19, excess[row], height=0.36, left=second[row], fill=False, edgecolor=RED, linewidth=2
        )
        axes.text(first[row] + 1, row - 0.19, f"多出{excess[row]:.1f}", va="center")
    axes.set_xlabel("在这所学校的份额（%）")
    axes.margins(x=0.2)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(
        f"{n}有全部{groups[0]}的{p:.1f}%、全部{groups[1]}的{q:.1f}%"
        for n, p, q in zip(names, first, second, strict=True)
    )
    describe(axes.figure, f"条形图：{listed}。差异指数{dissimilarity(a, b):.3f}。")
    return axes


def group_composition(
    a: ArrayLike,
    b: ArrayLike,
    names: Sequence[str],
    groups: tuple[str, str],
    mark: Literal["isolation", "exposure"] = "isolation",
) -> Axes:
    """Draw the composition of each school; marked is what an average pupil of the first group meets, and the whole's.

    Parameters
    ----------
    a, b, names, groups
        As for `group_shares`.
    mark : {"isolation", "exposure"}
        Which group comes first in the bars and is marked: ``a`` itself, or ``b``.
    """
    meets = 0 if mark == "isolation" else 1
    counts = np.array([a, b], dtype=float)
    shares = 100 * _composition(counts)
    value = 100 * (isolation if mark == "isolation" else exposure)(a, b)
    whole = 100 * counts[meets].sum() / counts.sum()
    axes = row_axes(names)[0]
    styles = ({"color": SKY, "edgecolor": BLUE}, {"color": YELLOW, "hatch": "//", "edgecolor": "white"})
    axes.barh(range(len(names)), shares[meets], height=0.6, label=groups[meets], **styles[meets])
    axes.barh(
        range(len(names)),
        shares[1 - meets],
        left=shares[meets],
        height=0.6,
        label=groups[1 - meets],
        **styles[1 - meets],
    )
    axes.axvline(whole, color=BLACK, linestyle="--", label="全县平均")
    axes.axvline(value, color=RED, linestyle="-", linewidth=3, label=f"平均一名{groups[0]}")
    write_at_right(axes, groups[0], [f"{count:.0f}人" for count in counts[0]])
    axes.set(xlim=(0, 100), xlabel=f"{groups[meets]}在学校里的比例（%）")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(f"{n}{share:.1f}%" for n, share in zip(names, shares[meets], strict=True))
    text = f"条形图，{groups[meets]}在各校的比例：{listed}。平均一名{groups[0]}所在的学校里是{value:.1f}%，全县{whole:.1f}%。"
    describe(axes.figure, text)
    return axes


def school_mixture(*groups: ArrayLike, names: Sequence[str]) -> Axes:
    """Draw how mixed each school is, by entropy, as a share of how mixed the whole is, and the pupils' mean.

    Parameters
    ----------
    *groups : array_like, shape (schools,)
        Pupils of each group in each school.
    names : sequence of str
        Of the schools.
    """
    counts = np.array(groups, dtype=float)
    mixture = 100 * _entropy(counts) / _entropy(counts.sum(axis=1))
    mean = 100 * (1 - theil_h(*groups))
    axes = row_axes(names)[0]
    axes.barh(range(len(names)), mixture, height=0.6, color=SKY, edgecolor=BLUE)
    axes.axvline(100, color=BLACK, linestyle="--", label="全县的混合程度")
    axes.axvline(mean, color=RED, linestyle="-", linewidth=3, label="各校按学生数平均")
    write_at_right(axes, "学生", [f"{count:.0f}人" for count in counts.sum(axis=0)])
    axes.set_xlabel("混合程度，全县为100（%）")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    listed = "；".join(f"{n}{value:.1f}%" for n, value in zip(names, mixture, strict=True))
    describe(
        axes.figure,
        f"条形图，各校的混合程度，全县为100%：{listed}。各校平均{mean:.1f}%，信息论指数{1 - mean / 100:.3f}。",
    )
    return axes


def segregation_curve(a: ArrayLike, b: ArrayLike, groups: tuple[str, str]) -> Axes:
    """Draw the curve of segregation: schools with the smallest share of the first group come first.

    Parameters
    ----------
    a, b, groups
        As for `group_shares`.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    share = _composition(np.array([a, b]))[0]
    across, up = cumulative_shares(b, share), cumulative_shares(a, share)
    axes = curve_axes(across, up, "分隔曲线")
    widest = np.argmax(across - up)
    axes.vlines(
        across[widest],
        up[widest],
        across[widest],
        color=RED,
        linestyle="-",
        linewidth=3,
        label="最大的差：差异指数",
    )
    axes.legend(loc="upper left", fontsize=11)
    axes.set(xlabel=f"{groups[1]}的累计份额（%）", ylabel=f"{groups[0]}的累计份额（%）")
    text = f"分隔曲线，{groups[0]}比例低的学校在前：前面的学校收了{across[widest]:.1f}%的{groups[1]}，只收了{up[widest]:.1f}%的{groups[0]}。"
    describe(
        axes.figure, f"{text}分隔基尼系数{segregation_gini(a, b):.3f}，差异指数{dissimilarity(a, b):.3f}。"
    )
    return axes


def _composition(counts: np.ndarray) -> np.ndarray:
    """Share of each group in each column, 0 in an empty one."""
    total = counts.sum(axis=0)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)


def _entropy(counts: np.ndarray) -> np.ndarray:
    """Entropy of each column."""
    p = _composition(counts)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=0)
