"""Sphinx extension of a book of which only some pages are there: what refers to the others is said in words, and is no link."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join

LABELLED = re.compile(r"^\(([\w-]+)\)=\n+#+ (.+)$", re.MULTILINE)
NAMED = re.compile(r'(?:^:name: |"name": "|^:label: )([\w-]+)', re.MULTILINE)
KINDS = (("fig-", "图"), ("tab-", "表"), ("eq-", "式子"), ("", "内容"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.add_config_value("whole_book", "", "env")
    app.connect("config-inited", read_titles)
    app.add_post_transform(InWords)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_titles(app: Sphinx, config: object) -> None:
    """Read what labels and pages of the whole book are called."""
    app.whole_book_titles = dict(titles(Path(app.config.whole_book)))


def titles(root: Path) -> Iterator[tuple[str, str]]:
    """Labels and pages (``policy/equity``, ``book/own_county``) of a book, with their titles; a figure has that of its page."""
    sources = [*(root / "book").rglob("*.md"), *(root / "notebooks").rglob("*.ipynb")]
    for path in sorted(sources):
        text = text_of(path)
        page = path.relative_to(root).with_suffix("").as_posix()
        found = dict(LABELLED.findall(text))
        title = next(iter(found.values()), page)
        yield page, title
        yield from found.items()
        yield from ((name, title) for name in NAMED.findall(text) if name not in found)


def text_of(path: Path) -> str:
    """Return the text of a page; of a notebook, its cells' and the settings that name their figures."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) + "\n" + json.dumps(cell["metadata"]) for cell in cells)


class InWords(SphinxPostTransform):
    """Puts words in the place of references to what is not there, before Sphinx warns of them."""

    default_priority = 5  # before MyST's own resolver

    def run(self, **_: object) -> None:
        """Change a page."""
        for node in list(self.document.findall(pending_xref)):
            if not self.there(node):
                node.replace_self(self.words(node))

    @property
    def terms(self) -> set[str]:
        """Terms of the glossary, where it is part of this book."""
        return {name.lower() for kind, name in self.env.get_domain("std").objects if kind == "term"}

    def there(self, node: pending_xref) -> bool:
        """Whether the page or label that a reference names is part of this book."""
        target, kind = node["reftarget"], node["reftype"]
        if node.get("refdomain") == "doc" or kind == "doc":
            return docname_join(node["refdoc"], target) in self.env.all_docs or target in self.env.all_docs
        if kind == "term":
            return target.lower() in self.terms
        if kind in ("eq", "ref", "numref", "myst"):
            standard, formulas = self.env.get_domain("std"), self.env.get_domain("math").equations
            return any(target in known for known in (standard.anonlabels, standard.labels, formulas))
        return True

    def words(self, node: pending_xref) -> nodes.Node:
        """Return what is said instead: the reference's own words, or the title of what it names."""
        named = self.app.whole_book_titles
        target = node["reftarget"]
        page = docname_join(node["refdoc"], re.sub(r"\.(md|ipynb)$", "", target))
        title = named.get(target) or named.get(page, "")
        if node["reftype"] in ("numref", "eq"):
            kind = next(word for start, word in KINDS if target.startswith(start))
            return nodes.inline("", f"《{title}》里的{kind}")
        own = node.astext()
        if node.get("refexplicit") and own and own != target:
            return nodes.inline("", "", *(child.deepcopy() for child in node.children))
        return nodes.inline("", f"“{title}”" if title else own)
