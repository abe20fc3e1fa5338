"""Whether what only our county did has worked: a county put together from others, and what placebos say (只有一个县做的).

What is compared is read by `balancelib.progress.peers`.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.measures.synthetic import Synthetic, leave_one_out, placebo_p, placebos, synthetic_control
from balancelib.progress.peers import FEWEST_OTHERS, Peers, years_before


class SyntheticCounty(NamedTuple):
    """The own county beside the one that is put together from others.

    Attributes
    ----------
    weights : Series
        By county, of those that bear weight, the heaviest first.
    paths : DataFrame
        Index year: ``own``, ``synthetic``, ``gap`` (own less synthetic).
    since : int
        First year of the reform.
    pre, post : float
        Root mean squared gap before and from then on.
    ratio : float
        ``post`` over ``pre``.
    effect : float
        Mean gap from ``since`` on.
    """

    weights: pd.Series
    paths: pd.DataFrame
    since: int
    pre: float
    post: float
    ratio: float
    effect: float


class Placebos(NamedTuple):
    """What comes out where each county in turn is taken for the one that reformed.

    Attributes
    ----------
    table : DataFrame
        Index county, the largest ratio first: ``own``, ``pre``, ``post``, ``ratio``, ``effect``.
    gaps : DataFrame
        Index year, a column a county, the own one first.
    p : float
        Share of the counties whose ratio is at least the own one's, the own one counted.
    """

    table: pd.DataFrame
    gaps: pd.DataFrame
    p: float

    @property
    def rank(self) -> int:
        """Which place the own county has, from the largest ratio."""
        return round(self.p * len(self.table))

    @property
    def exact(self) -> int:
        """How many counties were met exactly before: where years are few, that is easy, and their ratios and all places say nothing."""
        return int((self.table["pre"] == 0).sum())


def synthetic_county(peers: Peers, since: int) -> SyntheticCounty:
    """Put together from the other counties one that went like the own one until the reform (合成的县).

    Parameters
    ----------
    peers : Peers
        Of `peer_outcomes`.
    since : int
        First year of the reform.

    Returns
    -------
    SyntheticCounty

    Raises
    ------
    Lacking
        Fewer than 5 years before the reform, none from it on, fewer than three others; or the years before are so few beside so many
        counties that these meet each of them exactly: then a good fit says nothing.
    """
    first = years_before(peers, since)
    found = synthetic_control(peers.own, peers.others, first)
    if found.pre == 0:
        raise Lacking(
            f"{since}年以前只有{first}年的数，对照的县有{peers.others.shape[1]}个，随手就能拼得一点不差：拼得好不说明什么，拼法也不止一种。"
            "补更早的年份；或者先按情况相近定下少数几个县，再算。"
        )
    return _named(found, peers, since)


def _named(found: Synthetic, peers: Peers, since: int) -> SyntheticCounty:
    weights = pd.Series(found.weights, peers.others.columns, name="weight").rename_axis("county")
    weights = weights[weights > 1e-6].sort_values(ascending=False, kind="stable")
    paths = pd.DataFrame({"own": peers.own, "synthetic": found.path, "gap": found.gap})
    effect = float(paths.loc[paths.index >= since, "gap"].mean())
    return SyntheticCounty(weights, paths, since, found.pre, found.post, found.ratio, effect)


def naive_claims(peers: Peers, since: int) -> pd.Series:
    """Return what is claimed without a synthetic county (不用合成控制会怎么说).

    Parameters
    ----------
    peers : Peers
        Of `peer_outcomes`.
    since : int
        First year of the reform.

    Returns
    -------
    Series
        ``before_after``: the own mean since the reform less the one before. ``level``: the own mean since the reform less the average
        county's. ``against_average``: ``before_after`` less the same of the average county (双重差分).

    Raises
    ------
    Lacking
        As of `synthetic_county`.
    """
    years_before(peers, since)
    after = peers.own.index >= since
    own, gap = peers.own, peers.own - peers.average
    return pd.Series(
        {
            "before_after": own[after].mean() - own[~after].mean(),
            "level": gap[after].mean(),
            "against_average": gap[after].mean() - gap[~after].mean(),
        }
    )


def placebo_counties(peers: Peers, since: int) -> Placebos:
    """Pretend in turn that each county reformed when the own one did (空间安慰剂).

    Parameters
    ----------
    peers : Peers
        Of `peer_outcomes`.
    since : int
        First year of the reform.

    Returns
    -------
    Placebos
        The own county is no donor to the others.

    Raises
    ------
    Lacking
        As of `synthetic_county`.
    """
    synthetic_county(peers, since)  # says what the data are too few for
    table = pd.concat([peers.own, peers.others], axis=1)
    found = placebos(table, int((table.index < since).sum()))
    gaps = pd.DataFrame(
        {county: one.gap for county, one in zip(table, found, strict=True)}, index=table.index
    )
    rows = pd.DataFrame(
        {
            "own": [True, *[False] * peers.others.shape[1]],
            "pre": [one.pre for one in found],
            "post": [one.post for one in found],
            "ratio": [one.ratio for one in found],
            "effect": gaps[gaps.index >= since].mean().to_numpy(),
        },
        index=pd.Index(table.columns, name="county"),
    )
    p = placebo_p(rows["ratio"])
    return Placebos(rows.sort_values("ratio", ascending=False, kind="stable"), gaps, p)


def placebo_year(peers: Peers, since: int, pretended: int) -> SyntheticCounty:
    """Pretend that the reform came earlier, with the data from before it alone (时间安慰剂).

    Parameters
    ----------
    peers : Peers
        Of `peer_outcomes`.
    since : int
        First year of the reform: no year from then on is used.
    pretended : int
        An earlier year.

    Returns
    -------
    SyntheticCounty
        Its gap should stay near 0: nothing had been done yet.

    Raises
    ------
    Lacking
        As of `synthetic_county`; ``pretended`` not before ``since``.
    """
    if pretended >= since:
        raise Lacking(f"假装的年份{pretended}要早于真的年份{since}：要看的是什么也没有做的那几年。")
    before = peers.own.index < since
    return synthetic_county(Peers(peers.own[before], peers.others[before]), pretended)


def without_each(peers: Peers, since: int) -> pd.DataFrame:
    """Build the synthetic county again without each county that bears weight, in turn (去一法).

    Parameters
    ----------
    peers : Peers
        Of `peer_outcomes`.
    since : int
        First year of the reform.

    Returns
    -------
    DataFrame
        Index the county left out, the heaviest first: ``weight`` (that it had), ``pre``, ``effect``.

    Raises
    ------
    Lacking
        As of `synthetic_county`; no more than three others.
    """
    real = synthetic_county(peers, since)
    if peers.others.shape[1] <= FEWEST_OTHERS:
        raise Lacking(f"能比的县只有{peers.others.shape[1]}个，去掉一个就拼不出来了。")
    left_out = leave_one_out(peers.own, peers.others, years_before(peers, since))
    after = peers.own.index >= since
    rows = {
        peers.others.columns[j]: {"pre": one.pre, "effect": float(np.mean(one.gap[after]))}
        for j, one in left_out.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(real.weights.index)
    table.insert(0, "weight", real.weights)
    return table
