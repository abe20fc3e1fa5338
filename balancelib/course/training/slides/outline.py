"""A lesson as slides: what each shows and what is said to it; made from a notebook that has been run."""

import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from balancelib.course.quiz.model import LETTERS, Question, Quiz
from balancelib.course.training.slides.desk import MOST_PRINTED, Desk, Point, Slide
from balancelib.course.training.slides.fitting import ACROSS, SHORT, fitted, in_rows, points, shortened, width
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import PLAIN, Block, Formula, Grid, Heading, Said, plain, read
from balancelib.course.training.slides.outputs import Figure, Printed, outputs

QUESTION, REST = "这一课的问题", "其余的见讲义。"
AIMS = re.compile(r":::\{admonition\} 学习目标.*?\n:::\n", re.DOTALL)
TRY, THINK = "练一练", "想好了再看下面的一种做法。"
LEADS = re.compile(f"：({PLAIN}?)$")  # to what is not on the same slide
COUNTY = "用的县："
LABEL = re.compile(r"^\(([\w-]+)\)=\n+##+ (.+)$", re.MULTILINE)
NAMED = re.compile(r"^:(name|label): ([\w-]+)$", re.MULTILINE)


def slides(notebook: NotebookNode, quiz: Quiz | None) -> tuple[Slide, ...]:
    """Return the slides of a lesson, without its title's.

    Parameters
    ----------
    notebook
        It has been run.
    quiz
        Its questions.
    """
    names, desk, answering = numbers(notebook), Desk(QUESTION), False
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


def _tell(desk: Desk, block: Block, answering: bool) -> None:
    """Put what the text says on slides; an answer only into the notes."""
    if isinstance(block, Heading):
        desk.section(block.text)
        return
    _note(desk, block, answering)
    if answering or (isinstance(block, Said) and block.text == THINK):
        return
    if isinstance(block, Said) and desk.title == TRY:
        desk.add(Point(block.text.replace(THINK, ""), "question"))
    elif isinstance(block, Said):
        for text in points(block.text, block.item):
            if not LEADS.search(text) or width(text) > SHORT / 2:
                desk.add(Point(LEADS.sub(r"。\1", text)))
    elif isinstance(block, Formula):
        desk.add(Point(in_rows(block.latex), "formula", block.number))
    else:
        _lay(desk, block)


def _note(desk: Desk, block: Block, answering: bool) -> None:
    """Write down what is said."""
    if isinstance(block, Said):
        mark = "答案：" if answering and not any("答案：" in one for one in desk.notes) else ""
        desk.notes.append(f"{mark}{'· ' if block.item else ''}{plain(block.text)}")
    elif isinstance(block, Formula):
        desk.notes.append(linear(block.latex))


def _lay(desk: Desk, grid: Grid) -> None:
    """Put a table on a slide, as much as fits."""
    if grid.header and grid.rows:
        shown, whole = fitted(grid)
        desk.alone(grid=shown, whole=whole)


def _show(desk: Desk, found: Iterator[Figure | Grid | Printed], answering: bool) -> None:
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


def _print(desk: Desk, printed: Sequence[str], answering: bool) -> None:
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


def _ask(desk: Desk, quiz: Quiz) -> None:
    """Put each question on a slide; the answers only into the notes."""
    desk.only_say()  # that there is a quiz need not be shown
    count = len(quiz.questions)
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


def county(notebook: NotebookNode) -> str:
    """Return what the lesson says of the county it was run on; empty where it uses none."""
    printed = (one.get("text", "") for cell in notebook.cells for one in cell.get("outputs", []))
    found = next((line for text in printed for line in text.splitlines() if line.startswith(COUNTY)), "")
    return found.partition("。")[0].partition("，来自")[0]


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
