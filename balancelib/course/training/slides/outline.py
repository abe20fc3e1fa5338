"""A lesson as slides: what each shows and what is said to it; made from a notebook that has been run."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from balancelib.course.quiz.model import LETTERS, Question, Quiz
from balancelib.course.training.slides.fitting import ACROSS, GAP, HEIGHT, POINT_LINE, fitted, height, in_rows, lines, points, shortened
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import Block, Formula, Grid, Heading, Said, plain, read
from balancelib.course.training.slides.outputs import Figure, Printed, outputs

MOST_POINTS, MOST_PRINTED, MOST_LINES = 5, 8, 10
FORMULA_LINES = 2  # that a row of a formula takes
CONTINUED, QUESTION, REST = "（续）", "这一课的问题", "其余的见讲义。"
AIMS = re.compile(r":::\{admonition\} 学习目标.*?\n:::\n", re.DOTALL)
TRY, THINK = "练一练", "想好了再看下面的一种做法。"
ASIDE = re.compile(r"（.*）")
COUNTY = "用的县："
LABEL = re.compile(r"^\(([\w-]+)\)=\n+##+ (.+)$", re.MULTILINE)
NAMED = re.compile(r"^:(name|label): ([\w-]+)$", re.MULTILINE)


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
            return FORMULA_LINES * linear(self.text).count("\n") + FORMULA_LINES
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
class _Desk:
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
        if any(one.kind == "formula" for one in asked) or sum(POINT_LINE * one.lines + GAP for one in asked) > room:
            self.close()
            asked = []
        self.notes = [*(note for _, notes in self.points for note in notes), *self.notes]
        self.points = []
        self.put(points=tuple(asked), **shown)


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
        if last and sum(one.weight for one in last) <= share and sum(one.lines for one in last) <= share * MOST_LINES:
            found[-1] = last
        else:
            found.append([point])
    return found


def slides(notebook: NotebookNode, quiz: Quiz | None) -> tuple[Slide, ...]:
    """Return the slides of a lesson, without its title's.

    Parameters
    ----------
    notebook
        It has been run.
    quiz
        Its questions.
    """
    names, desk, answering = numbers(notebook), _Desk(QUESTION), False
    for n, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            answering = answering or "hide-cell" in cell.metadata.get("tags", [])
            if "quiz(" in cell.source and quiz:
                _ask(desk, quiz)
            else:
                _show(desk, outputs(cell, names), answering)
        elif cell.cell_type == "markdown":
            source = re.sub(r"^# .*$", "", AIMS.sub("", cell.source), flags=re.M) if n == 0 else cell.source
            for block in read(source, names):
                answering = answering and not isinstance(block, Heading)
                _tell(desk, block, answering)
    desk.section("")
    return tuple(desk.done)


def numbers(notebook: NotebookNode) -> dict[str, str]:
    """Return what this lesson's labels are called on its slides: ``图1``, ``表2``, ``式（1）``, a section's title.

    Parameters
    ----------
    notebook
        The lesson.
    """
    names: dict[str, str] = {}
    for cell in notebook.cells:
        if name := cell.metadata.get("mystnb", {}).get("figure", {}).get("name"):
            names[name] = f"图{sum(said.startswith('图') for said in names.values()) + 1}"
        elif cell.cell_type == "markdown":
            for kind, name in NAMED.findall(cell.source):
                said = "表{}" if kind == "name" else "式（{}）"
                names[name] = said.format(sum(one[0] == said[0] for one in names.values()) + 1)
    for cell in notebook.cells:
        names |= {label: f"“{title}”" for label, title in LABEL.findall(cell.source) if label not in names}
    return names


def _tell(desk: _Desk, block: Block, answering: bool) -> None:
    """Put what the text says on slides; an answer only into the notes."""
    if isinstance(block, Heading):
        desk.section(block.text)
        return
    _note(desk, block, answering)
    if answering or (isinstance(block, Said) and (ASIDE.fullmatch(block.text) or block.text == THINK)):
        return
    if isinstance(block, Said) and desk.title == TRY:
        desk.add(Point(block.text.replace(THINK, ""), "question"))
    elif isinstance(block, Said):
        for text in points(block.text, block.item):
            desk.add(Point(text))
    elif isinstance(block, Formula):
        desk.add(Point(in_rows(block.latex), "formula", block.number))
    else:
        _lay(desk, block)


def _note(desk: _Desk, block: Block, answering: bool) -> None:
    """Write down what is said."""
    if isinstance(block, Said):
        mark = "答案：" if answering and not any("答案：" in one for one in desk.notes) else ""
        desk.notes.append(f"{mark}{'· ' if block.item else ''}{plain(block.text)}")
    elif isinstance(block, Formula):
        desk.notes.append(linear(block.latex))


def _lay(desk: _Desk, grid: Grid) -> None:
    """Put a table on a slide, as much as fits."""
    if grid.header and grid.rows:
        shown, whole = fitted(grid)
        desk.alone(grid=shown, whole=whole)


def _show(desk: _Desk, found: Iterator[Figure | Grid | Printed], answering: bool) -> None:
    """Put what a cell has left on slides; an answer only into the notes."""
    for one in found:
        if isinstance(one, Printed):
            _print(desk, one.lines, answering)
        elif answering:
            continue
        elif isinstance(one, Figure):
            desk.notes.append(f"图上：{one.alternative}")
            desk.alone(figure=one)
        else:
            _lay(desk, one)


def _print(desk: _Desk, printed: Sequence[str], answering: bool) -> None:
    """Show printed lines, the first ones; all are in the notes."""
    mark = "答案：" if answering else "结果："
    desk.notes.append(mark + "\n".join(printed))
    told = [line for line in printed if not line.startswith(COUNTY)]
    if answering:
        return
    for line in told if len(told) <= MOST_PRINTED else told[: MOST_PRINTED - 1]:
        desk.add(Point(shortened(line, 2 * ACROSS - 4), "printed"))
    if len(told) > MOST_PRINTED:
        desk.add(Point(REST, "printed"))


def _ask(desk: _Desk, quiz: Quiz) -> None:
    """Put each question on a slide; the answers only into the notes."""
    desk.points, count = [], len(quiz.questions)  # that there is a quiz need not be shown
    for n, question in enumerate(quiz.questions, 1):
        desk.notes.append(_answer(question))
        asked = [Point(question.text, "question")]
        for letter, option in zip(LETTERS, question.options, strict=False):
            asked.append(Point(f"{letter}. {option.text}", "option"))
        if question.number:
            unit = f"，单位：{question.number.unit}" if question.number.unit else ""
            asked.append(Point(f"填一个数{unit}", "option"))
        title, desk.title, desk.begun = desk.title, f"{desk.title}：第{n}题，共{count}题", False
        desk.put(points=tuple(asked), kind="quiz")
        desk.title = title


def _answer(question: Question) -> str:
    """Return the right answer and why; why the others are wrong."""
    if question.number:
        number = question.number
        wrong = [f"{one.value:g}：{one.feedback}" for one in number.wrong]
        return "\n".join([f"答案：{number.value:g}{number.unit or ''}。{number.feedback}", *wrong])
    lettered = list(zip(LETTERS, question.options, strict=False))
    right = "、".join(letter for letter, option in lettered if option.right)
    return "\n".join([f"答案：{right}。", *(f"{letter}：{option.feedback}" for letter, option in lettered)])


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(filter(None, texts))


def county(notebook: NotebookNode) -> str:
    """Return what the lesson says of the county it was run on; empty where it uses none."""
    printed = (one.get("text", "") for cell in notebook.cells for one in cell.get("outputs", []))
    found = next((line for text in printed for line in text.splitlines() if line.startswith(COUNTY)), "")
    return found.partition("。")[0]


def trainers_notes(page: str, text: str) -> str:
    """Return what the trainer's page says of a lesson, in plain text; empty where it says nothing.

    Parameters
    ----------
    page
        ``module/lesson``.
    text
        The page's source.
    """
    parts = re.split(r"^\([\w-]+\)=\n(?=## )", text, flags=re.MULTILINE)
    found = next((part for part in parts if f"notebooks/{page}.ipynb)" in part.partition("**")[0]), "")
    said = (block for block in read(found, {}) if isinstance(block, Said))
    return "\n".join(f"{'· ' if block.item else ''}{plain(block.text)}" for block in said)

