"""Time and memory of `balancelib report` as a process, for one report and for all that an office hands in.

Beside the time by the clock stands that of the processor: the first is what a user waits, the second what it is on a quiet machine.

Run: python benchmarks/report.py > benchmarks/report.md
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from balancelib.county import sample_county
from balancelib.county.write import write_csv

IMPORTS = "import pandas, matplotlib.pyplot, openpyxl, docx"
SCHOOLS, LIMIT = 100, 15  # seconds, of issue 6


class Run(NamedTuple):
    """Seconds by the clock and of the processor, and peak memory in MB, of one process."""

    clock: float
    processor: float
    megabytes: float


def run(*arguments: str) -> Run:
    """Run Python and measure it."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {arguments}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Measure and print a table in Markdown; exit with 3 where the limit is not kept."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_csv(sample_county(7, SCHOOLS).tables, root / "county")
        floor = run("-c", IMPORTS)
        report = [
            "-m",
            "balancelib",
            "report",
            str(root / "county"),
            "--previous",
            str(root / "county"),
            "--out",
        ]
        runs = {
            out: run(*report, str(root / out))
            for out in ("report.html", "report.docx", "numbers.xlsx", "all")
        }
    print("| 写出（100所学校） | 用时 | 处理器 | 内存峰值 | 只装载程序包 | 之比 | 要求 |")
    print("|---|---|---|---|---|---|---|")
    for out, one in runs.items():
        ratio = one.processor / floor.processor
        print(
            f"| `--out {out}` | {one.clock:.1f}秒 | {one.processor:.1f}秒 | {one.megabytes:,.0f} MB "
            f"| {floor.processor:.1f}秒 | {ratio:.1f} | {LIMIT}秒 |"
        )
    sys.exit(3 if any(one.clock > LIMIT for one in runs.values()) else 0)


if __name__ == "__main__":
    main()
