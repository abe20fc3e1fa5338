"""The files under data/: generated, and what the library says they are."""

import csv
import importlib.util
import json

import pytest
from conftest import ROOT

from balancelib.assess import assess
from balancelib.county import read_county
from balancelib.county.schema import schema

DATA = ROOT / "data"


def generated(folder):
    spec = importlib.util.spec_from_file_location("make", DATA / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(folder)
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_making_the_data_anew_changes_nothing(tmp_path):
    for path, content in generated(tmp_path).items():
        assert (DATA / path).read_bytes() == content, f"{path} is stale: run `make data`"


def test_workbook_and_tables_hold_the_same_county():
    as_tables, as_workbook = (assess(read_county(DATA / "county" / name)) for name in ("", "county.xlsx"))
    one, other = as_tables.to_dict(), as_workbook.to_dict()
    assert one.pop("input_sha256") != other.pop("input_sha256")
    assert one == other


def test_sample_county_is_not_yet_balanced():
    verdict = assess(read_county(DATA / "county"))
    assert verdict.meets is False
    assert verdict.sections["knife_edge"].any()
    assert verdict.missing  # the monitoring report has not come yet


def package():
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def rows_of(resource):
    with (DATA / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
        return list(csv.DictReader(file))


RESOURCES = {resource["name"]: resource for resource in package()["resources"]}
CASTS = {"integer": int, "number": float, "string": str}


@pytest.mark.parametrize("name", RESOURCES)
def test_every_cell_is_as_the_descriptor_says(name):
    """As Frictionless validates: types, constraints, keys, references."""
    rows, described = rows_of(RESOURCES[name]), RESOURCES[name]["schema"]
    for field in described["fields"]:
        limits = field.get("constraints", {})
        texts = [row[field["name"]] for row in rows]
        given = [text for text in texts if text not in described["missingValues"]]
        if limits.get("required"):
            assert given == texts, field["name"]
        if field["type"] == "boolean":
            assert set(given) <= {*field["trueValues"], *field["falseValues"]}, field["name"]
            continue
        values = [CASTS[field["type"]](text) for text in given]
        if limits.get("unique"):
            assert len(set(values)) == len(values), field["name"]
        assert all(value in limits.get("enum", values) for value in values), field["name"]
        for value in values:
            assert limits.get("minimum", value) <= value <= limits.get("maximum", value), field["name"]
    keys = [tuple(row[name] for name in described["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys) > 0
    for foreign in described.get("foreignKeys", []):
        (to,) = foreign["reference"]["fields"]
        there = {row[to] for row in rows_of(RESOURCES[foreign["reference"]["resource"] or name])}
        named = {row[column] for column in foreign["fields"] for row in rows}
        assert named - set(described["missingValues"]) <= there


def test_keys_of_several_columns_and_references():
    described = {name: resource["schema"] for name, resource in RESOURCES.items()}
    keys = {name: found["primaryKey"] for name, found in described.items()}
    assert keys["money"] == keys["enrolment"] == ["school_id", "year"]
    assert keys["distances"] == ["from_id", "to_id"]
    assert keys["births"] == ["year"]
    foreign = {name: [f["fields"] for f in found.get("foreignKeys", [])] for name, found in described.items()}
    assert foreign["distances"] == [["from_id"], ["to_id"]]
    assert foreign["ledger"] == foreign["boarding"] == [["school_id"]]
    assert foreign["births"] == foreign["schools"] == []
    assert foreign["teachers"] == [["school_id"], ["spouse"], ["lives_near"]]
    referred = {f["reference"]["resource"] for f in described["studio_members"]["foreignKeys"]}
    assert referred == {"studios", "teachers"}
    assert keys["scores"] == ["year", "grade", "pupil", "subject"]
    assert keys["lesson_log"] == ["record"]
    assert keys["group_pupils"] == ["year", "school_id", "stage", "group"]
    assert keys["disabled_children"] == ["township", "age_group", "kind", "level", "placement"]
    assert keys["register_pairs"] == ["township", "group", "first", "second"]
    assert keys["cohorts"] == ["school_id", "entered", "group"]
    assert keys["children"] == ["child"]
    assert keys["school_results"] == ["school_id", "stage", "year"]
    assert keys["programmes"] == ["programme", "school_id", "stage"]
    assert keys["absences"] == ["month"]
    assert keys["peer_counties"] == ["peer", "year"]
    assert keys["survey_frame"] == ["school_id", "role"]
    assert keys["inspections"] == ["visit", "item"]
    assert keys["actions"] == ["action"]


def test_the_workbook_leaves_rows_of_pupils_and_lessons_to_the_csv():
    filled = set(read_county(DATA / "county" / "county.xlsx").tables)
    assert {table.name for table in schema().tables} - filled == {
        "exceptions", "scores", "item_answers", "lesson_log", "timetable", "children", "survey",
    }  # fmt: skip


def test_the_package_names_every_table_and_the_files_stay_small():
    filled = [table.name for table in schema().tables if table.name != "exceptions"]  # the sample needs none
    assert list(RESOURCES) == [*filled, "province_schools"]
    assert sum(path.stat().st_size for path in (DATA / "county").iterdir()) < 3_310_000
    assert (DATA / "county" / "scores.csv").stat().st_size < 400_000
    assert (DATA / "county" / "children.csv").stat().st_size < 435_000  # every pupil of grade 8 in two years
    assert (DATA / "province" / "schools.csv").stat().st_size < 500_000


def test_descriptor_names_every_column_of_every_file():
    assert "合成" in package()["title"]
    for resource in package()["resources"]:
        header = (DATA / resource["path"]).read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
