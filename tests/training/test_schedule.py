"""The times of a course: nothing lost, nothing at once, nothing in a break."""

from datetime import date

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from balancelib.course.training.catalogue import Lesson, catalogue
from balancelib.course.training.chosen import taught
from balancelib.course.training.course import Course, Hours, Taught, clock, load_course
from balancelib.course.training.reading import CourseError
from balancelib.course.training.schedule import LUNCH, POST, PRE, REST, schedule, sessions

DATES = (date(2027, 3, 15), date(2027, 3, 16))


def lessons(minutes):
    return [
        Taught(Lesson(f"m/l{n}", f"课{n}", (), 0, length, ROOT / "x"), length)
        for n, length in enumerate(minutes)
    ]


def test_a_day_by_hand():
    """210 minutes before noon with one break of 15: two sessions, of 95 and 100."""
    course = Course("甲", DATES[:1], lessons=("m/l0",))
    assert [(s.begins, s.ends) for s in sessions(course)] == [(510, 605), (620, 720), (840, 920), (935, 1020)]
    rows = schedule(course, lessons([60, 40, 90]))
    assert rows[["begins", "ends", "what"]].to_numpy().tolist() == [
        ["08:30", "08:45", PRE],
        ["08:45", "09:45", "课0"],
        ["09:45", "10:05", "课1"],
        ["10:05", "10:20", REST],
        ["10:20", "10:40", "课1（续）"],
        ["10:40", "12:00", "课2"],
        ["12:00", "14:00", LUNCH],
        ["14:00", "14:10", "课2（续）"],
        ["14:10", "14:25", POST],
    ]


@given(
    minutes=st.lists(st.integers(5, 120), min_size=1, max_size=8),
    begins=st.sampled_from(["08:00", "08:30", "9:10"]),
    after=st.integers(30, 200),
    rest=st.integers(5, 30),
    tests=st.booleans(),
)
def test_all_minutes_are_given_once_within_the_sessions(minutes, begins, after, rest, tests):
    hours = Hours(begins=begins, break_after=after, break_minutes=rest)
    course = Course("甲", DATES, lessons=("m/l0",), hours=hours, tests=tests)
    free = sessions(course)
    assert all(0 < one.ends - one.begins <= after for one in free)
    try:
        rows = schedule(course, lessons(minutes))
    except CourseError as error:
        if "没有课可上" in str(error):  # then one day does for them
            only = schedule(structs.replace(course, dates=DATES[:1]), lessons(minutes))
            assert set(only["date"]) == {DATES[0]}
            return
        assert sum(minutes) + 30 * tests > sum(one.ends - one.begins for one in free) - 15 * len(free)
        return
    spans = rows.assign(begins=rows["begins"].map(clock), ends=rows["ends"].map(clock))
    taught_minutes = (spans["ends"] - spans["begins"]).groupby(spans["page"]).sum()
    assert taught_minutes.to_dict() == {f"m/l{n}": length for n, length in enumerate(minutes)}
    for _, day in spans.groupby("date"):
        assert (day["begins"].iloc[1:].to_numpy() == day["ends"].iloc[:-1].to_numpy()).all()
    for row in spans.dropna(subset="page").itertuples():
        assert any(s.date == row.date and s.begins <= row.begins and row.ends <= s.ends for s in free), row


def test_too_much_is_said_in_minutes():
    course = Course("甲", DATES[:1], lessons=("m/l0",), tests=False)
    with pytest.raises(CourseError, match=r"课要400分钟.*有360分钟"):
        schedule(course, lessons([200, 200]))


def test_a_day_that_nothing_is_left_for_is_said():
    course = Course("甲", DATES, lessons=("m/l0",))
    with pytest.raises(CourseError, match="课一共70分钟（有测试的连测试），3月16日没有课可上"):
        schedule(course, lessons([40]))


def test_self_study_is_laid_into_weeks():
    rows = schedule(Course("甲", weekly=100, lessons=("m/l0",)), lessons([60, 40, 30, 150, 10]))
    assert rows["week"].tolist() == [1, 1, 2, 3, 4]
    assert rows["minutes"].sum() == 290


@pytest.mark.parametrize(("path", "days"), [("one_day", 1), ("three_days", 3)])
def test_the_learning_paths_fit_their_days(tmp_path, path, days):
    dates = ", ".join(f"2027-03-{15 + n}" for n in range(days))
    (tmp_path / "course.yml").write_text(f"title: 甲\npath: {path}\ndates: [{dates}]", encoding="utf-8")
    course = load_course(tmp_path / "course.yml")
    rows = schedule(course, taught(course, catalogue(ROOT)))
    assert rows["date"].nunique() == days
    assert rows["what"].iloc[[0, -1]].tolist() == [PRE, POST]
