"""Alliances of schools: who is paired with whom on a map made of roads, and what distance and places change."""

from collections.abc import Collection

import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.roads import join, road_layout, road_map
from balancelib.figures.style import BLUE, RED, describe, use_style


def alliance_map(km: pd.DataFrame, names: pd.Series, pairs: pd.Series, left: Collection[str] = ()) -> Axes:
    """Draw which weak school has which partner, at places that follow the roads; who takes no part is not drawn.

    Where schools crowd, as in a county's town, they are drawn once more below, larger.

    Parameters
    ----------
    km : DataFrame
        As for `road_layout`.
    names : Series
        By school.
    pairs : Series
        The partner of each weak school that has one.
    left : collection of str
        Weak schools without a partner: these are named.

    Returns
    -------
    Axes
        Of the whole county.
    """
    use_style()
    places = road_layout(km)
    strong = list(dict.fromkeys(pairs))
    marks = (
        (strong, "强校", {"marker": "s", "color": BLUE, "s": 42}),
        (list(pairs.index), "有伙伴的弱校", {"marker": "o", "facecolors": "white", "edgecolors": BLUE, "s": 42}),
        (list(left), "没有伙伴的弱校", {"marker": "X", "color": RED, "s": 64}),
    )  # fmt: skip

    def draw(axes: Axes) -> None:
        for ends in pairs.items():
            join(axes, places, ends, linewidth=1.2)
        for schools, label, how in marks:
            at = places.loc[schools].to_numpy().T
            axes.scatter(*at, label=f"{label}（{len(schools)}所）", zorder=2, linewidths=1.2, **how)

    together = places.loc[[*strong, *pairs.index, *left]]
    axes = road_map(together, draw, (0.12, 0.25), ncols=3, columnspacing=1)
    for place, school in enumerate(left):  # neighbours would cover each other: in turn above and below
        axes.annotate(
            names[school], places.loc[school], xytext=(0, -18 if place % 2 else 10), textcoords="offset points", ha="center", fontsize=10,
        )  # fmt: skip
    describe(axes.figure, _in_words(km, names, pairs, left))
    return axes


def _in_words(km: pd.DataFrame, names: pd.Series, pairs: pd.Series, left: Collection[str]) -> str:
    """Say who is paired with whom."""
    of = [f"{names[strong]}带{'、'.join(names[weak.index])}" for strong, weak in pairs.groupby(pairs)]
    length = max((km.at[weak, strong] for weak, strong in pairs.items()), default=0.0)
    without = f"没有伙伴的{len(left)}所：{'、'.join(names[list(left)])}。" if len(left) else ""
    listed = f"{'；'.join(of)}。最远的一对{length:.1f}公里。" if of else ""
    return f"结对图，{len(pairs)}所弱校有伙伴。{listed}{without}"


def explore_alliances(outcomes: pd.DataFrame) -> Explorer:
    """Let the reader move the longest distance and the places a school offers: who stays without a partner, and how far it is.

    Parameters
    ----------
    outcomes : DataFrame
        A row for each ``within`` (km) and ``most`` (partners a school): ``paired``, ``left`` (names, a tuple), ``need_left`` (percentage
        points), ``km`` (all roads together) and ``longest`` (km, 0 for no pair).

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A distance without all numbers of places.

    Examples
    --------
    >>> rows = pd.DataFrame({"within": [10, 20], "most": 1, "paired": [1, 2], "left": [("甲校",), ()], "need_left": [30.0, 0], "km": [4.0, 19], "longest": [4.0, 15]})
    >>> print(explore_alliances(rows).all_states()[0].sentence)
    最远10公里，每所强校最多带1所：1所有伙伴，1所没有，没有伙伴的一共差30.0个百分点；路程合计4.0公里，最远的一对4.0公里。
    """
    found = outcomes.set_index(["within", "most"])
    withins, mosts = (sorted(outcomes[name].unique()) for name in ("within", "most"))
    if len(found) != len(withins) * len(mosts) or not found.index.is_unique:
        raise ValueError("每个最远路程都要有每种带几所的结果，各一行")
    tops = {name: max(float(outcomes[name].max()), 1.0) for name in ("need_left", "km")}
    tops["weak"] = float((outcomes["paired"] + outcomes["left"].map(len)).max())

    def answer(within: float, most: int) -> Answer:
        return _answer(within, most, found.loc[(within, most)], tops)

    controls = {
        "within": Control("最远几公里", withins, [f"{w:g}公里" for w in withins], withins[len(withins) // 2], slides=True),
        "most": Control("每所强校最多带", mosts, [f"{m}所" for m in mosts], mosts[len(mosts) // 2], slides=True),
    }  # fmt: skip
    return explore(answer, controls, "结对：多远、带几所，谁落下")


def _answer(within: float, most: int, row: pd.Series, tops: dict[str, float]) -> Answer:
    """Answer for one position."""
    counts = [row["paired"], len(row["left"])]
    panels = [
        Bars("弱校", ["有伙伴", "没有伙伴"], counts, [f"{n}所" for n in counts], top=tops["weak"], marked=[False, True]),
        Bars("没有伙伴的一共差（百分点）", ["差"], [row["need_left"]], [f"{row['need_left']:.1f}"], top=tops["need_left"], marked=[True]),
        Bars("路程合计（公里）", ["单程"], [row["km"]], [f"{row['km']:.1f}"], top=tops["km"]),
    ]  # fmt: skip
    return Answer(
        panels,
        ["没有伙伴的弱校"],
        [[name] for name in row["left"]] or [["一所也没有"]],
        f"最远{within:g}公里，每所强校最多带{most}所：{counts[0]}所有伙伴，{counts[1]}所没有，没有伙伴的一共差{row['need_left']:.1f}个百分点；"
        f"路程合计{row['km']:.1f}公里，最远的一对{row['longest']:.1f}公里。",
    )
