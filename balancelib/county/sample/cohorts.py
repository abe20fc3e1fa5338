"""Junior cohorts of the synthetic county, from grade 7 to graduation."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area

ENTERED = (2021, 2022)
GROUPS = ("all", "left_behind", "migrant", "disabled")
FLOWS = ("transfers_in", "transfers_out", "deaths", "dropouts", "returned", "suspended")
LOST, LOST_SPREAD = (0.013, 0.025, 0.055), 0.35  # drop out, by area
RETURNED, SUSPENDED, DIED = 0.16, 0.25, 0.0003  # of those who drop out, again of them, and of all
MOVED = 0.02  # of a cohort, who come and as many who go, beside the net flow
LAST_SUMMER = 0.995  # graduates against the pupils of grade 9 and those lost since
# How much oftener than all others a group moves and drops out.
RISK = {
    "left_behind": {"dropouts": 1.8}, "migrant": {"transfers_in": 3.0, "transfers_out": 2.5}, "disabled": {"dropouts": 2.0, "suspended": 3.0},
}  # fmt: skip
NOT_ENTERED = 0.06  # of the entrants: transfers in that were left out in one school
SLIP = 5.0  # graduates too many in another


def draw_cohorts(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, groups: pd.DataFrame
) -> pd.DataFrame:
    """Draw the table ``cohorts``: those who entered grade 7 in 2021 and 2022 and left in 2024 and 2025.

    Entrants are the pupils of grade 7 of that year in ``enrolment``, graduates near those of grade 9 two years later. By the official
    rule about 97 of a hundred stay, as by the figures of `county_items`, which are of a smaller county; fewer in rural schools.

    Planted, in the cohort of 2022: the urban school with most entrants left most of its transfers in out, so that by the rule more than all have stayed;
    a slip in the second largest cohort of the others makes its graduates 5 too many. In all other rows the account closes.
    """
    frames, shares = [], _shares(groups)
    for entered in ENTERED:
        whole = _whole(rng, schools, enrolment, entered)
        parts = [
            _part(rng, whole, shares[group].reindex(whole["school_id"]).fillna(0).to_numpy(), group)
            for group in GROUPS[1:]
        ]
        frames += [whole.assign(group="all"), *parts]
    table = pd.concat(frames, ignore_index=True)
    _plant(table)
    table["order"] = table["group"].map(GROUPS.index)
    names = ["school_id", "entered", "group", "entrants", *FLOWS, "graduates"]
    return table.sort_values(["school_id", "entered", "order"], ignore_index=True)[names]


def _whole(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, entered: int
) -> pd.DataFrame:
    """Draw the whole cohort of each school that had one."""
    by_year = enrolment.set_index(["year", "school_id"])
    first, last = (by_year.loc[float(entered + k)][f"grade{7 + k}"] for k in (0, 2))
    here = schools[["school_id", "area", "kind"]].assign(entrants=schools["school_id"].map(first))
    here = here[here["entrants"] > 0].reset_index(drop=True)
    entrants = here["entrants"].to_numpy().astype(int)
    lost = np.minimum(by_area(here, LOST) * rng.lognormal(0, LOST_SPREAD, len(here)), 0.3)
    dropouts = rng.binomial(entrants, lost)
    flows = {
        "deaths": np.minimum(rng.poisson(DIED * entrants), entrants - dropouts),
        "dropouts": dropouts,
        "returned": rng.binomial(dropouts, RETURNED),
        "suspended": rng.binomial(dropouts, SUSPENDED),
    }
    flows["suspended"] = np.minimum(flows["suspended"], entrants - dropouts - flows["deaths"])
    staying = entrants - flows["deaths"] - dropouts + flows["returned"] - flows["suspended"]
    target = (
        np.round(here["school_id"].map(last).fillna(0).to_numpy() * LAST_SUMMER) - (entrants - staying) // 2
    )
    net = np.maximum(target, 0) - staying
    moved = np.minimum(rng.poisson(MOVED * entrants), staying - np.maximum(-net, 0))
    flows |= {"transfers_in": moved + np.maximum(net, 0), "transfers_out": moved + np.maximum(-net, 0)}
    return _closed(here.assign(entered=float(entered), **{name: flows[name].astype(float) for name in FLOWS}))


def _closed(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the graduates, so that the account closes."""
    gains = frame["entrants"] + frame["transfers_in"] + frame["returned"]
    losses = frame["transfers_out"] + frame["deaths"] + frame["dropouts"] + frame["suspended"]
    return frame.assign(graduates=gains - losses)


def _shares(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the groups' shares of each school's junior pupils in the first year that is known."""
    early = groups[(groups["year"] == groups["year"].min()) & (groups["stage"] == "junior")]
    pupils = early.pivot(index="school_id", columns="group", values="pupils")
    return pupils.div(pupils["all"], axis=0)


def _part(rng: np.random.Generator, whole: pd.DataFrame, share: np.ndarray, group: str) -> pd.DataFrame:
    """Draw a group within each cohort: never more than the whole in any column, nor is the rest left with less than nothing."""
    drawn = {}
    for name in ("entrants", "transfers_in", "transfers_out", "deaths", "dropouts", "suspended"):
        odds = np.minimum(share * RISK[group].get(name, 1.0), np.where(share < 1, 0.9, 1.0))
        drawn[name] = rng.binomial(whole[name].astype(int), odds)
    left = drawn["entrants"] + drawn["transfers_in"]
    for name in ("dropouts", "transfers_out", "suspended", "deaths"):
        drawn[name] = np.minimum(drawn[name], left)
        left = left - drawn[name]
    dropouts = whole["dropouts"].astype(int).to_numpy()
    drawn["returned"] = rng.hypergeometric(
        drawn["dropouts"], dropouts - drawn["dropouts"], whole["returned"].astype(int)
    )
    values = {name: column.astype(float) for name, column in drawn.items()}
    return _closed(whole[["school_id", "area", "kind", "entered"]].assign(group=group, **values))


def _plant(table: pd.DataFrame) -> None:
    """Let one school leave transfers in out, and one count too many graduates."""
    latest = table[
        (table["entered"] == ENTERED[-1]) & (table["group"] == "all") & (table["kind"] != "special")
    ]
    ordered = latest.sort_values(["entrants", "school_id"], ascending=[False, True])
    urban = ordered["area"] == "urban"
    first = (ordered[urban] if urban.any() else ordered).index[0]
    missing, told = np.ceil(NOT_ENTERED * table.at[first, "entrants"]), table.at[first, "transfers_in"]
    same = (table["school_id"] == table.at[first, "school_id"]) & (table["entered"] == ENTERED[-1])
    known = table.loc[same & (table["group"] != "all"), "transfers_in"].max()
    left = max(told - missing, known)  # those of a group stand in its row
    table.loc[first, "transfers_in"] = left
    table.loc[first, "graduates"] += missing - (told - left)
    second = ordered.index[ordered.index != first][1]
    table.loc[second, "graduates"] += SLIP
