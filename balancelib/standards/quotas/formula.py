"""A weighted per-pupil formula, and those that the national quotas for running costs make."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Formula:
    """A weighted per-pupil formula (加权生均经费公式).

    Parameters
    ----------
    per_pupil : mapping of str to float
        For each column of pupils by stage, 元 a pupil and year.
    supplements : mapping of str to float
        For each column of pupils who need more, 元 a pupil and year on top: boarders, disabled children.
    least_pupils : float
        A school with fewer pupils is counted as having so many; each stage in proportion. Supplements go by the pupils there are.
    remoteness : mapping of str to float
        For each value of the column ``area``, by what the school's sum is multiplied; 1 where none is given.

    Raises
    ------
    ValueError
        An amount that is negative or not finite; no stage at all.

    Notes
    -----
    Weighted student funding: a pupil's weight is what that pupil costs, relative to the one who costs least. Source: Ross and Levačić
    (1999), Needs-Based Resource Allocation in Education via Formula Funding of Schools, UNESCO IIEP. `RUNNING_COSTS`, from
    ``running_costs.toml``, is the newest national quota for running costs with its rule of small schools; `running_costs` those before.
    """

    per_pupil: Mapping[str, float]
    supplements: Mapping[str, float] = field(default_factory=dict)
    least_pupils: float = 0
    remoteness: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.per_pupil:
            raise ValueError("公式里没有一个学段；per_pupil要写明每个学段每名学生多少元")
        amounts = {**self.per_pupil, **self.supplements, **self.remoteness, "least_pupils": self.least_pupils}
        for name, amount in amounts.items():
            if not 0 <= amount < np.inf:
                raise ValueError(f"公式里{name}是{amount}；要不小于0的数")

    def scaled(self, factor: float) -> Self:
        """Return the formula with every amount of money multiplied."""
        times = lambda amounts: {name: amount * factor for name, amount in amounts.items()}  # noqa: E731
        return type(self)(times(self.per_pupil), times(self.supplements), self.least_pupils, self.remoteness)


_QUOTAS = tomllib.loads(Path(__file__).with_name("running_costs.toml").read_text(encoding="utf-8"))


def running_costs(year: int) -> Formula:
    """Return the national quota for running costs that holds in a year (公用经费基准定额).

    Parameters
    ----------
    year : int
        Calendar year, from the first that ``running_costs.toml`` knows.

    Raises
    ------
    ValueError
        A year before that.

    Examples
    --------
    >>> running_costs(2024).per_pupil["pupils_primary"]
    720
    """
    held = [quota for quota in _QUOTAS["quotas"] if quota["year"] <= year]
    if not held:
        raise ValueError(f"没有{year}年的定额；从{_QUOTAS['quotas'][0]['year']}年起才有")
    return Formula(held[-1]["per_pupil"], held[-1]["supplements"], _QUOTAS["least_pupils"])


RUNNING_COSTS = running_costs(_QUOTAS["quotas"][-1]["year"])
