"""When teachers retire under the gradual delay of 2025, by ``retirement.toml``."""

from pathlib import Path
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import ArrayLike

from balancelib.toml import Key, Text, TomlError, convert, parse

EVERY, MOST = 4, 36  # one month later for every four months of birth, at most three years


class RetirementError(TomlError):
    """The file of retirement ages is malformed."""

    called = "退休年龄文件"


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """People who retired at ``age`` before; the first whose date moves are born in January of ``first``."""

    key: Key
    label: Text
    age: Annotated[int, Meta(ge=40, le=70)]
    first: Annotated[int, Meta(ge=1900, le=2100)]


class _Groups(Struct, forbid_unknown_fields=True):
    groups: Annotated[tuple[Group, ...], Meta(min_length=1)]


def load_groups(path: str | Path) -> dict[str, Group]:
    """Load retirement ages from a TOML file in the form of ``retirement.toml``.

    Raises
    ------
    RetirementError
        The file is missing or malformed.
    """
    path = Path(path)
    found = convert(parse(path, RetirementError, "找不到这个文件"), _Groups, path.name, RetirementError)
    return {group.key: group for group in found.groups}


GROUPS = load_groups(Path(__file__).with_name("retirement.toml"))
"""Groups by key: ``male``, ``female``, ``senior_woman``."""


def retirement_date(birth_year: ArrayLike, birth_month: ArrayLike, group: ArrayLike) -> np.ndarray:
    r"""Return when people reach the statutory age, in years: 2025.0 is January 2025, a month is a twelfth (法定退休时间).

    .. math:: T = b + 60 + \min\left(\left\lceil \tfrac{m}{4} \right\rceil,\ 36\right) / 12

    for men, where ``b`` is the month of birth and ``m`` how many months it is after December 1964, none below 0; for women 55 and
    December 1969.

    Parameters
    ----------
    birth_year, birth_month : array_like
        Whole numbers, months from 1 to 12; NaN where not known.
    group : array_like of str
        ``male``, ``female`` or ``senior_woman``; another word is not known.

    Returns
    -------
    ndarray of float
        NaN where something is not known.

    Notes
    -----
    Source: 国务院关于渐进式延迟法定退休年龄的办法, article 1, with the decision of the Standing Committee of the National People's
    Congress of 13 September 2024. Retiring earlier or later of one's own will is not in it.

    Examples
    --------
    >>> (retirement_date([1971], [4], ["female"]) * 12 % 12 + 1).round(), retirement_date([1971], [4], ["female"]) // 1
    (array([8.]), array([2026.]))
    """
    year, month = np.asarray(birth_year, dtype=float), np.asarray(birth_month, dtype=float)
    group = np.asarray(group, dtype=object)
    age, first = (_by_group(group, field) for field in ("age", "first"))
    delay = np.clip(np.ceil(((year - first) * 12 + month) / EVERY), 0, MOST)
    return (year * 12 + month - 1 + age * 12 + delay) / 12


def _by_group(group: np.ndarray, field: str) -> np.ndarray:
    values = np.full(group.shape, np.nan)
    for key, found in GROUPS.items():
        values[group == key] = getattr(found, field)
    return values
