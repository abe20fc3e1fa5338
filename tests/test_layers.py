"""Who may import whom: each package from those above it, a module room from no other, figures from no room."""

import ast
import re
from itertools import chain

import pytest
from conftest import ROOT

PACKAGE = ROOT / "balancelib"
ROOMS = ("policy", "resources", "teachers", "quality", "groups", "progress")
LAYERS = [
    "measures",
    "standards",
    "county",
    "disclosure",
    "assess",
    "national",
    *ROOMS,
    "figures",
    "report",
    "course",
    "cli",
]
HELPERS = {"toml", "text", "console", "sheets", "bounded", "highs"}  # of everybody, and they need nobody


def layer(path):
    """Name of the package or module that a file is of."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """Packages of ours that a file imports when it runs; what only a type checker reads does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in chain.from_iterable(map(ast.walk, block.body))
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("balancelib"):
            rest = node.module.split(".")[1:]
            yield from rest[:1] or [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1] for alias in node.names if alias.name.startswith("balancelib.")
            )


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if layer(path) in LAYERS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_imports_only_from_above(path):
    here = layer(path)
    above = set(LAYERS[: LAYERS.index(here)]) | {here} | HELPERS | {"__version__"}
    if here in ROOMS or here == "figures":
        above -= set(ROOMS) - {here}
    assert set(imported(path)) <= above


def test_the_page_for_contributors_tells_the_same():
    """CONTRIBUTING.md has the layers in their order, and every file and folder that it names is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| .+ \|$", text, re.MULTILINE)[1:]
    told = [name for row in rows for name in re.findall("`(.+?)`", row) or ROOMS]
    assert set(told[: len(HELPERS)]) == HELPERS
    assert told[len(HELPERS) :] == LAYERS
    for name in re.findall(r"`([\w.]+(?:/[\w.*]+)+/?)`", text):
        assert [*ROOT.glob(name), *PACKAGE.glob(name)], name
