"""National returns: schools' workbooks (教基xxxx, 基础基xxx) and county exports (综合表), found by what their headers say."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from balancelib.county.faults import Fault
from balancelib.county.files import table_files
from balancelib.county.parsed import Parsed
from balancelib.county.returns.books import SAVE_AGAIN, old_workbooks, opened, sheets_in, workbooks
from balancelib.county.returns.export import is_export, read_export
from balancelib.county.returns.forms import code_of, read_school
from balancelib.county.returns.grid import Ambiguous, Grid
from balancelib.county.returns.merge import enrolment_table, one_a_school, schools_table
from balancelib.county.returns.record import Record
from balancelib.county.returns.shapes import shapes
from balancelib.county.schema import plain, schema
from balancelib.text import file_name

__all__ = ["Returns", "are_in", "read_returns"]


class Returns(NamedTuple):
    """What a county's returns say.

    Attributes
    ----------
    tables : dict of str to Parsed
        ``schools``, and ``enrolment`` where it could be had.
    faults : list of Fault
        What could not be understood, and warnings.
    unfound : list of Fault
        What the forms should have and have not: to be filled in by hand.
    sha256 : str
        Of all files, in order.
    """

    tables: dict[str, Parsed]
    faults: list[Fault]
    unfound: list[Fault]
    sha256: str


def are_in(path: Path) -> bool:
    """Whether a path has national returns: a folder of workbooks and no CSV of ours, or a workbook with a known form."""
    try:
        if path.is_dir():
            return not any(table_files(path).values()) and any(workbooks(path))
        return path.suffix.lower() == ".xlsx" and path.is_file() and _is_return(path)
    except OSError:  # reading says why
        return False


def _is_return(path: Path) -> bool:
    if _is_ours(sheets_in(path)):
        return False
    return any(_what(grid, []) for grids, _ in opened([path], path, []) for grid in grids)


def _is_ours(sheets: list[str]) -> bool:
    """Whether a workbook has a table of ours, such as what `import` wrote."""
    ours = {plain(name) for table in schema().tables for name in (table.name, table.label)}
    return any(plain(sheet) in ours for sheet in sheets)


def read_returns(path: Path) -> Returns:
    """Read a folder of returns, or one workbook.

    A number that two files give of one school must be the same in both; branch sites (是否计校数 = 0) are added to
    their school. Nothing is guessed: what fits twice, or fits nowhere, is listed.
    """
    faults: list[Fault] = []
    unfound: list[Fault] = []
    records: list[Record] = []
    digest = hashlib.sha256()
    for grids, signed in opened(workbooks(path), path, faults):
        digest.update(signed)
        _read_workbook(grids, records, faults, unfound)
    for file in old_workbooks(path):
        faults.append(Fault(file_name(file.name), "不是.xlsx，没有读", SAVE_AGAIN))
    partly = any(fault.severity == "fault" and not fault.column for fault in faults)
    if not records and not any(fault.severity == "fault" for fault in faults):
        reason = "没有认得的国家统计表：工作表名或表号要有“教基”“基础基”，或者是一校一行的综合表"
        faults.append(
            Fault(
                file_name(path.name), reason, "请用统计系统导出的原表，或者用 balancelib template 生成的模板"
            )
        )
    if not records:
        return Returns({}, faults, unfound, digest.hexdigest())
    together, wrong = one_a_school(records)
    faults += wrong
    tables = {"schools": schools_table(together, partly), "enrolment": enrolment_table(together, faults)}
    return Returns({k: v for k, v in tables.items() if v is not None}, faults, unfound, digest.hexdigest())


def _read_workbook(
    grids: list[Grid], records: list[Record], faults: list[Fault], unfound: list[Fault]
) -> None:
    """Read one workbook: its forms are of one school, each of its exports of many."""
    if _is_ours([grid.sheet for grid in grids]):
        reason, action = "这是本工具的工作簿，没有当作报表读", "请把它移到别的文件夹"
        faults.append(Fault(grids[0].file, reason, action, severity="warning"))
        return
    forms = []
    kinds = [_what(grid, faults) for grid in grids]
    for grid, what in zip(grids, kinds, strict=True):
        if what and grid.hidden:
            action = "请取消隐藏，核对里面的数"
            faults.append(grid.fault("有隐藏的行或列，照样读了", action, severity="warning"))
        if what == "export":
            own, wrong, lacking = read_export(grid)
            records += own
            faults += wrong
            unfound += lacking
        elif what == "form":
            forms.append(grid)
    if forms:
        record, wrong, lacking = read_school(forms)
        records += [record] if record is not None else []
        faults += wrong
        unfound += lacking
    elif not any(kinds) and grids:
        name = grids[0].file
        faults.append(Fault(name, "里面没有认得的表，没有用到", "不是统计报表就不用管", severity="warning"))


def _what(grid: Grid, faults: list[Fault]) -> str:
    """Return what a sheet is: a form, an export, or nothing known."""
    try:
        grid.code = code_of(grid)
    except Ambiguous as error:
        faults.append(error.args[0])
        return ""
    form = shapes().form(grid.code)
    if is_export(grid) and not (form is not None and form.identity):
        return "export"
    return "form" if form is not None else ""
