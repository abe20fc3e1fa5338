"""Rotation of teachers: indicators before and after, and what a share and a distance buy."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLACK, BLUE, GREY, describe, use_style


def before_and_after(rows: pd.DataFrame) -> tuple[Axes, Axes]:
    """Draw for each indicator the coefficient of variation and the sections below the standard, before and after (前后对比).

    Parameters
    ----------
    rows : DataFrame
        From top to bottom: ``name``, ``cv_before``, ``cv_after``, ``limit`` of the coefficient, ``below_before``, ``below_after``.

    Returns
    -------
    Axes, Axes
        Of the coefficients, and of the sections.
    """
    use_style()
    figure, (upper, lower) = plt.subplots(2, figsize=(5.4, 1.6 + 0.75 * len(rows)))
    places = np.arange(len(rows))[::-1]
    for axes, name in ((upper, "cv"), (lower, "below")):
        before, after = rows[f"{name}_before"].to_numpy(), rows[f"{name}_after"].to_numpy()
        axes.hlines(places, before, after, color=GREY, linewidth=2, zorder=1)
        axes.scatter(
            before,
            places,
            s=70,
            facecolors="white",
            edgecolors=BLACK,
            linewidths=1.4,
            label="轮岗前",
            zorder=2,
        )
        axes.scatter(after, places, s=70, color=BLUE, label="轮岗后", zorder=3)
        axes.set_yticks(places, rows["name"])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.grid(axis="y", visible=False)
        axes.set_xlim(left=-0.03 * axes.get_xlim()[1])  # a mark at 0 is whole
    upper.scatter(rows["limit"], places, marker="|", s=220, color=BLACK, linewidths=2, label="上限", zorder=2)
    upper.set_xlabel("差异系数（越小越均衡）")
    lower.set_xlabel("低于标准的学段部分（个）")
    figure.legend(*upper.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    describe(figure, "".join(_in_words(row) for row in rows.to_dict("records")))
    return upper, lower


def _in_words(row: dict) -> str:
    return (
        f"{row['name']}：差异系数由{row['cv_before']:.3f}到{row['cv_after']:.3f}，上限{row['limit']:g}；"
        f"低于标准的由{row['below_before']}个到{row['below_after']}个。"
    )


def explore_rotation(outcomes: pd.DataFrame) -> Explorer:
    """Let the reader move the least share of the eligible and the longest road from home: what is filled, and what is moved for the share alone.

    Parameters
    ----------
    outcomes : DataFrame
        A row for each ``within`` (km) and ``share``: ``found``, ``moved``, ``needed`` (who would do for all that can be filled), ``filled`` and ``left`` posts,
        and ``gaps_filled``.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A distance without all shares.
    """
    rows = outcomes.set_index(["within", "share"])
    withins, shares = (sorted(outcomes[name].unique()) for name in ("within", "share"))
    if len(rows) != len(withins) * len(shares) or not rows.index.is_unique:
        raise ValueError("每个最远路程都要有每个比例的结果，各一行")
    tops = {
        "posts": float(max((outcomes["filled"].fillna(0) + outcomes["left"]).max(), 1)),
        "moved": float(max(outcomes["moved"].max(), 1)),
    }

    def answer(within: float, share: float) -> Answer:
        return _answer(within, share, rows.loc[(within, share)], tops)

    controls = {
        "within": Control("从家到新学校最远", withins, [f"{w:g}公里" for w in withins], withins[len(withins) // 2], slides=True),
        "share": Control("至少交流符合条件的", shares, [f"{s:.0%}" for s in shares], shares[len(shares) // 2], slides=True),
    }  # fmt: skip
    return explore(answer, controls, "轮岗：比例和路程，换来什么")


def _answer(within: float, share: float, row: pd.Series, tops: dict[str, float]) -> Answer:
    """Answer for one position."""
    where = f"最远{within:g}公里，至少交流{share:.0%}"
    if not row["found"]:
        none = [Bars("学科岗位（个）", ["补上", "还缺"], [0, row["left"]], ["0个", f"{row['left']:.0f}个"], top=tops["posts"], marked=[False, True])]  # fmt: skip
        return Answer(none, ["结果"], [["没有方案能同时做到"]], f"{where}：没有方案能同时做到。")
    rest = max(row["moved"] - row["needed"], 0)
    panels = [
        Bars("学科岗位（个）", ["补上", "还缺"], [row["filled"], row["left"]], [f"{row['filled']:.0f}个", f"{row['left']:.0f}个"],
             top=tops["posts"], marked=[False, True]),
        Bars("派出的人（人）", ["补缺要用的", "为比例多派的"], [row["needed"], rest], [f"{row['needed']:.0f}人", f"{rest:.0f}人"],
             top=tops["moved"], marked=[False, True]),
    ]  # fmt: skip
    cells = [
        ["派出", f"{row['moved']:.0f}人"],
        ["补上的三项指标缺口", f"{row['gaps_filled']:.0f}人次"],
    ]
    return Answer(
        panels, ["", "结果"], cells,
        f"{where}：派出{row['moved']:.0f}人，补缺要用{row['needed']:.0f}人，为比例多派{rest:.0f}人；学科岗位补上{row['filled']:.0f}个，"
        f"还缺{row['left']:.0f}个；三项指标的缺口补上{row['gaps_filled']:.0f}人次。",
    )  # fmt: skip
