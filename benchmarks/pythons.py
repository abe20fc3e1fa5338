"""Does the library hold on every Python that we name, with the newest packages and with the oldest that pyproject.toml allows?

Run: make pythons  (or python benchmarks/pythons.py [3.13-oldest …] [-- TESTS OF PYTEST …]); needs uv and the package index. Each
Python that this machine has gets an environment of its own under _build/pythons; what it lacks is said and not fetched. "Oldest"
is the floor of each dependency of the library itself; what the tests need beside that is the newest that goes with it. Without
tests named, those that meet every dependency (`CORE`) are run, on few examples and without Spark's cluster. One row each in pythons.csv, which the book's
page of the state shows.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from balancelib.county.whole import whole_or_absent  # noqa: E402
from balancelib.course.book import commit  # noqa: E402

BUILT, TABLE = ROOT / "_build" / "pythons", ROOT / "benchmarks" / "pythons.csv"
PYTHONS, KINDS = ("3.11", "3.12", "3.13"), {"newest": "highest", "oldest": "lowest-direct"}
CORE = (
    "tests/measures/test_vectors.py", "tests/measures/test_decomposition.py",  # numpy, scipy
    "tests/measures/test_door.py",  # narwhals, pandas
    "tests/national/test_spread.py",
    "tests/national/test_verdicts.py",
    "tests/standards/test_standards.py", "tests/assess/test_assess.py", "tests/county/test_write.py", "tests/returns/test_import.py",  # msgspec, openpyxl
    "tests/county/test_sample.py",
    "tests/test_highs.py", "tests/disclosure/test_confidential.py",  # highspy
    "tests/teachers/test_contacts.py",  # networkx
    "tests/progress/test_staggered.py",  # pyfixest
    "tests/report/test_report_word.py",  # python-docx, matplotlib
    "tests/figures/test_figures.py", "tests/figures/test_figures_mobility.py",  # seaborn
    "tests/test_killed.py", "tests/test_faults_together.py",
)  # fmt: skip
SHOWN = ("numpy", "scipy", "pandas", "narwhals", "openpyxl", "matplotlib", "highspy", "pyfixest")
HEAD = (
    "asked",
    "packages",
    "python",
    "ran",
    "passed",
    "failed",
    "skipped",
    "seconds",
    "tests",
    "commit",
    *SHOWN,
)


class Case(NamedTuple):
    """A Python and which packages."""

    asked: str
    kind: str

    @property
    def folder(self) -> Path:
        """Where its environment is."""
        return BUILT / f"{self.asked}-{self.kind}"

    @property
    def python(self) -> str:
        """Its Python."""
        return str(self.folder / "bin" / "python")


def uv(*words: str) -> subprocess.CompletedProcess[str]:
    """Run uv at the root; it is to fetch no Python."""
    command = ["uv", *words, "--no-python-downloads", "--no-progress"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def interpreter(asked: str) -> str:
    """Find a Python on the path, or among those of pyenv, which puts one of them on the path; empty where there is none."""
    of_pyenv = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{asked}.*/bin/python"))  # fmt: skip
    found = uv("python", "find", "--no-project", "--system", asked)
    return str(of_pyenv[-1]) if of_pyenv else found.stdout.strip()


def built(case: Case) -> str:
    """Build an environment; return what stands in the way."""
    if not (found := interpreter(case.asked)):
        return "no such Python here"
    pins = case.folder.with_suffix(f"{case.folder.suffix}.txt")
    pins.parent.mkdir(parents=True, exist_ok=True)
    steps = (
        ("venv", "--clear", "--python", found, str(case.folder)),
        ("pip", "compile", "pyproject.toml", "--python", case.python, "--only-binary", ":all:", "--resolution", KINDS[case.kind],
         "--output-file", str(pins)),
        ("pip", "install", "--python", case.python, "--requirements", str(pins), "--constraints", str(pins), "--group", "test"),
    )  # fmt: skip
    for step in steps:
        if (done := uv(*step)).returncode:
            return done.stderr.strip()[-300:]
    return ""


def tried(case: Case, tests: Iterable[str]) -> dict[str, str | int]:
    """Run the tests in an environment, and sum up what they said."""
    record = case.folder.with_suffix(f"{case.folder.suffix}.xml")
    record.unlink(missing_ok=True)
    settings = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": f"{case.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}  # fmt: skip
    options = ("-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not spark", "--hypothesis-profile=quick", f"--junit-xml={record}")  # fmt: skip
    log = case.folder.with_suffix(f"{case.folder.suffix}.log")
    with log.open("w", encoding="utf-8") as said:
        subprocess.run(
            [case.python, "-m", "pytest", *options, *tests],
            cwd=ROOT, env=os.environ | settings, stdout=said, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if not record.exists():
        return {"ran": f"no record: see {log.relative_to(ROOT)}"}
    suite = ElementTree.parse(record).getroot().find("testsuite")
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    if not counts["tests"]:
        return {"ran": f"no test: see {log.relative_to(ROOT)}"}
    failed = counts["failures"] + counts["errors"]
    return {
        "ran": "yes",
        "passed": counts["tests"] - failed - counts["skipped"],
        "failed": failed,
        "skipped": counts["skipped"],
    }


def versions(case: Case) -> dict[str, str]:
    """Versions of Python and of the packages that are shown."""
    code = "import platform; from importlib.metadata import version as v; print(platform.python_version(), *map(v, {!r}.split()))"
    done = subprocess.run([case.python, "-c", code.format(" ".join(SHOWN))], capture_output=True, text=True, check=True)  # fmt: skip
    return dict(zip(("python", *SHOWN), done.stdout.split(), strict=True))


def row(case: Case, tests: tuple[str, ...]) -> dict[str, str | int]:
    """Build and try one case."""
    begun, about = time.monotonic(), {"asked": case.asked, "packages": case.kind}
    if stands := built(case):
        return about | {"ran": stands}
    found = tried(case, tests or CORE)
    kind = "named" if tests else "core"
    return about | versions(case) | {"tests": kind, "seconds": round(time.monotonic() - begun)} | found


def write(rows: Iterable[dict[str, str | int]]) -> None:
    """Put rows in the place of those of the same case, the others stay."""
    old = list(csv.DictReader(TABLE.open(encoding="utf-8"))) if TABLE.exists() else []
    whole = {(r["asked"], r["packages"]): r for r in [*old, *rows]}
    with whole_or_absent(TABLE) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEAD, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(whole[key] for key in sorted(whole))


def main(words: list[str]) -> int:
    """Try the cases named, or all; 1 where a test fails or an environment cannot be built."""
    named, tests = words, ()
    if "--" in words:
        cut = words.index("--")
        named, tests = words[:cut], tuple(words[cut + 1 :])
    cases = [Case(python, kind) for python in PYTHONS for kind in KINDS]
    good, tested = True, commit(ROOT)  # before the table that is written makes it another state
    for case in cases:
        if named and case.folder.name not in named:
            continue
        found = row(case, tests) | {"commit": tested}
        write([found])
        print(case.folder.name, *(f"{key}={found[key]}" for key in HEAD[2:8] if key in found), flush=True)
        good &= found["ran"] == "no such Python here" or found.get("failed") == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
