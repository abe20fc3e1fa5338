"""The times of a course: lessons laid into its days, with breaks and lunch; self-study into weeks."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from balancelib.course.training.course import Course, Hours, Taught, clock
from balancelib.course.training.reading import CourseError

TEST_MINUTES = 15
SHORTEST = 15  # minutes: less of a lesson is not begun before a break
ROUND = 5  # minutes that sessions are a multiple of
PRE, POST, REST, LUNCH = "课前测试", "课后测试", "休息", "午休"


class Session(NamedTuple):
    """A time without a break, in minutes since midnight."""

    date: date
    begins: int
    ends: int


class Piece(NamedTuple):
    """What fills a time; of a lesson, which."""

    date: date
    begins: int
    ends: int
    what: str
    page: str | None


def schedule(course: Course, lessons: Sequence[Taught], file: str = "course.yml") -> pd.DataFrame:
    """Lay the lessons of a course into its days; those of self-study into weeks.

    A lesson goes on after a break, or on the next day, where it must; a piece shorter than a quarter of an hour is not begun.

    Parameters
    ----------
    course
        With its days, hours and breaks.
    lessons
        In their order, each with its minutes.
    file
        Name of the course's file, for what is wrong.

    Returns
    -------
    DataFrame
        A row a piece: ``date``, ``begins`` and ``ends`` (``HH:MM``), ``what`` (title, or 休息, 午休, 课前测试, 课后测试), ``page`` of the
        lesson (missing where it is none). Without dates: ``week`` (from 1), ``what``, ``page``, ``minutes``.

    Raises
    ------
    CourseError
        The lessons take longer than the days have, or leave days empty.
    """
    items = [(one.lesson.title, one.lesson.page, one.minutes) for one in lessons]
    if not course.dates:
        return pd.DataFrame(_weeks(items, course.weekly), columns=["week", "what", "page", "minutes"])
    if course.tests:
        items = [(PRE, None, TEST_MINUTES), *items, (POST, None, TEST_MINUTES)]
    pieces = list(_pieces(items, sessions(course), file))
    if idle := [day for day in course.dates if day > pieces[-1].date]:
        raise CourseError(file, "dates", _too_short(items, idle))
    rows = pd.DataFrame(_with_breaks(pieces, clock(course.hours.lunch[1])), columns=Piece._fields)
    return rows.assign(begins=rows["begins"].map(written), ends=rows["ends"].map(written))


def sessions(course: Course) -> list[Session]:
    """Return the times between breaks, of all days: each half day in equal parts of whole five minutes, the last up to the end."""
    hours = course.hours
    halves = ((hours.begins, hours.lunch[0]), (hours.lunch[1], hours.ends))
    return [
        Session(day, begins, ends)
        for day in course.dates
        for half in halves
        for begins, ends in _parts(clock(half[0]), clock(half[1]), hours)
    ]


def _parts(begins: int, ends: int, hours: Hours) -> Iterator[tuple[int, int]]:
    """Part a half day, with as few breaks as keep each part within ``break_after``."""
    rest = hours.break_minutes
    count = -(-(ends - begins + rest) // (hours.break_after + rest))
    length = (ends - begins - (count - 1) * rest) // count // ROUND * ROUND
    for n in range(count):
        start = begins + n * (length + rest)
        yield start, min(ends, start + hours.break_after) if n == count - 1 else start + length


def _pieces(items: list[tuple], free: list[Session], file: str) -> Iterator[Piece]:
    """Fill the sessions one after the other."""
    waiting = iter(free)
    day, now, stop = next(waiting)
    for title, page, minutes in items:
        left = minutes
        while left:
            if stop - now < min(SHORTEST, left):
                session = next(waiting, None)
                if session is None:
                    raise CourseError(file, "dates", _too_long(items, free))
                day, now, stop = session
                continue
            ends = min(now + left, stop)
            yield Piece(day, now, ends, title if left == minutes else f"{title}（续）", page)
            now, left = ends, left - (ends - now)


def _with_breaks(pieces: list[Piece], afternoon: int) -> Iterator[Piece]:
    """Name the times between pieces of one day."""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before and before.date == piece.date and before.ends < piece.begins:
            what = LUNCH if before.ends < afternoon <= piece.begins else REST
            yield Piece(piece.date, before.ends, piece.begins, what, None)
        yield piece


def written(minutes: int) -> str:
    """Write minutes since midnight as a time.

    Examples
    --------
    >>> written(510)
    '08:30'
    """
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _too_long(items: list[tuple], free: list[Session]) -> str:
    """Say by how much the lessons are too long for the days."""
    taken, room = sum(minutes for _, _, minutes in items), sum(one.ends - one.begins for one in free)
    return (
        f"课要{taken}分钟（有测试的连测试），这几天去掉午休和课间有{room}分钟，"
        "休息前不到15分钟的零头也用不上：请删去几课，给课写少一些minutes，或者加一天"
    )


def _too_short(items: list[tuple], idle: list[date]) -> str:
    """Say which days nothing is left for."""
    taken, days = (
        sum(minutes for _, _, minutes in items),
        "、".join(f"{day.month}月{day.day}日" for day in idle),
    )
    return f"课一共{taken}分钟（有测试的连测试），{days}没有课可上：请删去这几天，多选几课，或者给课多写一些minutes"


def _weeks(items: list[tuple], weekly: int) -> Iterator[tuple]:
    """Lessons week by week: a week is full when the next lesson would not fit."""
    week, used = 1, 0
    for title, page, minutes in items:
        if used and used + minutes > weekly:
            week, used = week + 1, 0
        used += minutes
        yield week, title, page, minutes
