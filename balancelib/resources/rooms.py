"""Classes and rooms that pupils need, and those that schools lack or leave empty."""

from collections.abc import Collection, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.county.enrolment import STAGE_GRADES
from balancelib.resources.births import extend_births
from balancelib.resources.forecast import ENTRY_AGE, FIRST_GRADES, forecast_pupils
from balancelib.resources.school_forecast import forecast_schools
from balancelib.standards import Standard, load_standard


def class_limits(standard: Standard | str = "quality-2017") -> dict[str, int]:
    """Return the most pupils a class may have, by stage, as the standard says (班额上限).

    Parameters
    ----------
    standard : Standard or str
        A standard with the item ``class_size``, or its name.

    Examples
    --------
    >>> class_limits()
    {'primary': 45, 'junior': 50}
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    item = next((item for _, item in standard.items() if item.key == "class_size"), None)
    if item is None:
        raise ValueError(f"{standard.label}没有规定班额：请直接写每个学段每班最多多少人")
    return {
        test.sum[0].removeprefix("largest_class_"): int(test.maximum)
        for test in item.tests
        if test.sum[0].startswith("largest_class_")
    }


def classes_needed(pupils: pd.DataFrame, limits: Mapping[str, int]) -> pd.Series:
    r"""Classes that the pupils of each row need, grade by grade, none above the limit (需要的班数).

    .. math::
        C = \sum_g \lceil N_g / L_{s(g)} \rceil

    Parameters
    ----------
    pupils : DataFrame
        A column a grade, such as `forecast_schools`; taken as whole pupils.
    limits : mapping of str to int
        Most pupils a class may have, by stage, such as `class_limits`.

    Returns
    -------
    Series
        Index as ``pupils``; whole classes.

    Raises
    ------
    ValueError
        A limit that is not above 0.

    Notes
    -----
    A class has pupils of one grade; for teaching points that teach several together see `rooms_needed`. Add schools up after, not before:
    two schools of 20 pupils need two classes.

    Examples
    --------
    >>> classes_needed(pd.DataFrame({"grade1": [45, 46], "grade7": [50, 101]}), {"primary": 45, "junior": 50}).tolist()
    [2, 5]
    """
    if not all(limit > 0 for limit in limits.values()):
        raise ValueError("班额上限要大于0")
    of = {
        grade: limits[stage] for stage, grades in STAGE_GRADES.items() for grade in grades if grade in pupils
    }
    whole = pupils[list(of)].fillna(0).round()
    return np.ceil(whole / pd.Series(of)).sum(axis=1).astype(int).rename("classes")


def rooms_needed(
    pupils: pd.DataFrame, classrooms: pd.Series, limits: Mapping[str, int], together: Collection[str] = ()
) -> pd.DataFrame:
    """Classrooms that each school lacks or leaves empty, year by year (缺的教室与空的教室).

    Parameters
    ----------
    pupils : DataFrame
        Index ``school_id`` and ``year``, a column a grade: `forecast_schools`.
    classrooms : Series
        Ordinary classrooms that each school has for these pupils; index ``school_id``.
    limits : mapping of str to int
        As in `classes_needed`.
    together : collection of str
        Schools that teach several grades in one class (复式教学), as teaching points do: by ``school_id``. Their stages are counted as one grade.

    Returns
    -------
    DataFrame
        Index as ``pupils``, for the schools in ``classrooms``: ``pupils``, ``classes``, ``classrooms``, ``short``, ``idle``; a class a room.

    Raises
    ------
    ValueError
        No school of the forecast in ``classrooms``, or rooms that are blank or negative.

    Notes
    -----
    Unit of analysis: the school. A room that is empty in one school is no room for another: ``short`` and ``idle`` of a county both stand.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 2025), ("a", 2030)], names=["school_id", "year"])
    >>> rooms_needed(pd.DataFrame({"grade1": [91, 40]}, index), pd.Series({"a": 2}), class_limits())[["short", "idle"]].values.tolist()
    [[1, 0], [0, 1]]
    """
    there = pupils[pupils.index.get_level_values("school_id").isin(classrooms.index)]
    if not len(there):
        raise ValueError("classrooms里没有一所预测里的学校：索引应是学校标识码")
    rooms = classrooms.reindex(there.index.get_level_values("school_id")).astype(float).to_numpy()
    if not (rooms >= 0).all():
        raise Lacking("classrooms里有空白或负数")
    merged = pd.DataFrame(
        {g: there[[x for x in STAGE_GRADES[s] if x in there]].sum(axis=1) for s, g in FIRST_GRADES.items()}
    )
    mixed = there.index.get_level_values("school_id").isin(together)
    classes = classes_needed(there, limits).where(~mixed, classes_needed(merged, limits))
    return pd.DataFrame(
        {
            "pupils": there.sum(axis=1),
            "classes": classes,
            "classrooms": rooms.astype(int),
            "short": np.maximum(classes - rooms, 0).astype(int),
            "idle": np.maximum(rooms - classes, 0).astype(int),
        }
    )


def rooms_ahead(
    enrolment: pd.DataFrame,
    births: pd.DataFrame,
    classrooms: pd.Series,
    limits: Mapping[str, int],
    then: Literal["trend", "hold"] | float | Mapping[int, float],
    together: Collection[str] = (),
    until: int = 2035,
) -> pd.DataFrame:
    """Classrooms that schools lack or leave empty under one assumption on births and one size of classes: the whole way at once.

    Parameters
    ----------
    enrolment, births : DataFrame
        As in `forecast_pupils`; the births known.
    classrooms, limits, together
        As in `rooms_needed`.
    then
        Births to come, as in `extend_births`.
    until : int
        Last year.

    Returns
    -------
    DataFrame
        As `rooms_needed`.

    Raises
    ------
    ValueError
        As `extend_births`, `forecast_pupils` and `rooms_needed`.
    """
    ahead = extend_births(births, until - ENTRY_AGE, then)
    county = forecast_pupils(enrolment, ahead, until, draws=1)  # nobody asks for its interval
    return rooms_needed(forecast_schools(enrolment, county), classrooms, limits, together)
