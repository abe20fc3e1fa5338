"""The numbers that the quizzes on facilities and upkeep tell are those of the rules."""

import math

import pytest
from conftest import ROOT

from balancelib.course.quiz import load_quiz
from balancelib.resources import SERVICE_LIVES
from balancelib.standards import load_standard

STANDARD = load_standard("quality-2017")


def numbers(lesson, id_):
    questions = load_quiz(ROOT / "notebooks" / "resources" / f"{lesson}.quiz.toml").questions
    number = next(question for question in questions if question.id == id_).number
    return [number.value, *(wrong.value for wrong in number.wrong)]


def test_rooms_are_rounded_up():
    threshold, pupils, have = STANDARD.indicator("multimedia_rooms").thresholds["primary"], 360, 8
    need = pupils * threshold / 100
    assert threshold == 2.3
    assert numbers("facilities", "whole") == pytest.approx(
        [math.ceil(need) - have, need - have, 0, math.ceil(need)]
    )
    assert round(100 * have / pupils, 2) == 2.22


def test_school_rule_is_the_standard_s():
    rule = STANDARD.school_rule
    assert (rule.met_at_least, rule.floor, len(STANDARD.indicators)) == (6, 0.85, 7)


def test_exchanged_computers_change_the_book_by_the_difference():
    pieces, old, new = 100, 4000, 4500
    assert numbers("upkeep", "change") == [
        pieces * (new - old) / 10_000, pieces * new / 10_000, pieces * (new + old) / 10_000, pieces * (new - old),
    ]  # fmt: skip


def test_years_of_computers_are_those_of_the_question():
    computer = next(life for life in SERVICE_LIVES if life.key == "computer")
    assert computer.years == 6
    assert [year + computer.years <= 2025 for year in (2023, 2016, 2017, 2022)] == [False, True, True, False]
