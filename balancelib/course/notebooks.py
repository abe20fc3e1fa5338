"""Run the notebooks anew and keep of their outputs only what the tests compare: `make notebooks`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from balancelib.county.files import whole_or_absent

KEEP = "keep_output"


def refresh(path: Path) -> None:
    """Run one notebook from its own folder and write it back; the same code gives the same bytes."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    # The kernel sends what is printed whenever a fifth of a second has passed: joined, the same text is the same bytes.
    NotebookClient(notebook, resources=where, coalesce_streams=True).execute()
    kernel = notebook.metadata["kernelspec"]
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": kernel["language"]}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        if cell.cell_type == "code" and KEEP not in cell.metadata.get("tags", []):
            cell.outputs = []
    with whole_or_absent(path) as temporary:
        nbformat.write(notebook, temporary)


def main(paths: Iterable[str]) -> None:
    """Refresh all notebooks given."""
    for path in paths:
        refresh(Path(path))
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
