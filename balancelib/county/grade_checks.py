"""The rules of pupils by grade that no formula can say: numbers, years and schools that are not there."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed, by_school, each
from balancelib.county.rules import Rule
from balancelib.county.schema import STAGES
from balancelib.county.views import View
from balancelib.text import number

Tables = Mapping[str, Parsed]


def _blank_grades(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Grades and years without a number, all of a row and stage in one warning."""
    frame, own = parsed.frame, _schools_of(parsed, tables)
    schools, year = View(own), frame["year"].to_numpy()
    for stage in STAGES:
        columns = [c for c in parsed.table.columns if c.stage == stage and frame[c.name].notna().any()]
        if not columns:
            continue
        labels = np.array([column.label for column in columns], dtype=object)
        here = schools[f"has_{stage}"] & ~np.isnan(year)
        blank = frame[[column.name for column in columns]].isna().to_numpy() & here[:, None]

        def reason(i: int, blank: np.ndarray = blank, labels: np.ndarray = labels) -> str:
            return f"{_named(own, i)}{number(year[i])}年的{'、'.join(labels[blank[i]])}是空的"

        for k, column in enumerate(columns):
            first = blank[:, k] & ~blank[:, :k].any(axis=1)
            yield from each(parsed, first, column.name, reason, **rule.how)


def _no_grades(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Schools with pupils that have no row of the last year."""
    if "schools" not in tables or parsed.frame["year"].isna().all():
        return
    schools, frame = tables["schools"].frame, parsed.frame
    last = frame["year"].max()
    here = schools["school_id"].isin(frame.loc[frame["year"] == last, "school_id"])
    view = View(schools)
    attended = np.logical_or.reduce([view[f"attends_{stage}"] for stage in STAGES])
    absent = schools[attended & schools["school_id"].notna() & ~here]
    column = parsed.table.column("school_id").label
    for school, name in zip(absent["school_id"], absent["name"].fillna("没有名字"), strict=True):
        place = {"school_id": school, "column": column, "value": school}
        yield Fault(parsed.sheet, f"（{name}）有学生，却没有{number(last)}年这一行", **rule.how, **place)


def _schools_of(parsed: Parsed, tables: Tables) -> pd.DataFrame:
    """Return the school of each row."""
    schools = (
        tables["schools"].frame
        if "schools" in tables
        else pd.DataFrame(columns=["school_id", "name", "kind"])
    )
    return by_school(schools, parsed.frame["school_id"])


def _named(own: pd.DataFrame, i: int) -> str:
    name = own["name"].iloc[i]
    return "这所学校" if pd.isna(name) else name


def _missing_years(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    frame, own = parsed.frame, _schools_of(parsed, tables)
    year = frame["year"].to_numpy()
    before = frame.sort_values("year").groupby("school_id")["year"].shift().reindex(frame.index).to_numpy()

    def reason(i: int) -> str:
        return (
            f"{_named(own, i)}缺" + "、".join(str(y) for y in range(int(before[i]) + 1, int(year[i]))) + "年"
        )

    yield from each(parsed, year - before > 1, "year", reason, **rule.how)


GRADE_CHECKS = {
    "enrolment.blank": _blank_grades,
    "enrolment.gap": _missing_years,
    "enrolment.school": _no_grades,
}
