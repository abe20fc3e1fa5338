"""Sphinx extension: the book as an EPUB, from which all is left out that only the site needs."""

import posixpath
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinxcontrib import katex

from balancelib.course.paper import build_in_words
from balancelib.course.weight import render_formula

STYLES = {"pygments.css", "reader.css"}


class EreaderBuilder(Epub3Builder):
    """Sphinx's own builder, with formulas as MathML, no scripts, and the styles of an e-reader alone."""

    def init(self) -> None:
        """Forget what is meant for the site's theme."""
        self.config.templates_path = []
        self.config.html_static_path = ["book/_epub"]
        self.config.html_theme_options = {}
        self.config.epub_title = self.config.html_title
        self.guide_titles = {"toc": "目录", "cover": "封面"}
        katex.render_latex = partial(render_formula, output="mathml")
        super().init()

    def get_toc(self) -> None:
        """List what the contents lead to; Sphinx writes `book/../notebooks`, and then misses the page."""
        super().get_toc()
        for entry in self.refnodes:
            entry["refuri"] = posixpath.normpath(entry["refuri"])

    def add_css_file(self, filename: str, **attributes: Any) -> None:
        """Let pages load a style of an e-reader, and no other."""
        if filename in STYLES:
            super().add_css_file(filename, **attributes)

    def copy_static_files(self) -> None:
        """Keep of what all extensions publish the styles that pages load."""
        super().copy_static_files()
        for path in Path(self.outdir, "_static").iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in STYLES:
                path.unlink()

    def build_content(self) -> None:
        """Say in the list of files which of them hold formulas, as the standard asks."""
        super().build_content()
        listed = Path(self.outdir, "content.opf")

        def declared(item: re.Match[str]) -> str:
            page = Path(self.outdir, item[1])
            holds = page.exists() and "<math" in page.read_text(encoding="utf-8")
            return f'{item[0]} properties="mathml"' if holds else item[0]

        text = re.sub(
            r'href="([^"]+\.xhtml)" media-type="[^"]+"(?! properties)', declared, listed.read_text("utf-8")
        )
        listed.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Put our builder in the place of Sphinx's."""
    app.add_builder(EreaderBuilder, override=True)
    app.connect("doctree-resolved", set_for_ereader)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def set_for_ereader(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Unfold code, and write on the first page what other forms of the book say on their cover or at their foot."""
    if app.builder.name != "epub":
        return
    for cell in doctree.findall(nodes.container):
        folded = (child.children if isinstance(child, HideCodeCellNode) else [child] for child in cell)
        cell.children = [child for children in folded for child in children]
    if docname == app.config.root_doc:
        lines = [nodes.line("", line) for line in build_in_words(app.config)]
        doctree.next_node(nodes.title).parent.insert(1, nodes.line_block("", *lines))
