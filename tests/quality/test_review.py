"""Reviews on small hand-made tables: who agrees, who leans, what a rule makes of it, and what cannot be said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.county import County, Lacking
from balancelib.quality import (
    ASPECTS,
    agreement_table,
    decide,
    disputes,
    ratings,
    reviewer_leanings,
    reviewer_pairs,
    rules_side_by_side,
    said_again,
    verdict_alpha,
)

P, M, R = "pass", "mend", "reject"


def county(said, **aspects):
    """A county of reviews: ``said`` by material, one verdict a reviewer; scores of aspects alike."""
    rows = [
        {"material": m, "reviewer": f"R{i}", "verdict": verdict}
        | {a: aspects[a].get(m, [np.nan] * 9)[i - 1] if a in aspects else np.nan for a in ASPECTS}
        for m, verdicts in said.items()
        for i, verdict in enumerate(verdicts, 1)
    ]
    return County({"schools": pd.DataFrame(), "reviews": pd.DataFrame(rows)})


THREE = {"M1": [P, P, R], "M2": [P, P, P], "M3": [M, P, R], "M4": [R, R, R]}


def test_verdicts_side_by_side_without_guesses():
    table = ratings(county({"M2": [P, None], "M1": [M, P]}))
    assert table.index.tolist() == ["M1", "M2"]
    assert table.loc["M1"].tolist() == [M, P]
    assert pd.isna(table.at["M2", "R2"])


def test_pairs_by_hand():
    """R1 and R2 alike on three of four; R1 and R3 on two. Linear weights 1, ½, 0, R1 passes ½, mends ¼, R2 passes ¾, R3 ¼."""
    pairs = reviewer_pairs(ratings(county(THREE))).set_index(["first", "second"])
    assert pairs["same"].to_dict() == {("R1", "R2"): 0.75, ("R1", "R3"): 0.5, ("R2", "R3"): 0.5}
    # expected: rows (¼, ¼, ½) of reject, mend, pass against (¼, 0, ¾): ¼·¼ + ¼·½·(¼ + ¾) + ½·¾ = .5625
    assert pairs.at[("R1", "R2"), "kappa"] == pytest.approx((0.875 - 0.5625) / (1 - 0.5625))


def test_leanings_by_hand():
    """R3 against the others' mean: 1−3, 3−3, 1−2.5, 1−1: −.875; alone on M1."""
    found = reviewer_leanings(ratings(county(THREE)))
    assert found.at["R3", "leaning"] == pytest.approx(-0.875)
    assert found["alone"].to_dict() == {"R1": 0, "R2": 0, "R3": 1}
    # t of three degrees of freedom, 3.182446; deviation of −2, 0, −1.5, 0
    assert found.at["R3", "high"] + 0.875 == pytest.approx(3.182446 * np.std([-2, 0, -1.5, 0], ddof=1) / 2)


def test_two_materials_give_no_interval():
    found = reviewer_leanings(ratings(county({"M1": [P, R], "M2": [P, P]})))
    assert found["low"].isna().all()
    assert found["leaning"].tolist() == [1, -1]


@pytest.mark.parametrize(
    ("rule", "outcomes"),
    [
        ("majority", ["pass", "pass", "discuss", "discuss"]),
        ("all", ["discuss", "pass", "discuss", "discuss"]),
        ("no_reject", ["discuss", "pass", "discuss", "discuss"]),
    ],
)
def test_two_pass_and_one_rejects(rule, outcomes):
    assert decide(ratings(county(THREE)), rule).tolist() == outcomes


def test_a_blank_is_no_vote():
    """Two of three passed and one is silent: too few for a decision by three, passed by two."""
    table = ratings(county({"M1": [P, P, None], "M2": [P, P, P]}))
    assert decide(table, "all").tolist() == ["unknown", "pass"]
    assert decide(table, "all", fewest=2).tolist() == ["pass", "pass"]


VOTES = st.lists(st.sampled_from([P, M, R, None]), min_size=5, max_size=5)


@given(st.lists(VOTES, min_size=1, max_size=6))
def test_stricter_rules_pass_no_more(votes):
    table = pd.DataFrame(votes, index=[f"M{i}" for i in range(len(votes))], dtype=object)
    passed = {
        rule: set(table.index[decide(table, rule) == "pass"]) for rule in ("majority", "all", "no_reject")
    }
    assert passed["all"] <= passed["no_reject"] <= passed["majority"]
    assert rules_side_by_side(table).sum(axis=1).eq(len(table)).all()


def test_what_was_said_again():
    """M1, M3: pass twice, mend once beside: of 9 passes' pairs 8, by hand (2·1 + 3·2 + 0) of (2·2 + 3·2 + 1·2)."""
    found = said_again(ratings(county(THREE)))
    assert found["通过"] == pytest.approx(8 / 12)
    assert found["修改后再审"] == 0
    assert found["不通过"] == pytest.approx(6 / 10)


def test_disputes_say_on_what():
    given_ = county(
        {"M1": [P, P, R], "M2": [P, P, P], "M3": [P, P, P]}, science={"M1": [4, 4, 3], "M3": [4, 2, np.nan]}
    )
    found = disputes(given_)
    assert found.index.tolist() == ["M1", "M3"]
    assert found["apart"].to_dict() == {"M1": "", "M3": "科学性"}
    assert found.loc["M1", ["不通过", "通过"]].tolist() == [1, 2]


def test_the_table_says_where_nothing_can_be_said():
    """All full marks in ideology; science by one reviewer; nothing of the others."""
    given_ = county(
        THREE, ideology={m: [4, 4, 4] for m in THREE}, science={m: [3, np.nan, np.nan] for m in THREE}
    )
    table = agreement_table(given_)
    assert table.loc["结论", "materials"] == 4
    assert table.loc["结论", "same"] == pytest.approx((1 / 3 + 1 + 0 + 1) / 4)
    assert table.loc["结论", "alpha"] == pytest.approx(verdict_alpha(ratings(given_)).value)
    assert table.loc["思想性", "same"] == 1
    assert np.isnan(table.loc["思想性", "alpha"])
    assert "都是同一个等级" in table.loc["思想性", "why"]
    assert "只有一位审读人" in table.loc["科学性", "why"]
    assert "没有填过“适宜性”" in table.loc["适宜性", "why"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"M1": [None, None]}, "没有填过“结论”"),
        ({"M1": [P], "M2": [R]}, "只有一位审读人"),
        ({"M1": [P, None]}, "只有一位审读人"),
    ],
)
def test_what_cannot_be_compared(said, text):
    with pytest.raises(Lacking, match=text):
        ratings(county(said))


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="能看的是verdict"):
        ratings(county(THREE), "price")
    with pytest.raises(ValueError, match="规则只能是"):
        decide(ratings(county(THREE)), "dictator")
