"""What a further table says of a school against the table of schools; what must agree stands in ``crosschecks.toml``."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed, by_school, each
from balancelib.county.schema import Column, schema
from balancelib.text import number


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of a school's rows, added up, that must equal its numbers in the table of schools, or not be above them."""

    table: str
    amount: tuple[str, ...]
    of: tuple[str, ...]
    at: str = "school_id"
    times: bool = False
    where: dict[str, tuple[str, ...]] = {}
    latest: bool = False
    scale: float = 1
    at_most: bool = False
    tolerance: float = 1e-9
    label: str = ""
    severity: Literal["fault", "warning"] = "fault"
    action: str = "部分不能大于全部，请核对这两个数"


@functools.cache
def checks() -> tuple[Check, ...]:
    """Return all checks, read once."""
    content = Path(__file__).with_name("crosschecks.toml").read_bytes()
    return msgspec.toml.decode(content, type=dict[str, tuple[Check, ...]])["checks"]


def disagreements(parsed: Parsed, schools: pd.DataFrame) -> Iterator[Fault]:
    """Find where a table and the table of schools disagree: at a school's first row that counts, once a check.

    A school that is not in both is passed over, and so is one with a number that is blank or was refused.
    """
    for check in checks():
        if check.table == parsed.table.name:
            yield from _disagreement(check, parsed, schools)


def _disagreement(check: Check, parsed: Parsed, schools: pd.DataFrame) -> Iterator[Fault]:
    ids = parsed.frame["school_id"].where(_counts(check, parsed.frame))
    given = by_school(schools, ids)[list(check.of)].sum(axis=1, min_count=1).to_numpy()
    found = _totals(check, parsed, ids)
    first = ids.notna() & ~ids.duplicated()
    if check.at_most:
        wrong = found > given
    else:
        wrong = np.abs(found - given) > check.tolerance * np.maximum(np.abs(given), 1e-9)
    columns = [schema().table("schools").column(name) for name in check.of]
    reasons = {i: _reason(check, columns, found[i], given[i]) for i in np.flatnonzero(first & wrong)}
    yield from each(parsed, first & wrong, check.at, reasons, check.action, check.severity)


def _counts(check: Check, frame: pd.DataFrame) -> pd.Series:
    """Return which rows a check looks at: all, or those of the last year."""
    return frame["year"] == frame["year"].max() if check.latest else pd.Series(True, frame.index)


def _totals(check: Check, parsed: Parsed, ids: pd.Series) -> np.ndarray:
    """Add up the numbers of each school; not a number where one of them is not sure."""
    numbers = parsed.frame[list(check.amount)]
    amount = numbers.prod(axis=1, skipna=False) if check.times else numbers.sum(axis=1, min_count=1)
    for name, codes in check.where.items():
        amount = amount.where(parsed.frame[name].isin(codes), 0.0)
    used = {*check.amount, *check.where}
    amount.iloc[[i for i, name in parsed.refused if name in used] + sorted(parsed.shifted)] = np.nan
    by_id = amount.groupby(ids)
    return (
        (by_id.transform("sum") * check.scale)
        .where(by_id.transform("count") == by_id.transform("size"))
        .to_numpy()
    )


def _reason(check: Check, columns: list[Column], found: float, given: float) -> str:
    labels = "加".join(f"“{column.label}”" for column in columns)
    unit = columns[0].unit
    if check.at_most:
        return f"大于“学校”表{labels}的{number(given)}"
    apart = f"，相差{abs(found - given) / given:.1%}" if given else ""
    return f"这所学校{check.label}合计{number(round(found, 2))}{unit}，与“学校”表{labels}的{number(given)}{unit}不符{apart}"
