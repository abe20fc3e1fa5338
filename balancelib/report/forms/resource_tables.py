"""Tables Ⅱ-1, Ⅱ-2 and Ⅲ: which sections meet each indicator, section by section, and the coefficients of variation."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment
from balancelib.assess.logic import form_round, reaches, within
from balancelib.county import County
from balancelib.county.schema import STAGES, schema
from balancelib.report.forms.case import (
    EDGE,
    FAR_BELOW,
    LEGEND,
    MISSING,
    NOT_ASKED,
    Case,
    number,
    page_of,
    present_stages,
    stage_label,
    verdict,
)  # fmt: skip
from balancelib.sheets import Entry, text


def met_counts(book: Any, case: Case) -> None:
    """Ⅱ-1: how many sections of each stage meet each indicator."""
    page = page_of(
        book, case, "Ⅱ-1达标学校数", "表Ⅱ-1　资源配置各项指标达标学校数", (6, 46, 12, 12, 12, 12, 12, 12)
    )
    if case.assessment.ratios is None:
        page.note("没有省定办学基本标准，逐校达标不判定，这张表不填。用--standard给出省的标准文件再做。")
        return
    stages = [stage_label(stage) for stage in STAGES]
    head = ["序号", "指标"] + [
        f"{stage}\n{what}" for stage in stages for what in ("达标数（个）", "总数（个）", "达标比例（%）")
    ]
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
        ratios = one.ratios[indicator.key].to_numpy(dtype=float)
        met, blank = reaches(ratios, 1.0), np.isnan(ratios)
        yield [
            k,
            text(indicator.label),
            *(cell for here in stages for cell in _share(met[here], blank[here])),
        ]
    meets = (sections["meets"] == True).to_numpy()  # noqa: E712  None is not True
    unknown = sections["meets"].isna().to_numpy()
    yield [
        Entry(None),
        Entry("学段部分达到要求", "表头"),
        *(cell for here in stages for cell in _share(meets[here], unknown[here])),
    ]


def _share(met: np.ndarray, blank: np.ndarray) -> list[Entry]:
    """How many meet it, of how many, and the percentage; where some are not known, how many these are instead of it."""
    if not len(met):
        return [NOT_ASKED] * 3
    share = Entry(f"{blank.sum()}个缺数", "缺数") if blank.any() else number(100 * met.sum() / len(met), 1)
    return [number(met.sum()), number(len(met)), share]


def section_values(book: Any, case: Case, stage: str) -> None:
    """Ⅱ-2: every section of a stage, its values, met or not."""
    standard, label = case.assessment.standard, stage_label(stage)
    shown = [
        f"{i.short_label}\n（{'每百名，' if i.per == 100 else ''}{i.unit}）" for i in standard.indicators
    ]
    widths = (5, 26, 13, 7, 8, 7, 7, *[10] * len(shown), 7, 9, 26)
    page = page_of(book, case, f"Ⅱ-2{label}", f"表Ⅱ-2　{label}资源配置逐校情况", widths)
    head = [
        "序号",
        "学校名称",
        "办学类型",
        "举办者",
        "学生数",
        "年级数",
        "班数",
        *shown,
        "达标项数",
        "是否达到",
        "备注",
    ]
    rows = [
        [
            None,
            Entry("标准（不低于）", "表头"),
            *[None] * 5,
            *(_threshold(i, stage) for i in standard.indicators),
            None,
            None,
            None,
        ]
    ]
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
    low = [k.short_label for k in one.standard.indicators if case.sign(i, k.key) == FAR_BELOW]
    remarks = [f"低于底线{100 * case.floor:g}%：{'、'.join(low)}"] if low else []
    blank = [k.short_label for k in one.standard.indicators if pd.isna(one.values[k.key].iloc[i])]
    remarks += [f"缺数：{'、'.join(blank)}"] if blank else []
    return "；".join([*remarks, *(["临界"] if one.sections["knife_edge"].iloc[i] else [])])


def coefficients(book: Any, case: Case) -> None:
    """Ⅲ: means and coefficients of variation."""
    stages = present_stages(case.assessment)
    head = ["序号", "指标", "单位"]
    for stage in stages:
        head += [f"{stage_label(stage)}\n{what}" for what in ("县均值", "差异系数", "上限", "判定")]
    widths = (6, 46, 9, *[13] * (4 * len(stages)))
    page = page_of(book, case, "Ⅲ校际均衡", "表Ⅲ　县均值和校际差异系数", widths)
    page.table(head, _coefficient_rows(case, stages), repeat=True)
    page.note(_tested(case.assessment))
    page.note(EDGE)


def _coefficient_rows(case: Case, stages: Sequence[str]) -> Iterator[list[Any]]:
    one = case.assessment
    for k, indicator in enumerate(one.standard.indicators, 1):
        cells = (cell for stage in stages for cell in _coefficient(one, stage, indicator.key))
        yield [k, text(indicator.label), indicator.unit, *cells]
    yield [
        None,
        Entry("综合差异系数（各项的平均数）", "表头"),
        None,
        *(c for s in stages for c in _composite(one, s)),
    ]


def _coefficient(one: Assessment, stage: str, key: str) -> list[Entry]:
    found, standard = one.stages[stage], one.standard
    tested, edge = found.tests(key), bool(found.cv_knife_edge.get(key))
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
    meets = True if not tested else None if value is None else bool(within(value, found.cv_limit))
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
    rule = (
        "每一项都不超过上限才算达到，综合差异系数只列出，不作判定" if each else "只看综合差异系数是否超过上限"
    )
    return f"{rule}。差异系数按学生数加权。“▲”：超过上限。"
