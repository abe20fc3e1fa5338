"""What stands where in the national forms, from ``shapes.toml``."""

import functools
from itertools import product
from pathlib import Path

import msgspec
from msgspec import Struct


class Value(Struct, frozen=True, forbid_unknown_fields=True):
    """A column of ours and what is added up for it.

    Attributes
    ----------
    column : str
        Machine name; ``{stage}`` stands for each stage of the form.
    sums : tuple of tuple of str
        One or several ways to add it up, which must agree where the form has all parts of both. A part is a path
        of headers; in a school's form ``row × header``. ``|`` parts synonyms, ``/`` levels.
    total : str
        What the parts and ``rest`` together must make, for a blank part to count as none.
    stage : str
        The one stage that this is for, where others are counted differently.
    undivided : str
        A header of an export that does not say which stage: it serves schools of one stage.
    unless : str
        Where this has pupils, the value is not what it seems, and is not taken.
    same, within : str
        What it should be equal to, and not above: else there is a warning.
    """

    column: str
    sums: tuple[tuple[str, ...], ...]
    table: str = "schools"
    unit: str = ""
    total: str = ""
    rest: tuple[str, ...] = ()
    stage: str = ""
    undivided: str = ""
    unless: str = ""
    same: str = ""
    within: str = ""


class Courses(Struct, frozen=True, forbid_unknown_fields=True):
    """How teachers of PE and arts are counted from the columns of courses."""

    sports: str
    whole: str
    parts: tuple[str, ...]
    composites: dict[str, tuple[str, ...]]
    apart: tuple[str, ...]
    under: str


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """A form of a school's workbook.

    Attributes
    ----------
    stages : tuple of str
        The stages whose numbers stand in it; none where it is about the whole school.
    default : str
        The stage of a form without a row for each stage; else the only one of ``stages`` that the school has.
    identity, courses, single : bool
        It says who the school is; it has teachers by course; it is read in a school of one stage only.
    """

    codes: tuple[str, ...]
    title: str
    values: tuple[Value, ...] = ()
    stages: tuple[str, ...] = ()
    default: str = ""
    identity: bool = False
    courses: bool = False
    single: bool = False


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of the schema's unit a unit is: ``times / by``."""

    of: str = ""
    times: float = 1
    by: float = 1


class Shapes(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of the forms."""

    totals: tuple[str, ...]
    parts: tuple[str, ...]
    part_words: tuple[str, ...]
    empty: tuple[str, ...]
    stubs: tuple[str, ...]
    beside: tuple[str, ...]
    amounts: tuple[str, ...]
    whole_school: tuple[str, ...]
    left_out: tuple[str, ...]
    sections: dict[str, tuple[str, ...]]
    units: dict[str, Unit]
    identity: dict[str, tuple[str, ...]]
    codes: dict[str, dict[str, str]]
    counted: dict[str, bool]
    courses: Courses
    forms: tuple[Form, ...]
    export: tuple[Value, ...]

    def form(self, code: str) -> Form | None:
        """Return the form with a code, if it is known."""
        return next((form for form in self.forms if code in form.codes), None)


@functools.cache
def shapes() -> Shapes:
    """Return what is known of the forms, read once."""
    return msgspec.toml.decode(Path(__file__).with_name("shapes.toml").read_bytes(), type=Shapes)


@functools.cache
def patterns(path: str) -> tuple[tuple[str, ...], ...]:
    """Return every path that a text with synonyms stands for: ``a|b/c`` is a/c and b/c."""
    return tuple(product(*(level.split("|") for level in path.split("/"))))
