"""The visit: the list, the comparison, the printed form, planted faults and what finds them."""

import openpyxl
import pandas as pd
import pytest
from samples import sample_county

from balancelib.policy import (
    FieldChecksError,
    PlantedFault,
    doctor_remarks,
    draw_sample,
    field_check,
    load_checks,
    load_faults,
    plant_faults,
    visit_list,
    what_finds_what,
    write_visit_list,
    wrong_schools,
)
from balancelib.policy.field import CHECKS


@pytest.fixture(scope="module")
def schools():
    table = sample_county(7).schools
    return table[table[["pupils_primary", "pupils_junior"]].sum(axis=1) > 0]


@pytest.fixture(scope="module")
def planted(schools):
    return plant_faults(schools, "演练")


def school(**numbers):
    row = {"school_id": "1", "name": "甲校", "kind": "primary", "area": "rural"}
    return pd.DataFrame([row | {"pupils_primary": 100.0, "teaching_area": 500.0} | numbers])


def verdicts(reported, counted):
    checked = field_check(visit_list(reported, reported), counted)
    return dict(zip(checked["column"], checked["wrong"], strict=True)), wrong_schools(checked)


def test_counts_must_agree_and_areas_within_five_percent():
    assert verdicts(school(), school(teaching_area=475)) == (
        {"pupils_primary": False, "teaching_area": False},
        {"1": False},
    )
    assert verdicts(school(), school(teaching_area=474.9))[0]["teaching_area"] is True
    assert verdicts(school(), school(teaching_area=525))[0]["teaching_area"] is False
    assert verdicts(school(), school(pupils_primary=99)) == (
        {"pupils_primary": True, "teaching_area": False},
        {"1": True},
    )


def test_what_nobody_counted_is_neither_right_nor_wrong():
    assert verdicts(school(), school(pupils_primary=None)) == (
        {"pupils_primary": None, "teaching_area": False},
        {"1": None},
    )
    assert verdicts(school(), school(pupils_primary=None, teaching_area=300))[1] == {"1": True}
    assert verdicts(school(), school(school_id="2"))[1] == {"1": None}


def test_a_reported_zero_that_is_not_zero_is_wrong():
    assert verdicts(school(pupils_primary=0), school())[0]["pupils_primary"] is True


def test_the_list_has_what_applies_to_the_schools_drawn(schools):
    sample = draw_sample(schools, 1)
    visit = visit_list(schools, sample)
    assert visit["school_id"].drop_duplicates().tolist() == sample["school_id"].tolist()
    assert visit["reported"].notna().all()
    junior = schools.set_index("school_id")["kind"].loc[visit["school_id"]] == "junior"
    assert not visit.loc[junior.to_numpy(), "column"].str.endswith("_primary").any()


def test_the_form_is_the_list_with_room_to_write(tmp_path):
    reported = school(name="=甲校")
    path = write_visit_list(tmp_path / "visit.xlsx", visit_list(reported, reported))
    assert (
        write_visit_list(tmp_path / "again.xlsx", visit_list(reported, reported)).read_bytes()
        == path.read_bytes()
    )
    sheet = openpyxl.load_workbook(path)["学校1"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(i for i, row in enumerate(rows) if row[0] == "项目")
    assert rows[head + 1][:6] == ["小学在校生数", "人", 100, 0, None, None]
    assert rows[head + 2][:6] == ["教学及辅助用房面积", "平方米", 500, 25, None, None]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


# --- planted faults


def test_each_school_has_one_fault_and_the_others_none(schools, planted):
    assert planted.faults["school_id"].is_unique
    checked = field_check(visit_list(planted.reported, planted.reported), schools)
    wrong = {one for one, is_wrong in wrong_schools(checked).items() if is_wrong}
    on_the_list = planted.faults[planted.faults["fault"] != "unreported"]
    assert wrong == set(on_the_list["school_id"])
    missing = set(schools["school_id"]) - set(planted.reported["school_id"])
    assert missing == set(planted.faults["school_id"]) - wrong


def test_what_was_planted_is_what_the_file_says(schools, planted):
    truth, reported = schools.set_index("school_id"), planted.reported.set_index("school_id")
    ids = planted.faults.groupby("fault")["school_id"].first()
    assert reported.at[ids["mu"], "sports_ground_area"] == pytest.approx(
        truth.at[ids["mu"], "sports_ground_area"] * 0.0015, abs=1e-4
    )
    assert reported.at[ids["yuan"], "equipment_value"] == truth.at[ids["yuan"], "equipment_value"] * 10_000
    assert reported.at[ids["dormitory"], "teaching_area"] == pytest.approx(
        truth.at[ids["dormitory"], "teaching_area"] * 1.25, abs=1e-4
    )


def test_a_share_of_schools_is_not_more_for_the_last_bit(schools):
    """28 % of 25 are 7; as doubles the product is a little more."""
    fault = PlantedFault("one", "甲", 0.28, "一", ("teaching_area",), times=2.0)
    assert len(plant_faults(schools.iloc[:25], 1, [fault]).faults) == 7


def test_planting_does_not_depend_on_the_order_of_rows(schools, planted):
    again = plant_faults(schools.iloc[::-1], "演练")
    assert set(again.faults["school_id"]) == set(planted.faults["school_id"])
    assert schools["equipment_value"].max() < 10_000, "the truth stays as it is"


def test_units_and_gone_schools_are_for_the_doctor_counts_for_the_visit(schools, planted):
    assert doctor_remarks(schools) == {}
    found = what_finds_what(planted, doctor_remarks(planted.reported, schools)).set_index("label")
    doctor, all_of = found["doctor"], found["schools"]
    kinds = planted.faults.drop_duplicates("fault").set_index("fault")["label"]
    for kind in ("mu", "yuan", "unreported"):
        assert doctor[kinds[kind]] == all_of[kinds[kind]]
    for kind in ("part_time", "dormitory"):
        assert doctor[kinds[kind]] == 0
        assert 0 < found.at[kinds[kind], 0.10] < found.at[kinds[kind], 0.30] < 1
    assert found.at[kinds["unreported"], 0.30] == 0, "who is not on the list is never drawn"


# --- files


def test_columns_of_the_files_are_those_of_the_table(tmp_path):
    assert load_checks()
    assert load_faults()
    path = tmp_path / "mine.toml"
    path.write_text(
        CHECKS.read_text(encoding="utf-8").replace("multimedia_rooms", "projectors"), encoding="utf-8"
    )
    with pytest.raises(FieldChecksError, match=r"核查清单文件mine.toml，键multimedia：.*projectors"):
        load_checks(path)
    with pytest.raises(FieldChecksError, match="找不到"):
        load_checks(tmp_path / "none.toml")
