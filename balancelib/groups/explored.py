"""What a table of disabled children by township still tells under a stricter rule, or once townships are put together."""

from typing import NamedTuple

import pandas as pd

from balancelib.county import County
from balancelib.disclosure import HIDDEN, TOTAL, Confidential, Policy
from balancelib.groups.published import confidential_frame

FEW = 20  # children; a town with fewer is a small one


class Kept(NamedTuple):
    """What a table still tells.

    Attributes
    ----------
    rows : dict of str to (int, int)
        By row: cells that are told, and all of them; totals left out.
    children, all_children : float
        In the cells that are told, and in the whole table.
    narrowest : int or None
        Of the ranges of the hidden cells; None where nothing is hidden.
    """

    rows: dict[str, tuple[int, int]]
    children: float
    all_children: float
    narrowest: int | None


def merged(county: County, way: str) -> pd.DataFrame:
    """Return disabled children by township and placement with townships put together: those called 乡, and also the small 镇, as ``way`` says (并乡镇)."""
    frame, _ = confidential_frame(county, "disabled")
    size = frame.groupby("township")["children"].sum()
    rural = {name for name in size.index if name.endswith("乡")} if "各乡" in way else set()
    small = set(size.index[size < FEW]) - rural if "小镇" in way else set()
    named = frame["township"].map(lambda t: "各乡" if t in rural else "小镇" if t in small else t)
    return frame.assign(township=named)[["township", "placement", "children"]]


def kept_told(frame: pd.DataFrame, policy: Policy) -> Kept:
    """Publish a table of townships by placements, and return what is told."""
    release = Confidential(frame, "children").publish([("township", "placement")], policy)
    inner = release.table("township", "placement").drop(index=TOTAL, columns=TOTAL)
    told, found = inner.ne(HIDDEN), release.attack()
    counts = inner.where(told, "0").astype(int)
    width = (found["greatest"] - found["least"]).min() if len(found) else None
    return Kept(
        {name: (int(row.sum()), len(row)) for name, row in told.iterrows()},
        float(counts.to_numpy().sum()),
        float(frame["children"].sum()),
        None if width is None else int(width),
    )
