"""How rows, bars and dots of several figures are laid out and written on."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from balancelib.figures.style import use_style

NAMED_DOTS = 12  # beyond so many dots their names would hide each other


def row_axes(names: Sequence[str], width_ratios: Sequence[float] = (1,)) -> np.ndarray:
    """Panels side by side that share one row for each name."""
    use_style()
    size = (5.4, 0.48 * len(names) + 1.5)
    _, axes = plt.subplots(
        1,
        len(width_ratios),
        sharey=True,
        squeeze=False,
        figsize=size,
        gridspec_kw={"width_ratios": width_ratios},
    )
    for panel in axes[0]:
        panel.tick_params(axis="y", length=0)
        panel.grid(axis="y", visible=False)
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].set_ylim(len(names) - 0.4, -0.6)
    return axes[0]


def label_bars(axes: Axes, bars: Any, values: np.ndarray, form: str) -> None:
    """Write its value at the end of each bar, and leave room for it."""
    axes.bar_label(bars, [form.format(value).replace("-", "−") for value in values], padding=3)
    axes.margins(x=0.4)
    axes.locator_params(axis="x", nbins=3)


def write_at_right(axes: Axes, heading: str, texts: Sequence[str]) -> None:
    """Write a column of texts to the right of the rows, with a heading above."""
    place = axes.get_yaxis_transform()
    for row, text in zip((-0.85, *range(len(texts))), (heading, *texts), strict=True):
        axes.text(1.02, row, text, transform=place, va="center")


def name_dots(axes: Axes, x: np.ndarray, y: np.ndarray, names: Sequence[str]) -> None:
    """Write the names of dots below them, unless there are too many."""
    for name, across, up in zip(names, x, y, strict=True):
        if len(x) <= NAMED_DOTS:
            axes.annotate(name, (across, up), xytext=(0, -20), textcoords="offset points", ha="center")
