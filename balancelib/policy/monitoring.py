"""Dynamic monitoring: which schools moved otherwise than the county, by limits of their own and not by ranks."""

import functools
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import ArrayLike

from balancelib.assess.logic import TOLERANCE
from balancelib.policy.history import SERIES
from balancelib.standards import Standard, load_standard

TO_SIGMA = {"mean": 1.128, "median": 0.954}  # of a moving range of two, under a normal distribution
FEWEST = 6  # years; fewer tell nothing of a series' own spread
LOW, HIGH = "low", "high"
CAUSES = ("resources", "pupils", "others")


def xmr(x: ArrayLike, spread: Literal["mean", "median"] = "mean") -> tuple[float, float, float]:
    r"""Natural limits of a series by its moving ranges (单值移动极差图的界限).

    .. math:: \bar x \pm 3\, \overline{mR} / d, \quad mR_t = |x_t - x_{t-1}|, \quad d = 1.128

    so that the mean moving range is multiplied by 2.66; the median one, with ``d = 0.954``, by 3.14.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values in order of time; NaN where one is missing: no range spans a gap.
    spread : {"mean", "median"}
        One wild value makes two wide ranges, and with the mean of few ranges it widens its own limits; the median resists.

    Returns
    -------
    tuple of float
        Centre, lower and upper limit, in the unit of ``x``; the limits are NaN where no two values follow each other.

    Notes
    -----
    Limits say what is usual for this series, not what is good. Sources: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2; Wheeler and
    Chambers (1992), Understanding Statistical Process Control; the constant of the median moving range as in JMP's documentation.

    Examples
    --------
    The handbook's ten batches: centre 50.81, limits 45.8159 and 55.8041.

    >>> tuple(round(v, 4) for v in xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]))
    (50.81, 45.8159, 55.8041)
    """
    x = np.asarray(x, dtype=float)
    ranges = np.abs(np.diff(x))
    ranges = ranges[~np.isnan(ranges)]
    known = x[~np.isnan(x)]
    centre = float(known.mean()) if len(known) else np.nan
    if not len(ranges):
        return centre, np.nan, np.nan
    half = 3 * float({"mean": np.mean, "median": np.median}[spread](ranges)) / TO_SIGMA[spread]
    return centre, centre - half, centre + half


def control_limits(history: pd.DataFrame, spread: Literal["mean", "median"] = "median") -> pd.DataFrame:
    """Limits of each section's own series, relative to the county (各校自己的控制限).

    Parameters
    ----------
    history : DataFrame
        Of `indicator_history`.
    spread : {"mean", "median"}
        As in `xmr`; the median by default, because a series of years is short and a fault in one year would hide itself.

    Returns
    -------
    DataFrame
        A row a section and indicator: ``school_id, name, stage, indicator``, number of ``years`` known, ``centre, lower, upper`` of
        ``relative``; the limits are NaN with fewer than six years: such a series is not judged.

    Notes
    -----
    Value over the county's mean of the year: what raises all schools alike, such as a programme or fewer pupils, moves no school.
    """
    rows = []
    for key, series in _series(history):
        years = int(series.notna().sum())
        centre, lower, upper = xmr(series, spread)
        if years < FEWEST:
            lower = upper = np.nan
        rows.append((*key, years, centre, lower, upper))
    return pd.DataFrame(rows, columns=[*SERIES, "years", "centre", "lower", "upper"])


def _series(history: pd.DataFrame) -> list[tuple[tuple[str, ...], pd.Series]]:
    """Each section's relative values by year, NaN in years without one."""
    years = range(int(history["year"].min()), int(history["year"].max()) + 1)
    wide = history.pivot(index=SERIES, columns="year", values="relative").reindex(columns=years)
    order = history[SERIES].drop_duplicates()
    return [(key, wide.loc[key]) for key in order.itertuples(index=False, name=None)]


class RunRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of ``runs.toml``, whose head says what each field means."""

    key: str
    label: str
    kind: Literal["side", "trend"]
    points: int
    of: int
    beyond: float
    default: bool = False


@functools.cache
def run_rules() -> dict[str, RunRule]:
    """Return the rules by which a series is read, by key."""
    data = msgspec.toml.decode(Path(__file__).with_name("runs.toml").read_bytes())
    return {rule["key"]: msgspec.convert(rule, RunRule) for rule in data["rules"]}


def signals(history: pd.DataFrame, limits: pd.DataFrame, use: Collection[str] | None = None) -> pd.DataFrame:
    """List where a section's series is not as usual (信号).

    Parameters
    ----------
    history : DataFrame
        Of `indicator_history`.
    limits : DataFrame
        Of `control_limits`.
    use : collection of str, optional
        Keys of `run_rules`; those marked as default if left out: outside the limits, eight on one side, six in a row up or down.

    Returns
    -------
    DataFrame
        A row a signal: ``year`` (the last of its points), ``school_id, name, stage, indicator, rule, side`` ("low" or "high"), ``relative,
        lower, upper``; by school, indicator and year. A signal asks for a look at the school, it is no verdict; who is not listed
        can still be below the threshold.

    Raises
    ------
    ValueError
        A rule that is not known.
    """
    if unknown := sorted(set(use or ()) - set(run_rules())):
        raise ValueError(f"没有这些规则：{'、'.join(unknown)}；有：{'、'.join(run_rules())}")
    used = [rule for key, rule in run_rules().items() if (rule.default if use is None else key in use)]
    of_series = limits.set_index(SERIES)
    rows = []
    for key, series in _series(history):
        centre, lower, upper = of_series.loc[key, ["centre", "lower", "upper"]]
        for rule in used if not np.isnan(lower) else ():
            for side, sign in ((LOW, -1), (HIGH, 1)):
                found = _found(rule, sign * (series - centre).to_numpy(), (upper - centre) / 3)
                rows += [(int(series.index[i]), *key, rule.key, side, series.iloc[i], lower, upper) for i in np.flatnonzero(found)]  # fmt: skip
    columns = ["year", *SERIES, "rule", "side", "relative", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


def _found(rule: RunRule, away: np.ndarray, sigma: float) -> np.ndarray:
    """Whether the rule's pattern ends at each point; ``away`` is the distance from the centre towards the side in question."""
    if rule.kind == "trend":
        here, needed, window = np.r_[False, np.diff(away) > 0], rule.points - 1, rule.of - 1
    else:
        here, needed, window = away > rule.beyond * sigma + TOLERANCE, rule.points, rule.of
    recent = np.convolve(here, np.ones(window))[: len(here)]
    return here & (recent >= needed)


def causes(
    found: pd.DataFrame, history: pd.DataFrame, standard: Standard | str = "quality-2017"
) -> pd.DataFrame:
    """Say why a section fell against the county: it lost resources, gained pupils, or others gained more (掉队的缘由).

    Parameters
    ----------
    found : DataFrame
        Of `signals`; only those of the low side are kept.
    history : DataFrame
        Of `indicator_history`, under the same standard.
    standard : Standard or str
        It says which totals are shared out among a school's stages.

    Returns
    -------
    DataFrame
        The rows of ``found`` with ``first_year``, the first one known of the series, ``total_change`` and ``pupils_change`` since then (−0.1: a tenth
        less), and ``cause``: "resources" where the total fell, else "pupils" where pupils rose, else "others".

    Notes
    -----
    What fell against the county's mean had a total that grew less than pupils times mean did, so one of the three holds; where
    several do, the first is named. Where a total is shared out among stages, it and the pupils are those of the school's sections
    together: a nine-year school whose junior pupils grow loses no room. Senior pupils are not in the history's sections; "others" may
    then also be a share that moved.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    known = _undivided(history[history["value"].notna()].sort_values("year"), standard)
    first = known.groupby(SERIES, as_index=False)[["year", "total", "pupils"]].first()
    low = found[found["side"] == LOW].merge(known[["year", *SERIES, "total", "pupils"]], on=["year", *SERIES])
    both = low.merge(first.rename(columns={"year": "first_year"}), on=SERIES, suffixes=("", "_first"))
    both["total_change"] = both["total"] / both["total_first"].where(both["total_first"] > 0) - 1
    both["pupils_change"] = both["pupils"] / both["pupils_first"] - 1
    lost, more = both["total_change"] < -TOLERANCE, both["pupils_change"] > TOLERANCE
    both["cause"] = np.select([lost, more], CAUSES[:2], CAUSES[2])
    return both[[*found.columns, "first_year", "total_change", "pupils_change", "cause"]]


def _undivided(known: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Replace totals that are shared out among stages, and the pupils with them, by those of the whole school."""
    shared = known["indicator"].isin([i.key for i in standard.indicators if i.split])
    whole = known.groupby(["year", "school_id", "indicator"])[["total", "pupils"]].transform("sum")
    return known.assign(**{name: known[name].mask(shared, whole[name]) for name in ("total", "pupils")})
