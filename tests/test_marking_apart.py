"""Returned notebooks run apart: what harms is really tried, and harms nothing; what is honest runs as in JupyterLab."""

import contextlib
import os
import shutil
import socket
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from conftest import ROOT

from balancelib.course.training.marking import walls
from balancelib.course.training.marking.answers import Done, Failed, Handed, Tried, unpacked
from balancelib.course.training.marking.sandbox import Limits, run_apart
from balancelib.course.training.marking.walls import NoSandbox, check_sandbox

try:
    check_sandbox()
    MISSING = ""
except NoSandbox as missing:
    MISSING = str(missing)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"notebooks were not run apart: {MISSING}")

TRAINERS = tempfile.NamedTemporaryFile()  # noqa: SIM115  a file of the trainer's, there as long as these tests
# Each is tried in one and the same sandbox; what it prints, or the name of the error it ends in, is handed in.
TRIED = {
    "read the passwords": "open('/etc/shadow').read()",
    "see the project": f"[path for path in ({str(ROOT)!r} + '/notebooks', {str(ROOT)!r} + '/book', '/home', '/proc/1', {TRAINERS.name!r}) if os.path.exists(path)]",
    "see who runs it": "(os.getuid(), os.environ.get('SECRET_OF_THE_TRAINER'), os.path.expanduser('~'))",
    "list the answers": "os.listdir('/course/balancelib/course/exercises')",
    "import the answers": "__import__('balancelib.course.exercises.policy')",
    "ask for the answers": "__import__('balancelib.course.exercises').course.exercises.exercises('policy')",
    "write into the library": "open('/course/balancelib/x.py', 'w')",
    "write at the root": "open('/x', 'w')",
    "write to the shared memory": "open('/dev/shm/x', 'w')",
    "write a little in its own folder": "pathlib.Path('notes.txt').write_text('ok')",
    "fill the disk": "[pathlib.Path(f'{n}').write_bytes(bytes(2**20)) for n in range(100)]",
    "delete the library": "shutil.rmtree('/course/balancelib', ignore_errors=True) or os.path.exists('/course/balancelib/text.py')",
    "connect": "socket.create_connection(('127.0.0.1', PORT), 2)",
    "look up a name": "socket.getaddrinfo('example.org', 80)",
    "fork": "os.fork()",
    "start a program": "subprocess.run(['/usr/bin/id'])",
    "a shell command": "get_ipython().system('id')",
    "start many threads": "start_threads()",
    "take all memory": "bytearray(2**32)",
    "take all memory in parts": "[bytearray(2**24) for _ in range(1000)] and 'taken'",
    "memory beside its own": "os.memfd_create('x')",
    "loosen a limit": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "become the administrator": "os.setuid(0)",
    "a namespace of its own": "(ctypes.CDLL(None).unshare(0x10000000), ctypes.CDLL(None).mount(b'x', b'/course', b'tmpfs', 0, 0))",
    "trace its parent": "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)",
    "end its parent": "end_parents()",
    "never end": "endless()",
    "call itself": "deep()",
    "print without end": "print('x' * 10**8) or sys.stdout.write('y' * 10**8)",
    "end Python": "sys.exit(0)",
}  # fmt: skip
HELP = """
import ctypes, os, pathlib, resource, shutil, socket, subprocess, sys, threading, time
from balancelib.course.exercises import check
def start_threads():
    stop, count = threading.Event(), 0
    threading.stack_size(65536)
    try:
        for _ in range(5000):
            threading.Thread(target=stop.wait, daemon=True).start()
            count += 1
    except RuntimeError:
        return count < 2000
    finally:
        stop.set()
        threading.stack_size(0)
def end_parents():
    for process in (os.getppid(), 1):
        try:
            os.kill(process, 9)  # of a namespace of its own, the first process hears only those outside
        except PermissionError:
            pass
    return True
def deep():
    return deep() + 1
def endless():
    while True:
        try:
            sum(range(1000))
        except Exception:
            pass
"""
EXPECTED = {
    "read the passwords": "FileNotFoundError",
    "see the project": [],
    "list the answers": [],
    "import the answers": "ModuleNotFoundError",
    "ask for the answers": "AttributeError",
    "write into the library": "OSError",
    "write at the root": "OSError",
    "write to the shared memory": "OSError",
    "write a little in its own folder": 2,
    "fill the disk": "OSError",
    "delete the library": True,
    "connect": "PermissionError",
    "look up a name": "gaierror",
    "fork": "PermissionError",
    "start a program": "PermissionError",
    "a shell command": "PermissionError",
    "start many threads": True,
    "take all memory": "MemoryError",
    "take all memory in parts": "MemoryError",
    "memory beside its own": "PermissionError",
    "loosen a limit": "ValueError",
    "become the administrator": {"PermissionError", "OSError"},  # not allowed, or there is none
    "a namespace of its own": (-1, -1),
    "trace its parent": -1,
    "end its parent": True,
    "never end": "OutOfTime",
    "call itself": "RecursionError",
    "print without end": 10**8,
    "end Python": "SystemExit",
}
NOTED = {
    "read the passwords": "files",
    "write into the library": "files",
    "delete the library": "files",
    "import the answers": "answers",
    "ask for the answers": "answers",
    "connect": "network",
    "look up a name": "network",
    "fork": "program",
    "start a program": "program",
    "a shell command": "program",
    "end its parent": "kill",
    "a namespace of its own": "native",
}


def trying(name, expression, port):
    return f"""
try:
    found = {expression.replace("PORT", str(port))}
except BaseException as error:
    found = type(error).__name__
check({name!r}, found)
"""


@pytest.fixture(scope="module")
def tried():
    """What the sandbox said of all that was tried, and whether anybody connected."""
    os.environ["SECRET_OF_THE_TRAINER"] = "open sesame"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        cells = [(1, HELP), *((n, trying(*one, port)) for n, one in enumerate(TRIED.items(), 2))]
        run = run_apart(cells, "policy", Limits(cell=3.0))
        server.setblocking(False)
        try:
            connected = bool(server.accept())
        except BlockingIOError:
            connected = False
    del os.environ["SECRET_OF_THE_TRAINER"]
    return run, connected


def test_all_that_was_tried_came_to_an_end(tried):
    run, connected = tried
    assert run.ended == {}
    assert isinstance(run.events[-1], Done)
    assert not connected


@pytest.mark.parametrize("name", EXPECTED)
def test_what_harms_harms_nothing(tried, name):
    handed = {event.key: unpacked(event.answer) for event in tried[0].events if isinstance(event, Handed)}
    assert handed[name] in (EXPECTED[name] if isinstance(EXPECTED[name], set) else [EXPECTED[name]])


def test_it_is_nobody_and_knows_nothing_of_the_trainer(tried):
    handed = {event.key: event.answer for event in tried[0].events if isinstance(event, Handed)}
    uid, secret, home = unpacked(handed["see who runs it"])
    assert secret is None
    assert home == "/course/notebooks/policy"
    assert uid == (65534 if os.getuid() == 0 else os.getuid())


@pytest.mark.parametrize("name", NOTED)
def test_what_harms_is_noted(tried, name):
    cell = list(TRIED).index(name) + 2
    assert Tried(cell, NOTED[name]) in tried[0].events


def test_only_what_harms_is_noted(tried):
    cells = {list(TRIED).index(name) + 2 for name in TRIED} - {
        event.cell for event in tried[0].events if isinstance(event, Tried)
    }
    quiet = {name for name in TRIED if list(TRIED).index(name) + 2 in cells}
    assert {
        "write a little in its own folder",
        "never end",
        "call itself",
        "take all memory",
        "print without end",
    } <= quiet


def test_the_project_is_as_it_was(tried):
    assert (ROOT / "balancelib" / "text.py").exists()
    assert not (ROOT / "balancelib" / "x.py").exists()


def test_an_installed_library_shows_no_answers_either(tmp_path, monkeypatch):
    """Installed among Python's packages, the library is seen twice."""
    installed = shutil.copytree(walls.PACKAGE, tmp_path / "packages" / "balancelib")
    known = walls._prefixes()
    monkeypatch.setattr(walls, "_prefixes", lambda: [*known, str(tmp_path / "packages")])
    monkeypatch.setattr(walls, "PACKAGE", installed)
    look = "import os\nfrom balancelib.course.exercises import check\ncheck('seen', (os.listdir({!r}), os.listdir({!r})))"
    looked = look.format(f"{installed}/course/exercises", f"{installed}/course/quiz")
    run = run_apart([(1, looked)], "policy", Limits())
    assert run.said == ""
    (handed,) = (event for event in run.events if isinstance(event, Handed))
    answers, quiz = unpacked(handed.answer)
    assert answers == "[]"
    assert "model.py" in quiz


# What ends the whole process

BREAKING = {
    2: "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    4: "import os\nos._exit(0)",
    6: "import os\nos.kill(os.getpid(), 9)",
}


@pytest.fixture(scope="module")
def broken():
    cells = [
        (n, BREAKING.get(n, f'from balancelib.course.exercises import check\ncheck("{n}", {n})'))
        for n in range(1, 8)
    ]
    return run_apart(cells, "policy", Limits(cell=1.0, wait=5.0))


def test_what_ends_the_process_costs_only_its_own_cell(broken):
    assert broken.ended == {2: "time", 4: "died", 6: "died"}
    assert broken.unrun == set()
    assert [event.key for event in broken.events if isinstance(event, Handed)] == ["1", "3", "5", "7"]


def test_a_flood_of_answers_ends_it():
    flood = "import os\nfor n in range(3, 60):\n    try:\n        os.write(n, b'x' * 10**8)\n    except OSError:\n        pass"
    begun = time.monotonic()
    run = run_apart([(1, flood), (2, "pass")], "policy", Limits())
    assert run.ended == {1: "output"}
    assert time.monotonic() - begun < 60


def test_a_flood_of_files_ends_it():
    flood = "import os\nfor n in range(10**7):\n    os.close(os.open(str(n), os.O_CREAT))"
    run = run_apart([(1, flood), (2, "pass")], "policy", Limits())
    assert run.ended == {1: "files"}
    assert isinstance(run.events[-1], Done)


def test_a_notebook_that_only_sleeps_is_stopped_with_its_time():
    run = run_apart([(1, SLEEPS), (2, SLEEPS), (3, "pass")], "policy", Limits(whole=2.0))
    assert run.ended == {1: "time"}
    assert run.unrun == {2, 3}


SLEEPS = "import time\ntime.sleep(3600)"


def test_nothing_is_left_behind():
    run_apart([(1, SLEEPS)], "left_behind", Limits(whole=0.5))
    ends = time.monotonic() + 10
    while (left := [line for line in command_lines() if b"left_behind" in line]) and time.monotonic() < ends:
        time.sleep(0.1)
    assert left == []


def command_lines():
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_bytes()


# What notebooks do to Python itself

PATCHED = """
import json, sys, builtins
import balancelib.course.exercises as course
from balancelib.course.exercises import check
json.dumps = lambda *_, **__: '{"event": "done"}'
sys.stdout = sys.stderr = None
builtins.print = None
"""


def test_a_notebook_that_changes_python_changes_no_mark():
    cells = [
        (1, PATCHED),
        (2, "course.check = lambda key, answer: None\ncheck('policy.1', 1)"),
        (3, "del check\nfrom balancelib.course.exercises import begin\nbegin('policy', seed=9)"),
        (4, "course.begin('policy', seed=10**30)"),
        (5, "get_ipython().run_cell = None"),
        (6, "course.begin('policy', seed=8)"),
    ]
    run = run_apart(cells, "policy", Limits())
    handed = [event.key for event in run.events if isinstance(event, Handed)]
    assert handed == ["policy.1"]
    assert [event.name for event in run.events if isinstance(event, Failed)] == ["TypeError"]
    assert isinstance(run.events[-1], Done)


# What is honest

HONEST = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from balancelib.course.exercises import begin, check

county = begin("policy", seed=12)
county.schools["pupils_primary"].plot()
plt.title("小学")
plt.savefig("figure.png")
sample = pd.read_csv("../../data/county/schools.csv")
check("policy.1", len(sample))
county
"""


def test_what_is_honest_runs_and_is_not_noted():
    run = run_apart([(1, HONEST)], "policy", Limits())
    assert [type(event).__name__ for event in run.events] == [
        "Ready",
        "CellStarted",
        "Begun",
        "Handed",
        "Done",
    ]
    (handed,) = (event for event in run.events if isinstance(event, Handed))
    rows = (ROOT / "data" / "county" / "schools.csv").read_text(encoding="utf-8-sig").count("\n") - 1
    assert unpacked(handed.answer) == rows


def test_an_error_is_told_with_its_line():
    cell = (
        "from balancelib.course.exercises import check\ndef share(part):\n    return part / 0\n\nx = share(3)"
    )
    run = run_apart(
        [(1, cell), (2, "x = (1"), (3, textwrap.dedent("raise ValueError('一\\ud800二')"))],
        "policy",
        Limits(),
    )
    failed = [event for event in run.events if isinstance(event, Failed)]
    assert [(event.cell, event.name, event.line, event.code) for event in failed] == [
        (1, "ZeroDivisionError", 3, "return part / 0"),
        (2, "SyntaxError", 1, "x = (1"),
        (3, "ValueError", 1, "raise ValueError('一\\ud800二')"),
    ]
    assert failed[2].message == "一?二"
