"""A county's data: what its tables are, reading and checking them, and the indicators of its schools."""

from typing import Any

from balancelib.county.dictionary import dictionary, in_chinese
from balancelib.county.faults import Fault, InputError, faults_table
from balancelib.county.indicators import indicators, stage_sections
from balancelib.county.lacking import Lacking, MissingTable
from balancelib.county.opened import open_county, use_county
from balancelib.county.roads import road_matrix
from balancelib.county.tables import County, read_county

__all__ = [
    "County", "Fault", "InputError", "Lacking", "MissingTable", "dictionary", "faults_table", "in_chinese", "indicators",
    "open_county", "read_county", "road_matrix", "sample_county", "sample_province", "stage_sections", "use_county",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the synthetic counties where one is drawn: SciPy, which they need, takes as long as much of the rest."""
    if name not in ("sample_county", "sample_province"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from balancelib.county import sample  # noqa: PLC0415

    return getattr(sample, name)
