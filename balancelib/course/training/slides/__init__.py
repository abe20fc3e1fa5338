"""Slides of a course's lessons: pages for reveal.js, and for trainers a file for PowerPoint and WPS."""

from collections.abc import Iterable
from pathlib import Path

import nbformat

from balancelib.course.root import ROOT
from balancelib.course.training.course import Course, Taught
from balancelib.course.training.slides.deck import Deck, make_deck
from balancelib.course.training.slides.outline import trainers_notes
from balancelib.course.training.slides.powerpoint import write_powerpoint
from balancelib.course.training.slides.reveal import lay_reveal, write_page

__all__ = ["Deck", "lay_slides", "make_deck", "write_page", "write_powerpoint"]


def lay_slides(
    course: Course, lessons: Iterable[Taught], executed: Path, trainee: Path, trainer: Path
) -> None:
    """Write the slides of all lessons of a course; the pages of exercises have none, they are done in their notebooks.

    Parameters
    ----------
    course, lessons
        What was asked for, and what is taught.
    executed
        Folder of the notebooks that were run: ``<module>/<lesson>.ipynb``.
    trainee, trainer
        Folders that are not there yet: pages without notes; pages with notes and files for PowerPoint.
    """
    for folder in (trainee, trainer):
        lay_reveal(folder)
    for one in lessons:
        if one.lesson.is_exercises:
            continue
        notebook = nbformat.read(executed / f"{one.lesson.page}.ipynb", as_version=4)
        notes = _trainers_notes(one) if course.trainer_notes else ""
        deck = make_deck(one.lesson, notebook, course.title, one.minutes, notes)
        name = one.lesson.page.replace("/", "_")
        write_page(deck, trainee / f"{name}.html", notes=False)
        write_page(deck, trainer / f"{name}.html", notes=True)
        write_powerpoint(deck, trainer / f"{name}.pptx")


def _trainers_notes(one: Taught) -> str:
    """Return what the trainer's page says of a lesson."""
    page = ROOT / "book" / "trainers" / f"{one.lesson.module}.md"
    return trainers_notes(one.lesson.page, page.read_text(encoding="utf-8")) if page.exists() else ""
