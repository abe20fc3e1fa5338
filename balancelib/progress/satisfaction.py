"""The survey's share of the satisfied: plainly, weighted by people or by quota, by schools, and whether the limit is passed."""

import math

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures import DesignEstimate, Interval, design_mean, wilson
from balancelib.progress.survey import cells_of, survey_answers, survey_cells, survey_people

PARENT = "家长"


def plain_share(cells: pd.DataFrame) -> Interval:
    """Return the share of the valid answers that are satisfied, every form counting alike, with Wilson's interval (直接算).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    """
    return wilson(cells["satisfied"].sum(), cells["valid"].sum())


def weighted_share(
    cells: pd.DataFrame, weights: pd.Series | None = None, level: float = 0.95
) -> DesignEstimate:
    r"""Return the share who are satisfied, each cell weighing as many as it has people (加权), or as is said.

    .. math::
        \hat p = \sum_g W_g \hat p_g, \qquad
        \widehat{var} = \sum_g W_g^2 \Big(1 - \frac{n_g}{N_g}\Big) \frac{\hat p_g (1 - \hat p_g)}{n_g - 1}

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    weights : Series, optional
        What each cell weighs, such as of `quota_weights`; its people if left out.
    level : float
        Of the interval.

    Returns
    -------
    DesignEstimate
        Those who answered are taken as a random sample of their cell, and the cell as finite. The interval is Wilson's for as many answers
        of a simple random sample as have this variance: it holds where all are satisfied too. The design effect is what unequal weights cost.

    Notes
    -----
    Post-stratification: Kalton and Flores-Cervantes (2003), Journal of Official Statistics 19, 81–97. It mends that cells answered
    unequally, and not that within a cell the satisfied answered more, nor that people of a school think alike (`share_by_school`).
    Interval: Korn and Graubard (1998), Survey Methodology 24, 193–201, with Wilson's in the place of Clopper and Pearson's.
    """
    y = np.concatenate([np.repeat([1.0, 0.0], [s, n - s]) for n, s in _counts(cells)])
    rows = np.repeat(np.arange(len(cells)), cells["valid"].astype(int))
    of_cells = cells["size"] if weights is None else weights.reindex(cells.index)
    w = (of_cells / cells["valid"]).to_numpy()[rows]
    found = design_mean(y, w, strata=rows, population=cells["size"].to_numpy()[rows], level=level)
    everybody = bool((cells["valid"] == cells["size"]).all())
    return found if everybody else _of_a_share(found, w, level)


def _of_a_share(found: DesignEstimate, w: np.ndarray, level: float) -> DesignEstimate:
    """Return an estimate of a share with an interval that never leaves 0 to 1, nor is a point where all say the same."""
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    p, unequal = min(max(found.value, 0.0), 1.0), w.size * (w**2).sum() / w.sum() ** 2
    worth = p * (1 - p) / found.se**2 if found.se > 0 else w.size / unequal
    z, t = (float(stdtrit(df, (1 + level) / 2)) for df in (math.inf, max(found.df, 1)))
    worth *= (z / t) ** 2
    ends = wilson(p * worth, worth, level)
    return found._replace(low=ends.low, high=ends.high, deff=found.deff or float(unequal))


def quota_weights(cells: pd.DataFrame, parents: float = 0.5) -> pd.Series:
    """Return what each cell weighs where the roles have quotas (按上级的配比): parents so much, the other roles alike.

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    parents : float
        Share of the parents, between 0 and 1. The national survey wants no less than half, and the others "about equal".

    Returns
    -------
    Series
        By cell; they add up to 1. Cells of a role share its part by their people.

    Raises
    ------
    ValueError
        A share outside 0 to 1.
    Lacking
        No cell of parents, or none but theirs.
    """
    if not 0 < parents < 1:
        raise ValueError(f"家长占的比例是{parents}，要在0和1之间，例如0.5")
    role = _roles(cells)
    if set(role) == {PARENT} or PARENT not in set(role):
        raise Lacking("要有家长的答卷，也要有别的身份的，才能按配比算。先看各种身份都收到了几份。")
    others = (1 - parents) / (role.nunique() - 1)
    part = role.map(lambda name: parents if name == PARENT else others)
    return part * cells["size"] / cells["size"].groupby(role).transform("sum")


def _roles(cells: pd.DataFrame) -> pd.Series:
    return cells.index.to_series().str.split("·").str[0]


def share_by_school(county: County, role: str | None = None, level: float = 0.95) -> DesignEstimate:
    """Return the share who are satisfied, each answer weighing as many as its school and role have people, the error taken by schools.

    Where every school is sent alike, an answer of a large school stands for more people than one of a small school; and people of one
    school think alike, so that twenty answers of it tell less than twenty of twenty schools.

    Parameters
    ----------
    county : County
        With tables ``survey_frame`` and ``survey``.
    role : str, optional
        Of these only, by their Chinese name, such as 家长.
    level : float
        Of the interval.

    Returns
    -------
    DesignEstimate
        Weighted to the people of the cells of `survey_cells`; schools as clusters drawn from the areas with replacement, which overstates
        the error a little where all schools were asked.

    Raises
    ------
    Lacking
        As `survey_cells`; a single school has answers, or too few are of the role.
    """
    cells, answers = survey_cells(county), survey_answers(county).dropna(subset=["satisfied"])
    if role is not None:
        cells, answers = cells[_roles(cells) == role], answers[answers["role"] == role]
    if cells.empty:
        raise Lacking(f"“{role}”的答卷太少，没有单独的一格，算不出来。多收一些再算。")
    cell = cells_of(answers, cells)
    key = ["school_id", "role"]
    people = survey_people(county).set_index(key)["size"]
    there = people.reindex(pd.MultiIndex.from_frame(answers[key])).to_numpy()
    each = there / answers.groupby(key)["satisfied"].transform("size")
    w = (each * cell.map(cells["size"]) / each.groupby(cell).transform("sum")).to_numpy()
    school = answers["school_id"].to_numpy()
    if len(set(school)) < 2:
        raise Lacking("只有一所学校有答卷，看不出学校和学校差多少。多收几所再算。")
    alone = (answers.groupby("area")["school_id"].nunique() < 2).any()
    strata = None if alone else answers["area"].to_numpy()
    found = design_mean(answers["satisfied"], w, strata=strata, cluster=school, level=level)
    return _of_a_share(found, w, level)


def _counts(cells: pd.DataFrame) -> list[tuple[int, int]]:
    return [(int(n), int(s)) for n, s in zip(cells["valid"], cells["satisfied"], strict=True)]


def passes(low: float, high: float, limit: float) -> bool | None:
    """Say whether a share is at or above the limit: True or False where the whole interval says so, None where it cannot be told.

    Examples
    --------
    >>> passes(0.86, 0.89, 0.85), passes(0.80, 0.84, 0.85), passes(0.84, 0.87, 0.85)
    (True, False, None)
    """
    if low >= limit:
        return True
    return False if high < limit else None
