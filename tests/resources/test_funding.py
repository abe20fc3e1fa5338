"""What schools need by a formula, and grants within a budget: hand-solved cases, a linear program, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from samples import sample_county
from scipy.optimize import linprog

from balancelib.county import County
from balancelib.measures import cv
from balancelib.resources import (
    RUNNING_COSTS,
    Formula,
    formula_need,
    foundation_grants,
    funding_table,
    running_costs,
    share_budget,
    simulate_transfers,
    transfer_measures,
)

PARTS = [
    "pupils_primary",
    "pupils_junior",
    "boarders",
    "pupils_special",
    "small_school",
    "remoteness",
    "total",
]


def school(**counts):
    return pd.DataFrame(
        [{"pupils_primary": 0, "pupils_junior": 0, "boarders": 0, "pupils_special": 0} | counts]
    )


@pytest.mark.parametrize(
    ("counts", "parts"),
    [
        # The quota times the pupils: 720 × 500; 940 × 300; 300 for each of 40 boarders.
        ({"pupils_primary": 500}, [360_000, 0, 0, 0, 0, 0, 360_000]),
        ({"pupils_junior": 300, "boarders": 40}, [0, 282_000, 12_000, 0, 0, 0, 294_000]),
        # 60 pupils are counted as 100, the 20 boarders as 20.
        ({"pupils_primary": 60, "boarders": 20}, [43_200, 0, 6_000, 0, 28_800, 0, 78_000]),
        # 40 and 10 pupils are counted as 80 and 20.
        ({"pupils_primary": 40, "pupils_junior": 10}, [28_800, 9_400, 0, 0, 38_200, 0, 76_400]),
        ({"pupils_primary": 100}, [72_000, 0, 0, 0, 0, 0, 72_000]),
        # 30 disabled children at 7,000; they are not raised to 100.
        ({"pupils_special": 30}, [0, 0, 0, 210_000, 0, 0, 210_000]),
        ({}, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_running_costs_by_hand(counts, parts):
    need = formula_need(school(**counts), RUNNING_COSTS)
    assert list(need.columns) == PARTS
    assert need.iloc[0].tolist() == pytest.approx(parts)


def test_remote_schools_get_more():
    formula = Formula({"pupils_primary": 1000}, remoteness={"rural": 1.2})
    schools = pd.DataFrame({"pupils_primary": [10, 10], "area": ["rural", "urban"]}, index=["a", "b"])
    need = formula_need(schools, formula)
    assert need["remoteness"].tolist() == pytest.approx([2000, 0])
    assert need["total"].to_dict() == pytest.approx({"a": 12_000, "b": 10_000})


def test_weights_are_relative_to_what_money_there_is():
    schools = school(pupils_primary=80, pupils_junior=90, boarders=7)
    once, twice = (formula_need(schools, RUNNING_COSTS.scaled(factor))["total"].item() for factor in (1, 2))
    assert twice == pytest.approx(2 * once)


@pytest.mark.parametrize(
    ("schools", "formula", "error", "said"),
    [
        (
            pd.DataFrame({"pupils_primary": [1]}),
            RUNNING_COSTS,
            KeyError,
            "pupils_junior、boarders、pupils_special",
        ),
        (school(boarders=None), RUNNING_COSTS, ValueError, "boarders：第0行"),
        (school(pupils_junior=-1), RUNNING_COSTS, ValueError, "pupils_junior：第0行"),
    ],
)
def test_what_the_formula_asks_for_must_be_there(schools, formula, error, said):
    with pytest.raises(error, match=said):
        formula_need(schools, formula)


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        (({},), "没有一个学段"),
        (({"pupils": -1},), "pupils是-1"),
        (({"pupils": 1}, {"boarders": np.nan}), "boarders是nan"),
        (({"pupils": 1}, {}, np.inf), "least_pupils是inf"),
    ],
)
def test_a_formula_without_sense_is_refused(amounts, said):
    with pytest.raises(ValueError, match=said):
        Formula(*amounts)


@pytest.mark.parametrize(
    ("options", "level", "grants"),
    [
        ({"budget": 0}, 0.2, [0, 0, 0]),
        ({"budget": 30}, 0.5, [0, 0, 30]),  # the poorest first, up to the next
        ({"budget": 60}, 0.65, [0, 15, 45]),
        ({"budget": 110}, 0.9, [0, 40, 70]),
        ({"budget": 140}, 1.0, [10, 50, 80]),
        ({"budget": 60, "floor": 10}, 0.6, [10, 10, 40]),  # 10 to the rich; 50 lift the others to 60
        ({"budget": 60, "cap": 40}, 0.7, [0, 20, 40]),
        ({"budget": 60, "previous": [20, 20, 20], "hold_harmless": 0.9}, 0.44, [18, 18, 24]),
    ],
)
def test_grants_by_hand(options, level, grants):
    """Three counties that need 100 each and have 90, 50 and 20."""
    found = foundation_grants([100, 100, 100], [90, 50, 20], **options)
    assert found.level == pytest.approx(level)
    assert found.grants == pytest.approx(grants)


def test_money_that_caps_keep_back_is_left():
    found = foundation_grants([100, 100], [50, 20], 200, cap=[10, 30])
    assert found.grants.tolist() == [10, 30]
    assert found.level == np.inf


def test_a_budget_below_what_is_promised_is_refused():
    with pytest.raises(ValueError, match="预算20元不够：保底一共要30元"):
        foundation_grants([100, 100, 100], [0, 0, 0], 20, floor=10)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"own": [1]}, "一样长"),
        ({"own": [1, -2]}, "own里有"),
        ({"need": [1, np.nan]}, "need里有"),
        ({"budget": np.nan}, "budget里有"),
        ({"hold_harmless": 0.9}, "previous"),
        ({"cap": [1, 2, 3]}, "一样长"),
        ({"cap": [1, np.nan]}, "cap里有空值或负数"),
        ({"cap": -1}, "cap里有空值或负数"),
        ({"previous": [1, 2], "hold_harmless": np.nan}, "hold_harmless里有"),
        ({"previous": [1, 2], "hold_harmless": -0.5}, "hold_harmless里有"),
    ],
)
def test_amounts_without_sense_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        foundation_grants(**{"need": [10, 20], "own": [1, 2], "budget": 5} | options)


money = st.integers(0, 40)
places = st.lists(
    st.tuples(st.integers(1, 50), money, st.integers(0, 9), st.one_of(money, st.just(np.inf))),
    min_size=1,
    max_size=8,
)


@given(places, st.integers(0, 200))
def test_grants_spend_the_budget_and_lift_the_worst_off_as_far_as_can_be(places, extra):
    """A linear program, which knows nothing of levels, cannot lift the worst-off any further."""
    need, own, floor, cap = np.array(places, dtype=float).T
    most = np.maximum(cap, floor)
    budget = floor.sum() + extra
    found = foundation_grants(need, own, budget, floor=floor, cap=cap)
    assert (found.grants >= floor - 1e-9).all()
    assert (found.grants <= most + 1e-9).all()
    assert found.grants.sum() == pytest.approx(min(budget, most.sum()))
    assume(np.isfinite(found.level))
    n = len(need)
    # Maximise z: z ≤ (own + g) / need for all, Σ g ≤ budget, floor ≤ g ≤ most.
    solved = linprog(
        c=[*np.zeros(n), -1.0],
        A_ub=np.vstack([np.column_stack([np.diag(-1 / need), np.ones(n)]), [*np.ones(n), 0.0]]),
        b_ub=[*(own / need), budget],
        bounds=[*zip(floor, np.where(np.isinf(most), None, most), strict=True), (None, None)],
    )
    assert ((own + found.grants) / need).min() == pytest.approx(-solved.fun, rel=1e-7, abs=1e-9)


@example([(1, 0, 2, 3), (1, 0, 7, np.inf)], 0, 0.01)  # nothing to spare, and rounding says: less
@example(
    [(1, 0, 0, 0)] * 4 + [(1, 0, 1, 0), (1, 0, 8, np.inf), (2, 0, 1, 12), (2, 0, 1, 12), (3, 0, 1, 9)],
    30,
    1.9,
)  # between two levels nobody is lifted
@given(places, st.integers(0, 200), st.floats(0.01, 1000))
def test_grants_do_not_depend_on_the_unit(places, extra, factor):
    need, own, floor, cap = np.array(places, dtype=float).T
    budget = floor.sum() + extra
    one = foundation_grants(need, own, budget, floor=floor, cap=cap)
    other = foundation_grants(
        *(factor * x for x in (need, own, budget)), floor=factor * floor, cap=factor * cap
    )
    assert other.grants == pytest.approx(factor * one.grants, rel=1e-6, abs=1e-6 * factor)


PROVINCE = pd.DataFrame(
    {"county_id": ["a", "a", "b", "c"], "need": [60.0, 40.0, 100.0, 200.0]}, index=["w", "x", "y", "z"]
)
REVENUE = pd.Series({"a": 90.0, "b": 50.0, "c": 40.0})


@pytest.mark.parametrize(
    ("rule", "after"),
    [
        # Need 100, 100, 200; own .9, .5, .2. 60 lift c to 100 of 200; 30 more would lift b and c together.
        ("level_up", [54, 36, 50, 100]),
        ("by_need", [63, 42, 65, 70]),  # 0.15 of need to each
        ("by_revenue", [72, 48, 66.667, 53.333]),  # a third of what they have
    ],
)
def test_transfers_by_hand(rule, after):
    found = simulate_transfers(PROVINCE, REVENUE, 60, rule)
    assert found["before"].tolist() == pytest.approx([54, 36, 50, 40])
    assert found["after"].tolist() == pytest.approx(after, abs=0.001)
    assert found["share_after"].tolist() == pytest.approx(found["after"] / PROVINCE["need"])
    assert list(found.index) == list("wxyz")


def test_levelling_up_narrows_the_gap_most_and_matching_leaves_it():
    gap = {
        rule: cv(found["share_after"], found["need"])
        for rule in ("level_up", "by_need", "by_revenue")
        if len(found := simulate_transfers(PROVINCE, REVENUE, 60, rule))
    }
    before = simulate_transfers(PROVINCE, REVENUE, 0, "by_need")
    assert gap["level_up"] < gap["by_need"] < gap["by_revenue"]
    assert gap["by_revenue"] == pytest.approx(cv(before["share_before"], before["need"]))


def test_bounds_hold_for_counties():
    found = simulate_transfers(PROVINCE, REVENUE, 60, floor=10)
    assert found.groupby(PROVINCE["county_id"])["after"].sum().to_dict() == pytest.approx(
        {"a": 100, "b": 60, "c": 80}
    )


@pytest.mark.parametrize(
    ("revenue", "options", "said"),
    [
        (REVENUE.drop("b"), {}, "没有这些县：b"),
        (REVENUE, {"rule": "by_need", "floor": 1}, "floor只能和level_up"),
        (REVENUE, {"floor": 30}, "预算60元不够：保底一共要90元"),
        (0 * REVENUE, {"rule": "by_revenue"}, "各县加起来是0"),
    ],
)
def test_transfers_without_sense_are_refused(revenue, options, said):
    with pytest.raises(ValueError, match=said):
        simulate_transfers(PROVINCE, revenue, 60, **options)


@pytest.mark.parametrize("rule", ["level_up", "by_need", "by_revenue"])
@pytest.mark.parametrize("amount", [np.nan, -1])
def test_transfers_of_what_is_not_known_are_refused(rule, amount):
    schools, revenue = PROVINCE.astype({"need": float}), REVENUE.copy()
    schools.loc["y", "need"], revenue["b"] = amount, amount
    with pytest.raises(ValueError, match="need里有空值、负数或无穷大（第一处在y）"):
        simulate_transfers(schools, REVENUE, 60, rule)
    with pytest.raises(ValueError, match="revenue里有空值、负数或无穷大（第一处在b）"):
        simulate_transfers(PROVINCE, revenue, 60, rule)


def test_every_measure_before_and_after_by_hand():
    """Means 11/15 and 5/6; variances .0622 and .01556 (thirds of .1867 and .0467): 0.3401 and 0.1497; 1/.4 and 1/.7; (.4 + .8) / (2 × .8)."""
    table = transfer_measures([0.4, 0.8, 1.0], [0.7, 0.8, 1.0], [1, 1, 1])
    assert table.loc["cv", ["before", "after"]].tolist() == pytest.approx([0.3401, 0.1497], abs=1e-4)
    assert table.loc["range_ratio", ["before", "after"]].tolist() == pytest.approx([2.5, 1 / 0.7])
    assert table.loc["mcloone", ["before", "after"]].tolist() == pytest.approx([0.75, 0.9375])
    assert (
        table.loc["verstegen", "before"] == table.loc["verstegen", "after"]
    )  # nothing moved above the median
    assert table["narrower"].drop("verstegen").all()
    assert not table.loc["verstegen", "narrower"]
    assert table.loc["hoover", "label"] == "胡佛指数"


def test_transfers_are_seen_by_every_measure():
    found = simulate_transfers(PROVINCE, REVENUE, 60)
    table = transfer_measures(found["share_before"], found["share_after"], found["need"])
    assert table["narrower"].drop("mcloone").all()
    # Half of the need is the poorest county's: it is the median itself before and after, and nobody is below.
    assert table.loc["mcloone", ["before", "after"]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("year", "amounts"),
    [(2020, [650, 850, 200, 6000]), (2022, [650, 850, 200, 6000]), (2024, [720, 940, 300, 6000]), (2026, [720, 940, 300, 7000])],
)  # fmt: skip
def test_the_quota_of_a_year(year, amounts):
    formula = running_costs(year)
    assert [*formula.per_pupil.values(), *formula.supplements.values()] == amounts
    assert formula.least_pupils == 100


def test_no_quota_is_made_up():
    with pytest.raises(ValueError, match="没有2019年的定额；从2020年起"):
        running_costs(2019)


def test_a_county_becomes_what_a_formula_asks_for():
    county = sample_county(7)
    table = funding_table(county)
    schools = county.schools.set_index("school_id")
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1)
    assert table["pupils"].sum() == pupils.sum()
    assert (table["pupils"] > 0).all()
    special = table["kind"] == "special"
    assert table.loc[special, ["pupils_primary", "pupils_junior"]].to_numpy().sum() == 0
    assert table.loc[special, "pupils_special"].sum() == pupils[schools["kind"] == "special"].sum()
    assert (
        table["boarders"].sum()
        == county.tables["boarding"][["boarders_primary", "boarders_junior"]].sum().sum()
    )
    assert (formula_need(table, RUNNING_COSTS)["total"] > 0).all()


def test_pupils_of_an_earlier_year_that_are_not_known_are_refused():
    """A blank grade of a school that has it in other years would count as none; other years can be asked for."""
    county = sample_county()
    enrolment = county.tables["enrolment"].copy()
    blank = (enrolment["school_id"] == "9900000001") & (enrolment["year"] == 2020)
    enrolment.loc[blank, "grade2"] = float("nan")
    for known in (enrolment, enrolment[~blank]):
        changed = County(county.tables | {"enrolment": known})
        with pytest.raises(ValueError, match="学校9900000001的2020年"):
            funding_table(changed, 2020)
        assert len(funding_table(changed, 2021))


def test_a_school_that_did_not_hand_in_its_grades_is_not_one_without_pupils():
    """No row at all, none of the last years, or a blank one: its pupils are not known. A school that began later had none before."""
    county = sample_county()
    enrolment = county.tables["enrolment"]
    one = enrolment["school_id"] == "9900000001"
    with_rows = lambda rows: County(county.tables | {"enrolment": enrolment[rows]})  # noqa: E731
    blank = County(county.tables | {"enrolment": enrolment.mask(one, enrolment[["school_id", "year"]])})
    for lacking in (with_rows(~one), with_rows(~one | (enrolment["year"] < 2024)), blank):
        with pytest.raises(ValueError, match="没有2024年学校9900000001的数"):
            funding_table(lacking, 2024)
    young = with_rows(~one | (enrolment["year"] >= 2023))
    assert "9900000001" not in funding_table(young, 2022).index
    assert "9900000001" in funding_table(young, 2023).index


def test_boarders_that_are_blank_are_not_none():
    county = sample_county()
    boarding = county.tables["boarding"].copy()
    school = boarding["school_id"][boarding["boarders_junior"] > 0].iloc[0]
    boarding.loc[boarding["school_id"] == school, "boarders_junior"] = float("nan")
    with pytest.raises(ValueError, match=f"学校{school}有一个学段的寄宿生数空着"):
        funding_table(County(county.tables | {"boarding": boarding}))


def test_pupils_of_an_earlier_year():
    county = sample_county(7)
    now, then = funding_table(county, 2025), funding_table(county, 2020)
    assert now["pupils"].to_dict() == funding_table(county)["pupils"].to_dict()
    enrolment = county.tables["enrolment"]
    of_2020 = enrolment[enrolment["year"] == 2020].set_index("school_id")
    assert then["pupils"].sum() == of_2020.filter(like="grade").sum().sum()
    with pytest.raises(ValueError, match="没有1990年的数"):
        funding_table(county, 1990)
    with pytest.raises(ValueError, match="没有2025年的数"):
        funding_table(County({"schools": county.schools}), 2025)


def test_a_budget_is_shared_by_need():
    """60 pupils as 100 at 720, and 100 at 940: 72,000 and 94,000; half of that is 83,000."""
    schools = pd.concat([school(pupils_primary=60), school(pupils_junior=100)], ignore_index=True)
    assert share_budget(schools, RUNNING_COSTS, 83_000).tolist() == pytest.approx([36_000, 47_000])
    with pytest.raises(ValueError, match="没有一所学校需要钱"):
        share_budget(school(), RUNNING_COSTS, 1)
    with pytest.raises(ValueError, match="budget里有"):
        share_budget(schools, RUNNING_COSTS, -1)
