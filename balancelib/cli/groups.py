"""The command that publishes tables of special groups: ``groups``."""

import argparse
import os
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
from balancelib.text import file_name, shown_path, system_name

ENDS = (".docx", ".html", ".xlsx")
RECORD = ".公布记录.json"  # ends the names of the files that hold what was published, for next time
# Whoever publishes these tables need not have the areas of rooms.
ONLY = {
    "schools": ("school_id", "name", "kind", "township", "county_id", "county"),
    "disabled_children": (),
    "group_pupils": (),
}
LONGER = (
    "没有证明最省的，要是觉得遮得太多：还没有发给任何人的话，删掉这一次写的文件和公布记录，把--seconds改大，再写一次。"
    "已经发出去的，不要重写。"
)
AGAIN = (
    "这一年的数以前公布过，现在的数和那时不一样：新旧两份一减，就知道谁来了、谁走了。改动请等下一年一起公布；"
    "如果其实是另一年的数，用--year写明。程序查到的是："
)


def add(commands: Any) -> None:
    """Add this command."""
    groups = command(commands, "groups", _groups, "写可以公布的特殊群体统计表：残疾儿童、留守儿童、随迁子女")
    groups.add_argument(
        "path",
        type=Path,
        metavar="路径",
        help="工作簿或CSV文件夹，要有残疾儿童安置、各类学生两张表或其中一张",
    )
    groups.add_argument(
        "--out", type=Path, required=True, metavar="文件", help=f"{'、'.join(ENDS)}；公布记录写在旁边"
    )
    groups.add_argument(
        "--previous",
        type=Path,
        metavar="路径",
        help="以前公布的那份文件，或装着公布记录的文件夹：免得新旧一减露底",
    )
    groups.add_argument("--year", type=int, metavar="年", help="哪一年的数（默认各类学生表的最后一年）")
    groups.add_argument("--seconds", type=int, metavar="秒", help="每类孩子最多算多久（默认60）")


def _groups(options: argparse.Namespace) -> int:
    from balancelib.county.lacking import Lacking  # noqa: PLC0415  each command loads what it needs
    from balancelib.disclosure import Refused as TellsTooMuch  # noqa: PLC0415
    from balancelib.groups import publish_groups  # noqa: PLC0415

    _check(options)
    before = _earlier(options.previous)
    if (county := read_one(options.path, "写", ONLY)) is None:
        return AT_FAULT
    try:
        year = _year(county, options.year)
        with Progress() as progress:
            progress.tell("正在算哪些格子不能写，每类孩子最多一两分钟")
            releases = publish_groups(county, _policy(options.seconds), before, year)
    except Lacking as error:
        raise Refused(AT_FAULT, str(error)) from None
    except TellsTooMuch as error:
        raise Refused(AT_FAULT, f"{AGAIN if before else ''}{error}") from None
    _write(options.out, county, releases)
    say(
        *_summary(releases),
        *_left_out(county, year),
        f"表写好了：{shown_path(options.out)}。旁边的公布记录请留好，下次公布时用--previous给出。",
    )
    return DONE


def _check(options: argparse.Namespace) -> None:
    """Refuse a file of another kind, and one that would stand over what is read."""
    out, previous = options.out, options.previous
    ends_with(out, *ENDS)
    keep_input(out, options.path)
    if previous is not None and (out in _records(previous) or out == previous):
        raise Refused(WRONG_USAGE, f"{shown_path(out)}是以前公布的，不会覆盖；请换一个文件名")
    if kept := [path for path in _records(out) if path.exists()]:
        raise Refused(
            WRONG_USAGE,
            f"已经有{shown_path(kept[0])}，记着公布过什么，不会覆盖；请给这一次换一个文件名，用--previous {shown_path(out)}给出上一次",
        )
    if unheeded := _unheeded(out, previous):
        raise Refused(
            WRONG_USAGE,
            f"{shown_path(out.parent)}里有以前的公布记录（{shown_path(unheeded[0].name)}），这一次没有说要一起算，新旧两份一减会露底；"
            f"请用--previous {shown_path(out.parent)}给出整个文件夹，如果是别的县的，请写到另一个文件夹",
        )


def _unheeded(out: Path, previous: Path | None) -> list[Path]:
    """Return the records in the folder that is written to that are not among those given: left out by mistake, most likely."""
    given = [] if previous is None else _records(previous)
    heeded = {os.path.realpath(path) for path in given}
    there = _records(out.parent) if out.parent.is_dir() else []
    return [path for path in there if os.path.realpath(path) not in heeded]


def _records(published: Path) -> list[Path]:
    """Return the records of what was published: those in a folder, or beside a file of the same name."""
    if published.is_dir():
        return sorted(path for path in published.iterdir() if file_name(path).endswith(RECORD))
    if file_name(published).endswith(RECORD):
        return [published]
    if not published.parent.is_dir():
        return []
    begins = f"{published.stem}."
    return sorted(
        path
        for path in published.parent.iterdir()
        if path.name.startswith(begins) and file_name(path).endswith(RECORD)
    )


def _earlier(previous: Path | None) -> list[Any]:
    """Read what was published before."""
    from balancelib.disclosure import Refused as Unread  # noqa: PLC0415
    from balancelib.disclosure import Release  # noqa: PLC0415

    if previous is None:
        return []
    if not (found := _records(previous)):
        raise Refused(AT_FAULT, f"{shown_path(previous)}旁边或里面没有公布记录（名字以{RECORD}结尾的文件）")
    try:
        return [Release.load(path) for path in found]
    except Unread as error:
        raise Refused(AT_FAULT, str(error)) from None


def _year(county: Any, asked: int | None) -> int:
    """Return the year of the counts: that of the table of groups, or the one given."""
    from balancelib.groups import newest_year  # noqa: PLC0415

    year = newest_year(county) if asked is None else asked
    if year is None:
        raise Refused(WRONG_USAGE, "残疾儿童安置表里没有年份：请用--year写明是哪一年的数")
    return year


def _policy(seconds: int | None) -> Any:
    """Return the project's rules; how long to search is no rule."""
    from balancelib.disclosure import load_policy  # noqa: PLC0415

    if seconds is not None and seconds < 1:
        raise Refused(WRONG_USAGE, f"--seconds至少1秒，现在是{seconds}")
    return load_policy() if seconds is None else load_policy()._replace(seconds=float(seconds))


def _write(out: Path, county: Any, releases: dict[str, Any]) -> None:
    """Write the tables and the records of them, all or none."""
    from balancelib.county.files import all_or_none  # noqa: PLC0415
    from balancelib.disclosure import load_policy  # noqa: PLC0415
    from balancelib.groups import subjects  # noqa: PLC0415
    from balancelib.report.docx import report_docx  # noqa: PLC0415
    from balancelib.report.groups import groups_report, groups_workbook  # noqa: PLC0415
    from balancelib.report.html import report_html  # noqa: PLC0415

    made = {".docx": report_docx, ".html": report_html, ".xlsx": groups_workbook}[out.suffix.lower()]
    report = groups_report(county, releases, load_policy())
    with writing(out), all_or_none(out.parent, f"*{system_name(RECORD)}") as folder:
        (folder / out.name).write_bytes(made(report))
        for key, release in releases.items():
            release.save(folder / f"{out.stem}.{system_name(subjects()[key].label + RECORD)}")


def _left_out(county: Any, year: int) -> list[str]:
    """Say which groups were left out, and why."""
    from balancelib.groups import newest_year, undated  # noqa: PLC0415

    return [
        f"{subject.label}：没有写进去。它的表没有年份，只当作{newest_year(county)}年的数，不能又当作{year}年的公布。"
        for subject in undated(county, year)
    ]


def _summary(releases: dict[str, Any]) -> list[str]:
    """What was hidden, for the office; nothing of it can be found in the file."""
    from balancelib.groups import subjects  # noqa: PLC0415

    told = [f"{subjects()[key].label}：{release.message}" for key, release in releases.items()]
    return told if all(release.proven for release in releases.values()) else [*told, LONGER]
