"""Run the notebooks anew, keep of their outputs only what the tests compare, make the trainees' exercises: `make notebooks`."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from balancelib.console import guarded
from balancelib.county.files import whole_or_absent
from balancelib.county.opened import VARIABLE
from balancelib.course.exercises.trainee import MADE, SOURCE, write_trainee

KEEP = "keep_output"


def refresh(path: Path) -> None:
    """Run one notebook from its own folder and write it back; the same code gives the same bytes."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    # The kernel sends what is printed whenever a fifth of a second has passed: joined, the same text is the same bytes.
    NotebookClient(notebook, resources=where, coalesce_streams=True).execute()
    with whole_or_absent(path) as temporary:
        write_tidy(notebook, temporary)


def write_tidy(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook that was run, without what differs from run to run and the outputs that are not kept."""
    kernel = notebook.metadata["kernelspec"]
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": kernel["language"]}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        if cell.cell_type == "code" and KEEP not in cell.metadata.get("tags", []):
            cell.outputs = []
    nbformat.write(notebook, path)


def main(paths: Iterable[str]) -> None:
    """Refresh all notebooks given, on the sample; the exercises are made of their solutions."""
    from balancelib.course.execution import quiet_kernels  # noqa: PLC0415  loads what builds the book

    os.environ.pop(VARIABLE, None)
    quiet_kernels()
    for path in map(Path, paths):
        if path.name != MADE:
            refresh(path)
            print(path)
        if path.name == SOURCE:
            write_trainee(path)
            print(path.with_name(MADE))


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))
