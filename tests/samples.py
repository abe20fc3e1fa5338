"""Synthetic counties, each drawn once for all tests of a process; whoever asks gets a copy."""

from functools import lru_cache

from balancelib.county import County
from balancelib.county import sample_county as draw

drawn = lru_cache(maxsize=16)(draw)


def sample_county(seed: int = 7, schools: int = 60) -> County:
    """Return the county that `balancelib.county.sample_county` draws."""
    return County({name: table.copy() for name, table in drawn(seed, schools).tables.items()})
