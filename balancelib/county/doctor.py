"""The data doctor: checks a county's tables by ``rules.toml``; the single cell was checked when it was read."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed
from balancelib.county.rules import Rule, rules, written_out
from balancelib.county.schema import schema
from balancelib.county.structure import STRUCTURE
from balancelib.county.views import View, views
from balancelib.text import number

_NAMES = re.compile(r"\[(\w+)\]")
_VALUES = re.compile(r"\{([\w.]+)(?::([^}]+))?\}")
_OTHERS = re.compile(r"\b(schools|county|before|sums|enrolment)\.")


def examine(tables: Mapping[str, Parsed], before: pd.DataFrame | None = None) -> Iterator[Fault]:
    """Find all faults and warnings of the tables taken together: by table, and in a table as the rules stand in the file.

    Parameters
    ----------
    tables
        By machine name.
    before
        The table of schools of an earlier year, if there is one.
    """
    known = views(tables, before)
    for name, parsed in tables.items():
        for rule in rules().values():
            for one in written_out().get((rule.id, name), ()):
                if _can_be_told(one, known[name]):
                    yield from (_disagreement if one.total else _wrong)(one, parsed, known[name])
            if rule.id in STRUCTURE and rule.looks_at(parsed.table):
                yield from STRUCTURE[rule.id](rule, parsed, tables, before)


def _can_be_told(rule: Rule, view: View) -> bool:
    """Whether all other tables that the rule compares with are there."""
    asked = {name for formula in rule.formulas for name in _OTHERS.findall(formula)}
    return all(name in view or ("sums" in view and name in view["sums"]) for name in asked)


def _wrong(rule: Rule, parsed: Parsed, view: View) -> Iterator[Fault]:
    """Rows for which the rule's formula is true."""
    here = _with_terms(rule, view)
    yield from _faults(rule, parsed, here.value(rule.wrong), here)


def _with_terms(rule: Rule, view: View) -> View:
    if not rule.terms:
        return view
    here = view.copy_with()
    for name, formula in rule.terms.items():
        here[name] = here.value(formula)
    return here


def _disagreement(rule: Rule, parsed: Parsed, view: View) -> Iterator[Fault]:
    """Schools whose rows do not add up to the rule's number: at the first row that counts.

    A school that is not in both tables is passed over, and so is one with a number that is blank or was refused.
    """
    ids = parsed.frame["school_id"]
    if rule.rows:
        ids = ids.where(view.value(rule.rows))
    total, given = _totals(rule, parsed, view, ids), view.value(rule.of)
    apart = np.abs(total - given)
    first = (ids.notna() & ~ids.duplicated()).to_numpy()
    wrong = first & (apart > rule.tolerance * np.maximum(np.abs(given), 1e-9))
    share = np.full(len(ids), "", dtype=object)
    for i in np.flatnonzero(wrong & (given != 0)):
        share[i] = f"，相差{apart[i] / abs(given[i]):.1%}"
    yield from _faults(rule, parsed, wrong, view.copy_with(total=np.round(total, 2), of=given, apart=share))


def _totals(rule: Rule, parsed: Parsed, view: View, ids: pd.Series) -> np.ndarray:
    """Add up the numbers of each school; not a number where one of them is not sure."""
    amount = pd.Series(view.value(rule.total), dtype=float)
    used = set(re.findall(r"\w+", rule.total))
    amount.iloc[[i for i, name in parsed.refused if name in used] + sorted(parsed.shifted)] = np.nan
    by_id = amount.groupby(ids)
    return by_id.transform("sum").where(by_id.transform("count") == by_id.transform("size")).to_numpy()


def _faults(rule: Rule, parsed: Parsed, where: np.ndarray, view: View) -> Iterator[Fault]:
    """One fault a row; the rule's words with the row's numbers in them."""
    text = _NAMES.sub(lambda found: f"“{_label(rule, found[1])}”", rule.reason)

    def reason(i: int) -> str:
        return _VALUES.sub(lambda found: _shown(view.value(found[1])[i], found[2]), text)

    how = {"action": rule.action, "severity": rule.severity, "rule": rule.id}
    for i in parsed.sure_rows(where, rule.column):
        amount = number(view["total"][i]) if rule.total else None
        yield parsed.fault(i, rule.column, reason(i), amount=amount, **how)


def _label(rule: Rule, name: str) -> str:
    table = schema().table(rule.table)
    return (table if name in table.names else schema()).column(name).label


def _shown(value: object, how: str | None) -> str:
    if isinstance(value, str):
        return value
    return format(value, how) if how else number(value)
