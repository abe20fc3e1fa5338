"""The notebooks as files; nbval runs their cells."""

import re
import shutil

import nbformat
import pytest
from conftest import ROOT

from balancelib.course.exercises.trainee import MADE
from balancelib.course.notebooks import KEEP, refresh

LESSONS = [*(ROOT / "notebooks").glob("*/*.ipynb"), ROOT / "notebooks" / "mistakes.ipynb"]
NOTEBOOKS = sorted(path for path in LESSONS if path.name != MADE)
CHECKED = "nbval-check-output"


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_running_anew_changes_nothing(path, tmp_path):
    copy = tmp_path / path.relative_to(ROOT)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(path.parent, copy.parent)  # its quiz lies beside it
    refresh(copy)
    assert copy.read_bytes() == path.read_bytes(), f"{path.name} is stale: run `make notebooks`"


def test_what_is_kept_is_checked_and_something_is(path):
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    tags = [set(cell.metadata.get("tags", [])) for cell in cells]
    assert all((KEEP in t) == (CHECKED in t) for t in tags)
    assert all(bool(cell.outputs) == (KEEP in t) for cell, t in zip(cells, tags, strict=True))
    assert any(KEEP in t for t in tags)


def test_cells_are_short(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 24, cell.id
            assert not re.search(r"^(def|class) ", cell.source, re.MULTILINE), (
                f"{cell.id}: belongs in balancelib"
            )


def test_every_section_has_an_anchor_of_its_own(path):
    text = "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")
    headings = re.findall(r"^#+ .*", text, re.MULTILINE)
    assert headings
    assert len(headings) == len(set(re.findall(r"^\(([a-z][a-z0-9-]*)\)=\n#+ ", text, re.MULTILINE)))
