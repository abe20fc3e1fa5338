"""Whom to see first: points by hand, halves of schools, a model with blanks, lists, and what the sample has planted."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from balancelib.county import County, Lacking, open_county
from balancelib.county.sample import true_risks
from balancelib.groups import (
    compare_lists,
    fit_warning,
    list_by_school,
    load_points,
    school_halves,
    warning_points,
    warning_pupils,
)
from balancelib.groups.warning import PointsError
from balancelib.measures.decisions import alarms, on_list


def pupil(child, **known):
    usual = {
        "year": 2024,
        "school_id": "a",
        "girl": 0,
        "migrant": 0,
        "left_behind": 0,
        "boards": 0,
        "km": 2.0,
        "income": 20_000,
    }
    return {"child": child} | usual | {"parent_years": 9, "absent": 0, "score": 500, "earlier": 500, "moves": 0, "left": 0} | known  # fmt: skip


def county(*rows):
    return County({"children": pd.DataFrame(rows)})


@pytest.fixture(scope="module")
def sample():
    return open_county(ROOT / "data/county", needs=["children"])


@pytest.fixture(scope="module")
def pupils(sample):
    return warning_pupils(sample, 2024)


# Pupils and points


def test_points_by_hand_and_a_blank_is_not_zero():
    rows = warning_pupils(
        county(
            pupil("C1", absent=4),
            pupil("C2", absent=5, moves=1),
            pupil("C3", absent=12, earlier=560, score=510, left=1),
            pupil("C4", earlier=np.nan),
            pupil("C5", absent=np.nan, score=451, left=1),
        ),
        2024,
    )
    assert rows["drop"].tolist()[:3] == [0, 0, 50]
    # Absent from 5 days: 1, from 10 days: 2 more; fallen by 50 or not known: 1; moved: 1.
    assert warning_points(rows).tolist() == [0, 2, 4, 1, 0]


def test_a_county_has_its_own_points(tmp_path):
    path = tmp_path / "points.toml"
    path.write_text(
        'source = "县里定的"\n[[marks]]\ncolumn = "boards"\nleast = 1\npoints = 3\nlabel = "寄宿"\n',
        encoding="utf-8",
    )
    rows = warning_pupils(county(pupil("C1", boards=1, left=1), pupil("C2", left=1)), 2024)
    assert warning_points(rows, load_points(path)).tolist() == [3, 0]
    path.write_text('source = "县里定的"\nmarks = []\n', encoding="utf-8")
    with pytest.raises(PointsError, match="marks"):
        load_points(path)


@pytest.mark.parametrize(
    ("rows", "year", "said"),
    [
        ([pupil("C1", left=1)], 2023, "没有2023年的学生"),
        ([pupil("C1", left=1), pupil("C2", left=np.nan)], 2024, "有1名还不知道后来怎样"),
        ([pupil("C1", left=1), pupil("C2")], 2024, "不到2名"),
    ],
)
def test_pupils_that_teach_nothing_are_said(rows, year, said):
    with pytest.raises(Lacking, match=said):
        warning_pupils(county(*rows), year)


def test_of_the_last_year_nobody_asks_who_left(sample):
    assert len(warning_pupils(sample, 2025, known=False)) == 3828
    with pytest.raises(Lacking, match="还不知道后来怎样"):
        warning_pupils(sample, 2025)


# Halves


@pytest.mark.parametrize("seed", [0, 5, 9])
def test_halves_share_no_school_and_lose_nobody(pupils, seed):
    learn, test = school_halves(pupils, seed)
    assert not set(learn["school_id"]) & set(test["school_id"])
    assert sorted([*learn["child"], *test["child"]]) == sorted(pupils["child"])
    assert 0.4 < len(learn) / len(pupils) < 0.6
    again = school_halves(pupils.sample(frac=1, random_state=1), seed)[0]
    assert set(again["child"]) == set(learn["child"])


def test_one_school_has_no_halves():
    rows = warning_pupils(county(pupil("C1", left=1), pupil("C2", left=1)), 2024)
    with pytest.raises(Lacking, match="只有一所学校"):
        school_halves(rows)


# The model


def test_what_is_blank_or_alike_for_all_is_not_used(pupils):
    fit = fit_warning(pupils.assign(income=np.nan, migrant=0.0))
    assert fit.unused == ("收入（对数）", "随迁")
    assert not any("收入" in name for name in fit.logit.coefficients.index)


def test_a_blank_gets_the_mean_and_a_mark(pupils):
    fit = fit_warning(pupils)
    two = pupils.head(2).assign(score=[500.0, np.nan])
    log_odds = lambda rows: np.log(fit.chance(rows) / (1 - fit.chance(rows))).to_numpy()  # noqa: E731
    filled = two.assign(score=[500.0, 100 * fit.means["成绩（百分）"]])
    assert log_odds(two) - log_odds(filled) == pytest.approx(
        [0, fit.logit.coefficients["成绩（百分）不知道"]]
    )
    assert fit.chance(pupils).notna().all()
    assert fit.chance(pupils).sum() == pytest.approx(
        pupils["left"].sum()
    )  # a logit with an intercept has the mean right


def test_what_cannot_be_fitted_is_lacking():
    rows = warning_pupils(county(*(pupil(f"C{i}", left=1, absent=i) for i in range(4))), 2024)
    with pytest.raises(Lacking, match="全部发生了"):
        fit_warning(rows)


# Lists


def test_lists_are_counted_as_alarms(pupils):
    scores = {"计分": warning_points(pupils), "缺课": pupils["absent"]}
    found = compare_lists(scores, pupils["left"], [20, 100])
    assert list(found.index) == [(20, "计分"), (20, "缺课"), (100, "计分"), (100, "缺课")]
    assert tuple(found.loc[(100, "缺课")]) == alarms(on_list(pupils["absent"], 100), pupils["left"])


def test_lists_by_school_hang_on_no_order_and_keep_schools_without_any():
    rows = pd.DataFrame({"child": [f"C{i}" for i in range(40)], "school_id": list("abcd") * 10})
    score = pd.Series(np.where(rows["school_id"] == "d", 0.0, 1.0))
    found = list_by_school(rows, score, 12)
    assert found.sum() == 12
    assert found["d"] == 0
    mixed = rows.sample(frac=1, random_state=3)
    assert list_by_school(mixed, score[mixed.index], 12).equals(found)
    assert list_by_school(rows, score, 99).sum() == 40


# What the sample has planted


def test_planted_effects_are_found_and_migrants_are_taken_for_children_at_risk(pupils):
    table = fit_warning(pupils).logit.table(0.99)
    for term, true in {"缺课（天）": 0.18, "成绩（百分）": -0.75, "留守": 0.40, "转学（次）": 0.70}.items():
        assert table.loc[term, "low"] < true < table.loc[term, "high"], term
    assert table.loc["随迁", "low"] > 0  # though being a migrant has no risk of its own
    truth = pupils.merge(true_risks(), on="child", suffixes=("", "_"))
    truly = truth.groupby("migrant")["truly_left"].mean()
    recorded = pupils.groupby("migrant")["left"].mean()
    assert recorded[1] > 2.5 * truly[1]
    assert recorded[0] == truly[0]


def test_leaving_migrants_out_lists_fewer_of_them_and_finds_about_as_many_who_truly_left(pupils):
    learn, test = school_halves(pupils, 5)
    truly = test.merge(true_risks(), on="child", suffixes=("", "_"))["truly_left"].to_numpy()
    lists = [on_list(fit_warning(learn, out).chance(test), 50) for out in ((), ("随迁",))]
    with_them, without = (on @ test["migrant"] for on in lists)
    assert with_them > 2 * without
    assert lists[1] @ truly >= lists[0] @ truly
