"""A survey of the synthetic county's adults: their parents' schooling and their own, as counts."""

import numpy as np
import pandas as pd

LEVELS = ("primary", "junior", "senior", "college")
ADULTS = {"urban": 800, "town": 700, "rural": 900}  # asked of each cohort
# Shares of the four levels among parents and among their children, by area and cohort: every generation has had more schooling.
PARENTS = {
    ("urban", "earlier"): (0.48, 0.30, 0.15, 0.07), ("urban", "later"): (0.17, 0.38, 0.27, 0.18),
    ("town", "earlier"): (0.66, 0.23, 0.08, 0.03), ("town", "later"): (0.34, 0.42, 0.16, 0.08),
    ("rural", "earlier"): (0.80, 0.15, 0.04, 0.01), ("rural", "later"): (0.50, 0.38, 0.09, 0.03),
}  # fmt: skip
CHILDREN = {
    ("urban", "earlier"): (0.20, 0.40, 0.23, 0.17), ("urban", "later"): (0.02, 0.19, 0.26, 0.53),
    ("town", "earlier"): (0.34, 0.43, 0.15, 0.08), ("town", "later"): (0.04, 0.33, 0.28, 0.35),
    ("rural", "earlier"): (0.52, 0.37, 0.08, 0.03), ("rural", "later"): (0.08, 0.46, 0.25, 0.21),
}  # fmt: skip
# Logarithm of the odds ratio of neighbouring levels. Planted: it differs by area, and is the same in both cohorts, so that the rise
# in schooling alone makes the later cohort look more mobile.
TIE = {"urban": 0.35, "town": 0.45, "rural": 0.60}


def draw_mobility(rng: np.random.Generator) -> pd.DataFrame:
    """Draw for each area and cohort how many adults there are of each pair of levels."""
    frames = []
    for (area, cohort), parents in PARENTS.items():
        shares = _joint(parents, CHILDREN[area, cohort], TIE[area])
        counts = rng.multinomial(ADULTS[area], shares.ravel()).astype(float)
        pairs = pd.MultiIndex.from_product([LEVELS, LEVELS], names=["parent_education", "child_education"])
        frame = pd.DataFrame({"adults": counts}, pairs).reset_index()
        frames.append(frame.assign(area=area, cohort=cohort, county_id=None))
    columns = ["area", "cohort", "parent_education", "child_education", "adults", "county_id"]
    return pd.concat(frames, ignore_index=True)[columns]


def _joint(parents: tuple[float, ...], children: tuple[float, ...], tie: float) -> np.ndarray:
    """Shares of all pairs with both margins and one odds ratio between neighbouring levels, by fitting the margins in turn."""
    level = np.arange(len(LEVELS))
    shares = np.exp(tie * np.outer(level, level))
    for _ in range(200):
        shares *= np.divide(parents, shares.sum(axis=1))[:, None]
        shares *= np.divide(children, shares.sum(axis=0))
    return shares / shares.sum()
