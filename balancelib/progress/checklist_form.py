"""The checklist as a workbook that an inspector fills in at the school, without a network: a sheet a school.

No macros, no formulas: it opens in Excel and in WPS. Only the green cells can be changed; what the school reported stands beside.
"""

from typing import Any

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.indicators import compulsory_schools
from balancelib.county.sample import COUNTY as SYNTHETIC
from balancelib.county.schema import schema
from balancelib.county.workbook import MOST_SHEETS
from balancelib.progress.checklist import CheckItem, asked_of, draw_schools, random_start, reported
from balancelib.sheets import (
    Entry,
    Page,
    blank_to_fill,
    drop_down,
    lock,
    new_book,
    packed,
    sheet_names,
    text,
)

COVER, OPEN = "先看这里", "待填"
COVER_TITLE, TITLE = "督导检查单", "{name}督导检查单"
MOST = MOST_SHEETS - 1  # schools of one workbook: with more it could not be read back
FOUND = {
    "做到": 1.0,
    "没有做到": 0.0,
    "不适用": None,
}  # what an inspector chooses from, and what it is in the table
HEAD = ("编号", "项目", "标准怎么说", "怎样看、看什么", "学校报的", "结论", "看到的情况")
WIDTHS = (15, 13, 27, 34, 25, 10, 28)
VETO = "一票否决"
TOP = ("学校标识码", "到校日期")  # labels of the row above the table, each before the cell that it names
TOP_SPANS = (1, 2, 1, 3)
TOP_ROW, HEAD_ROW = 3, 4
ID_COLUMN, DATE_COLUMN = 2, 5
CODE, SHORT, REPORTED, RESULT, SEEN = 1, 2, 5, 6, 7  # columns of the table
NOTHING_REPORTED = "—"
HOW = (
    "一所学校一张表。到校以前先看“学校报的”，到校以后照“怎样看、看什么”一项一项看，填绿底的格子：到校日期、结论、看到的情况。",
    "结论从列表里选：做到、没有做到、不适用。没有看的空着，不要猜；空着就是没有看，不当作做到，也不当作没有做到。",
    "选“没有做到”的，一定要写看到了什么：数、日期、在哪里。写“没有做到”而不写看到了什么，读的时候会退回来。",
    "只写事，不写人：不写学生、教师、家长的姓名和电话。",
    "日期写成2025-04-07这样。没有去成的学校，那张表整张空着。",
    "表加了保护，没有密码，是防手误的。请不要改编号和项目，不要插行、删行、合并单元格；读的时候会核对。",
)


def checklist_workbook(county: County, n: int, seed: int) -> bytes:
    """Draw schools and write the workbook to be filled in there.

    Parameters
    ----------
    county : County
        One county.
    n : int
        How many schools, as for `draw_schools`.
    seed : int
        Of the draw; it stands on the first sheet.

    Returns
    -------
    bytes
        A workbook: what to do and which schools, then a sheet a school. The same each time.

    Raises
    ------
    Lacking
        As `draw_schools`, or there are more schools than a workbook may have sheets.
    """
    if n > MOST:
        raise Lacking(f"一个工作簿最多{MOST}所学校，现在要抽{n}所：请少抽一些，或者换几个种子分几次抽")
    schools, book = draw_schools(county, n, seed), new_book()
    names = sheet_names(schools["name"], [COVER])
    _cover(book, county, schools, names, seed)
    for name, (_, school) in zip(names, schools.iterrows(), strict=True):
        _school(book, name, school)
    return packed(book)


def _cover(book: Any, county: County, schools: pd.DataFrame, names: list[str], seed: int) -> None:
    page = Page(book, COVER, (8, 34, 20, 10, 18))
    page.title(COVER_TITLE)
    if county.schools["county"].dropna().str.contains(SYNTHETIC).any():
        page.note("这是合成数据，不对应任何真实的县和学校。")
    for line in HOW:
        page.note(line)
    page.heading("抽到的学校")
    listed, start = len(compulsory_schools(county)), random_start(seed)
    page.note(
        f"从有义务教育学生的{listed}所学校里抽{len(schools)}所：按城乡、类型、标识码排好队，分成一样长的{len(schools)}段，"
        f"每段取离开头{start:.4f}（0是段头，1是段尾）的那一所。这个数由种子{seed}定；同一份数据、同一个种子，谁来抽都是这几所。"
    )
    table = schema().table("schools")
    areas, kinds = table.column("area").codes, schema().kinds
    rows = [
        [k, Entry(row.name_, "文字", link=sheet), row.school_id, areas[row.area], kinds[row.kind].label]
        for k, (row, sheet) in enumerate(
            zip(schools.rename(columns={"name": "name_"}).itertuples(), names, strict=True), 1
        )
    ]
    page.table(["序号", "学校（点名字打开）", "学校标识码", "城乡", "类型"], rows)
    lock(page.sheet, OPEN)


def _school(book: Any, name: str, school: pd.Series) -> None:
    page = Page(book, name, WIDTHS, landscape=True)
    page.title(TITLE.format(name=school["name"]))
    page.note("只填绿底的格子。没有看的空着；选“没有做到”的要写看到了什么。只写事，不写人。")
    identity = [Entry(TOP[0], "表头"), Entry(school["school_id"]), Entry(TOP[1], "表头"), blank_to_fill()]
    page.table([], [identity], spans=TOP_SPANS)
    page.table(HEAD, [_row(school, item) for item in asked_of(school)], repeat=True)
    drop_down(page.sheet, f"F{HEAD_ROW + 1}:F{page.row - 1}", list(FOUND))
    page.signatures("督学（签字）：", "学校（盖章）：")
    lock(page.sheet, OPEN)


def _row(school: pd.Series, item: CheckItem) -> list[Any]:
    asked = f"{VETO}：{item.label}" if item.part == VETO else item.label
    return [
        Entry(item.key), text(item.short), text(asked), text(f"{item.look}。看：{item.evidence}"),
        text(reported(school, item) or NOTHING_REPORTED), blank_to_fill(), blank_to_fill(),
    ]  # fmt: skip
