"""Sheets of the workbook of every number that say what was judged and why, what was left out, and from which cells the numbers were read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from balancelib.assess import Assessment
from balancelib.assess.describe import test_in_words
from balancelib.assess.logic import WORDS, words_of
from balancelib.county import County
from balancelib.county.indicators import with_items
from balancelib.county.schema import schema
from balancelib.report.explained import NONE, Sheet, school_columns
from balancelib.standards.model import Scope

TRACED = ("schools", "school_items")


def verdicts(assessment: Assessment) -> Sheet:
    """Every section's verdict, and why."""
    columns = [
        *school_columns(),
        ("学段", "", 9),
        ("学生数", "", 10),
        ("达标项数", "有几项指标达标", 10),
        ("结论", "", 12),
        ("临界", "申报表的四舍五入会不会改变结论", 9),
        ("原因", "没有达到，或者临界的原因", 100),
    ]
    rows = (
        [
            s.school_id, s.name, schema().stages[s.stage], s.pupils, NONE if s.met is None else s.met,
            NONE if assessment.ratios is None else WORDS[s.meets], "临界" if s.knife_edge else "", "；".join(reasons),
        ]
        for s, reasons in zip(
            assessment.sections.itertuples(), assessment.reasons, strict=True
        )
    )  # fmt: skip
    return Sheet("学段部分判定", "每个学段部分达到没有，为什么", columns, rows)


def items(assessment: Assessment) -> Sheet:
    """Every test of the items of the other parts, with what it compares."""
    columns = [
        ("部分", "", 14),
        ("序号", "", 7),
        ("要求", "官方的要求", 50),
        ("怎样判", "这一步比较的是什么", 60),
        ("值", "比例是小数；每校都要做到的，是没有做到的学校数", 20),
        ("结论", "", 12),
        ("临界", "申报表的四舍五入会不会改变结论", 9),
        ("原因", "", 80),
    ]
    rows = (
        [
            part.title, item.item.number, item.item.label, test_in_words(asked), test.value, words_of(name)[test.meets],
            "临界" if test.knife_edge else "", test.reason,
        ]
        for name, part in assessment.parts.items() if part
        for item in part.items
        for asked, test in zip(item.item.tests, item.tests, strict=True)
    )  # fmt: skip
    return Sheet("各部分逐项", "资源配置以外的每一项，拆成每一次比较", columns, rows)


def left_out(county: County, assessment: Assessment) -> Sheet:
    """Schools that have no section in the resource part, and why."""
    schools, judged = with_items(county), set(assessment.sections["school_id"])
    rows = (
        [
            school.school_id, school.name, schema().kinds[school.kind].label, school.pupils,
            _why_left_out(school, assessment.standard.scope),
        ]
        for school in schools.itertuples() if school.school_id not in judged
    )  # fmt: skip
    columns = [*school_columns(), ("办学类型", "", 16), ("学生数", "小学和初中", 10), ("为什么", "", 60)]
    return Sheet("不计的学校", "资源配置部分不计的学校，和原因", columns, rows)


def _why_left_out(school: Any, scope: Scope) -> str:
    least = scope.teaching_point_minimum_pupils
    if school.kind not in scope.kinds:
        return f"这个标准的资源配置部分不看{schema().kinds[school.kind].label}"
    if school.operator == "private" and not scope.private:
        return "这个标准不看民办学校"
    if school.kind == "teaching_point" and school.pupils < least:
        return f"不足{least}人的教学点不计"
    return "没有学生"


def sources(county: County, trace: Callable[..., Iterable[Any]]) -> Sheet:
    """The cells that each number of a school was read from, as ``trace`` knows them."""
    columns = [
        *school_columns(),
        ("项目", "填报的列", 26),
        ("单位", "", 9),
        ("值", "判定用的数", 16),
        ("文件", "从哪个文件读的", 34),
        ("表", "工作簿里的哪张表", 20),
        ("格", "哪一格；一个数由几格相加，就有几行", 10),
    ]
    return Sheet(
        "出处", "每所学校的每个数是从哪个文件、哪张表、哪一格读来的", columns, _source_rows(county, trace)
    )


def _source_rows(county: County, trace: Callable[..., Iterable[Any]]) -> Iterator[list[Any]]:
    names = dict(zip(county.schools["school_id"], county.schools["name"], strict=True))
    for table in (schema().table(name) for name in TRACED if name in county.tables):
        asked = [column for column in table.columns if column.numeric]
        for record in county.tables[table.name].to_dict("records"):
            id_ = record["school_id"]
            for column in asked:
                if not pd.isna(record[column.name]):
                    about = [id_, names.get(id_), column.label, column.unit, record[column.name]]
                    for cell in trace(id_, column.name, table.name) or [(None, None, None)]:
                        yield [*about, *cell]
