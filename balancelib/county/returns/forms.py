"""A school's workbook of forms (教基xxxx, 基础基xxx) as one record."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from balancelib.county.faults import Fault
from balancelib.county.returns.courses import pe_arts, taught
from balancelib.county.returns.grid import Ambiguous, Grid
from balancelib.county.returns.identity import identity_of, years_in
from balancelib.county.returns.layout import CROSS, Layout
from balancelib.county.returns.record import Key, Record, column_of, of_school
from balancelib.county.returns.shapes import Form, Value, shapes
from balancelib.county.returns.values import (
    REFUSED,
    Reading,
    Unclear,
    agreed,
    odd,
    read_number,
    refuse_unless,
    summed,
)
from balancelib.county.schema import plain, schema

Read = tuple[Reading | None, Fault | None]  # what was read, or what was not found
_CODE = re.compile(r"(教基\d{4}|基础基\d{3,4})")
FORM_NUMBER = "表号"


def code_of(grid: Grid) -> str:
    """Return the code of the form that a sheet is, by its name, else by what stands above its table.

    Raises
    ------
    Ambiguous
        The sheet's name says another form than its heading.
    """
    named = _CODE.search(plain(grid.sheet))
    said = {
        found[1]
        for text in map(plain, grid.heading())
        if (found := _CODE.search(text)) and _says(text, found)
    }
    if named and said and named[1] not in said:
        reason = f"工作表的名字是{named[1]}，表里写的却是{'、'.join(sorted(said))}"
        raise Ambiguous(grid.fault(reason, "请核对这张表放对了没有"))
    if named:
        return named[1]
    return said.pop() if len(said) == 1 else ""


def _says(text: str, found: re.Match[str]) -> bool:
    """Whether a text names the form itself, not another that it is compared with."""
    return FORM_NUMBER in text or text == found[0]


def read_school(grids: Sequence[Grid]) -> tuple[Record | None, list[Fault], list[Fault]]:
    """Read the forms of one school's workbook.

    Parameters
    ----------
    grids : sequence of Grid
        The sheets of one file that are forms.

    Returns
    -------
    record : Record or None
        None where the workbook does not say which school it is.
    faults : list of Fault
        What could not be understood.
    unfound : list of Fault
        What the forms should have and have not.
    """
    record, faults = identity_of(grids)
    if record is None:
        return None, faults, []
    record.years = years_in(grids)
    stages = schema().kinds[record.text("kind")].stages if record.text("kind") else ()
    found: dict[Key, list[Read]] = {}
    for form in shapes().forms:
        for grid in grids if not (form.single and len(stages) != 1) else ():
            if grid.code in form.codes:
                for key, read in _read_sheet(form, grid, stages or tuple(schema().stages), faults):
                    found.setdefault(key, []).append(read)
    unfound = [
        fault for key, reads in found.items() if (fault := _keep(record, key, reads, faults)) is not None
    ]
    own = partial(of_school, school_id=record.school_id)
    unfound = unfound if stages else []  # which stages a special school has is not known
    return record, [*map(own, faults)], [*map(own, unfound)]


def _keep(record: Record, key: Key, reads: list[Read], faults: list[Fault]) -> Fault | None:
    """Keep a number; where several sheets have it, they must agree; return what is missing where none has it."""
    given = [reading for reading, _ in reads if reading is not None]
    known = [reading for reading in given if reading.value is not None]
    try:
        record.values[key] = agreed(known, column_of(key)) if known else (given or [REFUSED])[0]
    except Unclear as error:
        faults.append(error.args[0])
        record.values[key] = REFUSED
    return None if given or key[0] != "schools" else reads[0][1]


def _read_sheet(
    form: Form, grid: Grid, stages: Sequence[str], faults: list[Fault]
) -> Iterator[tuple[Key, Read]]:
    """Yield each column of ours that a form holds, and what was read or not found."""
    own = [stage for stage in form.stages if stage in stages] if form.stages else [""]
    only = form.default if form.default in own else own[0] if len(own) == 1 else ""
    try:
        layout = None if form.identity else Layout(grid, only)
    except Ambiguous as error:
        faults.append(error.args[0])
        layout = None
    for stage in (
        own if layout is None or not layout.sections else [s for s in own if not s or s in layout.sections]
    ):
        for value in form.values:
            key = (value.table, value.column.format(stage=stage))
            if value.stage in ("", stage) and key[1] in schema().table(key[0]).names:
                read = partial(_read_value, layout, value, key, stage, faults)
                yield key, _guarded(layout, faults, read)
        key = ("schools", f"pe_arts_{stage}")
        if form.courses and key[1] in schema().table("schools").names:
            yield key, _guarded(layout, faults, partial(_read_courses, layout, form, key, stage))


def _guarded(layout: Layout | None, faults: list[Fault], read: Callable[[], Read]) -> Read:
    """Return what was read, or list why it could not be."""
    try:
        return read() if layout is not None else (REFUSED, None)
    except (Ambiguous, Unclear) as error:
        if error.args[0] not in faults:
            faults.append(error.args[0])
        return REFUSED, None


def _read_value(layout: Layout, value: Value, key: Key, stage: str, faults: list[Fault]) -> Read:
    column = column_of(key)

    def part(text: str) -> Reading | None:
        if (at := layout.place(text, stage)) is None:
            return None
        return read_number(layout.grid, *at, column, layout.unit(*at) if value.unit else "", value.unit)

    refuse_unless(value, column, part)
    reading = summed(value, column, part)
    with suppress(Ambiguous, Unclear):  # what it is compared with is not needed
        faults.extend(odd(value, column, reading, part))
    return reading, None if reading is not None else _not_found(
        layout.grid, column.label, value.sums[0], layout, stage
    )


def _not_found(grid: Grid, label: str, parts: Iterable[str], layout: Layout, stage: str) -> Fault:
    """Say which row or column was looked for."""
    lacking = []
    for part in parts:
        row, _, column = part.partition(CROSS)
        if layout.row(row, stage) is None:
            lacking.append(f"“{said(row, stage)}”这一行")
        if column and layout.column(column, stage) is None:
            lacking.append(f"“{said(column, stage)}”这一列")
    return grid.fault(
        f"没有找到{'、'.join(dict.fromkeys(lacking))}",
        "请核对表头和行名，或者填在导入后的工作簿里",
        column=label,
    )


def said(path: str, stage: str = "") -> str:
    """Return a path as it is shown: the first of each synonym."""
    levels = [level.split("|")[0] for level in path.split("/")]
    return "/".join(levels).replace("{stage}", schema().stages.get(stage, ""))


def _read_courses(layout: Layout, form: Form, key: Key, stage: str) -> Read:
    column, grid = column_of(key), layout.grid
    row = layout.row("{stage}", stage)
    if row is None:
        return None, grid.fault(
            f"没有找到“{said('{stage}', stage)}”这一行", "请核对行名", column=column.label
        )
    total = layout.place("{stage} × 合计", stage)
    reading = pe_arts(
        taught(grid, layout.headers, layout.values),
        lambda c: read_number(grid, row, c, column),
        read_number(grid, *total, column) if total else None,
        column,
        grid.code in shapes().courses.apart,
    )
    reason = "没有找到体育、音乐、美术（或艺术）各门课的列"
    return reading, None if reading is not None else grid.fault(reason, "请核对表头", column=column.label)
