"""The synthetic county's tables of groups of children: they contradict nothing, and the truth behind them is as it is said to be."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import read_county
from balancelib.county.sample import true_groups, true_risks
from balancelib.county.sample.children import EFFECTS, RECORDED, RISK
from balancelib.county.write import write_csv

NEW = ["group_pupils", "disabled_children", "registers", "register_pairs", "cohorts", "children", "care"]
COUNTIES = [(0, 20), (5, 35), (7, 60), (2026, 90)]


@pytest.fixture(scope="module", params=COUNTIES, ids=str)
def tables(request):
    return sample_county(*request.param).tables


@pytest.fixture(scope="module")
def course():
    return sample_county(7).tables


def now(groups, group):
    """Pupils of a group in the last year, by school and stage."""
    here = groups[(groups["year"] == groups["year"].max()) & (groups["group"] == group)]
    return here.set_index(["school_id", "stage"])["pupils"]


def total_of(cohort, sign=1):
    """Graduates that follow from the other numbers of each row."""
    gains = cohort["entrants"] + cohort["transfers_in"] + cohort["returned"]
    return gains - cohort[["transfers_out", "deaths", "dropouts", "suspended"]].sum(axis=1)


@pytest.mark.parametrize(("seed", "schools"), [(0, 20), (5, 35)])
def test_read_back_they_are_the_same_without_fault_or_warning(seed, schools, tmp_path):
    tables = sample_county(seed, schools).tables
    write_csv({name: tables[name] for name in ["schools", "enrolment", *NEW]}, tmp_path)
    county = read_county(tmp_path)
    assert county.warnings == []
    for name in NEW:
        read, drawn = (frame.fillna(np.nan) for frame in (county.tables[name], tables[name]))
        pd.testing.assert_frame_equal(read, drawn, check_dtype=False, obj=name)


def test_a_county_of_five_hundred_schools_is_drawn_without_contradiction():
    tables = sample_county(11, 500).tables
    cohorts = tables["cohorts"]
    assert (cohorts.select_dtypes("number") >= 0).all(axis=None)
    assert (total_of(cohorts) != cohorts["graduates"]).sum() == 2
    assert tables["disabled_children"]["children"].sum() == true_groups(11, 500).query("group == 'disabled'")["children"].sum()  # fmt: skip


# Pupils of the groups


def test_all_pupils_are_those_of_the_schools_and_of_the_grades(tables):
    schools, groups = tables["schools"].set_index("school_id"), tables["group_pupils"]
    for (school, stage), pupils in now(groups, "all").items():
        assert pupils == schools.loc[school, f"pupils_{stage}"]
    grades = tables["enrolment"].set_index(["year", "school_id"])
    everybody = groups[groups["group"] == "all"].groupby("year")["pupils"].sum()
    for year, pupils in everybody.items():
        assert pupils <= grades.loc[year].sum().sum()
    assert len(everybody) == 3
    assert everybody[2025.0] == grades.loc[2025.0].sum().sum()


def test_no_group_is_larger_than_all_and_girls_and_boys_are_within_theirs(tables):
    groups = tables["group_pupils"]
    wide = groups.pivot(index=["year", "school_id", "stage"], columns="group", values=["pupils", "girls"])
    boys = wide["pupils"] - wide["girls"]
    for group in ("left_behind", "migrant", "disabled", "low_income"):
        for frame in (wide["pupils"], wide["girls"], boys):
            assert (frame[group] <= frame["all"]).all()
            assert (frame[group] >= 0).all()


def test_the_course_county_agrees_with_what_it_reported(course):
    item, groups = course["county_items"].iloc[0], course["group_pupils"]
    assert now(groups, "left_behind").sum() == item["left_behind_children"]
    migrants = now(groups, "migrant")
    assert migrants.sum() == item["migrant_children_eligible"]
    operator = migrants.index.get_level_values(0).map(course["schools"].set_index("school_id")["operator"])
    bought = groups[(groups["year"] == 2025) & (groups["group"] == "migrant")]["purchased"].sum()
    assert migrants[operator == "public"].sum() + bought == item["migrant_children_placed"]


def test_one_private_school_takes_the_newcomers_in(course):
    groups = course["group_pupils"]
    migrants = groups[groups["group"] == "migrant"].pivot_table(index="school_id", columns="year", values="pupils", aggfunc="sum")  # fmt: skip
    grown = migrants[2025.0] - migrants[2024.0]
    host = grown.idxmax()
    assert course["schools"].set_index("school_id").loc[host, "operator"] == "private"
    assert grown[host] > 0.9 * grown.sum()
    assert migrants.sum().is_monotonic_increasing


# Disabled children


def test_two_townships_or_more_have_exactly_three_disabled_children(tables):
    table = tables["disabled_children"]
    count = table.groupby("township")["children"].sum()
    assert (count == 3).sum() >= 2
    assert set(count.index) == set(tables["schools"]["township"])
    alone = (
        table[table["township"].isin(count.index[count == 3])].groupby(["township", "kind"])["children"].sum()
    )
    assert (alone == 1).any()
    assert (table["children"] >= 1).all()


def test_disabled_pupils_of_ordinary_schools_are_the_children_placed_there(tables):
    placed = tables["disabled_children"].groupby("placement")["children"].sum()
    pupils = now(tables["group_pupils"], "disabled")
    special = (
        pupils.index.get_level_values(0).map(tables["schools"].set_index("school_id")["kind"]) == "special"
    )
    assert pupils[~special].sum() == placed["regular"] + placed.get("regular_class", 0)
    everybody = now(tables["group_pupils"], "all")
    assert (pupils[special] == everybody[special]).all()
    assert placed.get("special", 0) + placed.get("home", 0) <= pupils[special].sum()


def test_enrolment_is_between_the_two_limits_though_the_report_says_more(course):
    placed = course["disabled_children"].groupby("placement")["children"].sum()
    rate = 1 - placed[["deferred", "out"]].sum() / placed.sum()
    item = course["county_items"].iloc[0]
    assert 0.85 < rate < 0.95 < item["disabled_children_enrolled"] / item["disabled_children"]


# Registers


def test_true_disabled_children_are_those_of_the_table(tables, request):
    seed, schools = request.node.callspec.params["tables"]
    truth = true_groups(seed, schools).query("group == 'disabled'").set_index("township")["children"]
    count = tables["disabled_children"].groupby("township")["children"].sum()
    pd.testing.assert_series_equal(truth.sort_index(), count.sort_index(), check_names=False)


def test_registers_are_as_long_as_the_other_tables_say(course):
    length = course["registers"].groupby(["group", "office"])["children"].sum()
    groups, item = course["group_pupils"], course["county_items"].iloc[0]
    assert length["disabled", "federation"] == item["disabled_children"]
    for group in ("left_behind", "migrant"):
        assert length[group, "school"] == now(groups, group).sum()
    assert length["school_age", "school"] == now(groups, "all").sum()


def test_two_registers_have_no_more_in_common_than_either_has(tables):
    known = tables["registers"].set_index(["township", "group", "office"])["children"]
    for row in tables["register_pairs"].itertuples():
        assert row.both <= min(known[row.township, row.group, side] for side in (row.first, row.second))


def test_offices_overlook_some_and_the_police_lists_those_who_are_gone(course):
    truth = true_groups(7).groupby("group")["children"].sum()
    length = course["registers"].groupby(["group", "office"])["children"].sum()
    assert (length["disabled"] < truth["disabled"]).all()
    assert (length["left_behind"] < truth["left_behind"]).all()
    assert length["migrant", "security"] > truth["migrant"]
    assert length["school_age", "security"] > truth["school_age"]


# Cohorts


def test_entrants_are_the_pupils_of_grade_seven(tables):
    whole = tables["cohorts"].query("group == 'all'")
    grade7 = tables["enrolment"].set_index(["school_id", "year"])["grade7"]
    for row in whole.itertuples():
        assert row.entrants == grade7[row.school_id, row.entered]
    for entered, group in whole.groupby("entered"):
        assert group["entrants"].sum() == grade7.xs(entered, level="year").sum()


def test_the_account_closes_but_in_two_rows_of_all_pupils(tables):
    cohorts = tables["cohorts"]
    open_ = cohorts[total_of(cohorts) != cohorts["graduates"]]
    assert list(open_["group"]) == ["all", "all"]
    assert list(open_["entered"]) == [2022.0, 2022.0]


def test_no_group_is_larger_than_its_cohort(tables):
    numbers = [
        "entrants",
        "transfers_in",
        "transfers_out",
        "deaths",
        "dropouts",
        "returned",
        "suspended",
        "graduates",
    ]
    cohorts = tables["cohorts"].set_index(["school_id", "entered", "group"])[numbers]
    whole = cohorts.xs("all", level="group")
    for group in ("left_behind", "migrant", "disabled"):
        assert (cohorts.xs(group, level="group") <= whole).all(axis=None)
    assert (cohorts >= 0).all(axis=None)


def test_retention_is_above_the_limit_in_the_county_and_above_one_in_a_school(course):
    whole = course["cohorts"].query("group == 'all'")
    stayed = whole["graduates"] - whole["transfers_in"] + whole["transfers_out"]
    began = whole["entrants"] - whole["deaths"]
    assert 0.95 < stayed.sum() / began.sum() < 0.99
    rate = stayed / began
    assert (rate > 1).sum() == 1
    assert (rate < 0.95).sum() >= 3


# Children


def test_every_pupil_of_grade_eight_is_there_but_of_the_special_school(course):
    children, schools = course["children"], course["schools"].set_index("school_id")
    grade8 = course["enrolment"].set_index(["school_id", "year"])["grade8"]
    for (school, year), n in children.groupby(["school_id", "year"]).size().items():
        assert n == grade8[school, year]
        assert schools.loc[school, "kind"] != "special"
    assert children["child"].is_unique
    assert children[children["year"] == 2025]["left"].isna().all()
    assert children[children["year"] == 2024]["left"].notna().all()


def test_the_truth_is_a_logit_of_the_stated_effects(course):
    """Where nothing is blank, the log odds less the stated effects are one constant."""
    children, truth = course["children"], true_risks(7)
    assert (children["child"] == truth["child"]).all()
    assert truth["risk"].mean() == pytest.approx(RISK, abs=1e-6)
    known = children["score"].notna() & children["income"].notna()
    frame = children[known]
    odds = np.log(truth["risk"][known] / (1 - truth["risk"][known]))
    odds -= (
        EFFECTS["absent"] * frame["absent"].clip(upper=20) + EFFECTS["score"] * (frame["score"] - 500) / 100
    )
    for name in ("moves", "left_behind", "boards"):
        odds -= EFFECTS[name] * frame[name]
    odds -= EFFECTS["far"] * frame["km"].clip(upper=15) * (1 - frame["boards"])
    odds -= EFFECTS["income"] * np.log(frame["income"] / 20_000)
    assert np.ptp(odds.to_numpy()) < 1e-8


def test_only_migrants_outcomes_are_recorded_wrongly(course):
    truth = true_risks(7)
    known = course["children"]["year"] == 2024
    told, true = course["children"]["left"][known], truth["truly_left"][known]
    migrant = truth["migrant"][known] == 1
    assert (told[~migrant] == true[~migrant]).all()
    wrong = (told != true)[migrant]
    assert (told >= true).all()
    expected = RECORDED * (migrant & (true == 0)).sum()
    assert abs(wrong.sum() - expected) < 3 * np.sqrt(expected)
    share = truth[known].groupby("migrant")["truly_left"].mean()
    assert share[1.0] == pytest.approx(share[0.0], abs=0.02)


# Care


def test_care_adds_up_to_the_groups(tables):
    care, groups = tables["care"].set_index("school_id"), tables["group_pupils"]
    pupils = {
        group: now(groups, group).groupby("school_id").sum() for group in ("all", "low_income", "left_behind")
    }
    poor = care["poor_boarders"] + care["poor_day"]
    pd.testing.assert_series_equal(poor, pupils["low_income"].reindex(care.index), check_names=False)
    assert (care["left_behind_alone"] <= pupils["left_behind"].reindex(care.index)).all()
    assert (care["nutrition_fed"] <= care["nutrition_pupils"]).all()
    for name in ("far_pupils", "nutrition_pupils"):
        assert (care[name] <= pupils["all"].reindex(care.index)).all()
    need = tables["disabled_children"].query("placement != 'home'")["children"].sum()
    assert care["disabled_need"].sum() == need
    assert ((care["resource_room"] == 1) == (care["resource_places"] > 0)).all()


def test_resource_rooms_are_short_of_places_but_in_the_seat(course):
    care = course["care"].merge(course["schools"][["school_id", "township"]], on="school_id")
    sums = care.groupby(care["township"] == "城关镇")[["resource_places", "disabled_need"]].sum()
    share = sums["resource_places"] / sums["disabled_need"]
    assert share[False] == pytest.approx(0.85, abs=0.01)
    assert share[True] > 1.2
    assert sums["resource_places"].sum() > sums["disabled_need"].sum()
