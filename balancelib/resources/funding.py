"""A budget shared among schools by a formula."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.county.funding import formula_need
from balancelib.standards.quotas import Formula


def share_budget(schools: pd.DataFrame, formula: Formula, budget: float) -> pd.Series:
    """Share a budget among schools in proportion to their need by a formula (按公式分总数).

    Parameters
    ----------
    schools : DataFrame
        As `formula_need`.
    formula : Formula
        Only its weights matter, relative to each other.
    budget : float
        What is shared out, in 元.

    Returns
    -------
    Series
        What each school gets, in 元.

    Raises
    ------
    KeyError, ValueError
        As `formula_need`; a budget below 0 or without end; no school that needs anything.

    Notes
    -----
    Unit of analysis: the school. Source: as `Formula`.

    Examples
    --------
    >>> schools = pd.DataFrame({"pupils_primary": [300, 0], "pupils_junior": [0, 100]})
    >>> share_budget(schools, Formula({"pupils_primary": 1, "pupils_junior": 2}), 1000).tolist()
    [600.0, 400.0]
    """
    need = formula_need(schools, formula)["total"]
    if not need.sum() > 0:
        raise ValueError("按公式没有一所学校需要钱，总数没法分")
    return need * (finite_amounts(budget, "budget").item() / need.sum())


def finite_amounts(amounts: ArrayLike, name: str) -> np.ndarray:
    """Return amounts as an array; refuse what is blank, negative or without end, and of a Series say where the first is."""
    array = np.asarray(amounts, dtype=float)
    if (wrong := ~((array >= 0) & np.isfinite(array))).any():
        first = f"（第一处在{amounts.index[wrong][0]}）" if isinstance(amounts, pd.Series) else ""
        raise ValueError(f"{name}里有空值、负数或无穷大{first}；要不小于0的数")
    return array
