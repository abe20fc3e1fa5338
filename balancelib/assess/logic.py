"""Three-valued verdicts, comparisons in full precision, and the rounding of the official forms."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

WORDS = {True: "达到", False: "未达到", None: "还不能判定"}
VETO_WORDS = {True: "没有发生", False: "有发生", None: "还不能判定"}
TOLERANCE = 1e-12  # relative: 9 teachers for 1,000 pupils meet 0.9, whatever the last bit says


def words_of(part: str) -> dict[bool | None, str]:
    """Words for the verdicts of a part: a veto that is met reads as one that has not happened."""
    return VETO_WORDS if part == "veto" else WORDS


def reaches(x: float | np.ndarray, threshold: float | np.ndarray) -> bool | np.ndarray:
    """Whether ``x ≥ threshold``, a value within 1e-12 of it included."""
    return x >= lowest_reaching(threshold)


def within(x: float | np.ndarray, limit: float | np.ndarray) -> bool | np.ndarray:
    """Whether ``x ≤ limit``, a value within 1e-12 of it included."""
    return x <= highest_within(limit)


def lowest_reaching(threshold: float | np.ndarray) -> float | np.ndarray:
    """Return the lowest value that `reaches` a threshold."""
    return threshold - TOLERANCE * abs(threshold)


def highest_within(limit: float | np.ndarray) -> float | np.ndarray:
    """Return the highest value `within` a limit."""
    return limit + TOLERANCE * abs(limit)


def all_hold(verdicts: Iterable[bool | None]) -> bool | None:
    """Return False if any is False, else None if any is None or there are none, else True."""
    verdicts = list(verdicts)
    if any(v is False for v in verdicts):
        return False
    return None if not verdicts or any(v is None for v in verdicts) else True


def form_round(x: ArrayLike, decimals: int) -> np.ndarray:
    """Round as a spreadsheet does: halves away from zero, 2.675 to 2.68 although its last bit is below."""
    x = np.asarray(x, dtype=float)
    scaled = np.abs(x) * 10.0**decimals
    last_bits = np.minimum(TOLERANCE * scaled, 1e-6)
    return np.sign(x) * np.floor(scaled + last_bits + 0.5) / 10.0**decimals


def shown(
    x: float,
    against: float | None = None,
    decimals: int = 2,
    passes: Callable[[float, float], bool] = reaches,
) -> str:
    """Write a number as the forms round it, with more decimals where it would look to be on the other side of its bound.

    Parameters
    ----------
    x : float
    against : float, optional
        The bound that ``x`` was compared with.
    decimals : int
        The fewest decimals.
    passes : callable
        How it was compared: `reaches` for a minimum, `within` for a maximum.
    """
    for places in range(decimals, 13):
        text = f"{float(form_round(x, places)):,.{places}f}"
        if against is None or passes(x, against) == passes(float(text.replace(",", "")), against):
            return text
    return repr(x)


def shown_among(x: float, bounds: Iterable[float], decimals: int = 2) -> str:
    """Write a number as `shown` does, against the nearest of several minimums.

    Examples
    --------
    >>> shown_among(99.996, (85, 100), 1), shown_among(84.996, (85, 100), 1)
    ('99.996', '84.996')
    """
    return shown(x, min(bounds, key=lambda bound: abs(bound - x)), decimals)


def on_the_edge(decimals: int) -> str:
    """Say that a verdict hangs on the rounding of the official forms."""
    return f"临界：按申报表保留{decimals}位小数后，结论会变"
