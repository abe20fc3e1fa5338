"""Checks across cells, rows, tables and years; the single cell was checked when it was read."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from balancelib.county.crosschecks import disagreements
from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed, by_school, each
from balancelib.county.schema import STAGES, Column, schema
from balancelib.text import number

FRACTION = 0.5  # a percentage below this looks like a fraction
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
        faults += _percents(parsed)
    if "schools" in tables:
        schools = tables["schools"]
        faults += _schools(schools)
        for name, parsed in tables.items():
            if name != "schools":
                faults += _strangers(parsed, schools)
                faults += _stray(parsed, schools.frame)
                faults += disagreements(parsed, schools.frame)
        if "distances" in tables:
            faults += _pairs(tables["distances"])
        if "school_items" in tables:
            faults += _class_sizes(tables["school_items"], schools.frame)
        if "enrolment" in tables:
            faults += _unknown_pupils(tables["enrolment"], schools.frame)
        if "county_items" in tables:
            faults += _years(tables)
    return faults


def jumps(now: Parsed, before: pd.DataFrame) -> Iterator[Fault]:
    """Warn of numbers that changed by more than half and by more than a little against an earlier year."""
    matched = by_school(before, now.frame["school_id"])
    for column in now.table.columns:
        if column.type not in {"count", "number"}:
            continue
        old, new = matched[column.name].to_numpy(), now.frame[column.name].to_numpy()
        change = np.abs(new - old)
        jumped = (change > JUMP * old) & (change > JUMP_LEAST.get(column.unit, 0))
        reasons = {i: f"比上一年的{number(old[i])}变化很大" for i in np.flatnonzero(jumped)}
        yield from each(now, jumped, column.name, reasons, "请核实；属实就不用改", "warning")


def _keys(parsed: Parsed) -> Iterator[Fault]:
    table, frame = parsed.table, parsed.frame
    if table.layout == "items":
        return
    if table.required and frame.empty:
        yield Fault(parsed.sheet, "一所学校也没有", "请填入学校，一所一行")
    for column in table.columns:
        if column.needed == "always":
            yield from each(parsed, frame[column.name].isna(), column.name, "是空的", "请填写")
    yield from _twice(parsed)


def _twice(parsed: Parsed) -> Iterator[Fault]:
    """Rows with the same key; a row whose key lacks a part that must be there is not compared."""
    table, frame, key = parsed.table, parsed.frame, list(parsed.table.key)
    needed = [name for name in key if table.column(name).needed == "always"]
    twice = frame[needed].notna().all(axis=1) & frame.duplicated(key, keep=False)
    reasons = {}
    for _, same in frame[twice].groupby(key, sort=False, dropna=False):
        for i in same.index:
            others = "、".join(str(parsed.numbers[k]) for k in same.index[:5] if k != i)
            reasons[i] = f"与第{others}行重复"
    yield from each(parsed, twice, needed[0], reasons, f"{table.row}只能有一行，请改正或删去")


def _parts(parsed: Parsed) -> Iterator[Fault]:
    """A part above its whole is a hard fault."""
    for column in parsed.table.columns:
        if column.within:
            whole, total = parsed.table.column(column.within), parsed.frame[column.within].to_numpy()
            above = parsed.frame[column.name].to_numpy() > total
            reasons = {i: f"大于“{whole.label}”的{number(total[i])}" for i in np.flatnonzero(above)}
            yield from each(parsed, above, column.name, reasons, "部分不能大于全部，请核对这两个数")


def _percents(parsed: Parsed) -> Iterator[Fault]:
    """Warn of a percentage so small that it must be a fraction."""
    for column in parsed.table.columns:
        if column.unit == "%":
            values = parsed.frame[column.name]
            action = "这一项填百分数，百分之六写6，不写0.06；属实就不用改"
            yield from each(
                parsed, (values > 0) & (values < FRACTION), column.name, "看起来是小数", action, "warning"
            )


def _class_sizes(items: Parsed, schools: pd.DataFrame) -> Iterator[Fault]:
    """The largest class lies between the mean class and all pupils of the stage."""
    own = by_school(schools, items.frame["school_id"])
    hard = ~_any_stage(own).to_numpy()
    for stage in STAGES:
        label, name = schema().stages[stage], f"largest_class_{stage}"
        pupils, classes = own[f"pupils_{stage}"].to_numpy(), own[f"classes_{stage}"].to_numpy()
        largest = items.frame[name].to_numpy()
        above, below = largest > pupils, largest < np.ceil(_ratio(pupils, classes))
        reasons = {i: f"大于{label}在校生数{number(pupils[i])}" for i in np.flatnonzero(above)}
        yield from each(items, above, name, reasons, "一个班不会比整个学段的学生还多，请核对这两个数")
        reasons = {
            i: f"小于平均每班人数：{label}有{number(pupils[i])}人、{number(classes[i])}个班"
            for i in np.flatnonzero(below)
        }
        yield from _hard_or_not(items, below, hard, name, reasons, "请核对最大班额、学生数和班数")


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; blank where there is nothing to divide by."""
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)


def _hard_or_not(
    parsed: Parsed, where: np.ndarray, hard: np.ndarray, name: str, reasons: Mapping[int, str], action: str
) -> Iterator[Fault]:
    """Pupils whom a special school teaches at home stand in no class: there it is a warning."""
    yield from each(parsed, where & hard, name, reasons, action)
    yield from each(
        parsed, where & ~hard, name, reasons, f"{action}；送教上门的学生不在班里，属实就不用改", "warning"
    )


def _years(tables: Mapping[str, Parsed]) -> Iterator[Fault]:
    """No year lies after the year of the county's application."""
    applied = tables["county_items"].frame.set_index("county_id")["application_year"]
    for parsed in (tables["county_items"], tables.get("school_items")):
        if parsed is None:
            continue
        limit = _of_county(applied, parsed, tables["schools"].frame)
        for column in parsed.table.columns:
            if column.type == "year":
                after = parsed.frame[column.name].to_numpy() > limit
                reasons = {i: f"晚于申报年份{number(limit[i])}" for i in np.flatnonzero(after)}
                yield from each(parsed, after, column.name, reasons, "请核对这两个年份")


def _of_county(values: pd.Series, parsed: Parsed, schools: pd.DataFrame) -> np.ndarray:
    """Return a value of the county for each row of a table; values without a code are of the only county."""
    if parsed.table.layout == "items":
        return values.to_numpy()
    counties = by_school(schools, parsed.frame["school_id"])["county_id"]
    if len(values) == 1 and schools["county_id"].nunique() < 2:
        return np.full(len(counties), values.iloc[0])
    return counties.map(values).to_numpy(dtype=float)


def _schools(schools: Parsed) -> Iterator[Fault]:
    frame = schools.frame
    columns = schools.table.columns
    pupils = frame[[f"pupils_{stage}" for stage in schema().stages]]
    has = {stage: _kinds_with(frame, stage) for stage in schema().stages}
    any_stage = _any_stage(frame)
    known = frame["kind"].notna()
    for stage, label in schema().stages.items():
        count = pupils[f"pupils_{stage}"]
        absent = known & ~has[stage] & ~any_stage
        yield from each(
            schools,
            absent & (count > 0),
            f"pupils_{stage}",
            f"但办学类型没有{label}学段",
            "请改正办学类型或学生数",
        )
        yield from each(
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
    yield from _no_classes(schools, ~any_stage.to_numpy())
    yield from _names_and_counties(schools)


def _any_stage(frame: pd.DataFrame) -> pd.Series:
    return frame["kind"].isin([key for key, kind in schema().kinds.items() if kind.any_stage])


def _no_classes(schools: Parsed, hard: np.ndarray) -> Iterator[Fault]:
    for stage in STAGES:
        pupils = schools.frame[f"pupils_{stage}"].to_numpy()
        where = (pupils > 0) & schools.frame[f"classes_{stage}"].eq(0).to_numpy()
        label = schema().stages[stage]
        reasons = {i: f"可是{label}有{number(pupils[i])}名学生" for i in np.flatnonzero(where)}
        yield from _hard_or_not(schools, where, hard, f"classes_{stage}", reasons, "请核对班数和学生数")


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
        yield from each(
            schools,
            stray,
            column.name,
            f"但办学类型没有{label}学段，这个数没有使用",
            "请核实办学类型",
            "warning",
        )
    if stage in {"primary", "junior"}:
        none = present & schools.frame[f"teachers_{stage}"].eq(0)
        yield from each(
            schools,
            none,
            f"teachers_{stage}",
            f"{label}没有自己的专任教师",
            "请核实是不是由别的学校派任",
            "warning",
        )


def _blank(parsed: Parsed, column: Column, where: pd.Series) -> Iterator[Fault]:
    blank = where & parsed.frame[column.name].isna()
    yield from each(parsed, blank, column.name, "是空的", "请填写；确实是零请填0，空白不会当作0")


def _names_and_counties(schools: Parsed) -> Iterator[Fault]:
    frame = schools.frame
    place = frame["name"] if frame["county_id"].isna().all() else frame["county_id"] + "\0" + frame["name"]
    yield from each(
        schools,
        place.duplicated(keep=False) & place.notna(),
        "name",
        "与别的学校同名",
        "请核实是不是同一所学校",
        "warning",
    )
    blank = frame["county_id"].isna()
    if not blank.all():
        yield from each(schools, blank, "county_id", "是空的，别的学校都填了", "请填写县区代码")


def _strangers(parsed: Parsed, schools: Parsed) -> Iterator[Fault]:
    """Schools and counties that are not in the table of schools, where that has any; a school is named once a column."""
    here = pd.Index(schools.frame["school_id"].dropna())
    action = "请改正学校标识码，或在“学校”表补上这所学校"
    for column in parsed.table.references if len(here) else ():
        ids = parsed.frame[column.name]
        unknown = _not_in(ids, here)
        rows = ids[unknown].map(ids[unknown].value_counts())
        more = {i: f"，共有{n}行" for i, n in rows.items() if n > 1}
        reasons = {i: f"不在“学校”表里{more.get(i, '')}" for i in rows.index}
        yield from each(parsed, unknown & ~ids.duplicated(), column.name, reasons, action)
    if "county_id" in parsed.frame:
        yield from _counties(parsed, schools)


def _not_in(ids: pd.Series, here: pd.Index) -> pd.Series:
    return ids.notna() & ~ids.isin(here)


def _stray(parsed: Parsed, schools: pd.DataFrame) -> Iterator[Fault]:
    """Warn of numbers in a stage that the kind of school does not have."""
    columns = [column for column in parsed.table.columns if column.stage]
    if not columns:
        return
    own = by_school(schools, parsed.frame["school_id"])
    known = (own["kind"].notna() & ~_any_stage(own)).to_numpy()
    for column in columns:
        absent = (
            known & ~_kinds_with(own, column.stage).to_numpy() & (parsed.frame[column.name] > 0).to_numpy()
        )
        reason = f"但办学类型没有{schema().stages[column.stage]}学段"
        yield from each(parsed, absent, column.name, reason, "请核实办学类型和这个数", "warning")


def _pairs(distances: Parsed) -> Iterator[Fault]:
    """Each two schools stand in one row: the smaller number first."""
    start, end = distances.frame["from_id"], distances.frame["to_id"]
    wrong = start.notna() & end.notna() & (start.fillna("") >= end.fillna(""))
    reasons = {i: f"不小于“终点学校标识码”的{end[i]}" for i in np.flatnonzero(wrong)}
    yield from each(distances, wrong, "from_id", reasons, "两所学校只写一行，小的标识码在前，请改正或删去")


def _unknown_pupils(enrolment: Parsed, schools: pd.DataFrame) -> Iterator[Fault]:
    """Warn of grades and years without a number: a forecast must not take them as no pupils."""
    frame, own = enrolment.frame, by_school(schools, enrolment.frame["school_id"])
    of = own["name"].fillna("这所学校").to_numpy()
    year = frame["year"].to_numpy()
    known = ~np.isnan(year) & own["kind"].notna().to_numpy() & ~_any_stage(own).to_numpy()
    action = "请填写；这一年没有学生写0，空白不会当作0"
    for stage in STAGES:
        columns = [c for c in enrolment.table.columns if c.stage == stage and frame[c.name].notna().any()]
        if not columns:
            continue
        here = known & _kinds_with(own, stage).to_numpy()
        blank = frame[[column.name for column in columns]].isna().to_numpy() & here[:, None]
        for k, column in enumerate(columns):
            first = blank[:, k] & ~blank[:, :k].any(axis=1)
            reasons = {
                i: f"{of[i]}{number(year[i])}年的"
                + "、".join(c.label for c, empty in zip(columns, blank[i], strict=True) if empty)
                + "是空的"
                for i in np.flatnonzero(first)
            }
            yield from each(enrolment, first, column.name, reasons, action, "warning")
    before = frame.sort_values("year").groupby("school_id")["year"].shift().reindex(frame.index).to_numpy()
    gap = year - before > 1
    reasons = {
        i: f"{of[i]}缺" + "、".join(str(y) for y in range(int(before[i]) + 1, int(year[i]))) + "年"
        for i in np.flatnonzero(gap)
    }
    action = "请补上缺的年份，一年一行；那一年没有学生，各年级写0"
    yield from each(enrolment, gap, "year", reasons, action, "warning")


def _counties(parsed: Parsed, schools: Parsed) -> Iterator[Fault]:
    """Counties that are not in the table of schools, each once, or rows of none where that has several."""
    here, ids = pd.Index(schools.frame["county_id"].dropna().unique()), parsed.frame["county_id"]
    first = ~ids.duplicated()
    if len(here):
        action = "请改正县区代码，用同一代码的行都要改"
        yield from each(parsed, _not_in(ids, here) & first, "county_id", "不在“学校”表里", action)
        if len(here) > 1:
            reason = "是空的，可是“学校”表有几个县"
            yield from each(parsed, ids.isna() & first, "county_id", reason, "请补上县区代码，空着的行都要补")
    elif ids.nunique(dropna=False) > 1 and not schools.frame.empty:
        yield Fault(parsed.sheet, "有几个县区代码，“学校”表却没有县区代码", "请在“学校”表补上县区代码")
