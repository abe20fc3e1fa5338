"""The survey of satisfaction: weights by hand, what is planted in the sample, and counties that asked little."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy.optimize import brentq
from scipy.stats import t

from balancelib.county import Lacking
from balancelib.county.sample import true_satisfaction
from balancelib.progress import (
    answers_by_wave,
    passes,
    plain_share,
    quota_weights,
    seen_share,
    share_bounds,
    share_by_school,
    share_if_silent,
    shown_answers,
    silent_needed,
    survey_answers,
    survey_cells,
    weighted_share,
)

# Two cells: 900 people of whom 60 were asked, and 100 of whom 40 were.
HAND = pd.DataFrame(
    {"size": [900.0, 100.0], "sent": [60.0, 40.0], "valid": [40.0, 20.0], "satisfied": [30.0, 19.0]},
    index=pd.Index(["甲", "乙"], name="cell"),
).assign(share=lambda c: c["satisfied"] / c["valid"])


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


@pytest.fixture(scope="module")
def cells(county):
    return survey_cells(county)


@pytest.fixture(scope="module")
def truth():
    true = true_satisfaction(7)
    return true["satisfied"].sum() / true["size"].sum()


def test_weights_by_hand():
    found = weighted_share(HAND)
    assert found.value == pytest.approx(0.9 * 0.75 + 0.1 * 0.95)
    of_first = (1 - 40 / 900) * 0.75 * 0.25 / 39
    of_second = (1 - 20 / 100) * 0.95 * 0.05 / 19
    se = np.sqrt(0.9**2 * of_first + 0.1**2 * of_second)
    assert found.se == pytest.approx(se)
    worth = found.value * (1 - found.value) / se**2  # answers of a simple random sample with this variance
    for end, (low, high) in ((found.low, (0.01, found.value)), (found.high, (found.value, 0.99))):
        score = lambda p: (p - found.value) ** 2 - t.ppf(0.975, 58) ** 2 * p * (1 - p) / worth  # noqa: E731
        assert end == pytest.approx(brentq(score, low, high)), (
            "the ends that the score test just does not refuse"
        )
    assert plain_share(HAND).value == pytest.approx(49 / 60)


def test_all_satisfied_is_not_beyond_doubt():
    """Five of five hundred are happy: nobody knows that all are, and nothing divides by a missing design effect."""
    cells = HAND.assign(satisfied=HAND["valid"], share=1.0)
    found = weighted_share(cells)
    assert found.value == pytest.approx(1)
    assert found.high == 1
    weights = np.repeat([900 / 40, 100 / 20], [40, 20])
    unequal = 60 * (weights**2).sum() / weights.sum() ** 2
    assert found.deff == pytest.approx(unequal)
    z = t.ppf(0.975, 58)
    assert found.low == pytest.approx(1 / (1 + z**2 * unequal / 60)), "where (1 - p)² = z² p (1 - p) / n"
    asked_all = HAND.assign(
        valid=HAND["size"], sent=HAND["size"], satisfied=[700.0, 90.0], share=[7 / 9, 0.9]
    )
    assert weighted_share(asked_all)[:4] == pytest.approx((0.79, 0, 0.79, 0.79)), "everybody answered"


def test_quotas_by_hand():
    cells = HAND.set_axis(["家长·城区", "教师"])
    assert quota_weights(cells, 0.6).tolist() == pytest.approx([0.6, 0.4])
    assert weighted_share(cells, quota_weights(cells, 0.6)).value == pytest.approx(0.6 * 0.75 + 0.4 * 0.95)
    three = pd.concat([cells, HAND.set_axis(["家长·乡村", "校长"])])
    weights = quota_weights(three)
    assert weights["家长·城区"] == weights["家长·乡村"] == pytest.approx(0.25)
    assert weights["教师"] == weights["校长"] == pytest.approx(0.25)
    with pytest.raises(Lacking, match="家长"):
        quota_weights(cells.drop("家长·城区"))
    with pytest.raises(Lacking, match="家长"):
        quota_weights(cells.drop("教师"))
    with pytest.raises(ValueError, match="在0和1之间"):
        quota_weights(cells, 50)


def test_by_school_each_answer_stands_for_its_school_and_role(county, cells):
    answers = survey_answers(county).dropna(subset=["satisfied"])
    found = share_by_school(county)
    people = county.tables["survey_frame"].query("role == 'parent'").set_index("school_id")["size"]
    total = 0.0
    for cell, here in cells.iterrows():
        of = answers[(answers["role"] + "·" + answers["area"] == cell) | (answers["role"] == cell)]
        if cell.startswith("家长"):
            shares = of.groupby("school_id")["satisfied"].mean()
            mean = np.average(shares, weights=people[shares.index])
            total += mean * here["size"]
    parents = cells[cells.index.str.startswith("家长")]["size"].sum()
    of_parents = share_by_school(county, "家长")
    assert of_parents.value == pytest.approx(total / parents)
    only = sample_county(7)
    only.tables["survey"] = only.tables["survey"].query("role == 'parent'")
    only.tables["survey_frame"] = only.tables["survey_frame"].query("role == 'parent'")
    assert share_by_school(only) == pytest.approx(of_parents)
    with pytest.raises(Lacking, match="“门卫”的答卷太少"):
        share_by_school(county, "门卫")
    assert found.df == answers["school_id"].nunique() - 3
    assert found.se > weighted_share(cells).se, "people of a school think alike"
    one = sample_county(7)
    for name in ("survey", "survey_frame"):
        one.tables[name] = one.tables[name].query("school_id == '9900000001' and role == 'parent'")
    with pytest.raises(Lacking, match="只有一所学校"):
        share_by_school(one)


def test_bounds_and_the_silent_by_hand():
    low, high = 0.9 * 30 / 60 + 0.1 * 19 / 40, 0.9 * 50 / 60 + 0.1 * 39 / 40
    assert share_bounds(HAND)[1:] == pytest.approx((low, high))
    assert share_if_silent(HAND, 0.6) == pytest.approx(low + 0.6 * (high - low))
    assert share_if_silent(HAND, silent_needed(HAND, 0.7)) == pytest.approx(0.7)
    with pytest.raises(ValueError, match="在0和1之间"):
        share_if_silent(HAND, 60)


def test_cells_add_up_to_the_tables(county, cells):
    frame, answers = county.tables["survey_frame"], county.tables["survey"]
    assert cells["size"].sum() == frame["size"].sum()
    assert cells["valid"].sum() == answers["satisfied"].notna().sum() < len(answers)
    area = answers["school_id"].map(county.schools.set_index("school_id")["area"])
    here = answers[(answers["role"] == "parent") & (area == "urban")]
    assert cells.loc["家长·城区", "share"] == pytest.approx(here["satisfied"].mean())


def test_what_is_planted_is_found(county, cells, truth):
    """The plain share is over the line by its whole interval, the weighted one is not, and the truth is below."""
    plain, weighted, bounds = plain_share(cells), weighted_share(cells), share_bounds(cells)
    assert truth < 0.85
    assert passes(plain.low, plain.high, 0.85) is True, "the claim is wrong"
    assert truth < plain.low
    assert passes(weighted.low, weighted.high, 0.85) is None
    assert weighted.low < truth < weighted.high
    assert bounds.low < truth < bounds.high
    late = answers_by_wave(survey_answers(county))
    assert late.gap.low > 0
    assert abs(share_if_silent(cells, late.waves["share"][2]) - truth) < abs(weighted.value - truth)


def test_another_county_is_weighed_too():
    seed = 12
    cells = survey_cells(sample_county(seed))
    true = true_satisfaction(seed)
    truth, plain, weighted = (
        true["satisfied"].sum() / true["size"].sum(), plain_share(cells).value, weighted_share(cells).value
    )  # fmt: skip
    assert abs(weighted - truth) < abs(plain - truth)


def test_few_answers_are_joined_to_their_role(county):
    few = sample_county(7)
    keep = county.tables["survey"]
    areas = keep["school_id"].map(county.schools.set_index("school_id")["area"])
    out = (keep["role"] == "principal") & (areas == "urban")
    few.tables["survey"] = keep[~out]
    cells = survey_cells(few)
    assert "校长" in cells.index
    assert "校长·乡村" not in cells.index
    assert (
        cells.loc["校长", "size"] == county.tables["survey_frame"].query("role == 'principal'")["size"].sum()
    )
    parts = [keep[keep["role"] == role] for role in ("parent", "pupil", "teacher", "principal", "delegate")]
    few.tables["survey"] = pd.concat(
        [*parts[:3], *(part.dropna(subset="satisfied").head(3) for part in parts[3:])]
    )
    joined = survey_cells(few)
    assert joined.loc["其他身份", "valid"] == 6
    assert joined["size"].sum() == county.tables["survey_frame"]["size"].sum()


def test_roles_that_nobody_answered_for_cannot_be_told(county):
    none = sample_county(7)
    none.tables["survey"] = none.tables["survey"].query("role == 'parent'")
    with pytest.raises(Lacking, match="“其他身份”的有效答卷"):
        survey_cells(none)


def test_answers_that_were_never_asked_for(county):
    odd = sample_county(7)
    odd.tables["survey_frame"] = odd.tables["survey_frame"].assign(sent=1.0)
    with pytest.raises(Lacking, match="对上"):
        survey_cells(odd)
    odd.tables["survey_frame"] = odd.tables["survey_frame"].assign(sent=99.0, size=98.0)
    with pytest.raises(Lacking, match="比总人数还多"):
        survey_cells(odd)
    odd.tables["survey_frame"] = odd.tables["survey_frame"].assign(school_id="1")
    with pytest.raises(Lacking, match="不在“学校”表"):
        survey_cells(odd)


def test_a_frame_that_is_wrong_in_one_row_is_not_hidden_by_its_cell(county):
    """The cell adds up all the same: that of one school is too many, or not known."""
    odd, frame = sample_county(7), county.tables["survey_frame"]
    answers = county.tables["survey"]["school_id"]
    odd.tables["survey_frame"] = frame[frame["school_id"] != answers.iloc[0]]
    with pytest.raises(Lacking, match="对上"):
        survey_cells(odd)
    odd.tables["survey_frame"] = frame.assign(sent=frame["sent"].where(frame.index != 0, frame["size"] + 1))
    with pytest.raises(Lacking, match="比总人数还多，例如"):
        survey_cells(odd)
    odd.tables["survey_frame"] = frame.assign(size=frame["size"].mask(frame.index == 0))
    with pytest.raises(Lacking, match="1行没有填总人数"):
        survey_cells(odd)


def test_a_county_without_a_survey_is_told_so():
    bare = sample_county(7)
    del bare.tables["survey"]
    with pytest.raises(Lacking, match="满意度答卷"):
        survey_cells(bare)
    with pytest.raises(ValueError, match="至少要2份"):
        survey_cells(sample_county(7), least=1)


def test_a_single_wave_says_nothing_of_the_reminded(county):
    answers = survey_answers(county)
    with pytest.raises(Lacking, match="催"):
        answers_by_wave(answers[answers["wave"] == 1])


def test_the_reminded_are_compared_with_their_like():
    """All of the gap is between areas: within each, both waves say the same."""
    parts = [("城区", 1, 10, 5), ("城区", 2, 30, 15), ("乡村", 1, 50, 45), ("乡村", 2, 10, 9)]
    rows = [
        ("家长", area, wave, value)
        for area, wave, n, yes in parts
        for value in [1.0] * yes + [0.0] * (n - yes)
    ]
    answers = pd.DataFrame(rows, columns=["role", "area", "wave", "satisfied"])
    found = answers_by_wave(answers)
    assert found.gap.value == pytest.approx(50 / 60 - 24 / 40)
    assert found.within.value == pytest.approx(0)
    assert found.within.low < 0 < found.within.high
    one_area = answers_by_wave(answers[answers["area"] == "乡村"])
    assert one_area.within == pytest.approx(one_area.gap), "a single cell: Newcombe's own interval"
    apart = answers[(answers["area"] == "城区") == (answers["wave"] == 1)]
    with pytest.raises(Lacking, match="两次都有"):
        answers_by_wave(apart)


def test_shy_people_by_counting():
    """Of 1,000, 830 are satisfied: 415 and 68 answer where the others answer four fifths as often."""
    assert seen_share(0.83, 0.8) == pytest.approx(415 / (415 + 68))
    assert seen_share(0.5, 1) == 0.5
    with pytest.raises(ValueError, match="大于0"):
        seen_share(0.5, 0)


def test_the_line_itself_is_passed():
    assert passes(0.85, 0.9, 0.85) is True
    assert passes(0.8, 0.85, 0.85) is None
    assert passes(0.8, 0.8499, 0.85) is False


def test_small_cells_are_not_shown(county):
    answers = survey_answers(county)
    shown = shown_answers(answers)
    exact = answers.dropna().groupby(["role", "area", "satisfied"]).size()
    small = exact[(exact > 0) & (exact < 5)]
    assert len(small) > 0
    for role, area, satisfied in small.index:
        assert shown.loc[(role, area), "满意" if satisfied else "不满意"] == "…"
    assert shown.loc[("家长", "城区"), "满意"] == f"{exact['家长', '城区', 1.0]}"


def test_a_cell_that_is_of_one_mind_is_not_shown(county):
    """Fifteen of fifteen principals: whoever knows one of them would know what he wrote."""
    answers = survey_answers(county)
    exact = answers.dropna().groupby(["role", "area"])["satisfied"].agg(["size", "sum"])
    unanimous = exact[exact["size"] == exact["sum"]]
    assert len(unanimous) > 0
    shown = shown_answers(answers)
    for cell in unanimous.index:
        assert set(shown.loc[cell, ["满意", "不满意"]]) == {"…"}
    happy = shown_answers(
        answers.assign(satisfied=answers["satisfied"].where(answers["satisfied"].isna(), 1.0))
    )
    assert not (happy[["满意", "不满意"]] == "0").any(axis=None)
