"""The command that judges all counties of a province or of the country at once: ``national``."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from balancelib.cli.common import (  # fmt: skip
    AT_FAULT,
    DONE,
    WRONG_USAGE,
    Refused,
    ends_with,
    keep_input,
    own_standard,
    say_faults,
    standard_named,
    writing,
)
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import shown_path

WORDS = {True: "达到", False: "未达到", None: "还不能判定"}


def add(commands: Any) -> None:
    """Add this command."""
    national = command(commands, "national", _national, "一次判定全省、全国各县的资源配置，一县一行")
    national.add_argument("path", type=Path, metavar="学校表", help=".csv、.parquet，或装着其中一种的文件夹")
    national.add_argument("--items", type=Path, metavar="学校其他项目表", help="放宽条款要用的列，同样的格式")
    national.add_argument(
        "--standard", default="quality-2017", metavar="名称或文件.toml", help="标准（默认quality-2017）"
    )
    national.add_argument(
        "--relax", nargs="+", action="extend", default=[], metavar="条款", help="使用哪些放宽条款"
    )
    national.add_argument(
        "--rounding",
        choices=("none", "form"),
        default="none",
        help="form：先按申报表的小数位四舍五入再比（默认none）",
    )
    national.add_argument("--out", type=Path, required=True, metavar="文件", help=".csv或.parquet，一县一行")
    national.set_defaults(explain=None)


def _national(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415  each command loads what it needs
    from balancelib.national.files import NotInstalled, write  # noqa: PLC0415

    _check(options)
    standard = standard_named(options)
    try:
        found = _judged(options, standard)
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return AT_FAULT
    except NotInstalled as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    if found is None:
        return AT_FAULT
    with writing(options.out):
        write(found, options.out)
    _say(found, standard, options.out)
    return DONE


def _check(options: argparse.Namespace) -> None:
    from balancelib.national.files import FORMATS  # noqa: PLC0415

    ends_with(options.out, *FORMATS)
    keep_input(options.out, options.path, options.items, own_standard(options))
    into = Path(os.path.realpath(options.out)).parent
    for source in filter(None, (options.path, options.items)):
        if source.is_dir() and into == Path(os.path.realpath(source)):
            raise Refused(
                WRONG_USAGE, f"{shown_path(source)}是数据所在的文件夹，结果不写进去；请换一个文件夹"
            )


def _judged(options: argparse.Namespace, standard: Any) -> Any:
    """Return one row a county, or say what is wrong in the schools and return None."""
    from balancelib.county.lacking import Lacking  # noqa: PLC0415
    from balancelib.national import check_schools, counties  # noqa: PLC0415
    from balancelib.national.files import reading, scan  # noqa: PLC0415

    schools = scan(options.path)
    items = None if options.items is None else scan(options.items, "school_items")
    try:
        with reading(options.path):
            if broken := check_schools(schools, standard, options.relax, items):
                say(f"错误（必须改正）：{len(broken)}种", *(f"  {one}" for one in broken), to=sys.stderr)
                return None
            found = counties(schools, standard, items, options.relax, options.rounding).sort("county_id")
            return _whole(
                found.collect(engine="in-memory")
            )  # in one order: the same input gives the same bytes
    except Lacking as lacking:
        raise Refused(AT_FAULT, str(lacking)) from None


def _whole(found: Any) -> Any:
    """Return the table with pupils as the whole numbers that they are."""
    import polars as pl  # noqa: PLC0415

    return found.with_columns(pl.col("^pupils_.*$").cast(pl.Int64))


def _say(found: Any, standard: Any, out: Path) -> None:
    counts = {word: int((found["meets"].eq_missing(meets)).sum()) for meets, word in WORDS.items()}
    sections = sum(int(found[f"sections_{stage}"].sum()) for stage in ("primary", "junior"))
    listed = "，".join(f"{word}{n}个" for word, n in counts.items())
    say(
        f"按{standard.label}的{standard.resources_title}这一部分判定：{len(found)}个县，{sections}个学段部分。",
        f"{listed}。政府保障、教育质量等其余部分不在这里判。",
        f"写好了：{shown_path(out)}。",
    )
