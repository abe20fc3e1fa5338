"""The built wheel, installed alone: with the packages that it declares and no others, run from a folder elsewhere."""

import importlib.metadata
import os
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT
from docx import Document
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from balancelib import __version__
from balancelib.course.kit import own_wheel


def needed(requirements, known):
    """Names of what is required, and of all that these require."""
    for line in requirements:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if name not in known and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            known.add(name)
            needed(importlib.metadata.requires(name) or [], known)
    return known


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    own_wheel(folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel unpacked in it and, linked, each package that it declares to need; nothing else is there."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, wheel], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    declared = Distribution.at(next(site.glob("balancelib-*.dist-info"))).requires
    for name in needed(declared, set()):
        package = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(package.locate_file(top))
    return folder


@pytest.fixture(scope="module")
def run(environment, tmp_path_factory):
    """Run the installed command in a folder that has nothing to do with the project."""
    folder = tmp_path_factory.mktemp("别处")
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(*words):
        done = subprocess.run(
            [environment / "bin" / "balancelib", *map(str, words)],
            cwd=folder, env=variables, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    run("sample", "--seed", 7, "--schools", 20, "--out", "county")
    return run


def test_it_holds_all_files_of_the_library_and_no_others(wheel):
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "balancelib"], capture_output=True, text=True, check=True
    )
    ours = {name for name in tracked.stdout.split("\0") if name}
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        assert {name for name in held if not name.startswith(f"balancelib-{__version__}.dist-info/")} == ours
        for name in ours:
            assert archive.read(name) == (ROOT / name).read_bytes(), name
        assert (
            archive.read(f"balancelib-{__version__}.dist-info/licenses/LICENSE")
            == (ROOT / "LICENSE").read_bytes()
        )


def test_it_says_whose_else_it_holds(wheel):
    """The font of the figures and the slides' script are not under our licence alone, and theirs go along."""
    with zipfile.ZipFile(wheel) as archive:
        records = f"balancelib-{__version__}.dist-info"
        said = archive.read(f"{records}/METADATA").decode()
        licences = {name.removeprefix(f"{records}/licenses/") for name in archive.namelist() if name.startswith(f"{records}/licenses/")}  # fmt: skip
    assert "\nLicense-Expression: MIT AND OFL-1.1\n" in said
    assert licences == {"LICENSE", "balancelib/figures/fonts/OFL.txt", "balancelib/course/training/slides/reveal/LICENSE"}  # fmt: skip


def test_the_same_source_makes_the_same_wheel(wheel, tmp_path):
    own_wheel(tmp_path)
    assert next(tmp_path.iterdir()).read_bytes() == wheel.read_bytes()


def test_it_is_alone(environment, run):
    """Neither the project nor the packages of its tests are in reach."""
    code = "import balancelib, importlib.util as u; print(balancelib.__file__, [n for n in ('pytest', 'yaml', 'polars', 'nbformat') if u.find_spec(n)])"
    done = subprocess.run(
        [environment / "bin" / "python", "-c", code],
        cwd=run.folder,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    file, found = done.stdout.strip().split(" ", 1)
    assert Path(file).is_relative_to(environment)
    assert found == "[]"
    assert run("--version").strip().endswith(__version__)


def test_it_checks_and_assesses(run):
    assert "没有错误" in run("check", "county")
    assert "资源配置" in run("assess", "county")


def test_it_brings_templates_fonts_and_styles(run):
    run("template", "county.xlsx")
    run("report", "county", "--out", "report.docx")
    run("report", "county", "--out", "report.html")
    assert "学校" in openpyxl.load_workbook(run.folder / "county.xlsx", read_only=True).sheetnames
    assert Document(str(run.folder / "report.docx")).inline_shapes
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert (ROOT / "balancelib" / "report" / "report.css").read_text(encoding="utf-8").strip()[:40] in page
    assert "http://" not in page.replace("http://www.w3.org/", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["course", "x.yml", "--out", "y"], "make book"),
        (["mark", "county", "--out", "y.xlsx"], "make book"),
        (["national", "county", "--out", "y.csv"], "polars"),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else one,
)
def test_what_needs_more_says_what(environment, run, words, said):
    command = [environment / "bin" / "balancelib", *words]
    done = subprocess.run(command, cwd=run.folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
