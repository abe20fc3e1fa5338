"""The self-assessment of every school (学校自评表), a sheet each."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from balancelib.assess import Assessment
from balancelib.assess.logic import form_round
from balancelib.county import County
from balancelib.county.schema import STAGES, Column, schema
from balancelib.report.forms.basics import BY_SCHOOL, BY_STAGE
from balancelib.report.forms.case import (
    LEGEND,
    MISSING,
    NOT_ASKED,
    ROUNDED,
    Case,
    number,
    stage_label,
    verdict,
)  # fmt: skip
from balancelib.sheets import Entry, Page, new_book, packed, sheet_names, text

INDEX = "目录"
WIDTHS = (19, 19, 11, 13, 10, 12, 11)
# How many of these columns each table's own take.
TWO_BY_NAME, TWO_NUMBERS, INDICATORS, ASKED = (1, 2, 1, 3), (2, 1, 3, 1), (2, 1, 1, 1, 1, 1), (1, 2, 1, 2, 1)
IDENTITY = ("school_id", "kind", "operator", "area", "township")
MET = {
    True: "这个学段部分达到了要求：{n}项指标达标{met}项，没有低于底线{floor:g}%的。",
    False: "这个学段部分没有达到要求。要{n}项指标至少{least}项达标，其余的也不低于标准的{floor:g}%；所有学段部分都达到，全县才算达到。",
    None: "有要用的数没有填，还不能判定。先把缺的数补上。",
}


def self_assessments(county: County, assessment: Assessment) -> bytes:
    """Fill the self-assessment of every school with pupils of compulsory education.

    Parameters
    ----------
    county : County
        As read; of several counties the one that the assessment is about is taken.
    assessment : Assessment

    Returns
    -------
    bytes
        A workbook: a list of the schools with their verdicts, then a sheet a school: who it is and what it has, each section's indicators
        against their thresholds, what the other parts ask of it, and lines to be signed.
    """
    case, book = Case.of(county, assessment), new_book()
    schools = case.schools
    names = sheet_names(schools["name"], [INDEX])
    _index(book, case, names)
    for row, name in enumerate(names):
        _sheet(book, case, row, name)
    return packed(book)


def _index(book: Any, case: Case, names: list[str]) -> None:
    page = Page(book, INDEX, (6, 40, 18, 12, 12, 24))
    page.title("学校自评表目录")
    page.note(f"{case.name}　　{case.label}")
    rows = []
    for k, (name, school) in enumerate(zip(names, case.schools.to_dict("records"), strict=True), 1):
        failing = sum(result.meets is False for _, _, result in case.asked_of(k - 1))
        verdicts = {case.assessment.sections["stage"].iloc[i]: i for i in case.sections.get(school["school_id"], [])}
        cells = [_section_verdict(case, verdicts.get(stage)) for stage in STAGES]
        rows.append([k, Entry(school["name"], "文字", link=name), _code("kind", school), *cells, _failing(failing)])
    page.table(["序号", "学校（点名字打开）", "办学类型", *map(stage_label, STAGES), "逐校要看的项目"], rows, repeat=True)
    for line in (case.notice, LEGEND):
        page.note(line)


def _section_verdict(case: Case, i: int | None) -> Entry:
    if i is None or case.assessment.ratios is None:
        return NOT_ASKED
    return verdict(case.assessment.sections["meets"].iloc[i])


def _failing(n: int) -> Entry:
    return Entry(f"{n}项没有做到", "未达到") if n else Entry("没有不到的")


def _code(name: str, school: dict[str, Any]) -> str:
    return schema().table("schools").column(name).codes[school[name]]


def _sheet(book: Any, case: Case, row: int, name: str) -> None:
    school = case.schools.iloc[row].to_dict()
    page = Page(book, name, WIDTHS)
    page.title(f"{school['name']}自评表")
    page.note(f"{case.name}　　{case.label}")
    page.heading("一、学校情况")
    page.table([], _identity(school), TWO_BY_NAME)
    page.table([], _amounts(school), TWO_NUMBERS)
    page.heading("二、资源配置")
    _sections(page, case, school["school_id"])
    if rows := [_asked_row(*found) for found in case.asked_of(row)]:
        page.heading("三、其他部分逐校要看的项目")
        page.table(["项目", "看什么", "本校", "应当", "是否做到"], rows, ASKED)
    page.gap()
    for line in (case.notice, LEGEND, ROUNDED):
        page.note(line)
    page.signatures("校长（签字）：", "填表人（签字）：", "学校（盖章）　　年　月　日")


def _identity(school: dict[str, Any]) -> Iterator[list[Entry]]:
    """Who the school is, two of its columns a row."""
    cells = [cell for name in IDENTITY for cell in _labelled(schema().table("schools").column(name), school)]
    cells += [Entry("学生数", "表头"), number(school["pupils"])]
    yield from (cells[k : k + 4] for k in range(0, len(cells), 4))


def _labelled(column: Column, school: dict[str, Any]) -> list[Entry]:
    value = school[column.name]
    return [Entry(column.label, "表头"), NOT_ASKED if pd.isna(value) else Entry(column.codes.get(value, value))]


def _amounts(school: dict[str, Any]) -> Iterator[list[Entry]]:
    """What the school reported, two numbers a row; of a stage only where the school has pupils in it."""
    table = schema().table("schools")
    stages = [stage for stage in STAGES if school[f"pupils_{stage}"] > 0]
    columns = [table.column(f"{name}_{stage}") for stage in stages for name in BY_STAGE]
    columns += [table.column(name) for name in BY_SCHOOL]
    cells = [cell for c in columns for cell in (text(c.header), number(school[c.name], 2 if c.type == "number" else 0))]
    for k in range(0, len(cells), 4):
        yield (cells[k : k + 4] + [Entry(None)] * 2)[:4]


def _sections(page: Page, case: Case, school_id: str) -> None:
    one = case.assessment
    rows = case.sections.get(school_id, [])
    if not len(rows):
        page.note(f"这所学校不进{one.standard.resources_title}部分，不看这些指标。")
    for i in rows:
        section = one.sections.iloc[i]
        meets = "不判定" if one.ratios is None else verdict(section["meets"]).value
        page.note(f"{stage_label(section['stage'])}部分：学生{section['pupils']:.0f}人，{meets}")
        page.table(["指标", "单位", "本校", "标准", "为标准的", "是否达标"], _indicators(case, i), INDICATORS)
        for line in _said_of(case, i):
            page.note(line)


def _indicators(case: Case, i: int) -> Iterator[list[Entry]]:
    one = case.assessment
    stage = one.sections["stage"].iloc[i]
    for indicator in one.standard.indicators:
        value = case.value(i, indicator)
        if not indicator.thresholds:
            yield [text(indicator.label), Entry(indicator.unit), value, *[NOT_ASKED] * 3]
            continue
        met = Entry("缺数", "缺数") if value is MISSING else Entry("否", "未达到") if value.sign else Entry("是")
        ratio = number(100 * one.ratios[indicator.key].iloc[i], 1, "%")
        yield [text(indicator.label), Entry(indicator.unit), value, Entry(indicator.thresholds[stage]), ratio, met]


def _said_of(case: Case, i: int) -> Iterator[str]:
    """What the verdict on a section means, and its reasons."""
    one, rule = case.assessment, case.assessment.standard.school_rule
    if one.ratios is None:
        yield "没有省定办学基本标准，只列数，不判定。"
        return
    section = one.sections.iloc[i]
    n = sum(bool(indicator.thresholds) for indicator in one.standard.indicators)
    said = {"n": n, "met": section["met"], "least": rule.met_at_least, "floor": form_round(100 * rule.floor, 1)}
    yield MET[section["meets"]].format(**said)
    yield from (f"· {reason}" for reason in one.reasons[i])


def _asked_row(part: str, item: Any, result: Any) -> list[Entry]:
    have = Entry(result.have, {True: "居中", False: "未达到", None: "缺数"}[result.meets])
    met = Entry({True: "是", False: "否", None: "缺数"}[result.meets], have.style)
    label = result.label or schema().table("school_items").column(item.tests[0].sum[0]).label
    return [text(f"{part}第{item.number}项"), text(label), have, Entry(result.asked), met]
