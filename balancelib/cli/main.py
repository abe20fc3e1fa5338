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
from balancelib.cli.common import WRONG_USAGE, Refused
from balancelib.cli.parser import Parser
from balancelib.console import Unwritable, prepare, say
from balancelib.text import shown_path, to_do, why

INTERRUPTED = 130  # as a shell reports Ctrl-C
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
        prepare()
        options = _parser().parse_args(arguments)
        return options.run(options)
    except Refused as refused:
        code, message = refused.code, str(refused)
    except Unwritable as error:
        code, message = WRONG_USAGE, f"结果写不出来：{error}"
    except OSError as error:  # what is not about the place that is written to: see `writing`
        code, message = WRONG_USAGE, f"没有做成，{_named(error)}{why(error)}。{to_do(error)}"
    except KeyboardInterrupt:
        code, message = INTERRUPTED, "已中断"
    finally:
        gc.enable()
    with contextlib.suppress(Unwritable):
        say(message, to=sys.stderr)
    return code


def _named(error: OSError) -> str:
    return "" if error.filename is None else f"{shown_path(error.filename)}："


def _parser() -> Parser:
    parser = Parser(prog="balancelib", description="县域义务教育均衡发展：从一个县的数据到官方标准的判定。")
    parser.add_argument("--version", action="version", version=balancelib.__version__, help="显示版本")
    commands = parser.add_subparsers(metavar="命令", required=True, dest="命令", parser_class=Parser)
    for group in GROUPS:
        group.add(commands)
    return parser
