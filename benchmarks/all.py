"""Run the benchmarks one after the other, and write what each prints beside it, whole or not at all; `make benchmarks` does.

Run: python benchmarks/all.py [NAME …]   all of them, or those named: `national plan`. Takes hours; on a machine that does something else too, times are longer.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from balancelib.county.files import whole_or_absent

HERE = Path(__file__).parent
# What each is given, and the packages whose versions matter beside Python's.
PRINTING: dict[str, tuple[list[str], list[str]]] = {
    "assess": ([], ["pandas"]),
    "report": ([], ["pandas", "matplotlib"]),
    "measures": ([], ["numpy", "scipy"]),
    "intervals": ([], ["numpy"]),
    "plan": ([], ["highspy"]),
    "rotation": ([], ["highspy"]),
    "disclosure": (["40"], ["highspy"]),
    "national": ([], ["narwhals", "polars", "duckdb", "pandas", "pyspark"]),
}
LATE = 3  # with what a benchmark ends that does not keep a limit
AS_IT_IS = "peers"  # prints CSV with the versions in it


def machine(packages: list[str]) -> str:
    """Say on which machine and with what this is measured, and how busy the machine is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = f"开始时平均负载{os.getloadavg()[0]:.1f}"
    versions = "，".join(f"{package} {version(package)}" for package in packages)
    date = datetime.now(UTC).date().isoformat()
    return f"{os.cpu_count()}核，{busy}；{memory:.0f} GB内存；Python {platform.python_version()}，{versions}；{date}"


def main(names: list[str]) -> None:
    """Run those named, or all."""
    for name in names or [*PRINTING, AS_IT_IS]:
        arguments, packages = PRINTING.get(name, ([], []))
        command = ["python", f"benchmarks/{name}.py", *arguments]
        head = "" if name == AS_IT_IS else f"{machine(packages)}；`{' '.join(command)}`。\n\n"
        print(f"{name} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, *command[1:]], check=False, cwd=HERE.parent, stdout=subprocess.PIPE, text=True
        )
        if done.returncode not in {0, LATE}:
            sys.exit(f"{name}: failed, nothing written")
        with whole_or_absent(HERE / f"{name}{'.csv' if name == AS_IT_IS else '.md'}") as temporary:
            temporary.write_text(head + done.stdout, encoding="utf-8")
        if done.returncode:
            print(f"{name}: a limit is not kept", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
