"""Tables of 250 disabled children in 20 townships: what hiding costs, how far from the best it may be, beside the simple pattern.

Run: python benchmarks/disclosure.py [SECONDS] > benchmarks/disclosure.md
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
from balancelib.highs import proven

SIZES = {"township": 20, "kind": 7, "level": 5, "age": 2}
THREE = (("township", "kind"), ("township", "level"), ("kind", "level"))
SIX = tuple((a, b) for n, a in enumerate(SIZES) for b in list(SIZES)[n + 1 :])


def county(seed: int) -> pd.DataFrame:
    """250 children of a made-up county, a row each."""
    rng = np.random.default_rng(seed)
    draws = {d: rng.choice(n, 250, p=rng.dirichlet(np.full(n, 2.0))).astype(str) for d, n in SIZES.items()}
    return pd.DataFrame(draws).assign(children=1)


def measure(base: pd.DataFrame, tables: tuple[tuple[str, str], ...], policy: Policy) -> None:
    """Print a line of a table: cells, hidden ones, cost, its bound, the cost of the simple pattern, seconds."""
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
    bound = f"{found.bound:.0f}" + ("（已证明）" if proven(found.cost - found.bound, abs(found.cost)) else "")
    print(
        f"| {len(tables)} | {found.cost:.0f} | {plain:,.0f}（{plain / found.cost:.1f}倍） | {seconds:.1f} | {bound} "
        f"| {len(problem.value)} | {int(problem.forced.sum())} | {int(found.hidden.sum())} | {narrow} |",
        flush=True,
    )


if __name__ == "__main__":
    rules = Policy(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
    print(
        "| 两两交叉的表 | 代价 | 简单办法的代价 | 秒 | 代价的下限 | 格 | 人数少的 | 遮住 | 反查没有断定遮得住的格 |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for tables in (THREE, SIX):
        measure(county(5), tables, rules)
