"""Figures of monitoring: indicators over the years, a school's own series with its limits, and schools of all sizes in a funnel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import reaches, shown, within
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.plots import STAGE_LABELS
from balancelib.figures.style import BLUE, GREY, RED, SKY, describe, use_style

if TYPE_CHECKING:
    from balancelib.policy import Funnel
    from balancelib.standards import Standard

LINES = {"primary": (BLUE, "o", "-"), "junior": (RED, "s", "--")}
COLUMNS = 2
MISSING = "缺数"
PLACES = {  # how a section is drawn by its place, and how it is called
    -1: ("低于界限", {"marker": "v", "color": RED, "s": 34}),
    0: ("在界限之内", {"marker": "o", "facecolors": "none", "edgecolors": BLUE, "s": 18}),
    1: ("高于界限", {"marker": "^", "color": "black", "s": 34}),
}
MOST_NAMED = 3  # schools named on a funnel


def indicator_years(by_year: pd.DataFrame, standard: "Standard") -> np.ndarray:
    """Draw the county's mean of each indicator over the years, as a multiple of its threshold, a panel an indicator.

    Parameters
    ----------
    by_year : DataFrame
        Of `balancelib.policy.history_by_year`: ``year, stage, indicator, ratio``.
    standard : Standard
        How the indicators are called.

    Returns
    -------
    ndarray of Axes
        One an indicator, in the standard's order.
    """
    use_style()
    rows = -(-len(standard.indicators) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, sharex=True, sharey=True, figsize=(5.4, 1.55 * rows + 0.7))
    said = []
    for axes, indicator in zip(grid.flat, standard.indicators, strict=False):
        said.append(_panel(axes, by_year[by_year["indicator"] == indicator.key], indicator.short_label))
    for axes in grid.flat[len(standard.indicators) :]:
        axes.set_axis_off()
    lowest = [grid[k // COLUMNS, k % COLUMNS] for k in range(len(standard.indicators) - COLUMNS, len(standard.indicators))]  # fmt: skip
    for axes in lowest:
        axes.tick_params(labelbottom=True)
    figure.supylabel("县均值是标准的几倍", fontsize=12)
    figure.supxlabel("年份", fontsize=12)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=11)
    describe(figure, f"折线图，每项指标一格，县均值是标准的几倍。{'；'.join(said)}。")
    return grid.flat[: len(standard.indicators)]


def _panel(axes: Axes, rows: pd.DataFrame, label: str) -> str:
    axes.axhline(1, color="black", linewidth=1, linestyle=":", label="标准")
    said = []
    for stage, (colour, marker, line) in LINES.items():
        here = rows[rows["stage"] == stage].set_index("year")["ratio"].dropna()
        if len(here):
            axes.plot(here.index, here, color=colour, marker=marker, markersize=3.5, linestyle=line, label=STAGE_LABELS[stage])  # fmt: skip
            said.append(
                f"{STAGE_LABELS[stage]}{here.index[0]}年{here.iloc[0]:.2f}，{here.index[-1]}年{here.iloc[-1]:.2f}"
            )
    axes.set_title(label, fontsize=11, loc="left")
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=4)
    axes.tick_params(labelsize=10)
    return f"{label}：{'，'.join(said)}"


def series_chart(
    series: pd.Series, limits: tuple[float, float, float], label: str, marked: Sequence[int] = ()
) -> Axes:
    """Draw one school's indicator over the county's mean, year by year, between its own limits.

    Parameters
    ----------
    series : Series
        Value over the county's mean, by year.
    limits : tuple of float
        Centre, lower and upper limit.
    label : str
        Of the school and indicator.
    marked : sequence of int
        Years with a signal.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    centre, lower, upper = limits
    known = series.dropna()
    axes.plot(known.index, known, color=BLUE, marker="o", markersize=5)
    axes.axhline(centre, color=GREY, linewidth=1.2, linestyle="-")
    for limit, name in ((upper, "上限"), (lower, "下限")):
        axes.axhline(limit, color="black", linewidth=1.2, linestyle="--")
        _beside(axes, limit, f"{name}{limit:.2f}")
    _beside(axes, centre, f"中心{centre:.2f}")
    signals = known[known.index.isin(list(marked))]
    axes.plot(signals.index, signals, linestyle="none", marker="s", markersize=11, fillstyle="none", color=RED, label="有信号的年份")  # fmt: skip
    axes.set(xlabel="年份", ylabel="是县均值的几倍", title=label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    if len(signals):
        figure.legend(loc="outside lower center", fontsize=11)
    years = "，".join(f"{year}年{value:.2f}" for year, value in known.items())
    flagged = f"有信号的是{'、'.join(f'{year}年' for year in signals.index)}" if len(signals) else "没有信号"
    describe(figure, f"控制图，{label}是县均值的几倍：{years}；中心{centre:.2f}，界限{lower:.2f}到{upper:.2f}；{flagged}。")  # fmt: skip
    return axes


def _beside(axes: Axes, height: float, text: str) -> None:
    axes.text(1.01, height, text, transform=axes.get_yaxis_transform(), va="center", fontsize=10)


def funnel_plot(funnel: "Funnel", label: str, threshold: float | None = None) -> Axes:
    """Draw sections by their pupils, with the county's rate and the limits that narrow as schools grow.

    Parameters
    ----------
    funnel : Funnel
        Of `balancelib.policy.funnel`.
    label : str
        Of the indicator, with its unit.
    threshold : float, optional
        Of the standard: another question than the limits, so that it is drawn apart.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    sections = funnel.sections
    largest = sections["pupils"].max()
    pupils = np.linspace(max(sections["pupils"].min() * 0.8, 1), largest * 1.03, 200)
    for level, line in ((0.95, ":"), (0.998, "--")):
        lower, upper = funnel.limits(pupils, level)
        axes.plot(pupils, lower, color=GREY, linewidth=1.2, linestyle=line, label=f"{100 * level:g}%界限")
        axes.plot(pupils, upper, color=GREY, linewidth=1.2, linestyle=line)
    axes.axhline(funnel.rate, color=SKY, linewidth=1.5, linestyle="-", label=f"县均值{funnel.rate:.2f}")
    if threshold is not None:
        axes.axhline(threshold, color="black", linewidth=1, linestyle="-.", label=f"标准{threshold:g}")
    for place, (name, drawn) in PLACES.items():
        here = sections[sections["place"] == place]
        if len(here):
            axes.scatter(here["pupils"], here["value"], label=f"{name}（{len(here)}个）", zorder=3, **drawn)
    _name_extremes(axes, sections, largest)
    top = max(sections["value"].max(), funnel.rate * 2)
    axes.set(xlabel="学生数（人）", ylabel=label, ylim=(-0.02 * top, 1.1 * top), xlim=(0, largest * 1.05))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    describe(figure, funnel_in_words(funnel, label))
    return axes


def _name_extremes(axes: Axes, sections: pd.DataFrame, largest: float) -> None:
    outside = sections[sections["place"] != 0]
    furthest = outside["z"].abs().nlargest(MOST_NAMED).index
    for row in outside.loc[furthest].itertuples():
        right = row.pupils > largest / 2
        axes.annotate(
            row.name, (row.pupils, row.value), xytext=(-8 if right else 8, 0), textcoords="offset points",
            ha="right" if right else "left", va="center", fontsize=10,
        )  # fmt: skip


def funnel_in_words(funnel: "Funnel", label: str) -> str:
    """Say what `funnel_plot` shows."""
    sections = funnel.sections
    named = [
        f"{PLACES[place][0]}的{(sections['place'] == place).sum()}个"
        + ("" if place == 0 or not len(here) else f"（{'、'.join(here['name'].head(5))}）")
        for place in PLACES
        for here in [sections[sections["place"] == place]]
    ]
    return (
        f"漏斗图，{label}：横轴是学生数，人越少界限越宽。县均值{funnel.rate:.2f}；"
        f"{len(sections)}个学段部分，{'，'.join(named)}。"
    )


def explore_years(by_year: pd.DataFrame, standard: "Standard") -> Explorer:
    """Let the reader choose indicator and stage, and see the county's mean and its dispersion year by year.

    Parameters
    ----------
    by_year : DataFrame
        Of `balancelib.policy.history_by_year`.
    standard : Standard
        Names, units, thresholds and the limit of the coefficient of variation.

    Returns
    -------
    Explorer
        Put it at the end of a cell.
    """
    stages = [stage for stage in STAGE_LABELS if (by_year["stage"] == stage).any()]
    keys = [indicator.key for indicator in standard.indicators]
    rows = by_year.set_index(["indicator", "stage"]).sort_index()

    def answer(indicator: str, stage: str) -> Answer:
        return _answer(rows.loc[[(indicator, stage)]].sort_values("year"), standard, indicator, stage)

    controls = {
        "indicator": Control("指标", keys, [i.short_label for i in standard.indicators]),
        "stage": Control("学段", stages, [STAGE_LABELS[stage] for stage in stages]),
    }
    return explore(answer, controls, "七项指标：逐年看水平和差距")


def _answer(rows: pd.DataFrame, standard: "Standard", key: str, stage: str) -> Answer:
    indicator, limit = standard.indicator(key), standard.cv_rule.limits[stage]
    threshold = indicator.thresholds[stage]
    years, mean, cv = [f"{year}年" for year in rows["year"]], rows["mean"], rows["cv"]
    means = [f"{x:,.2f}" if known else MISSING for x, known in zip(mean, mean.notna(), strict=True)]
    cvs = [shown(x, limit, 3, within) if known else MISSING for x, known in zip(cv, cv.notna(), strict=True)]
    below = [f"{n}/{of}" for n, of in zip(rows["below"], rows["sections"], strict=True)]
    short, over = (
        (~met & known.notna()).tolist()
        for met, known in ((reaches(mean, threshold), mean), (within(cv, limit), cv))
    )
    panels = [
        Bars(f"县均值（{indicator.unit}）", years, mean.tolist(), means, top=1.1 * np.fmax(mean.max(), threshold),
             line=threshold, line_text=f"标准{threshold:,g}", marked=short),
        Bars("差异系数", years, cv.tolist(), cvs, top=1.1 * np.fmax(cv.max(), limit), line=limit,
             line_text=f"上限{limit:.2f}", marked=over),
    ]  # fmt: skip
    name = f"{STAGE_LABELS[stage]}，{indicator.short_label}"
    exceeded = "、".join(year for year, high in zip(years, over, strict=True) if high)
    limited = f"超过{limit:.2f}的年份有{exceeded}" if exceeded else f"哪一年也没有超过{limit:.2f}"
    return Answer(
        panels,
        ["年份", "县均值", "差异系数", "没有达标的学段部分"],
        [list(row) for row in zip(years, means, cvs, below, strict=True)],
        f"{name}：县均值{years[0]}{means[0]}，{years[-1]}{means[-1]}{indicator.unit}；差异系数{cvs[0]}变为{cvs[-1]}，{limited}。",
    )
