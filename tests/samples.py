"""Synthetic counties, each drawn once for all tests of a process; whoever asks gets a copy."""

from functools import lru_cache

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
