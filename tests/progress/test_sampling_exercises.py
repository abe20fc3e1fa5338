"""The exercises of sampling and of the survey: answers counted from the tables in another way, and each usual mistake."""

import hashlib
from math import sqrt

import pytest
from samples import sample_county
from scipy.stats import t

from balancelib.course.exercises import judge, session
from balancelib.course.exercises.progress import sampling, survey

EXERCISES = {**sampling.EXERCISES, **survey.EXERCISES}


@pytest.fixture(scope="module", params=[7, 12])
def county(request):
    return sample_county(request.param)


def test_fitness_is_estimated_from_the_schools_with_the_lowest_digests(county):
    """The ratio of a stratified sample, by loops."""
    results = county.tables["school_results"].query("year == 2025").dropna(subset="fitness")
    results = results.assign(good=results["tested"] * results["fitness"])
    sums = results.groupby("school_id")[["tested", "good"]].sum()
    area = county.schools.set_index("school_id")["area"]
    lot = {s: hashlib.sha256(f"督导:{s}".encode()).hexdigest() for s in sums.index}
    places = {a: (area[sums.index] == a).sum() for a in ("urban", "town", "rural")}
    drawn = dict.fromkeys(places, 2)
    while sum(drawn.values()) < 15:
        best = max(sorted(drawn), key=lambda a: places[a] / sqrt(drawn[a] * (drawn[a] + 1)))
        drawn[best] += 1
    rows = {a: sorted((s for s in sums.index if area[s] == a), key=lot.get)[:n] for a, n in drawn.items()}
    weight = {a: places[a] / n for a, n in drawn.items()}
    good = sum(weight[a] * sums.loc[rows[a], "good"].sum() for a in rows)
    tested = sum(weight[a] * sums.loc[rows[a], "tested"].sum() for a in rows)
    ratio, variance = good / tested, 0.0
    for a, ids in rows.items():
        e = sums.loc[ids, "good"] - ratio * sums.loc[ids, "tested"]
        variance += places[a] ** 2 * (1 / drawn[a] - 1 / places[a]) * e.var() / tested**2
    half = t.ppf(0.975, 12) * sqrt(variance)
    assert EXERCISES["6"].answer(county) == pytest.approx({"优良率": 100 * ratio, "误差": 100 * half})


def test_satisfaction_is_counted_from_the_tables(county):
    area = county.schools.set_index("school_id")["area"]
    frame, answers = (
        county.tables[name].assign(area=lambda rows: rows["school_id"].map(area))
        for name in ("survey_frame", "survey")
    )
    valid = answers.dropna(subset="satisfied")
    weighted = low = high = 0.0
    for cell, rows in frame.groupby(["role", "area"]):
        here = valid[(valid["role"] == cell[0]) & (valid["area"] == cell[1])]["satisfied"]
        assert len(here) >= 5
        part = rows["size"].sum() / frame["size"].sum()
        weighted += part * here.mean()
        low += part * here.sum() / rows["sent"].sum()
        high += part * (here.sum() + rows["sent"].sum() - len(here)) / rows["sent"].sum()
    right = {"直接算": valid["satisfied"].mean(), "加权": weighted, "没答的要有": (0.85 - low) / (high - low)}
    assert EXERCISES["7"].answer(county) == pytest.approx(
        {name: 100 * share for name, share in right.items()}
    )


@pytest.mark.parametrize("number", EXERCISES)
def test_every_mistake_is_another_answer_and_is_told(county, monkeypatch, number):
    monkeypatch.setattr(session, "_SESSIONS", {"progress": session.Session(county, "")})
    exercise = EXERCISES[number]
    right = exercise.answer(county)
    for words, wrong in exercise.mistakes.items():
        given = wrong(county, right)
        assert given != pytest.approx(right, abs=exercise.tolerance)
        assert words in repr(judge(f"progress.{number}", given))
    assert judge(f"progress.{number}", right).outcome == "right"
