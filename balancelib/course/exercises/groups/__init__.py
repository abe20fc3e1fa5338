"""Exercises of module 五, a file a lesson."""

from balancelib.course.exercises.groups import (
    enrolled,
    gaps,
    income,
    migrants,
    publish,
    registers,
    resource_rooms,
    support,
    warning,
)

LESSONS = (registers, warning, support, enrolled, resource_rooms, publish, migrants, gaps, income)
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
