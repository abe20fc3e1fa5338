"""Figures of target paths: one school's pace and path, when the whole county holds, and an explorer of a path."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, BLUE, RED, SKY, YELLOW, describe, use_style

NOWS = tuple(range(40, 100, 5))  # % of the standard
YEARS = tuple(range(2, 9))
MUCH = 0.05  # of an even step: a difference between steps that is worth naming
FILLS = ({"color": BLUE}, {"color": SKY, "hatch": ".."}, {"color": RED, "hatch": "xx"}, {"color": YELLOW, "hatch": "//"})  # fmt: skip


def pace_and_path(known: pd.Series, ahead: pd.DataFrame, path: pd.Series, what: str = "与标准之比") -> Axes:
    """Draw the years so far, the line carried on with its interval, and the path to the standard.

    Parameters
    ----------
    known : Series
        By year: value over threshold.
    ahead : DataFrame
        By later year: ``line, low, high``, of `balancelib.progress.pace`.
    path : Series
        By year, from today: target over threshold.
    what : str
        Label of the values.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 3.9))
    percent, band, goals = 100 * known.dropna(), 100 * ahead, 100 * path
    axes.fill_between(band.index, band["low"], band["high"], color=SKY, alpha=0.35, label="区间")
    axes.plot(band.index, band["line"], color=BLUE, linestyle="--", label="照现在的步子")
    axes.plot(percent.index, percent, color=BLUE, linestyle="-", marker="o", label="已经有的")
    axes.plot(goals.index, goals, color=RED, linestyle="-", marker="s", markersize=5, label="目标路径")
    axes.axhline(100, color=BLACK, linewidth=1.2, linestyle=":", label="标准")
    axes.set(xlabel="年", ylabel=f"{what}（%）")
    axes.locator_params(axis="x", integer=True)
    figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    past = "，".join(f"{year}年{value:.0f}%" for year, value in percent.items())
    targets = "，".join(f"{year}年{value:.0f}%" for year, value in goals.items())
    end = band.iloc[-1]
    said = f"照现在的步子，{band.index[-1]}年{end['line']:.0f}%，区间{end['low']:.0f}%到{end['high']:.0f}%"
    describe(figure, f"折线图，{what}。已经有的：{past}。目标路径：{targets}。{said}。")
    return axes


def holding_bars(counts: pd.DataFrame) -> Axes:
    """Draw for each indicator how many sections below the standard hold by when, as stacked bars.

    Parameters
    ----------
    counts : DataFrame
        Rows by indicators' names, columns by what is to be said of them (at most four), whole numbers.

    Returns
    -------
    Axes
    """
    if counts.shape[1] > len(FILLS):
        raise ValueError(f"最多画{len(FILLS)}类，现在有{counts.shape[1]}类")
    axes = row_axes(list(counts.index))[0]
    left = np.zeros(len(counts))
    for (name, column), style in zip(counts.items(), FILLS, strict=False):
        axes.barh(range(len(counts)), column, left=left, edgecolor="white", label=name, **style)
        for row, (begin, n) in enumerate(zip(left, column, strict=True)):
            if n:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
                axes.text(begin + n / 2, row, str(int(n)), ha="center", va="center", fontsize=11, bbox=box)
        left += column.to_numpy(dtype=float)
    axes.set(xlim=(0, 1.05 * left.max(initial=1)), xlabel="学校（学段部分）的个数")
    axes.locator_params(axis="x", integer=True)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    rows = [
        f"{name}：{'，'.join(f'{kind}{n:.0f}个' for kind, n in row.items() if n) or '一个也没有'}"
        for name, row in counts.iterrows()
    ]
    describe(axes.figure, f"条形图，{'；'.join(rows)}。")
    return axes


def explore_target_path(
    targets: Callable[[float, int], Sequence[float]], nows: Sequence[int] = NOWS, years: Sequence[int] = YEARS
) -> Explorer:
    """Let the reader move where a school is today and in how many years it is to hold.

    Parameters
    ----------
    targets
        Called with today's value over the threshold and a number of years; returns the targets of each year after today, over the threshold; the last is 1.
    nows, years : sequence of int
        The positions: % of the threshold, and years.

    Returns
    -------
    Explorer
        Put it at the end of a cell.
    """
    last = max(years)
    labels = [f"第{year}年" for year in range(1, last + 1)]
    found = {(now, n): 100 * np.asarray(targets(now / 100, n), dtype=float) for now in nows for n in years}
    most = max(np.diff([now, *path]).max() for (now, _), path in found.items())

    def answer(now: int, until: int) -> Answer:
        path = np.pad(found[now, until], (0, last - until), constant_values=100.0)
        steps = np.diff([now, *path])
        more = [f"{step:.1f}" if year < until else "—" for year, step in enumerate(steps)]
        even = f"{(100 - now) / until:.1f}"
        panels = [
            Bars("目标（标准的%）", labels, path, [f"{value:.0f}" for value in path], 110, 100, "标准"),
            Bars("这一年要多几个百分点", labels, steps.clip(min=0), more, most, (100 - now) / until, f"平摊{even}"),
        ]  # fmt: skip
        rows = [[label, f"{value:.1f}%", step] for label, value, step in zip(labels, path, more, strict=True)]
        at = int(steps.argmax())
        if np.ptp(steps[:until]) < MUCH * (100 - now) / until:
            step = f"每年都和平摊差不多，{even}个百分点"
        else:
            step = f"要多得最多的是{labels[at]}，{more[at]}个百分点，平摊是每年{even}个"
        sentence = f"今天是标准的{now}%，{until}年达标：第1年到{path[0]:.1f}%；{step}。"
        return Answer(panels, ["年", "目标", "多几个百分点"], rows, sentence)

    controls = {
        "now": slider("今天（标准的%）", nows, "%", start=nows[len(nows) // 3]),
        "until": slider("几年达标", years, "年", start=years[len(years) // 2]),
    }
    return explore(answer, controls, "从今天到标准：每年到哪里")
