"""Slides as they are put together: how much one holds, and when the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from balancelib.course.training.slides.fitting import GAP, HEIGHT, POINT_LINE, height, lines
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import Grid
from balancelib.course.training.slides.outputs import Figure

MOST_POINTS, MOST_PRINTED, MOST_LINES = 5, 8, 10
FORMULA_LINES = 2  # that a row of a formula takes
CONTINUED = "（续）"


@dataclass(frozen=True)
class Point:
    """A line or two of a slide: `kind` is ``said``, ``printed``, ``formula`` (then `text` is LaTeX), ``question`` or ``option``."""

    text: str
    kind: str = "said"
    number: str = ""

    @property
    def weight(self) -> float:
        """Share of the points that a slide holds."""
        return 1 / (MOST_PRINTED if self.kind == "printed" else MOST_POINTS)

    @property
    def lines(self) -> int:
        """Lines that it takes."""
        if self.kind == "formula":
            high = FORMULA_LINES + (r"\underbrace" in self.text)
            return high * (linear(self.text).count("\n") + 1)
        return lines(self.text)


@dataclass(frozen=True)
class Slide:
    """One slide: its points, its figure or table, and what the speaker says."""

    title: str
    points: tuple[Point, ...] = ()
    figure: Figure | None = None
    grid: Grid | None = None
    whole: bool = True  # all of the table is shown
    notes: str = ""
    continued: bool = False
    kind: str = "section"

    @property
    def heading(self) -> str:
        """Its title as it is shown."""
        return self.title + (CONTINUED if self.continued else "")


@dataclass
class Desk:
    """Where slides are put together, one after another; what is said to a point comes with it."""

    title: str
    begun: bool = False  # a slide of this section is done
    points: list[tuple[Point, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # to what comes next
    done: list[Slide] = field(default_factory=list)

    def section(self, title: str) -> None:
        """Begin a section; what was said and has nothing to show is said to the last slide."""
        self.close()
        if self.notes and self.begun:
            last = self.done.pop()
            self.done.append(replace(last, notes=_joined([last.notes, *self.notes])))
            self.notes = []
        self.title, self.begun = title, False

    def close(self) -> None:
        """Put the points so far on slides, each about as full as the others."""
        after, self.notes = self.notes, []
        for chunk in chunks([point for point, _ in self.points]):
            of_it, self.points = self.points[: len(chunk)], self.points[len(chunk) :]
            self.notes = [note for _, notes in of_it for note in notes]
            self.put(points=tuple(chunk))
        self.notes = after

    def put(self, **shown: Any) -> None:
        """Put one slide down."""
        self.done.append(Slide(self.title, notes=_joined(self.notes), continued=self.begun, **shown))
        self.begun, self.notes = True, []

    def add(self, point: Point) -> None:
        """Add a point, with what was said since the last."""
        self.points.append((point, self.notes))
        self.notes = []

    def alone(self, **shown: Any) -> None:
        """Put a figure or table on a slide of its own; above a figure there is room for a line, above a table for what it leaves."""
        grid = shown.get("grid")
        room = HEIGHT - POINT_LINE - height(grid) if grid else POINT_LINE + GAP
        asked = [point for point, _ in self.points]
        if (
            any(one.kind == "formula" for one in asked)
            or sum(POINT_LINE * one.lines + GAP for one in asked) > room
        ):
            self.close()
            asked = []
        self.only_say()
        self.put(points=tuple(asked), **shown)

    def only_say(self) -> None:
        """Take the points since the last slide away; what was said to them is said to the next."""
        self.notes = [*(note for _, notes in self.points for note in notes), *self.notes]
        self.points = []


def chunks(points: Sequence[Point]) -> list[list[Point]]:
    """Return points as they stand on one slide after another: as few slides as can be, none nearly empty.

    Parameters
    ----------
    points
        Of one section, one after another.
    """
    fewest = _filled(points, 1.0)
    fuller = (_filled(points, share / 10) for share in range(5, 10))
    return next((found for found in fuller if len(found) == len(fewest)), fewest)


def _filled(points: Sequence[Point], share: float) -> list[list[Point]]:
    """Fill one slide after another, each up to a share of what it holds."""
    found: list[list[Point]] = []
    for point in points:
        last = [*found[-1], point] if found else []
        if (
            last
            and sum(one.weight for one in last) <= share
            and sum(one.lines for one in last) <= share * MOST_LINES
        ):
            found[-1] = last
        else:
            found.append([point])
    return found


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(filter(None, texts))
