"""What is asked of every notebook of the book, and a notebook as its author sees it; see lacks.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from balancelib.course.exercises.trainee import tags
from balancelib.course.notebooks import KEEP
from balancelib.course.training.reading import CourseError
from balancelib.toml import WHOLE_FILE, read_text

CHECKED = "nbval-check-output"
LONGEST = 24  # lines of a cell
FENCED = re.compile(r"^ *(`{3,}).*?^ *\1`*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(\{[\w:-]+\})?`[^`\n]*`")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
ADDRESS = re.compile(r"\]\([^)\s]*\)")
GAP = re.compile(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]")
LABEL = re.compile(r'^ *"?\(([a-z][a-z0-9-]*)\)=', re.MULTILINE)  # in Markdown, or in a notebook's file
HEADING = re.compile(r"(?:^\(([a-z][a-z0-9-]*)\)=\n+)?^(#{1,6}) (.+)$", re.MULTILINE)


class Lack(NamedTuple):
    """Something that a lesson lacks: where, and what to do. An advice may be left."""

    where: str
    what: str
    advice: bool = False


class LessonError(CourseError):
    """A notebook cannot be read at all: ``file`` and ``reason`` say why."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, WHOLE_FILE, reason)
        self.args = (f"笔记本{self.file}：{self.reason}",)


class Head(NamedTuple):
    """A heading: the number of its cell, its label (empty where it has none), its level and words."""

    cell: int
    label: str
    level: int
    words: str


@dataclass(frozen=True)
class Page:
    """A notebook as its author sees it: cells counted from 1, under headings."""

    notebook: NotebookNode

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """Texts by the numbers of their cells, without what is shown as code."""
        return [(n, FENCED.sub("", cell.source)) for n, cell in self.cells if cell.cell_type == "markdown"]

    @property
    def cells(self) -> list[tuple[int, NotebookNode]]:
        """All cells by their numbers."""
        return list(enumerate(self.notebook.cells, 1))

    @property
    def code(self) -> list[tuple[int, NotebookNode]]:
        """Cells of code by their numbers."""
        return [(n, cell) for n, cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def heads(self) -> list[Head]:
        """All headings."""
        return [
            Head(n, label, len(marks), words.strip())
            for n, text in self.prose
            for label, marks, words in HEADING.findall(text)
        ]

    @cached_property
    def text(self) -> str:
        """All its prose."""
        return "\n\n".join(text for _, text in self.prose)

    @property
    def source(self) -> str:
        """All its code."""
        return "\n".join(cell.source for _, cell in self.code)

    def at(self, n: int) -> str:
        """Return where a cell is: its number, and the heading that it stands under."""
        under = [head.words for head in self.heads if head.cell <= n]
        return f"第{n}格（在“{under[-1]}”下面）" if under else f"第{n}格"


def open_page(path: Path, missing: str = "找不到这个文件，请检查路径") -> Page:
    """Read a notebook from wherever it comes.

    Parameters
    ----------
    path
        Where it is.
    missing
        What is said where there is none.

    Raises
    ------
    LessonError
        It is no notebook.
    """
    text = read_text(path, lambda file, _, reason: LessonError(file, reason), missing)
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # hostile content fails in nbformat in many ways
        reason = "不是Jupyter笔记本，或者坏了：请在JupyterLab里打开，另存一份"
        raise LessonError(path.name, reason) from error
    if not notebook.cells:
        raise LessonError(path.name, "里面一格也没有")
    return Page(notebook)


def quiz_of(path: Path) -> Path:
    """Return where a lesson's quiz is."""
    return path.with_name(f"{path.stem}.quiz.toml")


def labels_elsewhere(path: Path, root: Path) -> dict[str, str]:
    """Return the labels of the book's other pages: in which file each is.

    Parameters
    ----------
    path
        A notebook, which is left out.
    root
        The project's folder.
    """
    found = {}
    for page in (
        *root.glob("book/**/*.md"),
        *root.glob("notebooks/*.ipynb"),
        *root.glob("notebooks/*/*.ipynb"),
    ):
        if page.resolve() != path.resolve():
            text = FENCED.sub("", page.read_text(encoding="utf-8", errors="replace"))
            found |= dict.fromkeys(LABEL.findall(text), page.relative_to(root).as_posix())
    return found


def of_any_page(page: Page) -> list[Lack]:
    """Return what a page lacks that every notebook of the book has."""
    return [lack for check in (_labels, _short, _kept, _gaps) for lack in check(page)]


def _labels(page: Page) -> Iterator[Lack]:
    """A label of its own before every heading: an address that does not move."""
    own, used = page.heads[0].label if page.heads else "", set()
    if not page.heads:
        yield Lack("整篇", "一个标题也没有")
    for head in page.heads:
        if not head.label:
            example = f"({own or '课名'}-…)="
            yield Lack(
                page.at(head.cell),
                f"标题前面缺标签：在“{head.words}”的上一行写{example}，用小写英文字母和减号",
            )
        elif head.label in used:
            yield Lack(page.at(head.cell), f"标签({head.label})=用了两次，请换一个")
        used.add(head.label)


def _short(page: Page) -> Iterator[Lack]:
    """Code that is read in one glance, and defines nothing."""
    for n, cell in page.code:
        lines = len(cell.source.splitlines())
        if lines > LONGEST:
            yield Lack(page.at(n), f"代码有{lines}行，一格最多{LONGEST}行：分成几格，中间说一句在做什么")
        if re.search(r"^(async )?(def|class) ", cell.source, re.MULTILINE):
            yield Lack(page.at(n), "代码里有def或class：课里只调用，函数放进balancelib（或改成直接算）")


def _kept(page: Page) -> Iterator[Lack]:
    """Outputs that are kept are compared by the tests, others are not kept; the key numbers are."""
    some = False
    for n, cell in page.code:
        kept, checked = (tag in tags(cell) for tag in (KEEP, CHECKED))
        some = some or kept
        if kept != checked:
            yield Lack(page.at(n), f"标记{KEEP}和{CHECKED}要一起用，现在只有一个")
        if bool(cell.outputs) != kept:
            yield Lack(
                page.at(n), "留下的输出和标记对不上：运行balancelib.course.notebooks重写这个笔记本（见指南）"
            )
    if page.code and not some:
        yield Lack("整篇", f"没有一个数被测试看着：给打印要紧数字的那一格加标记{CHECKED}和{KEEP}")


def _gaps(page: Page) -> Iterator[Lack]:
    """No space between Chinese and Latin letters or digits."""
    for n, text in page.prose:
        words = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        words = ADDRESS.sub("]", CODE.sub("", FORMULA.sub("", words)))
        titles = "\n".join(head.words for head in page.heads if head.cell == n)
        for gap in GAP.findall(f"{words}\n{re.sub('^[0-9]+ ', '', titles, flags=re.MULTILINE)}"):
            yield Lack(page.at(n), f"“{gap}”：中文和字母、数字之间不空格")
