"""One county's tables out of the data of several."""

from dataclasses import replace

import pandas as pd

from balancelib.county.schema import schema
from balancelib.county.tables import County


def one_county(county: County, county_id: str | None) -> County:
    """Return the data of one of several counties; all of it where ``county_id`` is None.

    What was found odd stays as a whole, and so does the SHA-256: they are of the input.
    """
    if county_id is None:
        return county
    schools = county.schools[county.schools["county_id"] == county_id]
    ids = set(schools["school_id"])
    tables = {name: _of(name, frame, county_id, ids) for name, frame in county.tables.items()}
    return replace(county, tables=tables | {"schools": schools.reset_index(drop=True)})


def _of(name: str, frame: pd.DataFrame, county_id: str, ids: set[str]) -> pd.DataFrame:
    """Rows of a table that are this county's, or say nothing of whose they are."""
    kept = pd.Series(True, index=frame.index)
    for column in schema().table(name).references:
        kept &= frame[column.name].isin(ids)
    if "county_id" in frame:
        kept &= frame["county_id"].isna() | (frame["county_id"] == county_id)
    return frame[kept].reset_index(drop=True)
