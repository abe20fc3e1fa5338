"""Registers of several offices in the synthetic county, that disagree as real ones do, and the true numbers behind them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT

GONE = 0.10  # for each child of a group, one who was of it: moved away, or a parent came back
ALIKE = 0.5  # how far offices overlook the same children


class Office(NamedTuple):
    """A register: its length against the true number, how well those gone are struck off, and the share that stands in it twice."""

    share: float
    strict: float
    twice: float = 0.0


# The school's register counts a child twice who changed schools and is on both rolls. The police has those who are gone.
REGISTERS = {
    "left_behind": {"school": Office(0.93, 2.5, 0.01), "civil": Office(0.80, 2.5), "village": Office(0.95, 1.0)},
    "disabled": {
        "health": Office(0.78, 1.5), "federation": Office(0.71, 2.5), "school": Office(0.83, 9.0), "civil": Office(0.64, 2.5),
    },
    "migrant": {"security": Office(1.02, 0.3), "school": Office(0.90, 2.5, 0.02), "village": Office(0.72, 1.5)},
    "school_age": {
        "security": Office(1.01, 0.5), "health": Office(0.96, 2.0), "school": Office(0.985, 3.0, 0.005), "village": Office(0.95, 1.5),
    },
}  # fmt: skip
# Pairs that were compared, and in which part of the townships.
PAIRS = {
    "left_behind": {("school", "civil"): 0.6, ("school", "village"): 0.8, ("civil", "village"): 1.0},
    "disabled": {("health", "federation"): 0.7, ("federation", "school"): 1.0, ("health", "school"): 0.5},
    "migrant": {("security", "school"): 0.8, ("security", "village"): 0.5},
    "school_age": {("security", "school"): 0.6, ("health", "school"): 0.5},
}
# Of a group's children so many live out of the seat, wherever they are taught.
ELSEWHERE = {"left_behind": 0.25, "migrant": 0.03, "school_age": 0.25}


def draw_registers(
    rng: np.random.Generator, schools: pd.DataFrame, groups: pd.DataFrame, disabled: pd.DataFrame, items: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Draw the tables ``registers`` and ``register_pairs``, and the true number of each township and group.

    All are of the last year. The school's registers of left-behind children, migrants and children of school age are as long as
    ``group_pupils`` says, by the township where a child lives; the federation's is as long as `county_items` says: it has those with
    a certificate, rather those of the graver levels. True disabled children are those of ``disabled_children``.
    """
    townships = np.array(sorted(set(schools["township"])))
    latest = groups[groups["year"] == groups["year"].max()]
    registers, pairs, truth = [], [], []
    for group, offices in REGISTERS.items():
        home, trait, barred = _people(rng, group, schools, latest, disabled)
        true = np.bincount(home, minlength=len(townships)).astype(float)
        truth.append(pd.DataFrame({"township": townships, "group": group, "children": true}))
        gone = rng.choice(home, round(GONE * len(home)))
        home, away = np.concatenate([home, gone]), np.arange(len(home) + len(gone)) >= len(home)
        trait = np.concatenate([trait, rng.normal(size=len(gone))])
        listed = {}
        for name, office in offices.items():
            known = _known_length(group, name, latest, items, len(trait) - len(gone), office)
            shut = np.concatenate([barred, np.zeros(len(gone), dtype=bool)]) & (name == "school")
            listed[name], twice = _listed(rng, trait, away, shut, known, office)
            count = np.bincount(np.concatenate([home[listed[name]], home[twice]]), minlength=len(townships))
            registers.append(pd.DataFrame({"township": townships, "office": name, "group": group, "children": count.astype(float)}))  # fmt: skip
        for (first, second), part in PAIRS[group].items():
            both = np.bincount(home[_is_in(listed[first], home) & _is_in(listed[second], home)], minlength=len(townships))  # fmt: skip
            compared = rng.random(len(townships)) < part
            pairs.append(pd.DataFrame({"township": townships, "group": group, "first": first, "second": second,
                                       "both": both.astype(float)})[compared])  # fmt: skip
    return (
        pd.concat(registers)
        .assign(county_id=None)
        .sort_values(["township", "group"], kind="stable", ignore_index=True),
        pd.concat(pairs)
        .assign(county_id=None)
        .sort_values(["township", "group"], kind="stable", ignore_index=True),
        pd.concat(truth, ignore_index=True),
    )


def _is_in(listed: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return for each person whether a register has them."""
    found = np.zeros(len(people), dtype=bool)
    found[listed] = True
    return found


def _people(
    rng: np.random.Generator, group: str, schools: pd.DataFrame, groups: pd.DataFrame, disabled: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Draw a group's children: township by its place, how visible each is to offices, and whether no school has it."""
    townships = np.array(sorted(set(schools["township"])))
    if group == "disabled":
        home = np.searchsorted(townships, disabled["township"].to_numpy(dtype=str))
        graver = (2.5 - disabled["level"].to_numpy()) * 0.8
        return (
            home,
            graver + rng.normal(size=len(home)),
            disabled["placement"].isin(["deferred", "out"]).to_numpy(),
        )
    taught = _taught(group, groups)
    total = round(taught.sum() / REGISTERS[group]["school"].share)
    own = taught.groupby(taught.index.map(schools.set_index("school_id")["township"])).sum()
    there = own.reindex(townships).fillna(0).to_numpy()
    other = rng.lognormal(0, 0.4, len(townships)) * (townships != SEAT)
    part = ELSEWHERE[group]
    weight = (1 - part) * there / max(there.sum(), 1) + part * other / other.sum()
    home = np.repeat(np.arange(len(townships)), rng.multinomial(total, weight / weight.sum()))
    return home, rng.normal(size=total), np.zeros(total, dtype=bool)


def _taught(group: str, groups: pd.DataFrame) -> pd.Series:
    """Return the pupils of a group by school; ``groups`` has the last year alone."""
    here = groups[groups["group"] == ("all" if group == "school_age" else group)]
    return here.groupby("school_id")["pupils"].sum()


def _known_length(
    group: str, name: str, groups: pd.DataFrame, items: pd.DataFrame, true: int, office: Office
) -> int:
    """Return how long a register is: as another table says, or by its share of the true number."""
    if name == "school" and group != "disabled":
        return int(_taught(group, groups).sum())
    length = round(office.share * true)
    return min(length, int(items["disabled_children"].iloc[0])) if name == "federation" else length


def _listed(
    rng: np.random.Generator, trait: np.ndarray, away: np.ndarray, shut: np.ndarray, length: int, office: Office
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return who stands in a register, and who twice: the most visible, chance apart, and few of those gone."""
    twice = round(office.twice * length)
    seen = np.sqrt(ALIKE) * trait + np.sqrt(1 - ALIKE) * rng.normal(size=len(trait)) - office.strict * away
    seen[shut] = -np.inf
    single = min(length - twice, int(np.isfinite(seen).sum()))
    listed = np.argpartition(-seen, single - 1)[:single] if single > 0 else np.array([], dtype=int)
    return listed, listed[rng.permutation(len(listed))[:twice]]
