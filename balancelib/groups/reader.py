"""What a reader of a table works out by subtraction alone: a row or a column with a single blank fills it."""

import pandas as pd


def alone(hidden: pd.DataFrame) -> pd.DataFrame:
    """Say which blanks are the only one of their row or of their column: the total less the others fills them (一减就出来).

    Parameters
    ----------
    hidden : DataFrame of bool
        Which cells of a table are blank; the totals of all rows and columns are told.

    Returns
    -------
    DataFrame of bool
        Of the same shape.

    Examples
    --------
    >>> alone(pd.DataFrame([[True, False], [True, True]])).to_numpy().tolist()
    [[True, False], [False, True]]
    """
    blank = hidden.to_numpy(dtype=bool)
    once = (blank.sum(axis=1, keepdims=True) == 1) | (blank.sum(axis=0, keepdims=True) == 1)
    return pd.DataFrame(blank & once, hidden.index, hidden.columns)


def subtracted(hidden: pd.DataFrame) -> pd.DataFrame:
    """Say which blanks are filled in the end, when what was filled is subtracted too, until nothing is left to subtract (反复减).

    Parameters
    ----------
    hidden : DataFrame of bool
        As for `alone`.

    Returns
    -------
    DataFrame of bool
        Of the same shape. That a blank is not among them proves nothing: two equations together may tell what neither tells alone.

    Examples
    --------
    >>> subtracted(pd.DataFrame([[True, False], [True, True]])).to_numpy().tolist()
    [[True, False], [True, True]]
    >>> bool(subtracted(pd.DataFrame([[True, True], [True, True]])).to_numpy().any())
    False
    """
    left = hidden.astype(bool)
    while (filled := alone(left)).to_numpy().any():
        left &= ~filled
    return hidden.astype(bool) & ~left
