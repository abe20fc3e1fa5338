"""Compensation of schools that lose pupils: laws of two American states, cases by hand, and what must hold for every rule."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import Lacking
from balancelib.county.funding import funding_table
from balancelib.policy import Compensation, compensated, simulate, tables_ahead
from balancelib.standards.quotas import Formula

ONE = Formula({"pupils": 1.0})  # money counted in pupils


def table(*pupils, index=None):
    return pd.DataFrame({"pupils": pupils}, index)


def paid(now, past, **rule):
    rule = Compensation(**{"formula": ONE} | rule)
    return compensated(table(now), [table(n) for n in past], rule)["compensation"].item()


def test_minnesota():
    """Minnesota Statutes 126C.10, subd. 2d: the greater of 0 and 28 % of the formula allowance times the loss in pupil units.

    The allowance of fiscal year 2024 is 7,138 dollars; a loss of 10 units: 0.28 × 7,138 × 10 = 19,986.40.
    """
    state = {"share": 0.28, "formula": Formula({"pupils": 7138})}
    assert paid(990, [1000], **state) == pytest.approx(19_986.40)
    assert paid(1010, [1000], **state) == 0


@pytest.mark.parametrize(("now", "counted"), [(990, 0), (989, 8.25), (900, 75), (1000, 0), (1005, 0)])
def test_california_1979(now, counted):
    """California Code of Regulations, title 5, § 15388: a loss of more than 1 % counts 75 %, all of it; 1 % itself counts nothing."""
    assert paid(now, [1000], share=0.75, trigger=0.01) == pytest.approx(counted)


@pytest.mark.parametrize(
    ("past", "now", "rule", "money"),
    [
        ([120, 110, 100], 90, {"share": 1, "years": 3}, 20),  # the mean of three years, 110
        ([120, 110, 100], 90, {"share": 0.5, "years": 2}, 7.5),  # (105 − 90) / 2
        ([500, 120, 110, 100], 90, {"share": 1, "years": 3}, 20),  # what is further back does not matter
        ([100, 100, 100], 80, {"share": 0.8, "years": 3, "own_share": 0.05}, 12),  # 0.8 × (95 − 80)
        ([100, 100, 100], 95, {"share": 0.8, "years": 3, "own_share": 0.05}, 0),
        ([100, 100, 100], 100, {"share": 1, "years": 3}, 0),
        ([90, 95, 100], 98, {"share": 1, "years": 3}, 0),  # below last year, above the mean: made up before
        ([100], 90, {"share": 1, "years": 3}, 10),  # a school of two years: the mean of what there is
    ],
)
def test_by_hand(past, now, rule, money):
    assert paid(now, past, **rule) == pytest.approx(money)


def test_a_loss_fades_in_equal_steps():
    """Of 20 pupils lost once, 80 %, then two thirds and one third of it, then nothing."""
    tables = dict(enumerate([table(n) for n in (200, 200, 200, 180, 180, 180, 180)], 2020))
    found = simulate(tables, Compensation(share=0.8, years=3, formula=ONE))
    assert found["year"].tolist() == [2023, 2024, 2025, 2026]
    assert found["compensation"].tolist() == pytest.approx([16, 16 * 2 / 3, 16 / 3, 0])


@given(st.integers(0, 20), st.integers(1, 6), st.floats(0, 1))
def test_a_steady_loss_is_paid_for_ever(lost, years, share):
    """Sum of the fading parts: s d (1 + (Y − 1)/Y + … + 1/Y) = s d (Y + 1) / 2."""
    past = [1000 - lost * k for k in range(years)]
    money = paid(1000 - lost * years, past, share=share, years=years)
    assert money == pytest.approx(share * lost * (years + 1) / 2, abs=1e-9)


def test_what_fell_below_the_small_schools_number_is_not_paid_twice():
    """A school of 60 that had 80 is counted as 100 in both years: it lost no money."""
    formula = Formula({"pupils": 720}, least_pupils=100)
    assert paid(60, [80], share=1, formula=formula) == 0
    assert paid(60, [130], share=1, formula=formula) == pytest.approx(30 * 720)


@pytest.mark.parametrize(
    ("pupils", "fades", "grant"),
    [(99, 0, 500), (100, 0, 0), (0, 0, 0), (100, 50, 500), (125, 50, 250), (150, 50, 0), (0, 50, 0)],
)
def test_the_grant_of_small_schools(pupils, fades, grant):
    rule = Compensation(small_grant=500, fades=fades, formula=Formula({"pupils": 1}, least_pupils=100))
    assert compensated(table(pupils), [], rule)["small_grant"].item() == pytest.approx(grant)


def test_the_stop_loss_line_goes_by_last_years_entitlement():
    """100, 60, 60 pupils at 90 %: 90, then 81; growth is not held."""
    tables = {2023: table(100, 50), 2024: table(60, 60), 2025: table(60, 70)}
    found = simulate(tables, Compensation(stop_loss=0.9, formula=ONE))
    assert found["entitlement"].tolist() == pytest.approx([90, 60, 81, 70])
    assert found["stop_loss"].tolist() == pytest.approx([30, 0, 21, 0])


def test_a_pot_is_shared_by_entitlement():
    """A falls from 100 to 60, B stays at 100; share 0.5: A is entitled to 80. The pot of 160: 71.1 and 88.9, where pupils alone say 60 and 100."""
    tables = {2024: table(100, 100, index=["A", "B"]), 2025: table(60, 100, index=["A", "B"])}
    found = simulate(tables, Compensation(share=0.5, formula=ONE)).set_index("school_id")
    assert found["money"].to_dict() == pytest.approx({"A": 160 * 80 / 180, "B": 160 * 100 / 180})
    assert found["change"].to_dict() == pytest.approx({"A": 100 / 9, "B": -100 / 9})
    rich = simulate(tables, Compensation(share=0.5, formula=ONE), {2025: 360}).set_index("school_id")
    assert rich["money"].to_dict() == pytest.approx({"A": 160, "B": 200})
    assert rich["without"].to_dict() == pytest.approx({"A": 135, "B": 225})
    assert rich["change"].to_dict() == pytest.approx({"A": 25, "B": -25})


def test_new_closed_and_returning_schools():
    """One is new, one closes, one was away for a year: its mean is of the years it was there."""
    was, before = table(100, 40, index=["closes", "returns"]), table(100, index=["closes"])
    now = pd.concat([table(50, 30, index=["new", "returns"]), table(0, index=["closes"])])
    rule = Compensation(share=1, years=2, stop_loss=1, formula=ONE)
    found = compensated(now, [was, before], rule, pd.Series({"closes": 100.0}))
    assert found["entitlement"].to_dict() == pytest.approx({"new": 50, "returns": 40, "closes": 0})


shares = st.floats(0, 1)
rules = st.builds(
    Compensation, shares, st.integers(1, 4), shares, shares, shares, st.floats(0, 1e5), st.floats(0, 200),
    st.just(Formula({"pupils": 720}, least_pupils=100)),
)  # fmt: skip
counts = st.lists(st.integers(0, 400), min_size=5, max_size=5)


@given(st.lists(counts, min_size=1, max_size=5), rules)
def test_what_holds_for_every_rule(schools, rule):
    """No school gets less than for its pupils, nor more than last year's and the past's most; parts and pots add up."""
    columns = np.array(schools, dtype=float).T
    tables = {2021 + k: table(*column) for k, column in enumerate(columns)}
    if (columns[rule.years :].sum(axis=1) == 0).any():
        with pytest.raises(ValueError, match="没有一所学校"):
            simulate(tables, rule)
        return
    found = simulate(tables, rule)
    parts = found[["plain", "small_grant", "compensation", "stop_loss"]]
    assert (parts >= 0).all(axis=None)
    assert found["entitlement"].to_numpy() == pytest.approx(parts.sum(axis=1).to_numpy())
    most = 720 * max(columns.max(), 100) + rule.small_grant
    assert (found["entitlement"] <= most * (1 + 1e-9)).all()
    assert (found["entitlement"][found["pupils"] == 0] == 0).all()
    sums = found.groupby("year")[["plain", "money", "without", "change"]].sum()
    assert sums["money"].to_numpy() == pytest.approx(sums["plain"].to_numpy())
    assert sums["without"].to_numpy() == pytest.approx(sums["plain"].to_numpy())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"share": 80}, "share是80"),
        ({"trigger": -0.1}, "trigger是-0.1"),
        ({"own_share": np.nan}, "own_share是nan"),
        ({"stop_loss": 1.5}, "stop_loss是1.5"),
        ({"years": 0}, "years是0"),
        ({"years": 1.5}, "years是1.5"),
        ({"small_grant": np.inf}, "small_grant是inf"),
        ({"fades": -1}, "fades是-1"),
        ({"small_grant": 5, "formula": ONE}, "least_pupils"),
    ],
)
def test_a_rule_without_sense_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Compensation(**options)


def test_years_must_follow_each_other_and_reach_back():
    rule = Compensation(share=0.5, years=2, formula=ONE)
    for years in ((2024, 2025), (2022, 2024, 2025)):
        with pytest.raises(Lacking, match="要连着3年以上"):
            simulate({year: table(5) for year in years}, rule)


@pytest.mark.parametrize("pots", [{}, {2025: -1}, {2025: np.inf}])
def test_a_pot_must_be_known(pots):
    with pytest.raises(ValueError, match="pots里2025年是"):
        simulate({2024: table(5), 2025: table(5)}, Compensation(formula=ONE), pots)


def test_the_sample_county_without_compensation_gets_the_formula():
    county = sample_county(7)
    tables = {year: funding_table(county, year) for year in (2024, 2025)}
    found = simulate(tables, Compensation()).set_index("school_id")
    assert len(found) == 59
    assert found["change"].abs().max() == 0
    assert found["plain"]["9900000030"] == 72_000  # the teaching point of 40 pupils, as 100


def test_the_years_ahead_are_the_forecasts_pupils():
    """Two stages of a nine-year school, and a school for disabled children whose pupils are its own kind."""
    latest = pd.DataFrame(
        {
            "kind": ["nine_year", "special"], "pupils_primary": [9, 0], "pupils_junior": [5, 0], "pupils_special": [0, 7],
            "boarders": [4, 0], "pupils": [14, 7],
        },
        ["a", "s"],
    )  # fmt: skip
    index = pd.MultiIndex.from_product([["s", "a", "gone"], [2025, 2026]], names=["school_id", "year"])
    grades = pd.DataFrame({"grade1": [7, 6, 9, 8.5, 0, 0], "grade9": [0, 1, 5, 4, 0, 0]}, index)
    ahead = tables_ahead(latest, grades)
    assert list(ahead) == [2026]
    columns = ["pupils_primary", "pupils_junior", "pupils_special", "boarders", "pupils"]
    assert ahead[2026][columns].values.tolist() == [[8.5, 4, 0, 4, 12.5], [0, 0, 7, 0, 7]]
    assert tables_ahead(latest, grades.assign(grade2=np.nan))[2026]["pupils"].tolist() == [12.5, 7]
    without = grades.drop(("s", 2026))
    for lacking in (grades.drop("s", level="school_id"), without, without.reindex(grades.index)):
        with pytest.raises(Lacking, match=r"预测里没有这些学校，或者缺了哪一年：s$"):
            tables_ahead(latest, lacking)
