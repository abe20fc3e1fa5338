"""All slides of a lesson, with the one that begins them."""

from dataclasses import dataclass

from nbformat import NotebookNode

from balancelib.course.quiz.model import load_quiz
from balancelib.course.training.catalogue import Lesson
from balancelib.course.training.slides.desk import Slide
from balancelib.course.training.slides.outline import county, slides

OWN_COUNTY = "use-county"  # id of the cell that names another county; see run.py
SAMPLE = "县是合成的，由程序生成，不对应任何真实的县。"
OTHER = "文字里写出的数说的是云岭县（合成）；这次用的县，看表、图和橙色标出的数。"


@dataclass(frozen=True)
class Deck:
    """The slides of a lesson.

    Parameters
    ----------
    title, objectives, minutes
        Of the lesson.
    course
        What the course is called.
    about
        Which county it is about.
    slides
        In their order.
    notes
        What is said to the first slide.
    """

    title: str
    objectives: tuple[str, ...]
    minutes: int
    course: str
    about: str
    slides: tuple[Slide, ...]
    notes: str = ""


def make_deck(lesson: Lesson, notebook: NotebookNode, course: str, minutes: int, notes: str = "") -> Deck:
    """Make the slides of a lesson.

    Parameters
    ----------
    lesson
        What the catalogue says of it.
    notebook
        It has been run.
    course
        Title of the course.
    minutes
        How long it is taught.
    notes
        What the trainer's page says of it.

    Raises
    ------
    QuizError
        Its quiz is malformed.
    """
    other = any(cell.get("id") == OWN_COUNTY for cell in notebook.cells)
    used = county(notebook)
    about = f"{used}。{OTHER if other else SAMPLE}" if used else ""
    quiz = load_quiz(lesson.quiz) if lesson.quiz else None
    return Deck(lesson.title, lesson.objectives, minutes, course, about, slides(notebook, quiz), notes)
