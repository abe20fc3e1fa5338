"""What the tables' codes mean to the room: what a teacher counts for, which schools have the ordinary curriculum, what subjects are called."""

from fractions import Fraction

import pandas as pd

from balancelib.county.schema import schema

KEYS = ["school_id", "stage", "subject"]
INDICATORS = (
    "qualified_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
)  # of the standard, that teachers make
QUALIFIED = {"primary": ("college", "bachelor", "master"), "junior": ("bachelor", "master")}
BACKBONE = ("county", "city", "province")
PE_ARTS = ("pe", "music", "art")
SENIOR_TITLES = ("first", "senior", "full")  # 中级以上, as ``senior_title_*`` of the schools counts
HIGH_TITLES = ("senior", "full")  # 高级, by which women retire later
HEADS = ("head", "deputy_head")
FEWEST = 3  # persons: an exact count of fewer would tell who it is


def are_ordinary(schools: pd.DataFrame) -> pd.Series:
    """Whether schools teach by the ordinary curriculum: special and vocational ones have their own."""
    return ~schools["kind"].map(lambda kind: schema().kinds[kind].any_stage).astype(bool)


def are_qualified(teachers: pd.DataFrame) -> pd.Series:
    """Whether teachers are qualified above the required level of their stage (高于规定学历)."""
    pairs = zip(teachers["education"], teachers["stage"], strict=True)
    return pd.Series(
        [education in QUALIFIED[stage] for education, stage in pairs], teachers.index, dtype=bool
    )


def least(share: float, of: int) -> int:
    """Return the least whole number that is at least a share of another: 0.56 of 25 is 14, whatever the last bit says."""
    exact = Fraction(share).limit_denominator(10_000) * int(of)
    return -(-exact.numerator // exact.denominator)


def subject_labels() -> dict[str, str]:
    """Return how subjects are called, by key."""
    return schema().table("teachers").column("subject").codes
