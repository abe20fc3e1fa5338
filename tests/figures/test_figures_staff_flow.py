"""The figure of teachers' moves: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import rule_lines


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def by_rule():
    """Two rules over three years; the second halves the coefficient and goes back."""
    rows = []
    for rule, values in {"不派": (0.6, 0.6, 0.6), "派一批": (0.6, 0.3, 0.6)}.items():
        for year, cv in zip((2025, 2026, 2027), values, strict=True):
            rows.append({"rule": rule, "year": year, "cv": cv, "cv_low": cv - 0.1, "cv_high": cv + 0.1,
                         "behind": 2 - cv, "behind_low": 1.9 - cv, "behind_high": 2.1 - cv})  # fmt: skip
    return pd.DataFrame(rows)


def test_both_panels_have_a_line_a_rule_and_its_band(by_rule):
    above, below = rule_lines(by_rule, "骨干教师", "名", limit=0.5)
    for axes, column in ((above, "cv"), (below, "behind")):
        for line, rule in zip(axes.get_lines(), ("不派", "派一批"), strict=False):
            assert line.get_ydata().tolist() == by_rule[by_rule["rule"] == rule][column].tolist()
        assert len(axes.collections) == 2
    first, second, limit = above.get_lines()
    assert set(limit.get_ydata()) == {0.5}
    assert (first.get_linestyle(), first.get_marker()) != (second.get_linestyle(), second.get_marker())
    band = above.collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(0.2)
    assert band[:, 1].max() == pytest.approx(0.7)
    assert "名" in below.get_ylabel()
    assert "年份" in below.get_xlabel()


def test_what_is_heard_is_what_is_drawn(by_rule):
    heard = rule_lines(by_rule, "骨干教师", "名")[0].figure.alternative_text
    assert "2种做法" in heard
    assert "派一批：2025年0.600和1.40，2026年0.300和1.70，2027年0.600和1.40" in heard
