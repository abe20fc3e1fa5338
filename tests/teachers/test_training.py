"""The 360 hours, teacher by teacher: numbers worked out by hand, and what a blank may never become."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.teachers import look_ahead, published, training_status, training_summary
from balancelib.teachers.training import STATUS

SCHOOLS = pd.DataFrame({"school_id": ["1", "2"], "name": ["甲校", "乙校"], "area": ["urban", "rural"]})
YEARS = range(2021, 2026)


def staff(**rows):
    """Teachers by id: what differs from a teacher of long standing at school 1."""
    usual = {
        "school_id": "1", "stage": "primary", "subject": "math", "birth_year": 1980.0, "started": 2003.0, "backbone": "none",
    }  # fmt: skip
    return pd.DataFrame([{"teacher_id": name} | usual | row for name, row in rows.items()])


def county(teachers, hours, **columns):
    """A county with the hours of each teacher, year by year."""
    rows = [(t, y, h) for t, all_years in hours.items() for y, h in zip(YEARS, all_years, strict=True)]
    training = pd.DataFrame(rows, columns=["teacher_id", "year", "hours"]).assign(**columns)
    return County({"schools": SCHOOLS, "teachers": teachers, "training": training})


def test_due_is_a_fifth_for_each_year_in_the_profession():
    """Begun in 2023: three of five years, 216 hours; begun in 2025: 72."""
    hours = {"a": [72] * 5, "b": [np.nan] * 2 + [72, 72, 71.5], "c": [np.nan] * 4 + [80]}
    found = training_status(county(staff(a={}, b={"started": 2023.0}, c={"started": 2025.0}), hours))
    assert found["due"].tolist() == [360, 216, 72]
    assert found["hours"].tolist() == [360, 215.5, 80]
    assert found["status"].tolist() == ["done", "short", "done"]
    assert found["gap"].tolist() == [0, 0.5, 0]
    assert found["unrecorded"].tolist() == [0, 0, 0]


def test_a_blank_is_neither_zero_nor_done():
    hours = {"a": [90, 90, 90, np.nan, 80], "b": [90, 90, 90, np.nan, 90], "c": [10, 10, 10, np.nan, 10]}
    found = training_status(county(staff(a={}, b={}, c={}), hours))
    assert found["status"].tolist() == ["unknown", "done", "unknown"]  # b has 360 without the blank year
    assert np.isnan(found["gap"]).tolist() == [True, False, True]


def test_a_teacher_without_any_row_is_unknown():
    found = training_status(county(staff(a={}, b={}), {"a": [80] * 5}))
    assert found.loc["b", "status"] == "unknown"
    assert found.loc["b", "unrecorded"] == 5


def test_beginning_unknown_is_done_only_with_all_the_hours():
    hours = {"a": [80] * 5, "b": [70] * 5}
    found = training_status(county(staff(a={"started": np.nan}, b={"started": np.nan}), hours))
    assert found["status"].tolist() == ["done", "unknown"]
    assert found["layer"].tolist() == ["", ""]


def test_layers_and_ages():
    teachers = staff(
        a={"started": 2023.0, "birth_year": 1999.0},
        b={"started": 2022.0, "birth_year": 1995.0},
        c={"backbone": "city", "birth_year": 1975.0},
        d={"birth_year": np.nan},
    )
    found = training_status(county(teachers, dict.fromkeys("abcd", [80] * 5)))
    assert found["layer"].tolist() == ["new", "growing", "backbone", "growing"]
    assert found["age_group"].tolist() == ["under30", "30to39", "50plus", ""]


def test_whether_a_backbone_teacher_is_not_known():
    """A blank may hide one: neither new nor growing."""
    teachers = staff(a={"backbone": None}, b={"backbone": None, "started": 2024.0})
    assert training_status(county(teachers, dict.fromkeys("ab", [80] * 5)))["layer"].tolist() == ["", ""]


def test_topics_are_counted_within_the_hours():
    """50 hours of ICT in five years: 8 a year are 40, ten short; a blank year leaves the gap unknown unless the others suffice."""
    ict = [8] * 5 + [15, 15, 15, np.nan, 15] + [5, 5, 5, np.nan, 5]
    given_ = county(staff(a={}, b={}, c={}), dict.fromkeys("abc", [80] * 5), hours_ict=ict)
    gap = training_status(given_, topics={"ict": 50})["ict_gap"]
    assert gap.iloc[:2].tolist() == [10, 0]
    assert np.isnan(gap["c"])
    assert training_status(given_, topics={"mental": 10})["mental_gap"].isna().all()
    with pytest.raises(ValueError, match="不认识的专题"):
        training_status(given_, topics={"sport": 3})


def test_the_mean_hides_who_is_short():
    """500 and 240 hours: 370 on average, and one of two is short by 120."""
    found = training_summary(
        training_status(county(staff(a={}, b={}), {"a": [100] * 5, "b": [48] * 5})), "area"
    )
    row = found.loc["urban"]
    assert (row["mean_hours"], row["done"], row["short"], row["hours_short"]) == (370, 1, 1, 120)


def test_the_share_has_bounds_where_something_is_unknown():
    hours = {"a": [80] * 5, "b": [80, 80, 80, 80, np.nan], "c": [10] * 5, "d": [80] * 5}
    teachers = staff(a={}, b={}, c={}, d={"school_id": "2"})
    found = training_summary(training_status(county(teachers, hours)), "area")
    assert found.index.tolist() == ["urban", "rural"]
    assert found.loc["urban", ["teachers", *STATUS]].tolist() == [3, 1, 1, 1]
    assert found.loc["urban", ["lowest", "highest"]].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found.loc["rural", ["lowest", "highest"]].tolist() == [1, 1]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=3))
def test_what_is_published_never_tells_of_one_or_two(counts):
    """Whoever knows the number of teachers still cannot reckon how many are done, short or unknown where these are one or two."""
    table = pd.DataFrame(counts, columns=list(STATUS))
    table = table.assign(teachers=table.sum(axis=1))
    for shown, (_, row) in zip(published(table).to_dict("records"), table.iterrows(), strict=True):
        fits = _ways(shown, row["teachers"])
        assert tuple(row[list(STATUS)]) in fits
        for place, name in enumerate(STATUS):
            if 0 < row[name] < 3:
                assert len({fit[place] for fit in fits}) >= 2
            if 0 < row["teachers"] < 10:
                assert any(fit[place] < row["teachers"] for fit in fits), "not that all are alike"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=3))
def test_the_totals_do_not_give_away_what_is_hidden(counts):
    """A column's total and the rows' numbers of teachers are known: a hidden count beside others that are not nought stays hidden."""
    table = pd.DataFrame(counts, columns=list(STATUS))
    table = table.assign(teachers=table.sum(axis=1))
    shown = published(table)
    for name in STATUS:
        hidden = (shown[name] != table[name].astype(str)) & (table[name] > 0)
        assert hidden.sum() != 1 or (table[name] > 0).sum() == 1


def test_what_is_published_by_hand():
    """One done of 20 is told no better than one short; three of three who are short stand for each of them."""
    table = pd.DataFrame([(1, 19, 0), (0, 3, 0), (30, 12, 0), (40, 20, 4)], columns=list(STATUS))
    shown = published(table.assign(teachers=table.sum(axis=1)))
    assert shown[list(STATUS)].to_numpy().tolist() == [
        ["1—2", "—", "0"], ["—", "—", "—"], ["—", "—", "0"], ["40", "20", "4"],
    ]  # fmt: skip


def _ways(shown, teachers):
    """All counts that fit what is shown of a group."""
    return [
        (d, s, u)
        for d in range(teachers + 1) for s in range(teachers + 1 - d) for u in [teachers - d - s]
        if all(_fits(shown[n], v) for n, v in zip(STATUS, (d, s, u), strict=True))
    ]  # fmt: skip


def _fits(shown, value):
    return {"—": True, "1—2": 1 <= value <= 2}.get(shown, shown == str(value))


def test_the_pace_at_half_time_and_what_came():
    """60 a year until 2023 are expected to be 300; the fourth and fifth year can still mend it, or not."""
    hours = {"a": [60, 60, 60, 90, 90], "b": [60, 60, 60, 60, 60], "c": [80, 80, 80, 0, 0], "d": [80] * 5}
    found = look_ahead(county(staff(a={}, b={}, c={}, d={}), hours), 2023)
    assert found["expected"].tolist() == [300, 300, 400, 400]
    assert found["warned"].tolist() == [True, True, False, False]
    assert found["missed"].tolist() == [False, True, True, False]


def test_the_pace_leaves_out_who_came_later_or_has_a_blank():
    hours = {"a": [np.nan] * 3 + [80, 80], "b": [80, 80, np.nan, 80, 80], "c": [np.nan, 72, 72, 72, 72]}
    found = look_ahead(county(staff(a={"started": 2024.0}, b={}, c={"started": 2022.0}), hours), 2023)
    assert found.index.tolist() == ["c"]
    assert found.loc["c"].tolist() == [288, False, False]
    with pytest.raises(ValueError, match="2021到2024年"):
        look_ahead(county(staff(a={}), {"a": [80] * 5}), 2025)


def test_what_is_missing_is_said():
    with pytest.raises(MissingTable, match="培训"):
        training_status(County({"schools": SCHOOLS, "teachers": staff(a={})}))
    with pytest.raises(Lacking, match="2021到2025年一个学时也没有填"):
        training_status(county(staff(a={}), {"a": [np.nan] * 5}))
