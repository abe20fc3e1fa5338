"""How uneven the counties of one province were in sixteen years, and a reform that only the synthetic county had."""

import numpy as np
import pandas as pd

from balancelib.county.sample.schools import COUNTY

YEARS = np.arange(2010, 2026)
OTHERS = 24
STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地"
REFORM = 2019  # teachers belong to the county and no longer to a school
EFFECTS = (-0.02, -0.04, -0.06)  # in the first years; the last holds from then on
LEVEL = (0.38, 0.045)  # of a county's coefficient of variation, mean and spread
FALL, FALL_SPREAD = 0.13, 0.055  # of the first factor, from the first year to the last
WAVE = 0.022  # spread of the loadings on the second
CHANCE = 0.004
ALIKE = 5  # counties of which the own one is a mixture
SHOCK, SHOCKED = 2021, 0.05  # a county that lost its schools to a flood: from then on so much less even


def draw_peers(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the table ``peer_counties``: the own county and 24 others of a province, from two factors that all share.

    Planted: the own county is but for chance a weighted mean of some others, of those that start high and fall slowly: the mean of all
    falls faster and is no guide to it. From 2019 on the reform lowers it, by what `true_reform` tells. Another county is hit by a shock
    of its own in 2021 and stays less even.
    """
    time = np.linspace(0, 1, len(YEARS))
    wave = np.sin(2 * np.pi * (YEARS - YEARS[0]) / 11) + 0.3 * rng.normal(size=len(YEARS))
    fall = FALL + FALL_SPREAD * rng.normal(size=OTHERS)
    level = LEVEL[0] + LEVEL[1] * rng.normal(size=OTHERS)
    smooth = time + 0.03 * np.cumsum(rng.normal(size=len(YEARS)))
    paths = level[:, None] - fall[:, None] * smooth + WAVE * rng.normal(size=(OTHERS, 1)) * wave
    slow = np.argsort(fall - 1.5 * (level - LEVEL[0]), kind="stable")  # high, and falling slowly
    alike = slow[1 : ALIKE + 1]
    own = rng.dirichlet(np.full(ALIKE, 4.0)) @ paths[alike] + true_reform()["effect"].to_numpy()
    paths[slow[OTHERS // 2], SHOCK <= YEARS] += SHOCKED
    values = np.vstack([own, paths]) + CHANCE * rng.normal(size=(OTHERS + 1, len(YEARS)))
    names = [COUNTY, *(f"{stem}县（合成）" for stem in STEMS)]
    return pd.DataFrame(
        {
            "peer": np.repeat([f"P{k:02d}" for k in range(1, OTHERS + 2)], len(YEARS)),
            "name": np.repeat(names, len(YEARS)),
            "year": np.tile(YEARS.astype(float), OTHERS + 1),
            "own": np.repeat([1.0, *[0.0] * OTHERS], len(YEARS)),
            "cv": np.clip(values, 0.05, None).round(4).ravel(),
            "county_id": None,
        }
    )


def true_reform() -> pd.DataFrame:
    """Return what the reform truly changes in the own county of table ``peer_counties``: ``year, effect``, the same for every seed."""
    since = YEARS - REFORM
    effect = np.where(since < 0, 0.0, np.take(EFFECTS, np.clip(since, 0, len(EFFECTS) - 1)))
    return pd.DataFrame({"year": YEARS, "effect": effect})
