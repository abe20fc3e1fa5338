"""Composites of schools: weights beside each other, ranks that are shown with their intervals only, and weights to move."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLACK, BLUE, GREY, LINE_STYLES, PALETTE, RED, describe, use_style

MARKERS = ("o", "s", "^", "D", "v")
ENDS = 5  # schools shown at each end by the explorer


def weight_dots(weights: pd.DataFrame) -> Axes:
    """Draw sets of weights beside each other, a line a set.

    Parameters
    ----------
    weights : DataFrame
        A row a set, by its name; a column a dimension, by its name; 0 to 1. At most five sets.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    places = np.arange(weights.shape[1])
    for (name, row), colour, marker, style in zip(
        weights.iterrows(), PALETTE, MARKERS, LINE_STYLES, strict=False
    ):
        axes.plot(places, 100 * row, color=colour, marker=marker, linestyle=style, label=name)
    axes.set_xticks(places, weights.columns)
    axes.set(ylabel="权重（%）", ylim=(0, None))
    axes.legend(fontsize=11)
    sets = "；".join(
        f"{name}：" + "，".join(f"{dimension}{100 * weight:.0f}%" for dimension, weight in row.items())
        for name, row in weights.iterrows()
    )
    describe(figure, f"折线图：几套权重各给每个方面多少。{sets}。")
    return axes


def rank_ranges(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> Axes:
    """Draw from which to which rank each school may stand.

    Parameters
    ----------
    table : DataFrame
        By school: ``low, median, high``; in the order to draw.
    names : mapping, optional
        Of the schools, where they are to be read; without, schools are only counted.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No interval: a rank alone is not drawn.
    """
    if not {"low", "median", "high"} <= set(table.columns):
        raise ValueError("名次要连同区间才画：表里要有low、median、high三列")
    use_style()
    rows = len(table)
    figure, axes = plt.subplots(figsize=(5.4, max(3.6, 0.22 * rows if names else 0.09 * rows + 1)))
    places = np.arange(rows)
    wide = (table["high"] - table["low"]).to_numpy()
    for place, low, high in zip(places, table["low"], table["high"], strict=True):
        axes.plot([low, high], [place, place], color=GREY, linewidth=2)
    axes.scatter(table["median"], places, color=BLUE, edgecolor="white", linewidth=0.4, s=22, zorder=2)
    axes.set(xlabel="名次（1最高）", xlim=(0, rows + 1), ylim=(rows - 0.4, -0.6))
    if names:
        axes.set_yticks(places, [names[school] for school in table.index], fontsize=9)
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{rows}所学校，按中间的名次排列")
    axes.axvline((rows + 1) / 2, color=BLACK, linewidth=0.8, linestyle=":")
    middle = int(((table["low"] <= (rows + 1) / 2) & (table["high"] >= (rows + 1) / 2)).sum())
    describe(
        figure,
        f"区间图：{rows}所学校各自可能的名次，点是中间的名次，线是95%的区间。区间平均跨{wide.mean():.0f}名，最窄{wide.min()}名，最宽{wide.max()}名；"
        f"{middle}所的区间跨过正中间。",
    )
    return axes


def choice_bars(shifts: pd.Series) -> Axes:
    """Draw by how many places each choice moves a school on average.

    Parameters
    ----------
    shifts : Series
        By the choice's name: places.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 0.5 * len(shifts) + 1))
    bars = axes.barh(shifts.index, shifts, color=[BLUE] * (len(shifts) - 1) + [RED], hatch=None)
    bars[-1].set_hatch("//")
    for place, value in enumerate(shifts):
        axes.text(value, place, f" {value:.1f}", va="center")
    axes.set(xlabel="名次平均变动（名）", xlim=(0, 1.15 * max(shifts.max(), 1e-9)))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    describe(
        figure,
        f"条形图：每一步换一种做法，学校的名次平均变动几名。{'，'.join(f'{name}{value:.1f}名' for name, value in shifts.items())}。",
    )
    return axes


def explore_weights(
    scaled: pd.DataFrame, ranges: pd.DataFrame, names: Mapping[str, str], steps: Sequence[int] = (1, 2, 4)
) -> Explorer:
    """Let the reader weigh three dimensions: who comes out first and last, beside the interval of each one's rank.

    Parameters
    ----------
    scaled : DataFrame
        By school, a column a dimension (the first three are moved, the others weigh 1), 0 to 1.
    ranges : DataFrame
        By school: ``low, high``, the interval of the rank under all choices.
    names : mapping
        Of the schools.
    steps : sequence of int
        The weights to choose from, in shares.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        Fewer than three dimensions or two schools, or a school without an interval.

    Examples
    --------
    >>> scaled = pd.DataFrame({"学业": [1.0, 0], "课程": [0.0, 1], "师资": [0.5, 0.5]}, index=["a", "b"])
    >>> ranges = pd.DataFrame({"low": [1, 1], "high": [2, 2]}, index=["a", "b"])
    >>> print(explore_weights(scaled, ranges, {"a": "甲校", "b": "乙校"}, (1, 3)).all_states()[4].sentence)
    学业3份、课程1份、师资1份：得分最高的是甲校；可是做法换一换，它的名次从第1到第2都有可能。
    """
    if scaled.shape[1] < 3 or len(scaled) < 2 or not scaled.index.isin(ranges.index).all():
        raise ValueError("要有三个以上的方面、两所以上的学校，每所学校都要有名次区间")
    moved = list(scaled.columns[:3])
    controls = {
        f"w{i}": Control(f"{dimension}的权重", list(steps), [f"{step}份" for step in steps], slides=True)
        for i, dimension in enumerate(moved)
    }

    def answer(**weights: int) -> Answer:
        return _answer(scaled, ranges, names, dict(zip(moved, weights.values(), strict=True)))

    return explore(answer, controls, "权重换一换，名单变不变")


def _answer(
    scaled: pd.DataFrame, ranges: pd.DataFrame, names: Mapping[str, str], moved: dict[str, int]
) -> Answer:
    """Answer for one set of weights."""
    weights = pd.Series(1.0, index=scaled.columns)
    weights.update(pd.Series(moved, dtype=float))
    scores = (scaled @ (weights / weights.sum())).sort_values(ascending=False, kind="stable")
    ends = min(ENDS, len(scores) // 2)
    first, last = scores.head(ends), scores.tail(ends)
    panels = [
        Bars(
            title,
            [names[school] for school in part.index],
            part.tolist(),
            [f"{score:.2f}" for score in part],
            top=1,
            marked=[mark] * ends,
        )
        for title, part, mark in ((f"得分最高的{ends}所", first, False), (f"得分最低的{ends}所", last, True))
    ]
    rows = [
        [names[school], f"{score:.2f}", f"第{ranges.loc[school, 'low']}到第{ranges.loc[school, 'high']}"]
        for school, score in [*first.items(), *last.items()]
    ]
    top = first.index[0]
    said = "、".join(f"{dimension}{share}份" for dimension, share in moved.items())
    return Answer(
        panels,
        ["学校", "得分", "名次区间（所有做法）"],
        rows,
        f"{said}：得分最高的是{names[top]}；可是做法换一换，它的名次从第{ranges.loc[top, 'low']}到第{ranges.loc[top, 'high']}都有可能。",
    )
