"""The numbers that the chapter and the trainer's page of progress give are those that the lessons print and the exercises take for right."""

import json
import re
from functools import cache

import pytest
from conftest import ROOT
from samples import sample_county

from balancelib.course.exercises import exercises

PAGE = (ROOT / "book" / "trainers" / "progress.md").read_text("utf-8")
CHAPTER = (ROOT / "book" / "progress.md").read_text("utf-8")
LESSONS = [
    "targets",
    "plan",
    "series",
    "staggered",
    "synthetic",
    "sampling",
    "survey",
    "rectify",
    "capstone",
]  # in the course's order
NUMBER = re.compile(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?")
DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))


def numbers(text):
    """Without their signs: prose says −6.1 and a cell may print 变了-6.1."""
    return {found.replace(",", "") for found in NUMBER.findall(text)}


@cache
def cells(lesson):
    return json.loads((ROOT / "notebooks" / "progress" / f"{lesson}.ipynb").read_text("utf-8"))["cells"]


def printed(lesson):
    kept = [cell for cell in cells(lesson) if "keep_output" in cell["metadata"].get("tags", ())]
    assert kept, lesson
    return {cell["id"]: "".join("".join(out.get("text", "")) for out in cell["outputs"]) for cell in kept}


def section(name):
    return PAGE.split(f"(trainers-progress-{name})=")[1].split("\n(trainers-")[0]


def answer(name):
    (line,) = [line for line in section(name).splitlines() if line.startswith("**答案**")]
    return line


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_of_an_answer_is_printed_by_the_cell_it_names(lesson):
    told = printed(lesson)
    *named, rest = re.split(r"（`([a-z-]+)`）", answer(lesson).removeprefix("**答案**："))
    pairs = list(zip(named[::2], named[1::2], strict=True))
    assert len(pairs) > 2
    for said, cell in pairs:
        assert cell in told, cell
        assert numbers(said) <= numbers(told[cell]), (cell, sorted(numbers(said) - numbers(told[cell])))
    everything = " ".join(told.values())
    assert numbers(rest) <= numbers(everything), sorted(numbers(rest) - numbers(everything))


def written(text):
    """Of an exercise's answer as a sentence gives it: the numbers in their order, with their signs."""
    found = re.findall(r"[−-]?\d+(?:\.\d+)?", text)
    return [one.replace("−", "-") for one in found]


@pytest.mark.parametrize("n", list(exercises("progress")))
def test_answers_to_the_exercises_are_those_of_the_sample(n):
    (said,) = re.findall(rf"第{n}题([^；。]+)", answer("exercises").split("：", 1)[1])
    right = exercises("progress")[n].answer(sample_county(7))
    shown = written(said)
    values = list(right.values())
    assert len(shown) == len(values)
    for text, value in zip(shown, values, strict=True):
        assert text == f"{value:.{len(text.partition('.')[2])}f}"


def minutes(text):
    hours = re.search(r"(\d+)小时", text)
    least = re.search(r"(\d+)分钟", text)
    return (60 * int(hours[1]) if hours else 0) + (int(least[1]) if least else 0)


def agenda():
    table = PAGE.split(":name: tab-trainers-progress-agenda")[1].split("```")[0]
    rows = [row.split("\n  - ") for row in re.split(r"^\* - ", table, flags=re.MULTILINE)[2:]]
    return [[cell.strip() for cell in row] for row in rows]


def test_the_minutes_of_a_lesson_are_the_agendas_and_its_pieces_sum_to_them():
    days = {row[0]: minutes(row[1]) for row in agenda()}
    titles = [
        re.search(r"^# (.+)$", "".join(cells(lesson)[0]["source"]), re.MULTILINE)[1] for lesson in LESSONS
    ]
    assert list(days) == ["正文：四个问题", *[title.split("：晨检")[0] for title in titles], "练习"]
    for name, whole in zip(["text", *LESSONS, "exercises"], days.values(), strict=True):
        (line,) = [line for line in section(name).splitlines() if line.startswith("**用时**")]
        said = line.removeprefix("**用时**：").split("。")
        assert minutes(said[0]) == whole, name
        pieces = [int(one) for one in re.findall(r"[^\d，](\d+)(?=，|$)", said[1])] if len(said) > 2 else []
        assert not pieces or sum(pieces) == whole, (name, pieces)
    assert sum(map(len, re.findall(r"\*\*用时\*\*", PAGE))) // len("**用时**") == len(LESSONS) + 2


@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_column_of_the_agenda_sums_to_what_the_page_says(column):
    total = sum(minutes(row[column]) for row in agenda())
    hours = re.findall(r"(\d+(?:\.\d+)?)个?小时", PAGE.split("tab-trainers-progress-agenda`里的")[1])[
        column - 1
    ]
    assert total / 60 == pytest.approx(float(hours), abs=0.01)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_chapter_leads_to_each_lesson_and_the_lesson_is_there(lesson):
    assert CHAPTER.count(f"](../notebooks/progress/{lesson}.ipynb)") >= 2  # the map, and its own section


# The chapter's sentences on the synthetic county: the sentence, and the lessons whose cells print its numbers.
def of_the_county():
    for line in CHAPTER.splitlines():
        for sentence in re.split("(?<=[。；])", line):
            if "云岭县（合成）" in sentence:
                yield sentence


@pytest.mark.parametrize("sentence", list(of_the_county()))
def test_what_the_chapter_says_of_the_county_is_printed_by_a_lesson(sentence):
    everything = numbers(" ".join(text for lesson in LESSONS for text in printed(lesson).values()))
    said = {one for one in numbers(sentence) if not re.fullmatch(r"20\d\d|12", one)}  # years, and a month
    rounded = {f"{float(one):.{k}f}" for one in everything for k in (0, 1, 2)}
    assert said <= everything | rounded, sorted(said - everything)
