"""The county's year (一年的循环): which step in which month, with what, by whom, and what comes of it; kept as data in ``year.toml``."""

from pathlib import Path
from typing import Annotated

import pandas as pd
from msgspec import Meta, Struct

from balancelib import toml
from balancelib.toml import Text, TomlError

EVERY = 13  # after the last month: where what is done every month stands


class YearError(TomlError):
    """A year's file is malformed."""

    called = "一年的安排"


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step: what is done, by whom and what comes of it; its month, every month where none is given; the command and the lesson, if any."""

    step: Text
    who: Text
    out: Text
    month: Annotated[int, Meta(ge=1, le=12)] | None = None
    command: str = ""
    lesson: str = ""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]


def year_steps(path: str | Path | None = None) -> tuple[Step, ...]:
    """Return the steps of a year in the order of the months, those of every month last.

    Parameters
    ----------
    path : str or Path, optional
        A county's own file; the course's ``year.toml`` if left out.

    Raises
    ------
    YearError
        The file is malformed.
    """
    path = Path(__file__).with_name("year.toml") if path is None else Path(path)
    found = toml.convert(toml.parse(path, YearError, "找不到"), _File, path.name, YearError)
    return tuple(sorted(found.steps, key=lambda step: step.month or EVERY))


def year_table(path: str | Path | None = None) -> pd.DataFrame:
    """Return the year as a table that can be printed: a row a step, by month.

    Parameters
    ----------
    path : str or Path, optional
        As for `year_steps`.
    """
    rows = [
        (f"{s.month}月" if s.month else "每月", s.step, s.who, s.command or "—", s.out)
        for s in year_steps(path)
    ]
    return pd.DataFrame(rows, columns=["月份", "做什么", "谁做", "命令", "出什么"]).set_index("月份")
