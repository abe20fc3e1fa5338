"""Broken and hostile files: each is refused with its message, or understood; within time and memory, never with a traceback."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

from balancelib.cli import main

sys.path.insert(0, str(Path(__file__).parents[1] / "broken"))
import make

MESSAGES = tomllib.loads((Path(__file__).parents[1] / "broken" / "messages.toml").read_text(encoding="utf-8"))
EXPECTED = {
    name: (code, says)
    for code, part in ((1, "at_fault"), (0, "passes"))
    for name, says in MESSAGES[part].items()
}
LONGEST = 10  # seconds of processor
MOST_MEMORY = 2**20  # kB
# Runs the command in a process of its own, and says how much memory it took at most and how much time.
MEASURED = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from balancelib.cli import main
code = main(["check", sys.argv[1]])
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""


def test_every_file_has_its_message():
    assert len(EXPECTED) >= 80
    assert set(EXPECTED) == set(make.CASES)


def said(name, code, output):
    """What the command said, having ended as it must."""
    expected, says = EXPECTED[name]
    assert "Traceback" not in output
    assert "\x1b" not in output
    assert code == expected, output[:1000]
    assert [text for text in says if text not in output] == [], output[:1000]
    if expected == 0:
        assert "没有错误" in output


@pytest.mark.parametrize("name", sorted(set(make.CASES) - make.LARGE))
def test_broken_file(name, tmp_path, capsys):
    code = main(["check", str(make.CASES[name](tmp_path))])
    said(name, code, "".join(capsys.readouterr()))


@pytest.mark.parametrize("name", sorted(make.LARGE))
def test_file_that_is_made_to_fill_memory_or_time(name, tmp_path):
    path = make.CASES[name](tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)],
        capture_output=True, check=False, encoding="utf-8", timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    said(name, done.returncode, done.stdout)
    memory, seconds = done.stderr.split()
    assert int(memory) < MOST_MEMORY
    assert float(seconds) < LONGEST
