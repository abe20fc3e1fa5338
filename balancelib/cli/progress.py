"""The command that writes a county's annual plan: ``plan``."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from balancelib.cli.common import (
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    a_day,
    ends_with,
    keep_input,
    read_one,
    write,
)
from balancelib.cli.parser import command
from balancelib.console import Progress, say
from balancelib.text import shown_path

ENDS = (".html", ".xlsx")
FURTHEST = 15  # years ahead
ONLY = {"schools": (), "history": ()}  # all that a plan is made of


def add(commands: Any) -> None:
    """Add this command."""
    plan = command(
        commands, "plan", _plan, "写年度计划：每所学校每年到哪里，谁牵头，要多少钱；照现在的步子哪一年达标"
    )
    plan.add_argument(
        "path", type=Path, metavar="路径", help="工作簿或CSV文件夹，要有学校、历年学校数据两张表"
    )
    plan.add_argument("--out", type=Path, required=True, metavar="文件", help=f"{'或'.join(ENDS)}")
    plan.add_argument("--by", type=int, required=True, metavar="年", help="到哪一年全部达标")
    plan.add_argument("--since", type=int, metavar="年", help="上一个计划是从哪一年的数定的：给了才画看板")
    plan.add_argument("--budget", type=float, metavar="万元", help="每年最多花多少（默认不限）")
    plan.add_argument(
        "--on", metavar="日期", help="今天，写成2026-03-01（默认电脑上的今天）：过了期的里程碑会指出来"
    )
    plan.add_argument(
        "--measures", type=Path, metavar="文件.toml", help="本县的措施、牵头科室和单价（默认随程序附的示例）"
    )


def _plan(options: argparse.Namespace) -> int:
    from balancelib.county.lacking import Lacking  # noqa: PLC0415  each command loads what it needs
    from balancelib.progress.annual import Orders, annual_plan  # noqa: PLC0415

    _check(options)
    measures = _measures(options.measures)
    orders = Orders(options.by, _today(options.on), float("inf") if options.budget is None else options.budget, options.since)  # fmt: skip
    if (county := read_one(options.path, "写", ONLY)) is None:
        return AT_FAULT
    try:
        with Progress() as progress:
            progress.tell("正在算")
            county.tables.need(["history"])
            _check_years(county, options)
            found = annual_plan(county, orders, measures)
    except Lacking as lacking:
        raise Refused(AT_FAULT, str(lacking)) from None
    _write(options.out, county, found)
    return DONE


def _check(options: argparse.Namespace) -> None:
    ends_with(options.out, *ENDS)
    keep_input(options.out, options.path, options.measures)
    if options.budget is not None and not 0 <= options.budget < float("inf"):
        raise Refused(WRONG_USAGE, f"--budget是每年多少万元，要是0以上的数，现在是{options.budget:g}")


def _check_years(county: Any, options: argparse.Namespace) -> None:
    """Refuse years that the data leave no room for."""
    years = county.tables["history"]["year"].dropna()
    first, last = int(years.min()), int(years.max()) + 1
    if not last < options.by <= last + FURTHEST:
        raise Refused(
            WRONG_USAGE,
            f"--by是到哪一年全部达标，要在{last + 1}到{last + FURTHEST}之间：数据到{last}年，现在是{options.by}",
        )
    if _today(options.on).year < last:
        raise Refused(WRONG_USAGE, f"--on是今天，数据已经到{last}年，不能比它早，现在是{_today(options.on)}")
    if options.since is not None and not first <= options.since < last:
        raise Refused(WRONG_USAGE, f"--since要在{first}到{last - 1}之间，现在是{options.since}")  # fmt: skip


def _today(asked: str | None) -> datetime.date:
    return datetime.date.today() if asked is None else a_day("--on", asked)


def _measures(path: Path | None) -> Any:
    from balancelib.progress.prices import MeasuresError, load_measures  # noqa: PLC0415

    try:
        return load_measures() if path is None else load_measures(path)
    except MeasuresError as error:
        raise Refused(AT_FAULT, str(error)) from None


def _write(out: Path, county: Any, found: Any) -> None:
    from balancelib.report.annual import annual_report, annual_workbook, sentences  # noqa: PLC0415
    from balancelib.report.html import report_html  # noqa: PLC0415

    made = {".html": report_html, ".xlsx": annual_workbook}[out.suffix.lower()]
    content = made(annual_report(county, found))
    write(out, content)
    say(*sentences(found))
    if len(found.faults):
        say(f"计划有{len(found.faults)}处毛病：", *(f"  {row['where']}：{row['fault']}。{row['todo']}" for _, row in found.faults.iterrows()))  # fmt: skip
    say(f"计划写好了：{shown_path(out)}。")
