"""A workbook with every number between the data and the verdict, and how each was worked out."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, conclusion
from balancelib.assess.describe import formula
from balancelib.assess.logic import WORDS, form_round, reaches, within
from balancelib.county import County
from balancelib.county.indicators import in_scope, reported_totals, stage_shares
from balancelib.county.schema import STAGES, schema
from balancelib.county.select import only
from balancelib.county.terms import field_named
from balancelib.report.content import versions
from balancelib.report.explained import MISSING, NONE, Sheet, fill, fit_a4, school_columns
from balancelib.report.verdict_sheets import items, left_out, sources, verdicts
from balancelib.sheets import head_row, packed, put
from balancelib.standards import Indicator
from balancelib.text import number


def numbers_workbook(county: County, assessment: Assessment) -> bytes:
    """Return the workbook; the same county and verdict give the same bytes.

    Parameters
    ----------
    county : County
        As read, for it knows the cells; one county or several.
    assessment : Assessment

    Notes
    -----
    Values are not rounded: they stand in the cells with the sixteen digits that such a file holds. They are values and
    no formulas, so that nothing changes them; how each comes about is said in words above its column.
    """
    import openpyxl  # noqa: PLC0415  heavy: only where a workbook is written

    own = only(county, assessment.county_id)
    sheets = [
        _splits(own, assessment),
        *(_sections(own, assessment, stage) for stage in STAGES),
        _coefficients(assessment),
        verdicts(assessment),
        items(assessment),
        left_out(own, assessment),
        sources(own, county.trace),
    ]
    book = openpyxl.Workbook()
    _fill_guide(book.active, assessment, sheets)
    for sheet in sheets:
        fill(book.create_sheet(sheet.name), sheet)
    return packed(book)


def _fill_guide(sheet: Any, assessment: Assessment, sheets: Sequence[Sheet]) -> None:
    """Write the first sheet: what it is, what each of the others holds, what it was made from."""
    sheet.title = "说明"
    lines = [
        "计算过程：从填报的数到结论的每一步",
        *conclusion(assessment),
        "这里都是数，没有公式；每一列怎样来的，写在列名上面一行。数没有四舍五入，带小数的有十六位有效数字。",
        f"“{MISSING}”表示要用的数没有填，从来不当作0；“{NONE}”表示这个标准不要求。",
    ]
    for line in lines:
        put(sheet, sheet.max_row + 1 if sheet["A1"].value else 1, 1, line)
    for head, rows in (
        (("表", "里面是什么"), [(s.name, s.about) for s in sheets]),
        (("项目", "内容"), list(versions(assessment).items())),
    ):
        top = sheet.max_row + 2
        for i, row in enumerate((head, *rows)):
            for k, text in enumerate(row, 1):
                put(sheet, top + i, k, text)
        head_row(sheet, top)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 110
    fit_a4(sheet)


# What the sheets hold


def _splits(county: County, assessment: Assessment) -> Sheet:
    """How much of what a school records undivided goes to each stage."""
    standard, stages = assessment.standard, schema().stages
    schools = in_scope(county, standard)
    shares = stage_shares(schools, standard)
    weights = [
        [standard.split.kind_weights.get(kind, standard.split.weights).get(stage) for stage in stages]
        for kind in schools["kind"]
    ]
    columns = [
        *school_columns(),
        ("办学类型", "决定有哪些学段", 16),
        *((f"{label}学生数", f"{label}在校生数", 12) for label in stages.values()),
        *((f"{label}权重", "这类学校分摊时一名学生折算成几名", 12) for label in stages.values()),
        *((f"{label}占比", f"{label}学生数×权重，除以各学段之和", 20) for label in stages.values()),
    ]
    rows = (
        [
            school.school_id, school.name, schema().kinds[school.kind].label,
            *(_blank_as_none(getattr(school, f"pupils_{stage}")) for stage in stages),
            *weights[i],
            *(shares[stage][i] for stage in stages),
        ]
        for i, school in enumerate(schools.itertuples())
    )  # fmt: skip
    return Sheet("学校分摊", "一所学校有几个学段时，合在一起登记的资源怎样分到学段", columns, rows)


def _sections(county: County, assessment: Assessment, stage: str) -> Sheet:
    """Each section's way from the reported numbers to its part in the coefficient, indicator by indicator."""
    label = schema().stages[stage]
    columns = [
        ("指标", "按这一列筛选，一项指标的各行就是一张差异系数计算表", 22),
        *school_columns(),
        ("算式", "填报的数怎样加减", 60),
        ("填报合计", "算式的结果，单位和填报时一样", 16),
        ("换算", "化成指标的单位要乘的数（如万元化元）", 9),
        ("学段占比", "分到这个学段的份额，见“学校分摊”；按学段登记的是1", 20),
        ("总量y", "填报合计×换算×学段占比", 20),
        ("学生数p", f"{label}在校生数", 10),
        ("每多少学生", "每百名学生是100，生均是1", 12),
        ("校值x", "y÷p×每多少学生", 20),
        ("标准", "达标线", 10),
        ("与标准之比", "x÷标准；达到1是达标", 20),
        ("达标", "用全部小数比较", 9),
        ("权重p÷P", "P是全县这个学段计入的学生数", 20),
        ("x−县均值", "县均值见“差异系数”", 20),
        ("权重×（x−县均值）²", "这一列加起来是S²", 20),
        ("在S²中的占比", "上一列除以它的合计：谁把差异系数拉高了", 20),
    ]
    about = f"{label}每个学段部分、每项指标，从填报的数到差异系数的每一步"
    return Sheet(f"{label}逐校", about, columns, _section_rows(county, assessment, stage))


def _section_rows(county: County, assessment: Assessment, stage: str) -> Iterator[list[Any]]:
    standard, verdict = assessment.standard, assessment.stages[stage]
    here = np.flatnonzero(assessment.sections["stage"] == stage)
    sections = assessment.sections.iloc[here]
    schools = in_scope(county, standard)
    at = pd.Index(schools["school_id"]).get_indexer(sections["school_id"])
    shares, pupils = stage_shares(schools, standard)[stage], sections["pupils"].to_numpy()
    for indicator in standard.indicators:
        key, threshold = indicator.key, indicator.thresholds.get(stage)
        reported = reported_totals(schools, indicator, stage, assessment.relaxations)
        mean = verdict.mean[key]
        for n, (i, row) in enumerate(zip(here, at, strict=True)):
            total, value = assessment.totals[key].iat[i], assessment.values[key].iat[i]
            weight, off = pupils[n] / pupils.sum(), np.nan if mean is None else value - mean
            yield [
                indicator.short_label, sections["school_id"].iat[n], sections["name"].iat[n],
                _sum_in_words(schools, row, indicator, stage, reported[row]), reported[row], indicator.scale,
                shares[row] if indicator.split else 1.0, total, pupils[n], indicator.per, value,
                NONE if threshold is None else threshold, NONE if threshold is None else value / threshold,
                NONE if threshold is None else _met(value, threshold), weight, off, weight * off**2,
                assessment.contribution[key].iat[i],
            ]  # fmt: skip


def _met(value: float, threshold: float) -> str:
    return MISSING if np.isnan(value) else WORDS[bool(reaches(value, threshold))]


def _sum_in_words(schools: pd.DataFrame, row: int, indicator: Indicator, stage: str, reported: float) -> str:
    """Write the columns that were added up with their numbers; what a relaxation added stands by itself."""
    text, total = "", 0.0
    for term in indicator.sum[stage]:
        name = term.removeprefix("-")
        value, sign = schools[name].iat[row], -1 if term.startswith("-") else 1
        total += sign * value
        lead = "−" if sign < 0 else "＋" if text else ""
        text += f"{lead}{field_named(name).label}{MISSING if np.isnan(value) else number(value)}"
    added = reported - total
    return text if np.isnan(added) or abs(added) < 1e-9 else f"{text}＋放宽条款{number(round(added, 9))}"


def _coefficients(assessment: Assessment) -> Sheet:
    standard = assessment.standard
    columns = [
        ("学段", "", 9),
        ("指标", "", 22),
        ("单位", "", 9),
        ("怎样算", "校值的算法", 60),
        ("学段部分数", "计入的学段部分", 11),
        ("学生数P", "这些学段部分的学生数之和", 12),
        ("总量Σy", "各学段部分总量之和", 20),
        ("县均值", "Σy÷P×每多少学生", 20),
        ("S²", "Σ权重×（x−县均值）²", 20),
        ("标准差S", "S²的平方根", 20),
        ("差异系数", "S÷县均值", 20),
        ("申报表上的差异系数", f"保留{standard.cv_decimals}位小数", 14),
        ("上限", "", 9),
        ("判定", "用全部小数比较；综合判定的标准只看综合差异系数", 12),
        ("临界", "申报表的四舍五入会不会改变结论", 9),
    ]
    about = "每个学段、每项指标的县均值、标准差、差异系数和判定；综合差异系数是各项的平均数"
    return Sheet("差异系数", about, columns, _coefficient_rows(assessment))


def _coefficient_rows(assessment: Assessment) -> Iterator[list[Any]]:
    standard = assessment.standard
    for stage, verdict in assessment.stages.items():
        here = (assessment.sections["stage"] == stage).to_numpy()
        pupils = assessment.sections["pupils"].to_numpy(dtype=float)[here]
        label = schema().stages[stage]
        for indicator in standard.indicators if here.any() else ():
            key, mean, value = indicator.key, verdict.mean[indicator.key], verdict.cv[indicator.key]
            total = assessment.totals[key].to_numpy()[here].sum()
            off = assessment.values[key].to_numpy()[here] - (np.nan if mean is None else mean)
            square = (pupils / pupils.sum() * off**2).sum()
            judged = verdict.tests(key)
            yield [
                label, indicator.short_label, indicator.unit, formula(indicator), int(here.sum()), pupils.sum(), total,
                mean, square, np.sqrt(square), value, _on_form(value, standard.cv_decimals),
                verdict.cv_limit if judged else NONE, WORDS[verdict.cv_meets[key]] if judged else NONE,
                "临界" if verdict.cv_knife_edge.get(key) else "",
            ]  # fmt: skip
        if here.any():
            judged, value = verdict.cv_meets is None, verdict.composite_cv
            meets = NONE if not judged or value is None else WORDS[bool(within(value, verdict.cv_limit))]
            yield [
                label, "综合", "", "各项差异系数的平均数", int(here.sum()), pupils.sum(), *[NONE] * 4, value,
                _on_form(value, standard.cv_decimals), verdict.cv_limit if judged else NONE, meets,
                "临界" if verdict.composite_knife_edge else "",
            ]  # fmt: skip


def _on_form(value: float | None, decimals: int) -> float | None:
    return None if value is None else float(form_round(value, decimals))


def _blank_as_none(value: float) -> float | None:
    return None if np.isnan(value) else value
