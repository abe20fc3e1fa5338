"""Runs the notebooks of a course, each once, several at once: in the county of the course where they can be, else on the sample."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from balancelib.course.execution import new_processes, prepare_kernels
from balancelib.course.quiz.forms import in_markdown
from balancelib.course.training.county import why_missing
from balancelib.course.workers import begin

STOPS = ("Lacking", "MissingTable", "InputError")  # what a lesson says of a county that it is not for
KILLED = "运行笔记本的进程中途没有了，多半是内存不够：请关掉别的程序再做"
REAL = ":::{{important}}\n这一课的表和图用的是{}的数。课文里说“合成”，说的是云岭县和写出的那些数。\n:::"
TIMEOUT = 120  # seconds a cell
SAMPLE = re.compile("云岭县(?:（合成）|，合成)?")  # what captions call it
NAMELESS = "NoneType"  # what IPython calls an error that came while a cell's result was shown
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class NotRunError(Exception):
    """A notebook stops on the sample too: which, and why."""


class Ran(NamedTuple):
    """A notebook that was run: where it is, and why it could not be run in the county of the course; empty where it could."""

    path: Path
    reason: str


def run_all(paths: Iterable[Path], county: str, said: Callable[[Ran], None], called: str = "") -> list[Ran]:
    """Run notebooks where they are; each keeps its outputs.

    Parameters
    ----------
    paths
        Notebooks, and pages in Markdown with code, which become notebooks.
    county
        The county's data, as a path from a notebook's folder; empty for the sample.
    said
        Called after each.
    called
        What captions call that county instead of the sample; empty where they say what they say.

    Raises
    ------
    NotRunError
        One stops on the sample, or the system has ended a process.
    """
    with ProcessPoolExecutor(os.cpu_count(), new_processes(), begin, (_prepared,)) as pool:
        running = [pool.submit(run, path, county, called) for path in paths]
        done = []
        try:
            for one in as_completed(running):
                done.append(one.result())
                said(done[-1])
        except BrokenProcessPool:
            raise NotRunError(KILLED) from None
        except BaseException:
            pool.shutdown(cancel_futures=True)  # or the others would all be waited for
            raise
    return sorted(done)


def _prepared() -> None:
    prepare_kernels(None, None)


@contextmanager
def as_for_the_book() -> Iterator[None]:
    """Let kernels that are started here run as the book's do; what follows finds the environment as it was."""
    before = dict(os.environ)
    _prepared()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run(path: Path, county: str, called: str = "") -> Ran:
    """Run one notebook; where it stops in the county of the course, on the sample, and say so in it."""
    notebook = read(path)
    reason = ""
    if county and path.suffix == ".ipynb":
        given = with_county(notebook, county, called)
        reason = stopped(given, path.parent)
        notebook = with_reason(notebook, reason) if reason else given
    on_sample = reason or not county or path.suffix != ".ipynb"
    if on_sample and (why := stopped(notebook, path.parent)):
        raise NotRunError(f"{path.parent.name}/{path.name}运行不下去：{why}")
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    if path.suffix != ".ipynb":
        path.unlink()
    return Ran(path.with_suffix(".ipynb"), reason)


def read(path: Path) -> NotebookNode:
    """Read a notebook, or a page in Markdown as one."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"), MdParserConfig(), path=path)
    notebook.metadata = {"kernelspec": KERNEL}
    for n, cell in enumerate(notebook.cells):
        cell.id = f"cell-{n}"  # not one at random
    return notebook


def with_county(notebook: NotebookNode, county: str, called: str = "") -> NotebookNode:
    """Return a notebook that begins, after its title, by naming the county; where that is `called`, it and its figures say so."""
    notebook = nbformat.from_dict(notebook)
    figures = (cell.metadata.get("mystnb", {}).get("figure", {}) for cell in notebook.cells)
    for figure in (one for one in figures if called and "caption" in one):
        figure["caption"] = SAMPLE.sub(called, figure["caption"])
    source = f'from balancelib.county import use_county\n\nuse_county("{county}")'
    cells = [new_code_cell(source, id="use-county")]
    if called:
        cells.append(new_markdown_cell(REAL.format(called), id="this-county"))
    return _after_title(notebook, *cells)


def with_reason(notebook: NotebookNode, reason: str) -> NotebookNode:
    """Return a notebook that says after its title why it is not about the county of the course."""
    said = f":::{{important}}\n这一课用的是示例县（合成），没有用这次培训的县：{in_markdown(reason)}\n:::"
    return _after_title(notebook, new_markdown_cell(said, id="not-this-county"))


def _after_title(notebook: NotebookNode, *cells: NotebookNode) -> NotebookNode:
    first, *others = notebook.cells
    return nbformat.from_dict({**notebook, "cells": [first, *cells, *others]})


def stopped(notebook: NotebookNode, folder: Path) -> str:
    """Run a notebook; return why it stopped, empty where it did not.

    A lesson may meet in a county what its author has not thought of: that is said too, and costs only this lesson.
    """
    try:
        execute(notebook, folder)
    except CellExecutionError as error:
        said = error.evalue.strip().partition("\n")[0]
        if said and error.ename in STOPS:
            return why_missing(said)
        kind = f"{error.ename}：{said}" if error.ename != NAMELESS else _last_line(error)
        return f"出错了（{kind}）"
    except (CellTimeoutError, DeadKernelError):
        return f"有一格超过{TIMEOUT}秒没有运行完，或者内存不够"
    return ""


def _last_line(error: CellExecutionError) -> str:
    """Return what a traceback ends with, without colours."""
    lines = re.sub(r"\x1b\[[\d;]*m", "", error.traceback).strip().splitlines()
    return lines[-1].replace(": ", "：", 1) if lines else ""


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook in a folder; the same code leaves the same outputs."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=TIMEOUT, resources=where, coalesce_streams=True).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
