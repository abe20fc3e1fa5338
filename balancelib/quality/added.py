"""Value added: how much better a school's pupils score than pupils elsewhere with the same earlier scores and homes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.private import FEWEST
from balancelib.measures import RandomIntercept, random_intercept
from balancelib.measures.ranks import normal_draws, overlap_factor, rank_intervals
from balancelib.quality.between import scored, sitting

COVARIATES = {"earlier": "早先成绩", "ses": "家庭背景指数"}
KNOWN = 0.5  # of the pupils with a score must have a covariate: ours


@dataclass(frozen=True)
class ValueAdded:
    """Schools' value added of one year, grade and subject.

    Attributes
    ----------
    schools : DataFrame
        By ``school_id``, in ascending order of ``added``; only schools with at least `FEWEST` pupils used: ``pupils``; ``raw``: the mean score of just these, and its ``raw_error``, from the spread within all schools;
        ``raw_rank``, ``raw_first, raw_last``: the rank of the raw mean, 1 the highest, and its interval; ``gap``: of the mean from what earlier scores and homes let
        expect; ``kept``: the part of it that is kept; ``added``: the shrunken gap; ``error``: its comparative error; ``low, high``: of ``added``; ``bar_low, bar_high``:
        bars of which two that do not overlap differ; ``rank, first, last``: of ``added``; ``place``: ``above``, ``below`` the county, or ``unsure``.
    fit : RandomIntercept
        The line, of all schools.
    used, left_out : int
        Pupils with all that the line asks, and those with a score who lack some of it.
    hidden : int
        Schools with too few pupils to be shown; the line was fitted with them.
    """

    schools: pd.DataFrame
    fit: RandomIntercept
    used: int
    left_out: int
    hidden: int

    @property
    def same_order(self) -> float:
        """Rank correlation of raw means and value added over the schools shown (Spearman); NaN of fewer than three."""
        if len(self.schools) < 3:
            return float("nan")
        return float(self.schools["raw"].rank().corr(self.schools["added"].rank()))


def usable_covariates(county: County, year: int, grade: int, subject: str) -> tuple[str, ...]:
    """Return which of `COVARIATES` at least half of the pupils with a score have, and not all alike; none where the earlier score is not among them.

    Without an earlier score there is no value added: what the pupils brought with them is not known.
    """
    rows = scored(county, year=year, grade=grade, subject=subject)
    used = [c for c in COVARIATES if c in rows and rows[c].notna().mean() >= KNOWN and rows[c].nunique() > 1]
    return tuple(used) if "earlier" in used else ()


def value_added(
    county: County,
    year: int,
    grade: int,
    subject: str,
    covariates: Sequence[str] = ("earlier", "ses"),
    level: float = 0.95,
) -> ValueAdded:
    r"""Estimate schools' value added (增值评价) by a line with an intercept for each school.

    .. math::
        score_{ij} = \beta_0 + \beta_1 earlier_{ij} + \beta_2 ses_{ij} + u_j + e_{ij}

    Parameters
    ----------
    county : County
        With the table ``scores``.
    year, grade, subject
        Of the scores.
    covariates : sequence of str
        Of `COVARIATES`; empty for raw means that are only shrunken.
    level : float
        Of the intervals.

    Returns
    -------
    ValueAdded

    Raises
    ------
    MissingTable
        No scores, or a covariate that nobody has.
    Lacking
        Too few pupils, fewer than two schools to show, scores without any variance, or schools that differ no more than by chance: their
        variance is estimated as 0, and errors of 0 would claim that they are known to be alike.

    Notes
    -----
    Unit of analysis: the pupil. ``u`` is what the school's pupils have in common beyond the covariates: teaching, but also all else about which the table says nothing.
    It says where to look, not why. Errors do not count in that the variances are estimated: of few schools they are too small. Pupils who lack a covariate are left out, which is right only if they are like those who do not. Method: Goldstein and
    Spiegelhalter (1996); Goldstein and Healy (1995) for the bars.
    """
    found = unranked(county, year, grade, subject, covariates, level)
    return replace(found, schools=_ranked(found.schools, level))


def unranked(
    county: County,
    year: int,
    grade: int,
    subject: str,
    covariates: Sequence[str] = ("earlier", "ses"),
    level: float = 0.95,
) -> ValueAdded:
    """Estimate `value_added` without the ranks and their intervals, which take most of its time."""
    columns = list(covariates)
    if strange := [name for name in columns if name not in COVARIATES]:
        raise ValueError(f"不认识的自变量{strange[0]}；可以写：{'、'.join(COVARIATES)}")
    county.tables.need([f"scores.{name}" for name in columns])
    scores = scored(county, year=year, grade=grade, subject=subject)
    rows = scores.dropna(subset=columns)
    what = f"{sitting(year, grade, subject)}的增值算不了"
    try:
        fit = random_intercept(rows["score"], rows["school_id"], rows[columns].to_numpy(dtype=float))
    except ValueError as error:
        said = f"{what}：{error}。有成绩的{len(scores)}人里，自变量都有的{len(rows)}人。"
        raise Lacking(said) from None
    if not fit.between > 0:
        said = f"扣掉自变量以后，{fit.groups.size}所学校之间的差不比碰巧的大，分不出先后"
        raise Lacking(f"{what}：{said}。")
    table = _table(fit, rows, level)
    shown = table[table["pupils"] >= FEWEST]
    if len(shown) < 2:
        said = f"成绩和自变量都有的学生满{FEWEST}人的学校只有{len(shown)}所"
        raise Lacking(f"{what}：{said}，两所以上才比得了。")
    shown = _with_bars(shown, level).sort_values("added", kind="stable")
    return ValueAdded(shown, fit, len(rows), len(scores) - len(rows), len(table) - len(shown))


def apparent_lead(apart: float, slope: float, reliability: float, better: float = 0.0) -> dict[str, float]:
    r"""Return by how much a school whose pupils start higher seems ahead of one whose start lower (起点量得不准，冤枉了谁).

    .. math::
        raw = \beta d - b, \qquad added = (1 - r) \beta d - b

    Parameters
    ----------
    apart : float
        Points between the mean earlier scores of both, ``d``.
    slope : float
        Points of score that a point of the true earlier level brings, ``β``.
    reliability : float
        Share of the variance of earlier scores within schools that is no error, ``r``, from 0 to 1.
    better : float
        Points that the lower school adds more, in truth: ``b``.

    Returns
    -------
    dict
        ``raw``: lead in the mean score; ``added``: in value added, many pupils in each, before anything is drawn in; ``true``: in truth.

    Notes
    -----
    Errors of the earlier score flatten the line within schools to ``rβ``, but cancel in a school's mean: so a start of ``d`` is made good by ``rβd`` alone. The slope is taken for the one
    within schools; that of a random intercept lies near it where schools have many pupils.

    Examples
    --------
    >>> {name: round(lead, 1) for name, lead in apparent_lead(60, 0.6, 0.8, better=5.0).items()}
    {'raw': 31.0, 'added': 2.2, 'true': -5.0}
    """
    if not 0 <= reliability <= 1:
        raise ValueError(f"信度要从0到1，现在是{reliability}")
    brought = slope * apart
    return {"raw": brought - better, "added": (1 - reliability) * brought - better, "true": -better}


def _table(fit: RandomIntercept, rows: pd.DataFrame, level: float) -> pd.DataFrame:
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    added, error = fit.effects, fit.comparative_errors
    low, high = (added + sign * ndtri((1 + level) / 2) * error for sign in (-1, 1))
    schools = rows.groupby("school_id")["score"]
    spread = np.sqrt(((rows["score"] - schools.transform("mean")) ** 2).sum() / (len(rows) - fit.sizes.size))
    return pd.DataFrame(
        {
            "pupils": fit.sizes.astype(int),
            "raw": schools.mean().reindex(fit.groups).to_numpy(),
            "raw_error": spread / np.sqrt(fit.sizes),
            "gap": fit.gaps,
            "kept": fit.kept,
            "added": added,
            "error": error,
            "low": low,
            "high": high,
            "place": np.select([low > 0, high < 0], ["above", "below"], "unsure"),
        },
        index=pd.Index(fit.groups, name="school_id"),
    )


def _with_bars(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add the bars that may be compared."""
    reach = table["error"] * overlap_factor(table["error"], 1 - level)
    return table.assign(bar_low=table["added"] - reach, bar_high=table["added"] + reach)


def _ranked(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add the ranks with their intervals."""
    raw = rank_intervals(normal_draws(table["raw"], table["raw_error"]), level)
    own = rank_intervals(normal_draws(table["added"], table["error"]), level)
    return table.assign(
        raw_rank=table["raw"].rank(ascending=False, method="min").astype(int),
        raw_first=raw.low,
        raw_last=raw.high,
        rank=table["added"].rank(ascending=False, method="min").astype(int),
        first=own.low,
        last=own.high,
    )
