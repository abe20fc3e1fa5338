"""Third-party verification (第三方督导评估): draw schools, estimate the share that is wrong."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.lacking import Lacking
from balancelib.county.schema import schema

MOST_CELLS = 10_000_000  # of the table of all ways in which wrong schools can lie in the strata
TOLERANCE = 1e-9


class ErrorRate(NamedTuple):
    """The share of schools that are wrong, estimated from a sample.

    Attributes
    ----------
    rate, low, high : float
        Estimated share of the county's schools, and its interval.
    found, drawn, schools : int
        Wrong schools in the sample, schools in the sample, schools in the county.
    fewest, most : int
        The interval in schools.
    level : float
        Its confidence.
    """

    rate: float
    low: float
    high: float
    found: int
    drawn: int
    schools: int
    fewest: int
    most: int
    level: float


def ticket(seed: int | str, school_id: str) -> str:
    """Return a school's ticket in the draw: the first 12 digits of SHA-256 of ``seed:school_id``, as anyone can work out.

    Examples
    --------
    >>> ticket("2026", "9900000001") == ticket("2026", "9900000001") != ticket("2027", "9900000001")
    True
    """
    return hashlib.sha256(f"{seed}:{school_id}".encode()).hexdigest()[:12]


def draw_sample(
    schools: pd.DataFrame,
    seed: int | str,
    share: float = 0.10,
    strata: Sequence[str] = ("area",),
    least: int = 1,
) -> pd.DataFrame:
    """Draw a stratified random sample of schools (分层随机抽样), the same whoever draws it and in whatever order the rows stand.

    Parameters
    ----------
    schools : DataFrame
        The list to draw from: ``school_id``, ``name`` and the columns of ``strata``.
    seed : int or str
        Made known only after the county has handed in its numbers.
    share : float
        Of all schools, rounded up to whole schools.
    strata : sequence of str
        Columns by whose values schools are drawn apart.
    least : int
        Drawn of each stratum at least, or all where it has fewer: 1 or more, for a stratum of which none is drawn nothing can be said.

    Returns
    -------
    DataFrame
        A row a drawn school: ``school_id, name, stratum, schools`` (of the stratum), ``drawn`` (of them), ``weight`` (how many
        schools it stands for) and ``ticket``, by stratum and ticket.

    Raises
    ------
    ValueError
        A share outside 0–1, ``least`` below 1, a blank or doubled ``school_id``.
    Lacking
        No school, or a stratum's column is blank somewhere.

    Notes
    -----
    In each stratum the schools with the lowest `ticket` are drawn: permanent random numbers, so that a school added or left out
    changes no other's ticket. Places beyond ``least`` go one by one to the stratum with the most schools for each place it would
    have (Sainte-Laguë). Source: Ohlsson (1995), "Coordination of Samples Using Permanent Random Numbers" (from memory).

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> sample = draw_sample(sample_county(7).schools, seed="2026")
    >>> len(sample), round(sample["weight"].sum())
    (6, 60)
    """
    if not 0 < share <= 1:
        raise ValueError(f"share是{share}，要大于0、不超过1，例如0.10")
    if least < 1:
        raise ValueError(f"least是{least}，每层至少要抽1所：一所也没有抽的层，什么都推算不了")
    ids = schools["school_id"]
    if ids.isna().any() or ids.duplicated().any():
        raise ValueError("名单里有的学校标识码是空的，或者重复；先改名单，再抽")
    frame = schools[["school_id", "name"]].assign(stratum=stratum_names(schools, strata))
    frame["ticket"] = [ticket(seed, school_id) for school_id in ids]
    sizes = frame["stratum"].value_counts().sort_index()
    places = allocate(sizes, math.ceil(share * len(frame) - TOLERANCE), least)
    frame = frame.sort_values(["stratum", "ticket", "school_id"], ignore_index=True)
    frame["schools"], frame["drawn"] = frame["stratum"].map(sizes), frame["stratum"].map(places)
    frame["weight"] = frame["schools"] / frame["drawn"]
    kept = frame[frame.groupby("stratum").cumcount() < frame["drawn"]]
    return kept[["school_id", "name", "stratum", "schools", "drawn", "weight", "ticket"]].reset_index(
        drop=True
    )


def stratum_names(schools: pd.DataFrame, strata: Sequence[str] = ("area",)) -> pd.Series:
    """Return the name of each school's stratum in Chinese, such as 乡村 or 乡村·小学.

    Raises
    ------
    Lacking
        No school, or one of the columns is blank somewhere.
    """
    if schools.empty:
        raise Lacking("名单里没有学校，抽不了。")
    table, parts = schema().table("schools"), []
    for name in strata:
        if name not in schools or schools[name].isna().any():
            raise Lacking(f"有的学校没有填“{table.column(name).label}”，分不了层。填好再抽，或者换一列分层。")
        parts.append(schools[name].map(table.column(name).codes).fillna(schools[name]).astype(str))
    return parts[0].str.cat(parts[1:], sep="·") if parts else pd.Series("全县", schools.index)


def allocate(sizes: pd.Series, total: int, least: int = 1) -> pd.Series:
    """Give the strata their places in the sample: ``least`` each, or all where it has fewer, the others by size (Sainte-Laguë).

    Parameters
    ----------
    sizes : Series
        Schools of each stratum.
    total : int
        Places to give; more are given where the strata's ``least`` need them.
    least : int
        Of each stratum.

    Examples
    --------
    >>> allocate(pd.Series({"城区": 18, "镇区": 17, "乡村": 25}), 6).tolist()
    [2, 2, 2]
    >>> allocate(pd.Series({"大": 97, "小": 3}), 10).tolist()
    [9, 1]
    """
    places = sizes.clip(upper=least)
    while places.sum() < min(total, sizes.sum()):
        claim = (sizes / (2 * places + 1)).where(places < sizes, -1.0)
        places[claim.idxmax()] += 1
    return places


def error_rate(sample: pd.DataFrame, wrong: Mapping[str, bool] | pd.Series, level: float = 0.95) -> ErrorRate:
    r"""Estimate the share of wrong schools (差错率) from a stratified sample, with an exact interval.

    .. math::
        \hat F = \sum_h \frac{N_h}{n_h} x_h

    Parameters
    ----------
    sample : DataFrame
        Of `draw_sample`.
    wrong : mapping of str to bool
        By ``school_id``, whether the school's numbers turned out to be wrong: all schools of the sample, and no other.
    level : float
        Confidence of the interval.

    Returns
    -------
    ErrorRate

    Raises
    ------
    ValueError
        A sample with rows struck out, doubled or changed, a school drawn without a result, a result of a school that was not drawn, or too
        many strata.

    Notes
    -----
    Unit of analysis: the school, each counting once. Given where the wrong schools lie, the wrong ones drawn of a stratum are
    hypergeometric. The interval holds every number of wrong schools for which some way of spreading them over the strata, one that
    agrees with what was seen, makes an estimate as low (or as high) as the one found likelier than (1 − level)/2. So it covers the
    truth at least as often as it says, with no school found and in strata of one; with one stratum it is the hypergeometric interval
    of Clopper and Pearson's kind. Idea: Wendell and Schmee (1996), "Exact Inference for Proportions from a Stratified Finite
    Population", Journal of the American Statistical Association 91 (from memory).

    Examples
    --------
    >>> whole = pd.DataFrame({"school_id": list("abcdef"), "stratum": "全县", "schools": 60, "drawn": 6})
    >>> error_rate(whole, dict.fromkeys("abcdef", False)).most
    26
    """
    _check_whole(sample)
    sample = sample.assign(wrong=_results(sample, wrong))
    by = sample.groupby("stratum", sort=True).agg(
        N=("schools", "first"), n=("drawn", "first"), x=("wrong", "sum")
    )
    strata = by.to_numpy(dtype=int)
    estimate = float((by["x"] * by["N"] / by["n"]).sum())
    fewest, most = _limits(strata, (1 - level) / 2)
    schools = int(by["N"].sum())
    return ErrorRate(
        estimate / schools, fewest / schools, most / schools, int(by["x"].sum()), len(sample), schools, fewest, most, level
    )  # fmt: skip


def _check_whole(sample: pd.DataFrame) -> None:
    """Refuse a sample that is not as it was drawn: a row struck out would count as right."""
    if doubled := sample.loc[sample["school_id"].duplicated(), "school_id"].tolist():
        raise ValueError(f"样本里{'、'.join(doubled)}有两行；请用draw_sample抽出的原样")
    for stratum, rows in sample.groupby("stratum"):
        if (rows[["schools", "drawn"]].nunique() > 1).any():
            raise ValueError(f"{stratum}这一层，各行写的学校数或抽中数不一样；请用draw_sample抽出的原样")
        if len(rows) != (drawn := rows["drawn"].iloc[0]):
            raise ValueError(
                f"{stratum}这一层抽了{drawn}所，样本里有{len(rows)}行；抽中的学校不能删，也不能加"
            )


def _results(sample: pd.DataFrame, wrong: Mapping[str, bool] | pd.Series) -> np.ndarray:
    """Return the results in the order of the sample; refuse those that are missing or do not belong."""
    results = dict(wrong)
    drawn = sample["school_id"].tolist()
    if missing := [school for school in drawn if pd.isna(results.get(school))]:
        raise ValueError(
            f"抽中的{'、'.join(missing)}没有核查结果。没有查不等于没有错：补查以后再算，也不能换一所"
        )
    if others := sorted(set(results) - set(drawn)):
        raise ValueError(f"{'、'.join(others)}不是抽中的学校，不能算进差错率；自己挑来查的另外报")
    return np.array([bool(results[school]) for school in drawn])


def _limits(strata: np.ndarray, alpha: float) -> tuple[int, int]:
    """Return the fewest and the most wrong schools that agree with the strata's ``N, n, x``."""
    sizes, drawn, wrong = strata.T
    if np.prod(np.maximum(sizes - drawn, drawn) + 1.0) > MOST_CELLS:
        raise ValueError("分的层太多或学校太多，区间算不过来；请把相近的层合并以后再抽")
    estimates = _outer(
        [size / places * np.arange(places + 1) for size, places in zip(sizes, drawn, strict=True)]
    )
    seen = float((sizes * wrong / drawn).sum())
    totals = _outer([np.arange(x, size - n + x + 1) for size, n, x in strata])
    likely = [
        totals[_chances(strata, event) > alpha]
        for event in (estimates >= seen - TOLERANCE, estimates <= seen + TOLERANCE)
    ]
    return int(likely[0].min()), int(likely[1].max())


def _outer(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the sums of one entry of each part, an axis a part."""
    total = np.zeros(())
    for part in parts:
        total = np.add.outer(total, part)
    return total


def _chances(strata: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return the chance of an event, told by what is drawn of each stratum, for all numbers of wrong schools in them."""
    from scipy.stats import hypergeom  # noqa: PLC0415  heavy: only where it is used

    chance = event.astype(float)
    for size, drawn, wrong in strata:  # the first axis goes, what depends on the stratum comes behind
        faulty = np.arange(wrong, size - drawn + wrong + 1)
        pmf = hypergeom.pmf(np.arange(drawn + 1)[:, None], size, faulty, drawn)
        chance = np.tensordot(chance, pmf, axes=(0, 0))
    return chance
