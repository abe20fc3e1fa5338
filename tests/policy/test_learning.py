"""What pupils learned, by school and by area; how the sample's levels are drawn."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County
from balancelib.policy import level_shares, levels_by_area, three_faces

SCHOOLS = pd.DataFrame({"school_id": ["1", "2", "3"], "area": ["urban", "rural", "rural"]})
LEVELS = pd.DataFrame(
    [
        ("1", "primary", 2024, 10, 10, 0, 0, 0),  # an earlier year
        ("1", "primary", 2025, 40, 4, 12, 16, 8),
        ("2", "primary", 2025, 20, 5, 5, 5, 5),
        ("3", "primary", 2025, 0, 0, 0, 0, 0),
        ("3", "junior", 2024, 30, 3, 12, 9, 6),  # the junior stage's own last year
    ],
    columns=["school_id", "stage", "year", "tested", "level1", "level2", "level3", "level4"],
)
SMALL = County({"schools": SCHOOLS, "monitoring_levels": LEVELS})


def test_shares_by_hand_of_each_stage_s_last_year():
    found = level_shares(SMALL)
    assert found.loc[("1", "primary")].tolist() == [40, 0.1, 0.6]
    assert found.loc[("2", "primary")].tolist() == [20, 0.25, 0.5]
    assert found.loc[("3", "junior")].tolist() == [30, 0.1, 0.5]
    assert found.loc[("3", "primary"), ["lowest", "good"]].isna().all()
    assert len(found) == 4


def test_a_blank_is_not_nobody():
    blank = LEVELS.assign(level2=LEVELS["level2"].astype(float).where(LEVELS["school_id"] != "2"))
    blank.loc[len(blank)] = ("3", "junior", 2025, 8, 2, 2, 2, 2)  # a later year, all known
    more = pd.concat([SCHOOLS, pd.DataFrame({"school_id": ["4"], "area": ["rural"]})])
    blank.loc[len(blank)] = ("4", "primary", 2025, 10, 1, 2, 3, 4)
    found = levels_by_area(County({"schools": more, "monitoring_levels": blank}))
    # Of the country's three primary schools one is not known, one tested nobody: what is left is the fourth.
    assert found.loc[("primary", "rural")].to_dict() == {
        "tested": 10, "lowest": 0.1, "good": 0.7, "schools": 2, "unknown": 1,
    }  # fmt: skip
    assert found.loc[("junior", "rural"), "unknown"] == 0
    only = County({"schools": SCHOOLS, "monitoring_levels": blank.query("school_id == '2'")})
    assert levels_by_area(only).loc[("primary", "rural"), ["tested", "lowest", "good"]].isna().all()


def test_by_area_every_pupil_counts_once():
    found = levels_by_area(SMALL)
    assert found.loc[("primary", "rural"), ["tested", "lowest", "good", "schools"]].tolist() == [
        20,
        0.25,
        0.5,
        2,
    ]
    assert found.loc[("primary", "urban"), "good"] == 0.6


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("schools", [20, 60])
def test_the_sample_s_levels_agree_with_its_grades(seed, schools):
    tables = sample_county(seed, schools).tables
    levels, enrolment = tables["monitoring_levels"], tables["enrolment"]
    assert (levels[["level1", "level2", "level3", "level4"]].sum(axis=1) == levels["tested"]).all()
    last = enrolment[enrolment["year"] == levels["year"].max()].set_index("school_id")
    for stage, grade in (("primary", "grade4"), ("junior", "grade8")):
        of_stage = levels[levels["stage"] == stage].set_index("school_id")
        assert (of_stage["tested"] <= last[grade].reindex(of_stage.index)).all()
        assert of_stage["tested"].sum() > 0.94 * last[grade].sum()


def test_what_is_planted_is_there():
    """The largest primary school out of the seat is divided: no other large one has as many at both ends."""
    tables = sample_county(7).tables
    schools = tables["schools"].query("pupils_primary > 0 and area != 'urban' and kind != 'special'")
    largest = schools.loc[schools["pupils_primary"].idxmax(), "school_id"]
    levels = tables["monitoring_levels"].query("stage == 'primary' and tested >= 50").set_index("school_id")
    middle = (levels["level2"] + levels["level3"]) / levels["tested"]
    assert middle.idxmin() == largest
    assert np.isclose(middle[largest], 0.32, atol=0.12)


def test_faces_are_the_official_items():
    faces = three_faces(sample_county(7))
    assert faces.index.get_level_values("face").unique().tolist() == [
        "机会均等",
        "过程公平",
        "结果公平",
        "社会公平延伸",
    ]
    assert faces.loc[("机会均等", "nearby_enrolment"), "source"] == "政府保障程度第13项"
    assert faces.loc[("机会均等", "retention"), "source"] == "教育质量第1项"
    assert faces.loc[("社会公平延伸", "senior_places"), "source"] == "政府保障程度第14项"
    assert faces.loc[("结果公平", "national_monitoring"), "holds"] is None  # the report has not come
    assert faces.loc[("过程公平", "class_size"), "holds"] is False
    assert "城关镇第三小学" in faces.loc[("过程公平", "class_size"), "reason"]
