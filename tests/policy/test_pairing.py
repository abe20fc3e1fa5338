"""Pairings: a published assignment, another solver, all pairings of small counties, and the reasons that are given."""

import tomllib
from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from balancelib.county import Lacking, open_county, road_matrix
from balancelib.policy import (
    alliance_roles,
    explain_left,
    explain_pairs,
    nearest_first,
    pair_schools,
    pairing_levels,
    sending_conditions,
)
from balancelib.policy.pairing import Question, solve
from balancelib.policy.reasons import competing

ITEMS = ("backbone_teachers", "pe_arts_teachers")
FAR = float("inf")


def asked(needs, lacks, spare, km):
    """Weak schools a, b, … with their needs and what they lack, strong schools z, y, … with what they can send of each item."""
    weak, strong = list("abcdefgh"[: len(needs)]), list("zyxwvuts"[: len(spare)])
    roles = pd.DataFrame(
        {"name": [f"{s}校" for s in weak + strong], "need": [*map(float, needs), *[0.0] * len(strong)],
         "role": ["weak"] * len(weak) + ["strong"] * len(strong), "lacks": [*lacks, *[""] * len(strong)]},
        index=weak + strong,
    )  # fmt: skip
    for k, item in enumerate(ITEMS):
        roles[item] = [-1] * len(weak) + [s[k] for s in spare]
    roads = pd.DataFrame(FAR, index=roles.index, columns=roles.index)
    roads.loc[weak, strong] = km
    return roles, roads


def test_a_published_assignment():
    # Google OR-Tools, "Solving an Assignment Problem" (developers.google.com/optimization/assignment/assignment_example): five workers,
    # four tasks, at most one each; the least total cost is 70 + 55 + 95 + 45 = 265.
    cost = [[90, 80, 75, 70], [35, 85, 55, 65], [125, 95, 90, 95], [45, 110, 95, 115], [50, 100, 90, 100]]
    roles, km = asked([1] * 5, [ITEMS[0]] * 5, [(9, 0)] * 4, cost)
    found = pair_schools(roles, km, within=200, most=1)
    assert (found.km, found.proven, len(found.left)) == (265, True, 1)
    assert sorted(found.pairs["km"]) == [45, 55, 70, 95]


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(1, 99), min_size=5, max_size=5), min_size=5, max_size=5))
def test_where_all_can_be_paired_it_is_the_assignment_problem(cost):
    roles, km = asked(range(1, 6), [ITEMS[0]] * 5, [(1, 0)] * 5, cost)
    rows, columns = linear_sum_assignment(cost)
    assert pair_schools(roles, km, within=99, most=5).km == pytest.approx(np.array(cost)[rows, columns].sum())


@st.composite
def counties(draw):
    """Up to four weak schools and three strong ones, near and far, with few teachers to send."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    few = st.integers(0, 2)
    needs = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    lacks = draw(st.lists(st.sampled_from(ITEMS), min_size=n, max_size=n))
    spare = draw(st.lists(st.tuples(few, few), min_size=m, max_size=m))
    road = st.one_of(st.integers(0, 12), st.just(FAR))
    km = draw(st.lists(st.lists(road, min_size=m, max_size=m), min_size=n, max_size=n))
    return asked(needs, lacks, spare, km)


def all_pairings(roles, km, within, most):
    """Every pairing that the limits allow, as (weak → strong)."""
    weak, strong = (roles.index[roles["role"] == role] for role in ("weak", "strong"))
    for partners in product([None, *strong], repeat=len(weak)):
        pairs = {w: s for w, s in zip(weak, partners, strict=True) if s}
        held = list(pairs.values())
        sent = [(s, roles.at[w, "lacks"]) for w, s in pairs.items()]
        if (
            all(km.at[w, s] <= within for w, s in pairs.items())
            and all(held.count(s) <= most for s in held)
            and all(sent.count((s, item)) <= roles.at[s, item] for s, item in sent)
        ):
            yield pairs


def judged(roles, km, pairs):
    """Need that is served, and kilometres."""
    return sum(roles.at[w, "need"] for w in pairs), sum(km.at[w, s] for w, s in pairs.items())


@given(counties(), st.integers(1, 2))
def test_no_pairing_is_better(county, most):
    roles, km = county
    every = list(all_pairings(roles, km, 10, most))
    best, shortest = min((judged(roles, km, p) for p in every), key=lambda found: (-found[0], found[1]))
    found = pair_schools(roles, km, within=10, most=most)
    mine = dict(found.pairs["partner"])
    assert mine in every
    assert judged(roles, km, mine) == pytest.approx((best, shortest))
    assert found.km == pytest.approx(shortest)
    assert found.proven
    assert found.need_left == pytest.approx(roles["need"].sum() - best)
    # The three aims agree: also the most schools, and the neediest first.
    assert len(mine) == max(map(len, every))
    in_order = lambda pairs: sorted((roles.at[w, "need"] for w in pairs), reverse=True)  # noqa: E731
    assert in_order(mine) == max(map(in_order, every))


@settings(max_examples=40)
@given(counties(), st.integers(1, 2), st.randoms())
def test_the_order_of_schools_does_not_matter(county, most, chance):
    roles, km = county
    shuffled = chance.sample(list(roles.index), len(roles))
    first, second = (
        pair_schools(r, k, within=10, most=most)
        for r, k in ((roles, km), (roles.loc[shuffled], km.loc[shuffled[::-1], shuffled]))
    )
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    assert first.left == second.left


@settings(max_examples=40)
@given(counties(), st.integers(1, 2))
def test_by_hand_is_never_better(county, most):
    roles, km = county
    by_hand, best = (pair(roles, km, within=10, most=most) for pair in (nearest_first, pair_schools))
    assert dict(by_hand.pairs["partner"]) in list(all_pairings(roles, km, 10, most))
    assert (-by_hand.need_left, -by_hand.km) <= (-best.need_left + 1e-9, -best.km + 1e-9)


@settings(max_examples=40)
@given(counties(), st.integers(1, 2))
def test_the_second_best_is_what_all_pairings_say(county, most):
    roles, km = county
    every = list(all_pairings(roles, km, 10, most))
    found = pair_schools(roles, km, within=10, most=most)
    served, shortest = judged(roles, km, dict(found.pairs["partner"]))
    for weak, row in explain_pairs(found).iterrows():
        partner = found.pairs.at[weak, "partner"]
        others = [judged(roles, km, pairs) for pairs in every if pairs.get(weak) != partner]
        best, least = min(others, key=lambda pairing: (-pairing[0], pairing[1]))
        if best < served:
            assert row["lost"]
            assert np.isnan(row["more_km"])
        else:
            assert not row["lost"]
            assert row["more_km"] == pytest.approx(least - shortest)
        near = min(km.at[weak, s] for s in km if roles.at[s, "role"] == "strong" and roles.at[s, roles.at[weak, "lacks"]])  # fmt: skip
        assert row["nearest_km"] == near
        assert (row["why"] == "是最近的") == (row["km"] == near)


@settings(max_examples=40)
@given(counties(), st.integers(1, 2))
def test_who_is_left_competes_for_too_few_places_and_needs_the_least(county, most):
    roles, km = county
    found = pair_schools(roles, km, within=10, most=most)
    for weak, row in explain_left(found).iterrows():
        arcs = found.question.arcs
        if not row["reach"]:
            assert weak not in set(arcs["weak"])
            continue
        rivals, full = competing(found, weak)
        assert set(arcs.loc[arcs["weak"].isin(rivals), "partner"]) == set(full)
        alone = roles[roles.index.isin(rivals) | (roles["role"] == "strong")]
        room = max(len(pairs) for pairs in all_pairings(alone, km, 10, most))
        assert room == row["places"] == len(rivals) - 1
        assert roles.at[weak, "need"] == min(roles.loc[rivals, "need"])


def test_two_are_one_too_many():
    roles, km = asked([10, 40], [ITEMS[0]] * 2, [(5, 0)], [[1], [3]])
    found = pair_schools(roles, km, most=1)
    assert found.message == "2所弱校里1所有了伙伴，路程合计3.0公里，已证明最短；1所没有：a校。"
    why = explain_left(found).loc["a"]
    assert (why["rivals"], why["places"]) == ("a校、b校", 1)
    assert why["why"] == "2所弱校够得着的只有z校，一共只带得了1所；其中没有一所差得比它少"
    both = pair_schools(roles, km, most=2)
    assert both.message == "2所弱校里2所有了伙伴，路程合计4.0公里，已证明最短；没有一所落下。"


def test_why_not_the_nearest():
    # a is near y; b can have y only.
    roles, km = asked([10, 40], [ITEMS[0]] * 2, [(1, 0), (1, 0)], [[9, 1], [FAR, 2]])
    why = explain_pairs(pair_schools(roles, km)).loc["a"]
    assert (why["partner"], why["nearest"], why["nearest_km"]) == ("z校", "y校", 1)
    assert why["why"] == "如果配给它，b校就没有伙伴"
    assert why["second"] == ""
    assert why["lost"] == "a校"


@pytest.mark.parametrize(
    ("spare", "km", "said"),
    [
        ((0, 3), 1, "全县没有一所强校派得出骨干教师"),
        ((3, 3), FAR, "“校际路程”表里一所也没有：太远"),
        ((3, 3), 16.5, "15公里以内没有派得出骨干教师的强校；最近的是z校，16.5公里"),
    ],
)
def test_nobody_within_reach_is_said(spare, km, said):
    found = pair_schools(*asked([10], [ITEMS[0]], [spare], [[km]]))
    assert (found.left, found.km, found.proven) == (("a",), 0, True)
    assert explain_left(found).at["a", "why"].endswith(said)
    assert explain_pairs(found)["km"].empty  # no row, and every column


def test_who_must_not_be_sent():
    """z sends two backbone teachers and can spare one of arts, y sends one of each kind and can spare just these, x one and has plenty."""
    roles, km = asked(
        [5, 4, 3, 2, 1], [ITEMS[0]] * 3 + [ITEMS[1], ITEMS[0]], [(2, 1), (1, 1), (3, 3)], np.full((5, 3), FAR)
    )
    for weak, strong in zip("abcde", "zzyyx", strict=True):
        km.loc[weak, strong] = 1
    found = sending_conditions(pair_schools(roles, km))
    assert found["sent"].to_dict() == {"x": 1, "y": 2, "z": 2}
    assert found["at_most"].to_dict() == {"x": {}, "y": dict.fromkeys(ITEMS, 1), "z": {ITEMS[1]: 1}}
    assert found["condition"].to_dict() == {
        "x": "",
        "y": "派出的2名里，最多1名是骨干教师，最多1名是体育艺术专任教师",
        "z": "派出的2名里，最多1名是体育艺术专任教师",
    }
    none = sending_conditions(pair_schools(*asked([1], [ITEMS[0]], [(1, 0)], [[1]])))
    assert none.at["z", "condition"] == "派出的1名里，一名也不能是体育艺术专任教师"
    assert sending_conditions(pair_schools(*asked([1], [ITEMS[0]], [(1, 0)], [[99]]))).empty


@pytest.mark.parametrize("spare", [(2, 0), (2, 1), (2, 2)])
def test_keeping_the_condition_keeps_the_standard(spare):
    """Every choice of two out of teachers who are backbone only, or arts too: it keeps both thresholds just where the condition holds."""
    pairing = pair_schools(*asked([2, 1], [ITEMS[0]] * 2, [spare], [[1], [1]]))
    at_most = sending_conditions(pairing).at["z", "at_most"]
    for both in product([False, True], repeat=2):
        left = [spare[0] - 2, spare[1] - sum(both)]
        assert (min(left) >= 0) == (sum(both) <= at_most.get(ITEMS[1], 2))


def test_a_pair_can_be_given():
    roles, km = asked([10], [ITEMS[0]], [(1, 0), (1, 0)], [[1, 2]])
    assert solve(Question(roles, km, 15, 1), {("a", "y"): 1}).km == 2


def test_what_has_no_sense_is_refused():
    roles, km = asked([10], [ITEMS[0]], [(1, 0)], [[1]])
    with pytest.raises(ValueError, match="不能小于0"):
        pair_schools(roles, km, within=-1)
    with pytest.raises(ValueError, match="至少要带1所"):
        pair_schools(roles, km, most=0)
    with pytest.raises(ValueError, match="大于0"):
        pair_schools(roles.assign(need=0.0), km)
    with pytest.raises(Lacking, match="没有这些学校：z"):
        pair_schools(roles, km.drop("z"))
    with pytest.raises(Lacking, match="不用结对"):
        pair_schools(roles[roles["role"] != "weak"], km)
    with pytest.raises(Lacking, match="县外"):
        pair_schools(roles[roles["role"] != "strong"], km)
    with pytest.raises(ValueError, match="已证明"):
        explain_left(nearest_first(roles, km))


def test_the_sample_county():
    county = open_county(ROOT / "data" / "county")
    roles = alliance_roles(county, "primary")
    km = road_matrix(county.tables["distances"], roles.index)
    best = pair_schools(roles, km, within=20)
    by_hand = nearest_first(roles, km, within=20)
    # Dense enough to be sent wrong by hand: fewer schools with a partner, and needier ones without.
    assert len(best.pairs) > len(by_hand.pairs)
    assert best.need_left < by_hand.need_left
    assert best.proven
    # From the table alone: who holds places, by how many, and how far.
    assert best.pairs["partner"].value_counts().max() <= 2
    assert best.pairs["km"].max() <= 20
    assert (roles.loc[best.pairs["partner"], "backbone_teachers"] > 0).all()


def test_looser_limits_never_leave_more():
    county = open_county(ROOT / "data" / "county")
    roles = alliance_roles(county, "junior")
    km = road_matrix(county.tables["distances"], roles.index)
    found = pairing_levels(roles, km, [5, 15, 25], [1, 2])
    left = found.pivot_table(index="within", columns="most", values="need_left")
    assert (left.diff().dropna() <= 0).all(axis=None)
    assert (left.diff(axis=1).dropna(axis=1) <= 0).all(axis=None)
    last = found.iloc[-1]
    assert (last["paired"], last["left"]) == (4, ("梅岭镇第一初级中学",))  # no road of it is in the table
    assert last["longest"] <= 25


def answers(question):
    """The right number of a question of the lesson's quiz, and the wrong ones that it knows."""
    questions = tomllib.loads((ROOT / "notebooks/policy/alliances.quiz.toml").read_text(encoding="utf-8"))
    number = next(q for q in questions["questions"] if q["id"] == question)["number"]
    return number["value"], [wrong["value"] for wrong in number["wrong"]]


def test_numbers_of_the_quiz():
    right, wrong = answers("spare")
    assert (11 - right) / 507 * 100 >= 1 > (11 - right - 1) / 507 * 100
    assert right + 1 in wrong
    roles, km = asked([5, 4, 3, 2, 1], [ITEMS[0]] * 5, [(9, 0)] * 2, [[1, 1]] * 5)
    assert len(pair_schools(roles, km, most=2).left) == answers("hall")[0]
    # “nearest”: a is 2 km from z and 9 from y, b 1 from z and 30 from y.
    found = pair_schools(*asked([40, 30], [ITEMS[0]] * 2, [(9, 0)] * 2, [[2, 9], [1, 30]]), within=20, most=1)
    assert found.pairs["partner"].to_dict() == {"a": "y", "b": "z"}
