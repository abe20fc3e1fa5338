"""What runs apart: the cells of one returned notebook, one after the other, in a Python that its own code may do with as it likes.

Started by `balancelib.course.training.marking.sandbox` inside bubblewrap, as a script. It takes the cells as JSON from the standard input and
writes what happens as lines of JSON (`balancelib.course.training.marking.answers`) to what was the standard output. ``check`` is not there to
judge, only to hand an answer on; the right answers are not there at all: their folder is empty here.
"""

import json
import math
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any, NoReturn

NOBODY = 65534
PACKAGE = "balancelib.course.exercises"
SAMPLE_SEED = 7
MOST_ITEMS, LONGEST_TEXT, LONGEST_MESSAGE = 5_000, 500, 300
NO_ANSWERS = "判卷的环境里没有参考答案，也没有{name}：请自己算。"
LIBRARY = sysconfig.get_path("stdlib")
OURS = tuple(
    f"{path}{os.sep}" for path in (sys.prefix, sys.base_prefix, "/course/balancelib", "/usr")
) + ("<frozen",)
# What a notebook of this course has no reason to do itself, by the name of Python's audit event.
EVENTS = {
    "network": ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"),
    "program": ("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"),
    "kill": ("os.kill", "os.killpg", "signal.pthread_kill"),
    "native": ("ctypes.dlopen", "ctypes.string_at", "ctypes.cdata"),
    "files": ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.rmtree"),
}  # fmt: skip
WHAT = {event: what for what, events in EVENTS.items() for event in events}


class OutOfTime(BaseException):
    """The cell has run too long; not an Exception, so that ``except Exception`` lets it pass."""


class Channel:
    """Where what happens is written, line by line; once it is silent, nothing printed goes anywhere."""

    def __init__(self) -> None:
        self.file = os.dup(1)

    def silence(self) -> None:
        """Let the standard streams lead nowhere."""
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)

    def tell(
        self, event: str, *, _dumps: Callable = json.dumps, _write: Callable = os.write, **what: Any
    ) -> None:
        """Write one line; the functions are those of before the notebook's code."""
        line = _dumps({"event": event, **what}, allow_nan=False).encode() + b"\n"
        while line:
            line = line[_write(self.file, line) :]


# An answer as plain data


def packed(answer: Any) -> dict[str, Any]:
    """Return an answer as JSON takes it: its kind, and its cells, labels and columns."""
    import numpy as np  # noqa: PLC0415  loaded under the limits
    import pandas as pd  # noqa: PLC0415

    if isinstance(answer, np.generic) or (isinstance(answer, np.ndarray) and answer.ndim == 0):
        answer = answer.item()
    if isinstance(answer, pd.DataFrame):
        columns = [cell(name) for name in answer.columns[:MOST_ITEMS]]
        each = [cells(answer.iloc[:, i]) for i in range(len(columns))]
        if sum(map(len, each)) > MOST_ITEMS:
            return {"kind": "too_long"}
        return {"kind": "frame", "labels": cells(answer.index), "columns": columns, "each": each}
    if isinstance(answer, pd.Series | pd.Index | np.ndarray):
        kind = {pd.Series: "series", pd.Index: "index"}.get(
            next((k for k in (pd.Series, pd.Index) if isinstance(answer, k)), None), "array"
        )
        values = np.ravel(answer) if kind == "array" else answer
        labels = cells(answer.index) if kind == "series" else []
        return _bounded({"kind": kind, "cells": cells(values), "labels": labels, "of": _dtype(answer)})
    if isinstance(answer, Mapping):
        return _bounded({"kind": "dict", "labels": cells(answer.keys()), "cells": cells(answer.values())})
    for kind in (list, tuple, set, frozenset):
        if isinstance(answer, kind):
            return _bounded({"kind": "set" if kind is frozenset else kind.__name__, "cells": cells(answer)})
    if answer is None or answer is ... or isinstance(answer, bool | int | float | str):
        return {"kind": "one", "cells": [cell(answer)]}
    return {"kind": "function" if callable(answer) and not isinstance(answer, type) else "other"}


def cells(values: Any) -> list[Any]:
    """Return values one by one, the first of them where there are too many."""
    return [cell(value) for value, _ in zip(values, range(MOST_ITEMS + 1), strict=False)]


def cell(value: Any) -> Any:
    """Return one value as JSON takes it; what JSON has no word for is a mark."""
    import pandas as pd  # noqa: PLC0415

    value = value.item() if hasattr(value, "dtype") and hasattr(value, "item") else value
    if value is ...:
        return {"mark": "stub"}
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int | float) or hasattr(value, "__float__"):
        number = float(value)
        return number if math.isfinite(number) else {"mark": repr(number)}
    return str(value)[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _dtype(values: Any) -> str:
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_bool_dtype(values):
        return "bool"
    return "number" if pd.api.types.is_numeric_dtype(values) else "other"


def _bounded(answer: dict[str, Any]) -> dict[str, Any]:
    return answer if len(answer["cells"]) <= MOST_ITEMS else {"kind": "too_long"}


# What stands in the place of the exercises


def exercises(channel: Channel, watch: "Watch") -> ModuleType:
    """Return the module that notebooks import ``begin`` and ``check`` from."""
    from balancelib.county import sample_county  # noqa: PLC0415
    from balancelib.county.tables import County  # noqa: PLC0415

    counties: dict[int, Any] = {}
    seeds: dict[str, int] = {}

    def begin(key: str, seed: int | None = None, path: object = None) -> Any:
        """Return the county of the seed; one's own county is not here, and the module's takes its place."""
        module = str(key).partition(".")[0]
        try:
            used = seeds.get(module, SAMPLE_SEED) if seed is None else int(seed)
            county = counties.get(used) or sample_county(used)
        except (TypeError, ValueError):
            used = SAMPLE_SEED
            county = sample_county(used)
        counties[used] = county
        seeds[str(key)] = used
        channel.tell("begun", key=str(key)[:LONGEST_TEXT], seed=used)
        return County({name: table.copy() for name, table in county.tables.items()}, county.warnings, county.sha256)

    def check(key: str, answer: Any) -> None:
        """Hand an answer on."""
        channel.tell("answer", key=str(key)[:LONGEST_TEXT], answer=packed(answer))

    def missing(name: str) -> NoReturn:
        if not name.startswith("__"):
            watch.note("answers")
        raise AttributeError(NO_ANSWERS.format(name=name))

    module = ModuleType(PACKAGE)
    vars(module).update(begin=begin, check=check, judge=check, __getattr__=missing)
    return module


class Watch:
    """Notes what the notebook's own code tries that exercises never need; the walls hold whether it is noted or not."""

    def __init__(self, channel: Channel, work: str) -> None:
        self.channel, self.work = channel, os.path.join(work, "")
        self.cell, self.noted, self.on = -1, set(), False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Look at what Python is about to do (`sys.addaudithook`)."""
        if not self.on:
            return
        if event == "import" and str(arguments[0]).startswith(f"{PACKAGE}."):
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
            self.channel.tell("tried", cell=self.cell, what=what)

    def _direct(self) -> bool:
        """Whether the notebook asks for it itself, if by way of Python's own modules, and no library of the course."""
        frame: FrameType | None = sys._getframe(2)
        while frame and frame.f_code.co_filename.startswith((LIBRARY, "<frozen")) and "site-packages" not in frame.f_code.co_filename:
            frame = frame.f_back
        return frame is not None and not frame.f_code.co_filename.startswith(OURS)

    def _outside(self, arguments: tuple[Any, ...]) -> bool:
        """Whether a file lies where the notebook has nothing to do: not in its own folder nor in the data."""
        if not arguments or not isinstance(arguments[0], str | bytes | os.PathLike):
            return False
        path = os.path.join(os.path.abspath(os.fsdecode(arguments[0])), "")
        return not path.startswith((self.work, "/course/data/"))


# Running


def limit(job: Mapping[str, Any]) -> None:
    """Take on the limits of this process, which it cannot loosen, and where it has the administrator's rights, lay them down."""
    for name, value in job["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def new_shell(watch: Watch) -> Any:
    """Return IPython without a kernel: it knows what only notebooks have (``%matplotlib inline``) and keeps no history."""
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415
    from traitlets.config import Config  # noqa: PLC0415

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.ast_node_interactivity = "none"  # nobody looks at what a cell shows
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None
    shell.system = shell.getoutput = shell.system_raw = shell.system_piped = lambda *_, **__: no_program(watch)
    return shell


def no_program(watch: Watch) -> NoReturn:
    """Take the place of ``!command``."""
    watch.note("program")
    raise PermissionError("!")


def run(shell: Any, index: int, source: str, channel: Channel, seconds: float) -> None:
    """Run one cell, and tell how it failed where it did."""
    channel.tell("cell", cell=index)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as raised:  # IPython itself was changed by the notebook, or the time ran out on the way
        error = raised
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if error is not None:
        channel.tell("failed", cell=index, **told(error, source))


def told(error: BaseException, source: str) -> dict[str, Any]:
    """Return the kind of an error, its words, and the line of the cell where it happened (0: not known)."""
    line, step = getattr(error, "lineno", None) or 0, error.__traceback__
    while step is not None:
        if not step.tb_frame.f_code.co_filename.startswith((*OURS, "/")):
            line = step.tb_lineno
        step = step.tb_next
    try:
        words = str(error)
    except Exception:
        words = ""
    lines = source.splitlines()
    code = lines[line - 1].strip() if isinstance(line, int) and 0 < line <= len(lines) else ""
    return {
        "name": cell(type(error).__name__),
        "line": line if code else 0,
        "code": cell(code[:LONGEST_MESSAGE]),
        "message": cell(words[:LONGEST_MESSAGE]),
    }


def out_of_time(*_: Any) -> NoReturn:
    """End the cell that runs."""
    raise OutOfTime


def main() -> None:
    """Run a notebook."""
    job = json.loads(sys.stdin.buffer.read())
    limit(job)
    channel = Channel()
    import balancelib.course  # noqa: PLC0415  under the limits

    watch = Watch(channel, job["work"])
    module = exercises(channel, watch)
    sys.modules[PACKAGE] = balancelib.course.exercises = module
    shell = new_shell(watch)
    signal.signal(signal.SIGALRM, out_of_time)
    sys.addaudithook(watch)
    channel.silence()
    channel.tell("ready")
    for index, source in job["cells"]:
        watch.cell, watch.on = index, True
        run(shell, index, source, channel, job["seconds"])
        watch.on = False
    channel.tell("done")


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    main()
    os._exit(0)
