"""What the command writes to: a terminal, a pipe or a file; always readable, and no traceback where it is closed or full."""

import codecs
import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from balancelib.text import shown_path, to_do, why, width

FAILED, INTERRUPTED = 2, 130  # the second as a shell reports Ctrl-C

_READER_GONE = {errno.EPIPE, errno.ESHUTDOWN, errno.EINVAL}  # Windows says EINVAL


class Unwritable(Exception):  # noqa: N818  not a fault of the program
    """The output cannot be written; says why."""


def guarded(work: Callable[[], int | None]) -> int:
    """Run what a program does and return its exit code; what the system refuses is said in Chinese, without a traceback."""
    try:
        prepare()
        return work() or 0
    except Unwritable as error:
        code, message = FAILED, f"结果写不出来：{error}"
    except OSError as error:  # what is not said nearer to where it happens
        code, message = FAILED, f"没有做成，{_named(error)}{why(error)}。{to_do(error)}"
    except KeyboardInterrupt:
        code, message = INTERRUPTED, "已中断"
    with contextlib.suppress(Unwritable):
        say(message, to=sys.stderr)
    return code


def _named(error: OSError) -> str:
    return "" if error.filename is None else f"{shown_path(error.filename)}："


def prepare() -> None:
    """Set the encodings of both outputs; raise `Unwritable` where there is no standard output at all."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  stays open till the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console may lack a sign such as √, and a path may hold what is no character at all.
            stream.reconfigure(encoding=_encoding(stream), errors="backslashreplace")
    if sys.stdout is None:
        raise Unwritable("标准输出已经关闭")


def _encoding(stream: io.TextIOWrapper) -> str:
    """UTF-8, but for a terminal that has Chinese in an encoding of its own, or where the user asked for another."""
    asked = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    no_chinese = codecs.lookup(stream.encoding).name == "ascii"
    return "utf-8" if no_chinese or not (stream.isatty() or asked) else stream.encoding


@contextlib.contextmanager
def output(stream: TextIO) -> Iterator[TextIO]:
    """Give a stream to write to: quiet where its reader has gone (``| head``), `Unwritable` where it is full."""
    try:
        yield stream
        stream.flush()
    except OSError as error:
        _discard(stream)
        if error.errno not in _READER_GONE:
            raise Unwritable(why(error)) from None


def _discard(stream: TextIO) -> None:
    """Send to nowhere what Python would still try to write at its end."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def say(*lines: Any, to: TextIO | None = None, end: str = "\n") -> None:
    """Print lines, on the standard output by default."""
    with output(sys.stdout if to is None else to) as stream:
        print(*lines, sep="\n", end=end, file=stream)


class Progress:
    """One line on a terminal that says what is being done, written over each time; nothing where there is no terminal.

    Used as a context: at its end the line is gone.
    """

    def __init__(self) -> None:
        self.shown = 0 if sys.stderr.isatty() else None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.tell("")

    def tell(self, text: str) -> None:
        """Put a text in the place of the last one."""
        if self.shown is not None:
            blanks = " " * max(self.shown - width(text), 0)
            say(f"\r{text}{blanks}" + ("" if text else "\r"), to=sys.stderr, end="")
            self.shown = width(text)
