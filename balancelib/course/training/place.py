"""Where a course is made: outside the project, in a folder that is replaced as a whole or not at all, and not with a trainer's own work in it."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from balancelib.course.root import ROOT

MARKER = "made_by_balancelib.txt"  # stands in a folder that may be replaced
TRAINER, TESTS = "trainer", "tests.xlsx"


class OccupiedError(Exception):
    """A course cannot be made there: why, and what to do."""


def check_place(out: Path, home: Path, named: Iterable[str | None]) -> None:
    """Refuse a folder in the project, and one that holds what the course is made of: it is replaced as a whole.

    Parameters
    ----------
    out
        The course's folder.
    home
        Folder of its file.
    named
        Files that it names, from there.

    Raises
    ------
    OccupiedError
        It cannot be there.
    """
    out = out.resolve()
    if out.is_relative_to(ROOT.resolve()):
        raise OccupiedError(
            "在项目文件夹里，县里的数和学员的姓名会跟着书一起发出去：请放到外面，例如--out ../class"
        )
    files = (home, *(home / name for name in named if name))
    if any(file.resolve().is_relative_to(out) for file in files):
        raise OccupiedError(
            "里有课程文件、县里的数或者标志，再做时会整个换掉：请把它们移到外面，或者换一个文件夹"
        )


def digest(folder: Path) -> str:
    """Return the digest of a course's tests, by which it is seen whether answers were written into them."""
    tests = folder / TRAINER / TESTS
    return hashlib.sha256(tests.read_bytes()).hexdigest() if tests.is_file() else "—"


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """Give a new folder beside `out` that takes its place when all went well; the old one stands until then.

    Raises
    ------
    OccupiedError
        What is there was not made by us, or answers were written into it.
    """
    out = out.resolve()
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / MARKER).is_file())):
        raise OccupiedError("里有别的东西，不会覆盖：请给一个空的或还没有的文件夹")
    if (out / MARKER).is_file() and digest(out) not in (out / MARKER).read_text(encoding="utf-8"):
        raise OccupiedError(f"里的{TRAINER}/{TESTS}改过（抄了答案？），再做会换掉：请先把它移到别处")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        new.mkdir()
        yield new
        if out.exists():
            out.replace(old)
        try:
            new.replace(out)
        except OSError:
            if old.exists():
                old.replace(out)
            raise
