"""The own county and others of the province, year by year: what the table ``peer_counties`` holds."""

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from balancelib.county import County, Lacking

FEWEST_BEFORE = 5  # years without the reform; two or three are met by chance
FEWEST_OTHERS = 3
SHOWN = 5  # faults that are named; of the others only how many


class Peers(NamedTuple):
    """The own county and the others, by year.

    Attributes
    ----------
    own : Series
        Index year; the own county's outcome; named for it.
    others : DataFrame
        Index year; a column a county, by its name.
    """

    own: pd.Series
    others: pd.DataFrame

    @property
    def average(self) -> pd.Series:
        """Mean of the others, each of the same weight."""
        return self.others.mean(axis=1)


def peer_outcomes(county: County, without: Collection[str] = (), since: int | None = None) -> Peers:
    """Read the own county and the others of the province, year by year (同省各县历年).

    Parameters
    ----------
    county : County
        With table ``peer_counties``.
    without : collection of str
        Names (or codes) of counties that are not to be compared with: those with a reform or a shock of their own, or with blanks.
    since : int, optional
        First year of a reform that is to be looked at: then there must be enough years before it, and others.

    Returns
    -------
    Peers

    Raises
    ------
    Lacking
        Not exactly one own county, a county without all years, blanks, or a name of ``without`` that is not there; too little for ``since``, as of
        `years_before`. Nothing is filled in.
    """
    county.tables.need(["peer_counties"])
    rows = county.tables["peer_counties"]
    if rows["county_id"].dropna().nunique() > 1:
        raise Lacking("“同省各县历年”表里有几个县各自的一份，一次只看一个县：请把一个县的行单独存成一份。")
    names, own = _names(rows), _own(rows)
    chosen = names.isin(without) | names.index.isin(without)
    if unknown := sorted(set(without) - set(names) - set(names.index)):
        raise Lacking(f"要去掉的{'、'.join(unknown)}不在“同省各县历年”表里。写表里的县名或者县编号。")
    if chosen[own]:
        raise Lacking(f"{names[own]}是本县，不能去掉。without里只写不拿来比的县。")
    kept = names[~chosen]
    wide = rows.pivot(index="year", columns="peer", values="cv").reindex(columns=kept.index)
    wide = wide.rename(columns=kept).rename(index=int).sort_index()
    if blank := [f"{name}{year}年" for name, values in wide.items() for year in wide.index[values.isna()]]:
        more = f"等{len(blank)}处" if len(blank) > SHOWN else ""
        raise Lacking(
            f"“同省各县历年”表里缺{'、'.join(blank[:SHOWN])}{more}。各县要有同样的年份，空着的不当作0，也不替你估：补上；补不上的县用without去掉。"
        )
    peers = Peers(wide[names[own]], wide.drop(columns=names[own]))
    if since is not None:
        years_before(peers, since)
    return peers


def years_before(peers: Peers, since: int) -> int:
    """Return how many years come before the reform, or raise `Lacking`: fewer than 5 of them or not the last, none from it on, fewer than three others."""
    years = peers.own.index
    before, others = int((years < since).sum()), peers.others.shape[1]
    if before < FEWEST_BEFORE:
        raise Lacking(
            f"{since}年以前只有{before}年的数，至少要有{FEWEST_BEFORE}年，才看得出合成的县像不像本县。把更早的年份补上；没有，就不要用这个办法。"
        )
    if since - 1 not in years:
        raise Lacking(
            f"各县都没有{since - 1}年的数：那是{since}年以前的最后一年，缺了它，看不出差是不是从{since}年开的。补上再算。"
        )
    if before == len(years):
        raise Lacking(f"没有{since}年及以后的数，还看不出做了以后怎样。表里最后一年是{years[-1]}年。")
    if others < FEWEST_OTHERS:
        raise Lacking(f"能比的县只有{others}个，至少要有{FEWEST_OTHERS}个，才拼得出一个县来。")
    return before


def _names(rows: pd.DataFrame) -> pd.Series:
    """Return what each county is called, by code: its name, with the code where there is none or two have the same."""
    if rows["peer"].isna().any() or rows["own"].isna().any():
        raise Lacking("“同省各县历年”表里有的行没有写县编号，或者没有写是不是本县：每一行都要写。")
    found = rows.groupby("peer")["name"].agg(lambda names: next(iter(names.dropna()), "")).astype(str)
    codes = found.index.to_series().astype(str)
    told_apart = (found + "（" + codes + "）").where(found.duplicated(keep=False), found)
    return told_apart.where(found != "", codes)


def _own(rows: pd.DataFrame) -> str:
    own = rows.groupby("peer")["own"].agg(["min", "max"])
    if mixed := sorted(own.index[own["min"] != own["max"]]):
        raise Lacking(
            f"“同省各县历年”表里，{'、'.join(mixed[:SHOWN])}有的年份写是本县，有的写不是：改成一样。"
        )
    codes = list(own.index[own["max"] == 1])
    if len(codes) != 1:
        what = f"有{len(codes)}个县都写着是本县" if codes else "没有一个县写着是本县"
        raise Lacking(f"“同省各县历年”表里{what}：“是本县”一列，只有本县填是，别的县填否。")
    return codes[0]
