"""The command as people and programs call it; as a process wherever the process itself is the point."""

import json
import re
import shutil
import subprocess
import sys
from functools import partial

import pytest
from command import as_process, within
from conftest import ROOT

from balancelib.county.schema import schema

SAMPLE = ROOT / "data" / "county"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def run(tmp_path):
    return partial(within, folder=tmp_path)


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


def test_from_a_seed_to_the_verdict(tmp_path):
    run = partial(as_process, folder=tmp_path)
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


@pytest.mark.parametrize(
    "command",
    [
        ("national", "round.csv", "--out", "out.csv"),
        ("national", SAMPLE, "--out", "round/out.csv"),
        ("report", SAMPLE, "--out", "round"),
        ("check", "round"),
    ],
    ids=lambda command: " ".join(map(str, command[:1] + command[2:])),
)
def test_links_that_go_round_are_said(run, tmp_path, command):
    """`Path.resolve` ends in a RuntimeError where a link leads to itself, before Python 3.13."""
    for name in ("round", "round.csv"):
        (tmp_path / name).symlink_to(name)
    done = run(*command)
    assert done.returncode
    assert CHINESE.search(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr


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
    for table in schema().tables:
        if table.name != "schools" and any(column.name == "county_id" for column in table.columns):
            (folder / f"{table.name}.csv").unlink(missing_ok=True)  # of one county
    found = json.loads(run("assess", folder, "--json", "-").stdout)
    assert [one["county_id"] for one in found] == ["3301", "3302"]
    assert [line.split()[0] for line in run("assess", folder).stdout.splitlines()[:3]] == [
        "县区代码",
        "3301",
        "3302",
    ]
    assert run("assess", folder, "--county", "3302").stdout.startswith("县区3302")
    assert run("assess", folder, "--county", "9").returncode == 2
    unclear = run("assess", folder, "--explain", "backbone_teachers", "--json", "out.json")
    assert (unclear.returncode, "加上 --county" in unclear.stderr) == (2, True)
    assert not (tmp_path / "out.json").exists()
    one = run("assess", folder, "--explain", "backbone_teachers", "--county", "3302")
    assert (one.returncode, "差异系数 = " in one.stdout) == (0, True)


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
        (["sample", "--schools", "1000001", "--out", "o"], "最多1,000,000所"),
        (["sample", "--seed", "-1", "--out", "o"], "不小于0的整数"),
        (["assess", SAMPLE, "--explain", "backbone_teachers", "--json", "-"], "不能和--json -一起用"),
        (["assess", SAMPLE, "--county", "H99"], "没有县区代码，只有一个县"),
        (["assess", SAMPLE, "--standard", "\x1b[31m" + "x" * 100], "没有名为�[31mxxx"),
        (["check", "--help=3"], "后面不带内容"),
        (["template", "county.pdf"], ".xlsx结尾"),
    ],
)
def test_wrong_usage_is_said_in_chinese(run, tmp_path, arguments, words):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_standard_is_a_fault_of_the_input(run, tmp_path):
    (tmp_path / "mine.toml").write_text("key = 1", encoding="utf-8")
    done = run("assess", SAMPLE, "--standard", "mine.toml")
    assert (done.returncode, "mine.toml" in done.stderr) == (1, True)


def test_help_is_in_chinese(run):
    for command in (
        [],
        ["sample"],
        ["template"],
        ["check"],
        ["assess"],
        ["report"],
        ["rotation"],
        ["scores"],
        ["groups"],
    ):
        done = run(*command, "--help")
        assert done.returncode == 0
        for line in done.stdout.splitlines():
            assert CHINESE.search(line) or not re.search(r"[a-z]{4,} [a-z]{2,} ", line), line


def test_a_console_without_chinese_does_not_stop_it(tmp_path):
    words = ("assess", SAMPLE, "--explain", "backbone_teachers")
    done = as_process(*words, folder=tmp_path, PYTHONIOENCODING="gbk")
    assert (done.returncode, "未达到" in done.stdout) == (0, True)


def test_a_folder_that_cannot_be_written(run, tmp_path):
    (tmp_path / "file").write_text("x")
    done = run("sample", "--out", "file/county")
    assert (done.returncode, "写不进" in done.stderr) == (2, True)


# Nothing of the user's is overwritten


def test_template_does_not_overwrite(run, tmp_path):
    (tmp_path / "county.xlsx").write_bytes(b"filled in")
    done = run("template", "county.xlsx")
    assert (done.returncode, "换一个文件名" in done.stderr) == (2, True)
    assert (tmp_path / "county.xlsx").read_bytes() == b"filled in"


@pytest.mark.parametrize("command", ["check", "assess"])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("c/county.xlsx", "c/../c/county.xlsx"), ("c", "c/schools.csv"), ("c", "c/学校其他项目.csv"), ("c", "c/COUNTY_ITEMS.CSV"),
        ("c/county.xlsx", "link.xlsx"), ("c", "link.csv"),
    ],
)  # fmt: skip
def test_json_does_not_overwrite_the_input(run, tmp_path, command, source, target):
    shutil.copytree(SAMPLE, tmp_path / "c")
    (tmp_path / "link.xlsx").hardlink_to(tmp_path / "c" / "county.xlsx")
    (tmp_path / "link.csv").symlink_to(tmp_path / "c" / "schools.csv")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    done = run(command, source, "--json", target)
    assert (done.returncode, "换一个文件名" in done.stderr) == (2, True)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_json_overwrites_neither_last_year_nor_the_standard(run, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "last")
    assert run("check", SAMPLE, "--previous", "last", "--json", "last/schools.csv").returncode == 2
    (tmp_path / "mine.toml").write_text("key = 1", encoding="utf-8")
    assert run("assess", SAMPLE, "--standard", "mine.toml", "--json", "mine.toml").returncode == 2
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "key = 1"


def test_an_old_result_and_an_old_sample_are_overwritten(run, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "c")
    (tmp_path / "c" / "out.json").write_text("old")
    assert run("assess", "c", "--json", "c/out.json").returncode == 0
    assert (tmp_path / "c" / "out.json").read_text(encoding="utf-8").startswith("{")
    assert run("sample", "--out", "c", "--seed", "8").returncode == 0
    assert (tmp_path / "c" / "county.xlsx").read_bytes() != (SAMPLE / "county.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["schools.csv", "学校.csv", "county.xlsx"])
def test_a_sample_is_not_written_over_real_data(run, tmp_path, name):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / name).write_text("real", encoding="utf-8")
    done = run("sample", "--out", "c")
    assert (done.returncode, "换一个文件夹" in done.stderr) == (2, True)
    assert [p.read_text() for p in (tmp_path / "c").iterdir()] == ["real"]


def test_a_sample_is_written_whole_or_not_at_all(run, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "c")
    (tmp_path / "c" / "county.xlsx").unlink()
    (tmp_path / "c" / "county.xlsx").mkdir()
    done = run("sample", "--out", "c", "--seed", "8")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search("写不进c：同名的文件夹", done.stderr)
    assert {p.name for p in (tmp_path / "c").iterdir()} == {p.name for p in SAMPLE.iterdir()}
    for path in SAMPLE.glob("*.csv"):
        assert (tmp_path / "c" / path.name).read_bytes() == path.read_bytes()


# Whatever it writes to


def shell(tmp_path, command, **environment):
    """Run a command line; the environment names no encoding."""
    return subprocess.run(
        ["bash", "-c", command.replace("balancelib", f"{sys.executable} -m balancelib").replace("DATA", str(SAMPLE))],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("environment", [C_LOCALE, {"LC_ALL": "C.UTF-8"}, {"PYTHONIOENCODING": "ascii"}])
def test_output_is_utf_8_in_every_locale(tmp_path, environment):
    done = shell(tmp_path, "balancelib assess DATA; balancelib fly", **environment)
    assert "未达到县域义务教育优质均衡发展要求" in done.stdout.decode()
    assert "没有“fly”这个选择" in done.stderr.decode()


def test_chinese_paths_in_the_c_locale(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "云岭")
    (tmp_path / "云岭" / "schools.csv").rename(tmp_path / "云岭" / "学校.csv")
    command = "balancelib check 云岭 --json -; balancelib check 没有 --json -; balancelib check 没有; balancelib template 空表.xlsx"
    done = shell(tmp_path, command, **C_LOCALE)
    assert done.stderr == b""
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "[]"
    assert json.loads(lines[1])[0]["sheet"] == "没有"
    assert "[没有]：找不到这个文件或文件夹" in lines[3]
    assert lines[4].startswith("已写好空表.xlsx")
    assert (tmp_path / "空表.xlsx").exists()


@pytest.mark.parametrize("extra", ["", "--json -", "--json out.json"])
@pytest.mark.parametrize("locale", [{}, C_LOCALE])
def test_a_path_that_is_no_text(tmp_path, extra, locale):
    done = shell(tmp_path, f"balancelib check $'bad\\xff.xlsx' {extra}", **locale)
    assert (done.returncode, done.stderr) == (1, b"")
    assert "--json -" not in extra or json.loads(done.stdout)[0]["reason"] == "找不到这个文件或文件夹"


@pytest.mark.parametrize(
    "command",
    ["assess DATA", "assess DATA --explain backbone_teachers", "assess DATA --json -", "check DATA", "--help", "assess --help"],
)  # fmt: skip
def test_a_closed_pipe_ends_quietly(tmp_path, command):
    done = shell(tmp_path, f"balancelib {command} | true; echo ${{PIPESTATUS[0]}}")
    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_a_closed_pipe_does_not_hide_that_there_are_faults(tmp_path):
    (tmp_path / "schools.csv").write_text("x", encoding="utf-8")
    done = shell(tmp_path, "balancelib check . | true; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == (b"1\n", b"")


@pytest.mark.parametrize(
    "command", ["assess DATA", "assess DATA --json -", "check DATA", "--help", "template t.xlsx"]
)
@pytest.mark.parametrize("target", [">/dev/full", ">&-"])
def test_an_output_that_cannot_be_written(tmp_path, command, target):
    done = shell(tmp_path, f"balancelib {command} {target}")
    assert done.returncode == 2
    assert re.fullmatch("结果写不出来：.+\n", done.stderr.decode())


@pytest.mark.parametrize("target", ["2>/dev/full", "2>&-"])
def test_messages_that_cannot_be_written(tmp_path, target):
    done = shell(tmp_path, f"balancelib assess nowhere {target}; echo $?; balancelib fly {target}; echo $?")
    assert done.stdout.split()[-1] == b"2"
    assert b"Traceback" not in done.stdout
