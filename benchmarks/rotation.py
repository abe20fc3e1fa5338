"""Time and proof of rotation plans for counties of 80 schools and about 3,000 teachers, on one core.

Run: python benchmarks/rotation.py > benchmarks/rotation.md
"""

import os
import time

from balancelib.county import road_matrix, sample_county
from balancelib.teachers import Limits, persons_required, plan_rotation, staff_balance

SEEDS, SCHOOLS, SECONDS = (7, 0, 1), 80, 600.0


def main() -> None:
    """Measure and print a table in Markdown."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("| 种子 | 教师 | 处理器秒数 | 证明最优 | 符合条件 | 合并成组 | 交流 | 补上的缺岗 |")
    print("|---|---|---|---|---|---|---|---|")
    for seed in SEEDS:
        county = sample_county(seed, SCHOOLS)
        required = persons_required(staff_balance(county))
        km = road_matrix(county.tables["distances"], county.schools["school_id"])
        start = time.process_time()
        plan = plan_rotation(county, required, km, year=2026, limits=Limits(), seconds=SECONDS)
        seconds = time.process_time() - start
        short, left = plan.posts["short"].sum(), plan.posts["short_after"].sum()
        print(
            f"| {seed} | {len(county.tables['teachers']):,} | {seconds:.1f} | {'是' if plan.proven else '否'} | {plan.question.eligible:,} "
            f"| {len(plan.question.groups):,} | {len(plan.chosen)} | {short}个里的{short - left}个 |",
            flush=True,
        )


if __name__ == "__main__":
    main()
