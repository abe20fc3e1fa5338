"""The page that says what the book stands on."""

import csv
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from conftest import ROOT
from test_book import read

from balancelib import __version__
from balancelib.course.status import describe_pythons, describe_tests

THREE_TESTS = """
import pytest
def test_holds(): pass
def test_fails(): assert False
@pytest.mark.skip
def test_skipped(): pass
@pytest.fixture
def broken(): raise OSError
def test_cannot_start(broken): pass
"""


def rows(site):
    """Cells of all rows of the page's tables."""
    return {
        row.find_all("td")[0].get_text(strip=True): [
            cell.get_text(strip=True) for cell in row.find_all("td")[1:]
        ]
        for row in read(site, "book/status").select("article tbody tr")
    }


def test_versions_are_those_that_are_installed(site):
    table = rows(site)
    assert table["程序库balancelib"] == [__version__]
    assert table["Python"] == [".".join(map(str, sys.version_info[:3]))]
    assert table["pandas"] == [version("pandas")]
    assert table["jupyter-book"] == [version("jupyter-book")]


def test_every_page_that_computes_has_its_run_time(site):
    texts = [path.read_text("utf-8") for path in (ROOT / "book").rglob("*.md")]
    computing = sum("```{code-cell}" in text for text in texts)
    computing += len([path for path in (ROOT / "notebooks").rglob("*.ipynb") if path.stem != "solutions"])
    table = read(site, "book/status").select_one("#status-run-times table")
    seconds = {row.a["href"]: float(row("td")[1].string) for row in table.select("tbody tr")}
    assert len(seconds) == computing > 30
    assert min(seconds.values()) > 0
    assert list(seconds.values()) == sorted(seconds.values(), reverse=True)
    assert "../notebooks/policy/five_schools.html" in seconds


def test_results_of_tests_are_the_record(tmp_path):
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_three.py").write_text(THREE_TESTS)
    (tmp_path / "conftest.py").write_text(
        "import pytest\n@pytest.fixture(scope='session', autouse=True)\n"
        "def name(record_testsuite_property): record_testsuite_property('commit', '0123abcdef')\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junit-xml=tests.xml"]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    text = describe_tests(tmp_path / "tests.xml")
    assert "测的是提交0123abcdef：1项通过，2项失败，1项跳过，共用0分钟。" in text
    assert re.search(r"`tests/test_three\.py` +\| +1 +\| +2 +\| +1 +\|", text)


def test_record_of_uncommitted_files_says_so(tmp_path):
    record = (
        '<testsuites><testsuite name="pytest" time="90"><properties><property name="commit" value=""/></properties>'
        '<testcase classname="balancelib.measures.cv" name="cv" time="1.25"/>'
        '<testcase classname="notebooks.policy.five_schools" name="cell 1" time="60"/></testsuite></testsuites>'
    )
    (tmp_path / "tests.xml").write_text(record)
    text = describe_tests(tmp_path / "tests.xml")
    assert "测的是还没有提交的文件：2项通过，0项失败，0项跳过，共用2分钟。" in text
    assert re.search(r"程序库说明里的例子 +\| +1 +\| +0 +\| +0 +\| +1\.2", text)
    assert "笔记本逐格重跑" in text


def test_pythons_that_were_not_there_are_named(tmp_path):
    record = tmp_path / "pythons.csv"
    assert "make pythons" in describe_pythons(record)
    record.write_text(
        "asked,packages,python,ran,passed,failed,skipped,commit\n"
        "3.11,oldest,3.11.7,yes,90,1,2,abc\n"
        "3.14,newest,,no such Python here,,,,abc\n"
    )
    text = describe_pythons(record)
    assert re.search(r"3\.11\.7 +\| 允许的最旧 +\| 90 +\| 1 +\| 2 ", text)
    assert re.search(r"3\.14 +\| 最新 +\| 没有运行", text)


def test_what_the_record_of_pythons_says_ran_ran_without_a_failure():
    record = ROOT / "benchmarks" / "pythons.csv"
    if not record.exists():
        pytest.skip("no record: `make pythons` was not run")
    with record.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["asked"] for row in rows} <= {"3.11", "3.12", "3.13"}
    assert all(row["failed"] == "0" and int(row["passed"]) > 100 for row in rows if row["ran"] == "yes")
