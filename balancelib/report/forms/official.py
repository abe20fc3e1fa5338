"""The official tables of an application (申报表), Ⅰ to Ⅵ and the vetoes, as one workbook."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, conclusion
from balancelib.assess.logic import form_round, reaches
from balancelib.county import County
from balancelib.county.schema import STAGES, schema
from balancelib.report.forms.basics import WIDTHS, basics
from balancelib.report.forms.case import (
    LEGEND,
    MISSING,
    NOT_ASKED,
    ROUNDED,
    Case,
    number,
    present_stages,
    stage_label,
    verdict,
)  # fmt: skip
from balancelib.report.forms.items import items_table, survey
from balancelib.sheets import Entry, Page, new_book, packed, text

ORDINALS = "ⅠⅡⅢⅣⅤⅥⅦ"
BESIDE = ("government", "quality", "recognition")  # the parts with a table of their own, in the form's order
FIRST = ("veto", "precondition")


def forms_workbook(county: County, assessment: Assessment) -> bytes:
    """Fill the official tables of an application.

    Parameters
    ----------
    county : County
        As read; of several counties the one that the assessment is about is taken.
    assessment : Assessment

    Returns
    -------
    bytes
        A workbook: Ⅰ basics of the county; Ⅱ-1 sections that meet each indicator; Ⅱ-2 section by section; Ⅲ means and coefficients of
        variation; a table for each further part; the vetoes and preconditions. School values and means have 2 decimals, coefficients
        3, percentages 1, as the standard's file says; the cells hold the rounded numbers.

    Notes
    -----
    The order and the contents follow public transcriptions of counties' applications under 教督〔2017〕6号 and 教督〔2012〕3号; the
    ministry's blank form was not at hand. basic-2012 has no national thresholds: without a provincial standard Ⅱ-1 and the verdicts of Ⅱ-2
    are not filled, and Ⅲ tests the composite coefficient.
    """
    case, book = Case.of(county, assessment), new_book()
    _cover(book, case)
    _first(book, case)
    _counts(book, case)
    for stage in present_stages(assessment):
        _sections(book, case, stage)
    _coefficients(book, case)
    present = [name for name in BESIDE if assessment.parts.get(name)]
    for k, name in enumerate(present, 3):
        _part(book, case, name, ORDINALS[k])
    _decisive(book, case)
    return packed(book)


def _page(book: Any, case: Case, name: str, title: str, widths: Sequence[float], landscape: bool = True) -> Page:
    page = Page(book, name, widths, landscape)
    page.title(title)
    page.note(f"{case.name}　　{case.label}")
    return page


def _cover(book: Any, case: Case) -> None:
    page = Page(book, "封面", (22, 30, 22, 30), landscape=True)
    page.title(f"{case.label}督导评估申报表")
    provinces = case.county.schools["province"].dropna().unique()
    page.table(
        [],
        [
            [Entry("县（市、区）", "表头"), Entry(case.name), Entry("省份", "表头"), Entry("、".join(provinces))],
            [Entry("填报单位（盖章）", "表头"), Entry(None, "待填"), Entry("单位负责人（签字）", "表头"), Entry(None, "待填")],
            [Entry("填表人（签字）", "表头"), Entry(None, "待填"), Entry("填表日期", "表头"), Entry(None, "待填")],
        ],
    )
    page.gap()
    page.heading("结论")
    *before, result = conclusion(case.assessment)
    page.table([], [[text(line)] for line in (*before, result)], spans=(4,))
    page.gap()
    page.heading("填表说明")
    for line in (case.notice, LEGEND, ROUNDED, _about(case)):
        page.note(line)


def _about(case: Case) -> str:
    about = "表的顺序和栏目按公开的各县申报表整理，没有见到教育部的空白原表；上报时以当年的通知为准。"
    if case.assessment.ratios is None:
        about += "没有用省定办学基本标准：表Ⅱ-1不填，表Ⅱ-2只列数、不判定。"
    return about


def _first(book: Any, case: Case) -> None:
    basics(_page(book, case, "Ⅰ县域基本情况", "表Ⅰ　县域基本情况", WIDTHS, landscape=False), case)


def _counts(book: Any, case: Case) -> None:
    """Ⅱ-1: how many sections of each stage meet each indicator."""
    page = _page(book, case, "Ⅱ-1达标学校数", "表Ⅱ-1　资源配置各项指标达标学校数", (6, 46, 12, 12, 12, 12, 12, 12))
    if case.assessment.ratios is None:
        page.note("没有省定办学基本标准，逐校达标不判定，这张表不填。用--standard给出省的标准文件再做。")
        return
    stages = [stage_label(stage) for stage in STAGES]
    head = ["序号", "指标"] + [f"{stage}\n{what}" for stage in stages for what in ("达标数（个）", "总数（个）", "达标比例（%）")]
    page.table(head, _count_rows(case), repeat=True)
    rule = case.assessment.standard.school_rule
    page.note(
        f"一行一个学段部分计数：一贯制学校的小学部、初中部各算一个。最后一行要{len(case.assessment.standard.indicators)}项里"
        f"至少{rule.met_at_least}项达标，并且每一项都不低于标准的{100 * rule.floor:g}%。"
    )


def _count_rows(case: Case) -> Iterator[list[Any]]:
    one, sections = case.assessment, case.assessment.sections
    stages = [(sections["stage"] == stage).to_numpy() for stage in STAGES]
    for k, indicator in enumerate(one.standard.indicators, 1):
        met = reaches(one.ratios[indicator.key].to_numpy(dtype=float), 1.0)
        yield [k, text(indicator.label), *(cell for here in stages for cell in _share(met[here]))]
    meets = (sections["meets"] == True).to_numpy()  # noqa: E712  None is not True
    yield [Entry(None), Entry("学段部分达到要求", "表头"), *(cell for here in stages for cell in _share(meets[here]))]


def _share(met: np.ndarray) -> list[Entry]:
    if not len(met):
        return [NOT_ASKED] * 3
    return [number(met.sum()), number(len(met)), number(100 * met.sum() / len(met), 1)]


def _sections(book: Any, case: Case, stage: str) -> None:
    """Ⅱ-2: every section of a stage, its values, met or not."""
    standard, label = case.assessment.standard, stage_label(stage)
    shown = [f"{i.short_label}（{'每百名，' if i.per == 100 else ''}{i.unit}）" for i in standard.indicators]
    widths = (5, 26, 13, 7, 8, 7, 7, *[10] * len(shown), 7, 9, 26)
    page = _page(book, case, f"Ⅱ-2{label}", f"表Ⅱ-2　{label}资源配置逐校情况", widths)
    head = ["序号", "学校名称", "办学类型", "举办者", "学生数", "年级数", "班数", *shown, "达标项数", "是否达到", "备注"]
    rows = [[None, Entry("标准（不低于）", "表头"), *[None] * 5, *(_threshold(i, stage) for i in standard.indicators), None, None, None]]
    here = np.flatnonzero(case.assessment.sections["stage"] == stage)
    page.table(head, [*rows, *_section_rows(case, stage, here)], repeat=True)
    page.note(LEGEND)


def _threshold(indicator: Any, stage: str) -> Entry:
    return Entry(indicator.thresholds[stage], "表头") if indicator.thresholds else NOT_ASKED


def _section_rows(case: Case, stage: str, here: np.ndarray) -> Iterator[list[Any]]:
    one, columns = case.assessment, schema().table("schools")
    schools, grades = case.county.schools.set_index("school_id"), _grades(case.county, stage)
    for k, i in enumerate(here, 1):
        section = one.sections.iloc[i]
        school = schools.loc[section["school_id"]]
        yield [
            k, text(section["name"]), columns.column("kind").codes[school["kind"]], columns.column("operator").codes[school["operator"]],
            number(section["pupils"]), number(grades.get(section["school_id"])), number(school[f"classes_{stage}"]),
            *(case.value(i, indicator) for indicator in one.standard.indicators),
            NOT_ASKED if one.ratios is None else number(section["met"]),
            NOT_ASKED if one.ratios is None else verdict(section["meets"]),
            text(_remark(case, i)),
        ]  # fmt: skip


def _grades(county: County, stage: str) -> dict[str, int]:
    """How many grades of a stage each school has pupils in, in the last year of the table of enrolment."""
    enrolment = county.tables.get("enrolment")
    if enrolment is None:
        return {}
    columns = [c.name for c in schema().table("enrolment").columns if c.stage == stage]
    last = enrolment[enrolment["year"] == enrolment["year"].max()].set_index("school_id")[columns]
    filled = last[last.notna().all(axis=1)]
    return (filled > 0).sum(axis=1).to_dict()


def _remark(case: Case, i: int) -> str:
    """What is to be said of a section in few words: what is below the floor, what hangs on rounding."""
    one = case.assessment
    low = [k.short_label for k in one.standard.indicators if case.sign(i, k.key) == "▼▼"]
    remarks = [f"低于底线{100 * case.floor:g}%：{'、'.join(low)}"] if low else []
    blank = [k.short_label for k in one.standard.indicators if pd.isna(one.values[k.key].iloc[i])]
    remarks += [f"缺数：{'、'.join(blank)}"] if blank else []
    return "；".join([*remarks, *(["临界"] if one.sections["knife_edge"].iloc[i] else [])])


def _coefficients(book: Any, case: Case) -> None:
    """Ⅲ: means and coefficients of variation."""
    stages = present_stages(case.assessment)
    head = ["序号", "指标", "单位"]
    for stage in stages:
        head += [f"{stage_label(stage)}\n{what}" for what in ("县均值", "差异系数", "上限", "判定")]
    widths = (6, 46, 9, *[13] * (4 * len(stages)))
    page = _page(book, case, "Ⅲ校际均衡", "表Ⅲ　县均值和校际差异系数", widths)
    page.table(head, _coefficient_rows(case, stages), repeat=True)
    page.note(_tested(case.assessment))
    page.note(LEGEND)


def _coefficient_rows(case: Case, stages: Sequence[str]) -> Iterator[list[Any]]:
    one = case.assessment
    for k, indicator in enumerate(one.standard.indicators, 1):
        cells = (cell for stage in stages for cell in _coefficient(one, stage, indicator.key))
        yield [k, text(indicator.label), indicator.unit, *cells]
    yield [None, Entry("综合差异系数（各项的平均数）", "表头"), None, *(c for s in stages for c in _composite(one, s))]


def _coefficient(one: Assessment, stage: str, key: str) -> list[Entry]:
    found, standard = one.stages[stage], one.standard
    tested, edge = found.cv_meets is not None and key in found.cv_meets, bool(found.cv_knife_edge.get(key))
    meets = found.cv_meets[key] if tested else True
    return [
        number(found.mean[key], standard.value_decimals),
        _cv(found.cv[key], meets, edge, standard.cv_decimals),
        Entry(found.cv_limit) if tested else NOT_ASKED,
        _judged(meets, edge) if tested else NOT_ASKED,
    ]


def _composite(one: Assessment, stage: str) -> list[Entry]:
    found = one.stages[stage]
    value, tested = found.composite_cv, found.cv_meets is None
    # The verdict on the composite alone is not kept: where it is tested, every other rule has its own.
    meets = True if not tested else None if value is None else bool(value <= found.cv_limit * (1 + 1e-12))
    return [
        NOT_ASKED,
        _cv(value, meets, found.composite_knife_edge, one.standard.cv_decimals),
        Entry(found.cv_limit) if tested else NOT_ASKED,
        _judged(meets, found.composite_knife_edge) if tested else NOT_ASKED,
    ]


def _cv(value: float | None, meets: bool | None, edge: bool, decimals: int) -> Entry:
    if value is None:
        return MISSING
    style = "未达到" if meets is False else "临界" if edge else "居中"
    return Entry(float(form_round(value, decimals)), style, decimals, "▲" if meets is False else "")


def _judged(meets: bool | None, edge: bool) -> Entry:
    plain = verdict(meets)
    return Entry(f"{plain.value}（临界）", "未达到" if meets is False else "临界") if edge else plain


def _tested(one: Assessment) -> str:
    each = one.standard.cv_rule.test == "each"
    rule = "每一项都不超过上限才算达到，综合差异系数只列出，不作判定" if each else "只看综合差异系数是否超过上限"
    return f"{rule}。差异系数按学生数加权。“▲”：超过上限。"


def _part(book: Any, case: Case, name: str, ordinal: str) -> None:
    part = case.assessment.parts[name]
    page = _page(book, case, f"{ordinal}{part.title}", f"表{ordinal}　{part.title}", (6, 40, 22, 16, 14, 44, 12, 30))
    if name == "recognition":
        survey(page, case)
    items_table(page, case, name)


def _decisive(book: Any, case: Case) -> None:
    """The vetoes and the preconditions, which the form asks beside its tables."""
    present = [name for name in FIRST if case.assessment.parts.get(name)]
    if not present:
        return
    title = "、".join(case.assessment.parts[name].title for name in present)
    page = _page(book, case, "附 " + title, f"附表　{title}", (6, 40, 22, 16, 14, 44, 12, 30))
    for name in present:
        page.heading(case.assessment.parts[name].title)
        items_table(page, case, name)
        page.gap()

