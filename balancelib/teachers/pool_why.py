"""What a pool of itinerant teachers leaves and why, and what other limits would change."""

import numpy as np
import pandas as pd

from balancelib.highs import SAME
from balancelib.teachers.definitions import KEYS, subject_labels
from balancelib.teachers.pool import PoolLimits, PoolPlan, plan_pool, without_roads


def explain_gaps(plan: PoolPlan, names: pd.Series) -> pd.DataFrame:
    """Say of each gap that is left, whole or in part, what stands in the way (还缺的，卡在哪里).

    Parameters
    ----------
    plan : PoolPlan
        Of `plan_pool`.
    names : Series
        The schools' names by code.

    Returns
    -------
    DataFrame
        A row a gap, the largest first: ``name, subject, lack, given, left``; ``kind``: 没有人, 路程不知道, 太远 or 人手用完; ``why``, in words. Subjects by
        their Chinese name.
    """
    left = plan.gaps[plan.gaps["left"] > SAME].sort_values(
        ["left", *KEYS], ascending=[False, True, True, True]
    )
    rows, labels = [], subject_labels()
    for row in left.itertuples():
        kind, why = _why(plan, row.school_id, row.stage, row.subject)
        rows.append(
            (
                names[row.school_id],
                labels.get(row.subject, row.subject),
                row.lack,
                row.given,
                row.left,
                kind,
                why,
            )
        )
    return pd.DataFrame(rows, columns=["name", "subject", "lack", "given", "left", "kind", "why"])


def _why(plan: PoolPlan, school: str, stage: str, subject: str) -> tuple[str, str]:
    """Say what stands in the way of one gap: its kind, and in words."""
    label, limits = subject_labels().get(subject, subject), plan.limits
    able = plan.teachers[plan.teachers["subject"] == subject]
    able = able[((able["stage"] == "junior") | (stage == "primary")) & (able["school_id"] != school)]
    able = able[able.index.isin(plan.free["teacher_id"])]
    if able.empty:
        return "没有人", f"没有一名能教这个学段、有空闲的{label}教师走教"
    if school in without_roads(plan.km):
        return "路程不知道", "路程表里没有这所学校到别的学校的路，先补上"
    km = plan.km.loc[school, able["school_id"]].set_axis(able.index)
    if not (near := km[km <= limits.within]).size:
        away = f"在{km.min():.1f}公里外" if np.isfinite(km.min()) else "比路程表里写的都远"
        return "太远", f"最近的{label}教师{away}，超过{limits.within:g}公里"
    full = pd.Series([_full(plan, teacher, road) for teacher, road in near.items()])
    counts = "，".join(f"{n}名{reason}" for reason, n in full.value_counts(sort=False).items())
    return "人手用完", f"够得着的{label}教师{len(near)}名：{counts}"


def _full(plan: PoolPlan, teacher: str, road: float) -> str:
    """Say why one teacher within reach cannot come once more."""
    out = plan.visits[plan.visits["teacher_id"] == teacher]
    free = (plan.free["teacher_id"] == teacher).sum()
    if len(out) >= plan.limits.half_days:
        return f"已经走满{plan.limits.half_days}个半天"
    if len(out) >= free:
        return "空闲的半天用完了"
    if plan.week_km.get(teacher, 0.0) + 2 * road > plan.limits.week_km:
        return f"再来一趟就超过每周{plan.limits.week_km:g}公里"
    return "有空的半天和来的人撞在一起" if plan.proven else "还有空，求解的时间不够，没有排到"


def pool_levels(plan: PoolPlan, withins: list[float], half_days: list[int]) -> pd.DataFrame:
    """Plan anew under each longest road and each number of half days: what a limit costs (限制放宽，多补多少).

    Parameters
    ----------
    plan : PoolPlan
        Whose gaps, teachers and roads are used; its other limits stay.
    withins, half_days
        Of `PoolLimits`.

    Returns
    -------
    DataFrame
        A row for each of both: ``within, half_days, gaps, served, lack, given, teachers, km`` a week, ``proven``, and ``unserved``: ``(school_id, subject)``
        of each gap to which nobody comes, a tuple.
    """
    rows = []
    for within in withins:
        for days in half_days:
            limits = PoolLimits(within, plan.limits.week_km, days, plan.limits.seconds)
            asked = plan.gaps[[*KEYS, "lack"]], plan.teachers, plan.free, plan.km, limits
            found = plan if limits == plan.limits else plan_pool(*asked)
            nobody = found.gaps[found.gaps["given"] <= SAME]
            rows.append(
                {
                    "within": within,
                    "half_days": days,
                    "gaps": len(found.gaps),
                    "served": len(found.gaps) - len(nobody),
                    "lack": found.gaps["lack"].sum(),
                    "given": found.gaps["given"].sum(),
                    "teachers": found.visits["teacher_id"].nunique(),
                    "km": found.week_km.sum(),
                    "proven": found.proven,
                    "unserved": tuple(zip(nobody["school_id"], nobody["subject"], strict=True)),
                }
            )
    return pd.DataFrame(rows)
