"""What an audit asks: rules as data, read from a TOML file and refused where they make no sense."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from balancelib.county.schema import schema
from balancelib.resources.expressions import fault
from balancelib.toml import Key, Text, TomlError, convert, nth, parse

RULES = Path(__file__).with_name("audit_rules.toml")
COUNTED = ("pupils", "pupils_primary", "pupils_junior", "pupils_special", "boarders")
_PAID = tuple(column.name for column in schema().table("money").columns if column.type == "number")
_KNOWN = (*_PAID, *COUNTED, "quota", "ledger_bought")
FIELDS = (*_KNOWN, *(f"previous_{name}" for name in _KNOWN))
Share = Annotated[float, Meta(gt=0, lt=1)]


class AuditRulesError(TomlError):
    """A file of rules is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "审计规则文件"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of each row: a value, and the least or the most that it may be."""

    id: Key
    label: Text
    severity: Literal["rule", "question"]
    value: Text
    unit: Literal["元", "%", "倍", "元/人"]
    meaning: Text
    ask: Text
    least: Text | None = None
    most: Text | None = None
    when: Text | None = None
    source: Text | None = None


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A variable of the search for outliers."""

    label: Text
    value: Text


class Outliers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How outliers are looked for."""

    id: ClassVar[str] = "outliers"
    severity: ClassVar[str] = "question"
    label: Text
    probability: Share
    fields: Annotated[list[Measured], Meta(min_length=1)]
    ask: Text


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How round amounts are looked for."""

    id: ClassVar[str] = "round"
    severity: ClassVar[str] = "question"
    label: Text
    unit: Annotated[int, Meta(ge=2)]
    probability: Share
    fields: Annotated[list[Key], Meta(min_length=1)]
    ask: Text


class AuditRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that an audit asks."""

    rules: Annotated[list[Rule], Meta(min_length=1)]
    outliers: Outliers | None = None
    round: Round | None = None


def load_rules(path: str | Path = RULES) -> AuditRules:
    """Load the rules of an audit.

    Parameters
    ----------
    path : str or Path
        A TOML file, in the form of the library's own ``audit_rules.toml``, which says what may stand in it.

    Raises
    ------
    AuditRulesError
        The file is missing, unreadable or malformed; an expression that holds more than arithmetic.
    """
    path = Path(path)
    data = parse(path, AuditRulesError, "找不到这个文件")
    rules = convert(data, AuditRules, path.name, AuditRulesError)
    for key, expression in _expressions(rules):
        if reason := fault(expression, FIELDS):
            raise AuditRulesError(path.name, key, reason)
    for rule in rules.rules:
        if rule.least is None and rule.most is None:
            raise AuditRulesError(path.name, f"rules.{rule.id}", "least和most至少要写一个")
    return rules


def _expressions(rules: AuditRules) -> Iterator[tuple[str, str]]:
    """Yield all expressions of a file, with their keys."""
    for rule in rules.rules:
        for name in ("value", "least", "most", "when"):
            if (expression := getattr(rule, name)) is not None:
                yield f"rules.{rule.id}.{name}", expression
    for number, field in enumerate(rules.outliers.fields if rules.outliers else [], 1):
        yield f"outliers.fields.{nth(number)}", field.value
    for name in rules.round.fields if rules.round else []:
        yield "round.fields", name
