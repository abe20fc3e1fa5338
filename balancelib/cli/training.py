"""The commands of a trainer's own course: ``course``, ``gain``, ``lesson``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from balancelib.cli.common import AT_FAULT, DONE, WRONG_USAGE, Refused, needing_book, say_faults, writing
from balancelib.cli.parser import command
from balancelib.console import Progress, say
from balancelib.text import shown_path


def add(commands: Any) -> None:
    """Add these commands."""
    course = command(commands, "course", _course, "办一期自己的培训班：课程网页、日程、练习、答案、讲义")
    course.add_argument(
        "file", type=Path, metavar="课程文件", help="course.yml，写法见书里“办一期自己的培训班”"
    )
    course.add_argument("--out", type=Path, required=True, metavar="文件夹", help="放在哪里")
    gain = command(commands, "gain", _gain, "课前课后的测试提高了多少，区间多宽")
    gain.add_argument("file", type=Path, metavar="文件.xlsx", help="课程里的tests.xlsx，答案抄好了的")
    lesson = command(commands, "lesson", _lesson, "一课还缺什么：在哪里，怎样补")
    lesson.add_argument("file", type=Path, metavar="课.ipynb", help="notebooks里某一章的笔记本；会运行它")
    lesson.add_argument("--new", action="store_true", help="还没有这一课：先写一份能运行的样子，再照着改")


def _course(options: argparse.Namespace) -> int:
    with needing_book():
        from balancelib.course.training import pack  # noqa: PLC0415  each command loads what it needs
        from balancelib.course.training.reading import CourseError  # noqa: PLC0415
    try:
        asked = pack.plan(options.file)
    except CourseError as error:
        raise Refused(AT_FAULT, str(error)) from None
    return _made(pack, asked, options.out)


def _made(pack: Any, asked: Any, out: Path) -> int:
    """Make it, and say what was made."""
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.course.training.place import OccupiedError, not_done, stoppable  # noqa: PLC0415
    from balancelib.course.training.run import NotRunError  # noqa: PLC0415
    from balancelib.course.training.site import NotBuiltError  # noqa: PLC0415
    from balancelib.toml import TomlError  # noqa: PLC0415

    try:
        with stoppable(), Progress() as progress:
            made = pack.make(asked, out, progress.tell)
    except OSError as error:
        raise Refused(WRONG_USAGE, not_done(error, out)) from None
    except OccupiedError as error:
        raise Refused(WRONG_USAGE, f"{shown_path(out)}{error}") from None
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    except (NotRunError, NotBuiltError, TomlError) as error:
        raise Refused(AT_FAULT, f"课程没有做成：\n{error}") from None
    say(f"已生成{shown_path(out)}：给学员的在trainee（压缩包{made.archive.name}），自己用的在trainer。")
    for page, why in made.elsewhere.items():
        say(f"{page}用的是示例县：{why}")
    for what in made.left_out:
        say(f"没有做：{what}")
    return DONE


def _gain(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415

    with needing_book():
        from balancelib.course.training.answered import read_tests  # noqa: PLC0415
        from balancelib.course.training.gain import gain, sentences  # noqa: PLC0415
    try:
        found = gain(read_tests(options.file))
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    except ValueError as error:
        raise Refused(AT_FAULT, str(error)) from None
    say(*sentences(found))
    return DONE


def _lesson(options: argparse.Namespace) -> int:
    with needing_book():
        from balancelib.course.training import lacks  # noqa: PLC0415
        from balancelib.course.training.reading import CourseError  # noqa: PLC0415
    if options.new:
        _new_lesson(options.file)
    try:
        found = lacks.lacks(options.file)
        found += [] if any(not one.advice for one in found) else lacks.lacks_of_run(options.file)
    except CourseError as error:
        raise Refused(AT_FAULT, str(error)) from None
    status = _say_lacks(options.file, found)
    return DONE if options.new else status


def _new_lesson(path: Path) -> None:
    """Write an example of a lesson."""
    from balancelib.course.training.new_lesson import NewLessonError, write_new_lesson  # noqa: PLC0415

    try:
        with writing(path):
            quiz = write_new_lesson(path)
    except NewLessonError as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    say(f"已写出{shown_path(path)}和{quiz.name}：一课讲图书的样子，照着改成你的。")


def _say_lacks(path: Path, found: list[Any]) -> int:
    """List what must be mended, then what is advised."""
    must, advised = ([one for one in found if one.advice is advice] for advice in (False, True))
    for title, these in (("要补的", must), ("建议", advised)):
        if these:
            say(f"{title}：{len(these)}处", *(f"  {one.where}：{one.what}" for one in these))
    if must:
        return AT_FAULT
    say(f"{shown_path(path)}什么都不缺。")
    return DONE
