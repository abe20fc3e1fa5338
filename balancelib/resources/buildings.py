"""Safe buildings: which are dangerous, and what the county's figures become without them."""

from collections.abc import Collection

import pandas as pd

from balancelib.assess.logic import reaches
from balancelib.county import County, indicators
from balancelib.standards import Standard, load_standard

UNSAFE = ("D", "C")
COUNTED = {  # for each use, the table and its columns that count such a building's area
    "teaching": ("schools", ["teaching_area"]),
    "sports": ("schools", ["teaching_area", "indoor_sports_area"]),
    "dormitory": ("boarding", ["dormitory_area"]),
    "canteen": ("boarding", ["canteen_area"]),
}


def unsafe_buildings(county: County, grades: Collection[str] = UNSAFE) -> pd.DataFrame:
    """Buildings of the dangerous grades (C级、D级危房), the worst grade and the largest first.

    Parameters
    ----------
    county : County
        With the table ``buildings``.
    grades : collection of str
        Grades that are dangerous: C, part of the building is; D, the whole is.

    Returns
    -------
    DataFrame
        Columns as the table ``buildings`` with the school's ``name`` after ``school_id``. A building without a grade is not in it: ask for
        its appraisal, see `ungraded_buildings`.

    Raises
    ------
    ValueError
        A county without buildings.

    Notes
    -----
    Grades: JGJ 125-2016, Standard for dangerous building appraisal, 6.1.4, read in a district's answer to the public: C, part of the load-bearing
    structure does not meet safe use; D, the whole does not.

    Examples
    --------
    >>> schools = pd.DataFrame({"school_id": ["1"], "name": ["甲校"]})
    >>> buildings = pd.DataFrame({"building_id": ["a", "b"], "school_id": "1", "area": [900.0, 400.0], "safety": ["B", "D"]})
    >>> unsafe_buildings(County({"schools": schools, "buildings": buildings}))["building_id"].tolist()
    ['b']
    """
    buildings = county.tables["buildings"]
    found = buildings[buildings["safety"].isin(list(grades))]
    return _named(county, found).sort_values(
        ["safety", "area", "building_id"], ascending=[False, False, True], ignore_index=True
    )


def ungraded_buildings(county: County) -> pd.DataFrame:
    """Buildings that have no grade: nobody may say that they are safe. Columns as `unsafe_buildings`."""
    buildings = county.tables["buildings"]
    return _named(county, buildings[buildings["safety"].isna()]).sort_values("building_id", ignore_index=True)


def without_unsafe(county: County, grades: Collection[str] = UNSAFE) -> County:
    """Return the county as it is when the dangerous buildings are closed.

    Parameters
    ----------
    county : County
        With the table ``buildings``.
    grades : collection of str
        Which are closed; ``("D",)`` where a part of C can be shored up.

    Returns
    -------
    County
        Without these buildings; what their schools have of teaching, sports, dormitory and canteen area is less by their areas, never
        below 0. Beds stay as they are: whoever moves them must say where to.
    """
    buildings = county.tables["buildings"]
    closed = buildings[buildings["safety"].isin(list(grades))]
    tables = county.tables | {"buildings": buildings.drop(closed.index).reset_index(drop=True)}
    for use, (table, columns) in COUNTED.items():
        lost = closed[closed["use"] == use].groupby("school_id")["area"].sum()
        if table in tables and len(lost):
            frame = tables[table].copy()
            for column in columns:
                frame[column] = (frame[column] - frame["school_id"].map(lost).fillna(0)).clip(lower=0)
            tables[table] = frame
    return County(tables)


def closing_effect(
    county: County, standard: Standard | str = "quality-2017", grades: Collection[str] = UNSAFE
) -> pd.DataFrame:
    """What closing the dangerous buildings does to the indicators that count floor area.

    Parameters
    ----------
    county, grades
        As `without_unsafe`.
    standard : Standard or str
        A standard with thresholds, its name, or the path of its TOML file.

    Returns
    -------
    DataFrame
        A row for each section and indicator that changes: ``school_id, name, stage, indicator, before, after, threshold``, per pupil, and
        ``meets_before, meets_after``.

    Notes
    -----
    Unit of analysis: the stage section; a nine-year school's loss is split between its stages as its area is. The verdict of the
    standard may count a dangerous building or not; a building that is closed cannot be counted.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    sections = [indicators(c, standard) for c in (county, without_unsafe(county, grades))]
    rows = []
    for indicator in standard.indicators:
        before, after = (frame[indicator.key].to_numpy(dtype=float) for frame in sections)
        threshold = sections[0]["stage"].map(indicator.thresholds).to_numpy(dtype=float)
        frame = sections[0][["school_id", "name", "stage"]].assign(
            indicator=indicator.key,
            before=before,
            after=after,
            threshold=threshold,
            meets_before=reaches(before, threshold),
            meets_after=reaches(after, threshold),
        )
        rows.append(frame[after < before])
    return pd.concat(rows, ignore_index=True)


def _named(county: County, buildings: pd.DataFrame) -> pd.DataFrame:
    names = county.schools.set_index("school_id")["name"]
    frame = buildings.copy()
    frame.insert(frame.columns.get_loc("school_id") + 1, "name", frame["school_id"].map(names))
    return frame
