"""The command of the official rules, ``standards``: which there are, what two versions say differently, which verdicts turn."""

import argparse
from pathlib import Path
from typing import Any

from balancelib.cli.common import AT_FAULT, DONE, WRONG_USAGE, Refused, read, standard_named
from balancelib.cli.parser import command
from balancelib.console import say
from balancelib.text import cleaned


def add(commands: Any) -> None:
    """Add the command."""
    standards = command(
        commands, "standards", _standards, "有哪些标准；标准换了版本，改了什么，哪些判定会翻转"
    )
    standards.add_argument(
        "--changes", nargs=2, metavar=("旧标准", "新标准"), help="两个标准的名称或文件.toml，逐条列出不同"
    )
    standards.add_argument(
        "--data", type=Path, metavar="路径", help="县的工作簿或CSV文件夹：列出会翻转的判定"
    )


def _standards(options: argparse.Namespace) -> int:
    if options.changes is None:
        if options.data is not None:
            raise Refused(WRONG_USAGE, "--data要和--changes一起用：请写明旧标准和新标准")
        return _list()
    before, after = map(_loaded, options.changes)
    _say_changes(before, after)
    return DONE if options.data is None else _say_turned(options.data, before, after)


def _list() -> int:
    from balancelib.standards import bundled, load_standard  # noqa: PLC0415  each command loads what it needs

    for name in bundled():
        one = load_standard(name)
        documents = "、".join(f"《{d.title}》（{d.number}）" for d in one.documents)
        say(f"{name}  版本{one.version}  {one.label}：{documents}")
    return DONE


def _loaded(name: str) -> Any:
    return standard_named(argparse.Namespace(standard=name, relax=(), explain=None))


def _say_changes(before: Any, after: Any) -> None:
    from balancelib.standards.changes import changes  # noqa: PLC0415

    found = changes(before, after)
    say(f"{before.file}（版本{before.version}）→{after.file}（版本{after.version}）：{len(found)}处不同")
    for one in found:
        say(cleaned(f"  {one.key}：{one.before} → {one.after}"))


def _say_turned(path: Path, before: Any, after: Any) -> int:
    """Judge the counties by both, and say which verdicts turn."""
    from balancelib.assess import assess, turned  # noqa: PLC0415

    if (county := read(path)) is None:
        return AT_FAULT
    results = (assess(county, standard) for standard in (before, after))
    pairs = zip(*(one if isinstance(one, list) else [one] for one in results), strict=True)
    for old, new in pairs:
        found = turned(old, new)
        place = f"县区{old.county_id}：" if old.county_id else ""
        say(f"{place}翻转的判定有{len(found)}个" if found else f"{place}没有判定翻转")
        for one in found:
            say(cleaned(f"  {one.what}：{one.before} → {one.after}"))
    return DONE
