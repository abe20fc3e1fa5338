"""Resource rooms under a limit of kilometres: who goes where, who is left and why, and where to open more."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from balancelib.disclosure import Confidential
from balancelib.groups.rooms import Rooms
from balancelib.highs import SAME, Aims, lots, proven

OUTCOMES = ("有位子", "满了", "够不着")


@dataclass(frozen=True)
class RoomLimits:
    """What a county decides before it plans (资源教室的限制).

    Attributes
    ----------
    within : float
        Longest road from the child's school to the room, km one way.
    new : int
        New rooms at the most.
    size : int
        Places of each new room.
    seconds : float
        For the whole plan; what is not proven by then is said to be open.
    """

    within: float = 10.0
    new: int = 0
    size: int = 8
    seconds: float = 60.0


@dataclass(frozen=True)
class RoomPlan:
    """What `plan_rooms` found.

    Attributes
    ----------
    opened : tuple of str
        Schools where a room is to be opened, in the order of their codes.
    placed, placed_bound : float
        Children with a place, and the most that any plan gives one.
    km, km_bound : float
        Kilometres of all of them one way, and the least with as many placed.
    limits : RoomLimits
        What was allowed.
    trips : DataFrame
        ``school, room, children, km``: who goes where. Small counts: not shown, as all that follow.
    rooms : Rooms
        What was asked.
    hosts : tuple of str
        Schools where a room could have been opened.
    """

    opened: tuple[str, ...]
    placed: float
    placed_bound: float
    km: float
    km_bound: float
    limits: RoomLimits
    trips: pd.DataFrame = field(repr=False)
    rooms: Rooms = field(repr=False)
    hosts: tuple[str, ...] = field(repr=False)

    @property
    def proven(self) -> bool:
        """Whether no plan places more children, nor as many on fewer kilometres."""
        most = proven(self.placed_bound - self.placed, whole=True)
        return bool(most and proven(self.km - self.km_bound, self.km))

    @property
    def left(self) -> pd.Series:
        """Children of each school without a place."""
        gone = self.trips.groupby("school")["children"].sum()
        return (self.rooms.need - gone.reindex(self.rooms.need.index, fill_value=0)).rename("left")

    @property
    def reached(self) -> pd.Series:
        """Whether each school has a room within the limit, full or not, those to be opened counted."""
        sites = [*self.rooms.places.index[self.rooms.places > 0], *self.opened]
        return (self.rooms.km.loc[self.rooms.need.index, sites] <= self.limits.within).any(axis=1)


def plan_rooms(
    rooms: Rooms, limits: RoomLimits | None = None, hosts: Collection[str] | None = None
) -> RoomPlan:
    r"""Give as many children as can be a place within the limit, then on the fewest kilometres; open new rooms where that helps most (有容量的分配和选址).

    .. math::
        \max \sum_{s,j} x_{sj}, \quad \text{then} \quad \min \sum_{s,j} \ell_{sj} x_{sj}; \qquad
        \sum_j x_{sj} \le d_s, \quad \sum_s x_{sj} \le c_j + q\, y_j, \quad \sum_j y_j \le k, \quad y_j \in \{0, 1\}

    with :math:`x_{sj}` children of school ``s`` who go to ``j`` (only where :math:`\ell_{sj}` is within the limit), ``d`` the need, ``c`` the places, and
    :math:`y_j = 1` where one of ``k`` new rooms of ``q`` places is opened.

    Parameters
    ----------
    rooms : Rooms
        Of `room_tables`.
    limits : RoomLimits, optional
        The county's.
    hosts : collection of str, optional
        Schools where a room could be opened; all that have none if left out.

    Returns
    -------
    RoomPlan

    Raises
    ------
    ValueError
        A limit that is not above 0, or negative numbers of rooms or places.

    Notes
    -----
    Without new rooms the transportation problem (Hitchcock 1941, Journal of Mathematics and Physics 20); with them maximal covering (Church and
    ReVelle 1974, Papers of the Regional Science Association 32) with capacities, ties broken as by a p-median (Hakimi 1964, Operations Research 12). Solved
    by HiGHS with no gap left; among plans equal in both aims lots decide. A room is opened only where it gives somebody a place or saves kilometres.
    """
    limits = limits or RoomLimits()
    if limits.within <= 0 or limits.new < 0 or limits.size < 0:
        raise ValueError("最远公里数要大于0，新建几间、每间几人不能是负数")
    free = rooms.km.index.difference(rooms.places.index)
    return _Question(rooms, limits, free if hosts is None else free.intersection(list(hosts))).solve()


def room_outcomes(plan: RoomPlan, parts: pd.Series) -> Confidential:
    """Count the children with a place, and those left with their reason, by parts of the county: small counts, to be shown through ``publish``.

    Parameters
    ----------
    plan : RoomPlan
        Of `plan_rooms`.
    parts : Series
        By school: the part, as it is to be called.

    Returns
    -------
    balancelib.disclosure.Confidential
        By ``part`` and ``outcome``: 有位子, 满了 or 够不着.
    """
    parts = parts.reindex(plan.rooms.need.index)
    why = pd.Series(np.where(plan.reached, OUTCOMES[1], OUTCOMES[2]), parts.index)
    rows = pd.concat([
        pd.DataFrame({"part": parts, "outcome": OUTCOMES[0], "children": plan.rooms.need - plan.left}),
        pd.DataFrame({"part": parts, "outcome": why, "children": plan.left}),
    ])  # fmt: skip
    counts = rows.groupby(["part", "outcome"], as_index=False)["children"].sum()
    values = {"part": list(dict.fromkeys(parts)), "outcome": list(OUTCOMES)}
    return Confidential(counts[counts["children"] > SAME], count="children", values=values)


def room_levels(plan: RoomPlan, withins: Sequence[float], news: Sequence[int]) -> pd.DataFrame:
    """Plan anew for each limit of kilometres and number of new rooms, all else as in a plan (多建一间，放远几公里，各多几个位子).

    Returns
    -------
    DataFrame
        A row for each ``within`` and ``new``: ``placed``, ``full`` (left although a room is within the limit), ``far`` (left and none is), ``mean_km``
        of those placed, ``opened`` (codes, a tuple), ``proven``.
    """
    rows = []
    for within, new in product(withins, news):
        found = plan_rooms(plan.rooms, replace(plan.limits, within=within, new=new), plan.hosts)
        far = found.left[~found.reached].sum()
        rows.append({
            "within": within, "new": new, "placed": found.placed, "full": found.left.sum() - far, "far": far,
            "mean_km": found.km / found.placed if found.placed else np.nan, "opened": found.opened, "proven": found.proven,
        })  # fmt: skip
    return pd.DataFrame(rows)


class _Question:
    """The program: ``x`` for each way from a school to a room within the limit, ``y`` for each host."""

    def __init__(self, rooms: Rooms, limits: RoomLimits, hosts: pd.Index) -> None:
        self.rooms, self.limits = rooms, limits
        self.asked = hosts
        self.hosts = hosts if limits.new and limits.size else hosts[:0]
        self.sites = rooms.places.index.append(self.hosts)
        km = rooms.km.loc[rooms.need.index, self.sites].to_numpy(dtype=float)
        self.school, self.site = np.nonzero(km <= limits.within)
        self.km = km[self.school, self.site]

    def solve(self) -> RoomPlan:
        """Ask for the most children, then for the fewest kilometres, then draw lots: first for the rooms, then for who goes where."""
        ways, hosts, end = len(self.km), len(self.hosts), time.monotonic() + self.limits.seconds
        if not ways:
            return self._plan(np.zeros(0), (0.0, 0.0), (0.0, 0.0))
        zero, ones = np.zeros(hosts), np.ones(ways)
        chance = lots(
            [*zip(self.rooms.need.index[self.school], self.sites[self.site], strict=True), *self.hosts]
        )
        aims = Aims(*self._rows(), self._upper(), np.repeat([False, True], [ways, hosts]))
        children, kilometres = np.concatenate([-ones, zero]), np.concatenate([self.km, zero])
        most, bound = aims.least(children, end - time.monotonic())
        placed = (round(-most), -bound)
        aims.hold(children, -placed[0])
        road, road_bound = aims.least(kilometres, end - time.monotonic())
        aims.hold(kilometres, road + SAME * (1 + road))
        aims.least(np.concatenate([0 * ones, chance[ways:]]), end - time.monotonic())
        aims.upper[ways:] = np.round(
            aims.x[ways:]
        )  # the rooms stand; from here on children are whole numbers
        aims.whole = np.arange(ways + hosts) < ways
        aims.least(np.concatenate([chance[:ways], zero]), end - time.monotonic())
        return self._plan(np.round(aims.x[:ways]), placed, (road, road_bound))

    def _upper(self) -> np.ndarray:
        need = self.rooms.need.to_numpy(dtype=float)
        return np.concatenate([need[self.school], np.ones(len(self.hosts))])

    def _rows(self) -> tuple[csr_array, np.ndarray]:
        """Return what every plan is under: needs, places, the number of new rooms, and nobody in a room that is not opened."""
        ways, hosts, old = len(self.km), len(self.hosts), len(self.rooms.places)
        way, size = np.arange(ways), self.limits.size
        new = way[self.site >= old]
        needs = _matrix(np.ones(ways), self.school, way, (len(self.rooms.need), ways + hosts))
        places = _matrix(
            np.concatenate([np.ones(ways), np.full(hosts, -size)]),
            np.concatenate([self.site, old + np.arange(hosts)]),
            np.concatenate([way, ways + np.arange(hosts)]),
            (len(self.sites), ways + hosts),
        )
        count = _matrix(np.ones(hosts), np.zeros(hosts, int), ways + np.arange(hosts), (1, ways + hosts))
        least = np.minimum(self.rooms.need.to_numpy(dtype=float)[self.school[new]], size)
        open_first = _matrix(
            np.concatenate([np.ones(len(new)), -least]),
            np.tile(np.arange(len(new)), 2),
            np.concatenate([new, ways + self.site[new] - old]),
            (len(new), ways + hosts),
        )
        high = [self.rooms.need, self.rooms.places, np.zeros(hosts), [self.limits.new], np.zeros(len(new))]
        return vstack([needs, places, count, open_first]).tocsr(), np.concatenate(high).astype(float)

    def _plan(self, x: np.ndarray, placed: tuple[float, float], road: tuple[float, float]) -> RoomPlan:
        trips = pd.DataFrame({
            "school": self.rooms.need.index[self.school], "room": self.sites[self.site], "children": x, "km": self.km,
        })  # fmt: skip
        trips = trips[trips["children"] > 0.5].reset_index(drop=True)
        opened = tuple(sorted(set(trips["room"]) & set(self.hosts)))
        return RoomPlan(opened, *placed, *road, self.limits, trips, self.rooms, tuple(self.asked))


def _matrix(values: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> csr_array:
    return csr_array((values, (row, column)), shape)
