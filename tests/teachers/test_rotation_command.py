"""The command ``balancelib rotation``: a plan from a county's files, or what stands in the way."""

import openpyxl
import pytest

from balancelib.cli.main import main
from balancelib.county import sample_county
from balancelib.county.write import write_csv
from balancelib.teachers import EXCHANGE, Limits
from balancelib.teachers.rotation.planning import SECONDS

COUNTY = 5, 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("county")
    write_csv(sample_county(*COUNTY).tables, where)
    return where


def rotation(*arguments):
    return main(["rotation", *map(str, arguments)])


def sheet(path, title):
    book = openpyxl.load_workbook(path, read_only=True)
    return [[cell for cell in row if cell is not None] for row in book[title].iter_rows(values_only=True)]


def sent(path):
    """Teachers of the list, each beside the reason."""
    return {row[0]: row[-1] for row in sheet(path, "派出名单") if row and str(row[0]).startswith("T")}


def test_from_the_files_to_the_list_and_once_more_without_one(folder, tmp_path, capsys):
    assert rotation(folder, "--year", 2026, "--out", tmp_path / "plan.xlsx", "--within", 40) == 0
    said = capsys.readouterr().out
    assert "占符合条件的" in said
    assert "方案写好了" in said
    first = sent(tmp_path / "plan.xlsx")
    assert first
    assert all(len(reason) > 10 for reason in first.values())
    public = sheet(tmp_path / "plan.xlsx", "可以公开的汇总")
    assert not any(str(cell).startswith("T0") for row in public for cell in row), "a teacher is published"
    kept = sorted(first)[0]
    again = tmp_path / "again.xlsx"
    assert rotation(folder, "--year", 2026, "--out", again, "--within", 40, "--keep", kept) == 0
    assert kept not in sent(again)
    assert len(sent(again)) >= len(first) - 1


def test_a_share_of_one_in_five_sends_twice_as_many(folder, tmp_path, capsys):
    counts = []
    for share in (10, 20):
        path = tmp_path / f"{share}.xlsx"
        assert rotation(folder, "--year", 2026, "--out", path, "--within", 60, "--share", share) == 0
        counts.append(len(sent(path)))
    eligible = int(capsys.readouterr().out.split("占符合条件的")[1].split("人")[0])
    assert counts[0] >= eligible * 0.1
    assert counts[1] >= eligible * 0.2


def test_rules_that_cannot_all_be_kept(folder, tmp_path, capsys):
    assert (
        rotation(folder, "--year", 2026, "--out", tmp_path / "plan.xlsx", "--within", 0, "--share", 90) == 1
    )
    assert "没有一个方案能同时做到" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "plan.xlsx"], "缺少：--year"),
        (["--year", "2026", "--out", "plan.docx"], ".xlsx结尾"),
        (["--year", "2026", "--out", "plan.xlsx", "--within", "far"], "要一个数"),
        (["--year", "2026", "--out", "plan.xlsx", "--upward", "yes"], "yes"),
        (["--year", "2026", "--out", "plan.xlsx", "--term", "0"], "任期至少1年"),
        (["--year", "2026", "--out", "plan.xlsx", "--share", "101"], "0到100之间"),
        (["--year", "2026", "--out", "plan.xlsx", "--keep", "T99999"], "教师表里没有：T99999"),
        (["--year", "2026", "--out", "plan.xlsx", "--seconds", "0"], "--seconds至少1秒，现在是0"),
        (["--year", "1926", "--out", "plan.xlsx"], "请写2025到2030之间的一年"),
        (["--year", "20266", "--out", "plan.xlsx"], "现在是20266"),
    ],
)
def test_wrong_usage(folder, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    try:
        code = rotation(folder, *arguments)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_defaults_that_the_help_names_are_those_of_the_library(capsys):
    """The help is written without loading the library: this keeps the two together."""
    with pytest.raises(SystemExit):
        rotation("--help")
    said = "".join(capsys.readouterr().out.split())
    limits = Limits()
    named = [
        f"最远几公里（默认{limits.within:g}）",
        f"任期几年（默认{limits.term}）",
        f"最多算多久（默认{SECONDS:g}）",
    ]
    for words in [
        *named,
        f"百分之几（默认{limits.most:.0%}）".replace("%）", "）"),
        f"照规定，{EXCHANGE.least_share:.0%}）".replace("%", ""),
    ]:
        assert words in said


def test_a_county_without_the_table_is_told_what_to_fill(tmp_path, capsys):
    tables = sample_county(*COUNTY).tables
    write_csv({"schools": tables["schools"]}, tmp_path / "county")
    assert rotation(tmp_path / "county", "--year", 2026, "--out", tmp_path / "plan.xlsx") == 1
    assert "教师" in capsys.readouterr().err


def test_two_counties_are_refused(tmp_path, capsys):
    tables = sample_county(*COUNTY).tables
    schools = tables["schools"].assign(county_id="H01")
    schools.loc[schools.index[:5], "county_id"] = "H02"
    write_csv({"schools": schools}, tmp_path / "county")
    assert rotation(tmp_path / "county", "--year", 2026, "--out", tmp_path / "plan.xlsx") == 2
    assert "一次排一个县" in capsys.readouterr().err
