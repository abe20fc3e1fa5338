"""The tables of a county's data, from ``schema.toml``: names, labels, units, types, ranges."""

import functools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

STAGES = ("primary", "junior")  # the two stages of compulsory education
AREAS = ("urban", "town", "rural")  # in the order in which they are shown
LARGEST = {"count": 1e9, "number": 1e12, "year": 2100.0}
SMALLEST = {"year": 1800.0}


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of school and the stages that it has; ``any_stage`` where it may have any."""

    label: str
    stages: tuple[str, ...]
    any_stage: bool = False


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a table, or an item of a table that has one item a row."""

    name: str
    label: str
    type: Literal["text", "code", "count", "number", "areas", "yes_no", "year", "month", "date"]
    note: str
    unit: str = ""
    codes: dict[str, str] = {}
    stage: str = ""
    needed: Literal["always", "applies", "optional"] = "optional"
    column: Literal["required", "optional"] = "required"
    within: str = ""
    refers: str = ""  # the table whose rows the column names by their key
    minimum: float | None = None
    maximum: float | None = None
    example: str | float | None = None

    @property
    def header(self) -> str:
        """The label with its unit, as the template prints it."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def mark(self) -> str:
        """The sign that the template shows behind the header: must be filled in, must be where the stage is, need not."""
        return {"always": "＊", "applies": "△" if self.stage else "＊", "optional": ""}[self.needed]

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest value that a number may have."""
        largest = LARGEST.get(self.type, float("inf")) if self.maximum is None else self.maximum
        smallest = SMALLEST.get(self.type, 0.0) if self.minimum is None else self.minimum
        return smallest, largest

    @property
    def identifies(self) -> bool:
        """Whether the cells are numbers of schools, counties, people or things: digits that are text."""
        return self.name.endswith("_id") or bool(self.refers)

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers once read."""
        return self.type in {"count", "number", "yes_no", "year"}


ITEM_COLUMNS = (
    Column(name="item", label="项目", type="text", note="项目的中文名或机器名。"),
    Column(name="value", label="值", type="text", note="类型随项目。"),
    Column(name="county_id", label="县区代码", type="text", column="optional", note="一份数据有几个县时填。"),
)


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table: its name, Chinese label, columns, and what a row stands for: the ``key`` tells one from another.

    ``long``: a row is a pupil's or a lesson's; the sample's workbook leaves such tables to the CSV files.
    """

    name: str
    label: str
    key: tuple[str, ...]
    row: str
    note: str
    columns: tuple[Column, ...]
    required: bool = False
    long: bool = False
    layout: Literal["rows", "items"] = "rows"

    def column(self, name: str) -> Column:
        """Return the column named ``name``, or raise KeyError."""
        for column in (*self.columns, *self.written):
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that name a row of another table, or of this one."""
        return tuple(column for column in self.columns if column.refers)

    @property
    def names(self) -> list[str]:
        """The machine names of all columns, in order."""
        return [column.name for column in self.columns]

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns that its sheet or file has: where one item is a row, the item, its value and the county."""
        return ITEM_COLUMNS if self.layout == "items" else self.columns

    @property
    def headers(self) -> dict[str, Column]:
        """Every plain form of a header that is understood: machine name, label, label with its unit and mark."""
        return named(self.written)


class Schema(Struct, frozen=True, forbid_unknown_fields=True):
    """All kinds, stages, subjects and tables."""

    kinds: dict[str, Kind]
    stages: dict[str, str]
    subjects: dict[str, str]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return the table named ``name``, or raise KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def column(self, name: str) -> Column:
        """Return the first column named ``name`` of any table, or raise KeyError."""
        for table in self.tables:
            if name in table.names:
                return table.column(name)
        raise KeyError(name)


@functools.cache
def schema() -> Schema:
    """Return the schema of a county's data, read once."""
    data = msgspec.toml.decode(Path(__file__).with_name("schema.toml").read_bytes())
    kinds = {key: kind["label"] for key, kind in data["kinds"].items()}
    shared = {
        "kind": kinds,
        "subject": data["subjects"],
        "trained_subject": data["subjects"],
        "replaced_by": data["subjects"],
    }
    for table in data["tables"]:
        for column in table["columns"]:
            column.setdefault("codes", shared.get(column["name"], {}))
    return msgspec.convert(data, Schema)


def named(columns: Iterable[Column]) -> dict[str, Column]:
    """Return columns by every plain form of their names; a workbook saved as CSV has the marks in its headers."""
    return {plain(form): c for c in columns for form in (c.name, c.label, c.header, c.header + c.mark)}


def plain(text: object) -> str:
    """Return a header or code in its plain form: half-width, without blanks, in lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text))).lower()
