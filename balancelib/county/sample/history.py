"""What the synthetic county's schools had in earlier years, drawn backwards from this year, with three stories planted in it."""

import numpy as np
import pandas as pd

from balancelib.county.enrolment import STAGE_GRADES
from balancelib.county.sample.pupils import YEARS
from balancelib.county.schema import schema

PAST = YEARS[:-1]  # this year stands in the table of schools
BACK = YEARS[-1] - PAST  # years before this one
SQUARE_METRES_PER_MU = 666.67
# What a pupil had, against this year, by year from the first to the last: the county trained and bought; in 2021 it
# equipped classrooms in all schools at once.
LEVELS = {
    "qualified": (0.90, 0.92, 0.94, 0.95, 0.97, 0.98, 0.99),
    "backbone": (0.76, 0.80, 0.83, 0.87, 0.90, 0.94, 0.97),
    "pe_arts": (0.80, 0.83, 0.86, 0.89, 0.92, 0.95, 0.98),
    "equipment_value": (0.62, 0.67, 0.72, 0.78, 0.84, 0.90, 0.95),
    "multimedia_rooms": (0.56, 0.58, 0.60, 0.88, 0.92, 0.95, 0.98),
}
NOISE = {"teachers": 0.015, "qualified": 0.01, "backbone": 0.10, "pe_arts": 0.05, "equipment_value": 0.02, "multimedia_rooms": 0.03}  # fmt: skip
FOLLOWS = 0.6  # posts follow pupils, but not wholly
NEW_GROUND = (0.12, 0.85)  # share of schools that got more ground on the way, and what they had before
LOST = 0.06  # of this year's teachers, whom the school in decline loses each year
MISTAKEN_YEAR = 2022


def draw_history(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, buildings: pd.DataFrame
) -> pd.DataFrame:
    """Draw the table ``history``: pupils as in ``enrolment``, areas as the years of ``buildings`` say.

    Three stories for those who look:

    - in 2021 classrooms of all schools were equipped at once: the county's mean jumps, and no school stands out;
    - the public primary school out of the seat with the most teachers loses 6 % of them each year, the backbone first:
      it falls behind steadily, although no single year is striking;
    - the sports ground of the largest public junior school of 2022 stands in 亩 and not in m²: a fault, no decline.
    """
    past = _pupils(rng, schools, enrolment)
    for stage in STAGE_GRADES:
        _staff(rng, schools, stage, past)
    past |= _areas(rng, schools, buildings)
    for name in ("equipment_value", "multimedia_rooms"):
        drawn = schools[name].to_numpy()[:, None] * np.array(LEVELS[name]) * _noise(rng, schools, name)
        past[name] = np.round(drawn, 2) if name == "equipment_value" else np.maximum(np.round(drawn), 1)
    _plant(schools, past)
    keys = {
        "school_id": np.repeat(schools["school_id"].to_numpy(), len(PAST)),
        "year": np.tile(PAST, len(schools)).astype(float),
    }
    drawn = pd.DataFrame(keys | {name: values.ravel() for name, values in past.items()})
    return drawn[schema().table("history").names]


def _pupils(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Return pupils by school and year: of the two stages as enrolled, of senior classes drawn about this year's."""
    found = {}
    for stage, grades in STAGE_GRADES.items():
        total = enrolment[grades].sum(axis=1, min_count=1)
        found[f"pupils_{stage}"] = total.to_numpy().reshape(len(schools), len(YEARS))[:, :-1]
    senior = schools["pupils_senior"].to_numpy()[:, None]
    found["pupils_senior"] = np.round(senior * rng.lognormal(0, 0.03, (len(schools), len(PAST))))
    return found


def _noise(rng: np.random.Generator, schools: pd.DataFrame, name: str) -> np.ndarray:
    return rng.lognormal(0, NOISE[name], (len(schools), len(PAST)))


def _staff(rng: np.random.Generator, schools: pd.DataFrame, stage: str, past: dict[str, np.ndarray]) -> None:
    """Draw the teachers of a stage, and those among them who are counted apart."""
    pupils = schools[f"pupils_{stage}"].to_numpy()[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):  # no pupils this year: posts as they are
        ratio = np.where(pupils > 0, past[f"pupils_{stage}"] / pupils, 1.0) ** FOLLOWS
    now = schools[f"teachers_{stage}"].to_numpy()[:, None]
    teachers = np.maximum(np.round(now * ratio * _noise(rng, schools, "teachers")), np.minimum(now, 1))
    past[f"teachers_{stage}"] = teachers
    for kind in ("qualified", "backbone", "pe_arts"):
        own = schools[f"{kind}_{stage}"].to_numpy()[:, None]
        drawn = own * ratio * np.array(LEVELS[kind]) * _noise(rng, schools, kind)
        past[f"{kind}_{stage}"] = np.minimum(np.round(drawn), teachers)


def _areas(rng: np.random.Generator, schools: pd.DataFrame, buildings: pd.DataFrame) -> dict[str, np.ndarray]:
    """Take away what was built later, but never a school's first building; some schools got more ground on the way."""
    first = buildings["year_built"] == buildings.groupby("school_id")["year_built"].transform("min")
    later = buildings[~first & buildings["use"].isin(["teaching", "sports"])]
    to_come = {
        use: np.column_stack([_area_after(later[later["use"] == use], year, schools) for year in PAST])
        for use in ("teaching", "sports")
    }
    column = lambda name: schools[name].to_numpy()[:, None]  # noqa: E731
    share, before = NEW_GROUND
    since = rng.integers(PAST[1], YEARS[-1] + 1, len(schools))[:, None]
    smaller = (rng.random(len(schools)) < share)[:, None] & (since > PAST)
    return {
        "teaching_area": np.round(column("teaching_area") - to_come["teaching"] - to_come["sports"], 2),
        "indoor_sports_area": np.round(np.maximum(column("indoor_sports_area") - to_come["sports"], 0), 2),
        "sports_ground_area": np.round(column("sports_ground_area") * np.where(smaller, before, 1.0), 2),
    }


def _area_after(buildings: pd.DataFrame, year: int, schools: pd.DataFrame) -> np.ndarray:
    area = buildings[buildings["year_built"] > year].groupby("school_id")["area"].sum()
    return area.reindex(schools["school_id"]).fillna(0).to_numpy()


def _plant(schools: pd.DataFrame, past: dict[str, np.ndarray]) -> None:
    """Plant the school that declines and the ground in 亩."""
    public, kind = schools["operator"] == "public", schools["kind"]
    candidates = public & (kind == "primary") & (schools["area"] != "urban")
    if candidates.any():
        at = schools["teachers_primary"].where(candidates).argmax()
        before = 1 + LOST * BACK
        for name in ("teachers", "qualified"):
            past[f"{name}_primary"][at] = np.round(schools[f"{name}_primary"].iloc[at] * before)
        backbone = schools["backbone_primary"].iloc[at] + BACK
        past["backbone_primary"][at] = np.minimum(backbone, past["teachers_primary"][at])
    candidates = public & (kind == "junior")
    if candidates.any():
        at = schools["pupils_junior"].where(candidates).argmax()
        mistaken = past["sports_ground_area"][at]
        mistaken[PAST == MISTAKEN_YEAR] = np.round(mistaken[PAST == MISTAKEN_YEAR] / SQUARE_METRES_PER_MU, 2)
