"""Exercises of module 二: money, buildings and equipment, pupils to come, digital resources, a plan."""

from balancelib.course.exercises.resources import digital, facilities, money

EXERCISES = dict(sorted((money.EXERCISES | facilities.EXERCISES | digital.EXERCISES).items()))
