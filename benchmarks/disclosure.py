"""Tables of 250 disabled children in 20 townships: what hiding costs, how far from the best it may be, beside the simple pattern.

Run: python benchmarks/disclosure.py [SECONDS]
"""

import sys
import time

import numpy as np
import pandas as pd

from balancelib.disclosure import Confidential, Policy, audit
from balancelib.disclosure.lot import Lots
from balancelib.disclosure.pattern import plainly
from balancelib.disclosure.problem import Counts, Problem
from balancelib.disclosure.protect import draw, search

SIZES = {"township": 20, "kind": 7, "level": 5, "age": 2}
THREE = (("township", "kind"), ("township", "level"), ("kind", "level"))
SIX = tuple((a, b) for n, a in enumerate(SIZES) for b in list(SIZES)[n + 1 :])


def county(seed: int) -> pd.DataFrame:
    """250 children of a made-up county, a row each."""
    rng = np.random.default_rng(seed)
    draws = {d: rng.choice(n, 250, p=rng.dirichlet(np.full(n, 2.0))).astype(str) for d, n in SIZES.items()}
    return pd.DataFrame(draws).assign(children=1)


def measure(base: pd.DataFrame, tables: tuple[tuple[str, str], ...], policy: Policy) -> None:
    """Print a line: cells, hidden ones, cost, its bound, the cost of the simple pattern, seconds."""
    layout = Confidential(base).publish([()], policy).layout
    layout = type(layout)(layout.of, layout.values, (), {}, tables)
    counts = Counts(layout, base.groupby(list(SIZES))["children"].sum())
    simple = Problem(counts, policy, [])
    lots = Lots(policy.secret, ["benchmark"])
    draw(simple, lots)
    plain = simple.cost(plainly(simple, simple.attacker(), simple.forced.copy()))
    problem, start = Problem(counts, policy, []), time.perf_counter()
    found = search(problem, lots)
    seconds = time.perf_counter() - start
    released = Confidential(base).publish(tables, policy)
    narrow = len(audit([released], policy, seconds=policy.seconds))
    print(
        f"{len(tables)} tables: {len(problem.value)} cells, {int(problem.forced.sum())} small, {int(found.hidden.sum())} hidden; "
        f"cost {found.cost:.0f}, bound {found.bound:.0f}, simple {plain:.0f} ({plain / found.cost:.1f} times); "
        f"{seconds:.1f} s; audit finds {narrow}"
    )


if __name__ == "__main__":
    rules = Policy(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
    for tables in (THREE, SIX):
        measure(county(5), tables, rules)
