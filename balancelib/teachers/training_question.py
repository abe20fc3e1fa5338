"""What a plan of training is asked: who lacks which hours, which sets of courses would fill them, and the limits but money."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, vstack

from balancelib.teachers.courses import Courses
from balancelib.teachers.training import ENOUGH, TOPICS

EXACT = 1e-9


@dataclass(frozen=True)
class Question:
    """Who lacks what, and which courses there are: the program's variables and all its limits but money.

    Attributes
    ----------
    people : DataFrame
        By ``teacher_id``: those who lack hours, of `training_status`.
    courses : Courses
    """

    people: pd.DataFrame
    courses: Courses

    @cached_property
    def _priced(self) -> pd.DataFrame:
        travel = self.people["school_id"].map(self.courses.travel).fillna(0.0)
        return self.people.assign(travel=travel, rural=self.people["area"] == "rural")

    @cached_property
    def kinds(self) -> pd.Series:
        """Number of the kind of each teacher: the same courses do the same for all of a kind, at the same price."""
        keys = ["layer", "subject", "travel", "rural", "gap", *topic_gaps(self.people)]
        return self._priced.groupby(keys, dropna=False).ngroup()

    @cached_property
    def types(self) -> pd.DataFrame:
        """The kinds: how many teachers (``count``), and what one of them lacks and pays for the way."""
        first = self._priced[~self.kinds.duplicated()].set_axis(self.kinds.drop_duplicates()).sort_index()
        return first.assign(count=self.kinds.value_counts().sort_index())

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Sets of courses that a kind can be given, none with a course that does nothing: the variables of the program."""
        found = [self._of(one, *key) for key, one in self.types.groupby(["layer", "subject"], dropna=False)]
        return pd.concat(found, ignore_index=True).sort_values("type", kind="stable", ignore_index=True)

    def _of(self, types: pd.DataFrame, layer: str, subject: str) -> pd.DataFrame:
        """Sets for the kinds of one layer and subject."""
        table = self.courses.of(layer, subject)
        sets = [s for size in range(self.courses.most_courses + 1) for s in combinations(table.index, size)]
        sets = [s for s in sets if table.loc[list(s), "hours"].sum() <= self.courses.most_hours]
        member = np.array([[c in s for c in table.index] for s in sets], dtype=float).reshape(
            len(sets), len(table)
        )
        completes, filled = _worth(types, member, table)
        ways = member @ (table["remote"] != 1).to_numpy(dtype=float)
        cost = member @ table["cost"].to_numpy() + np.outer(types["travel"], ways)
        place = {s: i for i, s in enumerate(sets)}
        useful = np.ones(completes.shape, dtype=bool)
        useful[:, 0] = False  # no course
        for i, chosen in enumerate(sets):
            for less in (place[tuple(c for c in chosen if c != one)] for one in chosen):
                useful[:, i] &= (completes[:, i] != completes[:, less]) | (
                    filled[:, i] > filled[:, less] + EXACT
                )
        kind, which = np.nonzero(useful)
        return pd.DataFrame(
            {
                "type": types.index.to_numpy()[kind],
                "courses": [sets[i] for i in which],
                "completes": completes[useful].astype(int),
                "filled": filled[useful],
                "cost": cost[useful],
            }
        )

    @cached_property
    def limits(self) -> LinearConstraint:
        """Each teacher once, each course to its places."""
        columns, n = self.columns, len(self.columns)
        taken = columns["courses"].explode()
        courses = self.courses.table.index
        teachers = csr_array((np.ones(n), (columns["type"], range(n))), shape=(len(self.types), n))
        places = csr_array(
            (np.ones(len(taken)), (courses.get_indexer(taken), taken.index)), shape=(len(courses), n)
        )
        rooms = np.array([*self.types["count"], *self.courses.table["places"]], dtype=float)
        return LinearConstraint(vstack([teachers, places]), -np.inf, rooms)

    @cached_property
    def able(self) -> pd.Series:
        """By kind, whether some set of courses with places closes its gap: nobody else can be completed this year."""
        places = self.courses.table["places"]
        closing = self.columns[self.columns["completes"] == 1]
        closing = closing[closing["courses"].map(lambda s: places[list(s)].min() >= 1).astype(bool)]
        return self.types.index.to_series().isin(closing["type"])

    @property
    def tilt(self) -> np.ndarray:
        """Row that keeps the share of rural teachers completed at or above that of the others, of those who can be completed."""
        able = self.types[self.able]
        rural, other = (able.loc[able["rural"] == lies, "count"].sum() for lies in (True, False))
        lies = self.types["rural"].to_numpy()[self.columns["type"]]
        weights = np.where(lies, other, -rural) if rural and other else 0
        return self.columns["completes"].to_numpy() * weights


def topic_gaps(people: pd.DataFrame) -> list[str]:
    """Return the columns of `training_status` that tell what is lacking of a topic."""
    return [f"{topic}_gap" for topic in TOPICS if f"{topic}_gap" in people]


def _worth(types: pd.DataFrame, member: np.ndarray, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Whether each set closes each kind's gap to the hours asked, and how many lacking hours it fills, those of topics included."""
    hours, gap = member @ table["hours"].to_numpy(), types["gap"].to_numpy()[:, None]
    filled = np.minimum(gap, hours)
    for column in topic_gaps(types):
        of_topic = (
            member @ table["hours"].where(table["topic"] == column.removesuffix("_gap"), 0.0).to_numpy()
        )
        filled += np.minimum(types[column].fillna(0.0).to_numpy()[:, None], of_topic)
    return (gap > ENOUGH) & (hours >= gap - ENOUGH), filled
