"""What began in different years: against R, against other solvers, by hand, and against what is planted."""

import subprocess
import sys
from importlib.resources import files

import numpy as np
import pandas as pd
import pyfixest
import pytest
from samples import sample_county
from scipy.stats import t as student

from balancelib.county import County, Lacking, MissingTable
from balancelib.county.sample import true_programmes
from balancelib.progress import (
    METHODS,
    before_after,
    before_after_parts,
    before_choice,
    by_method,
    event_mean,
    event_study,
    fake_start,
    method_responses,
    planted_effects,
    programme_panel,
    smallest_found,
    two_stage,
    two_way,
    two_way_weights,
)

EFFECTS = {2021: (8, 14, 18, 20, 20), 2022: (5, 9, 12, 12), 2023: (2, 4, 6)}
YEARS = range(2018, 2026)


def panel_of(began, scores):
    """A panel: one section a school, who began when (0 for never), scores by section and year from 2018."""
    n = len(began)
    panel = pd.DataFrame(
        {
            "section": np.repeat([f"S{i:03} primary" for i in range(n)], len(YEARS)),
            "school_id": np.repeat([f"S{i:03}" for i in range(n)], len(YEARS)),
            "stage": "primary",
            "year": np.tile(YEARS, n),
            "value": np.asarray(scores, dtype=float).ravel(),
            "began": np.repeat(began, len(YEARS)),
        }
    )
    panel["years_since"] = (panel["year"] - panel["began"]).where(panel["began"] > 0)
    return panel.assign(treated=panel["years_since"] >= 0)


def effects_of(began):
    """Planted effects, by section and year."""
    points = np.zeros((len(began), len(YEARS)))
    for section, year in enumerate(began):
        if year:
            points[section, year - 2018 :] = EFFECTS[year]
    return points


def drawn(seed, sections=60, noise=8.0):
    """A panel of sections of which a quarter each began in 2021 and 2022, by lot."""
    rng = np.random.default_rng(seed)
    began = rng.permutation(np.repeat([2021, 2022, 2023, 0], sections // 4))
    level, year = rng.normal(500, 25, (sections, 1)), rng.normal(0, 5, (1, len(YEARS)))
    return panel_of(began, level + year + effects_of(began) + rng.normal(0, noise, (sections, len(YEARS))))


def dummies(rows):
    """Section and year dummies as a dense matrix."""
    both = [pd.get_dummies(rows[column], dtype=float) for column in ("section", "year")]
    return np.hstack([both[0].to_numpy(), both[1].to_numpy()[:, 1:]])


def imputed(panel):
    """The mean effect by ordinary least squares on the rows without the programme."""
    design, free = dummies(panel), ~panel["treated"].to_numpy()
    coefficients = np.linalg.lstsq(design[free], panel["value"][free], rcond=None)[0]
    return (panel["value"] - design @ coefficients)[~free].mean()


# Published


@pytest.fixture(scope="module")
def df_het():
    """The example of the R package did2s, which pyfixest carries: 31 years, two groups that begin, one that does not."""
    table = pd.read_csv(files("pyfixest") / "did" / "data" / "df_het.csv")
    return pd.DataFrame(
        {
            "section": table["state"],
            "school_id": table["state"],
            "year": table["year"],
            "value": table["dep_var"],
            "began": table["g"],
            "years_since": (table["year"] - table["g"]).where(table["g"] > 0).astype(float),
            "treated": table["treat"].astype(bool),
            "unit": table["unit"],
        }
    )


def test_two_stages_as_r_has_them(df_het):
    """R's did2s on df_het: 2.152214632405348, error 0.04760659497297116 (in pyfixest's tests/data/all_did2s_dfs.csv)."""
    found = two_stage(df_het)
    assert found.value == pytest.approx(2.152214632405348, abs=1e-6)
    assert found.se == pytest.approx(0.04760659497297116, abs=1e-6)
    reach = student.ppf(0.975, df_het["school_id"].nunique() - 1) * found.se
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach))


def test_event_study_as_pyfixest_adds_it_up(df_het):
    """Its `aggregate` is tested there against R's fixest::sunab."""
    some = df_het[df_het["unit"] % 6 == 0].assign(section=lambda d: d["unit"])
    with pytest.warns(UserWarning, match="beta"):
        fit = pyfixest.event_study(
            some, "value", "section", "year", "began", cluster="school_id", estimator="saturated"
        )
    theirs = fit.aggregate().astype(float)
    ours = event_study(some)
    assert ours["value"].to_numpy() == pytest.approx(theirs["Estimate"].to_numpy(), abs=1e-8)
    assert ours["se"].to_numpy() == pytest.approx(theirs["Std. Error"].to_numpy(), rel=1e-6)
    assert ours.index.tolist() == theirs.index.astype(int).tolist()


# Other solvers


def test_two_stages_are_least_squares_on_what_is_untreated():
    panel = drawn(3)
    assert two_stage(panel).value == pytest.approx(imputed(panel))
    thinned = panel.drop(index=np.random.default_rng(1).choice(len(panel), 60, replace=False))
    assert two_stage(thinned).value == pytest.approx(imputed(thinned))
    assert two_stage(before_choice(panel)).value == pytest.approx(imputed(before_choice(panel)))


def test_two_way_is_least_squares_with_errors_by_school():
    panel = drawn(4)
    design = np.column_stack([panel["treated"].astype(float), dummies(panel)])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ panel["value"].to_numpy()
    residuals = panel["value"].to_numpy() - design @ coefficients
    scores = [design[rows].T @ residuals[rows] for rows in panel.groupby("school_id").indices.values()]
    middle, n, schools = sum(np.outer(s, s) for s in scores), len(panel), len(scores)
    # fixest's small-sample correction: section levels lie within schools and do not count; 1 + the years do.
    correction = schools / (schools - 1) * (n - 1) / (n - 1 - len(YEARS))
    error = np.sqrt(correction * (inverse @ middle @ inverse)[0, 0])
    found = two_way(panel)
    assert found.value == pytest.approx(coefficients[0])
    assert found.se == pytest.approx(error, rel=1e-6)


def test_clean_event_study_and_two_stages_say_the_same():
    panel = drawn(5)
    clean = two_stage(before_choice(panel))
    assert event_mean(panel, clean=True).value == pytest.approx(clean.value)


# By hand


def test_event_study_is_the_difference_of_differences_of_means():
    panel = drawn(6)
    means = panel.pivot_table(index="began", columns="year", values="value")
    gain = lambda g, s: (means.at[g, g + s] - means.at[g, g - 1]) - (means.at[0, g + s] - means.at[0, g - 1])  # noqa: E731
    found = event_study(panel)
    assert found.at[0, "value"] == pytest.approx(np.mean([gain(g, 0) for g in EFFECTS]))
    assert found.at[3, "value"] == pytest.approx(np.mean([gain(g, 3) for g in (2021, 2022)]))
    assert found.at[-2, "value"] == pytest.approx(np.mean([gain(g, -2) for g in EFFECTS]))
    assert found["n"].to_dict() == {-5: 15, -4: 30, -3: 45, -2: 45, 0: 45, 1: 45, 2: 45, 3: 30, 4: 15}
    all_since = [gain(g, s) for g in EFFECTS for s in range(2026 - g)]
    assert event_mean(panel).value == pytest.approx(np.mean(all_since))


def test_clean_base_is_before_anybody_was_chosen():
    panel = drawn(7)
    means = panel.pivot_table(index="began", columns="year", values="value")
    base = means[[2018, 2019]].mean(axis=1)
    gain = (means.at[2021, 2025] - base[2021]) - (means.at[0, 2025] - base[0])
    found = event_study(panel, clean=True)
    assert found.at[4, "value"] == pytest.approx(gain)
    assert found.index.tolist() == [-3, -2, -1, 0, 1, 2, 3, 4]
    kept = before_choice(panel)
    assert sorted(kept.loc[kept["began"] == 2023, "year"].unique()) == [2018, 2019, 2023, 2024, 2025]


def test_a_claim_is_taken_apart_exactly():
    began = [2021] * 3 + [2022] * 3 + [0] * 4
    level = np.arange(10)[:, None] * 7.0
    year = np.array([[0, 1, 2, 3, 5, 8, 8, 9]])
    dip = np.zeros((10, 8))
    dip[:3, 2], dip[3:6, 3] = -6, -3  # 2020 and 2021, the years of the choice
    panel = panel_of(began, level + year + dip + effects_of(began))
    # Since: 2021 five years, 2022 four; common from the year before: 1, 3, 6, 6, 7 and 2, 5, 5, 6.
    effect = 3 * (80 + 38) / 27
    rebound, common = 3 * (6 * 5 + 3 * 4) / 27, 3 * (23 + 18) / 27
    found = before_after_parts(panel)
    assert found == pytest.approx((effect + rebound + common, rebound, common, effect))
    assert before_after(panel).value == pytest.approx(found.claimed)
    assert sum(found[1:]) == pytest.approx(found.claimed)


def test_weights_tell_what_the_coefficient_makes_of_known_effects():
    began = np.repeat([2021, 2022, 2023, 0], [6, 4, 3, 9])
    effects = effects_of(began)
    weights = two_way_weights(panel_of(began, effects))
    true = pd.DataFrame(
        [(g, s, e) for g, all_ in EFFECTS.items() for s, e in enumerate(all_)], columns=["began", "s", "e"]
    )
    true = true.set_index(["began", "s"])["e"].reindex(weights.index)
    noisy = panel_of(began, effects + np.random.default_rng(0).normal(0, 1e-6, effects.shape))
    assert two_way(noisy).value == pytest.approx(weights["weight"] @ true, abs=1e-4)
    assert weights[["weight", "share"]].sum().tolist() == pytest.approx([1, 1])
    assert weights["share"] @ true == pytest.approx(effects[effects > 0].mean())
    # Late years of those who began first count less than they should: then others begin, and take them for a trend.
    assert (weights.loc[2021, "weight"] < weights.loc[2021, "share"])[4]


def test_without_a_comparison_of_its_own_an_early_group_gets_weights_below_zero():
    """Goodman-Bacon: two groups, nobody in the end untreated. By hand: D̃ = D − row mean − column mean + mean."""
    began = np.repeat([2020, 2025], 2)
    panel = panel_of(began, np.zeros((4, 8)))
    on = panel["treated"].to_numpy().astype(float).reshape(4, 8)
    left = on - on.mean(axis=1, keepdims=True) - on.mean(axis=0, keepdims=True) + on.mean()
    expected = left[on > 0] / left[on > 0].sum()
    found = two_way_weights(panel)["weight"]
    assert found.loc[2020].tolist() == pytest.approx((2 * expected[:6]).tolist())
    assert found.min() < 0


def test_responses_are_those_of_each_method():
    panel = drawn(8)
    found = method_responses(panel)
    assert found.index.tolist() == ["true", *METHODS]
    rng = np.random.default_rng(0)
    since = panel["years_since"].fillna(0)
    scores = (
        panel["treated"] * (6 + 3 * since)
        - 4 * (panel["years_since"] == -1)
        + rng.normal(0, 1e-7, len(panel))
    )
    whole = {name: method(panel.assign(value=scores)).value for name, method in METHODS.items()}
    assert whole == pytest.approx((found @ [6, 3, 4]).drop("true").to_dict(), abs=1e-4)
    assert found.loc["before_after"].tolist() == pytest.approx([1, found.at["true", "growth"], 1])
    assert found.at["clean_two_stage", "dip"] == pytest.approx(0, abs=1e-9)
    assert found.at["two_way", "growth"] < found.at["true", "growth"] - 0.2


def test_smallest_effect_found():
    """Of such an effect an interval is above 0 in 80 of 100 draws; 1.959964 + 0.841621."""
    assert smallest_found(2.0) == pytest.approx(2 * 2.801585, rel=1e-6)
    draws = np.random.default_rng(1).normal(smallest_found(2.0), 2.0, 20_000)
    assert (draws > 1.959964 * 2).mean() == pytest.approx(0.8, abs=0.01)


def test_fake_start_forgets_the_rest():
    panel = drawn(9)
    fake = fake_start(panel, 2019)
    assert set(fake["year"]) == {2018, 2019}
    assert set(fake["began"]) == {0, 2019}
    means = panel.pivot_table(index=panel["began"] > 0, columns="year", values="value")
    by_hand = (means.at[True, 2019] - means.at[True, 2018]) - (means.at[False, 2019] - means.at[False, 2018])
    assert two_way(fake).value == pytest.approx(by_hand)
    for year in (2018, 2021):
        with pytest.raises(Lacking, match="2018年以后、2021年以前"):
            fake_start(panel, year)
    with pytest.raises(Lacking, match="2020年，做了这个项目的学校都没有成绩"):
        fake_start(panel[panel["year"] != 2020], 2020)


# Properties


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for seed in range(40):
        panel = drawn(seed)
        found, true = two_stage(panel), effects_of(panel["began"][:: len(YEARS)])
        held.append(found.low < true[true > 0].mean() < found.high)
    assert 0.85 <= np.mean(held) <= 1


def test_degrees_of_freedom_are_of_the_side_with_fewer_schools():
    """Sixty schools, of which three have the programme: an interval as wide as three schools allow."""
    panel = drawn(3)
    few = panel[
        (panel["began"] == 0)
        | panel["school_id"].isin(panel.query("began == 2021")["school_id"].unique()[:3])
    ]
    for method in (two_way, two_stage, event_mean):
        found = method(few)
        assert (found.high - found.low) / 2 == pytest.approx(student.ppf(0.975, 2) * found.se)


# What cannot be had


def county_of(panel, **more):
    results = panel.rename(columns={"value": "score"})[["school_id", "stage", "year", "score"]]
    joined = panel[panel["began"] > 0].drop_duplicates("section")[["school_id", "stage", "began"]]
    tables = {"school_results": results, "programmes": joined.assign(programme="mentoring")}
    return County(tables | more)


def test_panel_of_a_county_is_what_was_put_in():
    panel = drawn(2)
    found = programme_panel(county_of(panel), "mentoring")
    columns = ["section", "year", "value", "began", "years_since", "treated"]
    pd.testing.assert_frame_equal(found[columns], panel[columns], check_dtype=False)


def test_sections_of_another_programme_are_no_comparison():
    panel = drawn(2)
    county = county_of(panel)
    never = panel.loc[panel["began"] == 0, "school_id"].unique()
    more = pd.DataFrame({"programme": "reading", "school_id": never[:4], "stage": "primary", "began": 2022.0})
    both = County(county.tables | {"programmes": pd.concat([county.tables["programmes"], more])})
    found = programme_panel(both, "reading", without=["mentoring"])
    assert set(found["school_id"]) == set(never)
    assert found.loc[found["treated"], "school_id"].nunique() == 4


def test_a_blank_is_left_out_and_a_section_seen_once_before_too():
    panel = drawn(2)
    first = panel.loc[panel["began"] == 2021, "school_id"].iloc[0]
    late = (panel["school_id"] == first) & (panel["year"] < 2020)
    blank = panel.assign(value=panel["value"].where(~late & (panel.index != 5)))
    found = programme_panel(county_of(blank), "mentoring")
    assert first not in set(found["school_id"])
    assert len(found) == len(panel) - 8 - (panel.at[5, "school_id"] != first)
    assert np.isfinite(two_stage(found).value)


def test_too_few_schools_or_none_are_said():
    panel = drawn(2)
    two = panel[
        (panel["began"] == 0)
        | panel["school_id"].isin(panel.loc[panel["began"] > 0, "school_id"].unique()[:2])
    ]
    with pytest.raises(Lacking, match=r"驻校帮扶.*现在2所"):
        programme_panel(county_of(two), "mentoring")
    with pytest.raises(Lacking, match=r"一直没有做的，现在0所"):
        programme_panel(county_of(panel[panel["began"] > 0]), "mentoring")
    with pytest.raises(Lacking, match=r"晨读.*现在0所"):
        programme_panel(county_of(panel), "reading")
    with pytest.raises(Lacking, match="每一年都是同一个分数"):
        programme_panel(county_of(panel.assign(value=500.0)), "mentoring")
    twice = county_of(panel)
    twice.tables["school_results"]["county_id"] = np.where(panel["began"] > 0, "甲", "乙")
    with pytest.raises(Lacking, match="几个县"):
        programme_panel(twice, "mentoring")
    with pytest.raises(MissingTable, match="各校历年结果"):
        programme_panel(County({}), "mentoring")
    alone = panel[(panel["began"] > 0) | (panel["year"] < 2025)]
    with pytest.raises(Lacking, match=r"2025年，没有做“驻校帮扶”的学校都没有成绩"):
        programme_panel(county_of(alone), "mentoring")


def test_without_years_before_the_choice_there_is_no_clean_base():
    panel = drawn(2)
    late = panel[panel["year"] >= 2019]
    for ask in (before_choice, before_after_parts, lambda p: event_study(p, clean=True)):
        with pytest.raises(Lacking, match="按2020年的成绩挑选，更早的成绩不到2年"):
            ask(late)
    gap = panel[(panel["began"] == 0) | (panel["years_since"] != -1)]
    for ask in (before_after, event_study):
        with pytest.raises(Lacking, match="开始前一年都没有成绩"):
            ask(gap)


def test_a_group_without_its_base_is_left_out_of_the_event_study():
    panel = drawn(2)
    gap = panel[(panel["began"] != 2022) | (panel["years_since"] != -1)]
    rest = panel[panel["began"] != 2022]
    assert event_study(gap)["n"].tolist() == event_study(rest)["n"].tolist()
    assert event_mean(gap).value == pytest.approx(event_mean(rest).value)


def test_to_import_the_room_does_not_load_pyfixest():
    code = "import balancelib.progress, sys; sys.exit('pyfixest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The county


@pytest.fixture(scope="module", params=[7, 11])
def county(request):
    return sample_county(request.param)


def test_what_is_planted_is_told_of_the_sample_alone(county, monkeypatch, tmp_path):
    panel = programme_panel(county, "mentoring")
    rows = planted_effects(panel, "mentoring")
    assert len(rows) == panel["treated"].sum()
    assert rows.groupby("began")["effect"].apply(lambda e: sorted(set(e))).to_dict() == {
        2021: [8, 14, 18, 20], 2022: [5, 9, 12], 2023: [2, 4, 6],
    }  # fmt: skip
    monkeypatch.setenv("BALANCELIB_COUNTY", str(tmp_path))
    assert planted_effects(panel, "mentoring").empty


def test_planted_mentoring_is_found_and_the_two_way_coefficient_is_too_small(county):
    panel = programme_panel(county, "mentoring")
    true, found = planted_effects(panel, "mentoring")["effect"].mean(), by_method(panel)
    for name in ("two_stage", "clean_two_stage"):
        assert found[name].low < true < found[name].high
        assert found[name].low > 0
    weights = two_way_weights(panel).join(
        true_programmes().query("programme == 'mentoring'").set_index(["began", "years_since"])
    )
    assert weights["weight"] @ weights["effect"] < true - 1.5
    parts = before_after_parts(panel)
    assert parts.common < 0  # what some gain is taken from all: each year's mean is 500


def test_reading_does_nothing_and_only_a_bad_base_says_it_does(county):
    panel = programme_panel(county, "reading", without=["mentoring"])
    assert (planted_effects(panel, "reading")["effect"] == 0).all()
    study = event_study(panel, clean=True)
    assert study.at[-1, "high"] < 0  # the bad year before
    found = by_method(panel)
    assert found["event_mean"].value > 4
    assert found["two_stage"].low < 0 < found["two_stage"].high
    assert before_after_parts(panel).rebound > 5
