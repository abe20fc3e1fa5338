"""Commands run where something is really wrong with the computer, behind bubblewrap's walls; as a program, what runs there."""

import contextlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import traceback
from pathlib import Path, PureWindowsPath

OLD = b"what was there before"
# Root may write everywhere; under another number, without its powers, it may not.
NOBODY = ("--unshare-user", "--uid", "65534", "--gid", "65534")
ALL, DEVICES = ("--dev-bind", "/", "/"), ("--dev", "/dev", "--proc", "/proc")

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
LONGEST_PATH = 180  # of the 260 letters that Windows gives a path: the folder of the project has the others


def walls_stand():
    """Whether bubblewrap is there and may do its work."""
    bwrap = shutil.which("bwrap")
    return (
        bwrap is not None
        and subprocess.run([bwrap, *NOBODY, *ALL, "true"], check=False, capture_output=True).returncode == 0
    )


def walled(walls, words, folder, **environment):
    """Run Python behind walls."""
    library = {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["bwrap", *walls, sys.executable, *words],
        cwd=folder,
        env=os.environ | library | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def run_under(walls, commands, folder, *, old=(), fill="", **environment):
    """Run commands one after the other in one process behind walls; return what each said, and the files that there are then.

    Where ``fill`` names a folder, the files ``old`` are laid there first, and then all the room that is left is taken.
    """
    asked = {"commands": commands, "old": list(old), "fill": fill}
    done = walled(walls, ["-W", "error:Glyph", __file__, json.dumps(asked)], folder, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def started(words):
    """Run a command, or after the word ``python`` a program of ours: a module or a file."""
    if words[0] == "python":
        _, name, *sys.argv[1:] = words
        (runpy.run_path if name.endswith(".py") else runpy.run_module)(name, run_name="__main__")
    from balancelib.cli import main  # noqa: PLC0415

    return main(words)


def ran(words):
    """Run one command here, and keep what it says."""
    printed, said = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            code = started(words)
        except SystemExit as end:
            code = end.code
            if isinstance(code, str):  # as Python does
                print(code, file=sys.stderr)
                code = 1
        except Exception:
            code = "traceback"
            traceback.print_exc()
    for stream in (printed, said):
        stream.flush()
    return {"code": code, "said": said.buffer.getvalue().decode()}


def take_all_room(folder):
    """Write till the disk is full."""
    with contextlib.suppress(OSError), Path(folder, "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024))


def contents(folder):
    """The beginnings of all files under a folder, by name."""
    found = Path(folder)
    return {
        file.relative_to(found).as_posix(): file.read_bytes()[:30].decode("latin-1")
        for file in sorted(found.rglob("*"))
        if file.is_file() and file.name != "filler"
    }


def not_on_windows(path):
    """What of a path Windows would not take."""
    for part in PureWindowsPath(path).parts:
        if part.partition(".")[0].rstrip().lower() in RESERVED:
            yield f"{part} is a device"
        if part.endswith((" ", ".")) or set(part) & set('<>:"|?*') or any(ord(c) < 32 for c in part):
            yield f"{part} has what Windows cannot have"
    if "\\" in str(path):
        yield f"{path} is a path there, not a name"
    if len(str(path)) > LONGEST_PATH:
        yield f"{path} is too long"


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    for name in given["old"]:
        place = Path(given["fill"], name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(OLD)
    if given["fill"]:
        take_all_room(given["fill"])
    told = {name: ran(words) for name, words in given["commands"].items()}
    print(json.dumps({"told": told, "files": contents(given["fill"]) if given["fill"] else {}}))
