"""Bars beside each other, with a line to compare with: the part that explorers are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import TYPE_CHECKING

from balancelib.text import width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, LABELS_END, BARS_END = 360, 104, 268  # as wide as a telephone's text, 12 units a letter
LONGEST = 17  # of a label, in halves of a letter
TITLE, ROW, FOOT = 24, 24, 26
BLUE, RED, OCHRE = "#3d7ab8", "#bb5566", "#a07010"  # seen on white and on black paper alike


def fitted(label: str) -> str:
    """Cut a label that would run into its bar; the table under the figure has it whole.

    Examples
    --------
    >>> fitted("龙泉乡民办第一九年一贯制学校")
    '龙泉乡民办第一九…'
    """
    while width(label) > LONGEST:
        label = label.rstrip("…")[:-1] + "…"
    return label


@dataclass(frozen=True)
class Bars:
    """Horizontal bars on a scale that stays, so that a move is seen as one.

    Parameters
    ----------
    title
        What is measured, with its unit.
    labels, values, texts
        Of each bar: its name, its length (NaN where it is not known: none is drawn), and the number written beside it.
    top
        End of the scale, from 0. A longer bar is cut off there; its number says how long it is.
    line, line_text
        A value to compare with, and its name with its number.
    marked
        Which bars are drawn in another colour.
    mark
        That colour.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    texts: Sequence[str]
    top: float
    line: float | None = None
    line_text: str = ""
    marked: Sequence[bool] = ()
    mark: str = RED

    @property
    def _end(self) -> float:
        """End of the scale; any will do where nothing above 0 can come."""
        return self.top if self.top > 0 else 1

    @property
    def height(self) -> int:
        """Height of the panel, in the units of its width."""
        return TITLE + ROW * len(self.labels) + FOOT

    @property
    def colours(self) -> list[str]:
        """Colour of each bar."""
        return [self.mark if marked else BLUE for marked in self.marked] or [BLUE] * len(self.labels)

    def in_words(self) -> str:
        """Say what the panel shows."""
        rows = "，".join(f"{label}{text}" for label, text in zip(self.labels, self.texts, strict=True))
        compared = f"；竖线是{self.line_text}" if self.line_text else ""
        return f"条形图：{self.title}。{rows}{compared}。"

    def svg(self) -> str:
        """Return the panel as SVG, its upper left corner at 0."""
        parts = [f'<text x="0" y="15" font-weight="bold">{escape(self.title)}</text>']
        rows = zip(self.labels, self.values, self.texts, self.colours, strict=True)
        for i, (label, value, text, colour) in enumerate(rows):
            y = TITLE + ROW * i
            parts.append(
                f'<text x="0" y="{y + 16}">{escape(fitted(label))}</text>'
                f'<rect x="{LABELS_END}" y="{y + 4}" width="{self._along(value)}" height="{ROW - 8}" fill="{colour}"/>'
                f'<text x="{WIDTH}" y="{y + 16}" text-anchor="end">{escape(text)}</text>'
            )
        if self.line is not None:
            x, bottom = LABELS_END + self._along(self.line), TITLE + ROW * len(self.labels)
            parts.append(
                f'<line x1="{x}" x2="{x}" y1="{TITLE - 2}" y2="{bottom + 4}" stroke="currentColor" '
                f'stroke-width="1.5" stroke-dasharray="5 2"/>'
                f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{escape(self.line_text)}</text>'
            )
        return "".join(parts)

    def draw(self, axes: "Axes") -> None:
        """Draw the panel with matplotlib."""
        rows = range(len(self.labels))
        axes.barh(rows, [min(value, self._end) for value in self.values], height=0.66, color=self.colours)
        axes.set_yticks(rows, self.labels)
        axes.set_xticks([])
        axes.set(xlim=(0, self._end), ylim=(len(self.labels) - 0.4, -0.6))
        axes.set_title(self.title, loc="left")
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        for row, text in zip(rows, self.texts, strict=True):
            axes.text(1.02, row, text, transform=axes.get_yaxis_transform(), va="center")
        if self.line is not None:
            axes.axvline(self.line, color="black", linewidth=1.2, linestyle="--")
            axes.set_xticks([self.line], [self.line_text])

    def _along(self, value: float) -> int:
        drawn = 0 if isnan(value) else min(max(value, 0), self._end)
        return round(drawn / self._end * (BARS_END - LABELS_END))


def drawn(panels: Sequence[Bars]) -> "Figure":
    """Draw panels one below the other with matplotlib, in the house style, with their text."""
    import matplotlib.pyplot as plt  # noqa: PLC0415  a live explorer does not draw with it

    from balancelib.figures.style import describe, use_style  # noqa: PLC0415

    use_style()
    heights = [panel.height for panel in panels]
    figure, axes = plt.subplots(
        len(panels), squeeze=False, height_ratios=heights, figsize=(5.4, sum(heights) / 62)
    )
    for panel, place in zip(panels, axes[:, 0], strict=True):
        panel.draw(place)
    describe(figure, "".join(panel.in_words() for panel in panels))
    return figure
