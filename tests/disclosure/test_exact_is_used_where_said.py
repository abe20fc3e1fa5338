"""Whoever takes exact counts out of their wrapping stands in policy.toml, and nobody stands there who does not."""

import ast
import json

from conftest import ROOT

from balancelib.disclosure.policy import purposes

PLACES = ("balancelib", "notebooks", "tests", "benchmarks", "book")


def sources():
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if "_build" in path.parts or ".ipynb_checkpoints" in path.parts:
                continue
            if path.suffix == ".py" and ".exact" in (text := path.read_text(encoding="utf-8")):
                yield name, text
            elif path.suffix == ".ipynb":
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                for cell in cells:
                    if cell["cell_type"] == "code":
                        text = "".join(cell["source"])
                        if ".exact" in text:
                            yield name, text


def uses(text):
    """Purposes for which a program calls ``….exact(…)``; None where none is written, or where what wraps counts has its method taken without a call."""
    tree = ast.parse(text)
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    wraps = "Confidential" in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "exact" and isinstance(node.ctx, ast.Load):
            call = called.get(id(node))
            asked = [*call.args, *(k.value for k in call.keywords)] if call else []
            if call or wraps:
                yield asked[0].value if asked and isinstance(asked[0], ast.Constant) else None


def test_uses_are_found_however_they_are_written():
    text = 'Confidential\na = c.exact("核对")\nb = c.exact(purpose="看")\nf = c.exact\nc.exact(x)'
    assert sorted(map(str, uses(text))) == ["None", "None", "核对", "看"]
    assert not list(uses("a = count.exact"))


def test_exact_is_used_where_said():
    found = {(name, purpose) for name, text in sources() for purpose in uses(text)}
    refused = {("tests/disclosure/test_confidential.py", "随便看看")}  # is tried there, and is refused
    said = {(name, p.purpose) for p in purposes() for name in p.files}
    assert found - refused == said
