"""A folder of returned notebooks, read as what strangers sent: links are not followed, sizes are bounded, only code is taken.

Of a file, the kinds and sources of its cells are decoded and checked against their types, and all else is passed over unread. nbformat would
first make objects of the outputs, widgets and metadata too, which nobody here looks at and a stranger may make as large as he likes.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct

from balancelib.course.exercises.model import Exercise, exercises
from balancelib.course.training.marking.opened import (
    ARCHIVES,
    NOTEBOOKS,
    Found,
    Refused,
    Remark,
    files,
    unread,
)
from balancelib.course.training.marking.people import Person, whose
from balancelib.text import shown, shown_path

MOST_CELLS, LONGEST_CELL = 500, 20_000  # cells, characters of a cell
MOST_EACH = 24  # notebooks of one person: more would keep the others waiting
MOST_NAMED = 3
KEY = re.compile(r"""\b(begin|check)\s*\(\s*["']([a-z][a-z_]{0,30})(?:\.([\w]{1,20}))?["']""")
SEED = re.compile(r"""\bbegin\s*\(\s*["'][a-z_]{1,30}["']\s*,\s*(?:seed\s*=\s*)?([0-9]{1,10})\s*\)""")
PERSONS = "people"  # the folder in which a course lays a folder for each seat


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
    refused: dict[Person, list[str]] = field(default_factory=dict)  # files that could not be marked
    of: dict[Any, list[Notebook]] = field(default_factory=dict)  # by person, or by what lies at the top
    came: set[str] = field(default_factory=set)  # what lies at the top, and something is said of it already

    def refuse(self, path: PurePosixPath, said: str, person: Person | None) -> None:
        """Note a file that cannot be marked."""
        self.remarks.append(Remark(shown_path(path), said))
        self.came.add(path.parts[0])
        if person:
            self.refused.setdefault(person, []).append(shown_path(path))


class _Cell(Struct):
    cell_type: str
    source: str | list[str] = ""

    @property
    def text(self) -> str:
        return self.source if isinstance(self.source, str) else "".join(self.source)


class _File(Struct):
    """What is read of a notebook's file; outputs, metadata and all else are passed over."""

    cells: list[_Cell]


class _NoExercises(Exception):  # noqa: N818  said to the trainer
    """A file is no notebook of exercises."""


class _NotTheirs(Exception):  # noqa: N818  said to the trainer
    """A file that was handed out to another seat."""


def read_returned(folder: Path, people: Sequence[Person]) -> Returned:
    """Read all notebooks under a folder."""
    returned, others = Returned(), {}
    for one in files(folder, returned.remarks):
        try:
            if one.path.name.lower().endswith(ARCHIVES):
                one.read()  # it says why it is still one
            if not one.path.name.lower().endswith(NOTEBOOKS):
                raise _NoExercises
            _take(one, people, returned)
        except _NoExercises:
            others.setdefault(one.path.parts[0], []).append(one.path)
        except Refused as refused:
            returned.refuse(one.path, str(refused), whose(one.path, people))
    for first, paths in others.items():
        if first not in returned.came:
            returned.refuse(PurePosixPath(first), _nothing(paths), whose(paths[0], people))
    return returned


def _nothing(paths: Sequence[PurePosixPath]) -> str:
    """Say of what somebody returned that no notebook of exercises is in it."""
    listed = "、".join(shown(path.name) for path in paths[:MOST_NAMED])
    more = f"等{len(paths)}个文件" if len(paths) > MOST_NAMED else ""
    return f"没有练习的笔记本（里面有begin和check的.ipynb），只有{listed}{more}。请让他再交。"


def _whose(path: PurePosixPath, people: Sequence[Person]) -> Person | None:
    """Return whose a file is; ``people/05`` within somebody's folder is what everybody was handed."""
    parts = path.parts
    if PERSONS in parts[1:-1] and (
        owner := whose(PurePosixPath(*parts[: parts.index(PERSONS, 1)], "x"), people)
    ):
        within = whose(PurePosixPath(*parts[parts.index(PERSONS, 1) + 1 :]), people)
        if within not in (None, owner):
            raise _NotTheirs
        return owner
    return whose(path, people)


def _take(one: Found, people: Sequence[Person], returned: Returned) -> None:
    """Read one notebook, and keep it unless it is one of those that are here already, or of one person too many."""
    file = shown_path(one.path)
    try:
        notebook = _notebook(one, file, _whose(one.path, people))
    except _NotTheirs:
        returned.came.add(one.path.parts[0])
        said = "里面有发给别的座位的文件夹（people），没有看，只看了他自己的。"
        returned.remarks.append(Remark(shown(one.path.parts[0]), said))
        return
    notebook = _by_seed(notebook, people, returned) if people and notebook.person is None else notebook
    owner = notebook.person or one.path.parts[0]
    theirs = returned.of.setdefault(owner, [])
    returned.came.add(one.path.parts[0])
    if len(theirs) >= MOST_EACH:
        where = owner if isinstance(owner, str) else f"座位{owner.seat}{owner.name}"
        returned.remarks.append(
            Remark(shown(where), f"交了{MOST_EACH}份以上的笔记本，只判了前{MOST_EACH}份。")
        )
        return
    if notebook.person and (same := next((n for n in theirs if n.cells == notebook.cells), None)):
        returned.remarks.append(Remark(file, f"和{same.file}里的程序一样，只判了一份。"))
        return
    theirs.append(notebook)
    returned.notebooks.append(notebook)


def _by_seed(notebook: Notebook, people: Iterable[Person], returned: Returned) -> Notebook:
    """Take a notebook whose name says of nobody for that of the seat whose seed it begins with, and say so."""
    seeds = {int(seed) for _, source in notebook.cells for seed in SEED.findall(source)}
    found = [person for person in people if person.seed in seeds]
    said = "认不出是谁的，按文件名列在表里。请把文件夹或文件名改成座位号或姓名，再判一次。"
    if len(found) == 1:
        notebook = replace(notebook, person=found[0])
        said = (
            f"名字里看不出是谁的，begin里的种子是座位{found[0].seat}{found[0].name}的，就当是他的：请核对。"
        )
    returned.remarks.append(Remark(notebook.file, said))
    return notebook


def _notebook(one: Found, file: str, person: Person | None) -> Notebook:
    cells = _code(one)
    found = [(index, *match.groups()) for index, source in cells for match in KEY.finditer(source)]
    modules = Counter(module for _, _, module, _ in found if known(module))
    if not modules:
        raise _NoExercises
    homes: dict[str, list[int]] = {}
    for index, called, module, n in found:
        if called == "check" and n:
            homes.setdefault(f"{module}.{n}", []).append(index)
    module = max(modules, key=lambda name: (modules[name], name))
    return Notebook(file, person, cells, {key: tuple(places) for key, places in homes.items()}, module)


def _code(one: Found) -> tuple[tuple[int, str], ...]:
    """Return the code cells of a notebook's file, each with its place among all cells, counted from 1."""
    try:
        content = one.read()
    except OSError as error:
        raise Refused(f"读不出来：{unread(error)}") from None
    try:
        read = msgspec.json.decode(_in_utf8(content), type=_File)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise Refused("不是能读的笔记本（.ipynb，第4版）：请让学员用JupyterLab打开，另存，再交。") from None
    if len(read.cells) > MOST_CELLS:
        raise Refused(f"有{len(read.cells)}格，最多{MOST_CELLS}格：不像发下去的笔记本，没有运行。")
    code = tuple((n, cell.text) for n, cell in enumerate(read.cells, 1) if cell.cell_type == "code")
    if long := next((n for n, source in code if len(source) > LONGEST_CELL), None):
        raise Refused(f"第{long}格有{LONGEST_CELL}字以上：不像发下去的笔记本，没有运行。")
    return code


def _in_utf8(content: bytes) -> bytes:
    """Return a text in UTF-8, that may have been saved as Windows' editor saves it."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    try:
        return content.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return content.decode("gb18030").encode()


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
