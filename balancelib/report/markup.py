"""Sections and tables of HTML whose cells have colours and drawings of their own."""

from collections.abc import Iterable, Sequence
from html import escape


def section(title: str, paragraphs: Sequence[str], *more: str, name: str = "") -> str:
    """Return a section: its title, its paragraphs, which are text, and HTML."""
    text = "".join(f"<p>{escape(p)}</p>\n" for p in paragraphs)
    anchor = f' id="{name}"' if name else ""
    return f"<section{anchor}>\n<h2>{escape(title)}</h2>\n{text}{''.join(more)}</section>\n"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table in a box that scrolls; cells are text, or whole cells as `Html`."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(map(_cell, others))}</tr>\n'
        for first, *others in rows
    )
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="{kind}">'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


class Html(str):
    """What is HTML already: put in a table as it is."""

    __slots__ = ()


def _cell(content: str) -> str:
    return content if isinstance(content, Html) else f"<td>{escape(content)}</td>"
