"""Figures of the pupils to come: the forecast with its interval, sections judged year by year, and an explorer of births and class size."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import OCHRE, Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.plots import STAGE_LABELS
from balancelib.figures.style import BLUE, GREY, RED, SKY, describe, use_style

if TYPE_CHECKING:
    from balancelib.resources import Ahead, Forecast

LINES = {"primary": (BLUE, "o", SKY), "junior": (RED, "s", "#e0b0b8")}
YEARS = range(2026, 2036)
CHANGES = (-0.15, -0.10, -0.05, 0.0, 0.05)
SIZES = {"primary": (45, 40, 35, 30), "junior": (50, 45, 40, 35)}


def pupils_ahead(forecast: "Forecast", level: float = 0.90) -> Axes:
    """Draw pupils by stage: the years known, the forecast, its interval.

    Parameters
    ----------
    forecast : Forecast
        Of `forecast_pupils`.
    level : float
        Of the interval.

    Returns
    -------
    Axes
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 3.8))
    said = [_draw_stage(axes, forecast, stage, level) for stage in LINES]
    unborn = forecast.totals("primary")["assumed"]
    if unborn.any():
        since = unborn.idxmax()
        axes.axvline(since - 0.5, color=GREY, linewidth=1, linestyle=":")
        axes.text(since - 0.4, 0.99, "入学的孩子\n还没有出生", transform=axes.get_xaxis_transform(), va="top", fontsize=10)  # fmt: skip
        said.append(f"{since}年起入学的孩子还没有出生，按假定计算")
    axes.set(xlabel="年（9月1日）", ylabel="学生数（人）", ylim=(0, None))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    describe(axes.figure, f"折线图，各学段学生数：{'；'.join(said)}。")
    return axes


def _draw_stage(axes: Axes, forecast: "Forecast", stage: str, level: float) -> str:
    """Draw one stage's pupils, and say what they are."""
    (colour, marker, light), name = LINES[stage], STAGE_LABELS[stage]
    ahead, line = forecast.totals(stage, level), {"color": colour, "marker": marker, "markersize": 4}
    grades = [g for g in forecast.known.columns if (int(g[5:]) <= 6) == (stage == "primary")]
    known = forecast.known[grades].sum(axis=1)
    joined = pd.concat([known.tail(1), ahead["pupils"]])
    axes.plot(known.index, known, linestyle="-", label=f"{name}，已有", **line)
    axes.plot(joined.index, joined, linestyle="--", fillstyle="none", label=f"{name}，预测", **line)
    axes.fill_between(ahead.index, ahead["low"], ahead["high"], color=light, alpha=0.6, linewidth=0)
    first, last, end = known.index[-1], ahead.index[-1], ahead.iloc[-1]
    return (
        f"{name}{first}年{known.iloc[-1]:,.0f}人，预测{last}年{end['pupils']:,.0f}人，"
        f"{level:.0%}区间{end['low']:,.0f}到{end['high']:,.0f}人"
    )


def sections_ahead(ahead: "Ahead") -> np.ndarray:
    """Draw how many sections of each stage would meet the standard year by year if only pupils change.

    Parameters
    ----------
    ahead : Ahead
        Of `judge_ahead`.

    Returns
    -------
    ndarray of Axes
        One a stage.
    """
    use_style()
    stages = [stage for stage in STAGE_LABELS if ahead.sections.xs(stage, level="stage")["sections"].any()]
    figure, grid = plt.subplots(
        len(stages), sharex=True, squeeze=False, figsize=(5.4, 2.1 * len(stages) + 0.6)
    )
    said = []
    for axes, stage in zip(grid[:, 0], stages, strict=True):
        found = ahead.sections.xs(stage, level="stage")
        name, years = STAGE_LABELS[stage], found.index
        axes.bar(years, found["sections"], color="white", edgecolor=GREY, label="学段部分总数")
        bars = axes.bar(years, found["meeting"], color=BLUE, label="达到要求")
        for place, met in zip(bars, found["meeting"], strict=True):  # within the bar, unless it is too low
            low = met < 0.2 * found["sections"].max()
            axes.annotate(f"{met}", (place.get_x() + place.get_width() / 2, met), (0, 3 if low else -4), textcoords="offset points",
                          ha="center", va="bottom" if low else "top", color="black" if low else "white", fontsize=10)  # fmt: skip
        axes.set_ylabel(f"{name}（个）")
        axes.set_xticks(years[::2])
        axes.grid(visible=False)
        said.append(f"{name}：" + "，".join(f"{y}年{m}/{n}" for y, n, m in found.itertuples()))
    grid[-1, 0].set_xlabel("年")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=11)
    describe(figure, f"柱形图，只有学生数变化时达到要求的学段部分（个）和总数：{'；'.join(said)}。")
    return grid[:, 0]


def explore_classes(rooms: Callable[[float, Mapping[str, int]], pd.DataFrame]) -> Explorer:
    """Let the reader move future births, the size of classes and the year; see pupils, classes, and rooms short or empty.

    Parameters
    ----------
    rooms : callable
        Given the yearly change of births and the most pupils a class may have, by stage, it returns what `rooms_ahead` does.

    Returns
    -------
    Explorer
        Put it at the end of a cell.
    """

    @cache
    def at(change: float, size: int) -> pd.DataFrame:
        return rooms(change, {stage: sizes[size] for stage, sizes in SIZES.items()})

    fullest = at(CHANGES[-1], len(SIZES["primary"]) - 1)
    most = 1.05 * fullest.groupby(level="year")[["pupils", "classes"]].sum().max()

    def answer(change: float, size: int, year: int) -> Answer:
        return _classes_at(at(change, size), year, most)

    signed = [f"{change:+.0%}".replace("-", "−") if change else "不变" for change in CHANGES]
    limits = [f"{primary}、{junior}人" for primary, junior in zip(*SIZES.values(), strict=True)]
    controls = {
        "change": Control("2026年起每年的出生人口", CHANGES, signed, start=-0.05, slides=True),
        "size": Control("班额上限（小学、初中）", range(len(limits)), limits, slides=True),
        "year": Control("看哪一年", YEARS, [f"{year}年" for year in YEARS], start=YEARS[-1], slides=True),
    }
    return explore(answer, controls, "学生、班和教室：动一动出生人口、班额和年份")


def _classes_at(rooms: pd.DataFrame, year: int, most: pd.Series) -> Answer:
    """Answer for one year, beside the last year known."""
    sums = rooms.groupby(level="year")[["pupils", "classes", "classrooms", "short", "idle"]].sum()
    now, then = sums.index[0], sums.loc[[sums.index[0], year]].round().astype(int)
    schools = rooms.xs(year, level="year")
    lacking, names = int((schools["short"] > 0).sum()), [f"{now}年", f"{year}年"]
    panels = [
        Bars(title, names, then[column].tolist(), [f"{n:,}" for n in then[column]], top=most[column], marked=[False, True],
             mark=OCHRE, **line)
        for title, column, line in (
            ("学生数（人）", "pupils", {}),
            ("需要的班（个）", "classes", {"line": int(sums["classrooms"].iloc[0]), "line_text": f"教室{sums['classrooms'].iloc[0]:,.0f}间"}),
        )
    ]  # fmt: skip
    rows = [[name, *(f"{n:,}" for n in row)] for name, row in zip(names, then.to_numpy(), strict=True)]
    last = then.iloc[1]
    short = f"{lacking}所学校一共缺{last['short']:,}间教室" if lacking else "没有学校缺教室"
    return Answer(
        panels,
        ["年", "学生数", "班", "教室", "缺", "空"],
        rows,
        f"{year}年：学生{last['pupils']:,}人，要{last['classes']:,}个班；{short}，"
        f"{int((schools['idle'] > 0).sum())}所学校空{last['idle']:,}间。",
    )
