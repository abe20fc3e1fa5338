"""The exercises of quality: answers against numbers worked out from the sample's tables in another way."""

import math
import re
from collections import defaultdict

import nbformat
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from samples import sample_county

from balancelib.county import County
from balancelib.county.sample import true_effects
from balancelib.course.exercises import exercises, judge, session
from balancelib.course.exercises.quality.mending import risen
from balancelib.standards.staffing import load_curriculum

EXERCISES = exercises("quality")
NOTEBOOK = ROOT / "notebooks" / "quality" / "exercises.ipynb"
NEEDS = {
    "1": "timetable",
    "3": "reviews",
    "5": "expert_pairs",
    "6": "timetable",
    "7": "lesson_log",
    "8": "item_answers",
    "9": "scores",
    "12": "scores",
}
RANDOM = 1.11  # index of five things compared, Saaty's


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(session, "_SESSIONS", {})


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def answer(n, county):
    return EXERCISES[n].answer(county)


def rows(county, table):
    return county.tables[table].to_dict("records")


def test_primary_schools_in_full_counted_by_hand(county):
    """A subject of a grade that is too short decides; otherwise a blank; otherwise it is in full."""
    plan = {(s.key, grade): n for s in load_curriculum().subjects for grade, n in enumerate(s.weekly, 1)}
    special = {
        row["school_id"] for row in rows(county, "schools") if row["kind"] in ("special", "vocational")
    }
    enough = {}
    for row in rows(county, "timetable"):
        if row["stage"] != "primary" or row["school_id"] in special:
            continue
        asked = plan[row["subject"], row["grade"]]
        school = enough.setdefault(row["school_id"], set())
        if asked > 0:
            school.add("unknown" if math.isnan(row["given"]) else row["given"] >= asked - 1e-9)
    full = sum(said == {True} for said in enough.values())
    open_ = sum(False not in said and "unknown" in said for said in enough.values())
    told = len(enough) - open_
    assert answer("1", county) == {"开足": full, "判不出": open_, "占": pytest.approx(100 * full / told)}
    assert min(full, open_) > 0


def test_chinese_of_nine_years(county):
    """35 weeks in eight grades, 33 in the ninth, 9,522 lessons in all; schools that are not known are left out of a grade's mean."""
    special = {
        row["school_id"] for row in rows(county, "schools") if row["kind"] in ("special", "vocational")
    }
    weeks = [35] * 8 + [33]
    expected = {}
    for name, column in {"课表": "periods", "上了": "given"}.items():
        found = defaultdict(list)
        for row in rows(county, "timetable"):
            if row["subject"] == "chinese" and row["school_id"] not in special and row[column] >= 0:
                found[row["grade"]].append(row[column])
        lessons = sum(w * np.mean(found[grade]) for grade, w in enumerate(weeks, 1))
        expected[name] = 100 * lessons / 9522
    assert answer("2", county) == pytest.approx(expected)
    assert 20 <= expected["课表"] <= 22 < expected["上了"], "planted: more than the plan's bound in the room"


def test_what_two_rules_let_pass(county):
    said = defaultdict(list)
    for row in rows(county, "reviews"):
        if isinstance(row["verdict"], str):
            said[row["material"]].append(row["verdict"])
    most = [v for v in said.values() if len(v) >= 3 and v.count("pass") > len(v) / 2]
    assert answer("3", county) == {"过半数": len(most), "没有人反对": sum("reject" not in v for v in most)}


def test_the_strictest_reviewer_is_the_planted_one(county):
    steps = {"reject": 1, "mend": 2, "pass": 3}
    said = defaultdict(dict)
    for row in rows(county, "reviews"):
        if isinstance(row["verdict"], str):
            said[row["material"]][row["reviewer"]] = steps[row["verdict"]]
    apart = [
        own - np.mean([v for who, v in given.items() if who != "R4"])
        for given in said.values()
        if (own := given.get("R4")) and len(given) > 1
    ]
    assert answer("4", county) == pytest.approx(np.mean(apart))
    assert np.mean(apart) < -0.3


def test_experts_by_eigenvectors(county):
    """The group's judgement is the geometric mean of those who do not contradict themselves."""
    order = ["academic", "growth", "curriculum", "teaching", "backbone"]
    squares = defaultdict(lambda: np.ones((5, 5)))
    for row in rows(county, "expert_pairs"):
        i, j = order.index(row["first"]), order.index(row["second"])
        squares[row["expert"]][i, j], squares[row["expert"]][j, i] = row["value"], 1 / row["value"]
    ratio = {e: (np.linalg.eigvals(a).real.max() - 5) / 4 / RANDOM for e, a in squares.items()}
    kept = [a for expert, a in squares.items() if ratio[expert] <= 0.1]
    roots, vectors = np.linalg.eig(np.exp(np.mean(np.log(kept), axis=0)))
    weights = np.abs(vectors[:, roots.real.argmax()].real)
    expected = {"矛盾": len(squares) - len(kept), "课程": 100 * weights[2] / weights.sum()}
    assert answer("5", county) == pytest.approx(expected, rel=1e-3)
    assert expected["矛盾"] == 1, "planted: E6"


def test_more_choices_tell_fewer_schools_apart(county):
    found = answer("6", county)
    only_chance = next(
        mistake(county, found) for said, mistake in EXERCISES["6"].mistakes.items() if "抽来" in said
    )
    assert 0 < found["分得清"] < only_chance["分得清"] < 100
    assert found["跨"] > only_chance["跨"]


def test_the_last_day_of_the_log_record_by_record(county):
    """Last sent of a lesson counts; two of the same day that differ count for nothing; due is what was ever reported of that weekday."""
    log = rows(county, "lesson_log")
    day = max(row["day"] for row in log)
    weekday = pd.Timestamp(day).day_of_week

    def known(until):
        said = defaultdict(dict)
        for row in log:
            if row["day"] == day and row["sent"] <= until:
                words = tuple(
                    str(row[name]) for name in ("subject", "teacher", "held", "minutes", "replaced_by")
                )
                lesson = said[row["school_id"], row["class"], row["period"]]
                lesson.setdefault(row["sent"], {})[words] = row["held"]
        last = [sent[max(sent)] for sent in said.values()]
        return [next(iter(words.values())) for words in last if len(words) == 1]

    due = {
        (row["school_id"], row["class"], row["period"])
        for row in log
        if pd.Timestamp(row["day"]).day_of_week == weekday
    }
    now = known("9999")
    expected = {"当晚报齐": 100 * len(known(day)) / len(due), "现在": 100 * np.nanmean(now)}
    assert answer("7", county) == pytest.approx(expected)


def test_the_mended_key_and_the_error_by_the_formula_of_alpha(county):
    """Planted: Q07's right option is B, its key says C."""
    keys = {row["item"]: row["key"] for row in rows(county, "items")}
    assert keys["Q07"] == "C"
    keys["Q07"] = "B"
    marks = {row["item"]: row["max"] for row in rows(county, "items")}
    points = defaultdict(dict)
    for row in rows(county, "item_answers"):
        points[row["pupil"]][row["item"]] = marks[row["item"]] * (row["answer"] == keys[row["item"]])
    x = np.array([[of[item] for item in keys] for of in points.values()], dtype=float)
    total = x.sum(axis=1)
    k = x.shape[1]
    alpha = k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / total.var(ddof=1))
    expected = {"信度": alpha, "上下": 1.96 * total.std(ddof=1) * math.sqrt(1 - alpha)}
    assert answer("8", county) == pytest.approx(expected)


def test_the_share_from_the_f_ratio(county):
    from scipy.stats import f_oneway  # noqa: PLC0415  heavy: only where it is used

    groups = defaultdict(list)
    for row in rows(county, "scores"):
        if (row["year"], row["grade"], row["subject"]) == (2025, 8, "math") and row["score"] >= 0:
            groups[row["school_id"]].append(row["score"])
    sizes = np.array([len(group) for group in groups.values()])
    size = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)
    more = f_oneway(*groups.values()).statistic - 1
    found = answer("9", county)
    assert found["占比"] == pytest.approx(more / (more + size))
    assert found["下端"] < 0.15 <= found["占比"] < found["上端"], "over the limit, and yet not told"


def test_what_is_kept_of_the_lowest_mean(county):
    """Of ten pupils or more; what is shrunken lies nearer to 0."""
    means = pd.DataFrame(rows(county, "scores")).query("year == 2025 and grade == 4 and subject == 'math'")
    means = (
        means.dropna(subset=["score", "earlier", "ses"]).groupby("school_id")["score"].agg(["mean", "size"])
    )
    found = answer("10", county)
    n = means[means["size"] >= 10].sort_values("mean")["size"].iloc[0]
    ratio = (1 - found["保留"]) / found["保留"]
    assert 5 < ratio * n < 25, "σ²/τ², the pupils who bring half"
    assert found["增值"] < 0


def test_the_school_that_rose_most_is_the_mended_one(county, monkeypatch):
    monkeypatch.setattr("balancelib.county.sample.sample_county", sample_county)  # drawn once
    found, school = answer("11", county), risen(county)
    truth = true_effects(7).query("planted == 'mended'")
    assert school.name in set(truth["school_id"])
    assert sum(found.values()) == pytest.approx(school["gap_last"] - school["gap_first"])
    assert min(found.values()) > 0


def test_most_of_the_sample_cannot_be_told(county):
    assert answer("12", county) == {"低于": 1, "不低于": 0, "定不了": 9}


def test_last_hints_are_code_that_runs(monkeypatch):
    """Copied word for word, in the names that the notebook has given, in the cell that is to be filled in."""
    monkeypatch.setattr(session, "sample_county", sample_county)  # drawn once
    monkeypatch.chdir(NOTEBOOK.parent)
    space = {}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code" and not (found := re.search(r'check\("quality\.(\d+)"', cell.source)):
            exec(cell.source, space)
        elif cell.cell_type == "code":
            *before, last = re.findall("`([^`]+)`", EXERCISES[found[1]].hints[-1])
            for line in before:
                exec(line, space)
            assert judge(f"quality.{found[1]}", eval(last, space)).outcome == "right", found[1]


@pytest.mark.parametrize("n", NEEDS)
def test_what_a_county_lacks_is_said(monkeypatch, county, n):
    tables = {name: table for name, table in county.tables.items() if name != NEEDS[n]}
    monkeypatch.setitem(session._SESSIONS, "quality", session.Session(County(tables), ""))
    assert judge(f"quality.{n}", 1).outcome == "impossible"
