"""What can be done about a shortage and what it costs: actions as data."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from balancelib.county.schema import STAGES, schema
from balancelib.toml import Key, Text, TomlError, convert, parse

Yuan = Annotated[int, Meta(ge=0, le=10**12)]
STAGED = "{stage}"


class UnitCostError(TomlError):
    """A file of unit costs is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "单价文件"


class Action(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of work or of post (措施): what one unit adds to a school, and its price in 元.

    Parameters
    ----------
    key, label, unit
        Machine name, Chinese name, and the unit in which amounts are told.
    adds
        Columns of the table ``schools`` that one unit raises by ``size``; ``{stage}`` where they are kept by stage.
    size
        How much one whole unit is, in ``unit``.
    once, yearly
        Price of one whole unit: when it is begun, and in each year from then on.
    moves
        Whether it is moved between the public schools of the county: what one gains another loses.
    """

    key: Key
    label: Text
    unit: Text
    adds: Annotated[tuple[str, ...], Meta(min_length=1)]
    size: Annotated[float, Meta(gt=0)] = 1.0
    once: Yuan = 0
    yearly: Yuan = 0
    moves: bool = False

    @property
    def staged(self) -> bool:
        """Whether it is done for a stage of a school, and not for the school as a whole."""
        return any(STAGED in column for column in self.adds)

    def columns(self, stage: str = "") -> list[str]:
        """Columns that it raises, of a stage where they are kept by stage."""
        return [column.replace(STAGED, stage) for column in self.adds]

    def cost(self, years: int) -> int:
        """Price of one whole unit that is there for so many years, 元."""
        return self.once + years * self.yearly


class _File(Struct, forbid_unknown_fields=True):
    actions: Annotated[tuple[Action, ...], Meta(min_length=1)]


def load_unit_costs(path: str | Path) -> tuple[Action, ...]:
    """Load actions and their prices from a TOML file, in the form of ``unit_costs.toml``.

    Raises
    ------
    UnitCostError
        The file is missing or malformed, or names a column that the table ``schools`` does not have.
    """
    path = Path(path)
    actions = convert(parse(path, UnitCostError, "找不到这个文件"), _File, path.name, UnitCostError).actions
    for key, reason in _faults(actions):
        raise UnitCostError(path.name, key, reason)
    return actions


def _faults(actions: tuple[Action, ...]) -> Iterator[tuple[str, str]]:
    known = {column.name for column in schema().table("schools").columns if column.numeric}
    for action in actions:
        key = f"actions.{action.key}"
        if action.staged and not all(STAGED in column for column in action.adds):
            yield f"{key}.adds", "按学段登记的列和全校合计的列不能写在一条里"
        for stage in STAGES:
            yield from ((f"{key}.adds", f"学校表里没有{c}") for c in action.columns(stage) if c not in known)
        if action.moves and not action.staged:
            yield f"{key}.moves", "只有按学段登记的教师能在学校之间交流"


def with_prices(actions: tuple[Action, ...], prices: Mapping[str, int]) -> tuple[Action, ...]:
    """Return the actions with other prices: by key, what is paid for a unit at once, or, where nothing is, each year.

    Raises
    ------
    KeyError
        A key that no action has.

    Examples
    --------
    >>> dear = with_prices(UNIT_COSTS, {"teaching_rooms": 5000, "recruit": 120_000})
    >>> [(one.once, one.yearly) for one in dear if one.key in ("teaching_rooms", "recruit")]
    [(5000, 0), (0, 120000)]
    """
    if unknown := prices.keys() - {action.key for action in actions}:
        raise KeyError(f"没有这些措施：{'、'.join(sorted(unknown))}；有：{'、'.join(a.key for a in actions)}")
    replaced = lambda a: {"once" if a.once else "yearly": prices[a.key]} if a.key in prices else {}  # noqa: E731
    return tuple(msgspec.structs.replace(action, **replaced(action)) for action in actions)


UNIT_COSTS = load_unit_costs(Path(__file__).with_name("unit_costs.toml"))
"""Assumed prices (示例单价), from ``unit_costs.toml``: none has an official source, a county must put its own in their place."""
