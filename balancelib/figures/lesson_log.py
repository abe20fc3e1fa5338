"""Indicators by day: the value with the completeness under it, and what late records changed."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLUE, GREY, LINE_STYLES, PALETTE, RED, describe, use_style

MARKERS = ("o", "s", "^", "D", "v")
MOST_DAYS = 6  # written under a figure: more run into each other


def day_text(day: pd.Timestamp) -> str:
    """Write a day: 3月5日."""
    return f"{day.month}月{day.day}日"


def daily_series(table: pd.DataFrame, label: str, column: str = "held", complete: float = 0.95) -> Axes:
    """Draw a share by day, and under it how many of the expected records are there.

    Parameters
    ----------
    table : DataFrame
        By ``day``: the share ``column``, blank where the day is not complete enough, and ``completeness``; 0 to 1.
    label : str
        Of the share.
    complete : float
        Completeness from which a value is shown.

    Returns
    -------
    Axes
        The upper one.
    """
    use_style()
    figure, (upper, lower) = plt.subplots(2, sharex=True, height_ratios=(2, 1), figsize=(5.4, 4.4))
    places = range(len(table))
    upper.plot(places, 100 * table[column].astype(float), color=BLUE, marker="o", linestyle="-")
    upper.set(ylabel=f"{label}（%）")
    enough = table["completeness"] >= complete
    lower.bar(
        places,
        100 * table["completeness"],
        color=[GREY if ok else RED for ok in enough],
        hatch=["" if ok else "//" for ok in enough],
    )
    lower.axhline(100 * complete, color="black", linewidth=1, linestyle="--")
    step = max(-(-len(table) // MOST_DAYS), 1)
    lower.set_xticks(list(places)[::step], [day_text(day) for day in table.index[::step]], fontsize=10)
    lower.set(ylabel="报齐了（%）", xlabel="上课的日子", ylim=(0, 105))
    short = "、".join(
        f"{day_text(day)}报齐{100 * row.completeness:.0f}%" for day, row in table[~enough].iterrows()
    )
    known = table[column].dropna()
    range_text = (
        f"{label}从{100 * known.min():.1f}%到{100 * known.max():.1f}%"
        if len(known)
        else f"没有一天够得上算{label}"
    )
    describe(
        figure,
        f"两格图，{len(table)}天：上面是{label}，下面是记录报齐了多少，虚线是{100 * complete:.0f}%，不到的不给数。{range_text}。"
        f"{f'没有报齐的：{short}。' if short else '每天都报齐了。'}",
    )
    return upper


def backfill_lines(table: pd.DataFrame, label: str) -> Axes:
    """Draw the same days' value as it was read at different times.

    Parameters
    ----------
    table : DataFrame
        By ``day``: a column a wait in days, and ``now``; shares 0 to 1.
    label : str
        Of the share.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    places, said = range(len(table)), []
    for name, colour, style, marker in zip(table, PALETTE, LINE_STYLES, MARKERS, strict=False):
        text = "现在看" if name == "now" else ("当天看" if name == 0 else f"{name}天后看")
        axes.plot(
            places,
            100 * table[name].astype(float),
            color=colour,
            linestyle=style,
            marker=marker,
            markersize=4,
            label=text,
        )
        change = (table["now"] - table[name]).abs().max()
        if name != "now" and pd.notna(change):
            said.append(f"{text}和现在看，最多差{100 * change:.1f}个百分点")
    step = max(-(-len(table) // MOST_DAYS), 1)
    axes.set_xticks(list(places)[::step], [day_text(day) for day in table.index[::step]], fontsize=10)
    axes.set(ylabel=f"{label}（%）", xlabel="上课的日子")
    axes.legend(fontsize=11)
    describe(figure, f"折线图：同一天的{label}，早看和晚看各是多少。{'；'.join(said)}。")
    return axes


def explore_as_of(
    tables: dict[str, pd.DataFrame], label: str, column: str = "held", complete: float = 0.95
) -> Explorer:
    """Let the reader move the day on which one looks: what is known of each school, and what may be said of it.

    Parameters
    ----------
    tables : dict of str to DataFrame
        By the day on which one looks, as written: by school, by its name: ``expected, known, completeness`` and the share ``column``, blank where
        it is not complete enough. The same schools in each.
    label : str
        Of the share.
    complete : float
        Completeness from which a value is shown.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        Other schools on one day than on another.

    Examples
    --------
    >>> seen = pd.DataFrame({"expected": [10], "known": [5], "completeness": [0.5], "held": [None]}, index=["甲校"])
    >>> later = pd.DataFrame({"expected": [10], "known": [10], "completeness": [1.0], "held": [0.9]}, index=["甲校"])
    >>> [state.sentence for state in explore_as_of({"3月3日": seen, "3月5日": later}, "上了的课").all_states()]
    ['3月3日看：1所学校里0所报齐了，其余的不给数。', '3月5日看：1所学校里1所报齐了，其余的不给数。']
    """
    days = list(tables)
    if len({tuple(table.index) for table in tables.values()}) != 1:
        raise ValueError("每一天看的学校要一样")

    def answer(day: str) -> Answer:
        table = tables[day]
        enough = (table["completeness"] >= complete).tolist()
        shares = [f"{100 * share:.1f}%" if pd.notna(share) else "不给数" for share in table[column]]
        panel = Bars(
            f"{day}看：报齐了多少（%）",
            table.index.tolist(),
            (100 * table["completeness"]).tolist(),
            [f"{100 * share:.0f}%" for share in table["completeness"]],
            top=100,
            line=100 * complete,
            line_text=f"要有的{100 * complete:.0f}%",
            marked=[not ok for ok in enough],
        )
        rows = [
            [school, f"{row.expected:.0f}", f"{row.known:.0f}", text]
            for (school, row), text in zip(table.iterrows(), shares, strict=True)
        ]
        return Answer(
            [panel],
            ["学校", "应报（节）", "知道的（节）", label],
            rows,
            f"{day}看：{len(table)}所学校里{sum(enough)}所报齐了，其余的不给数。",
        )

    return explore(
        answer, {"day": Control("站在哪一天看", days, days, days[0], slides=True)}, "站在哪一天看，知道多少"
    )
