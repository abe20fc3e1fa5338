"""The commands of inspection: ``checklist`` draws schools and writes what to look at, ``ledger`` says what is to be asked about."""

import argparse
import sys
from datetime import date
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
    keep_what_is_there,
    read_one,
    say_faults,
    write,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import shown_path

LISTED = {"inspections": (), "actions": ()}
ALL = {"schools": (), "school_items": ()} | LISTED
# Whoever keeps a list need not have the areas of rooms.
NAMES = {"schools": ("school_id", "name", "kind", "county_id", "county")} | LISTED
LIST_ENDS = (".xlsx", ".html")
FORM = "工作簿里要有“整改台账”这张表。"


def add(commands: Any) -> None:
    """Add these commands."""
    checklist = command(commands, "checklist", _checklist, "抽学校，写督导检查单；或者读填好的检查单")
    checklist.add_argument("path", type=Path, metavar="路径", help="县的工作簿或CSV文件夹")
    checklist.add_argument("--schools", type=int, metavar="所", help="抽几所学校")
    checklist.add_argument("--seed", type=int, metavar="种子", help="抽签的种子，记下来，谁都能照样再抽一次")
    checklist.add_argument("--filled", type=Path, metavar="文件.xlsx", help="读这份填好的检查单，不抽学校")
    checklist.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="文件.xlsx或文件夹",
        help="检查单写到哪里；读的时候，两张表写进哪个文件夹",
    )

    ledger = command(commands, "ledger", _ledger, "看整改台账：哪些超期，哪些没有佐证，哪些改了又出现")
    ledger.add_argument(
        "path", type=Path, metavar="路径", help="填好的整改台账.xlsx，或县的工作簿、CSV文件夹（要有整改表）"
    )
    ledger.add_argument("--on", required=True, metavar="日期", help="按哪一天算，写成2025-12-01这样")
    ledger.add_argument("--grace", type=int, default=0, metavar="天", help="宽限几天才列进超期（默认0）")
    ledger.add_argument("--out", type=Path, metavar="文件", help="、".join(LIST_ENDS))


def _checklist(options: argparse.Namespace) -> int:
    drawing = options.schools is not None or options.seed is not None
    if drawing == (options.filled is not None):
        raise Refused(WRONG_USAGE, "抽学校写检查单，用--schools和--seed；读填好的，用--filled：两样选一样")
    if drawing and (options.schools is None or options.seed is None or options.seed < 0):
        raise Refused(WRONG_USAGE, "抽学校要写明--schools和--seed，种子是0或者更大的整数")
    return _write_checklist(options) if drawing else _read_checklist(options)


def _write_checklist(options: argparse.Namespace) -> int:
    from balancelib.county import Lacking  # noqa: PLC0415  each command loads what it needs
    from balancelib.progress import checklist_workbook  # noqa: PLC0415

    ends_with(options.out, ".xlsx")
    keep_what_is_there(options.out, "里面可能有填好的")
    if (county := read_one(options.path, "做", ALL)) is None:
        return AT_FAULT
    try:
        content = checklist_workbook(county, options.schools, options.seed)
    except Lacking as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    write(options.out, content, fresh=True)
    say(
        f"检查单写好了：{shown_path(options.out)}，{options.schools}所学校，种子{options.seed}。到校填绿底的格子，不用联网。",
        f"填好以后：balancelib checklist {shown_path(options.path)} --filled {shown_path(options.out)} --out 文件夹",
    )
    return DONE


def _read_checklist(options: argparse.Namespace) -> int:
    from balancelib.county import InputError  # noqa: PLC0415
    from balancelib.progress import read_checklist  # noqa: PLC0415

    targets = [options.out / f"{name}.csv" for name in ("inspections", "actions")]
    for target in targets:
        keep_input(target, options.path)
        keep_what_is_there(target, instead="文件夹")
    if (county := read_one(options.path, "做", ALL)) is None:
        return AT_FAULT
    try:
        filled = read_checklist(options.filled, county)
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    if filled.rows.empty:
        say(*(f"提醒：{fault}" for fault in filled.warnings), to=sys.stderr)
        raise Refused(AT_FAULT, f"{shown_path(options.filled)}里没有可以记的：没有一所学校填了结论")
    say(*_written(county, filled, options.out))
    return DONE


def _ahead(rows: Any) -> list[str]:
    """Name the days that have not come yet: the year was mistyped."""
    later = sorted(set(rows["date"][rows["date"] > date.today().isoformat()]))
    return [f"提醒：到校日期{day}还没有到，请核对年份" for day in later]


def _written(county: Any, filled: Any, folder: Path) -> list[str]:
    """Write the two tables whole, both or none and over nothing, what was known before first, and say what came in."""
    import pandas as pd  # noqa: PLC0415

    from balancelib.county.files import all_or_none  # noqa: PLC0415
    from balancelib.county.schema import schema  # noqa: PLC0415
    from balancelib.county.write import write_csv  # noqa: PLC0415
    from balancelib.progress import new_actions  # noqa: PLC0415

    made = {"inspections": filled.rows, "actions": new_actions(filled.rows, county.tables.get("actions"))}
    codes = county.schools["county_id"].dropna().unique()  # one, or none
    tables = {}
    for name, found in made.items():
        frames = [county.tables[name]] if name in county.tables else []
        rows = found.assign(county_id=codes[0] if len(codes) else None)
        columns = schema().table(name).names
        whole = pd.concat([frame.astype(object) for frame in (*frames, rows)], ignore_index=True)
        if len(whole):
            tables[name] = whole.reindex(columns=columns)
    with writing(folder), all_or_none(folder, fresh="*.csv") as new:
        paths = [folder / path.name for path in write_csv(tables, new)]
    visits, schools = filled.rows["visit"].nunique(), filled.rows["school_id"].nunique()
    return [
        *(f"提醒：{fault}" for fault in filled.warnings),
        *_ahead(filled.rows),
        f"读到{schools}所学校{f'（去了{visits}次）' if visits > schools else ''}、{len(filled.rows)}项；没有做到的{int((filled.rows['met'] == 0).sum())}项，"
        f"其中新立的整改{len(made['actions'])}件（还没改完的不重复立）。",
        f"写好了{'、'.join(shown_path(path) for path in paths)}：原来的行在前，新的在后，本工具不认识的列不在里面。核对以后换进数据里。",
        "新立的整改请补上措施、责任岗位和完成时限；看到的情况留在检查单里，请收好。",
    ]


def _ledger(options: argparse.Namespace) -> int:
    from balancelib.progress import judge_ledger, ledger_claim  # noqa: PLC0415
    from balancelib.progress.ledger import MOST_GRACE  # noqa: PLC0415
    from balancelib.report.ledger import claim_sentences, ledger_report, ledger_sentence  # noqa: PLC0415

    on = a_day("--on", options.on)
    if not 0 <= options.grace <= MOST_GRACE:
        raise Refused(WRONG_USAGE, f"--grace至少0天，最多{MOST_GRACE}天，现在是{options.grace}")
    if options.out is not None:
        ends_with(options.out, *LIST_ENDS)
        keep_input(options.out, options.path)
    if (found := _entries(options.path)) is None:
        return AT_FAULT
    entries, visits, name, warnings = found
    judged = judge_ledger(entries, on, options.grace, visits)
    claim, later = ledger_claim(judged, visits, on), len(entries) - len(judged)
    if options.out is not None:
        _write_list(options.out, ledger_report(judged, claim, on, name))
    say(
        *(f"提醒：{warning}" for warning in warnings),
        f"{on.isoformat()}：{ledger_sentence(judged)}",
        *claim_sentences(claim),
        *([f"还有{later}件发现日期在这一天以后，没有算在里面。"] if later else []),
    )
    if options.out is not None:
        say(f"单子写好了：{shown_path(options.out)}")
    return DONE


def _entries(path: Path) -> tuple[Any, Any, str, list[Any]] | None:
    """Return the list, the visits, the county's name and what is odd: of the form that was filled in, or of a county's tables."""
    from balancelib.county import InputError, Lacking  # noqa: PLC0415
    from balancelib.progress import is_ledger, ledger_of, read_ledger  # noqa: PLC0415

    if is_ledger(path):
        try:
            filled = read_ledger(path)
        except InputError as error:
            say_faults(error.faults, sys.stderr)
            return None
        return filled.rows, None, "", filled.warnings
    if (county := read_one(path, "做", NAMES)) is None:
        if path.suffix.lower() == ".xlsx":
            say(f"这要是填好的整改台账，{FORM}", to=sys.stderr)
        return None
    try:
        entries = ledger_of(county)
    except Lacking as error:
        lacking = str(error).partition("\n")[0]
        raise Refused(AT_FAULT, f"{lacking}\n填好再看；或者给出填好的整改台账，{FORM}") from None
    names = county.schools["county"].dropna().unique()
    return entries, county.tables.get("inspections"), names[0] if len(names) else "", []


def _write_list(out: Path, report: Any) -> None:
    from balancelib.report.html import report_html  # noqa: PLC0415
    from balancelib.report.ledger import ledger_workbook  # noqa: PLC0415

    write(out, {".xlsx": ledger_workbook, ".html": report_html}[out.suffix.lower()](report))
