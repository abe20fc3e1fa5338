"""Exercises of 2.3: who finds a seat at a terminal."""

from matplotlib.figure import Figure

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.figures import seats_within_reach
from balancelib.resources import (
    seat_access,
)

ENOUGH, WITHIN = 10, 5  # terminals per 100 pupils; km


# What several answers and mistakes start from


def _out_of_reach(county: County, enough: float = ENOUGH, within: float = WITHIN) -> set[str]:
    access = seat_access(county, enough, within)
    return set(access["name"][access["seats"] == 0])


def _without_seats_of_their_own(county: County) -> set[str]:
    seats = county.tables["digital"].set_index("school_id")["open_seats"].fillna(0)
    access = seat_access(county, ENOUGH, WITHIN)
    return set(access["name"][seats.reindex(access.index) == 0])


def _access_picture(county: County) -> Figure:
    return seats_within_reach(seat_access(county, ENOUGH, WITHIN), WITHIN).figure


EXERCISES = {
    "8": Exercise(
        answer=_out_of_reach,
        hints=(
            "先是谁要找机位：每百名学生不到10台的学校。再看5公里以内有没有开放的机位。",
            "`seat_access(county, enough=10, within=5)`一行是一所缺终端的学校，`seats`是每百名学生够得着几个机位。",
            "`access[\"name\"][access[\"seats\"] == 0]`，外面套一个`set(...)`。",
        ),
        mistakes={
            "把终端够的学校也算进来了：它们不用出去找机位。": lambda county, right: _out_of_reach(county, enough=1e6),
            "这是自己没有开放机位的学校，附近别的学校的机位还没有算。": lambda county, right: _without_seats_of_their_own(county),
            "路程没有限在5公里。": lambda county, right: _out_of_reach(county, within=25),
        },
        right="这些学校靠“开放”解决不了，只能送设备上门，或者把机位开到它们附近。",
        tables=("digital", "distances"),
        picture=_access_picture,
    ),
}  # fmt: skip
