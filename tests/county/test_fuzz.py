"""A few seconds of the fuzzer; how the long run went stands in fuzz/README.md."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
import fuzz


@pytest.mark.parametrize("seed", range(3))
def test_no_file_makes_the_check_crash(seed):
    fuzz.SEEN.clear()
    assert fuzz.at_random(seed, seconds=60, most=40) == []
    assert fuzz.SEEN["exit 1"] > 0
    assert fuzz.SEEN["exit 0"] > 0


def test_a_crash_would_be_found(monkeypatch, tmp_path):
    def crash(_arguments):
        raise IndexError

    monkeypatch.setattr(fuzz, "main", crash)
    assert "IndexError" in fuzz.attempt(b"some bytes", tmp_path)
    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".bytes", ".txt"]
