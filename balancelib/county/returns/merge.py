"""From what many files say to one table: a school once, branch sites added to the school that they are part of."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed
from balancelib.county.returns.record import TEXTS, Key, Record, column_of, joined
from balancelib.county.returns.values import NOTHING_BLANK, REFUSED, Reading, added
from balancelib.county.schema import Table, schema
from balancelib.county.trace import Collected

WHICH_PARENT = "请加一列“所属学校标识码”，填上它所属学校的标识码"


def one_a_school(records: Iterable[Record]) -> tuple[list[Record], list[Fault]]:
    """Put together all records of each school, and add branch sites to their parents."""
    by_id: dict[str, list[Record]] = {}
    for record in records:
        by_id.setdefault(record.school_id, []).append(record)
    schools, faults = {}, []
    for school_id, own in by_id.items():
        schools[school_id], wrong = joined(own)
        faults += wrong
    return _with_branches(schools, faults), faults


def _with_branches(schools: dict[str, Record], faults: list[Fault]) -> list[Record]:
    branches: dict[str, list[Record]] = {}
    for record in schools.values():
        if not record.counted and not _stands_alone(record):
            parent = _parent(record, schools, faults)
            if parent is not None:
                branches.setdefault(parent.school_id, []).append(record)
    apart = [r for r in schools.values() if r.counted or _stands_alone(r)]
    return [
        _with(record, branches[record.school_id], faults) if record.school_id in branches else record
        for record in apart
    ]


def _stands_alone(record: Record) -> bool:
    """Whether a site that is no school is judged by itself: a teaching point whose school is not named."""
    return record.text("kind") == "teaching_point" and not (record.parent_id or record.parent_name)


def _parent(branch: Record, schools: Mapping[str, Record], faults: list[Fault]) -> Record | None:
    """Return the school that a branch site is part of."""
    if branch.parent_id:
        found = [schools[branch.parent_id]] if branch.parent_id in schools else []
        named = branch.parent_id
    else:
        named = branch.parent_name
        found = [r for r in schools.values() if named and r.text("name") == named]
    found = [record for record in found if record.counted]
    if len(found) == 1:
        return found[0]
    if not named:
        reason = f"“{branch.title}”不计校数，应当并入它所属的学校，可是没有写是哪所"
    elif found:
        reason = f"“{branch.title}”不计校数，名叫“{named}”的学校有{len(found)}所，不知道并入哪一所"
    else:
        reason = f"“{branch.title}”不计校数，它所属的学校“{named}”不在这些文件里，或者也不计校数"
    how = {"column": "是否计校数", "rule": "read.cell", "school_id": branch.school_id}
    faults.append(Fault(str(branch.place), reason, WHICH_PARENT, **how))
    return None


def _with(parent: Record, branches: list[Record], faults: list[Fault]) -> Record:
    """Add the numbers of branch sites to those of the school that they are part of."""
    together = [parent, *branches]
    values = dict(parent.values)
    for key in {
        key for record in together for key in record.values if key[0] != "schools" or key[1] not in TEXTS
    }:
        readings = [record.values[key] for record in together if key in record.values]
        total = added(readings)
        lacking = [branch for branch in branches if _lacks(branch, key, parent)]
        faults += [_not_in(branch, parent, key) for branch in lacking]
        if total.refused or lacking:
            total = REFUSED
        elif total.blank and total.value is not None:
            reason = f"是空的，“{parent.title}”和它的分校合不起来"
            how = {"column": column_of(key).label, "rule": "read.cell", "school_id": parent.school_id}
            faults.append(Fault(str(total.blank[0]), reason, NOTHING_BLANK, **how))
        values[key] = total
    return Record(parent.school_id, parent.place, values, years=parent.years)


def _lacks(branch: Record, key: Key, parent: Record) -> bool:
    """Whether the files do not say at all what a branch site has of that which its school has, nor that it has not the stage."""
    stage = column_of(key).stage
    has_stage = not stage or bool(_value(branch, ("schools", f"pupils_{stage}")))
    return key not in branch.values and has_stage and _value(parent, key) is not None


def _not_in(branch: Record, parent: Record, key: Key) -> Fault:
    column = column_of(key)
    reason = f"分校“{branch.title}”的报表里没有这个数，并入“{parent.title}”就少了一块"
    action = "请把这所分校有这个数的表也放进来"
    return Fault(
        str(branch.place), reason, action, column=column.label, rule="read.cell", school_id=branch.school_id
    )


def schools_table(records: list[Record], partly: bool = False) -> Parsed:
    """Make the table ``schools``; of returns that could only partly be read, what stands nowhere is no blank."""
    table = schema().table("schools")
    several = len({record.text("county") for record in records} - {""}) > 1
    rows = []
    for record in records:
        row = {name: record.values.get(("schools", name)) for name in table.names}
        row["school_id"] = Reading(record.school_id, (record.place,))
        if several:
            row["county_id"] = row["county"]
        rows.append(row)
        if partly:
            row |= {name: REFUSED for name, reading in row.items() if reading is None}
    return _parsed(table, rows, [record.title for record in records])


def enrolment_table(records: list[Record], warnings: list[Fault]) -> Parsed | None:
    """Make the table ``enrolment``, where grades were read and the files say of which school year."""
    table = schema().table("enrolment")
    grades = [name for name in table.names if name.startswith("grade")]
    having = [r for r in records if any(_value(r, ("enrolment", g)) is not None for g in grades)]
    years = {year for record in having for year in record.years}
    if not having:
        return None
    if len(years) != 1:
        why = "各处写的年份不一样" if years else "没有写明是哪个学年"
        reason = f"分年级的学生数没有读进来：{why}"
        action = "要用它，请让文件名里有年份，例如“2025年小学综合表.xlsx”；判定用不到，可以不管"
        warnings.append(Fault("分年级学生", reason, action, severity="warning"))
        return None
    rows = []
    for record in having:
        row = {name: record.values.get(("enrolment", name)) for name in grades}
        row["school_id"] = Reading(record.school_id, (record.place,))
        row["year"] = Reading(float(next(iter(years))), (record.place,))
        rows.append({name: row[name] for name in table.names})
    return _parsed(table, rows, [record.title for record in having])


def _value(record: Record, key: Key) -> float | str | None:
    reading = record.values.get(key)
    return None if reading is None else reading.value


def _parsed(table: Table, rows: list[dict[str, Reading | None]], titles: list[str]) -> Parsed:
    """Make a table that knows the cells of each value."""
    data, found, refused = {}, {}, set()
    for column in table.columns:
        readings = [row.get(column.name) for row in rows]
        values = [None if reading is None else reading.value for reading in readings]
        data[column.name] = np.array(values, dtype=float if column.numeric else object)
        found |= {(i, column.name): r.cells for i, r in enumerate(readings) if r is not None}
        refused |= {(i, column.name) for i, r in enumerate(readings) if r is not None and r.refused}
    frame = pd.DataFrame(data, index=range(len(rows)))
    numbers = np.zeros(len(rows), dtype=int)
    return Parsed(table, table.label, frame, numbers, refused, source=Collected(found), titles=tuple(titles))
