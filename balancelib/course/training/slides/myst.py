"""What a lesson's MyST says, without its marks: paragraphs, items of lists, tables and formulas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from balancelib.course.training.slides.formula import linear

BOLD, PLAIN = "\x01", "\x02"  # where bold begins and ends; no source holds them
OPTION = re.compile(r"^:([\w-]+):\s*(.*)\n?", re.MULTILINE)
DIRECTIVE = re.compile(r"\{([\w-]+)\}\s*(.*)")
UNSAID = ("cite", "cite:p", "cite:t")
ELSEWHERE = "另一课的"


@dataclass(frozen=True)
class Said:
    """A paragraph, or an item of a list: its sentences' text with `BOLD` and `PLAIN` in it."""

    text: str
    item: bool = False


@dataclass(frozen=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula that stands by itself, and its number within the lesson, where it has one."""

    latex: str
    number: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: its columns' names, its rows, what it is called."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


Block = Said | Heading | Formula | Grid


@cache
def _parser() -> MarkdownIt:
    """Return a parser of the marks that lessons use."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    for plugin in (myst_role_plugin, colon_fence_plugin, dollarmath_plugin, myst_block_plugin):
        parser.use(plugin)
    return parser


def read(source: str, names: Mapping[str, str]) -> Iterator[Block]:
    """Blocks of a text in their order.

    Parameters
    ----------
    source
        MyST.
    names
        What a label is called in words: ``图1``, or a section's title.
    """
    for node in SyntaxTreeNode(_parser().parse(source)).children:
        yield from _blocks(node, names)


def plain(text: str) -> str:
    """Return a text without its marks of bold."""
    return text.replace(BOLD, "").replace(PLAIN, "")


def words(source: str, names: Mapping[str, str]) -> str:
    """Return a short text, such as a caption or a heading, without marks."""
    return "".join(plain(block.text) for block in read(source, names) if isinstance(block, Said | Heading))


def _blocks(node: SyntaxTreeNode, names: Mapping[str, str], item: bool = False) -> Iterator[Block]:
    """Blocks of a node and of what is in it."""
    if node.type == "heading":
        yield Heading(plain(_inline(node, names)))
    elif node.type == "paragraph":
        if text := _inline(node, names).strip():
            yield Said(text, item)
    elif node.type in ("bullet_list", "ordered_list", "list_item", "blockquote"):
        for child in node.children:
            yield from _blocks(child, names, item or node.type == "list_item")
    elif node.type == "table":
        yield _grid([[_inline(cell, names) for cell in row.children] for part in node.children for row in part.children])  # fmt: skip
    elif node.type in ("math_block", "math_block_label"):
        yield Formula(node.content.strip())
    elif node.type in ("fence", "colon_fence"):
        yield from _directive(node, names)


def _directive(node: SyntaxTreeNode, names: Mapping[str, str]) -> Iterator[Block]:
    """Blocks of a directive: a box's text, a formula, a table; a listing of code has none."""
    found = DIRECTIVE.match(node.info)
    if not found:
        return
    options = dict(OPTION.findall(node.content))
    body = OPTION.sub("", node.content).strip()
    if found[1] == "math":
        yield Formula(body, names.get(options.get("label", ""), ""))
    elif found[1] == "list-table":
        yield _grid(_listed(body, names), words(found[2], names))
    else:
        yield from read(body, names)


def _listed(body: str, names: Mapping[str, str]) -> list[list[str]]:
    """Cells of a table that is written as a list of lists."""
    outer = SyntaxTreeNode(_parser().parse(body)).children[0]
    return [
        [" ".join(_inline(paragraph, names) for paragraph in cell.children) for cell in row.children[0].children]
        for row in outer.children
    ]  # fmt: skip


def _grid(cells: list[list[str]], caption: str = "") -> Grid:
    first, *rows = ([plain(cell) for cell in row] for row in cells)
    return Grid(tuple(first), tuple(tuple(row) for row in rows), caption)


def _inline(node: SyntaxTreeNode, names: Mapping[str, str]) -> str:
    """Return what a node's inline marks say."""
    if node.type == "myst_role":
        return _role(node.meta["name"], node.content, names)
    if node.type == "math_inline":
        return linear(node.content).replace("\n", "，")
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return ""
    inner = "".join(_inline(child, names) for child in node.children)
    return f"{BOLD}{inner}{PLAIN}" if node.type == "strong" else inner


def _role(name: str, content: str, names: Mapping[str, str]) -> str:
    """Return what a role says: its own words, or what its target is called."""
    if name in UNSAID:
        return ""
    own = re.fullmatch(r"(.*?)\s*<(.+)>", content, re.DOTALL)
    if name in ("numref", "eq"):
        kind = "式子" if name == "eq" else ("表" if content.startswith("tab") else "图")
        return names.get(own[2] if own else content, ELSEWHERE + kind)
    return own[1] if own else (names.get(content, content) if name == "ref" else content)
