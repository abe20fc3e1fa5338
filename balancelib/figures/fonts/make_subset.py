"""Write BalanceSansSC-Regular.otf, the Chinese font of figures, cut from Noto Sans CJK SC under a new name.

Run by hand, on Debian with fonts-noto-cjk: python balancelib/figures/fonts/make_subset.py
The font's reserved name "Source" does not stand in it, as its licence (OFL.txt) asks of a changed version.
"""

from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FACE = "Noto Sans CJK SC"
FAMILY = "Balance Sans SC"
TARGET = Path(__file__).with_name("BalanceSansSC-Regular.otf")
PUNCTUATION, NUMBERED, FULL_WIDTH, GREEK = 1, 2, 3, 6
HANZI = range(16, 88)
EXTRA = "²³₀₁₂₃≥≤≠≈×÷±−·…‰℃ⅠⅡⅢⅣⅤⅥ→←↑↓△▲▼●○■□◆◇★☆✓✗㎡㎥㎏㎞〇–—€¥堃喆垚玥珺珮翀"


def gb2312(rows: list[int]) -> Iterator[str]:
    """All characters of these rows of the national standard GB 2312."""
    for row in rows:
        for cell in range(1, 95):
            yield bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312", errors="ignore")


def characters() -> str:
    """All characters that the subset holds."""
    ascii_printable = "".join(map(chr, range(0x20, 0x7F)))
    latin1 = "".join(map(chr, range(0xA0, 0x100)))
    rows = [PUNCTUATION, NUMBERED, FULL_WIDTH, GREEK, *HANZI]
    return ascii_printable + latin1 + "".join(gb2312(rows)) + EXTRA


def face() -> TTFont:
    """The simplified Chinese face of the collection."""
    return next(font for font in TTCollection(SOURCE).fonts if font["name"].getDebugName(1) == FACE)


def rename(font: TTFont) -> None:
    """Give the font its own name, so that no installed font can take its place."""
    postscript = FAMILY.replace(" ", "") + "-Regular"
    names = {1: FAMILY, 2: "Regular", 3: postscript, 4: FAMILY, 6: postscript}
    table = font["name"]
    table.names = [
        record for record in table.names if record.nameID in (0, 13, 14) and record.langID == 0x409
    ]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FamilyName = FAMILY
    cff.topDictIndex[0].FullName = FAMILY


def main() -> None:
    """Make the subset and write it beside this script."""
    options = Options(hinting=False, layout_features=[], drop_tables=["BASE", "VORG", "vhea", "vmtx"])
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    font = face()
    subsetter = Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    rename(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(TARGET)


if __name__ == "__main__":
    main()
