"""The exercise of the synthetic county: answers against numbers counted in another way."""

from statistics import mean

import numpy as np
import pytest
from samples import sample_county
from scipy.optimize import minimize
from trainee import every_mistake_is_told

from balancelib.county import County, Lacking
from balancelib.course.exercises import exercises

EXERCISE = exercises("progress")["5"]
BEFORE, AFTER = range(2010, 2019), range(2019, 2026)


@pytest.fixture(scope="module", params=[7, 12])
def county(request):
    return sample_county(request.param)


def values(county):
    rows = county.tables["peer_counties"].to_dict("records")
    own = {int(row["year"]): row["cv"] for row in rows if row["own"] == 1}
    others = {}
    for row in rows:
        if row["own"] != 1:
            others.setdefault(row["peer"], {})[int(row["year"])] = row["cv"]
    return own, others


def made(own, others):
    """Gaps to the synthetic county by a solver that searches, not by the one of the library."""
    x = np.array([[other[year] for other in others] for year in (*BEFORE, *AFTER)])
    y, n = np.array([own[year] for year in (*BEFORE, *AFTER)]), len(BEFORE)
    miss = lambda w: 1e4 * np.sum((y[:n] - x[:n] @ w) ** 2)  # noqa: E731
    slope = lambda w: -2e4 * x[:n].T @ (y[:n] - x[:n] @ w)  # noqa: E731
    found = minimize(
        miss, np.full(x.shape[1], 1 / x.shape[1]), jac=slope, bounds=[(0, 1)] * x.shape[1],
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"maxiter": 200, "ftol": 1e-7},
    )  # fmt: skip
    return y - x @ found.x


def test_three_claims_and_a_rank(county):
    right = EXERCISE.answer(county)
    own, others = values(county)
    average = {year: mean(other[year] for other in others.values()) for year in own}
    change = lambda of: mean(of[y] for y in AFTER) - mean(of[y] for y in BEFORE)  # noqa: E731
    assert right["前后比"] == pytest.approx(change(own))
    assert right["减去平均"] == pytest.approx(change(own) - change(average))
    gap = made(own, list(others.values()))
    assert right["合成的县"] == pytest.approx(gap[9:].mean(), abs=2e-4)
    ratio = lambda gap: np.sqrt(np.mean(gap[9:] ** 2) / np.mean(gap[:9] ** 2))  # noqa: E731
    placebos = [
        ratio(made(other, [rest for code, rest in others.items() if code != at]))
        for at, other in others.items()
    ]
    assert right["第几"] == 1 + sum(value >= ratio(gap) for value in placebos)


def test_every_mistake_is_another_answer_and_is_told(county, monkeypatch):
    every_mistake_is_told("progress", "5", county, monkeypatch)


def test_without_the_years_before_that_is_said(county):
    peers = county.tables["peer_counties"]
    late = County(county.tables | {"peer_counties": peers[peers["year"] >= 2016]})
    with pytest.raises(Lacking, match="2019年以前只有3年的数"):
        EXERCISE.answer(late)
