"""A real public table: primary schools by province in 2005."""

from pathlib import Path

import pandas as pd

NATION = "全国"
REMAINDER = "甘肃、青海、宁夏、新疆（合并推算）"
GIVEN = 27  # of the 31 provinces of the mainland, of which the yearbook's national row is the sum


def provinces_2005(path: str | Path) -> pd.DataFrame:
    """Primary schools by province in 2005, from the official yearbook (2005年各省小学).

    Parameters
    ----------
    path : str or Path
        The file ``provinces_2005.csv`` of the data folder: a row the nation, 27 rows provinces.

    Returns
    -------
    DataFrame
        Index ``province``: 27 provinces as in the table, then the four that it lacks, as one. ``schools``, ``new_entrants``, ``students``, ``graduates``, ``staff``,
        ``fulltime_teachers``, all counts; ``computed``: whether the row was not in the table.

    Raises
    ------
    ValueError
        The table is not the one that it should be: a province twice, not 27 of them, or provinces that hold more than the nation.

    Notes
    -----
    The last row is the national row less the 27. What differs among the four is hidden in it, so that every inequality between provinces is a little
    larger than what is computed here. Source: the official statistical yearbook of education, 2005, as copied by others; the page was not seen.
    """
    table = pd.read_csv(path, index_col="province")
    given = table.drop(NATION, errors="ignore")
    if len(table) - len(given) != 1 or given.index.nunique() != len(given) or len(given) != GIVEN:
        raise ValueError("应有27个省各一行、全国一行，没有重复：请用原来的provinces_2005.csv")
    remainder = table.loc[NATION] - given.sum()
    if (remainder <= 0).any():
        raise ValueError("各省加起来不少于全国：请用原来的provinces_2005.csv")
    return (
        pd.concat([given, remainder.to_frame(REMAINDER).T])
        .rename_axis("province")
        .assign(computed=lambda t: t.index == REMAINDER)
    )
