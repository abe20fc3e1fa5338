"""Alliances of schools: who is paired with whom on a map made of roads, and what distance and places change."""

from collections.abc import Collection

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.sparse.csgraph import csgraph_from_dense, shortest_path
from scipy.spatial.distance import pdist, squareform

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.style import BLACK, BLUE, GREY, RED, describe, use_style

CROWD = 6  # schools: fewer can be told apart


def road_layout(km: pd.DataFrame) -> pd.DataFrame:
    r"""Places on a plane whose distances are about those by road (按路程排出的位置).

    Parameters
    ----------
    km : DataFrame
        A row and a column a school, as of `balancelib.county.road_matrix`; infinite where no distance is known.

    Returns
    -------
    DataFrame
        By school, in order: ``x``, ``y`` in km; blank outside the largest set of schools that roads join, of equal ones that of the lowest code. East and
        north have no meaning.

    Notes
    -----
    Classical scaling of the shortest ways, by way of other schools where a pair has no distance of its own: the two largest eigenvalues of
    :math:`-\tfrac12 J D^2 J`. Source: Torgerson (1952), "Multidimensional Scaling: I. Theory and Method", Psychometrika 17.

    Examples
    --------
    Three schools on a road.

    >>> km = pd.DataFrame([[0, 3, 7], [3, 0, 4], [7, 4, 0.0]], index=list("abc"), columns=list("abc"))
    >>> places = road_layout(km)["x"]
    >>> (places - places["a"]).abs().round(6).tolist()
    [0.0, 3.0, 7.0]
    """
    ways = shortest_path(csgraph_from_dense(km.to_numpy(dtype=float), null_value=np.inf))
    reached = pd.DataFrame(np.isfinite(ways), km.index, km.columns)
    joined = reached.loc[reached.sum(axis=1).sort_index(kind="stable").idxmax()].to_numpy()
    squares = ways[np.ix_(joined, joined)] ** 2
    centred = -(squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()) / 2
    values, vectors = np.linalg.eigh(centred)
    axes = np.zeros((joined.sum(), 2))
    best = np.argsort(values)[::-1][: min(2, len(values))]
    axes[:, : len(best)] = vectors[:, best] * np.sqrt(np.maximum(values[best], 0))
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, [0, 1]] < 0, -1, 1)  # a solver is free in the signs
    return pd.DataFrame(axes, index=km.index[joined], columns=["x", "y"]).reindex(km.index)


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
    together = crowd(places.loc[[*strong, *pairs.index, *left]])
    rows = 2 if len(together) else 1
    figure, panels = plt.subplots(rows, figsize=(5.4, 3.2 * rows), squeeze=False)
    for axes in panels.flat:
        for ends in pairs.items():
            axes.plot(
                *places.loc[list(ends)].to_numpy().T, color=GREY, linewidth=1.2, linestyle="-", zorder=1
            )
        for schools, label, how in (
            (strong, "强校", {"marker": "s", "color": BLUE, "s": 42}),
            (list(pairs.index), "有伙伴的弱校", {"marker": "o", "facecolors": "white", "edgecolors": BLUE, "s": 42}),
            (list(left), "没有伙伴的弱校", {"marker": "X", "color": RED, "s": 64}),
        ):  # fmt: skip
            axes.scatter(
                *places.loc[schools].to_numpy().T, label=f"{label}（{len(schools)}所）", zorder=2, linewidths=1.2, **how
            )  # fmt: skip
        axes.set(xlabel="公里（方向没有意义）", ylabel="公里", aspect="equal")
    axes = panels[0, 0]
    for place, school in enumerate(left):  # neighbours would cover each other: in turn above and below
        axes.annotate(
            names[school], places.loc[school], xytext=(0, -18 if place % 2 else 10), textcoords="offset points", ha="center", fontsize=10,
        )  # fmt: skip
    axes.margins(0.12, 0.25)
    if len(together):
        enlarge(axes, panels[1, 0], together)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=3, fontsize=10, columnspacing=1, handletextpad=0.2
    )
    describe(figure, _in_words(km, names, pairs, left))
    return axes


def crowd(places: pd.DataFrame) -> pd.DataFrame:
    """Places that would cover one another: those near the one with most neighbours; none of them where it has too few."""
    places = places.dropna()
    apart = pd.DataFrame(squareform(pdist(places)), places.index, places.index)
    near = apart <= apart.to_numpy().max(initial=0) / 10
    found = places[near.loc[near.sum().idxmax()]] if len(places) else places
    return found if len(found) >= CROWD and len(found) < len(places) else found[:0]


def enlarge(axes: Axes, panel: Axes, places: pd.DataFrame) -> None:
    """Show in a panel the rectangle that holds a crowd, and where it is in the whole."""
    middle = (places.max() + places.min()) / 2
    half = 0.6 * max((places.max() - places.min()).max(), 1e-6)
    panel.set(xlim=middle["x"] + np.array([-1.6, 1.6]) * half, ylim=middle["y"] + np.array([-1, 1]) * half)
    panel.set_title("框里放大", fontsize=11)
    for line in axes.indicate_inset_zoom(panel, edgecolor=BLACK, alpha=1, label="").connectors:
        line.set_visible(False)  # they would cross the marks


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
