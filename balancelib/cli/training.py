"""The commands of a trainer's own course: ``course``, ``gain``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from balancelib.cli.common import AT_FAULT, DONE, WRONG_USAGE, Refused, say_faults, writing
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


def _course(options: argparse.Namespace) -> int:
    try:
        from balancelib.course.training import pack  # noqa: PLC0415  each command loads what it needs
        from balancelib.course.training.reading import CourseError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = f"做课程要用生成书的软件包，这里缺{error.name}：请在项目文件夹里按说明安装（make book）"
        raise Refused(WRONG_USAGE, message) from None
    try:
        asked = pack.plan(options.file)
    except CourseError as error:
        raise Refused(AT_FAULT, str(error)) from None
    return _made(pack, asked, options.out)


def _made(pack: Any, asked: Any, out: Path) -> int:
    """Make it, and say what was made."""
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.course.take_home import NotMadeError  # noqa: PLC0415
    from balancelib.course.training.site import NotBuiltError  # noqa: PLC0415

    try:
        with writing(out), Progress() as progress:
            made = pack.make(asked, out, progress.tell)
    except pack.OccupiedError:
        message = f"{shown_path(out)}里有别的东西，不会覆盖：请给一个空的或还没有的文件夹"
        raise Refused(WRONG_USAGE, message) from None
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    except (NotBuiltError, NotMadeError) as error:
        raise Refused(AT_FAULT, f"课程没有做成：\n{error}") from None
    say(f"已生成{shown_path(out)}：给学员的在trainee（压缩包{made.archive.name}），自己用的在trainer。")
    for page, why in made.elsewhere.items():
        say(f"{page}用的是示例县：{why}")
    for what in made.left_out:
        say(f"没有做：{what}")
    return DONE


def _gain(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.course.training.gain import gain, read_tests, sentences  # noqa: PLC0415

    try:
        found = gain(read_tests(options.file))
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    except ValueError as error:
        raise Refused(AT_FAULT, str(error)) from None
    say(*sentences(found))
    return DONE
