"""What an exercise is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from balancelib.county import County


@dataclass(frozen=True)
class Exercise:
    """An exercise: what is right in a county, what helps, and what people get wrong.

    Parameters
    ----------
    answer : callable
        The right answer in a county: a number, True or False, a text, a set of names, or numbers by label (dict, Series, DataFrame).
    hints : tuple of str
        A first hint, stronger ones, and last how to do it. What stands between backticks is code.
    mistakes : mapping of str to callable
        What is said to who made a usual mistake, and the answer that it leads to, from the county and the right answer.
    unit : str
        Unit of the answer.
    tolerance : float or mapping of str to float
        By how much a number may differ, in the unit, or the number of each label; said to the trainee.
    right : str
        What the right answer means for the county.
    tables : tuple of str
        What a county must have beside its schools; a column is written ``table.column``.
    picture : callable
        A figure of what is expected, with its alternative text; shown from the second hint on.
    """

    answer: Callable[[County], Any]
    hints: tuple[str, ...]
    mistakes: Mapping[str, Callable[[County, Any], Any]] = field(default_factory=dict)
    unit: str = ""
    tolerance: float | Mapping[str, float] = 0.0
    right: str = ""
    tables: tuple[str, ...] = ()
    picture: Callable[[County], Any] | None = None

    @property
    def allowed(self) -> str:
        """What difference is allowed, in words; empty for what is no number, or a whole one."""
        each = self.tolerance if isinstance(self.tolerance, Mapping) else {"": self.tolerance}
        if not any(each.values()):
            return ""
        return "，".join(
            f"{label}相差不超过{by:g}{self.unit}都算对" if by else f"{label}要正好"
            for label, by in each.items()
        )


def exercises(module: str) -> dict[str, Exercise]:
    """Return the exercises of a module of the course, by their numbers.

    Raises
    ------
    KeyError
        There are none.
    """
    name = f"{__package__}.{module}"
    try:
        found = vars(import_module(name)).get("EXERCISES")
    except ModuleNotFoundError as error:
        if not name.startswith(error.name or name):
            raise  # it is there, and something that it needs is not
        found = None
    if found is None:
        raise KeyError(module)
    return found
