"""A synthetic province: many counties, richer and poorer, evener and less even inside. No school of it exists."""

import numpy as np
import pandas as pd

from balancelib.county.sample.schools import as_table, chinese_number, draw_plain_schools
from balancelib.county.tables import County

PROVINCE = "合成省"
MOST_COUNTIES = 3000  # about as many as the country has
SCHOOLS = (22, 32)  # of a county, the upper end not included
STEMS = "甲乙丙丁戊己庚辛壬癸"
LEFT_OUT = ("special", "vocational")  # the resource part does not count them
EVENNESS = (0.30, 1.0)  # what part of the gaps that schools were drawn with is left in a county
STAGES = ("primary", "junior")
STAGE_WEIGHTS = np.array([1.0, 1.25, 1.5])  # of pupils, where a total is of the whole school
# By column: its level, and how far its logarithm spreads between counties and between a county's townships.
# What money buys differs most between counties; grounds and good teachers differ most inside them.
SPREADS = {
    "teachers": (1.0, 0.05, 0.03),
    "qualified": (1.0, 0.07, 0.04),
    "backbone": (1.05, 0.10, 0.22),
    "pe_arts": (1.04, 0.10, 0.10),
    "senior_title": (1.0, 0.10, 0.10),
    "teaching_area": (1.06, 0.11, 0.06),
    "indoor_sports_area": (1.06, 0.11, 0.06),
    "sports_ground_area": (1.10, 0.09, 0.16),
    "equipment_value": (1.12, 0.24, 0.05),
    "multimedia_rooms": (1.03, 0.12, 0.05),
    "computers": (1.0, 0.20, 0.10),
    "books": (1.0, 0.15, 0.10),
}
BY_STAGE = ("teachers", "qualified", "backbone", "pe_arts", "senior_title")
WHOLE = (*BY_STAGE, "multimedia_rooms", "computers", "books")


def sample_province(seed: int = 7, counties: int = 100) -> County:
    """Make a synthetic province of many counties.

    Parameters
    ----------
    seed : int
        The same seed and number give the same province; a larger number keeps the counties that were there.
    counties : int
        How many; from 1 to 3000.

    Returns
    -------
    County
        Table ``schools`` alone, about 25 schools a county, with ``township``, ``county_id``, ``county`` and ``province``. It has
        no special or vocational schools, which the resource part does not count.

    Raises
    ------
    ValueError
        No county, or more than 3000.

    Notes
    -----
    Schools are drawn as those of `sample_county`, then three things are added: a county's wealth, which
    raises or lowers nearly all it has, most of all equipment; a township's; and how even a county is, for some leave their schools' gaps
    as they are and some close most of them. Spreads are plausible, not measured, and so is no finding on this province
    one about a real one. Each county is drawn from a random stream of its own.
    """
    if not 1 <= counties <= MOST_COUNTIES:
        raise ValueError(f"合成省要有1到{MOST_COUNTIES:,}个县")
    drawn = [_county(np.random.default_rng([seed, *b"province", i]), i) for i in range(counties)]
    return County({"schools": as_table(pd.concat(drawn, ignore_index=True))})


def _county(rng: np.random.Generator, i: int) -> pd.DataFrame:
    frame = draw_plain_schools(rng, int(rng.integers(*SCHOOLS)))
    frame = frame[~frame["kind"].isin(LEFT_OUT)].reset_index(drop=True)
    county_id = f"99{i + 1:04d}"
    frame = frame.assign(
        county_id=county_id,
        school_id=[f"{county_id}{k:03d}" for k in range(1, len(frame) + 1)],
        county=f"{STEMS[i % len(STEMS)]}{chinese_number(i // len(STEMS) + 1)}县",
        province=PROVINCE,
    )
    _enrich(rng, frame)
    return frame


def _enrich(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    """Set each column to the county's level, its townships' and its evenness; keep parts within their wholes."""
    wealth, left = rng.normal(), rng.uniform(*EVENNESS)
    numbers, townships = pd.factorize(frame["township"], sort=True)
    pupils = frame[["pupils_primary", "pupils_junior", "pupils_senior"]].fillna(0).to_numpy() @ STAGE_WEIGHTS
    for name, (level, county, township) in SPREADS.items():
        factor = level * np.exp(county * (0.8 * wealth + 0.6 * rng.normal()))
        factors = factor * np.exp(township * left * rng.normal(size=len(townships)))[numbers]
        for column in [f"{name}_{stage}" for stage in STAGES] if name in BY_STAGE else [name]:
            own = frame[f"pupils_{column.split('_')[-1]}"].to_numpy() if name in BY_STAGE else pupils
            narrowed = _narrowed(frame[column].to_numpy(), own, left) * factors
            frame[column] = np.round(narrowed) if name in WHOLE else np.round(narrowed, 1)
    _keep_parts(frame)


def _narrowed(total: np.ndarray, pupils: np.ndarray, left: float) -> np.ndarray:
    """Bring every school's total nearer to the county's mean per pupil; their sum stays."""
    mean = np.nansum(total) / np.nansum(pupils)
    return left * total + (1 - left) * mean * pupils


def _keep_parts(frame: pd.DataFrame) -> None:
    for stage in STAGES:
        teachers = frame[f"teachers_{stage}"] = frame[f"teachers_{stage}"].clip(lower=2)
        for name in BY_STAGE[1:]:
            frame[f"{name}_{stage}"] = np.minimum(frame[f"{name}_{stage}"], teachers)
    for name in ("multimedia_rooms", "computers"):
        frame[name] = frame[name].clip(lower=1)
    frame["indoor_sports_area"] = np.minimum(frame["indoor_sports_area"], frame["teaching_area"])
