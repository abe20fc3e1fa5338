"""Whether studios help: members beside teachers who are not."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from balancelib.county import County, Lacking
from balancelib.measures.effects import clustered_fit
from balancelib.measures.estimation import Estimate
from balancelib.teachers.definitions import FEWEST
from balancelib.teachers.lesson_scores import whole

FEWEST_SCHOOLS = 3  # with members, and with others: from two alone an error is hardly more than a guess
CALIPER = 0.2  # standard deviations of the earlier score within which two teachers are alike


def own_gain(pairs: pd.DataFrame, level: float = 0.95) -> Estimate:
    """Return what members gained from the earlier to the later score: the way that mostly deceives (只看成员的前后比).

    Parameters
    ----------
    pairs : DataFrame
        Of `score_pairs`; rows with a missing score are left out.
    level : float
        Of the interval; teachers of a school may go up and down together.
    """
    rows = whole(pairs).query("member")
    return _first_effect(rows["after"] - rows["before"], [np.ones(len(rows))], rows["school_id"], level)


def after_only(pairs: pd.DataFrame, level: float = 0.95) -> Estimate:
    """Return how much higher members' later scores are than others': who was chosen is mixed into it (只比后来)."""
    rows = whole(pairs)
    return _member_effect(rows, rows["after"], [], level)


def compared_gain(pairs: pd.DataFrame, level: float = 0.95) -> Estimate:
    r"""Return how much more members gained than others (双重差分, difference in differences).

    .. math::
        (\bar y^{M}_{after} - \bar y^{M}_{before}) - (\bar y^{C}_{after} - \bar y^{C}_{before})

    Parameters
    ----------
    pairs : DataFrame
        Of `score_pairs`; rows with a missing score are left out.
    level : float
        Of the interval, from errors by school.

    Notes
    -----
    Right if both would have gained the same without the studio. Not where members were chosen by the very score that counts as the earlier
    one: then part of what they gain is what they come back by.
    """
    rows = whole(pairs)
    return _member_effect(rows, rows["after"] - rows["before"], [], level)


def adjusted_effect(
    pairs: pd.DataFrame, earlier: Sequence[str] = ("before",), level: float = 0.95
) -> Estimate:
    """Return how much higher members' later scores are than others' with the same earlier ones (协方差分析, ANCOVA).

    Parameters
    ----------
    pairs : DataFrame
        Of `score_pairs`; more earlier scores may be joined to it as columns.
    earlier : sequence of str
        Columns to be held alike. Right if who was chosen depends on nothing else that matters later.
    level : float
        Of the interval, from errors by school.
    """
    rows = whole(pairs, earlier)
    return _member_effect(rows, rows["after"], [rows[name] for name in earlier], level)


def _member_effect(
    rows: pd.DataFrame, outcome: pd.Series, others: Sequence[pd.Series], level: float
) -> Estimate:
    columns = [rows["member"], np.ones(len(rows)), *others]
    schools, member = rows["school_id"], rows["member"].astype(bool)
    sides = {"成员": schools[member].nunique(), "没有参加的": schools[~member].nunique()}
    return _first_effect(outcome, columns, schools, level, sides)


def _first_effect(
    outcome: pd.Series,
    columns: Sequence[ArrayLike],
    schools: pd.Series,
    level: float,
    sides: Mapping[str, int] | None = None,
) -> Estimate:
    """Return the first column's coefficient; what the data are too few for is said to the user.

    Its interval has the degrees of freedom of the side with fewer schools, less one. By those of all schools it is far too short where members come
    from a few: in simulations with 5 of 20 schools 90 % of 95 % intervals hold the truth, with 3 of them 84 %; so counted, 97 % and 99 %.
    """
    sides = sides or {"成员": schools.nunique()}
    if min(sides.values()) < FEWEST_SCHOOLS:
        said = "，".join(f"{side}来自{n}所学校" for side, n in sides.items())
        raise Lacking(
            f"量不出来：{said}，至少要各有{FEWEST_SCHOOLS}所，才估得出误差。多收几所学校的分数再算。"
        )
    try:
        return clustered_fit(outcome, np.column_stack(columns), schools).estimate(
            0, level, min(sides.values()) - 1
        )
    except ValueError as error:
        raise Lacking(f"量不出来：{error}。") from None


def match_members(pairs: pd.DataFrame, on: str = "before", caliper: float = CALIPER) -> pd.DataFrame:
    """Give each member a teacher with nearly the same earlier score, as many as possible and as near as possible (配对).

    Parameters
    ----------
    pairs : DataFrame
        Of `score_pairs`.
    on : str
        Column of the earlier score.
    caliper : float
        How far apart two may be, in standard deviations of that score.

    Returns
    -------
    DataFrame
        A row a pair: ``member``, ``match`` (teacher_ids), ``school_id`` (the member's), ``distance`` (member's score less the other's), ``gap``
        (the same of the later scores). Each teacher is used once; a member that nobody is like is left out.
    """
    rows = whole(pairs, [on])
    members, others = rows[rows["member"]], rows[~rows["member"]]
    apart = members[on].to_numpy()[:, None] - others[on].to_numpy()
    widest = caliper * rows[on].std()
    alike = np.abs(apart) <= widest
    # One pair more is worth more than all that distances can cost.
    cost = np.where(alike, np.abs(apart), (len(rows) + 1) * (widest + 1))
    mine, theirs = linear_sum_assignment(cost)
    kept = alike[mine, theirs]
    first, second = members.iloc[mine[kept]], others.iloc[theirs[kept]]
    return pd.DataFrame(
        {
            "member": first.index,
            "match": second.index,
            "school_id": first["school_id"].to_numpy(),
            "distance": first[on].to_numpy() - second[on].to_numpy(),
            "gap": first["after"].to_numpy() - second["after"].to_numpy(),
        }
    )


def matched_effect(matches: pd.DataFrame, level: float = 0.95) -> Estimate:
    r"""Return how much higher members' later scores are than those of teachers who were like them before.

    .. math::
        y_i - y_{m(i)} = \tau + b\,(x_i - x_{m(i)}) + e_i

    Parameters
    ----------
    matches : DataFrame
        Of `match_members`.
    level : float
        Of the interval, from errors by the member's school.

    Notes
    -----
    Where members were rather low, the one who is like them is mostly a little higher; the line takes that away, in the spirit of Abadie and Imbens
    (2011), Journal of Business & Economic Statistics 29: they draw it through the scores of those who are not members, here it is drawn through the
    differences of the pairs. Errors by what holds whole pairs are right where each teacher is used once: Abadie and
    Spiess (2022), Journal of the American Statistical Association 117.
    """
    columns = [np.ones(len(matches))] + [matches["distance"]] * (matches["distance"].nunique() > 1)
    return _first_effect(matches["gap"], columns, matches["school_id"], level)


def effect_by_studio(
    county: County, pairs: pd.DataFrame, earlier: Sequence[str] = ("before",)
) -> dict[str, Estimate]:
    """Return `adjusted_effect` for each studio by itself: its members beside teachers of its stage and subject who are in none.

    Parameters
    ----------
    county : County
        With tables ``studios``, ``studio_members``, ``teachers``.
    pairs : DataFrame
        Of `score_pairs`.
    earlier : sequence of str
        As of `adjusted_effect`.

    Returns
    -------
    dict of str to Estimate
        By studio_id; a studio with under three members who have all scores, or under three schools of members, or with too few to compare, is not there.
    """
    rows = whole(pairs, earlier)
    people = county.tables["teachers"].set_index("teacher_id").loc[rows.index]
    members = county.tables["studio_members"].groupby("studio_id")["teacher_id"].agg(set)
    found = {}
    for studio in county.tables["studios"].itertuples():
        alike = (people["stage"] == studio.stage) & (people["subject"] == studio.subject)
        own = rows.index.isin(members.get(studio.studio_id, set())) & rows["member"]
        here = rows[own | (alike & ~rows["member"])]
        if own.sum() >= FEWEST and len(here) - own.sum() >= FEWEST + len(earlier):
            with suppress(Lacking):
                found[studio.studio_id] = adjusted_effect(here, earlier)
    return found
