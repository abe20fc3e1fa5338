"""Figures of a yearly plan: the traffic-light board, and an explorer of when all is to hold and what a year may cost."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore, slider
from balancelib.figures.style import BLACK, describe, use_style

PAPERS = {
    "green": "#cfe8d5",
    "amber": "#ffe9a8",
    "red": "#f0b7ad",
    "grey": "#e4e4e4",
}  # light: what is written on them is read


def traffic_board(board: pd.DataFrame, lights: Mapping[str, tuple[str, str]], names: tuple[Mapping[str, str], Mapping[str, str]]) -> Axes:  # fmt: skip
    """Draw a board: a row an indicator, a column a stage; in each cell the light's sign and word, and what changed.

    Parameters
    ----------
    board : DataFrame
        ``stage, indicator, colour, below, before, sections, unknown``, as `balancelib.progress.board` returns them: what is not known is written, and
        not taken for holding.
    lights : mapping of str to (str, str)
        Sign and word of each colour.
    names : (mapping, mapping)
        The Chinese names of the stages, in the order of the columns, and of the indicators, in that of the rows.

    Returns
    -------
    Axes
    """
    use_style()
    stages, indicators = names
    figure, axes = plt.subplots(figsize=(5.4, 0.72 * len(indicators) + 0.7))
    for _, row in board.iterrows():
        place = (list(stages).index(row["stage"]), list(indicators).index(row["indicator"]))
        _cell(axes, place, row, lights[row["colour"]])
    axes.set(xlim=(0, len(stages)), ylim=(len(indicators), 0))
    axes.set_xticks(np.arange(len(stages)) + 0.5, stages.values())
    axes.set_yticks(np.arange(len(indicators)) + 0.5, indicators.values())
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    cells = [
        f"{stages[row['stage']]}{indicators[row['indicator']]}{lights[row['colour']][1]}，{_change(row).replace('→', '个变成')}"
        for _, row in board.iterrows()
    ]
    describe(figure, f"看板：{'；'.join(cells)}。")
    return axes


def _cell(axes: Axes, place: tuple[int, int], row: pd.Series, light: tuple[str, str]) -> None:
    column, line = place
    paper = {"facecolor": PAPERS[row["colour"]], "edgecolor": "white", "linewidth": 3}
    axes.add_patch(Rectangle((column, line), 1, 1, **paper))
    sign, word = light
    axes.text(column + 0.04, line + 0.5, sign, va="center", fontsize=15, color=BLACK)
    axes.text(column + 0.17, line + 0.33, word, va="center", fontsize=12, color=BLACK)
    axes.text(column + 0.17, line + 0.7, _change(row), va="center", fontsize=11, color=BLACK)


def _change(row: pd.Series) -> str:
    """Say how many are below the standard, and what changed; if some are not known, how many."""
    now, before, unknown = int(row["below"]), int(row["before"]), round(row["unknown"] * row["sections"])
    if unknown == row["sections"]:
        return f"{unknown}个都没有数"
    said = f"低于标准{now}个" if now == before else f"低于标准{before}→{now}个"
    if unknown:
        return f"{said}，缺{unknown}个"
    return f"{said}，没变" if now == before and now else said if now or before else "没有低于标准的"


def explore_plan(levels: pd.DataFrame, budgets: Sequence[float]) -> Explorer:
    """Let the reader move the year in which all is to hold and the money of a year.

    Parameters
    ----------
    levels : DataFrame
        Of `balancelib.progress.plan_levels`: a row for each ``until`` and ``year``, ``money`` (万元), ``milestones``.
    budgets : sequence of float
        万元 a year.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A year without all plans, or without its money.
    """
    wide = levels.pivot(index="until", columns="year", values="money")
    if wide.isna().any(axis=None):
        raise ValueError("每个达标年份都要有每一年的钱，一个也不能缺")
    counts = levels.pivot(index="until", columns="year", values="milestones")
    top = 1.05 * max(float(wide.to_numpy().max()), *budgets)
    years, ends = [f"{year}年" for year in wide.columns], list(wide.index)

    def answer(until: int, budget: float) -> Answer:
        money = wide.loc[until]
        over = money > budget
        panels = [
            Bars("每年要的钱（万元）", years, money.tolist(), [f"{m:,.0f}" for m in money], top, budget, f"预算{budget:,g}", over.tolist())
        ]  # fmt: skip
        rows = [
            [label, f"{m:,.0f}", f"{n}个", "超支" if o else "够"]
            for label, m, n, o in zip(years, money, counts.loc[until], over, strict=True)
        ]
        said = f"{'、'.join(str(y) for y in wide.columns[over])}年超支，最多超{(money - budget).max():,.0f}万元" if over.any() else "没有一年超支"  # fmt: skip
        sentence = f"{until}年全部达标，每年{budget:,g}万元：到那一年一共要{money.loc[:until].sum():,.0f}万元，{said}。"
        return Answer(panels, ["年", "万元", "里程碑", "够不够"], rows, sentence)

    controls = {
        "until": Control("哪一年全部达标", ends, [f"{y}年" for y in ends], ends[len(ends) // 2], slides=True),
        "budget": slider("每年的预算", list(budgets), "万元", start=budgets[len(budgets) // 2]),
    }
    return explore(answer, controls, "早几年还是晚几年：一年要多少钱")
