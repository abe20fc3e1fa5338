"""Sphinx extension: a search that works in Chinese, over HTTP and from files on a stick.

Sphinx's own search cuts text at spaces, and shows a sentence only where it may fetch the page. Here Chinese is indexed by pairs of
neighbouring characters, by section and by term of the glossary, prose apart from code and quizzes, in small scripts; `book/_static/search.js`
loads those that a query needs. Sphinx's results page, with its texts and its marking of words, stays.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from html import unescape
from itertools import pairwise, zip_longest
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import glossary
from sphinx.application import Sphinx

NUMBER = r"[0-9]+(?:\.[0-9]+)*%?(?![^\W\u3400-\u9fff])"  # whole: 0.45 is more than 0 and 45
WORD = re.compile(NUMBER + r"|[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")  # as in search.js
SHARDS = 64  # as in search.js
START, END = "Search.receive(", ")"

OTHER_NAMES = re.compile(r"(?:英文|也叫|也写)([^，。；（]+)")  # in a definition

Unit = tuple[str, str, str, str, str]  # anchor, title, other names, prose, aside: code, questions of a quiz


def setup(app: Sphinx) -> dict[str, bool | int]:
    """Write the texts with their pages, and from all texts the index."""
    app.add_config_value("search_worth", {}, "")  # patterns of pages, each with what `worth` returns
    app.connect("builder-inited", leave_out_sphinx_index)
    app.connect("html-page-context", write_texts)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 3}


def leave_out_sphinx_index(app: Sphinx) -> None:
    """Let Sphinx neither read nor write its own index: no page loads it, and it is not the same each time."""
    app.builder.load_indexer = lambda pages: None
    app.builder.dump_search_index = lambda: None


def write_texts(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Write the texts of a page, when Sphinx writes the page."""
    if doctree is not None and app.builder.name == "html":  # an EPUB has no search
        write(app, f"texts/{page}", list(units(doctree)))


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write the titles of all pages, in the book's order, and where each pair of characters stands."""
    if error or app.builder.name != "html":
        return
    book = [(page, read(app, f"texts/{page}")) for page in app.env.collect_relations()]
    write(app, "titles", [[page, worth(app, page), [unit[:3] for unit in texts]] for page, texts in book])
    shards: list[dict[str, list[int]]] = [{} for _ in range(SHARDS)]
    for term, places in places_of_terms(unit for _, texts in book for unit in texts).items():
        shards[ord(term[0]) % SHARDS][term] = places
    for number, shard in enumerate(shards):
        write(app, f"terms/{number}", dict(sorted(shard.items())))


def worth(app: Sphinx, page: str) -> float:
    """What a page of this kind is worth beforehand, where holding what is asked is worth 1: the first pattern counts."""
    return next((value for kind, value in app.config.search_worth.items() if fnmatch(page, kind)), 0)


def places_of_terms(book: Iterator[Unit]) -> dict[str, list[int]]:
    """Where each term stands: the double of a unit's number, plus one if it is held only aside.

    Each place but the first is given as its distance from the one before.
    """
    places = defaultdict(list)
    for number, (_, title, _, prose, aside) in enumerate(book):
        told = terms(f"{title}\n{prose}")
        for term in told:
            places[term].append(2 * number)
        for term in terms(aside) - told:
            places[term].append(2 * number + 1)
    return {term: [found[0], *(b - a for a, b in pairwise(found))] for term, found in places.items()}


def terms(text: str) -> set[str]:
    """Pairs of neighbouring Chinese characters, the last of each run of them alone, whole numbers, and words of other scripts.

    So every Chinese character begins a term, and whoever asks for one character finds it there. A percentage is also a number.

    Examples
    --------
    >>> sorted(terms("基尼系数Gini，第3章"))
    ['3', 'gini', '基尼', '尼系', '数', '章', '第', '系数']
    >>> sorted(terms("0.45、85%"))
    ['0.45', '85', '85%']
    """
    words = WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return {term for word in words for term in cut(word)}


def cut(word: str) -> list[str]:
    """A Chinese word in pairs, any other whole, a percentage also without its sign."""
    if "\u3400" <= word[0] <= "\u9fff":
        return [a + b for a, b in zip_longest(word, word[1:], fillvalue="")]
    return [word, word.rstrip("%")]


def units(doctree: nodes.document) -> Iterator[Unit]:
    """Each section and each term of a glossary, with the text that no other of them holds."""
    for node in doctree.findall():
        if isinstance(node, nodes.section):
            title = node.next_node(nodes.title)
            yield "" if node.parent is doctree else anchor(node), title.astext(), "", *texts_of(node)
        elif isinstance(node, nodes.definition_list_item) and isinstance(node.parent.parent, glossary):
            term = node.next_node(nodes.term)
            prose, aside = texts_of(node.next_node(nodes.definition))
            yield anchor(term), term.astext(), "、".join(OTHER_NAMES.findall(prose)), prose, aside


def anchor(node: nodes.Element) -> str:
    """The address that an author gave, rather than one that docutils counted."""
    given = [name for name in node["ids"] if not re.fullmatch(r"id\d+", name)]
    return (given or node["ids"])[0]


def texts_of(node: nodes.Element) -> tuple[str, str]:
    """The prose of a node without its title, and what is aside, a line for each block."""
    found = list(blocks(node))
    prose, aside = (
        "\n".join(text for is_aside, text in found if text and is_aside == kind) for kind in (False, True)
    )
    return prose, aside


def blocks(node: nodes.Element) -> Iterator[tuple[bool, str]]:
    """Whether it is aside, and the text, of paragraphs, rows of tables and the like; not of what is a unit of its own."""
    for child in node.children:
        if isinstance(child, nodes.row):
            yield False, "，".join(filter(None, (line(cell) for cell in child)))
        elif isinstance(child, nodes.raw):
            yield from ((True, question) for question in questions(child.astext()))
        elif isinstance(child, nodes.title | nodes.math_block | nodes.section | glossary):
            continue
        elif isinstance(child, nodes.TextElement):
            is_code = isinstance(child, nodes.literal_block)
            yield is_code, child.astext() if is_code else line(child)
        elif isinstance(child, nodes.Element):
            yield from blocks(child)


def questions(html: str) -> list[str]:
    """Questions of a quiz, without what is answered: that would be read before it is asked.

    Examples
    --------
    >>> questions("<form><legend>1. 谁 &lt; 谁？</legend><li>答案</li></form>")
    ['1. 谁 < 谁？']
    """
    return [unescape(question) for question in re.findall(r"<legend>(.*?)</legend>", html)]


def line(node: nodes.Element) -> str:
    """The text of a node without line breaks, which between Chinese characters are no spaces."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])", "", node.astext()))


def write(app: Sphinx, name: str, data: object) -> None:
    """Write a script that hands over `data`: browsers read no other files from a disk."""
    path = script(app, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    handed = f"{json.dumps(name)},{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}"
    path.write_text(START + handed + END, encoding="utf-8")


def read(app: Sphinx, name: str) -> list[Unit]:
    """What `write` wrote, perhaps in an earlier build: Sphinx writes only changed pages anew."""
    handed = script(app, name).read_text(encoding="utf-8")
    return json.loads(handed[len(START + json.dumps(name)) + 1 : -len(END)])


def script(app: Sphinx, name: str) -> Path:
    """Path of a script of the index."""
    return Path(app.outdir, "_static", "search", f"{name}.js")
