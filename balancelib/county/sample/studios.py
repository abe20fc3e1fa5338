"""Studios of well-known teachers in the synthetic county, their members, and how lessons were scored before and after."""

import numpy as np
import pandas as pd

from balancelib.county.opened import own_path
from balancelib.county.sample.draw import by_area

STUDIOS = (
    ("chinese", "primary", 2020), ("math", "primary", 2021), ("english", "primary", 2022), ("music", "primary", 2023),
    ("chinese", "junior", 2021), ("math", "junior", 2022),
)  # fmt: skip
MEMBERS = 17  # of a studio
POOL = 52  # teachers of a studio's subject and stage whose lessons were scored
YEARS = np.arange(2022, 2026)  # scored in spring; members joined in the school year 2023, after two scores
STUDIO_EFFECT = 3.0  # points that membership really adds, in 2024 and 2025
MEAN, TREND, AREA = 70.0, 0.6, (1.5, 0.0, -1.5)
SKILL, LUCK = 6.0, 5.0  # spread of teachers, and of one year's score about a teacher's level
FOR_THE_LOW = 0.6  # how much a low first score counts against chance when members are chosen
SEEN = 0.97  # of scores


def planted_effect() -> float | None:
    """Return what the synthetic county's studios truly add to a score; None where a county of one's own is read: there nobody knows."""
    return None if own_path() else STUDIO_EFFECT


def draw_studios(
    rng: np.random.Generator, teachers: pd.DataFrame, schools: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw the tables ``studios``, ``studio_members`` and ``lesson_scores``.

    Planted: members were chosen partly because their score of 2022 was low. What was bad luck in it passes by itself, so that
    members rise by more than `STUDIO_EFFECT`: before and after overstates what studios do. All leaders are of the seat. Some scores
    are not there: a lesson was not seen in that year.
    """
    people = teachers.merge(schools[["school_id", "area", "operator"]], on="school_id")
    people["level"] = MEAN + by_area(people, AREA) + rng.normal(0, SKILL, len(people))
    studios, members, scores = [], [], []
    for number, (subject, stage, since) in enumerate(STUDIOS, 1):
        here = people[
            (people["subject"] == subject) & (people["stage"] == stage) & (people["operator"] == "public")
        ]
        if len(here) < 2:
            continue
        leader = _leader(rng, here)
        key = f"S{number:02d}"
        studios.append((key, subject, stage, leader["school_id"], leader["teacher_id"], float(since)))
        others = here[here["teacher_id"] != leader["teacher_id"]]
        pool = others.sample(min(POOL, len(others)), random_state=rng).sort_values("teacher_id")
        joined, panel = _panel(rng, pool)
        members.append(pd.DataFrame({"studio_id": key, "teacher_id": pool["teacher_id"][joined],
                                     "since": np.where(rng.random(joined.sum()) < 0.75, "2023-1", "2023-2")}))  # fmt: skip
        scores.append(panel)
    return (
        pd.DataFrame(studios, columns=["studio_id", "subject", "stage", "school_id", "leader", "since"]),
        pd.concat(members, ignore_index=True),
        pd.concat(scores).sort_values(["teacher_id", "year"], ignore_index=True),
    )


def _leader(rng: np.random.Generator, here: pd.DataFrame) -> pd.Series:
    """Choose a backbone teacher of high rank in the seat."""
    rank = here["backbone"].map({"none": 0, "county": 1, "city": 2, "province": 3}) + 4.0 * (here["area"] == "urban")  # fmt: skip
    return here.iloc[np.argmax(rank.to_numpy() + rng.random(len(here)))]


def _panel(rng: np.random.Generator, pool: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Draw the scores of a pool and who of it became a member, rather those who scored low in the first year."""
    n = len(pool)
    score = (
        pool["level"].to_numpy()[:, None]
        + TREND * np.arange(len(YEARS))
        + rng.normal(0, LUCK, (n, len(YEARS)))
    )
    low = -(score[:, 0] - score[:, 0].mean()) / max(score[:, 0].std(), 1e-9)
    want = FOR_THE_LOW * low + rng.normal(0, 1, n)
    joined = np.argsort(np.argsort(-want, kind="stable")) < min(MEMBERS, n // 3)
    score[:, YEARS >= 2024] += STUDIO_EFFECT * joined[:, None]
    seen = rng.random(score.shape) < SEEN
    frame = pd.DataFrame(
        {
            "teacher_id": np.repeat(pool["teacher_id"].to_numpy(), len(YEARS)),
            "year": np.tile(YEARS, n).astype(float),
            "score": np.round(np.clip(score, 0, 100), 1).ravel(),
        }
    )
    return joined, frame[seen.ravel()]


def draw_contacts(rng: np.random.Generator, schools: pd.DataFrame, distances: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``peer_contacts``: the nearer, the oftener; the smallest schools meet nobody."""
    pupils = schools.set_index("school_id")[["pupils_primary", "pupils_junior"]]
    stages = pupils.notna()
    start, end = (distances[name].to_numpy() for name in ("from_id", "to_id"))
    alike = (stages.loc[start].to_numpy() & stages.loc[end].to_numpy()).any(axis=1)
    size = pupils.sum(axis=1)
    large = np.minimum(size.loc[start].to_numpy(), size.loc[end].to_numpy()) >= 40
    km = distances["km"].to_numpy()
    met = alike & large & (rng.random(len(km)) < 0.9 * np.exp(-km / 9))
    joint = 1.0 + rng.poisson(1 + 7 * np.exp(-km / 8))
    return pd.DataFrame({"school_id": start[met], "other_id": end[met], "joint": joint[met]})
