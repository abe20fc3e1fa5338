"""What is left of the teachers beside what the timetable will need, and which subject to fill first."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import Curriculum, Establishment, load_curriculum, load_establishment
from balancelib.teachers.need import staff
from balancelib.teachers.shortage import by_subject


def staff_ahead(
    county: County,
    balance: pd.DataFrame,
    chances: pd.DataFrame,
    classes: float | Mapping[str, float] = 0.0,
    establishment: Establishment | None = None,
    plan: Curriculum | None = None,
) -> pd.DataFrame:
    """Set what is left of the teachers beside what the timetable will need: which subject to fill first (先补哪科).

    Parameters
    ----------
    county : County
    balance : DataFrame
        `staff_balance` of today.
    chances : DataFrame
        `exit_chances`.
    classes : float or mapping of str to float
        By what share classes change until then, one for all or one a stage: -0.1 for a tenth fewer. A statement of the reader's, not a forecast.
    establishment, plan : optional
        As in `staff_balance`; subjects that anyone may teach are left out.

    Returns
    -------
    DataFrame
        Rows: stage and subject. Full posts of the county together: ``need, have`` today, ``gone`` (expected), ``unknown`` (teachers whose chance is
        not known; taken to go as the others of the subject), ``need_then``, ``have_then``, ``net_then`` (have less
        need, nobody taken on), ``cover`` (have_then ÷ need_then). The lowest ``cover`` comes first within each stage.

    Notes
    -----
    The county is taken as one: as if each could teach where it is short. So a shortage here is one that moving cannot mend.
    """
    plan, establishment = plan or load_curriculum(), establishment or load_establishment()
    gone = _posts_gone(county, chances, establishment)
    frame = by_subject(balance)[["need", "have"]]
    special = [not plan.subject(key).by_anyone for key in frame.index.get_level_values("subject")]
    frame = frame[special]
    frame = frame.join(gone.reindex(frame.index, fill_value=0))  # a subject without teachers loses none
    change = frame.index.get_level_values("stage").map(
        classes if isinstance(classes, Mapping) else lambda _: classes
    )
    if not (np.asarray(change, dtype=float) > -1).all():
        raise Lacking("班数的变化要写明每个学段，都要大于-1；-0.1是少一成")
    frame["need_then"] = frame["need"] * (1 + np.asarray(change, dtype=float))
    frame["have_then"] = frame["have"] - frame["gone"]
    frame["net_then"] = frame["have_then"] - frame["need_then"]
    frame["cover"] = frame["have_then"] / frame["need_then"]
    order = frame.index.get_level_values("stage").map({"primary": 0, "junior": 1})
    return frame.assign(order=order).sort_values(["order", "cover"], kind="stable").drop(columns="order")


def share_posts(ahead: pd.DataFrame, posts: int) -> pd.Series:
    """Share whole posts among the subjects that will be short, in proportion to what they lack (招聘名额分到学科).

    Parameters
    ----------
    ahead : DataFrame
        `staff_ahead`.
    posts : int
        To be given; never more are than the shortages together, rounded up.

    Returns
    -------
    Series of int
        By stage and subject, as ``ahead``. By the largest remainders; of equal ones the subject that is covered least.
    """
    short = ahead["net_then"].clip(upper=0).abs()
    if posts < 0 or short.isna().any():
        raise ValueError("名额不能是负数；有的学科缺几名还不知道，先补齐再分")
    given = min(posts, int(np.ceil(short.sum())))
    exact = short * (given / short.sum() if given else 0.0)
    whole = np.floor(exact).astype(int)
    more = (exact - whole).sort_values(ascending=False, kind="stable").index[: given - whole.sum()]
    whole[more] += 1
    return whole.rename("posts")


def _posts_gone(county: County, chances: pd.DataFrame, establishment: Establishment) -> pd.DataFrame:
    """Full posts that are expected to go by stage and subject; whose chance is not known goes as the others of the subject."""
    teachers = staff(county)
    share = teachers["post"].fillna("teacher").map(establishment.posts).astype(float)
    gone = chances.sum(axis=1, skipna=False)
    known = gone.notna()
    parts = pd.DataFrame({"lost": share * gone, "known": share.where(known), "all": share, "unknown": ~known})
    sums = parts.groupby([teachers["stage"], teachers["subject"]]).sum()
    return pd.DataFrame({"gone": sums["lost"] / sums["known"] * sums["all"], "unknown": sums["unknown"]})
