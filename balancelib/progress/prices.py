"""What is done about each indicator, by which office and at what price: data of a plan."""

from pathlib import Path
from typing import Annotated

import msgspec
import pandas as pd
from msgspec import Meta, Struct

from balancelib.toml import Key, Text, TomlError, convert, parse

MEASURES = Path(__file__).with_name("plan.toml")
OPERATOR = "举办者"  # who leads and pays in a private school
Price = Annotated[float, Meta(ge=0, le=1e8)]  # 万元


class MeasuresError(TomlError):
    """A file of measures is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "计划措施文件"


class Measure(Struct, frozen=True, forbid_unknown_fields=True):
    """What is done about an indicator: by which office, what one unit costs in 万元, once and in each year from then on; ``lump``: all of a school in one year."""

    indicator: Key
    measure: Text
    owner: Text
    unit: Text
    scale: Annotated[float, Meta(gt=0)] = 1.0
    whole: bool = False
    lump: bool = False
    once: Price = 0.0
    yearly: Price = 0.0


class _File(Struct, forbid_unknown_fields=True):
    measures: Annotated[tuple[Measure, ...], Meta(min_length=1)]


def load_measures(path: str | Path = MEASURES) -> pd.DataFrame:
    """Read what is done about each indicator, by whom and at what price (措施、牵头、单价).

    Returns
    -------
    DataFrame
        By ``indicator``: ``measure, owner, unit, scale, whole, lump, once, yearly``; prices in 万元 a unit.

    Raises
    ------
    MeasuresError
        The file is missing or malformed, or names an indicator twice.
    """
    path = Path(path)
    found = convert(
        parse(path, MeasuresError, "没有这个文件；不写就用随程序附的"), _File, path.name, MeasuresError
    )
    table = pd.DataFrame(map(msgspec.structs.asdict, found.measures)).set_index("indicator")
    if (twice := table.index[table.index.duplicated()]).size:
        raise MeasuresError(path.name, f"measures.{twice[0]}", "写了两遍，请只留一个")
    return table


def private_costs(schools: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return the prices of private schools: nothing to the county, for their operators pay (民办学校由举办者出钱).

    Parameters
    ----------
    schools : DataFrame
        The county's, with ``operator``.
    measures : DataFrame
        As `load_measures` returns them.

    Returns
    -------
    DataFrame
        The ``costs`` of `make_plan`: ``school_id, stage, indicator, owner, once, yearly``.
    """
    private = schools.loc[schools["operator"] == "private", ["school_id"]]
    what = pd.MultiIndex.from_product([("primary", "junior"), measures.index], names=["stage", "indicator"])
    return private.merge(what.to_frame(index=False), how="cross").assign(owner=OPERATOR, once=0.0, yearly=0.0)
