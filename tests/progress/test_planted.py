"""What is planted is told of the sample alone; what other draws of the same truth find is found, not remembered."""

import numpy as np
import pytest

from balancelib.county.sample import true_reform, true_series
from balancelib.progress import planted_change, planted_reform, reform_found


def test_of_a_county_of_one_s_own_nothing_is_told(monkeypatch, tmp_path):
    change, reform = planted_change(), planted_reform()
    assert change.to_numpy() == pytest.approx(true_series().query("since >= 0")["effect"].to_numpy())
    assert change.index[0] == "2022-09"
    assert reform.to_numpy() == pytest.approx(true_reform()["effect"].to_numpy())
    monkeypatch.setenv("BALANCELIB_COUNTY", str(tmp_path))
    assert planted_change().empty
    assert planted_reform().empty


def test_other_draws_say_what_the_lesson_says():
    """Nearer than the average in most, off by more than the fit before, and not always in the first place."""
    found = reform_found(draws=40, seed=5)
    off = found["miss"].abs()
    assert abs(found["miss"].mean()) < 3 * found["miss"].std() / np.sqrt(40) + 0.003
    assert (off < found["average"].abs()).mean() > 0.75
    assert off.median() > 1.3 * found["pre"].median()
    assert 0.4 < (found["rank"] == 1).mean() < 0.9
    assert (found["rank"] <= 3).mean() > 0.9
    assert reform_found(draws=3, seed=5).equals(found.head(3))
