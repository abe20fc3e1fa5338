"""One county of a file that holds several."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from balancelib.county.schema import Table, schema
from balancelib.county.tables import County


def only(county: County, county_id: str | None) -> County:
    """Return the data of one county; all of it where ``county_id`` is None.

    Rows that must name a school, a teacher or a studio are those whose is the county's; others those of the county's code or of
    none. A table that has neither, such as the courses of training, is every county's.
    """
    if county_id is None:
        return county
    kept: dict[str, pd.DataFrame] = {}
    for table in schema().tables:  # a table stands behind those that it refers to
        if table.name in county.tables:
            rows = _rows(table, county.tables[table.name], county_id, kept)
            if len(rows):
                kept[table.name] = rows.reset_index(drop=True)
    return dataclasses.replace(county, tables=kept)


def _rows(
    table: Table, frame: pd.DataFrame, county_id: str, kept: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    if named := [column for column in table.references if column.needed == "always"]:
        here = [frame[column.name].isin(_keys(kept, column.refers)) for column in named]
        return frame[np.logical_and.reduce(here)]
    if "county_id" not in frame:
        return frame
    coded = frame["county_id"]
    return frame[(coded == county_id) | (coded.isna() & (table.name != "schools"))]


def _keys(kept: Mapping[str, pd.DataFrame], name: str) -> pd.Series | list[str]:
    (key,) = schema().table(name).key
    return kept[name][key] if name in kept else []


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
