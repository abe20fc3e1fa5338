"""Figures of staff: surplus beside shortage, classes too small for their posts, what is covered; and an explorer of the load."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.plots import STAGE_LABELS
from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe, use_style

LOADS = (80, 90, 100, 110, 120, 130)
WAYS = {"各校自己用": False, "全县一起用": True}  # whether the county shares its teachers
MARKS = ("o", "s", "^", "D")
LEAST_WRITTEN = 0.05  # posts: less would be written as 0.0


def surplus_shortage_bars(table: pd.DataFrame, names: Mapping[str, str]) -> np.ndarray:
    """Draw for each subject the posts that schools lack to the left and those that schools have to spare to the right.

    Parameters
    ----------
    table : DataFrame
        Index: stage and subject; columns ``surplus`` and ``short``, full posts.
    names : mapping of str to str
        The subjects' names.

    Returns
    -------
    ndarray of Axes
        One for each stage.
    """
    stages = [stage for stage in STAGE_LABELS if stage in table.index.get_level_values(0)]
    parts = [table.loc[stage] for stage in stages]
    use_style()
    heights = [len(part) + 2 for part in parts]
    figure, axes = plt.subplots(
        len(parts),
        squeeze=False,
        sharex=True,
        height_ratios=heights,
        figsize=(5.4, 0.27 * sum(heights) + 0.5),
    )
    for stage, part, place in zip(stages, parts, axes[:, 0], strict=True):
        _diverging(place, part, [names[key] for key in part.index])
        place.set_title(STAGE_LABELS[stage], loc="left")
    most = 1.3 * max(table[["surplus", "short"]].to_numpy().max(), 1)
    axes[0, 0].set_xlim(-most, most)
    axes[-1, 0].xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes[-1, 0].set_xlabel("← 缺的教师　　多的教师 →（按满课时量折成人）")
    describe(figure, surplus_shortage_in_words(table, names))
    return axes[:, 0]


def _diverging(axes: Axes, part: pd.DataFrame, names: Sequence[str]) -> None:
    rows = np.arange(len(part))
    axes.barh(rows, -part["short"], color=RED, height=0.7)
    axes.barh(rows, part["surplus"], color=BLUE, hatch="//", edgecolor="white", height=0.7)
    for side, ends in (("right", -part["short"]), ("left", part["surplus"])):
        for row, end in enumerate(ends):
            if abs(end) >= LEAST_WRITTEN:
                beside = (3 if side == "left" else -3, 0)
                axes.annotate(f"{abs(end):.1f}", (end, row), beside, textcoords="offset points", ha=side, va="center", fontsize=10)  # fmt: skip
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(rows, names)
    axes.tick_params(axis="y", length=0, labelsize=11)
    axes.set_ylim(len(part) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)


def surplus_shortage_in_words(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say what `surplus_shortage_bars` shows.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("primary", "music"), ("primary", "math")])
    >>> table = pd.DataFrame({"surplus": [0.0, 12.3], "short": [4.5, 0.0]}, index=index)
    >>> surplus_shortage_in_words(table, {"music": "音乐", "math": "数学"})
    '左右条形图，折成满课时量的人数。小学：音乐缺4.5多0.0，数学缺0.0多12.3。'
    """
    stages = []
    for stage, called in STAGE_LABELS.items():
        if stage in table.index.get_level_values(0):
            rows = table.loc[stage]
            said = "，".join(
                f"{names[key]}缺{row.short:.1f}多{row.surplus:.1f}" for key, row in rows.iterrows()
            )
            stages.append(f"{called}：{said}")
    return f"左右条形图，折成满课时量的人数。{'；'.join(stages)}。"


def posts_by_class_size(groups: Mapping[str, pd.DataFrame], quota: float, need: float) -> Axes:
    """Draw each school's teachers a class by its class size: what pupils bring, and what the timetable needs.

    Parameters
    ----------
    groups : mapping of str to DataFrame
        By name of the group: a row a school, with ``pupils``, ``classes`` and ``teachers``.
    quota : float
        Posts of teachers for a pupil.
    need : float
        Full posts that a class needs.
    """
    use_style()
    _, axes = plt.subplots()
    sizes, wide = [], 0.0
    for (name, frame), mark, colour in zip(groups.items(), MARKS, (BLUE, YELLOW, RED, GREY), strict=False):
        size, posts = frame["pupils"] / frame["classes"], frame["teachers"] / frame["classes"]
        axes.scatter(
            size,
            posts,
            marker=mark,
            color=colour,
            edgecolors=BLACK,
            linewidths=0.6,
            s=34,
            label=name,
            zorder=3,
        )
        sizes.extend(size)
        wide = max(wide, float(posts.max()))
    end = max(60.0, max(sizes) * 1.05)
    line = np.array([0, end])
    axes.plot(line, quota * line, color=BLACK, linestyle="-", label="按学生核的编制")
    axes.axhline(need, color=BLACK, linestyle="--", label="课表要的人")
    even = need / quota  # up to this class size pupils bring less than the timetable needs
    axes.fill_between([0, even], [0, need], need, color=GREY, alpha=0.2, linewidth=0)
    axes.annotate("编制不够排课", (1, need * 0.72), fontsize=11)
    axes.set(
        xlim=(0, end),
        ylim=(0, max(wide, need) * 1.12),
        xlabel="平均班额（人）",
        ylabel="每班教师数（人）",
    )
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=10)
    describe(axes.figure, _posts_in_words(groups, quota, need))
    return axes


def _posts_in_words(groups: Mapping[str, pd.DataFrame], quota: float, need: float) -> str:
    said = []
    for name, frame in groups.items():
        over = frame["teachers"] > quota * frame["pupils"]
        short = frame["teachers"] < need * frame["classes"]
        said.append(
            f"{name}{len(frame)}所，超编的{int(over.sum())}所，其中不够排课的{int((over & short).sum())}所"
        )
    return (
        f"散点图：每所学校的平均班额和每班教师数。课表每班要{need:.2f}人；班额{need / quota:.1f}人时，按学生核的编制正好这么多，"
        f"班额再小就不够。{'；'.join(said)}。"
    )


def cover_dots(now: pd.Series, then: pd.Series, label: tuple[str, str] = ("现在", "到时候")) -> Axes:
    """Draw for each subject what share of its need is covered, now and then.

    Parameters
    ----------
    now, then : Series
        Index: names in order; have ÷ need.
    label : (str, str)
        What the two are called.
    """
    axes = row_axes(list(now.index))[0]
    rows = range(len(now))
    first, second = 100 * now.to_numpy(), 100 * then.to_numpy()
    axes.hlines(rows, first, second, color=GREY, linewidth=2)
    axes.scatter(first, rows, facecolors="white", edgecolors=BLACK, s=55, label=label[0], zorder=3)
    axes.scatter(second, rows, color=BLUE, edgecolors=BLACK, s=55, label=label[1], zorder=3)
    axes.axvline(100, color=BLACK, linewidth=1.2, linestyle="--")
    axes.set_xlabel("教师够课表需求的（%），虚线是刚好够")
    axes.margins(x=0.08)
    write_at_right(axes, label[1], [f"{value:.0f}%" for value in second])
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    said = "，".join(
        f"{name}{label[0]}{a:.0f}%、{label[1]}{b:.0f}%"
        for name, a, b in zip(now.index, first, second, strict=True)
    )
    describe(axes.figure, f"点图：各科教师占课表需求的百分数。{said}。")
    return axes


def explore_load(balance: Callable[[float, str, bool], pd.DataFrame], names: Mapping[str, str]) -> Explorer:
    """Let the reader move what a full post teaches, and see what each subject lacks, school by school or shared by the county.

    Parameters
    ----------
    balance : callable
        Given the multiple of the loads, the stage, and whether the county shares its teachers: a table with index subjects and columns ``need``,
        ``have``, ``surplus``, ``short``, full posts.
    names : mapping of str to str
        The subjects' names.
    """
    states = {
        (load, stage, way): balance(load / 100, stage, shared)
        for load in LOADS
        for stage in STAGE_LABELS
        for way, shared in WAYS.items()
    }
    most = {
        stage: max(
            state[["surplus", "short"]].to_numpy().max() for (_, s, _), state in states.items() if s == stage
        )
        for stage in STAGE_LABELS
    }

    def answer(load: int, stage: str, way: str) -> Answer:
        code = next(code for code, name in STAGE_LABELS.items() if name == stage)
        led = f"{stage}，每周课时量是假定的{load}%，{way}"
        return _load_answer(states[load, code, way].rename(index=names), max(most[code], 1.0), led)

    controls = {
        "load": slider("每周课时量", LOADS, "%", start=100),
        "stage": choice("学段", list(STAGE_LABELS.values())),
        "way": choice("教师怎样用", list(WAYS)),
    }
    return explore(answer, controls, "课时量和各科的缺与多")


def _load_answer(table: pd.DataFrame, top: float, led: str) -> Answer:
    """Answer for one position, by the subjects' names; ``led`` says which."""
    labels, sides = list(table.index), (("缺的教师（折成人）", "short"), ("多的教师（折成人）", "surplus"))
    panels = [
        Bars(title, labels, list(table[side]), [f"{v:.1f}" for v in table[side]], top, marked=[side == "short"] * len(table))
        for title, side in sides
    ]  # fmt: skip
    rows = [
        [name, *(f"{row[column]:.1f}" for column in ("need", "have", "short", "surplus"))]
        for name, row in table.iterrows()
    ]
    lacks, over = table["short"], table["surplus"].sum()
    worst = f"最缺{lacks.idxmax()}，{lacks.max():.1f}人" if lacks.max() >= 0.05 else "哪一科也不缺"
    sentence = f"{led}：一共缺{lacks.sum():.1f}人，多{over:.1f}人；{worst}。"
    return Answer(panels, ["科目", "课表要", "现有", "缺", "多"], rows, sentence)
