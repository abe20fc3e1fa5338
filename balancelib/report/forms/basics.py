"""Table Ⅰ: the basics of the county, from its items and from the schools' own numbers."""

from collections.abc import Iterator, Sequence

import pandas as pd

from balancelib.county.schema import STAGES, schema
from balancelib.report.forms.case import Case, number, stage_label
from balancelib.sheets import Entry, Page, text

SETTING = (
    "land_area", "townships", "population", "rural_population", "gdp", "rural_income", "budget_revenue", "budget_spending",
    "education_spending", "left_behind_children", "migrant_children_eligible",
)  # fmt: skip
BY_STAGE = ("pupils", "classes", "teachers", "qualified", "backbone", "pe_arts", "senior_title")
BY_SCHOOL = (
    "teaching_area", "indoor_sports_area", "sports_ground_area", "equipment_value", "multimedia_rooms", "computers", "books",
)  # fmt: skip
WIDTHS = (8.8,) * 14  # a fine grid: the table's parts have different columns
PAIRS, KINDS, STAGED = (4, 1, 2, 4, 1, 2), (2,) * 7, (4, 2, 3, 3, 2)


def basics(page: Page, case: Case) -> None:
    """Write the table onto a page."""
    page.heading("一、自然和经济情况")
    page.table(["项目", "单位", "数", "项目", "单位", "数"], _in_pairs(list(_setting(case))), PAIRS)
    page.heading("二、义务教育学校（所）")
    _kinds(page, case.schools)
    page.heading("三、学生、班级和教师")
    page.table(["项目", "单位", *map(stage_label, STAGES), "合计"], _by_stage(case.schools), STAGED)
    page.heading("四、校舍和设备（全部义务教育学校合计）")
    page.table(["项目", "单位", "数", "项目", "单位", "数"], _in_pairs(list(_of_schools(case.schools))), PAIRS)
    page.note(
        "一、按“县级项目”表填的数；二、三、四按“学校”表合计，只算有小学或初中学生的学校，特殊教育学校在内；"
        "小学含教学点和一贯制学校的小学部，初中含一贯制学校和完全中学的初中部；四里多学段学校按全校算，含高中部。"
    )


def _setting(case: Case) -> Iterator[list[Entry]]:
    table = schema().table("county_items")
    for name in SETTING:
        column = table.column(name)
        value = case.values.get(name)
        decimals = 0 if value is None or float(value).is_integer() else 2
        yield [text(column.label), Entry(column.unit), number(value, decimals)]


def _in_pairs(rows: Sequence[list[Entry]]) -> list[list[Entry]]:
    """Set the second half of the rows beside the first."""
    half = (len(rows) + 1) // 2
    blank = [Entry(None)] * 3
    return [row + (rows[half + k] if half + k < len(rows) else blank) for k, row in enumerate(rows[:half])]


def _kinds(page: Page, schools: pd.DataFrame) -> None:
    table = schema().table("schools")
    operators, areas = table.column("operator").codes, table.column("area").codes
    head = ["办学类型", "合计", *operators.values(), *areas.values()]
    kinds = [kind for kind in schema().kinds if (schools["kind"] == kind).any()]
    rows = [[text(schema().kinds[kind].label), *_counts(schools[schools["kind"] == kind], operators, areas)] for kind in kinds]
    page.table(head, [*rows, [Entry("合计", "表头"), *_counts(schools, operators, areas)]], KINDS)


def _counts(schools: pd.DataFrame, operators: dict[str, str], areas: dict[str, str]) -> list[int]:
    return [
        len(schools),
        *(int((schools["operator"] == code).sum()) for code in operators),
        *(int((schools["area"] == code).sum()) for code in areas),
    ]


def _by_stage(schools: pd.DataFrame) -> Iterator[list[Entry]]:
    for name in BY_STAGE:
        columns = [schema().table("schools").column(f"{name}_{stage}") for stage in STAGES]
        sums = [total(schools[schools[f"pupils_{stage}"] > 0][f"{name}_{stage}"]) for stage in STAGES]
        label = columns[0].label.removeprefix(stage_label(STAGES[0]))
        yield [text(label), Entry(columns[0].unit), *map(number, sums), number(sum(sums))]


def _of_schools(schools: pd.DataFrame) -> Iterator[list[Entry]]:
    for name in BY_SCHOOL:
        column = schema().table("schools").column(name)
        yield [text(column.label), Entry(column.unit), number(total(schools[name]), 2 if column.type == "number" else 0)]


def total(values: pd.Series) -> float:
    """Add up numbers; not a number where one of them is blank."""
    return float(values.to_numpy(dtype=float).sum())

