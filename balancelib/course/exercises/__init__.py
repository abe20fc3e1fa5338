"""Exercises: answers checked against the county in use, with hints in steps.

A notebook begins with ``county = begin("resources")`` and ends each exercise with ``check("resources.2", answer)``; one that is done in another
county begins with ``mine = begin("resources.9", path=…)``. The right answer is
computed at that moment, by the library, from the county in use; so synthetic counties of any seed and a trainee's own county are marked alike.

How to write the exercises of a module. Their answers lie in ``balancelib/course/exercises/<module>``, a file, or a folder with a file a section, their texts in
``notebooks/<module>/solutions.ipynb``.

.. code-block:: python

    EXERCISES = {
        "1": Exercise(
            answer=lambda county: county.schools["pupils_primary"].sum(),
            hints=("看“小学在校生数”这一列。", "空白是没有这个学段，不算在里面。", "对这一列用`.sum()`。"),
            mistakes={"这是学校数，不是学生数。": lambda county, right: county.schools["pupils_primary"].count()},
            unit="人",
            right="一句话：这个数对县里说明什么。",
        ),
    }

A mistake is what people do, written as the calculation that leads to it; a factor of 100 or 10,000 and a wrong sign are recognised without. Compute
an answer with the library where a trainee would, and test it against another way (``tests/test_exercises.py``). Hints never hold the answer; it comes
after the last one, for who has tried.

In the solution notebook a line whose right side is left to the trainee ends in ``# 由你填写``: the trainee's notebook, made by ``make notebooks``
(`balancelib.course.exercises.trainee`), has ``...`` there. The tag ``exercise`` marks the cell with such lines and its check, ``solution`` a cell
of text or code that trainees do not get; other cells are for both. Labels with ``-solutions`` become ``-exercises``, and a title ending in
``：参考答案`` loses that.
"""

from balancelib.course.exercises.model import Exercise, exercises
from balancelib.course.exercises.session import begin, check, judge

__all__ = ["Exercise", "begin", "check", "exercises", "judge"]
