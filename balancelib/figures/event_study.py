"""Figures of what began in different years: effects by years since, what each way of counting finds, and an explorer of known truths."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.effects import effect_rows
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.style import BLACK, BLUE, RED, YELLOW, describe, signed, use_style

if TYPE_CHECKING:
    from balancelib.measures import Estimate

WAYS = {
    "before_after": "前后对比",
    "two_way": "双向固定效应",
    "event_mean": "分批，比前一年",
    "two_stage": "分批，比各年",
    "clean_two_stage": "分批，比挑选前",
}
LEVELS, GROWTHS, DIPS = range(0, 11, 2), range(6), range(0, 13, 2)
WRONG = 0.5  # points off from which a bar has the colour of what is wrong
SHOWN = 0.05  # points off from which a difference is written


def event_dots(study: pd.DataFrame, what: str, truth: pd.Series | None = None) -> Axes:
    """Draw effects by years since the beginning with their intervals: hollow before it, where nothing should be found, full since.

    Parameters
    ----------
    study : DataFrame
        As of `balancelib.progress.event_study`: index ``years_since``, ``value, low, high, n``.
    what : str
        What is estimated, with its unit.
    truth : Series, optional
        By years since; known of synthetic data only, and not drawn where it is empty.
    """
    use_style()
    axes = plt.figure().add_subplot()
    years, since = study.index.to_numpy(), study.index.to_numpy() >= 0
    axes.vlines(years, study["low"], study["high"], color=BLUE, linewidth=2, zorder=2)
    for rows, face, label in ((~since, "white", "开始以前"), (since, YELLOW, "开始以后")):
        style = {"color": face, "edgecolors": BLACK, "s": 60, "zorder": 3}
        axes.scatter(years[rows], study["value"][rows], label=f"{label}的估计和区间", **style)
    axes.axhline(0, color=BLACK, linewidth=1, linestyle="-")
    axes.axvline(-0.5, color=BLACK, linewidth=1, linestyle=":")
    told = "；".join(
        f"{_when(year)}{signed(row['value'])}，区间{signed(row['low'])}到{signed(row['high'])}（{row['n']:.0f}个）"
        for year, row in study.iterrows()
    )
    if truth is not None and len(truth):
        axes.plot(truth, color=RED, linestyle="--", label="真实的作用（合成的数据才知道）")
        told += f"；真实的作用：{'，'.join(f'{_when(year)}{signed(value)}' for year, value in truth.items())}"
    axes.set_xticks(years)
    axes.set(xlabel="开始以后第几年（0是开始的那一年，负数是以前）", ylabel=what)
    axes.figure.legend(loc="outside lower center", fontsize=11)
    describe(axes.figure, f"点和区间图，{what}，括号里是学校学段的个数：{told}。")
    return axes


def _when(year: int) -> str:
    return f"开始前{-year}年" if year < 0 else f"开始后第{year}年" if year else "开始当年"


def method_rows(estimates: Mapping[str, "Estimate"], what: str, truth: float | None = None) -> Axes:
    """Draw what each way of counting finds, as `effect_rows`.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        As of `balancelib.progress.by_method`.
    what, truth
        As for `effect_rows`.
    """
    return effect_rows({WAYS[name]: found for name, found in estimates.items()}, what, truth)


def explore_methods(responses: pd.DataFrame) -> Explorer:
    """Explore what each way of counting would find without any chance: by the effect of the first year, its growth, and bad luck before.

    Parameters
    ----------
    responses : DataFrame
        As of `balancelib.progress.method_responses`.
    """
    worlds = np.array([LEVELS[-1], GROWTHS[-1], DIPS[-1]])
    top = 1.05 * float((responses[["level", "growth", "dip"]].to_numpy() @ worlds).max())

    def answer(level: int, growth: int, dip: int) -> Answer:
        found = responses["level"] * level + responses["growth"] * growth + responses["dip"] * dip
        return _answer(found, (level, growth, dip), top)

    controls = {
        "level": slider("开始那年的作用", LEVELS, "分", start=6),
        "growth": slider("以后每年再多", GROWTHS, "分", start=4),
        "dip": slider("挑选那年低了", DIPS, "分", start=6),
    }
    return explore(answer, controls, "作用会长、挑的是倒霉的学校，各种量法说什么")


def _answer(found: pd.Series, state: tuple[int, int, int], top: float) -> Answer:
    true, values = found["true"], [found[way] for way in WAYS]
    off = [value - true for value in values]
    wrong = [abs(by) >= WRONG for by in off]
    texts = [f"{value:.1f}" for value in values]
    panel = Bars(
        "每种量法说的平均作用（分）", list(WAYS.values()), values, texts, top=top, line=true,
        line_text=f"真实{true:.1f}", marked=wrong,
    )  # fmt: skip
    words = [f"{'多' if by > 0 else '少'}{abs(by):.1f}" if abs(by) >= SHOWN else "准" for by in off]
    rows = [list(row) for row in zip(WAYS.values(), texts, words, strict=True)]
    told = "，".join(f"“{name}”{text}" for name, text in zip(WAYS.values(), texts, strict=True))
    sentence = f"开始那年{state[0]}分，以后每年再多{state[1]}分，挑选那年低了{state[2]}分：真实的平均作用{true:.1f}分；{told}。"
    return Answer([panel], ["量法", "说的（分）", "和真实比"], rows, sentence)
