"""A standard that changes is seen: its version must rise, and who upgrades is told what differs and which verdicts turn."""

import re

import msgspec
import pytest
from command import within
from conftest import ROOT
from samples import short_county

from balancelib.assess import assess, turned
from balancelib.county.write import write_csv
from balancelib.standards import bundled, load_standard
from balancelib.standards.changes import NOTHING, Change, changes, history, unreleased, what_it_says

FOLDER = ROOT / "balancelib" / "standards"


def changed(tmp_path, *edits, name="quality-2017"):
    """A bundled standard's file with some of its text replaced."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_bundled_standard_is_as_its_last_version_was():
    """Who changed a file raises its version, and adds it to the history with what CHANGELOG.md says of it."""
    now = {name: (load_standard(name).version, what_it_says(load_standard(name))) for name in bundled()}
    assert unreleased() == [], f"see {FOLDER / 'history' / 'released.toml'}: {now}"


def test_no_version_is_there_twice_and_each_is_told_of():
    versions = [(entry.standard, entry.version) for entry in history()]
    assert len(versions) == len(set(versions))
    told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for entry in history():
        section = re.search(rf"^## {re.escape(entry.since)}（.*?(?=^## |\Z)", told, re.MULTILINE | re.DOTALL)
        assert entry.standard in section[0], f"CHANGELOG.md, {entry.since}: {entry.standard}"
        assert entry.version in section[0]


def test_a_changed_number_is_another_standard_and_a_comment_is_not(tmp_path):
    one = load_standard("quality-2017")
    assert what_it_says(
        load_standard(changed(tmp_path, ("met_at_least = 6", "met_at_least = 6  # 六项")))
    ) == what_it_says(one)
    assert what_it_says(
        load_standard(changed(tmp_path, ("met_at_least = 6", "met_at_least = 5")))
    ) != what_it_says(one)


def test_what_two_versions_say_differently(tmp_path):
    path = changed(
        tmp_path, ('version = "2017"', 'version = "2031"'), ("met_at_least = 6", "met_at_least = 7")
    )
    before, after = load_standard("quality-2017"), load_standard(path)
    assert changes(before, after) == [
        Change("version", '"2017"', '"2031"'),
        Change("school_rule.met_at_least", "6", "7"),
    ]
    assert changes(before, before) == []


def test_a_record_that_came_or_went_is_told_by_its_name():
    standard = load_standard("quality-2017")
    fewer = msgspec.structs.replace(standard, indicators=standard.indicators[1:])
    gone = changes(standard, fewer)
    assert {one.after for one in gone} == {NOTHING}
    assert {one.key.split(".")[1] for one in gone} == {standard.indicators[0].key}
    assert changes(fewer, standard) == [Change(one.key, NOTHING, one.before) for one in gone]


def test_verdicts_that_turn_are_those_that_differ(tmp_path):
    county = short_county(schools=20)
    before = assess(county, "quality-2017")
    after = assess(
        county,
        load_standard(
            changed(tmp_path, ("met_at_least = 6", "met_at_least = 1"), ("floor = 0.85", "floor = 0.0"))
        ),
    )
    differ = before.sections["meets"].to_numpy() != after.sections["meets"].to_numpy()
    schools = [(one.before, one.after) for one in turned(before, after) if "（99" in one.what]
    assert differ.any()
    assert schools == [("未达到", "达到")] * differ.sum()
    assert turned(before, before) == []


def test_the_command_tells_both(tmp_path):
    write_csv(short_county(schools=20).tables, tmp_path / "county")
    path = changed(tmp_path, ("met_at_least = 6", "met_at_least = 1"), ("floor = 0.85", "floor = 0.0"))
    done = within("standards", "--changes", "quality-2017", path.name, "--data", "county", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "school_rule.met_at_least：6 → 1" in done.stdout
    assert re.search(r"翻转的判定有[1-9]\d*个", done.stdout)
    assert "未达到 → 达到" in done.stdout
    same = within(
        "standards", "--changes", "quality-2017", "quality-2017", "--data", "county", folder=tmp_path
    )
    assert "0处不同" in same.stdout
    assert "没有判定翻转" in same.stdout


def test_the_command_lists_all(tmp_path):
    done = within("standards", folder=tmp_path)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(bundled())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "county"], "--changes"),
        (["--changes", "quality-2017", "nowhere"], "没有名为nowhere的标准"),
        (["--changes", "quality-2017", "nowhere.toml"], "找不到这个文件"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, words, said):
    done = within("standards", *words, folder=tmp_path)
    assert done.returncode in (1, 2)
    assert said in done.stderr
