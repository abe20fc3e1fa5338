"""The rubric as a workbook that a trainer prints and fills in beside a trainee's report."""

from balancelib.progress.rubric import Graded
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, text

WIDTHS = (16, 7, 7, 18, 18, 18, 18, 8)
HEAD = ("标准", "分值", "谁评", "0级", "1级", "2级", "3级", "等级")
MEND_HEAD = ("标准", "事项", "结果", "报告里写的", "应该是", "在哪一部分")
MEND_SPANS = (1, 2, 1, 1, 1, 2)


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
        A workbook of one sheet on A4, across. The same each time.
    """
    book = new_book()
    page = Page(book, "评分表", WIDTHS, landscape=True)
    page.title(title)
    page.note(
        f"满分100。等级0到3，得分＝分值×等级÷3。{graded.rubric.pass_mark}分以上，并且由程序评的各项都是3级，才能交。"
    )
    page.note("绿底的格子由人评：先写依据，再写等级。两个人分开评，差两级以上的坐下来谈。")
    page.table(HEAD, [_row(graded, key) for key in graded.criteria.index], repeat=True)
    page.heading("程序看到的，要改的地方")
    mend = graded.to_mend
    if mend.empty:
        page.note("没有。程序没有看到，不等于没有：写法程序读不懂的数，请人对一遍。")
    else:
        page.table(MEND_HEAD, [[text(str(v)) for v in row] for row in mend.to_numpy()], spans=MEND_SPANS)
    page.signatures("评的人（签字）：", "日期：")
    return packed(book)


def _row(graded: Graded, key: str) -> list[object]:
    one = next(c for c in graded.rubric.criteria if c.key == key)
    level = graded.criteria.loc[key, "等级"]
    grade = blank_to_fill() if one.by == "person" else Entry(int(level))
    levels = [text(words) for words in one.levels]
    return [text(one.label), Entry(one.weight), "程序" if one.by == "program" else "人", *levels, grade]
