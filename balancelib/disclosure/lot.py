"""Lots that nobody can draw again who does not know the counts.

Notes
-----
What the choice of hidden cells may tell. Whoever knows how it is made can ask of each table that agrees with what is published: would this table
have led to this pattern? Tables that would not are ruled out, and the ranges of `Release.attack` are then too wide (the minimality attack: Wong,
Fu, Wang and Pei 2007, Minimality attack in privacy preserving data publishing, VLDB). Two things follow from a cheapest pattern: a
complementary cell is no larger than what could have been hidden in its stead, and among cells that protect each other one is small.

What is done. What hiding a cell costs is raised by a share drawn by lot (``noise``), so that the cheapest is not always hidden; and a few
cells are treated as small though they are not (``decoys``), so that hidden cells do not prove that there is a small one among them. The lots
are a keyed hash (HMAC-SHA256) of ``Policy.secret``, all exact counts and the cell's name: the same each time for the office, and not to be
worked out from what is published.

What this gives, and what not. With a secret, a reader cannot work the pattern out for a table that they suspect. Without one the lots hang
on the exact counts alone: they cannot be drawn again without all of these, but a reader who can list *every* table that agrees with what is
published (a few hundred thousand at the most, so only where little is hidden) may try each. In both cases the reader may still reason with
odds: a hidden cell is more often small than not, and one decoy in a large release changes that little. Neither is this differential
privacy, and no such guarantee is claimed: what is guaranteed are the ranges of `Release.attack`, to a reader who knows what is published,
that counts are whole and not negative, and what the marks say.
"""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np

STEPS = 1 << 32


class Lots:
    """Lots for the cells of a table.

    Parameters
    ----------
    secret
        Of the policy.
    counts
        All exact counts, as text, in a fixed order.
    """

    def __init__(self, secret: str, counts: Sequence[str]) -> None:
        self._key = hmac.digest(secret.encode(), "\n".join(counts).encode(), hashlib.sha256)

    def draw(self, what: str, names: Sequence[object]) -> np.ndarray:
        """Return a number from 0 to below 1 for each name, as if drawn at random: the same for the same name."""
        texts = (f"{what}\0{name!r}".encode() for name in names)
        first = (hmac.digest(self._key, text, hashlib.sha256)[:4] for text in texts)
        return np.array([int.from_bytes(four, "big") / STEPS for four in first])

    def __repr__(self) -> str:
        return "Lots(…)"
