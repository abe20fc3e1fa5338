"""What a course says beside its lessons: what each folder is for, its schedule and its key as workbooks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from balancelib.course.training.county import SAMPLE_SEED
from balancelib.course.training.course import Course
from balancelib.course.training.people import seats
from balancelib.sheets import Page, new_book, packed, text

DOOR = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=site/book/index.html">
<title>打开课程</title></head><body><p><a href="site/book/index.html">打开课程</a></p></body></html>
"""
SYNTHETIC = "课里的云岭县是合成的，不是任何真实的县；课文里写出的数说的是它。"
OWN = "课里用的是你们县的数，只限培训的人看：不要发到群里，不要放到网上。课文里写出的数说的还是云岭县（合成），以每一格的结果为准。"
SEED = (
    "课里用的是另一个合成的县，不是任何真实的县。课文里写出的数说的还是云岭县（合成），以每一格的结果为准。"
)
HANDED_OUT = "data里有你们县的数，只限培训的人看：不要发到群里，不要放到网上。"
SAME_QUESTIONS = "题就是各课“测一测”里的，答案在网页和讲义里：课前卷收齐了，再发压缩包"
IN_ALL = f"课和{HANDED_OUT}"
WIDTHS = (14, 9, 9, 62)
KEY_WIDTHS = (7, 12, 9, 16, 70)


def for_trainees(asked: Any, elsewhere: Mapping[str, str], with_handout: bool) -> str:
    """Return the trainees' first text.

    Parameters
    ----------
    asked
        The course.
    elsewhere
        Lessons that are not held on its county, and why.
    with_handout
        Whether there is one.
    """
    slides = not all(one.lesson.is_exercises for one in asked.lessons)
    papers = ["讲义在handout.pdf"] * with_handout + ["幻灯片在slides"] * slides
    people = ["notebooks/people里，每个座位号一个文件夹：做练习用自己那一个，各人的县不同，答案也不同。"]
    parts = [
        asked.course.title,
        _county(asked, elsewhere),
        "怎样用",
        "1. 先把整个压缩包解压到一个文件夹。双击“打开课程.html”看课，不用联网，也不用装软件。\n"
        "2. 要自己运行笔记本：用装好了课程的电脑，或者先装培训者给的离线包。在课程的项目文件夹里打开命令提示符，运行\n"
        "   .venv\\Scripts\\jupyter-lab --notebook-dir 解压出来的文件夹\n"
        "   再从notebooks里打开一课。不是Windows的，写.venv/bin/jupyter-lab。"
        + (f"\n3. {'，'.join(papers)}。" if papers else ""),
        *(people if seats(asked.course) and asked.with_exercises else []),
        *_not_here(asked, elsewhere),
        "日程",
        "\n".join(lines(asked.course, asked.times)),
    ]
    return "\n\n".join(parts) + "\n"


def for_trainers(asked: Any, elsewhere: Mapping[str, str], left_out: Sequence[str]) -> str:
    """Return the trainers' first text.

    Parameters
    ----------
    asked
        The course.
    elsewhere
        Lessons that are not held on its county, and why.
    left_out
        What could not be made, and why.
    """
    handed = {
        "shown": "练习的答案，学员的文件夹里也有",
        "after": "练习的答案，做完再发给学员；要运行，放进他们notebooks里同名的文件夹",
        "hidden": "练习的答案，不发给学员",
    }[asked.course.solutions]
    parts = [
        f"{asked.course.title}：培训者用，请不要发给学员",
        _county(asked, elsewhere),
        "这里有什么",
        _here(asked, handed),
        *_afterwards(asked),
        *_not_here(asked, elsewhere),
        *([f"没有做成的：{'；'.join(left_out)}"] if left_out else []),
        "日程",
        "\n".join(lines(asked.course, asked.times)),
    ]
    return "\n\n".join(parts) + "\n"


def _here(asked: Any, handed: str) -> str:
    """List what is there, one a line: only what this course has."""
    course, modules = asked.course, asked.with_exercises
    slides = not all(one.lesson.is_exercises for one in asked.lessons)
    notes = "教学说明和" if course.trainer_notes else ""
    listed = (
        (True, f"打开课程.html  同一门课，加上{notes}练习的答案"),
        (True, "schedule.xlsx  日程，可以改了打印"),
        (course.people, "people.csv  座位号、姓名、各人的种子"),
        (course.people and modules, "marking_key.xlsx  每个座位每道题的答案"),
        (modules, f"solutions  {handed}"),
        (slides, "slides  每课一份幻灯片：.html用浏览器打开，按S看备注，网址后面加?print-pdf打印备注；.pptx用PowerPoint或WPS打开"),
        (course.tests, f"tests.xlsx  课前课后的测试：两张卷子打印，答案抄进“课前”“课后”两张表。{SAME_QUESTIONS}"),
    )  # fmt: skip
    return "\n".join(said for there, said in listed if there)


def _afterwards(asked: Any) -> Iterator[str]:
    """Say what to run when tests and exercises are handed back."""
    if asked.course.tests or (asked.course.people and asked.with_exercises):
        yield "下面的命令在课程的项目文件夹里运行（Windows写.venv\\Scripts\\balancelib），文件写出它在哪里。"
    if asked.course.tests:
        yield "测试抄好以后，提高了多少，运行：\nbalancelib gain tests.xlsx"
    if asked.course.people and asked.with_exercises:
        yield (
            "收回练习：请学员交回people里自己的那个文件夹（例如03），都放进一个文件夹，运行：\n"
            "balancelib mark 文件夹 --people people.csv --out marks.xlsx"
        )
    if short := [
        one for one in asked.lessons if one.lesson.is_exercises and one.minutes < one.lesson.minutes
    ]:
        yield "\n".join(
            f"《{one.lesson.title}》排了{one.minutes}分钟，全做要{one.lesson.minutes}分钟：上课前挑好做哪几题，告诉学员。"
            for one in short
        )


def _county(asked: Any, elsewhere: Mapping[str, str]) -> str:
    """Say on whose numbers the course is held."""
    course = asked.course
    if all(one.lesson.page in elsewhere for one in asked.lessons):
        return SYNTHETIC + (HANDED_OUT if course.county else "")
    return OWN if course.county else SEED if course.seed not in (None, SAMPLE_SEED) else SYNTHETIC


def _not_here(asked: Any, elsewhere: Mapping[str, str]) -> list[str]:
    """Say which lessons are not about the course's county."""
    titles = {one.lesson.page: one.lesson.title for one in asked.lessons}
    told = [f"《{titles[page]}》：{why}" for page, why in elsewhere.items() if page in titles]
    return ["下面的课用的还是示例县：\n" + "\n".join(told)] if told else []


def lines(course: Course, times: pd.DataFrame) -> list[str]:
    """Return the schedule as lines of text."""
    if not course.dates:
        weeks = times.groupby("week", sort=False)
        return [f"第{week}周  " + "；".join(f"{row.what}（{row.minutes}分钟）" for row in rows.itertuples()) for week, rows in weeks]  # fmt: skip
    told = []
    for day, rows in times.groupby("date", sort=False):
        told += [
            f"{day.month}月{day.day}日",
            *(f"{row.begins}–{row.ends}  {row.what}" for row in rows.itertuples()),
        ]
    return told


def schedule_book(course: Course, times: pd.DataFrame) -> bytes:
    """Return the schedule as a workbook of one sheet on A4."""
    book = new_book()
    page = Page(book, "日程", WIDTHS)
    page.title(course.title)
    if course.audience:
        page.note(f"对象：{course.audience}")
    if course.dates:
        rows = [[f"{r.date:%Y-%m-%d}", r.begins, r.ends, text(r.what)] for r in times.itertuples()]
        page.table(("日期", "开始", "结束", "内容"), rows, repeat=True)
    else:
        rows = [[f"第{r.week}周", r.minutes, "分钟", text(r.what)] for r in times.itertuples()]
        page.table(("周", "用时", "单位", "内容"), rows, repeat=True)
    return packed(book)


def key_book(key: pd.DataFrame) -> bytes:
    """Return the marking key as a workbook of one sheet on A4, across."""
    book = new_book()
    page = Page(book, "答案", KEY_WIDTHS, landscape=True)
    page.title("练习的答案")
    page.note("每个座位一个县，答案各不相同。请不要发给学员。")
    rows = [[r.seat, text(r.name), r.seed, r.exercise, text(r.answer)] for r in key.itertuples(index=False)]
    page.table(("座位", "姓名", "种子", "题", "答案"), rows, repeat=True)
    return packed(book)
