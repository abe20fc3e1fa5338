"""Who joins after a bad year comes back without any help: what a programme seems to do then."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures.effects import clustered_fit
from balancelib.measures.estimation import Estimate
from balancelib.progress.panels import FEWEST, SECTION, programme_name
from balancelib.progress.series import one_county


class Rebound(NamedTuple):
    """How the scores of those who joined came back, and those of others.

    Attributes
    ----------
    table : DataFrame
        Rows ``joined``; ``alike``, those without any programme by then that fell no less than the joined who fell least; ``others``, all without one. Columns ``sections``
        (schools in a stage), and means in points: ``fall``, by how much the year before was below the mean of earlier years; ``gain``, the first year less the year before.
    more : dict of str to Estimate
        How much more the joined gained than ``alike``, and than ``others``, in points.
    """

    table: pd.DataFrame
    more: dict[str, Estimate]


def came_back(county: County, programme: str) -> Rebound:
    """Show how the scores of those who joined after a bad year came back, beside others that had as bad a year (向均值回归).

    Parameters
    ----------
    county : County
        With tables ``school_results`` and ``programmes``.
    programme : str
        Its code, such as ``"reading"``. Of those who joined, the ones who began in the year in which most did.

    Returns
    -------
    Rebound

    Raises
    ------
    Lacking
        Several counties; nobody joined, or fewer than three schools that did, or that fell as far without a programme, have scores of three years.
    """
    county.tables.need(["school_results.score", "programmes.began"])
    joined, results = county.tables["programmes"], county.tables["school_results"]
    one_county(results)
    own, name = joined[joined["programme"] == programme], programme_name(programme)
    if own.empty:
        raise Lacking(f"“改进项目”表里没有一所学校做“{name}”。")
    began = int(own["began"].mode().iloc[0])
    moved = _moved(results, began)
    mine = moved.index.isin(own[own["began"] == began].set_index(SECTION).index)
    none = ~moved.index.isin(joined[joined["began"] <= began].set_index(SECTION).index)
    alike = none & (moved["fall"] >= moved.loc[mine, "fall"].min())
    groups = {"joined": moved[mine], "alike": moved[alike], "others": moved[none]}
    counts = {name: _schools(group).nunique() for name, group in groups.items()}
    if min(counts.values()) < FEWEST:
        raise Lacking(
            f"比不了：{began}年开始做“{name}”的有{counts['joined']}所学校，跌得一样多、什么项目都没有做的有{counts['alike']}所"
            f"（{began - 2}年或更早、{began - 1}年、{began}年都要有成绩）。两边都至少要{FEWEST}所。"
        )
    table = pd.DataFrame({name: group.mean() for name, group in groups.items()}).T
    table.insert(0, "sections", [len(group) for group in groups.values()])
    return Rebound(table, {to: _more(groups["joined"], groups[to]) for to in ("alike", "others")})


def _moved(results: pd.DataFrame, began: int) -> pd.DataFrame:
    """Return by section its fall in the year before, and its gain in the first year."""
    rows = results.dropna(subset=["score"]).astype({"year": int, "score": float})
    year = rows["year"]
    earlier, before, first = (
        rows[chosen].groupby(SECTION)["score"].mean()
        for chosen in (year < began - 1, year == began - 1, year == began)
    )
    return pd.DataFrame({"fall": earlier - before, "gain": first - before}).dropna()


def _schools(group: pd.DataFrame) -> pd.Index:
    return group.index.get_level_values("school_id")


def _more(joined: pd.DataFrame, others: pd.DataFrame) -> Estimate:
    """Return how much more the joined gained; stages of a school may move together, and the side of fewer schools has the degrees of freedom."""
    both = pd.concat([joined, others])
    design = np.column_stack([np.ones(len(both)), np.arange(len(both)) < len(joined)])
    fit = clustered_fit(both["gain"], design, _schools(both))
    return fit.estimate(1, freedom=min(_schools(side).nunique() for side in (joined, others)) - 1)
