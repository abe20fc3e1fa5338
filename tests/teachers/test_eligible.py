"""Who is eligible for exchange, and the shares with their denominators, worked out by hand."""

import pandas as pd
import pytest
from staffed import YEAR, county, teacher

from balancelib.county import Lacking
from balancelib.teachers import EXCHANGE, eligibility, exchange_rates, load_exchange_rules
from balancelib.teachers.eligible import RULES, ExchangeRulesError


def status(*staff):
    here = county({"a": {"primary": 10}}, staff)
    return eligibility(here.tables["teachers"], here.schools, YEAR).tolist()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "eligible"),
        ({"since": 2019}, "eligible"),
        ({"since": 2020}, "short"),
        ({"permanent": 0.0}, "not_permanent"),
        ({"post": "head"}, "head"),
        ({"post": "deputy_head"}, "head"),
        ({"post": "head_of_section"}, "eligible"),
        ({"exempt": 1.0}, "exempt"),
        ({"rotated": 2020.0}, "recent"),
        ({"rotated": 2019.0}, "eligible"),
        # A blank is not known; where something else is known to hold, it does not matter.
        ({"since": None}, "unknown"),
        ({"exempt": None}, "unknown"),
        ({"permanent": None}, "unknown"),
        ({"post": None}, "unknown"),
        ({"exempt": None, "since": 2024}, "short"),
        ({"since": None, "permanent": 0.0}, "not_permanent"),
    ],
)
def test_each_reason(given, found):
    assert status(teacher(1, "a", **given)) == [found]


def test_private_schools_take_no_part():
    here = county({"a": {"primary": 10}}, [teacher(1, "a")])
    private = here.schools.assign(operator="private")
    assert eligibility(here.tables["teachers"], private, YEAR).tolist() == ["private"]


def test_every_reason_has_a_name_and_a_source():
    assert list(EXCHANGE.labels) == [
        "private",
        "not_permanent",
        "head",
        "exempt",
        "recent",
        "short",
        "unknown",
        "eligible",
    ]
    assert (EXCHANGE.years, EXCHANGE.least_share, EXCHANGE.least_backbone_share) == (6, 0.1, 0.2)


def test_a_column_that_is_not_there_is_blank():
    here = county({"a": {"primary": 10}}, [teacher(1, "a")])
    less = here.tables["teachers"].drop(columns="exempt")
    assert eligibility(less, here.schools, YEAR).tolist() == ["unknown"]


def test_a_teacher_twice_and_a_school_that_is_not_there():
    here = county({"a": {"primary": 10}}, [teacher(1, "a")])
    staff = here.tables["teachers"]
    with pytest.raises(Lacking, match="T00001有两行"):
        eligibility(pd.concat([staff, staff]), here.schools, YEAR)
    with pytest.raises(Lacking, match="学校表里没有：z"):
        eligibility(staff.assign(school_id="z"), here.schools, YEAR)


def test_two_shares_and_the_usual_mistakes():
    # 10 eligible: 8 of long standing and 2 who moved this year, one of them a backbone teacher; 10 more came lately.
    staff = [teacher(n, "a", backbone="county" if n < 3 else "none") for n in range(8)]
    staff += [
        teacher(8, "a", backbone="city", since=YEAR, rotated=YEAR),
        teacher(9, "a", since=YEAR, rotated=YEAR),
    ]
    staff += [teacher(n, "a", since=2024) for n in range(10, 20)]
    # Not counted: a head who moved, and a teacher without a permanent post who did.
    staff += [
        teacher(20, "a", post="head", since=YEAR, rotated=YEAR),
        teacher(21, "a", permanent=0.0, since=YEAR, rotated=YEAR),
    ]
    here = county({"a": {"primary": 100}}, staff)
    found = exchange_rates(here.tables["teachers"], here.schools, YEAR)
    told = found[["test", "right", "counted", "of", "share", "meets"]].to_numpy().tolist()
    assert told == [
        ["moved", True, 2, 10, 0.2, True],
        ["moved", False, 2, 20, 0.1, True],
        ["backbone", True, 1, 2, 0.5, True],
        ["backbone", False, 1, 10, 0.1, False],
        ["backbone", False, 1, 4, 0.25, True],
    ]


def test_exactly_a_tenth_meets_it():
    staff = [teacher(n, "a") for n in range(27)] + [
        teacher(n, "a", since=YEAR, rotated=YEAR) for n in range(27, 30)
    ]
    here = county({"a": {"primary": 100}}, staff)
    found = exchange_rates(here.tables["teachers"], here.schools, YEAR)
    assert found["meets"].tolist()[0] is True, "3 of 30"


def test_nobody_moved():
    here = county({"a": {"primary": 100}}, [teacher(1, "a")])
    found = exchange_rates(here.tables["teachers"], here.schools, YEAR)
    assert found["meets"].tolist() == [False, False, None, False, None]


def test_a_county_sets_its_own_years(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(RULES.read_text("utf-8").replace("years = 6", "years = 3"), "utf-8")
    here = county({"a": {"primary": 100}}, [teacher(1, "a", since=2022)])
    assert eligibility(here.tables["teachers"], here.schools, YEAR, load_exchange_rules(own)).tolist() == [
        "eligible"
    ]
    own.write_text("years = 0", "utf-8")
    with pytest.raises(ExchangeRulesError):
        load_exchange_rules(own)


def shares(**blanks):
    """8 eligible and 2 backbone teachers who moved, one blank each as asked: ``share, low, high, meets`` of the two shares."""
    staff = [teacher(n, "a") for n in range(18)]
    staff += [teacher(n, "a", backbone="county", since=YEAR, rotated=YEAR) for n in range(18, 20)]
    for name, teachers in blanks.items():
        for n in teachers:
            staff[n][name] = None
    here = county({"a": {"primary": 100}}, staff)
    found = exchange_rates(here.tables["teachers"], here.schools, YEAR).query("right")
    return found[["unknown", "low", "high", "meets"]].to_numpy().tolist()


def test_blanks_leave_a_share_between_two_ends():
    assert shares() == [[0, 0.1, 0.1, True], [0, 1.0, 1.0, True]]
    # Two of the eligible have no year: 2 of 18 for certain, 2 of 20 if they are eligible; both are 10 % or more.
    assert shares(school_since=[0, 1])[0] == [2, 0.1, pytest.approx(2 / 18), True]
    # One who moved may be without a permanent post: 1 of 19, or 2 of 20.
    assert shares(permanent=[18])[0] == [1, pytest.approx(1 / 19), 0.1, None]
    # Whether one of the two who moved is a backbone teacher is not known: one of two, or both.
    assert shares(backbone=[18])[1] == [1, 0.5, 1.0, True]
    assert shares(backbone=[18, 19])[1] == [2, 0.0, 1.0, None]
    # 2 of 20 fell to what blanks could make of it: with all years blank nothing is known, and nothing is met.
    assert shares(school_since=range(18))[0] == [18, 0.1, 1.0, True]
    assert shares(school_since=range(18), permanent=[18])[0] == [19, pytest.approx(1 / 19), 1.0, None]
