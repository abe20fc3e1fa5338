"""The files under data/: generated, and what the library says they are."""

import importlib.util
import json

from conftest import ROOT

from balancelib.assess import assess
from balancelib.county import read_county

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


def test_descriptor_names_every_column_of_every_file():
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert "合成" in package["title"]
    for resource in package["resources"]:
        header = (DATA / resource["path"]).read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
