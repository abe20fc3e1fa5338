"""A first lesson for who writes one: whole, short and running, to be changed (``balancelib lesson FILE.ipynb --new``)."""

import re
from pathlib import Path

import nbformat

from balancelib.county.files import whole_or_absent
from balancelib.course.notebooks import refresh
from balancelib.course.training.run import read

NAME = re.compile(r"[a-z][a-z0-9_]*\.ipynb")
EXAMPLE = Path(__file__).with_suffix(".md")
QUIZ = Path(__file__).with_suffix(".quiz.toml")


class TakenError(Exception):
    """There is such a file already: its only argument."""


def write_new_lesson(path: Path) -> Path:
    """Write an example of a lesson where there is none, with its quiz beside it; its labels are made of its name.

    Parameters
    ----------
    path
        The notebook, in a folder that is there.

    Returns
    -------
    Path
        The quiz.

    Raises
    ------
    TakenError
        One of the two is there already.
    """
    quiz = path.with_name(f"{path.stem}.quiz.toml")
    for one in (path, quiz):
        if one.exists():
            raise TakenError(one)
    notebook = read(EXAMPLE)
    named = {"LABEL": path.stem.replace("_", "-"), "FILE": path.stem}
    text = nbformat.writes(notebook)
    for sign, name in named.items():
        text = text.replace(sign, name)
    with whole_or_absent(quiz, fresh=True) as temporary:
        temporary.write_text(QUIZ.read_text(encoding="utf-8"), encoding="utf-8")
    with whole_or_absent(path, fresh=True) as temporary:
        temporary.write_text(text, encoding="utf-8")
    refresh(path)
    return quiz
