"""What inspectors found at schools of the synthetic county in two rounds, and what was done about it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

ROUNDS = (date(2025, 4, 7), date(2025, 10, 13))  # their first days
TODAY = date(2025, 12, 1)  # the day on which the list stands as it does
VISITED, AGAIN = 0.2, 0.4  # of the schools in a round; of the first round's in the second
LARGEST_CLASS = {"primary": 45, "junior": 50}
LEAST_ROOM = {"music": 96, "art": 90}
# Chance that an item is not met where the other tables say nothing of it: the county reported all of these as met.
CHANCES = {"ict_in_teaching": 0.30, "moral_education": 0.15, "curriculum": 0.40, "workload": 0.30, "left_behind_and_migrant": 0.22}  # fmt: skip
# What is done, who does it, what it costs in 万元 at least and at most, and what shows that it was done.
MEASURES = {
    "class_size": ("下学期起分班，控制起始年级招生", "教务处", 0, 0, "分班后的名册统计"),
    "school_size": ("调整片区，逐年减少招生", "教育局基础教育股", 0, 0, "片区调整通知"),
    "music_art_rooms": ("改造一间专用教室", "总务处", 6, 15, "照片和验收单"),
    "charter": ("修订章程，报教育局核准", "校长室", 0, 0, "核准文件"),
    "training_budget": ("调整预算，补足培训经费", "财务室", 1, 4, "预算调整表"),
    "ict_in_teaching": ("校本培训，公布设备使用记录", "教务处", 0, 2, "设备使用记录"),
    "moral_education": ("制定德育计划，建好校园文化", "德育处", 0, 3, "计划和照片"),
    "curriculum": ("按课程方案重排课表，配足教师", "教务处", 0, 5, "课表和听课记录"),
    "workload": ("作业公示，控制总量", "教务处", 0, 0, "作业公示照片"),
    "left_behind_and_migrant": ("建台账，定期家访", "德育处", 0, 1, "家访记录"),
}
STATES = {0: (("todo", 0.10), ("doing", 0.28), ("done", 0.27), ("verified", 0.35)), 1: (("todo", 0.30), ("doing", 0.50), ("done", 0.15), ("verified", 0.05))}  # fmt: skip
CLOSED = ("done", "verified")
NO_EVIDENCE = 0.22  # of those closed
BACK = 2  # items of schools seen again that were closed and are not met


def draw_inspections(rng: np.random.Generator, schools: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the tables ``inspections`` and ``actions``: two rounds, and the list of what is to be mended as of 2025-12-01.

    Class sizes, sizes of schools, rooms, charters and training budgets are as ``schools`` and ``school_items`` have them. Planted: of
    what the county reported as met inspectors find much that is not; some actions are overdue, some were closed without evidence, and
    some of what was closed is found again by the second round.
    """
    schools = schools.reset_index(drop=True)
    first = _visits(rng, schools, 0, None)
    _look(rng, first, schools)
    actions = _actions(rng, first, 0)
    second = _visits(rng, schools, 1, _most_closed(first, actions))
    _look(rng, second, schools)
    _look_again(second, actions)
    new = second[~_open(second, actions)]
    actions = pd.concat([actions, _actions(rng, new, 1)], ignore_index=True)
    actions.insert(0, "action", [f"Z{k:04d}" for k in range(1, len(actions) + 1)])
    visits = pd.concat([first, second], ignore_index=True)
    number = pd.factorize(visits["date"] + visits["school_id"])[0] + 1
    visits["visit"] = [f"V{k:03d}" for k in number]
    names = ["visit", "school_id", "date", "item", "met"]
    return visits[names].assign(county_id=None), actions.assign(county_id=None)


def _visits(
    rng: np.random.Generator, schools: pd.DataFrame, number: int, seen: np.ndarray | None
) -> pd.DataFrame:
    """Draw the schools of a round, of those ``seen`` the first, and write out what is looked at: three schools a day, on workdays."""
    size = max(4, round(VISITED * len(schools)))
    again = np.array([], dtype=int) if seen is None else seen[: round(AGAIN * size)]
    rest = np.setdiff1d(np.arange(len(schools)), again if seen is None else seen)
    chosen = np.concatenate([again, rng.choice(rest, size - len(again), replace=False)])
    days = [ROUNDS[number] + timedelta(days=k // 5 * 7 + k % 5) for k in range(size // 3 + 1)]
    at = np.repeat(rng.permutation(chosen), len(MEASURES))
    dates = np.repeat([days[k // 3].isoformat() for k in range(size)], len(MEASURES))
    return pd.DataFrame(
        {
            "at": at,
            "school_id": schools["school_id"].to_numpy()[at],
            "date": dates.astype(object),
            "item": list(MEASURES) * size,
        }
    )


def _most_closed(visits: pd.DataFrame, actions: pd.DataFrame) -> np.ndarray:
    """Return the schools of a round, first those of which the most is said to be mended."""
    closed = actions.loc[actions["state"].isin(CLOSED), "school_id"].value_counts()
    order = visits.drop_duplicates("at").assign(n=lambda f: f["school_id"].map(closed).fillna(0))
    return order.sort_values("n", ascending=False, kind="stable")["at"].to_numpy()


def _look(rng: np.random.Generator, visits: pd.DataFrame, schools: pd.DataFrame) -> None:
    """Add whether each item is met: as the tables say, else by chance."""
    known = _known(schools)
    drawn = rng.random(len(visits))
    visits["met"] = [
        float(known[item][at]) if item in known else float(chance >= CHANCES[item])
        for item, at, chance in zip(visits["item"], visits["at"], drawn, strict=True)
    ]


def _known(schools: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return by item what the tables say of each school."""
    small = ~np.logical_or.reduce([schools[f"largest_class_{s}"] > most for s, most in LARGEST_CLASS.items()])
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1)
    most = np.where(schools["kind"].isin(["nine_year", "twelve_year"]), 2500, 2000)
    needed = np.ceil(schools[["classes_primary", "classes_junior"]].sum(axis=1) / 12)
    rooms = [
        np.array([sum(area >= least for area in areas or ()) for areas in schools[f"{name}_room_areas"]])
        >= needed
        for name, least in LEAST_ROOM.items()
    ]
    return {
        "class_size": np.asarray(small),
        "school_size": np.asarray(pupils <= most),
        "music_art_rooms": np.logical_and.reduce(rooms),
        "charter": np.asarray(schools["charter"] == 1),
        "training_budget": np.asarray(schools["training_share"] >= 5),
    }


def _actions(rng: np.random.Generator, visits: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return what is to be mended, a row for each item not met, and how far it has come."""
    rows = []
    for row in visits[visits["met"] == 0].itertuples():
        measure, owner, least, most, evidence = MEASURES[row.item]
        found = date.fromisoformat(row.date)
        names, chances = zip(*STATES[number], strict=True)
        due = found + timedelta(days=int(rng.choice([30, 60, 90, 120, 150, 180][: 6 - 2 * number])))
        state, taken, kept = str(rng.choice(names, p=chances)), rng.uniform(0.4, 1.15), rng.random()
        closed = min(found + timedelta(days=int(taken * (due - found).days)), TODAY - timedelta(days=3))
        over = state in CLOSED
        rows.append(
            {
                "school_id": row.school_id,
                "item": row.item,
                "found_on": row.date,
                "measure": measure,
                "owner": owner,
                "due": due.isoformat(),
                "money": float(np.round(rng.uniform(least, most), 1)) + 0.0,
                "state": state,
                "closed_on": closed.isoformat() if over else np.nan,
                "evidence": evidence if over and kept >= NO_EVIDENCE else np.nan,
            }
        )
    names = ["school_id", "item", "found_on", "measure", "owner", "due", "money", "state", "closed_on", "evidence"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _open(visits: pd.DataFrame, actions: pd.DataFrame) -> np.ndarray:
    """Whether something is already to be mended where an item is looked at."""
    left = actions[~actions["state"].isin(CLOSED)]
    pairs = pd.MultiIndex.from_frame(visits[["school_id", "item"]])
    return pairs.isin(pd.MultiIndex.from_frame(left[["school_id", "item"]]))


def _look_again(second: pd.DataFrame, actions: pd.DataFrame) -> None:
    """Let what is still to be mended be found again, and some of what was closed; the rest of what was closed is met."""
    known = ~second["item"].isin(CHANCES)
    second.loc[_open(second, actions), "met"] = 0.0
    pairs = pd.MultiIndex.from_frame(second[["school_id", "item"]])
    closed = actions[actions["state"].isin(CLOSED)]
    done = pairs.isin(pd.MultiIndex.from_frame(closed[["school_id", "item"]])) & ~known
    second.loc[done, "met"] = 1.0
    second.loc[second.index[done][:BACK], "met"] = 0.0
