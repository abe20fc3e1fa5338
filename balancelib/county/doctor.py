"""Checks across cells, rows, tables and years; the single cell was checked when it was read."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed
from balancelib.county.schema import Column, schema

JUMP = 0.5  # a change by more than this share of last year's number …
JUMP_LEAST = {
    "人": 50,
    "平方米": 500,
    "万元": 20,
    "间": 5,
    "个": 5,
    "台": 30,
    "册": 2000,
}  # … and by more than this


def examine(tables: Mapping[str, Parsed]) -> list[Fault]:
    """Return all faults and warnings of the tables taken together."""
    faults: list[Fault] = []
    for parsed in tables.values():
        faults += _keys(parsed)
        faults += _parts(parsed)
    if "schools" in tables:
        schools = tables["schools"]
        faults += _schools(schools)
        for name in ("school_items", "county_items"):
            if name in tables:
                faults += _strangers(tables[name], schools)
    return faults


def jumps(now: Parsed, before: pd.DataFrame) -> Iterator[Fault]:
    """Warn of numbers that changed by more than half and by more than a little against an earlier year."""
    earlier = before.drop_duplicates("school_id").set_index("school_id")
    matched = earlier.reindex(now.frame["school_id"])
    for column in now.table.columns:
        if column.type not in {"count", "number"}:
            continue
        old, new = matched[column.name].to_numpy(), now.frame[column.name].to_numpy()
        change = np.abs(new - old)
        for i in np.flatnonzero((change > JUMP * old) & (change > JUMP_LEAST.get(column.unit, 0))):
            yield now.fault(
                int(i),
                column.name,
                f"比上一年的{old[i]:g}变化很大",
                "请核实；属实就不用改",
                severity="warning",
            )


def _keys(parsed: Parsed) -> Iterator[Fault]:
    table, frame = parsed.table, parsed.frame
    if table.layout == "items":
        return
    if table.required and frame.empty:
        yield Fault(parsed.sheet, "一所学校也没有", "请填入学校，一所一行")
    for column in table.columns:
        if column.needed == "always":
            yield from _each(parsed, frame[column.name].isna(), column.name, "是空的", "请填写")
    for positions in frame.groupby(table.key, sort=False).indices.values():
        for i in positions if len(positions) > 1 else ():
            rows = "、".join(str(parsed.numbers[j]) for j in positions[:5] if j != i)
            yield parsed.fault(int(i), table.key, f"与第{rows}行重复", "一所学校只能有一行，请改正或删去")


def _parts(parsed: Parsed) -> Iterator[Fault]:
    """A part above its whole is a hard fault."""
    for column in parsed.table.columns:
        if column.within:
            whole = parsed.table.column(column.within)
            above = parsed.frame[column.name].to_numpy() > parsed.frame[whole.name].to_numpy()
            for i in np.flatnonzero(above):
                total = parsed.frame[whole.name].iloc[i]
                yield parsed.fault(
                    int(i), column.name, f"大于“{whole.label}”的{total:g}", "部分不能大于全部，请核对这两个数"
                )


def _schools(schools: Parsed) -> Iterator[Fault]:
    frame = schools.frame
    columns = schools.table.columns
    pupils = frame[[f"pupils_{stage}" for stage in schema().stages]]
    has = {stage: _kinds_with(frame, stage) for stage in schema().stages}
    any_stage = frame["kind"].map({k: v.any_stage for k, v in schema().kinds.items()}).eq(True)
    known = frame["kind"].notna()
    for stage, label in schema().stages.items():
        count = pupils[f"pupils_{stage}"]
        absent = known & ~has[stage] & ~any_stage
        yield from _each(
            schools,
            absent & (count > 0),
            f"pupils_{stage}",
            f"但办学类型没有{label}学段",
            "请改正办学类型或学生数",
        )
        yield from _each(
            schools,
            has[stage] & (count == 0),
            f"pupils_{stage}",
            f"{label}没有学生，这个学段跳过",
            "请核实",
            "warning",
        )
        yield from _of_stage(schools, stage, label, absent, has[stage] & (count != 0))
    attended = has["primary"] & pupils["pupils_primary"].ne(0) | has["junior"] & pupils["pupils_junior"].ne(0)
    for column in columns:
        if column.needed == "applies" and not column.stage:
            yield from _blank(schools, column, attended)
    yield from _names_and_counties(schools)


def _kinds_with(frame: pd.DataFrame, stage: str) -> pd.Series:
    return frame["kind"].isin([key for key, kind in schema().kinds.items() if stage in kind.stages])


def _of_stage(
    schools: Parsed, stage: str, label: str, absent: pd.Series, present: pd.Series
) -> Iterator[Fault]:
    """Columns that belong to one stage, where the kind lacks it and where it is attended."""
    for column in schools.table.columns:
        if column.stage != stage or column.needed != "applies":
            continue
        if column.name == f"pupils_{stage}":
            yield from _blank(schools, column, _kinds_with(schools.frame, stage))
            continue
        yield from _blank(schools, column, present)
        stray = absent & (schools.frame[column.name] > 0)
        yield from _each(
            schools,
            stray,
            column.name,
            f"但办学类型没有{label}学段，这个数没有使用",
            "请核实办学类型",
            "warning",
        )
    if stage in {"primary", "junior"}:
        none = present & schools.frame[f"teachers_{stage}"].eq(0)
        yield from _each(
            schools,
            none,
            f"teachers_{stage}",
            f"{label}没有自己的专任教师",
            "请核实是不是由别的学校派任",
            "warning",
        )


def _blank(parsed: Parsed, column: Column, where: pd.Series) -> Iterator[Fault]:
    blank = where & parsed.frame[column.name].isna()
    yield from _each(parsed, blank, column.name, "是空的", "请填写；确实是零请填0，空白不会当作0")


def _names_and_counties(schools: Parsed) -> Iterator[Fault]:
    frame = schools.frame
    place = frame["name"] if frame["county_id"].isna().all() else frame["county_id"] + "\0" + frame["name"]
    yield from _each(
        schools,
        place.duplicated(keep=False) & place.notna(),
        "name",
        "与别的学校同名",
        "请核实是不是同一所学校",
        "warning",
    )
    blank = frame["county_id"].isna()
    if not blank.all():
        yield from _each(schools, blank, "county_id", "是空的，别的学校都填了", "请填写县区代码")


def _strangers(parsed: Parsed, schools: Parsed) -> Iterator[Fault]:
    """Rows whose school or county is not in the table of schools."""
    key = "school_id" if parsed.table.layout == "rows" else "county_id"
    here = set(schools.frame[key].dropna())
    ids = parsed.frame[key]
    unknown = ids.notna() & ~ids.isin(here)
    if key == "county_id":
        if not here and ids.nunique() > 1:
            yield Fault(parsed.sheet, "有几个县区代码，“学校”表却没有县区代码", "请在“学校”表补上县区代码")
        elif len(here) > 1 and ids.isna().any():
            yield Fault(parsed.sheet, "“学校”表有几个县，这里有的行没有县区代码", "请补上县区代码")
        elif here:
            for i in np.flatnonzero(unknown):
                yield Fault(parsed.sheet, "不在“学校”表里", "请改正县区代码", None, "县区代码", ids.iloc[i])
        return
    yield from _each(parsed, unknown, key, "不在“学校”表里", "请改正学校标识码，或在“学校”表补上这所学校")


def _each(
    parsed: Parsed, where: pd.Series, name: str, reason: str, action: str, severity: str = "fault"
) -> Iterator[Fault]:
    for i in np.flatnonzero(where):
        if (int(i), name) not in parsed.refused:
            yield parsed.fault(int(i), name, reason, action, severity)
