"""The list of problems to mend (整改台账): everything that is not met, with evidence, a measure, who, until when."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from balancelib.assess import Assessment, missing_table
from balancelib.assess.logic import on_the_edge, shown, within
from balancelib.county import County
from balancelib.report.forms.case import Case, present_stages, stage_label
from balancelib.report.forms.lacks import MAY, WHOLE_SCHOOL, Lack, lacks, measures
from balancelib.report.forms.plans import due
from balancelib.sheets import Entry, Page, blank_to_fill, drop_down, new_book, packed, text
from balancelib.text import number as plain_number

NOT_MET, UNKNOWN, EDGE = "没有达到", "缺数", "临界"
STATES = ("未开始", "整改中", "已完成", "已核验")
HEAD = [
    "序号", "类别", "责任单位", "部分", "项目", "问题和依据", "建议措施（可改）", "责任岗位", "完成时限", "状态", "完成情况", "核验人、日期",
]  # fmt: skip
WIDTHS = (5, 10, 21, 11, 22, 36, 27, 9, 11, 8, 13, 11)
STATE_COLUMN = "J"
MOST_NAMED = 3


@dataclass(frozen=True)
class Problem:
    """One row of the list, without its number."""

    kind: str
    unit: str
    part: str
    what: str
    evidence: str
    measure: str


def rectification(county: County, assessment: Assessment, deadline: date | str | None = None) -> bytes:
    """List every item that is not met, not known or hangs on rounding.

    Parameters
    ----------
    county : County
        As read; of several counties the one that the assessment is about is taken.
    assessment : Assessment
    deadline : date or str, optional
        Stands as the deadline of everything; left open where none is given.

    Returns
    -------
    bytes
        A workbook: the list, the county's problems first, then those of the schools; and how many there are of each kind and part.
    """
    case, book = Case.of(county, assessment), new_book()
    problems = [
        *_vetoes_and_items(case),
        *_coefficients(case),
        *_missing(case),
        *_of_schools(case),
        *_edges(case),
    ]
    _list(book, case, problems, deadline)
    _counts(book, case, problems)
    return packed(book)


def _list(book: Any, case: Case, problems: list[Problem], deadline: date | str | None) -> None:
    page = Page(book, "整改台账", WIDTHS, landscape=True)
    page.title(f"{case.label}整改台账")
    page.note(f"{case.name}　　共{len(problems)}条　　{case.notice}")
    rows = [_row(k, problem, deadline) for k, problem in enumerate(problems, 1)]
    page.table(HEAD, rows or [["没有要整改的。", *[None] * (len(HEAD) - 1)]], repeat=True)
    if rows:
        drop_down(page.sheet, f"{STATE_COLUMN}{page.row - len(rows)}:{STATE_COLUMN}{page.row - 1}", STATES)
    page.note(
        "“建议措施”由程序按缺的项目给出，没有官方出处，可以改；差多少、要多少钱见“一校一案”。绿底的格子由责任单位填。"
    )


def _row(k: int, problem: Problem, deadline: date | str | None) -> list[Any]:
    style = {NOT_MET: "未达到", UNKNOWN: "缺数", EDGE: "临界"}[problem.kind]
    return [
        k, Entry(problem.kind, style), text(problem.unit), Entry(problem.part), text(problem.what), text(problem.evidence),
        Entry(problem.measure, "待填"), blank_to_fill(), due(deadline), Entry(STATES[0], "待填"), blank_to_fill(), blank_to_fill(),
    ]  # fmt: skip


def _counts(book: Any, case: Case, problems: list[Problem]) -> None:
    page = Page(book, "汇总", (30, 16, 16, 16, 16))
    page.title("整改台账汇总")
    page.note(f"{case.name}　　{case.label}")
    kinds = (NOT_MET, UNKNOWN, EDGE)
    counted = Counter((problem.part, problem.kind) for problem in problems)
    rows = [
        [text(part), *(counted[part, kind] for kind in kinds), sum(counted[part, kind] for kind in kinds)]
        for part in dict.fromkeys(problem.part for problem in problems)
    ]
    total = [
        Entry("合计", "表头"),
        *(sum(n for (_, kind), n in counted.items() if kind == of) for of in kinds),
        len(problems),
    ]
    page.table(["部分", *kinds, "合计（条）"], [*rows, total])


def _county(case: Case) -> str:
    return f"{case.name}（县级）" if case.name else "县级"


def _vetoes_and_items(case: Case) -> Iterator[Problem]:
    """Tests of the county that are not met; those of each school stand with the school."""
    for part in filter(None, case.assessment.parts.values()):
        for item in part.items:
            measure = measures().items.get(item.item.key, measures().other)
            for test, found in zip(item.item.tests, item.tests, strict=True):
                if found.meets is False and not (test.each_school or test.rooms):
                    what = f"第{item.item.number}项：{item.item.label}"
                    yield Problem(NOT_MET, _county(case), part.title, what, found.reason, measure)


def _coefficients(case: Case) -> Iterator[Problem]:
    one = case.assessment
    decimals = one.standard.cv_decimals
    for stage in present_stages(one):
        found = one.stages[stage]
        tested = {"": found.composite_cv} if found.cv_meets is None else found.cv
        for key, value in tested.items():
            if value is not None and not within(value, found.cv_limit) and (not key or found.tests(key)):
                label = one.standard.indicator(key).short_label if key else "综合"
                evidence = f"{shown(value, found.cv_limit, decimals, within)}，上限{found.cv_limit:g}"
                what = f"{stage_label(stage)}{label}差异系数"
                yield Problem(
                    NOT_MET,
                    _county(case),
                    one.standard.resources_title,
                    what,
                    evidence,
                    _narrow(case, stage, key),
                )


def _narrow(case: Case, stage: str, key: str) -> str:
    """Which sections make most of a coefficient: its share in the squared coefficient of variation."""
    if not key:
        return "先看哪一项的差异系数最大，缩小那一项的差距"
    one = case.assessment
    here = np.flatnonzero(one.sections["stage"] == stage)
    shares = one.contribution[key].to_numpy()[here]
    largest = here[np.argsort(-shares, kind="stable")][:MOST_NAMED]
    named = "、".join(
        f"{one.sections['name'].iloc[i]}（{100 * one.contribution[key].iloc[i]:.1f}%）" for i in largest
    )
    return f"缩小校际差距，先看占差异最大的：{named}"


def _missing(case: Case) -> Iterator[Problem]:
    for table, row in missing_table(case.assessment).iterrows():
        evidence = f"没有填，{row['用来判定']}判不了"
        yield Problem(
            UNKNOWN, _county(case), "数据", f"“{table}”表：{row['项目']}", evidence, "收齐、填上，再判定"
        )


def _of_schools(case: Case) -> Iterator[Problem]:
    found, problem = lacks(case)
    if problem:
        title = case.assessment.standard.resources_title
        yield Problem(UNKNOWN, _county(case), title, "逐校差距", problem, "按说明补齐后再做")
    for own in found.values():
        for lack in own:
            if lack.degree != MAY:
                yield Problem(NOT_MET, lack.school, lack.part, lack.what, _evidence(lack), lack.measure)


def _evidence(lack: Lack) -> str:
    """What the school has, what it should have, and how far it is from it."""
    led = "" if lack.stages == WHOLE_SCHOOL else f"{lack.stages}："
    asked = f"应{'' if lack.asked.startswith('不') else '达到'}{lack.asked}"
    parts = [f"{led}{lack.now}，{asked}"]
    if lack.to_standard:
        word = "超出" if lack.asked.startswith("不超过") else "还差"
        parts.append(f"{word}{plain_number(lack.to_standard)}{lack.unit}")
    if lack.to_floor:
        parts.append(f"到底线差{plain_number(lack.to_floor)}{lack.unit}")
    return "；".join(parts)


def _edges(case: Case) -> Iterator[Problem]:
    """Verdicts that the form's rounding would turn: to be checked before they are handed in."""
    one, standard = case.assessment, case.assessment.standard
    check = "核对原始数据，留出余量"
    for i in np.flatnonzero(one.sections["knife_edge"]):
        section = one.sections.iloc[i]
        what = f"{stage_label(section['stage'])}部分达标判定"
        yield Problem(
            EDGE, section["name"], standard.resources_title, what, on_the_edge(standard.value_decimals), check
        )
    for stage in present_stages(one):
        found = one.stages[stage]
        edges = [standard.indicator(key).short_label for key, edge in found.cv_knife_edge.items() if edge]
        edges += ["综合"] if found.composite_knife_edge else []
        for label in edges:
            what = f"{stage_label(stage)}{label}差异系数"
            yield Problem(
                EDGE, _county(case), standard.resources_title, what, on_the_edge(standard.cv_decimals), check
            )
    for part in filter(None, one.parts.values()):
        for item in part.items:
            if item.knife_edge:
                what = f"第{item.item.number}项：{item.item.label}"
                yield Problem(EDGE, _county(case), part.title, what, item.reason, check)
