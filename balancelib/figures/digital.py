"""Figures of digital resources: coverage by area beside the targets, and seats within reach by road."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import lowest_reaching
from balancelib.county.schema import schema
from balancelib.figures.bars import Bars, drawn
from balancelib.figures.style import BLUE, RED, describe, use_style


def coverage_bars(
    by_area: pd.DataFrame, targets: Mapping[str, float], items: Mapping[str, tuple[str, str]]
) -> np.ndarray:
    """Draw what urban, town and rural schools have, item by item, beside the county's targets.

    Parameters
    ----------
    by_area : DataFrame
        Of `coverage_by_area`.
    targets : mapping of str to float
        By item; an item without a target has no line.
    items : mapping of str to (str, str)
        How each item is called, and its unit, such as `balancelib.resources.ITEMS`.

    Returns
    -------
    ndarray of Axes
        One an item.
    """
    names = [area_labels()[area] for area in by_area.index]
    panels = []
    for item, (label, unit) in items.items():
        values, target = by_area[item], targets.get(item)
        panels.append(
            Bars(
                f"{label}（{unit}）",
                names,
                values.tolist(),
                ["缺数" if np.isnan(value) else f"{value:.1f}" for value in values],
                top=1.15 * np.fmax(values.max(), target or 0),
                line=target,
                line_text="" if target is None else f"目标{target:g}{unit}",
                marked=[target is not None and value < lowest_reaching(target) for value in values],
            )
        )
    return np.array(drawn(panels).axes)


def area_labels() -> dict[str, str]:
    """Return how areas are called."""
    return schema().table("schools").column("area").codes


def seats_within_reach(access: pd.DataFrame, within: float) -> Axes:
    """Draw for each school that is short of terminals how far the nearest open seats are, and how many seats its pupils reach.

    Parameters
    ----------
    access : DataFrame
        Of `seat_access`.
    within : float
        The distance that counts as within reach, km.

    Returns
    -------
    Axes
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 3.6))
    known = access["km"].where(np.isfinite(access["km"]))
    edge = 1.1 * np.fmax(known.max(), within)  # no road may be known
    beyond = known.isna()
    km = known.fillna(edge + 0.03 * edge * (beyond.cumsum() - 1))  # side by side
    nothing = access["seats"] == 0
    area = 12 + 160 * access["pupils"] / access["pupils"].max()
    axes.scatter(
        km[~nothing],
        access["seats"][~nothing],
        s=area[~nothing],
        facecolors="none",
        edgecolors=BLUE,
        label="够得着",
    )
    axes.scatter(
        km[nothing], access["seats"][nothing], s=area[nothing], color=RED, marker="x", label="够不着"
    )
    axes.axvline(within, color="black", linewidth=1.2, linestyle="--")
    axes.text(within, 1.01, f"{within:g}公里", transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set(xlabel="到最近的开放机位的路程（公里）", ylabel="每百名学生够得着的机位（个）")
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    pupils = int(access["pupils"][nothing].sum())
    reached = access.loc[~nothing, "seats"]
    spread = f"，每百名学生{reached.min():.1f}到{reached.max():.1f}个机位" if len(reached) else ""
    describe(
        axes.figure,
        f"散点图，{len(access)}所终端不够的学校，点的大小是学生数：{within:g}公里以内{(~nothing).sum()}所够得着开放的机位{spread}；"
        f"{nothing.sum()}所够不着，一共{pupils:,}名学生。",
    )
    return axes
