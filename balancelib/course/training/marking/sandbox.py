"""Where returned notebooks run: bubblewrap, a filter of system calls, limits of memory, time and size.

Inside there are Python with its packages, the library without the right answers, and the data, all read-only; a small folder in memory
to write in; no network, no other process, no file of the trainer's or of another trainee. A notebook that takes too long or ends its
process is started again without the cell at which that happened, so that its other exercises are marked.
"""

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import balancelib
from balancelib.course.training.marking.answers import (
    MOST_EVENTS,
    CellStarted,
    Done,
    Event,
    Nonsense,
    Ready,
    read_event,
)
from balancelib.course.training.marking.seccomp import UnknownMachine, compiled

PACKAGE = Path(balancelib.__file__).parent
DATA = PACKAGE.parent / "data"
HERE, SCRIPT = "/course", "balancelib/course/training/marking/inside.py"
LONGEST_SAID = 2000  # bytes
ANSWERS = "balancelib/course/exercises"  # the folder that is empty inside
TO_DO = (
    "判卷要在Linux上做：学员的笔记本是外来的程序，只能关在bubblewrap里运行。"
    "Windows上请装WSL（wsl --install），在里面装balancelib；Debian、Ubuntu：sudo apt-get install bubblewrap。"
)
FORBIDDEN = "这台机器不让bubblewrap开隔离的环境（常见于容器里）。请换一台普通的Linux电脑，或请管理员允许用户命名空间。系统的话：{}"
UNKNOWN = "不知道这种处理器（{}）的系统调用编号，关不住外来的程序。请换一台x86_64或aarch64的Linux电脑。"


@dataclass(frozen=True)
class Limits:
    """What one notebook may take.

    Attributes
    ----------
    memory : int
        Bytes that its process may hold, mapped files included; nothing of it is swapped in for others.
    files : int
        Bytes that it may write, all files together.
    cell, whole : float
        Seconds for one cell, and for the notebook.
    threads : int
        How many more threads and processes its user may have than now.
    output : int
        Bytes of answers and reports that are read from it.
    restarts : int
        How often it is started again without a cell that ended it.
    """

    memory: int = 2**30
    files: int = 2**24
    cell: float = 30.0
    whole: float = 180.0
    threads: int = 64
    output: int = 2**22
    restarts: int = 3

    def inside(self) -> dict[str, int]:
        """Return the limits that the kernel keeps, by their names in ``resource``."""
        return {
            "RLIMIT_AS": self.memory,
            "RLIMIT_CPU": round(self.whole) + 1,
            "RLIMIT_NPROC": _threads_now() + self.threads,
            "RLIMIT_FSIZE": self.files,
            "RLIMIT_NOFILE": 64,
            "RLIMIT_CORE": 0,
        }


@dataclass
class Run:
    """What a notebook did: the events in their order, and the cells that ended it, each with how: ``time``, ``died`` or ``output``."""

    events: list[Event] = field(default_factory=list)
    ended: dict[int, str] = field(default_factory=dict)
    unrun: set[int] = field(default_factory=set)
    said: str = ""  # by the sandbox itself, where it did not even begin


class NoSandbox(Exception):  # noqa: N818  said to the trainer
    """Notebooks cannot be run apart here; says why and what to do."""


def check_sandbox() -> None:
    """Try whether notebooks can be run apart on this machine.

    Raises
    ------
    NoSandbox
        They cannot.
    """
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        raise NoSandbox(f"这台电脑上没有bubblewrap（命令bwrap）。{TO_DO}")
    try:
        with _filter() as filtered:
            tried = [*_command(filtered, "/tmp"), sys.executable, "-I", "-c", "print('ok')"]
            done = subprocess.run(tried, pass_fds=[filtered], capture_output=True, timeout=60, check=False)
    except UnknownMachine as machine:
        raise NoSandbox(UNKNOWN.format(machine)) from None
    if done.stdout != b"ok\n":
        raise NoSandbox(FORBIDDEN.format(done.stderr.decode("utf-8", "replace")[-300:].strip()))


def run_apart(cells: Sequence[tuple[int, str]], folder: str, limits: Limits) -> Run:
    """Run the code of a notebook's cells, each with its number, in a folder ``notebooks/<folder>``."""
    run, left, ends = Run(), list(cells), time.monotonic() + limits.whole
    for _ in range(limits.restarts + 1):
        stopped = _once(left, folder, limits, run, ends)
        if stopped is None:
            return run
        cell, how = stopped
        run.ended[cell] = how
        left = [(index, source) for index, source in left if index != cell]
        if time.monotonic() > ends or how == "output" or cell < 0:
            break
    begun = max(run.ended, default=-1)
    run.unrun = {index for index, _ in left if index > begun}
    return run


def _once(
    cells: Sequence[tuple[int, str]], folder: str, limits: Limits, run: Run, ends: float
) -> tuple[int, str] | None:
    """Run the cells in a new sandbox; return the cell at which it ended early, and how, or nothing where it ran to its end."""
    run.events = []  # all of it is run anew
    work = f"{HERE}/notebooks/{folder}"
    job = {"cells": cells, "limits": limits.inside(), "seconds": limits.cell, "work": work}
    with _filter() as filtered, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(job).encode())
        given.seek(0)
        command = [*_command(filtered, work, limits.files), sys.executable, "-P", "-s", f"{HERE}/{SCRIPT}"]
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=said, pass_fds=[filtered]
        ) as process:
            try:
                stopped = _followed(process.stdout, run, limits, ends)
            finally:
                process.kill()  # bubblewrap's death is that of all that runs in it
        said.seek(0)
        run.said = said.read(LONGEST_SAID).decode("utf-8", "replace") if not run.events else ""
        return stopped


def _followed(
    stream: BinaryIO, run: Run, limits: Limits, ends: float
) -> tuple[int, str] | None:
    """Take in the events until the end, or until the time is over or too much has come; as `_once` returns."""
    cell, read, rest = -1, 0, b""
    cell_ends = time.monotonic() + max(60.0, limits.cell)  # to load what all notebooks need
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            wait = min(cell_ends, ends) - time.monotonic()
            if wait <= 0 or not selector.select(wait):
                return cell, "time"
            piece = os.read(stream.fileno(), 2**16)
            if not piece:
                return cell, "died"
            read += len(piece)
            *lines, rest = (rest + piece).split(b"\n")
            if read > limits.output or len(run.events) + len(lines) > MOST_EVENTS:
                return cell, "output"
            for line in lines:
                try:
                    event = read_event(line)
                except Nonsense:
                    return cell, "output"
                run.events.append(event)
                if isinstance(event, Done):
                    return None
                if isinstance(event, CellStarted | Ready):
                    cell = event.cell if isinstance(event, CellStarted) else cell
                    cell_ends = time.monotonic() + limits.cell + 3  # it is first asked to end by itself


# bubblewrap


def _command(filtered: int, work: str, files: int = 2**20) -> list[str]:
    """Return the command that starts a program apart, without the program."""
    root = os.getuid() == 0
    # The administrator needs no namespace of users; the program becomes nobody by itself, so that the kernel counts its threads.
    apart = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    rights = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user"]
    command = ["bwrap", *apart, *rights, "--die-with-parent", "--new-session", "--hostname", "marking"]
    command += ["--clearenv", "--seccomp", str(filtered), *_system(), *_library()]
    command += ["--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--perms", "1777", "--size", str(files), "--tmpfs", work, "--chdir", work, "--remount-ro", "/"]
    environment = {
        "HOME": work,
        "TMPDIR": work,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "nobody",
        "PYTHONPATH": HERE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",  # address space counts, and each arena and pool would claim a great deal of it
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    return command + [word for name, value in environment.items() for word in ("--setenv", name, value)]


def _system() -> list[str]:
    """Return what shows Python and the system's libraries inside, read-only."""
    shown = []
    for path in ("/lib", "/lib64", "/lib32", "/bin"):
        if os.path.islink(path):
            shown += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            shown += ["--ro-bind", path, path]
    prefixes = {sys.base_prefix, sys.prefix, str(Path(sys.executable).resolve().parents[1])}
    for path in sorted(prefixes | {"/usr"}, key=len):
        if path == "/usr" or not path.startswith("/usr/"):
            shown += [*_ways_to(path), "--ro-bind", path, path]
    for path in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"):
        shown += ["--ro-bind-try", path, path]
    return shown


def _library() -> list[str]:
    """Return what shows the library and the data, read-only, and in the place of the right answers an empty folder."""
    shown = [*_ways_to(f"{HERE}/balancelib"), "--ro-bind", str(PACKAGE), f"{HERE}/balancelib"]
    shown += ["--tmpfs", f"{HERE}/{ANSWERS}", "--remount-ro", f"{HERE}/{ANSWERS}"]
    return shown + (["--ro-bind", str(DATA), f"{HERE}/data"] if DATA.is_dir() else [])


def _ways_to(path: str) -> list[str]:
    """Return what makes the folders above a path, which everybody may pass: bubblewrap would let only the administrator."""
    above = [str(folder) for folder in reversed(Path(path).parents) if str(folder) != "/"]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


@contextlib.contextmanager
def _filter() -> Iterator[int]:
    """Give the filter of system calls as an open file."""
    with tempfile.TemporaryFile() as file:
        file.write(compiled())
        file.seek(0)
        yield file.fileno()


def _threads_now() -> int:
    """Return how many threads run for the user of the sandbox: older kernels count all of them against its limit."""
    user = 65534 if os.getuid() == 0 else os.getuid()
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == user:
                found += sum(1 for _ in (process / "task").iterdir())
    return found
