"""A first lesson for who writes one: whole, short and running, to be changed (``balancelib lesson FILE.ipynb --new``)."""

import contextlib
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from balancelib.county.files import whole_or_absent
from balancelib.course.notebooks import write_tidy
from balancelib.course.root import ROOT
from balancelib.course.training.any_page import labels_elsewhere, quiz_of
from balancelib.course.training.run import as_for_the_book, execute, read
from balancelib.text import is_device, shown_path

NAME = re.compile(r"[a-z][a-z0-9_]*\.ipynb")
EXAMPLE = Path(__file__).with_suffix(".md")
QUIZ = Path(__file__).with_suffix(".quiz.toml")


class NewLessonError(Exception):
    """Nothing is written here: why, and what to do."""


def write_new_lesson(path: Path, root: Path = ROOT) -> Path:
    """Write an example of a lesson where there is none, with its quiz beside it; its labels are made of its name.

    Both are there, run on the sample, or neither.

    Parameters
    ----------
    path
        The notebook, in the folder of a chapter.
    root
        The project's folder.

    Returns
    -------
    Path
        The quiz.

    Raises
    ------
    NewLessonError
        The name or the place will not do, or is taken.
    """
    if why := _why_not(path, root):
        raise NewLessonError(why)
    notebook, quiz = _example(path), quiz_of(path)
    _lay(quiz)
    try:
        with as_for_the_book():
            execute(notebook, path.parent)  # it shows its quiz
        with whole_or_absent(path, fresh=True) as temporary:
            write_tidy(notebook, temporary)
    except BaseException:
        if not path.exists():  # or it is the quiz of another run, which was quicker
            quiz.unlink(missing_ok=True)
        raise
    _lay(quiz)  # another run that failed may have taken it away
    return quiz


def _lay(quiz: Path) -> None:
    """Write the example's quiz where there is none."""
    if not quiz.exists():
        with contextlib.suppress(FileExistsError), whole_or_absent(quiz, fresh=True) as temporary:
            temporary.write_bytes(QUIZ.read_bytes())


def _why_not(path: Path, root: Path) -> str:
    """Return why no lesson can be written there, empty where it can."""
    if not NAME.fullmatch(path.name):
        name = shown_path(path.name)
        return f"{name}：文件名用小写英文字母、数字和下划线，以.ipynb结尾，例如libraries.ipynb"
    if is_device(path.name):
        return f"Windows不许文件叫{path.name}，请换一个名字"
    if not path.parent.is_dir():
        return f"没有文件夹{shown_path(path.parent)}：请放在某一章的，例如notebooks/resources"
    # A run that was killed may have left the quiz alone, as it is written here.
    if taken := [one for one in (path, quiz_of(path)) if one.exists() and not _is_example(one)]:
        return f"{shown_path(taken[0])}已经在那里，不会覆盖"
    if path.resolve().parent.parent != root / "notebooks":
        return f"{shown_path(path)}：一课要放在项目里某一章的文件夹，例如notebooks/resources/{path.name}"
    other = labels_elsewhere(path, root).get(_label(path))
    return (
        f"{path.stem}这个名字{other}已经用了，请换一个，例如{path.parent.name}_{path.stem}" if other else ""
    )


def _is_example(path: Path) -> bool:
    return path.read_bytes() == QUIZ.read_bytes()


def _example(path: Path) -> NotebookNode:
    """Return the example under the name of a new lesson."""
    text = nbformat.writes(read(EXAMPLE))
    return nbformat.reads(text.replace("LABEL", _label(path)).replace("FILE", path.stem), as_version=4)


def _label(path: Path) -> str:
    return path.stem.replace("_", "-")
