"""Warnings that somebody looked into and found true: kept with who, when and why, and no longer listed."""

import functools
from collections.abc import Iterator

import pandas as pd
from msgspec import Struct

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed
from balancelib.county.rules import rules
from balancelib.county.schema import Column, schema

Key = tuple[str, str | None, str | None]  # rule, school, column


class Accepted(Struct, frozen=True):
    """A warning that was found true.

    Attributes
    ----------
    fault : Fault
        The warning.
    by, on, reason : str
        The office or post that looked into it, the day (``2026-03-01``), and why it is true.
    """

    fault: Fault
    by: str
    on: str
    reason: str

    def __str__(self) -> str:
        return f"{self.fault.said}。{self.on}，{self.by}核实：{self.reason}"


def accept(
    faults: list[Fault], exceptions: Parsed | None, compared: bool
) -> tuple[list[Fault], list[Accepted]]:
    """Take out of the faults the warnings that the table of exceptions names.

    Parameters
    ----------
    faults
        All faults and warnings.
    exceptions
        The table ``exceptions``.
    compared
        Whether an earlier year was given: without it, exceptions to what changed since are left in peace.

    Returns
    -------
    faults : list of Fault
        The others, and what is wrong with the exceptions themselves.
    accepted : list of Accepted
        In the order of the faults.
    """
    if exceptions is None:
        return faults, []
    own = [fault for fault in faults if fault.severity == "warning"]
    there: dict[Key, list[Fault]] = {}
    for fault in own:
        there.setdefault((fault.rule, fault.school_id, _plain_column(fault.column)), []).append(fault)
    accepted: dict[int, Accepted] = {}
    wrong: list[Fault] = []
    for i, row in enumerate(exceptions.frame.to_dict("records")):
        these = there.get((row["rule"], row["school_id"], _plain_column(row["column"])), [])
        same = [fault for fault in these if _same(fault.value, row["value"])]
        accepted |= {
            id(f): Accepted(f, row["accepted_by"] or "", row["accepted_on"] or "", row["reason"] or "")
            for f in same
        }
        if not same:
            wrong += _not_accepted(exceptions, i, row["rule"], these, compared)
    left = [fault for fault in faults if id(fault) not in accepted]
    return left + wrong, [accepted[id(fault)] for fault in faults if id(fault) in accepted]


def _same(one: str | None, other: str | None) -> bool:
    """Whether two cells hold the same, ``0`` and ``0.0`` too; blank is not zero."""
    if one == other or one is None or other is None:
        return one == other
    return bool(pd.to_numeric(one, errors="coerce") == pd.to_numeric(other, errors="coerce"))


def _plain_column(text: str | None) -> str | None:
    """Return the Chinese name of a column that was named by any of its names."""
    return None if text is None else _labels().get(text, text)


@functools.cache
def _labels() -> dict[str, str]:
    columns: list[Column] = [column for table in schema().tables for column in table.columns]
    return {form: column.label for column in columns for form in (column.name, column.label, column.header)}


def _not_accepted(
    exceptions: Parsed, i: int, rule: str | None, these: list[Fault], compared: bool
) -> Iterator[Fault]:
    """Say why an exception is of no use."""
    known = rules().get(rule or "")
    if rule is None or not exceptions.sure(i, "rule"):
        return
    if known is None:
        yield _fault(exceptions, i, "rule", "exception.unknown", "：没有这条规则")
    elif known.severity == "fault":
        yield _fault(exceptions, i, "rule", "exception.hard", "是错误，不是提醒，不能列为例外")
    elif these:
        now = "、".join(
            dict.fromkeys(f"“{fault.value}”" if fault.value is not None else "空白" for fault in these)
        )
        yield _fault(exceptions, i, "value", "exception.value", f"：现在的值是{now}")
    elif compared or known.group != "previous":
        yield _fault(exceptions, i, "rule", "exception.unmatched", "：对不上任何一处提醒")


def _fault(exceptions: Parsed, i: int, column: str, rule: str, reason: str) -> Fault:
    how = rules()[rule]
    return exceptions.fault(i, column, reason, action=how.action, severity=how.severity, rule=rule)
