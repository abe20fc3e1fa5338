"""The map of an alliance and its explorer: what they say is in the tables that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def square(km, names="abcdefgh"):
    names = list(names[: len(km)])
    return pd.DataFrame(km, index=names, columns=names, dtype=float)


def test_places_on_a_plane_are_found_again():
    points = np.array([[0, 0], [3, 0], [0, 4], [7, 1.5], [2, 9]])
    km = squareform(pdist(points))
    found = figures.road_layout(square(km))
    assert squareform(pdist(found)) == pytest.approx(km)


def test_a_way_by_another_school_counts_where_no_distance_is_known():
    far = np.inf
    found = figures.road_layout(
        square([[0, 3, far, far], [3, 0, 4, far], [far, 4, 0, far], [far, far, far, 0]])
    )
    assert abs(found.loc["a", "x"] - found.loc["c", "x"]) == pytest.approx(7)
    assert found.loc["d"].isna().all()
    assert found.index.tolist() == list("abcd")


def test_who_is_apart_is_left_out_wherever_it_stands():
    far = np.inf
    found = figures.road_layout(square([[0, far, far], [far, 0, 4], [far, 4, 0]]))
    assert found.loc["a"].isna().all()
    assert abs(found.loc["b", "x"] - found.loc["c", "x"]) == pytest.approx(4)
    pairs = square([[0, far, 3, far], [far, 0, far, 5], [3, far, 0, far], [far, 5, far, 0]])
    for order in ("abcd", "dbca"):  # of two sets of two that of the lowest code
        found = figures.road_layout(pairs.loc[list(order), list(order)])
        assert found["x"].notna().to_dict() == {"a": True, "b": False, "c": True, "d": False}


def test_two_schools_at_one_place():
    found = figures.road_layout(square([[0, 0, 5], [0, 0, 5], [5, 5, 0]]))
    assert found.loc["a"].to_numpy() == pytest.approx(found.loc["b"].to_numpy(), abs=1e-6)


def test_the_map_says_who_is_paired_with_whom():
    km = square([[0, 3, 7, 6], [3, 0, 4, 5], [7, 4, 0, 2], [6, 5, 2, 0]])
    names = pd.Series(["甲校", "乙校", "丙校", "丁校"], index=list("abcd"))
    axes = figures.alliance_map(km, names, pd.Series({"a": "b"}), ["d"])
    assert (
        axes.figure.alternative_text
        == "结对图，1所弱校有伙伴。乙校带甲校。最远的一对3.0公里。没有伙伴的1所：丁校。"
    )
    assert [text.get_text() for text in axes.texts] == ["丁校"]
    assert len(axes.lines) == 1
    said = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert said == ["强校（1所）", "有伙伴的弱校（1所）", "没有伙伴的弱校（1所）"]


def test_schools_that_crowd_are_drawn_once_more_larger():
    places = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 1], [40, 0], [42, 30]])
    km = square(squareform(pdist(places)))
    names = pd.Series(dict.fromkeys("abcdefgh", "某校"))
    axes = figures.alliance_map(km, names, pd.Series({"a": "b", "c": "d", "e": "f", "g": "h"}))
    whole, enlarged = axes.figure.axes
    assert whole is axes
    at = figures.road_layout(km)
    (left, right), (low, high) = enlarged.get_xlim(), enlarged.get_ylim()
    inside = at["x"].between(left, right) & at["y"].between(low, high)
    assert "".join(at.index[inside]) == "abcdef"
    assert right - left < 4
    few = figures.alliance_map(km.loc[list("abgh"), list("abgh")], names, pd.Series({"a": "b", "g": "h"}))
    assert len(few.figure.axes) == 1


def test_a_map_without_a_pair():
    km = square([[0, 3], [3, 0]])
    names = pd.Series(["甲校", "乙校"], index=list("ab"))
    axes = figures.alliance_map(km, names, pd.Series(dtype=object), ["b"])
    assert axes.figure.alternative_text == "结对图，0所弱校有伙伴。没有伙伴的1所：乙校。"


OUTCOMES = pd.DataFrame(
    {
        "within": [10, 10, 20, 20],
        "most": [1, 2, 1, 2],
        "paired": [1, 2, 2, 3],
        "left": [("甲校", "乙校"), ("乙校",), ("乙校",), ()],
        "need_left": [70.5, 20, 20, 0],
        "km": [4, 9, 16, 21.5],
        "longest": [4, 5, 12, 12],
    }
)


def test_every_position_says_who_is_left():
    states = figures.explore_alliances(OUTCOMES).all_states()
    assert states[0].rows == [["甲校"], ["乙校"]]
    assert states[0].sentence == (
        "最远10公里，每所强校最多带1所：1所有伙伴，2所没有，没有伙伴的一共差70.5个百分点；路程合计4.0公里，最远的一对4.0公里。"
    )
    assert states[3].rows == [["一所也没有"]]
    assert {state.panels[0].top for state in states} == {3}
    assert {state.panels[2].top for state in states} == {21.5}
    assert "没有伙伴2所" in states[0].alternative_text


def test_a_position_without_a_row_is_refused():
    with pytest.raises(ValueError, match="各一行"):
        figures.explore_alliances(OUTCOMES.iloc[:3])
