"""What a calculation needs and a county's data have not: said in Chinese, and in a notebook without a traceback."""

from collections.abc import Iterable, Mapping

import pandas as pd

from balancelib.county.schema import schema


class Lacking(ValueError):  # noqa: N818  not the program errs: the data lack something
    """The county has not what is asked for; the message says what, and what to do."""

    def __str__(self) -> str:  # a KeyError would show its message in quotes
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the message alone: nothing is wrong with the program."""
        return [str(self)]


class MissingTable(Lacking, KeyError):  # noqa: N818
    """Tables or columns that nobody filled."""


class Tables(dict[str, pd.DataFrame]):
    """The tables of a county by machine name; one that is not there says so in Chinese."""

    def __missing__(self, name: str) -> pd.DataFrame:
        known = {table.name for table in schema().tables}
        raise MissingTable(said([name])) if name in known else KeyError(name)

    def need(self, names: Iterable[str]) -> None:
        """Raise `MissingTable` where one of the tables (``money``) or columns (``digital.classrooms``) has no value."""
        if missing := lacking(self, names):
            raise MissingTable(said(missing))


def lacking(tables: Mapping[str, pd.DataFrame], names: Iterable[str]) -> list[str]:
    """Return those of the tables (``money``) and columns (``digital.classrooms``) in which nothing is filled."""
    return [name for name in names if not _has(tables, *name.split("."))]


def _has(tables: Mapping[str, pd.DataFrame], table: str, column: str = "") -> bool:
    frame = tables.get(table)
    if frame is None or frame.empty:
        return False
    return not column or (column in frame and bool(frame[column].notna().any()))


def label(name: str) -> str:
    """Return a table's or a column's name as an official reads it: “学校”表的“小学在校生数”."""
    table, _, column = name.partition(".")
    found = schema().table(table)
    return f"“{found.label}”表" + (f"的“{found.column(column).label}”" if column else "")


def said(names: Iterable[str]) -> str:
    """Say which tables and columns a county has not, what each is for, and what to do."""
    lines = [f"没有{label(name)}，或者一格也没有填。{_purpose(name)}" for name in names]
    return "\n".join([*lines, "填好再算；或者先用示例县看：不设环境变量BALANCELIB_COUNTY。"])


def _purpose(name: str) -> str:
    table, _, column = name.partition(".")
    found = schema().table(table)
    return found.column(column).note if column else found.note
