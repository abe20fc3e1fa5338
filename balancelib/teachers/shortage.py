"""A balance of staff added up: who lacks a subject altogether, and what would mend a shortage."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.standards.staffing import Curriculum, load_curriculum
from balancelib.teachers.need import in_order, staff_balance


def by_subject(balance: pd.DataFrame, by: Sequence[str] = ("stage", "subject")) -> pd.DataFrame:
    """Add a balance up: surplus and shortage stand beside each other, one does not cancel the other.

    Parameters
    ----------
    balance : DataFrame
        `staff_balance`; sections that are not known are left out.
    by : sequence of str
        Of ``stage``, ``subject``, ``area``, ``kind``, ``school_id``.

    Returns
    -------
    DataFrame
        ``need, teachers, have, surplus, short, perhaps`` (full posts, ``teachers`` persons) and ``net``: have less need, as if each could teach wherever it
        is short.
    """
    known = in_order(balance.dropna(subset=["have"]), by)
    columns = ["need", "teachers", "have", "surplus", "short", "perhaps"]
    sums = known.groupby(list(by), sort=False)[columns].sum()
    return sums.assign(net=sums["have"] - sums["need"])


def without_teacher(balance: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    """Count the sections that have not one teacher of a subject that they must teach.

    Returns
    -------
    DataFrame
        Rows: stage and subject; columns: ``sections`` and, of them, ``without``; subjects that anyone may teach are left out. So are sections of which it is
        not known: nobody of the subject is in the table, but the subject of somebody there is blank.
    """
    plan = plan or load_curriculum()
    known = balance[~balance["subject"].isin(plan.by_anyone())].dropna(subset=["teachers"])
    known = known[(known["teachers"] > 0) | (known["perhaps"] == 0)]
    groups = known.assign(none=known["teachers"] == 0).groupby(["stage", "subject"], sort=False)
    return groups.agg(sections=("none", "size"), without=("none", "sum"))


def whole_teachers(balance: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    r"""Teachers that a subject needs where each school has its own, and where schools share them.

    Returns
    -------
    DataFrame
        Rows: stage and subject; ``own``: :math:`\sum_i \lceil D_{ij} \rceil`, ``shared``: :math:`\lceil \sum_i D_{ij} \rceil`, whole persons. A need
        of a quarter post is one person in the first, a quarter in the second. Subjects that anyone may teach are left out.
    """
    plan = plan or load_curriculum()
    special = balance[~balance["subject"].isin(plan.by_anyone())]
    need = special.assign(own=_ceil(special["need"])).groupby(["stage", "subject"], sort=False)
    return pd.DataFrame({"own": need["own"].sum(), "shared": _ceil(need["need"].sum())}).astype(int)


def _ceil(posts: pd.Series) -> pd.Series:
    """Round up; what lies above a whole number by an error of addition alone is that number."""
    return np.ceil(posts - 1e-9)


def pooled(balance: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    """Let the county use its teachers together: what of surplus and shortage is left when each may teach her subject in any school.

    Parameters
    ----------
    balance : DataFrame
        `staff_balance`.
    plan : Curriculum, optional
        Which subjects anyone may teach: those to spare of any subject take them over.

    Returns
    -------
    DataFrame
        Rows: stage and subject; ``need``, ``have``, ``surplus``, ``short``, full posts.
    """
    plan = plan or load_curriculum()
    frame = by_subject(balance)[["need", "have", "surplus", "short"]]
    moved = frame[["surplus", "short"]].min(axis=1)
    frame[["surplus", "short"]] = frame[["surplus", "short"]].sub(moved, axis=0)
    anyone = frame.index.isin(plan.by_anyone(), level="subject")
    taken, frame["surplus"] = _cover(frame["short"].where(anyone, 0.0), frame["surplus"])
    frame["short"] -= taken
    return frame


def balance_under_load(
    county: County, factor: float, together: bool, plan: Curriculum | None = None
) -> pd.DataFrame:
    """Surplus and shortage by stage and subject where all teach so many times the periods that are assumed.

    Parameters
    ----------
    county : County
        With the table ``teachers``.
    factor : float
        Multiple of every load: 1.1 for a tenth more periods a week.
    together : bool
        Whether schools share their teachers, as `pooled`.
    plan : Curriculum, optional
        `load_curriculum` if left out.

    Returns
    -------
    DataFrame
        Rows: stage and subject; ``need, have, surplus, short``, full posts.
    """
    plan = (plan or load_curriculum()).with_loads(factor)
    balance = staff_balance(county, plan)
    return pooled(balance, plan) if together else by_subject(balance)[["need", "have", "surplus", "short"]]


def remedies(balance: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    """Split each subject's shortage by what can mend it: moving, retraining, or new teachers (挪、转、招).

    Parameters
    ----------
    balance : DataFrame
        `staff_balance`.
    plan : Curriculum, optional
        Which subjects anyone may teach.

    Returns
    -------
    DataFrame
        Rows: stage and subject; full posts: ``surplus``, ``short``, and of the shortage ``moving`` (spare teachers of this subject elsewhere in the
        county; in what anyone may teach, any), ``retraining`` (spare teachers of other subjects of the stage), ``hiring`` (no one is to spare), and
        ``spare``: surplus that is left.

    Notes
    -----
    Shortage = moving + retraining + hiring; surplus of a stage = its moving + retraining + spare. An upper bound of what moving can do: distance,
    consent and whole persons are left out here, the rotation planner counts them. Retraining is shared out in proportion to what is still short.
    """
    plan = plan or load_curriculum()
    frame = by_subject(balance)[["surplus", "short"]]
    shared = pooled(balance, plan)
    frame["moving"] = frame["short"] - shared["short"]
    anyone = frame.index.isin(plan.by_anyone(), level="subject")
    frame["retraining"], frame["spare"] = _cover(shared["short"].where(~anyone, 0.0), shared["surplus"])
    frame["hiring"] = (shared["short"] - frame["retraining"]).clip(lower=0)
    return frame


def _cover(wanted: pd.Series, spare: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Cover what is wanted in each stage from what its subjects have to spare, both in proportion; return what was covered and what is left."""
    wanted_all, spare_all = (s.groupby(level="stage", sort=False).transform("sum") for s in (wanted, spare))
    used = np.minimum(wanted_all, spare_all)
    covered = wanted * (used / wanted_all.where(wanted_all > 0)).fillna(0.0)
    return covered, spare * (1 - (used / spare_all.where(spare_all > 0)).fillna(0.0))
