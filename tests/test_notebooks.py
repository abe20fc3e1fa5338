"""The notebooks as files; nbval runs their cells, and compares what they give with the outputs that are kept."""

import re
import shutil
import subprocess
import sys
from itertools import pairwise

import nbformat
import pytest
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_notebook

from balancelib.course.exercises.trainee import MADE
from balancelib.course.notebooks import KEEP, refresh, write_tidy
from balancelib.course.training.any_page import CHECKED, of_any_page, open_page

LESSONS = [*(ROOT / "notebooks").glob("*/*.ipynb"), ROOT / "notebooks" / "mistakes.ipynb"]
NOTEBOOKS = sorted(path for path in LESSONS if path.name != MADE)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_file_is_as_it_is_written_after_a_run(path, tmp_path):
    """All but the values of the outputs, which nbval compares; images it does not, so none is kept."""
    notebook = nbformat.read(path, 4)
    write_tidy(notebook, tmp_path / path.name)
    assert path.read_bytes() == (tmp_path / path.name).read_bytes(), "run `make notebooks`"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for n, outputs in enumerate((cell.outputs for cell in cells), 1):
        assert {out.get("execution_count", n) for out in outputs} <= {n}
        assert not any(out.get("metadata") or str(out.get("data", {})).count("image/") for out in outputs)
        assert all(one.get("name", 1) != other.get("name", 2) for one, other in pairwise(outputs)), (
            "not joined"
        )


def test_running_anew_changes_nothing(tmp_path):
    path = ROOT / "notebooks" / "policy" / "five_schools.ipynb"
    copy = tmp_path / path.relative_to(ROOT)
    shutil.copytree(path.parent, copy.parent)  # its quiz lies beside it
    refresh(copy)
    assert copy.read_bytes() == path.read_bytes()


SHOWN = {
    "printed": ("print('7.25')", "stream"),
    "shown": ("from IPython.display import HTML\ndisplay(HTML('<b>7.25</b>'))", "display_data"),
    "returned": ("7.25", "execute_result"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A notebook with an output of each kind, run, and all of them kept."""
    path = tmp_path_factory.mktemp("kept") / "kept.ipynb"
    metadata = {"tags": [KEEP, CHECKED]}
    cells = [new_code_cell(code, id=name, metadata=metadata) for name, (code, _) in SHOWN.items()]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    refresh(path)
    return path


@pytest.mark.parametrize(("digit", "failed"), [("7.25", 0), ("7.26", len(SHOWN))])
def test_a_stale_output_fails(kept, tmp_path, digit, failed):
    """By a digit, whatever kind of output it is in."""
    notebook = nbformat.reads(kept.read_text(encoding="utf-8"), 4)
    assert [cell.outputs[0].output_type for cell in notebook.cells] == [kind for _, kind in SHOWN.values()]
    for cell in notebook.cells:
        cell.outputs = [nbformat.from_dict(changed(output, digit)) for output in cell.outputs]
    nbformat.write(notebook, tmp_path / "stale.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "-p", "no:cacheprovider", "stale.ipynb"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert len(re.findall("^FAILED", said, re.MULTILINE)) == failed, said
    assert f"{len(SHOWN) - failed} passed" in said or failed


def changed(value, digit):
    """An output with another digit wherever it holds the number."""
    if isinstance(value, dict):
        return {key: changed(one, digit) for key, one in value.items()}
    return value.replace("7.25", digit) if isinstance(value, str) else value


def test_labels_cells_and_outputs_are_as_the_authors_command_asks(path):
    assert of_any_page(open_page(path)) == []
