"""The trainer's guide, followed: its own commands and what it says to paste, in a copy of the project, as a trainer would.

The one course that is made here is the guide's last, with the lesson that it adds; the first, of one day, takes minutes and is planned.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup
from command import within
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell

from balancelib.course.training import pack
from balancelib.course.training.course import Course, learning_paths
from balancelib.course.training.pretest import HEAD_ROW
from balancelib.course.training.reading import CourseError

PAGE = (ROOT / "book" / "own_course.md").read_text(encoding="utf-8")
BLOCKS = [(kind, text) for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
COMMANDS = [text.strip() for kind, text in BLOCKS if kind == "bat"]
NEEDED = ("balancelib", "book", "data", "locale", "notebooks")
OTHERWISE = [text for text in COMMANDS if r"xinghe\class" in text]  # planned, or typed of the last course
ALIKE = ("sample", "check", "gain")  # commands that nothing in the copy changes
EXERCISE_TAGS = ["exercise", "nbval-check-output", "keep_output"]


def block(kind, word):
    (text,) = (text for k, text in BLOCKS if k == kind and word in text)
    return text.rstrip("\n")


def command(word, also="", without="\0"):
    (text,) = {text for text in COMMANDS if word in text and also in text and without not in text}
    return text


class Trainer:
    """Who sits in a project's folder, types the guide's commands, and edits files as it says."""

    def __init__(self, folder):
        self.project, self.outside = folder / "project", folder / "xinghe"
        for name in NEEDED:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, self.project / name, ignore=ignored)
        for name in ("_toc.yml", "_config.yml"):
            shutil.copy(ROOT / name, self.project)
        self.typed = []

    def types(self, line, path=None):
        """Type a command of the guide; what it prints. Where `path` is all that is searched, no LaTeX is found: the handout has tests of its own."""
        self.typed.append(line)
        program, *words = line.replace("\\", "/").split()
        if program in ("mkdir", "copy"):
            places = [self.project / word for word in words]
            return places[0].mkdir() if program == "mkdir" else shutil.copy(*places)
        if words[0] in ALIKE:
            done = within(*words, folder=self.project)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout
        words = ["-m", "balancelib", *words] if program.endswith("/balancelib") else words
        mine = {"PYTHONPATH": str(self.project)} | ({"PATH": path} if path else {})
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.project,
            env=os.environ | mine,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def lists_the_lesson(self):
        contents = self.project / "_toc.yml"
        last = "          - file: notebooks/resources/digital\n"
        line = block("yaml", "- file: notebooks/resources/libraries")
        text = contents.read_text(encoding="utf-8")
        assert text.count(last) == 1
        contents.write_text(text.replace(last, f"{last}{line}\n"), encoding="utf-8")

    def adds_the_exercise(self):
        path = self.project / "notebooks" / "resources" / "solutions.ipynb"
        notebook = nbformat.read(path, 4)
        assert "回到[第二章]" in notebook.cells[-1].source
        code = block("python", 'check("resources.10"')
        notebook.cells[-1:-1] = [
            new_markdown_cell(block("markdown", "(resources-solutions-libraries)=")),
            new_code_cell(code, metadata={"tags": EXERCISE_TAGS}),
            new_markdown_cell(block("markdown", "没有填图书"), metadata={"tags": ["solution"]}),
        ]
        nbformat.write(notebook, path)
        answers = self.project / "balancelib" / "course" / "exercises" / "resources.py"
        with answers.open("a", encoding="utf-8") as file:
            file.write("\n\n" + block("python", 'EXERCISES["10"]') + "\n")


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The trainer at the end of the guide, and what its commands said."""
    trainer, said = Trainer(tmp_path_factory.mktemp("guide")), {}
    for word in ("mkdir", "sample", "check", "copy", "--new"):
        said[word] = trainer.types(command(word))
    trainer.lists_the_lesson()
    trainer.adds_the_exercise()
    said["again"] = trainer.types(command("notebooks/resources/libraries.ipynb", "course.notebooks"))
    said["exercises"] = trainer.types(command("notebooks/resources/solutions.ipynb"))
    said["lesson"] = trainer.types(command("lesson notebooks/resources/libraries.ipynb", "", "--new"))
    (trainer.outside / "libraries.yml").write_text(block("yaml", "图书半天班"), encoding="utf-8")
    said["course"] = trainer.types(command("course ..\\xinghe\\libraries.yml"), path=str(trainer.project))
    return trainer, said


def test_every_command_of_the_guide_was_typed(followed):
    trainer, _ = followed
    assert set(COMMANDS) - set(trainer.typed) == set(OTHERWISE)


def test_commands_say_what_the_guide_shows(followed):
    _, said = followed
    assert said["--new"].rstrip() == block("text", "已写出")
    assert said["lesson"].rstrip() == block("text", "什么都不缺")


def test_the_new_lesson_is_the_authors_and_lacks_nothing(followed):
    trainer, said = followed
    assert "没有错误" in said["check"]
    assert said["exercises"].split() == [
        f"notebooks/resources/{name}.ipynb" for name in ("solutions", "exercises")
    ]
    trainees = nbformat.read(trainer.project / "notebooks" / "resources" / "exercises.ipynb", 4)
    (cell,) = (cell for cell in trainees.cells if "resources.10" in cell.source)
    assert "schools_short = ...  # 由你填写" in cell.source
    assert "没有填图书" not in str(trainees.cells)
    solved = nbformat.read(trainer.project / "notebooks" / "resources" / "solutions.ipynb", 4)
    (cell,) = (cell for cell in solved.cells if "resources.10" in cell.source)
    assert "对" in str(cell.outputs)
    assert "不对" not in str(cell.outputs)


def test_the_course_with_it_stands(followed):
    trainer, said = followed
    made = trainer.outside / "libraries"
    assert "给学员的在trainee（压缩包libraries.zip）" in said["course"]
    assert "没有做：打印用的讲义" in said["course"]
    page = (made / "trainee" / "site" / "notebooks" / "resources" / "libraries.html").read_text(
        encoding="utf-8"
    )
    article = BeautifulSoup(page, "html.parser").article
    assert "星河县" not in article.get_text()
    assert article.select("figure img[alt]")
    assert article.select(".explorer")
    assert "29所学校里" in article.get_text()  # the county's; the sample has 59
    with zipfile.ZipFile(made / "libraries.zip") as packed:
        names = packed.namelist()
    assert "libraries/notebooks/people/02/resources.ipynb" in names
    assert [name for name in names if "solutions" in name or "people.csv" in name] == []
    handed = {name.rpartition("/")[2] for name in names if "county_of_course" in name}
    assert "schools.csv" in handed
    assert not handed & {"teachers.csv", "scores.csv", "children.csv"}
    key = openpyxl.load_workbook(made / "trainer" / "marking_key.xlsx")["答案"]
    assert "resources.10" in [row[3] for row in key.iter_rows(values_only=True)]


def test_gain_of_its_tests(followed):
    """Written down as the guide says: before, nothing right; after, all."""
    trainer, _ = followed
    path = trainer.outside / "libraries" / "trainer" / "tests.xlsx"
    book = openpyxl.load_workbook(path)
    key = {row[:2]: row[2] for row in book["答案"].iter_rows(min_row=3, values_only=True)}
    for when, right in (("课前", False), ("课后", True)):
        for row in book[when].iter_rows(min_row=HEAD_ROW + 1):
            for n, cell in enumerate(row[3:], 1):
                answer = key[row[2].value, n]
                wrong = -1 if not answer.isalpha() else "B" if answer == "A" else "A"
                cell.value = answer if right else wrong
    book.save(path)
    assert "提高100.0个百分点" in trainer.types(command(" gain ").replace("class", "libraries"))


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="no bubblewrap: nothing was marked")
def test_marking_of_what_trainees_return(followed):
    """One folder came back, with the new exercise done."""
    trainer, _ = followed
    handed = trainer.outside / "libraries" / "trainee" / "notebooks" / "people" / "01"
    returned = shutil.copytree(handed, trainer.outside / "returned" / "01") / "resources.ipynb"
    notebook = nbformat.read(returned, 4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            "schools_short = ...", "schools_short = (books < 25 * pupils).sum()"
        )
    nbformat.write(notebook, returned)
    assert "判了1份笔记本" in trainer.types(command(" mark ").replace("class", "libraries"))
    marks = openpyxl.load_workbook(trainer.outside / "marks.xlsx")
    (new,) = (row for row in marks["每题"].iter_rows(values_only=True) if row[1] == "10")
    assert new[2:5] == (1, 1, 0)  # of one who returned it, right


# What the guide says of course.yml


def test_the_sample_file_is_a_course_of_a_day(tmp_path):
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "county.xlsx").touch()
    path = shutil.copy(ROOT / "book" / "own_course.yml", tmp_path / "course.yml")
    asked = pack.plan(tmp_path / "course.yml")
    assert asked.course.name == "xinghe"
    assert len(asked.lessons) == 7
    assert asked.times["ends"].max() <= "17:00"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("path: one_day", "lessons: [policy/equty]"), encoding="utf-8")
    with pytest.raises(CourseError) as error:
        pack.plan(path)
    shown = block("text", "policy/equty").removesuffix("……")
    assert str(error.value).startswith(shown)


def test_the_other_file_is_a_course_too(tmp_path):
    path = tmp_path / "course.yml"
    path.write_text(block("yaml", "星河县经费和师资培训班"), encoding="utf-8")
    assert len(pack.plan(path).lessons) > 10


def test_every_key_is_explained():
    explained = re.findall(r"^\* - `(\w+)`$", PAGE, re.MULTILINE)
    assert sorted(explained) == sorted(Course.__struct_fields__)


def test_the_learning_paths_are_those_that_there_are():
    assert all(f"`{key}`{way.label}" in PAGE for key, way in learning_paths().items())
    counts = {key: len(way.lessons) for key, way in learning_paths().items()}
    assert (counts["one_day"], counts["three_days"]) == (7, 18)
    assert "七课" in PAGE
    assert "十八课" in PAGE
