"""Pupils of each group in the synthetic county's schools, of three years."""

import numpy as np
import pandas as pd

from balancelib.county.enrolment import STAGE_GRADES
from balancelib.county.sample.draw import GIRLS, by_area, whole

GROUPS = ("all", "left_behind", "migrant", "disabled", "low_income")
YEARS = 3
# Level by area (urban, town, rural), spread of its logarithm, greatest share of a section's pupils.
LEFT_BEHIND = ((0.012, 0.065, 0.26), 0.35, 0.60)
MIGRANT = ((0.030, 0.017, 0.0025), 0.90, 0.35)
LOW_INCOME = ((0.030, 0.080, 0.150), 0.30, 0.50)
FEWER_LEFT = (1.06, 1.03, 1.0)  # of the last year
MORE_MIGRANTS = (0.62, 0.80, 1.0)
IN_JUNIOR, IN_PRIVATE = 2.2, 0.3  # times as many of a junior, of a private section's pupils are migrants
FEWER_DISABLED = (0.85, 0.92, 1.0)
TAKEN_IN = 0.11  # of the pupils of the private school that takes migrants in
TIMES_UNPLACED = 1.6  # or of the migrants who are not placed, if these are more
BOUGHT = 0.3  # of the migrants in private schools, in earlier years


def draw_group_pupils(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, disabled: pd.DataFrame, items: pd.DataFrame
) -> pd.DataFrame:  # fmt: skip
    """Draw the table ``group_pupils``: the schools' pupils, and those of four groups that overlap.

    In the last year the left-behind children are as many as `county_items` says; so are the migrants, and those of them whom a
    public school or a bought place has taken. Disabled pupils of ordinary schools are those of ``disabled_children`` who are taught
    there; in special schools all are, among them children of other counties and older ones, so that pupils outnumber the county's own.

    Planted: migrants are in the seat and the towns and grow in number; in the last year one private school, the largest section of
    all, takes in many of the newcomers, without which they would be spread as before.
    """
    sections = _sections(schools, enrolment)
    pupils = np.stack(sections["pupils"].to_list())
    item = items.iloc[0]
    counts = {
        "all": pupils,
        "left_behind": _left_behind(rng, sections, pupils, item),
        "migrant": _migrants(rng, sections, pupils, item),
        "disabled": _disabled(rng, sections, pupils, disabled),
        "low_income": _shares(rng, sections, pupils, LOW_INCOME, None),
    }
    girls = {"all": np.round(rng.binomial(pupils.astype(int), GIRLS)).astype(float)}
    for group in GROUPS[1:]:
        girls[group] = rng.hypergeometric(girls["all"].astype(int), (pupils - girls["all"]).astype(int), counts[group].astype(int))  # fmt: skip
    bought = _bought(sections, counts["migrant"], item)
    return _as_table(sections, sorted(set(enrolment["year"]))[-YEARS:], counts, girls, bought)


def _sections(schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each school and stage with pupils now; ``pupils`` holds those of each of the last years."""
    parts = []
    years = sorted(set(enrolment["year"]))[-YEARS:]
    for stage, grades in STAGE_GRADES.items():
        sums = enrolment.assign(n=enrolment[grades].sum(axis=1)).pivot(
            index="school_id", columns="year", values="n"
        )
        here = schools.loc[
            schools[f"pupils_{stage}"] > 0, ["school_id", "kind", "operator", "area", "township"]
        ]
        parts.append(here.assign(stage=stage, pupils=list(sums.loc[here["school_id"], years].to_numpy())))
    return pd.concat(parts, ignore_index=True)


def _spread(weight: np.ndarray, total: float, room: np.ndarray) -> np.ndarray:
    """Share a total out in whole numbers, in proportion to weights, none above its room: what finds no room is left."""
    parts = np.minimum(weight * total / max(weight.sum(), 1e-9), np.floor(room))
    return whole(parts[None])[0]


def _shares(
    rng: np.random.Generator, sections: pd.DataFrame, pupils: np.ndarray, levels: tuple, totals: np.ndarray | None
) -> np.ndarray:  # fmt: skip
    """Draw a group by area, each section's share the same in all years but for a little; ``totals`` by year where they are known."""
    level, spread, most = levels
    share = by_area(sections, level) * rng.lognormal(0, spread, len(sections))
    share[sections["kind"] == "special"] = 0
    weight = share[:, None] * pupils * rng.lognormal(0, 0.06, pupils.shape)
    totals = np.round(weight.sum(axis=0)) if totals is None else totals
    return np.stack(
        [_spread(w, t, most * p) for w, t, p in zip(weight.T, totals, pupils.T, strict=True)], axis=1
    )


def _left_behind(
    rng: np.random.Generator, sections: pd.DataFrame, pupils: np.ndarray, item: pd.Series
) -> np.ndarray:
    return _shares(
        rng, sections, pupils, LEFT_BEHIND, np.round(item["left_behind_children"] * np.array(FEWER_LEFT))
    )


def _migrants(
    rng: np.random.Generator, sections: pd.DataFrame, pupils: np.ndarray, item: pd.Series
) -> np.ndarray:
    """Draw migrants; in the last year one private section, the largest, takes many in and gets no others."""
    level, spread, most = MIGRANT
    private = (sections["operator"] == "private").to_numpy()
    weight = by_area(sections, level) * rng.lognormal(0, spread, len(sections))
    weight = weight * (sections["kind"] != "special").to_numpy() * np.where(private, IN_PRIVATE, 1.0)
    weight = weight * np.where(sections["stage"] == "junior", IN_JUNIOR, 1.0)
    totals = np.round(item["migrant_children_eligible"] * np.array(MORE_MIGRANTS))
    host = int(np.argmax(private * pupils[:, -1]))
    size = pupils[host, -1]
    taken = np.floor(min(most * size, max(TAKEN_IN * size, TIMES_UNPLACED * _unplaced(item))))
    columns = []
    for year, total in enumerate(totals):
        last = year == YEARS - 1
        own = weight * pupils[:, year] * rng.lognormal(0, 0.06, len(sections))
        own[host] *= not last
        column = _spread(own, total - last * taken, most * pupils[:, year])
        column[host] += last * taken
        columns.append(column)
    return np.stack(columns, axis=1)


def _unplaced(item: pd.Series) -> float:
    """Return how many migrants have no place in a public school nor a bought one, in the last year."""
    return item["migrant_children_eligible"] - item["migrant_children_placed"]


def _disabled(
    rng: np.random.Generator, sections: pd.DataFrame, pupils: np.ndarray, children: pd.DataFrame
) -> np.ndarray:
    """Give the children of each township who are taught in ordinary schools to its sections, or to the county's where it has none."""
    ordinary = children[children["placement"].isin(["regular", "regular_class"])]
    special = (sections["kind"] == "special").to_numpy()
    found = np.zeros(len(sections))
    for (township, stage), number in ordinary.groupby(["township", "age_group"]).size().items():
        of_stage = (sections["stage"] == stage).to_numpy() & ~special
        near = of_stage & (sections["township"] == township).to_numpy()
        weight = pupils[:, -1] * (near if near.any() else of_stage)
        found += rng.multinomial(number, weight / weight.sum())
    earlier = [np.minimum(rng.binomial(found.astype(int), share), p) for share, p in zip(FEWER_DISABLED, pupils.T, strict=True)]  # fmt: skip
    return np.where(special[:, None], pupils, np.stack(earlier, axis=1))


def _bought(sections: pd.DataFrame, migrants: np.ndarray, item: pd.Series) -> np.ndarray:
    """Return the places that the county buys: in the last year, all but those of migrants who are not placed."""
    private = migrants * (sections["operator"] == "private").to_numpy()[:, None]
    totals = np.floor(private.sum(axis=0) * BOUGHT)
    totals[-1] = max(private[:, -1].sum() - _unplaced(item), 0.0)
    return np.stack([_spread(w, t, w) for w, t in zip(private.T, totals, strict=True)], axis=1)


def _as_table(
    sections: pd.DataFrame, years: list[float], counts: dict[str, np.ndarray], girls: dict[str, np.ndarray], bought: np.ndarray
) -> pd.DataFrame:  # fmt: skip
    """Return a row for each year, section and group; places are bought for migrants alone."""
    shape = (len(sections), len(years), len(GROUPS))
    pupils, of_girls = (np.stack([each[group] for group in GROUPS], axis=2) for each in (counts, girls))
    purchased = np.full(shape, np.nan)
    private = (sections["operator"] == "private").to_numpy()
    for group in ("all", "migrant"):
        purchased[private, :, GROUPS.index(group)] = bought[private]
    section, year, group = (axis.ravel() for axis in np.indices(shape))
    frame = pd.DataFrame(
        {
            "year": np.array(years)[year],
            "school_id": sections["school_id"].to_numpy()[section],
            "stage": sections["stage"].to_numpy()[section],
            "group": np.array(GROUPS, dtype=object)[group],
            "pupils": pupils.astype(float).ravel(),
            "girls": of_girls.astype(float).ravel(),
            "purchased": purchased.ravel(),
        }
    )
    kept = pupils[:, :, :1].repeat(len(GROUPS), axis=2).ravel() > 0
    order = np.lexsort((group, frame["stage"] == "junior", frame["school_id"], frame["year"]))
    return frame.iloc[order[kept[order]]].reset_index(drop=True)
