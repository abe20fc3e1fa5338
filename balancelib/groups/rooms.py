"""Resource rooms: who needs one, how far the nearest is, and whether it has a place."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, road_matrix
from balancelib.measures import two_step_fca


class Rooms(NamedTuple):
    """Who needs a room, where the rooms are, and the roads between.

    Attributes
    ----------
    need : Series
        By school: children of its catchment who need a resource room or a special school. Small counts: they are not shown.
    places : Series
        By school that has a room, or that is a special school: children whom it can take.
    km : DataFrame
        Of `balancelib.county.road_matrix`, of all schools.
    """

    need: pd.Series
    places: pd.Series
    km: pd.DataFrame


def room_tables(county: County) -> Rooms:
    """Return who needs a resource room and where there are places (资源教室的需要和容量).

    Parameters
    ----------
    county : County
        With the tables ``care`` and ``distances``.

    Raises
    ------
    Lacking
        Nobody needs a room, a need is blank, or a school with a room does not say how many places it has: a blank is not 0.
    """
    care = county.tables["care"].set_index("school_id")
    need = care["disabled_need"]
    if need.isna().any():
        raise Lacking(f"关爱表有{need.isna().sum()}所学校没有填需要资源教室的人数：没有的写0，空着就排不了")
    has = care["resource_room"] == 1
    if (unknown := (has & care["resource_places"].isna()).sum()) or care["resource_room"].isna().any():
        raise Lacking(
            f"有资源教室而没有填能容纳几人的{unknown}所，没有填有没有资源教室的{care['resource_room'].isna().sum()}所：先补上"
        )
    if need.sum() == 0:
        raise Lacking("没有一名孩子需要资源教室或特殊教育学校，不用排")
    places = care.loc[has, "resource_places"]
    return Rooms(
        need[need > 0].sort_index(),
        places[places > 0].sort_index(),
        road_matrix(county.tables["distances"], sorted(care.index)),
    )


def nearest_rooms(rooms: Rooms) -> pd.DataFrame:
    """Return for each school with a need the nearest room, full or not (最近的资源教室).

    Returns
    -------
    DataFrame
        By school: ``room`` and ``km``; of equally near ones the first code. Where no road to any room is known ``km`` is infinite, ``room`` blank.
    """
    km = rooms.km.loc[rooms.need.index, rooms.places.index]
    if km.empty or km.shape[1] == 0:
        return pd.DataFrame({"room": None, "km": np.inf}, index=rooms.need.index)
    least = km.min(axis=1)
    return pd.DataFrame({"room": km.idxmin(axis=1).where(np.isfinite(least)), "km": least})


def if_all_to_nearest(rooms: Rooms) -> pd.DataFrame:
    """Return what happens to each room if every child goes to the nearest, however full (都去最近的).

    Returns
    -------
    DataFrame
        By room: ``places``, ``children`` who come, ``over`` (children too many) and ``free`` (places left empty). Small counts: not shown.
    """
    come = rooms.need.groupby(nearest_rooms(rooms)["room"]).sum()
    table = pd.DataFrame({"places": rooms.places, "children": come.reindex(rooms.places.index, fill_value=0)})
    more = table["children"] - table["places"]
    return table.assign(over=more.clip(lower=0), free=(-more).clip(lower=0))


def room_access(rooms: Rooms, within: float) -> pd.Series:
    """Return places within reach a child, neighbours competing for them, by school: `balancelib.measures.two_step_fca` (人均可及的位子)."""
    cost = rooms.km.loc[rooms.need.index, rooms.places.index].to_numpy()
    return pd.Series(two_step_fca(rooms.places, rooms.need, cost, within), index=rooms.need.index)
