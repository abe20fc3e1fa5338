"""A county's export (综合表): one row a school, the columns under several rows of merged headers."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain

import msgspec

from balancelib.county.faults import Fault
from balancelib.county.returns.courses import course_columns, pe_arts, taught
from balancelib.county.returns.forms import said
from balancelib.county.returns.grid import Ambiguous, Grid, column_found, is_numbering, is_total_row
from balancelib.county.returns.identity import identity_columns, record_of, years_in
from balancelib.county.returns.labels import Label, unknown_unit
from balancelib.county.returns.layout import with_stage
from balancelib.county.returns.record import Key, Record, column_of, of_school
from balancelib.county.returns.shapes import Value, patterns, shapes
from balancelib.county.returns.values import (
    REFUSED,
    Reading,
    Unclear,
    odd,
    read_number,
    refuse_unless,
    summed,
)
from balancelib.county.schema import plain, schema

HEADER_WITHIN = 30  # rows


def header_of(grid: Grid) -> tuple[int, int] | None:
    """Return the last row of the header and the column of school numbers; None where a sheet is no export."""
    ids = grid.labelled(shapes().identity["school_id"], HEADER_WITHIN)
    names = grid.labelled(shapes().identity["name"], HEADER_WITHIN)
    apart = [(i, n) for i in ids for n in names if i[1] != n[1]]
    if not apart:
        return None
    (id_row, id_column), (name_row, name_column) = apart[0]
    bottom = max(grid.last_row(id_row, id_column), grid.last_row(name_row, name_column))
    while bottom + 1 < grid.height:
        texts = grid.texts(bottom + 1)
        begun = grid.text(bottom + 1, id_column) or grid.text(bottom + 1, name_column)
        if (
            begun or any(isinstance(cell, float | int) for cell in grid.rows[bottom + 1])
        ) and not is_numbering(texts):
            break
        bottom += 1
    return bottom, id_column


@dataclass
class _Sheet:
    """A sheet that is being read: its cells, the heads of its columns, its schools by row, its stage, and what is wrong.

    ``faults`` could not be understood; ``unfound`` are columns that should be there and are not.
    """

    grid: Grid
    headers: Sequence[Label]
    records: Sequence[tuple[int, Record]]
    stage: str
    faults: list[Fault]
    unfound: list[Fault]

    def refuse(self, key: Key) -> None:
        """Remember that a column was not understood for any school: what follows from that is not listed too."""
        for _, record in self.records:
            record.values[key] = REFUSED

    def add(self, fault: Fault, record: Record) -> None:
        """Add what is wrong with a school."""
        own = of_school(fault, record.school_id)
        if own.severity == "fault" or own not in self.faults:  # the grades of a school share a cause
            self.faults.append(own)


def read_export(grid: Grid) -> tuple[list[Record], list[Fault], list[Fault]]:
    """Read one sheet.

    Returns
    -------
    records : list of Record
        One a row.
    faults : list of Fault
        What could not be understood.
    unfound : list of Fault
        Columns that should be there and are not.
    """
    bottom, id_column = header_of(grid)
    headers = grid.headers(_header_top(grid, bottom), bottom)
    faults: list[Fault] = []
    records = list(_records(grid, headers, bottom, id_column, faults))
    try:
        stage = _stage_of(grid)
    except Ambiguous as error:
        return [], [*faults, error.args[0]], []
    headers = [Label(()) if _is_of_others(one, stage) else one for one in headers]
    sheet = _Sheet(grid, headers, records, stage, faults, [])
    for value in shapes().export:
        key = (value.table, value.column.format(stage=stage))
        if value.stage in ("", stage) and key[1] in schema().table(key[0]).names:
            _read_column(sheet, value, key)
    if stage != "senior":
        _read_courses(sheet)
    years = years_in([grid])
    for _, record in records:
        record.years = years
    return [record for _, record in records], sheet.faults, sheet.unfound


def _header_top(grid: Grid, bottom: int) -> int:
    """Return the first row with more than a title in it."""
    rows = (row for row in range(bottom) if sum(map(bool, grid.texts(row))) > 1)
    return next(rows, bottom)


def _is_of_others(header: Label, stage: str) -> bool:
    """Whether a column is about another stage than the sheet, or about the whole school's staff."""
    others = {name for key, names in shapes().sections.items() if key != stage for name in names}
    return bool(others & set(header.path)) or any(
        word in name for name in header.path for word in shapes().whole_school
    )


def _stage_of(grid: Grid) -> str:
    """Return the stage that a sheet is about: all that its name, its title and its file's name allow."""
    possible = set(schema().stages)
    for text in (
        grid.sheet,
        " ".join(t for t in grid.heading() if "综合表" in t or "一览表" in t),
        grid.file,
    ):
        named = {s for s in schema().stages if schema().stages[s] in text}
        possible &= named or possible
    if len(possible) != 1:
        reason = "看不出这张综合表是哪个学段的"
        raise Ambiguous(
            grid.fault(reason, "请让文件名或工作表名里有“小学”“初中”或“高中”，一张表只放一个学段")
        )
    return possible.pop()


def _records(
    grid: Grid, headers: Sequence[Label], bottom: int, id_column: int, faults: list[Fault]
) -> Iterator[tuple[int, Record]]:
    """Yield each school's row and its record, without numbers yet."""
    facts = identity_columns(headers)
    rows: dict[str, int] = {}
    for row in range(bottom + 1, grid.height):
        texts = grid.texts(row)
        filled = [text for text in texts if text]
        if len(filled) < 2 or is_numbering(texts):
            continue  # blank, or a note below the table
        if not grid.text(row, id_column):
            if not is_total_row(filled[:3]):
                faults.append(_nameless(grid, row, id_column))
            continue
        given = {
            field: said for field, columns in facts.items()
            if (said := [(grid.text(row, c), grid.cell(row, c)) for c in columns if grid.text(row, c)])
        }  # fmt: skip
        if any(plain(text) in shapes().left_out for text, _ in given.get("kind", ())):
            continue
        record, wrong = record_of(given)
        faults += wrong if record is None else [of_school(fault, record.school_id) for fault in wrong]
        if record is not None and record.school_id in rows:
            faults.append(_twice(record, rows[record.school_id]))
        elif record is not None:
            rows[record.school_id] = row
            yield row, record


def _nameless(grid: Grid, row: int, id_column: int) -> Fault:
    place, action = str(grid.cell(row, id_column)), "请补上学校标识码"
    return Fault(place, "是空的，不知道这一行是哪所学校", action, column="学校标识码")


def _twice(record: Record, before: int) -> Fault:
    reason, action = f"与第{before + 1}行重复", "一张综合表里一所学校只能有一行"
    return Fault(str(record.place), reason, action, column="学校标识码", value=record.school_id)


def _read_column(sheet: _Sheet, value: Value, key: Key) -> None:
    """Read one column of ours for all schools."""
    column = column_of(key)
    try:
        places = _places(sheet, value)
    except Ambiguous as error:
        sheet.faults.append(error.args[0])
        sheet.refuse(key)
        return
    undivided = not _has_all(value, places) and places.get(value.undivided) is not None
    if undivided:
        value = msgspec.structs.replace(value, sums=((value.undivided,),))
    if not _has_all(value, places):
        if key[0] == "schools" and sheet.stage != "senior":
            lacking = [said(part, sheet.stage) for part in value.sums[0] if places[part] is None]
            _say_unfound(sheet, key, f"没有找到表头是{'、'.join(f'“{one}”' for one in lacking)}的列")
        return
    heads = [sheet.headers[c] for c in places.values() if c is not None and value.unit]
    if strange := sorted({unknown_unit(head.path) for head in heads} - {""}):
        reason, action = f"表头的单位“{strange[0]}”不认识", f"请换成{value.unit}"
        sheet.faults.append(sheet.grid.fault(reason, action, column=column.label))
        sheet.refuse(key)
        return
    _read_cells(sheet, value, key, places, undivided)


def _places(sheet: _Sheet, value: Value) -> dict[str, int | None]:
    """Return in which column each part of a value stands; None of one that is not there."""
    places: dict[str, int | None] = {}
    for part in filter(None, (*chain.from_iterable(value.sums), *_beside(value))):
        wanted = [path for one in with_stage(part, sheet.stage) for path in patterns(one)]
        places[part] = column_found(sheet.grid, sheet.headers, wanted)
    for part in filter(None, (value.same, value.within)):
        with suppress(Ambiguous):
            places[part] = column_found(sheet.grid, sheet.headers, patterns(part))
    return places


def _say_unfound(sheet: _Sheet, key: Key, reason: str) -> None:
    action = "请核对表头，或者填在导入后的工作簿里"
    sheet.unfound.append(sheet.grid.fault(reason, action, column=column_of(key).label))
    sheet.refuse(key)


def _read_cells(
    sheet: _Sheet, value: Value, key: Key, places: dict[str, int | None], undivided: bool
) -> None:
    """Read a column's cells, of all its parts; ``undivided``: those of a school with several stages say not of which."""
    grid, column = sheet.grid, column_of(key)

    def read(row: int, part: str) -> Reading | None:
        if (c := places.get(part)) is None:
            return None
        return read_number(grid, row, c, column, sheet.headers[c].unit if value.unit else "", value.unit)

    for row, record in sheet.records:
        own = partial(read, row)
        try:
            if undivided and _has_several_stages(record):
                reason, action = "没有写是哪个学段的，这所学校有几个学段，分不开", "请填在导入后的工作簿里"
                cell = grid.cell(row, places[value.undivided])
                raise Unclear(grid.fault(reason, action, cell, column=column.label))
            refuse_unless(value, column, own)
            record.values[key] = summed(value, column, own)
        except Unclear as error:
            sheet.add(error.args[0], record)
            record.values[key] = REFUSED
            continue
        with suppress(Unclear):  # what it is compared with is not needed
            for fault in odd(value, column, record.values[key], own):
                sheet.add(fault, record)


def _beside(value: Value) -> tuple[str, ...]:
    return (*value.rest, value.total, value.undivided, value.unless)


def _has_all(value: Value, places: dict[str, int | None]) -> bool:
    return any(all(places[part] is not None for part in parts) for parts in value.sums)


def _has_several_stages(record: Record) -> bool:
    kind = schema().kinds.get(record.text("kind"))
    return kind is None or len(kind.stages) != 1


def _read_courses(sheet: _Sheet) -> None:
    """Read the teachers of PE and arts, which are told by the courses that are taught."""
    key = ("schools", f"pe_arts_{sheet.stage}")
    grid, headers, column = sheet.grid, sheet.headers, column_of(key)
    under = [name for path in patterns(shapes().courses.under) for name in path]
    try:
        courses = taught(grid, headers, course_columns(headers), under)
        total = column_found(grid, headers, patterns("专任教师|专任教师数"))
    except Ambiguous as error:
        sheet.faults.append(error.args[0])
        sheet.refuse(key)
        return
    for row, record in sheet.records:
        try:
            whole = None if total is None else read_number(grid, row, total, column)
            reading = pe_arts(courses, lambda c, r=row: read_number(grid, r, c, column), whole, column, False)
        except Unclear as error:
            sheet.add(error.args[0], record)
            record.values[key] = REFUSED
            continue
        if reading is None:
            _say_unfound(sheet, key, "没有找到“专任教师/按授课课程分”下面体育、音乐、美术（或艺术）的列")
            return
        record.values[key] = reading


def is_export(grid: Grid) -> bool:
    """Whether a sheet is an export: numbers and names of schools head two columns, and rows follow."""
    found = header_of(grid)
    return found is not None and found[0] + 1 < grid.height
