"""What the texts for engineers name is there: files, folders, the Makefile's targets."""

import re

import pytest
from conftest import ROOT

TEXTS = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md")
TOPS = (
    "balancelib/",
    "benchmarks/",
    "binder/",
    "book/",
    "data/",
    "kit/",
    "locale/",
    "notebooks/",
    "tests/",
    ".ci/",
    ".github/",
)


@pytest.mark.parametrize("name", TEXTS)
def test_files_that_are_named_are_there(name):
    named = set(re.findall(r"`([\w./-]+)`", (ROOT / name).read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if path.startswith(TOPS) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", TEXTS)
def test_targets_that_are_named_are_in_the_makefile(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    said = set(re.findall(r"(?:`|^ {4,}|&& )make ([a-z-]+)", text, re.MULTILINE))
    targets = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert said <= {word for line in targets for word in line.split()}
