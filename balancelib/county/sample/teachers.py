"""The synthetic county's teachers: made-up people without names, who add up to the head counts of its schools."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from balancelib.county.sample.draw import by_area
from balancelib.county.sample.staff import posts_of, sections_of
from balancelib.county.schema import schema

NOW = 2025
YOUNGEST, OLDEST = 22, {"female": 55, "male": 60}  # before retirement is put off by some months
# Of each area (urban, town, rural): share of the young, mean age of the others, by stage; all is plausible, not measured.
YOUNG = {"primary": (0.30, 0.25, 0.22), "junior": (0.22, 0.20, 0.20)}
AGE = {"primary": (42, 45, 52), "junior": (43, 45, 47)}
FEMALE = {"primary": (0.80, 0.70, 0.52), "junior": (0.66, 0.58, 0.50)}
STAYED = ((0.55, 1.0), (0.3, 1.0), (0.1, 1.0))  # part of a working life at this school
OTHER_DEGREE = {"primary": (0.08, 0.15, 0.30), "junior": (0.05, 0.08, 0.12)}
SELDOM_STUDIED = {
    "morality": 0.3, "it": 0.3, "science": 0.4, "practice": 1.0, "geography": 0.25, "music": 0.1, "art": 0.1,
}  # fmt: skip
LONG = 6  # years at one school after which a teacher may be moved
WEEK = {"primary": 28.67, "junior": 34.0}  # mean periods of a class
LOAD = {"head": 0.3, "deputy_head": 0.5, "head_of_section": 0.85, "teacher": 1.0}
LIVES = (0.48, 0.26, 0.22)  # nearest to home: the own school, one of the township, of the seat; else anywhere


def draw_teachers(
    rng: np.random.Generator, schools: pd.DataFrame, county_items: pd.DataFrame
) -> pd.DataFrame:
    """Draw the table ``teachers``; its counts by school and stage are those of ``schools`` to the last head.

    Who may be moved, and who was moved this year, are as many as the county's items say: teachers of public schools who are not
    exempt and were at one school for six years or more, those moved this year before they were.

    Planted for those who look:

    - rural primary schools are old: many of their teachers retire within five years;
    - small primary schools have more teachers of Chinese and mathematics than they need, none of computing, few of music and art;
    - backbone teachers stand in the seat (as in ``schools``), where many have been at one school for more than twelve years;
    - some live near the seat and teach far away; some are couples at two schools;
    - a few things are not known: the subject studied of 3 %, the home of 4 %.
    """
    sections = sections_of(schools)
    frame = posts_of(rng, sections)
    frame = frame.join(sections.drop(columns=["pupils"]), on="section")
    _people(rng, frame)
    _careers(rng, frame)
    frame["post"] = _posts(rng, frame)
    frame["periods"] = _periods(rng, frame)
    _moved(rng, frame, county_items.iloc[0])
    frame["teacher_id"] = [f"T{i:05d}" for i in range(1, len(frame) + 1)]
    frame["lives_near"] = _homes(rng, frame, schools)
    frame["spouse"] = _spouses(rng, frame)
    frame["itinerant"] = _itinerant(rng, frame)
    return frame[schema().table("teachers").names]


def _of_stage(frame: pd.DataFrame, levels: dict[str, tuple[float, float, float]]) -> np.ndarray:
    """Return for each teacher the level of stage and area."""
    primary = frame["stage"] == "primary"
    return np.where(primary, by_area(frame, levels["primary"]), by_area(frame, levels["junior"]))


def _first(frame: pd.DataFrame, score: np.ndarray, count: np.ndarray, group: str = "section") -> np.ndarray:
    """Whether a teacher is among those with the highest scores, as many as the group's count says."""
    rank = pd.Series(score, frame.index).groupby(frame[group]).rank(method="first", ascending=False)
    return (rank <= count).to_numpy()


def _people(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    female = _of_stage(frame, FEMALE) * np.where(frame["subject"] == "pe", 0.4, 1.0)
    frame["gender"] = np.where(rng.random(n) < female, "female", "male")
    young = rng.random(n) < _of_stage(frame, YOUNG)
    mean = np.where(young, 28, _of_stage(frame, AGE) + np.where(frame["gender"] == "male", 3, 0))
    spread = np.where(young, 3.0, 7.0)
    last = frame["gender"].map(OLDEST).to_numpy(dtype=float)
    low, high = ndtr((YOUNGEST - mean) / spread), ndtr((last - mean) / spread)
    age = np.round(mean + spread * ndtri(low + rng.random(n) * (high - low)))
    frame["birth_year"] = NOW - age
    frame["started"] = np.minimum(frame["birth_year"] + rng.integers(20, 25, n), NOW)
    near = last - age <= 3
    bearing = (frame["gender"] == "female") & (age <= 36)
    chance = np.select([near, bearing], [0.9, 0.10], 0.015)
    frame["exempt"] = (rng.random(n) < chance).astype(float)
    frame["trained_subject"] = _studied(rng, frame)


def _studied(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Draw the subject studied: another one for some, unknown of 3 %."""
    n = len(frame)
    other = _of_stage(frame, OTHER_DEGREE) + frame["subject"].map(SELDOM_STUDIED).fillna(0).to_numpy()
    common = rng.choice(["chinese", "math", "english", "physics", "history"], n, p=[0.4, 0.3, 0.1, 0.1, 0.1])
    studied = np.where(rng.random(n) < other, common, frame["subject"]).astype(object)
    studied[rng.random(n) < 0.03] = None
    return studied


def _careers(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    """Draw education, title and backbone of as many as the school counts; the younger studied longer, the older rose higher."""
    n, chance = len(frame), rng.random((5, len(frame)))
    primary, urban = (frame["stage"] == "primary").to_numpy(), (frame["area"] == "urban").to_numpy()
    born, years = frame["birth_year"].to_numpy(), NOW - frame["started"].to_numpy()
    qualified = _first(frame, born + rng.normal(0, 6, n), frame["qualified"])
    master = chance[0] < np.where(born >= NOW - 38, np.where(urban, 0.10, 0.03), 0.003)
    bachelor = chance[1] < np.where(born >= NOW - 38, 0.88, 0.45)
    frame["education"] = np.select(
        [~qualified & primary, ~qualified, master, bachelor | ~primary], ["secondary", "college", "master", "bachelor"], "college"
    )  # fmt: skip
    titled = _first(frame, years + rng.normal(0, 4, n), frame["senior_title"])
    frame["title"] = np.select(
        [titled & (years >= 22) & (chance[2] < 0.004), titled & (years >= 14) & (chance[2] < 0.30), titled, years < 1,
         (years < 5) & (chance[2] < 0.4)],
        ["full", "senior", "first", "none", "assistant"], "second",
    )  # fmt: skip
    merit = rng.normal(0, 1, n) + 1.2 * titled + 0.5 * ((years >= 8) & (years <= 28)) - 2.0 * (years < 4)
    chosen = _first(frame, merit, frame["backbone"])
    higher = np.where(urban, 0.30, 0.15)
    frame["backbone"] = np.select(
        [~chosen, chance[3] < 0.04, chance[3] < higher], ["none", "province", "city"], "county"
    )
    frame["permanent"] = (
        (frame["operator"] == "public") & (chance[4] < np.where(years < 5, 0.85, 0.99))
    ).astype(float)


def _posts(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Draw who leads: a head in schools of eight teachers or more, deputies and heads of sections as there are teachers."""
    years, titled = NOW - frame["started"], frame["title"].isin(["first", "senior", "full"])
    size = frame.groupby("school_id")["school_id"].transform("size").to_numpy()
    score = rng.normal(0, 1, len(frame)) + 2 * titled + (years >= 12) - 2 * (years > 33)
    head = np.where(size >= 8, 1, 0)
    deputies = head + np.where(size >= 15, np.ceil(size / 45), 0)
    sections = deputies + np.floor(size / 14)
    ranks = [_first(frame, score, count, "school_id") for count in (head, deputies, sections)]
    return np.select(ranks, ["head", "deputy_head", "head_of_section"], "teacher")


def _periods(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Share out the periods of the school's classes; who leads teaches less."""
    weight = frame["post"].map(LOAD).to_numpy() * rng.lognormal(0, 0.12, len(frame))
    share = weight / pd.Series(weight).groupby(frame["section"]).transform("sum").to_numpy()
    return np.clip(np.round(share * frame["classes"].to_numpy() * frame["stage"].map(WEEK).to_numpy()), 2, 26)


def _moved(rng: np.random.Generator, frame: pd.DataFrame, items: pd.Series) -> None:
    """Draw since when each is at the school, and who came by an exchange."""
    n, years = len(frame), NOW - frame["started"].to_numpy()
    low, high = (by_area(frame, tuple(part[k] for part in STAYED)) for k in (0, 1))
    stay = np.floor(years * rng.uniform(low, high))
    may = (frame["operator"] == "public").to_numpy() & (frame["exempt"] == 0).to_numpy() & (years >= LONG)
    order = np.argsort(np.argsort(-np.where(may, stay + rng.random(n), -1), kind="stable"))
    eligible = may & (order < items["exchange_eligible"])
    short = np.where(stay < LONG, stay, rng.integers(0, LONG, n))
    stay = np.where(eligible, np.maximum(stay, LONG), np.where(may, short, stay))
    now = _chosen(rng, frame, eligible, items)
    since = np.where(now, NOW, NOW - stay)
    earlier = (since > frame["started"]) & (since >= 2014) & (frame["operator"] == "public").to_numpy()
    came = now | (earlier & (since < NOW) & (rng.random(n) < np.where(stay < LONG, 0.35, 0.12)))
    frame["school_since"] = since
    frame["rotated"] = np.where(came, since, np.nan)


def _chosen(
    rng: np.random.Generator, frame: pd.DataFrame, eligible: np.ndarray, items: pd.Series
) -> np.ndarray:
    """Choose who came by this year's exchange, rather out of the seat: as many as the items say, and as many backbone teachers."""
    backbone = (frame["backbone"] != "none").to_numpy()
    score = rng.random(len(frame)) + (frame["area"] != "urban").to_numpy()
    moved, outstanding = items["exchange_moved"], items["exchange_moved_backbone"]
    now = np.zeros(len(frame), dtype=bool)
    for these, count in ((eligible & backbone, outstanding), (eligible & ~backbone, moved - outstanding)):
        now[np.argsort(np.where(these, -score, 0), kind="stable")[: int(min(count, these.sum()))]] = True
    return now


def _homes(rng: np.random.Generator, frame: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    """Draw the school nearest to each home, unknown of 4 %."""
    n, ids = len(frame), schools["school_id"].to_numpy()
    seat = ids[(schools["area"] == "urban").to_numpy()]
    in_township = schools.groupby("township")["school_id"].agg(list)
    near = [
        here[int(u * len(here))]
        for here, u in zip(in_township[frame["township"]], rng.random(n), strict=True)
    ]
    kind = rng.choice(4, n, p=[*LIVES, 1 - sum(LIVES)])
    homes = np.select([kind == 0, kind == 1, kind == 2], [frame["school_id"], near, rng.choice(seat, n)], rng.choice(ids, n))  # fmt: skip
    return np.where(rng.random(n) < 0.04, None, homes)


def _spouses(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Pair men with women of like age, of one school, one township or any; couples have one home."""
    spouse = np.full(len(frame), None, dtype=object)
    ids, born = frame["teacher_id"].to_numpy(), frame["birth_year"].to_numpy()
    male = (frame["gender"] == "male").to_numpy()
    asked = rng.random(len(frame)) < np.where(male, 0.36, 0.24)
    met = rng.random(len(frame))
    place = np.select([met < 0.4, met < 0.75], [frame["school_id"], frame["township"]], "")
    homes = frame["lives_near"].to_numpy(object)
    for here in np.unique(place):
        pair = [np.flatnonzero(asked & (place == here) & sex) for sex in (male, ~male)]
        men, women = (group[np.argsort(born[group], kind="stable")] for group in pair)
        for man, woman in zip(men, women, strict=False):
            if abs(born[man] - born[woman]) <= 6:
                spouse[man], spouse[woman] = ids[woman], ids[man]
                homes[woman] = homes[man]
    frame["lives_near"] = pd.array(homes, dtype=frame["lives_near"].dtype)
    return spouse


def _itinerant(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Draw who would teach at other schools too: rather those of subjects that small schools lack, with few periods."""
    wanted = frame["subject"].isin(["music", "art", "it", "science", "english", "pe"])
    able = (frame["exempt"] == 0) & (frame["operator"] == "public") & (frame["periods"] <= 15) & (frame["post"] == "teacher")  # fmt: skip
    chance = np.where(able, np.where(wanted & (frame["area"] != "rural"), 0.30, 0.03), 0.0)
    return (rng.random(len(frame)) < chance).astype(float)
