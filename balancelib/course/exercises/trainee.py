"""The trainee's notebook, made from the solution notebook."""

import ast
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from balancelib.county.files import whole_or_absent

SOURCE, MADE = "solutions.ipynb", "exercises.ipynb"
MARK = "# 由你填写"  # ends a line whose right side is left to the trainee
EXERCISE, SOLUTION = "exercise", "solution"  # tags of cells
TITLE_ENDS = "：参考答案"


def write_trainee(path: Path) -> None:
    """Write the trainee's notebook beside the solution notebook `path`."""
    with whole_or_absent(path.with_name(MADE)) as temporary:
        nbformat.write(trainee(nbformat.read(path, as_version=4)), temporary)


def trainee(solutions: NotebookNode) -> NotebookNode:
    """Return the trainee's notebook: stubs, no outputs, none of the solutions' text.

    Raises
    ------
    ValueError
        A mark that no assignment ends with.
    """
    cells = [cell for cell in solutions.cells if SOLUTION not in tags(cell)]
    return nbformat.from_dict({**solutions, "cells": [_for_trainee(cell) for cell in cells]})


def tags(cell: NotebookNode) -> list[str]:
    """Tags of a cell."""
    return cell.metadata.get("tags", [])


def _for_trainee(cell: NotebookNode) -> dict:
    kept = {name: value for name, value in cell.metadata.items() if name not in ("tags", "execution")}
    if hidden := [tag for tag in tags(cell) if tag.startswith(("hide-", "remove-"))]:  # the page's look
        kept["tags"] = hidden
    made = {"cell_type": cell.cell_type, "id": cell.id, "metadata": renamed(kept)}
    if cell.cell_type != "code":
        return {**made, "source": renamed(cell.source.replace(TITLE_ENDS, ""))}
    return {**made, "source": stubbed(cell.source), "outputs": [], "execution_count": None}


def renamed(labels: object) -> object:
    """Rename the labels in a text, or in all texts of a cell's metadata: both pages stand in the trainers' book."""
    if isinstance(labels, dict):
        return {name: renamed(value) for name, value in labels.items()}
    return re.sub(r"(?<=-)solutions\b", "exercises", labels) if isinstance(labels, str) else labels


def stubbed(source: str) -> str:
    r"""Return code with ``...`` for the right side of each marked line.

    Examples
    --------
    >>> print(stubbed("a = 1\nneed = (\n    a + 1\n)  # 由你填写"))
    a = 1
    need = ...  # 由你填写
    """
    lines = source.splitlines()
    marks = sum(line.endswith(MARK) for line in lines)
    for statement in reversed(ast.parse(source).body):
        if lines[statement.end_lineno - 1].endswith(MARK):
            if not isinstance(statement, ast.Assign):
                break
            names = "".join(f"{ast.unparse(target)} = " for target in statement.targets)
            lines[statement.lineno - 1 : statement.end_lineno] = [f"{names}...  {MARK}"]
            marks -= 1
    if marks:
        raise ValueError(f"“{MARK}”只能写在一个赋值的最后：\n{source}")
    return "\n".join(lines)
