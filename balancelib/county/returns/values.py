"""Cells of a form as numbers: not applicable, blank or a number, added up with all their places."""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from balancelib.county import cells
from balancelib.county.faults import Fault
from balancelib.county.returns.grid import Grid
from balancelib.county.returns.shapes import Value, shapes
from balancelib.county.rules import rules
from balancelib.county.schema import Column, plain
from balancelib.county.trace import Cell
from balancelib.text import number, shown

NOTHING_BLANK = "请填写；没有的填0，不适用的写“—”"


class Reading(NamedTuple):
    """What was read for one column of one school.

    Attributes
    ----------
    value : float, str or None
        None where it is blank or not applicable.
    cells : tuple of Cell
        All cells that were added up.
    blank : tuple of Cell
        Those of them that nobody filled.
    refused : bool
        It could not be understood, which is listed already.
    """

    value: float | str | None
    cells: tuple[Cell, ...]
    blank: tuple[Cell, ...] = ()
    refused: bool = False


REFUSED = Reading(None, (), refused=True)


class Unclear(Exception):  # noqa: N818  becomes a fault
    """A cell that is no number, or blank cells among those to be added up: the argument is the fault."""


def read_number(grid: Grid, row: int, column: int, of: Column, unit: str = "", wanted: str = "") -> Reading:
    """Read a number; a sign for 不适用 is none, full-width digits are digits.

    Parameters
    ----------
    grid, row, column
        Where it stands.
    of : Column
        What it is: its limits hold.
    unit : str
        What the header says; blank where it says nothing.
    wanted : str
        The unit of ours, where the column has one that others are turned into.

    Raises
    ------
    Unclear
        The cell holds something else.
    """
    if grid.owner(row, column) != (row, column):
        reason, action = "和别的格子合并了，分不清是谁的数", "请取消合并，各格填各自的数"
        raise Unclear(grid.fault(reason, action, grid.cell(row, column), column=of.label))
    given = grid.value(row, column)
    unit = unit or _noted(grid, wanted, of)
    if not unit and type(given) is float and _fits(of, given):
        return Reading(given + 0.0, (grid.cell(row, column),))
    place, text = grid.cell(row, column), grid.text(row, column).translate(cells.HALF_WIDTH).strip()
    if not text:
        return Reading(None, (place,), (place,))
    if plain(text) in _empty():
        return Reading(None, (place,))
    times, by = _scale(grid, place, of, unit, wanted)
    loose = Column(name=of.name, label=of.label, type="number", note="") if (times, by) != (1, 1) else of
    values, bad = cells.parse(loose, np.array([text], dtype=object))
    if bad:
        raise Unclear(
            grid.fault(bad[0].reason, bad[0].action, place, column=of.label, value=grid.text(row, column))
        )
    value = float(values[0]) * times / by
    if of.type == "count" and (times, by) != (1, 1):
        value = round(value, 6)  # 1.2345万册 are 12345 books, whatever the machine makes of it
    if not _fits(of, value):
        reason = f"合{number(value)}{wanted}，不是{of.label}的数"
        raise Unclear(grid.fault(reason, "请核对表头的单位和数", place, column=of.label, value=text))
    return Reading(value, (place,))


def _noted(grid: Grid, wanted: str, of: Column) -> str:
    units = grid.noted_units(wanted) if wanted else []
    if len(units) > 1:
        reason = f"表上写了几种单位：{'、'.join(units)}"
        raise Unclear(grid.fault(reason, "请把单位写在每一列的表头里", column=of.label))
    return units[0] if units else ""


def _fits(of: Column, value: float) -> bool:
    """Whether a number is within the limits of a column; most are, and are not looked at any further."""
    low, high = of.limits
    return low <= value <= high and (of.type == "number" or value.is_integer())


def _empty() -> set[str]:
    return {plain(sign) for sign in shapes().empty}


def _scale(grid: Grid, place: Cell, of: Column, unit: str, wanted: str) -> tuple[float, float]:
    if not unit or not wanted:
        return 1, 1
    known = shapes().units[unit]
    if known.of != wanted:
        reason = f"表头的单位是“{unit}”，这一列应当是“{wanted}”"
        raise Unclear(grid.fault(reason, "请核对表头和数", place, column=of.label))
    return known.times, known.by


def added(readings: Sequence[Reading]) -> Reading:
    """Add up; what is not applicable adds nothing, and a blank stays known as one."""
    values = [r.value for r in readings if r.value is not None]
    places = tuple(dict.fromkeys(cell for r in readings for cell in r.cells))
    blank = tuple(cell for r in readings for cell in r.blank)
    return Reading(sum(values) if values else None, places, blank, any(r.refused for r in readings))


def settled(
    reading: Reading,
    readings: Sequence[Reading],
    rest: Iterable[Reading | None],
    total: Reading | None,
    of: Column,
) -> Reading:
    """Judge a sum with blank parts: they are none only where all parts together make the whole.

    Raises
    ------
    Unclear
        They do not, so that a blank part may be anything.
    """
    if not reading.blank or reading.value is None:
        return reading
    others = list(rest)
    if total is not None and total.value is not None and None not in others:
        known = sum(r.value for r in [*readings, *others] if r is not None and r.value is not None)
        if known == total.value:
            return reading._replace(blank=())
    raise Unclear(blank_part(reading, of))


def blank_part(reading: Reading, of: Column) -> Fault:
    """Say which cells of a sum are blank."""
    named = "、".join(cell.place for cell in reading.blank[1:6])
    more = f"（还有{named}）" if named else ""
    return Fault(str(reading.blank[0]), f"是空的{more}，合计算不出来", NOTHING_BLANK, column=of.label)


def _none_left_out(
    readings: Sequence[Reading], rest: Sequence[Reading | None], total: Reading | None, of: Column
) -> None:
    """Raise `Unclear` where a part is marked as not applicable, and the others do not make the whole."""
    absent = [r for r in readings if r.value is None and not r.blank]
    if not absent or total is None or total.value is None or None in rest:
        return
    known = sum(r.value for r in [*readings, *rest] if r is not None and r.value is not None)
    if known != total.value:
        reason = f"写着不适用，可是各部分加起来是{number(known)}，合计是{number(total.value)}"
        raise Unclear(Fault(str(absent[0].cells[0]), reason, "请核对这一行", column=of.label))


def agreed(readings: Sequence[Reading], of: Column) -> Reading:
    """Return the one reading, where several ways of adding up give the same.

    Raises
    ------
    Unclear
        They do not.
    """
    first = readings[0]
    for other in readings[1:]:
        if other.value != first.value:
            raise Unclear(disagreement(first, other, of))
    return first


def disagreement(one: Reading, other: Reading, of: Column) -> Fault:
    """Say that two places give two numbers."""
    reason = f"是{_said(one, of)}，可是{_where(other)}是{_said(other, of)}"
    return Fault(_where(one), reason, "同一个数两处不一样，请核对后改成一样", column=of.label)


def _where(reading: Reading) -> str:
    places = reading.cells
    return f"{places[0]}" + "".join(f"+{cell.place}" for cell in places[1:])


def _said(reading: Reading, of: Column) -> str:
    value = reading.value
    if value is None:
        return "不适用"
    return number(value) if isinstance(value, float) else f"“{of.codes.get(str(value), shown(value))}”"


def refuse_unless(value: Value, of: Column, read: Callable[[str], Reading | None]) -> None:
    """Raise `Unclear`, a warning, where a fourth year of junior school means that grades are not what they seem."""
    fourth = read(value.unless) if value.unless else None
    if fourth is not None and fourth.value:
        reason = "初中有四年级（五四制），初中各年级的学生数没有读：本工具按六三制分年级"
        action = "判定用不到，不受影响；预测各年级学生时，请另外处理这所学校"
        place, count = str(fourth.cells[0]), number(fourth.value)
        raise Unclear(Fault(place, reason, action, column="四年级", value=count, severity="warning"))


def odd(
    value: Value, of: Column, reading: Reading | None, read: Callable[[str], Reading | None]
) -> Iterator[Fault]:
    """Warn where a number is not what another of the form says that it should be."""
    if reading is None or reading.value is None:
        return
    checks = (
        (value.same, "read.entrants", operator.ne, "不等于"),
        (value.within, "read.rooms", operator.gt, "大于"),
    )
    for path, rule, wrong, word in checks:
        other = read(path) if path else None
        if other is not None and other.value is not None and wrong(reading.value, other.value):
            name = path.rpartition(" × ")[2].split("|")[0]
            reason = f"{word}{other.cells[0].place}“{name}”的{number(other.value)}"
            how = {"column": of.label, "value": number(reading.value), "severity": "warning", "rule": rule}
            yield Fault(str(reading.cells[0]), reason, rules()[rule].action, **how)


def summed(value: Value, of: Column, read: Callable[[str], Reading | None]) -> Reading | None:
    """Add up what a column of ours is made of.

    Parameters
    ----------
    value : Value
        The ways to add it up.
    of : Column
        The column.
    read : callable
        Reads one part of the form; None where the form has it not.

    Returns
    -------
    Reading or None
        None where no way has all its parts.
    """
    whole = []
    for parts in value.sums:
        readings = [read(part) for part in parts]
        if None not in readings:
            rest = [read(part) for part in value.rest]
            total = read(value.total) if value.total else None
            _none_left_out(readings, rest, total, of)
            whole.append(settled(added(readings), readings, rest, total, of))
    return agreed(whole, of) if whole else None
