"""Sphinx extension of this course: what Jupyter Book needs beside its settings to publish it soundly."""

import gettext
import io
import re
import subprocess
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from docutils import nodes
from markupsafe import escape
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx import addnodes, locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from balancelib import __version__
from balancelib.course.execution import digest_folder
from balancelib.course.paper import entry, table_of, tables_in

STILL = "这里是开始时的样子；在网页里可以移动控件，图、表和数跟着变。"
LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.connect("config-inited", offer_repository)
    app.connect("config-inited", complete_theme_texts)
    app.connect("config-inited", name_the_build)
    app.add_transform(LastingAddresses)
    app.connect("env-before-read-docs", read_all_with_glossary)
    app.connect("doctree-read", require_alternative_text)
    app.connect("doctree-read", let_formulas_be_scrolled)
    app.connect("doctree-resolved", show_definitions)
    app.connect("html-page-context", mend_citations)
    app.connect("html-page-context", escape_titles, priority=900)  # once the theme has set them
    app.connect("build-finished", forget_failed_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def offer_repository(app: Sphinx, config: Config) -> None:
    """Show repository buttons, and the pages' `{only} repository`, where there is an address."""
    options = config.html_theme_options
    if options.get("repository_url"):
        app.tags.add("repository")
        options.update(use_repository_button=True, use_issues_button=True)


def complete_theme_texts(app: Sphinx, config: Config) -> None:
    """Put the project's own translations before those that come with the theme.

    Sphinx itself does so for its own catalogue (`sphinx.po`), but not for those of its extensions.
    """
    for po in Path(app.srcdir).glob(f"locale/{config.language}/LC_MESSAGES/*.po"):
        if po.stem != "sphinx":
            ours = compile_catalogue(po)
            ours.add_fallback(locale.get_translator(po.stem))
            locale.translators["general", po.stem] = ours


def compile_catalogue(po: Path) -> gettext.GNUTranslations:
    """Translations of a text catalogue, with no compiled file left behind."""
    compiled = io.BytesIO()
    with po.open("rb") as text:
        write_mo(compiled, read_po(text))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def name_the_build(app: Sphinx, config: Config) -> None:
    """Say for footers and title pages what the book was built from."""
    config.version = __version__
    root = Path(app.srcdir)
    data = digest_folder(root / "data")[:8]  # a number would wait for someone to raise it
    source = f"由提交{found}生成" if (found := commit(root)) else "由未提交的文件生成"
    config.html_context["build"] = [
        f"程序库{__version__}版，数据版本{data}，{source}。",
        "示例县是合成的，不是任何真实的县。",
    ]


def commit(root: Path) -> str:
    """Commit that the files in `root` are of; empty where some are of none, or where there is no Git."""
    try:
        changed, found = (
            subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout
            for words in (["status", "--porcelain"], ["rev-parse", "--short=10", "HEAD"])
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return "" if changed else found.strip()


class LastingAddresses(SphinxTransform):
    """Takes out addresses that were counted or made of a heading's words, and so would move when a page changes.

    Docutils makes names of ASCII letters only: a heading in Chinese gets an `id3` beside its label, one with `Excel` in
    it an `excel`, a term of the glossary a `term-3`. The first two go; the last becomes the term itself.
    """

    default_priority = 840  # before Sphinx's domains collect what is where

    def apply(self) -> None:
        """Change the page just read."""
        given = {
            self.document.nameids[name] for name, explicit in self.document.nametypes.items() if explicit
        }
        for node in self.document.findall(nodes.Element):
            if len(ids := node.get("ids", [])) > 1:
                node["ids"] = [name for name in ids if name in given] or ids
        for term in self.document.findall(nodes.term):
            if any(re.fullmatch(r"term-\d+", name) for name in term["ids"]):
                self.rename(term, "term-" + re.sub(r"\W+", "-", term.astext()))

    def rename(self, term: nodes.term, name: str) -> None:
        """Give a term its address, here, for links and for the index."""
        term["ids"] = [name]
        known, word = self.env.get_domain("std").data, term.astext()
        known["objects"]["term", word] = known["terms"][word.lower()] = (self.env.docname, name)
        for index in term.findall(addnodes.index):
            index["entries"] = [(*entry[:2], name, *entry[3:]) for entry in index["entries"]]


def mend_citations(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.Node | None) -> None:
    """Give the bibliography the roles of a list, and take the counted addresses from what cites it.

    WAI-ARIA has withdrawn the role that docutils writes; nothing leads to the addresses.
    """
    if "body" in context:
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        context["body"] = re.sub(r'(<span class="bibtex-citation") id="id\d+"', r"\1", body)


def escape_titles(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.Node | None) -> None:
    """Let the titles of the book and of the page be text wherever they stand: the themes do not escape them everywhere."""
    for name in {"docstitle", "pagetitle", "root_title"} & context.keys():
        context[name] = escape(context[name])


def read_all_with_glossary(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Where the glossary has changed, read every page anew: links to its terms hold their definitions."""
    objects = env.get_domain("std").data["objects"]
    if any(kind == "term" and page in pages for (kind, _), (page, _) in objects.items()):
        pages[:] = sorted(env.found_docs)


def show_definitions(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give each link to a term of the glossary its definition, which browsers show under the mouse."""
    for link in doctree.findall(nodes.reference):
        word = link.next_node(lambda node: "std-term" in getattr(node, "attributes", {}).get("classes", []))
        if word:
            link["reftitle"] = definitions(app)[
                link["refuri" if "refuri" in link else "refid"].split("#")[-1]
            ]


def definitions(app: Sphinx) -> dict[str, str]:
    """Definition of each term by its address, gathered once a build."""
    env = app.env
    if "definitions" not in env.temp_data:
        pages = {page for page, _ in env.get_domain("std").data["terms"].values()}
        env.temp_data["definitions"] = {
            item[0]["ids"][0]: words(app, page, item.next_node(nodes.paragraph))
            for page in pages
            for item in env.get_doctree(page).findall(nodes.definition_list_item)
            if item[0]["ids"]
        }
    return env.temp_data["definitions"]


def words(app: Sphinx, page: str, paragraph: nodes.paragraph) -> str:
    """Words of a paragraph as the page shows them, with the titles of what it refers to."""
    paragraph = paragraph.deepcopy()
    titled = app.env.get_domain("std")
    for link in [*paragraph.findall(addnodes.pending_xref)]:
        about = (app.env, page, app.builder, link["reftype"], link["reftarget"], link, link[0].deepcopy())
        link.replace_self((link["refdomain"] == "std" and titled.resolve_xref(*about)) or link[0])
    return paragraph.astext()


class Renderer(NbElementRenderer):
    """Renders notebook outputs, and takes an image's alternative text from the output that holds it."""

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """Render an image with the text from `balancelib.figures.describe` or `IPython.display.Image`.

        Under an explorer's still stand its table and its sentence.
        """
        images = super().render_image(data)
        about = data.output_metadata.get(data.mime_type, {})
        if about.get("alt"):
            images[0]["alt"] = about["alt"]
        if "sentence" in about:
            heads, *rows = ([entry(text) for text in line] for line in (about["heads"], *about["rows"]))
            images += [table_of([heads], rows), *(nodes.paragraph("", s) for s in (about["sentence"], STILL))]
        return images

    def render_text_html(self, data: MimeData) -> list[nodes.Element]:
        """Render HTML as it is for browsers, and its tables as the book's own for paper and e-readers."""
        return [
            addnodes.only("", *super().render_text_html(data), expr="builder_html"),
            addnodes.only("", *tables_in(data.string), expr="not builder_html"),
        ]


def require_alternative_text(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of every image that a blind reader would miss."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            LOGGER.warning("image without alternative text: %s", image["uri"], location=image)


def let_formulas_be_scrolled(app: Sphinx, doctree: nodes.document) -> None:
    """Mark formulas as the theme marks tables: it lets the keyboard reach what is wider than the screen."""
    for formula in doctree.findall(nodes.math_block):
        formula["classes"].append("pst-scrollable-table-container")


def forget_failed_build(app: Sphinx, error: Exception | None) -> None:
    """After a build with warnings read every page anew, or the next one would pass in silence."""
    if error or app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)
