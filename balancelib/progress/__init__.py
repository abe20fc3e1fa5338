"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.peers import Peers, peer_outcomes
from balancelib.progress.synthetic import (
    Placebos,
    SyntheticCounty,
    naive_claims,
    placebo_counties,
    placebo_year,
    synthetic_county,
    without_each,
)

__all__ = [
    "Peers",
    "Placebos",
    "SyntheticCounty",
    "naive_claims",
    "peer_outcomes",
    "placebo_counties",
    "placebo_year",
    "synthetic_county",
    "without_each",
]
