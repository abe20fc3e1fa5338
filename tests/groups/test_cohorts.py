"""Cohort retention: the official formula against the verdict's own, the account, and miscounted transfers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.assess.parts import FormRounding, judge_county
from balancelib.county import County, Lacking, MissingTable
from balancelib.groups.cohorts import (
    FLOWS,
    NUMBERS,
    cohort_counts,
    group_retention,
    judged,
    recounted,
    retention,
    turning_point,
)
from balancelib.standards import load_standard

ITEMS = {
    "grade7_entrants": "entrants",
    "junior_transfers_in": "transfers_in",
    "junior_transfers_out": "transfers_out",
    "junior_deaths": "deaths",
    "junior_graduates": "graduates",
}


def flows(**counts):
    """A cohort whose account adds up, unless its graduates are given."""
    row = pd.Series(dict.fromkeys(NUMBERS, 0.0) | counts)
    if "graduates" not in counts:
        row["graduates"] = sum(sign * row[name] for name, sign in FLOWS.items())
    return row


def rate(row):
    return retention(row.to_frame().T).iloc[0]


account = st.builds(
    lambda e, i, o, d, x, s, r: flows(entrants=e, transfers_in=i, transfers_out=o, deaths=d, dropouts=x, suspended=s, returned=min(r, x)),
    *[st.integers(100, 400)] + [st.integers(0, 20)] * 6,
)  # fmt: skip


@given(account)
def test_where_the_account_adds_up_both_ways_find_the_same(row):
    found = rate(row)
    assert found["unexplained"] == 0
    assert found["rate"] == pytest.approx(found["from_account"])


@given(account, st.integers(-9, 9))
def test_what_the_account_does_not_explain_is_the_difference(row, more):
    row = row.copy()
    row["graduates"] += more
    found = rate(row)
    assert found["unexplained"] == more
    assert found["rate"] - found["from_account"] == pytest.approx(more / found["of"])


@given(account)
def test_the_rate_is_the_one_that_the_official_item_is_judged_by(row):
    """The verdict's own words hold the rate, so it was made by the standard's data and not by these lines."""
    standard = load_standard("quality-2017")
    test = next(i for i in standard.quality.items if i.key == "retention").tests[0]
    verdict = judge_county(
        test, {item: row[name] for item, name in ITEMS.items()}, FormRounding(standard.ratio_decimals, False)
    )
    assert verdict.value == pytest.approx(rate(row)["rate"])


def test_by_hand():
    found = rate(
        flows(entrants=210, transfers_in=6, transfers_out=10, deaths=1, dropouts=9, returned=3, suspended=2)
    )
    # Graduates 210 + 6 − 10 − 1 − 9 + 3 − 2 = 197; (197 − 6 + 10) / 209.
    assert found["kept"] == 201
    assert found["rate"] == pytest.approx(201 / 209)
    assert found["from_account"] == pytest.approx(1 - 8 / 209)


def test_a_rate_above_one_is_odd_and_not_judged():
    rows = pd.DataFrame(
        [
            flows(entrants=100, transfers_in=0, graduates=102),
            flows(entrants=40, dropouts=2),
            flows(entrants=2000, dropouts=20),
            flows(entrants=2000, dropouts=200),
            flows(entrants=100, dropouts=3, graduates=96),
            flows(),
        ]
    )
    found = judged(retention(rows))
    assert found["verdict"].tolist() == ["odd", "open", "above", "below", "odd"]
    assert found["low"].isna().tolist() == [True, False, False, False, True]
    # 38 of 40: Wilson's interval, as in any table of it.
    assert found.loc[1, ["low", "high"]].tolist() == pytest.approx([0.8350, 0.9862], abs=5e-5)


@given(account, st.integers(0, 20))
def test_dropouts_counted_as_transferred_raise_the_rate_by_their_share(row, wrong):
    if wrong > row["transfers_out"]:
        with pytest.raises(ValueError, match="转出一共"):
            recounted(row, wrong)
        return
    found = recounted(row, wrong)
    of = row["entrants"] - row["deaths"]
    assert found.told - found.true == pytest.approx(wrong / of)


@given(account)
@settings(max_examples=30)
def test_the_turning_point_is_the_first_that_turns(row):
    point = turning_point(row)
    if math.isnan(point):
        assert recounted(row, row["transfers_out"]).true >= 0.95 - 1e-12
        return
    assert point == 0 or recounted(row, point - 1).true >= 0.95 - 1e-12
    assert recounted(row, point).true < 0.95


# The county


@pytest.fixture(scope="module")
def small():
    rows = [
        ("1", 2021, "all", 100, 3, 2, 0, 4, 1, 0, 98),
        ("1", 2022, "all", 90, 0, 5, 1, 2, 0, 1, 81),
        ("2", 2022, "all", 50, 1, 1, 0, 0, 0, 0, 50),
        ("2", 2022, "migrant", 10, 1, 1, 0, 0, 0, 0, 10),
    ]
    return pd.DataFrame(rows, columns=["school_id", "entered", "group", *NUMBERS])


def test_cohorts_are_added_up_and_groups_are_not(small):
    county = County({"cohorts": small})
    assert cohort_counts(county).iloc[0].tolist() == [240, 4, 8, 1, 6, 1, 1, 229]
    by_year = cohort_counts(county, ["entered"])
    assert by_year.loc[2022, "entrants"] == 140
    assert cohort_counts(county, ["entered", "school_id"], "migrant").index.tolist() == [(2022, "2")]
    with pytest.raises(Lacking, match="残疾学生"):
        cohort_counts(county, group="disabled")
    with pytest.raises(MissingTable, match="初中届别"):
        cohort_counts(County({}))


def test_what_is_not_recorded_is_not_nobody(small):
    with pytest.raises(Lacking, match=r"转出.*学校是2"):
        cohort_counts(
            County({"cohorts": small.assign(transfers_out=small["transfers_out"].where(small.index != 2))})
        )
    found = retention(cohort_counts(County({"cohorts": small.drop(columns=["dropouts"])}), ["school_id"]))
    assert found["rate"].notna().all()
    assert found["from_account"].isna().all()
    assert set(judged(found)["verdict"]) == {"open"}
    assert np.isnan(found["unexplained"]).all()


def test_of_very_few_lost_children_no_rate_is_shown(small):
    more = pd.DataFrame([("1", 2022, "left_behind", 60, 0, 0, 0, 8, 0, 0, 52)], columns=small.columns)
    found = group_retention(County({"cohorts": pd.concat([small, more])}), 2022)
    assert list(found.index) == ["all", "left_behind", "migrant"]
    assert found["hidden"].tolist() == [True, False, False]  # 3 of 139 were lost, 8 of 60, none of 10
    assert found.loc["all", ["rate", "low", "high"]].isna().all()
    assert found.loc["all", "above"] == pytest.approx(1 - 5 / 139)
    assert found.loc["left_behind", "rate"] == pytest.approx(52 / 60)
    assert found.loc["migrant", "rate"] == 1
