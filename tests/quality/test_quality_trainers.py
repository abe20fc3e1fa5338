"""The numbers that the trainer's page of quality gives as answers are those that the lessons print and the exercises take for right."""

import json
import re
from pathlib import Path

import pytest
from samples import sample_county

from balancelib.course.exercises import exercises
from balancelib.course.exercises.session import plain

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book" / "trainers" / "quality.md").read_text("utf-8")
LESSONS = ["curriculum", "review", "composite", "log", "items", "between", "added", "mending"]
NUMBER = r"[-−]?\d+(?:\.\d+)?"


def section(name):
    return PAGE.split(f"(trainers-quality-{name})=")[1].split("\n(trainers-")[0]


def printed(lesson):
    cells = json.loads((ROOT / "notebooks" / "quality" / f"{lesson}.ipynb").read_text("utf-8"))["cells"]
    return "".join("".join(out.get("text", "")) for cell in cells for out in cell.get("outputs", []))


def numbers(text):
    return {found.strip("-−") for found in re.findall(NUMBER, text)}


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_of_an_answer_is_printed_by_its_lesson(lesson):
    (answer,) = [line for line in section(lesson).splitlines() if line.startswith("**答案**")]
    said = numbers(re.sub(r"[QR]\d+", "", answer))  # names of questions and reviewers
    assert len(said) > 5
    assert said <= numbers(printed(lesson)), sorted(said - numbers(printed(lesson)))


@pytest.mark.parametrize("n", list(exercises("quality")))
def test_answers_to_the_exercises_are_those_of_the_sample(n):
    (line,) = re.findall(rf"^{n}\. (.+)$", section("exercises"), re.MULTILINE)
    right = plain(exercises("quality")[n].answer(sample_county(7)))
    values = [right] if isinstance(right, float) else list(right)
    said = [found.replace("−", "-") for found in re.findall(NUMBER, line)]
    assert said == [
        f"{value:.{len(text.partition('.')[2])}f}" for value, text in zip(values, said, strict=True)
    ]
