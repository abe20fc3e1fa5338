"""Statutory retirement under the gradual delay, against published cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.teachers import retirement_date
from balancelib.teachers.retirement import RetirementError, load_groups

# Born, group, date of retirement. From the tests of an open programming exercise on the decision of 13 September 2024 (several public
# solutions carry the same list), all that are of our groups; whoever was 60 or 55 before 2025 is not delayed.
CASES = [
    ((1971, 4), "female", (2026, 8)),
    ((1995, 12), "male", (2058, 12)),
    ((2000, 12), "female", (2058, 12)),
    ((2000, 12), "male", (2063, 12)),
    ((1965, 12), "male", (2026, 3)),
    ((1963, 12), "male", (2023, 12)),
    ((1963, 4), "female", (2018, 4)),
    ((1964, 2), "male", (2024, 2)),
    ((1965, 1), "male", (2025, 2)),
]


@pytest.mark.parametrize(("born", "group", "expected"), CASES)
def test_published_cases(born, group, expected):
    date = retirement_date([born[0]], [born[1]], [group])[0]
    months = round(date * 12)
    assert (months // 12, months % 12 + 1) == expected


def test_the_first_to_be_delayed_and_the_last_step():
    """Worked by hand: January to April of 1965 one month each, May two; from September 1976 on 36 months."""
    months = [1, 4, 5]
    dates = retirement_date([1965] * 3, months, ["male"] * 3)
    assert np.round((dates - 1965 - (np.array(months) - 1) / 12 - 60) * 12).tolist() == [1, 1, 2]
    dates = retirement_date([1976, 1976, 1981, 1981], [8, 9, 8, 9], ["male", "male", "female", "female"])
    ages = (
        dates - np.array([1976, 1976, 1981, 1981]) - np.array([7, 8, 7, 8]) / 12 - np.array([60, 60, 55, 55])
    )
    assert np.round(ages * 12).tolist() == [35, 36, 35, 36]


@given(st.integers(1940, 2010), st.integers(1, 12), st.sampled_from(["male", "female", "senior_woman"]))
def test_who_is_born_later_retires_later_and_never_more_than_three_years_on(year, month, group):
    one, next_month = retirement_date([year, year], [month, month + 1], [group, group])
    base = {"male": 60, "female": 55, "senior_woman": 60}[group]
    assert one < next_month
    assert -1e-9 <= one - (year + (month - 1) / 12 + base) <= 3 + 1e-9


def test_what_is_not_known_stays_so():
    dates = retirement_date([np.nan, 1970, 1970], [1, np.nan, 1], ["male", "male", None])
    assert np.isnan(dates).all()


def test_a_file_that_is_wrong_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[[groups]]\nkey = "male"\nlabel = "男"\nage = 600\nfirst = 1965\n', encoding="utf-8")
    with pytest.raises(RetirementError, match="age"):
        load_groups(path)
