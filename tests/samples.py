"""Synthetic counties, each drawn once for all tests of a process; whoever asks gets a copy."""

from functools import lru_cache

import pandas as pd

from balancelib.county import County
from balancelib.county import sample_county as draw
from balancelib.county.schema import schema

drawn = lru_cache(maxsize=16)(draw)
FEW = 100  # rows


def sample_county(seed: int = 7, schools: int = 60) -> County:
    """Return the county that `balancelib.county.sample_county` draws."""
    return County({name: table.copy() for name, table in drawn(seed, schools).tables.items()})


def short_county(seed: int = 7, schools: int = 60) -> County:
    """Return the county with the first rows alone of the tables that have a row a pupil or a lesson: a workbook is written faster."""
    long = {table.name for table in schema().tables if table.long}
    tables = sample_county(seed, schools).tables
    return County({name: table.head(FEW) if name in long else table for name, table in tables.items()})


def two_counties() -> dict[str, pd.DataFrame]:
    """Return the tables of two counties in one, each a `short_county`, each school's and person's code led by its county's."""
    frames = {}
    for code, seed in (("H01", 7), ("H02", 8)):
        for name, frame in short_county(seed).tables.items():
            ids = [c.name for c in schema().table(name).columns if c.identifies and c.name in frame]
            own = {column: code + frame[column] for column in ids}
            own |= {"county_id": code} if "county_id" in frame else {}
            frames.setdefault(name, []).append(frame.assign(**own))
    return {name: pd.concat(both, ignore_index=True) for name, both in frames.items()}
