"""The synthetic county's tables of what was done and came of it: the truth in them is as it is said to be, and can be found."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy.optimize import nnls

from balancelib.county import read_county
from balancelib.county.sample import true_programmes, true_reform, true_satisfaction, true_series
from balancelib.county.write import write_csv

NEW = [
    "school_results", "programmes", "absences", "peer_counties", "survey_frame", "survey", "inspections", "actions",
]  # fmt: skip
COUNTIES = [(7, 60), (8, 20), (9, 30), (12, 200)]
SECTION = ["school_id", "stage"]
ALPHA = 1.96


@pytest.fixture(scope="module", params=COUNTIES, ids=str)
def tables(request):
    return sample_county(*request.param).tables


@pytest.fixture(scope="module", params=[7, 8, 9])
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def course(seed):
    return sample_county(seed).tables


def least_squares(columns, y, groups):
    """Coefficients, and their covariance robust to what sections have in common (Liang and Zeger 1986)."""
    x, y = np.column_stack(columns), y.to_numpy()
    inverse = np.linalg.pinv(x.T @ x)
    b = inverse @ x.T @ y
    part = pd.DataFrame(x * (y - x @ b)[:, None]).groupby(groups).sum().to_numpy()
    return b, inverse @ part.T @ part @ inverse


def dummies(*series):
    return [pd.get_dummies(one, drop_first=k > 0).to_numpy(float) for k, one in enumerate(series)]


@pytest.fixture(scope="module")
def panel(course):
    """Scores, with the year in which each section began to be mentored, 0 for never, and what mentoring truly added."""
    own = course["programmes"].query("programme == 'mentoring'")[[*SECTION, "began"]]
    frame = course["school_results"].merge(own, how="left", on=SECTION)
    frame["section"] = frame["school_id"] + frame["stage"]
    frame["years_since"] = frame["year"] - frame["began"]
    truth = true_programmes().query("programme == 'mentoring'")
    frame = frame.merge(truth, how="left", on=["began", "years_since"])
    return frame.assign(began=frame["began"].fillna(0), effect=frame["effect"].fillna(0.0))


@pytest.fixture(scope="module")
def true_mean(panel):
    return panel.loc[(panel["began"] > 0) & (panel["years_since"] >= 0), "effect"].mean()


def test_read_back_they_are_the_same_without_fault_or_warning(tmp_path):
    drawn = sample_county(9, 30).tables
    write_csv({name: drawn[name] for name in ["schools", "county_items", "enrolment", *NEW]}, tmp_path)
    county = read_county(tmp_path)
    assert county.warnings == []
    for name in NEW:
        read, own = (
            frame.astype(object).where(frame.notna(), None) for frame in (county.tables[name], drawn[name])
        )
        pd.testing.assert_frame_equal(read, own, check_dtype=False, obj=name)


@pytest.mark.parametrize("number", [20, 30, 200])
@pytest.mark.parametrize("draw", range(8, 13))
def test_counties_of_other_sizes_are_drawn(number, draw):
    assert {name: len(sample_county(draw, number).tables[name]) > 0 for name in NEW} == dict.fromkeys(
        NEW, True
    )


# Results and programmes


def test_each_year_the_mean_of_those_who_took_part_is_five_hundred(tables):
    results = tables["school_results"]
    total = (results["score"] * results["tested"]).groupby(results["year"]).sum()
    mean = total / results.groupby("year")["tested"].sum()
    assert mean.to_numpy() == pytest.approx(500, abs=0.3)
    assert sorted(mean.index) == list(range(2018, 2026))


def test_no_more_took_part_than_were_there(tables):
    results, enrolment = tables["school_results"], tables["enrolment"].set_index(["school_id", "year"])
    grades = {"primary": ["grade4", "grade5", "grade6"], "junior": ["grade7", "grade8", "grade9"]}
    for stage, own in results.groupby("stage"):
        there = enrolment.loc[pd.MultiIndex.from_frame(own[["school_id", "year"]]), grades[stage]].sum(axis=1)
        assert (own["tested"].to_numpy() <= there.to_numpy()).all()


def test_mentored_are_public_sections_that_scored_low_the_year_before(panel, course):
    operator = course["schools"].set_index("school_id")["operator"]
    began = panel[panel["began"] > 0]
    assert (began["school_id"].map(operator) == "public").all()
    before = panel.assign(rank=panel.groupby("year")["score"].rank(pct=True))
    chosen = before[before["years_since"] == -1].groupby("began")["rank"].mean()
    assert (chosen < 0.45).all()
    assert list(chosen.index) == [2021, 2022, 2023]
    assert 0.4 < (panel.groupby("section")["began"].max() == 0).mean() < 0.6


def test_two_way_fixed_effects_are_biased_and_groups_against_the_never_mentored_are_not(panel, true_mean):
    treated = (panel["years_since"] >= 0).astype(float)
    fixed = dummies(panel["section"], panel["year"])
    b, cov = least_squares([treated, *fixed], panel["score"], panel["section"])
    truth, _ = least_squares([treated, *fixed], panel["effect"], panel["section"])
    assert truth[0] < true_mean - 1.5  # without any chance
    assert b[0] + 1.5 * np.sqrt(cov[0, 0]) < true_mean
    # Each group and year against the year before it began (Sun and Abraham 2021), weighted by their sections.
    cells = panel[panel["years_since"].notna() & (panel["years_since"] != -1)].groupby(
        ["began", "years_since"]
    )
    columns = [panel.index.isin(rows).astype(float) for rows in cells.groups.values()]
    weight = np.array([len(rows) * (since >= 0) for (_, since), rows in cells.groups.items()], dtype=float)
    weight /= weight.sum()
    b, cov = least_squares([*columns, *fixed], panel["score"], panel["section"])
    n = len(weight)
    assert abs(weight @ b[:n] - true_mean) < ALPHA * np.sqrt(weight @ cov[:n, :n] @ weight)


def test_volunteers_fell_before_and_came_back_and_reading_adds_nothing(panel, course):
    readers = course["programmes"].query("programme == 'reading'")
    own = panel.merge(readers[SECTION], on=SECTION)
    assert (own["began"] == 0).all()
    mean = own.groupby("year")["score"].mean()
    assert mean[2021] < mean[[2018, 2019, 2020]].mean() - 5
    assert mean[2022] > mean[2021] + 2  # as a table of before and after would tell
    others = panel[panel["began"] == 0].merge(readers[SECTION].assign(reads=1.0), on=SECTION, how="left")
    reads = others["reads"].fillna(0.0) * (others["year"] >= 2022)
    b, cov = least_squares(
        [reads, *dummies(others["section"], others["year"])], others["score"], others["section"]
    )
    assert abs(b[0]) < ALPHA * np.sqrt(cov[0, 0])
    assert (true_programmes().query("programme == 'reading'")["effect"] == 0).all()


def test_what_mentoring_adds_is_as_the_trainers_are_told():
    truth = true_programmes().query("programme == 'mentoring'").groupby("began")["effect"].apply(list)
    assert truth.to_dict() == {2021: [8, 14, 18, 20, 20], 2022: [5, 9, 12, 12], 2023: [2, 4, 6]}


# Absences


def test_a_segmented_regression_finds_the_break(course):
    table, truth = course["absences"], true_series()
    assert list(table["month"]) == list(truth["month"])
    assert len(table) == 64
    t, since = np.arange(64.0), truth["since"].to_numpy()
    after = (since >= 0).astype(float)
    month = pd.get_dummies(table["month"].str[5:], drop_first=True).to_numpy(float)
    x = np.column_stack([np.ones(64), t, after, after * since, month])
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ table["absent"].to_numpy()
    e = table["absent"].to_numpy() - x @ b
    u, middle = x * e[:, None], 0
    for lag in range(5):  # Newey and West (1987), four lags
        product = u[lag:].T @ u[: 64 - lag]
        middle = middle + (product if lag == 0 else (1 - lag / 5) * (product + product.T))
    error = np.sqrt(np.diag(inverse @ middle @ inverse) * 64 / (64 - x.shape[1]))
    assert abs(b[2] + 4.0) < ALPHA * error[2]
    assert abs(b[3] + 0.10) < ALPHA * error[3]
    assert b[2] + ALPHA * error[2] < 0
    assert np.corrcoef(e[1:], e[:-1])[0, 1] > 0.2
    assert truth.loc[truth["month"] == "2022-09", "effect"].item() == -4.0
    assert truth["effect"].iloc[-1] == pytest.approx(-4.0 - 0.10 * 27)


# Counties of the province


def fitted(wide, target, donors, before):
    """Weights of at least 0 and sum 1 that are nearest before the reform, and the gap to what they give."""
    a = np.vstack([wide.loc[before, donors], np.full(len(donors), 100.0)])
    weight, _ = nnls(a, np.append(wide.loc[before, target], 100.0))
    return wide[target] - wide[donors] @ (weight / weight.sum())


def test_a_weighted_mean_of_other_counties_finds_the_reform_and_their_mean_does_not(course):
    table = course["peer_counties"]
    wide = table.pivot(index="year", columns="peer", values="cv")
    assert wide.shape == (16, 25)
    (own,) = table.loc[table["own"] == 1, "peer"].unique()
    others = [peer for peer in wide if peer != own]
    before, truth = wide.index < 2019, true_reform().set_index("year")["effect"]
    gap = fitted(wide, own, others, before)
    assert np.abs(gap[before]).max() < 0.012
    assert (gap - truth)[~before].mean() == pytest.approx(0, abs=0.01)
    plain = wide[own] - wide[others].mean(axis=1)
    assert plain[~before].mean() - plain[before].mean() > truth[~before].mean() + 0.015
    ratios = {}
    for peer in wide:
        one = gap if peer == own else fitted(wide, peer, [p for p in others if p != peer], before)
        ratios[peer] = np.sqrt((one[~before] ** 2).mean() / (one[before] ** 2).mean())
    assert max(ratios, key=ratios.get) == own


# Satisfaction


def weighted(tables):
    """Share of the satisfied, each answer standing for as many people as its school and role has for one answer."""
    answers = (
        tables["survey"].dropna(subset=["satisfied"]).merge(tables["survey_frame"], on=["school_id", "role"])
    )
    weight = answers["size"] / answers.groupby(["school_id", "role"])["satisfied"].transform("size")
    return np.average(answers["satisfied"], weights=weight)


def test_answers_are_those_that_came_back(tables):
    frame = tables["survey_frame"].set_index(["school_id", "role"])
    rows = tables["survey"].groupby(["school_id", "role"]).size().reindex(frame.index, fill_value=0)
    assert (rows == frame["answered"]).all()
    assert (frame["answered"] <= frame["sent"]).all()
    assert (frame["sent"] <= frame["size"]).all()


def test_plain_share_is_above_the_limit_and_weighted_below_and_the_truth_lower(course, seed):
    truth = true_satisfaction(seed)
    share = truth["satisfied"].sum() / truth["size"].sum()
    survey = course["survey"]
    plain = survey["satisfied"].mean()
    assert 0.82 < share < weighted(course) < 0.85
    assert 0.86 < plain < 0.89
    wave = survey.groupby("wave")["satisfied"].mean()
    assert wave[1.0] > wave[2.0] + 0.05
    assert 0 < survey["satisfied"].isna().mean() < 0.05
    assert 2200 < len(survey) < 2600


def test_people_are_those_of_the_schools(course):
    size = course["survey_frame"].groupby("role")["size"].sum()
    schools, special = course["schools"], course["school_items"]["school_id"]
    here = schools[schools["school_id"].isin(special)]
    assert size["parent"] == here[["pupils_primary", "pupils_junior"]].sum().sum()
    assert size["teacher"] == here[["teachers_primary", "teachers_junior"]].sum().sum()
    assert size["principal"] == len(here)


# Inspections and actions


def test_a_visit_is_to_one_school_on_one_workday(tables):
    visits = tables["inspections"].groupby("visit")[["school_id", "date"]].nunique()
    assert (visits == 1).all(axis=None)
    day = pd.to_datetime(tables["inspections"]["date"])
    assert (day.dt.day_of_week < 5).all()
    assert set(day.dt.strftime("%Y-%m")) == {"2025-04", "2025-10"}


def test_each_action_is_of_an_item_that_was_not_met(tables):
    unmet = tables["inspections"].query("met == 0").rename(columns={"date": "found_on"})
    found = tables["actions"].merge(unmet, on=["school_id", "item", "found_on"])
    assert len(found) == len(tables["actions"])


def test_class_sizes_and_budgets_are_as_the_other_tables_say(tables):
    items = tables["school_items"].set_index("school_id")
    seen = tables["inspections"]
    for row in seen[seen["item"] == "training_budget"].itertuples():
        assert row.met == (items.loc[row.school_id, "training_share"] >= 5)
    for row in seen[seen["item"] == "class_size"].itertuples():
        own = items.loc[row.school_id]
        assert row.met == (not (own["largest_class_primary"] > 45 or own["largest_class_junior"] > 50))


def test_some_are_overdue_some_closed_without_evidence_some_found_again(course):
    actions = course["actions"]
    closed = actions["state"].isin(["done", "verified"])
    assert (closed == actions["closed_on"].notna()).all()
    assert (~closed & (actions["due"] < "2025-12-01")).sum() >= 3
    assert (closed & actions["evidence"].isna()).sum() >= 2
    later = actions[closed].merge(course["inspections"].query("met == 0"), on=["school_id", "item"])
    assert (later["date"] > later["closed_on"]).sum() >= 2
    assert (actions["closed_on"].dropna() < "2025-12-01").all()
    assert (actions["closed_on"].dropna() >= actions.loc[closed, "found_on"]).all()
