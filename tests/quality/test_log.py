"""The lesson log: what was known when, whatever the order of the rows and however often a row came."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import Lacking
from balancelib.quality.log import (
    backfill_changes,
    daily_indicators,
    expected_lessons,
    known_lessons,
    weekly_lessons,
)

COLUMNS = ["record", "sent", "day", "school_id", "class", "period", "subject", "teacher", "held", "minutes"]
MONDAY, TUESDAY, WEDNESDAY = "2025-03-03", "2025-03-04", "2025-03-05"


def record(
    number,
    sent,
    day=MONDAY,
    period=1,
    subject="math",
    teacher="qualified",
    held=1,
    minutes=40,
    school="A",
    room="三1",
):
    return (f"R{number}", sent, day, school, room, period, subject, teacher, held, minutes)


def log(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


BOOK = log(
    record(1, MONDAY, period=1),
    record(2, MONDAY, period=1),  # the same once more
    record(3, MONDAY, period=2, subject="music"),
    record(4, WEDNESDAY, period=2, subject="music", held=0),  # corrected two days later
    record(5, TUESDAY, period=3, subject="art"),  # late
    record(6, MONDAY, period=4, held=1),
    record(7, MONDAY, period=4, held=0),  # contradicts the last
    record(8, MONDAY, day=TUESDAY, period=1),  # before the lesson
    record(9, None, period=5),
)


def test_what_counts_by_hand():
    known = known_lessons(BOOK)
    assert known.lessons[["period", "subject", "held", "late"]].to_numpy().tolist() == [
        [1, "math", 1, 0], [2, "music", 0, 0], [3, "art", 1, 1],
    ]  # fmt: skip
    assert known.problems[["record", "reason"]].to_numpy().tolist() == [
        ["R6", "conflict"], ["R7", "conflict"], ["R9", "unreadable"], ["R8", "before_lesson"],
    ]  # fmt: skip
    assert (known.doubled, known.corrected) == (1, 1)


def test_what_was_known_on_monday():
    known = known_lessons(BOOK, MONDAY)
    assert known.lessons[["period", "held"]].to_numpy().tolist() == [[1, 1], [2, 1]]
    assert known.corrected == 0
    assert known_lessons(BOOK, "2025-03-02").lessons.empty


def test_a_conflict_ends_with_a_later_record():
    settled = pd.concat([BOOK, log(record(10, TUESDAY, period=4, held=0))])
    known = known_lessons(settled)
    assert known.lessons.set_index("period").loc[4, "held"] == 0
    assert "conflict" not in set(known.problems["reason"])
    assert "conflict" in set(known_lessons(settled, MONDAY).problems["reason"])


def test_a_blank_is_something_else_than_a_zero():
    """Two records, one without the minutes: they say different things, and nobody chooses between them."""
    blank = log(record(1, MONDAY), record(2, MONDAY, minutes=None))
    assert known_lessons(blank).lessons.empty
    only = log(record(1, MONDAY, held=None), record(2, MONDAY, period=2, held=0))
    assert daily_indicators(only).loc[MONDAY, ["known", "held"]].tolist() == [2, 0]


def test_completeness_comes_before_the_value():
    plan = log(*(record(i, day, day=day, period=i) for i in (1, 2, 3, 4) for day in (MONDAY, "2025-03-10")))
    lacking = plan.drop(plan[(plan["day"] == "2025-03-10") & (plan["period"] == 4)].index)
    assert expected_lessons(lacking)["expected"].tolist() == [4, 4]
    found = daily_indicators(lacking)
    assert found["completeness"].tolist() == [1, 0.75]
    assert found["held"].notna().tolist() == [True, False]
    assert daily_indicators(lacking, complete=0.7)["held"].tolist() == [1, 1]


def test_a_school_that_sends_nothing_is_there_with_nothing():
    two = log(
        *(
            record(d, day, day=day, school=school)
            for d, day in enumerate((MONDAY, "2025-03-10"))
            for school in "AB"
        )
    )
    found = daily_indicators(
        two[~((two["school_id"] == "B") & (two["day"] == MONDAY))], by=["school_id", "day"]
    )
    assert found.loc[("B", pd.Timestamp(MONDAY)), ["expected", "known"]].tolist() == [1, 0]
    assert pd.isna(found.loc[("B", pd.Timestamp(MONDAY)), "held"])


def test_backfill_by_hand():
    """Monday's share held: 2 of 2 the same day; 3 of 3 a day later; then music is corrected: 2 of 3."""
    rows = log(
        record(1, MONDAY, period=1), record(2, MONDAY, period=2), record(3, TUESDAY, period=3),
        record(4, WEDNESDAY, period=2, held=0), record(5, WEDNESDAY, day=WEDNESDAY),
    )  # fmt: skip
    found = backfill_changes(rows, (0, 1, 2))
    assert found.loc[MONDAY].tolist() == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert backfill_changes(rows, (0, 1), "completeness").loc[MONDAY].tolist() == pytest.approx([2 / 3, 1, 1])
    assert found.loc[WEDNESDAY].isna().tolist() == [False, True, True, False]  # that day has not come


def test_music_that_gave_way():
    known = known_lessons(log(
        record(1, MONDAY, subject="music"), record(2, MONDAY, subject="pe", period=2), record(3, MONDAY, subject="pe", room="三2"),
        record(4, "2025-03-10", day="2025-03-10", subject="pe", held=0), record(5, "2025-03-10", day="2025-03-10", period=2),
    ))  # fmt: skip
    found = weekly_lessons(known.lessons, ["music", "pe"])
    assert found["given"].tolist() == [1.5, 0]
    assert found["not_held"].tolist() == [0, 1]


def test_lacking_columns_are_said():
    with pytest.raises(Lacking, match="sent"):
        known_lessons(BOOK.drop(columns="sent"))


DAYS = st.integers(3, 7).map(lambda d: f"2025-03-{d:02d}")
ROWS = st.lists(
    st.builds(record, st.integers(1, 99), DAYS, DAYS, st.integers(1, 2), st.sampled_from(["math", "pe"]), held=st.sampled_from([0, 1, None])),
    min_size=1,
    max_size=12,
)  # fmt: skip


def same(a, b):
    pd.testing.assert_frame_equal(a.lessons, b.lessons, check_dtype=False)
    key = ["record", "day", "period", "sent", "reason"]
    pd.testing.assert_frame_equal(
        a.problems.sort_values(key)[key].drop_duplicates().reset_index(drop=True),
        b.problems.sort_values(key)[key].drop_duplicates().reset_index(drop=True),
        check_dtype=False,
    )


@settings(max_examples=12, deadline=None)
@given(ROWS, st.randoms(use_true_random=False), DAYS)
def test_order_and_repetition_change_nothing(rows, random, as_of):
    shuffled = random.sample(rows, len(rows)) + random.choices(rows, k=3)
    same(known_lessons(log(*rows), as_of), known_lessons(log(*shuffled), as_of))


@settings(max_examples=12, deadline=None)
@given(ROWS, DAYS)
def test_what_is_sent_later_never_changes_what_was_known(rows, as_of):
    """An append-only log: the past can be read again, whatever came since."""
    early = [row for row in rows if row[1] <= as_of]
    if early:
        same(known_lessons(log(*rows), as_of), known_lessons(log(*early)))


def test_where_it_is_not_known_whether_lessons_were_held_none_is_counted_as_not_given():
    known = known_lessons(
        log(record(1, MONDAY, held=None), record(2, MONDAY, subject="pe", period=2))
    ).lessons
    assert weekly_lessons(known, ["math"]).isna().all(axis=None)
    assert weekly_lessons(known, ["math", "pe"])["given"].tolist() == [1]
    assert weekly_lessons(known, ["art"])["given"].tolist() == [0]  # on no timetable of the week


def test_the_hour_of_a_record_does_not_push_it_into_the_next_day():
    afternoon = log(record(1, f"{MONDAY} 15:00"))
    assert daily_indicators(afternoon, MONDAY)["known"].tolist() == [1]
    assert backfill_changes(afternoon, [0])[0].tolist() == [1]


def test_an_empty_log_says_so():
    with pytest.raises(Lacking, match="一节课也没有"):
        daily_indicators(log())
