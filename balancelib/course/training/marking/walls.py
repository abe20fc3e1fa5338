"""The walls of a sandbox: bubblewrap's command, and whether it can be had on this machine."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import balancelib
from balancelib.course.training.marking.seccomp import UnknownMachine, compiled

PACKAGE = Path(balancelib.__file__).parent
DATA = PACKAGE.parent / "data"
HERE, SCRIPT = "/course", "balancelib/course/training/marking/inside.py"
ANSWERS = "balancelib/course/exercises"  # the folder that is empty inside
TO_DO = (
    "判卷要在Linux上做：学员的笔记本是外来的程序，只能关在bubblewrap里运行。"
    "Windows上请装WSL（wsl --install），在里面装balancelib；Debian、Ubuntu：sudo apt-get install bubblewrap。"
)
FORBIDDEN = (
    "这台机器上bubblewrap开不出隔离的环境。bubblewrap要0.7以上；容器里和Ubuntu 24.04起，常常不让普通用户开："
    "Ubuntu上请管理员运行sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0，容器里请换一台普通的Linux电脑。系统的话：{}"
)
UNKNOWN = "不知道这种处理器（{}）的系统调用编号，关不住外来的程序。请换一台x86_64或aarch64的Linux电脑。"


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
        with filter_open() as filtered:
            tried = [*walled(filtered, f"{HERE}/notebooks"), sys.executable, "-I", "-c", "print('ok')"]
            done = subprocess.run(tried, pass_fds=[filtered], capture_output=True, timeout=60, check=False)
    except UnknownMachine as machine:
        raise NoSandbox(UNKNOWN.format(machine)) from None
    if done.stdout != b"ok\n":
        raise NoSandbox(FORBIDDEN.format(done.stderr.decode("utf-8", "replace")[-300:].strip()))


def walled(filtered: int, work: str, files: int = 2**20, options: Sequence[str] = ()) -> list[str]:
    """Return the command that starts a program apart, without the program."""
    root = os.getuid() == 0
    # The administrator needs no namespace of users; the program becomes nobody by itself, so that the kernel counts its threads.
    apart = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    rights = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user"]
    command = ["bwrap", *apart, *rights, "--die-with-parent", "--new-session", *options]
    command += ["--clearenv", "--seccomp", str(filtered), *_system(), *_library()]
    command += ["--dev", "/dev", "--remount-ro", "/dev"]
    folder = ["--perms", "1777", "--size", str(files), "--tmpfs", work]
    command += [*folder, "--chdir", work, "--remount-ro", "/"]
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
    for path in map(Path, ("/lib", "/lib64", "/lib32", "/bin")):
        if path.is_symlink():
            shown += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            shown += ["--ro-bind", str(path), str(path)]
    for path in _prefixes():
        shown += [*_ways_to(path), "--ro-bind", path, path]
    shown += _ways_to("/etc/fonts")
    for path in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"):
        shown += ["--ro-bind-try", path, path]
    return shown


def _prefixes() -> list[str]:
    """Return the folders of Python and of the system, none within another."""
    found = {"/usr", sys.base_prefix, sys.prefix, str(Path(sys.executable).resolve().parents[1])}
    return sorted(path for path in found if not any(Path(path).is_relative_to(o) for o in found - {path}))


def _library() -> list[str]:
    """Return what shows the library and the data, read-only, and in the place of the right answers an empty folder."""
    shown = [*_ways_to(f"{HERE}/balancelib"), "--ro-bind", str(PACKAGE), f"{HERE}/balancelib"]
    answers = [f"{HERE}/{ANSWERS}"]
    if any(PACKAGE.is_relative_to(path) for path in _prefixes()):  # it is installed among Python's packages
        answers.append(str(PACKAGE.parent / ANSWERS))
    shown += [word for path in answers for word in ("--tmpfs", path, "--remount-ro", path)]
    return shown + (["--ro-bind", str(DATA), f"{HERE}/data"] if DATA.is_dir() else [])


def _ways_to(path: str) -> list[str]:
    """Return what makes the folders above a path, which everybody may pass: bubblewrap would let only the administrator."""
    above = [str(folder) for folder in reversed(Path(path).parents) if str(folder) != "/"]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


@contextlib.contextmanager
def filter_open() -> Iterator[int]:
    """Give the filter of system calls as an open file."""
    with tempfile.TemporaryFile() as file:
        file.write(compiled())
        file.seek(0)
        yield file.fileno()
