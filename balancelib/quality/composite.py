"""A composite of a school's quality, step by step after the OECD and JRC handbook (2008), with what its ranks can bear."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, indicators
from balancelib.county.private import FEWEST
from balancelib.measures.composite import combine, normalise
from balancelib.measures.ranks import RankIntervals, rank_draws, rank_intervals
from balancelib.quality.taught import of_own_teachers
from balancelib.quality.weighing import DIMENSIONS

CHOICES = {
    "sampling": "学生是抽来的",
    "normalise": "怎样标准化",
    "weights": "用哪套权重",
    "aggregate": "怎样合成",
    "dimensions": "去掉一个方面",
}
STANDARD = "quality-2017"
GRADES = {"primary": 4, "junior": 8}
COVERED = (
    0.9  # share of the planned periods whose fulfilment must be known, and of the subjects that have them
)
FLOOR = 0.1  # what the lowest school gets before a geometric mean


class Dimensions(NamedTuple):
    """The schools' five dimensions, as far as they are known.

    Attributes
    ----------
    values : DataFrame
        By ``school_id``, in order, the schools that have all: `DIMENSIONS`, higher being better. Points of the scale (``academic, growth``), shares 0 to 1
        (``curriculum, teaching``), persons per 100 pupils (``backbone``).
    errors : DataFrame
        Alike: standard errors from the sample of pupils; 0 where everybody was counted.
    missing : DataFrame
        The schools left out, by ``school_id``: ``name`` and ``lacks``, the dimensions lacking, in Chinese.
    """

    values: pd.DataFrame
    errors: pd.DataFrame
    missing: pd.DataFrame


def school_dimensions(county: County, stage: str, year: int | None = None) -> Dimensions:
    """Work out the five dimensions of the schools of a stage (五个方面).

    ``academic``: mean score of the pupils tested over their subjects. ``growth``: the same, less what pupils with the same earlier result reach on average.
    ``curriculum``: planned periods that were given, subject by subject, more in one not making up for less in another. ``teaching``: periods given
    that were taught by teachers of the subject, of the subjects that ask for one. ``backbone``: backbone teachers of county level or above per 100 pupils, as quality-2017 counts them.

    Parameters
    ----------
    county : County
        Needs ``scores`` and ``timetable``.
    stage : {"primary", "junior"}
    year : int, optional
        Of the scores; the last one if left out.

    Returns
    -------
    Dimensions

    Raises
    ------
    Lacking
        Fewer than three schools have all five, or one is the same in all of them.

    Notes
    -----
    The five are ours: they are what this county's tables can tell, not the list of any rule. Nothing blank is filled in.
    """
    county.tables.need(["scores", "timetable"])
    sections = _backbone(county, stage)
    results = _results(county.tables["scores"], GRADES[stage], year)
    lessons = _lessons(county.tables["timetable"], stage)
    known = [results["mean"], lessons, sections["backbone"]]
    values = pd.concat([one.reindex(sections.index) for one in known], axis=1)[list(DIMENSIONS)]
    errors = results["error"].reindex(sections.index).reindex(columns=list(DIMENSIONS)).fillna(0.0)
    full = values.notna().all(axis=1)
    if full.sum() < 3:
        raise Lacking(f"五个方面都有数的学校只有{full.sum()}所，至少要3所才比得出：补齐监测成绩和课表再算。")
    if same := [label for key, label in DIMENSIONS.items() if values.loc[full, key].nunique() == 1]:
        raise Lacking(f"{'、'.join(same)}在各校都一样，分不出高低，放不进总分：查一查这一项是不是照抄的。")
    blank = values[~full].isna().to_numpy()
    lacks = [
        "、".join(label for label, lacking in zip(DIMENSIONS.values(), row, strict=True) if lacking)
        for row in blank
    ]
    missing = pd.DataFrame(
        {
            "name": sections.loc[~full, "name"],
            "lacks": pd.Series(lacks, sections.index[~full], dtype=object),
        }
    )
    return Dimensions(values[full].astype(float), errors[full].astype(float), missing)


def _backbone(county: County, stage: str) -> pd.DataFrame:
    """Return name and ``backbone`` of the stage's schools that the standard counts, by id, in order."""
    sections = indicators(county, STANDARD).rename(columns={"backbone_teachers": "backbone"})
    return sections[sections["stage"] == stage].set_index("school_id").sort_index()[["name", "backbone"]]


def _results(scores: pd.DataFrame, grade: int, year: int | None) -> pd.DataFrame:
    """Return mean and standard error of the level and the growth, by school; none for fewer than ten pupils."""
    rows = scores[(scores["grade"] == grade) & scores["score"].notna()]
    rows = rows[rows["year"] == (rows["year"].max() if year is None else year)]
    if rows.empty:
        raise Lacking(f"“监测成绩”表里没有{grade}年级{'' if year is None else f'{year}年'}的成绩。")
    subjects = rows["subject"].nunique()
    pupils = rows.groupby(["school_id", "pupil"]).agg(
        academic=("score", "mean"),
        earlier=("earlier", "mean"),
        known=("earlier", "count"),
        taken=("score", "size"),
    )
    pupils = pupils[pupils["taken"] == subjects].astype(float)
    before = pupils[pupils["known"] == subjects]
    if len(before) > 2 and before["earlier"].nunique() > 1:
        slope, start = np.polyfit(before["earlier"], before["academic"], 1)
        pupils["growth"] = before["academic"] - start - slope * before["earlier"]
    else:
        pupils["growth"] = np.nan
    found = (
        pupils.groupby("school_id")[["academic", "growth"]].agg(["mean", "std", "count"]).swaplevel(axis=1)
    )
    enough = found["count"] >= FEWEST
    error = found["std"] / np.sqrt(found["count"].where(enough))
    return pd.concat({"mean": found["mean"].where(enough), "error": error}, axis=1)


def _lessons(timetable: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Return the shares of planned periods given, and of given ones taught by teachers of the subject, by school."""
    rows = timetable[timetable["stage"] == stage].copy()
    rows[["periods", "given", "qualified_periods"]] = rows[["periods", "given", "qualified_periods"]].astype(
        float
    )
    rows["fulfilled"] = rows[["given", "periods"]].min(axis=1, skipna=False)
    return pd.DataFrame(
        {
            "curriculum": _share(rows, "fulfilled", "periods"),
            "teaching": _share(of_own_teachers(rows), "qualified_periods", "given"),
        }
    )


def _share(rows: pd.DataFrame, part: str, whole: str) -> pd.Series:
    """Return by school the part of the whole, where both are known of nearly all planned periods."""
    known = rows.dropna(subset=[part, whole]).groupby("school_id")[[*{part, whole, "periods"}]].sum()
    planned = rows.groupby("school_id")["periods"].agg(["sum", "count", "size"]).reindex(known.index)
    enough = (known["periods"] >= COVERED * planned["sum"]) & (planned["count"] >= COVERED * planned["size"])
    return (known[part] / known[whole].where(known[whole] > 0)).where(enough)


class Ranking(NamedTuple):
    """Schools with the interval of each rank; a rank alone is not to be had.

    Attributes
    ----------
    table : DataFrame
        By ``school_id``, the middle rank first: ``low, median, high``; ``top, bottom``: shares of the draws in the best and the last fifth.
    separated : float
        Share of the pairs of schools whose order is the same in 95 % of the draws.
    """

    table: pd.DataFrame
    separated: float


def rank_schools(
    values: pd.DataFrame,
    errors: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    vary: Collection[str] = tuple(CHOICES),
    draws: int = 1000,
    seed: int = 1,
) -> Ranking:
    """Rank schools by a composite under all choices that could as well have been made, and by chance (名次区间).

    In each draw: the pupils' results anew within their errors, a school's dimensions up or down together, since the same pupils sat for
    them (taken for wholly together: intervals come out a little too wide, drawn one by one they would be much too narrow); scaled by min-max, z-scores or ranks; one row of ``weights``; added up
    linearly or, except z-scores, geometrically; all dimensions or all but one. What is not in ``vary`` stays: values as found, min-max, the first row of
    ``weights``, linear, all dimensions.

    Parameters
    ----------
    values, errors : DataFrame
        As in `Dimensions`.
    weights : DataFrame
        A row a set of weights, all equally likely.
    vary : collection of str
        Of `CHOICES`.
    draws, seed : int

    Returns
    -------
    Ranking

    Raises
    ------
    ValueError
        Blanks, an unknown choice, a dimension that is the same everywhere.
    """
    drawn = _draws(values, errors, weights, vary, draws, seed)
    found: RankIntervals = rank_intervals(drawn)
    columns = {name: getattr(found, name) for name in ("low", "median", "high", "top", "bottom")}
    table = pd.DataFrame(columns, index=values.index)
    return Ranking(table.sort_values(["median", "low", "high"], kind="stable"), found.separated())


def what_moves_ranks(
    values: pd.DataFrame, errors: pd.DataFrame, weights: pd.DataFrame, *, draws: int = 400, seed: int = 1
) -> pd.Series:
    r"""Say how far each choice alone moves the schools' ranks (哪一步最要紧).

    .. math::
        \bar R = \frac{1}{n} \sum_i \lvert r_i - r_i^{0} \rvert

    on average over the draws, from the ranks ``r0`` with nothing varied: the handbook's average shift, step 7.

    Returns
    -------
    Series
        By choice (`CHOICES`) and, last, ``all`` of them: places.
    """
    usual = rank_draws(_draws(values, errors, weights, (), 1, seed))
    runs: Mapping[str, Collection[str]] = {choice: (choice,) for choice in CHOICES} | {"all": tuple(CHOICES)}
    return pd.Series(
        {
            name: np.abs(rank_draws(_draws(values, errors, weights, vary, draws, seed)) - usual).mean()
            for name, vary in runs.items()
        },
        name="places",
    )


def _draws(
    values: pd.DataFrame,
    errors: pd.DataFrame,
    weights: pd.DataFrame,
    vary: Collection[str],
    draws: int,
    seed: int,
) -> np.ndarray:
    """Return the schools' scores, a row a draw."""
    if unknown := set(vary) - set(CHOICES):
        raise ValueError(f"可以变的只有{'、'.join(CHOICES)}，没有{'、'.join(sorted(unknown))}")
    rng = np.random.default_rng(seed)
    x, e = values.to_numpy(float), errors[values.columns].to_numpy(float)
    sets = weights[values.columns].to_numpy(float)
    normalise(x)  # blanks and dimensions that say nothing are refused once, before chance hides them
    return np.array([_draw(x, e, sets, vary, rng) for _ in range(draws)])


def _draw(
    x: np.ndarray, e: np.ndarray, sets: np.ndarray, vary: Collection[str], rng: np.random.Generator
) -> np.ndarray:
    """Score the schools once. Chance is drawn whether it is used or not, so that runs differ only by what varies."""
    noise, scale, row, add, out = (
        rng.standard_normal((len(x), 1)), rng.integers(3), rng.integers(len(sets)), rng.integers(2), rng.integers(x.shape[1] + 1),
    )  # fmt: skip
    method = ("min_max", "z_score", "rank")[scale] if "normalise" in vary else "min_max"
    geometric = "aggregate" in vary and add == 1 and method != "z_score"
    weights = sets[row if "weights" in vary else 0].copy()
    if "dimensions" in vary and out < len(weights) and weights[out] < weights.sum():
        weights[out] = 0
    scaled = normalise(x + e * noise if "sampling" in vary else x, method, floor=FLOOR if geometric else 0.0)
    return combine(scaled, weights, "geometric" if geometric else "linear")
