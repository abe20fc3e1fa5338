"""The sources of a course's own site: the chosen lessons laid out as the book is, with its own contents, cover and settings."""

import re
import shutil
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

import pandas as pd
import yaml
from sphinx.util import texescape

from balancelib.course.exercises.trainee import SOURCE
from balancelib.course.quiz.forms import in_markdown
from balancelib.course.root import ROOT
from balancelib.course.training.catalogue import Lesson, Module
from balancelib.course.training.course import Course, Taught
from balancelib.course.training.reading import CONTENTS
from balancelib.course.training.texts import IN_ALL

SHARED = (
    "book/_static",
    "book/_templates",
    "book/_latex",
    "book/_epub",
    "locale",
    "data/county",
    "data/province",
)
# What else of data/ is handed out: the book's own, and what a chosen lesson names. Other files there may be a trainer's own county.
DATA = ("README.md", "datapackage.json", "dictionary.csv", "provinces_2005.csv", "template.xlsx")
LEFT = shutil.ignore_patterns("__pycache__", ".*")  # of programs that ran, and of ones that were killed
NAMED = re.compile(r"\.\./\.\./data/(\w[\w.-]*)")
GUIDES = ("book/standards", "book/glossary", "book/references")
SETTINGS, ON_PAPER = "_config.yml", "_toc_on_paper.yml"  # the contents on paper, without rules and terms
ALL_SOURCES = ":all:\n"  # of the bibliography: a course lists those that it cites
HUBS = {"binder": "binderhub_url", "jupyterhub": "jupyterhub_url"}
KNOWN_HOSTS = ("github.com", "gitlab.com", "bitbucket.org")


def stage(
    course: Course,
    lessons: Sequence[Taught],
    modules: Sequence[Module],
    times: pd.DataFrame,
    home: Path,
    target: Path,
) -> None:
    """Lay out the sources of a course.

    Parameters
    ----------
    course
        What was asked for.
    lessons
        What is taught, in its order.
    modules
        The catalogue.
    times
        Of `schedule`.
    home
        Folder of ``course.yml``, from which its paths count.
    target
        A folder that is not there yet.
    """
    chosen = [one.lesson for one in lessons]
    for name in SHARED:
        shutil.copytree(ROOT / name, target / name, ignore=LEFT)
    _lay_data(chosen, target / "data")
    for page in GUIDES:
        text = (ROOT / f"{page}.md").read_text(encoding="utf-8")
        (target / f"{page}.md").write_text(text.replace(ALL_SOURCES, ""), encoding="utf-8")
    shutil.copy(ROOT / "book" / "references.bib", target / "book")
    for lesson in chosen:
        _lay_lesson(lesson, target)
    taken = [module for module in modules if any(one.module == module.name for one in chosen)]
    for module in taken:
        _lay_chapter(course, module, [one for one in chosen if one.module == module.name], target)
    (target / SETTINGS).write_text(_settings(course, home, target), encoding="utf-8")
    (target / CONTENTS).write_text(_contents(course, chosen, GUIDES), encoding="utf-8")
    (target / ON_PAPER).write_text(_contents(course, chosen, GUIDES[-1:]), encoding="utf-8")
    (target / "book" / "index.md").write_text(cover(course, lessons, times), encoding="utf-8")


def _lay_data(chosen: Iterable[Lesson], target: Path) -> None:
    """Copy what the course needs of the project's data, and nothing else that lies there."""
    named = {name for one in chosen for name in NAMED.findall(one.path.read_text(encoding="utf-8"))}
    for path in (ROOT / "data" / name for name in sorted({*DATA, *named})):
        if path.is_file():
            shutil.copy(path, target)
        elif path.is_dir():
            shutil.copytree(path, target / path.name, ignore=LEFT, dirs_exist_ok=True)


def _lay_lesson(lesson: Lesson, target: Path) -> None:
    """Copy a notebook and its quiz; with the exercises, their solutions."""
    folder = target / "notebooks" / lesson.module
    folder.mkdir(parents=True, exist_ok=True)
    with_it = [lesson.path.with_name(SOURCE)] if lesson.is_exercises else []
    for path in filter(None, [lesson.path, lesson.quiz, *with_it]):
        shutil.copy(path, folder)


def _lay_chapter(course: Course, module: Module, chosen: Sequence[Lesson], target: Path) -> None:
    """Copy a chapter of which every lesson is taught; of another, write what is."""
    chapter = target / "book" / f"{module.name}.md"
    left = [one for one in module.lessons if one not in chosen and not one.is_exercises]
    if left:
        chapter.write_text(_short_chapter(module, chosen), encoding="utf-8")
    else:
        shutil.copy(ROOT / "book" / chapter.name, chapter)
    if course.trainer_notes:
        notes = target / "book" / "trainers"
        notes.mkdir(exist_ok=True)
        shutil.copy(ROOT / "book" / "trainers" / chapter.name, notes)


def _short_chapter(module: Module, chosen: Iterable[Lesson]) -> str:
    """Write a chapter's page: its lessons, and what who has learnt them can do."""
    parts = [f"({module.name})=\n# {module.title}"]
    for lesson in chosen:
        link = f"../notebooks/{lesson.page}.ipynb"
        parts.append(f"**[{lesson.title}]({link})**\n\n" + "\n".join(f"- {one}" for one in lesson.objectives))
    return "\n\n".join(parts) + "\n"


def _settings(course: Course, home: Path, target: Path) -> str:
    """Return the book's settings as the course needs them."""
    settings = yaml.safe_load((ROOT / SETTINGS).read_text(encoding="utf-8"))
    settings["title"] = course.title
    texescape.init()
    settings["latex"]["latex_documents"]["title"] = texescape.escape(course.title, "xelatex")
    settings["execute"] = {"execute_notebooks": "off"}  # they have been run; see run.py
    settings["sphinx"]["config"]["extensions"].append("balancelib.course.training.excerpt")
    settings["sphinx"]["config"]["whole_book"] = str(ROOT)
    settings["repository"] = {"url": "", "branch": "main"}
    if course.hub:
        settings["repository"] = {"url": course.hub.repository, "branch": course.hub.branch}
        settings["launch_buttons"] = {HUBS[course.hub.kind]: course.hub.address}
        if not any(host in course.hub.repository for host in KNOWN_HOSTS):  # or the theme refuses it
            settings["sphinx"]["config"]["html_theme_options"]["repository_provider"] = "gitlab"
    if course.logo:
        logo = f"book/_static/logo{Path(course.logo).suffix.lower()}"
        shutil.copy(home / course.logo, target / logo)
        settings["logo"] = logo
        alternative = {"alt_text": f"{escape(course.title)}：首页"}  # the theme's own is half English
        settings["sphinx"]["config"]["html_theme_options"]["logo"] = alternative
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)


def _contents(course: Course, chosen: Sequence[Lesson], guides: Sequence[str]) -> str:
    """Return the contents: a chapter a module, in the order in which they are taught; then the guides."""
    order = list(dict.fromkeys(lesson.module for lesson in chosen))
    by_module = groupby(sorted(chosen, key=lambda one: order.index(one.module)), lambda one: one.module)
    chapters = [
        {
            "file": f"book/{module}",
            "sections": [{"file": page} for one in lessons for page in _pages(course, one)],
        }
        for module, lessons in by_module
    ]
    parts = [
        {"caption": "课程", "chapters": chapters},
        {"caption": "指南", "chapters": [{"file": page} for page in guides]},
    ]
    return yaml.safe_dump(
        {"format": "jb-book", "root": "book/index", "parts": parts}, allow_unicode=True, sort_keys=False
    )


def _pages(course: Course, lesson: Lesson) -> list[str]:
    """Return the pages of a lesson: with exercises come solutions, where trainees see them."""
    pages = [f"notebooks/{lesson.page}"]
    shown = lesson.is_exercises and course.solutions == "shown"
    return [*pages, f"notebooks/{lesson.module}/solutions"] if shown else pages


def cover(course: Course, lessons: Sequence[Taught], times: pd.DataFrame) -> str:
    """Return the first page: for whom, which lessons, when.

    Parameters
    ----------
    course
        What was asked for.
    lessons
        What is taught, in its order.
    times
        Of `schedule`.
    """
    private = f":::{{important}}\n{IN_ALL}\n:::\n\n" if course.county else ""
    audience = f"对象：{in_markdown(course.audience)}\n\n" if course.audience else ""
    rows = "\n".join(
        f"| [{_in_table(one.lesson.title)}](../notebooks/{one.lesson.page}.ipynb) | {one.minutes} |"
        for one in lessons
    )
    return f"""(course)=
# {in_markdown(course.title)}

{private}{audience}课文选自《义务教育均衡发展》。课里的云岭县是**合成**的，由程序生成，不对应任何真实的县；课文里写出的数说的是它。

(course-lessons)=
## 课

| 课 | 分钟 |
|---|---|
{rows}

(course-times)=
## 日程

{timetable(times)}
"""


def timetable(times: pd.DataFrame) -> str:
    """Return the schedule in Markdown: a table a day, or one of weeks."""
    if "week" in times:
        rows = "\n".join(
            f"| 第{row.week}周 | {_in_table(row.what)} | {row.minutes} |" for row in times.itertuples()
        )
        return f"| 周 | 内容 | 分钟 |\n|---|---|---|\n{rows}"
    days = []
    for day, pieces in times.groupby("date", sort=False):
        rows = "\n".join(
            f"| {row.begins}–{row.ends} | {_in_table(row.what)} |" for row in pieces.itertuples()
        )
        days.append(f"**{day.year}年{day.month}月{day.day}日**\n\n| 时间 | 内容 |\n|---|---|\n{rows}")
    return "\n\n".join(days)


def _in_table(title: str) -> str:
    """Return a lesson's title, which may hold marks of its own, as it stands in a cell of a table."""
    return title.replace("|", r"\|")
