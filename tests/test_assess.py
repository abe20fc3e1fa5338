"""Verdicts: against an exact independent computation, and where the rules have edges."""

import json
import math
import subprocess
import sys
from itertools import product

import by_hand
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.assess import assess, explain, summary
from balancelib.assess.logic import all_hold, form_round, reaches, shown, within
from balancelib.county import County, sample_county
from balancelib.county.schema import schema
from balancelib.standards import load_standard

STAGES = ("primary", "junior")


@pytest.fixture(scope="module")
def sample():
    return sample_county(7)


def with_items(county, **items):
    """The same county with other county items."""
    changed = county.tables["county_items"].assign(**items)
    return County(county.tables | {"county_items": changed})


def with_schools(county, rows, **values):
    """The same county with other values in some rows of its schools."""
    schools = county.schools.copy()
    for name, value in values.items():
        schools.loc[rows, name] = value
    return County(county.tables | {"schools": schools})


# The whole way, by the command line, against fractions


@pytest.fixture(scope="module", params=[(7, 60), (1, 60), (2026, 33)], ids=lambda p: f"seed{p[0]}")
def results(request, tmp_path_factory):
    """The CSV of a sample county and the JSON under both standards."""
    seed, schools = request.param
    folder = tmp_path_factory.mktemp("county")
    command("sample", "--seed", seed, "--schools", schools, "--out", folder)
    found = {}
    for standard in by_hand.CV_LIMITS:
        command("assess", folder, "--standard", standard, "--json", folder / "out.json")
        found[standard] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return by_hand.read_schools(folder), found


def command(*arguments):
    subprocess.run(
        [sys.executable, "-m", "balancelib", *map(str, arguments)], check=True, stdout=subprocess.PIPE
    )


@pytest.mark.parametrize("standard", by_hand.CV_LIMITS)
def test_every_value_and_verdict_agrees_with_fractions(results, standard):
    schools, found = results
    expected = list(by_hand.sections(schools, standard))
    meets = []
    for stage in STAGES:
        mine = [s for s in expected if s[0] == stage]
        theirs = found[standard]["resources"][stage]
        assert [s["school_id"] for s in theirs["sections"]] == [s[1] for s in mine]
        sections_meet = compare_sections(mine, theirs["sections"], standard)
        cvs_meet = compare_county(mine, theirs, standard)
        meets.append(all(sections_meet) and all(cvs_meet))
        assert theirs["meets"] is meets[-1]
    assert found[standard]["resources"]["meets"] is all(meets)


def compare_sections(mine, theirs, standard):
    meets = []
    for (stage, _, _, values), section in zip(mine, theirs, strict=True):
        assert section["indicators"] == pytest.approx({k: float(v) for k, v in values.items()}, rel=1e-9)
        if standard == "quality-2017":
            ratios = {k: float(values[k] / by_hand.QUALITY[k][stage == "junior"]) for k in values}
            assert section["ratios"] == pytest.approx(ratios, rel=1e-9)
            assert (section["met"], section["meets"]) == by_hand.school_rule(stage, values)
            meets.append(section["meets"])
        else:
            assert (section["ratios"], section["met"], section["meets"]) == (None, None, None)
    return meets


def compare_county(mine, theirs, standard):
    pupils, limit = [s[2] for s in mine], by_hand.CV_LIMITS[standard][mine[0][0]]
    squares = {}
    for key in mine[0][3]:
        mean, squares[key], shares = by_hand.squared_cv(pupils, [s[3][key] for s in mine])
        assert theirs["mean"][key] == pytest.approx(float(mean), rel=1e-9)
        assert theirs["cv"][key] == pytest.approx(by_hand.root(squares[key]), rel=1e-9)
        contribution = [s["contribution"][key] for s in theirs["sections"]]
        assert contribution == pytest.approx([float(s) for s in shares], abs=1e-9)
    composite = math.fsum(map(by_hand.root, squares.values())) / len(squares)
    assert theirs["composite_cv"] == pytest.approx(composite, rel=1e-9)
    if standard == "basic-2012":
        assert theirs["cv_meets"] is None
        return [composite <= limit]
    assert theirs["cv_meets"] == {key: square <= limit**2 for key, square in squares.items()}
    return theirs["cv_meets"].values()


def test_json_has_the_shape_of_the_contract(results):
    _, found = results
    one = found["quality-2017"]
    assert list(one) == [
        "standard", "standard_version", "library_version", "input_sha256", "relaxations", "meets", "missing",
        "veto", "precondition", "resources", "government", "quality", "recognition",
    ]  # fmt: skip
    assert list(one["resources"]) == ["meets", "primary", "junior"]
    section = one["resources"]["primary"]["sections"][0]
    assert list(section) == [
        "school_id", "indicators", "ratios", "met", "meets", "knife_edge", "contribution", "reasons",
    ]  # fmt: skip
    assert list(section["indicators"]) == list(by_hand.QUALITY)
    for part in ("veto", "precondition", "government", "quality", "recognition"):
        assert list(one[part]) == ["meets", "items", "missing"]
    assert (len(one["government"]["items"]), len(one["quality"]["items"])) == (15, 9)
    assert len(one["input_sha256"]) == 64


# The school rule


@pytest.mark.parametrize(
    ("values", "met", "meets"),
    [
        ({}, 7, True),
        ({"pe_arts_primary": 8}, 6, True),
        ({"pe_arts_primary": 7}, 6, False),
        ({"backbone_primary": 8.5}, 6, True),
        ({"backbone_primary": 8.5, "pe_arts_primary": 8}, 5, False),
    ],
    ids=["all", "one_at_89%", "one_at_78%", "one_exactly_at_85%", "two_below"],
)
def test_school_rule(sample, values, met, meets):
    """The sample's first school has 1,000 pupils and meets all, nine PE and arts teachers being exactly 0.9."""
    county = with_schools(sample, 0, **{"multimedia_rooms": 23.0, "backbone_primary": 10.0} | values)
    section = assess(county).to_dict()["resources"]["primary"]["sections"][0]
    assert (section["met"], section["meets"]) == (met, meets)
    assert bool(section["reasons"]) is (not meets or met < 7)


def test_reasons_name_the_value_the_threshold_and_the_floor(sample):
    county = with_schools(sample, 0, pe_arts_primary=7.0)
    assert assess(county).reasons[0] == [
        "每百名学生拥有体育、艺术（美术、音乐）专任教师数0.70人，标准0.9人，为标准的77.8%，低于底线85%"
    ]


def test_sections_that_hang_on_rounding_are_flagged(sample):
    exact, rounded = assess(sample), assess(sample, rounding="form")
    edges = exact.sections["knife_edge"].to_numpy()
    assert edges.sum() == 2
    turned = exact.sections["meets"] != rounded.sections["meets"]
    assert (turned == edges).all()


def test_a_coefficient_that_hangs_on_rounding_is_flagged():
    """Two schools of one size at 1 ± c have the coefficient c: 0.5003 is 0.500 on the form."""
    schools = sample_county(7).schools.iloc[:2].copy()
    schools["pupils_primary"] = 1000.0
    schools["multimedia_rooms"] = [100 * (1 + 0.5003), 100 * (1 - 0.5003)]
    one = County({"schools": schools})
    stage = assess(one).stages["primary"]
    assert stage.cv["multimedia_rooms"] == pytest.approx(0.5003)
    assert stage.cv_meets["multimedia_rooms"] is False
    assert [k for k, edge in stage.cv_knife_edge.items() if edge] == ["multimedia_rooms"]
    assert assess(one, rounding="form").stages["primary"].cv_meets["multimedia_rooms"] is True


# Three-valued verdicts and parts


def test_three_valued_conjunction():
    for verdicts in product([True, False, None], repeat=3):
        expected = False if False in verdicts else None if None in verdicts else True
        assert all_hold(verdicts) is expected
    assert all_hold([]) is None


def test_parts_not_supplied_are_null_and_listed(sample):
    bare = assess(County({"schools": sample.schools}))
    for name, part in bare.parts.items():
        assert part.meets is None, name
        assert part.missing, name
    assert bare.meets is False  # the resources fail, whatever else is missing
    assert {"charter", "music_room_areas", "veto_incidents", "survey_valid"} <= set(bare.missing)
    assert "work_score" not in bare.missing  # the other standard's


@pytest.mark.parametrize(
    ("part", "item", "items", "meets"),
    [
        ("government", "exchange", {"exchange_eligible": 1000, "exchange_moved": 100, "exchange_moved_backbone": 20}, True),
        ("government", "exchange", {"exchange_eligible": 1000, "exchange_moved": 99, "exchange_moved_backbone": 20}, False),
        ("government", "exchange", {"exchange_eligible": 1000, "exchange_moved": 101, "exchange_moved_backbone": 20}, False),
        ("government", "exchange", {"exchange_eligible": 0, "exchange_moved": 0, "exchange_moved_backbone": 0}, None),
        ("government", "special_school_funding", {"special_running_cost": 8000}, True),
        ("government", "special_school_funding", {"special_running_cost": 7999.99}, False),
        ("government", "special_school_funding", {"special_running_cost": np.nan}, None),
        ("government", "teacher_pay", {"teacher_pay": 90000, "civil_servant_pay": 90000}, True),
        ("government", "nearby_enrolment", {"nearby_junior_entrants": 100, "nearby_junior_enrolled": 95}, True),
        ("government", "nearby_enrolment", {"nearby_primary_entrants": 1000, "nearby_primary_enrolled": 999}, False),
        ("government", "senior_places", {"senior_places_rural": 0}, False),
        ("quality", "retention", {"grade7_entrants": 1010, "junior_deaths": 10, "junior_graduates": 960, "junior_transfers_in": 40, "junior_transfers_out": 30}, True),
        ("quality", "retention", {"grade7_entrants": 1010, "junior_deaths": 10, "junior_graduates": 959, "junior_transfers_in": 40, "junior_transfers_out": 30}, False),
        ("quality", "national_monitoring", {"monitoring_level": 3, "monitoring_between_share": 0.149}, True),
        ("quality", "national_monitoring", {"monitoring_level": 3, "monitoring_between_share": 0.15}, False),
        ("quality", "national_monitoring", {"monitoring_level": 2, "monitoring_between_share": 0.1}, False),
        ("recognition", "recognition", {"survey_valid": 1000, "survey_satisfied": 850}, True),
        ("recognition", "recognition", {"survey_valid": 1000, "survey_satisfied": 849}, False),
        ("veto", "incidents", {"veto_incidents": 1}, False),
        ("veto", "incidents", {"veto_incidents": 0}, True),
        ("precondition", "basic_balance", {"application_year": 2026, "basic_balance_year": 2023}, True),
        ("precondition", "basic_balance", {"application_year": 2026, "basic_balance_year": 2024}, False),
    ],
)  # fmt: skip
def test_county_items(sample, part, item, items, meets):
    found = assess(with_items(sample, **items)).parts[part]
    assert next(i for i in found.items if i.item.key == item).meets is meets


def item_of(county, key, relax=()):
    """One government item, found by its key."""
    return next(i for i in assess(county, relax=relax).parts["government"].items if i.item.key == key)


def with_school_items(county, row, **values):
    items = county.tables["school_items"].copy()
    for name, value in values.items():
        items.at[row, name] = value
    return County(county.tables | {"school_items": items})


@pytest.fixture
def good_items(sample):
    """The sample with rooms and classes that all are in order."""
    items = sample.tables["school_items"].copy()
    for room, area in (("music_room_areas", 96.0), ("art_room_areas", 90.0)):
        items[room] = [(area,) * 10] * len(items)
    items["largest_class_primary"] = items["largest_class_primary"].clip(upper=45)
    items["largest_class_junior"] = items["largest_class_junior"].clip(upper=50)
    schools = sample.schools.copy()
    small = schools[["pupils_primary", "pupils_junior"]].clip(upper=900)
    schools[["pupils_primary", "pupils_junior"]] = small
    return County(sample.tables | {"school_items": items, "schools": schools})


@pytest.mark.parametrize(
    ("key", "schools", "items", "relax", "meets"),
    [
        ("music_art_rooms", {}, {}, [], True),
        # 24 classes need two rooms of each, 25 need three
        ("music_art_rooms", {"classes_primary": 24.0}, {"music_room_areas": (96.0, 96.0)}, [], True),
        ("music_art_rooms", {"classes_primary": 25.0}, {"music_room_areas": (96.0, 96.0)}, [], False),
        ("music_art_rooms", {"classes_primary": 24.0}, {"art_room_areas": (90.0, 89.9)}, [], False),
        ("music_art_rooms", {}, {"music_room_areas": None}, [], None),
        ("music_art_rooms", {"classes_primary": 12.0}, {"music_room_areas": (73.0,), "rooms_year": 2016.0}, [], False),
        ("music_art_rooms", {"classes_primary": 12.0}, {"music_room_areas": (73.0,), "rooms_year": 2016.0}, ["old_rooms"], True),
        ("music_art_rooms", {"classes_primary": 12.0}, {"music_room_areas": (73.0,), "rooms_year": 2017.0}, ["old_rooms"], False),
        ("music_art_rooms", {"classes_primary": 6.0, "area": "rural", "pupils_primary": 99.0},
         {"music_room_areas": (54.0,), "art_room_areas": (61.0,), "rooms_year": 2010.0}, ["old_rooms"], True),
        ("school_size", {"pupils_primary": 2000.0}, {}, [], True),
        ("school_size", {"pupils_primary": 2001.0}, {}, [], False),
        ("school_size", {"pupils_primary": 2400.0}, {"year_built": 2010.0}, ["large_old_schools"], True),
        ("school_size", {"pupils_primary": 2400.0}, {"year_built": 2011.0}, ["large_old_schools"], False),
        ("school_size", {"kind": "nine_year", "pupils_primary": 1500.0, "pupils_junior": 1000.0}, {}, [], True),
        ("school_size", {"kind": "nine_year", "pupils_primary": 1500.0, "pupils_junior": 1001.0}, {}, [], False),
        ("class_size", {}, {"largest_class_primary": 45.0}, [], True),
        ("class_size", {}, {"largest_class_primary": 46.0}, [], False),
        ("class_size", {}, {"largest_class_primary": np.nan}, [], None),
    ],
)  # fmt: skip
def test_items_of_every_school(good_items, key, schools, items, relax, meets):
    row = int((good_items.schools["kind"] == schools.get("kind", "primary")).argmax())
    county = with_school_items(with_schools(good_items, row, **schools), row, **items)
    assert item_of(county, key, relax).meets is meets


# Relaxations, scope, several counties


def test_relaxations_are_off_until_asked_for(sample):
    plain = assess(sample)
    assert plain.relaxations == []
    shared = assess(sample, relax=["shared_pe_arts"])
    leased = assess(sample, relax=["leased_grounds"])
    assert (plain.values["pe_arts_teachers"] <= shared.values["pe_arts_teachers"]).all()
    assert (plain.values["pe_arts_teachers"] < shared.values["pe_arts_teachers"]).any()
    assert (plain.values["sports_area"] < leased.values["sports_area"]).any()
    with pytest.raises(ValueError, match="没有放宽条款"):
        assess(sample, relax=["everything"])


def test_only_small_rural_schools_share_teachers(sample):
    more = assess(sample, relax=["shared_pe_arts"]).totals - assess(sample).totals
    changed = assess(sample).sections[more["pe_arts_teachers"] > 0].merge(sample.schools, on="school_id")
    assert set(changed["area"]) == {"rural"}
    assert changed[["pupils_primary", "pupils_junior"]].sum(axis=1).between(50, 99).all()


@pytest.mark.parametrize(
    ("standard", "kinds"),
    [
        ("quality-2017", {"primary", "teaching_point", "junior", "nine_year", "complete_secondary", "twelve_year"}),
        ("basic-2012", {"primary", "junior", "nine_year", "complete_secondary", "twelve_year"}),
    ],
)  # fmt: skip
def test_schools_in_scope(sample, standard, kinds):
    counted = assess(sample, standard).sections.merge(sample.schools, on="school_id")
    assert set(counted["kind"]) == kinds
    points = counted[counted["kind"] == "teaching_point"]
    assert (points["pupils_primary"] >= 50).all()
    assert "private" in set(counted["operator"])


def test_a_stage_without_sections_is_null_and_not_counted(sample):
    primary = sample.schools[sample.schools["kind"].isin(["primary", "special"])]
    result = assess(County({"schools": primary}))
    found = result.to_dict()["resources"]
    assert found["junior"]["meets"] is None
    assert found["junior"]["sections"] == []
    assert found["meets"] is found["primary"]["meets"] is False


def test_nobody_has_any_is_undefined_not_equal(sample):
    county = with_schools(sample, slice(None), backbone_primary=0.0)
    stage = assess(county).stages["primary"]
    assert (stage.cv["backbone_teachers"], stage.composite_cv) == (None, None)
    assert stage.cv_meets["backbone_teachers"] is None


def test_counties_are_judged_apart():
    """Each of three counties gives the same as alone, and in the order of the input."""
    alone = {f"99000{i}": sample_county(i, 30) for i in (3, 1, 2)}
    tables = {}
    for table in ("schools", "school_items", "county_items"):
        frames = []
        for code, county in alone.items():
            frame = county.tables[table].copy()
            if "school_id" in frame:
                frame["school_id"] = code + frame["school_id"]
            if table != "school_items":
                frame["county_id"] = code
            frames.append(frame)
        tables[table] = pd.concat(frames, ignore_index=True)
    mixed = tables["schools"].sample(frac=1, random_state=1).sort_values("county_id", kind="stable")
    together = assess(County(tables | {"schools": mixed}))
    assert [a.county_id for a in together] == sorted(alone)
    for found in together:
        expected = assess(alone[found.county_id])
        assert found.meets is expected.meets
        for stage in STAGES:
            assert found.stages[stage].cv == pytest.approx(expected.stages[stage].cv, rel=1e-12)
            assert found.stages[stage].cv_meets == expected.stages[stage].cv_meets
        assert {n: p.meets for n, p in found.parts.items()} == {n: p.meets for n, p in expected.parts.items()}


# Properties


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_contributions_sum_to_one(seed):
    result = assess(sample_county(seed, 24))
    for stage in STAGES:
        here = result.sections["stage"] == stage
        sums = result.contribution[here].sum()
        assert np.allclose(sums[result.values[here].nunique() > 1], 1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.randoms())
def test_order_of_schools_does_not_matter(seed, random):
    county = sample_county(seed, 24)
    order = list(range(len(county.schools)))
    random.shuffle(order)
    shuffled = County(county.tables | {"schools": county.schools.iloc[order].reset_index(drop=True)})
    one, other = assess(county), assess(shuffled)
    assert one.meets is other.meets
    for stage in STAGES:
        assert one.stages[stage].cv == pytest.approx(other.stages[stage].cv, rel=1e-9)
        assert one.stages[stage].cv_meets == other.stages[stage].cv_meets


@given(st.floats(0, 1e9), st.integers(0, 6))
def test_rounding_on_the_form_is_half_up(x, decimals):
    rounded = float(form_round(x, decimals))
    assert abs(rounded - x) <= 0.5 * 10.0**-decimals * (1 + 1e-6) + 1e-12 * x
    assert form_round(-x, decimals) == -rounded


@pytest.mark.parametrize(
    ("x", "rounded"), [(2.675, 2.68), (0.125, 0.13), (4.4949999, 4.49), (4.495, 4.5), (-0.005, -0.01)]
)
def test_rounding_as_a_spreadsheet_does(x, rounded):
    assert form_round(x, 2) == rounded


def test_within_a_last_bit_is_enough():
    assert reaches(9 / 1000 * 100, 0.9)
    assert reaches(0.9 * (1 - 1e-13), 0.9)
    assert not reaches(0.9 * (1 - 1e-11), 0.9)
    assert within(0.5 * (1 + 1e-13), 0.5)
    assert not within(0.5 * (1 + 1e-11), 0.5)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_a_number_is_never_shown_on_the_wrong_side(x, bound):
    assert reaches(float(shown(x, bound).replace(",", "")), bound) == reaches(x, bound)


# In words


def test_summary_says_what_fails_and_what_is_missing(sample):
    text = summary(assess(sample))
    for words in ("教督〔2017〕6号", "未达到", "临界", "没有填：监测学业水平最低科目的等级", "差异系数"):
        assert words in text


def test_explanation_ends_in_the_coefficient(sample):
    result = assess(sample)
    for indicator in load_standard("quality-2017").indicators:
        for stage in STAGES:
            text = explain(result, indicator.key, stage)
            assert f"{result.stages[stage].cv[indicator.key]:.9f}" in text
            assert len(text.splitlines()) == len(result.sections.query("stage == @stage")) + 7


def test_rules_name_columns_that_exist():
    names = {c.name for table in schema().tables for c in table.columns}
    for standard in ("quality-2017", "basic-2012"):
        for indicator in load_standard(standard).indicators:
            assert {t.removeprefix("-") for terms in indicator.sum.values() for t in terms} <= names


@pytest.mark.parametrize(("pupils", "counted"), [(49.0, False), (50.0, True)])
def test_a_teaching_point_counts_from_fifty_pupils(sample, pupils, counted):
    row = int((sample.schools["kind"] == "teaching_point").argmax())
    county = with_schools(sample, row, pupils_primary=pupils)
    assert (sample.schools["school_id"].iat[row] in set(assess(county).sections["school_id"])) is counted
