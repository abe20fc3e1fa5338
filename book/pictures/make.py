"""Make the still pictures of the guide: `python book/pictures/make.py`, by hand, where LibreOffice and pdftoppm are.

A sheet of a workbook that the library writes is printed by LibreOffice, cut to what is on it, and saved with few colours.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from PIL import Image, ImageChops

from balancelib.county import sample_county
from balancelib.county.instructions import STEPS
from balancelib.county.write import write_workbook

HERE = Path(__file__).parent
DOTS_PER_INCH, COLOURS, MARGIN, HIGHEST = 90, 8, 12, 560
SHOWN_SCHOOLS = [0, 1, 29, 39, 51, 56]  # some of each kind
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include>/etc/fonts/fonts.conf</include>
<alias binding="same"><family>宋体</family><prefer><family>Noto Serif CJK SC</family></prefer></alias>
<alias binding="same"><family>黑体</family><prefer><family>Noto Sans CJK SC</family></prefer></alias></fontconfig>"""


def instructions(book: Any) -> Any:
    """Keep the sheet that tells how to fill in the others."""
    return book[STEPS]


def schools(book: Any) -> Any:
    """Keep the first columns of the table of schools, with the letters and numbers of a spreadsheet around them."""
    sheet = book["学校"]
    sheet.print_area = f"A1:M{sheet.max_row}"
    sheet.print_title_rows = sheet.print_title_cols = None
    sheet.print_options.headings = True
    sheet.page_setup.fitToWidth = 1
    return sheet


PICTURES = {"template_instructions": instructions, "template_schools": schools}


def picture(name: str, choose: Callable[[Any], Any], folder: Path) -> None:
    """Write one picture."""
    tables = {"schools": sample_county().schools.iloc[SHOWN_SCHOOLS].reset_index(drop=True)}
    path = write_workbook(folder / f"{name}.xlsx", tables)
    book = openpyxl.load_workbook(path)
    kept = choose(book)
    kept.oddFooter.center.text = None
    for sheet in [sheet for sheet in book if sheet is not kept]:
        book.remove(sheet)
    book.save(path)
    printed(path, folder)
    page = Image.open(folder / f"{name}.png").convert("RGB")
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    left, top, right, bottom = box
    cut = page.crop((left - MARGIN, top - MARGIN, right + MARGIN, min(bottom + MARGIN, HIGHEST)))
    cut.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        HERE / f"{name}.png", optimize=True
    )


def printed(path: Path, folder: Path) -> None:
    """Print a workbook's first page as a picture beside it."""
    (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
    environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, path]
    subprocess.run(office, check=True, capture_output=True, timeout=120, env=environment)
    picture = [
        "pdftoppm",
        "-png",
        "-singlefile",
        "-r",
        str(DOTS_PER_INCH),
        path.with_suffix(".pdf"),
        path.with_suffix(""),
    ]
    subprocess.run(picture, check=True, timeout=60)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, choose in PICTURES.items():
            picture(name, choose, Path(folder))
