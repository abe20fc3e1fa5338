"""The commands that make and check a county's data: ``sample``, ``template``, ``check``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    ends_with,
    keep_input,
    keep_what_is_there,
    say_faults,
    write,
    write_json,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import shown_path


def add(commands: Any) -> None:
    """Add these commands."""
    sample = command(commands, "sample", _sample, "生成一个合成县：CSV表和一个工作簿")
    sample.add_argument(
        "--seed", type=int, default=7, metavar="整数", help="随机种子，同一种子得到同一个县（默认7）"
    )
    sample.add_argument("--schools", type=int, default=60, metavar="N", help="学校数（默认60）")
    sample.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪个文件夹")

    template = command(commands, "template", _template, "写一个空的填报工作簿")
    template.add_argument("path", type=Path, metavar="文件.xlsx", help="写到哪里")

    check = command(commands, "check", _check, "检查数据，一次列出所有问题")
    check.add_argument("path", type=Path, metavar="路径", help="工作簿、CSV文件夹，或装着报表的文件夹")
    check.add_argument("--previous", type=Path, metavar="路径", help="上一年的数据，用来找变化过大的数")
    check.add_argument("--out", type=Path, metavar="文件.xlsx", help="把问题清单写成工作簿，一所学校一张表")
    check.add_argument("--json", type=Path, metavar="文件", help="把问题清单写成JSON；“-”写到屏幕")


def _sample(options: argparse.Namespace) -> int:
    from balancelib.county.files import all_or_none  # noqa: PLC0415  each command loads what it needs
    from balancelib.county.sample import sample_county  # noqa: PLC0415
    from balancelib.county.write import without_long, write_csv, write_workbook  # noqa: PLC0415

    if options.seed < 0:
        raise Refused(WRONG_USAGE, f"--seed要不小于0的整数，现在是“{options.seed}”")
    try:
        county = sample_county(options.seed, options.schools)
    except ValueError as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    with writing(options.out):
        _keep_real_data(options.out, county.schools["county"].iloc[0])
        with all_or_none(options.out) as folder:
            paths = write_csv(county.tables, folder)
            paths.append(write_workbook(folder / "county.xlsx", without_long(county.tables)))
    say(*(shown_path(options.out / path.name) for path in paths), "这是合成数据，不对应任何真实的县和学校。")
    return DONE


def _keep_real_data(folder: Path, mark: str) -> None:
    """Refuse to write a synthetic county over tables that are not an earlier one: those bear its ``mark``."""
    from balancelib.county.files import table_files  # noqa: PLC0415

    files = [f for files in table_files(folder).values() for f in files] if folder.is_dir() else []
    schools = folder / "schools.csv"
    if (files or (folder / "county.xlsx").is_file()) and not (
        schools.is_file() and mark.encode() in schools.read_bytes()
    ):
        raise Refused(WRONG_USAGE, f"{shown_path(folder)}里已有数据，不是合成县，不会覆盖；请换一个文件夹")


def _template(options: argparse.Namespace) -> int:
    from balancelib.county.files import whole_or_absent  # noqa: PLC0415
    from balancelib.county.write import write_workbook  # noqa: PLC0415

    ends_with(options.path, ".xlsx")
    with writing(options.path):
        keep_what_is_there(options.path)
        with whole_or_absent(options.path, fresh=True) as temporary:
            write_workbook(temporary)
    say(f"已写好{shown_path(options.path)}。先看“填表说明”，再填“学校”表。")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    for target in (options.json, options.out):
        keep_input(target, options.path, options.previous)
    if options.out is not None:
        ends_with(options.out, ".xlsx")
    accepted = []
    try:
        county = read_county(options.path, options.previous)
        found, accepted = county.warnings, county.accepted
    except InputError as error:
        county, found = error, error.faults
    if options.json is not None:
        write_json(options.json, [found])
    if options.out is not None:
        from balancelib.report.problems import problems_workbook  # noqa: PLC0415

        write(options.out, problems_workbook(found, county))
    if options.json is None or str(options.json) != "-":
        say_faults(found, sys.stdout)
        _say_accepted(accepted)
        if options.out is not None:
            say(f"问题清单写好了：{shown_path(options.out)}")
    return AT_FAULT if any(fault.severity == "fault" for fault in found) else DONE


def _say_accepted(accepted: list[Any]) -> None:
    """List the warnings that were looked into and found true."""
    if accepted:
        say(f"已核实的例外：{len(accepted)}处", *(f"  {one}" for one in accepted))
