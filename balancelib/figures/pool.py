"""Itinerant teachers: the week of the schools that they serve, and what limits change."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLACK, SKY, describe, use_style

DAYS = ("周一", "周二", "周三", "周四", "周五")
HALVES = {"am": "上午", "pm": "下午"}


def pool_week(visits: pd.DataFrame, letters: Mapping[str, str]) -> Axes:
    """Draw in which half day which subject comes to which school.

    Parameters
    ----------
    visits : DataFrame
        A half day a row: ``school`` (name), ``weekday`` 1–5, ``half`` am or pm, ``subject``.
    letters : mapping of str to str
        The Chinese name of each subject; its first character stands in the figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        No visit at all.
    """
    if visits.empty:
        raise ValueError("没有一个走教的半天，画不出周历")
    use_style()
    schools = visits["school"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    figure, axes = plt.subplots(figsize=(5.4, 1.3 + 0.26 * len(schools)))
    columns = 2 * (visits["weekday"].astype(int) - 1) + (visits["half"] == "pm")
    rows = pd.Index(schools.index).get_indexer(visits["school"])
    cells = visits["subject"].map(lambda subject: letters[subject][0]).groupby([rows, columns]).agg("".join)
    for (row, column), text in cells.items():
        axes.add_patch(plt.Rectangle((column, row), 1, 1, facecolor=SKY, alpha=0.45, edgecolor="white"))
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=10, color=BLACK)
    axes.set(xlim=(0, 10), ylim=(len(schools), 0))
    axes.set_yticks(np.arange(len(schools)) + 0.5, schools.index, fontsize=10)
    axes.set_xticks(np.arange(1, 11, 2), DAYS)
    axes.set_xticks(np.arange(0, 11, 2), minor=True)
    axes.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", which="minor", color=BLACK, linewidth=0.6)
    axes.set_xlabel("每天左格是上午，右格是下午")
    axes.spines[:].set_visible(False)
    describe(figure, _week_in_words(visits, schools, letters))
    return axes


def _week_in_words(visits: pd.DataFrame, schools: pd.Series, letters: Mapping[str, str]) -> str:
    """Say which school has which subject how often."""
    of = visits.groupby(["school", "subject"], sort=False).size()
    parts = [
        f"{school}：{'，'.join(f'{letters[subject]}{n}个半天' for subject, n in of[school].items())}"
        for school in schools.index
    ]
    return f"走教周历，{len(schools)}所学校，每周{len(visits)}个半天。{'；'.join(parts)}。"


def explore_pool(levels: pd.DataFrame) -> Explorer:
    """Let the reader move the longest road and the half days a week: where somebody comes, and how far it is.

    Parameters
    ----------
    levels : DataFrame
        A row for each ``within`` (km) and ``half_days``: ``gaps, served``; ``lack, given`` (periods a week); ``teachers``; ``km`` a week;
        ``unserved`` (texts, a tuple).

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A road without all numbers of half days.

    Examples
    --------
    >>> rows = pd.DataFrame({"within": [10, 20], "half_days": 4, "gaps": 3, "served": [1, 3], "lack": 20.0, "given": [6.0, 18.5], "teachers": [1, 2], "km": [30.0, 95.5], "unserved": [("甲校美术", "乙校美术"), ()]})
    >>> print(explore_pool(rows).all_states()[0].sentence)
    最远10公里，每人每周最多4个半天：3处缺课里1处有人来上课，缺的20节里补上6节；1名教师走教，每周来回30公里。
    """
    found = levels.set_index(["within", "half_days"])
    withins, days = (sorted(levels[name].unique()) for name in ("within", "half_days"))
    if len(found) != len(withins) * len(days) or not found.index.is_unique:
        raise ValueError("每个最远路程都要有每种半天数的结果，各一行")
    tops = {name: max(float(levels[name].max()), 1.0) for name in ("gaps", "lack", "km")}

    def answer(within: float, half_days: int) -> Answer:
        return _answer(within, half_days, found.loc[(within, half_days)], tops)

    controls = {
        "within": Control(
            "最远几公里", withins, [f"{w:g}公里" for w in withins], withins[len(withins) // 2], slides=True
        ),
        "half_days": Control(
            "每人每周最多", days, [f"{n}个半天" for n in days], days[len(days) // 2], slides=True
        ),
    }
    return explore(answer, controls, "走教：多远、几个半天，哪里有人来")


def _answer(within: float, half_days: int, row: pd.Series, tops: dict[str, float]) -> Answer:
    """Answer for one position."""
    nobody, left = row["gaps"] - row["served"], row["lack"] - row["given"]
    panels = [
        Bars(
            "缺课的地方（处）",
            ["有人来上课", "没有人来"],
            [row["served"], nobody],
            [f"{row['served']}处", f"{nobody}处"],
            top=tops["gaps"],
            marked=[False, True],
        ),
        Bars(
            "缺的课（每周节数）",
            ["补上", "还缺"],
            [row["given"], left],
            [f"{row['given']:.0f}节", f"{left:.0f}节"],
            top=tops["lack"],
            marked=[False, True],
        ),
        Bars("走的路（每周来回，公里）", ["合计"], [row["km"]], [f"{row['km']:.0f}"], top=tops["km"]),
    ]
    return Answer(
        panels,
        ["没有人来的"],
        [[name] for name in row["unserved"]] or [["一处也没有"]],
        f"最远{within:g}公里，每人每周最多{half_days}个半天：{row['gaps']}处缺课里{row['served']}处有人来上课，缺的{row['lack']:.0f}节里补上"
        f"{row['given']:.0f}节；{row['teachers']}名教师走教，每周来回{row['km']:.0f}公里。",
    )
