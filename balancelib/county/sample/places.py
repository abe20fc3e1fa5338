"""Where the synthetic county's schools stand, their buildings and how pupils board there."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT, by_area

EXTENT = (60.0, 50.0)  # km, the county's plane
CELLS = (6, 5)  # of it, for a township each
WINDING = 1.3  # a road against the straight line
LEAST, FARTHEST = 0.2, 25.0  # km
SPREAD = (1.6, 0.7, 3.2)  # km about the township's centre, by area
# Chance to board and share of pupils who do, by stage and area.
BOARDS = {"primary": ((0.0, 0.1, 0.3), (0.05, 0.12, 0.25)), "junior": ((0.3, 0.8, 0.95), (0.15, 0.38, 0.62))}
BOARDING_KINDS = {
    "primary": ("primary", "nine_year"),
    "junior": ("junior", "nine_year", "complete_secondary", "twelve_year"),
}
LEAST_PUPILS = 150  # of a stage that boards


def draw_boarding(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw the schools that board, and what their boarders find there.

    Most have a bed for each boarder and 3 m² or more. The first school has a bed for nine in ten only; the second is without the
    approval for fire, the third without safe water, the fourth without hot water, the fifth without a watch at night.
    """
    boarders = _boarders(rng, schools)
    count = boarders.sum(axis=1).to_numpy()
    frame = boarders[count > 0].reset_index()
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1).to_numpy()[count > 0]
    count, n = count[count > 0], len(frame)
    diners = np.maximum(count, np.round(pupils * rng.uniform(0.6, 1.0, n)))
    sittings = rng.choice([1, 2, 3], n, p=[0.25, 0.6, 0.15])
    beds = np.ceil(count * rng.uniform(1.0, 1.15, n))
    beds[0] = np.floor(count[0] * 0.9)
    frame["beds"] = beds
    frame["dormitory_area"] = np.round(beds * rng.normal(3.6, 0.5, n).clip(2.4), 1)
    frame["canteen_area"] = np.round(diners * rng.normal(1.25, 0.25, n).clip(0.7), 1)
    frame["canteen_seats"] = np.ceil(diners / sittings * rng.uniform(0.85, 1.1, n))
    frame["bath_places"] = np.ceil(count / rng.uniform(14, 45, n))
    frame["toilet_places"] = np.ceil(count / rng.uniform(10, 26, n))
    frame["health_staff"] = np.floor(pupils / 600 + rng.uniform(0, 1, n))
    frame["dormitory_staff"] = np.maximum(np.round(count / rng.uniform(50, 130, n)), 1.0)
    for name, lacking in (("hot_water", 3), ("safe_water", 2), ("fire_passed", 1), ("night_duty", 4)):
        frame[name] = (np.arange(n) != lacking % n).astype(float)
    return frame


def _boarders(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw boarders by school and stage, 0 where none board; the largest junior section out of the seat always boards."""
    urban = (schools["area"] == "urban").to_numpy()
    boarders = {}
    for stage, (chance, share) in BOARDS.items():
        pupils = schools[f"pupils_{stage}"].to_numpy()
        may = schools["kind"].isin(BOARDING_KINDS[stage]).to_numpy() & (pupils > 0)
        boards = may & (pupils >= LEAST_PUPILS) & (rng.random(len(schools)) < by_area(schools, chance))
        if stage == "junior":
            boards[np.argmax(np.where(may, pupils, 0) * np.where(urban, 1e-6, 1))] = True
        part = np.clip(by_area(schools, share) * rng.lognormal(0, 0.2, len(schools)), 0, 0.95)
        count = np.where(boards, np.maximum(np.round(pupils * part), 1), 0.0)
        boarders[f"boarders_{stage}"] = np.where(np.isnan(pupils), np.nan, count)
    return pd.DataFrame(boarders, index=schools["school_id"])


def draw_buildings(rng: np.random.Generator, schools: pd.DataFrame, boarding: pd.DataFrame) -> pd.DataFrame:
    """Draw buildings whose areas add up to those of the schools and of their boarding.

    The two oldest teaching buildings are unsafe: one is of grade D and in brick and wood, one of grade C.
    """
    frame = _built(rng, schools, boarding)
    rural = (schools["area"] == "rural").to_numpy()[frame["school"]]
    year, chance, luck = frame["year_built"].to_numpy(), *rng.random((2, len(frame)))
    wood = (year < 1980) & rural & (chance < 0.12)
    frame["structure"] = np.select(
        [wood, (year >= 2000) & (chance < 0.85), chance < 0.12], ["wood", "frame", "frame"], "brick"
    )
    grades = [year >= 2009, wood & (luck < 0.5), (year < 1990) & (luck < 0.05), luck < 0.45]
    frame["safety"] = np.select(grades, ["A", "C", "C", "A"], "B")
    teaching = frame.index[frame["use"] == "teaching"]
    oldest = teaching[np.argsort(year[teaching], kind="stable")[:2]]
    frame.loc[oldest, "safety"] = ["D", "C"]
    frame.loc[oldest[0], "structure"] = "wood"
    frame["school_id"] = schools["school_id"].to_numpy()[frame["school"]]
    frame["building_id"] = [f"B{i:06d}" for i in range(1, len(frame) + 1)]
    return frame[["building_id", "school_id", "use", "area", "year_built", "structure", "safety"]]


def _built(rng: np.random.Generator, schools: pd.DataFrame, boarding: pd.DataFrame) -> pd.DataFrame:
    """Draw each school's buildings: their use, area and year, by school and in the order in which a school lists them."""
    beds = schools[["school_id"]].merge(boarding, how="left", on="school_id")
    sports = schools["indoor_sports_area"].to_numpy()
    taught = np.round(schools["teaching_area"].to_numpy() - sports, 2)
    first, second = _split(rng, taught)
    parts = [
        ("teaching", first, False),
        ("teaching", second, True),
        ("sports", sports, True),
        ("dormitory", beds["dormitory_area"].to_numpy(), True),
        ("canteen", beds["canteen_area"].to_numpy(), True),
        ("office", np.where(taught > 1200, np.round(taught * rng.uniform(0.05, 0.1, len(taught)), 1), 0.0), True),
    ]  # fmt: skip
    founded, number = schools["year_built"].to_numpy(), np.arange(len(schools))
    frames = []
    for order, (use, area, later) in enumerate(parts):
        year = np.floor(rng.uniform(founded, 2025)) if later else founded
        if use == "sports":
            year = np.maximum(year, np.floor(rng.uniform(1998, 2025, len(year))))
        columns = {"school": number, "order": order, "use": use, "area": area, "year_built": year}
        frames.append(pd.DataFrame(columns)[np.nan_to_num(area) > 0])
    return pd.concat(frames, ignore_index=True).sort_values(["school", "order"], ignore_index=True)


def _split(rng: np.random.Generator, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share teaching area out to one building, or to two where it is large."""
    share = np.where(area > 2500, rng.uniform(0.35, 0.65, len(area)), 1.0)
    first = np.round(area * share, 1)
    first = np.where(share < 1, first, area)
    return first, np.round(area - first, 2)


def draw_distances(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw where schools stand and return the road between each two of them that are within 25 km.

    Townships stand in the cells of a grid, the county's seat in the middle; roads are about 1.3 times the straight line.
    """
    number, townships = pd.factorize(schools["township"].to_numpy(), sort=True)
    columns, rows = CELLS
    cell = rng.permutation(columns * rows)[np.arange(len(townships)) % (columns * rows)]
    corner = np.column_stack([cell % columns, cell // columns])
    centres = (corner + rng.uniform(0.25, 0.75, corner.shape)) * np.array(EXTENT) / CELLS
    centres[townships == SEAT] = np.array(EXTENT) / 2
    points = centres[number] + rng.normal(0, 1, (len(schools), 2)) * by_area(schools, SPREAD)[:, None]
    start, end = np.triu_indices(len(schools), 1)
    straight = np.hypot(*(points[start] - points[end]).T)
    km = np.round(np.maximum(straight * WINDING * rng.uniform(0.94, 1.1, len(straight)), LEAST), 1)
    near = km <= FARTHEST
    ids = schools["school_id"].to_numpy()
    return pd.DataFrame({"from_id": ids[start[near]], "to_id": ids[end[near]], "km": km[near]})
