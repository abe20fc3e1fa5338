"""What the author of a lesson is told: nothing of the book's own, and each thing that is taken from a lesson."""

import contextlib
import os
import shutil

import nbformat
import pytest
from command import as_process, within
from conftest import ROOT
from nbclient.exceptions import CellExecutionError

from balancelib.course.training import new_lesson
from balancelib.course.training.any_page import LessonError, open_page, quiz_of
from balancelib.course.training.catalogue import catalogue
from balancelib.course.training.lacks import lacks, lacks_of_run
from balancelib.course.training.new_lesson import QUIZ, write_new_lesson

LESSONS = [one for module in catalogue(ROOT) for one in module.lessons if not one.is_exercises]
WHOLE = ROOT / "notebooks" / "policy" / "five_schools.ipynb"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.page)
def test_no_lesson_of_the_book_lacks_anything(lesson):
    assert [one for one in lacks(lesson.path) if not one.advice] == []


def test_there_are_all_lessons():
    assert len(LESSONS) > 50


@pytest.fixture
def book(tmp_path):
    """A folder like the project's, of one lesson."""
    folder = tmp_path / "notebooks" / "policy"
    folder.mkdir(parents=True)
    for name in ("five_schools.ipynb", "five_schools.quiz.toml", "solutions.ipynb"):
        shutil.copy(WHOLE.with_name(name), folder)
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    return tmp_path


def changed(book, change):
    """What the lesson lacks after a change of its notebook."""
    path = book / "notebooks" / "policy" / "five_schools.ipynb"
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)
    return lacks(path, book)


def first(kind, word=""):
    return lambda notebook: next(c for c in notebook.cells if c.cell_type == kind and word in c.source)


def replaced(word, by, kind="markdown"):
    """Put other words into the first cell that holds some."""

    def change(notebook):
        cell = first(kind, word)(notebook)
        cell.source = cell.source.replace(word, by)

    return change


def with_figure(about):
    def change(notebook):
        cell = next(c for c in notebook.cells if "mystnb" in c.metadata)
        cell.metadata.mystnb = about

    return change


def tagged(tags):
    def change(notebook):
        next(c for c in notebook.cells if "keep_output" in c.metadata.get("tags", [])).metadata.tags = tags

    return change


def test_the_lesson_alone_lacks_nothing(book):
    assert changed(book, lambda notebook: None) == []


CHANGES = {
    "no label": (replaced("(five-schools)=\n", ""), "第1格", "标题前面缺标签"),
    "second title": (replaced("## 要点", "# 要点"), "第1格", "现在有2个"),
    "one objective": (replaced("\n- ", "\n"), "第1格", "学习目标"),
    "no minutes": (replaced("用时：", "时间："), "第1格", "用时：阅读"),
    "bare heading": (
        lambda notebook: notebook.cells[1].update(source="## 又一节"),
        "第2格（在“又一节”下面）",
        "在“又一节”的上一行写(five-schools-…)=",
    ),
    "label of another": (replaced("(five-schools-quiz)=", "(mobility-quiz)="), "测一测", "(five-schools-…)="),
    "label twice": (
        replaced("(five-schools-quiz)=", "(five-schools-key-points)="),
        "要点",
        "(five-schools-key-points)=用了两次",
    ),
    "label of another page": (
        lambda notebook: notebook.cells[1].update(source="(policy-solutions)=\n## 一节"),
        "第2格（在“一节”下面）",
        "(policy-solutions)=在notebooks/policy/solutions.ipynb里已经有了",
    ),
    "no action": (replaced("怎么办", "后来"), "整篇", "缺“怎么办”"),
    "no exercise": (replaced("## 练一练", "## 习题"), "整篇", "缺“练一练”"),
    "no quiz's section": (replaced("## 测一测", "## 题"), "整篇", "缺“测一测”"),
    "no key points": (replaced("## 要点", "## 完"), "最后", "缺“要点”"),
    "no quiz": (replaced("quiz(", "print(", "code"), "测一测", "five_schools.quiz.toml"),
    "uncaptioned": (with_figure({"figure": {"name": "fig-five-schools-a"}}), "格", "caption"),
    "hostile figure": (with_figure({"figure": [1]}), "格", "caption"),
    "unreferred": (
        with_figure({"figure": {"caption": "图", "name": "fig-five-schools-a"}}),
        "格",
        "{numref}`fig-five-schools-a`",
    ),
    "unexplored": (replaced("explore_cv", "cv", "code"), "整篇", "能动的图"),
    "kept but not compared": (tagged(["keep_output"]), "格", "要一起用"),
    "compared but not kept": (tagged([]), "格", "对不上"),
    "long": (
        lambda notebook: first("code")(notebook).update(source="1\n" * 25),
        "格",
        "代码有25行，一格最多24行",
    ),
    "defines": (
        lambda notebook: first("code")(notebook).update(source="def f():\n    pass"),
        "格",
        "def或class",
    ),
    "gap": (
        lambda notebook: notebook.cells[-1].update(source=notebook.cells[-1].source + "\n- 共 5所。"),
        "要点",
        "中文和字母、数字之间不空格",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_lack_is_said_with_its_place(book, name):
    change, where, what = CHANGES[name]
    assert [one for one in changed(book, change) if where in one.where and what in one.what]


def test_who_shows_the_sample_says_that_it_is_synthetic(book):
    def change(notebook):
        for cell in notebook.cells:
            cell.source = cell.source.replace("合成", "示例")
        first("code")(notebook).source = 'open_county("../../data/county")'

    assert [one for one in changed(book, change) if "没有说它是合成的" in one.what]


def test_code_that_is_shown_and_terms_are_no_prose(book):
    def change(notebook):
        shown = "```python\n# 共 5 所\n```\n\n`共 5`，$x 共$，[一](1.ipynb)，{cite:p}`a 共`"
        notebook.cells[1].source += f"\n\n{shown}"

    assert changed(book, change) == []


def test_the_quiz_is_read(book):
    quiz = book / "notebooks" / "policy" / "five_schools.quiz.toml"
    quiz.write_text("[[questions]]\nid = 1\n", encoding="utf-8")
    assert [one.where for one in changed(book, lambda notebook: None)] == [quiz.name]
    quiz.unlink()
    assert [one.where for one in changed(book, lambda notebook: None)] == [quiz.name]


def test_the_contents_and_the_exercises_name_it(book):
    (book / "_toc.yml").write_text("root: book/index\nparts: []\n", encoding="utf-8")
    (book / "notebooks" / "policy" / "solutions.ipynb").write_text("{}", encoding="utf-8")
    found = changed(book, lambda notebook: None)
    assert [(one.where, one.advice) for one in found] == [("_toc.yml", False), ("solutions.ipynb", True)]


def test_a_lesson_elsewhere(tmp_path):
    for name in ("five_schools.ipynb", "five_schools.quiz.toml"):
        shutil.copy(WHOLE.with_name(name), tmp_path)
    (one,) = lacks(tmp_path / "five_schools.ipynb")
    assert "要放在某一章的文件夹里" in one.what


def test_a_name_that_is_a_pattern(book):
    path = book / "notebooks" / "policy" / "a(b.ipynb"
    shutil.copy(WHOLE, path)
    assert {"_toc.yml", "solutions.ipynb"} <= {one.where for one in lacks(path, book)}


# Run


def code(book, source, metadata=None):
    """What is wrong with what a lesson of one cell shows."""
    path = book / "notebooks" / "policy" / "run.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cell = nbformat.v4.new_code_cell(source, metadata=metadata or {})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), path)
    return lacks_of_run(path)


def test_running_leaves_the_environment_as_it_was(book):
    before = dict(os.environ)
    assert code(book, "import os\nassert os.environ['BALANCELIB_BOOK']") == []
    assert dict(os.environ) == before


def test_figures_are_looked_at_when_it_is_run(book):
    drawn = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])"
    bare = code(book, drawn)
    assert [one.what.partition("：")[0] for one in bare] == [
        "图没有替代文字，看不见的人不知道画了什么",
        "图没有图题",
    ]
    described = f"from balancelib.figures import describe, use_style\nuse_style()\n{drawn}\ndescribe(figure, '一条线。')"
    assert code(book, described, {"mystnb": {"figure": {"caption": "图", "name": "fig-a"}}}) == []


def test_a_lesson_that_stops_says_where(book):
    (one,) = code(book, "1 / 0")
    assert one.where == "第1格"
    assert "ZeroDivisionError：division by zero" in one.what


# The command

BROKEN = {
    "empty": b"",
    "text": "不是笔记本".encode(),
    "list": b"[]",
    "numbers": b'{"cells": 5, "nbformat": 4}',
    "deep": b"[" * 100_000,
    "gbk": "笔记本".encode("gbk"),
    "cells of nothing": b'{"cells": [{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "no cells": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "future": b'{"cells": [], "metadata": {}, "nbformat": 99, "nbformat_minor": 5}',
    "huge": b" " * (2**20 + 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_notebook_gets_a_plain_word(tmp_path, name):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(BROKEN[name])
    with pytest.raises(LessonError, match=r"^笔记本broken\.ipynb："):
        open_page(path)


def test_command_says_what_is_lacking(tmp_path):
    path = tmp_path / "broken.ipynb"
    done = within("lesson", path, folder=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "笔记本broken.ipynb：找不到这个文件，请检查路径\n"
    shutil.copy(WHOLE, path)
    done = within("lesson", path, folder=ROOT)
    assert done.returncode == 1
    assert done.stdout.startswith("要补的：")
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["solutions.ipynb", "exercises.ipynb"])
def test_exercises_are_no_lesson(name):
    """Or its author would list the answers in the contents, as a lesson's author is told to."""
    done = within("lesson", f"notebooks/policy/{name}", folder=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "不是一课。练习改solutions.ipynb" in done.stderr


# A new lesson

REFUSED = {
    "mine.ipynb": "mine.quiz.toml已经在那里，不会覆盖",
    "图书.ipynb": "图书.ipynb：文件名用小写英文字母、数字和下划线，以.ipynb结尾",
    "resorces/mine.ipynb": "resorces：请放在某一章的，例如notebooks/resources",
    "con.ipynb": "Windows不许文件叫con.ipynb，请换一个名字",
    "other.ipynb": "一课要放在项目里某一章的文件夹，例如notebooks/resources/other.ipynb",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_new_lesson_is_refused_where_none_can_be(tmp_path, name):
    (tmp_path / "mine.quiz.toml").write_text("我的题", encoding="utf-8")
    done = within("lesson", tmp_path / name, "--new", folder=ROOT)
    assert done.returncode == 2
    assert REFUSED[name] in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.quiz.toml"]


def test_a_name_that_another_chapter_has():
    done = within("lesson", "notebooks/resources/five_schools.ipynb", "--new", folder=ROOT)
    said = "five_schools这个名字notebooks/policy/five_schools.ipynb已经用了，请换一个，例如resources_five_schools"
    assert (done.returncode, done.stderr.strip()) == (2, said)


def test_a_new_lesson_is_about_the_sample_and_its_kernel_is_quiet(book, monkeypatch, capfd):
    """On a machine whose lessons are set to a real county nothing of that comes into the project."""
    (book / "data").symlink_to(ROOT / "data")
    monkeypatch.setenv("BALANCELIB_COUNTY", str(book / "no county"))
    path = book / "notebooks" / "policy" / "two_words.ipynb"
    write_new_lesson(path, book)
    assert "59所学校里" in path.read_text(encoding="utf-8")
    assert "fig-two-words-schools" in path.read_text(encoding="utf-8")
    assert "warning" not in capfd.readouterr().err.lower()


def test_the_quiz_that_a_killed_run_left_is_no_hindrance(book):
    (book / "data").symlink_to(ROOT / "data")
    path = book / "notebooks" / "policy" / "mine.ipynb"
    left = quiz_of(path)
    left.write_bytes(QUIZ.read_bytes())
    write_new_lesson(path, book)
    assert path.exists()
    assert left.read_bytes() == QUIZ.read_bytes()


@pytest.mark.parametrize("quicker", [True, False], ids=["made", "failed"])
def test_of_two_runs_the_other_ones_lesson_keeps_its_quiz(book, monkeypatch, quicker):
    """While ours is run, the other has made the lesson, or has failed and taken its quiz away."""
    path = book / "notebooks" / "policy" / "mine.ipynb"

    def other(*_):
        path.write_text("of the other run") if quicker else quiz_of(path).unlink()

    monkeypatch.setattr(new_lesson, "execute", other)
    with pytest.raises(FileExistsError) if quicker else contextlib.nullcontext():
        write_new_lesson(path, book)
    assert (path.read_text(encoding="utf-8") == "of the other run") == quicker
    assert quiz_of(path).read_bytes() == QUIZ.read_bytes()


def test_a_new_lesson_that_does_not_run_leaves_nothing(book):
    """There are no data beside it."""
    with pytest.raises(CellExecutionError):
        write_new_lesson(book / "notebooks" / "policy" / "mine.ipynb", book)
    assert not list((book / "notebooks" / "policy").glob("mine*"))


def test_command_needs_what_builds_the_book(tmp_path):
    (tmp_path / "myst_nb.py").write_text("raise ModuleNotFoundError('no', name='myst_nb')")
    (tmp_path / "sitecustomize.py").write_text(f"import sys; sys.path.insert(0, {str(tmp_path)!r})")
    done = as_process("lesson", WHOLE, folder=tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 2
    assert "这里缺myst_nb" in done.stderr
