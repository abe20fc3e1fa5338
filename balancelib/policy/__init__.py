"""Module 一, policy and its ideas: what equity asks for, and how schools, counties and provinces act together."""

from balancelib.policy.alliances import SENT, alliance_roles
from balancelib.policy.pairing import Pairing, nearest_first, pair_schools, pairing_levels
from balancelib.policy.reasons import explain_left, explain_pairs

__all__ = [
    "SENT", "Pairing", "alliance_roles", "explain_left", "explain_pairs", "nearest_first", "pair_schools", "pairing_levels",
]  # fmt: skip
