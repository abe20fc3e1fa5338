"""Figures of one series with a break: what was seen and what would have been, what each way of looking claims, dates at which nothing began, and an explorer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.effects import effect_rows
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLACK, BLUE, RED, YELLOW, describe, signed, use_style

if TYPE_CHECKING:
    from balancelib.measures import Estimate
    from balancelib.progress.series import Break

WAYS = {
    "before_after": "前后平均",
    "no_trend": "漏了趋势",
    "no_season": "漏了季节",
    "newey_west": "都放，纽维误差",
    "autoregressive": "都放，自相关误差",
}
WHEN = {"first": "开始那个月", "mean": "平均每个月", "last": "最后一个月"}


def break_lines(months: pd.DataFrame, began: str, what: str) -> Axes:
    """Draw what was seen month by month, the line fitted to it, and the same line had nothing changed.

    Parameters
    ----------
    months : DataFrame
        Of `balancelib.progress.find_break`: ``month, value, since, line, without``.
    began : str
        The month from which the rule held.
    what : str
        What is measured, with its unit.
    """
    use_style()
    axes = plt.figure(figsize=(5.4, 4.2)).add_subplot()
    since, after = months["since"], months["since"] >= 0
    axes.scatter(since, months["value"], s=14, color=BLACK, zorder=3, label="看到的，一点一个月")
    axes.plot(since, months["line"], color=BLUE, linestyle="-", linewidth=1.6, label="模型")
    without = months["without"][after]
    axes.plot(since[after], without, color=RED, linestyle="--", linewidth=1.6, label="要是没有做")
    axes.axvline(-0.5, color=BLACK, linewidth=1, linestyle=":")
    axes.text(-0.5, 1.01, f"{began}开始", transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    first = months["month"].str[:4].drop_duplicates()
    axes.set_xticks(since[first.index], first)
    axes.set(xlabel="年份（只有上课的月份）", ylabel=what)
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    describe(axes.figure, _months_in_words(months, began, what))
    return axes


def _months_in_words(months: pd.DataFrame, began: str, what: str) -> str:
    after = months["since"] >= 0
    last, mean = months.iloc[-1], months[after].mean(numeric_only=True)
    return (
        f"折线图，{what}，{months['month'].iloc[0]}到{last['month']}，{len(months)}个上课的月份。{began}以前平均{months['value'][~after].mean():.1f}，"
        f"从那时起平均{mean['value']:.1f}；要是没有做，模型说平均{mean['without']:.1f}。"
        f"最后一个月看到{last['value']:.1f}，模型{last['line']:.1f}，要是没有做{last['without']:.1f}。"
    )


def claim_rows(estimates: Mapping[str, "Estimate"], what: str, truth: float | None = None) -> Axes:
    """Draw what each way of looking at a series claims, as `effect_rows`.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        Of `balancelib.progress.series_claims`, in absences of a thousand pupil-days.
    what, truth
        As for `effect_rows`.
    """
    return effect_rows({WAYS[way]: found for way, found in estimates.items()}, what, truth, "‰", 2)


def in_words(found: "Estimate") -> str:
    """Write an estimate with its interval.

    Examples
    --------
    >>> from balancelib.measures import Estimate
    >>> in_words(Estimate(-5.22, 0.84, -6.91, -3.53, 64))
    '−5.2，区间−6.9到−3.5'
    """
    return f"{signed(found.value)}，区间{signed(found.low)}到{signed(found.high)}"


def placebo_dots(dates: pd.DataFrame, what: str) -> Axes:
    """Draw what is found at dates at which nothing began, hollow, and at the true one, full, with intervals.

    Parameters
    ----------
    dates : DataFrame
        Of `balancelib.progress.placebo_dates`.
    what : str
        What is found, with its unit.
    """
    use_style()
    axes = plt.figure().add_subplot()
    rows, real = np.arange(len(dates)), dates["real"].to_numpy()
    rows[real] += 1  # apart from the others
    axes.vlines(rows, dates["low"], dates["high"], color=BLUE, linewidth=1.6, zorder=2)
    for chosen, face, label in ((~real, "white", "假日期"), (real, YELLOW, "真日期")):
        style = {"color": face, "edgecolors": BLACK, "s": 46, "zorder": 3}
        axes.scatter(rows[chosen], dates["value"][chosen], label=f"{label}和区间", **style)
    axes.axhline(0, color=BLACK, linewidth=1, linestyle="-")
    shown = [0, *np.flatnonzero(~real)[7::7], len(dates) - 1]
    axes.set_xticks(rows[shown], dates["month"].iloc[shown])
    axes.set(xlabel="当作从哪个月开始", ylabel=what)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    describe(axes.figure, f"点和区间图，{what}：{_dates_in_words(dates[~real], dates[real].iloc[0])}。")
    return axes


def _dates_in_words(fake: pd.DataFrame, true: pd.Series) -> str:
    furthest = fake.loc[fake["value"].abs().idxmax()]
    crossed = ((fake["low"] > 0) | (fake["high"] < 0)).sum()
    return (
        f"{len(fake)}个假日期（{fake['month'].iloc[0]}到{fake['month'].iloc[-1]}）从{signed(fake['value'].min())}到"
        f"{signed(fake['value'].max())}，离0最远的是{furthest['month']}的{signed(furthest['value'])}，区间不含0的{crossed}个；"
        f"真日期{true['month']}是{signed(true['value'])}，区间{signed(true['low'])}到{signed(true['high'])}"
    )


def explore_break(find: Callable[[str, str], "Break"], dates: Sequence[str], real: str) -> Explorer:
    """Let the reader move the date of the break, and choose what is in the model.

    Parameters
    ----------
    find : callable
        Called with a date and a way of `WAYS`; returns a `balancelib.progress.series.Break`.
    dates : sequence of str
        Months to choose from, in order.
    real : str
        The true one, among them.
    """
    found = {(date, way): find(date, way) for date in dates for way in WAYS}
    effects = {state: {when: one.effect(when) for when in WHEN} for state, one in found.items()}
    lowest = min(each.value for by_when in effects.values() for each in by_when.values())
    loosest = max(one.fit.spread for one in found.values())

    def answer(date: str, way: str) -> Answer:
        at, spread = effects[date, way], found[date, way].fit.spread
        values = [-each.value for each in at.values()]
        panels = [
            Bars(
                "少了多少（‰，条越长少得越多）", list(WHEN.values()), values, [signed(-value) for value in values],
                top=-1.05 * lowest, marked=[each.low <= 0 <= each.high for each in at.values()],
            ),
            Bars("模型没有说清的起伏（‰）", ["每个月"], [spread], [f"{spread:.2f}"], top=1.4 * loosest),
        ]  # fmt: skip
        rows = [
            [WHEN[when], signed(each.value), f"{signed(each.low)}到{signed(each.high)}"]
            for when, each in at.items()
        ]
        which = "这是文件上的日期" if date == real else f"文件上的日期是{real}"
        sentence = f"当作{date}开始（{which}），{WAYS[way]}：平均{in_words(at['mean'])}‰；没有说清的起伏{spread:.2f}‰。"
        return Answer(panels, ["哪个月", "变了‰", "区间"], rows, sentence)

    controls = {
        "date": Control("假定开始于", list(dates), start=real, slides=True),
        "way": Control("怎样看", list(WAYS), list(WAYS.values()), start="autoregressive"),
    }
    return explore(answer, controls, "换一个日期，换一种看法")
