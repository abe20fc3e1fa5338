"""Time and memory of `balancelib assess` as a process, imports included, beside the floor that pandas sets.

Run: python benchmarks/assess.py > benchmarks/assess.md
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from balancelib.county import sample_county
from balancelib.county.write import write_csv

PYTHON = sys.executable
READ_ONLY = "import sys, pandas; pandas.read_csv(sys.argv[1] + '/schools.csv', dtype={'school_id': str})"
LARGE = 200_000  # schools


class Run(NamedTuple):
    """Wall time in seconds and peak memory in MB of one process."""

    seconds: float
    megabytes: float


def run(*command: str) -> Run:
    """Run a process and measure it."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"failed: {command}")
    return Run(seconds, usage.ru_maxrss / 1024)


def best(times: int, *command: str) -> Run:
    """Return the fastest of several runs."""
    return min(run(*command) for _ in range(times))


def assess(folder: Path) -> list[str]:
    """Return the command that assesses a folder and writes the whole result."""
    return [PYTHON, "-m", "balancelib", "assess", str(folder), "--json", str(folder / "out.json")]


def large(folder: Path, counties: bool) -> None:
    """Write many schools: the sample county over and over, as one county or as counties of 100."""
    tables = _small()
    copies = LARGE // len(tables["schools"])
    frames = {}
    for name, table in tables.items():
        repeated = [
            table.assign(**_own(table, i, counties))
            for i in range(copies if name != "county_items" or counties else 1)
        ]
        frames[name] = pd.concat(repeated, ignore_index=True)
    write_csv(frames, folder)


def _small() -> dict[str, pd.DataFrame]:
    """Return the tables of a county of 100 schools that a verdict asks for."""
    tables = sample_county(7, 100).tables
    return {name: tables[name] for name in ("schools", "school_items", "county_items")}


def _own(table: pd.DataFrame, i: int, counties: bool) -> dict[str, object]:
    own: dict[str, object] = {}
    if "school_id" in table:
        own["school_id"] = f"{i:04d}" + table["school_id"]
    if "name" in table:
        own["name"] = table["name"] + str(i)
    if counties and "county_id" in table:
        own["county_id"] = f"{i:06d}"
    return own


def main() -> None:
    """Measure and print a table in Markdown."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        small = root / "small"
        write_csv(_small(), small)
        rows.append(
            ("100所学校", best(5, *assess(small)), best(5, PYTHON, "-c", READ_ONLY, str(small)), "1.5秒")
        )
        for counties in (False, True):
            folder = root / f"large{counties}"
            large(folder, counties)
            of = "2000个县" if counties else "一个县"
            floor = best(3, PYTHON, "-c", READ_ONLY, str(folder))
            rows.append(
                (f"{LARGE // 10_000}万所学校，{of}", best(1, *assess(folder)), floor, "20秒，2048 MB")
            )
    print("| 数据 | 判定 | 内存峰值 | 只读进pandas | 用时之比 | 要求 |")
    print("|---|---|---|---|---|---|")
    for data, ours, floor, limit in rows:
        ratio = ours.seconds / floor.seconds
        print(
            f"| {data} | {ours.seconds:.2f}秒 | {ours.megabytes:,.0f} MB | {floor.seconds:.2f}秒 | {ratio:.1f} | {limit} |"
        )


if __name__ == "__main__":
    main()
