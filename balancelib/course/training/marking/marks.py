"""All notebooks of a class marked, several at once, and the table of who passed what."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import NamedTuple

from balancelib.course.training.marking.copying import called, copied
from balancelib.course.training.marking.judging import (
    FAILED,
    IMPOSSIBLE,
    LATE,
    OWN,
    RIGHT,
    TRIES,
    UNANSWERED,
    UNSAFE,
    WRONG,
    Judged,
    Mark,
    judge_or_say,
    not_judged,
)
from balancelib.course.training.marking.opened import Remark
from balancelib.course.training.marking.people import Person
from balancelib.course.training.marking.returned import (
    MOST_NAMED,
    Notebook,
    known,
    number_of,
    order,
    read_returned,
)
from balancelib.course.training.marking.sandbox import Limits
from balancelib.course.training.marking.walls import check_sandbox
from balancelib.course.workers import begin

EXPLAIN_BELOW = 0.6  # share of those who did it; below, an exercise is to be explained again
FIRST = 4  # notebooks from which it is guessed how long the others take
NOTHING = Mark("没有交")
UNREAD = "交了，判不了"


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
    own: tuple[str, ...] = ()  # exercises that may be done in a trainee's own county, which is not here


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
    progress("读交回来的文件")
    returned = read_returned(folder, people)
    keys = {
        module: _keys(module, [one for one in returned.notebooks if one.module == module], returned.remarks)
        for module in sorted({one.module for one in returned.notebooks})
    }
    judged = _judged_all(returned.notebooks, keys, limits or Limits(), progress)
    progress("比一比有没有抄的")
    remarks = [*returned.remarks, *_tried(judged), *_unnamed(judged), *copied(judged), *_twice(judged)]
    rows = {
        module: _rows(
            [one for one in judged if one.notebook.module == module], people, keys[module], returned.refused
        )
        for module in keys
    }
    summaries = [_summary(key, _best(rows[module], key)) for module in keys for key in keys[module]]
    own = {key for one in judged for key in one.own}
    return Marks(rows, keys, summaries, sorted(set(remarks)), len(judged), tuple(sorted(own, key=order)))


def _keys(module: str, notebooks: Iterable[Notebook], remarks: list[Remark]) -> list[str]:
    """Return the exercises of a module that notebooks hold, and say which they do not, or hold of another edition."""
    held = {key: one.file for one in notebooks for key in one.homes if key.startswith(f"{module}.")}
    there = [f"{module}.{n}" for n in known(module)]
    for key in sorted(held.keys() - set(there)):
        said = f"{module}第{number_of(key)}题，课里现在没有，没有判：是不是旧版的笔记本？"
        remarks.append(Remark(held[key], said))
    if absent := [key for key in there if key not in held]:
        listed = "、".join(map(number_of, absent))
        remarks.append(Remark(f"{module}.ipynb", f"第{listed}题，交来的笔记本里一份也没有，没有列在表里。"))
    return [key for key in there if key in held]


def _judged_all(
    notebooks: Sequence[Notebook], keys: dict[str, list[str]], limits: Limits, progress: Callable[[str], None]
) -> list[Judged]:
    """Judge them, as many at once as there are processors; in the order given."""
    if not notebooks:
        return []
    workers, begun = min(os.cpu_count() or 1, len(notebooks)), time.monotonic()
    progress(f"判好了0份，一共{len(notebooks)}份")
    with ProcessPoolExecutor(workers, get_context("forkserver"), begin) as pool:
        running = [pool.submit(judge_or_say, one, keys[one.module], limits) for one in notebooks]
        try:
            for n, _ in enumerate(as_completed(running), 1):
                progress(
                    f"判好了{n}份，一共{len(notebooks)}份{_still(time.monotonic() - begun, n, len(notebooks))}"
                )
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for (
                process
            ) in active_children():  # or what runs, and what is handed out already, would be waited for
                process.terminate()
            raise
    return [
        _judged_alone(one, keys[one.module], limits)
        if isinstance(done.exception(), BrokenProcessPool)
        else done.result()
        for one, done in zip(notebooks, running, strict=True)
    ]


def _judged_alone(notebook: Notebook, keys: Sequence[str], limits: Limits) -> Judged:
    """Judge a notebook in a process of its own, after one of those that judged several was ended by the system."""
    with ProcessPoolExecutor(1, get_context("forkserver"), begin) as pool:
        try:
            return pool.submit(judge_or_say, notebook, keys, limits).result()
        except BrokenProcessPool:
            return not_judged(notebook, keys, "被系统停了，多半是内存不够")


def _still(spent: float, done: int, of: int) -> str:
    """Say how long the rest may take, as those before did; nothing where it is little."""
    minutes = spent / done * (of - done) / 60
    return f"，大约还要{minutes:.0f}分钟" if done >= FIRST and minutes >= 1 else ""


def _rows(
    judged: Iterable[Judged],
    people: Sequence[Person],
    keys: Sequence[str],
    refused: Mapping[Person, Sequence[str]],
) -> list[Row]:
    """Return the rows of a module: everybody in the class in their order, then notebooks of nobody known."""
    rows, by_person = [], {}
    for one in judged:
        by_person.setdefault(one.notebook.person, []).append(one)
    for person in people:
        for one in by_person.get(person, []):
            rows.append(Row(person.seat, person.name, person.seed, one.notebook.file, one.marks))
        if person not in by_person:
            file = f"{UNREAD}：{'、'.join(refused[person][:MOST_NAMED])}" if person in refused else ""
            rows.append(Row(person.seat, person.name, person.seed, file, dict.fromkeys(keys, NOTHING)))
    rows += [Row("", "", one.seed, one.notebook.file, one.marks) for one in by_person.get(None, [])]
    return rows


def _best(rows: Iterable[Row], key: str) -> list[Mark]:
    """Return one mark of an exercise for each person, the best of theirs; each notebook of nobody known counts."""
    best: dict[str, Mark] = {}
    for n, row in enumerate(rows):
        who = f"seat {row.seat}" if row.seat else f"row {n}"
        best[who] = min(best.get(who, row.marks[key]), row.marks[key], key=_rank)
    return list(best.values())


def _rank(mark: Mark) -> int:
    ranks = (RIGHT, IMPOSSIBLE, WRONG, FAILED, LATE, UNSAFE, UNANSWERED)
    return ranks.index(mark.outcome) if mark.outcome in ranks else len(ranks)


def _tried(judged: Iterable[Judged]) -> list[Remark]:
    """What notebooks tried that exercises never need, and what did not run."""
    remarks = []
    for one in judged:
        for cell, what in one.tried:
            remarks.append(Remark(called(one), f"{one.notebook.file}第{cell}格{TRIES[what]}，没有办到。"))
        if one.broken:
            remarks.append(Remark(called(one), f"{one.notebook.file}没有运行起来：{one.broken[-200:]}"))
    return remarks


def _unnamed(judged: Sequence[Judged]) -> list[Remark]:
    """Notebooks that name no county: in which they were judged."""
    remarks, sample = [], 0
    for one in judged:
        if one.unnamed and one.notebook.person:
            said = f"{one.notebook.file}的begin里没有种子，不是发给他座位的那一份；判的时候用了他座位的县（种子{one.seed}）重新算。直接写下来的数会判不对。"
            remarks.append(Remark(called(one), said))
        sample += one.unnamed and one.notebook.person is None
    if sample:
        said = f"{sample}份笔记本的begin里没有种子，也不知道是哪个座位的：是在示例县里重新算、重新判的。用自己的县做的，直接写下来的数会判不对，请当面看。"
        remarks.append(Remark("没有种子的", said))
    return remarks


def _twice(judged: Sequence[Judged]) -> list[Remark]:
    count = Counter((one.notebook.person, one.notebook.module) for one in judged if one.notebook.person)
    return [
        Remark(
            f"座位{person.seat}{person.name}",
            f"{module}交了{n}份，各占一行；“每题”那张表里，一题取他最好的一份。",
        )
        for (person, module), n in count.items()
        if n > 1
    ]


def _summary(key: str, marks: Sequence[Mark]) -> Summary:
    outcomes = Counter(mark.outcome for mark in marks)
    done = len(marks) - outcomes[NOTHING.outcome] - outcomes[IMPOSSIBLE]
    share = outcomes[RIGHT] / done if done else None
    reasons = Counter(
        mark.reason.removesuffix(OWN)
        for mark in marks
        if mark.outcome not in (RIGHT, IMPOSSIBLE, UNANSWERED) and mark.reason
    )
    wrong = Counter(mark.reason.removesuffix(OWN) for mark in marks if mark.outcome == WRONG)
    mistake, met = min((wrong or reasons).items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return Summary(
        key, dict(outcomes), done, share, mistake, met, share is not None and share < EXPLAIN_BELOW
    )
