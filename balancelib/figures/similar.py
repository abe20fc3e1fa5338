"""Figures of similar schools, and of level by change: shapes and words say what the colours do."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from balancelib.assess.cards import Card
from balancelib.assess.change import MET, bands, grid, rules
from balancelib.assess.similar import rules as similar_rules
from balancelib.county.schema import schema

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from balancelib.standards import Standard


@dataclass(frozen=True)
class Look:
    """How a band is drawn: its sign in text, marker of matplotlib, and colour of both."""

    sign: str
    marker: str
    colour: str


# A low value points down and a high one up, so that grey paper and blind eyes tell them apart.
BANDS = {
    "red": Look("▼", "v", "#a3203a"),
    "amber": Look("◆", "D", "#8a6200"),
    "green": Look("▲", "^", "#1b6b2f"),
}
UNKNOWN = Look("○", "o", "#1a1a1a")
# Behind black text, of bands and of the grid.
CELLS = {
    "blue": "#c3d9ee",
    "green": "#d3ecd6",
    "yellow": "#fbf3c4",
    "amber": "#fbeec4",
    "orange": "#fbd9a8",
    "red": "#f6d5da",
}

WIDTH, HEIGHT, EDGE = 180, 22, 6  # of a strip, in its own units


def strip_svg(values: np.ndarray, own: float, threshold: float | None, look: Look, text: str) -> str:
    """Draw a line of ticks, one a similar school, with the own school and the threshold on it.

    Parameters
    ----------
    values : ndarray
        Of the similar schools; blanks are not drawn.
    own : float
        Of the school.
    threshold : float or None
        Of the standard: a dashed line.
    look : Look
        Of the school's sign.
    text : str
        What it shows, for a reader who cannot see it.
    """
    known = values[~np.isnan(values)]
    top = max([*known, *(x for x in (own, threshold) if x is not None and not np.isnan(x)), 1e-9])

    def x(value: float) -> str:
        return f"{EDGE + value / top * (WIDTH - 2 * EDGE):.1f}".removesuffix(".0")

    ticks = "".join(f"M{x(v)} 5v12" for v in known)
    parts = [
        f'<path d="M{EDGE} 11H{WIDTH - EDGE}" stroke="#b5b5b5"/>',
        f'<path d="{ticks}" stroke="#666" stroke-width="1"/>' if ticks else "",
    ]
    if threshold is not None and not np.isnan(threshold):
        at = x(threshold)
        parts.append(f'<path d="M{at} 0V{HEIGHT}" stroke="#000" stroke-width="1.6" stroke-dasharray="4 2"/>')
    if not np.isnan(own):
        parts.append(_sign_svg(float(x(own)), look))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(text)}">{"".join(parts)}</svg>'
    )


def _sign_svg(x: float, look: Look) -> str:
    shapes: Mapping[str, str] = {
        "v": "-5.5-4.5h11l-5.5 10z",
        "^": "-5.5 5.5h11l-5.5-10z",
        "D": "-5.5 0l5.5-5.5 5.5 5.5-5.5 5.5z",
        "o": "-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    }
    path = f"M{x:g} 11m{shapes[look.marker]}"
    return f'<path d="{path}" fill="{look.colour}" stroke="#fff" stroke-width="0.8"/>'


def card_chart(card: Card) -> "Axes":
    """Draw a school beside its similar schools: a row an indicator, a grey dot a similar school.

    Where the standard has thresholds, the scale is multiples of them; else multiples of the similar schools' median.

    Parameters
    ----------
    card : Card
        Of one stage, as `balancelib.assess.decile_card` returns it.
    """
    import matplotlib.pyplot as plt  # noqa: PLC0415  the report draws without it

    from balancelib.figures.plots import CLIP  # noqa: PLC0415
    from balancelib.figures.style import BLACK, GREY, describe, use_style  # noqa: PLC0415

    use_style()
    table = card.table
    to_standard = table["threshold"].notna().all()
    unit = table["threshold"] if to_standard else table["median"]
    figure, axes = plt.subplots(figsize=(5.4, 0.4 * len(table) + 1.5))
    for row, (key, place) in enumerate(table.iterrows()):
        dots = np.minimum(card.others[key].dropna() / unit[key], CLIP)
        axes.scatter(dots, [row] * len(dots), marker="|", color=GREY, s=70, linewidths=1.2)
        look = BANDS.get(place["band"], UNKNOWN)
        own = min(place["value"] / unit[key], CLIP)
        axes.scatter(own, row, marker=look.marker, color=look.colour, edgecolors="white", s=90, zorder=3)
    line = axes.axvline(
        1, color=BLACK, linewidth=1.2, linestyle="--", label="标准" if to_standard else "中位数"
    )
    axes.set_yticks(range(len(table)), table["label"])
    axes.set(xlim=(-0.06, CLIP * 1.03), ylim=(len(table) - 0.4, -0.6))
    axes.set_xlabel("与标准之比（倍）" if to_standard else "与相似学校中位数之比（倍）")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.set_title(f"{card.name}（{schema().stages[card.stage]}）", loc="left")
    handles = [
        axes.scatter(
            [], [], marker=BANDS[b.key].marker, color=BANDS[b.key].colour, s=60, label=f"本校{b.label}"
        )
        for b in similar_rules().bands
    ]
    handles.append(axes.scatter([], [], marker="|", color=GREY, s=70, label="一所相似学校"))
    handles.append(line)
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=10, handletextpad=0.3)
    describe(figure, card_in_words(card))
    return axes


def card_in_words(card: Card) -> str:
    """Say what a card shows: each indicator's place among the similar schools, and beside the standard."""
    labels = {b.key: b.label for b in similar_rules().bands}
    rows = []
    for place in card.table.itertuples():
        if np.isnan(place.value):
            rows.append(f"{place.label}没有数据")
            continue
        text = f"{place.label}{place.value:,.2f}{place.unit}，{place.known}所相似学校里{place.higher}所比它高"
        if place.band:
            text += f"，{labels[place.band]}"
        if place.met is not None:
            text += f"，为标准的{place.ratio:.2f}倍"
        rows.append(text)
    return f"{card.name}{schema().stages[card.stage]}与相似学校：{'；'.join(rows)}。"


def change_grid(changes: "pd.DataFrame", stage: str, standard: "Standard") -> "Axes":
    """Draw the level × change grid of a stage: how many indicators of sections are in each of the 25 cells.

    Above the thick line the threshold is met, whatever the colour.

    Parameters
    ----------
    changes : DataFrame
        As `balancelib.assess.level_change` returns it.
    stage : str
        ``"primary"`` or ``"junior"``.
    standard : Standard
        Whose levels they are.
    """
    import matplotlib.pyplot as plt  # noqa: PLC0415

    from balancelib.figures.style import BLACK, GREY, describe, use_style  # noqa: PLC0415

    use_style()
    counts, levels = grid(changes, stage), bands(standard).levels
    _, axes = plt.subplots(figsize=(5.4, 3.9))
    for level, row in enumerate(rules().colours):
        for trend, colour in enumerate(row):
            axes.add_patch(
                plt.Rectangle(
                    (trend - 0.5, level - 0.5), 1, 1, facecolor=CELLS[colour], edgecolor="white", lw=2
                )
            )
            count, name = counts[level, trend], rules().names[colour]
            axes.text(trend, level, f"{name} {count}" if count else name, ha="center", va="center",
                      color=BLACK if count else GREY)  # fmt: skip
    axes.axhline(MET - 0.5, color=BLACK, linewidth=2)
    axes.set(xlim=(-0.5, 4.5), ylim=(-0.5, 4.5))
    axes.set_xticks(range(5), rules().changes)
    axes.set_yticks(range(5), [level.replace("，", "\n") for level in levels])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_title(f"{schema().stages[stage]}：各档的指标个数", loc="left")
    describe(axes.figure, grid_in_words(changes, stage, standard))
    return axes


def grid_in_words(changes: "pd.DataFrame", stage: str, standard: "Standard") -> str:
    """Say what the grid shows: how many are of each colour, and which cells they are in."""
    counts, levels = grid(changes, stage), bands(standard).levels
    cells = "；".join(
        f"{levels[level]}、{rules().changes[trend]}{counts[level, trend]}个"
        for level in range(4, -1, -1)
        for trend in range(5)
        if counts[level, trend]
    )
    return f"水平乘变化的五乘五格，{schema().stages[stage]}一共{colour_sums(changes, stage)}。{cells}。"


def colour_sums(changes: "pd.DataFrame", stage: str) -> str:
    """Say how many indicators of a stage's sections have each colour."""
    counts, colours = grid(changes, stage), np.array(rules().colours)
    sums = "，".join(f"{name}{counts[colours == key].sum()}个" for key, name in rules().names.items())
    return f"{counts.sum()}个指标：{sums}"
