"""An answer as plain data, on its way out of the sandbox; `balancelib.course.training.marking.answers` checks it and makes it an object again."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

MOST_ITEMS, LONGEST_TEXT = 5_000, 500
TOO_LONG = {"kind": "too_long"}


def packed(answer: Any) -> dict[str, Any]:
    """Return an answer as JSON takes it: its kind, and its cells, labels and columns."""
    if isinstance(answer, np.generic) or (isinstance(answer, np.ndarray) and answer.ndim == 0):
        answer = answer.item()
    if isinstance(answer, pd.DataFrame):
        return _table(answer)
    if isinstance(answer, pd.Series | pd.Index | np.ndarray):
        return _column(answer)
    if isinstance(answer, Mapping):
        return _bounded("dict", answer.values(), labels=cells(answer.keys()))
    for kind, name in ((list, "list"), (tuple, "tuple"), (set | frozenset, "set")):
        if isinstance(answer, kind):
            return _bounded(name, answer)
    if answer is None or answer is ... or isinstance(answer, bool | int | float | str):
        return {"kind": "one", "cells": [cell(answer)]}
    return {"kind": "function" if callable(answer) and not isinstance(answer, type) else "other"}


def cells(values: Iterable[Any]) -> list[Any]:
    """Return values one by one, of too many the first."""
    return [cell(value) for value, _ in zip(values, range(MOST_ITEMS + 1), strict=False)]


def cell(value: Any) -> Any:
    """Return one value as JSON takes it; what JSON has no word for is a mark."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is ...:
        return {"mark": "stub"}
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    if isinstance(value, int) and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int | float) or hasattr(value, "__float__"):
        number = float(value)
        return number if math.isfinite(number) else {"mark": repr(number)}
    return str(value)[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _column(answer: Any) -> dict[str, Any]:
    kind = "series" if isinstance(answer, pd.Series) else "index" if isinstance(answer, pd.Index) else "array"
    labels = cells(answer.index) if kind == "series" else []
    numeric = pd.api.types.is_numeric_dtype(answer)
    of = "bool" if pd.api.types.is_bool_dtype(answer) else "number" if numeric else "other"
    return _bounded(kind, np.ravel(answer) if kind == "array" else answer, labels=labels, of=of)


def _table(answer: pd.DataFrame) -> dict[str, Any]:
    if answer.size > MOST_ITEMS:
        return TOO_LONG
    each = [cells(answer.iloc[:, i]) for i in range(answer.shape[1])]
    return {"kind": "frame", "labels": cells(answer.index), "columns": cells(answer.columns), "each": each}


def _bounded(kind: str, values: Iterable[Any], **more: Any) -> dict[str, Any]:
    found = cells(values)
    return {"kind": kind, "cells": found, **more} if len(found) <= MOST_ITEMS else TOO_LONG
