"""The draw, the error rate and the chance to find: against published values, all samples written out, and exact fractions."""

import hashlib
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import Lacking
from balancelib.policy import (
    allocate,
    chance_by_share,
    chance_to_find,
    draw_sample,
    error_rate,
    most_faulty,
    sample_for,
    ticket,
)


@pytest.fixture(scope="module")
def schools():
    return sample_county(7).schools


def one_stratum(size, drawn):
    return pd.DataFrame(
        {"school_id": [f"s{i}" for i in range(drawn)], "stratum": "全县", "schools": size, "drawn": drawn}
    )


def results(sample, found):
    return {school: i < found for i, school in enumerate(sample["school_id"])}


# --- the draw


def test_ticket_is_what_anyone_can_work_out():
    assert ticket("2026", "99") == hashlib.sha256(b"2026:99").hexdigest()[:12]


def test_order_of_rows_and_their_labels_do_not_matter(schools):
    shuffled = schools.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(draw_sample(schools, 5), draw_sample(shuffled, 5))


def test_those_with_the_lowest_tickets_of_each_stratum_are_drawn(schools):
    sample = draw_sample(schools, "x", share=0.2)
    for area, word in (("urban", "城区"), ("town", "镇区"), ("rural", "乡村")):
        drawn = sample[sample["stratum"] == word]
        tickets = sorted(ticket("x", school) for school in schools.loc[schools["area"] == area, "school_id"])
        assert drawn["ticket"].tolist() == tickets[: len(drawn)]
        assert (drawn["schools"] == len(tickets)).all()
    assert sample["weight"].sum() == pytest.approx(len(schools))


def test_another_seed_draws_others(schools):
    assert draw_sample(schools, 1)["school_id"].tolist() != draw_sample(schools, 2)["school_id"].tolist()


@pytest.mark.parametrize(("share", "drawn"), [(0.10, 6), (0.101, 7), (0.3, 18), (1, 60)])
def test_a_share_is_rounded_up_to_whole_schools(schools, share, drawn):
    assert len(draw_sample(schools, 1, share)) == drawn


def test_a_school_that_goes_leaves_the_others_drawn(schools):
    """Of 25 rural schools 5 are drawn, of 24 too: one that was not drawn changes nothing, in the place of a drawn one comes the next."""
    rural = schools[schools["area"] == "rural"]
    rural.index = rural["school_id"].tolist()
    drawn = set(draw_sample(rural, 1, share=0.2)["school_id"])
    undrawn = set(rural.index) - drawn
    first, gone = min(undrawn, key=lambda s: ticket(1, s)), min(drawn)
    again = draw_sample(rural.drop(max(undrawn, key=lambda s: ticket(1, s))), 1, share=0.2)
    assert set(again["school_id"]) == drawn
    without = draw_sample(rural.drop(gone), 1, share=0.2)
    assert set(without["school_id"]) == drawn - {gone} | {first}


def test_all_schools_are_drawn_equally_often(schools):
    rural = schools[schools["area"] == "rural"]
    drawn = [s for seed in range(300) for s in draw_sample(rural, seed, 0.2)["school_id"]]
    times = pd.Series(drawn).value_counts().reindex(rural["school_id"], fill_value=0)
    assert len(drawn) == 300 * 5
    assert times.between(60 - 5 * 6.93, 60 + 5 * 6.93).all()  # five standard deviations of 300 × 0.2 × 0.8


def test_strata_by_two_columns_have_one_at_least(schools):
    sample = draw_sample(schools, 1, strata=("area", "kind"))
    assert set(sample["stratum"]) >= {"乡村·教学点", "城区·小学"}
    assert len(sample) == sample["stratum"].nunique() == schools.groupby(["area", "kind"]).ngroups


def test_a_list_that_cannot_be_drawn_from_is_refused(schools):
    with pytest.raises(ValueError, match="share是0"):
        draw_sample(schools, 1, share=0)
    with pytest.raises(ValueError, match="least是0，每层至少要抽1所"):
        draw_sample(schools, 1, least=0)
    with pytest.raises(ValueError, match="重复"):
        draw_sample(pd.concat([schools, schools.head(1)]), 1)
    with pytest.raises(Lacking, match="“城乡类型”"):
        draw_sample(schools.assign(area=schools["area"].where(schools["area"] != "town")), 1)
    with pytest.raises(Lacking, match="没有学校"):
        draw_sample(schools.head(0), 1)


def test_places_are_given_as_sainte_lague_does():
    # The textbook example 53,000 : 24,000 : 23,000 for 7 seats: quotients by 1, 3, 5, … give 3, 2, 2.
    sizes = pd.Series({"a": 53_000, "b": 24_000, "c": 23_000})
    assert allocate(sizes, 7, least=0).tolist() == [3, 2, 2]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 60), st.integers(0, 3))
def test_places_never_exceed_the_stratum_and_add_up(sizes, total, least):
    sizes = pd.Series(sizes)
    places = allocate(sizes, total, least)
    assert (places <= sizes).all()
    assert (places >= np.minimum(sizes, least)).all()
    assert places.sum() == max(min(total, sizes.sum()), np.minimum(sizes, least).sum())


# --- the error rate


@pytest.mark.parametrize(("found", "low", "high"), [(45, 110, 161), (2, None, 19)])
def test_one_stratum_is_the_published_hypergeometric_interval(found, low, high):
    """Samplingbook (R), README: 45 and 2 of 100 drawn of 300; it names the first numbers that are ruled out, we the last that are not."""
    sample = one_stratum(300, 100)
    estimate = error_rate(sample, results(sample, found))
    assert estimate.rate == pytest.approx(found / 100)
    assert estimate.most == high - 1
    assert estimate.fewest == (found if low is None else low + 1)


def by_fractions(strata, found, alpha):
    """The interval written out: all ways in which the wrong schools can lie, all that can be drawn, in exact fractions."""
    estimate = sum(Fraction(size, drawn) * x for (size, drawn), x in zip(strata, found, strict=True))
    low, high = [], []
    ranges = [range(x, size - drawn + x + 1) for (size, drawn), x in zip(strata, found, strict=True)]
    for faulty in product(*ranges):
        below = above = Fraction(0)
        for seen in product(*(range(drawn + 1) for _, drawn in strata)):
            chance, total = Fraction(1), Fraction(0)
            for (size, drawn), wrong, x in zip(strata, faulty, seen, strict=True):
                chance *= Fraction(comb(wrong, x) * comb(size - wrong, drawn - x), comb(size, drawn))
                total += Fraction(size, drawn) * x
            below += chance * (total <= estimate)
            above += chance * (total >= estimate)
        if below > alpha:
            high.append(sum(faulty))
        if above > alpha:
            low.append(sum(faulty))
    return float(estimate), min(low), max(high)


@pytest.mark.parametrize("found", [(0, 0), (1, 0), (0, 2), (2, 1)])
def test_two_strata_written_out(found):
    strata = [(9, 2), (7, 3)]
    rows = [
        (f"{h}{i}", h, size, drawn, i < found[h])
        for h, (size, drawn) in enumerate(strata)
        for i in range(drawn)
    ]
    sample = pd.DataFrame(rows, columns=["school_id", "stratum", "schools", "drawn", "wrong"])
    estimate = error_rate(sample, sample.set_index("school_id")["wrong"])
    total, fewest, most = by_fractions(strata, found, Fraction(1, 40))
    assert estimate.rate * 16 == pytest.approx(total)
    assert (estimate.fewest, estimate.most) == (fewest, most)


def test_all_samples_together_are_unbiased_and_covered():
    """Every sample of 1 + 2 schools out of 3 + 4, for every way that two of them can be wrong."""
    names = ["abc", "ABCD"]
    for wrong in combinations(names[0] + names[1], 2):
        rates, covered = [], []
        for first, second in product(combinations(names[0], 1), combinations(names[1], 2)):
            ids = [*first, *second]
            sample = pd.DataFrame(
                {"school_id": ids, "stratum": [0, 1, 1], "schools": [3, 4, 4], "drawn": [1, 2, 2]}
            )
            found = error_rate(sample, {school: school in wrong for school in ids}, level=0.8)
            rates.append(found.rate)
            covered.append(found.fewest <= 2 <= found.most)
        assert np.mean(rates) == pytest.approx(2 / 7)
        assert np.mean(covered) >= 0.8


def test_all_drawn_leaves_nothing_open():
    sample = one_stratum(5, 5)
    assert error_rate(sample, results(sample, 2))[:3] == (0.4, 0.4, 0.4)


def test_a_missing_result_is_not_taken_as_right():
    sample = one_stratum(60, 6)
    half = results(sample, 1)
    for missing in (None, float("nan")):
        with pytest.raises(ValueError, match="s5没有核查结果"):
            error_rate(sample, half | {"s5": missing})


def test_a_school_that_was_not_drawn_is_not_counted():
    sample = one_stratum(60, 6)
    with pytest.raises(ValueError, match="picked不是抽中的学校"):
        error_rate(sample, results(sample, 0) | {"picked": True})


def test_a_row_struck_out_is_not_taken_as_right():
    sample = one_stratum(60, 6)
    for changed, said in (
        (sample.drop(5), "抽了6所，样本里有5行"),
        (pd.concat([sample, sample.head(1)]), "s0有两行"),
        (sample.assign(drawn=[6, 6, 6, 6, 6, 5]), "抽中数不一样"),
        (sample.assign(schools=[60, 60, 60, 60, 60, 57]), "学校数或"),
    ):
        with pytest.raises(ValueError, match=said):
            error_rate(changed, results(changed, 1))


def test_too_many_strata_are_refused_with_what_to_do():
    ids = [f"s{i}" for i in range(10)]
    sample = pd.DataFrame({"school_id": ids, "stratum": ids, "schools": 20, "drawn": 1})
    with pytest.raises(ValueError, match="合并"):
        error_rate(sample, dict.fromkeys(ids, False))


# --- the chance to find


@given(st.integers(1, 60), st.data())
def test_chance_is_that_of_counting_all_samples(schools, data):
    faulty, drawn = data.draw(st.integers(0, schools)), data.draw(st.integers(0, schools))
    exact = 1 - Fraction(comb(schools - faulty, drawn), comb(schools, drawn))
    assert chance_to_find(schools, faulty, drawn) == pytest.approx(float(exact), abs=1e-12)


def test_chance_of_strata_is_that_of_all_samples_written_out():
    # two of 4 and one of 3 drawn, one wrong in the first: 1 − C(3,2)/C(4,2) = 1/2; with one wrong in the second too 1 − 1/2 × 2/3
    assert chance_to_find([4, 3], [1, 0], [2, 1]) == pytest.approx(1 / 2)
    assert chance_to_find([4, 3], [1, 1], [2, 1]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("schools", "faulty", "chance", "published"),
    [
        (100, 1, 0.95, 95), (80, 1, 0.95, 76), (100, 5, 0.5, 13), (100, 5, 0.8, 28), (100, 5, 0.9, 37), (100, 5, 0.95, 46),
        (80, 2, 0.95, 63), (80, 5, 0.95, 37), (80, 10, 0.95, 21),
    ],
)  # fmt: skip
def test_samples_are_those_that_surveillance_publishes(schools, faulty, chance, published):
    """RSurveillance (R), n.hypergeo: an approximation, at most two schools above what is exact."""
    n = sample_for(schools, faulty, chance)
    assert published - 2 <= n <= published
    assert chance_to_find(schools, faulty, n) >= chance > chance_to_find(schools, faulty, n - 1)


def test_most_is_the_last_that_is_not_ruled_out():
    most = most_faulty(60, 6)
    assert Fraction(comb(60 - most, 6), comb(60, 6)) > Fraction(1, 20)
    assert Fraction(comb(60 - most - 1, 6), comb(60, 6)) <= Fraction(1, 20)
    assert most_faulty(60, 60) == 0
    assert most_faulty(60, 0) == 60
    assert most_faulty(15_000, 100) / 15_000 == pytest.approx(3 / 100, rel=0.02)  # the rule of three


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (10, 11, 1), (10, 1, 11), (10, 0.5, 1)])
def test_numbers_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="学校"):
        chance_to_find(*wrong)


def test_a_sample_for_nothing_is_refused():
    with pytest.raises(ValueError, match="faulty至少是1"):
        sample_for(60, 0)


def test_chance_by_share_is_how_often_it_happens(schools):
    faulty = schools["school_id"].iloc[[3, 20, 41]]
    chance = chance_by_share(schools, faulty, [0.10])[0]
    hits = np.mean([draw_sample(schools, seed)["school_id"].isin(faulty).any() for seed in range(200)])
    assert hits == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 200) ** 0.5)
    assert chance_by_share(schools, ["not on the list"], [0.1, 1.0]) == [0.0, 0.0]
    assert chance_by_share(schools, faulty, [1.0]) == [1.0]
