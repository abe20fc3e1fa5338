"""A list of whom to see first: a rule of points and a logit learned from last year's pupils, tried on schools that they were not made from.

It orders visits and decides nothing about a child. What goes out of a school are counts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from msgspec import Meta

from balancelib.county import County, Lacking
from balancelib.highs import lots
from balancelib.measures.decisions import alarms, on_list
from balancelib.measures.logistic import Logistic, logistic
from balancelib.toml import Key, Text, TomlError, convert, parse

RULE = Path(__file__).with_name("warning.toml")
RIDGE = 1.0  # so small that it changes no digit that is shown; a mark that few have and nobody of them left does not stop the fit
MOST_ABSENT, FARTHEST, POOREST = 20, 15, 1_000  # days, km, 元: beyond them one more says no more
UNKNOWN = "不知道"
TERMS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "缺课（天）": lambda c: c["absent"].clip(upper=MOST_ABSENT),
    "成绩（百分）": lambda c: c["score"] / 100,
    "转学（次）": lambda c: c["moves"],
    "留守": lambda c: c["left_behind"],
    "寄宿": lambda c: c["boards"],
    "走读（公里）": lambda c: c["km"].clip(upper=FARTHEST) * (1 - c["boards"]),
    "收入（对数）": lambda c: np.log(c["income"].clip(lower=POOREST)),
    "随迁": lambda c: c["migrant"],
}
COLUMNS = [
    "girl",
    "migrant",
    "left_behind",
    "boards",
    "km",
    "income",
    "absent",
    "score",
    "earlier",
    "moves",
    "left",
]


class PointsError(TomlError):
    """A file of points is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "预警计分文件"


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What gives points: from which number of a column on, how many, and how many where it is not known."""

    column: Key
    least: float
    points: Annotated[int, Meta(ge=1)]
    label: Text
    unknown: Annotated[int, Meta(ge=0)] = 0


class PointsRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The marks that are added up, and where they come from."""

    source: Text
    marks: Annotated[tuple[Mark, ...], Meta(min_length=1)]


def load_points(path: str | Path = RULE) -> PointsRule:
    """Read a rule of points (计分规则).

    Raises
    ------
    PointsError
        The file is missing or malformed.
    """
    data = parse(Path(path), PointsError, "没有这个文件；不写就用随程序附的")
    return convert(data, PointsRule, Path(path).name, PointsError)


def warning_pupils(county: County, year: float, *, known: bool = True) -> pd.DataFrame:
    """Return the pupils of a year, with ``drop``, how far their score fell since a year before.

    Parameters
    ----------
    county : County
        With the table ``children``. Columns that nobody filled are blank.
    year : float
        Of what was seen.
    known : bool
        Whether it must be known who left; of the last year it is not.

    Raises
    ------
    Lacking
        No pupil of that year; or where it must be known: it is blank for some, or fewer than two left.
    """
    table = county.tables["children"]
    pupils = table[table["year"] == year].reset_index(drop=True)
    if pupils.empty:
        raise Lacking(f"“学生预警”表里没有{year:g}年的学生")
    pupils = pupils.reindex(columns=pupils.columns.union(COLUMNS, sort=False))
    pupils[COLUMNS] = pupils[COLUMNS].astype(float)
    if known and pupils["left"].isna().any():
        raise Lacking(
            f"{year:g}年的学生里有{pupils['left'].isna().sum()}名还不知道后来怎样：等满一年，或者先去问到"
        )
    if known and pupils["left"].sum() < 2:
        raise Lacking(
            f"{year:g}年的学生里后来离校的不到2名，做不出预警名单：几年的合起来，或者几个县合起来做"
        )
    return pupils.assign(drop=pupils["earlier"] - pupils["score"])


def warning_points(pupils: pd.DataFrame, rule: PointsRule | None = None) -> pd.Series:
    """Return each pupil's points (计分).

    Parameters
    ----------
    pupils : DataFrame
        Of `warning_pupils`.
    rule : PointsRule, optional
        Of `load_points`; the one that comes with the program if left out.

    Returns
    -------
    Series
        Whole numbers. A blank is not 0: it gives what the rule says of it.
    """
    total = pd.Series(0.0, pupils.index)
    for mark in (rule or load_points()).marks:
        seen = pupils[mark.column]
        total += np.where(seen.isna(), mark.unknown, mark.points * (seen >= mark.least))
    return total


def school_halves(pupils: pd.DataFrame, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the pupils by schools: the first half to learn from, the other to be tried on.

    Schools are paired by their number of pupils, and of each pair a lot with this seed says which goes to which half: a list has to do for schools that
    it was not made from, and pupils of one school are alike.

    Raises
    ------
    Lacking
        There is only one school.
    """
    sizes = pupils.groupby("school_id").size().sort_index().sort_values(ascending=False, kind="stable")
    if len(sizes) < 2:
        raise Lacking("只有一所学校，分不成两半：和别的县合起来，或者用前一年的学生来学、后一年的来试")
    pair, rng = np.arange(len(sizes)) // 2, np.random.default_rng(seed)
    first = rng.integers(0, 2, pair[-1] + 1)[pair] == np.arange(len(sizes)) % 2
    learn = pupils["school_id"].isin(sizes.index[first])
    return pupils[learn], pupils[~learn]


@dataclass(frozen=True)
class WarningModel:
    """What `fit_warning` learned.

    Attributes
    ----------
    logit : Logistic
        By term; ``…不知道`` marks those of whom a number is blank.
    means : Series
        What stands in for a blank, by term: the mean of those known.
    unused : tuple of str
        Terms that are blank for all, or the same for all.
    """

    logit: Logistic
    means: pd.Series
    unused: tuple[str, ...]

    def chance(self, pupils: pd.DataFrame) -> pd.Series:
        """Return for each pupil the chance to leave within a year, if all goes as it went with those learned from."""
        return self.logit.predict(_design(pupils, self.means)[self.logit.coefficients.index[1:]])


def fit_warning(pupils: pd.DataFrame, leave_out: Collection[str] = ()) -> WarningModel:
    """Learn from pupils of whom it is known who left (预警模型).

    Parameters
    ----------
    pupils : DataFrame
        Of `warning_pupils`.
    leave_out : collection of str
        Terms that are not to be used, such as 随迁.

    Returns
    -------
    WarningModel
        A blank number gets the mean of those known and a mark of its own, so that not knowing can weigh by itself; it is not taken for 0.

    Raises
    ------
    Lacking
        What `logistic` cannot fit.
    """
    terms = {name: term(pupils) for name, term in TERMS.items() if name not in leave_out}
    used = {name: values for name, values in terms.items() if values.nunique() > 1}
    means = pd.Series({name: values.mean() for name, values in used.items()}, dtype=float)
    design = _design(pupils, means)
    design = design.loc[:, design.nunique() > 1]
    try:
        logit = logistic(design, pupils["left"], RIDGE)
    except ValueError as fault:
        raise Lacking(f"预警模型估不出来：{fault}") from None
    return WarningModel(logit, means, tuple(name for name in terms if name not in used))


def _design(pupils: pd.DataFrame, means: pd.Series) -> pd.DataFrame:
    """Return the terms without blanks, and beside each a mark of those who had one."""
    values = pd.DataFrame({name: TERMS[name](pupils) for name in means.index}, pupils.index)
    blank = values.isna().astype(float)
    return values.fillna(means).join(blank.add_suffix(UNKNOWN))


def compare_lists(
    scores: Mapping[str, pd.Series], happened: pd.Series, lengths: Sequence[int]
) -> pd.DataFrame:
    """Count for lists of several lengths, made by several scores, whom they find and whom they alarm for nothing.

    Parameters
    ----------
    scores : mapping of str to Series
        By the name to show; the higher, the earlier on the list.
    happened : Series
        Who left.
    lengths : sequence of int
        How many can be visited.

    Returns
    -------
    DataFrame
        Indexed by ``length`` and ``score``: ``listed, found, false, missed, precision, recall`` as of `balancelib.measures.alarms`.
    """
    rows = {(k, name): alarms(on_list(score, k), happened) for k in lengths for name, score in scores.items()}
    found = pd.DataFrame(rows.values(), columns=next(iter(rows.values()))._fields)
    return found.set_axis(pd.MultiIndex.from_tuples(rows, names=["length", "score"]))


def list_by_school(pupils: pd.DataFrame, score: pd.Series, length: int) -> pd.Series:
    """Return how many of the first ``length`` each school has, all schools of the pupils; equal scores draw lots by their running number.

    Returns
    -------
    Series
        By ``school_id``: pupils on the list, 0 where there is none. Who they are stays in the school.
    """
    order = np.lexsort((lots(pupils["child"]), -score.to_numpy()))
    listed = pupils["school_id"].iloc[order[:length]].value_counts()
    return listed.reindex(sorted(pupils["school_id"].unique()), fill_value=0).rename("listed")
