"""What a lesson lacks, told to its author: where, and what to do (``balancelib lesson``).

A lesson has the shape that all of them have; see the book's page 办一期自己的培训班. `lacks` reads the notebook, `lacks_of_run` runs it and
looks at what it shows; what is asked of every notebook of the book is in any_page.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from balancelib.course.exercises.trainee import MADE, SOURCE
from balancelib.course.quiz import QuizError, load_quiz
from balancelib.course.root import ROOT
from balancelib.course.training.any_page import (
    Lack,
    LessonError,
    Page,
    labels_elsewhere,
    of_any_page,
    open_page,
    quiz_of,
)
from balancelib.course.training.catalogue import minutes, objectives
from balancelib.course.training.reading import CONTENTS, read_yaml
from balancelib.course.training.run import TIMEOUT, as_for_the_book, execute
from balancelib.text import shown
from balancelib.toml import WHOLE_FILE

SECTIONS = ("怎么办", "练一练", "测一测")
LAST = "要点"
EXERCISES = f"这是一章的练习，不是一课。练习改{SOURCE}，{MADE}由它生成，见书里“改编：改一道练习”"
NAMED = re.compile(r"^:name: *((?:fig|tab)-[\w-]+)", re.MULTILINE)


def lacks(path: Path, root: Path = ROOT) -> list[Lack]:
    """Return what a lesson lacks, as its file tells.

    Parameters
    ----------
    path
        The notebook, in ``notebooks/<module>``.
    root
        The project's folder.

    Raises
    ------
    LessonError
        It is no notebook, or no lesson.
    """
    if path.name in (SOURCE, MADE):
        raise LessonError(path.name, EXERCISES)
    page, path = open_page(path), path.resolve()
    found = [lack for check in (_title, _synthetic, _sections, _numbered, _explorer) for lack in check(page)]
    return [*found, *of_any_page(page), *_quiz(page, path), *_in_book(page, path, root)]


def _title(page: Page) -> Iterator[Lack]:
    """One title with a label; below it what is learnt, and how long that takes."""
    first = page.notebook.cells[0]
    top = [head for head in page.heads if head.level == 1]
    if first.cell_type != "markdown" or [head.cell for head in top] != [1]:
        yield Lack(
            "第1格",
            f"整篇要有一个一级标题，在第1格，写成一个问题：# 图书够不够，先补哪几所（现在有{len(top)}个）",
        )
    if len(objectives(first.source)) < 2:
        yield Lack(
            "第1格",
            "缺学习目标：标题下面写“:::{admonition} 学习目标与用时”这样一个框，里面至少两条以“- ”开头的目标",
        )
    if not sum(minutes(first.source)):
        yield Lack("第1格", "缺用时：框里单独一行，写成“用时：阅读20分钟，动手15分钟。”")


def _synthetic(page: Page) -> Iterator[Lack]:
    """Who shows the sample says that it is synthetic."""
    n = next((n for n, cell in page.code if re.search(r"data/county|sample_county", cell.source)), 0)
    if n and "合成" not in page.text:
        yield Lack(
            page.at(n), "用了示例县，却没有说它是合成的：写上“云岭县是**合成**的，不对应任何真实的县和学校。”"
        )


def _sections(page: Page) -> Iterator[Lack]:
    """The sections that every lesson has, the key points last; all labels begin with the lesson's own."""
    words = [head.words for head in page.heads]
    for section in SECTIONS:
        if not any(section in one for one in words):
            yield Lack("整篇", f"缺“{section}”这一节：加一个二级标题“## {section}”")
    if not words or LAST not in words[-1]:
        yield Lack("最后", f"缺“{LAST}”：最后一节的标题写“## {LAST}”，下面几条，一条一句话")
    elif len(re.findall(r"^- ", page.prose[-1][1], re.MULTILINE)) < 2:
        yield Lack(page.at(page.prose[-1][0]), "要点至少两条，每条以“- ”开头")
    own = page.heads[0].label if page.heads else ""
    for head in page.heads[1:]:
        if own and head.label and not head.label.startswith(f"{own}-"):
            yield Lack(page.at(head.cell), f"标签({head.label})=要以这一课的标签开头：({own}-…)=")


def _labelled_alike(page: Page, others: dict[str, str]) -> Iterator[Lack]:
    """An address leads to one place in the whole book, or the book is not built."""
    for head in page.heads:
        if head.label in others:
            yield Lack(page.at(head.cell), f"标签({head.label})=在{others[head.label]}里已经有了，请换一个")


def _numbered(page: Page) -> Iterator[Lack]:
    """A figure that is captioned is named, and the text refers to it by its number."""
    names = [(n, name) for n, text in page.prose for name in NAMED.findall(text)]
    for n, cell in page.code:
        about = _figure(cell)
        if about is not None and not (about.get("caption") and about.get("name")):
            yield Lack(
                page.at(n), "图表的caption（图题）和name（名字，fig-开头）要一起写在这一格的元数据mystnb里"
            )
        elif about is not None:
            names.append((n, str(about["name"])))
    referred = set(re.findall(r"\{numref\}`(?:[^`<]*<)?([\w-]+)>?`", page.text))
    for n, name in names:
        if name not in referred:
            yield Lack(page.at(n), f"正文没有说到这张图（表）：在文字里写{{numref}}`{name}`")


def _figure(cell: NotebookNode) -> dict | None:
    """Return what a cell's metadata say of its figure."""
    settings: Any = cell.metadata.get("mystnb", {})
    about = settings.get("figure") if isinstance(settings, dict) else None
    return about if about is None or isinstance(about, dict) else {}


def _explorer(page: Page) -> Iterator[Lack]:
    """A figure to move."""
    if "explore" not in page.source:
        yield Lack(
            "整篇",
            "没有能动的图：有合适的就加一个（balancelib.figures里名字以explore_开头的），让读者自己试",
            advice=True,
        )


def _quiz(page: Page, path: Path) -> Iterator[Lack]:
    """A quiz beside the lesson, of three to five questions, that the lesson shows."""
    file = quiz_of(path)
    if f'quiz("{file.name}")' not in page.source:
        yield Lack(
            "“测一测”", f'缺测一测的一格：from balancelib.course.quiz import quiz，再写quiz("{file.name}")'
        )
    try:
        load_quiz(file)
    except QuizError as error:
        yield Lack(file.name, error.reason if error.key == WHOLE_FILE else f"键{error.key}：{error.reason}")


def _in_book(page: Page, path: Path, root: Path) -> Iterator[Lack]:
    """It stands in the book's contents, its addresses are its own, and one of its module's exercises is about it."""
    module = path.parent
    if module.parent != root / "notebooks":
        yield Lack("文件", f"要放在某一章的文件夹里，例如notebooks/resources，现在在{shown(module.name)}")
        return
    if f"notebooks/{module.name}/{path.stem}" not in pages_of(root):
        yield Lack(
            CONTENTS,
            f"目录里没有这一课：在book/{module.name}的sections下面加一行- file: notebooks/{module.name}/{path.stem}",
        )
    yield from _labelled_alike(page, labels_elsewhere(path, root))
    solutions = module / SOURCE
    mentioned = solutions.exists() and re.search(
        rf"\b({re.escape(path.stem)}\.ipynb|{re.escape(path.stem.replace('_', '-'))}\b)",
        solutions.read_text(encoding="utf-8"),
    )
    if not mentioned:
        yield Lack(
            SOURCE,
            f"这一章的练习没有一道写明练的是这一课：出一道，写上“见[课名]({path.name})”，再生成{MADE}",
            advice=True,
        )


def pages_of(root: Path) -> set[str]:
    """Return all pages that the book's contents name."""
    return set(_files(read_yaml(root / CONTENTS, "找不到书的目录：请在项目文件夹里运行")))


def _files(entry: Any) -> Iterator[str]:
    if isinstance(entry, dict):
        if isinstance(entry.get("file"), str):
            yield entry["file"]
        entry = list(entry.values())
    if isinstance(entry, list):
        for child in entry:
            yield from _files(child)


def lacks_of_run(path: Path) -> list[Lack]:
    """Run a lesson's code, on the sample, and return what is wrong with what it shows.

    Parameters
    ----------
    path
        The notebook; what is written in it is run as in Jupyter.

    Raises
    ------
    LessonError
        It is no notebook.
    """
    page = open_page(path)
    try:
        with as_for_the_book():
            execute(page.notebook, path.parent)
    except CellExecutionError as error:
        n = next(n for n, cell in page.code if any(out.output_type == "error" for out in cell.outputs))
        said = shown(error.evalue.strip().partition("\n")[0])
        return [
            Lack(page.at(n), f"运行到这一格停了：{shown(error.ename)}：{said}。在JupyterLab里从头运行，改好")
        ]
    except (CellTimeoutError, DeadKernelError):
        return [Lack("整篇", f"没有运行完：有一格超过{TIMEOUT}秒，或者内存不够。把计算做小")]
    return [lack for n, cell in page.code for lack in _images(page, n, cell)]


def _images(page: Page, n: int, cell: NotebookNode) -> Iterator[Lack]:
    """An image is described for who does not see it, and has a caption."""
    for output in cell.outputs:
        for kind in (kind for kind in output.get("data", {}) if kind == "image/png"):
            about = output.metadata.get(kind, {})
            if not about.get("alt", "").strip():
                yield Lack(
                    page.at(n),
                    "图没有替代文字，看不见的人不知道画了什么：用balancelib.figures里的函数画，"
                    '或者画完写describe(figure, "一句话说出图里的数")',
                )
            if _figure(cell) is None and "sentence" not in about:  # an explorer says what it shows
                yield Lack(
                    page.at(n),
                    "图没有图题：在这一格的元数据里写"
                    '"mystnb": {"figure": {"caption": "图题", "name": "fig-课名-…"}}',
                )
