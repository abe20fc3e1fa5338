"""The synthetic county: the same from the same seed, and like a county."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from balancelib.assess import assess
from balancelib.county import indicators, read_county, sample_county
from balancelib.county.schema import schema
from balancelib.county.write import write_csv

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
@example(seed=3355, schools=20)  # all nine-year schools are rural
def test_every_seed_gives_a_county_with_every_kind_of_school(seed, schools):
    frame = sample_county(seed, schools).schools
    assert len(frame) == schools
    assert set(frame["kind"]) == set(schema().kinds)
    assert frame["school_id"].is_unique
    assert frame["name"].is_unique
    assert "private" in set(frame["operator"])
    points = frame.loc[frame["kind"] == "teaching_point", "pupils_primary"]
    assert (points < 50).any()
    assert (points >= 50).any()


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_every_county_is_free_of_faults_and_not_yet_balanced(seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    write_csv(sample_county(seed).tables, folder)
    verdict = assess(read_county(folder))
    assert verdict.meets is False
    sections = verdict.sections
    for stage in ("primary", "junior"):
        here = sections[sections["stage"] == stage]
        assert here["knife_edge"].any(), stage
        assert here["meets"].any(), stage
        assert not here["meets"].all(), stage


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_largest_classes_are_possible(seed, schools):
    """Each school with pupils of compulsory education has its row; its largest class fits its pupils and classes."""
    county = sample_county(seed, schools)
    items = county.tables["school_items"]
    attended = county.schools[["pupils_primary", "pupils_junior"]].sum(axis=1) > 0
    assert list(items["school_id"]) == list(county.schools["school_id"][attended])
    assert "special" in set(county.schools["kind"][attended])
    whole = county.schools.merge(items, on="school_id")
    for stage in ("primary", "junior"):
        here = whole[whole[f"pupils_{stage}"] > 0]
        pupils, classes, largest = (
            here[f"{name}_{stage}"] for name in ("pupils", "classes", "largest_class")
        )
        assert (largest * classes >= pupils).all()
        assert (largest + classes - 1 <= pupils).all()
        assert whole[f"largest_class_{stage}"].notna().equals(whole[f"pupils_{stage}"].notna())
    assert (whole["rooms_year"] >= whole["year_built"]).all()


def test_the_course_county_shows_each_kind_of_trouble():
    verdict = assess(sample_county(7))
    primary = verdict.stages["primary"].cv_meets
    assert [key for key, meets in primary.items() if not meets] == ["backbone_teachers"]
    assert all(verdict.stages["junior"].cv_meets.values())
    failing = [i.item.key for i in verdict.parts["government"].items if i.meets is False]
    assert failing == ["music_art_rooms", "class_size", "exchange"]
    assert verdict.parts["quality"].meets is None
    assert verdict.parts["veto"].meets is True


def test_town_and_country_differ_as_in_the_statistics():
    """Over ten counties: crowded town schools with more backbone teachers, small rural ones with more room."""
    frames = []
    for seed in range(10):
        county = sample_county(seed)
        frames.append(indicators(county).merge(county.schools[["school_id", "area"]], on="school_id"))
    whole = pd.concat(frames)
    whole = whole[whole["stage"] == "primary"]
    mean = {
        area: np.average(group[["backbone_teachers", "teaching_area", "sports_area"]], weights=group["pupils"], axis=0)
        for area, group in whole.groupby("area")
    }  # fmt: skip
    assert mean["urban"][0] > mean["town"][0] > mean["rural"][0]
    assert mean["urban"][1] < mean["town"][1] < mean["rural"][1]
    assert mean["urban"][2] < mean["town"][2] < mean["rural"][2]


def test_levels_are_near_the_national_ones():
    """2021: 5.1 m² of rooms, 8.2 m² of grounds, 2,285 元 of equipment a pupil; about 6.1 qualified teachers a hundred."""
    whole = pd.concat([indicators(sample_county(seed)) for seed in range(10)])
    primary = whole[whole["stage"] == "primary"]
    national = {"teaching_area": 5.1, "sports_area": 8.2, "equipment_value": 2285, "qualified_teachers": 6.1}
    for key, expected in national.items():
        assert np.average(primary[key], weights=primary["pupils"]) == pytest.approx(expected, rel=0.3), key


def test_the_same_seed_gives_the_same_county_in_another_process():
    code = "import hashlib; from balancelib.county import sample_county as s; t = s(3, 25).tables;"
    code += "print(hashlib.sha256(''.join(f.to_csv() for f in t.values()).encode()).hexdigest())"
    digests = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(2)}
    assert len(digests) == 1
    assert not sample_county(3, 25).schools.equals(sample_county(4, 25).schools)


def test_too_few_schools_are_refused():
    with pytest.raises(ValueError, match="20所"):
        sample_county(1, 19)
