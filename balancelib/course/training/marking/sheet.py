"""The marks as a workbook: who passed what, why not, how each exercise went, and what the trainer should look at."""

from typing import Any

from balancelib.course.root import ROOT
from balancelib.course.training.catalogue import heading
from balancelib.course.training.marking.judging import (
    FAILED,
    IMPOSSIBLE,
    LATE,
    RIGHT,
    UNANSWERED,
    UNSAFE,
    WRONG,
    one_line,
)
from balancelib.course.training.marking.marks import EXPLAIN_BELOW, NOTHING, Marks, Row, Summary
from balancelib.course.training.marking.returned import number_of
from balancelib.course.training.marking.sandbox import Limits
from balancelib.sheets import Entry, Page, new_book, packed, sheet_names

CHAPTERS = ROOT / "book"
LOOKS = {
    WRONG: "未达到",
    UNSAFE: "未达到",
    FAILED: "临界",
    LATE: "临界",
    UNANSWERED: "缺数",
    IMPOSSIBLE: "缺数",
    NOTHING.outcome: "缺数",
}
OUTCOMES = (RIGHT, WRONG, UNANSWERED, FAILED, LATE, UNSAFE, IMPOSSIBLE)
MEANING = (
    "对、不对：按这个座位的种子生成的县判的。没有答：还是...，或者没有运行到check。出错、超时：这一格没有运行完，原因在“为什么”里。"
    "不安全：这一格想做练习用不着的事，被拦住了。做不了：这个座位的县里没有这道题要的数，不算在内。"
)
OWN_COUNTY = "{}，学员可以用自己的县做。他们的县不在这里，判的时候换成各人种子的县，用他写的算式重新算：算式对就是对；把数直接写下来的会判不对，请当面看。"
APART = "每份笔记本单独关在bubblewrap里运行：不能上网，看不到别的文件，内存最多{memory}，一格最多{cell:g}秒（处理器的时间），一份最多{whole:g}秒。"


def marks_workbook(marks: Marks, limits: Limits | None = None) -> bytes:
    """Return the workbook; the same marks give the same bytes."""
    book, limits = new_book(), limits or Limits()
    titles = {module: title_of(module) for module in marks.modules}
    _overview(book, marks, titles, limits)
    names = sheet_names(titles.values(), taken=["每题", "为什么", "看一看"])
    for (module, rows), name in zip(marks.modules.items(), names, strict=True):
        _module(
            Page(book, name, [8, 10, 12, 22, *[7] * len(marks.keys[module]), 8], landscape=True),
            titles[module],
            rows,
            marks.keys[module],
        )
    _reasons(Page(book, "为什么", [8, 10, 18, 6, 8, 60], landscape=True), marks, titles)
    _remarks(Page(book, "看一看", [24, 86], landscape=True), marks)
    return packed(book)


def title_of(module: str) -> str:
    """Return a module's title as the book has it, its name where the book is not here."""
    try:
        return heading((CHAPTERS / f"{module}.md").read_text(encoding="utf-8")) or module
    except OSError:
        return module


def _overview(book: Any, marks: Marks, titles: dict[str, str], limits: Limits) -> None:
    page = Page(book, "每题", [18, 6, 8, 8, 8, 8, 8, 44, 8], landscape=True)
    page.title("练习判卷结果")
    page.note(f"判了{marks.notebooks}份笔记本。要看一看的事{len(marks.remarks)}件，在最后一张表里。")
    page.note(MEANING)
    if marks.own:
        listed = "、".join(f"{titles[key.partition('.')[0]]}第{number_of(key)}题" for key in marks.own)
        page.note(OWN_COUNTY.format(listed))
    page.note(APART.format(memory=f"{limits.memory / 2**30:g}GB", cell=limits.cell, whole=limits.whole))
    head = ["模块", "题", "能做的人", "对", "不对", "没有答", "其他", "最常见的错（人数）", "再讲一遍"]
    page.table(head, [_line(summary, titles) for summary in marks.summaries], repeat=True)
    page.note(f"“再讲一遍”：能做的人里做对的不到{EXPLAIN_BELOW:.0%}。")


def _line(summary: Summary, titles: dict[str, str]) -> list[Any]:
    count = summary.outcomes
    other = sum(count.get(outcome, 0) for outcome in (FAILED, LATE, UNSAFE))
    mistake = f"{summary.mistake}（{summary.met}人）" if summary.mistake else ""
    return [
        text(titles[summary.key.partition(".")[0]]),
        number_of(summary.key),
        summary.done,
        *(count.get(outcome, 0) for outcome in (RIGHT, WRONG, UNANSWERED)),
        other,
        text(mistake),
        Entry("要", "未达到") if summary.explain else "",
    ]


def _module(page: Page, title: str, rows: list[Row], keys: list[str]) -> None:
    page.title(title)
    head = ["座位", "姓名", "种子", "文件", *(f"{number_of(key)}题" for key in keys), "对几题"]
    lines = []
    for row in rows:
        outcomes = [row.marks[key].outcome for key in keys]
        cells = [
            Entry("" if outcome == NOTHING.outcome else outcome, LOOKS.get(outcome, "居中"))
            for outcome in outcomes
        ]
        who = [text(row.seat), text(row.name), row.seed, text(row.file or NOTHING.outcome)]
        judged = any(outcome != NOTHING.outcome for outcome in outcomes)
        lines.append([*who, *cells, outcomes.count(RIGHT) if judged else ""])
    page.table(head, lines, repeat=True)


def _reasons(page: Page, marks: Marks, titles: dict[str, str]) -> None:
    page.title("为什么不对")
    lines = [
        [text(row.seat), text(row.name or row.file), text(titles[module]), number_of(key), Entry(mark.outcome, LOOKS[mark.outcome]), text(mark.reason)]
        for module, rows in marks.modules.items()
        for row in rows
        for key, mark in row.marks.items()
        if mark.outcome not in (RIGHT, NOTHING.outcome)
    ]  # fmt: skip
    page.table(["座位", "姓名", "模块", "题", "结果", "原因"], lines, repeat=True)


def _remarks(page: Page, marks: Marks) -> None:
    page.title("要看一看的")
    lines = [[text(remark.where), text(remark.what)] for remark in marks.remarks]
    page.table(["谁，哪份文件", "什么事"], lines or [[text("—"), text("没有。")]], repeat=True)


def text(value: str) -> Entry:
    """Return a cell with a text from outside, which begins at the left and steers nothing."""
    return Entry(one_line(value), "文字")
