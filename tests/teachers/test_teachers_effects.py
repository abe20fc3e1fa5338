"""Whether studios help: hand-worked counties, other programs' numbers, simulations whose truth is known."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable, read_county
from balancelib.county.sample import planted_effect
from balancelib.county.sample.studios import STUDIO_EFFECT
from balancelib.measures.effects import heterogeneity
from balancelib.teachers.effects import (
    adjusted_effect,
    after_only,
    compared_gain,
    effect_by_studio,
    match_members,
    matched_effect,
    own_gain,
)
from balancelib.teachers.lesson_scores import first_years, score_pairs, yearly_means
from balancelib.teachers.luck import apparent_gains, lowest_again

TWELVE = pd.DataFrame(
    {
        "school_id": list("aaabbcccddee"),
        "member": [n in "ABDFK" for n in "ABCDEFGHIJKL"],
        "before": [60, 64, 70, 58, 75, 66, 72, 69, 80, 61, 63, 77.0],
        "after": [70, 69, 73, 68, 74, 75, 73, 66, 83, 66, 74, 78.0],
    },
    index=pd.Index(list("ABCDEFGHIJKL"), name="teacher_id"),
)


def county(scores, members, teachers, leaders=("T9",)):
    """A county of teachers ``{id: (school, subject)}``, scores ``{(id, year): score}`` and members ``{id: term}``."""
    people = [(key, school, "primary", subject) for key, (school, subject) in teachers.items()]
    studios = [(f"S{n}", "chinese", "primary", "s1", leader) for n, leader in enumerate(leaders)]
    return County(
        {
            "schools": pd.DataFrame({"school_id": ["s1", "s2", "s3"]}),
            "teachers": pd.DataFrame(people, columns=["teacher_id", "school_id", "stage", "subject"]),
            "studios": pd.DataFrame(
                studios, columns=["studio_id", "subject", "stage", "school_id", "leader"]
            ),
            "studio_members": pd.DataFrame(
                [("S0", key, term) for key, term in members.items()],
                columns=["studio_id", "teacher_id", "since"],
            ),
            "lesson_scores": pd.DataFrame(
                [(key, year, score) for (key, year), score in scores.items()],
                columns=["teacher_id", "year", "score"],
            ),
        }
    )


def small(**changes):
    scores = {(f"T{n}", year): 60 + n + year - 2022 for n in range(1, 7) for year in (2022, 2023, 2024)}
    scores |= {("T9", 2022): 90, ("T9", 2024): 91, ("T5", 2024): np.nan}
    del scores["T6", 2022]
    teachers = {f"T{n}": (f"s{(n + 1) // 2}", "chinese" if n != 4 else "math") for n in range(1, 7)}
    given = {
        "scores": scores,
        "members": {"T1": "2023-2", "T3": "2021-1", "T4": "2024-1"},
        "teachers": teachers | {"T9": ("s1", "chinese")},
    }
    return county(**given | changes)


# Who is compared with whom


def test_who_is_a_member_who_is_near_one_and_whose_score_is_missing():
    pairs = score_pairs(small(), 2022, 2024)
    # T3 joined before the first score, T4 after the last, T9 leads.
    assert pairs.index.tolist() == ["T1", "T2", "T5", "T6"]
    assert pairs["member"].tolist() == [True, False, False, False]
    assert pairs["exposed"].tolist() == [False, True, False, False]
    assert pairs["before"].tolist()[:3] == [61, 62, 65]
    assert np.isnan(pairs.at["T6", "before"])
    assert np.isnan(pairs.at["T5", "after"])


def test_future_members_in_years_when_they_were_none():
    pairs = score_pairs(small(), 2022, 2023, joined_by=2025)
    assert pairs.index[pairs["member"]].tolist() == ["T1", "T4"]
    assert pairs["after"].tolist() == [62, 63, 65, 66, 67]


def test_a_colleague_of_another_subject_is_not_exposed():
    pairs = score_pairs(small(members={"T3": "2023-1"}), 2022, 2024)
    assert not pairs.at["T4", "exposed"]


def test_a_member_of_two_studios_counts_from_the_first_term():
    members = pd.DataFrame({"teacher_id": ["A", "A", "B"], "since": ["2024-1", "2022-2", " 2023-1 "]})
    assert first_years(members).to_dict() == {"A": 2022, "B": 2023}


@pytest.mark.parametrize("term", [None, "", "2023", "2023-3", "2023年秋"])
def test_an_unknown_term_is_asked_for(term):
    with pytest.raises(Lacking, match="1人没有写清哪个学期加入"):
        score_pairs(small(members={"T1": term}), 2022, 2024)


def test_a_year_without_scores_and_strangers_are_said():
    with pytest.raises(Lacking, match="没有2021年或者2024年"):
        score_pairs(small(), 2021, 2024)
    with pytest.raises(Lacking, match=r"T2.*不在“教师”表里"):
        score_pairs(small(teachers={"T1": ("s1", "chinese")}), 2022, 2024)


def test_missing_tables_are_said():
    whole = small()
    for name in ("lesson_scores", "studios", "studio_members", "teachers"):
        with pytest.raises(MissingTable):
            score_pairs(County({k: v for k, v in whole.tables.items() if k != name}), 2022, 2024)


# Estimates: twelve teachers; values and errors of statsmodels 0.15 (OLS, cov_type="cluster"). Members are of four schools, so that the
# intervals have three degrees of freedom: 3.182446 errors to each side.


@pytest.mark.parametrize(
    ("found", "value", "error", "n"),
    [
        (own_gain, 9.0, 0.8640987597877137, 5),
        (after_only, -2.0857142857142854, 2.4830516217150285, 12),
        (compared_gain, 7.714285714285713, 1.7445064604362903, 12),
        (adjusted_effect, 6.349183074989522, 2.555615206124073, 12),
    ],
)
def test_estimates_as_statsmodels_has_them(found, value, error, n):
    estimate = found(TWELVE)
    assert estimate[:2] == pytest.approx((value, error), rel=1e-9)
    assert estimate[2:4] == pytest.approx((value - 3.182446 * error, value + 3.182446 * error), rel=1e-6)
    assert estimate.n == n


def test_difference_in_differences_is_what_its_name_says():
    means = TWELVE.groupby("member")[["before", "after"]].mean()
    change = means["after"] - means["before"]
    assert compared_gain(TWELVE).value == pytest.approx(change[True] - change[False])


def test_a_missing_score_is_not_zero():
    gone = TWELVE.copy()
    gone.loc["C", "after"] = np.nan
    assert compared_gain(gone) == compared_gain(TWELVE.drop(index="C"))
    assert compared_gain(gone).n == 11


def test_nobody_to_compare_with_is_said():
    with pytest.raises(Lacking, match=r"量不出来.*没有参加的来自0所学校"):
        compared_gain(TWELVE[TWELVE["member"]])
    for nobody in (
        lambda: own_gain(TWELVE[~TWELVE["member"]]),
        lambda: matched_effect(match_members(TWELVE[:1])),
    ):
        with pytest.raises(Lacking, match=r"来自[01]所学校，至少要各有3所"):
            nobody()


def test_an_interval_holds_the_truth_though_members_come_from_few_schools():
    """Five of twenty schools have members; without an effect, 95 % of the intervals hold 0. By 19 degrees of freedom it were 90 %."""
    rng, held = np.random.default_rng(3), []
    school = np.repeat(np.arange(20), 5)
    for _ in range(400):
        after = rng.normal(0, 2, 20)[school] + rng.normal(0, 3, 100)
        rows = pd.DataFrame({"school_id": school, "member": school < 5, "before": 0.0, "after": after})
        found = after_only(rows)
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.94
    with pytest.raises(Lacking, match="成员来自2所学校"):
        after_only(rows.assign(member=school < 2))


# Pairs


def test_pairs_worked_by_hand():
    rows = TWELVE.loc[["A", "B", "J", "L"]].assign(before=[60, 61, 61.5, 90], after=[70, 69, 66, 78])
    # Within 0.2 · 14.6 = 2.9 points J is like A and like B; nobody is like the other. Nearer is B.
    found = match_members(rows)
    assert found[["member", "match"]].to_numpy().tolist() == [["B", "J"]]
    assert found[["distance", "gap"]].to_numpy().tolist() == [[-0.5, 3]]


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=4), st.lists(st.integers(0, 12), min_size=4, max_size=6)
)
def test_as_many_pairs_as_can_be_and_as_near(mine, theirs):
    n = len(mine) + len(theirs)
    rows = pd.DataFrame(
        {
            "school_id": "s",
            "member": [True] * len(mine) + [False] * len(theirs),
            "before": [*map(float, mine), *map(float, theirs)],
            "after": 0.0,
        }
    )
    found = match_members(rows, caliper=0.5)
    widest = 0.5 * rows["before"].std()
    best = (0, 0.0)
    for order in permutations(theirs, len(mine)):
        near = [abs(a - b) for a, b in zip(mine, order, strict=True) if abs(a - b) <= widest]
        best = max(best, (len(near), -sum(near)))
    assert n == len(rows)
    assert (len(found), -found["distance"].abs().sum()) == pytest.approx(best)
    assert found["match"].is_unique


def test_what_pairs_still_differ_by_is_taken_away():
    matches = pd.DataFrame(
        {"school_id": list("abcd"), "distance": [-1.0, -2, 0, -1], "gap": [2.5, 2, 3, 2.5]}
    )
    assert matched_effect(matches).value == pytest.approx(3)  # 3 + 0.5 · distance
    assert matched_effect(matches.assign(distance=0.0)).value == pytest.approx(2.5)


# What is known of simulated teachers


def simulated(rng, effect=3.0, teachers=450):
    """Teachers of whom the lower third by a first score, partly by chance, became members; 61 is the variance of a score, 36 of it lasting."""
    level = rng.normal(70, 6, teachers)
    before, middle, after = level + rng.normal(0, 5, (3, teachers))
    want = -before / 7.8 + rng.normal(0, 1, teachers)
    member = want >= np.quantile(want, 2 / 3)
    schools = rng.integers(0, 60, teachers)
    return pd.DataFrame(
        {
            "school_id": schools.astype(str),
            "member": member,
            "before": before,
            "middle": middle,
            "after": after + 1.8 + effect * member,
        }
    )


@pytest.fixture(scope="module")
def repeated():
    rng = np.random.default_rng(17)
    found = []
    for _ in range(120):
        rows = simulated(rng)
        late = rows.assign(before=rows["middle"])
        found.append(
            {
                "own_gain": own_gain(rows),
                "same": compared_gain(rows),
                "other": compared_gain(late),
                "adjusted": adjusted_effect(rows),
                "both": adjusted_effect(rows, ["before", "middle"]),
                "wrong_score": adjusted_effect(rows, ["middle"]),
                "matched": matched_effect(match_members(rows)),
                "placebo": compared_gain(rows.assign(after=rows["middle"])),
            }
        )
    return pd.DataFrame(found)


@pytest.mark.parametrize("way", ["other", "adjusted", "both", "matched"])
def test_honest_ways_find_the_truth_and_their_intervals_hold_it(repeated, way):
    found = repeated[way]
    assert found.map(lambda e: e.value).mean() == pytest.approx(3, abs=0.12)
    assert found.map(lambda e: e.low <= 3 <= e.high).mean() == pytest.approx(0.95, abs=0.04)


def test_what_they_come_back_by_is_taken_for_the_effect(repeated):
    means = repeated.map(lambda e: e.value).mean()
    assert means["own_gain"] > 3 + 1.8 + 1.5
    assert means["same"] > 3 + 2.5
    assert means["placebo"] == pytest.approx(
        means["same"] - 3, abs=0.15
    )  # the whole error, before anything was done
    assert means["wrong_score"] < 3 - 0.4  # members are weaker than others with the same middle score


def test_more_earlier_scores_make_the_interval_shorter(repeated):
    errors = repeated.map(lambda e: e.se).mean()
    assert errors["both"] < errors["adjusted"]


def test_the_lowest_rise_though_nothing_was_done():
    rng = np.random.default_rng(4)
    rows = simulated(rng, effect=0, teachers=40_000).assign(member=False)
    found = lowest_again(rows, 0.1)
    assert found.n == 4000
    # (1 − 36/61) · √61 · 1.754983
    assert found.rise == pytest.approx(5.618, abs=0.15)
    assert found.expected == pytest.approx(5.618, abs=0.15)


def test_the_lowest_by_hand():
    rows = pd.DataFrame({"before": [50.0, 60, 70, 80], "after": [58.0, 62, 70, 78]})
    found = lowest_again(rows, 0.75)
    # 60 to 63⅓ beside 65 to 67; the slope is (15·9 + 5·5 + 5·3 + 15·11) / 500 = 0.68.
    assert found == pytest.approx((3, 60, 190 / 3, 4 / 3, 0.32 * 5))
    with pytest.raises(Lacking, match="不到3人"):
        lowest_again(rows, 0.5)


def test_apparent_gains_are_those_of_simulated_selection():
    rng = np.random.default_rng(21)
    n = 400_000
    level = rng.normal(70, np.sqrt(36), n)
    first, other, last = level + rng.normal(0, 5, (3, n))
    chosen = first <= np.quantile(first, 0.3)
    last += 1.8 + 2.0 * chosen
    expected = apparent_gains(0.3, 36 / 61, 2.0, np.sqrt(61), 1.8)
    assert (last - first)[chosen].mean() == pytest.approx(expected["own_gain"], abs=0.06)
    for score, way in ((first, "same_score"), (other, "other_score")):
        gain = last - score
        assert gain[chosen].mean() - gain[~chosen].mean() == pytest.approx(expected[way], abs=0.06)


@pytest.mark.parametrize("share", [0, 1])
def test_nobody_and_everybody_cannot_be_chosen(share):
    with pytest.raises(ValueError, match="少于全部"):
        apparent_gains(share, 0.6, 3, 7.8, 2)


def test_without_luck_in_the_scores_every_comparison_is_right():
    found = apparent_gains(0.1, 1.0, 2.0, 8.0, 1.5)
    assert found.to_dict() == {"own_gain": 3.5, "same_score": 2, "other_score": 2, "adjusted": 2}


def test_means_of_the_same_persons_in_all_years():
    scores = {(f"T{n}", year): 60.0 + n for n in range(1, 8) for year in (2022, 2023, 2024)}
    del scores["T7", 2023]
    members = {f"T{n}": "2023-1" for n in range(1, 4)}
    made = county(scores, members, {f"T{n}": ("s1", "chinese") for n in (*range(1, 8), 9)})
    means = yearly_means(made, score_pairs(made, 2022, 2024))
    assert means["members"].tolist() == [62, 62, 62]
    assert means["others"].tolist() == [65, 65, 65]  # T4 to T6
    assert means.attrs["n"] == {"members": 3, "others": 3}
    del scores["T1", 2022]
    made = county(scores, members, {f"T{n}": ("s1", "chinese") for n in (*range(1, 8), 9)})
    with pytest.raises(Lacking, match="成员2人"):
        yearly_means(made, score_pairs(made, 2022, 2024))


def test_each_studio_beside_its_own_subject():
    scores = {
        (f"T{n}", year): 60.0 + n + (year - 2022) * (n % 3) for n in range(1, 20) for year in (2022, 2024)
    }
    teachers = {f"T{n}": (f"s{n % 4 + 1}", "music" if n > 14 else "chinese") for n in range(1, 21)}
    made = county(scores, {f"T{n}": "2023-1" for n in range(1, 6)}, teachers, leaders=("T20", "T20"))
    pairs = score_pairs(made, 2022, 2024)
    found = effect_by_studio(made, pairs)
    chinese = pairs.drop(index=[f"T{n}" for n in range(15, 20)])
    assert found == {"S0": adjusted_effect(chinese)}  # nobody is a member of S1
    assert found["S0"].n == 14


def test_the_truth_is_known_of_the_sample_alone(monkeypatch):
    monkeypatch.delenv("BALANCELIB_COUNTY", raising=False)
    assert planted_effect() == 3
    monkeypatch.setenv("BALANCELIB_COUNTY", "own.xlsx")
    assert planted_effect() is None


@pytest.fixture(scope="module")
def sample():
    return read_county(ROOT / "data" / "county")


def test_on_the_sample_the_honest_find_what_was_planted_and_the_others_do_not(sample):
    pairs, late = score_pairs(sample, 2022, 2025), score_pairs(sample, 2023, 2025)
    both = pairs.join(late["before"].rename("again"))
    honest = {
        "did": compared_gain(late),
        "ancova": adjusted_effect(pairs),
        "both": adjusted_effect(both, ["before", "again"]),
        "matched": matched_effect(match_members(pairs)),
    }
    for found in honest.values():
        assert found.low <= STUDIO_EFFECT <= found.high
        assert found.low > 0
    for found in (own_gain(pairs), compared_gain(pairs)):
        assert found.low > STUDIO_EFFECT
    assert after_only(pairs).high < STUDIO_EFFECT
    placebo = compared_gain(score_pairs(sample, 2022, 2023, joined_by=2025))
    assert placebo.low > 0  # of a year in which nobody was a member


def test_studios_of_the_sample_all_do_the_same_and_look_different(sample):
    found = effect_by_studio(sample, score_pairs(sample, 2022, 2025))
    assert len(found) == 6
    assert np.ptp([one.value for one in found.values()]) > 2
    assert heterogeneity(found.values()).p > 0.05
