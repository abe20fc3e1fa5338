"""Quizzes of the lessons: questions with feedback, kept as data beside the lesson.

How to write one. Beside ``notebooks/policy/five_schools.ipynb`` lies ``five_schools.quiz.toml``, with three to five questions. A lesson
shows it with ``quiz("five_schools.quiz.toml")``. A question has options, one or several of them right:

.. code-block:: toml

    [[questions]]
    id = "county_mean"          # small letters, digits, underlines; each its own
    text = "全县的生均图书怎样算？"

    [[questions.options]]
    text = "五个生均数加起来，除以5"
    feedback = "这样每所学校一样重，不管学生多少。"

    [[questions.options]]
    text = "图书总册数÷学生总数"
    right = true
    feedback = "先加总，再相除。"

or asks for a number, and knows the usual wrong ones (``unit`` and ``tolerance`` may be left out):

.. code-block:: toml

    [[questions]]
    id = "split"
    text = "小学部分分到多少册？"

    [questions.number]
    value = 1000
    tolerance = 0.5
    unit = "册"
    feedback = "折算学生320名，小学占100名。"
    otherwise = "先把初中生乘1.1，再按折算学生分。"

    [[questions.number.wrong]]
    value = 3200
    feedback = "这是整所学校的图书，还没有分摊。"

Ask what the lesson's objectives promise, not for digits to remember. A wrong option is a mistake that people make. Feedback says in a
sentence or two why, and what to do; “对” and “不对” come by themselves. Options stand as written, as plain text. What is at fault is
refused with file, question and reason.
"""

from pathlib import Path

from balancelib.course.quiz.forms import Form
from balancelib.course.quiz.model import QuizError, load_quiz

__all__ = ["Form", "QuizError", "load_quiz", "quiz"]


def quiz(path: str | Path) -> Form:
    """Show the quiz of a lesson: a form in the page and in Jupyter, questions with answers on paper.

    Parameters
    ----------
    path
        The quiz's file, from the lesson's folder.

    Raises
    ------
    QuizError
        The file is missing or malformed.
    """
    return Form(load_quiz(path))
