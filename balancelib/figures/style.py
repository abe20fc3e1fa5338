"""House style of figures: Chinese letters, colours that survive grey printing, texts for blind readers."""

import os
import sys
import warnings
from functools import cache
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image

from balancelib.figures.explorers import IN_BOOK

FONT_FILE = Path(__file__).parent / "fonts" / "BalanceSansSC-Regular.otf"
FONT = "Balance Sans SC"
SYSTEM_FONTS = (
    "Microsoft YaHei", "SimSun", "SimSun-ExtB", "PingFang SC", "Songti SC", "Noto Sans CJK SC",
    "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
)  # fmt: skip

BLUE, YELLOW, RED, SKY, BLACK = PALETTE = ("#004488", "#ddaa33", "#bb5566", "#6699cc", "#000000")
GREY = "#777777"
LINE_STYLES = ("-", "--", ":", "-.", (0, (5, 1)))
HATCHES = ("", "//", "..", "xx")

WAN = 10_000  # 元 in 万元
CSS_PIXELS_PER_INCH = 96
COLOURS = 48  # of the palette, in the shades of soft edges
NO_TEXT = "这幅图没有替代文字，看不见图的读者什么也读不到：请在显示之前调用 describe(figure, 文字)。"


def use_style() -> None:
    """Draw all figures from here on in the house style.

    A notebook that draws with matplotlib or seaborn calls it once; the library's own figures do so too.
    In Jupyter, figures are then shown with the text that `describe` gave them.

    Examples
    --------
    >>> use_style()
    >>> mpl.rcParams["font.family"][0]
    'Balance Sans SC'
    """
    mpl.rcParams.update(settings())
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell:
        show_texts(shell)


@cache
def settings() -> dict[str, Any]:
    """Matplotlib's settings in the house style, with the bundled font made known to it.

    Behind the bundled font stand the Chinese fonts of the computer, for rare characters in real school names,
    and matplotlib's own, for what no Chinese font has.
    """
    with_a_backend()
    font_manager.fontManager.addfont(FONT_FILE)
    installed = set(font_manager.get_font_names())
    return {
        "font.family": [FONT, *(font for font in SYSTEM_FONTS if font in installed), "DejaVu Sans"],
        "font.size": 12,
        "axes.titlesize": 12,
        "axes.prop_cycle": cycler(color=PALETTE, linestyle=LINE_STYLES),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "legend.frameon": False,
        "figure.figsize": (5.4, 3.6),  # 12 points of 5.4 inches are 10 pixels on a telephone 345 pixels wide
        "figure.dpi": 200,
        "figure.constrained_layout.use": True,
        "savefig.format": "png",
        "svg.hashsalt": "balancelib",
    }


def with_a_backend() -> None:
    """Draw into the notebook or into memory where what was asked for (MPLBACKEND) needs a screen or package that is not there."""
    try:
        plt.switch_backend(mpl.get_backend())
    except ImportError:
        plt.switch_backend("inline" if "ipykernel" in sys.modules else "agg")


def describe(figure: Figure, text: str) -> None:
    """Give a figure the text that a reader hears who cannot see it.

    Parameters
    ----------
    figure
        The figure.
    text
        What it shows, in Chinese, with the numbers that matter: made from its data, so that both agree.

    Examples
    --------
    >>> figure, axes = plt.subplots()
    >>> describe(figure, "两所学校的生均面积：甲校2.1平方米，乙校5.6平方米。")
    """
    figure.alternative_text = text


def show_texts(shell: Any) -> None:
    """Let IPython show figures through `to_png`.

    Matplotlib loads its backend with the first figure, and the backend then puts its own formatter in place:
    so it is loaded first.
    """
    if not getattr(show_texts, "done", False):
        plt.switch_backend(mpl.get_backend())
        show_texts.done = True
    formatters = shell.display_formatter.formatters
    formatters["image/png"].for_type(Figure, to_png)
    if os.environ.get(IN_BOOK):
        formatters["application/pdf"].for_type(Figure, to_pdf)


def to_png(figure: Figure) -> tuple[bytes, dict[str, Any]] | None:
    """Turn a figure into a PNG, the same bytes each time, and what Jupyter is to know about it."""
    if not figure.axes:
        return None
    text = getattr(figure, "alternative_text", "")
    if not text:
        warnings.warn(NO_TEXT, stacklevel=2)
    drawn, png = BytesIO(), BytesIO()
    figure.savefig(drawn, bbox_inches="tight")
    # Under a third of the bytes. With 256 colours it is a fifth more, and no eye tells them apart.
    image = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(png, format="png", optimize=True)
    return png.getvalue(), {"width": round(image.width / figure.dpi * CSS_PIXELS_PER_INCH), "alt": text}


def to_pdf(figure: Figure) -> tuple[bytes, dict[str, Any]] | None:
    """Turn a figure into a PDF for paper, the same bytes each time, and its text. Only a book is printed."""
    if not figure.axes:
        return None
    drawn = BytesIO()
    figure.savefig(drawn, format="pdf", bbox_inches="tight", metadata={"CreationDate": None})
    return drawn.getvalue(), {"alt": getattr(figure, "alternative_text", "")}


def signed(value: float, decimals: int = 1) -> str:
    """Write a change with its sign, the minus as wide as the plus; what rounds to 0 has none, and what is not known is a dash.

    Examples
    --------
    >>> signed(-1.25), signed(2), signed(-0.01), signed(-0.01, 2), signed(float("nan"))
    ('−1.2', '+2.0', '0.0', '−0.01', '—')
    """
    if isnan(value):
        return "—"
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text if float(f"{value:.{decimals}f}") else text[1:]


def number(value: float, decimals: int) -> str:
    """Write a number, its minus as wide as a plus; what rounds to 0 has none, and what is not known is a dash.

    Examples
    --------
    >>> number(-1.25, 1), number(-0.01, 1), number(float("nan"), 1)
    ('−1.2', '0.0', '—')
    """
    return "—" if isnan(value) else f"{value:z.{decimals}f}".replace("-", "−")
