"""The exercises of targets and plan: answers against numbers counted in another way; each usual mistake is told from the right answer."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.course.exercises import begin, check
from balancelib.course.exercises.progress import plan, targets
from balancelib.progress import check_plan, load_measures, make_plan, private_costs, target_paths

ONE, TWO = targets.EXERCISES["1"], plan.EXERCISES["2"]


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def test_next_year_s_target_and_line_counted_by_hand(county):
    """Backbone teachers for 100 pupils, straight from the tables; the path by bisection, the line by numpy."""
    past, now = county.tables["history"], county.schools
    kinds = now.set_index("school_id")["kind"]
    rows = pd.concat([past, now.assign(year=2025)])[
        ["school_id", "year", "pupils_primary", "backbone_primary"]
    ]
    rows = rows[(rows["pupils_primary"] > 0) & ~rows["school_id"].map(kinds).isin(["special", "vocational"])]
    rows["ratio"] = 100 * rows["backbone_primary"].astype(float) / rows["pupils_primary"].astype(float)
    small = rows["school_id"].map(kinds).eq("teaching_point") & rows["pupils_primary"].lt(50)
    today = rows[(rows["year"] == 2025) & (rows["ratio"] > 0) & ~small].sort_values(["ratio", "school_id"])
    its = rows[rows["school_id"] == today["school_id"].iloc[0]].sort_values("year")
    begin = 0.6 * its["ratio"].iloc[-1]
    odds = lambda y: np.log(y / (1 - y))  # noqa: E731
    low, high = begin, 0.6
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if odds(middle) - odds(begin) < (odds(0.6) - odds(begin)) / 5 else (low, middle)
        )
    line = 100 * np.polyval(np.polyfit(its["year"] - 2018, its["ratio"], 1), 8)
    found = ONE.answer(county)
    assert found["目标"] == pytest.approx(100 * low / 0.6)
    assert found["步子"] == pytest.approx(line)
    assert found["差"] == pytest.approx(100 * low / 0.6 - line)


def test_no_year_of_the_plan_found_is_over_and_every_earlier_plan_is(county):
    found = TWO.answer(county)
    measures = load_measures()
    costs = private_costs(county.schools, measures)
    history = plan.indicator_history(county)
    five = make_plan(target_paths(history, 2030), measures, costs).by_year
    budget = round(1.25 * five.mean())
    for until in range(2027, int(found["年"]) + 1):
        made = make_plan(target_paths(history, until), measures, costs)
        over = (check_plan(made, pd.Timestamp("2026-03-01").date(), budget)["kind"] == "超支").any()
        assert over == (until < found["年"])
    assert found["万元"] == pytest.approx(made.by_year.sum())


@pytest.mark.parametrize(("exercise", "key"), [(ONE, "目标"), (TWO, "年")])
def test_usual_mistakes_are_told_from_what_is_right(county, exercise, key):
    right = exercise.answer(county)
    seen = []
    for told, wrong in exercise.mistakes.items():
        given = dict(wrong(county, pd.Series(right)))
        assert set(given) == set(right)
        if given != pytest.approx(right):
            seen.append(told)
    assert len(seen) >= 4
    assert key in right


def test_a_county_without_such_a_school_is_told_so(county):
    schools = county.schools.assign(backbone_primary=county.schools["pupils_primary"] / 10)
    richer = County(dict(county.tables) | {"schools": schools})
    with pytest.raises(Lacking, match="骨干教师"):
        ONE.answer(richer)


def test_who_writes_that_no_year_fits_is_told_that_one_does_and_not_of_private_schools(capsys):
    begin("progress", seed=3)  # here nothing fits once private schools are paid for
    capsys.readouterr()
    check("progress.2", {"年": 0, "万元": 0})
    said = capsys.readouterr().out
    assert "有一年行" in said
    assert "民办" not in said
