"""Files written whole or not at all: also where the disk is full, the process killed, or another run writes there too."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None


@contextlib.contextmanager
def whole_or_absent(path: Path, fresh: bool = False) -> Iterator[Path]:
    """Give a temporary path beside ``path``, renamed to it when all went well and removed when not.

    Where ``fresh``, nothing is replaced, nor what another run has put there in the meantime: `FileExistsError`.
    """
    _check_open(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name as long as names may be leaves no room for all of it in the temporary one.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:20]}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        _move_new(temporary, path) if fresh else temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def all_or_none(folder: Path, fresh: str = "") -> Iterator[Path]:
    """Give a temporary folder whose files are moved into ``folder`` together when all went well, or not at all.

    Those that fit the pattern ``fresh`` go first and replace nothing: of two runs at once, one brings all, the other none.
    """
    created = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix=".") as new,
            tempfile.TemporaryDirectory(dir=folder, prefix=".") as old,
        ):
            yield Path(new)
            files = {file: fnmatch(file.name, fresh) for file in sorted(Path(new).iterdir())}
            with _alone(folder):
                _move_all(files, folder, Path(old))
    except BaseException:
        if created:
            with contextlib.suppress(OSError):  # another run may write there too
                folder.rmdir()
        raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one run at a time move its files into a folder, or the files of two would lie there mixed; not on Windows."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a share may have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _move_all(files: dict[Path, bool], folder: Path, old: Path) -> None:
    """Move files into a folder, each fresh or not; where one cannot be moved, those that they replaced come back.

    Each name has at every moment its old file or its new one, whole, also where the process is killed.
    """
    moved: list[Path] = []
    try:
        for file in files:
            if (target := folder / file.name).is_dir():
                raise IsADirectoryError(errno.EISDIR, "", str(target))
            _check_open(target)
            if target.exists():
                _keep(target, old / file.name)
        for file in sorted(files, key=files.get, reverse=True):
            moved.append((_move_new if files[file] else Path.replace)(file, folder / file.name))
    except OSError:
        for target in reversed(moved):
            before = old / target.name
            if before.exists():
                before.replace(target)
            else:
                target.unlink()
        raise


def _move_new(file: Path, target: Path) -> Path:
    """Give a file a name that nobody has; a link tells at that same moment, where the disk has links."""
    try:
        target.hardlink_to(file)
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "", str(target)) from None
        return file.replace(target)
    file.unlink()
    return target


def check_writable(path: Path) -> None:
    """Refuse a place that cannot be written to before the long work whose result is to go there; nothing is left there."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    _check_open(path)
    if path.is_file():
        path.open("rb+").close()  # Windows refuses it here where Excel has it open
    with tempfile.TemporaryFile(dir=next(folder for folder in path.absolute().parents if folder.exists())):
        pass


def _check_open(path: Path) -> None:
    """Refuse to replace a file that somebody made read-only: Linux would, Windows would not."""
    if path.is_file() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "", str(path))


def _keep(file: Path, copy: Path) -> None:
    """Keep a file under another name, as a link where the disk can."""
    try:
        copy.hardlink_to(file)
    except OSError:
        shutil.copy2(file, copy)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
