"""Figures of disclosure: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import explore_disclosure, hidden_table
from balancelib.groups.explored import Kept

SHOWN = pd.DataFrame([["14", "…"], ["0", "…"]], ["东乡", "西乡"], ["随班就读", "送教上门"])
RANGES = {("东乡", "送教上门"): (0, 9), ("西乡", "送教上门"): (3, 3)}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_hidden_cells_are_drawn_with_what_a_reader_can_tell():
    axes = hidden_table(SHOWN, RANGES, width=5)
    assert [text.get_text() for text in axes.texts] == ["14", "0～9", "0", "＝3"]
    assert len(axes.patches) == 2
    said = axes.figure.alternative_text
    assert "东乡的送教上门0～9" in said
    assert "其中1格的范围太窄，等于写出来了" in said


def test_a_leak_looks_different_from_what_holds():
    holds, leaks = hidden_table(SHOWN, RANGES, width=5).patches
    assert holds.get_facecolor() != leaks.get_facecolor()
    assert leaks.get_linewidth() > holds.get_linewidth()


def test_nothing_hidden_is_said():
    axes = hidden_table(SHOWN.replace("…", "6"), {})
    assert not axes.patches
    assert "没有藏起来的格子" in axes.figure.alternative_text


def test_explorer_counts_what_is_told():
    def kept(least, merge):
        told = 2 if least == 3 else 1
        return Kept({"东乡": (told, 2), "西乡": (1, 2)}, 12.0, 16.0, None if merge == "并" else 6)

    explorer = explore_disclosure(kept, [3, 5], ["不并", "并"])
    assert explorer.beginning.sentence == (
        "少于5人的不写，不并：4格写出2格，75%的孩子在写出的格子里；藏起来的格子，读者推得出的范围最窄差6。"
    )
    assert (
        explorer.at([0, 1]).sentence
        == "少于3人的不写，并：4格写出3格，75%的孩子在写出的格子里；没有藏的格子。"
    )
    assert explorer.at([0, 1]).panels[1].values == [100.0, 50.0]
