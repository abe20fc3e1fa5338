"""Do the tests of `balancelib.measures` notice when a formula is changed?

Run: python benchmarks/mutation.py [NUMBER], with cosmic-ray and the tests' packages installed; about half an hour for 500 on two
cores. It changes one operator, number, comparison or condition at a time in a copy of the package, a seeded sample of all such
changes, and runs the tests that belong to the changed file. Changes inside type annotations are left out, since importing fails
on most of them whatever the tests.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).parents[1]
PACKAGE = "balancelib/measures"
SEED, NUMBER, WORKERS, TIMEOUT = 20, 500, 2, 120

VECTORS, DOOR = "test_vectors.py", "test_door.py"
BASE = ("test_cv.py", "test_axioms.py", "test_precision.py", VECTORS, DOOR)
TESTS = {  # the tests that belong to a file, nearest first
    "access.py": (VECTORS, "test_axioms.py", DOOR),
    "columns.py": (DOOR, "test_cv.py"),
    "concentration.py": (VECTORS, DOOR, "test_axioms.py"),
    "decomposition.py": ("test_decomposition.py", VECTORS),
    "estimation.py": ("test_estimation.py", VECTORS),
    "influence.py": ("test_estimation.py", VECTORS),
    "multilevel.py": ("test_decomposition.py", VECTORS),
    "neutrality.py": (VECTORS, DOOR),
    "order.py": ("test_precision.py", DOOR),
    "sample.py": (*BASE, "test_decomposition.py"),
    "segregation.py": (VECTORS, DOOR, "test_axioms.py"),
    "summary.py": (DOOR,),
}


class Mutant(NamedTuple):
    """A change: the file, the operator that makes it, and at which of its places."""

    file: str
    operator: str
    occurrence: int
    line: int


def mutants(path: Path) -> Iterator[Mutant]:
    """All changes of a file."""
    source = path.read_text("utf-8")
    tree, outside = get_ast(source), _annotations(source)
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        if operator.arguments():
            continue
        positions = (place for node in ast_nodes(tree) for place in operator().mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            if not any(first <= tuple(start) < last for first, last in outside):
                yield Mutant(path.name, name, occurrence, start[0])


def _annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where type annotations begin and end."""
    found = []
    for node in ast.walk(ast.parse(source)):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        found += [
            ((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)) for part in parts if part
        ]
    return found


def survives(mutant: Mutant) -> str:
    """Run the tests on a changed copy; return the change where they all pass, else nothing."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        for folder in ("balancelib", "tests"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        if (shared := ROOT.parent / "shared").exists():  # others' data, for the tests that read them
            (copy.parent / "shared").symlink_to(shared)
        path = copy / PACKAGE / mutant.file
        before = path.read_text("utf-8")
        after = mutate_code(before, plugins.get_operator(mutant.operator)(), mutant.occurrence)
        path.write_text(after, "utf-8")
        tests = [f"tests/measures/{test}" for test in TESTS.get(mutant.file, BASE)]
        options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=quick", "-o", "addopts="]
        environment = os.environ | {
            "PYTHONPATH": str(copy),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
        }
        try:
            run = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *tests],
                cwd=copy, env=environment, capture_output=True, timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return ""
        if run.returncode != 0:
            return ""
        changed = zip(before.splitlines(), after.splitlines(), strict=False)
        return "  →  ".join(next((a.strip(), b.strip()) for a, b in changed if a != b))


def main() -> None:
    """Sample changes, run them, and print those that no test noticed."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    files = sorted((ROOT / PACKAGE).glob("*.py"))
    every = [mutant for path in files if path.name != "__init__.py" for mutant in mutants(path)]
    chosen = random.Random(SEED).sample(every, min(number, len(every)))
    survivors = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for i, (mutant, change) in enumerate(zip(chosen, pool.map(survives, chosen), strict=True), 1):
            if i % 50 == 0:
                print(f"{i} of {len(chosen)}", file=sys.stderr, flush=True)
            if change:
                survivors.append(mutant)
                print(f"{mutant.file}:{mutant.line} {mutant.operator}: {change}", flush=True)
    killed = len(chosen) - len(survivors)
    print(
        f"{len(every)} changes in all, {len(chosen)} tried, {killed} noticed: {100 * killed / len(chosen):.1f} %"
    )


if __name__ == "__main__":
    main()
