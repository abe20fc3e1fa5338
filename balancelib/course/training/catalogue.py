"""The lessons that there are to choose from, as the book's contents and their own first cells tell."""

import re
from dataclasses import dataclass
from pathlib import Path

from balancelib.course.training.any_page import open_page
from balancelib.course.training.reading import CONTENTS, CourseError, read_yaml
from balancelib.toml import WHOLE_FILE, read_text

EXERCISES = "exercises"
HOUR = 60
MISSING = f"目录{CONTENTS}里写了这一章，却没有这个文件：请检查名字"


@dataclass(frozen=True)
class Lesson:
    """A lesson of the book, or the page of a module's exercises.

    Parameters
    ----------
    page
        ``module/name``, as in ``course.yml``.
    title
        Its first heading.
    objectives
        What who has learnt it can do.
    reading, hands_on
        Minutes that it says it takes.
    path
        Its notebook.
    """

    page: str
    title: str
    objectives: tuple[str, ...]
    reading: int
    hands_on: int
    path: Path

    @property
    def module(self) -> str:
        """The module it belongs to."""
        return self.page.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name within the module."""
        return self.page.partition("/")[2]

    @property
    def minutes(self) -> int:
        """Minutes that it takes as a whole."""
        return self.reading + self.hands_on

    @property
    def quiz(self) -> Path | None:
        """Its quiz's file, where it has one."""
        path = self.path.with_name(f"{self.name}.quiz.toml")
        return path if path.exists() else None

    @property
    def is_exercises(self) -> bool:
        """Whether it is the page of a module's exercises."""
        return self.name == EXERCISES


@dataclass(frozen=True)
class Module:
    """A module of the book: its name, its chapter's title, its lessons in their order, the exercises last."""

    name: str
    title: str
    lessons: tuple[Lesson, ...]


def catalogue(root: Path) -> tuple[Module, ...]:
    """Return the modules of the book in `root` with their lessons, in the order of ``_toc.yml``.

    Parameters
    ----------
    root
        The project's folder.

    Raises
    ------
    CourseError
        The contents, or a notebook that they name, cannot be read.
    """
    contents = read_yaml(root / CONTENTS, "找不到书的目录：请在项目文件夹里运行")
    try:
        chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
        return _modules(root, chapters)
    except (AttributeError, KeyError, TypeError) as error:
        raise CourseError(
            CONTENTS, WHOLE_FILE, "写法不对：新加的一行要照旁边的行写，前面的空格对齐"
        ) from error


def _modules(root: Path, chapters: list[dict]) -> tuple[Module, ...]:
    return tuple(
        module
        for chapter in chapters
        if (module := _module(root, chapter)).lessons
        and (root / "notebooks" / module.name / f"{EXERCISES}.ipynb").exists()
    )


def _module(root: Path, chapter: dict) -> Module:
    """Read a chapter; one without lessons of its own folder is no module."""
    name = chapter["file"].rpartition("/")[2]
    pages = [section["file"] for section in chapter.get("sections", [])]
    lessons = tuple(
        read_lesson(root / f"{page}.ipynb") for page in pages if page.startswith(f"notebooks/{name}/")
    )
    return Module(name, heading(read_text(root / f"{chapter['file']}.md", CourseError, MISSING)), lessons)


def read_lesson(path: Path) -> Lesson:
    """Read what a lesson's first cell says of it."""
    missing = f"目录{CONTENTS}里写了{path.parent.name}/{path.stem}，却没有这个文件：请检查名字"
    first = open_page(path, missing).notebook.cells[0].source
    reading, hands_on = minutes(first)
    return Lesson(
        f"{path.parent.name}/{path.stem}", heading(first), objectives(first), reading, hands_on, path
    )


def heading(text: str) -> str:
    r"""Return a page's title, without a chapter's number.

    Examples
    --------
    >>> heading("(policy)=\n# 第一章 政策背景与核心理念\n")
    '政策背景与核心理念'
    """
    found = re.search(r"^# (?:第.+?章 )?(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def objectives(text: str) -> tuple[str, ...]:
    """Return the objectives in a lesson's first cell: the list in its box."""
    box = re.search(r":::\{admonition\} 学习目标.*?\n(.*?)\n:::", text, re.DOTALL)
    return tuple(re.findall(r"^- (.+?)[；。]?$", box[1], re.MULTILINE)) if box else ()


def minutes(text: str) -> tuple[int, int]:
    """Return the minutes of reading and of doing in a lesson's first cell; 0 and 0 where it names none.

    Examples
    --------
    >>> minutes("用时：阅读25分钟，动手20分钟。不需要学过编程。")
    (25, 20)
    >>> minutes("用时：阅读20分钟，写报告和互评2小时以上。写报告不用编程。")
    (20, 120)
    >>> minutes("用时：一共约120分钟。每题6到10分钟。")
    (0, 120)
    """
    found = re.search(r"^用时：(.+?)(?:。|$)", text, re.MULTILINE)
    spans = re.findall(r"(阅读)?[^，\d]*?(\d+)(分钟|小时)", found[1]) if found else []
    taken = [(bool(read), int(n) * (HOUR if unit == "小时" else 1)) for read, n, unit in spans]
    return sum(n for read, n in taken if read), sum(n for read, n in taken if not read)
