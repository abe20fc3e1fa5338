"""A pool of itinerant teachers: who goes where in which half day, so that small schools have the subjects that they lack."""

import time
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import block_array, coo_array, csr_array, eye_array

from balancelib.county import County, Lacking
from balancelib.highs import SAME, Aims, lots, proven
from balancelib.teachers.definitions import KEYS

VISITS = ["teacher_id", "weekday", "half", "school_id", "stage", "subject", "periods", "km"]
SLOT = ["teacher_id", "weekday", "half"]
AIMS = ("served", "served_bound", "periods", "periods_bound", "km", "km_bound")


@dataclass(frozen=True)
class PoolLimits:
    """What may be asked of an itinerant teacher; the county decides (走教的限制).

    Attributes
    ----------
    within : float
        Longest road to a school, km one way.
    week_km : float
        Most kilometres a week, there and back.
    half_days : int
        Most half days out a week.
    seconds : float
        For all questions together, shared among those that are left; what is not proven by then is said to be open.
    """

    within: float = 20.0
    week_km: float = 120.0
    half_days: int = 4
    seconds: float = 60.0


@dataclass(frozen=True)
class PoolPlan:
    """What `plan_pool` found.

    Attributes
    ----------
    visits : DataFrame
        A half day a row: ``teacher_id, weekday, half, school_id, stage, subject, periods`` given and ``km`` one way.
    gaps : DataFrame
        The lacking ones of `subject_gaps`, with ``given`` and ``left`` periods.
    proofs : DataFrame
        By subject: ``served`` gaps, ``periods`` and ``km`` found, each beside the bound that no plan beats.
    teachers, km : DataFrame
        Who could go, with all free half days ``free``; the roads.
    limits : PoolLimits
        What was allowed.
    """

    visits: pd.DataFrame
    gaps: pd.DataFrame
    proofs: pd.DataFrame
    teachers: pd.DataFrame = field(repr=False)
    free: pd.DataFrame = field(repr=False)
    km: pd.DataFrame = field(repr=False)
    limits: PoolLimits

    @property
    def week_km(self) -> pd.Series:
        """Kilometres a week of each teacher who goes, there and back, a day at one school once."""
        days = self.visits.drop_duplicates(["teacher_id", "weekday", "school_id", "stage"])
        return 2 * days.groupby("teacher_id")["km"].sum()

    @property
    def most_periods(self) -> bool:
        """Whether it is proven that no plan serves more gaps, or as many with more periods."""
        found = self.proofs
        served = proven(found["served_bound"] - found["served"], whole=True)
        periods = proven(found["periods_bound"] - found["periods"], found["periods"])
        return bool(served.all() and periods.all())

    @property
    def km_open(self) -> float:
        """Kilometres a week that a plan with as many gaps and periods could save at the most: 0 where this is proven the shortest."""
        more = (self.proofs["km"] - self.proofs["km_bound"]).sum()
        return 0.0 if proven(more, self.proofs["km"].sum()) else float(more)

    @property
    def proven(self) -> bool:
        """Whether for every subject no plan is better in any of the three aims, in their order."""
        return self.most_periods and self.km_open == 0

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        gaps, went = self.gaps, self.visits["teacher_id"].nunique()
        most = "补课已证明最多" if self.most_periods else "补课没有证明最多"
        road = f"路程最多还能省{self.km_open:.1f}公里" if self.km_open else "路程已证明最短"
        lost = gaps["school_id"].isin(without_roads(self.km)).sum()
        unknown = f"其中{lost}处的学校，路程表里一条路也没有，先补上再排。" if lost else ""
        return (
            f"缺课{len(gaps)}处，{int((gaps['given'] > 0).sum())}处有人来上课；每周缺{gaps['lack'].sum():.1f}节，补上{gaps['given'].sum():.1f}节。"
            f"{went}名教师走教，每周{len(self.visits)}个半天，来回{self.week_km.sum():.1f}公里。{most}，{road}。{unknown}"
        )

    def timetable(self, teacher: str, names: pd.Series) -> pd.DataFrame:
        """Return a teacher's week: a row a half, a column a weekday, the school's name and the periods in each cell."""
        own = self.visits[self.visits["teacher_id"] == teacher]
        cells = own["school_id"].map(names) + own["periods"].round(1).map("{:g}节".format)
        week = pd.DataFrame("", index=["am", "pm"], columns=range(1, 6))
        for day, half, cell in zip(own["weekday"], own["half"], cells, strict=True):
            week.loc[half, day] = cell
        return week


def itinerant_teachers(county: County, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return who can be shared: a public school's, willing, not spared, and not lacking in their own school (能走教的教师).

    Parameters
    ----------
    county : County
        With the tables ``schools`` and ``teachers``. Blank in ``itinerant`` is not willing; blank in ``exempt`` is not spared. Who has no permanent post
        (``permanent`` is 0) is the school's, not the county's to share.
    gaps : DataFrame
        Of `subject_gaps`: who teaches a subject that his own school lacks is needed there.

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``school_id, stage, subject``.
    """
    teachers, schools = county.tables["teachers"], county.schools
    public = teachers["school_id"].isin(schools["school_id"][schools["operator"] == "public"])
    willing = teachers[
        (teachers["itinerant"] == 1) & (teachers["exempt"] != 1) & (teachers["permanent"] != 0) & public
    ]
    needed_at_home = pd.MultiIndex.from_frame(gaps.loc[gaps["lack"] > 0, ["school_id", "subject"]])
    at_home = pd.MultiIndex.from_frame(willing[["school_id", "subject"]])
    willing = willing[~at_home.isin(needed_at_home)]
    return willing.set_index("teacher_id")[["school_id", "stage", "subject"]].sort_index()


def plan_pool(
    gaps: pd.DataFrame,
    teachers: pd.DataFrame,
    free: pd.DataFrame,
    km: pd.DataFrame,
    limits: PoolLimits | None = None,
) -> PoolPlan:
    r"""Send itinerant teachers so that as many gaps as can be are served, then as many periods, then on the fewest kilometres (走教的最优安排).

    .. math::
        \max \sum_g c_g, \quad \text{then} \quad \max \sum_g y_g, \quad \text{then} \quad \min \sum_{t,w,s} 2\,\ell_{ts}\, z_{tws}

    with :math:`x_{tdg} = 1` where teacher ``t`` is at gap ``g`` in half day ``d``, :math:`c_g \le \sum x_{tdg}` (somebody comes at all),
    :math:`y_g \le \min(\text{lack}_g, \sum f_{td} x_{tdg})` (periods given), :math:`z_{tws} \ge x_{tdg}` (a trip on weekday ``w``). A teacher is at one school
    in a half day, a school has one visitor of a subject in a half day, and nobody exceeds ``limits``. Subjects do not share teachers, so each is a program of its own.

    Parameters
    ----------
    gaps : DataFrame
        Of `subject_gaps`.
    teachers : DataFrame
        Of `itinerant_teachers`. Who has a certificate for junior schools may teach in primary ones, not the other way.
    free : DataFrame
        Table ``free_periods``: ``teacher_id, weekday, half, free``. A blank is not known, and is not used.
    km : DataFrame
        Of `balancelib.county.road_matrix`, of all schools.
    limits : PoolLimits, optional
        What may be asked of a teacher.

    Returns
    -------
    PoolPlan

    Raises
    ------
    Lacking
        Nothing lacks, a school is not in ``km``, or a road there is blank.

    Notes
    -----
    Solved by HiGHS with no gap left; where the time runs out, ``proofs`` has the bound. Among plans equal in all three aims lots decide. Source of the order of aims: “开齐开足国家课程”, first that every subject is
    taught, then that it is taught in full. That a teacher may serve stages below his certificate: 教师资格条例, art. 5 (read in a reprint). The limits are ours.
    """
    limits = limits or PoolLimits()
    lacking = gaps[gaps["lack"] > 0].reset_index(drop=True)
    if lacking.empty:
        raise Lacking("没有一所学校缺课，不用走教")
    if lost := sorted({*lacking["school_id"], *teachers["school_id"]} - set(km.index)):
        raise Lacking(f"校际路程里没有这些学校：{'、'.join(lost)}")
    if km.isna().to_numpy().any():
        raise Lacking("校际路程里有空白：空白不是近，也不是远，请先填写")
    slots = free[(free["free"] > 0) & free["teacher_id"].isin(teachers.index)].sort_values(SLOT)
    parts, end = [part for _, part in lacking.groupby("subject")], time.monotonic() + limits.seconds
    found = []
    for i, part in enumerate(parts):
        share = (end - time.monotonic()) / (len(parts) - i)
        found.append(_Question(part, teachers, slots, km, limits).solve(share))
    visits = pd.concat([visits for visits, _ in found], ignore_index=True)
    proofs = pd.DataFrame([proof for _, proof in found]).set_index("subject")
    given = visits.groupby(KEYS)["periods"].sum().rename("given")
    lacking = lacking.merge(given, left_on=KEYS, right_index=True, how="left").fillna({"given": 0.0})
    lacking["left"] = (lacking["lack"] - lacking["given"]).clip(lower=0)
    return PoolPlan(visits, lacking, proofs, teachers, slots, km, limits)


class _Question:
    """What is asked of one subject: ``x`` for each trip, ``c`` and ``y`` for each gap."""

    def __init__(
        self,
        gaps: pd.DataFrame,
        teachers: pd.DataFrame,
        slots: pd.DataFrame,
        km: pd.DataFrame,
        limits: PoolLimits,
    ) -> None:
        self.gaps, self.limits = gaps.reset_index(drop=True), limits
        self.subject = gaps["subject"].iloc[0]
        self.stops = _stops(
            self.gaps, teachers[teachers["subject"] == self.subject], slots, km, limits.within
        )
        self.trips = _trips(self.stops)
        self.sizes = [len(self.trips), len(self.gaps), len(self.gaps)]

    def solve(self, seconds: float) -> tuple[pd.DataFrame, dict[str, object]]:
        """Answer the three questions one after another; return the visits, and what was found with its bounds."""
        end = time.monotonic() + seconds
        proof: dict[str, object] = {"subject": self.subject}
        if self.trips.empty:
            return pd.DataFrame(columns=VISITS), proof | dict.fromkeys(AIMS, 0.0)
        lack = self.gaps["lack"].to_numpy(dtype=float)
        upper, whole = np.concatenate([np.ones(sum(self.sizes[:2])), lack]), np.repeat([1, 1, 0], self.sizes)
        aims, costs = Aims(*self.rows, upper, whole), self._costs()
        for left, (name, cost) in enumerate(costs.items()):
            best, bound = aims.least(cost, (end - time.monotonic()) / (len(costs) - left))
            if name == "lots":
                break
            proof |= {name: abs(best), f"{name}_bound": max(bound if name == "km" else -bound, 0.0)}
            # Gaps are whole; plans differ by more than a thousandth of a period, or not at all.
            aims.hold(cost, best + (0.5 if name == "served" else 1e-3))
        return self._visits(aims.x), proof

    @cached_property
    def rows(self) -> tuple[csr_array, np.ndarray]:
        """What every plan is under, and how much at the most, whatever its aim: a place at a time, a visitor at a time, half days, kilometres, and what x says of c and y."""
        trips, stops, limits, n = self.trips, self.stops, self.limits, len(self.gaps)
        of_trip, person = trips.index.to_numpy(), trips.groupby("teacher_id").ngroup()
        blocks = [
            (_sums(stops.groupby(SLOT).ngroup(), stops["trip"]), None, None, 1.0),
            (_sums(stops.groupby(["weekday", "half", "gap"]).ngroup(), stops["trip"]), None, None, 1.0),
            (_sums(person, of_trip, trips["halves"]), None, None, limits.half_days),
            (_sums(person, of_trip, 2 * trips["km"]), None, None, limits.week_km),
            (-_sums(trips["gap"], of_trip, size=n), eye_array(n), None, 0.0),
            (-_sums(trips["gap"], of_trip, trips["free"], n), None, eye_array(n), 0.0),
        ]
        most = np.concatenate([np.full(block[0].shape[0], block[3]) for block in blocks])
        return csr_array(block_array([block[:3] for block in blocks], format="csr")), most

    def _costs(self) -> dict[str, np.ndarray]:
        """Return what is minimised, one after another; at last lots, so that of equal plans the same is found on every machine."""
        ends, zero = np.cumsum(self.sizes), np.zeros(sum(self.sizes))
        served, periods, road = zero.copy(), zero.copy(), zero.copy()
        served[ends[0] : ends[1]] = periods[ends[1] :] = -1.0
        road[: ends[0]] = 2 * self.trips["km"]
        chance = zero.copy()
        chance[: ends[0]] = lots(self.trips["way"])
        return {"served": served, "periods": periods, "km": road, "lots": chance}

    def _visits(self, values: np.ndarray) -> pd.DataFrame:
        """Return the half days with the periods given in each; one that gives none is not made."""
        chosen = self.stops[values[self.stops["trip"]] > 0.5]
        chosen = chosen.sort_values(["gap", "free", *SLOT], ascending=[True, False, True, True, True])
        before = chosen.groupby("gap")["free"].cumsum() - chosen["free"]
        room = self.gaps["lack"].to_numpy(dtype=float)[chosen["gap"]] - before
        chosen = chosen.assign(periods=np.minimum(chosen["free"], room), subject=self.subject)
        return chosen.loc[chosen["periods"] > SAME, VISITS].sort_values(SLOT).reset_index(drop=True)


def _stops(
    gaps: pd.DataFrame, teachers: pd.DataFrame, slots: pd.DataFrame, km: pd.DataFrame, within: float
) -> pd.DataFrame:
    """All half days at gaps within reach, once as a trip of their own, and once as a part of a whole day there."""
    pairs = teachers.reset_index().merge(gaps.reset_index(names="gap"), how="cross", suffixes=("_own", ""))
    pairs["km"] = km.to_numpy()[
        km.index.get_indexer(pairs["school_id_own"]), km.columns.get_indexer(pairs["school_id"])
    ]
    may = (pairs["stage_own"] == "junior") | (pairs["stage"] == "primary")
    pairs = pairs[may & (pairs["km"] <= within) & (pairs["school_id"] != pairs["school_id_own"])]
    single = pairs[["teacher_id", "gap", "school_id", "stage", "km"]].merge(
        slots[[*SLOT, "free"]], on="teacher_id"
    )
    both = single[single.duplicated(["gap", *SLOT[:2]], keep=False)]
    stops = pd.concat([single.assign(when=single["half"]), both.assign(when="day")])
    stops = stops.sort_values(["gap", *SLOT, "when"]).reset_index(drop=True)
    return stops.assign(trip=stops.groupby(["gap", *SLOT[:2], "when"]).ngroup())


def _trips(stops: pd.DataFrame) -> pd.DataFrame:
    """A teacher's way to a gap and back on a weekday, for a half day or the whole: the variables of the program."""
    trips = stops.groupby("trip")
    first = trips[["teacher_id", "gap", "km"]].first()
    way = trips[["teacher_id", "school_id", "stage", "weekday", "when"]].first().astype(str)
    first["way"] = list(map(tuple, way.to_numpy()))
    return first.assign(halves=trips.size(), free=trips["free"].sum())


def _sums(row: object, column: object, values: object = 1.0, size: int | None = None) -> csr_array:
    """Return the matrix with these entries; equal places add up."""
    row, column = np.asarray(row), np.asarray(column)
    rows = int(row.max()) + 1 if size is None else size
    entries = np.broadcast_to(np.asarray(values, dtype=float), len(row))
    return coo_array((entries, (row, column)), (rows, int(column.max()) + 1)).tocsr()


def without_roads(km: pd.DataFrame) -> pd.Index:
    """Schools from which the table has no road to any other: how far they are is not known."""
    return km.index[~(np.isfinite(km) & ~np.eye(len(km), dtype=bool)).any(axis=1)]
