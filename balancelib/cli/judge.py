"""The commands that judge a county: ``assess`` and ``report``."""

import argparse
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
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
from balancelib.console import say
from balancelib.text import shown_path


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

    report = command(commands, "report", _report, "写一份自评报告")
    add_judged(report)
    report.add_argument("--out", type=Path, required=True, metavar="文件.html", help="写到哪里")
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
    from balancelib.assess import assess  # noqa: PLC0415
    from balancelib.county.files import whole_or_absent  # noqa: PLC0415
    from balancelib.report import FORMATS, make_report, render  # noqa: PLC0415

    out, suffix = shown_path(options.out), options.out.suffix.lower()
    if suffix not in FORMATS:
        known = "、".join(FORMATS)
        instead = shown_path(options.out.with_suffix(".html").name)
        raise Refused(
            WRONG_USAGE, f"{out}：报告现在只能写成{known}，浏览器就能打开和打印；请改成 --out {instead}"
        )
    keep_input(options.out, options.path, own_standard(options))
    standard = standard_named(options)
    if (county := read(options.path)) is None:
        return AT_FAULT
    check_counties(options, county)
    verdicts = asked_for(assess(county, standard, options.relax), options.county)
    if len(verdicts) > 1:
        raise Refused(WRONG_USAGE, f"数据里有{len(verdicts)}个县，一份报告写一个县：请加上 --county 县区代码")
    with writing(options.out), whole_or_absent(options.out) as temporary:
        temporary.write_bytes(render(make_report(county, verdicts[0]), suffix))
    say(f"报告写好了：{out}")
    return DONE
