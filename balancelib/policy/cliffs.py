"""Where a formula tips: the numbers of pupils at which one more or fewer moves more money than a pupil brings."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from balancelib.policy.compensation import Compensation, compensated, need

CLIFFS = {"falls": "多一名学生，钱反而少", "leaps": "少一名学生，少的钱不止一份"}
SAME = 1e-9  # of a pupil's quota: less is no difference


def money_by_pupils(
    rule: Compensation, past: Sequence[float] = (), stage: str = "pupils_primary", most: int | None = None
) -> pd.Series:
    """What a school of one stage would be entitled to with each number of pupils (每个人数对应多少钱).

    Parameters
    ----------
    rule : Compensation
    past : sequence of float
        Its pupils in the years before, the latest last; none: a new school.
    stage : str
        The formula's column that its pupils are in.
    most : int, optional
        Up to how many pupils; left out, well beyond the past and all that the rule says of small schools.

    Returns
    -------
    Series
        元 by whole pupils from 0. The stop-loss line goes by what the formula gives for the last of the past.

    Raises
    ------
    KeyError
        A stage that the formula has not.

    Examples
    --------
    >>> money_by_pupils(Compensation())[[99, 100, 101]].tolist()
    [72000.0, 72000.0, 72720.0]
    """
    if stage not in rule.formula.per_pupil:
        raise KeyError(f"公式里没有{stage}；有{'、'.join(rule.formula.per_pupil)}")
    if most is None:
        most = int(1.2 * max([*past, rule.formula.least_pupils + rule.fades, 100]))
    counts = pd.RangeIndex(most + 1, name="pupils")
    tables = [_of_one_stage(np.full(most + 1, n), counts, rule, stage) for n in past]
    before = need(tables[-1], rule).sum(axis=1) if tables else None
    return compensated(_of_one_stage(counts, counts, rule, stage), tables, rule, before)["entitlement"]


def _of_one_stage(pupils: Sequence[float], index: pd.Index, rule: Compensation, stage: str) -> pd.DataFrame:
    columns = [*rule.formula.per_pupil, *rule.formula.supplements]
    return pd.DataFrame(0, index, columns).assign(**{stage: pupils, "area": ""})


def cliff_edges(
    rule: Compensation, past: Sequence[float] = (), stage: str = "pupils_primary", most: int | None = None
) -> pd.DataFrame:
    """Find every number of pupils at which one more or fewer tips more money than a pupil brings (悬崖).

    Parameters
    ----------
    rule, past, stage, most
        As `money_by_pupils`.

    Returns
    -------
    DataFrame
        A row an edge, from few pupils to many; steps of the same kind that follow each other are one row: ``kind``, a key of `CLIFFS` (``falls``: with one pupil
        more there is less money; ``leaps``: with one pupil fewer more than a pupil's quota is lost), ``from_pupils`` and ``to_pupils``,
        ``money_from`` and ``money_to`` (元), and ``rate``, the change per pupil as a multiple of the quota.

    Raises
    ------
    KeyError
        As `money_by_pupils`.

    Notes
    -----
    The marginal rate of a formula: what the last pupil brings, over the quota; between 0 and 1 nobody gains by sending a pupil away, nor by
    holding one back. Every number of pupils is tried, none is skipped.

    Examples
    --------
    A county gives schools of fewer than 100 pupils another 20,000 元. The hundredth pupil costs the school 20,000.

    >>> found = cliff_edges(Compensation(small_grant=20_000))
    >>> found[["kind", "from_pupils", "to_pupils", "money_from", "money_to"]].values.tolist()
    [['leaps', 0, 1, 0.0, 92000.0], ['falls', 99, 100, 92000.0, 72000.0]]
    """
    money = money_by_pupils(rule, past, stage, most)
    quota = rule.formula.per_pupil[stage]
    steps = money.diff().to_numpy()
    kinds = np.select([steps < -SAME * quota, steps > (1 + SAME) * quota], ["falls", "leaps"], "")
    starts = np.flatnonzero((kinds[1:] != kinds[:-1]) & (kinds[1:] != "")) + 1
    rows = []
    for start in starts:
        end = start + int(np.argmin([*(kinds[start:] == kinds[start]), False]))
        low, high = money.iloc[start - 1], money.iloc[end - 1]
        rate = (high - low) / (end - start) / quota if quota else np.inf
        rows.append((kinds[start], start - 1, end - 1, low, high, rate))
    return pd.DataFrame(rows, columns=["kind", "from_pupils", "to_pupils", "money_from", "money_to", "rate"])


def smoothed(rule: Compensation) -> Compensation:
    r"""Return the rule without its edges: the same aims, sloping (改成斜坡).

    The trigger becomes a share that every school bears itself, and the grant of small schools fades out over more pupils than it is worth quotas, so
    that each pupil more still brings something:

    .. math::
        o' = \max(o, t), \qquad F' = \max\Big(F,\ \Big\lfloor \frac{G}{\min_s q_s} \Big\rfloor + 1\Big)

    Parameters
    ----------
    rule : Compensation

    Returns
    -------
    Compensation
        One that `cliff_edges` finds nothing in but the first pupil: that a school is there at all is decided by people, not by a formula.

    Raises
    ------
    ValueError
        A grant to small schools where some stage's quota is 0: no slope is gentle enough.

    Examples
    --------
    >>> smoothed(Compensation(share=0.8, trigger=0.05, small_grant=20_000)).fades
    28
    """
    fades = rule.fades
    if rule.small_grant:
        least = min(rule.formula.per_pupil.values())
        if not least > 0:
            raise ValueError("有的学段定额是0，小校补助退到几个人都还是悬崖；请先写明定额")
        fades = max(fades, int(rule.small_grant // least) + 1)
    return replace(rule, trigger=0.0, own_share=max(rule.own_share, rule.trigger), fades=fades)
