"""What an inspector looks at in a school (检查单): the official items that can be seen there, and which schools are drawn.

What an item asks stands in the standard; how to look at it and what shows it, in ``checklist.toml``.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib import toml
from balancelib.county import County, Lacking
from balancelib.county.indicators import compulsory_schools
from balancelib.county.schema import Column, schema
from balancelib.county.terms import field_named, holds
from balancelib.standards import Indicator, Item, Standard, load_standard
from balancelib.standards.model import PARTS, Conditions
from balancelib.text import number
from balancelib.toml import Key, Text, TomlError

COUNTED = "资源（报的数和现场一致）"
NOT_FILLED = "没有填"


class _Look(Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    short: Text
    look: Text
    evidence: Text
    when: Conditions = {}


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    items: tuple[_Look, ...]


class CheckItem(NamedTuple):
    """One thing that an inspector looks at.

    Attributes
    ----------
    key : str
        Code of the item: its key in the standard.
    part, label : str
        Where the standard has it, and what it asks there.
    short : str
        What it is called in lists.
    look, evidence : str
        How to look at it, and what shows that it is met.
    columns : tuple of str
        The school's own numbers that it is about.
    when : dict
        Of which schools it is asked; of all where empty.
    """

    key: str
    part: str
    label: str
    short: str
    look: str
    evidence: str
    columns: tuple[str, ...]
    when: Conditions


@cache
def check_items(standard: str = "quality-2017") -> dict[str, CheckItem]:
    """Return what an inspector looks at in a school, by code, in the order of the sheet.

    Parameters
    ----------
    standard : str
        By which the items are named.

    Raises
    ------
    ChecklistError
        ``checklist.toml`` names an item that the standard does not have.
    """
    path = Path(__file__).with_name("checklist.toml")
    data = toml.parse(path, ChecklistError, "找不到检查单")
    found = toml.convert(data, _File, path.name, ChecklistError)
    known = dict(_known(load_standard(standard)))
    if lost := [item.key for item in found.items if item.key not in known]:
        raise ChecklistError(path.name, lost[0], f"标准{standard}里没有这一项")
    return {
        item.key: CheckItem(
            item.key,
            *known[item.key][:2],
            item.short,
            item.look,
            item.evidence,
            known[item.key][2],
            item.when,
        )
        for item in found.items
    }


class ChecklistError(TomlError):
    """``checklist.toml`` is malformed."""

    called = "检查单"


def _known(standard: Standard) -> Iterator[tuple[str, tuple[str, str, tuple[str, ...]]]]:
    """Every item of the standard by key: its part, what it asks, the schools' columns that it is about."""
    for indicator in standard.indicators:
        yield indicator.key, (COUNTED, indicator.label, _of_indicator(indicator))
    for part in filter(None, (getattr(standard, name) for name in PARTS)):
        for item in part.items:
            yield item.key, (part.title, item.label, _of_item(item))


def _of_indicator(indicator: Indicator) -> tuple[str, ...]:
    terms = (term.removeprefix("-") for stage in indicator.sum.values() for term in stage)
    return tuple(dict.fromkeys(terms))


def _of_item(item: Item) -> tuple[str, ...]:
    terms = [
        term.removeprefix("-")
        for test in item.tests
        if test.each_school or test.rooms
        for term in (*test.sum, *filter(None, [test.rooms]))
    ]
    return tuple(dict.fromkeys(terms))


def draw_schools(county: County, n: int, seed: int) -> pd.DataFrame:
    """Draw schools to be visited: from a list in order of area and kind, every so manieth, from a random start.

    Each school has the same chance, n of N, and every area and kind gets its share but for one (systematic sampling; Cochran, *Sampling
    Techniques*, 3rd ed., 1977, chapter 8). Same county, same seed, same schools, whatever the order of the rows.

    Parameters
    ----------
    county : County
        One county.
    n : int
        How many schools.
    seed : int
        Of the draw; write it down, so that anybody can draw them again.

    Returns
    -------
    DataFrame
        The schools drawn, with their other items, by ``school_id``.

    Raises
    ------
    Lacking
        There are not so many schools, or n is less than 1.
    """
    schools = compulsory_schools(county)
    if not 1 <= n <= len(schools):
        raise Lacking(f"要抽{n}所学校，有义务教育学生的学校是{len(schools)}所：请给1到{len(schools)}之间的数")
    codes = {name: list(schema().table("schools").column(name).codes) for name in ("area", "kind")}
    at = np.floor((np.arange(n) + random_start(seed)) * len(schools) / n).astype(int)
    ranks = {name: schools[name].map(listed.index) for name, listed in codes.items()}
    order = schools.assign(**ranks).sort_values([*codes, "school_id"]).index
    return schools.loc[order[at]].sort_values("school_id").reset_index(drop=True)


def random_start(seed: int) -> float:
    """Return where in the first of equal parts of the list the draw begins, from 0 to 1."""
    return float(np.random.default_rng(seed).random())


def asked_of(school: pd.Series, standard: str = "quality-2017") -> list[CheckItem]:
    """Return the items that are asked of a school.

    Parameters
    ----------
    school : Series
        A row of `draw_schools`.
    """
    row = school.to_frame().T
    return [item for item in check_items(standard).values() if bool(holds(row, item.when)[0])]


def reported(school: pd.Series, item: CheckItem) -> str:
    """Return the numbers that a school reported of an item, in words; empty where it reports none.

    Of a stage that the school does not have nothing is said; a blank of one that it has is said to be one.
    """
    return "；".join(
        _said(school, field_named(name)) for name in item.columns if _applies(school, field_named(name))
    )


def _applies(school: pd.Series, column: Column) -> bool:
    return not column.stage or float(school[f"pupils_{column.stage}"] or 0) > 0


def _said(school: pd.Series, column: Column) -> str:
    value = school.get(column.name)
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return f"{column.label}{NOT_FILLED}"
    if column.type == "areas":
        return f"{column.label}{'、'.join(map(number, value)) or '0'}{column.unit}"
    if column.type == "yes_no":
        return f"{column.label}：{'是' if value else '否'}"
    return f"{column.label}{number(round(float(value), 2))}{column.unit}"
