"""Where a course is made: outside the project, in a folder that is replaced as a whole or not at all, and not with a trainer's own work in it."""

import errno
import glob
import hashlib
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from balancelib import __version__
from balancelib.course.root import ROOT
from balancelib.text import shown_path, why

MARKER = "made_by_balancelib.txt"  # stands in a folder that may be replaced
TRAINER, TESTS = "trainer", "tests.xlsx"
SUM = re.compile(r"^([0-9a-f]{64})  (.+)$", re.MULTILINE)  # as sha256sum writes it
OF_PROGRAMS = re.compile(r"(^|/)(\.|~\$|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)  # left by who only looked
MOST_NAMED = 3
FIRST_AWAY = "请先把它移到别处"
FULL = (errno.ENOSPC, errno.EDQUOT)
STOPS = ("SIGTERM", "SIGHUP", "SIGBREAK")  # asked to stop, terminal closed; not all systems have all
DAY = 24 * 3600  # seconds
LEFT, TEMPORARY = re.compile(r"[a-z0-9_]{8}"), re.compile(r"tmp[a-z0-9_]{8}")  # as `tempfile` names a folder


class OccupiedError(Exception):
    """A course cannot be made there: why, and what to do."""


def check_place(out: Path, home: Path, named: Iterable[str | None]) -> None:
    """Refuse a folder in the project, and one that holds what the course is made of: it is replaced as a whole.

    Parameters
    ----------
    out
        The course's folder.
    home
        Folder of its file.
    named
        Files that it names, from there.

    Raises
    ------
    OccupiedError
        It cannot be there.
    """
    out = Path(os.path.realpath(out))
    if out.is_relative_to(os.path.realpath(ROOT)):
        raise OccupiedError(
            "在项目文件夹里，县里的数和学员的姓名会跟着书一起发出去：请放到外面，例如--out ../class"
        )
    files = (home, *(home / name for name in named if name))
    if any(Path(os.path.realpath(file)).is_relative_to(out) for file in files):
        raise OccupiedError(
            "里有课程文件、县里的数或者标志，再做时会整个换掉：请把它们移到外面，或者换一个文件夹"
        )


def not_done(error: OSError, out: Path) -> str:
    """Say what the system refused, and what to do: to write there, to write what is needed meanwhile, or to read.

    Parameters
    ----------
    error
        What it said.
    out
        The course's folder.
    """
    error = _of_copying(error) if isinstance(error, shutil.Error) else error
    meanwhile, there = Path(tempfile.gettempdir()), Path(os.path.realpath(out))
    if error.errno in FULL:
        return f"磁盘满了：要写的是{shown_path(out)}，做的时候还用{meanwhile}。请腾出几百MB再做"
    if not isinstance(error.filename, str | bytes):
        said = why(error) if error.errno else error
        return f"做不下去：{said}。请再做一遍；还不行，检查{shown_path(out)}和{meanwhile}能不能写"
    at = Path(os.fsdecode(error.filename)).absolute()
    beside = _below(at, there.parent).startswith(f".{there.name}.")
    if there.is_relative_to(at) or at.is_relative_to(there) or beside:
        return f"写不进{shown_path(out)}：{why(error)}。请关闭正在使用它的程序，检查权限"
    if at == meanwhile or TEMPORARY.fullmatch(_below(at, meanwhile)):
        return f"写不进临时文件夹{meanwhile}：{why(error)}。请检查权限，或者用环境变量TMPDIR（Windows是TEMP）换一个"
    return f"读不出来{shown_path(at)}：{why(error)}。请关闭正在使用它的程序，检查权限"


def _of_copying(error: shutil.Error) -> OSError:
    """Return the first of the errors that copying a folder has collected; `shutil` keeps only their words."""
    (_, target, words), *_ = error.args[0] if isinstance(error.args[0], list) else [(None, None, error)]
    found = re.match(r"\[Errno (\d+)\][^:]*(?:: '(.+?)')?", str(words))
    return OSError(int(found[1]), "", found[2] or target) if found else error


def _below(path: Path, folder: Path) -> str:
    """Return what in a folder a path leads to or through; empty where it does not."""
    return path.relative_to(folder).parts[0] if path != folder and path.is_relative_to(folder) else ""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a request to stop end as Ctrl+C does: what was begun is taken away."""
    known = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    before = {one: signal.signal(one, _stop) for one in known}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def sign(folder: Path) -> None:
    """Write into a course's folder by whom it was made, and the SHA-256 of each file, by which a trainer's own work is known."""
    made = f"这个文件夹由balancelib course生成，再次生成会整个换掉。\n版本：{__version__}\n"
    sums = "".join(f"{digest}  {name}\n" for name, digest in digests(folder).items())
    (folder / MARKER).write_text(f"{made}做出来时各文件的SHA-256：\n{sums}", encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a course by its name, but for the marker and what programs leave."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(files.items())
        if name != MARKER and not OF_PROGRAMS.search(name)
    }


def check_replaced(out: Path) -> None:
    """Refuse a folder that was not made by us, or in which a trainer has written, or may have.

    Raises
    ------
    OccupiedError
        It cannot be replaced.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out.is_dir() and (out / MARKER).is_file()):
        raise OccupiedError("里有别的东西，不会覆盖：请给一个空的或还没有的文件夹")
    record = (out / MARKER).read_text(encoding="utf-8", errors="replace")
    made = {name: digest for digest, name in SUM.findall(record)}
    changed = [name for name, digest in digests(out).items() if made.get(name) != digest]
    if changed and not made:
        raise OccupiedError(
            f"是以前的版本做的，看不出里面有没有你抄的答案、改的幻灯片，再做会换掉：{FIRST_AWAY}"
        )
    if f"{TRAINER}/{TESTS}" in changed:
        raise OccupiedError(
            f"里的{TRAINER}/{TESTS}和做出来时不一样（抄了答案，或者另存过），再做会换掉：{FIRST_AWAY}"
        )
    if changed:
        named = "、".join(map(shown_path, changed[:MOST_NAMED])) + ("等" if len(changed) > MOST_NAMED else "")
        raise OccupiedError(
            f"里有{len(changed)}个文件是后来放进去的或者改过的（{named}），再做会换掉：{FIRST_AWAY}"
        )


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """Give a new folder beside `out` that takes its place when all went well; the old one stands until then.

    Raises
    ------
    OccupiedError
        What is there was not made by us, or a trainer has written into it.
    """
    out = Path(os.path.realpath(out))
    check_replaced(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    _clear(out)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        new.mkdir()
        yield new
        check_replaced(out)  # minutes went by: answers may have been written into it since
        if out.exists():
            out.replace(old)
        try:
            new.replace(out)
        except OSError:
            if out.exists():
                raise OccupiedError("里刚放进另一次运行做的，没有换掉：要这一次的，请再做一遍") from None
            if old.exists():
                old.replace(out)
            raise


def _clear(out: Path) -> None:
    """Take away what a run that was killed has left beside `out`; one that still goes on is younger than a day."""
    for left in out.parent.glob(f".{glob.escape(out.name)}.*"):
        if (
            LEFT.fullmatch(left.name.removeprefix(f".{out.name}."))
            and time.time() - left.stat().st_mtime > DAY
        ):
            shutil.rmtree(left, ignore_errors=True)
