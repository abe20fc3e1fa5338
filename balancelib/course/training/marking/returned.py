"""A folder of returned notebooks, read as what strangers sent: links are not followed, sizes are bounded, only code is taken.

Of a file, the kinds and sources of its cells are decoded and checked against their types, and all else is passed over unread. nbformat would
first make objects of the outputs, widgets and metadata too, which nobody here looks at and a stranger may make as large as he likes.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from balancelib.bounded import regular_bytes
from balancelib.course.exercises.model import Exercise, exercises
from balancelib.course.training.marking.people import Person, whose
from balancelib.text import shown, shown_path, why

LARGEST, MOST_CELLS, LONGEST_CELL = 2**24, 500, 20_000  # bytes, cells, characters of a cell
MOST_FILES, DEEPEST = 5_000, 12
KEY = re.compile(r"""\b(begin|check)\s*\(\s*["']([a-z][a-z_]{0,30})(?:\.([\w]{1,20}))?["']""")
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


class Remark(NamedTuple):
    """Something that the trainer should look at: where, and what."""

    where: str
    what: str


@dataclass(frozen=True)
class Notebook:
    """A returned notebook: its file's name as it may be shown, whose it is, its code, and where each exercise is handed in."""

    file: str
    person: Person | None
    cells: tuple[tuple[int, str], ...]
    homes: dict[str, tuple[int, ...]]
    module: str


@dataclass
class Returned:
    """All that was returned, and what of it is odd."""

    notebooks: list[Notebook] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


class _Cell(Struct):
    cell_type: str
    source: str | list[str] = ""

    @property
    def text(self) -> str:
        return self.source if isinstance(self.source, str) else "".join(self.source)


class _File(Struct):
    """What is read of a notebook's file; outputs, metadata and all else are passed over."""

    cells: list[_Cell]


class _Refused(Exception):  # noqa: N818  said to the trainer
    """A file cannot be marked; says why and what to do."""


def read_returned(folder: Path, people: Sequence[Person]) -> Returned:
    """Read all notebooks under a folder."""
    returned = Returned()
    for path in _files(folder, returned.remarks):
        relative = path.relative_to(folder)
        file = shown_path(relative)
        try:
            notebook = _notebook(path, file, whose(relative, people))
        except _Refused as refused:
            returned.remarks.append(Remark(file, str(refused)))
            continue
        if people and notebook.person is None:
            returned.remarks.append(
                Remark(file, "认不出是谁的，按文件名列在表里。请把文件夹或文件名改成座位号或姓名，再判一次。")
            )
        returned.notebooks.append(notebook)
    return returned


def _files(folder: Path, remarks: list[Remark]) -> Iterator[Path]:
    """Give the notebooks under a folder in a fixed order."""
    count = 0
    for where, names in _folders(folder, remarks):
        for name in names:
            if (count := count + 1) > MOST_FILES:
                remarks.append(
                    Remark(
                        shown_path(folder.name),
                        f"文件多于{MOST_FILES}个，其余的没有看。请只放学员交的笔记本。",
                    )
                )
                return
            if name.lower().endswith(PACKED):
                remarks.append(
                    Remark(
                        shown_path((where / name).relative_to(folder)),
                        "是压缩包，没有打开。请先解压，再判一次。",
                    )
                )
            elif name.lower().endswith(".ipynb") and not name.startswith("."):
                yield where / name


def _folders(folder: Path, remarks: list[Remark]) -> Iterator[tuple[Path, list[str]]]:
    """Give the folders under a folder in a fixed order, each with the names of its files; links are said, and not followed."""
    for here, folders, names in os.walk(folder):
        where = Path(here)
        linked = {name for name in (*folders, *names) if (where / name).is_symlink()}
        remarks += [
            Remark(shown_path((where / name).relative_to(folder)), "是一个链接，没有打开。")
            for name in sorted(linked)
        ]
        deep = len(where.relative_to(folder).parts) >= DEEPEST
        folders[:] = sorted(name for name in folders if not (name.startswith(".") or name in linked or deep))
        yield where, sorted(set(names) - linked)


def _notebook(path: Path, file: str, person: Person | None) -> Notebook:
    cells = _code(path)
    found = [(index, *match.groups()) for index, source in cells for match in KEY.finditer(source)]
    modules = Counter(module for _, _, module, _ in found if known(module))
    if not modules:
        raise _Refused("不是练习的笔记本：里面没有begin和check。要交的是exercises.ipynb。")
    homes: dict[str, list[int]] = {}
    for index, called, module, n in found:
        if called == "check" and n in known(module):
            homes.setdefault(f"{module}.{n}", []).append(index)
    module = max(modules, key=lambda name: (modules[name], name))
    return Notebook(file, person, cells, {key: tuple(places) for key, places in homes.items()}, module)


def _code(path: Path) -> tuple[tuple[int, str], ...]:
    """Return the code cells of a notebook's file, each with its place among all cells, counted from 1."""
    try:
        content = regular_bytes(path, LARGEST)
    except OSError as error:
        raise _Refused(f"读不出来：{why(error)}。") from None
    try:
        read = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise _Refused("不是能读的笔记本（.ipynb，第4版）：请让学员用JupyterLab打开，另存，再交。") from None
    if len(read.cells) > MOST_CELLS:
        raise _Refused(f"有{len(read.cells)}格，最多{MOST_CELLS}格：不像发下去的笔记本，没有运行。")
    code = tuple((n, cell.text) for n, cell in enumerate(read.cells, 1) if cell.cell_type == "code")
    if long := next((n for n, source in code if len(source) > LONGEST_CELL), None):
        raise _Refused(f"第{long}格有{LONGEST_CELL}字以上：不像发下去的笔记本，没有运行。")
    return code


@cache
def known(module: str) -> dict[str, Exercise]:
    """Return the exercises of a module by their numbers; none where there is no such module."""
    try:
        return exercises(module)
    except KeyError:
        return {}


def number_of(key: str) -> str:
    """Return an exercise's number of its key ``module.number``."""
    return shown(key.partition(".")[2])


def order(key: str) -> tuple[Any, ...]:
    """Sort keys by module, and within it as the exercises are numbered."""
    module, _, n = key.partition(".")
    return module, list(known(module)).index(n)
