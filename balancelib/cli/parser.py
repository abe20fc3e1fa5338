"""An argument parser that speaks Chinese."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TextIO

from balancelib.cli.common import WRONG_USAGE
from balancelib.console import say
from balancelib.text import shown

_USAGE_ERRORS = (
    (r"the following arguments are required: (?P<known>.+)", "缺少：{known}"),
    (r"unrecognized arguments: (?P<given>.+)", "不认识的参数：{given}"),
    (
        r"argument (?P<known>\S+): invalid choice: '?(?P<given>.*?)'? \(choose from (?P<choices>.+)\)",
        "{known}没有“{given}”这个选择，可选：{choices}",
    ),
    (
        r"argument (?P<known>\S+): invalid int value: '(?P<given>.+)'",
        "{known}要整数，现在是“{given}”",
    ),
    (
        r"argument (?P<known>\S+): invalid float value: '(?P<given>.+)'",
        "{known}要一个数，现在是“{given}”",
    ),
    (r"argument (?P<known>\S+): expected (?:one|at least one) argument", "{known}后面缺少内容"),
    (r"argument (?P<known>\S+): ignored explicit argument '(?P<given>.*)'", "{known}后面不带内容“{given}”"),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **options)
        self._positionals.title, self._optionals.title = "内容", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这些说明")

    def error(self, message: str) -> NoReturn:
        """Say in Chinese what is wrong with the command, and end."""
        said = "命令写得不对"
        for pattern, chinese in _USAGE_ERRORS:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                groups = found.groupdict()
                said = chinese.format(**groups | {"given": shown(groups.get("given", ""))})
                break
        self.exit(WRONG_USAGE, f"{said}\n{self.format_usage()}")

    def _print_message(self, message: str, file: TextIO | None = None) -> None:
        if message:
            say(message, to=file or sys.stderr, end="")


def command(commands: Any, name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
    """Add a command: its name, what runs it, and what it does in a few words."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def add_judged(parser: argparse.ArgumentParser) -> None:
    """Add what the commands ask that judge a county: which data, by which rules."""
    parser.add_argument("path", type=Path, metavar="路径", help="工作簿、CSV文件夹，或装着报表的文件夹")
    parser.add_argument(
        "--standard", default="quality-2017", metavar="名称或文件.toml", help="标准（默认quality-2017）"
    )
    parser.add_argument(
        "--relax", nargs="+", action="extend", default=[], metavar="条款", help="使用哪些放宽条款"
    )
    parser.add_argument("--county", metavar="县区代码", help="数据有几个县时，只看这一个")
