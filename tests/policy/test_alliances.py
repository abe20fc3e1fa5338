"""Who is weak and who can send: schools worked out by hand."""

import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.policy import alliance_roles

# Thresholds of the primary stage (教督〔2017〕6号): 4.2, 1 and 0.9 teachers for 100 pupils.
TEACHERS = ("qualified_primary", "backbone_primary", "pe_arts_primary")


def county(**schools):
    """Primary schools: name = (pupils, qualified, backbone, pe and arts)."""
    rows = [
        {"school_id": name, "name": f"{name}校", "kind": "primary", "operator": "public", "area": "rural", "township": "甲乡",
         "pupils_primary": pupils, "teachers_primary": 99} | dict(zip(TEACHERS, teachers, strict=True))
        for name, (pupils, *teachers) in schools.items()
    ]  # fmt: skip
    return County({"schools": pd.DataFrame(rows).reindex(columns=schema().table("schools").names)})


def test_roles_by_hand():
    found = alliance_roles(
        county(
            a=(100, 5, 0, 0),  # 0.8 above, 1 short of 1, 1 short of 0.9
            b=(
                1000,
                42,
                12,
                9,
            ),  # exactly 42, 2 above 10, exactly 9: can send backbone teachers who count in nothing else
            c=(1000, 60, 10, 9),  # more qualified teachers than it needs, but nobody lacks these most
            d=(200, 9, 1, 3),  # half of 2 backbone teachers
        ),
        "primary",
    )
    balance = found[["qualified_teachers", "backbone_teachers", "pe_arts_teachers"]]
    assert balance.to_numpy().tolist() == [[0, -1, -1], [0, 2, 0], [18, 0, 0], [0, -1, 1]]
    assert found["role"].tolist() == ["weak", "strong", "", "weak"]
    assert found["need"].tolist() == pytest.approx([200, 0, 0, 50])
    assert found["lacks"].tolist() == ["backbone_teachers", "", "", "backbone_teachers"]
    assert found.loc["a", ["name", "area", "township", "pupils"]].tolist() == ["a校", "rural", "甲乡", 100]


def test_only_the_indicators_that_are_asked_for():
    schools = county(a=(100, 5, 0, 1), b=(100, 9, 2, 0))
    found = alliance_roles(schools, "primary", indicators=["pe_arts_teachers"])
    # 1 of 0.9 is enough for itself, and nothing whole is above it.
    assert found["role"].tolist() == ["", "weak"]
    assert "backbone_teachers" not in found


def test_what_cannot_be_sent_is_refused():
    with pytest.raises(ValueError, match="派不出去"):
        alliance_roles(county(a=(100, 5, 1, 1)), "primary", indicators=["teaching_area"])
    with pytest.raises(ValueError, match="分不出谁强谁弱"):
        alliance_roles(county(a=(100, 5, 1, 1)), "primary", "basic-2012", indicators=["qualified_teachers"])


def test_what_is_lacking_is_said():
    two = county(a=(100, 5, 1, 1), b=(100, 5, 1, 1))
    two.schools["county_id"] = ["990001", "990002"]
    with pytest.raises(Lacking, match="有几个县，一次只看一个县"):
        alliance_roles(two, "primary")
    with pytest.raises(Lacking, match="初中"):
        alliance_roles(county(a=(100, 5, 1, 1)), "junior")
    with pytest.raises(Lacking, match="空白：b校"):
        alliance_roles(county(a=(100, 5, 1, 1), b=(100, None, 1, 1)), "primary")


def test_the_roles_of_the_sample():
    found = alliance_roles(sample_county(7), "primary")
    third = found[found["name"] == "城关镇第三小学"].iloc[0]  # 1,016 pupils need 10.16; it has 42
    assert (third["backbone_teachers"], third["role"]) == (31, "strong")
    assert found.index.is_monotonic_increasing
