"""What several tables of the synthetic county draw with."""

import numpy as np
import pandas as pd

from balancelib.county.schema import AREAS

SEAT = "城关镇"  # the township of the county's seat
GIRLS = 0.465  # of the pupils


def by_area(schools: pd.DataFrame, levels: tuple[float, float, float]) -> np.ndarray:
    """Return for each school the level of its area."""
    return schools["area"].map(dict(zip(AREAS, levels, strict=True))).to_numpy(dtype=float)


def whole(parts: np.ndarray) -> np.ndarray:
    """Round each row to whole numbers that keep its sum: the largest remainders are rounded up."""
    floor = np.floor(parts)
    left = np.round((parts - floor).sum(axis=1))
    rank = np.argsort(np.argsort(floor - parts, axis=1, kind="stable"), axis=1)
    return floor + (rank < left[:, None])
