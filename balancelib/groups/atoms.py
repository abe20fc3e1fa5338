"""How many children there are for certain, where only counts of registers and of pairs of registers are known.

The registers' Venn diagram has an atom for each set of registers that a child can stand in. The counts say what sums of atoms are;
whatever fills the atoms so is possible, and the least and the greatest of what is asked bound the truth: no assumption is made.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from balancelib.highs import SAME, minimise

MOST_REGISTERS = 10  # 1,023 atoms
Pairs = Mapping[tuple[str, str], float]


class Range(NamedTuple):
    """The least and the greatest number of children that the counts leave possible."""

    least: int
    greatest: int

    @property
    def width(self) -> int:
        """How many children are uncertain."""
        return self.greatest - self.least


def bounds(
    sizes: Mapping[str, float],
    both: Pairs | None = None,
    wrong: Mapping[str, float] | None = None,
    inside: Collection[str] | None = None,
    outside: Collection[str] = (),
) -> Range:
    r"""Bound how many children stand in at least one of some registers, and in none of others (登记册并集的上下界).

    .. math::
        \min, \max \sum_{S \cap I \ne \emptyset,\; S \cap O = \emptyset} x_S
        \quad\text{with}\quad \sum_{S \ni i} x_S = n_i, \quad \sum_{S \supseteq \{i, j\}} x_S = n_{ij}, \quad x_S \in \{0, 1, \dots\}

    Parameters
    ----------
    sizes : mapping of str to float
        Children in each register, every child once: whole numbers.
    both : mapping of (str, str) to float, optional
        Children in both of two registers, for the pairs that have been compared.
    wrong : mapping of str to float, optional
        How many of a register's entries may be wrong: of children who moved away or are no longer of the group, or written twice. Only the
        children who should be there are then bounded; a wrong one has atoms of its own, and counts against each register that has it.
    inside, outside : collection of str
        Registers of which at least one has the child; registers that have it not. All, and none, if left out.

    Returns
    -------
    Range
        Both ends are attained: no other use of these counts gives narrower bounds.

    Raises
    ------
    ValueError
        A count is missing, negative or no whole number; a register is unknown; or the counts contradict each other, as they may where
        children are written twice and ``wrong`` does not say so.

    Notes
    -----
    Boole (1854); Fréchet (1935); as a linear program over the atoms Hailperin (1965), American Mathematical Monthly 72. Without
    pairs the union lies between the largest register and the sum of all. Children in no register are in no bound.

    Examples
    --------
    Two registers of 60 and 50 children, 45 of them in both:

    >>> bounds({"学籍": 60, "残联": 50})
    Range(least=60, greatest=110)
    >>> bounds({"学籍": 60, "残联": 50}, {("学籍", "残联"): 45})
    Range(least=65, greatest=65)
    >>> bounds({"学籍": 60, "残联": 50}, {("学籍", "残联"): 45}, outside=["学籍"])
    Range(least=5, greatest=5)
    >>> bounds({"学籍": 60, "残联": 50}, {("学籍", "残联"): 45}, wrong={"残联": 2})
    Range(least=63, greatest=65)
    """
    sizes, both = dict(sizes), dict(both or {})
    wrong = dict.fromkeys(sizes, 0.0) | dict(wrong or {})
    _check(sizes, both, {*(inside or ()), *outside, *wrong})
    column = _atoms(sizes)
    wanted = _any(column, sizes if inside is None else inside) * (1 - _any(column, outside))
    if not wanted.any() or not any(sizes.values()):
        return Range(0, 0)
    return _ends(
        tuple(map(tuple, (sizes, sizes.values(), both, both.values()))),
        tuple(wrong[name] for name in sizes),
        tuple(wanted),
    )


@lru_cache(maxsize=10_000)
def _ends(counts: tuple[tuple, ...], wrong: tuple[float, ...], wanted: tuple[float, ...]) -> Range:
    """Solve the two programs: variables are atoms of children who should be there, of those who should not, and entries written twice."""
    names, sizes, pairs, both = counts
    column = _atoms(names)
    registers = np.array(list(column.values()))
    shared = np.array([column[a] * column[b] for a, b in pairs]).reshape(-1, len(wanted))
    twice, none = np.eye(len(names)), np.zeros((len(pairs), len(names)))
    rows = np.vstack([
        np.hstack([registers, registers, twice]),
        np.hstack([shared, shared, none]),
        np.hstack([0 * registers, registers, twice]),
    ])  # fmt: skip
    low, high = [*sizes, *both, *[0] * len(names)], [*sizes, *both, *wrong]
    cost = np.concatenate([wanted, np.zeros(len(wanted) + len(names))])
    least, greatest = (_extreme(sign * cost, rows, low, high) for sign in (1, -1))
    return Range(round(least), round(-greatest))


def _atoms(names: Iterable[str]) -> dict[str, np.ndarray]:
    """Return for each register which atoms stand in it."""
    names = list(names)
    return dict(zip(names, np.array(list(product((0.0, 1.0), repeat=len(names)))[1:]).T, strict=True))


def _any(column: Mapping[str, np.ndarray], names: Iterable[str]) -> np.ndarray:
    """Which atoms stand in at least one of the registers."""
    nowhere = 0 * next(iter(column.values()))
    return np.max([nowhere, *(column[name] for name in names)], axis=0)


def _extreme(cost: np.ndarray, rows: np.ndarray, low: list[float], high: list[float]) -> float:
    found = minimise(cost, csr_array(rows), np.array(low), np.array(high), np.full(len(cost), max(high)))
    if found.x is None:
        raise ValueError("两两核对的人数互相矛盾，没有一种分法能同时对上；请把几对重新核一遍")
    return float(found.value)


def _check(sizes: Mapping[str, float], both: Pairs, named: set[str]) -> None:
    known = {name for pair in both for name in pair} | named
    if unknown := sorted(known - set(sizes)):
        raise ValueError(f"没有{'、'.join(unknown)}的登记人数，先补上这一册")
    if not 0 < len(sizes) <= MOST_REGISTERS:
        raise ValueError(f"要有1到{MOST_REGISTERS}册登记，现在是{len(sizes)}册")
    for where, count in [*sizes.items(), *((f"{a}和{b}都有的", n) for (a, b), n in both.items())]:
        if not math.isfinite(count) or count < 0 or abs(count - round(count)) > SAME:
            raise ValueError(f"{where}人数是{count}，要是0或正的整数；空着的不当作0")
    for (a, b), count in both.items():
        if count > min(sizes[a], sizes[b]) + SAME:
            raise ValueError(
                f"{a}{sizes[a]:g}人，{b}{sizes[b]:g}人，两册都有的却是{count:g}人：比小的一册还多，核对有误"
            )
