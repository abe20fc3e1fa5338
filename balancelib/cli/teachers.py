"""The command that plans with a county's table of teachers: ``rotation``."""

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
    read_one,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import Progress, say
from balancelib.text import shown, shown_path

AHEAD = 5  # years that a plan may lie after the newest number in the table of teachers


def add(commands: Any) -> None:
    """Add this command."""
    rotation = command(commands, "rotation", _rotation, "排教师交流轮岗的方案：派谁，去哪里，为什么")
    rotation.add_argument(
        "path", type=Path, metavar="路径", help="工作簿或CSV文件夹，要有教师、校际路程两张表"
    )
    rotation.add_argument("--year", type=int, required=True, metavar="年", help="哪一年9月派出，例如2026")
    rotation.add_argument("--out", type=Path, required=True, metavar="文件.xlsx", help="方案写到哪里")
    rotation.add_argument("--within", type=float, metavar="公里", help="从家到新学校最远几公里（默认20）")
    rotation.add_argument("--term", type=int, metavar="年", help="任期几年（默认3）")
    rotation.add_argument(
        "--most",
        type=float,
        metavar="百分数",
        help="每所学校进出各不超过教师的百分之几（默认20）",
    )
    rotation.add_argument(
        "--share", type=float, metavar="百分数", help="至少派符合条件的百分之几（默认照规定，10）"
    )
    rotation.add_argument(
        "--upward", action="store_true", help="不补缺的教师也可以从乡村、镇区往镇区、城区派（默认不许）"
    )
    rotation.add_argument(
        "--keep",
        nargs="+",
        action="extend",
        default=[],
        metavar="教师序号",
        help="哪些教师谈过以后不派，全县重排",
    )
    rotation.add_argument("--seconds", type=int, metavar="秒", help="最多算多久（默认60）")


def _rotation(options: argparse.Namespace) -> int:
    from balancelib.county.lacking import Lacking  # noqa: PLC0415  each command loads what it needs
    from balancelib.teachers.rotation import write_rotation  # noqa: PLC0415

    ends_with(options.out, ".xlsx")
    keep_input(options.out, options.path)
    limits = _limits(options)
    if (county := read_one(options.path, "排")) is None:
        return AT_FAULT
    try:
        plan = _plan(county, options, limits)
    except Lacking as lacking:
        raise Refused(AT_FAULT, str(lacking)) from None
    if not plan.found:
        raise Refused(AT_FAULT, plan.message)
    with writing(options.out):
        write_rotation(options.out, plan)
    say(plan.message, f"方案写好了：{shown_path(options.out)}。名单只供办理，公开只用最后一张表。")
    return DONE


def _limits(options: argparse.Namespace) -> Any:
    """Return the rules that were asked for, the others as the library has them, or refuse what no rule can be."""
    import msgspec  # noqa: PLC0415

    from balancelib.teachers import EXCHANGE, Limits  # noqa: PLC0415

    if options.share is not None and not 0 <= options.share <= 100:
        raise Refused(WRONG_USAGE, f"--share要在0到100之间，现在是{options.share:g}")
    if options.seconds is not None and options.seconds < 1:
        raise Refused(WRONG_USAGE, f"--seconds至少1秒，现在是{options.seconds}；一个县多半要几十秒")
    asked = {"within": options.within, "term": options.term}
    if options.most is not None:
        asked["most"] = options.most / 100
    if options.share is not None:
        asked["exchange"] = msgspec.structs.replace(EXCHANGE, least_share=options.share / 100)
    try:
        return Limits(upward=options.upward, **{k: v for k, v in asked.items() if v is not None})
    except ValueError as error:
        raise Refused(WRONG_USAGE, str(error)) from None


def _check_year(year: int, teachers: Any) -> None:
    """Refuse a year before the newest number in the table of teachers, or long after it: ages and years at school would be nonsense."""
    years = teachers["school_since"].dropna()
    last = years.max()
    if len(years) and not last <= year <= last + AHEAD:
        raise Refused(
            WRONG_USAGE,
            f"--year是哪一年9月派出，现在是{year}；教师表里最晚的“到本校年份”是{last:.0f}，请写{last:.0f}到{last + AHEAD:.0f}之间的一年",
        )


def _plan(county: Any, options: argparse.Namespace, limits: Any) -> Any:
    """Plan the county by its classes' timetable; those to be kept must be teachers of it."""
    from balancelib.county import road_matrix  # noqa: PLC0415
    from balancelib.teachers import persons_required, plan_rotation, staff_balance  # noqa: PLC0415

    county.tables.need(["teachers", "distances"])
    if unknown := sorted(set(options.keep) - set(county.tables["teachers"]["teacher_id"])):
        raise Refused(WRONG_USAGE, f"教师表里没有：{'、'.join(map(shown, unknown))}")
    _check_year(options.year, county.tables["teachers"])
    time = {} if options.seconds is None else {"seconds": options.seconds}
    with Progress() as progress:
        progress.tell("正在排方案，最多要几分钟")
        km = road_matrix(county.tables["distances"], county.schools["school_id"])
        required = persons_required(staff_balance(county))
        return plan_rotation(
            county, required, km, year=options.year, limits=limits, kept=options.keep, **time
        )
