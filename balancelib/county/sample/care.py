"""What the synthetic county's schools need and have for the care of their pupils."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT, by_area, whole

ALONE = 0.12  # of the left-behind children
FAR = (0.04, 0.10, 0.18)  # of the pupils who do not board, by area
FED = (0.96, 1.0)  # of those who should be, between these from school to school
LATE, LATE_FED = 3, 0.75  # schools where fewer are fed
POORER_BOARD = 1.3  # a boarder is poor so much oftener
ROOMS = 0.5  # of the sections' schools out of the seat that could have one
PLACES = {"seat": 1.25, "rural": 0.85}  # of those who need one
SPECIAL_PLACES = 0.25  # of all who need one


def draw_care(
    rng: np.random.Generator, schools: pd.DataFrame, groups: pd.DataFrame, boarding: pd.DataFrame, disabled: pd.DataFrame
) -> pd.DataFrame:  # fmt: skip
    """Draw the table ``care``: who needs a visit, a bed, a bus, money and a resource room, and what rooms there are.

    Poor boarders and day pupils add up to the poor pupils of ``group_pupils``; disabled children, those taught at home apart, to
    ``disabled_children``, each in a school of the township. Planted: out of the seat resource rooms have 85 places for a hundred
    children, in the seat with the special school more than enough; three schools feed only three of four of those who should be fed.
    """
    frame = schools[["school_id", "kind", "operator", "area", "township"]].reset_index(drop=True)
    latest = groups[groups["year"] == groups["year"].max()]
    pupils = latest.pivot_table(index="school_id", columns="group", values="pupils", aggfunc="sum")
    own = pupils.reindex(frame["school_id"]).fillna(0)
    count = own["all"].to_numpy()
    beds = boarding.set_index("school_id")[["boarders_primary", "boarders_junior"]].sum(axis=1)
    boarders = np.minimum(frame["school_id"].map(beds).fillna(0).to_numpy(), count)
    special = (frame["kind"] == "special").to_numpy()
    frame["left_behind_alone"] = rng.binomial(own["left_behind"].astype(int), ALONE).astype(float)
    frame["far_pupils"] = (
        np.round((count - boarders) * by_area(frame, FAR) * rng.lognormal(0, 0.4, len(frame))) * ~special
    )
    poor = own["low_income"].to_numpy()
    _poor(rng, frame, poor, count, boarders)
    _by_stage(frame, poor, latest, boarding)
    _fed(rng, frame, count)
    _rooms(rng, frame, count, disabled)
    names = ["school_id", "left_behind_alone", "far_pupils", "poor_boarders", "poor_day", "nutrition_pupils", "nutrition_fed",
             "resource_room", "resource_teachers", "resource_places", "disabled_need"]  # fmt: skip
    return frame[names]


def _poor(
    rng: np.random.Generator, frame: pd.DataFrame, poor: np.ndarray, count: np.ndarray, boarders: np.ndarray
) -> None:
    """Share the poor pupils out among boarders and the others."""
    part = np.minimum(POORER_BOARD * boarders / np.maximum(count, 1), 0.98)
    day = count - boarders
    drawn = np.minimum(rng.binomial(poor.astype(int), part), boarders)
    frame["poor_boarders"] = np.maximum(drawn, poor - day).astype(float)
    frame["poor_day"] = poor - frame["poor_boarders"]


def _by_stage(frame: pd.DataFrame, poor: np.ndarray, latest: pd.DataFrame, boarding: pd.DataFrame) -> None:
    """Move poor pupils between boarders and the others where no sharing out between the stages could give their numbers."""
    wide = latest.pivot_table(index="school_id", columns=["group", "stage"], values="pupils", aggfunc="sum")
    wide = wide.reindex(frame["school_id"]).fillna(0)
    beds = boarding.set_index("school_id").reindex(frame["school_id"])
    least, most = np.zeros(len(frame)), np.zeros(len(frame))
    for stage in ("primary", "junior"):
        count, own = (wide[group, stage].to_numpy() for group in ("all", "low_income"))
        board = np.minimum(beds[f"boarders_{stage}"].fillna(0).to_numpy(), count)
        least += np.maximum(own - (count - board), 0)
        most += np.minimum(own, board)
    frame["poor_boarders"] = np.clip(frame["poor_boarders"], least, most)
    frame["poor_day"] = poor - frame["poor_boarders"]


def _fed(rng: np.random.Generator, frame: pd.DataFrame, count: np.ndarray) -> None:
    """All pupils of the public schools out of the seat should be fed."""
    due = ((frame["township"] != SEAT) & (frame["operator"] == "public")).to_numpy()
    share = rng.uniform(*FED, len(frame))
    share[rng.permutation(np.flatnonzero(due))[:LATE]] = LATE_FED
    frame["nutrition_pupils"] = np.where(due, count, 0.0)
    frame["nutrition_fed"] = np.floor(frame["nutrition_pupils"] * share)


def _rooms(rng: np.random.Generator, frame: pd.DataFrame, count: np.ndarray, disabled: pd.DataFrame) -> None:
    """Give the children of each township to its schools, rooms to some of these, and places to the rooms."""
    special = (frame["kind"] == "special").to_numpy()
    seat = (frame["township"] == SEAT).to_numpy()
    need = np.zeros(len(frame))
    here = disabled[disabled["placement"] != "home"].groupby("township").size()
    for township, number in here.items():
        weight = count * ~special * (frame["township"] == township).to_numpy()
        weight = weight if weight.any() else count * ~special
        need += rng.multinomial(number, weight / weight.sum())
    places = np.zeros(len(frame))
    for area, where in (("seat", seat & ~special), ("rural", ~seat)):
        large = where & (count >= 100)
        chosen = large & (rng.random(len(frame)) < ROOMS)
        chosen[np.argmax(count * where)] = True
        total = np.round(need[where].sum() * PLACES[area])
        weight = chosen * np.sqrt(count) * rng.uniform(0.8, 1.2, len(frame))
        places += whole((weight / weight.sum() * total)[None])[0]
    places[special] = whole(
        (count * special / max(count[special].sum(), 1) * np.round(need.sum() * SPECIAL_PLACES))[None]
    )[0][special]
    frame["resource_places"], frame["disabled_need"] = places, need
    frame["resource_room"] = (places > 0).astype(float)
    frame["resource_teachers"] = np.ceil(places / 8)
