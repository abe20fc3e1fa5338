"""The command that marks returned notebooks: ``mark``."""

import argparse
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    ends_with,
    keep_input,
    needing_book,
    write,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import Progress, say
from balancelib.text import shown_path


def add(commands: Any) -> None:
    """Add this command."""
    mark = command(commands, "mark", _mark, "判学员交回的练习笔记本：谁哪道题对了，为什么不对，哪些题要再讲")
    mark.add_argument(
        "path", type=Path, metavar="文件夹", help="交回的笔记本：一人一个文件夹或.zip，名字里有座位号或姓名"
    )
    mark.add_argument(
        "--people",
        type=Path,
        metavar="people.csv",
        help="座位、姓名、种子（不写就找旁边那期课里的；没有，按笔记本里begin写的县判）",
    )
    mark.add_argument("--out", type=Path, required=True, metavar="文件.xlsx", help="结果写到哪里")


def _mark(options: argparse.Namespace) -> int:
    with needing_book():  # to run notebooks, and to write the marks down: known before anything is run
        from balancelib.course.training.marking import sheet  # noqa: PLC0415
        from balancelib.course.training.marking.marks import mark  # noqa: PLC0415  heavy
        from balancelib.course.training.marking.people import PeopleError, read_people  # noqa: PLC0415
        from balancelib.course.training.marking.walls import NoSandbox  # noqa: PLC0415
        from balancelib.course.training.place import stoppable  # noqa: PLC0415

    _check(options)
    try:
        listed = options.people or _class_beside(options.path)
        people = read_people(listed) if listed else ()
        with stoppable(), Progress() as progress:
            progress.tell("正在判")
            marks = mark(options.path, people, progress=progress.tell)
    except PeopleError as error:
        raise Refused(AT_FAULT, str(error)) from None
    except NoSandbox as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    if not marks.notebooks:
        said = "".join(f"\n  {remark.where}：{remark.what}" for remark in marks.remarks[:10])
        raise Refused(
            AT_FAULT, f"{shown_path(options.path)}里没有能判的练习笔记本（exercises.ipynb）。{said}"
        )
    _say_people(listed, len(people), options.people is not None)
    _write(options.out, marks, sheet)
    return DONE


def _class_beside(folder: Path) -> Path | None:
    """Return the list of the one class that was made beside the folder; what lies within it comes from trainees."""
    beside = folder.resolve().parent
    found = sorted(
        {*beside.glob("*/trainer/people.csv"), *beside.glob("people.csv")}
        - {folder.resolve() / "trainer" / "people.csv"}
    )
    if len(found) > 1:
        listed = "、".join(shown_path(path.relative_to(beside)) for path in found[:3])
        raise Refused(WRONG_USAGE, f"旁边有{len(found)}份名单（{listed}）：请用--people写明是哪一份")
    return found[0] if found else None


def _say_people(listed: Path | None, count: int, given: bool) -> None:
    """Say by which list of people they were judged, where that was not said to us."""
    if listed is None:
        say(
            "没有名单（--people people.csv）：每份按它自己的begin里写的县判，没有写种子的按示例县判，看不出谁没有交。"
        )
    elif not count:
        say(
            f"名单{shown_path(listed)}里没有人：每份按它自己的begin里写的县判，没有写种子的按示例县判，看不出谁没有交。"
        )
    elif not given:
        say(f"用的是旁边那期课的名单{shown_path(listed)}，{count}人。不是这一期的，请用--people写明。")


def _check(options: argparse.Namespace) -> None:
    from balancelib.county.files import check_writable  # noqa: PLC0415

    if not options.path.is_dir():
        raise Refused(WRONG_USAGE, f"{shown_path(options.path)}不是文件夹：请给出装着交回的笔记本的文件夹")
    ends_with(options.out, ".xlsx")
    keep_input(options.out, options.people)
    with writing(options.out):
        check_writable(options.out)  # an hour of marking would be lost


def _write(out: Path, marks: Any, sheet: Any) -> None:
    """Write the marks down, and say the first things that the trainer should know."""
    from balancelib.course.training.marking.returned import number_of  # noqa: PLC0415

    write(out, sheet.marks_workbook(marks))
    say(f"判了{marks.notebooks}份笔记本。")
    for one in marks.summaries:
        if one.explain:
            module = sheet.title_of(one.key.partition(".")[0])
            mistake = f"，最常见的错：{one.mistake}" if one.mistake else ""
            right = one.outcomes.get("对", 0)
            say(f"要再讲：{module}第{number_of(one.key)}题，{one.done}人里对了{right}人{mistake}")
    if marks.remarks:
        say(
            f"要看一看的{len(marks.remarks)}件，例如：",
            *(f"  {r.where}：{r.what}" for r in marks.remarks[:5]),
        )
    say(f"结果写好了：{shown_path(out)}。")
