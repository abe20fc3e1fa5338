"""The trainees of a course: a seat, a county and a notebook of exercises for each, and the key by which they are marked."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

import nbformat
import pandas as pd
from nbformat import NotebookNode

from balancelib.county import County, sample_county
from balancelib.course.exercises import exercises
from balancelib.course.exercises.compare import plain
from balancelib.course.exercises.session import copied, written
from balancelib.course.exercises.trainee import MADE
from balancelib.course.root import ROOT
from balancelib.course.training.any_page import LessonError
from balancelib.course.training.course import Course

FIRST, LAST = 1000, 9000  # of the seeds; the course's own sample is below
BEGUN = re.compile(r'\bbegin\("(\w+)"\)')  # of a module, in the county that there is
IN_OWN = re.compile(r'\bbegin\("\w+\.(\w+)"')  # of one exercise, in a county of the trainee's own
CHOOSE = re.compile(
    r"先选县。下面这一格不改.*?县不同，答案就不同。", re.DOTALL
)  # what is said before it to who has no seat
CHOSEN = "县已经按你的座位选好，种子写在下面这一格里，不要改：各人的县不同，答案也不同。"
NO_KEY = "用学员自己的县做，答案各不相同：当场看检查的结果"


class Seat(NamedTuple):
    """A trainee's place: its number from 1, whose it is where that is known, and the seed of its county."""

    seat: int
    name: str
    seed: int


def seats(course: Course) -> tuple[Seat, ...]:
    """Return the seats of a course.

    Each has a county of its own, so that neighbours cannot copy; another course of the same trainer begins at another seed.

    Parameters
    ----------
    course
        With its people.
    """
    days = "".join(day.isoformat() for day in course.dates)
    first = FIRST + crc32(f"{course.title}{days}".encode()) % (LAST - FIRST)
    return tuple(Seat(n, name, first + n) for n, name in enumerate(course.seats, 1))


def for_seat(notebook: NotebookNode, seed: int) -> NotebookNode:
    """Return a notebook of exercises that is done in the synthetic county of a seed.

    Parameters
    ----------
    notebook
        As all trainees have it.
    seed
        The seat's.

    Raises
    ------
    LessonError
        It does not begin a module's exercises.
    """
    made = nbformat.from_dict(notebook)
    count = 0
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.source, n = BEGUN.subn(rf'begin("\1", seed={seed})', cell.source)
            count += n
        else:
            cell.source = CHOOSE.sub(CHOSEN, cell.source)
    if not count:
        raise LessonError(MADE, '练习里没有begin("模块")这一句，换不了种子：请照别的章补上')
    return made


def key(module: str, places: Iterable[Seat]) -> pd.DataFrame:
    """Return the right answers of a module's exercises for each seat.

    Parameters
    ----------
    module
        Its name.
    places
        The seats.

    Returns
    -------
    DataFrame
        A row a seat and exercise: ``seat``, ``name``, ``seed``, ``exercise`` (``policy.3``), ``answer`` as a trainee would be told it;
        where the county has none, why.
    """
    own = in_own_county(module)
    rows = [
        (*place, f"{module}.{number}", NO_KEY if number in own else _answer(exercise, county))
        for place in places
        for county in [sample_county(place.seed)]
        for number, exercise in exercises(module).items()
    ]
    return pd.DataFrame(rows, columns=[*Seat._fields, "exercise", "answer"])


def in_own_county(module: str) -> set[str]:
    """Return the exercises of a module that are done in a county of the trainee's own."""
    notebook = nbformat.read(ROOT / "notebooks" / module / MADE, as_version=4)
    return {number for cell in notebook.cells for number in IN_OWN.findall(cell.source)}


def _answer(exercise: object, county: County) -> str:
    try:
        return written(plain(exercise.answer(copied(county))), exercise.unit)
    except ValueError as error:  # among them what a county lacks
        return f"这个县里算不出来：{error}"
    except Exception as error:  # an author's own exercise; the others have their answers
        return f"这道题的答案算不出来，请查它在balancelib/course/exercises里的那一段：{type(error).__name__}：{error}"
