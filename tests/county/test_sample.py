"""The synthetic county: the same from the same seed, and like a county."""

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from balancelib.assess import assess
from balancelib.county import indicators, read_county, sample_county, sample_province
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
    county = read_county(folder)
    assert county.warnings == []
    verdict = assess(county)
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


LATER_ITEMS = [
    "running_cost_revenue", "land_area", "townships", "population", "rural_population", "gdp", "rural_income", "budget_revenue",
    "budget_spending", "education_spending", "left_behind_children", "survey_sent", "survey_parents_sent",
    "survey_parents_valid", "survey_parents_satisfied",
]  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "schools", "digest"),
    [
        (0, 20, "f40b08eff7ae015e"),  # a small county has no more entrants than pupils in their grade
        (7, 60, "70c4ef9a29b2f0bf"),
        (11, 40, "98390c8422d65956"),
        (2026, 300, "6330afddef1a62bb"),
    ],
)
def test_the_tables_of_a_verdict_are_as_before_there_were_others(seed, schools, digest):
    """The digests are of the generator that drew these three tables and no more."""
    tables = sample_county(seed, schools).tables
    tables["county_items"] = tables["county_items"].drop(columns=LATER_ITEMS)
    text = "".join(tables[name].to_csv(index=False) for name in ("schools", "school_items", "county_items"))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == digest


# The tables of resources


def resources(seed, schools=60):
    """The sample's tables, and its schools with pupils of compulsory education, by number."""
    tables = sample_county(seed, schools).tables
    attended = tables["schools"][["pupils_primary", "pupils_junior"]].sum(axis=1) > 0
    return tables, tables["schools"][attended].set_index("school_id")


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_equipment_and_buildings_add_up_to_those_of_the_schools(seed, schools):
    tables, here = resources(seed, schools)
    ledger, buildings = tables["ledger"], tables["buildings"]
    value = (ledger["quantity"] * ledger["unit_value"]).groupby(ledger["school_id"]).sum()
    assert np.allclose(value[here.index], here["equipment_value"] * 10_000, rtol=0.001)
    computers = ledger[ledger["category"] == "computer"].groupby("school_id")["quantity"].sum()
    assert computers.reindex(here.index).equals(here["computers"])
    area = buildings.pivot_table(index="school_id", columns="use", values="area", aggfunc="sum", fill_value=0)
    area = area.reindex(here.index)
    assert np.allclose(area["sports"], here["indoor_sports_area"], atol=0.011)
    assert np.allclose(area["teaching"] + area["sports"], here["teaching_area"], atol=0.011)
    boarding = tables["boarding"].set_index("school_id")
    for use in ("dormitory", "canteen"):
        assert area[use][area[use] > 0].equals(boarding[f"{use}_area"].rename(use)), use
    founded = tables["school_items"].set_index("school_id")["year_built"]
    for frame, year in ((ledger, "year_bought"), (buildings, "year_built")):
        assert (frame[year] >= founded[frame["school_id"]].to_numpy()).all()
        assert (frame[year] <= 2025).all()
    assert {"C", "D"} <= set(buildings["safety"])


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_pupils_by_grade_add_up_and_cohorts_go_up(seed, schools):
    tables, here = resources(seed, schools)
    enrolment = tables["enrolment"].set_index(["school_id", "year"])
    assert len(enrolment) == 8 * len(here)
    last = enrolment.xs(2025, level="year").loc[here.index]
    for stage, grades in (("primary", range(1, 7)), ("junior", range(7, 10))):
        sums = last[[f"grade{g}" for g in grades]].sum(axis=1, min_count=len(grades))
        assert sums.rename(f"pupils_{stage}").equals(here[f"pupils_{stage}"])
    county = enrolment.groupby("year").sum()
    for grade in (2, 3, 4, 5, 6, 8, 9):
        before, now = county[f"grade{grade - 1}"].iloc[:-1], county[f"grade{grade}"].iloc[1:]
        assert np.allclose(now, before.to_numpy(), rtol=0.06), grade


@pytest.mark.parametrize("seed", range(6))
def test_births_fall_then_primary_pupils_while_junior_ones_still_rise(seed):
    tables, _ = resources(seed)
    births = tables["births"].set_index("year")["births"]
    assert births.idxmax() == 2016
    assert births[2025] / births[2016] == pytest.approx(0.55, abs=0.02)
    county = tables["enrolment"].groupby("year").sum(numeric_only=True)
    primary, junior = (
        county.loc[:, "grade1":"grade6"].sum(axis=1),
        county.loc[:, "grade7":"grade9"].sum(axis=1),
    )
    assert primary.idxmax() in (2022, 2023)
    assert junior.is_monotonic_increasing
    assert county["grade1"][2025] == pytest.approx(
        0.97 * (births[2018] / 3 + births[2019] * 2 / 3), rel=0.005
    )


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_what_an_audit_should_find_is_there_once(seed, schools):
    tables, here = resources(seed, schools)
    money = tables["money"].set_index(["school_id", "year"])
    assert len(money) == 5 * len(here)
    assert (money["grant_upper"] + money["grant_county"] == money["running_budget"]).all()
    assert (money["training_spending"] <= money["running_spending"]).all()
    low = money.index[money["training_spending"] < 0.05 * money["running_budget"]]
    assert [year for _, year in low] == [2023]
    over = money.index[money["running_spending"] > money["running_budget"] + money["other_income"]]
    assert [year for _, year in over] == [2022]
    budgets = money["running_budget"].unstack()
    jumps = (budgets.pct_change(axis=1) > 1).stack()
    assert [year for _, year in jumps.index[jumps]] == [2024]
    thousands = (money % 1000 == 0).all(axis=1).groupby("school_id").all()
    assert thousands.sum() == 1
    pupils = here[["pupils_primary", "pupils_junior"]].sum(axis=1)
    repair = money["repair_spending"].xs(2025, level="year") / pupils
    repair /= repair.groupby(here["area"]).transform("median")
    assert (repair > 7).sum() == 1  # 25 times a usual year, which itself varies from a third to three times
    found = [low[0][0], over[0][0], jumps.index[jumps][0][0], thousands.idxmax(), repair.idxmax()]
    assert len(set(found)) == 5
    assert (here.loc[found, "operator"] == "public").all()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_training_money_agrees_with_the_share_that_schools_report(seed, schools):
    tables, _ = resources(seed, schools)
    last = tables["money"][tables["money"]["year"] == 2025].merge(tables["school_items"], on="school_id")
    share = last["training_spending"] / last["running_budget"] * 100
    assert (share >= 5).all()
    assert share.round(1).equals(last["training_share"].rename(None))
    revenue = tables["county_items"]["running_cost_revenue"].item()
    assert revenue == last["grant_county"].sum()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, schools=st.integers(20, 120))
def test_distances_are_of_pairs_and_no_school_boards_more_than_it_has(seed, schools):
    tables, here = resources(seed, schools)
    distances = tables["distances"]
    assert (distances["from_id"] < distances["to_id"]).all()
    assert not distances.duplicated(["from_id", "to_id"]).any()
    assert distances["km"].between(0.1, 25).all()
    assert set(distances[["from_id", "to_id"]].to_numpy().ravel()) <= set(here.index)
    boarding = tables["boarding"].set_index("school_id")
    assert len(boarding) > 0
    for stage in ("primary", "junior"):
        assert not (boarding[f"boarders_{stage}"] > here.loc[boarding.index, f"pupils_{stage}"]).any()
    digital = tables["digital"].set_index("school_id")
    assert (digital["pupil_terminals"] <= here["computers"]).all()
    assert (digital["open_seats"] <= digital["pupil_terminals"]).all()
    assert (digital["open_seats"] > 0).any()


def test_junior_pupils_of_the_course_county_rise_on_to_about_2027():
    """If all stay: in 2026 grades 6 to 8 of 2025 are its junior pupils, in 2028 grades 4 to 6, in 2030 grades 2 to 4."""
    last = sample_county(7).tables["enrolment"].groupby("year").sum(numeric_only=True).loc[2025]
    junior = [last[f"grade{g}"] + last[f"grade{g + 1}"] + last[f"grade{g + 2}"] for g in (7, 6, 5, 4, 3, 2)]
    assert junior[1] > junior[0]
    assert junior[5] < junior[4] < max(junior[1:4])


def test_schools_of_one_township_are_near_each_other():
    tables, here = resources(7)
    pairs = tables["distances"]
    town = here["township"]
    same = town[pairs["from_id"]].to_numpy() == town[pairs["to_id"]].to_numpy()
    assert pairs["km"][same].median() < 6
    assert pairs["km"][~same].median() > 10


def test_a_county_larger_than_any_has_the_tables_of_a_verdict_only():
    assert set(sample_county(7, 501).tables) == {"schools", "school_items", "county_items"}
    assert set(sample_county(7, 500).tables) == {t.name for t in schema().tables} - {"exceptions"}


# ---- the province


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, counties=st.integers(1, 5))
def test_every_province_is_free_of_faults(seed, counties, tmp_path_factory):
    folder = tmp_path_factory.mktemp("province")
    write_csv(sample_province(seed, counties).tables, folder)
    province = read_county(folder)
    assert province.warnings == []
    schools = province.schools
    assert schools["county_id"].nunique() == schools["county"].nunique() == counties
    assert schools.groupby("county_id").size().between(18, 32).all()
    assert schools[["township", "county_id", "county", "province"]].notna().all(axis=None)
    assert (
        {"primary", "junior", "nine_year"}
        <= set(schools["kind"])
        <= set(schema().kinds) - {"special", "vocational"}
    )


def test_more_counties_keep_those_that_were_there():
    few, more = (sample_province(7, n).schools for n in (2, 4))
    pd.testing.assert_frame_equal(few, more.head(len(few)))
    assert not few.equals(sample_province(8, 2).schools.head(len(few)))


def test_the_courses_province_has_counties_of_every_sort():
    """What the lesson shows: some counties meet, some are uneven, some are even and poor."""
    found = [one.stages["primary"] for one in assess(read_county(ROOT / "data" / "province"))]
    assert len(found) == 100
    assert 10 < sum(stage.meets for stage in found) < 40
    assert 5 < sum(stage.cv_meets["backbone_teachers"] is False for stage in found) < 30
    equipment = [stage for stage in found if stage.mean["equipment_value"] < 2000]
    assert len(equipment) > 5
    assert all(stage.cv_meets["equipment_value"] for stage in found)


@pytest.mark.parametrize("counties", [0, 3001])
def test_a_province_has_1_to_3000_counties(counties):
    with pytest.raises(ValueError, match="1到3,000个县"):
        sample_province(7, counties)
