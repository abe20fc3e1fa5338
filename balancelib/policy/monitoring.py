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

from balancelib.assess.history import SERIES
from balancelib.assess.logic import TOLERANCE
from balancelib.standards import Standard, load_standard

AVERAGES = {"mean": np.mean, "median": np.median}
TO_SIGMA = {"mean": 1.128, "median": 0.954}  # of a moving range of two, under a normal distribution
FEWEST = 5  # other years; fewer tell nothing of a series' own spread
FALSE_ALARMS = 0.01  # share of series judged outside in a year where nothing but chance is at work
DRAWS = 100_000  # simulated series; the share is then right to a twentieth of itself
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
    ranges = _ranges(x)
    known = x[~np.isnan(x)]
    centre = float(known.mean()) if len(known) else np.nan
    if not len(ranges):
        return centre, np.nan, np.nan
    half = 3 * float(AVERAGES[spread](ranges)) / TO_SIGMA[spread]
    return centre, centre - half, centre + half


def _ranges(x: np.ndarray) -> np.ndarray:
    ranges = np.abs(np.diff(x))
    return ranges[~np.isnan(ranges)]


def control_limits(
    history: pd.DataFrame, spread: Literal["mean", "median"] = "median", year: int | None = None
) -> pd.DataFrame:
    """Limits for one year of each section's own series, relative to the county, by its other years (各校自己的控制限).

    Parameters
    ----------
    history : DataFrame
        Of `indicator_history`.
    spread : {"mean", "median"}
        As in `xmr`; the median by default, because a series of years is short and a fault in one year would hide itself.
    year : int, optional
        The year to be judged; the last one if left out.

    Returns
    -------
    DataFrame
        A row a section and indicator: ``school_id, name, stage, indicator``, the ``year`` judged, number of other ``years`` known, ``centre,
        lower, upper`` of ``relative``; the limits are NaN with fewer than five other years: such a series is not judged.

    Notes
    -----
    Value over the county's mean of the year: what raises all schools alike, such as a programme or fewer pupils, moves no school.

    Centre and moving ranges are of the other years, so that a year neither moves nor widens its own limits. Three standard errors are
    too narrow for so few years (they would flag one series in twenty); the multiple of the range is therefore found by simulation, for the
    years that are known: of independent normal values, one series in a hundred is outside in the year judged. A county of 400 series
    has about four such signals a year by chance. Where the median range is 0, the mean one is used.
    """
    year = int(history["year"].max()) if year is None else year
    rows = []
    for key, series in _series(history):
        others = series.where(series.index != year).to_numpy()
        rows.append((*key, year, int((~np.isnan(others)).sum()), *_limits(others, spread)))
    return pd.DataFrame(rows, columns=[*SERIES, "year", "years", "centre", "lower", "upper"])


def _limits(others: np.ndarray, spread: str) -> tuple[float, float, float]:
    known = ~np.isnan(others)
    ranges = _ranges(others)
    centre = float(others[known].mean()) if known.any() else np.nan
    if known.sum() < FEWEST or not len(ranges):
        return centre, np.nan, np.nan
    if np.median(ranges) <= TOLERANCE:
        spread = "mean"
    half = _multiple(tuple(known.tolist()), spread) * float(AVERAGES[spread](ranges))
    return centre, centre - half, centre + half


@functools.cache
def _multiple(known: tuple[bool, ...], spread: str) -> float:
    """By what to multiply the range of these years, so that chance takes one more year outside in so many cases."""
    rng = np.random.default_rng(0)
    years = rng.standard_normal((DRAWS, len(known)))
    years[:, ~np.array(known)] = np.nan
    ranges = np.abs(np.diff(years))
    ranges = ranges[:, ~np.isnan(ranges[0])]
    away = np.abs(rng.standard_normal(DRAWS) - np.nanmean(years, axis=1))
    return float(np.quantile(away / AVERAGES[spread](ranges, axis=1), 1 - FALSE_ALARMS))


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

    @property
    def fewest(self) -> int:
        """How many years a series must have to show the pattern: no values are all on one side of their own mean."""
        return self.points + (self.kind == "side" and self.points > 1)


@functools.cache
def run_rules() -> dict[str, RunRule]:
    """Return the rules by which a series is read, by key."""
    data = msgspec.toml.decode(Path(__file__).with_name("runs.toml").read_bytes())
    return {rule["key"]: msgspec.convert(rule, RunRule) for rule in data["rules"]}


def signals(history: pd.DataFrame, limits: pd.DataFrame, use: Collection[str] | None = None) -> pd.DataFrame:
    """List where a section's series is not as usual in the year judged (信号).

    Parameters
    ----------
    history : DataFrame
        Of `indicator_history`.
    limits : DataFrame
        Of `control_limits`, whose year is judged.
    use : collection of str, optional
        Keys of `run_rules`; those marked as default if left out: outside the limits, six in a row up or down. A rule of several points on
        one side is not applied to a series with no more years than that: they cannot all be on one side of their own mean.

    Returns
    -------
    DataFrame
        A row a signal: ``year`` (the one judged, the last of the rule's points), ``school_id, name, stage, indicator, rule, side`` ("low" or "high"), ``relative,
        lower, upper``; by school, indicator and year. A signal asks for a look at the school, it is no verdict; who is not listed
        can still be below the threshold.

    Raises
    ------
    ValueError
        A rule that is not known, or one asked for that no series is long enough for.
    """
    if unknown := sorted(set(use or ()) - set(run_rules())):
        raise ValueError(f"没有这些规则：{'、'.join(unknown)}；有：{'、'.join(run_rules())}")
    used = [rule for key, rule in run_rules().items() if (rule.default if use is None else key in use)]
    longest = 1 + int(limits["years"].max()) if len(limits) else 0
    if short := [rule for rule in used if use and rule.fewest > longest]:
        raise ValueError(f"规则{short[0].key}要{short[0].fewest}年以上的数，这里最长的序列只有{longest}年")
    series_of = dict(_series(history))
    rows = []
    for limit in limits[limits["lower"].notna()].itertuples(index=False):
        key = tuple(getattr(limit, name) for name in SERIES)
        series = series_of[key].loc[: limit.year]
        for rule in used if np.isfinite(series.get(limit.year, np.nan)) else ():
            for side, sign in ((LOW, -1), (HIGH, 1)):
                away = sign * (series - limit.centre).to_numpy()
                if rule.fewest <= 1 + limit.years and _found(rule, away, (limit.upper - limit.centre) / 3):
                    rows.append((limit.year, *key, rule.key, side, series.iloc[-1], limit.lower, limit.upper))
    columns = ["year", *SERIES, "rule", "side", "relative", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


def _found(rule: RunRule, away: np.ndarray, sigma: float) -> bool:
    """Whether the rule's pattern ends at the last point; ``away`` is the distance from the centre towards the side in question."""
    if rule.kind == "trend":
        return len(away) >= rule.of and bool((np.diff(away[-rule.of :]) > 0).all())
    here = away[-rule.of :] > rule.beyond * sigma + TOLERANCE
    return bool(here[-1]) and int(here.sum()) >= rule.points


def causes(
    found: pd.DataFrame, history: pd.DataFrame, standard: Standard | str = "quality-2017"
) -> pd.DataFrame:
    r"""Say why a section fell against the county: it lost resources, gained pupils, or others gained more (掉队的缘由).

    .. math:: \Delta\ln\text{relative} = \Delta\ln\text{total} - \Delta\ln\text{pupils} - \Delta\ln\text{county mean}

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
        The rows of ``found`` with ``since``, the first year of a trend (missing for the other rules, which compare with the mean of all
        other known years), ``total_change``, ``pupils_change`` and ``mean_change`` of the county against that (−0.1: a tenth less), and ``cause``:
        "resources", "pupils" or "others", whichever of the three terms took most away; missing where the three together took
        nothing away, or where there is nothing to compare with.

    Notes
    -----
    Where a total is shared out among stages, it and the pupils are those of the school's sections together: a nine-year school whose
    junior pupils grow loses no room. Senior pupils are not in the history's sections, so that a share that moved to them is in none of
    the three terms.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    known = _undivided(history[history["value"].notna()], standard)
    low = found[found["side"] == LOW].reset_index(drop=True)
    of = {rule.key: rule.of for rule in run_rules().values() if rule.kind == "trend"}
    since = low["year"].astype(int) - low["rule"].map(of).astype(float) + 1
    times = _times(low.assign(since=since), known)
    with np.errstate(divide="ignore"):
        terms = (np.log(times) * [1, -1, -1]).set_axis(CAUSES, axis=1)
    fell = terms.notna().all(axis=1) & (terms.sum(axis=1, skipna=False) < -TOLERANCE)
    cause = terms[fell].idxmin(axis=1).reindex(low.index)
    changes = (times - 1).add_suffix("_change")
    return low.assign(since=since.astype("Int64"), **changes, cause=cause)


def _times(low: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """By how much total, pupils and the county's mean were multiplied since the first year of a trend, or the mean of the other years."""
    parts = ["total", "pupils", "mean"]
    pairs = low[["year", "since", *SERIES]].assign(row=low.index)
    pairs = pairs.merge(known[["year", *SERIES, *parts]], on=SERIES, suffixes=("_now", ""))
    is_now = pairs["year"] == pairs["year_now"]
    is_before = ~is_now & (pairs["since"].isna() | (pairs["since"] == pairs["year"]))
    before = pairs[is_before].groupby("row")[parts].mean()
    return (pairs[is_now].set_index("row")[parts] / before.where(before > 0)).reindex(low.index)


def _undivided(known: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Replace totals that are shared out among stages, and the pupils with them, by those of the whole school."""
    shared = known["indicator"].isin([i.key for i in standard.indicators if i.split])
    whole = known.groupby(["year", "school_id", "indicator"])[["total", "pupils"]].transform("sum")
    return known.assign(**{name: known[name].mask(shared, whole[name]) for name in ("total", "pupils")})
