"""Verdicts: against an exact independent computation, and where the rules have edges."""

import io
import json
import math
import subprocess
import sys
from itertools import product

import by_hand
import msgspec
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.assess import assess, explain, failing_items, indicators_table, overview, parts_table, summary
from balancelib.assess.logic import all_hold, form_round, reaches, shown, within
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.figures import cv_limits
from balancelib.report import schools_section
from balancelib.report.numbers import numbers_workbook
from balancelib.report.summary import at_a_glance
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
    assert list(one["resources"]["primary"]) == [
        "sections", "mean", "cv", "cv_meets", "composite_cv", "meets", "cv_knife_edge", "composite_knife_edge",
    ]  # fmt: skip
    assert list(one["government"]["items"][0]) == [
        "key", "number", "label", "meets", "values", "reasons", "missing", "knife_edge",
    ]  # fmt: skip
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


def two_schools(spread, pupils=1000.0, columns=("multimedia_rooms",)):
    """Two primary schools of one size, the columns at 1 ± spread: their coefficient of variation is spread."""
    schools = sample_county(7).schools.iloc[:2].copy()
    schools["pupils_primary"] = pupils
    for name in columns:
        schools[name] = [pupils * (1 + spread), pupils * (1 - spread)]
    return County({"schools": schools})


@pytest.mark.parametrize("rounding", ["none", "form"])
def test_a_coefficient_that_hangs_on_rounding_is_flagged(rounding):
    """0.5003 is 0.500 on the form; made of values that the form rounds, it is 0.5 outright."""
    stage = assess(two_schools(0.5003), rounding=rounding).stages["primary"]
    assert stage.cv_meets["multimedia_rooms"] is (rounding == "form")
    assert [k for k, edge in stage.cv_knife_edge.items() if edge] == ["multimedia_rooms"]


def test_a_coefficient_just_above_its_limit_is_shown_above_it():
    verdict = assess(two_schools(0.5003))
    shown_as = indicators_table(verdict, "primary").loc["网络多媒体教室"]
    assert (shown_as["差异系数"], shown_as["上限"]) == ("0.5003", "0.5")
    assert shown_as["差异系数判定"] == "未达到（临界）"


def test_an_indicator_that_the_county_rule_leaves_out_is_not_judged():
    standard = load_standard("quality-2017")
    tested = tuple(msgspec.structs.replace(i, in_cv=i.key != "multimedia_rooms") for i in standard.indicators)
    verdict = assess(two_schools(0.7), msgspec.structs.replace(standard, indicators=tested))
    row = indicators_table(verdict, "primary").loc["网络多媒体教室"]
    assert (row["差异系数"], row["上限"], row["差异系数判定"]) == ("0.700", "—", "—")
    assert "上限" not in explain(verdict, "multimedia_rooms", "primary")
    assert (
        "网络多媒体教室0.700；竖线" in cv_limits(verdict, "primary").figure.alternative_text
    )  # and no verdict
    assert "网络多媒体教室" not in "".join(at_a_glance(two_schools(0.7), verdict, "").frame["回答"])
    sheet = openpyxl.load_workbook(io.BytesIO(numbers_workbook(two_schools(0.7), verdict)))["差异系数"]
    assert [row[12:14] for row in sheet.values if row[:2] == ("小学", "网络多媒体教室")] == [("—", "—")]


def test_a_share_just_below_the_threshold_does_not_look_to_reach_it():
    schools = sample_county(7).schools.iloc[:1].assign(pupils_primary=1000.0, multimedia_rooms=23 * 0.99996)
    reasons = "".join(assess(County({"schools": schools})).reasons[0])
    assert "2.2999间，标准2.3间，为标准的99.996%" in reasons


def test_what_is_not_known_is_not_counted_as_not_met():
    schools = sample_county(7).schools.iloc[:3].copy()
    schools.loc[0, "multimedia_rooms"] = np.nan
    schools.loc[1:2, "multimedia_rooms"] = 1000.0
    blank = sample_county(7).schools.iloc[:3].assign(multimedia_rooms=np.nan, equipment_value=np.nan)
    assert (
        indicators_table(assess(County({"schools": schools})), "primary").at["网络多媒体教室", "达标"]
        == "2/3（1个缺数）"
    )
    verdict = assess(County({"schools": blank}))
    assert indicators_table(verdict, "primary").at["网络多媒体教室", "达标"] == "0/3（3个缺数）"
    counted = overview([verdict])["达到要求的学段部分"].iloc[0]
    undecided = verdict.sections["meets"].isna().sum()
    assert undecided
    assert counted == f"0/3（{undecided}个还不能判定）"
    (said, *_) = schools_section(verdict).blocks
    assert f"{undecided}个还不能判定" in (said if isinstance(said, str) else said.caption)


BASIC_COLUMNS = [
    "teaching_area", "sports_ground_area", "equipment_value", "computers", "books", "teachers_primary", "qualified_primary",
    "senior_title_primary",
]  # fmt: skip


@pytest.mark.parametrize(
    ("spread", "exact", "on_form", "edge"),
    [(0.6503, False, True, True), (0.656, False, False, False), (0.65, True, True, False)],
)
def test_a_composite_that_hangs_on_rounding_is_flagged(spread, exact, on_form, edge):
    county = two_schools(spread, 100000.0, BASIC_COLUMNS)
    county.schools["indoor_sports_area"] = 0.0
    for rounding, meets in (("none", exact), ("form", on_form)):
        verdict = assess(county, "basic-2012", rounding=rounding)
        stage = verdict.to_dict()["resources"]["primary"]
        assert (stage["meets"], stage["composite_knife_edge"]) == (meets, edge)
        assert ("临界：按申报表保留3位小数后" in summary(verdict)) is edge
    assert f"综合差异系数{'0.650' if exact else spread}，上限0.65" in summary(assess(county, "basic-2012"))


def test_the_composite_that_is_only_printed_never_hangs_on_rounding(sample):
    assert not any(stage.composite_knife_edge for stage in assess(sample).stages.values())


EXCHANGE = {"exchange_eligible": 1_000_000, "exchange_moved_backbone": 30_000}


@pytest.mark.parametrize(
    ("moved", "exact", "on_form"),
    [(99_499, False, False), (99_500, False, True), (99_960, False, True), (100_000, True, True)],
)
def test_a_share_that_hangs_on_rounding_is_flagged(sample, moved, exact, on_form):
    """9.95 % is 10.0 % on the form, where shares have one decimal."""
    county = with_items(sample, **EXCHANGE, exchange_moved=moved)
    for rounding, meets in (("none", exact), ("form", on_form)):
        verdict = assess(county, rounding=rounding)
        item = next(i for i in verdict.parts["government"].items if i.item.key == "exchange")
        assert (item.meets, item.knife_edge) == (meets, exact != on_form)
        assert item.to_dict()["knife_edge"] is item.knife_edge
        for text in (summary(verdict), item.reason, failing_items(verdict).to_string()):
            assert ("临界：按申报表保留1位小数后" in text) is item.knife_edge


@given(satisfied=st.integers(8_400, 8_600), decimals=st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_a_share_is_flagged_just_where_rounding_turns_it(sample, satisfied, decimals):
    county = with_items(sample, survey_valid=10_000, survey_satisfied=satisfied)
    standard = msgspec.structs.replace(load_standard("quality-2017"), ratio_decimals=decimals)
    exact, rounded = (
        assess(county, standard, rounding=r).parts["recognition"].items[0] for r in ("none", "form")
    )
    assert exact.meets is (satisfied >= 8_500)
    assert exact.knife_edge is rounded.knife_edge is (exact.meets != rounded.meets)
    assert rounded.tests[0].value == pytest.approx(float(form_round(satisfied / 100, decimals)) / 100)


def test_a_school_whose_share_hangs_on_rounding_is_flagged(sample):
    """4.96 % of the budget for training is 5.0 % on the form; 4.9 % is not."""
    county = with_school_items(with_school_items(sample, 0, training_share=4.96), 1, training_share=4.9)
    for rounding, failing in (("none", 2), ("form", 1)):
        items = {i.item.key: i for i in assess(county, rounding=rounding).parts["quality"].items}
        item = items["training_budget"]
        assert (item.meets, item.knife_edge, item.tests[0].value) == (False, True, failing)
        assert "城关镇第一小学临界" in item.reason
        assert ("（4.96，应不低于5）" in item.reason) is (rounding == "none")
    assert "城关镇第二小学（4.9，应不低于5）" in item.reason


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


def row_of(county, table="schools", **values):
    """Position of the first school with these values, in its own table or that of its other items."""
    schools = county.schools
    here = np.logical_and.reduce([schools[name] == value for name, value in values.items()])
    school_id = schools["school_id"][here].iloc[0]
    return int((county.tables[table]["school_id"] == school_id).argmax())


OUT_OF_SCOPE = {
    "special": {"kind": "special"},
    "small_point": {"kind": "teaching_point", "pupils_primary": 40.0},
    "private": {"kind": "primary", "operator": "private"},
}


@pytest.mark.parametrize("which", OUT_OF_SCOPE)
@pytest.mark.parametrize(
    ("part", "key", "values"),
    [
        ("government", "music_art_rooms", {"music_room_areas": (), "art_room_areas": (90.0,) * 9}),
        ("government", "class_size", {"largest_class_primary": 46.0}),
        ("quality", "charter", {"charter": 0.0}),
        ("quality", "training_budget", {"training_share": 4.0}),
    ],
)
def test_schools_outside_the_resource_part_are_tested_too(good_items, part, key, values, which):
    """They are left out of the resource block only, whatever a standard's scope says."""
    standard = load_standard("quality-2017")
    scope = msgspec.structs.replace(standard.scope, private=False)
    standard = msgspec.structs.replace(standard, scope=scope)
    school = OUT_OF_SCOPE[which]
    county = with_school_items(good_items, row_of(good_items, "school_items", **school), **values)
    name = good_items.schools["name"][row_of(good_items, **school)]
    assert name not in set(assess(county, standard).sections["name"])
    for data, meets in ((good_items, True), (county, False)):
        item = next(i for i in assess(data, standard).parts[part].items if i.item.key == key)
        assert (item.meets, name in item.reason) == (meets, not meets)


def test_a_large_school_of_any_kind_is_too_large(good_items):
    county = with_schools(good_items, row_of(good_items, kind="special"), pupils_primary=1900.0)
    assert item_of(county, "school_size").meets is True
    county = with_schools(good_items, row_of(good_items, kind="special"), pupils_primary=2001.0)
    assert item_of(county, "school_size").meets is False


def test_what_a_special_school_did_not_supply_is_missing(good_items):
    items = good_items.tables["school_items"]
    row = row_of(good_items, "school_items", kind="special")
    found = assess(County(good_items.tables | {"school_items": items.drop(row)}))
    assert found.parts["quality"].meets is None
    assert {"charter", "training_share", "largest_class_primary", "music_room_areas"} <= set(found.missing)


def test_a_vocational_school_is_tested_where_it_has_pupils_of_compulsory_education(good_items):
    row = row_of(good_items, kind="vocational")
    assert item_of(good_items, "class_size").meets is True
    for senior_only in ({"pupils_senior": 800.0}, {"pupils_junior": 0.0}):
        assert item_of(with_schools(good_items, row, **senior_only), "class_size").meets is True
    found = item_of(with_schools(good_items, row, pupils_junior=40.0, classes_junior=1.0), "class_size")
    assert (found.meets, found.missing) == (None, ["largest_class_junior"])


def test_rooms_cannot_be_told_where_the_classes_are_not(good_items):
    """A kind that may have any stage may leave its classes blank: then none are needed, or not known."""
    row = row_of(good_items, kind="special")
    county = with_schools(good_items, row, classes_primary=np.nan)
    found = item_of(county, "music_art_rooms")
    assert (found.meets, found.missing) == (None, ["classes_primary"])
    assert "1所学校没有填“小学班数”" in found.reason
    without = with_schools(county, row, pupils_primary=0.0)
    assert item_of(without, "music_art_rooms").meets is True


# Relaxations, scope, several counties


def test_relaxations_are_off_until_asked_for(sample):
    plain = assess(sample)
    assert plain.relaxations == []
    shared = assess(sample, relax=["shared_pe_arts"])
    leased = assess(sample, relax=["leased_grounds"])
    assert (plain.values["pe_arts_teachers"] <= shared.values["pe_arts_teachers"]).all()
    assert (plain.values["pe_arts_teachers"] < shared.values["pe_arts_teachers"]).any()
    assert (plain.values["sports_area"] < leased.values["sports_area"]).any()
    assert assess(sample, relax=["old_rooms", "leased_grounds", "old_rooms"]).relaxations == [
        "old_rooms",
        "leased_grounds",
    ]
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


def with_codes(county, schools, *items):
    """A county with a code for its schools, or none, and its items in rows with these codes."""
    frame = county.tables["county_items"]
    rows = pd.concat([frame] * len(items), ignore_index=True).assign(county_id=list(items))
    return County(county.tables | {"schools": county.schools.assign(county_id=schools), "county_items": rows})


@pytest.mark.parametrize(
    ("schools", "items", "belong"),
    [
        (None, [None], True),
        (None, ["H01"], True),
        ("H01", [None], True),
        ("H01", ["H01"], True),
        ("H01", ["H02"], False),
        (None, ["H01", "H02"], False),
    ],
)
def test_items_belong_to_the_only_county(sample, schools, items, belong):
    found = assess(with_codes(sample, schools, *items))
    found = found if schools is None else found[0]
    assert (found.parts["recognition"].meets is True) is belong


@pytest.mark.parametrize("schools", [None, "H01"])
def test_a_single_countys_items_with_and_without_its_code_go_together(sample, schools):
    county = with_codes(sample, schools, None, "H01")
    county.tables["county_items"].loc[0, "survey_valid"] = np.nan
    county.tables["county_items"].loc[1, "survey_satisfied"] = np.nan
    found = assess(county)
    found = found if schools is None else found[0]
    assert found.parts["recognition"].meets is True


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


@pytest.mark.parametrize(("x", "text"), [(3.125, "3.13"), (2.675, "2.68"), (1234.565, "1,234.57")])
def test_a_number_in_words_is_rounded_as_on_the_forms(x, text):
    assert shown(x) == shown(x, 1.0) == text


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_a_number_is_never_shown_on_the_wrong_side(x, bound):
    assert reaches(float(shown(x, bound).replace(",", "")), bound) == reaches(x, bound)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_a_number_under_an_upper_limit_is_never_shown_on_the_wrong_side(x, limit):
    assert within(float(shown(x, limit, 2, within).replace(",", "")), limit) == within(x, limit)


@pytest.mark.parametrize(
    ("x", "limit", "text"), [(0.5003, 0.5, "0.5003"), (0.4999, 0.5, "0.500"), (0.65, 0.65, "0.650")]
)
def test_a_number_just_above_an_upper_limit_gets_more_decimals(x, limit, text):
    assert shown(x, limit, 3, within) == text


# In words


def test_summary_says_what_fails_and_what_is_missing(sample):
    text = summary(assess(sample))
    for words in ("教督〔2017〕6号", "未达到", "临界", "没有填：监测学业水平最低科目的等级", "差异系数"):
        assert words in text


def test_an_open_verdict_is_a_sentence(sample):
    schools = sample.schools[sample.schools["kind"] == "special"]
    assert "总的结论：还不能判定是否达到县域义务教育优质均衡发展要求" in summary(
        assess(County({"schools": schools}))
    )


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({"application_year": 2026, "basic_balance_year": 2024}, "2年，应不低于3年"),
        ({"monitoring_level": 2}, "学业水平最低的科目：2级，应不低于3级"),
        ({"special_running_cost": 7900}, "7,900元，应不低于8000元"),
        ({"special_running_cost": 7999.5}, "7,999.50元，应不低于8000元"),
        ({"monitoring_level": 3, "monitoring_between_share": 0.15}, "校际差异率：0.15，应低于0.15"),
        ({"teacher_pay": 979, "civil_servant_pay": 1000}, "97.9%，应不低于100%"),
    ],
)
def test_a_reason_has_no_needless_decimals(sample, items, words):
    assert words in summary(assess(with_items(sample, **items)))


def test_a_veto_has_happened_or_not_in_every_table(sample):
    for happened, word in ((0.0, "没有发生"), (1.0, "有发生"), (np.nan, "还不能判定")):
        verdict = assess(with_items(sample, veto_incidents=happened))
        assert parts_table(verdict).loc["一票否决", "结论"] == word
        assert overview([verdict])["一票否决"].iloc[0] == word
        items = failing_items(verdict)
        assert list(items[items.index == "一票否决"]["结论"]) == ([] if happened == 0 else [word])
    row = parts_table(assess(with_items(sample, veto_incidents=1.0))).loc["一票否决"]
    assert list(row) == ["有发生", "5项没有发生", "1项有发生", "0"]
    assert list(parts_table(verdict).loc["政府保障程度"]) == ["未达到", "12", "3", "0"]


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
