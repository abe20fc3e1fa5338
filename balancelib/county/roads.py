"""Kilometres by road between the schools of a county."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from balancelib.county.lacking import Lacking


def road_matrix(distances: pd.DataFrame, schools: Collection[str]) -> pd.DataFrame:
    """Kilometres between schools, both ways, from pairs that stand once (校际路程矩阵).

    Parameters
    ----------
    distances : DataFrame
        Table ``distances``: ``from_id``, ``to_id``, ``km``.
    schools : collection of str
        Codes of the schools, in the order of rows and columns.

    Returns
    -------
    DataFrame
        A row and a column a school: 0 to itself, infinite where the table has no pair (further than it reaches).

    Raises
    ------
    Lacking
        A pair with two different distances, or one that is blank or negative.

    Examples
    --------
    >>> pairs = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [3.5]})
    >>> road_matrix(pairs, ["b", "a", "c"]).to_numpy().tolist()
    [[0.0, 3.5, inf], [3.5, 0.0, inf], [inf, inf, 0.0]]
    """
    places = pd.Index(schools)
    if not (distances["km"] >= 0).all():
        raise Lacking("校际路程里有空白或负数")
    back = distances.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    pairs = pd.concat([distances, back])[["from_id", "to_id", "km"]].drop_duplicates()
    if (double := pairs.duplicated(["from_id", "to_id"])).any():
        first = pairs[double].iloc[0]
        raise Lacking(f"学校{first['from_id']}和{first['to_id']}之间有两个不同的路程")
    matrix = np.full((len(places), len(places)), np.inf)
    known = pairs[pairs["from_id"].isin(places) & pairs["to_id"].isin(places)]
    matrix[places.get_indexer(known["from_id"]), places.get_indexer(known["to_id"])] = known["km"]
    np.fill_diagonal(matrix, 0)
    return pd.DataFrame(matrix, index=places, columns=places)
