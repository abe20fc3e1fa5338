"""The posts of the synthetic county's schools: how many teachers a school and stage has of each subject."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import whole
from balancelib.county.schema import STAGES

ARTS = {"pe": 0.50, "music": 0.26, "art": 0.24}
ACADEMIC = {
    "primary": {"chinese": 0.42, "math": 0.27, "english": 0.11, "morality": 0.05, "science": 0.08, "it": 0.04, "practice": 0.03},
    "junior": {
        "chinese": 0.19, "math": 0.19, "english": 0.18, "morality": 0.08, "history": 0.08, "geography": 0.06, "biology": 0.06,
        "physics": 0.09, "chemistry": 0.05, "it": 0.01, "practice": 0.01,
    },
}  # fmt: skip
# A small primary school has nearly all its teachers in two subjects: more than they need, and nobody for the others.
SMALL = {"chinese": 0.58, "math": 0.38, "english": 0.04}
FEW_PUPILS = 200
COUNTED = ("qualified", "backbone", "pe_arts", "senior_title")


def sections_of(schools: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each school and stage that has teachers, with the head counts of table ``schools``."""
    parts = []
    for stage in STAGES:
        here = schools[schools[f"teachers_{stage}"] > 0].assign(stage=stage)
        names = {f"{name}_{stage}": name for name in ("pupils", "classes", "teachers", *COUNTED)}
        parts.append(
            here[["school_id", "stage", "area", "township", "operator", *names]].rename(columns=names)
        )
    whole_county = pd.concat(parts, ignore_index=True)
    return whole_county.sort_values(["school_id", "stage"], ascending=[True, False], ignore_index=True)


def posts_of(rng: np.random.Generator, sections: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each teacher: number of the section, and subject."""
    subjects = [*dict.fromkeys(name for shares in ACADEMIC.values() for name in shares), *ARTS]
    small = (sections["stage"] == "primary") & (sections["pupils"] < FEW_PUPILS)
    kinds = np.where(small, "small", sections["stage"])
    academic = pd.DataFrame([SMALL if kind == "small" else ACADEMIC[kind] for kind in kinds])
    arts = pd.DataFrame([ARTS] * len(sections))
    counts = pd.concat(
        [
            _shared_out(rng, academic, sections["teachers"] - sections["pe_arts"], 0.12),
            _shared_out(rng, arts, sections["pe_arts"], 0.30),
        ],
        axis=1,
    ).reindex(columns=subjects)
    number = counts.to_numpy().astype(int)
    return pd.DataFrame(
        {
            "section": np.repeat(np.arange(len(sections)), number.sum(axis=1)),
            "subject": np.concatenate([np.repeat(subjects, row) for row in number]),
        }
    )


def _shared_out(
    rng: np.random.Generator, shares: pd.DataFrame, posts: pd.Series, spread: float
) -> pd.DataFrame:
    """Share whole posts out by shares that differ a little from school to school."""
    drawn = shares.fillna(0).to_numpy() * rng.lognormal(0, spread, shares.shape)
    parts = drawn / drawn.sum(axis=1, keepdims=True) * posts.to_numpy()[:, None]
    return pd.DataFrame(whole(parts), columns=shares.columns)
