"""The command that reads pupils' scores: ``scores``."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    Refused,
    ends_with,
    keep_input,
    read_one,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import Progress, say
from balancelib.text import shown_path

# Whoever has scores need not have the areas of rooms.
ONLY = {"schools": ("school_id", "name", "kind", "county_id", "county"), "scores": (), "timetable": ()}
SHOWN = 5  # warnings; the command `check` lists all
LACKS = (
    "没有“监测成绩”表，或者成绩一格也没有填。工作簿里加一张叫“监测成绩”的表，文件夹里放scores.csv，一名学生一科一行，"
    "列是：年份、年级、学生流水号、学校标识码、学科、成绩。空表用balancelib template写。"
)


def add(commands: Any) -> None:
    """Add this command."""
    scores = command(commands, "scores", _scores, "看一份成绩：学校之间差多少，哪几所该先看，都带区间")
    scores.add_argument("path", type=Path, metavar="路径", help="工作簿或CSV文件夹，要有学校、监测成绩两张表")
    scores.add_argument("--out", type=Path, required=True, metavar="文件.xlsx", help="结果写到哪里")
    scores.add_argument("--year", type=int, metavar="年", help="看哪一年（默认每个年级、每一科的最后一次）")


def _scores(options: argparse.Namespace) -> int:
    from balancelib.county.lacking import Lacking, lacking  # noqa: PLC0415  each command loads what it needs
    from balancelib.quality import score_findings, write_scores  # noqa: PLC0415

    ends_with(options.out, ".xlsx")
    keep_input(options.out, options.path)
    if (county := read_one(options.path, "看", ONLY)) is None:
        return AT_FAULT
    if lacking(county.tables, ["scores.score"]):
        raise Refused(AT_FAULT, LACKS)
    try:
        with Progress() as progress:
            progress.tell("正在算")
            findings = score_findings(county, options.year)
    except Lacking as lacks:
        raise Refused(AT_FAULT, str(lacks)) from None
    with writing(options.out):
        write_scores(options.out, findings)
    say(*_summary(findings), *_warnings(county.warnings))
    say(
        f"结果写好了：{shown_path(options.out)}。先看第一张表：成绩是未成年人的个人信息，只在县里用，不按学校公布，不排名。"
    )
    return DONE


def _warnings(found: list[Any]) -> Iterator[str]:
    if found:
        yield f"提醒（请核实）：{len(found)}处"
        yield from (f"  {one}" for one in found[:SHOWN])
        if len(found) > SHOWN:
            yield "  ……全部用balancelib check列出"


def _summary(findings: Any) -> Iterator[str]:
    from balancelib.assess.logic import shown  # noqa: PLC0415
    from balancelib.quality import KINDS, LIMIT  # noqa: PLC0415

    said = {"below": f"低于{LIMIT:g}", "above": f"不低于{LIMIT:g}", "unsure": f"低不低于{LIMIT:g}定不了"}
    for one in findings.found:
        row = findings.shares.loc[tuple(one)]
        if row["why"]:
            yield f"{one}：学校之间差多少算不了，{row['why']}"
        else:
            share, low, high = (shown(row[name], LIMIT, 3) for name in ("anova", "low", "high"))
            yield f"{one}：组间方差比例{share}（95%区间{low}～{high}），{said[row['verdict']]}。"
    yield from findings.failed.values()
    listed = findings.weak.reset_index() if len(findings.weak) else None
    for kind, words in KINDS.items() if listed is not None else ():
        if len(rows := listed[listed["kind"] == kind]):
            twice = rows.loc[rows["again"] != "", "school_id"].nunique()
            yield f"{words}：{rows['school_id'].nunique()}所，其中换一科或换一年也在的{twice}所。"
    if listed is None:
        yield "哪一所该先看：照这些人数看不出。"
