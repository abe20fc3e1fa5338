"""Which school a workbook or a row is of: number, name, kind, operator, area, whether it counts as a school."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from balancelib.county import cells
from balancelib.county.faults import Fault
from balancelib.county.returns.grid import Grid
from balancelib.county.returns.labels import Label, label, plain_label
from balancelib.county.returns.layout import HEADER_WITHIN, Layout
from balancelib.county.returns.record import Record, coded
from balancelib.county.returns.shapes import shapes
from balancelib.county.returns.values import REFUSED, Reading
from balancelib.county.schema import plain, schema
from balancelib.county.trace import Cell

_SCHOOL_YEAR = re.compile(r"(20\d\d)(?:[-—–/~至]20\d\d|[-—–/~]\d\d)?学年")
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
At = tuple[str, Cell]  # a text and where it stands


def identity_of(grids: Sequence[Grid]) -> tuple[Record | None, list[Fault]]:
    """Return the record of the school that a workbook is of, without its numbers yet.

    None where it does not say, or the school is none of compulsory education.
    """
    given: dict[str, list[At]] = {}
    for grid in grids:
        form = shapes().form(grid.code)
        for field, at in _headed(grid) if form is None or not form.identity else _of_form(grid):
            given.setdefault(field, []).append(at)
    grid = grids[0]
    if not given.get("school_id"):
        action = "请把教基1001（学校基本情况）放进同一个工作簿"
        return None, [grid.fault("没有找到学校标识码，不知道是哪所学校", action)]
    if any(plain(text) in shapes().left_out for text, _ in given.get("kind", ())):
        return None, []
    suffix = {text: at for g in grids for text, at in _suffix(g)}
    given.setdefault("kind", []).extend((text, at) for text, at in suffix.items())
    return record_of(given)


def _of_form(grid: Grid) -> Iterable[tuple[str, At]]:
    """Yield what the form of basic facts says: one fact a row, or names and facts side by side."""
    names = {name: field for field, own in shapes().identity.items() for name in own}
    if grid.labelled(shapes().stubs, HEADER_WITHIN):
        layout = Layout(grid)
        column = layout.column("")
        for row, one in layout.rows.items():
            field = names.get("".join(one.path[-1:]))
            if field and column is not None and grid.text(row, column):
                yield field, (grid.text(row, column), grid.cell(row, column))
        return
    for row, column in grid.labelled(names, grid.height):
        field = names[label([grid.text(row, column)]).path[0]]
        after = _next(grid, row, column)
        if after is not None and label([grid.text(row, after)]).path[:1] not in {(name,) for name in names}:
            yield field, (grid.text(row, after), grid.cell(row, after))


def _next(grid: Grid, row: int, column: int) -> int | None:
    """Return the next filled column of a row."""
    own = grid.owner(row, column)
    return next(
        (c for c in range(column + 1, grid.width) if grid.owner(row, c) != own and grid.text(row, c)), None
    )


def _headed(grid: Grid) -> Iterable[tuple[str, At]]:
    """Yield what stands above the table of any other form, such as ``学校标识码：3133000001``."""
    for field in ("school_id", "name"):
        for row in range(min(grid.height, 12)):
            for column, text in enumerate(grid.texts(row)):
                name, colon, value = plain_label(text).partition(":")
                if colon and value and name in shapes().identity[field]:
                    yield field, (value, grid.cell(row, column))


def _suffix(grid: Grid) -> Iterable[At]:
    """Yield the kind of school that a sheet's name ends with: 教基3112_九年一贯制学校."""
    _, line, kind = grid.sheet.partition("_")
    if line and coded("kind", kind):
        yield kind, Cell(grid.file, grid.sheet, "")


def record_of(given: dict[str, list[At]]) -> tuple[Record | None, list[Fault]]:
    """Make a record of what was said of a school, once or several times; it must be the same."""
    faults: list[Fault] = []
    one = {field: _one(field, said, faults) for field, said in given.items()}
    text, place = one["school_id"]
    column = schema().table("schools").column("school_id")
    values, bad = cells.parse(column, np.array([text], dtype=object))
    if bad:
        return None, [*faults, Fault(str(place), bad[0].reason, bad[0].action, column=column.label)]
    record = Record(str(values[0]), place)
    for field in ("name", "kind", "operator", "area", "township", "county"):
        if field in one and one[field][0]:
            _keep(record, field, one[field], faults)
    _branch(record, one, faults)
    return record, faults


def _one(field: str, said: list[At], faults: list[Fault]) -> At:
    first = said[0]
    for text, place in said[1:]:
        same = (
            coded(field, text) == coded(field, first[0])
            if field in shapes().codes
            else plain(text) == plain(first[0])
        )
        if not same:
            reason = f"和{first[1]}的“{first[0]}”不一样"
            faults.append(Fault(str(place), reason, "请核对后改成一样", value=text))
    return first


def _keep(record: Record, field: str, at: At, faults: list[Fault]) -> None:
    text, place = at
    column = schema().table("schools").column(field)
    if field in shapes().codes:
        text = coded(field, at[0]) or ""
        if not text:
            known = "、".join(dict.fromkeys(column.codes.values()))
            reason, action = f"这个{column.label}不认识", f"请核对；本工具要的是：{known}"
            faults.append(Fault(str(place), reason, action, column=column.label, value=at[0]))
            record.values["schools", field] = REFUSED
            return
    else:
        _, bad = cells.parse(column, np.array([text], dtype=object))
        if bad:
            value = None if bad[0].secret else text
            faults.append(Fault(str(place), bad[0].reason, bad[0].action, column=column.label, value=value))
            record.values["schools", field] = REFUSED
            return
    record.values["schools", field] = Reading(text, (place,))


def _branch(record: Record, one: dict[str, At], faults: list[Fault]) -> None:
    if "counted" in one:
        text, place = one["counted"]
        if plain(text) not in shapes().counted:
            faults.append(
                Fault(str(place), "不在可选的值里", "请填是、否，或者1、0", column="是否计校数", value=text)
            )
        record.counted = shapes().counted.get(plain(text), True)
    record.parent_id = one.get("parent_id", ("",))[0]
    record.parent_name = one.get("parent_name", ("",))[0]


def identity_columns(headers: Sequence[Label]) -> dict[str, list[int]]:
    """Return the columns of each fact of an export; where there are several, they must say the same."""
    return {
        field: own
        for field, names in shapes().identity.items()
        if (own := [c for c, one in enumerate(headers) if one.path and one.path[-1] in names])
    }


def years_in(grids: Iterable[Grid]) -> set[int]:
    """Return the school years that headings name, else those in the names of files and sheets."""
    grids = list(grids)
    said = {
        int(year) for grid in grids for text in grid.heading() for year in _SCHOOL_YEAR.findall(plain(text))
    }
    if said:
        return said
    return {
        int(year)
        for grid in grids
        for name in (grid.file, grid.sheet)
        for year in _YEAR_IN_NAME.findall(name)
    }
