"""The synthetic county's equipment, batch by batch, and what its schools have of the digital."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area, whole

RETURNS = 2025


class Category(NamedTuple):
    """Equipment of one kind: price of a piece in 元, years that it serves, share of a school's money, years of its batches."""

    price: float
    life: float
    share: float
    batches: tuple[tuple[int, int], ...]


CATEGORIES = {
    "computer": Category(4300, 6, 0.0, ((2013, 2017), (2017, 2021), (2021, 2025))),
    "display": Category(14500, 8, 0.0, ((2012, 2018), (2018, 2025))),
    "lab": Category(620, 10, 0.55, ((2008, 2014), (2014, 2020), (2020, 2025))),
    "sports": Category(240, 6, 0.25, ((2014, 2020), (2020, 2025))),
    "music_art": Category(900, 10, 0.20, ((2010, 2018), (2018, 2025))),
}
COUNTED = {"computer": "computers", "display": "multimedia_rooms"}  # as many as the schools' table says
BEHIND = (0, 0, 2)  # years that a purchase comes later, by area
DEAREST = 0.8  # of a school's money, for what is counted
# Of the digital, by area.
BANDWIDTH = {"urban": (500, 1000, 2000), "town": (200, 500, 1000), "rural": (50, 100, 200)}
ON_PLATFORM, TRAINED = (0.76, 0.66, 0.52), (0.94, 0.88, 0.78)


def draw_ledger(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw batches of equipment: as many computers, and as much money, as the table of schools says.

    Pieces that have served their time are worn or broken the more often the older they are; rural schools buy later.
    """
    n = len(schools)
    value = schools["equipment_value"].to_numpy() * 10_000
    counted = {c: schools[COUNTED[c]].to_numpy() for c in COUNTED}
    money = {c: counted[c] * CATEGORIES[c].price * rng.lognormal(0, 0.08, n) for c in COUNTED}
    scale = np.minimum(1, DEAREST * value / sum(money.values()))
    money = {c: amount * scale for c, amount in money.items()}
    rest = value - sum(money.values())
    frames = []
    for order, (name, category) in enumerate(CATEGORIES.items()):
        amount = money.get(name, rest * category.share)
        price = category.price * rng.lognormal(0, 0.25, n)
        pieces = counted.get(name, np.maximum(np.round(amount / price), 1))
        shares = rng.dirichlet(np.full(len(category.batches), 4.0), n)
        quantity = whole(shares * pieces[:, None])
        first, last = np.array(category.batches).T
        year = np.floor(rng.uniform(first, last + 1, (n, len(first)))) - by_area(schools, BEHIND)[:, None]
        year = np.minimum(np.maximum(year, schools["year_built"].to_numpy()[:, None]), RETURNS)
        frames.append(
            pd.DataFrame(
                {
                    "school": np.repeat(np.arange(n), len(first)),
                    "order": order,
                    "category": name,
                    "quantity": quantity.ravel(),
                    "unit_value": np.repeat(np.round(amount / pieces, 2), len(first)),
                    "year_bought": year.ravel(),
                    "condition": _condition((RETURNS - year.ravel()) / category.life, rng.random(year.size)),
                }
            )[quantity.ravel() > 0]
        )
    frame = pd.concat(frames, ignore_index=True).sort_values(
        ["school", "order", "year_bought"], ignore_index=True
    )
    frame["school_id"] = schools["school_id"].to_numpy()[frame["school"]]
    frame["item_id"] = [f"E{i:06d}" for i in range(1, len(frame) + 1)]
    return frame[["item_id", "school_id", "category", "quantity", "unit_value", "year_bought", "condition"]]


def _condition(served: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return the state of a batch by the share of its life that it has served."""
    broken = np.clip((served - 1) * 0.35, 0.01, 0.6)
    worn = np.clip(served - 0.5, 0.02, 0.7)
    return np.select([luck < broken, luck < broken + worn], ["broken", "worn"], "good")


def draw_digital(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw networks, pupils' terminals, and teachers who use the national platform or are trained.

    Some schools of the towns open seats to pupils of the schools about them. The smallest teaching point still has a line of
    20 Mbps only.
    """
    n = len(schools)
    teachers = schools[["teachers_primary", "teachers_junior"]].sum(axis=1).to_numpy()
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1).to_numpy()
    computers = schools["computers"].to_numpy()
    terminals = np.floor(computers * rng.uniform(0.5, 0.8, n))
    choices = np.array([BANDWIDTH[area] for area in schools["area"]], dtype=float).reshape(n, 3)
    bandwidth = choices[np.arange(n), rng.choice(3, n, p=[0.25, 0.5, 0.25])]
    bandwidth[np.argmin(pupils)] = 20
    classes = schools[["classes_primary", "classes_junior"]].sum(axis=1).to_numpy()
    opens = (schools["area"] != "rural").to_numpy() & (terminals >= 60) & (rng.random(n) < 0.3)
    opens[np.argmax(np.where((schools["area"] == "town").to_numpy(), terminals, -1))] = True
    seats = np.minimum(10 * np.round(terminals * rng.uniform(0.25, 0.5, n) / 10), terminals)
    return pd.DataFrame(
        {
            "school_id": schools["school_id"].to_numpy(),
            "classrooms": classes + rng.integers(0, 4, n),
            "bandwidth": bandwidth,
            "pupil_terminals": terminals,
            "recording_rooms": np.minimum(np.floor(pupils / 900 + rng.uniform(0, 1, n)), 4),
            "platform_teachers": _some(rng, teachers, by_area(schools, ON_PLATFORM), 0.14),
            "trained_teachers": _some(rng, teachers, by_area(schools, TRAINED), 0.08),
            "open_seats": np.where(opens, seats, 0.0),
        }
    )


def _some(rng: np.random.Generator, whole_number: np.ndarray, share: np.ndarray, spread: float) -> np.ndarray:
    """Return a part of each number: about the share, differing from school to school."""
    return np.round(whole_number * np.clip(share + rng.normal(0, spread, len(share)), 0, 1))
