"""What we write: read back it is the same, and it is written whole or not at all."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import County, read_county
from balancelib.county.files import whole_or_absent
from balancelib.county.write import write_csv, write_workbook


@pytest.fixture(scope="module")
def county():
    return sample_county(11, 40)


def assert_same(one, other):
    assert list(one) == list(other)
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], check_dtype=False)


def test_tables_read_back_are_the_same(county, tmp_path):
    write_csv(county.tables, tmp_path)
    assert_same(read_county(tmp_path).tables, county.tables)


def test_workbook_read_back_is_the_same(county, tmp_path):
    path = write_workbook(tmp_path / "county.xlsx", county.tables)
    assert_same(read_county(path).tables, county.tables)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    numbers=st.lists(st.floats(0, 1e11, allow_subnormal=False), min_size=3, max_size=3),
    name=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30),
)
def test_any_numbers_and_names_survive(county, tmp_path, numbers, name):
    schools = county.schools.copy()
    schools.loc[:2, "sports_ground_area"] = numbers
    schools.loc[0, "name"] = name
    write_csv({"schools": schools}, tmp_path)
    found = read_county(tmp_path).schools
    assert list(found["sports_ground_area"].iloc[:3]) == numbers
    assert found["name"].iloc[0].removeprefix("'") == name.removeprefix("'")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    amounts=st.lists(st.floats(0, 1e11, allow_subnormal=False), min_size=9, max_size=9),
    km=st.floats(0, 1000, allow_subnormal=False),
    name=st.from_regex(r"[A-Za-z\u4e00-\u9fff][\w/.()-]{0,20}", fullmatch=True),
    as_workbook=st.booleans(),
)
def test_any_amounts_and_numbers_of_things_survive(county, tmp_path, amounts, km, name, as_workbook):
    """A workbook holds 16 digits, as Excel does."""
    money, distances, ledger = (county.tables[n].copy() for n in ("money", "distances", "ledger"))
    money.loc[:8, "equipment_spending"] = amounts
    distances.loc[3, "km"] = km
    ledger.loc[5, "item_id"] = name
    tables = {"schools": county.schools, "money": money, "distances": distances, "ledger": ledger}
    path = tmp_path / "county.xlsx"
    if as_workbook:
        write_workbook(path, tables)
    else:
        path = tmp_path
        write_csv(tables, path)
    found = read_county(path).tables
    assert list(found["money"]["equipment_spending"].iloc[:9]) == pytest.approx(amounts, rel=1e-15, abs=0)
    assert found["distances"]["km"][3] == pytest.approx(km, rel=1e-15, abs=0)
    assert found["ledger"]["item_id"][5] == name


def test_same_tables_give_the_same_bytes(county, tmp_path):
    one, other = (write_workbook(tmp_path / f"{n}.xlsx", county.tables).read_bytes() for n in "ab")
    assert one == other


def test_csv_opens_right_in_chinese_excel(county, tmp_path):
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in write_csv(county.tables, tmp_path))


@pytest.mark.parametrize("name", ["=1+1", "+8", "-2", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula(county, tmp_path, name):
    schools = county.schools.copy()
    schools.loc[0, "name"] = name
    path = write_workbook(tmp_path / "county.xlsx", County({"schools": schools}).tables)
    cell = openpyxl.load_workbook(path)["学校"]["B2"]
    assert (cell.data_type, cell.value.lstrip("'")) == ("s", name)
    write_csv({"schools": schools}, tmp_path)
    line = (tmp_path / "schools.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.split(",")[1].strip('"').startswith("'")


def test_a_failure_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole_or_absent(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
