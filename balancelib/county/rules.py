"""The rules that a county's data is checked by: ``rules.toml``, read, and written out for each column and stage."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pandas as pd
from msgspec import Struct

from balancelib.county.schema import STAGES, Column, Table, schema

Severity = Literal["fault", "warning"]
SEVERITIES = {"fault": "错误", "warning": "提醒"}
_FOLDER = Path(__file__).parent


class Rule(Struct, frozen=True, forbid_unknown_fields=True, rename={"terms": "with"}):
    """A rule; the head of ``rules.toml`` says what each field means.

    Once written out (`written_out`) it is of one table and one column, and no name in it is a placeholder.
    """

    id: str
    meaning: str
    severity: Severity
    action: str = ""
    where: str = ""
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] | dict[str, str | bool] = ()
    stages: tuple[str, ...] = STAGES
    terms: dict[str, str] = {}
    wrong: str = ""
    rows: str = ""
    total: str = ""
    of: str = ""
    tolerance: float = 1e-9
    least: dict[str, float] = {}
    reason: str = ""

    @property
    def table(self) -> str:
        """The table of a rule once written out."""
        return self.tables[0]

    @property
    def column(self) -> str:
        """The column of a rule once written out: where the fault stands."""
        return self.columns[0]

    @property
    def formulas(self) -> tuple[str, ...]:
        """Every expression of the rule."""
        return tuple(filter(None, (*self.terms.values(), self.wrong, self.rows, self.total, self.of)))

    @property
    def how(self) -> dict[str, str]:
        """What a fault that it finds has of it."""
        return {"action": self.action, "severity": self.severity, "rule": self.id}

    def looks_at(self, table: Table) -> bool:
        """Whether it is a rule of a table."""
        return not self.tables or table.name in self.tables

    @property
    def group(self) -> str:
        """The key of its group."""
        return self.id.partition(".")[0]


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """All rules, and the Chinese names of their groups."""

    groups: dict[str, str]
    rules: tuple[Rule, ...]


@functools.cache
def rulebook() -> Rules:
    """Return all rules as they stand in the file, read once."""
    return msgspec.toml.decode((_FOLDER / "rules.toml").read_bytes(), type=Rules)


@functools.cache
def rules() -> dict[str, Rule]:
    """Return all rules by their ids."""
    return {rule.id: rule for rule in rulebook().rules}


@functools.cache
def written_out() -> dict[tuple[str, str], list[Rule]]:
    """Return the rules that have a formula, by id and table: once for each stage and column that they are for."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rulebook().rules:
        for one in (c for staged in _stages(rule) for c in _columns(staged)) if rule.formulas else ():
            found.setdefault((rule.id, one.table), []).append(one)
    return found


def _stages(rule: Rule) -> Iterator[Rule]:
    if "STAGE" not in msgspec.json.encode(rule).decode():
        yield rule
        return
    for stage in rule.stages:
        yield _with(rule, {"STAGE": stage, "{stage}": schema().stages[stage]})


def _columns(rule: Rule) -> Iterator[Rule]:
    for table in schema().tables:
        if rule.looks_at(table):
            for column in _selected(rule, table):
                places = {
                    "COLUMN": column.name,
                    "WHOLE": column.within,
                    "UNIT": column.unit,
                    "LEAST": str(rule.least.get(column.unit, 0)),
                }
                yield msgspec.structs.replace(
                    _with(rule, places), tables=(table.name,), columns=(column.name,)
                )


def _selected(rule: Rule, table: Table) -> list[Column]:
    """The columns that a rule names, or that are as it says: ``within = true`` are those that have one."""
    if isinstance(rule.columns, dict):
        return [
            c for c in table.columns
            if all(bool(getattr(c, k)) if v is True else getattr(c, k) == v for k, v in rule.columns.items())
        ]  # fmt: skip
    return [column for column in table.columns if column.name in rule.columns]


def _with(rule: Rule, places: dict[str, str]) -> Rule:
    """Return a rule with something in the place of each placeholder."""
    text = msgspec.json.encode(rule).decode()
    for place, value in places.items():
        text = text.replace(place, value)
    return msgspec.json.decode(text, type=Rule)


def rules_table(group: str) -> pd.DataFrame:
    """Return the rules of a group for people, a row each: ``编号, 程度, 查什么, 看哪些数, 怎么办``."""
    found = [rule for rule in rulebook().rules if rule.group == group]
    rows = [(f"`{r.id}`", SEVERITIES[r.severity], r.meaning, _where(r), r.action or "—") for r in found]
    return pd.DataFrame(rows, columns=["编号", "程度", "查什么", "看哪些数", "怎么办"])


def _where(rule: Rule) -> str:
    """Say which columns a rule looks at, by their Chinese names, the tables apart."""
    if rule.where:
        return rule.where
    labels = {
        schema().table(table).label: [schema().table(table).column(one.column).label for one in ones]
        for (key, table), ones in written_out().items() if key == rule.id
    }  # fmt: skip
    return "；".join(f"{table}：{'、'.join(columns)}" for table, columns in labels.items())
