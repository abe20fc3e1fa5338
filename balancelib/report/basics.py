"""The county's schools, pupils, classes and teachers, counted."""

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.county.indicators import compulsory_schools
from balancelib.county.schema import STAGES, schema
from balancelib.report.blocks import Table, rows_table

MISSING = "缺数"


def basics(county: County) -> list[Table]:
    """Tables of the schools by kind and by area, and of each stage's pupils, classes and teachers.

    As on the official form, schools without pupils of compulsory education are not counted.
    """
    schools = compulsory_schools(county)
    return [
        _counted(schools, "kind", "各类义务教育学校和在校生"),
        _counted(schools, "area", "城乡义务教育学校和在校生"),
        _stages(schools),
    ]


def _counted(schools: pd.DataFrame, column: str, caption: str) -> Table:
    """Return a table with a row a code that there is, and the sum: schools, private ones, pupils of each stage."""
    about = schema().table("schools").column(column)
    groups = {label: schools[schools[column] == code] for code, label in about.codes.items()}
    groups = {label: group for label, group in groups.items() if len(group)} | {"合计": schools}
    rows = {
        label: [
            f"{len(group):,}",
            f"{(group['operator'] == 'private').sum():,}",
            *(_count(total(group, f"pupils_{stage}", stage)) for stage in STAGES),
        ]
        for label, group in groups.items()
    }
    heads = ["所数", "其中民办", *(f"{schema().stages[stage]}在校生（人）" for stage in STAGES)]
    return rows_table(caption, about.label, heads, rows)


def _stages(schools: pd.DataFrame) -> Table:
    """Return a table with a row a stage: schools with pupils of it, pupils, classes, teachers, and two ratios."""
    rows = {}
    for stage in STAGES:
        pupils, classes, teachers = (
            total(schools, f"{what}_{stage}", stage) for what in ("pupils", "classes", "teachers")
        )
        attended = (schools[f"pupils_{stage}"] > 0).sum()
        rows[schema().stages[stage]] = [
            *map(_count, (attended, pupils, classes)), _over(pupils, classes), _count(teachers), _over(pupils, teachers),
        ]  # fmt: skip
    heads = ["有学生的学校（所）", "在校生（人）", "班数（个）", "平均班额（人）", "专任教师（人）", "生师比"]
    return rows_table("两个学段的规模", "学段", heads, rows)


def total(schools: pd.DataFrame, column: str, stage: str) -> float:
    """Add up a stage's column; NaN where a school with pupils of the stage left it blank."""
    blank = schools[column].isna() & (schools[f"pupils_{stage}"] > 0)
    return np.nan if blank.any() else float(schools[column].sum())


def _count(x: float) -> str:
    return MISSING if np.isnan(x) else f"{x:,.0f}"


def _over(one: float, other: float) -> str:
    if np.isnan(one) or np.isnan(other):
        return MISSING
    return f"{one / other:.1f}" if other else "—"
