"""Teachers of PE and arts from the columns of courses: 艺术 may be the sum of 音乐 and 美术, or other teachers beside them."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from balancelib.county.faults import Fault
from balancelib.county.returns.grid import Grid, several
from balancelib.county.returns.labels import Label
from balancelib.county.returns.shapes import patterns, shapes
from balancelib.county.returns.values import Reading, Unclear, added, settled
from balancelib.county.schema import Column
from balancelib.county.trace import place


class Taught(NamedTuple):
    """The columns of courses of one sheet.

    Attributes
    ----------
    names : dict of int to str
        The course of each column; of a part below its whole, such as 艺术/音乐, the part.
    below : frozenset of int
        Columns that stand below their whole: they are part of it, and it has a column.
    """

    names: dict[int, str]
    below: frozenset[int]


def taught(grid: Grid, headers: Sequence[Label], columns: Sequence[int], skip: Sequence[str] = ()) -> Taught:
    """Find the columns of courses.

    Parameters
    ----------
    headers, columns
        The headers of the sheet, and which of its columns are courses.
    skip : sequence of str
        Levels above the courses: what stands after the last of them is the course.
    """
    tails = {}
    for c in columns:
        path = headers[c].path
        after = max((i + 1 for i, name in enumerate(path) if name in skip), default=0)
        if path[after:] and not set(path[after:]) & (set(shapes().parts) | {"合计"}):
            tails[c] = path[after:]
    wholes = {tail[0] for tail in tails.values() if len(tail) == 1}
    below = frozenset(c for c, tail in tails.items() if len(tail) > 1 and tail[0] in wholes)
    names = {c: tail[-1] for c, tail in tails.items()}
    _refuse_twice(grid, names)
    return Taught(names, below)


def _refuse_twice(grid: Grid, names: dict[int, str]) -> None:
    known = shapes().courses
    for wanted in (tuple(known.sports.split("|")), (known.whole,), *((part,) for part in known.parts)):
        found = [c for c, name in names.items() if name in wanted]
        if len(found) > 1:
            raise several(grid, [wanted], [f"{place(0, c)[:-1]}列“{names[c]}”" for c in found])


def pe_arts(
    taught: Taught, read: Callable[[int], Reading], total: Reading | None, of: Column, apart: bool
) -> Reading | None:
    """Count teachers of PE, music, art and 艺术.

    Parameters
    ----------
    taught : Taught
        The columns of courses.
    read : callable
        Reads a column in the row of the stage.
    total : Reading or None
        All full-time teachers of the stage.
    of : Column
        What is counted.
    apart : bool
        The form counts teachers of 艺术 beside those of 音乐 and 美术.

    Returns
    -------
    Reading or None
        None where the sheet has not all the courses that are needed.

    Raises
    ------
    Unclear
        Whether 艺术 is a sum cannot be told, or a blank may be anything.
    """
    known = shapes().courses
    at = {name: c for c, name in taught.names.items()}
    sports = next((at[name] for name in known.sports.split("|") if name in at), None)
    parts = [at[name] for name in known.parts if name in at]
    if sports is None or (known.whole not in at and len(parts) < len(known.parts)):
        return None
    if known.whole not in at:
        wanted = [sports, *parts]
    elif not parts or set(parts) <= taught.below:
        wanted = [sports, at[known.whole]]
    elif apart:
        wanted = [sports, at[known.whole], *parts]
    else:
        return _told_by_total(taught, read, total, of, sports, at[known.whole], parts)
    readings = [read(c) for c in wanted]
    rest = [read(c) for c in taught.names if c not in wanted and c not in taught.below]
    return settled(added(readings), readings, rest, total, of)


def _told_by_total(
    taught: Taught,
    read: Callable[[int], Reading],
    total: Reading | None,
    of: Column,
    sports: int,
    whole: int,
    parts: list[int],
) -> Reading:
    """Take 艺术 as a sum, or not, as all courses then make the number of teachers."""
    readings = {c: read(c) for c in taught.names}
    sums = {True: added([readings[sports], readings[whole]]),
            False: added([readings[sports], readings[whole], *(readings[c] for c in parts)])}  # fmt: skip
    fits = {
        is_sum for is_sum, made in _makings(taught, readings) if total is not None and made == total.value
    }
    possible = {sums[is_sum].value for is_sum in fits} or {reading.value for reading in sums.values()}
    if len(possible) == 1 and (fits or not any(reading.blank for reading in sums.values())):
        return sums[True in fits if fits else False]._replace(blank=())
    cells = [readings[c].cells[0] for c in (whole, *parts)]
    reason = f"看不出“艺术”是不是“音乐”“美术”的合计（{'、'.join(cell.place for cell in cells)}），各门课加起来也不能说明"
    action = "请核对这一行：各门课加起来应当等于专任教师合计"
    raise Unclear(Fault(str(cells[0]), reason, action, column=of.label))


def _makings(taught: Taught, readings: dict[int, Reading]) -> list[tuple[bool, float]]:
    """Return what all courses make, for each way to take the composites as sums or not, and how 艺术 was taken."""
    known = shapes().courses
    at = {name: c for c, name in taught.names.items()}
    open_ = [
        n for n, own in known.composites.items() if n in at and {at[p] for p in own if p in at} - taught.below
    ]
    made = []
    for choice in product((True, False), repeat=len(open_)):
        left_out = set(taught.below)
        for name, is_sum in zip(open_, choice, strict=True):
            left_out |= {at[p] for p in known.composites[name] if p in at} if is_sum else set()
        value = sum(r.value for c, r in readings.items() if c not in left_out and r.value is not None)
        made.append((dict(zip(open_, choice, strict=True))[known.whole], value))
    return made


def course_columns(headers: Sequence[Label]) -> list[int]:
    """Return the columns of an export whose header stands under “按授课课程分”."""
    under = {name for path in patterns(shapes().courses.under) for name in path}
    return [c for c, one in enumerate(headers) if under & set(one.path)]
