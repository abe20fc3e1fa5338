"""The guide for all counties at once: its commands, run, print what the page shows, and its programs run on each engine."""

import contextlib
import io
import re
import sys

import polars as pl
import pytest
from command import within
from conftest import ROOT

from balancelib.national.made import write_schools

TEXT = (ROOT / "book" / "national.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?P<kind>bat|text|python)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(block["kind"], block["text"]) for block in BLOCK.finditer(TEXT)]
COMMANDS = [
    (text.strip().removeprefix(r".venv\Scripts\balancelib "), BLOCKS[i + 1][1])
    for i, (kind, text) in enumerate(BLOCKS)
    if kind == "bat" and "balancelib national" in text
]
PROGRAMS = {text.split("import ")[1].split()[0]: text for kind, text in BLOCKS if kind == "python"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the page's schools: those that its first program writes, and a copy with the two faults that it tells of."""
    made = tmp_path_factory.mktemp("national")
    with contextlib.chdir(made):
        exec(PROGRAMS["Path"], {})
    schools = pl.read_parquet(made / "schools.parquet")
    assert (schools["county_id"].n_unique(), len(schools)) == (100, 7000)
    with contextlib.chdir(made):
        exec(PROGRAMS["read_parquet"], {})
    return made


def test_what_the_page_says_to_install_is_all_that_its_programs_need(tmp_path, monkeypatch):
    """In a fresh environment nothing else is there; Spark's own part says what it needs."""
    told = {word for line in re.findall(r"pip install ([a-z ]+)", TEXT) for word in line.split()}
    for package in {"polars", "pyarrow", "duckdb"} - told:
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(tmp_path)
    for name in PROGRAMS.keys() - {"SparkSession"}:
        exec(PROGRAMS["Path"].replace("counties=100, schools=7000", "counties=2, schools=40"), {})
        with contextlib.redirect_stdout(io.StringIO()):
            exec(PROGRAMS[name], {})


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_print_what_the_page_shows(folder, command, shown):
    done = within(*command.split(), folder=folder)
    lines = [r"(?:.*\n)*?" if line == "……" else re.escape(line) + "\n" for line in shown.splitlines()]
    assert re.fullmatch("".join(lines), done.stdout + done.stderr)


def ran(name, folder):
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(PROGRAMS[name].replace('"schools.parquet"', f'"{folder}/schools.parquet"').replace('"counties.parquet"', f'"{folder}/counties.parquet"'), {})  # fmt: skip
    return printed.getvalue()


def test_programs_run_on_each_engine(folder):
    within("national", "schools.parquet", "--out", "all.parquet", folder=folder)
    found = pl.read_parquet(folder / "all.parquet")
    first = found.filter(pl.col("meets").not_()).sort("county_id")["county_id"][0]
    assert first in ran("polars", folder)
    told = ran("duckdb", folder)
    counts = dict(found.group_by("meets").len().iter_rows())
    assert re.search(rf"false\s*│\s*{counts[False]}\b.*true\s*│\s*{counts[True]}\b", told, re.DOTALL)
    for stage in ("primary", "junior"):
        assert f"{found[f'cv_teaching_area_{stage}'].median():.3f}".rstrip("0") in ran("pandas", folder)


def test_the_program_for_spark_runs_on_a_cluster(folder, spark):
    """The session that is open already is taken up, whatever address the page writes."""
    write_schools(folder / "schools.parquet", 5, 200)
    ran("SparkSession", folder)
    within("national", "schools.parquet", "--out", "few.parquet", folder=folder)
    ours = dict(pl.read_parquet(folder / "few.parquet").select("county_id", "meets").iter_rows())
    assert (
        dict(
            pl.read_parquet(folder / "counties.parquet" / "*.parquet")
            .select("county_id", "meets")
            .iter_rows()
        )
        == ours
    )
