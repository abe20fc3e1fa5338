"""The rubric as a workbook that a trainer prints and fills in beside a trainee's report."""

from typing import Any

from balancelib.progress.rubric import Graded
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, text

WIDTHS = (16, 6, 6, 15, 15, 17, 21, 6, 7, 18)
HEAD = ("标准", "分值", "谁评", "0级", "1级", "2级", "3级", "等级", "得分", "依据")
MEND = {"标准": 16, "事项": 22, "结果": 10, "报告里": 18, "应该是": 32, "在哪一部分": 18}
UNREAD = {"事项": 40, "应该是": 24, "报告里写的": 24, "对不对": 24}


def rubric_sheet(graded: Graded, title: str = "自评报告评分表") -> bytes:
    """Write what the program found of a report, and leave room for what a person judges.

    Parameters
    ----------
    graded : Graded
        Of `grade_report`.
    title : str
        Say whose report it is by a number or a seat.

    Returns
    -------
    bytes
        A workbook of three sheets on A4, across: the marks and what they are given for, what is to be mended, what a person
        compares. The same each time.
    """
    book = new_book()
    _marks(Page(book, "评分表", WIDTHS, landscape=True), graded, title)
    _to_mend(Page(book, "要改的地方", tuple(MEND.values()), landscape=True), graded)
    _unread(Page(book, "请人对一遍", tuple(UNREAD.values()), landscape=True), graded)
    return packed(book)


def _marks(page: Page, graded: Graded, title: str) -> None:
    page.title(title)
    page.note(
        f"满分100。等级0到3，得分＝分值×等级÷3。{graded.rubric.pass_mark}分以上，并且由程序评的各项都是3级，才能交。"
        f"已经评的，一共{graded.points:.1f}分；由程序评的为什么是这一级，看“要改的地方”。"
    )
    page.note("绿底的格子由人评：先写依据，再写等级。两个人分开评，差两级以上的坐下来谈。")
    page.table(HEAD, [_row(graded, key) for key in graded.criteria.index])
    page.signatures("评的人（签字）：", "日期：")


def _row(graded: Graded, key: Any) -> list[object]:
    one = next(c for c in graded.rubric.criteria if c.key == key)
    found = graded.criteria.loc[key]
    levels = [text(words) for words in one.levels]
    if found["等级"] != found["等级"]:  # not given yet
        given = [blank_to_fill(), blank_to_fill(), blank_to_fill()]
    else:
        given = [Entry(int(found["等级"])), Entry(float(found["得分"]), decimals=1), text(found["依据"])]
    return [text(one.label), Entry(one.weight), "程序" if one.by == "program" else "人", *levels, *given]


def _to_mend(page: Page, graded: Graded) -> None:
    page.title("程序看到的，要改的地方")
    if graded.to_mend.empty:
        page.note("没有。程序没有看到，不等于没有：写法程序读不懂的数，请人对一遍。")
        return
    page.note("“没有写”也可能是写了程序读不懂：照“应该是”里的写法写一句，再评一遍。")
    rows = [[text(str(v)) for v in row] for row in graded.to_mend[list(MEND)].to_numpy()]
    page.table(tuple(MEND), rows, repeat=True)


def _unread(page: Page, graded: Graded) -> None:
    page.title("程序没有读到的，请人对一遍")
    page.note("报告里没有写的，不用管；写了的，和“应该是”比，差异系数三位小数，县均值两位。")
    rows = [
        [text(one["事项"]), text(one["应该是"]), blank_to_fill(), blank_to_fill()]
        for _, one in graded.unread.iterrows()
    ]
    page.table(tuple(UNREAD), rows, repeat=True)
