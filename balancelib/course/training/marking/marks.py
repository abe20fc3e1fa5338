"""All notebooks of a class marked, several at once, and the table of who passed what."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from balancelib.course.training.marking.copying import called, copied
from balancelib.course.training.marking.judging import (
    IMPOSSIBLE,
    RIGHT,
    TRIES,
    UNANSWERED,
    WRONG,
    Judged,
    Mark,
    judge_or_say,
)
from balancelib.course.training.marking.people import Person
from balancelib.course.training.marking.returned import Notebook, Remark, order, read_returned
from balancelib.course.training.marking.sandbox import Limits
from balancelib.course.training.marking.walls import check_sandbox

EXPLAIN_BELOW = 0.6  # share of those who did it; below, an exercise is to be explained again
NOTHING = Mark("没有交")


class Row(NamedTuple):
    """A line of the table: a person, or a notebook of nobody known, and the marks of one module."""

    seat: str
    name: str
    seed: int | None
    file: str
    marks: dict[str, Mark]


class Summary(NamedTuple):
    """How an exercise went in the class."""

    key: str
    outcomes: dict[str, int]
    done: int  # by how many it could be done
    share: float | None  # of those who have it right
    mistake: str
    met: int  # how often that mistake
    explain: bool


@dataclass(frozen=True)
class Marks:
    """Who passed what: rows by module, a summary of each exercise, and what is to be looked at."""

    modules: dict[str, list[Row]]
    keys: dict[str, list[str]]
    summaries: list[Summary]
    remarks: list[Remark]
    notebooks: int


def mark(
    folder: Path,
    people: Sequence[Person] = (),
    limits: Limits | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Marks:
    """Mark all notebooks under a folder.

    Parameters
    ----------
    folder
        What was returned: a folder a person, or files named for seats or names.
    people
        Who is in the class; without them each notebook is judged in the county that it names.
    limits
        What each may take.
    progress
        Is told what is being done.

    Raises
    ------
    NoSandbox
        Notebooks cannot be run apart on this machine; nothing was run.
    """
    check_sandbox()
    returned = read_returned(folder, people)
    keys: dict[str, list[str]] = {}
    for module in sorted({notebook.module for notebook in returned.notebooks}):
        held = {key for one in returned.notebooks if one.module == module for key in one.homes}
        keys[module] = sorted((key for key in held if key.startswith(f"{module}.")), key=order)
    judged = _judged_all(returned.notebooks, keys, limits or Limits(), progress)
    remarks = [*returned.remarks, *_tried(judged), *copied(judged), *_twice(judged)]
    rows = {
        module: _rows([one for one in judged if one.notebook.module == module], people, keys[module])
        for module in keys
    }
    summaries = [
        _summary(key, [row.marks[key] for row in rows[module]]) for module in keys for key in keys[module]
    ]
    return Marks(rows, keys, summaries, sorted(set(remarks)), len(judged))


def _judged_all(
    notebooks: Sequence[Notebook], keys: dict[str, list[str]], limits: Limits, progress: Callable[[str], None]
) -> list[Judged]:
    """Judge them, as many at once as there are processors; in the order given."""
    if not notebooks:
        return []
    workers = min(os.cpu_count() or 1, len(notebooks))
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        running = [pool.submit(judge_or_say, one, keys[one.module], limits) for one in notebooks]
        for n, _ in enumerate(as_completed(running), 1):
            progress(f"判好了{n}份，一共{len(notebooks)}份")
        return [done.result() for done in running]


def _rows(judged: Iterable[Judged], people: Sequence[Person], keys: Sequence[str]) -> list[Row]:
    """Return the rows of a module: everybody in the class in their order, then notebooks of nobody known."""
    rows, by_person = [], {}
    for one in judged:
        by_person.setdefault(one.notebook.person, []).append(one)
    for person in people:
        for one in by_person.get(person, []):
            rows.append(Row(person.seat, person.name, person.seed, one.notebook.file, one.marks))
        if person not in by_person:
            rows.append(Row(person.seat, person.name, person.seed, "", dict.fromkeys(keys, NOTHING)))
    rows += [Row("", "", one.seed, one.notebook.file, one.marks) for one in by_person.get(None, [])]
    return rows


def _tried(judged: Iterable[Judged]) -> list[Remark]:
    """What notebooks tried that exercises never need, and what did not run."""
    remarks = []
    for one in judged:
        for cell, what in one.tried:
            remarks.append(Remark(called(one), f"{one.notebook.file}第{cell}格{TRIES[what]}，没有办到。"))
        if one.broken:
            remarks.append(Remark(called(one), f"{one.notebook.file}没有运行起来：{one.broken[-200:]}"))
    return remarks


def _twice(judged: Sequence[Judged]) -> list[Remark]:
    count = Counter((one.notebook.person, one.notebook.module) for one in judged if one.notebook.person)
    return [
        Remark(f"座位{person.seat}{person.name}", f"{module}交了{n}份，各占一行：请看清哪一份算数。")
        for (person, module), n in count.items()
        if n > 1
    ]


def _summary(key: str, marks: Sequence[Mark]) -> Summary:
    outcomes = Counter(mark.outcome for mark in marks)
    done = len(marks) - outcomes[NOTHING.outcome] - outcomes[IMPOSSIBLE]
    share = outcomes[RIGHT] / done if done else None
    reasons = Counter(
        mark.reason for mark in marks if mark.outcome not in (RIGHT, IMPOSSIBLE, UNANSWERED) and mark.reason
    )
    wrong = Counter(mark.reason for mark in marks if mark.outcome == WRONG)
    mistake, met = min((wrong or reasons).items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return Summary(
        key, dict(outcomes), done, share, mistake, met, share is not None and share < EXPLAIN_BELOW
    )
