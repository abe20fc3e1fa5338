"""The commands for a county's own returns: ``import`` fills our workbook from them, ``trace`` leads a number back to its cells."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    ends_with,
    keep_what_is_there,
    read,
    say_faults,
    standard_named,
    write,
)
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import number, shown, shown_path


def add(commands: Any) -> None:
    """Add these commands."""
    imported = command(commands, "import", _import, "读国家统计报表，填进本工具的工作簿")
    imported.add_argument("path", type=Path, metavar="路径", help="装着报表的文件夹，或一个报表工作簿")
    imported.add_argument("--out", type=Path, required=True, metavar="文件.xlsx", help="写到哪里")

    trace = command(commands, "trace", _trace, "一所学校的指标由哪些数算出，每个数在哪个文件的哪一格")
    trace.add_argument("path", type=Path, metavar="路径", help="工作簿、CSV文件夹，或装着报表的文件夹")
    trace.add_argument("school", metavar="学校", help="看哪一所学校：学校标识码，或者校名")
    trace.add_argument(
        "--standard", default="quality-2017", metavar="名称或文件.toml", help="标准（默认quality-2017）"
    )
    trace.set_defaults(relax=[], explain=None)


def _import(options: argparse.Namespace) -> int:
    from balancelib.county.returns import are_in, read_returns  # noqa: PLC0415
    from balancelib.county.returns.filled import filled_workbook  # noqa: PLC0415

    ends_with(options.out, ".xlsx")
    keep_what_is_there(options.out, "里面可能有你补填的数")
    if not are_in(options.path):
        raise Refused(
            AT_FAULT,
            f"{shown_path(options.path)}里没有认得的国家统计报表；要读本工具的工作簿或CSV，用 balancelib check",
        )
    found = read_returns(options.path)
    if any(fault.severity == "fault" for fault in found.faults):
        say_faults(found.faults, sys.stderr)
        return AT_FAULT
    with tempfile.TemporaryDirectory() as folder:
        content = filled_workbook(found.tables, Path(folder))
    write(options.out, content, fresh=True)
    say(*_said(options.out, found))
    return DONE


def _said(out: Path, found: Any) -> list[str]:
    """Say what was written and what is still to be filled in."""
    from balancelib.county.returns.filled import blanks, other_tables  # noqa: PLC0415

    lines = [
        f"写好了{shown_path(out)}：{len(found.tables['schools'].frame)}所学校。每个数从哪一格来，见“出处”表。"
    ]
    lines += [f"提醒：{fault}" for fault in found.faults]
    lacking = [f"  {column.label}：{count}所学校" for column, count in blanks(found.tables)]
    lines += ["报表里没有读到、还要在“学校”表里填的：", *lacking] if lacking else []
    lines += [f"  {fault}" for fault in found.unfound]
    lines += [f"“{table.label}”表报表里没有，要另外填：{table.note}" for table in other_tables(found.tables)]
    return [*lines, f"接着运行：balancelib check {shown_path(out)}"]


def _trace(options: argparse.Namespace) -> int:
    standard = standard_named(options)
    if (county := read(options.path)) is None:
        return AT_FAULT
    school_id, name = _school_named(county, options.school)
    from balancelib.county import indicators  # noqa: PLC0415
    from balancelib.county.schema import schema  # noqa: PLC0415

    sections = indicators(county, standard)
    lines = [f"{name}（{school_id}），{standard.label}"]
    own = sections[sections["school_id"] == school_id]
    for section in own.to_dict("records"):
        lines += ["", f"{schema().stages[section['stage']]}：{number(section['pupils'])}名学生"]
        for indicator in standard.indicators:
            lines += _traced(county, school_id, section, indicator)
    if own.empty:
        lines.append("这所学校不进资源配置指标的计算。")
    say(*lines)
    return DONE


def _school_named(county: Any, asked: str) -> tuple[str, str]:
    """Return the number and the name of the school that has this number, or else this name."""
    schools = county.schools
    found = schools[schools["school_id"] == asked]
    found = schools[schools["name"] == asked] if found.empty else found
    if found.empty:
        raise Refused(WRONG_USAGE, f"数据里没有学校标识码或校名是{shown(asked)}的学校")
    if len(found) > 1:
        ids = "、".join(found["school_id"].head())
        raise Refused(WRONG_USAGE, f"有{len(found)}所学校叫{shown(asked)}，请写学校标识码：{ids}")
    return found["school_id"].iloc[0], found["name"].iloc[0]


def _traced(county: Any, school_id: str, section: dict[str, Any], indicator: Any) -> list[str]:
    """Say an indicator's value and, of each number in it, the cells."""
    from balancelib.county.schema import schema  # noqa: PLC0415
    from balancelib.county.trace import listed  # noqa: PLC0415

    stage = section["stage"]
    split = "，按学段分摊" if indicator.split and len(_stages(county, school_id)) > 1 else ""
    lines = [f"  {indicator.label}：{section[indicator.key]:,.4f}{indicator.unit}{split}"]
    pupils = [f"pupils_{one}" for one in (_stages(county, school_id) if split else [stage])]
    for term in (*indicator.sum[stage], *pupils):
        name, sign = term.removeprefix("-"), "减去" if term.startswith("-") else ""
        column = schema().table("schools").column(name)
        row = county.schools[county.schools["school_id"] == school_id].iloc[0]
        cells = listed(county.trace(school_id, name)) or "没有出处"
        lines.append(f"    {sign}{column.label} {number(row[name])}{column.unit} ← {cells}")
    return lines


def _stages(county: Any, school_id: str) -> list[str]:
    from balancelib.county.schema import schema  # noqa: PLC0415

    kind = county.schools.loc[county.schools["school_id"] == school_id, "kind"].iloc[0]
    return list(schema().kinds[kind].stages)
