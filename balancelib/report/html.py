"""A report as one HTML file that needs nothing else: for the screen, for paper, for a telephone."""

import base64
from html import escape
from pathlib import Path

from balancelib.report.blocks import NOT_MET, Block, Heading, Picture, Report, Section, Strong, Table

STYLE = Path(__file__).with_name("report.css")
# Nothing is fetched and nothing runs, whatever a name in the data says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report_html(report: Report) -> bytes:
    """Return the whole file."""
    links = "".join(
        f'<li><a href="#s{i}">{escape(section.title)}</a></li>'
        for i, section in enumerate(report.sections, 1)
    )
    sections = "".join(section_html(section, f"s{i}") for i, section in enumerate(report.sections, 1))
    navigation = f'<nav aria-label="目录"><ol>{links}</ol></nav>\n'
    return page_html(report.title, report.notice, sections, navigation=navigation)


def page_html(title: str, notice: str, main: str, *, navigation: str = "", style: str = "") -> bytes:
    """Return a file of HTML in the style of reports, and what is added to it; it needs nothing else."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}{style}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="notice">{escape(notice)}</p>\n'
        f"{navigation}</header>\n<main>\n{main}</main>\n</body>\n</html>\n"
    ).encode()


def section_html(section: Section, name: str = "") -> str:
    """Return a section as HTML."""
    anchor = f' id="{name}"' if name else ""
    blocks = "".join(map(block_html, section.blocks))
    return f"<section{anchor}>\n<h2>{escape(section.title)}</h2>\n{blocks}</section>\n"


def block_html(block: Block) -> str:
    """Return a heading, a paragraph, a table or a picture as HTML."""
    if isinstance(block, Heading):
        return f"<h3>{escape(block.text)}</h3>\n"
    if isinstance(block, Strong):
        return f'<p class="strong">{escape(block.text)}</p>\n'
    if isinstance(block, Table):
        return table_html(block)
    if isinstance(block, Picture):
        source = base64.b64encode(block.png).decode()
        return (
            f'<figure><img src="data:image/png;base64,{source}" width="{block.width}" alt="{escape(block.text)}">'
            f"<figcaption>{_captioned(block)}</figcaption></figure>\n"
        )
    return f"<p>{escape(block)}</p>\n"


def table_html(table: Table) -> str:
    """Return a table in a box that scrolls where the screen is narrow; columns of numbers stand to the right."""
    (heads, *rows), number = table.texts, table.numeric
    head = "".join(_cell("th", text, n, "col") for text, n in zip(heads, number, strict=True))
    body = "".join(
        f"<tr>{_cell('th', row[0], number[0], 'row')}"
        + "".join(_cell("td", text, n) for text, n in zip(row[1:], number[1:], strict=True))
        + "</tr>\n"
        for row in rows
    )
    caption = _captioned(table)
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{caption}">'
        f"<table><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def _captioned(block: Table | Picture) -> str:
    return escape(f"{block.label}　{block.caption}" if block.label else block.caption)


def _cell(tag: str, text: str, number: bool, scope: str = "") -> str:
    kind = "number" if number else "not-met" if tag == "td" and text.startswith(NOT_MET) else ""
    about = (f' scope="{scope}"' if scope else "") + (f' class="{kind}"' if kind else "")
    return f"<{tag}{about}>{escape(text)}</{tag}>"
