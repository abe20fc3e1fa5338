"""Time and memory of `balancelib report` as a process, for one report and for all that an office hands in.

Run: python benchmarks/report.py
"""

import sys
import tempfile
from pathlib import Path

from assess import PYTHON, best

from balancelib.county import sample_county
from balancelib.county.write import write_csv

IMPORTS = "import pandas, matplotlib.pyplot, openpyxl, docx"
SCHOOLS, LIMIT = 100, 15  # seconds, of issue 6


def main() -> None:
    """Measure and print a table in Markdown; exit with 1 where the limit is not kept."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_csv(sample_county(7, SCHOOLS).tables, root / "county")
        floor = best(3, PYTHON, "-c", IMPORTS)
        runs = {
            out: best(3, PYTHON, "-m", "balancelib", "report", str(root / "county"), "--out", str(root / out))
            for out in ("report.html", "report.docx", "numbers.xlsx", "all")
        }
    print("| written, 100 schools | time | memory | imports alone | ratio of times | limit |")
    print("|---|---|---|---|---|---|")
    for out, run in runs.items():
        ratio = run.seconds / floor.seconds
        print(
            f"| `--out {out}` | {run.seconds:.2f} s | {run.megabytes:,.0f} MB | {floor.seconds:.2f} s | {ratio:.1f} | {LIMIT} s |"
        )
    sys.exit(any(run.seconds > LIMIT for run in runs.values()))


if __name__ == "__main__":
    main()
