"""The commands that judge a county: ``assess`` and ``report``."""

import argparse
import os
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    a_day,
    asked_for,
    check_counties,
    keep_input,
    own_standard,
    read,
    standard_named,
    write_json,
    writing,
)
from balancelib.cli.parser import add_judged, command
from balancelib.console import Progress, say
from balancelib.text import shown_path, system_name


def add(commands: Any) -> None:
    """Add these commands."""
    assess = command(commands, "assess", _assess, "按官方标准判定")
    add_judged(assess)
    assess.add_argument(
        "--rounding",
        choices=("none", "form"),
        default="none",
        help="form：先按申报表的小数位四舍五入再比（默认none）",
    )
    assess.add_argument("--explain", metavar="指标", help="逐校列出这项指标差异系数的算法")
    assess.add_argument("--json", type=Path, metavar="文件", help="把完整结果写成JSON；“-”写到屏幕")

    report = command(commands, "report", _report, "写自评报告，或者要交的全部材料")
    add_judged(report)
    report.add_argument(
        "--out", type=Path, required=True, metavar="文件或文件夹",
        help=".docx（Word报告）、.html（网页报告）、.xlsx（计算过程）；文件夹：全部材料",
    )  # fmt: skip
    report.add_argument("--previous", type=Path, metavar="路径", help="上一年的数据，用来看变化")
    report.add_argument("--deadline", metavar="年-月-日", help="整改期限，写进一校一案和整改台账")
    report.set_defaults(explain=None, json=None)


def _assess(options: argparse.Namespace) -> int:
    from balancelib.assess import assess, explain, overview, rows_of, summary, table  # noqa: PLC0415

    keep_input(options.json, options.path, own_standard(options))
    standard = standard_named(options)
    if (county := read(options.path)) is None:
        return AT_FAULT
    check_counties(options, county)
    result = assess(county, standard, options.relax, options.rounding)
    several, verdicts = isinstance(result, list), asked_for(result, options.county)
    if options.json is not None:
        write_json(options.json, (verdict.to_dict() for verdict in verdicts), several)
        if str(options.json) == "-":
            return DONE
    if len(verdicts) > 1:
        say(table(rows_of(overview(verdicts))), "", "看一个县的详情：加上 --county 县区代码")
    else:
        say(summary(verdicts[0]), "")
    if options.explain:
        say("\n\n".join(explain(verdicts[0], options.explain, stage) for stage in verdicts[0].stages))
    if county.warnings:
        say(f"数据里有{len(county.warnings)}处提醒，用 balancelib check 查看。")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from balancelib.county.files import all_or_none, whole_or_absent  # noqa: PLC0415

    folder, documents = _wanted(options)
    if (material := _material(options)) is None:
        return AT_FAULT
    place_at = all_or_none if folder else whole_or_absent
    with Progress() as progress, writing(options.out), place_at(options.out) as place:
        for i, document in enumerate(documents, 1):
            progress.tell(f"正在写{document.name}（{i}/{len(documents)}）")
            (place / system_name(document.name) if folder else place).write_bytes(document.made(material))
    written = (
        [options.out / system_name(document.name) for document in documents] if folder else [options.out]
    )
    say(*(f"{'' if folder else '报告'}写好了：{shown_path(path)}" for path in written))
    if any(path.suffix.lower() == ".docx" for path in written):
        say("Word报告的目录要有页码：打开后按Ctrl+A，再按F9。")
    return DONE


def _wanted(options: argparse.Namespace) -> tuple[bool, Any]:
    """Whether a folder is asked for, and what to write; refuses what cannot be written, or would be over the input."""
    from balancelib.report import DOCUMENTS, FORMATS  # noqa: PLC0415

    out, suffix = options.out, options.out.suffix.lower()
    folder = out.is_dir() or not suffix
    if not folder and suffix not in FORMATS:
        known, instead = "、".join(FORMATS), shown_path(out.with_suffix(".docx").name)
        message = (
            f"{shown_path(out)}：报告只能写成{known}，或者全部材料写进一个文件夹；请改成 --out {instead}"
        )
        raise Refused(WRONG_USAGE, message)
    documents = DOCUMENTS if folder else (FORMATS[suffix],)
    sources = [source for source in (options.path, options.previous, own_standard(options)) if source]
    for target in [out / system_name(document.name) for document in documents] if folder else [out]:
        keep_input(target, *sources)
    if folder and any(
        source.is_dir() and os.path.realpath(source) == os.path.realpath(out) for source in sources
    ):
        raise Refused(WRONG_USAGE, f"{shown_path(out)}是数据所在的文件夹，材料不写进去；请换一个文件夹")
    return folder, documents


def _material(options: argparse.Namespace) -> Any:
    """Read and judge what the files are made of; None where the data are at fault."""
    from balancelib.assess import assess  # noqa: PLC0415
    from balancelib.report import Material  # noqa: PLC0415

    deadline = None if options.deadline is None else a_day("--deadline", options.deadline).isoformat()
    standard = standard_named(options)
    if (county := read(options.path, options.previous)) is None:
        return None
    previous = None if options.previous is None else read(options.previous)
    check_counties(options, county)
    verdicts = asked_for(assess(county, standard, options.relax), options.county)
    if len(verdicts) > 1:
        raise Refused(WRONG_USAGE, f"数据里有{len(verdicts)}个县，一次写一个县：请加上 --county 县区代码")
    return Material(county, verdicts[0], previous, deadline)
