"""Warnings that somebody looked into and found true: kept with who, when and why, and no longer listed."""

import functools
from collections.abc import Iterator

import pandas as pd
from msgspec import Struct

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed
from balancelib.county.rules import rules
from balancelib.county.schema import schema
from balancelib.text import shown

Key = tuple[str, str | None, str | None]  # rule, school, column


class Accepted(Struct, frozen=True):
    """A warning that was found true.

    Attributes
    ----------
    fault : Fault
        The warning.
    accepted_by, accepted_on, reason : str
        The office or post that looked into it, the day (``2026-03-01``), and why it is true.
    """

    fault: Fault
    accepted_by: str
    accepted_on: str
    reason: str

    @property
    def reason_found(self) -> str:
        """Where and what the warning was."""
        return self.fault.said

    def __str__(self) -> str:
        return f"{self.fault.said}。{self.accepted_on}，{self.accepted_by}核实：{self.reason.rstrip('。')}。"


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
    there: dict[Key, list[Fault]] = {}
    for fault in faults:
        if fault.severity == "warning":
            there.setdefault((fault.rule, fault.school_id, _label(fault.column)), []).append(fault)
    accepted: dict[int, Accepted] = {}
    wrong: list[Fault] = []
    rows = exceptions.frame.astype(object).where(exceptions.frame.notna(), None)
    for i, row in enumerate(rows.to_dict("records")):
        these = there.get((row["rule"], row["school_id"], _label(row["column"])), [])
        same = [fault for fault in these if _same(judged(fault), row["value"])]
        who = [row[name] or "" for name in ("accepted_by", "accepted_on", "reason")]
        accepted |= {id(fault): Accepted(fault, *who) for fault in same}
        if not same:
            wrong += _of_no_use(exceptions, i, row["rule"], these, compared)
    left = [fault for fault in faults if id(fault) not in accepted]
    return left + wrong, [accepted[id(fault)] for fault in faults if id(fault) in accepted]


def judged(fault: Fault) -> str | None:
    """Return the value that was found odd: the cell's, or the sum's."""
    return fault.value if fault.amount is None else fault.amount


def _same(one: str | None, other: str | None) -> bool:
    """Whether two cells hold the same, ``0`` and ``0.0`` too; blank is not zero."""
    if one is None or other is None:
        return one is other
    return one == shown(other) or bool(
        pd.to_numeric(one, errors="coerce") == pd.to_numeric(other, errors="coerce")
    )


def _label(text: str | None) -> str | None:
    """Return the Chinese name of a column that was named by any of its names."""
    return None if text is None else _labels().get(text, text)


@functools.cache
def _labels() -> dict[str, str]:
    columns = [column for table in schema().tables for column in table.columns]
    return {form: column.label for column in columns for form in (column.name, column.label, column.header)}


def _of_no_use(
    exceptions: Parsed, i: int, rule: str | None, these: list[Fault], compared: bool
) -> Iterator[Fault]:
    """Say why an exception is of no use; ``these`` are the warnings that it is of, but for their value."""
    if rule is None:
        return
    if rule not in rules():
        yield _fault(exceptions, i, "rule", "exception.unknown", "，没有这条规则")
    elif rules()[rule].severity == "fault":
        yield _fault(exceptions, i, "rule", "exception.hard", "是错误，不是提醒，不能列为例外")
    elif these:
        now = "、".join(dict.fromkeys("空白" if (v := judged(f)) is None else f"“{v}”" for f in these))
        yield _fault(exceptions, i, "value", "exception.value", f"是核实时的值，现在的值是{now}")
    elif compared or rules()[rule].group != "previous":
        yield _fault(exceptions, i, "rule", "exception.unmatched", "，对不上任何一处提醒")


def _fault(exceptions: Parsed, i: int, column: str, rule: str, reason: str) -> Fault:
    how = rules()[rule]
    return exceptions.fault(i, column, reason, action=how.action, severity=how.severity, rule=rule)
