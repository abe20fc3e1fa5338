"""What comes out of a sandbox: lines of JSON, checked against these types, and answers as the plain objects that are compared.

Whoever wrote the lines is not to be trusted: they are read within bounds, and what they hold is at most a few thousand numbers, truths
and short texts. Nothing is executed, imported or looked up by name.
"""

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
import pandas as pd
from msgspec import Meta, Struct

MOST_ITEMS, LONGEST = 5_001, 600
MOST_EVENTS = 5_000
LARGEST_SEED = 2**53
MARKS = {"stub": ..., "nan": math.nan, "inf": math.inf, "-inf": -math.inf}
Text = Annotated[str, Meta(max_length=LONGEST)]
Index = Annotated[int, Meta(ge=0, le=100_000)]


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """A value that JSON has no word for."""

    mark: Literal["stub", "nan", "inf", "-inf"]


Cell = bool | int | float | Text | Mark | None
Cells = Annotated[list[Cell], Meta(max_length=MOST_ITEMS)]


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that was handed in: what it was, and what it holds."""

    kind: Literal[
        "one",
        "list",
        "tuple",
        "set",
        "dict",
        "index",
        "array",
        "series",
        "frame",
        "function",
        "other",
        "too_long",
    ]
    cells: Cells = []
    labels: Cells = []
    columns: Cells = []
    each: Annotated[list[Cells], Meta(max_length=MOST_ITEMS)] = []
    of: Literal["bool", "number", "other"] = "other"


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="event"):
    """Something that happened in the sandbox."""


class Ready(Event, tag="ready"):
    """The notebook's cells begin."""


class Begun(Event, tag="begun"):
    """A county was chosen for a module or one exercise."""

    key: Text
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)]
    named: bool = True  # by the notebook
    own: bool = False  # a county of the trainee's own was asked for


class CellStarted(Event, tag="cell"):
    """A cell begins."""

    cell: Index


class Handed(Event, tag="answer"):
    """An answer was handed in."""

    key: Text
    answer: Answer


class Failed(Event, tag="failed"):
    """A cell ended in an error, at a line of its code (0: not known)."""

    cell: Index
    name: Text
    message: Text
    line: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    code: Text = ""


class Tried(Event, tag="tried"):
    """A cell tried what exercises never need."""

    cell: Index
    what: Literal["network", "program", "kill", "native", "files", "answers"]


class Done(Event, tag="done"):
    """All cells have run."""


_DECODER = msgspec.json.Decoder(Ready | Begun | CellStarted | Handed | Failed | Tried | Done)


class Nonsense(Exception):  # noqa: N818  said to the trainer
    """What came out is not what our own code in the sandbox writes."""


def read_event(line: bytes) -> Event:
    """Return the event that a line tells of.

    Raises
    ------
    Nonsense
        It tells of none.
    """
    try:
        return _DECODER.decode(line)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        raise Nonsense from None


def unpacked(answer: Answer) -> Any:
    """Return an answer as the kind of object that was handed in, for `balancelib.course.exercises.compare`."""
    cells = _plain(answer.cells)
    if answer.kind == "one":
        return cells[0] if cells else None
    if answer.kind in ("series", "index", "array"):
        return _column(answer, cells)
    if answer.kind == "dict":
        return dict(zip(_plain(answer.labels), cells, strict=False))
    if answer.kind == "frame":
        return _frame(answer)
    if answer.kind == "function":
        return unpacked
    kinds = {"list": list, "tuple": tuple, "set": set}
    return kinds[answer.kind](cells) if answer.kind in kinds else object()


def _column(answer: Answer, cells: list[Any]) -> Any:
    numbers = answer.of == "number" and all(
        value is None or isinstance(value, int | float) for value in cells
    )
    dtype = float if numbers else bool if answer.of == "bool" and None not in cells else object
    if answer.kind == "series":
        labels = _plain(answer.labels)[: len(cells)]
        return pd.Series(cells[: len(labels)], index=pd.Index(labels, dtype=object), dtype=dtype)
    index = pd.Index(cells, dtype=dtype)
    return index if answer.kind == "index" else index.to_numpy()


def _frame(answer: Answer) -> pd.DataFrame:
    """A table; what is ragged is cut to its shortest column."""
    rows = min([len(answer.labels), *map(len, answer.each)])
    labels = pd.Index(_plain(answer.labels[:rows]), dtype=object)
    columns = [pd.Series(_plain(column[:rows]), index=labels, dtype=object) for column in answer.each]
    names = _plain(answer.columns)[: len(columns)]
    if not columns:
        return pd.DataFrame(index=labels)
    return pd.concat(columns[: len(names)], axis=1).set_axis(pd.Index(names, dtype=object), axis=1)


def _plain(cells: Iterable[Cell]) -> list[Any]:
    return [MARKS[value.mark] if isinstance(value, Mark) else value for value in cells]
