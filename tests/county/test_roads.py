"""Kilometres between schools: both ways, and what is no distance."""

import pandas as pd
import pytest

from balancelib.county import road_matrix


def test_road_goes_both_ways():
    found = road_matrix(
        pd.DataFrame({"from_id": ["a", "a"], "to_id": ["b", "z"], "km": [2.0, 9.0]}), ["a", "b"]
    )
    assert found.to_numpy().tolist() == [[0, 2], [2, 0]]
    with pytest.raises(ValueError, match="两个不同的路程"):
        road_matrix(pd.DataFrame({"from_id": ["a", "b"], "to_id": ["b", "a"], "km": [2.0, 3.0]}), ["a", "b"])
    with pytest.raises(ValueError, match="负数"):
        road_matrix(pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [None]}), ["a", "b"])
