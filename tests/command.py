"""The command `balancelib`: as a process, and within this one, where the libraries are loaded already."""

import contextlib
import io
import os
import subprocess
import sys

from conftest import ROOT

from balancelib.cli import main


def as_process(*arguments, folder, **environment):
    """Run the command as people and programs do."""
    return subprocess.run(
        [sys.executable, "-m", "balancelib", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        check=False,
    )


def within(*arguments, folder):
    """Run the command here; what it prints goes through the same layers as to a pipe."""
    printed, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    words = [str(argument) for argument in arguments]
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(said),
    ):
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code
    for stream in (printed, said):
        stream.flush()
    texts = [stream.buffer.getvalue().decode() for stream in (printed, said)]
    return subprocess.CompletedProcess(words, code, *texts)
