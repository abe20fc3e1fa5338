"""What runs apart: the cells of one returned notebook, one after the other, in a Python that its own code may do with as it likes.

Started by `balancelib.course.training.marking.sandbox` inside bubblewrap, as a script. It takes the cells as JSON from the standard input and
writes what happens as lines of JSON (`balancelib.course.training.marking.answers`) to what was the standard output. ``check`` is not there to
judge, only to hand an answer on; the right answers are not there at all: their folder is empty here.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

import balancelib.county
import balancelib.course
from balancelib.county import County, sample_county
from balancelib.course.training.marking.packing import LONGEST_TEXT, cell, packed
from balancelib.course.training.marking.watch import ANSWERS, Watch

NOBODY = 65534
LARGEST_SEED = 2**53
CELL = "<ipython-input"  # begins the name under which IPython compiles a cell
LONGEST_MESSAGE = 300
NO_ANSWERS = "判卷的环境里没有参考答案，也没有{name}：请自己算。"


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


# What stands in the place of the exercises


class Exercises:
    """What notebooks get where they ask for ``begin`` and ``check``.

    Parameters
    ----------
    channel
        Where it is told what they begin and hand in.
    seed
        Of the county in which a notebook is done that names none.
    """

    def __init__(self, channel: Channel, seed: int) -> None:
        self.channel, self.seed = channel, seed
        self.counties: dict[int, Any] = {}
        self.seeds: dict[str, int] = {}

    def begin(self, key: str, seed: int | None = None, path: object = None) -> Any:
        """Return the county of the seed; one's own county is not here, and the module's takes its place."""
        key = str(key)[:LONGEST_TEXT]
        used = self.seeds.get(key.partition(".")[0], self.seed)
        with contextlib.suppress(TypeError, ValueError):
            used = int(seed) if seed is not None and 0 <= int(seed) <= LARGEST_SEED else used
        county = self.counties.get(used) or sample_county(used)
        self.counties[used], self.seeds[key] = county, used
        self.channel.tell("begun", key=key, seed=used, named=seed is not None, own=path is not None)
        return County(
            {name: table.copy() for name, table in county.tables.items()}, county.warnings, county.sha256
        )

    def check(self, key: str, answer: Any) -> None:
        """Hand an answer on."""
        self.channel.tell("answer", key=str(key)[:LONGEST_TEXT], answer=packed(answer))


def stand_in(channel: Channel, watch: Watch, seed: int) -> None:
    """Put into the place of the exercises a module that judges nothing, and let nobody ask for a county that is not here."""

    def missing(name: str) -> NoReturn:
        if not name.startswith("__"):
            watch.note("answers")
        raise AttributeError(NO_ANSWERS.format(name=name))

    given, module = Exercises(channel, seed), ModuleType(ANSWERS)
    vars(module).update(begin=given.begin, check=given.check, judge=given.check, __getattr__=missing)
    sys.modules[ANSWERS] = balancelib.course.exercises = module
    balancelib.county.use_county = lambda *_: (
        None
    )  # a course's own county: the notebook is done in the seed's


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

    def no_program(*_: Any, **__: Any) -> NoReturn:
        """Take the place of ``!command``."""
        watch.note("program")
        raise PermissionError

    shell.system = shell.getoutput = no_program
    shell.user_ns.pop("open", None)  # IPython's own would hide from the notes who opens a file
    shell.enable_gui = lambda *_, **__: None  # of ``%matplotlib inline``; there is no window
    return shell


def run(shell: Any, index: int, source: str, channel: Channel, seconds: float) -> None:
    """Run one cell, and tell how it failed where it did."""
    channel.tell("cell", cell=index)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # of the processor: a busy machine is not at fault
    try:
        result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as raised:  # the notebook changed IPython itself, or the time ran out on the way
        error = raised
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if error is not None:
        channel.tell("failed", cell=index, **told(error, source))


def told(error: BaseException, source: str) -> dict[str, Any]:
    """Return the kind of an error, its words, and the line of the cell where it happened (0: not known)."""
    line, step = getattr(error, "lineno", None) or 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith(CELL):
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
    watch = Watch(channel.tell)
    stand_in(channel, watch, job["seed"])
    shell = new_shell(watch)
    signal.signal(signal.SIGPROF, out_of_time)
    sys.addaudithook(watch)
    channel.silence()
    channel.tell("ready")
    streams = sys.stdout, sys.stderr
    for index, source in job["cells"]:
        sys.stdout, sys.stderr = streams  # whatever the last cell did with them
        watch.cell, watch.on = index, True
        run(shell, index, source, channel, job["seconds"])
        watch.on = False
    channel.tell("done")


if __name__ == "__main__":
    main()
    os._exit(0)
