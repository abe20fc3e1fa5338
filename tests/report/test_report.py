"""The report: it says what the verdict says, whatever stands in the data, on the screen and on paper."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from accessible import violations
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT, SIZES
from samples import two_counties

from balancelib.assess import assess, conclusion, failing_sections, indicators_table, items_table, parts_table
from balancelib.county import Fault, read_county
from balancelib.county.write import write_csv
from balancelib.report import FORMATS, Material
from balancelib.report.shortage import money
from balancelib.resources import gaps
from balancelib.standards import bundled, load_standard

SAMPLE = ROOT / "data" / "county"
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>小学"
PARTS = [
    "一页看懂", "县的基本情况", "各部分逐项", None, "没有达到要求的学校", "差距和补齐", "数据的核实", "口径和来源", "版本",
]  # fmt: skip


@pytest.fixture(scope="module")
def county():
    return read_county(SAMPLE / "county.xlsx")


def html_of(county, verdict):
    return FORMATS[".html"].made(Material(county, verdict)).decode()


def page_of(county, *arguments, **options):
    return html_of(county, assess(county, *arguments, **options))


def soup_of(page):
    return BeautifulSoup(page, "html.parser")


def rows_of(table):
    return [[cell.get_text() for cell in row(["th", "td"])] for row in table.select("tbody tr")]


def tables_of(page):
    return {table.caption.get_text().partition("　")[2]: rows_of(table) for table in soup_of(page)("table")}


def as_texts(frame):
    return frame.reset_index().astype(str).to_numpy().tolist()


@pytest.fixture(scope="module", params=bundled())
def reported(request, county):
    """A standard's verdict on the sample county, and its report."""
    verdict = assess(county, request.param)
    return verdict, html_of(county, verdict)


# What it says


def test_sections_stand_in_order(reported):
    verdict, page = reported
    titles = [heading.get_text() for heading in soup_of(page)("h2")]
    asked = [title or verdict.standard.resources_title for title in PARTS]
    assert titles == [f"{n}、{title}" for n, title in zip("一二三四五六七八九", asked, strict=True)]
    assert soup_of(page).h1.get_text() == f"云岭县（合成）{verdict.standard.label}自评报告"
    assert "这是合成数据，不对应任何真实的县和学校" in page


def test_the_verdict_is_in_the_words_of_the_verdict(reported):
    verdict, page = reported
    first = [p.get_text() for p in soup_of(page).section("p")]
    assert first == conclusion(verdict)[-1:]


def test_tables_are_those_of_the_verdict(reported):
    verdict, page = reported
    tables = tables_of(page)
    assert tables["各部分的结论"] == as_texts(parts_table(verdict))
    for title, items in items_table(verdict).groupby("部分"):
        assert tables[title] == as_texts(items.set_index("序号"))
    for stage, label in (("primary", "小学"), ("junior", "初中")):
        (shown,) = (rows for caption, rows in tables.items() if caption.startswith(f"{label}（"))
        assert shown == as_texts(indicators_table(verdict, stage))
        if verdict.ratios is not None:
            failing = failing_sections(verdict, stage)
            assert tables[f"{label}：{len(failing)}个学段部分没有达到要求"] == as_texts(failing)


def test_without_thresholds_it_says_that_schools_are_not_judged(county):
    assert "没有省定办学基本标准，逐校达标不判定。" in page_of(county, "basic-2012")


def test_what_is_missing_is_named_with_its_use(county):
    missing = tables_of(page_of(county))["没有填、判定又要用的数据"]
    assert ["县级项目", "监测校际差异率", "教育质量第9项"] in missing
    tables = dict(county.tables)
    del tables["county_items"]
    less = replace(county, tables=tables)
    rows = tables_of(page_of(less))["没有填、判定又要用的数据"]
    assert len(rows) == len({row[1] for row in rows}) == len(assess(less).missing)


def test_the_county_is_counted(county):
    tables = tables_of(page_of(county))
    schools = county.schools
    attended = schools[["pupils_primary", "pupils_junior"]].sum(axis=1) > 0
    assert attended.sum() < len(schools)
    assert tables["各类义务教育学校和在校生"][-1][:2] == ["合计", str(attended.sum())]
    junior = schools["pupils_junior"].fillna(0)
    assert tables["城乡义务教育学校和在校生"][0][-1] == f"{int(junior[schools['area'] == 'urban'].sum()):,}"
    (row,) = (row for row in tables["两个学段的规模"] if row[0] == "初中")
    taught = schools.loc[junior > 0]
    pupils, classes, teachers = (
        int(taught[f"{name}_junior"].sum()) for name in ("pupils", "classes", "teachers")
    )
    assert row[1:4] == [str(len(taught)), f"{pupils:,}", f"{classes:,}"]
    assert float(row[4]) == pytest.approx(pupils / classes, abs=0.05)
    assert float(row[6]) == pytest.approx(pupils / teachers, abs=0.05)


def test_a_blank_is_no_zero_in_a_sum(county):
    schools = county.schools.copy()
    schools.loc[0, "teachers_primary"] = None
    rows = tables_of(page_of(replace(county, tables=county.tables | {"schools": schools})))["两个学段的规模"]
    assert rows[0][5:] == ["缺数", "缺数"]
    assert "缺数" not in rows[1]


def test_the_first_page_answers_from_the_verdict(county):
    verdict = assess(county)
    answers = dict(tables_of(html_of(county, verdict))["要回答的几个问题"])
    assert "小学41个学段部分中有24个没有达到要求" in answers["卡在哪里"]
    assert "政府保障程度第3、5、11项未达到" in answers["卡在哪里"]
    assert "县级以上骨干教师0.550，上限0.5" in answers["校际差异"]
    lowest = verdict.sections.loc[verdict.sections["met"].astype(int).idxmin(), "name"]
    assert answers["离标准最远的学校"].startswith(lowest)
    assert answers["临界"].startswith("城关镇第二小学；城关镇第一初级中学")
    assert answers["还不能判定的"] == "教育质量第9项。有2项要用的数据没有填，见“数据的核实”"


def test_the_first_page_of_a_county_that_meets_all(county):
    best = county.schools.copy()
    for name in ("qualified", "backbone", "pe_arts", "teachers"):
        for stage in ("primary", "junior"):
            best[f"{name}_{stage}"] = best[f"pupils_{stage}"] * 0.1
    pupils = best[[f"pupils_{stage}" for stage in ("primary", "junior", "senior")]].sum(axis=1)
    for name in ("teaching_area", "sports_ground_area", "equipment_value", "multimedia_rooms"):
        best[name] = pupils * 20
    best["indoor_sports_area"] = 0
    page = page_of(replace(county, tables=county.tables | {"schools": best}))
    answers = dict(tables_of(page)["要回答的几个问题"])
    assert answers["补齐要多少"] == "每所学校的每项指标都到了标准"
    assert "学段部分" not in answers["卡在哪里"]
    assert "离标准最远的学校" not in answers
    assert "临界" not in answers


def test_the_first_page_says_what_cannot_be_judged(county):
    schools = county.schools.assign(backbone_primary=float("nan"))
    verdict = assess(replace(county, tables=county.tables | {"schools": schools}))
    answers = dict(tables_of(html_of(county, verdict))["要回答的几个问题"])
    unknown = sum(meets is None for meets in verdict.sections["meets"])
    assert answers["还不能判定的"].startswith(f"小学{unknown}个学段部分；教育质量第9项。有3项要用的数据")


def test_the_first_page_names_many_items_by_their_runs(county):
    bare = replace(county, tables={"schools": county.schools})
    answers = dict(tables_of(page_of(bare))["要回答的几个问题"])
    assert answers["还不能判定的"].startswith(
        "一票否决第1至6项；前提条件第1、2项；政府保障程度第1至3、5至15项；"
    )


def test_the_first_page_lists_shortages_in_the_standards_order(county):
    answer = dict(tables_of(page_of(county))["要回答的几个问题"])["补齐要多少"]
    rows = tables_of(page_of(county))["全县各项指标一共差多少"]
    places = [answer.index(row[0]) for row in rows]
    assert places == sorted(places)


def test_shortages_add_up(county):
    found = gaps(county, by="school")
    rows = {row[0]: row[1:] for row in tables_of(page_of(county))["全县各项指标一共差多少"]}
    rooms = found[found["indicator"] == "multimedia_rooms"]
    assert rows["网络多媒体教室"] == [
        "间", f"{len(rooms)}所", f"{rooms['to_threshold'].sum():.0f}", f"{rooms['to_floor'].sum():.0f}",
        f"{rooms['to_threshold'].sum() * 4:,.1f}",
    ]  # fmt: skip


def test_a_cost_without_all_prices_says_so():
    costs = pd.Series([12_000.0, np.nan])
    assert [money(costs), money(costs[:1]), money(costs[1:])] == ["1.2（不全）", "1.2", "—"]


def test_without_thresholds_or_with_blanks_no_shortage_is_made_up(county):
    schools = county.schools.copy()
    schools.loc[0, "equipment_value"] = None
    page = page_of(replace(county, tables=county.tables | {"schools": schools}))
    assert "这些学校有数没有填，算不出差多少：城关镇第一小学。" in page
    assert "没有省定办学基本标准，算不出差多少。" in page_of(county, "basic-2012")


def test_tables_and_pictures_are_numbered(reported):
    _, page = reported
    soup = soup_of(page)
    captions = [
        [tag.get_text().partition("　")[0] for tag in soup(name)] for name in ("caption", "figcaption")
    ]
    assert captions == [
        [f"{kind}{n}" for n in range(1, len(found) + 1)] for kind, found in zip("表图", captions, strict=True)
    ]


def test_of_many_warnings_the_first_are_listed(county):
    warnings = [Fault("学校", "和第3行同名", "请核实", i, severity="warning") for i in range(1000)]
    page = page_of(replace(county, warnings=warnings))
    assert len(tables_of(page)["请核实；属实就不用改"]) == 100
    assert "一共1000处，这里列出前100处，其余见问题清单。" in page


def test_warnings_are_listed(county):
    warning = Fault("学校", "和第3行同名", "请核实", 4, "学校名称", "一小", "warning")
    page = page_of(replace(county, warnings=[warning]))
    assert ["学校", "4", "学校名称", "一小", "和第3行同名", "请核实"] in tables_of(page)[
        "请核实；属实就不用改"
    ]


def test_it_says_what_it_was_made_from(reported):
    verdict, page = reported
    assert verdict.input_sha256 in page
    for document in verdict.standard.documents:
        assert document.number in page


def test_relaxations_are_named(county):
    page = page_of(county, relax=["old_rooms"])
    label = next(r.label for r in load_standard("quality-2017").relaxations if r.key == "old_rooms")
    assert f"使用的放宽条款：{label}" in page


def test_of_several_counties_it_names_its_own(tmp_path):
    write_csv(two_counties(), tmp_path)
    both = read_county(tmp_path)
    tables = dict(both.tables)
    tables["schools"] = tables["schools"].drop(columns="county").assign(county=None)
    for code, verdict in zip(("H01", "H02"), assess(replace(both, tables=tables)), strict=True):
        assert soup_of(html_of(replace(both, tables=tables), verdict)).h1.get_text().startswith(f"县区{code}")


# Whatever stands in the data


def test_hostile_names_are_text(county):
    schools = county.schools.copy()
    schools["name"] = HOSTILE
    schools["county"] = HOSTILE
    warning = Fault(HOSTILE[:20], HOSTILE, HOSTILE, 2, HOSTILE, HOSTILE, "warning")
    page = page_of(replace(county, tables=county.tables | {"schools": schools}, warnings=[warning]))
    soup = soup_of(page)
    assert soup("script") == []
    assert [tag.attrs for tag in soup(True) if any(name.startswith("on") for name in tag.attrs)] == []
    assert all(image["src"].startswith("data:image/png;base64,") for image in soup("img"))
    assert HOSTILE in soup.h1.get_text()
    assert len(soup("img")) == 3


def test_nothing_is_asked_of_anybody(reported):
    _, page = reported
    soup = soup_of(page)
    assert "default-src 'none'" in soup.find("meta", {"http-equiv": True})["content"]
    sources = [tag.get("src") or tag.get("href") for tag in soup(True) if tag.get("src") or tag.get("href")]
    assert [s for s in sources if not s.startswith(("data:image/png;base64,", "#"))] == []
    assert "url(" not in soup.style.get_text()


def test_pictures_have_a_text_made_of_the_data(reported):
    verdict, page = reported
    texts = [image["alt"] for image in soup_of(page)("img")]
    assert len(texts) == (3 if verdict.ratios is not None else 2)
    cv = verdict.stages["primary"].cv["teaching_area"]
    assert f"教学及辅助用房{cv:.3f}" in texts[0]
    limit = verdict.stages["primary"].cv_limit
    assert f"上限{limit:g}" in texts[0]


def test_a_county_without_pupils_has_a_report(county):
    schools = county.schools.copy()
    for stage in ("primary", "junior", "senior"):
        schools[f"pupils_{stage}"] = schools[f"pupils_{stage}"] * 0
    page = page_of(replace(county, tables=county.tables | {"schools": schools}))
    assert "小学：没有学段部分。" in page
    assert "没有省定办学基本标准" not in page  # quality-2017 has thresholds
    assert soup_of(page)("img") == []


def test_the_same_report_has_the_same_bytes(county):
    code = (
        "import sys; from balancelib.county import read_county; from balancelib.assess import assess\n"
        "from balancelib.report import FORMATS, Material\n"
        "county = read_county(sys.argv[1])\n"
        "sys.stdout.buffer.write(FORMATS['.html'].made(Material(county, assess(county))))"
    )
    again = subprocess.run(
        [sys.executable, "-c", code, SAMPLE / "county.xlsx"], capture_output=True, check=True, cwd=ROOT
    )
    assert again.stdout == page_of(county).encode()


def test_it_speaks_chinese(reported):
    _, page = reported
    allowed = {"balancelib", "SHA", "toml", "quality", "basic"}
    words = re.findall(r"[A-Za-z]{3,}", soup_of(page).body.get_text(" "))
    assert [word for word in words if word not in allowed and not re.fullmatch(r"[0-9a-f]+", word)] == []


# The command


@pytest.fixture
def run(tmp_path):
    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "balancelib", "report", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            encoding="utf-8",
            env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        )

    return call


def test_command_writes_what_the_library_makes(run, tmp_path, county):
    done = run(SAMPLE / "county.xlsx", "--out", "报告 一.HTML", "--relax", "old_rooms")
    assert (done.returncode, done.stdout, done.stderr) == (0, "报告写好了：报告 一.HTML\n", "")
    assert (tmp_path / "报告 一.HTML").read_text("utf-8") == page_of(county, relax=["old_rooms"])
    assert [path.name for path in tmp_path.iterdir()] == ["报告 一.HTML"]


@pytest.mark.parametrize("name", ["report.pdf", "report.doc", "report.xls", "report.htm"])
def test_other_files_are_refused_with_what_to_do(run, tmp_path, name):
    done = run(SAMPLE, "--out", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "请改成 --out report.docx" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_faults_are_listed_and_an_old_report_stays(run, tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "county")
    path = tmp_path / "county" / "schools.csv"
    path.write_text(path.read_text("utf-8-sig").replace(",1000,", ",一千,", 1), encoding="utf-8")
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    done = run("county", "--out", "report.html")
    assert (done.returncode, "“一千”不是数" in done.stderr) == (1, True)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"


def test_several_counties_need_one_to_be_named(run, tmp_path):
    write_csv(two_counties(), tmp_path / "two")
    unclear = run("two", "--out", "report.html")
    assert (unclear.returncode, "请加上 --county 县区代码" in unclear.stderr) == (2, True)
    assert not (tmp_path / "report.html").exists()
    assert run("two", "--county", "H02", "--out", "report.html").returncode == 0
    both = read_county(tmp_path / "two")
    assert (tmp_path / "report.html").read_text("utf-8") == html_of(both, assess(both)[1])
    assert run("two", "--county", "H9", "--out", "report.html").returncode == 2


def test_input_is_not_written_over(run, tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "quality-2017"\nkey = "mine"\n', encoding="utf-8")
    (tmp_path / "report.html").symlink_to(tmp_path / "mine.toml")
    done = run(SAMPLE, "--standard", "mine.toml", "--out", "report.html")
    assert (done.returncode, "是输入的数据" in done.stderr) == (2, True)


def test_a_place_that_cannot_be_written(run, tmp_path):
    (tmp_path / "file").write_text("x")
    done = run(SAMPLE, "--out", "file/report.html")
    assert (done.returncode, "写不进" in done.stderr) == (2, True)


# In a browser


@pytest.fixture(scope="module")
def opened(browser, county, tmp_path_factory):
    """The report, which has no script: opened once, it is at another size as if opened so."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page_of(county), encoding="utf-8")
    page = browser.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    yield page
    page.close()


def resize(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.browser
@NEEDS_BROWSER[1]
@pytest.mark.parametrize("size", SIZES)
def test_on_the_screen_it_is_whole_and_accessible(opened, size):
    resize(opened, *SIZES[size])
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert opened.evaluate("[...document.images].every(i => i.naturalWidth > 300)")
    small = (
        "[...document.querySelectorAll('nav a')].filter(a => a.getBoundingClientRect().height < 44).length"
    )
    assert opened.evaluate(small) == 0
    assert violations(opened) == {}


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_on_paper_nothing_is_cut_off(opened):
    opened.emulate_media(media="print")
    resize(opened, 642, 900)  # A4 less its margins, in CSS pixels
    over = "[...document.querySelectorAll('.box')].filter(b => b.scrollWidth > b.clientWidth + 1).length"
    assert opened.evaluate(over) == 0
    assert not opened.locator("nav").is_visible()
    assert opened.pdf(prefer_css_page_size=True).startswith(b"%PDF")
