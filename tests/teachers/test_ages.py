"""Ages of retirement against the law's words, chances by hand, intervals against all outcomes counted one by one."""

from itertools import product
from math import prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from balancelib.county import County, Lacking, MissingTable
from balancelib.teachers import (
    age_table,
    count_interval,
    exit_chances,
    exits,
    exits_by_year,
    merged_ages,
    retirement_date,
    retirement_years,
    share_posts,
    staff_ahead,
    staff_balance,
)

# The decision of 13 September 2024, article 1: a month later for every four months of birth, to 63 and to 58; and a row of the
# table at tuixiunianling.cc: men born in January 2009, 63 years, in January 2072.
DATES = [
    ("male", 1964, 12, (60, 0)), ("male", 1965, 1, (60, 1)), ("male", 1965, 4, (60, 1)), ("male", 1965, 5, (60, 2)),
    ("male", 1976, 8, (62, 11)), ("male", 1976, 9, (63, 0)), ("male", 1990, 1, (63, 0)), ("male", 2009, 1, (63, 0)),
    ("female", 1969, 12, (55, 0)), ("female", 1970, 1, (55, 1)), ("female", 1981, 8, (57, 11)), ("female", 1981, 9, (58, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("gender", "born", "month", "age"), DATES)
def test_age_of_retirement(gender, born, month, age):
    reached = retirement_date([born], [month], [gender])[0] - (born + (month - 1) / 12)
    assert divmod(round(reached * 12), 12) == age


def test_years_of_a_year_of_birth_by_hand():
    """Women of 1970: January to April go at 55 and 1 month, February to May 2025; October's at 55 and 3, in January 2026."""
    assert retirement_years("female", None, 1970) == {2025: 0.75, 2026: 0.25}
    assert retirement_years("male", None, 1964) == {2024: 1.0}
    # men of 1966: 60 and 4 to 6 months; July's at 60 and 5, in December 2026, August's in January 2027
    assert retirement_years("male", None, 1966) == pytest.approx({2026: 7 / 12, 2027: 5 / 12})
    assert retirement_years("female", "senior", 1966) == retirement_years("male", None, 1966)


def test_the_earliest_is_three_years_before_and_not_before_the_age_of_old():
    assert retirement_years("male", None, 1990, early=True) == {2050: 1.0}
    assert retirement_years("male", None, 1970, early=True) == {2030: 1.0}
    # 55 would be in 2025: that she could once go then is not counted. At 58 and 4 to 6 months: July's in December 2028, August's in January 2029
    assert retirement_years("female", "senior", 1970, early=True) == pytest.approx(
        {2028: 7 / 12, 2029: 5 / 12}
    )


@pytest.fixture
def county():
    """Men of 1964 and 1966, a woman of 1970, one of 2000, and one of whom the year is not known."""
    schools = pd.DataFrame(
        {
            "school_id": ["A", "P"], "name": ["甲", "民办"], "kind": "primary", "operator": ["public", "private"], "area": ["rural", "urban"],
            "pupils_primary": 300.0, "classes_primary": 8.0, "teachers_primary": [5.0, 1],
            "pupils_junior": np.nan, "classes_junior": np.nan, "teachers_junior": np.nan,
        }
    )  # fmt: skip
    born = [1964.0, 1966, 1970, 2000, np.nan, 1964]
    teachers = pd.DataFrame(
        {
            "teacher_id": [f"T{i}" for i in range(6)], "school_id": [*"AAAAA", "P"], "stage": "primary",
            "subject": ["math", "math", "music", "music", "music", "math"], "birth_year": born,
            "gender": ["male", "male", "female", "female", "female", "male"], "title": "first", "post": "teacher",
        }
    )  # fmt: skip
    return County({"schools": schools, "teachers": teachers})


def test_chances_by_hand(county):
    chances = exit_chances(county, 2025, 2)
    assert chances.columns.tolist() == [2026, 2027]
    assert chances.iloc[0].tolist() == [1, 0]  # past the age: gone by the end of the first year
    assert chances.iloc[1].tolist() == pytest.approx([7 / 12, 5 / 12])
    assert chances.iloc[2].tolist() == pytest.approx([1, 0])  # women of 1970 go in 2025 and 2026
    assert chances.iloc[3].tolist() == [0, 0]
    assert chances.iloc[4].isna().all()
    assert len(chances) == 5  # the private school plans for itself


def test_leaving_comes_before_retirement_and_not_twice(county):
    chances = exit_chances(county, 2025, 2, leaving=0.1)
    assert chances.iloc[3].tolist() == pytest.approx([0.1, 0.09])
    assert chances.iloc[1].tolist() == pytest.approx(
        [1 - 5 / 12 * 0.9, 5 / 12 * 0.9]
    )  # gone for sure by the end
    assert chances.iloc[0].sum() == pytest.approx(1)


def test_those_who_go_early(county):
    """The man of 1966 may go at 60, in 2026: a half who do makes 0.5 + 0.5 × 7/12."""
    assert exit_chances(county, 2025, 1, early=0.5).iloc[1, 0] == pytest.approx(0.5 + 0.5 * 7 / 12)


def test_exits_say_who_is_not_known(county):
    found = exits(county, exit_chances(county, 2025, 1))
    assert found.loc[("primary", "math")].tolist() == pytest.approx(
        [2, 0, 1 + 7 / 12, 1, 2, (1 + 7 / 12) / 2]
    )
    assert found.loc[("primary", "music"), ["teachers", "unknown", "exits"]].tolist() == [2, 1, 1]


def test_who_is_not_known_is_no_zero(county):
    """One of five in each year; the only teacher of art is the one: no number at all."""
    county.tables["teachers"].loc[4, "subject"] = "art"
    chances = exit_chances(county, 2025, 2)
    assert exits_by_year(county, chances)["unknown"].tolist() == [1, 1]
    art = exits(county, chances).loc[("primary", "art")]
    assert art[["teachers", "unknown"]].tolist() == [0, 1]
    assert art[["exits", "low", "high", "share"]].isna().all()
    assert exits_by_year(county, chances.iloc[[4]])[["exits", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("blank", ["birth_year", "gender"])
def test_ages_that_nobody_has_filled_in_are_asked_for(county, blank):
    county.tables["teachers"][blank] = None
    with pytest.raises(MissingTable, match="教师"):
        exit_chances(county, 2025)
    with pytest.raises(MissingTable, match="教师"):
        age_table(county, 2025)


def test_by_year_adds_up(county):
    chances = exit_chances(county, 2025, 3, leaving=0.05)
    years = exits_by_year(county, chances)
    assert years["exits"].sum() == pytest.approx(exits(county, chances, ["stage"]).loc["primary", "exits"])


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (12, 0.3), (60, 0.04), (5, 1.0), (5, 0.0)])
def test_interval_of_like_chances_is_the_binomials(n, p):
    """Quantiles of SciPy's binomial distribution."""
    expected, low, high = count_interval([p] * n)
    assert expected == pytest.approx(n * p)
    assert (low, high) == (max(0, binom.ppf(0.05, n, p)), max(0, binom.ppf(0.95, n, p)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_interval_of_unlike_chances_is_that_of_all_outcomes(chances):
    outcomes = np.zeros(len(chances) + 1)
    for outcome in product([0, 1], repeat=len(chances)):
        outcomes[sum(outcome)] += prod(p if hit else 1 - p for p, hit in zip(chances, outcome, strict=True))
    below = np.cumsum(outcomes)
    if np.min(np.abs(below[:, None] - [0.05, 0.95])) < 1e-9:
        return  # an end on the edge: one last bit decides
    _, low, high = count_interval(chances)
    assert low == np.argmax(below >= 0.05)
    assert high == np.argmax(below >= 0.95)


def test_a_chance_that_is_not_known_is_no_zero():
    with pytest.raises(ValueError, match="不能当作0"):
        count_interval([0.5, np.nan])
    for level in (0, 1, 1.5):
        with pytest.raises(ValueError, match="0和1之间"):
            count_interval([0.5], level)


def test_ages_by_hand(county):
    """In 2025: 61, 59, 55, 25; one is not known; the private school's is not counted."""
    table = age_table(county, 2025)
    assert table.loc["60岁以上", "male"] == 1
    assert table.loc["55—59岁"].tolist() == [1, 1]
    assert table.loc["25—29岁", "female"] == 1
    assert table.to_numpy().sum() == 4
    assert table.attrs["unknown"] == 1
    assert len(table) == 9


def test_ahead_by_hand(county):
    """Mathematics: 8 classes × 4 ÷ 14 = 2.29 posts; 2 teach it, 1.58 go; with a quarter fewer classes 1.71 are needed."""
    chances = exit_chances(county, 2025, 1)
    ahead = staff_ahead(county, staff_balance(county), chances, -0.25)
    math = ahead.loc[("primary", "math")]
    assert math["need_then"] == pytest.approx(8 * 4 / 14 * 0.75)
    assert math["have_then"] == pytest.approx(2 - 19 / 12)
    assert math["net_then"] == pytest.approx(2 - 19 / 12 - 8 * 4 / 14 * 0.75)
    assert ahead["cover"].is_monotonic_increasing
    # of three teachers of music one goes, one stays, one is not known: she goes as they do
    assert ahead.loc[("primary", "music"), ["gone", "unknown"]].tolist() == pytest.approx([1.5, 1])
    assert "practice" not in ahead.index.get_level_values("subject")


def test_what_is_refused(county):
    chances = exit_chances(county, 2025, 1)
    with pytest.raises(Lacking, match="大于-1"):
        staff_ahead(county, staff_balance(county), chances, {"junior": 0})
    with pytest.raises(ValueError, match="0和1之间"):
        exit_chances(county, 2025, leaving=2)
    with pytest.raises(ValueError, match="一年"):
        exit_chances(county, 2025, 0)


def bands(**columns):
    """Counts in the nine bands, a column (area, gender) each."""
    names = [f"{n}" for n in range(9)]
    frame = pd.DataFrame(columns, index=pd.Index(names, name="年龄"))
    return frame.set_axis(
        pd.MultiIndex.from_tuples([tuple(c.split("_")) for c in frame], names=["area", "gender"]), axis=1
    )


def test_small_bands_go_to_the_smaller_neighbour():
    """Rows by hand: 2 + 18 are one band at the young end; 1 at the old end goes to 3; 2 of 35 to 39 go to 40 to 44, fewer than 30 to 34."""
    found = merged_ages(bands(rural_female=[2, 18, 12, 2, 8, 23, 41, 3, 1]))
    assert found.iloc[:, 0].to_dict() == {
        "不到30岁": 20, "30—34岁": 12, "35—44岁": 10, "45—49岁": 23, "50—54岁": 41, "55岁以上": 4,
    }  # fmt: skip
    assert found.index.name == "年龄"


def test_bands_are_the_same_for_all_and_what_is_small_altogether_is_left_out():
    table = bands(a_female=[5] * 9, a_male=[1] + [5] * 8, b_female=[5] * 9, b_male=[0] * 8 + [2])
    found = merged_ages(table)
    assert found.columns.tolist() == [("a", "female"), ("a", "male")]
    assert found.iloc[0].tolist() == [10, 6]
    assert merged_ages(bands(c_male=[0] * 8 + [2])).shape == (9, 0)
    one = merged_ages(bands(c_male=[1, 0, 0, 0, 0, 0, 0, 0, 2]))
    assert one.iloc[:, 0].to_dict() == {"各年龄": 3}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=9, max_size=9), min_size=1, max_size=4))
def test_no_share_times_the_total_is_one_or_two_persons(columns):
    table = bands(**{f"g{i}_female": column for i, column in enumerate(columns)})
    found = merged_ages(table)
    shown = 100 * found / found.sum().where(found.sum() > 0)
    persons = (shown * found.sum() / 100).round(6)
    assert not persons.isin([1, 2]).any(axis=None)
    kept = [c for c in table if not 0 < table[c].sum() < 3]
    pd.testing.assert_series_equal(found.sum(), table[kept].sum(), check_dtype=False)


def ahead(*nets):
    keys = [("primary", key) for key in ("morality", "music", "pe", "art", "it")]
    return pd.DataFrame(
        {"net_then": nets}, index=pd.MultiIndex.from_tuples(keys[: len(nets)], names=["stage", "subject"])
    )


def test_posts_by_the_largest_remainders():
    """10 posts for 6, 3 and 2 lacking: 5.45, 2.73, 1.82; whole ones are 5, 2, 1, and the two left go to 0.82 and 0.73."""
    found = share_posts(ahead(-6.0, -3.0, 4.0, -2.0), 10)
    assert found.tolist() == [5, 3, 0, 2]


def test_no_more_posts_than_are_lacking_and_equal_ones_go_to_the_first():
    assert share_posts(ahead(-1.5, -0.7, 8.0), 30).sum() == 3
    assert share_posts(ahead(-2.0, -2.0), 1).tolist() == [1, 0]
    assert share_posts(ahead(1.0, 2.0), 30).tolist() == [0, 0]
    with pytest.raises(ValueError, match="名额"):
        share_posts(ahead(-1.0, np.nan), 3)


def test_a_level_is_between_0_and_1():
    with pytest.raises(ValueError, match="把握"):
        count_interval([0.5], level=1.0)
