"""One county of a file that holds several."""

import dataclasses

import pandas as pd

from balancelib.county.schema import Table, schema
from balancelib.county.tables import County


def only(county: County, county_id: str | None) -> County:
    """Return the data of one county; all of it where ``county_id`` is None.

    Rows of a table that names schools are those of the county's schools, others those of the county's code or of none.
    """
    if county_id is None:
        return county
    schools = county.schools[county.schools["county_id"] == county_id]
    ids = set(schools["school_id"])
    tables = {
        name: _rows(schema().table(name), frame, county_id, ids) for name, frame in county.tables.items()
    }
    kept = {name: frame.reset_index(drop=True) for name, frame in tables.items() if len(frame)}
    return dataclasses.replace(county, tables=kept)


def _rows(table: Table, frame: pd.DataFrame, county_id: str, ids: set[str]) -> pd.DataFrame:
    if table.references:
        return frame[frame[[column.name for column in table.references]].isin(ids).all(axis=1)]
    coded = frame["county_id"]
    return frame[(coded == county_id) | (coded.isna() & (table.name != "schools"))]


def county_values(county: County) -> dict[str, float]:
    """Return the items that one county filled in, by machine name; its own before those of no county's code."""
    frame = county.tables.get("county_items")
    if frame is None:
        return {}
    rows = (
        frame.sort_values("county_id", na_position="first", kind="stable")
        .drop(columns="county_id")
        .to_dict("records")
    )
    return {name: value for row in rows for name, value in row.items() if not pd.isna(value)}
