"""A trainee who makes every usual mistake of an exercise in turn, and then none."""

import pytest

from balancelib.course.exercises import exercises, judge, session


def every_mistake_is_told(room, number, county, monkeypatch):
    """Each mistake is another answer than the right one, and the check says which it was."""
    monkeypatch.setattr(session, "_SESSIONS", {room: session.Session(county, "")})
    exercise = exercises(room)[number]
    right = exercise.answer(county)
    for words, wrong in exercise.mistakes.items():
        given = wrong(county, right)
        assert differs(given, right, exercise.tolerance), words
        assert words in repr(judge(f"{room}.{number}", given))
    assert judge(f"{room}.{number}", right).outcome == "right"


def differs(given, right, tolerance):
    """Tell whether an answer is off by more than the tolerance, of all its numbers or of each."""
    by_name = tolerance if isinstance(tolerance, dict) else dict.fromkeys(right, tolerance)
    return any(given[name] != pytest.approx(right[name], abs=by_name[name]) for name in right)
