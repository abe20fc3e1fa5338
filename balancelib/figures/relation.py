"""Figures of how one thing goes with another: rank, wealth, school, place; and of what a measure is made of."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from textwrap import fill
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from numpy.typing import ArrayLike

from balancelib.figures.layout import label_bars, name_dots, row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, HATCHES, RED, SKY, YELLOW, describe, number, use_style
from balancelib.measures import contribution, intraclass, two_step_fca, wealth_neutrality

if TYPE_CHECKING:
    from balancelib.measures import Decomposition, Estimate


def wealth_line(
    resource: ArrayLike,
    wealth: ArrayLike,
    weights: ArrayLike,
    names: Sequence[str],
    labels: tuple[str, str] = ("资源", "财力"),
) -> Axes:
    """Draw a resource by wealth, a dot a place as large as its weight, with the (weighted) line of least squares.

    Parameters
    ----------
    resource, wealth, weights : array_like, shape (n,)
        As for `wealth_neutrality`.
    names : sequence of str
        Of the places.
    labels : (str, str)
        Of the axes, with units: resource, wealth.
    """
    use_style()
    x, y, w = (np.asarray(column, dtype=float) for column in (wealth, resource, weights))
    line = wealth_neutrality(y, x, w)
    figure, axes = plt.subplots()
    axes.scatter(x, y, s=240 * w / w.max(), facecolors=SKY, edgecolors=BLUE, label="学校，越大学生越多")
    ends = np.array([x.min(), x.max()])
    fitted = np.average(y, weights=w) + line.slope * (ends - np.average(x, weights=w))
    axes.plot(ends, fitted, color=BLACK, linestyle="--", label="按学生数加权的直线")
    name_dots(axes, x, y, names)
    axes.set(xlabel=labels[1], ylabel=labels[0])
    axes.margins(x=0.14, y=0.24)
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    places = "；".join(f"{n}{a:g}、{b:.1f}" for n, a, b in zip(names, x, y, strict=True))
    figures = f"弹性{line.elasticity:.2f}，相关系数{line.correlation:.2f}"
    describe(figure, f"散点图，横轴{labels[1]}，纵轴{labels[0]}：{places}。{figures}。")
    return axes


def school_values(values: ArrayLike, schools: ArrayLike, what: str = "成绩（分）") -> Axes:
    """Draw each pupil's value in the row of the school, with the school's mean, and the mean of all.

    Parameters
    ----------
    values, schools : array_like, shape (n,)
        As for `intraclass`.
    what : str
        Label of the values, with their unit.
    """
    values, schools = np.asarray(values, dtype=float), np.asarray(schools)
    _, first = np.unique(schools, return_index=True)
    names = schools[np.sort(first)]
    axes = row_axes(names)[0]
    means = np.array([values[schools == name].mean() for name in names])
    rows = [np.flatnonzero(names == school)[0] for school in schools]
    axes.scatter(values, rows, facecolors="none", edgecolors=BLUE, s=36, label="一名学生")
    axes.scatter(means, range(len(names)), marker="|", color=RED, s=420, linewidths=3, label="学校的平均")
    axes.axvline(values.mean(), color=BLACK, linestyle="--", label="全体的平均")
    axes.set_xlabel(what)
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    listed = "；".join(f"{name}{mean:.1f}" for name, mean in zip(names, means, strict=True))
    share = intraclass(values, schools)
    text = f"点图：每个点是一名学生的{what}。各校平均：{listed}；全体平均{values.mean():.1f}。组间方差比例{share:.3f}。"
    describe(axes.figure, text)
    return axes


def access_map(
    supply: ArrayLike,
    demand: ArrayLike,
    minutes: ArrayLike,
    cutoff: float,
    names: tuple[Sequence[str], Sequence[str]],
    what: str = "学位",
) -> np.ndarray:
    """Draw the minutes from each place to each school, those within reach filled, and what each place comes to have.

    Parameters
    ----------
    supply, demand, minutes, cutoff
        As for `two_step_fca`.
    names : (sequence of str, sequence of str)
        Of the places that people come from, and of the schools.
    what : str
        What the schools offer.

    Returns
    -------
    ndarray of Axes
        The map, and the bars.
    """
    minutes, access = np.asarray(minutes, dtype=float), 100 * two_step_fca(supply, demand, minutes, cutoff)
    axes = row_axes(names[0], width_ratios=(2.4, 1))
    axes[0].imshow(minutes <= cutoff, cmap=ListedColormap(["white", SKY]), vmin=0, vmax=1, aspect="auto")
    for (row, column), cost in np.ndenumerate(minutes):
        near = cost <= cutoff
        text = f"{cost:g}" if np.isfinite(cost) else "—"
        axes[0].text(column, row, text, ha="center", va="center", color=BLACK if near else GREY)
    axes[0].set_xticks(range(len(names[1])), [fill(name, 2) for name in names[1]])
    axes[0].set_xlabel("路上的分钟数，有底色的够得着")
    axes[0].grid(visible=False)
    label_bars(axes[1], axes[1].barh(range(len(access)), access, color=BLUE), access, "{:.0f}")
    axes[1].set_xlabel(f"每百人的\n{what}（个）")
    reached = ["、".join(np.asarray(names[1])[row <= cutoff]) for row in minutes]
    listed = "；".join(
        f"{place}{f'够得着{schools}' if schools else '够不着任何学校'}，每百人{value:.1f}个{what}"
        for place, schools, value in zip(names[0], reached, access, strict=True)
    )
    describe(axes[0].figure, f"可达图，{cutoff:g}分钟以内算够得着：{listed}。")
    return axes


def decomposition_bars(decompositions: Mapping[str, "Decomposition"]) -> Axes:
    """Draw what part of an inequality lies between the groups of each level, and what part within: a bar a measure.

    Parameters
    ----------
    decompositions : mapping
        What `decompose` returned, by the name to show; all with the same levels.
    """
    rows = {name: _parts(found) for name, found in decompositions.items()}
    axes = row_axes(list(rows))[0]
    kinds = list(dict.fromkeys(kind for parts in rows.values() for kind in parts))
    left = np.zeros(len(rows))
    for kind, colour, hatch in zip(kinds, cycle((BLUE, YELLOW, SKY, RED)), cycle(HATCHES), strict=False):
        shares = np.array([parts.get(kind, 0.0) for parts in rows.values()])
        axes.barh(
            range(len(rows)), shares, left=left, color=colour, hatch=hatch, edgecolor="white", label=kind
        )
        left += shares
    axes.set(xlim=(0, 100), xlabel="占全部差距的份额（%）")
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    listed = "；".join(
        f"{name}：{'，'.join(f'{kind}{share:.1f}%' for kind, share in parts.items())}"
        for name, parts in rows.items()
    )
    describe(axes.figure, f"条形图，每条是一种度量分成几部分：{listed}。")
    return axes


def contribution_bars(x: ArrayLike, weights: ArrayLike, names: Sequence[str], unit: str = "1") -> np.ndarray:
    """Draw each school's part in the squared CV, and by how much the CV changes with one more unit there.

    Parameters
    ----------
    x, weights : array_like, shape (n,)
        As for `contribution`; weights above 0.
    names : sequence of str
        Of the schools.
    unit : str
        One unit of ``x``, such as 生均1册.

    Returns
    -------
    ndarray of Axes
        The shares, and the changes.
    """
    share, derivative = contribution(x, weights)
    if np.isnan(share).any():
        raise ValueError("各校都一样，没有差距可分")
    axes = row_axes(names, width_ratios=(1, 1))
    label_bars(axes[0], axes[0].barh(range(len(share)), 100 * share, color=BLUE), 100 * share, "{:.1f}")
    axes[0].set_xlabel("占差异系数平方的\n份额（%）")
    colours = np.where(derivative > 0, RED, SKY)
    bars = axes[1].barh(range(len(share)), derivative, color=colours, edgecolor=BLACK, linewidth=0.8)
    label_bars(axes[1], bars, derivative, "{:+.3f}")
    axes[1].axvline(0, color=BLACK, linewidth=1.2)
    axes[1].set_xlabel(f"多{unit}时\n差异系数变多少")
    axes[1].margins(x=0.6)
    listed = "；".join(
        f"{n}占{100 * s:.1f}%，多{unit}时差异系数{'升' if d > 0 else '降'}{abs(d):.3f}"
        for n, s, d in zip(names, share, derivative, strict=True)
    )
    describe(axes[0].figure, f"条形图，各校在差异系数的平方里占多少：{listed}。")
    return axes


def estimate_intervals(estimates: Mapping[str, "Estimate"], what: str, limit: float | None = None) -> Axes:
    """Draw estimates as points with their intervals, a row each.

    Parameters
    ----------
    estimates : mapping
        What `estimate` returned, by the name to show.
    what : str
        What is estimated.
    limit : float, optional
        An official limit to compare with.
    """
    axes = row_axes(list(estimates))[0]
    for row, found in enumerate(estimates.values()):
        axes.plot([found.low, found.high], [row, row], color=BLUE, linestyle="-", linewidth=3)
        axes.plot([found.low, found.high], [row, row], color=BLUE, linestyle="", marker="|", markersize=14)
        axes.scatter(found.value, row, color=YELLOW, edgecolors=BLACK, s=70, zorder=3)
    write_at_right(
        axes, "区间", [f"{number(found.low, 2)}至{number(found.high, 2)}" for found in estimates.values()]
    )
    text = f"点和区间图，{what}：" + "；".join(
        f"{name}估计{number(found.value, 3)}，区间从{number(found.low, 3)}到{number(found.high, 3)}"
        for name, found in estimates.items()
    )
    if limit is not None:
        axes.axvline(limit, color=RED, linestyle="--", label=f"上限{limit:.2f}")
        axes.figure.legend(loc="outside lower center", fontsize=11)
        text += f"；虚线是上限{limit:.2f}"
    axes.set_xlabel(what)
    describe(axes.figure, text + "。")
    return axes


def summary_bars(table: Any, by: str, measures: Mapping[str, str]) -> np.ndarray:
    """Draw measures of several groups side by side: a panel a measure, a bar a group.

    Parameters
    ----------
    table : DataFrame
        What `summarise` returned, for one column.
    by : str
        Column with the groups' names.
    measures : mapping
        For each column of a measure the label to show.

    Returns
    -------
    ndarray of Axes
        One a measure.
    """
    names = [f"{name}（{n}所）" for name, n in zip(table[by], table["n"], strict=True)]
    axes = row_axes(names, width_ratios=(1,) * len(measures))
    for panel, (column, label) in zip(axes, measures.items(), strict=True):
        values = np.asarray(table[column], dtype=float)
        label_bars(panel, panel.barh(range(len(values)), values, color=BLUE), values, "{:.3f}")
        panel.set_xlabel(f"{label}（无单位）")
    listed = "；".join(
        f"{name}{'，'.join(f'{label}{row[column]:.3f}' for column, label in measures.items())}"
        for name, row in zip(names, table.to_dict("records"), strict=True)
    )
    describe(axes[0].figure, f"条形图：{listed}。")
    return axes


def _parts(found: "Decomposition") -> dict[str, float]:
    """Percentages of the total: between the groups of each level, within the finest, and the overlap if there is one."""
    levels = {"组间" if name == "group" else f"{name}之间": part for name, part in found.levels.items()}
    parts = levels | {"组内": found.within}
    if abs(found.overlap) > 1e-12:
        parts["重叠"] = found.overlap
    if found.total == 0:
        raise ValueError("没有差距可分")
    return {kind: 100 * part / found.total for kind, part in parts.items()}
