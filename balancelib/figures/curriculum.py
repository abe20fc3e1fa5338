"""Figures of the curriculum: which school lacks what, nine years beside the plan's bounds, and an explorer of what is tolerated."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, GREY, RED, YELLOW, describe, use_style

MARKS = {"none": "×", "short": "△", "unknown": "?", "over": "+", "full": ""}  # told apart without colour
SHADES = {"none": "#bb5566", "short": "#ddaa33", "unknown": "#ffffff", "over": "#6699cc", "full": "#e3ecf5"}
MOST_ROWS = 60


def delivery_grid(grid: pd.DataFrame, statuses: Mapping[str, str], names: Mapping[str, str]) -> Axes:
    """Draw which school gives which subject in full: a mark where it does not.

    Parameters
    ----------
    grid : DataFrame
        A row a school, a column a subject: one of ``none, short, unknown, over, full``, or blank where there is no such subject. No more than 60 rows are drawn: the first.
    statuses : mapping of str to str
        How these are called.
    names : mapping of str to str
        The schools' names by the grid's index.

    Examples
    --------
    >>> grid = pd.DataFrame({"音乐": ["none", "full"], "体育": ["short", "unknown"]}, index=["1", "2"])
    >>> axes = delivery_grid(grid, {s: s for s in MARKS}, {"1": "甲校", "2": "乙校"})
    >>> [text.get_text() for text in axes.texts]
    ['×', '△', '?']
    """
    use_style()
    shown = grid.head(MOST_ROWS)
    steps = shown.apply(lambda column: column.map({s: i for i, s in enumerate(MARKS)})).astype(float)
    figure, axes = plt.subplots(figsize=(5.4, 1.6 + 0.17 * len(shown)))
    axes.imshow(steps, cmap=ListedColormap(list(SHADES.values())), vmin=-0.5, vmax=4.5, aspect="auto")
    for (row, column), status in np.ndenumerate(shown.to_numpy()):
        if mark := MARKS.get(status):
            axes.text(column, row, mark, ha="center", va="center", fontsize=9)
    axes.set_xticks(range(shown.shape[1]), shown.columns, rotation=90, fontsize=10)
    axes.set_yticks(range(len(shown)), [names.get(school, school) for school in shown.index], fontsize=9)
    axes.grid(visible=False)
    axes.set(xlabel="科目", ylabel="学校，缺得多的在上")
    legend = "　".join(f"{mark or '浅色'} {statuses[status]}" for status, mark in MARKS.items())
    axes.set_title(legend, fontsize=10)
    told = "；".join(_counts(name, grid[name], statuses) for name in grid)
    cut = f"只画前{MOST_ROWS}所。" if len(grid) > len(shown) else ""
    describe(figure, f"方格图，{len(grid)}所学校、{grid.shape[1]}个科目，取各年级里最差的。{cut}{told}。")
    return axes


def _counts(name: str, column: pd.Series, statuses: Mapping[str, str]) -> str:
    counts = column.value_counts()
    there = [f"{statuses[status]}{counts[status]}所" for status in MARKS if counts.get(status, 0)]
    return f"{name}：{'，'.join(there)}"


def share_bounds(paper: pd.DataFrame, room: pd.DataFrame) -> Axes:
    """Draw each group's share of nine years, on the timetable and as given, on the band that the plan allows.

    Parameters
    ----------
    paper, room : DataFrame
        By the group's name: ``share`` (NaN: not known), ``least`` and ``most`` in hours, ``hours``; the same groups in both. ``attrs["total"]`` of ``room``: hours of all.
    """
    total = room.attrs["total"]
    axes = row_axes([_in_two_lines(name) for name in room.index])[0]
    for row, (name, found) in enumerate(room.iterrows()):
        low, high = 100 * found["least"] / total, 100 * found["most"] / total
        axes.barh(row, high - low, left=low, height=0.62, color="#dddddd", edgecolor=GREY, zorder=1)
        axes.scatter(100 * paper.at[name, "share"], row, facecolors="white", edgecolors=BLACK, s=48, zorder=2)
        inside = found["status"] == "full"
        axes.scatter(
            100 * found["share"],
            row,
            color=YELLOW if inside else RED,
            marker="o" if inside else "X",
            edgecolors=BLACK,
            s=60,
            zorder=3,
        )
    axes.set_xlabel(
        "占九年课时的百分之几\n灰条：方案的上下限　空心：课表上　实心：上了的（×：在限外）", fontsize=10
    )
    axes.set_xlim(left=0)
    told = "；".join(
        f"{name}限{100 * found.least / total:.0f}%至{100 * found.most / total:.0f}%，课表上{_percent(paper.at[name, 'share'])}，上了的{_percent(found.share)}"
        for name, found in room.iterrows()
    )
    describe(axes.figure, f"点和条形图：各组科目占九年课时的比例。{told}。")
    return axes


def _in_two_lines(name: str) -> str:
    """Break a long list at the mark nearest its middle."""
    marks = [place + 1 for place, letter in enumerate(name) if letter == "、"]
    if len(name) <= 10 or not marks:
        return name
    middle = min(marks, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def _percent(share: float) -> str:
    return "不知道" if np.isnan(share) else f"{share:.1%}"


def explore_tolerance(counts: pd.DataFrame, stages: Mapping[str, str], bases: Mapping[str, str]) -> Explorer:
    """Explore how many schools have enough of each subject, as more is tolerated, on the timetable and in the room.

    Parameters
    ----------
    counts : DataFrame
        By ``stage``, ``basis`` and ``tolerance`` (periods a week): ``enough, short, unknown`` schools, and ``lacking``, subjects in grades of schools that are not in full.
    stages, bases : mapping of str to str
        How these are called; a stage that is not in ``counts`` is left out.
    """
    tolerances = list(dict.fromkeys(counts.index.get_level_values("tolerance")))
    there = {name: key for key, name in stages.items() if key in counts.index.get_level_values("stage")}
    keys = {name: key for key, name in bases.items()}

    def answer(stage: str, basis: str, tolerance: float) -> Answer:
        rows = counts.loc[there[stage]].loc[keys[basis]]
        return _answer(rows, tolerance, f"{stage}，按{basis}", tolerances)

    controls = {
        "stage": choice("学段", list(there)),
        "basis": choice("看哪个数", list(keys)),
        "tolerance": slider("每周容许差", tolerances, "节", start=tolerances[0]),
    }
    return explore(answer, controls, "放宽几节，多几所开足")


def _answer(rows: pd.DataFrame, tolerance: float, what: str, tolerances: Sequence[float]) -> Answer:
    found = rows.loc[tolerance]
    schools = [int(found[name]) for name in ("enough", "short", "unknown")]
    enough = [int(rows.at[t, "enough"]) for t in tolerances]
    panels = [
        Bars("学校（所）", ["开足", "没有开足", "还不能判定"], schools, [f"{n}所" for n in schools], top=max(sum(schools), 1)),
        Bars(
            "开足的学校（所）", [f"容许差{t:g}节" for t in tolerances], enough, [f"{n}所" for n in enough],
            top=max(sum(schools), 1), marked=[t == tolerance for t in tolerances],
        ),
    ]  # fmt: skip
    table = [
        [f"{t:g}节", *(f"{int(rows.at[t, name])}" for name in ("enough", "short", "unknown", "lacking"))]
        for t in tolerances
    ]
    said = (
        f"{what}，每周容许差{tolerance:g}节：{sum(schools)}所里开足{schools[0]}所，没有开足{schools[1]}所，"
        f"还不能判定{schools[2]}所；没有上够的{int(found['lacking'])}处。"
    )
    return Answer(panels, ["容许差", "开足", "没有开足", "不能判定", "没有上够的（处）"], table, said)
