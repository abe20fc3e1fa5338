"""Exercise of 5.2: places in resource rooms if all go to the nearest, and if the county plans."""

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import RoomLimits, nearest_rooms, plan_rooms, room_tables

WITHIN = 8  # km


def _nearest(county: County, within: float = WITHIN, full: bool = True) -> float:
    """Children with a place if each goes to the nearest room, the limit and the places kept or not."""
    rooms = room_tables(county)
    near = nearest_rooms(rooms)
    near = near[near["km"] <= within]
    come = rooms.need[near.index].groupby(near["room"]).sum()
    return float(come.clip(upper=rooms.places[come.index]).sum() if full else come.sum())


def _places(county: County) -> dict[str, float]:
    plan = plan_rooms(room_tables(county), RoomLimits(within=WITHIN))
    return {"最近": _nearest(county), "统筹": float(plan.placed)}


EXERCISES = {
    "5": Exercise(
        answer=_places,
        hints=(
            "“最近”要过两关：8公里以内，而且坐得下。一处来的人比位子多，只有位子那么多名坐得下。",
            "`come`是每一处来的人数；和这一处的位子比，取小的，再加起来。“统筹”在`plan.placed`里。",
            "`come.clip(upper=rooms.places[come.index]).sum()`和`plan.placed`。",
        ),
        mistakes={
            "“最近”没有看坐不坐得下：来的人都算有位子了。": lambda county, right: {**right, "最近": _nearest(county, full=False)},
            "“最近”没有看公里数：8公里以外的也算进去了。": lambda county, right: {**right, "最近": _nearest(county, float("inf"))},
            "“统筹”写了全部位子。位子在别处，够不着的坐不上。": lambda county, right: {
                **right, "统筹": float(room_tables(county).places.sum()),
            },
            "两个数写反了。": lambda county, right: {"最近": right["统筹"], "统筹": right["最近"]},
        },
        unit="名",
        right="差的这几名，不用新开，只要让最近的坐满以后去第二近的。先统筹，再新开。",
        tables=("care", "distances"),
    ),
}  # fmt: skip
