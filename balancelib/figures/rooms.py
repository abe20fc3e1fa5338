"""Resource rooms: how far schools are, where rooms are and are to be opened, and what a limit and one more room change.

No figure shows how many children a school has: the counts are small. Sums of the county are rounded.
"""

from collections.abc import Collection, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from balancelib.disclosure import load_policy
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.roads import road_layout, road_map
from balancelib.figures.style import BLUE, LINE_STYLES, PALETTE, RED, YELLOW, describe, use_style

LEAST = load_policy().least  # children: fewer are not told apart


def rounded_children(children: float) -> str:
    """Say a number of children of which the last digit is not to be read.

    Examples
    --------
    >>> [rounded_children(n) for n in (0, 3, 7, 8, 172)]
    ['0名', '不足5名', '约5名', '约10名', '约170名']
    """
    if not round(children):
        return "0名"
    return f"不足{LEAST}名" if children < LEAST else f"约{_to_draw(children)}名"


def _to_draw(children: float) -> int:
    """Return a number of children as it may be drawn: all that are fewer than may be told alike."""
    return LEAST * max(int(children / LEAST + 0.5), 1) if round(children) else 0


def reach_curve(km: Mapping[str, ArrayLike], within: float) -> Axes:
    """Draw which share of the schools of each area has a room within so many kilometres; a limit is marked.

    Parameters
    ----------
    km : mapping of str to array_like
        Kilometres of each school to the nearest room, by the area's name; infinite where no road is known.
    within : float
        The limit.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 3.8))
    known = np.concatenate([np.asarray(own, dtype=float) for own in km.values()])
    far = max(float(known[np.isfinite(known)].max(initial=0)), within) * 1.05
    said = []
    for (name, schools), colour, style in zip(km.items(), PALETTE, LINE_STYLES, strict=False):
        own = np.sort(np.asarray(schools, dtype=float))
        reached = 100 * np.arange(np.isfinite(own).sum() + 1) / len(own)
        across = np.r_[0, own[np.isfinite(own)], far]
        axes.step(across, np.r_[reached, reached[-1]], where="post", color=colour, linestyle=style, linewidth=2, label=f"{name}（{len(own)}所）")  # fmt: skip
        said.append(f"{name}{len(own)}所，{within:g}公里以内{100 * np.mean(own <= within):.0f}%")
    axes.axvline(within, color=RED, linestyle="-", linewidth=1.5, label=f"{within:g}公里")
    axes.set(xlim=(0, far), ylim=(0, 103), xlabel="到最近的资源教室或特教学校（公里）", ylabel="够得着的学校（%）")  # fmt: skip
    axes.legend(loc="lower right", fontsize=11)
    describe(figure, f"累计曲线，各校到最近的资源教室或特教学校：{'；'.join(said)}。")
    return axes


def room_map(km: pd.DataFrame, names: pd.Series, rooms: Collection[str], opened: Collection[str], within: float) -> Axes:  # fmt: skip
    """Draw which schools have a room within the limit, which have none, and where one is to be opened, at places that follow the roads.

    Parameters
    ----------
    km : DataFrame
        As for `balancelib.figures.road_layout`.
    names : Series
        By school.
    rooms, opened : collections of str
        Schools with a room, and those where one is opened.
    within : float
        The limit.
    """
    use_style()
    places = road_layout(km)
    sites = [*rooms, *opened]
    near = (km[sites] <= within).any(axis=1) if sites else pd.Series(False, index=km.index)
    rest = places.index.difference(sites)
    kinds = (
        ("有资源教室或特教学校", list(rooms), {"marker": "s", "color": BLUE, "s": 46}),
        ("新开", list(opened), {"marker": "*", "color": YELLOW, "edgecolors": "black", "s": 170}),
        (f"{within:g}公里以内有", list(rest[near[rest]]), {"marker": "o", "facecolors": "white", "edgecolors": BLUE, "s": 34}),
        (f"{within:g}公里以内没有", list(rest[~near[rest]]), {"marker": "X", "color": RED, "s": 60}),
    )  # fmt: skip

    def draw(axes: Axes) -> None:
        for label, schools, how in kinds:
            at = places.loc[schools].dropna().to_numpy().T
            axes.scatter(*at, label=f"{label}（{len(schools)}所）", zorder=3, linewidths=1.2, **how)

    axes = road_map(places, draw, (0.08, 0.15), ncols=2)
    new = f"新开在{'、'.join(names[list(opened)])}。" if len(opened) else ""
    out = f"{within:g}公里以内没有的：{'、'.join(names[kinds[3][1]])}。" if kinds[3][1] else ""
    describe(
        axes.figure,
        f"位置图，{len(rooms)}处有资源教室或特教学校。{new}{out or f'所有学校{within:g}公里以内都有。'}",
    )
    return axes


def explore_rooms(levels: pd.DataFrame, names: pd.Series) -> Explorer:
    """Let the reader move the limit of kilometres and the number of new rooms: how many have a place, who is left, where to open.

    Parameters
    ----------
    levels : DataFrame
        Of `balancelib.groups.room_levels`. Its counts are shown rounded.
    names : Series
        By school.
    """
    found = levels.set_index(["within", "new"])
    withins, news = (sorted(levels[name].unique()) for name in ("within", "new"))
    if len(found) != len(withins) * len(news) or not found.index.is_unique:
        raise ValueError("每个最远路程都要有每种新建间数的结果，各一行")
    top = float((levels["placed"] + levels["full"] + levels["far"]).max())
    farthest = np.fmax(levels["mean_km"].max(), 1.0)

    def answer(within: float, new: int) -> Answer:
        row = found.loc[(within, new)]
        counts = [row["placed"], row["full"], row["far"]]
        said = [rounded_children(n) for n in counts]
        mean = "—" if np.isnan(row["mean_km"]) else f"{row['mean_km']:.1f}公里"
        shown = [_to_draw(n) for n in counts]
        panels = [
            Bars("需要的孩子", ["有位子", "够得着，满了", "够不着"], shown, said, top, marked=[False, True, True]),
            Bars("有位子的，平均单程（公里）", ["路程"], [row["mean_km"]], [mean.removesuffix("公里")], farthest),
        ]  # fmt: skip
        where = "、".join(names[list(row["opened"])]) or "不新开"
        fewer = f"（{len(row['opened'])}间就够，再开不多一个位子）" if len(row["opened"]) < new else ""
        return Answer(
            panels,
            ["新开在"],
            [[names[school]] for school in row["opened"]] or [["不新开"]],
            f"最远{within:g}公里，新开{new}间{fewer}：{said[0]}有位子，{said[1]}够得着但满了，{said[2]}够不着；"
            f"有位子的平均单程{mean}。新开在：{where}。",
        )

    controls = {
        "within": Control("最远几公里", withins, [f"{w:g}公里" for w in withins], withins[len(withins) // 2], slides=True),
        "new": Control("新开几间", news, [f"{n}间" for n in news], news[0], slides=True),
    }  # fmt: skip
    return explore(answer, controls, "资源教室：放远几公里，多开几间，谁有位子")
