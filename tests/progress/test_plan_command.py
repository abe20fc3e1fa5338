"""The command ``balancelib plan``: a plan from a county's files, or what stands in the way."""

import openpyxl
import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import indicator_history
from balancelib.cli.main import main
from balancelib.county import County
from balancelib.county.write import write_csv
from balancelib.progress.prices import MEASURES

TABLES = ("schools", "history")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("county")
    tables = sample_county(7, schools=20).tables
    write_csv({name: tables[name] for name in TABLES}, where)
    return where


def plan(*arguments):
    return main(["plan", *map(str, arguments)])


def sheet(path, title):
    book = openpyxl.load_workbook(path, read_only=True)
    return [[cell for cell in row if cell is not None] for row in book[title].iter_rows(values_only=True)]


def test_a_workbook_and_a_page_say_the_same(folder, tmp_path, capsys):
    options = ("--by", 2030, "--since", 2022, "--on", "2026-03-01")
    assert plan(folder, "--out", tmp_path / "plan.xlsx", *options) == 0
    said = capsys.readouterr().out
    assert "2025年低于标准" in said
    assert "毛病" not in said
    assert plan(folder, "--out", tmp_path / "plan.html", *options) == 0
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    first = said.splitlines()[0]
    assert first in page
    assert first in [row[0] for row in sheet(tmp_path / "plan.xlsx", "一句话") if row]
    milestones = [row for row in sheet(tmp_path / "plan.xlsx", "里程碑") if row and str(row[0]).startswith("20")]  # fmt: skip
    assert f"{len(milestones)}个里程碑" in said
    assert all(row[6] for row in milestones), "somebody leads each"
    lights = {row[2] for row in sheet(tmp_path / "plan.xlsx", "看板") if len(row) == 8}
    assert lights - {"看"} <= {"●按计划", "▲要催", "■要管", "○不知道"}
    named = [row for row in sheet(tmp_path / "plan.xlsx", "没有到的学校") if len(row) >= 5]
    counted = [row for row in sheet(tmp_path / "plan.xlsx", "看板") if len(row) == 8 and row[0] != "指标"]
    assert sum(row[5] == "没有到今年的目标" for row in named if len(row) == 6) <= sum(
        row[6] for row in counted
    )
    assert len(named) > 1


def test_an_office_finds_its_own_rows(folder, tmp_path, capsys):
    assert plan(folder, "--out", tmp_path / "plan.xlsx", "--by", 2030, "--on", "2026-03-01") == 0
    said = capsys.readouterr().out
    page = openpyxl.load_workbook(tmp_path / "plan.xlsx")["里程碑"]
    head, *rows = page[page.auto_filter.ref]
    names = [cell.value for cell in head]
    assert f"{len(rows)}个里程碑" in said
    assert all(str(row[names.index("期限")].value).startswith("20") for row in rows)
    led = [row[names.index("牵头")].value for row in rows]
    assert f"民办学校的{led.count('举办者')}个由举办者出钱" in said
    spent = [sum(row[names.index(name)].value for name in ("一次（万元）", "每年（万元）")) for row in rows if row[0].value == "2026-08-31"]  # fmt: skip
    money = openpyxl.load_workbook(tmp_path / "plan.xlsx")["每年的钱"]
    first = next(row for row in money.iter_rows(values_only=True) if row[0] == 2026)
    assert sum(spent) == pytest.approx(first[2], abs=0.05 * len(spent) + 0.05)


def test_numbers_are_numbers_and_bytes_the_same(folder, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        assert plan(folder, "--out", tmp_path / name, "--by", 2029, "--on", "2026-03-01") == 0
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    money = [row for row in sheet(tmp_path / "one.xlsx", "每年的钱") if row and row[0] in range(2026, 2030)]
    assert len(money) == 4
    assert all(isinstance(row[2], int | float) for row in money)


def test_faults_of_the_plan_are_said_and_are_no_fault_of_the_data(folder, tmp_path, capsys):
    out = tmp_path / "plan.xlsx"
    assert plan(folder, "--out", out, "--by", 2028, "--on", "2026-11-30", "--budget", 1) == 0
    said = capsys.readouterr().out
    assert "2026-08-31已经过去" in said
    assert "超" in said
    assert any("过期" in row for row in sheet(out, "计划的毛病"))


def test_a_price_that_is_not_known_is_no_nought(folder, tmp_path, capsys):
    own = tmp_path / "own.toml"
    parts = MEASURES.read_text(encoding="utf-8").split("[[measures]]")
    own.write_text("[[measures]]".join(part for part in parts if "backbone_teachers" not in part), encoding="utf-8")  # fmt: skip
    assert plan(folder, "--out", tmp_path / "plan.xlsx", "--by", 2029, "--on", "2026-03-01", "--measures", own) == 0  # fmt: skip
    assert "钱算不全" in capsys.readouterr().out
    money = sheet(tmp_path / "plan.xlsx", "每年的钱")
    assert next(row for row in money if row and row[0] == "没有牵头")[1:] == ["—"] * 4
    assert {row[3] for row in money if row and row[0] in range(2026, 2030)} == {"不知道"}


def test_a_county_s_own_prices(folder, tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text(MEASURES.read_text(encoding="utf-8").replace("once = 4.0", "once = 400.0"), encoding="utf-8")  # fmt: skip
    totals = []
    for options in ((), ("--measures", own)):
        assert plan(folder, "--out", tmp_path / f"{len(totals)}.html", "--by", 2029, "--on", "2026-03-01", *options) == 0  # fmt: skip
        totals.append(float(capsys.readouterr().out.split("一共要")[1].split("万元")[0]))
    assert totals[1] > totals[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--by", 2025), "--by"),
        (("--by", 2090), "--by"),
        (("--by", 2030, "--since", 2025), "--since"),
        (("--by", 2030, "--on", "明天"), "--on"),
        (("--by", 2030, "--on", "2016-03-01"), "数据已经到2025年"),
        (("--by", 2030, "--budget", "nan"), "0以上"),
        (("--by", 2030, "--budget", -1), "--budget"),
        (("--by", "快了"), "要整数"),
    ],
)
def test_wrong_usage_is_said(folder, tmp_path, capsys, options, said):
    try:
        code = plan(folder, "--out", tmp_path / "plan.xlsx", *options)
    except SystemExit as end:
        code = end.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_is_read_is_not_written_over(folder, tmp_path, capsys):
    assert plan(folder, "--out", tmp_path / "plan.docx", "--by", 2030) == 2
    assert ".xlsx" in capsys.readouterr().err
    own = tmp_path / "own.xlsx"
    own.write_text("")
    assert plan(own, "--out", own, "--by", 2030) == 2
    assert "不会覆盖" in capsys.readouterr().err


def test_without_the_years_before_there_is_no_plan(tmp_path, capsys):
    write_csv({"schools": sample_county(7, schools=20).tables["schools"]}, tmp_path)
    assert plan(tmp_path, "--out", tmp_path / "plan.xlsx", "--by", 2030) == 1
    assert "历年学校数据" in capsys.readouterr().err


def test_a_malformed_file_of_measures_is_the_input_s_fault(folder, tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text("[[measures]]\n", encoding="utf-8")
    assert plan(folder, "--out", tmp_path / "plan.xlsx", "--by", 2030, "--measures", own) == 1
    assert "计划措施文件" in capsys.readouterr().err


def test_several_counties_are_asked_for_one_by_one(tmp_path, capsys):
    tables = sample_county(7, schools=20).tables
    schools = tables["schools"].copy()
    schools["county_id"] = ["990001"] * 10 + ["990002"] * (len(schools) - 10)
    write_csv({"schools": schools, "history": pd.DataFrame(tables["history"])}, tmp_path)
    assert plan(tmp_path, "--out", tmp_path / "plan.xlsx", "--by", 2030) == 2
    assert "几个县" in capsys.readouterr().err


def test_a_county_that_holds_is_told_so_and_a_year_left_out_is_no_stop(tmp_path, capsys):
    tables = sample_county(7, schools=20).tables
    county = County({name: tables[name] for name in TABLES})
    now = indicator_history(county).query("year == 2025")
    below = set(now.loc[~(now["ratio"] >= 1), "school_id"])
    kept = {name: table[~table["school_id"].isin(below)] for name, table in county.tables.items()}
    kept["history"] = kept["history"][kept["history"]["year"] != 2023]
    assert len(kept["schools"])
    write_csv(kept, tmp_path)
    for end in ("html", "xlsx"):
        options = ("--by", 2030, "--since", 2022, "--on", "2026-03-01")
        assert plan(tmp_path, "--out", tmp_path / f"plan.{end}", *options) == 0
        said = capsys.readouterr().out
        assert "2025年低于标准0处" in said
        assert "没有一处低于标准，没有要添的。" in said
