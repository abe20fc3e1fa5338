"""Maps made of roads: places that follow the distances by road, drawn once more where schools crowd."""

from collections.abc import Callable, Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.sparse.csgraph import csgraph_from_dense, shortest_path
from scipy.spatial.distance import pdist, squareform

from balancelib.figures.style import BLACK, GREY

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


def road_map(
    places: pd.DataFrame, draw: Callable[[Axes], None], margins: tuple[float, float], **legend: Any
) -> Axes:
    """Draw a map; below it, larger, the places that would cover one another.

    Parameters
    ----------
    places : DataFrame
        Of `road_layout`: of the schools that are drawn.
    draw : callable
        Draws them into the axes that it is given.
    margins : (float, float)
        Around them, as of `Axes.margins`.
    **legend
        Of the legend's layout.

    Returns
    -------
    Axes
        Of the whole.
    """
    together = crowd(places)
    rows = 2 if len(together) else 1
    figure, panels = plt.subplots(rows, figsize=(5.4, 3.2 * rows), squeeze=False)
    for panel in panels.flat:
        draw(panel)
        panel.set(xlabel="公里（方向没有意义）", ylabel="公里", aspect="equal")
    axes = panels[0, 0]
    axes.margins(*margins)
    if len(together):
        _enlarge(axes, panels[1, 0], together)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", fontsize=10, handletextpad=0.2, **legend)
    return axes


def join(axes: Axes, places: pd.DataFrame, ends: Iterable[str], linewidth: float) -> None:
    """Draw a line between two schools."""
    axes.plot(*places.loc[list(ends)].to_numpy().T, color=GREY, linewidth=linewidth, linestyle="-", zorder=1)


def crowd(places: pd.DataFrame) -> pd.DataFrame:
    """Places that would cover one another: those near the one with most neighbours; none of them where it has too few."""
    places = places.dropna()
    apart = pd.DataFrame(squareform(pdist(places)), places.index, places.index)
    near = apart <= apart.to_numpy().max(initial=0) / 10
    found = places[near.loc[near.sum().idxmax()]] if len(places) else places
    return found if len(found) >= CROWD and len(found) < len(places) else found[:0]


def _enlarge(axes: Axes, panel: Axes, places: pd.DataFrame) -> None:
    """Show in a panel the rectangle that holds a crowd, and where it is in the whole."""
    middle = (places.max() + places.min()) / 2
    half = 0.6 * max((places.max() - places.min()).max(), 1e-6)
    panel.set(xlim=middle["x"] + np.array([-1.6, 1.6]) * half, ylim=middle["y"] + np.array([-1, 1]) * half)
    panel.set_title("框里放大", fontsize=11)
    for line in axes.indicate_inset_zoom(panel, edgecolor=BLACK, alpha=1, label="").connectors:
        line.set_visible(False)  # they would cross the marks
