"""The command that publishes tables of special groups: ``groups``."""

import argparse
from pathlib import Path
from typing import Any

from balancelib.cli.common import AT_FAULT, DONE, WRONG_USAGE, Refused, keep_input, read, writing
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import shown_path

ENDS = (".docx", ".html", ".xlsx")
# Whoever publishes these tables need not have the areas of rooms.
ONLY = {
    "schools": ("school_id", "name", "kind", "township", "county_id", "county"),
    "disabled_children": (),
    "group_pupils": (),
}


def add(commands: Any) -> None:
    """Add this command."""
    groups = command(commands, "groups", _groups, "写可以公布的特殊群体统计表：残疾儿童、留守儿童、随迁子女")
    groups.add_argument(
        "path", type=Path, metavar="路径", help="工作簿或CSV文件夹，要有残疾儿童、群体学生两张表或其中一张"
    )
    groups.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="文件",
        help=f"{'、'.join(ENDS)}；旁边同名的.json是公布记录",
    )
    groups.add_argument(
        "--previous",
        type=Path,
        metavar="文件.json或文件夹",
        help="以前公布时写下的.json，免得新旧两份表一减就露底",
    )


def _groups(options: argparse.Namespace) -> int:
    from balancelib.county.files import all_or_none  # noqa: PLC0415  each command loads what it needs
    from balancelib.county.lacking import Lacking  # noqa: PLC0415
    from balancelib.groups.record import RecordError, earlier, record  # noqa: PLC0415

    out = options.out
    if out.suffix.lower() not in ENDS:
        known = "、".join(ENDS)
        raise Refused(WRONG_USAGE, f"{shown_path(out)}：文件名要以{known}结尾")
    for target in (out, out.with_suffix(".json")):
        keep_input(target, options.path, options.previous)
    try:
        before = earlier(options.previous)
        if (county := read(options.path, only=ONLY)) is None:
            return AT_FAULT
        if county.schools["county_id"].nunique() > 1:
            raise Refused(WRONG_USAGE, "数据里有几个县，一次写一个县：请把一个县的行单独存成一份")
        releases = _protected(county, before)
    except (Lacking, RecordError) as error:
        raise Refused(AT_FAULT, str(error)) from None
    with writing(out), all_or_none(out.parent) as folder:
        (folder / out.name).write_bytes(_written(county, releases, out.suffix.lower()))
        (folder / out.name).with_suffix(".json").write_bytes(record(releases, before))
    say(*_summary(releases), *_said(out, bool(before)))
    return DONE
