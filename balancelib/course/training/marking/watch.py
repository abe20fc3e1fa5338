"""What a notebook tries that exercises never need, noted in the sandbox by Python's audit events.

The walls of the sandbox hold whether it is noted or not: a notebook that gets around the notes gets no further.
"""

import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ANSWERS = "balancelib.course.exercises"
ALLOWED = ("/course/notebooks/", "/course/data/")  # where a notebook may look for files
LIBRARY = sysconfig.get_path("stdlib")
OURS = tuple(f"{path}/" for path in (sys.prefix, sys.base_prefix, "/course/balancelib", "/usr"))
# What a notebook of this course has no reason to do itself, by the name of Python's audit event.
EVENTS = {
    "network": ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"),
    "program": ("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"),
    "kill": ("os.kill", "os.killpg", "signal.pthread_kill"),
    "native": ("ctypes.dlopen", "ctypes.string_at", "ctypes.cdata"),
    "files": ("open", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.rmtree"),
}  # fmt: skip
WHAT = {event: what for what, events in EVENTS.items() for event in events}


class Watch:
    """Notes what the notebook's own code tries that exercises never need; the walls hold whether it is noted or not."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self.tell = tell
        self.cell, self.noted, self.on = -1, set(), False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Look at what Python is about to do (`sys.addaudithook`)."""
        if not self.on:
            return
        if event == "import" and str(arguments[0]).startswith(f"{ANSWERS}."):
            self.note("answers")
        elif (what := WHAT.get(event)) and self._noted(event, what, arguments):
            self.note(what)

    def _noted(self, event: str, what: str, arguments: tuple[Any, ...]) -> bool:
        """Whether it is worth a note: libraries look for programs and files themselves, and never for the network."""
        if what == "network" and event != "socket.__new__":
            return True
        return self._direct() and (what != "files" or self._outside(arguments))

    def note(self, what: str) -> None:
        """Tell it, once a cell."""
        if (self.cell, what) not in self.noted:
            self.noted.add((self.cell, what))
            self.tell("tried", cell=self.cell, what=what)

    def _direct(self) -> bool:
        """Whether the notebook asks for it itself, if by way of Python's own modules; not what a library does, or an import."""
        frame: FrameType | None = sys._getframe(3)  # above this, `_noted` and `__call__`
        while frame is not None and _of_python(frame.f_code.co_filename):
            frame = frame.f_back
        return frame is not None and not frame.f_code.co_filename.startswith((*OURS, "<frozen importlib"))

    def _outside(self, arguments: tuple[Any, ...]) -> bool:
        """Whether a file lies where the notebook has nothing to do."""
        if not arguments or not isinstance(arguments[0], str | bytes | os.PathLike):
            return False
        path = f"{os.path.normpath(Path.cwd() / os.fsdecode(arguments[0]))}/"
        return not path.startswith(ALLOWED)


def _of_python(file: str) -> bool:
    if file.startswith("<frozen"):
        return "importlib" not in file
    return file.startswith(LIBRARY) and "site-packages" not in file
