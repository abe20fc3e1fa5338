"""Level × change: where each indicator of each section stands, and whether it rose or fell since the year before."""

import functools
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib.assess.logic import reaches
from balancelib.assess.verdict import Assessment
from balancelib.standards import Standard

BOTH, OPENED, CLOSED = "both", "opened", "closed"
MET = 3  # the lowest level at which the threshold is met


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``change.toml`` says."""

    step: float
    levels: tuple[str, ...]
    no_floor_levels: tuple[str, ...]
    changed: float
    much: float
    changes: tuple[str, ...]
    colours: tuple[tuple[str, ...], ...]
    names: dict[str, str]


@functools.cache
def rules() -> Rules:
    """Return the bands and colours, read once."""
    data = Path(__file__).with_name("change.toml").read_bytes()
    return msgspec.toml.decode(data, type=Rules)


@dataclass(frozen=True)
class Bands:
    """The bands of a standard.

    Attributes
    ----------
    bounds : tuple of float
        Ratios to the threshold at which the levels above the lowest begin.
    levels : tuple of str
        Their names, from the lowest.
    """

    bounds: tuple[float, ...]
    levels: tuple[str, ...]


def bands(standard: Standard) -> Bands:
    """Return the levels that follow from a standard's threshold and floor.

    The distance from the threshold to the floor, 0.15 under quality-2017, is the width of every band: 0.70, 0.85, 1, 1.15.
    """
    floor = standard.school_rule.floor if standard.school_rule else 0.0
    step = 1 - floor if 0 < floor < 1 else rules().step
    names = rules().levels if 0 < floor < 1 else rules().no_floor_levels
    return Bands((1 - 2 * step, 1 - step, 1.0, 1 + step), names)


def level_change(now: Assessment, before: Assessment) -> pd.DataFrame:
    """Compare every indicator of every section with the year before.

    Parameters
    ----------
    now, before : Assessment
        Of the same county under the same standard, with the same relaxations.

    Returns
    -------
    DataFrame
        A row a section and indicator that has a threshold, in the order of ``now``, then those that closed:
        ``stage, school_id, name, key``; ``status``, ``"both"``, ``"opened"`` or ``"closed"``; ``pupils``,
        ``pupils_before``; ``total``, ``total_before``, the numerators; ``ratio``, ``ratio_before``, values over their
        threshold; ``change``, their difference; ``level``, ``trend``, from 0, the lowest, to 4, or None; ``colour``, of
        both, or None; ``by_pupils``, whether the ratio rose with no more resources, only with fewer pupils.

    Raises
    ------
    ValueError
        The standard has no thresholds.

    Notes
    -----
    The way of the California School Dashboard (Department of Education, five-by-five colored tables): five levels
    of status by five of change, and a colour for each of the 25 cells. Its colours are those of chronic
    absenteeism, where less is better, so left and right are swapped. Levels follow from the official threshold
    and floor; the bounds of change, 0.02 and 0.10 of the threshold, are an assumption of ours, in ``change.toml``.
    A school is the same where its ``school_id`` is.
    """
    if now.ratios is None or before.ratios is None:
        raise ValueError(f"{now.standard.label}没有给学校定达标线，分不出水平的档次。")
    merged = _long(now).merge(
        _long(before),
        on=["stage", "school_id", "key"],
        how="outer",
        suffixes=("", "_before"),
        indicator="status",
    )
    status = merged["status"].map({"both": BOTH, "left_only": OPENED, "right_only": CLOSED}).astype(object)
    merged = merged.assign(status=status, name=merged["name"].fillna(merged["name_before"]))
    merged = merged.sort_values(["order", "order_before"], ignore_index=True)
    return _judged(merged, now.standard)


def _long(assessment: Assessment) -> pd.DataFrame:
    """A row a section and indicator with a threshold."""
    sections = assessment.sections[["stage", "school_id", "name", "pupils"]]
    parts = [
        sections.assign(
            key=i.key,
            order=sections.index * len(assessment.standard.indicators) + n,
            total=assessment.totals[i.key].to_numpy(dtype=float),
            ratio=assessment.ratios[i.key].to_numpy(dtype=float),
        )
        for n, i in enumerate(assessment.standard.indicators)
        if i.thresholds
    ]
    return pd.concat(parts, ignore_index=True)


def _judged(merged: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    change = (merged["ratio"] - merged["ratio_before"]).to_numpy()
    level = [None if np.isnan(r) else level_of(r, standard) for r in merged["ratio"]]
    trend = [None if np.isnan(c) else trend_of(c) for c in change]
    both = zip(level, trend, strict=True)
    risen = reaches(change, rules().changed)
    more = merged["total"] > merged["total_before"]
    return merged.drop(columns=["name_before", "order", "order_before"]).assign(
        change=change,
        level=pd.Series(level, dtype=object),
        trend=pd.Series(trend, dtype=object),
        colour=pd.Series(
            [None if t is None else rules().colours[place][t] for place, t in both], dtype=object
        ),
        by_pupils=risen & ~more & (merged["pupils"] < merged["pupils_before"]),
    )


def level_of(ratio: float, standard: Standard) -> int:
    """Return the level of a value, as a multiple of its threshold: 0 the lowest, 4 the highest."""
    return sum(bool(reaches(ratio, bound)) for bound in bands(standard).bounds)


def trend_of(change: float) -> int:
    """Return the band of a change in the ratio: 0 fell much, 2 stayed, 4 rose much."""
    up = sum(bool(reaches(change, bound)) for bound in (rules().changed, rules().much))
    down = sum(bool(reaches(-change, bound)) for bound in (rules().changed, rules().much))
    return 2 + up - down


def grid(changes: pd.DataFrame, stage: str) -> np.ndarray:
    """Count the cells of the grid: a row a level, from the lowest; a column a change, from the largest fall."""
    counts = np.zeros((5, 5), dtype=int)
    known = changes[(changes["stage"] == stage) & changes["colour"].notna()]
    np.add.at(counts, (known["level"].astype(int), known["trend"].astype(int)), 1)
    return counts
