"""What training the county offers this year: courses, places, prices, and the way there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, road_matrix

ROUNDING = 1e-12  # of the price: 2 × 1.1 × 50 kilometres are 110 元, whatever the last bit says


@dataclass(frozen=True)
class Courses:
    """What the county offers, and what a teacher can be given.

    Attributes
    ----------
    table : DataFrame
        Of table ``training_courses``, by ``course_id``; only courses whose hours, cost and places are known.
    left_out : tuple of str
        Labels of those with a blank.
    travel : Series
        元 for one course that is not remote, by ``school_id``.
    most_hours : float
        Hours that a teacher can be given in the year.
    most_courses : int
        And courses.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...]
    travel: pd.Series
    most_hours: float = 120.0
    most_courses: int = 3

    def of(self, layer: str, subject: str) -> pd.DataFrame:
        """Return the courses for teachers of a layer and a subject; a course without a subject is for all."""
        wanted = self.table["subject"]
        for_all = wanted.isna() | (wanted == "")
        return self.table[(self.table["layer"] == layer) & (for_all | (wanted == subject))]


def offered(
    county: County, travel: pd.Series | None = None, *, most_hours: float = 120.0, most_courses: int = 3
) -> Courses:
    """Read which courses the county offers (培训项目).

    Parameters
    ----------
    county : County
        With the table ``training_courses``.
    travel : Series, optional
        元 for one course that is not remote, by ``school_id``, such as of `travel_cost`; nothing if left out.
    most_hours, most_courses : float, int
        What one teacher can be given in the year beside the lessons: ours.

    Raises
    ------
    MissingTable
        No ``training_courses``.
    Lacking
        No course whose hours, cost and places are all filled in.
    """
    courses = county.tables["training_courses"].set_index("course_id").sort_index()
    known = courses[["hours", "cost", "places"]].notna().all(axis=1)
    if not known.any():
        raise Lacking("“培训项目”表里没有一项的学时、每人费用和名额都填了。")
    travel = pd.Series(0.0, county.schools["school_id"]) if travel is None else travel
    left_out = tuple(courses.loc[~known, "label"])
    return Courses(courses[known], left_out, travel.astype(float), most_hours, most_courses)


def travel_cost(
    county: County,
    venues: Sequence[str] | None = None,
    *,
    per_km: float = 1.0,
    farthest: float = 30.0,
    step: float = 10.0,
) -> pd.Series:
    """Return what the way to the nearest venue and back costs a teacher for one course, 元, by ``school_id`` (到培训点的路费).

    Parameters
    ----------
    county : County
        With the table ``distances``.
    venues : sequence of str, optional
        Schools at which courses are held; if left out, all urban schools, or those in towns where none is urban.
    per_km : float
        元 a kilometre.
    farthest : float
        Kilometres for schools that lie further from each venue than the table reaches.
    step : float
        Rounded up to whole multiples of so many 元.

    Examples
    --------
    >>> schools = pd.DataFrame({"school_id": ["a", "b", "c"], "area": ["urban", "rural", "rural"]})
    >>> distances = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [12.0]})
    >>> travel_cost(County({"schools": schools, "distances": distances})).tolist()
    [0.0, 30.0, 60.0]
    """
    areas = county.schools.set_index("school_id")["area"]
    if venues is None:
        chosen = next((area for area in ("urban", "town") if (areas == area).any()), "rural")
        venues = areas.index[areas == chosen]
    km = road_matrix(county.tables["distances"], areas.index)[list(venues)].min(axis=1)
    price = 2 * per_km * km.where(np.isfinite(km), farthest)
    return step * np.ceil((1 - ROUNDING) * price / step)
