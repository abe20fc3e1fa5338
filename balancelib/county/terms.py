"""What a standard's file says of columns: signed sums of them, and conditions on them."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from balancelib.county.schema import Column, schema
from balancelib.standards import StandardError
from balancelib.standards.model import PARTS, Conditions, Range, Standard

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


def check_fields(standard: Standard) -> None:
    """Refuse a standard that names a column or kind of school that no table has."""
    school = {c.name for name in ("schools", "school_items") for c in schema().table(name).columns} | set(
        COMPUTED
    )
    county = set(schema().table("county_items").names)
    for key, names, known in _named(standard, school, county):
        for name in names:
            if name.removeprefix("-") not in known:
                raise StandardError(standard.key, key, f"数据表里没有{name}")


def _named(
    standard: Standard, school: set[str], county: set[str]
) -> Iterator[tuple[str, Iterable[str], set[str]]]:
    kinds = set(schema().kinds)
    yield "scope.kinds", standard.scope.kinds, kinds
    yield "split.kind_weights", standard.split.kind_weights, kinds
    for indicator in standard.indicators:
        key = f"indicators.{indicator.key}"
        for terms in indicator.sum.values():
            yield f"{key}.sum", terms, school
        for relaxed in indicator.relaxed:
            yield f"{key}.relaxed.when", relaxed.when, school
            for terms in relaxed.add.values():
                yield f"{key}.relaxed.add", terms, school
    for name in PARTS:
        part = getattr(standard, name)
        for item in part.items if part else ():
            for test in item.tests:
                key = f"{name}.items.{item.key}.tests"
                per_school = test.each_school or test.rooms
                yield key, (*test.sum, *test.over), school if per_school else county
                yield f"{key}.when", (*test.when, *((test.rooms,) if test.rooms else ())), school
                for relaxed in test.relaxed:
                    yield f"{key}.relaxed.when", relaxed.when, school
