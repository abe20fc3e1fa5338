"""What a report is made of, whatever it is written as: sections of headings, paragraphs, tables and pictures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import pandas as pd

from balancelib.assess import rows_of
from balancelib.assess.logic import VETO_WORDS, WORDS
from balancelib.county.sample import COUNTY as SYNTHETIC
from balancelib.disclosure import HIDDEN

NUMBER = re.compile(r"[−-]?[\d,]+(\.\d+)?(%|项\w+)?|\d+/\d+|—")
NOT_MET = (WORDS[False], VETO_WORDS[False])
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Picture:
    """A picture: PNG, its width in CSS pixels, what it is, and what it shows in words; its number in a report."""

    png: bytes
    width: int
    caption: str
    text: str
    number: int = 0

    @property
    def label(self) -> str:
        """Its kind and number, as ``图2``; empty outside a report."""
        return f"图{self.number}" if self.number else ""


@dataclass(frozen=True)
class Table:
    """A table of texts, its index the first column, and what it is; its number in a report."""

    frame: pd.DataFrame
    caption: str
    number: int = 0

    @property
    def label(self) -> str:
        """Its kind and number, as ``表2``; empty outside a report."""
        return f"表{self.number}" if self.number else ""

    @property
    def texts(self) -> list[list[str]]:
        """The head and the rows as texts, the index first."""
        return rows_of(self.frame)

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold nothing but numbers, and marks of numbers that are not told."""
        _, *rows = self.texts
        return [
            all(text == HIDDEN or NUMBER.fullmatch(text) for text in column)
            for column in zip(*rows, strict=True)
        ]


def rows_table(caption: str, head: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Table:
    """Return a table of its rows by their names; ``head`` stands over the names."""
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame.index.name = head
    return Table(frame, caption)


@dataclass(frozen=True)
class Strong:
    """A paragraph that must not be missed."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str


Block = str | Strong | Heading | Table | Picture


@dataclass(frozen=True)
class Section:
    """A section: its title, and its blocks in order."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A report: its title, what must be known before reading it, and its sections."""

    title: str
    notice: str
    sections: Sequence[Section]


def with_synthetic(notice: str, county: str, of: str = "县和学校") -> str:
    """Return a notice behind the word that the data are synthetic, where the county's name says so; ``of`` what is not real."""
    return f"这是合成数据，不对应任何真实的{of}。{notice}" if SYNTHETIC in county else notice


def numbered(report: Report) -> Report:
    """Return a report with the numbers that an official paper has: 一、 and （一） of headings, 表1, 图1."""
    counts = {Table: 0, Picture: 0}

    def with_numbers(blocks: Sequence[Block]) -> Iterator[Block]:
        headings = count()
        for block in blocks:
            if isinstance(block, Heading):
                yield Heading(f"（{ORDINALS[next(headings)]}）{block.text}")
            elif isinstance(block, Table | Picture):
                counts[type(block)] += 1
                yield replace(block, number=counts[type(block)])
            else:
                yield block

    sections = [
        Section(f"{ORDINALS[n]}、{section.title}", list(with_numbers(section.blocks)))
        for n, section in enumerate(report.sections)
    ]
    return replace(report, sections=sections)
