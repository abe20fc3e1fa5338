"""Where returned notebooks run: bubblewrap, a filter of system calls, limits of memory, time and size.

Inside there are Python with its packages, the library without the right answers, and the data, all read-only; a small folder in memory
to write in; no network, no other process, no file of the trainer's or of another trainee. A notebook that takes too long or ends its
process is started again without the cell at which that happened, so that its other exercises are marked.
"""

import contextlib
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from balancelib.course.exercises.session import SEED
from balancelib.course.training.marking.answers import (
    MOST_EVENTS,
    CellStarted,
    Done,
    Event,
    Nonsense,
    Ready,
    read_event,
)
from balancelib.course.training.marking.walls import HERE, SCRIPT, filter_open, walled

LONGEST_SAID = 2000  # bytes
LOADING, LOOK = (
    120.0,
    0.2,
)  # seconds: to load what all notebooks need, and from one look at its folder to the next


@dataclass(frozen=True)
class Limits:
    """What one notebook may take.

    Attributes
    ----------
    memory : int
        Bytes that its process may hold, mapped files included; nothing of it is swapped in for others.
    files, entries : int
        Bytes that it may write, all files together, and how many files and folders these may be.
    cell, wait, whole : float
        Seconds of the processor for one cell; seconds that it may take where it waits or the machine is busy; and seconds for all
        cells of the notebook, those that are run anew included.
    threads : int
        How many more threads and processes its user may have than now.
    output : int
        Bytes of answers and reports that are read from it.
    restarts : int
        How often it is started again without a cell that ended it.
    """

    memory: int = 2**30
    files: int = 2**24
    entries: int = 1_000
    cell: float = 30.0
    wait: float = 90.0
    whole: float = 240.0
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
    """What a notebook did: the events in their order, and the cells that ended it, each with how: ``time``, ``died``, ``output`` or ``files``."""

    events: list[Event] = field(default_factory=list)
    ended: dict[int, str] = field(default_factory=dict)
    unrun: set[int] = field(default_factory=set)
    seconds: float = 0.0  # that its cells took, in all runs
    said: str = ""  # by the sandbox itself, where it did not even begin


def run_apart(cells: Sequence[tuple[int, str]], folder: str, limits: Limits, seed: int = SEED) -> Run:
    """Run the code of a notebook's cells, each with its number, in a folder ``notebooks/<folder>``.

    Where it names no county itself, it is done in that of the seed.
    """
    run, left = Run(), list(cells)
    for _ in range(limits.restarts + 1):
        job = {"cells": left, "limits": limits.inside(), "seconds": limits.cell, "seed": seed}
        stopped = _once(job, folder, limits, run)
        if stopped is None:
            return run
        cell, how = stopped
        run.ended[cell] = how
        left = [(index, source) for index, source in left if index != cell]
        if cell < 0:
            run.said = run.said or "没有在规定的时间里开始"
        if run.seconds > limits.whole or how == "output" or cell < 0:
            break
    begun = max(run.ended, default=-1)
    run.unrun = {index for index, _ in left if index > begun}
    return run


def _once(job: Mapping[str, Any], folder: str, limits: Limits, run: Run) -> tuple[int, str] | None:
    """Run the cells of a job in a new sandbox; return the cell at which it ended early, and how, or nothing where it ran to its end."""
    run.events = []  # all of it is run anew
    work = f"{HERE}/notebooks/{folder}"
    told, tell = os.pipe()
    with filter_open() as filtered, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(job).encode())
        given.seek(0)
        walls = walled(filtered, work, limits.files, ["--info-fd", str(tell)])
        command = [*walls, sys.executable, "-P", "-s", f"{HERE}/{SCRIPT}"]
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=said, pass_fds=[filtered, tell]
        ) as process:
            os.close(tell)
            try:
                stopped = _followed(process.stdout, _Folder(told, work, limits.entries), run, limits)
            finally:
                process.kill()  # bubblewrap's death is that of all that runs in it
                os.close(told)
        said.seek(0)
        run.said = said.read(LONGEST_SAID).decode("utf-8", "replace") if not run.events else ""
        return stopped


def _followed(stream: BinaryIO, folder: "_Folder", run: Run, limits: Limits) -> tuple[int, str] | None:
    """Take in the events until the end, or until the time is over or too much has come; as `_once` returns."""
    heard, how = _Heard(run, limits), ""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not how:
            if (left := heard.clock.left()) <= 0:
                how = "time"
            elif folder.full():
                how = "files"
            elif selector.select(min(left, LOOK)):
                how = heard.take(os.read(stream.fileno(), 2**16))
    run.seconds = heard.clock.spent()
    return None if how == "done" else (heard.cell, how)


class _Heard:
    """What has been heard from a sandbox, and at which cell it is."""

    def __init__(self, run: Run, limits: Limits) -> None:
        self.run, self.limits, self.clock = run, limits, _Clock(limits, run.seconds)
        self.cell, self.read, self.rest = -1, 0, b""

    def take(self, piece: bytes) -> str:
        """Take in what was read; return how it ended, if it did."""
        self.read += len(piece)
        *lines, self.rest = (self.rest + piece).split(b"\n")
        if self.read > self.limits.output or len(self.run.events) + len(lines) > MOST_EVENTS:
            return "output"
        try:
            events = [read_event(line) for line in lines]
        except Nonsense:
            return "output"
        for event in events:
            self.cell = event.cell if isinstance(event, CellStarted) else self.cell
            self.clock.heard(event)
        self.run.events += events
        if any(isinstance(event, Done) for event in events):
            return "done"
        return "" if piece else "died"


class _Folder:
    """The folder that a notebook may write in, seen from outside: its size is bounded by its mount, its number of files is not.

    Parameters
    ----------
    told
        Where bubblewrap writes which process is the sandbox's first.
    work
        The folder, as the sandbox sees it.
    most
        How many files and folders it may hold.
    """

    def __init__(self, told: int, work: str, most: int) -> None:
        text = b""
        while b"}" not in text and (piece := os.read(told, 1024)):
            text += piece
        found = re.search(rb'"child-pid": (\d+)', text)
        self.path, self.most = f"/proc/{int(found[1])}/root{work}" if found else "", most

    def full(self) -> bool:
        """Whether it holds too many files; each takes memory that no limit of the process counts."""
        try:
            found = os.statvfs(self.path)
        except OSError:  # not yet there, or gone
            return False
        return found.f_files - found.f_ffree > self.most


class _Clock:
    """How long is waited for the next word: for Python and its packages to be loaded, for a cell to end, for the notebook."""

    def __init__(self, limits: Limits, before: float) -> None:
        self.limits, self.before, self.begun = limits, before, None
        self.ends = time.monotonic() + LOADING

    def heard(self, event: Event) -> None:
        """Note that cells begin, or the next one does; a cell is asked to end by itself before it is made to."""
        if isinstance(event, Ready) and self.begun is None:  # a notebook may write such words itself
            self.begun = time.monotonic()
        if isinstance(event, Ready | CellStarted):
            whole = (self.begun or time.monotonic()) + self.limits.whole - self.before
            self.ends = min(time.monotonic() + self.limits.wait, whole)

    def left(self) -> float:
        """Return the seconds left, 0 where the time is over."""
        return max(self.ends - time.monotonic(), 0.0)

    def spent(self) -> float:
        """Return the seconds that cells have taken, in earlier runs too."""
        return self.before + (time.monotonic() - self.begun if self.begun else 0.0)


def _threads_now() -> int:
    """Return how many threads run for the user of the sandbox: older kernels count all of them against its limit."""
    user = 65534 if os.getuid() == 0 else os.getuid()
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == user:
                found += sum(1 for _ in (process / "task").iterdir())
    return found
