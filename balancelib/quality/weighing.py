"""How much each dimension of a composite weighs: experts' comparisons in pairs beside equal weights, entropy and components."""

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.county.structure import UNEVEN
from balancelib.measures.composite import component_weights, entropy_weights, normalise
from balancelib.measures.pairwise import group_judgement, pairwise_weights

DIMENSIONS = {
    "academic": "学业水平",
    "growth": "学业进步",
    "curriculum": "课程开足",
    "teaching": "对口任教",
    "backbone": "骨干教师",
}
SCHEMES = {"equal": "等权", "entropy": "熵权", "components": "主成分", "experts": "专家两两比较"}


def expert_matrices(pairs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Lay out the comparisons of each expert as a square (两两比较表).

    Parameters
    ----------
    pairs : DataFrame
        The table ``expert_pairs``: ``expert, first, second, value``. A pair may be there once, or both ways.

    Returns
    -------
    dict of str to DataFrame
        By expert, in order; dimensions in the order of `DIMENSIONS`, those of other names after them.

    Raises
    ------
    Lacking
        A pair lacking, blank, not positive, or answered in two ways that contradict each other.
    """
    named = set(pairs["first"].dropna()) | set(pairs["second"].dropna())
    order = [*(key for key in DIMENSIONS if key in named), *sorted(named - set(DIMENSIONS))]
    return {expert: _matrix(str(expert), rows, order) for expert, rows in pairs.groupby("expert")}


def _matrix(expert: str, rows: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    matrix = pd.DataFrame(np.eye(len(order)), index=order, columns=order).replace(0, np.nan)
    for row in rows.itertuples():
        if row.first == row.second:
            continue
        if pd.isna(row.value) or row.value <= 0:
            raise Lacking(f"{expert}比较{_label(row.first)}和{_label(row.second)}的数空着，或者不大于0。")
        told = matrix.loc[row.first, row.second]
        if pd.notna(told) and abs(told / row.value - 1) > UNEVEN:
            raise Lacking(
                f"{expert}对{_label(row.first)}和{_label(row.second)}答了两次，对不上：{told:.3g}和{row.value:.3g}。请他重答。"
            )
        matrix.loc[row.first, row.second], matrix.loc[row.second, row.first] = row.value, 1 / row.value
    if matrix.isna().to_numpy().any():
        first, second = (order[i] for i in np.argwhere(matrix.isna().to_numpy())[0])
        raise Lacking(f"{expert}没有比较{_label(first)}和{_label(second)}：每两项都要比一次。")
    return matrix


def _label(code: str) -> str:
    return DIMENSIONS.get(code, str(code))


def expert_weights(pairs: pd.DataFrame) -> pd.DataFrame:
    """Weigh the dimensions by each expert's comparisons (专家权重).

    Returns
    -------
    DataFrame
        By expert: a weight a dimension, ``ratio`` (consistency ratio) and ``consistent`` (at most 0.1).
    """
    found = {}
    for expert, matrix in expert_matrices(pairs).items():
        judged = pairwise_weights(matrix)
        found[expert] = dict(zip(matrix.columns, judged.weights, strict=True)) | {
            "ratio": judged.ratio,
            "consistent": judged.consistent,
        }
    return pd.DataFrame.from_dict(found, orient="index").infer_objects().rename_axis("expert")


def weight_sets(values: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Set four ways of weighing beside each other (四套权重).

    Parameters
    ----------
    values : DataFrame
        As in `Dimensions`.
    pairs : DataFrame
        As for `expert_matrices`. Experts whose comparisons contradict themselves (ratio over 0.1) are left out; list them, and ask them again.

    Returns
    -------
    DataFrame
        By scheme (`SCHEMES`), a weight a dimension; each row has the sum 1. ``entropy`` is of values scaled to 0 to 1.

    Raises
    ------
    Lacking
        Experts compare other dimensions, or none is consistent.
    """
    judged = expert_weights(pairs)
    kept = [matrix for expert, matrix in expert_matrices(pairs).items() if judged.loc[expert, "consistent"]]
    if set(judged.columns) - {"ratio", "consistent"} != set(values.columns):
        raise Lacking(f"专家比较的几个方面要正好是：{'、'.join(map(_label, values.columns))}。")
    if not kept:
        raise Lacking("没有一位专家的比较前后一致（一致性比率不超过0.1），专家权重算不出：请他们重答。")
    experts = group_judgement([matrix.loc[values.columns, values.columns] for matrix in kept]).weights
    rows = {
        "equal": np.full(values.shape[1], 1 / values.shape[1]),
        "entropy": entropy_weights(normalise(values)),
        "components": component_weights(values),
        "experts": experts,
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=values.columns)
