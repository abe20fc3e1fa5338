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


class People(NamedTuple):
    """Children: the township of each by its place, how visible each is to offices, whether no school has it, whether it is of the group no more."""

    home: np.ndarray
    trait: np.ndarray
    out: np.ndarray
    gone: np.ndarray


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
        people = _people(rng, group, schools, latest, disabled)
        truth.append(_counted(townships, people.home, group=group))
        lengths = {name: _length(group, name, latest, items, len(people.home)) for name in offices}
        people = _with_gone(rng, people)
        listed = {name: _listed(rng, people, lengths[name], name, office) for name, office in offices.items()}
        registers += [
            _counted(townships, people.home[entries], office=name, group=group)
            for name, entries in listed.items()
        ]
        for (first, second), part in PAIRS[group].items():
            both = people.home[np.intersect1d(listed[first], listed[second])]
            compared = rng.random(len(townships)) < part
            counts = _counted(townships, both, group=group, first=first, second=second)
            pairs.append(counts[compared].rename(columns={"children": "both"}))
    return _sorted(registers), _sorted(pairs), pd.concat(truth, ignore_index=True)


def _counted(townships: np.ndarray, home: np.ndarray, **about: str) -> pd.DataFrame:
    """Return how many children, or entries of a register, each township has, and what they are about."""
    count = np.bincount(home, minlength=len(townships)).astype(float)
    return pd.DataFrame({"township": townships, **about, "children": count})


def _sorted(parts: list[pd.DataFrame]) -> pd.DataFrame:
    whole = pd.concat(parts).assign(county_id=None)
    return whole.sort_values(["township", "group"], kind="stable", ignore_index=True)


def _people(
    rng: np.random.Generator, group: str, schools: pd.DataFrame, groups: pd.DataFrame, disabled: pd.DataFrame
) -> People:  # fmt: skip
    """Draw a group's children."""
    townships = np.array(sorted(set(schools["township"])))
    if group == "disabled":
        home = np.searchsorted(townships, disabled["township"].to_numpy(dtype=str))
        graver = (2.5 - disabled["level"].to_numpy()) * 0.8
        out = disabled["placement"].isin(["deferred", "out"]).to_numpy()
        return People(home, graver + rng.normal(size=len(home)), out, np.zeros(len(home), dtype=bool))
    taught = _taught(group, groups)
    total = round(taught.sum() / REGISTERS[group]["school"].share)
    own = taught.groupby(taught.index.map(schools.set_index("school_id")["township"])).sum()
    there = own.reindex(townships).fillna(0).to_numpy()
    other = rng.lognormal(0, 0.4, len(townships)) * (townships != SEAT)
    part = ELSEWHERE[group]
    weight = (1 - part) * there / max(there.sum(), 1) + part * other / other.sum()
    home = np.repeat(np.arange(len(townships)), rng.multinomial(total, weight / weight.sum()))
    return People(home, rng.normal(size=total), np.zeros(total, dtype=bool), np.zeros(total, dtype=bool))


def _with_gone(rng: np.random.Generator, people: People) -> People:
    """Add those who were of the group."""
    gone = rng.choice(people.home, round(GONE * len(people.home)))
    more = People(
        gone, rng.normal(size=len(gone)), np.zeros(len(gone), dtype=bool), np.ones(len(gone), dtype=bool)
    )
    return People(*map(np.concatenate, zip(people, more, strict=True)))


def _taught(group: str, groups: pd.DataFrame) -> pd.Series:
    """Return the pupils of a group by school; ``groups`` has the last year alone."""
    here = groups[groups["group"] == ("all" if group == "school_age" else group)]
    return here.groupby("school_id")["pupils"].sum()


def _length(group: str, name: str, groups: pd.DataFrame, items: pd.DataFrame, true: int) -> int:
    """Return how long a register is: as another table says, or by its share of the true number."""
    if name == "school" and group != "disabled":
        return int(_taught(group, groups).sum())
    length = round(REGISTERS[group][name].share * true)
    return min(length, int(items["disabled_children"].iloc[0])) if name == "federation" else length


def _listed(rng: np.random.Generator, people: People, length: int, name: str, office: Office) -> np.ndarray:
    """Return whom a register's entries are: the most visible, chance apart, and few of those gone; some stand in it twice."""
    twice = round(office.twice * length)
    seen = np.sqrt(ALIKE) * people.trait + np.sqrt(1 - ALIKE) * rng.normal(size=len(people.trait))
    seen -= office.strict * people.gone
    seen[people.out & (name == "school")] = -np.inf
    single = min(length - twice, int(np.isfinite(seen).sum()))
    listed = np.argpartition(-seen, single - 1)[:single] if single > 0 else np.array([], dtype=int)
    return np.concatenate([listed, listed[rng.permutation(len(listed))[:twice]]])
