"""The command ``balancelib``: exit 0 done, 1 the input is at fault, 2 wrong usage."""

import contextlib
import gc
import logging
import sys
from collections.abc import Sequence

import balancelib
from balancelib.cli import (
    county,
    groups,
    inspect,
    judge,
    marking,
    national,
    progress,
    quality,
    returns,
    standards,
    teachers,
    training,
)
from balancelib.cli.common import Refused
from balancelib.cli.parser import Parser
from balancelib.console import Unwritable, guarded, say

GROUPS = (
    county,
    judge,
    national,
    standards,
    returns,
    teachers,
    quality,
    groups,
    progress,
    inspect,
    training,
    marking,
)  # of commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    # What it says of its cache is in English, and nobody needs it.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    gc.disable()  # it would walk the millions of cells of a large county again and again: a quarter of the time
    try:
        return guarded(lambda: _run(arguments))
    finally:
        gc.enable()


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        return options.run(options)
    except Refused as refused:
        with contextlib.suppress(Unwritable):
            say(refused, to=sys.stderr)
        return refused.code


def _parser() -> Parser:
    parser = Parser(prog="balancelib", description="县域义务教育均衡发展：从一个县的数据到官方标准的判定。")
    parser.add_argument("--version", action="version", version=balancelib.__version__, help="显示版本")
    commands = parser.add_subparsers(metavar="命令", required=True, dest="命令", parser_class=Parser)
    for group in GROUPS:
        group.add(commands)
    return parser
