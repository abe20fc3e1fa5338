"""The tables of special groups as a county publishes them: what is told, what the marks mean, what cannot be told.

How many children are in the cells that were hidden in addition is not said anywhere in it: their sum would be one more equation for who
wants to work them out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from balancelib.county import County
from balancelib.county.lacking import lacking
from balancelib.disclosure import HIDDEN, Policy, Release
from balancelib.groups import shown_tables, subjects
from balancelib.report.blocks import Report, Section, Strong, Table, numbered, with_synthetic
from balancelib.report.content import county_name
from balancelib.report.sheeted import a_sheet_a_section
from balancelib.sheets import Entry, Page, text

FIRST, WIDE, NARROW = (
    22,
    10,
    8,
)  # characters: of a table's first column at least, of the others upright and across
SEVERAL = 7  # columns; a sheet with more lies across


def groups_report(county: County, releases: Mapping[str, Release], policy: Policy) -> Report:
    """Say what may be said of the special groups of a county.

    Parameters
    ----------
    county : County
        For its name.
    releases : mapping of str to Release
        By subject, as `balancelib.groups.publish_groups` returns them.
    policy : Policy
        By which they were protected.
    """
    name = county_name(county, None)
    notice = with_synthetic("表里只有可以公布的数。", name, "县和人")
    sections = [
        Section("怎样看这些表", [Strong(MARKS), *marks(policy)]),
        *(Section(subjects()[key].label, subject_tables(key, release)) for key, release in releases.items()),
        Section("这些表说不了什么", [*_left_out(county, releases), *CANNOT]),
    ]
    return numbered(Report(f"{name}特殊群体学生统计表", notice, sections))


def _left_out(county: County, releases: Mapping[str, Release]) -> list[str]:
    """Say of which groups the county has a table that tells no year, and is only published with the newest."""
    return [
        f"{s.label}的数没有写是哪一年的，只随最近一年的表公布，这里没有。"
        for s in subjects().values()
        if s.key not in releases and not lacking(county.tables, [f"{s.table}.{s.count}"])
    ]


MARKS = f"写“{HIDDEN}”的格子是有意不写的，不是漏填，也不能当作0。"
CANNOT = (
    f"“{HIDDEN}”的格子不能当0加，也不要取个中间数来用。要合计，用合计那一行、那一列。",
    "人少的乡镇和类别，一年多一个少一个，比例就变很多。不要拿两年的小格子比好坏。",
    "人数来自部门登记，登记以外的孩子不在表里。不同的表口径不同，例如学校的表按就读学校数，不按家在哪里数。",
    "表保护的是只看公布的数的人。本来就认识其中几个孩子的人，仍可能多推出一点；所以不要在表旁边再讲个别孩子的事。",
)


def marks(policy: Policy) -> list[str]:
    """Explain the marks and the rule by which they were set."""
    return [
        f"有的格子人太少，写出来会让人认出是谁；有的格子人不少，或者没有人，不写是免得别人拿合计一减，又减出来；还有几格是抽签抽中的，免得别人从藏法猜人数。都用同一个“{HIDDEN}”，"
        f"分不出是哪一种。写0的，就是没有人；“{HIDDEN}”不等于一定有人。",
        f"规则：1到{policy.least - 1}人的数不写。把这里同一类孩子的表，连同这一年已经公布的，放在一起推，每个“{HIDDEN}”推得出的最小和最大至少差"
        f"{policy.width}。写出来的数都是准数，没有改动。",
    ]


def subject_tables(key: str, release: Release) -> list[Table]:
    """Return the tables of a subject as they are shown."""
    return [Table(_flat(frame), caption) for caption, frame in shown_tables(key, release).items()]


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename_axis(columns=None)


def groups_workbook(report: Report) -> bytes:
    """Return the same as a workbook, a sheet a section; the same bytes each time."""
    return a_sheet_a_section(report, _sheet)


def _sheet(book: Any, name: str, report: Report, section: Section) -> None:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    columns = max((table.frame.shape[1] for table in tables), default=5)
    across = columns > SEVERAL
    longest = max((len(str(row)) for table in tables for row in table.frame.index), default=0)
    first = max(FIRST, 2 * longest + 2)  # a Chinese character is two wide
    page = Page(book, name, [first, *[NARROW if across else WIDE] * columns], landscape=across)
    page.title(report.title)
    page.note(report.notice)
    for block in section.blocks:
        if isinstance(block, Table):
            page.heading(f"{block.label}　{block.caption}")
            _table(page, block.texts)
            page.gap()
        else:
            page.note(block.text if isinstance(block, Strong) else block)


def _table(page: Page, texts: Sequence[Sequence[str]]) -> None:
    """Write counts as numbers, so that they can be added up; marks as text."""
    head, *rows = texts
    cells = [[text(first), *(Entry(int(c) if c.isdigit() else c) for c in others)] for first, *others in rows]
    page.table(head, cells, spans=[1] * len(head))
