"""All files that an office hands in: written together or not at all, and soon enough."""

import io
import shutil
import sys
from dataclasses import dataclass

import pytest
from conftest import ROOT
from samples import two_counties

import balancelib.report
from balancelib.assess import assess
from balancelib.cli import main
from balancelib.console import Progress
from balancelib.county import read_county
from balancelib.county.write import write_csv
from balancelib.report import DOCUMENTS, Material

SAMPLE = ROOT / "data" / "county"
NAMES = [document.name for document in DOCUMENTS]


def test_nine_files_are_handed_in():
    assert NAMES == [
        "自评报告.docx", "自评报告.html", "计算过程.xlsx", "申报表.xlsx", "学校自评表.xlsx", "一校一案.xlsx", "整改台账.xlsx",
        "问题清单.xlsx", "相似学校.html",
    ]  # fmt: skip


@dataclass(frozen=True)
class Noted:
    """A document that writes down what it was made of."""

    name: str
    seen: list

    def made(self, material):
        self.seen.append(material)
        return b"made"


@dataclass(frozen=True)
class Broken:
    name: str = "坏的.txt"

    def made(self, material):
        raise RuntimeError("broken")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = main(["report", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def noted(monkeypatch):
    """Let the command write one small file, and see what it was made of."""
    document = Noted("记.txt", [])
    monkeypatch.setattr(balancelib.report, "DOCUMENTS", (document,))
    return document.seen


def test_a_folder_gets_every_document(run, tmp_path):
    (tmp_path / "材料").mkdir()
    (tmp_path / "材料" / "别的.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "材料" / NAMES[0]).write_bytes(b"old")
    code, out, err = run(SAMPLE, "--out", "材料", "--deadline", "2026-12-31")
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if line.startswith("写好了")] == [
        f"写好了：材料/{name}" for name in NAMES
    ]
    assert {path.name for path in (tmp_path / "材料").iterdir()} == {*NAMES, "别的.txt"}
    assert (tmp_path / "材料" / "别的.txt").read_text(encoding="utf-8") == "mine"
    county = read_county(SAMPLE)
    material = Material(county, assess(county), None, "2026-12-31")
    for document in DOCUMENTS:
        assert (tmp_path / "材料" / document.name).read_bytes() == document.made(material), document.name


def test_where_one_cannot_be_made_none_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setattr(balancelib.report, "DOCUMENTS", (Noted("记.txt", []), Broken()))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "记.txt").write_bytes(b"old")
    for folder in ("old", "new"):
        with pytest.raises(RuntimeError):
            run(SAMPLE, "--out", folder)
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "old").iterdir()] == [("记.txt", b"old")]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "20261231", "2026-1-5", "下个月", "2026-W01-1"])
def test_a_deadline_is_a_day(run, noted, tmp_path, text):
    code, _, err = run(SAMPLE, "--out", "out", "--deadline", text)
    assert (code, noted) == (2, [])
    assert f"写成2025-12-01这样，现在是“{text}”" in err
    assert list(tmp_path.iterdir()) == []


def test_a_deadline_reaches_the_documents(run, noted):
    assert run(SAMPLE, "--out", "out", "--deadline", "2026-12-31")[0] == 0
    assert noted[0].deadline == "2026-12-31"
    assert noted[0].previous is None


def test_last_year_is_read_and_compared(run, noted, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "last")
    path = tmp_path / "last" / "schools.csv"
    path.write_text(path.read_text("utf-8-sig").replace(",1000,", ",400,", 1), encoding="utf-8")
    for name in ("enrolment", "boarding", "group_pupils"):  # they would no longer agree with it
        (tmp_path / "last" / f"{name}.csv").unlink()
    assert run(SAMPLE, "--out", "out", "--previous", "last")[0] == 0
    (material,) = noted
    assert material.previous.schools["pupils_primary"].iloc[0] == 400
    assert any("上一年的400" in str(warning) for warning in material.faults)


def test_faults_of_last_year_stop(run, noted, tmp_path):
    (tmp_path / "last").mkdir()
    (tmp_path / "last" / "schools.csv").write_text("x", encoding="utf-8")
    code, _, err = run(SAMPLE, "--out", "out", "--previous", "last")
    assert (code, noted, "上一年的last" in err) == (1, [], True)
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_among_the_data_or_over_them(run, noted, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "county")
    code, _, err = run("county", "--out", "county/../county")
    assert (code, "请换一个文件夹" in err) == (2, True)
    shutil.copy(SAMPLE / "county.xlsx", tmp_path / "记.txt.xlsx")
    (tmp_path / "记.txt").hardlink_to(tmp_path / "记.txt.xlsx")
    code, _, err = run("记.txt.xlsx", "--out", ".")
    assert (code, "是输入的数据" in err) == (2, True)
    assert noted == []


def test_of_several_counties_one_is_handed_in(run, noted, tmp_path):
    write_csv(two_counties(), tmp_path / "two")
    assert run("two", "--out", "out")[0] == 2
    assert run("two", "--out", "out", "--county", "H02")[0] == 0
    (material,) = noted
    assert set(material.county.schools["county_id"]) == {"H02"}
    assert set(material.assessment.sections["school_id"]) <= set(material.county.schools["school_id"])
    assert len(material.whole.schools) == 2 * len(material.county.schools)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_one_line_that_goes(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress() as progress:
        progress.tell("正在写自评报告.docx")
        progress.tell("好")
    last = terminal.getvalue().split("\r")
    assert last == ["", "正在写自评报告.docx", "好" + " " * 17, "  ", ""]
    assert "\n" not in terminal.getvalue()


def test_without_a_terminal_nothing_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Progress() as progress:
        progress.tell("正在写")
    assert sys.stderr.getvalue() == ""
