"""The standards' files: what they hold, what a province may add, what is refused and how."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

import balancelib.standards
from balancelib.assess import assess
from balancelib.county.terms import check_fields
from balancelib.standards import StandardError, bundled, load_standard
from balancelib.standards.model import PARTS

FOLDER = Path(balancelib.standards.__file__).parent

# Typed from the facts' tables, not read from the files.
THRESHOLDS = {
    "qualified_teachers": (4.2, 5.3), "backbone_teachers": (1, 1), "pe_arts_teachers": (0.9, 0.9),
    "teaching_area": (4.5, 5.8), "sports_area": (7.5, 10.2), "equipment_value": (2000, 2500), "multimedia_rooms": (2.3, 2.4),
}  # fmt: skip
BASIC = [
    "teaching_area", "sports_area", "equipment_value", "computers", "books", "teacher_pupil_ratio", "qualified_teachers",
    "senior_teachers",
]  # fmt: skip

PROVINCE = """
extends = "basic-2012"
key = "province"
label = "某省义务教育基本均衡"

[[documents]]
id = "province"
title = "某省义务教育学校办学基本标准"
number = "某教〔2013〕1号"
issuer = "某省教育厅"
year = 2013

[school_rule]
met_at_least = 2
floor = 0.6
source = "province"

[precondition]
items = []

[[indicators]]
key = "books"
thresholds = { primary = 15.0, junior = 20.0 }
source = "province"

[[indicators]]
key = "computers"
thresholds = { primary = 8.0, junior = 10.0 }
source = "province"
"""


@pytest.fixture
def province(tmp_path):
    def write(text=PROVINCE, name="province.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_quality_standard_has_the_official_numbers():
    standard = load_standard("quality-2017")
    found = {i.key: (i.thresholds["primary"], i.thresholds["junior"]) for i in standard.indicators}
    assert found == THRESHOLDS
    assert standard.cv_rule.limits == {"primary": 0.50, "junior": 0.45}
    assert (standard.school_rule.met_at_least, standard.school_rule.floor) == (6, 0.85)
    assert [len(getattr(standard, part).items) for part in ("government", "quality", "recognition", "veto")] == [15, 9, 1, 6]  # fmt: skip
    assert len(standard.relaxations) == 4


def test_basic_standard_has_the_official_numbers():
    standard = load_standard("basic-2012")
    assert [i.key for i in standard.indicators] == BASIC
    assert standard.cv_rule.limits == {"primary": 0.65, "junior": 0.55}
    assert standard.cv_rule.test == "composite"
    assert standard.government.items[0].tests[0].minimum == 85


@pytest.mark.parametrize("name", bundled())
def test_every_rule_names_a_document_that_is_there(name):
    standard = load_standard(name)
    check_fields(standard)
    rules = [standard.scope, standard.split, standard.cv_rule, *standard.indicators, *standard.relaxations]
    rules += [item for part in PARTS if getattr(standard, part) for item in getattr(standard, part).items]
    for rule in rules:
        assert "号" in standard.document(rule.source).number


def test_a_province_needs_a_file_and_no_code(province):
    standard = load_standard(province())
    verdict = assess(sample_county(7), standard)
    found = verdict.to_dict()
    section = found["resources"]["primary"]["sections"][0]
    assert section["meets"] in (True, False)
    assert (section["ratios"]["books"] is None, section["ratios"]["sports_area"] is None) == (False, True)
    assert found["precondition"] is None
    assert found["standard"] == "province"
    assert standard.indicator("books").label == load_standard("basic-2012").indicator("books").label


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("floor = 0.6", "floor = 1.6", "school_rule.floor", "0"),
        ("floor = 0.6", 'floor = "0.6"', "school_rule.floor", "应为数"),
        ("floor = 0.6", "flor = 0.6", "school_rule", "flor"),
        ("met_at_least = 2\n", "", "school_rule", "met_at_least"),
        ('source = "province"', 'source = "nowhere"', "source", "nowhere"),
        (", junior = 20.0 }", " }", "indicators.books.thresholds", "junior"),
        ('[school_rule]\nmet_at_least = 2\nfloor = 0.6\nsource = "province"\n', "", "thresholds", "school_rule"),
        ('key = "computers"', 'key = "Computers!"', "indicators", "小写"),
        ('extends = "basic-2012"', 'extends = "basic-1912"', "extends", "basic-1912"),
        ("year = 2013", "year = 2013 = 4", "—", "TOML"),
        ("primary = 15.0", "primary = -15.0", "indicators", "0"),
        ("primary = 15.0", "primary = inf", "indicators", ""),
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused_with_file_key_and_reason(province, old, new, key, reason):
    assert old in PROVINCE
    with pytest.raises(StandardError) as caught:
        load_standard(province(PROVINCE.replace(old, new)))
    assert caught.value.file == "province.toml"
    assert key in caught.value.key
    assert reason in caught.value.reason
    assert "province.toml" in str(caught.value)


def test_a_missing_or_unreadable_file_is_refused(tmp_path):
    with pytest.raises(StandardError, match="找不到"):
        load_standard(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StandardError, match="读不出来"):
        load_standard(tmp_path / "binary.toml")


def test_a_column_that_no_table_has_is_refused(province):
    text = (
        PROVINCE
        + '\n[[indicators]]\nkey = "pools"\nlabel = "泳池"\nshort_label = "泳池"\nunit = "个"\nsplit = true\n'
    )
    text += 'source = "province"\nsum = { primary = ["pools"], junior = ["pools"] }\n'
    with pytest.raises(StandardError, match="pools"):
        check_fields(load_standard(province(text)))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_wrong_is_a_standard_error(data, tmp_path_factory):
    """Lines lost, doubled or given another value: the file loads, or is refused in its own words."""
    lines = (FOLDER / "quality-2017.toml").read_text(encoding="utf-8").splitlines()
    i = data.draw(st.integers(0, len(lines) - 1))
    wrong = data.draw(st.sampled_from(["lose", "double", "nan", "text", "table", "empty"]))
    name = lines[i].split("=")[0]
    lines[i : i + 1] = {
        "lose": [],
        "double": [lines[i]] * 2,
        "nan": [f"{name} = nan"],
        "text": [f'{name} = "x"'],
        "table": [f"{name} = {{ a = 1 }}"],
        "empty": [f"{name} = []"],
    }[wrong]
    path = tmp_path_factory.mktemp("standard") / "wrong.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        standard = load_standard(path)
        check_fields(standard)
    except StandardError as error:
        assert error.file
        assert error.key
        assert error.reason
    else:
        assert tomllib.loads(path.read_text(encoding="utf-8"))
        assert assess(sample_county(7, 20), standard).meets in (True, False, None)
