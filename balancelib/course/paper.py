"""Sphinx extension: what the book needs beside its settings to stand on paper and in an e-reader."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config

SUBJECT = "县域义务教育均衡发展的课程与工具"
FOREWORD = "写在前面"
LINE = 46.0  # ems of a table's type that a line holds
GAP = 0.8  # ems between two columns
SMALLER = {1.0: r"\small", 0.8: r"\scriptsize"}  # types of tables, by their size
LONG = 3  # rows; a table with more may go on on the next page
UNBROKEN = re.compile(
    "[!-~]+|[^!-~]{1,4}"
)  # a Latin word, or the least of a Chinese text that should stand on a line
NUMBER = re.compile(r"[\d.,%+\-−–—/ ]*")
# GB 2312 holds the 3,755 commonest characters by their sound: the first of each letter, and the last of all.
LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ"
FIRSTS = [one.encode("gb2312") for one in "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"]
LAST = "座".encode("gb2312")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.connect(
        "config-inited", write_title_page, priority=900
    )  # after balancelib.course.book named the build
    app.connect("doctree-resolved", set_for_paper)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def build_in_words(config: Config) -> list[str]:
    """What the book was built from, and under what licence it stands: lines for a title page."""
    licence = f"© {config.copyright} {config.author}。文字和图：CC BY 4.0；代码：MIT；示例数据：CC0。"
    return [*config.html_context["build"], licence]


def write_title_page(app: Sphinx, config: Config) -> None:
    """Hand the lines of the title page to book/_latex/paper.sty."""
    lines = r"\\[0.4em] ".join(build_in_words(config))
    config.latex_elements["preamble"] += (
        f"\n\\newcommand{{\\booksubject}}{{{SUBJECT}}}\n\\newcommand{{\\bookbuild}}{{{lines}}}\n"
    )


def set_for_paper(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Change the one tree of the whole book that the LaTeX builder makes."""
    if app.builder.name != "latex":
        return
    make_foreword(doctree)
    for caption, first in parts(app):
        for file in doctree.findall(addnodes.start_of_file):
            if file["docname"] == first:
                file.parent.insert(file.parent.index(file), latex(rf"\part{{{caption}}}"))
                break
    for index in list(doctree.findall(addnodes.index)):
        index.replace_self(latex("".join(index_entry(entry[1]) for entry in index["entries"])))
    for figure in list(doctree.findall(nodes.figure)):
        let_figure_break(figure)
    for table in list(doctree.findall(nodes.table)):
        fit(table)
    for code in list(doctree.findall(nodes.literal)):
        let_line_break_before(code)


def let_figure_break(figure: nodes.figure) -> None:
    """Let the table and the words under an explorer's picture follow the figure: LaTeX keeps a figure on one page."""
    holder = figure.next_node(nodes.image).parent
    below = [part for part in holder if isinstance(part, (nodes.table, nodes.paragraph))]
    for part in below:
        holder.remove(part)
    place = figure.parent.index(figure) + 1
    figure.parent[place:place] = below


def let_line_break_before(code: nodes.literal) -> None:
    """Let a line end before code, unless after an opening bracket: XeTeX itself sees no place where the font changes."""
    place = code.parent.index(code)
    before = code.parent[place - 1].astext() if place else ""
    if before and before[-1] not in "（“《〔" and not isinstance(code.parent, nodes.title):
        code.parent.insert(place, latex(r"\allowbreak{}"))


def fit(table: nodes.table) -> None:
    """Give a table's columns their widths: as wide as their words while there is room, then the widest share what is left."""
    columns = columns_of(table)
    least = [max(max(map(ems, UNBROKEN.findall(text)), default=0) for text in column) for column in columns]
    wanted = [max(map(ems, column)) for column in columns]
    size = next((size for size in SMALLER if sum(least) + GAP * len(least) <= LINE / size), min(SMALLER))
    shares = [(width + GAP) * size / LINE for width in shared(least, wanted, LINE / size - GAP * len(wanted))]
    numeric = [all(map(NUMBER.fullmatch, column)) for column in columns_of(table.next_node(nodes.tbody))]
    spec = "".join(
        rf"\{'Right' if right else 'Left'}{{{share:.4f}}}"
        for right, share in zip(numeric, shares, strict=True)
    )
    if len(list(table.findall(nodes.row))) > LONG:
        table["classes"].append("longtable")
    place = table.parent.index(table)
    table.parent[place : place + 1] = [
        latex(rf"\begingroup{SMALLER[size]}"),
        addnodes.tabular_col_spec(spec=spec),
        table,
        latex(r"\endgroup"),
    ]


def columns_of(part: nodes.Element) -> list[list[str]]:
    """Texts of a table, or of its body, by column; cells that span several columns are left out."""
    group = part.parent if isinstance(part, nodes.tbody) else part.next_node(nodes.tgroup)
    columns: list[list[str]] = [[""] for _ in group.findall(nodes.colspec)]
    below = [0] * len(columns)  # rows for which a cell from above still holds the column
    for row in part.findall(nodes.row):
        cells = iter(row.children)
        place = 0
        while place < len(columns):
            if below[place]:
                below[place] -= 1
                place += 1
                continue
            cell = next(cells)
            span = 1 + cell.get("morecols", 0)
            if span == 1:
                columns[place].append(cell.astext())
            below[place : place + span] = [cell.get("morerows", 0)] * span
            place += span
    return columns


def ems(text: str) -> float:
    """Return about how wide a text is, its longest line.

    Examples
    --------
    >>> ems("生均7项"), ems("")
    (3.9, 0.3)
    """
    return 0.3 + max(
        (
            sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.6 for c in line)
            for line in text.splitlines()
        ),
        default=0,
    )


def shared(least: Sequence[float], wanted: Sequence[float], room: float) -> list[float]:
    """Return a width for each column: what it wants, or, where there is no room for all, at most a limit common to all.

    Examples
    --------
    >>> shared([1, 1], [2, 3], 10), [round(width, 3) for width in shared([1, 1, 6], [2, 20, 30], 12)]
    ([2, 3], [2, 4.0, 6])
    """

    def widths(limit: float) -> list[float]:
        return [min(want, max(need, limit)) for need, want in zip(least, wanted, strict=True)]

    low, high = 0.0, max(wanted)
    if sum(wanted) <= room:
        return list(wanted)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(widths(middle)) <= room else (low, middle)
    return widths(low)


def latex(code: str) -> nodes.raw:
    """Return LaTeX as a node."""
    return nodes.raw("", code, format="latex")


def make_foreword(doctree: nodes.document) -> None:
    """Make one chapter of the landing page, whose sections Sphinx would make chapters."""
    top = doctree.next_node(nodes.section)
    own = [child for child in top[1:] if not is_contents(child)]
    foreword = nodes.section("", nodes.title("", FOREWORD), ids=["foreword"])
    for child in own:
        top.remove(child)
    foreword += own
    top.insert(1, foreword)


def is_contents(node: nodes.Node) -> bool:
    """Whether a node holds the pages after the landing page."""
    return isinstance(node, nodes.compound) and "toctree-wrapper" in node["classes"]


def parts(app: Sphinx) -> Iterator[tuple[str, str]]:
    """Captions of the book's parts, each with its first page."""
    for toctree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        if toctree.get("caption"):
            yield toctree["caption"], toctree["entries"][0][1]


def index_entry(term: str) -> str:
    r"""Return an entry of the index under the letter of its sound.

    Examples
    --------
    >>> print(index_entry("基尼系数"))
    \index{Jbbf9c4e1cfb5cafd@\spxentry{基尼系数}|spxpagem}
    """
    sound = term[0].encode("gb2312", "ignore")
    letter = LETTERS[bisect_right(FIRSTS, sound) - 1] if FIRSTS[0] <= sound <= LAST else "*"
    return rf"\index{{{letter}{term.encode('gb18030').hex()}@\spxentry{{{term}}}|spxpagem}}"


def tables_in(html: str) -> list[nodes.table]:
    """Return the tables in HTML, such as pandas writes it, as tables of the book; of one without cells nothing."""
    tables = []
    for table in BeautifulSoup(html, "html.parser")("table"):
        heads, rows = [], []
        for row in table("tr"):
            if cells := [entry_of(cell) for cell in row(["th", "td"])]:
                (heads if row.find_parent("thead") else rows).append(cells)
        if heads or rows:
            tables.append(table_of(without_index_row(heads), rows))
    return tables


def without_index_row(heads: list[list[nodes.entry]]) -> list[list[nodes.entry]]:
    """Join to the row above it the row, otherwise empty, in which pandas names what stands before the rows."""
    if len(heads) > 1 and len(heads[-1]) == len(heads[-2]):
        pairs = list(zip(heads[-2], heads[-1], strict=True))
        if not any(above.astext() and below.astext() for above, below in pairs):
            return [*heads[:-2], [above if above.astext() else below for above, below in pairs]]
    return heads


def entry_of(cell: Tag) -> nodes.entry:
    """Return a cell of HTML, which may span several columns or rows, as a cell of the book."""
    spans = {"morecols": int(cell.get("colspan", 1)) - 1, "morerows": int(cell.get("rowspan", 1)) - 1}
    return entry(cell.get_text(" ", strip=True), **{name: more for name, more in spans.items() if more})


def entry(text: str, **spans: int) -> nodes.entry:
    """Return a text as a cell of the book."""
    return nodes.entry("", nodes.paragraph("", text), **spans)


def table_of(heads: list[list[nodes.entry]], rows: list[list[nodes.entry]]) -> nodes.table:
    """Return a table of the book."""
    columns = sum(1 + cell.get("morecols", 0) for cell in [*heads, *rows][0])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in range(columns)), cols=columns)
    for part, lines in ((nodes.thead, heads), (nodes.tbody, rows)):
        group += part("", *(nodes.row("", *line) for line in lines))
    return nodes.table("", group, classes=["colwidths-auto"])
