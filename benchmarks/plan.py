"""Time, cost, bound and gap of plans for counties of 100 schools, on one core, beside the same program without its chords.

Run: python benchmarks/plan.py > benchmarks/plan.md
"""

import os
import time
from typing import NamedTuple

from balancelib.assess import assess
from balancelib.county import sample_county
from balancelib.resources import plan_compliance
from balancelib.resources.compliance import search

SEEDS, SCHOOLS, SECONDS = range(20), 100, 60.0
SAID = {True: "是", False: "否"}


class Run(NamedTuple):
    """Seconds of the core and what was found."""

    seconds: float
    cost: float
    gap: float
    proven: bool
    meets: bool


def run(seed: int) -> Run:
    """Plan one county."""
    county = sample_county(seed, SCHOOLS)
    start = time.process_time()
    plan = plan_compliance(county, seconds=SECONDS)
    seconds = time.process_time() - start
    found = plan.status == "planned"
    return Run(
        seconds, plan.cost, plan.gap, found and plan.proven, found and assess(plan.county).resources_meet
    )


def main() -> None:
    """Measure and print a table in Markdown."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    run(0)  # imports
    ours = {seed: run(seed) for seed in SEEDS}
    search.MARGINS = (None,)  # tangents only, as Kelley and Duran and Grossmann have them
    tangents = {seed: run(seed) for seed in SEEDS}
    print(
        "| 种子 | 处理器秒数 | 只用切线，秒数 | 切线证明最省 | 我们证明最省 | 差距 | 判定通过 | 造价（万元） |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for seed, one in ours.items():
        other = tangents[seed]
        print(
            f"| {seed} | {one.seconds:.1f} | {other.seconds:.1f} | {SAID[other.proven]} "
            f"| {SAID[one.proven]} | {one.gap:.1g} | {SAID[one.meets]} | {one.cost / 1e4:,.2f} |"
        )


if __name__ == "__main__":
    main()
