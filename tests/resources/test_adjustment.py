"""Money from one year to the next: hand-solved cases, a linear program, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from balancelib.resources import RUNNING_COSTS, adjust_money, phase_in, quota_factor

PARTS = ["price", "pupils", "budget", "formula", "limits"]


def money(*amounts):
    return pd.Series(amounts, index=list("abcdefgh")[: len(amounts)], dtype=float)


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ({"prices": 1.03}, 1.03),
        ({"capacity": 4.0, "elasticity": 0.5}, 2.0),  # √4
        ({"capacity": 4.0, "elasticity": 0.5, "most": 1.2}, 1.2),
        ({"capacity": 0.25, "elasticity": 0.5}, 1.0),  # the poor keep the quota
        ({"prices": 1.1, "capacity": 4.0, "elasticity": 0.5, "most": 1.2}, 1.32),
    ],
)
def test_factors_by_hand(options, factor):
    assert quota_factor(**options) == pytest.approx(factor)
    assert RUNNING_COSTS.scaled(quota_factor(**options)).per_pupil["pupils_primary"] == pytest.approx(
        720 * factor
    )


@pytest.mark.parametrize("options", [{"prices": 0}, {"capacity": -1}, {"elasticity": -0.1}, {"most": 0.9}])
def test_factors_without_sense_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        quota_factor(**options)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        # Need 100, 100, 200; money 150, 100, 150; budget 400: the formula says 100, 100, 200.
        ({"floor": -1, "ceiling": 9}, [100, 100, 200]),
        # Half of the way: 75 + 50 λ, 50 + 50 λ, 75 + 100 λ; together 200 + 200 λ = 400.
        ({"floor": -1, "ceiling": 9, "step": 0.5}, [125, 100, 175]),
        # a 142.5 at the floor; b, at 257.5 / 3 by need, is at its floor of 95 too; c has the rest, under its ceiling of 165.
        ({"floor": -0.05, "ceiling": 0.10}, [142.5, 95, 162.5]),
        # The floor is 0.9: a 135; of 265 b and c by need 1 : 2: 88⅓ and 176⅔, but b not below 90; so c 175.
        ({"floor": -0.10, "ceiling": 9}, [135, 90, 175]),
        # Nobody more than 10 %: c 165; a and b share 235 evenly, 117.5 each, but b not above 110: a 125.
        ({"floor": -1, "ceiling": 0.10}, [125, 110, 165]),
    ],
)
def test_corridors_by_hand(options, found):
    table = adjust_money(money(100, 100, 200), money(150, 100, 150), 400, **options)
    assert table["money"].tolist() == pytest.approx(found)


def test_words_for_who_is_held():
    table = adjust_money(money(100, 100, 200), money(150, 100, 150), 400, floor=-1, ceiling=0.10)
    assert table["limited"].tolist() == ["", "ceiling", "ceiling"]
    assert table["rate"].tolist() == pytest.approx([-1 / 6, 0.1, 0.1])
    table = adjust_money(money(100, 100, 200), money(150, 100, 150), 400, floor=-0.1, ceiling=9)
    assert table["limited"].tolist() == ["floor", "floor", ""]


def test_new_schools_start_at_the_formula_and_closed_ones_end():
    # a keeps half of 100 and goes half of the way; b is new; c has closed. 50 + 50 λ + 50 λ = 160: λ = 1.1, a 105, b 55.
    table = adjust_money(
        pd.Series({"a": 100.0, "b": 50.0}),
        pd.Series({"a": 100.0, "c": 40.0}),
        160,
        floor=-0.1,
        ceiling=0.5,
        step=0.5,
    )
    assert table["money"].to_dict() == pytest.approx({"a": 105, "b": 55, "c": 0})
    assert np.isnan(table.loc["b", "rate"])
    assert set(table["limited"]) == {""}


def test_what_a_change_is_made_of_by_hand():
    """Last year need 100 and 100, money 120 and 80: level 1. Prices rise by 10 %; a loses a tenth of its pupils: need 99 and 110.

    Budget 209: the level stays 1, half of the way. Price: ½ × 0.1 × 100 = 5 each. Pupils: ½ × (99 − 110) = −5.5 and 0. Distance from the
    formula: ½ × (100 − 120) = −10 and +10. Money: 60 + 49.5 = 109.5 and 40 + 55 = 95; together 204.5, so the level rises: 100 + ½ λ 209 = 209 gives
    λ = 218 / 209, and 4.5 more in proportion to need: 4.5 × 99 / 209 and 4.5 × 110 / 209.
    """
    table = adjust_money(
        money(99, 110),
        money(120, 80),
        209,
        floor=-1,
        ceiling=9,
        step=0.5,
        previous_need=money(100, 100),
        price=1.1,
    )
    assert table["price"].tolist() == pytest.approx([5, 5])
    assert table["pupils"].tolist() == pytest.approx([-5.5, 0])
    assert table["formula"].tolist() == pytest.approx([-10, 10])
    assert table["budget"].tolist() == pytest.approx([4.5 * 99 / 209, 4.5 * 110 / 209])
    assert table["limits"].tolist() == pytest.approx([0, 0], abs=1e-9)
    assert table["money"].sum() == pytest.approx(209)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"budget": 300}, "预算300元不够：各校都按下限，一共也要380元"),
        ({"budget": 500}, "预算500元花不完：各校都到上限，一共只有440元"),
        ({"budget": np.nan}, "budget是nan"),
        ({"step": 0}, "step是0"),
        ({"floor": 0.2}, "不能高过上限"),
        ({"floor": -0.5, "ceiling": -0.2, "step": 0.1}, "上限-0.2比一步0.1减得还多"),
        ({"previous_need": money(0, 0, 0)}, "previous_need"),
    ],
)
def test_adjustments_without_sense_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        adjust_money(money(100, 100, 200), money(150, 100, 150), **{"budget": 400} | options)


@pytest.mark.parametrize("amount", [np.nan, -1, np.inf])
@pytest.mark.parametrize("name", ["need", "previous", "previous_need"])
def test_what_is_not_known_takes_no_money_away(name, amount):
    given = {"need": money(100, 100, 200), "previous": money(150, 100, 150), "previous_need": money(1, 1, 1)}
    given[name]["b"] = amount
    with pytest.raises(ValueError, match=rf"^{name}里有空值、负数或无穷大（第一处在b）"):
        adjust_money(**given, budget=400)


def test_a_year_that_is_not_known_is_named():
    need = pd.DataFrame({2026: money(100, 100), 2027: money(100, np.nan)})
    with pytest.raises(ValueError, match="2027年：need里有空值、负数或无穷大（第一处在b）"):
        phase_in(need, money(100, 100), pd.Series({2026: 200.0, 2027: 200.0}))


def test_all_at_the_ceiling_spend_the_last_yuan():
    table = adjust_money(money(100, 100), money(100, 50), 165, floor=0, ceiling=0.10)
    assert table["money"].tolist() == pytest.approx([110, 55])
    assert np.isfinite(table["formula_money"]).all()


places = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 60)), min_size=2, max_size=8)


@given(places, st.floats(-0.3, 0), st.floats(0.01, 0.5), st.floats(0.4, 1), st.floats(0, 1))
def test_a_linear_program_comes_no_nearer_to_the_formula(rows, floor, ceiling, step, share):
    """The worst-off of those not held cannot be lifted by any other way to spend the same money within the same corridor."""
    need, previous = (money(*column) for column in zip(*rows, strict=True))
    least, most = previous * max(1 + floor, 1 - step), previous * (1 + ceiling)
    budget = (least + share * (most - least)).sum()
    table = adjust_money(need, previous, budget, floor=floor, ceiling=ceiling, step=step)
    got = table["money"]
    assert got.sum() == pytest.approx(budget)
    assert (got >= previous * (1 + floor) * (1 - 1e-9)).all()
    assert (got <= most * (1 + 1e-9)).all()
    assume((table["limited"] == "").any())
    moved = (got - (1 - step) * previous) / (step * need)
    n = len(need)
    solved = linprog(  # maximise z: z ≤ (g − kept) / (step × need)
        c=[*np.zeros(n), -1.0],
        A_ub=np.vstack([np.column_stack([np.diag(-1 / (step * need)), np.ones(n)]), [*np.ones(n), 0.0]]),
        b_ub=[*(-(1 - step) * previous / (step * need)), budget],
        bounds=[*zip(least, most, strict=True), (None, None)],
    )
    assert moved.min() == pytest.approx(-solved.fun, rel=1e-6, abs=1e-7)


@given(places, st.floats(0.95, 1.1), st.floats(0.9, 1.2))
def test_parts_add_up_to_the_change(rows, budget, price):
    need, previous = (money(*column) for column in zip(*rows, strict=True))
    before = money(*range(3, 3 + len(rows)))
    table = adjust_money(need, previous, budget * previous.sum(), step=0.5, previous_need=before, price=price)
    assert table[PARTS].sum(axis=1).tolist() == pytest.approx(table["change"].tolist(), abs=1e-7)


def test_phases_reach_the_formula_in_equal_steps():
    need = pd.DataFrame({year: money(100, 100, 200) for year in (2026, 2027, 2028)})
    budgets = pd.Series({2026: 400.0, 2027: 400.0, 2028: 400.0})
    # The formula says 100, 100, 200; from 115, 100, 185 in three steps of 5 and of 0 and of 5.
    found = phase_in(need, money(115, 100, 185), budgets)
    assert found.loc["a"].tolist() == pytest.approx([110, 105, 100])
    assert found.loc["c"].tolist() == pytest.approx([190, 195, 200])
    held = phase_in(need, money(150, 100, 150), budgets, floor=-0.05, ceiling=0.10)
    assert held.loc["a"].tolist() == pytest.approx(
        [142.5, 135.375, 128.60625]
    )  # 5 % a year, and not there yet


def test_a_year_that_cannot_be_paid_is_named():
    need = pd.DataFrame({2026: money(100, 100), 2027: money(100, 100)})
    with pytest.raises(ValueError, match="2027年：预算100元不够"):
        phase_in(need, money(100, 100), pd.Series({2026: 200.0, 2027: 100.0}))
