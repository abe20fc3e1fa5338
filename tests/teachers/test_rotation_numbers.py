"""The numbers that the trainer's pages and the guide give of the rotation lesson are those that the lesson prints."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "notebooks" / "teachers" / "rotation.ipynb"
TOLD = {"2025", "2026", "20"}  # years, and the share asked


def printed():
    cells = json.loads(LESSON.read_text("utf-8"))["cells"]
    return "".join("".join(out.get("text", "")) for cell in cells for out in cell.get("outputs", []))


def paragraph(file, start):
    text = (ROOT / "book" / file).read_text("utf-8")
    return next(line for line in text.splitlines() if line.startswith(start))


@pytest.mark.parametrize(
    ("file", "start"),
    [("trainers/teachers.md", "**答案**：2025年，交流的比例"), ("own_county.md", "派108人")],
)
def test_every_number_is_printed_by_the_lesson(file, start):
    numbers = set(re.findall(r"\d+(?:\.\d+)?", paragraph(file, start))) - TOLD
    known = set(re.findall(r"\d+(?:\.\d+)?", printed()))
    assert len(numbers) > 5
    assert numbers <= known, f"not in the lesson: {sorted(numbers - known)}"
