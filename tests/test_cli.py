"""The command as people and programs call it: as a process."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

SAMPLE = ROOT / "data" / "county"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def run(tmp_path):
    def call(*arguments, encoding="utf-8"):
        return subprocess.run(
            [sys.executable, "-m", "balancelib", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            encoding=encoding,
            env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
        )

    return call


@pytest.fixture
def spoiled(tmp_path):
    """The sample county with three faults in two tables."""
    folder = tmp_path / "spoiled"
    shutil.copytree(SAMPLE, folder)
    schools = folder / "schools.csv"
    text = schools.read_text(encoding="utf-8-sig")
    schools.write_text(text.replace(",1000,", ",一千,", 1).replace(",5400,", ",-5400,", 1), encoding="utf-8")
    items = folder / "county_items.csv"
    items.write_text(items.read_text(encoding="utf-8-sig").replace("98600", "九万"), encoding="utf-8")
    return folder


def test_from_a_seed_to_the_verdict(run, tmp_path):
    made = run("sample", "--seed", 7, "--out", "county")
    assert made.returncode == 0
    assert "合成" in made.stdout
    assert {p.name for p in (tmp_path / "county").iterdir()} == {p.name for p in SAMPLE.iterdir()}
    for path in ("county", "county/county.xlsx"):
        done = run("assess", path, "--json", "out.json")
        assert (done.returncode, done.stderr) == (0, "")
        assert "未达到县域义务教育优质均衡发展要求" in done.stdout
        assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["meets"] is False


def test_json_on_the_screen_is_json_and_nothing_else(run):
    assert json.loads(run("assess", SAMPLE, "--json", "-").stdout)["standard"] == "quality-2017"
    assert json.loads(run("check", SAMPLE, "--json", "-").stdout) == []


def test_explanation(run):
    text = run("assess", SAMPLE, "--explain", "backbone_teachers").stdout
    assert "差异系数 = S÷均值 = 0.550" in text


def test_the_other_standard_and_the_switches(run):
    assert "基本均衡" in run("assess", SAMPLE, "--standard", "basic-2012").stdout
    relaxed = run("assess", SAMPLE, "--relax", "old_rooms", "leased_grounds", "--json", "-")
    assert json.loads(relaxed.stdout)["relaxations"] == ["old_rooms", "leased_grounds"]
    exact, rounded = (
        json.loads(run("assess", SAMPLE, "--rounding", r, "--json", "-").stdout) for r in ("none", "form")
    )
    sections = [r["resources"]["primary"]["sections"] for r in (exact, rounded)]
    assert [s["meets"] for s in sections[0]] != [s["meets"] for s in sections[1]]


def test_template(run, tmp_path):
    assert run("template", "county.xlsx").returncode == 0
    empty = run("check", "county.xlsx")
    assert empty.returncode == 1
    assert "一所学校也没有" in empty.stdout


@pytest.mark.parametrize("command", ["check", "assess"])
def test_all_faults_are_listed_and_nothing_is_written(run, spoiled, tmp_path, command):
    extra = ("--json", "out.json") if command == "assess" else ()
    done = run(command, spoiled, *extra)
    text = done.stdout + done.stderr
    assert done.returncode == 1
    assert "3处" in text
    for place in (
        "[schools.csv]第2行“小学在校生数”：“一千”",
        "[schools.csv]第2行“教学及辅助用房面积”：“-5400”",
        "[county_items.csv]第",
    ):
        assert place in text
    assert not (tmp_path / "out.json").exists()


def test_faults_as_json(run, spoiled):
    faults = json.loads(run("check", spoiled, "--json", "-").stdout)
    assert [(f["sheet"], f["row"], f["column"], f["value"]) for f in faults][:2] == [
        ("schools.csv", 2, "小学在校生数", "一千"),
        ("schools.csv", 2, "教学及辅助用房面积", "-5400"),
    ]
    assert all(f["action"] and f["severity"] == "fault" for f in faults)


def test_warnings_do_not_stop(run, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "same")
    path = tmp_path / "same" / "schools.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("城关镇第二小学", "城关镇第三小学"), encoding="utf-8")
    checked = run("check", "same")
    assert (checked.returncode, "同名" in checked.stdout) == (0, True)
    assessed = run("assess", "same")
    assert (assessed.returncode, "2处提醒" in assessed.stdout) == (0, True)


def test_several_counties(run, tmp_path):
    folder = tmp_path / "two"
    shutil.copytree(SAMPLE, folder)
    path = folder / "schools.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    halves = [
        f"{line},{'县区代码' if i == 0 else '3301' if i < 30 else '3302'}" for i, line in enumerate(lines)
    ]
    path.write_text("\n".join(halves), encoding="utf-8")
    (folder / "county_items.csv").unlink()
    found = json.loads(run("assess", folder, "--json", "-").stdout)
    assert [one["county_id"] for one in found] == ["3301", "3302"]
    assert [line.split()[0] for line in run("assess", folder).stdout.splitlines()[:3]] == [
        "县区代码",
        "3301",
        "3302",
    ]
    assert run("assess", folder, "--county", "3302").stdout.startswith("县区3302")
    assert run("assess", folder, "--county", "9").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "缺少"),
        (["fly"], "没有“fly”这个选择"),
        (["assess"], "缺少"),
        (["assess", SAMPLE, "--what"], "不认识的参数"),
        (["assess", SAMPLE, "--standard", "quality-1999"], "没有名为quality-1999的标准"),
        (["assess", SAMPLE, "--relax", "everything"], "没有放宽条款everything"),
        (["assess", SAMPLE, "--explain", "happiness"], "没有指标happiness"),
        (["assess", SAMPLE, "--rounding", "up"], "没有“up”这个选择"),
        (["sample", "--seed", "x", "--out", "o"], "要整数"),
        (["sample", "--schools", "3", "--out", "o"], "至少要有20所"),
        (["template", "county.pdf"], ".xlsx结尾"),
    ],
)
def test_wrong_usage_is_said_in_chinese(run, tmp_path, arguments, words):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_standard_is_a_fault_of_the_input(run, tmp_path):
    (tmp_path / "mine.toml").write_text("key = 1", encoding="utf-8")
    done = run("assess", SAMPLE, "--standard", "mine.toml")
    assert (done.returncode, "mine.toml" in done.stderr) == (1, True)


def test_help_is_in_chinese(run):
    for command in ([], ["sample"], ["template"], ["check"], ["assess"]):
        done = run(*command, "--help")
        assert done.returncode == 0
        for line in done.stdout.splitlines():
            assert CHINESE.search(line) or not re.search(r"[a-z]{4,} [a-z]{2,} ", line), line


def test_a_console_without_chinese_does_not_stop_it(run):
    done = run("assess", SAMPLE, "--explain", "backbone_teachers", encoding="gbk")
    assert (done.returncode, "未达到" in done.stdout) == (0, True)


def test_a_folder_that_cannot_be_written(run, tmp_path):
    (tmp_path / "file").write_text("x")
    done = run("sample", "--out", "file/county")
    assert (done.returncode, "写不进" in done.stderr) == (2, True)
