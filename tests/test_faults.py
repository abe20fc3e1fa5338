"""The computer at fault, really: a full disk, a folder that may not be written to, no home, no screen, no fonts, the C locale."""

import re
import zipfile
from pathlib import Path

import nbformat
import openpyxl
import pytest
from conftest import ROOT
from faulty import ALL, DEVICES, NOBODY, OLD, contents, not_on_windows, run_under, walled, walls_stand
from nbformat.v4 import new_code_cell, new_notebook
from returns.national import SMALL, YEAR, Style, with_grades, write_export

from balancelib.cli import main

pytestmark = pytest.mark.skipif(
    not walls_stand(), reason="no bubblewrap: faults of the computer were not tried"
)

# A command that writes, by what it writes; DATA, SCHOOLS, RETURNS and FILLED stand for what is read.
REPLACE = {
    "problems.xlsx": "check DATA --out",
    "faults.json": "check DATA --json",
    "verdicts.json": "assess DATA --json",
    "handed/自评报告.docx": "report DATA --out",
    "groups.docx": "groups DATA --seconds 1 --out",
    "rotation.xlsx": "rotation DATA --year 2026 --seconds 2 --out",
    "scores.xlsx": "scores DATA --out",
    "plan.html": "plan DATA --by 2030 --on 2026-03-01 --out",
    "counties.csv": "national SCHOOLS --out",
    "counties.parquet": "national SCHOOLS --out",
    "ledger.xlsx": "ledger DATA --on 2025-12-01 --out",
}
NEW = {
    "sample/schools.csv": "sample --schools 20 --out",
    "county.xlsx": "template",
    "imported.xlsx": "import RETURNS --out",
    "checklist.xlsx": "checklist DATA --schools 3 --seed 1 --out",
    "read/actions.csv": "checklist DATA --filled FILLED --out",
}
WRITERS = REPLACE | NEW
# Each way of placing files once; that every command says it was tried on the full disk.
PLACED = (
    "faults.json",
    "handed/自评报告.docx",
    "ledger.xlsx",
    "sample/schools.csv",
    "county.xlsx",
    "imported.xlsx",
)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A county of 20 schools, and returns, where anybody may read them."""
    folder = tmp_path_factory.mktemp("inputs")
    assert main(["sample", "--schools", "20", "--out", str(folder / "county")]) == 0
    schools = with_grades(SMALL.tables, YEAR)
    write_export(folder / "returns" / "小学.xlsx", "primary", schools[schools["kind"] == "primary"], Style())
    filled(folder / "county", folder / "filled.xlsx")
    return folder


def filled(county, path):
    """Fill in a checklist of one school: one line."""
    assert main(["checklist", str(county), "--schools", "1", "--seed", "1", "--out", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    sheet["E3"], sheet["F6"], sheet["G6"] = "2026-04-07", "没有做到", "墙皮脱落"
    book.save(path)


def commands(inputs, out):
    """The words of each command that writes, into a folder."""
    where = {
        "DATA": str(inputs / "county"),
        "SCHOOLS": str(inputs / "county" / "schools.csv"),
        "RETURNS": str(inputs / "returns"),
        "FILLED": str(inputs / "filled.xlsx"),
    }
    return {
        name: [*(where.get(word, word) for word in words.split()), str(out / name.partition("/")[0])]
        for name, words in WRITERS.items()
    }


def old_files(out):
    """Lay an old file where a command is to replace one."""
    for name in REPLACE:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(OLD)


@pytest.fixture(scope="module")
def full(inputs, tmp_path_factory):
    """All that write, on a disk without a byte of room."""
    out = tmp_path_factory.mktemp("full")
    disk = ("--size", str(2**18), "--tmpfs", str(out))
    return run_under((*ALL, *disk), commands(inputs, out), out.parent, old=REPLACE, fill=str(out))


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_named(full, name):
    assert full["told"][name]["code"] == 2, full["told"][name]["said"]
    assert full["told"][name]["said"].endswith("：磁盘满了。请腾出地方，或者写到别的磁盘\n")


def test_on_a_full_disk_each_old_file_stays_and_nothing_is_left(full):
    assert full["files"] == dict.fromkeys(sorted(REPLACE), OLD.decode())


@pytest.fixture(scope="module")
def closed(inputs, tmp_path_factory):
    """Commands of somebody who may not write there; and one file that was made read-only."""
    out, locked = tmp_path_factory.mktemp("closed"), tmp_path_factory.mktemp("open") / "locked.json"
    old_files(out)
    locked.write_bytes(OLD)
    locked.chmod(0o444)
    asked = {name: words for name, words in commands(inputs, out).items() if name in PLACED}
    asked |= {"locked.json": ["check", str(inputs / "county"), "--json", str(locked)]}
    asked |= {"marks.xlsx": ["mark", str(inputs), "--out", str(out / "marks.xlsx")]}
    folders = [out / "handed", out]
    for folder in folders:
        folder.chmod(0o555)
    told = run_under((*NOBODY, *ALL), asked, out.parent)["told"]
    for folder in folders:
        folder.chmod(0o755)
    return told, contents(out), locked.read_bytes()


# Marking is refused before anything is run: it takes an hour.
@pytest.mark.parametrize("name", [*PLACED, "locked.json", "marks.xlsx"])
def test_a_place_that_may_not_be_written_to_is_named(closed, name):
    told, _, _ = closed
    assert told[name]["code"] == 2, told[name]["said"]
    assert told[name]["said"].endswith(
        "：没有权限。请关闭正在使用它的程序，检查权限，或者换一个能写的文件夹\n"
    )


def test_where_nobody_may_write_all_is_as_it_was(closed):
    _, files, locked = closed
    assert files == dict.fromkeys(sorted(REPLACE), OLD.decode())
    assert locked == OLD


BARE = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "HOME": "/nowhere",
    "MPLBACKEND": "TkAgg",
}


def bare_walls(*writable, room):
    """A computer on which all may only be read but ``writable`` and ``room``: no home, no screen, no font."""
    fonts = [word for place in ("/usr/share/fonts", "/usr/local/share/fonts") if Path(place).is_dir() for word in ("--tmpfs", place)]  # fmt: skip
    bound = [word for place in writable for word in ("--bind", str(place), str(place))]
    screen = ("--unsetenv", "DISPLAY", "--unsetenv", "WAYLAND_DISPLAY", "--unsetenv", "MPLCONFIGDIR")
    return (*NOBODY, "--ro-bind", "/", "/", *DEVICES, *fonts, *bound, *screen, "--tmpfs", str(room), "--setenv", "TMPDIR", str(room))  # fmt: skip


@pytest.fixture(scope="module")
def bare(inputs, tmp_path_factory):
    """All that write, on a bare computer."""
    out, room = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("room")
    return run_under(bare_walls(out, room=room), commands(inputs, out), out, **BARE)["told"], out


@pytest.mark.parametrize("name", WRITERS)
def test_a_bare_computer_is_enough(bare, name):
    told, out = bare
    assert told[name] == {"code": 0, "said": ""}
    assert (out / name).stat().st_size > 0


# What `make` starts, where it may not write or finds nothing, by what it is to say; each is named by its file or module.
PROGRAMS = {
    "data/make.py": ("", "没有做成，.*schools.csv：没有权限。请"),
    "balancelib.course.notebooks": ("nowhere.ipynb", "没有做成，nowhere.ipynb：找不到。"),
    "balancelib.course.licences": ("", "没有做成，.*LICENCES.md：没有权限。请"),
    "balancelib.course.take_home": ("zip", "没有做成，.*_build.*：(磁盘是只读的|没有权限)。请"),
    "balancelib.course.kit": ("--python nowhere.zip", "nowhere.zip：读不出来"),
    "balancelib.course.release": ("--version 9.9.9", "没有发布：git rev-list说："),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Those programs on a bare computer."""
    room = tmp_path_factory.mktemp("room")
    asked = {
        name: ["python", str(ROOT / name) if name.endswith(".py") else name, *words.split()]
        for name, (words, _) in PROGRAMS.items()
    }
    return run_under(bare_walls(room=room), asked, ROOT, **BARE)["told"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_make_starts_says_what_is_wrong(made, name):
    assert made[name]["code"] in (1, 2), made[name]["said"]
    assert re.search(f"^{PROGRAMS[name][1]}", made[name]["said"], re.MULTILINE), made[name]["said"]
    assert "Traceback" not in made[name]["said"]


def test_windows_could_hold_all_that_is_written(bare):
    """And all that is packed in it. No Windows was at hand."""
    _, out = bare
    names = set(contents(out))
    for file in (out / name for name in list(names)):
        if zipfile.is_zipfile(file):
            names.update(zipfile.ZipFile(file).namelist())
    assert len(names) > 60
    assert [fault for name in names for fault in not_on_windows(name)] == []


@pytest.mark.parametrize("name", ["verdicts.json", "county.xlsx", "ledger.xlsx"])
def test_it_writes_the_same_bytes_there(bare, inputs, tmp_path, name):
    _, out = bare
    assert main(commands(inputs, tmp_path)[name]) == 0
    assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_a_report_has_the_same_bytes_there(bare, inputs, tmp_path):
    """Its figures too: the fonts are ours."""
    _, out = bare
    report = tmp_path / "report.docx"
    assert main(["report", str(inputs / "county"), "--out", str(report)]) == 0
    assert report.read_bytes() == (out / "handed" / "自评报告.docx").read_bytes()


def test_without_room_for_temporary_files(inputs, tmp_path):
    """What needs none is done; what draws says what it lacks."""
    walls = ("--ro-bind", "/", "/", *DEVICES, "--bind", str(tmp_path), str(tmp_path), "--chdir", "/")
    asked = {
        "county.xlsx": ["template", str(tmp_path / "county.xlsx")],
        "report.docx": ["report", str(inputs / "county"), "--out", str(tmp_path / "report.docx")],
    }
    told = run_under(walls, asked, tmp_path, HOME="/nowhere", TMPDIR="/nowhere", MPLCONFIGDIR="")["told"]
    assert told["county.xlsx"] == {"code": 0, "said": ""}
    assert told["report.docx"]["code"] == 2
    assert "电脑里没有能放临时文件的文件夹。请让环境变量TMPDIR" in told["report.docx"]["said"]
    assert set(contents(tmp_path)) == {"county.xlsx"}


NOTEBOOK = """
import sys, nbformat
from nbclient import NotebookClient
from balancelib.course.execution import quiet_kernels

quiet_kernels()
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, resources={"metadata": {"path": sys.argv[2]}}).execute()
print([(o.output_type, sorted(o.get("data", []))) for cell in notebook.cells for o in cell.get("outputs", [])])
"""
CELL = """
import matplotlib.pyplot as plt
from balancelib.figures import describe, use_style

use_style()
figure, axes = plt.subplots()
axes.set_title("生均面积")
describe(figure, "一幅空图")
"""


def test_a_read_only_notebook_runs_on_a_bare_computer(tmp_path):
    """As the book runs it: its figure is in the page, and nothing in English beside it."""
    folder, room = tmp_path / "notebooks", tmp_path / "room"
    folder.mkdir()
    room.mkdir()
    path = folder / "lesson.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell(CELL)], metadata=kernel), path)
    done = walled(bare_walls(room=room), ["-c", NOTEBOOK, str(path), str(folder)], folder, **BARE)
    assert done.stdout == "[('display_data', ['image/png', 'text/plain'])]\n", done.stderr
