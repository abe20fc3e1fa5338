"""What a standard's file says of columns: signed sums of them, and conditions on them."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from balancelib.county.schema import Column, schema
from balancelib.standards import StandardError
from balancelib.standards.model import Conditions, Indicator, Range, Standard, Test
from balancelib.toml import nth

SECTION = ["county_id", "school_id", "name", "stage", "pupils"]  # of a stage section, beside its indicators
COMPUTED = {
    "pupils": Column(
        name="pupils", label="义务教育阶段学生数", type="count", unit="人", note="小学和初中在校生数之和。"
    )
}


def field_named(name: str) -> Column:
    """Return the column of any table, or computed, that a standard's file names."""
    return COMPUTED.get(name) or schema().column(name)


def signed_sum(frame: pd.DataFrame, terms: Iterable[str]) -> np.ndarray:
    """Sum columns, those with a minus in front taken away; a blank makes the sum blank."""
    total = np.zeros(len(frame))
    for term in terms:
        column = frame[term.removeprefix("-")].to_numpy(dtype=float)
        total = total - column if term.startswith("-") else total + column
    return total


def holds(frame: pd.DataFrame, when: Conditions) -> np.ndarray:
    """Where all conditions hold; a blank meets none."""
    result = np.ones(len(frame), dtype=bool)
    for name, condition in when.items():
        if isinstance(condition, Range):
            values = frame[name].to_numpy(dtype=float)
            result &= ~np.isnan(values)
            for bound, compare in ((condition.minimum, np.greater_equal), (condition.maximum, np.less_equal),
                                   (condition.below, np.less)):  # fmt: skip
                if bound is not None:
                    result &= compare(values, bound)
        else:
            result &= frame[name].isin(condition).to_numpy()
    return result


Faults = Iterator[tuple[str, str]]  # key and reason
Columns = dict[str, Column]

# The types of column that may stand in an indicator's sum, in a test's, in a condition by code, and for rooms.
AMOUNT, NUMBER = ("count", "number"), ("count", "number", "yes_no", "year")
CODE, AREAS = ("code",), ("areas",)
_WHAT = {AMOUNT: "数量", NUMBER: "数", CODE: "选项", AREAS: "一串面积"}


def check_fields(standard: Standard) -> None:
    """Refuse a standard that names a column, code or kind of school that the tables do not have, or not so."""
    # The first stops: a later check takes for granted what an earlier one found.
    for key, reason in _field_faults(standard):
        raise StandardError(standard.file, key, reason)


def _field_faults(standard: Standard) -> Faults:
    yield from _kind_faults(standard)
    # A test passes over the schools that its condition does not hold for: it may not be of a column that can be blank.
    always = _columns("schools") | COMPUTED
    school, county = _columns("school_items") | always, _columns("county_items")
    for indicator in standard.indicators:
        yield from _indicator_faults(f"indicators.{indicator.key}", indicator, school)
    for key, test in standard.tests():
        yield from _test_faults(key, test, school if test.each_school else county)
        if test.rooms:
            yield from _column_faults(f"{key}.rooms", school, [test.rooms], AREAS)
        yield from _when_faults(f"{key}.when", test.when, always)
        for n, relaxed in enumerate(test.relaxed, 1):
            yield from _when_faults(f"{key}.relaxed.{nth(n)}.when", relaxed.when, school)


def _columns(*tables: str) -> Columns:
    return {column.name: column for name in tables for column in schema().table(name).columns}


def _column_faults(key: str, columns: Columns, names: Iterable[str], types: tuple[str, ...]) -> Faults:
    for name in names:
        if name not in columns:
            yield key, f"这里能用的数据表里没有{name}"
        elif columns[name].type not in types:
            yield key, f"{name}（{columns[name].label}）填的不是{_WHAT[types]}"


def _kind_faults(standard: Standard) -> Faults:
    kinds = {name: kind for name, kind in schema().kinds.items() if kind.stages}
    weights = standard.split.kind_weights
    for key, names in (("scope.kinds", standard.scope.kinds), ("split.kind_weights", weights)):
        yield from ((key, f"没有{name}这种分学段的学校") for name in names if name not in kinds)
    for name, own in weights.items():
        if set(own) != set(kinds[name].stages):
            needed = "、".join(kinds[name].stages)
            yield f"split.kind_weights.{name}", f"{kinds[name].label}的权重要正好有{needed}"


def _indicator_faults(key: str, indicator: Indicator, columns: Columns) -> Faults:
    if indicator.key in SECTION:
        yield f"{key}.key", f"{indicator.key}是学段部分自己的列名，请换一个"
    sums = [(f"{key}.sum", indicator.sum)]
    for n, relaxed in enumerate(indicator.relaxed, 1):
        sums.append((f"{key}.relaxed.{nth(n)}.add", relaxed.add))
        yield from _when_faults(f"{key}.relaxed.{nth(n)}.when", relaxed.when, columns)
    for place, by_stage in sums:
        for stage, terms in by_stage.items():
            names = [term.removeprefix("-") for term in terms]
            yield from _column_faults(f"{place}.{stage}", columns, names, AMOUNT)
            for reason in _share_faults([columns[name] for name in names], stage, indicator.split):
                yield f"{place}.{stage}", reason
            yield from ((f"{place}.{stage}", reason) for reason in _negative(terms, columns))


def _share_faults(columns: Iterable[Column], stage: str, split: bool) -> Iterator[str]:
    """Columns of the other stage, and those that would be counted for both stages or cut though they are of one."""
    for column in columns:
        if column.stage not in {"", stage}:
            yield f"{column.name}（{column.label}）不是这个学段的"
        elif split and column.stage:
            yield f"{column.name}（{column.label}）按学段登记，不能分摊；split应为false"
        elif not split and not column.stage:
            yield f"{column.name}（{column.label}）是全校合计，要分摊；split应为true"


def _negative(terms: Sequence[str], columns: Columns) -> Iterator[str]:
    """Columns taken away that are no part of one added: a negative mean would make any dispersion pass."""
    wholes = [term for term in terms if not term.startswith("-")]
    for column in (columns[term[1:]] for term in terms if term.startswith("-")):
        if column.within in wholes:
            wholes.remove(column.within)
        else:
            yield f"减去的{column.name}（{column.label}）不是加上的某一列的一部分，结果可能是负数"


def _test_faults(key: str, test: Test, columns: Columns) -> Faults:
    for place in ("sum", "over"):
        names = [term.removeprefix("-") for term in getattr(test, place)]
        yield from _column_faults(f"{key}.{place}", columns, names, NUMBER)
    yes_no = len(test.sum) == 1 and not test.over and columns[test.sum[0]].type == "yes_no"
    if yes_no and (test.minimum, test.maximum) not in {(1, None), (None, 0)}:
        yield key, f"{test.sum[0]}填是或否：要“是”写minimum = 1，要“否”写maximum = 0"


def _when_faults(key: str, when: Conditions, columns: Columns) -> Faults:
    for name, condition in when.items():
        if isinstance(condition, Range):
            yield from _column_faults(f"{key}.{name}", columns, [name], NUMBER)
            continue
        yield from _column_faults(f"{key}.{name}", columns, [name], CODE)
        codes = columns[name].codes
        for code in condition:
            if code not in codes:
                yield f"{key}.{name}", f"没有{code}这个选项；有{'、'.join(codes)}"
