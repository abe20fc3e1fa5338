"""Disabled children of the synthetic county: where they live, what they need, where they are taught."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT, whole

RATE = 0.0075  # of the pupils of compulsory education
MOST = 1.6  # for each pupil of the special schools: these, and those taught at home, are on their rolls
IN_SEAT = 0.3  # live in the seat, of those who do not live in a township planted small
FEW = 3  # children of each township planted small
# Shares of the ages, of the kinds, and of the levels, the gravest first.
AGES = {"primary": 0.68, "junior": 0.32}
KINDS = {
    "vision": 0.05, "hearing": 0.09, "speech": 0.07, "body": 0.19, "intellect": 0.42, "mental": 0.07, "multiple": 0.11,
}  # fmt: skip
LEVELS = (0.25, 0.25, 0.27, 0.23)
PLACEMENTS = ("regular", "regular_class", "special", "home", "deferred", "out")
# Shares of the placements by level, the gravest first.
PLACED = np.array([
    (0.08, 0.05, 0.25, 0.42, 0.06, 0.14),
    (0.28, 0.08, 0.36, 0.16, 0.04, 0.08),
    (0.70, 0.07, 0.12, 0.02, 0.02, 0.07),
    (0.86, 0.02, 0.03, 0.00, 0.01, 0.08),
])  # fmt: skip
KEY = ["township", "age_group", "kind", "level", "placement"]


def draw_disabled(rng: np.random.Generator, schools: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the table ``disabled_children``, and the children one by one for the tables that must agree with it.

    Planted: two townships or more have exactly three children each; in the first of them one child alone is of its kind, deaf, and
    in no school. About seven of eight are enrolled: the table meets 85 % and not 95 %.
    """
    townships = np.array(sorted(set(schools["township"])))
    number, small = _by_township(rng, schools, townships)
    n = number.sum()
    people = pd.DataFrame(
        {
            "township": np.repeat(townships, number),
            "age_group": rng.choice(list(AGES), n, p=list(AGES.values())),
            "kind": rng.choice(list(KINDS), n, p=list(KINDS.values())),
            "level": 1.0 + rng.choice(len(LEVELS), n, p=LEVELS),
        }
    )
    cumulated = PLACED.cumsum(axis=1)[people["level"].to_numpy(dtype=int) - 1]
    choice = (rng.random((n, 1)) > cumulated[:, :-1]).sum(axis=1)
    people["placement"] = np.array(PLACEMENTS)[choice]
    people.loc[(people["placement"] == "deferred") & (people["age_group"] == "junior"), "placement"] = "home"
    first = np.flatnonzero(people["township"] == townships[small[0]])
    people.loc[first, "kind"] = ["hearing", "intellect", "intellect"]
    people.loc[first[0], ["level", "placement"]] = [1.0, "out"]
    table = people.groupby(KEY, as_index=False).size().rename(columns={"size": "children"})
    return table.astype({"children": float}).assign(county_id=None), people


def _by_township(
    rng: np.random.Generator, schools: pd.DataFrame, townships: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw how many children each township has, and which are planted small: never the seat."""
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1)
    special = pupils[schools["kind"] == "special"].sum()
    total = max(round(min(RATE * pupils.sum(), MOST * special)), 10 * len(townships))
    others = np.flatnonzero(townships != SEAT)
    small = np.sort(rng.permutation(others)[: max(2, len(townships) // 5)])
    weight = rng.lognormal(0, 0.4, len(townships))
    weight[small] = 0
    seat = townships == SEAT
    weight[seat] = weight[~seat].sum() * IN_SEAT / (1 - IN_SEAT) or 1.0  # all else may be planted small
    number = whole((weight / weight.sum() * (total - FEW * len(small)))[None])[0]
    number[small] = FEW
    return number.astype(int), small
