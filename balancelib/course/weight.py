"""Keeps the published pages light: of what the theme brings, only what a page shows is published and loaded."""

import atexit
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinxcontrib import katex

# Files, and what stands in a page that needs them.
ONLY_WITH = {"katex": 'class="katex', "sphinx-design": "sd-", "design-tabs": "sd-tab"}
LOGGER = logging.getLogger(__name__)
ICON_RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\?([^"]+)"\}')
ICON_CLASS = re.compile(r"\bfa-[a-z0-9-]+")
SOURCE_MAP = re.compile(r"\n?(//|/\*)# sourceMappingURL=.*")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    katex.render_latex = render_formula  # its own way needs Node.js
    app.connect("html-page-context", load_what_is_used, priority=900)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@cache
def engine() -> MiniRacer:
    """Start V8 with the KaTeX of sphinxcontrib-katex in it."""
    started = MiniRacer()
    atexit.register(started.close)  # or Python may wait for its thread for ever
    started.eval(Path(katex.__file__).with_name("katex.min.js").read_text(encoding="utf-8"))
    return started


def render_formula(latex: str, options: dict | None = None, output: str = "htmlAndMathml") -> str:
    """Draw a formula at build time, so that no reader loads and waits for KaTeX, 76 kB.

    Parameters
    ----------
    latex
        The formula.
    options
        Options of KaTeX, such as `displayMode`.
    output
        What KaTeX is to write: an e-reader takes `mathml` alone.

    Returns
    -------
    str
        HTML for the eyes and MathML for the ears.
    """
    try:
        return engine().call("katex.renderToString", latex, (options or {}) | {"output": output})
    except JSEvalException as error:
        LOGGER.warning("formula that KaTeX cannot draw: %s: %s", latex, error)
        return ""


def load_what_is_used(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.Node | None
) -> None:
    """Take from a page the styles and scripts of what it does not show."""
    for name, mark in ONLY_WITH.items():
        if mark not in context.get("body", ""):
            for files in ("css_files", "script_files"):
                context[files] = [file for file in context[files] if name not in str(file.filename)]


def lighten(app: Sphinx, error: Exception | None) -> None:
    """Leave out of the site just built what no page needs."""
    static = Path(app.outdir) / "_static"
    if error or app.builder.name != "html" or not static.is_dir():
        return
    drop_source_maps(static)
    (static / "scripts" / "fontawesome.js").unlink(missing_ok=True)  # it names all icons
    shown = {icon for page in Path(app.outdir).rglob("*.html") for icon in icons_in(page)}
    keep_icons(static, shown | {icon for script in static.rglob("*.js") for icon in icons_in(script)})


def drop_source_maps(static: Path) -> None:
    """Remove the maps, and the lines that lead to them."""
    for source_map in static.rglob("*.map"):
        source_map.unlink()
    for file in [*static.rglob("*.js"), *static.rglob("*.css")]:
        text = file.read_text(encoding="utf-8")
        if SOURCE_MAP.search(text):
            file.write_text(SOURCE_MAP.sub("", text), encoding="utf-8")


def icons_in(file: Path) -> set[str]:
    """Names of Font Awesome's icons in a page or script."""
    return set(ICON_CLASS.findall(file.read_text(encoding="utf-8")))


def keep_icons(static: Path, shown: set[str]) -> None:
    """Cut Font Awesome down to the icons shown.

    The theme draws icons by a script of 529 kB (gzip) that holds them all; `layout.html` leaves it out. The theme's
    style also has them, as fonts; here these lose the icons that no page shows. Without Brotli, which the lock does
    not hold, they are TrueType instead of WOFF2: at this size it is the same.
    """
    style = static / "styles" / "pydata-sphinx-theme.css"
    text = ICON_RULE.sub(
        lambda rule: rule[0] if shown & icon_names(rule[1]) else "", style.read_text("utf-8")
    )
    text = re.sub(r'url\([^)]*\.woff2\) format\("woff2"\),(?=url\([^)]*\.ttf\))', "", text)
    style.write_text(text, encoding="utf-8")
    used = characters(" ".join(file.read_text("utf-8") for file in static.rglob("*.css")))
    for font in (static / "vendor" / "fontawesome" / "webfonts").glob("*"):
        if font.suffix == ".ttf":
            cut_font(font, used)
        else:
            font.unlink()


def icon_names(selectors: str) -> set[str]:
    """Names in the selectors of a rule: one icon may have several."""
    return set(ICON_CLASS.findall(selectors))


def characters(style: str) -> set[int]:
    """All that a style may write: characters given by number, as icons are, and the rest of its text."""
    numbers = {int(code, 16) for code in re.findall(r"\\([0-9a-fA-F]{2,6})", style)}
    return numbers | {ord(character) for character in style}


def cut_font(font: Path, kept: set[int]) -> None:
    """Write a font anew with only the characters kept."""
    opened = TTFont(font, recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(layout_features=[], hinting=False, notdef_outline=True))
    subsetter.populate(unicodes=kept)
    subsetter.subset(opened)
    opened.save(font)
