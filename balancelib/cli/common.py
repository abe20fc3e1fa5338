"""What several commands do: read a county, find its standard, refuse, write."""

import argparse
import contextlib
import datetime
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from balancelib.console import output, say
from balancelib.text import shown, shown_path, to_do, why

DONE, AT_FAULT, WRONG_USAGE = 0, 1, 2
_DAY = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


class Refused(Exception):  # noqa: N818  not a fault of the program
    """The command cannot be done as asked: its exit code and message."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def say_faults(found: Iterable[Any], stream: TextIO) -> None:
    """List faults and warnings, and say where there is no fault."""
    by_severity = {"fault": [], "warning": []}
    for fault in found:
        by_severity[fault.severity].append(str(fault))
    faults, warnings = by_severity["fault"], by_severity["warning"]
    lines = []
    for title, these in (("错误（必须改正）", faults), ("提醒（请核实）", warnings)):
        if these:
            lines += [f"{title}：{len(these)}处", *(f"  {line}" for line in these)]
    if not faults:
        lines.append("没有错误，可以判定。")
    say(*lines, to=stream)


def asked_for(result: Any, county_id: str | None) -> list[Any]:
    """Return the verdicts on all counties, or on the one asked for."""
    verdicts = result if isinstance(result, list) else [result]
    return [verdict for verdict in verdicts if county_id in (None, verdict.county_id)]


def own_standard(options: argparse.Namespace) -> Path | None:
    """Return the file of a standard of the user's own, which is input too."""
    return Path(options.standard) if options.standard.endswith(".toml") else None


def read(path: Path, previous: Path | None = None, only: Any = None) -> Any:
    """Read a county, or ``only`` some tables of it, and compare it with an earlier year; say what is at fault and return None."""
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    try:
        return read_county(path, previous, only=only)
    except InputError as error:
        say_faults(error.faults, sys.stderr)
        return None


def read_one(path: Path, doing: str, only: Any = None) -> Any:
    """Read a county as `read` does, and refuse data of several: what the command is ``doing`` it does for one."""
    county = read(path, only=only)
    if county is not None and county.several:
        raise Refused(WRONG_USAGE, f"数据里有几个县，一次{doing}一个县：请把一个县的行单独存成一份")
    return county


def check_counties(options: argparse.Namespace, county: Any) -> None:
    """Refuse a county that is not there, and arithmetic that would be one county's when there are several."""
    codes = list(county.schools["county_id"].dropna().unique())
    if options.county is not None and options.county not in codes:
        if not codes:
            raise Refused(WRONG_USAGE, "数据里没有县区代码，只有一个县；请去掉 --county")
        known = "、".join(codes[:10]) + ("……" if len(codes) > 10 else "")
        raise Refused(WRONG_USAGE, f"数据里没有县区代码{shown(options.county)}；有：{known}")
    if options.explain and str(options.json) == "-":
        raise Refused(WRONG_USAGE, "--explain是给人看的，不能和--json -一起用；请把JSON写进文件")
    if options.explain and options.county is None and len(codes) > 1:
        raise Refused(
            WRONG_USAGE, f"数据里有{len(codes)}个县，--explain 要指明一个：请加上 --county 县区代码"
        )


def standard_named(options: argparse.Namespace) -> Any:
    """Load the standard that was asked for, and refuse relaxations and indicators that it does not have."""
    from balancelib.standards import StandardError, bundled, load_standard  # noqa: PLC0415

    if not options.standard.endswith(".toml") and options.standard not in bundled():
        known = "、".join(bundled())
        raise Refused(
            WRONG_USAGE, f"没有名为{shown(options.standard)}的标准；自带的有{known}，省标准请给出.toml文件"
        )
    try:
        standard = load_standard(options.standard)
        from balancelib.county.terms import check_fields  # noqa: PLC0415

        check_fields(standard)
    except StandardError as error:
        raise Refused(AT_FAULT, str(error)) from None
    known = {relaxation.key: relaxation.label for relaxation in standard.relaxations}
    for key in options.relax:
        if key not in known:
            listed = "；".join(f"{k}（{label}）" for k, label in known.items()) or "（无）"
            raise Refused(WRONG_USAGE, f"没有放宽条款{shown(key)}；可用的有：{listed}")
    if options.explain and options.explain not in (indicators := [i.key for i in standard.indicators]):
        raise Refused(WRONG_USAGE, f"没有指标{shown(options.explain)}；可用的有：{'、'.join(indicators)}")
    return standard


def a_day(option: str, text: str) -> datetime.date:
    """Return a day that was given; of the ways to write one, the one that everybody reads."""
    with contextlib.suppress(ValueError):  # there is no such day
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
    raise Refused(WRONG_USAGE, f"{option}要一个日期，写成2025-12-01这样，现在是“{shown(text)}”")


def ends_with(target: Path, *ends: str) -> None:
    """Refuse to write a file of another kind."""
    if target.suffix.lower() not in ends:
        raise Refused(WRONG_USAGE, f"{shown_path(target)}：文件名要以{'或'.join(ends)}结尾")


def keep_input(target: Path | None, *sources: Path | None) -> None:
    """Refuse to write a result over what the command reads."""
    from balancelib.county.files import is_input  # noqa: PLC0415

    if target is None or str(target) == "-":
        return
    if any(is_input(target, source) for source in sources if source is not None):
        message = f"{shown_path(target)}是输入的数据，结果不会覆盖它；请换一个文件名"
        raise Refused(WRONG_USAGE, message)


def keep_what_is_there(target: Path, why: str = "", instead: str = "文件名") -> None:
    """Refuse to write over what is there; ``why`` says what it may be."""
    if target.exists() or target.is_symlink():
        because = f"（{why}）" if why else ""
        raise Refused(WRONG_USAGE, f"已经有{shown_path(target)}，不会覆盖它{because}；请换一个{instead}")


def write_json(path: Path, objects: Iterable[Any], many: bool = False) -> None:
    """Write objects one after the other, as a list where there are ``many``, whole or not at all."""
    import msgspec  # noqa: PLC0415

    from balancelib.county.files import whole_or_absent  # noqa: PLC0415

    def pieces() -> Iterable[bytes]:
        yield b"[" if many else b""
        for i, item in enumerate(objects):
            yield (b",\n" if i else b"") + msgspec.json.encode(item)
        yield b"]\n" if many else b"\n"

    if str(path) == "-":
        with output(sys.stdout) as stream:
            stream.flush()
            stream.buffer.writelines(pieces())
        return
    with writing(path), whole_or_absent(path) as temporary, temporary.open("wb") as file:
        file.writelines(pieces())


def write(path: Path, content: bytes, fresh: bool = False) -> None:
    """Write a file whole or not at all; where ``fresh``, over nothing."""
    from balancelib.county.files import whole_or_absent  # noqa: PLC0415

    with writing(path), whole_or_absent(path, fresh) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def needing_book() -> Iterator[None]:
    """Refuse what needs the packages that build the book, where one of them is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"这个命令要用生成书的软件包，这里缺{error.name}：请在项目文件夹里按说明安装（make book）"
        raise Refused(WRONG_USAGE, message) from None


class writing:  # noqa: N801  reads as a phrase: with writing(path)
    """Turn a failure to write into a message."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            message = f"写不进{shown_path(self.path)}：{why(error)}。{to_do(error)}"
            raise Refused(WRONG_USAGE, message) from None
