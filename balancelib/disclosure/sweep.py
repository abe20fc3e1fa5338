"""Tables that show many cells to be open at once: each spares the attack a question a cell."""

import time

import numpy as np
from scipy.sparse import block_array, csr_array, diags_array

from balancelib.disclosure.attack import Attacker
from balancelib.highs import Model

SECONDS = 3.0  # for one table, where the number of nodes does not end the search before
NODES = 200  # of one search: so that it ends alike on every machine
NEAR = 0.3  # relative, of the number of targets: a good table is enough
FEW = 40  # targets that one table is looked for at a time
LONELY = 4  # fewer are better asked one by one


def sweep(attacker: Attacker, asked: np.ndarray, need: np.ndarray, deadline: float) -> None:
    """Look for such tables for the targets ``asked`` that are not yet known to be open, until no more come."""
    for size in (FEW, FEW // 4):
        before = np.inf
        while len(narrow := asked[~is_open(attacker, asked, need)]) > LONELY and len(narrow) < before:
            before = len(narrow)
            for n in range(0, before, size):
                some = narrow[n : n + size]
                some = some[~is_open(attacker, some, need)]
                if time.monotonic() >= deadline:
                    return
                if len(some):
                    _one(attacker, some, need[some], deadline)


def is_open(attacker: Attacker, targets: np.ndarray, need: np.ndarray) -> np.ndarray:
    """Say of each target whether tables were found that are far enough apart."""
    least = np.where(attacker.endless, 0, attacker.least)[targets]
    return attacker.endless[targets] | (attacker.greatest[targets] - least >= need[targets])


def _one(attacker: Attacker, targets: np.ndarray, need: np.ndarray, deadline: float) -> None:
    """Look for the table in which the most targets are ``need`` above the least that was found of them."""
    aim = attacker.least[targets] + need
    crossings = attacker.rows.shape[1]
    matrix = block_array([[attacker.rows, None], [attacker.targets[targets], -diags_array(aim)]])
    n, free = len(targets), np.full(len(targets), np.inf)
    model = Model(
        csr_array(matrix),
        np.r_[attacker.low, np.zeros(n)],
        np.r_[attacker.high, free],
        np.zeros(crossings + n),
        np.r_[np.full(crossings, attacker.cap), np.ones(n)],
    )
    cost = np.r_[np.zeros(crossings), -np.ones(n)]
    left = max(min(deadline - time.monotonic(), SECONDS), 0.05)
    start = attacker.start()
    start = None if start is None else np.r_[start, np.zeros(n)]
    found = model.minimise(cost, whole=True, seconds=left, gap=NEAR, start=start, nodes=NODES)
    attacker.add(None if found.x is None else found.x[:crossings])
