"""Five years of a county's teachers: who retires, leaves, comes, is sent and returns, and what that does to indicators 1 to 3."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, indicators
from balancelib.county.schema import AREAS, STAGES
from balancelib.measures import cv
from balancelib.teachers.definitions import INDICATORS
from balancelib.teachers.eligible import EXCHANGE
from balancelib.teachers.flow_state import Staff, people_of

ASKED = ("teachers.birth_year", "teachers.gender", "teachers.education", "teachers.backbone", "teachers.subject", "teachers.school_since")  # fmt: skip
FLOWS = ("retired", "left", "hired", "sent", "returned")


@dataclass(frozen=True)
class FlowRule:
    """What a county does, and what is assumed of its teachers.

    Attributes
    ----------
    share, backbone_share : float
        Of the teachers who are eligible, how many are moved a year; of those moved, how many are backbone teachers. What the national rule asks for if
        left out (`balancelib.teachers.EXCHANGE`); a share of 0 is no exchange.
    term : int
        Years for which they are sent.
    returns : bool
        Whether they go back afterwards; if not they stay, their post with them from the day they are sent (人走关系动).
    waves : int or None
        Years in which teachers are sent; None for every year.
    long : int
        Years at one school, and since the last exchange, after which a teacher may be moved.
    leaving : dict of str to float
        Chance a year to leave the county's schools before ``settled``, by area of the school where the post is at the start, one for each of
        ``urban, town, rural``: an assumption, to be replaced by the county's own.
    settled : int
        Age from which nobody leaves but by retirement.
    refill : float
        Part of the posts that fall vacant that are filled again, with young teachers of the same subject.
    renewed : float
        Part of the backbone teachers lost who are named anew in the same school.
    mentored : float
        Chance that a backbone teacher who was sent has raised one of the school's own to a backbone teacher when the term ends.

    Raises
    ------
    ValueError
        A part that is not between 0 and 1, less than a year, or areas other than the three.
    """

    share: float = EXCHANGE.least_share
    backbone_share: float = EXCHANGE.least_backbone_share
    term: int = 3
    returns: bool = True
    waves: int | None = None
    long: int = EXCHANGE.years
    leaving: dict[str, float] = field(default_factory=lambda: dict(zip(AREAS, (0.01, 0.02, 0.04), strict=True)))  # fmt: skip
    settled: int = 45
    refill: float = 1.0
    renewed: float = 1.0
    mentored: float = 0.0

    def __post_init__(self) -> None:
        parts = (
            self.share,
            self.backbone_share,
            self.refill,
            self.renewed,
            self.mentored,
            *self.leaving.values(),
        )
        if not all(0 <= part <= 1 for part in parts):
            raise ValueError("派出、离开、补进、重新评上、带出徒弟的比例都要在0和1之间，例如10%写0.1")
        if set(self.leaving) != set(AREAS):
            raise ValueError(
                f"离开的可能性要按城区、镇区、乡村各写一个，写作{'、'.join(AREAS)}；没有人离开的写0"
            )
        if self.term < 1 or self.long < 0 or (self.waves is not None and self.waves < 0):
            raise ValueError("任期至少一年；在一所学校满几年才派、一共派几批，都不能是负数")


class Simulation(NamedTuple):
    """What `simulate_staff` found.

    Attributes
    ----------
    paths : DataFrame
        A row a draw, year, stage and indicator: ``cv``, the official coefficient of variation over sections, ``mean`` of the county,
        and ``behind``: the mean per hundred pupils of the sections that are below the county's mean at the start.
    flows : DataFrame
        A row a draw and year: how many ``retired``, ``left``, ``hired``, ``sent`` and ``returned`` in the school year before.
    """

    paths: pd.DataFrame
    flows: pd.DataFrame


def simulate_staff(
    county: County, rule: FlowRule | None = None, years: int = 5, draws: int = 50, seed: int = 1
) -> Simulation:
    """Draw the next years of a county's teachers many times (教师五年模拟).

    Parameters
    ----------
    county : County
        One county with table ``teachers``; its pupils stay as they are.
    rule : FlowRule, optional
        What is done; the national rule with a return after three years if left out.
    years, draws, seed : int
        The same seed gives the same retirements, leavers and recruits under every rule, so that two rules can be compared draw by draw. The order of
        rows in the tables does not matter.

    Raises
    ------
    ValueError
        No year or no draw.
    MissingTable
        No table ``teachers``, or a column that is asked for is blank throughout.
    Lacking
        Several counties, or no section with teachers.

    Notes
    -----
    The start is the year before the county's application, 1 September. Each year first who reaches the statutory age retires, then
    some leave, posts are filled, terms end, and teachers are sent: always two, who change places for the term, both eligible by
    `balancelib.teachers.eligibility`, and both of PE or arts or neither. Those sent come from
    sections above the county's mean of backbone teachers to those below it, the furthest behind first. What colleagues
    learned from those sent is not in indicators 1 to 3, unless it makes backbone teachers of them (``mentored``).

    A month of birth is drawn, as the table has years only. An age or sex that is not known is that of another teacher of the stage, anew
    in each draw. A blank degree or title counts for no indicator: fill it in, or who takes the post seems to be more. Whose eligibility is not known is not sent. Indicators start from the numbers of
    table ``schools``; only changes are simulated.
    """
    if years < 1 or draws < 1:
        raise ValueError("至少要模拟一年、一次")
    rule = rule or FlowRule()
    county.tables.need(ASKED)
    if county.several:
        raise Lacking("这份数据里有几个县，一次只模拟一个县：请把一个县的行单独存成一份。")
    sections = _sections(county)
    start = _start(county)
    people = people_of(county, sections, start)
    paths, flows = [], []
    for draw in range(draws):
        staff = Staff(people, sections, start, (seed, draw))
        counts = [staff.counts()]
        for year in range(start + 1, start + years + 1):
            happened = staff.step(year, rule)
            counts.append(staff.counts())
            flows.append((draw, year, *(happened[name] for name in FLOWS)))
        paths.append(_measured(sections, np.array(counts), start).assign(draw=draw))
    return Simulation(
        pd.concat(paths, ignore_index=True), pd.DataFrame(flows, columns=["draw", "year", *FLOWS])
    )


def _sections(county: County) -> pd.DataFrame:
    """Return the sections of the verdict that have teachers in the table, with what each has now."""
    here = indicators(county)[["school_id", "name", "stage", "pupils", *INDICATORS]]
    listed = county.tables["teachers"][["school_id", "stage"]].drop_duplicates()
    found = here.merge(listed, on=["school_id", "stage"]).dropna()
    if found.empty:
        raise Lacking("“教师”表和“学校”表对不上：没有一个学段部分两边都有。请核对学校标识码和学段。")
    found = found.merge(county.schools[["school_id", "area"]], on="school_id")
    return found.sort_values(["school_id", "stage"], ignore_index=True)


def _start(county: County) -> int:
    """Return the year of the data: that before the application, or else the latest that the table of teachers has."""
    items = county.tables.get("county_items")
    known = pd.Series(dtype=float) if items is None else items["application_year"].dropna()
    if len(known):
        return int(known.iloc[0]) - 1
    return int(county.tables["teachers"].reindex(columns=["started", "school_since", "rotated"]).max().max())


def _measured(sections: pd.DataFrame, counts: np.ndarray, start: int) -> pd.DataFrame:
    """Return CV and means by year, stage and indicator; ``counts`` are by year, section and indicator."""
    rows = []
    for stage in STAGES:
        here = (sections["stage"] == stage).to_numpy()
        pupils = sections["pupils"].to_numpy()[here]
        for k, name in enumerate(INDICATORS if here.any() else ()):
            change = (counts[:, here, k] - counts[0, here, k]) / pupils * 100
            values = sections[name].to_numpy()[here] + change
            mean = values @ pupils / pupils.sum()
            behind = values[0] < mean[0]
            for year, x in enumerate(values):
                low = np.average(x[behind], weights=pupils[behind]) if behind.any() else np.nan
                spread = cv(x, weights=pupils) if mean[year] > 0 else np.nan
                rows.append((start + year, stage, name, spread, mean[year], low))
    return pd.DataFrame(rows, columns=["year", "stage", "indicator", "cv", "mean", "behind"])


def years_by_rule(simulations: dict[str, Simulation], level: float = 0.9) -> pd.DataFrame:
    """Sum draws up by rule, year, stage and indicator: median, and an interval that holds ``level`` of the draws.

    Returns
    -------
    DataFrame
        ``rule, year, stage, indicator`` and for ``cv`` and ``behind`` each ``…``, ``…_low`` and ``…_high``.
    """
    parts = [found.paths.assign(rule=name) for name, found in simulations.items()]
    groups = pd.concat(parts).groupby(["rule", "year", "stage", "indicator"], sort=False)[["cv", "behind"]]
    ends = {"": 0.5, "_low": (1 - level) / 2, "_high": (1 + level) / 2}
    found = [groups.quantile(q).add_suffix(end) for end, q in ends.items()]
    return pd.concat(found, axis=1).reset_index()


def what_is_left(
    with_rule: Simulation, without: Simulation, column: str = "behind", level: float = 0.9
) -> pd.DataFrame:
    """Compare a rule with none, draw by draw (轮岗还剩多少).

    Returns
    -------
    DataFrame
        By ``year, stage, indicator``: ``gain`` (median over draws of the difference), ``low`` and ``high`` (interval of the draws), and
        ``left``: the gain as a part of the largest of any year, in absolute size, the earliest of equals; below 0 where it has turned into its opposite, NaN
        where there is none.

    Raises
    ------
    ValueError
        The two have not the same draws and years.
    """
    key = ["draw", "year", "stage", "indicator"]
    one, other = (found.paths.set_index(key)[column] for found in (with_rule, without))
    if not one.index.equals(other.index):
        raise ValueError("两次模拟的次数或年份不同，不能一次对一次地比")
    difference = (one - other).groupby(key[1:], sort=False)
    found = pd.DataFrame(
        {
            "gain": difference.median(),
            "low": difference.quantile((1 - level) / 2),
            "high": difference.quantile((1 + level) / 2),
        }
    )
    most = (
        found["gain"]
        .groupby(["stage", "indicator"])
        .transform(lambda gain: gain.iloc[gain.abs().fillna(0).argmax()])
    )
    found["left"] = found["gain"] / most.where(most != 0)
    return found.reset_index()


def average_flows(simulation: Simulation) -> pd.DataFrame:
    """Return the mean over draws of how many retired, left, came, were sent and returned, by year."""
    return simulation.flows.drop(columns="draw").groupby("year").mean()
