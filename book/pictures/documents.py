"""Make the guide's pictures of what an office sends out: `python book/pictures/documents.py`, by hand, as make.py beside it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from make import COLOURS, HERE, MARGIN, printed
from PIL import Image, ImageChops

ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))


def saved(path: Path, name: str) -> None:
    """Write the first page of a document as a picture, cut to what is on it."""
    printed(path, path.parent)
    page = Image.open(path.with_suffix(".png")).convert("L")
    left, top, right, bottom = ImageChops.difference(page, Image.new("L", page.size, "white")).getbbox()
    cut = page.crop((left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN))
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def run(folder: Path, *words: str) -> None:
    """Run a command of the guide; data at fault, which `check` says by its exit code, are no failure here."""
    command = [sys.executable, "-m", "balancelib", *words]
    subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)


if __name__ == "__main__":
    from test_own_county import prepare  # the same files as in the guide's text

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        run(folder, "sample", "--seed", "7", "--out", "county")
        run(folder, "report", "county", "--out", "report.docx")
        run(folder, "check", "spoiled.xlsx", "--out", "problems.xlsx")
        saved(folder / "report.docx", "report_first_page")
        saved(folder / "problems.xlsx", "problems_list")
