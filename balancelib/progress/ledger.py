"""The list of what is to be mended (整改台账), judged on a given day: what is late, what is said to be mended and is not shown to be, what came back.

Nothing here asks what day it is: the same list and the same day give the same answer next year.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures import Interval, wilson
from balancelib.progress.checklist import check_items

CLOSED = ("done", "verified")
STATUS = {
    "mended": "改好有佐证",
    "unproven": "说改了没有佐证",
    "reopened": "改了又出现",
    "overdue": "超期没改",
    "soon": "快到期",
    "open": "没有到期",
    "undated": "没有定时限",
}
SOON = 30  # days
MOST_GRACE = 3650  # days
COLUMNS = [
    "action",
    "school_id",
    "name",
    "item",
    "label",
    "found_on",
    "owner",
    "due",
    "state",
    "closed_on",
    "evidence",
]
NOBODY = "没有写责任岗位"


class Claim(NamedTuple):
    """What the list claims, and how much of it stands.

    Attributes
    ----------
    listed : int
        Found by the day.
    closed : int
        Of these, said to be mended.
    proven : int
        Of these, with evidence.
    seen_again : int
        Of those closed, looked at again after they were closed.
    held : int
        Of these, still mended.
    share : Interval
        Those held of those seen again, with Wilson's interval; not a number where none was seen again.
    """

    listed: int
    closed: int
    proven: int
    seen_again: int
    held: int
    share: Interval


def ledger_of(county: County) -> pd.DataFrame:
    """Return the list of what is to be mended from a county's table ``actions``, with names and dates.

    Raises
    ------
    MissingTable
        Nobody filled the table.
    """
    county.tables.need(["actions"])
    actions = county.tables["actions"].copy()
    known = {key: item.short for key, item in check_items().items()}
    actions["name"] = actions["school_id"].map(county.names).fillna(actions["school_id"])
    actions["label"] = actions["item"].map(known).fillna(actions["item"])
    return dated(actions)


def dated(actions: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a list, its dates as dates and blank texts as none."""
    frame = actions.reindex(columns=COLUMNS).astype(object).reset_index(drop=True)
    for name in ("found_on", "due", "closed_on"):
        frame[name] = pd.to_datetime(frame[name])
    for name in ("owner", "evidence"):
        texts = frame[name].astype(object)
        frame[name] = texts.where(texts.notna() & (texts.astype(str).str.strip() != ""), None)
    return frame


def judge_ledger(
    ledger: pd.DataFrame, on: date | str, grace: int = 0, visits: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Say of each entry how it stands on a day.

    Closed without evidence is not closed. What was closed and found again, at a visit or as a new entry of the same school and item, is
    open again, until a later visit finds it met or the new entry is mended: then there is nothing left to ask about. An entry closed later
    than the day is open on it; one closed on no known day counts as closed on every day, and is never said to have come back. Entries found
    later than the day are left out.

    Parameters
    ----------
    ledger : DataFrame
        As of `ledger_of` or `read_ledger`.
    on : date or str
        The day.
    grace : int
        Days after the deadline before an entry is called late; the days late count from the deadline all the same.
    visits : DataFrame, optional
        Table ``inspections``.

    Returns
    -------
    DataFrame
        The list with ``status`` (a key of `STATUS`), ``days_late`` (since the deadline, or since it was found again where it came back; 0
        where mended or in time), ``back_on`` (when it was first found again, also where it is mended since) and ``goes_on`` (the number of
        the newest entry of the same school and item that was found after this one was closed).
    """
    if not 0 <= grace <= MOST_GRACE:
        raise Lacking(f"宽限天数要在0到{MOST_GRACE}之间，现在是{grace}")
    day, late = pd.Timestamp(on), pd.Timedelta(days=grace)
    found = ledger[~(ledger["found_on"] > day)].reset_index(drop=True)
    closed = found["state"].isin(CLOSED) & ~(found["closed_on"] > day)
    again = _found_again(found, visits, day).where(closed)
    back = again["min"]
    proven = closed & found["evidence"].notna() & back.isna()
    mended = (
        proven | _mended_since(found, again["max"], proven) | _met_after(found, again["max"], visits, day)
    )
    days = (day - found["due"]).dt.days
    status = np.select(
        [mended, back.notna(), closed, found["due"].isna(), day > found["due"] + late, day >= found["due"] - pd.Timedelta(days=SOON)],
        ["mended", "reopened", "unproven", "undated", "overdue", "soon"],
        "open",
    )  # fmt: skip
    late_by = days.where(days > grace, 0).where(back.isna(), (day - back).dt.days)
    lateness = late_by.where(~mended, 0).fillna(0).astype(int)
    return found.assign(status=status, days_late=lateness, back_on=back, goes_on=_newer(found, closed))


def _found_again(ledger: pd.DataFrame, visits: pd.DataFrame | None, day: pd.Timestamp) -> pd.DataFrame:
    """Return when an entry was first and last found again after it was closed, up to a day: ``min`` and ``max``."""
    findings = [
        ledger[["school_id", "item", "found_on"]].rename(columns={"found_on": "date"}),
        _seen(visits, 0),
    ]
    pairs = ledger[["school_id", "item", "closed_on"]].reset_index()
    pairs = pairs.merge(pd.concat(findings), on=["school_id", "item"])
    after = pairs[(pairs["date"] > pairs["closed_on"]) & (pairs["date"] <= day)]
    return after.groupby("index")["date"].agg(["min", "max"]).reindex(ledger.index)


def _seen(visits: pd.DataFrame | None, met: int) -> pd.DataFrame:
    """Return which items were found met or not, where and when."""
    columns = ["school_id", "item", "date"]
    if visits is None:
        return pd.DataFrame(columns=columns).astype({"date": "datetime64[us]"})
    found = visits.loc[visits["met"] == met, columns]
    return found.assign(date=pd.to_datetime(found["date"]))


def _newest(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the entry of each school and item that was found last."""
    return ledger.sort_values("found_on", kind="stable").groupby(["school_id", "item"]).tail(1)


def _newer(ledger: pd.DataFrame, closed: pd.Series) -> pd.Series:
    """Return the number of the entry under which a closed one goes on."""
    pairs = ledger.loc[closed, ["school_id", "item", "closed_on"]].reset_index()
    pairs = pairs.merge(
        _newest(ledger)[["school_id", "item", "found_on", "action"]], on=["school_id", "item"]
    )
    newer = pairs[pairs["found_on"] > pairs["closed_on"]].set_index("index")["action"]
    return newer.astype(object).reindex(ledger.index)


def _mended_since(ledger: pd.DataFrame, last: pd.Series, proven: pd.Series) -> pd.Series:
    """Whether an entry that came back was written anew and the newest of these entries is mended, closed no earlier than it was last found."""
    newest = _newest(ledger.assign(proven=proven))[["school_id", "item", "closed_on", "proven"]]
    pairs = (
        ledger[["school_id", "item"]].assign(last=last).reset_index().merge(newest, on=["school_id", "item"])
    )
    since = pairs["proven"] & pairs["last"].notna() & ~(pairs["closed_on"] < pairs["last"])
    return pd.Series(ledger.index.isin(pairs.loc[since, "index"]), index=ledger.index)


def _met_after(
    ledger: pd.DataFrame, since: pd.Series, visits: pd.DataFrame | None, day: pd.Timestamp
) -> pd.Series:
    """Whether a visit after a day of each entry's own, up to a day, found its item met."""
    pairs = ledger[["school_id", "item"]].assign(since=since).reset_index()
    pairs = pairs.merge(_seen(visits, 1), on=["school_id", "item"])
    seen = pairs.loc[(pairs["date"] > pairs["since"]) & (pairs["date"] <= day), "index"]
    return pd.Series(ledger.index.isin(seen), index=ledger.index)


def ledger_claim(judged: pd.DataFrame, visits: pd.DataFrame | None, on: date | str) -> Claim:
    """Return how much of what a list says is mended stands: with evidence, and when somebody looked again.

    Parameters
    ----------
    judged : DataFrame
        As of `judge_ledger`, on the same day.
    visits : DataFrame, optional
        Table ``inspections``: an item that a visit after the closing found met is held.
    on : date or str
        The day.
    """
    closed = judged[judged["status"].isin(["mended", "unproven", "reopened"])]
    again = closed["back_on"].notna() | _met_after(closed, closed["closed_on"], visits, pd.Timestamp(on))
    held = int((again & closed["back_on"].isna()).sum())
    n = int(again.sum())
    share = wilson(held, n) if n else Interval(np.nan, np.nan, np.nan)
    return Claim(len(judged), len(closed), int(closed["evidence"].notna().sum()), n, held, share)


def ledger_counts(judged: pd.DataFrame, by: str = "owner") -> pd.DataFrame:
    """Count a list by office, by item or by school, the most in arrears first.

    Parameters
    ----------
    judged : DataFrame
        As of `judge_ledger`.
    by : {"owner", "label", "name"}
        Who is responsible, the item, or the school.

    Returns
    -------
    DataFrame
        By name: a column for each of `STATUS`, ``total``, and ``longest``, the most days that anything is late or back.
    """
    names = judged[by].fillna(NOBODY)
    table = pd.crosstab(names, judged["status"]).reindex(columns=list(STATUS), fill_value=0)
    table = table.assign(total=table.sum(axis=1), longest=judged.groupby(names)["days_late"].max())
    table["_bad"] = table["overdue"] + table["unproven"] + table["reopened"]
    table = table.rename_axis(index="name", columns=None).sort_index(kind="stable")
    return table.sort_values(["_bad", "longest"], ascending=False, kind="stable").drop(columns="_bad")


def overdue_list(judged: pd.DataFrame) -> pd.DataFrame:
    """Return what somebody must be asked about today: late, closed without evidence, or come back; the latest first.

    What came back and goes on under a new number that is asked about itself is asked about once.
    """
    asked = judged[judged["status"].isin(["overdue", "unproven", "reopened"])]
    asked = asked[~((asked["status"] == "reopened") & asked["goes_on"].isin(asked["action"]))]
    return asked.sort_values(["days_late", "action"], ascending=[False, True], kind="stable")


def new_actions(rows: pd.DataFrame, actions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return entries for table ``actions``: what a visit found not met and is not on the list still open.

    Parameters
    ----------
    rows : DataFrame
        As table ``inspections``, of one round; what two visits found at a school is written once, of the first.
    actions : DataFrame, optional
        The list so far: its numbers go on. What is open in it, or was on the day of the visit, is not written twice; what was closed before
        is, for it came back.
    """
    missed = rows[rows["met"] == 0].sort_values("date", kind="stable")
    missed = missed.drop_duplicates(["school_id", "item"]).sort_index()
    if actions is not None:
        listed = actions.reindex(columns=["school_id", "item", "state", "closed_on"])
        pairs = missed[["school_id", "item", "date"]].reset_index().merge(listed, on=["school_id", "item"])
        # Dates are texts like 2026-04-07, and compare as days do.
        left = ~pairs["state"].isin(CLOSED) | (pairs["closed_on"].astype(object).fillna("") >= pairs["date"])
        missed = missed.drop(pairs.loc[left, "index"].unique())
    known = [] if actions is None else actions["action"].str.extract(r"^Z(\d{1,9})$")[0].dropna().astype(int)
    first = max(known, default=0) + 1
    made = missed[["school_id", "item"]].assign(found_on=missed["date"], state="todo").reset_index(drop=True)
    made.insert(0, "action", [f"Z{k:04d}" for k in range(first, first + len(made))])
    return made
