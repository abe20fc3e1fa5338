"""Figures of who are how old, and how many go in the years ahead."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.layout import row_axes
from balancelib.figures.style import BLACK, BLUE, RED, describe, use_style


def age_pyramids(groups: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Draw age pyramids side by side, women to the left and men to the right, in percent of each group.

    Parameters
    ----------
    groups : mapping of str to DataFrame
        By name: index bands of age from the youngest, columns ``female`` and ``male``, persons.
    """
    bands = list(next(iter(groups.values())).index)
    axes = row_axes(bands, width_ratios=[1] * len(groups))
    shares = {name: 100 * frame / max(frame.to_numpy().sum(), 1) for name, frame in groups.items()}
    most = max(5.0, 1.1 * max(share.to_numpy().max() for share in shares.values()))
    for place, (name, share) in zip(axes, shares.items(), strict=True):
        place.barh(bands, -share["female"], color=RED, edgecolor="white", label="女")
        place.barh(bands, share["male"], color=BLUE, label="男")
        place.axvline(0, color=BLACK, linewidth=1)
        place.set(xlim=(-most, most), ylim=(-0.6, len(bands) - 0.4))
        place.set_title(f"{name}（{groups[name].to_numpy().sum():.0f}人）", fontsize=11)
        place.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes[0].figure.supxlabel("占本组教师（%），左边女、右边男", fontsize=11)
    axes[0].figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=10
    )
    describe(axes[0].figure, _ages_in_words(shares))
    return axes


def _ages_in_words(shares: Mapping[str, pd.DataFrame]) -> str:
    said = [
        f"{name}：" + "，".join(f"{band}{row.sum():.0f}%" for band, row in share.iterrows())
        for name, share in shares.items()
    ]
    return f"年龄金字塔，占本组教师的百分数，男女合计。{'；'.join(said)}。"


def exit_bars(years: pd.DataFrame) -> Axes:
    """Draw how many go in each year ahead, with the interval.

    Parameters
    ----------
    years : DataFrame
        Index: years; columns ``exits``, ``low``, ``high``, persons.
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 2.9))
    bars = axes.bar(years.index.astype(str), years["exits"], color=BLUE, width=0.6)
    spread = [years["exits"] - years["low"], years["high"] - years["exits"]]
    axes.errorbar(
        years.index.astype(str),
        years["exits"],
        yerr=spread,
        fmt="none",
        ecolor=BLACK,
        capsize=5,
        linewidth=1.4,
    )
    for bar, high, expected in zip(bars, years["high"], years["exits"], strict=True):
        axes.annotate(
            f"{expected:.0f}",
            (bar.get_x() + bar.get_width() / 2, high),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
        )
    axes.set(xlabel="年份", ylabel="离开的教师（人）", ylim=(0, max(years["high"].max() * 1.15, 1)))
    axes.grid(axis="x", visible=False)
    said = "，".join(f"{year}年{r.exits:.0f}人（{r.low:.0f}到{r.high:.0f}）" for year, r in years.iterrows())
    describe(axes.figure, f"柱形图：每年离开的教师，细线是90%区间。{said}。")
    return axes
