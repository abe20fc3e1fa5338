"""The teachers of a county in one draw of `balancelib.teachers.simulate_staff`: a post a row, year by year."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.county.schema import AREAS
from balancelib.teachers.definitions import BACKBONE, HIGH_TITLES, PE_ARTS, are_qualified, least
from balancelib.teachers.eligible import EXCHANGE, eligibility
from balancelib.teachers.retirement import retirement_date

if TYPE_CHECKING:
    from balancelib.teachers.flow import FlowRule

SEPTEMBER = 8 / 12
RECRUITS = (22, 27)  # ages
EXPERIENCED = 5  # years of work before one is named a backbone teacher


def people_of(county: County, sections: pd.DataFrame, start: int) -> pd.DataFrame:
    """Return the teachers of the measured sections, a row each, in numbers: what every draw starts from.

    Parameters
    ----------
    county : County
        With table ``teachers``.
    sections : DataFrame
        ``school_id, stage, area``; the number of its row is ``section``.
    start : int
        Year of the data.

    Returns
    -------
    DataFrame
        By ``teacher_id``, in order. ``may`` be moved: once the years at the school (``since``, or since the last exchange) are enough.
    """
    numbered = sections.reset_index(names="section")[["school_id", "stage", "section", "area"]]
    teachers = county.tables["teachers"].merge(numbered, on=["school_id", "stage"])
    teachers = teachers.sort_values("teacher_id", ignore_index=True)
    rotated = teachers.get("rotated", pd.Series(np.nan, teachers.index))
    return pd.DataFrame(
        {
            "section": teachers["section"],
            "stage": pd.factorize(teachers["stage"])[0],
            "subject": pd.factorize(teachers["subject"])[0],
            "area": teachers["area"].map({area: k for k, area in enumerate(AREAS)}),
            "born": teachers["birth_year"],
            "female": teachers["gender"].map({"female": 1.0, "male": 0.0}),
            "senior": teachers["title"].isin(HIGH_TITLES),
            "since": teachers["school_since"].mask(rotated > teachers["school_since"], rotated),
            "started": teachers["started"],
            "may": _may(teachers, county.schools, start),
            "arts": teachers["subject"].isin(PE_ARTS),
            "qualified": are_qualified(teachers),
            "backbone": teachers["backbone"].isin(BACKBONE),
        }
    )


def _may(teachers: pd.DataFrame, schools: pd.DataFrame, year: int) -> np.ndarray:
    """Say who would be eligible for exchange after years enough at the school."""
    settled = teachers.assign(school_since=year - EXCHANGE.years, rotated=np.nan)
    return (eligibility(settled, schools, year) == "eligible").to_numpy()


class Staff:
    """Posts of a county, each with the teacher who holds it.

    Parameters
    ----------
    people : DataFrame
        Of `people_of`.
    sections : DataFrame
        ``stage, pupils`` and indicators: the sections that are measured.
    start : int
        Year of the data.
    stream : tuple of int
        Seeds of the draw; what happens to people and who is sent come from streams of their own.
    """

    def __init__(
        self, people: pd.DataFrame, sections: pd.DataFrame, start: int, stream: tuple[int, int]
    ) -> None:
        self._life, self._sending = (np.random.default_rng([*stream, k]) for k in (1, 2))
        self._pupils = sections["pupils"].to_numpy()
        self._backbone_start = sections["backbone_teachers"].to_numpy() * self._pupils / 100
        self._stage_of = sections["stage"].to_numpy(dtype=object)
        own = {name: np.array(people[name]) for name in people}  # ours to change
        self.section, self.subject, self.area = own["section"], own["subject"], own["area"]
        self.since, self.started, self.may = own["since"], own["started"], own["may"]
        self.arts, self.qualified, self.backbone = own["arts"], own["qualified"], own["backbone"]
        self.home = self.section.copy()
        self.back = np.zeros(len(people))  # year of return, 0 for those at home
        self.here = np.ones(len(people), dtype=bool)
        self.start = start
        self._age(own)
        self._first = self.counts()

    def _age(self, own: dict[str, np.ndarray]) -> None:
        """Set when each retires; what is not known of a teacher is another's of the stage."""
        known = ~np.isnan(own["born"]) & ~np.isnan(own["female"])
        lender = np.arange(len(known))
        for stage in np.unique(own["stage"][~known]):
            here = own["stage"] == stage
            lenders = np.flatnonzero(here & known) if (here & known).any() else np.flatnonzero(known)
            lender[here & ~known] = self._life.choice(lenders, (here & ~known).sum())
        female = own["female"][lender] == 1
        group = np.select([female & own["senior"], female], ["senior_woman", "female"], "male")
        self.born = own["born"][lender]
        self.retires = retirement_date(self.born, self._life.integers(1, 13, len(known)), group)

    def counts(self) -> np.ndarray:
        """Return the counts of indicators 1 to 3 by section."""
        size = len(self._pupils)
        return np.column_stack([
            np.bincount(self.section[self.here & these], minlength=size) for these in (self.qualified, self.backbone, self.arts)
        ]).astype(float)  # fmt: skip

    def step(self, year: int, rule: "FlowRule") -> dict[str, int]:
        """Go on to 1 September of a year, and return how many retired, left, came, were sent and returned."""
        chance, luck = self._life.random((2, len(self.here)))
        retired = self.here & (self.retires < year + SEPTEMBER)
        rate = np.array([rule.leaving[area] for area in AREAS])[self.area]
        left = self.here & ~retired & (year - self.born < rule.settled) & (chance < rate)
        gone = retired | left
        hired = gone & (luck < rule.refill)
        lost = self._replace(gone, hired, year)
        returned, raised = self._end_terms(year, rule)
        self._name(np.round(rule.renewed * lost) + raised, np.where(gone, 2.0, luck), year)
        sends = rule.share > 0 and (rule.waves is None or year <= self.start + rule.waves)
        sent = self._send(year, rule) if sends else 0
        counts = {"retired": retired, "left": left, "hired": hired, "returned": returned}
        return {name: int(these.sum()) for name, these in counts.items()} | {"sent": sent}

    def _replace(self, gone: np.ndarray, hired: np.ndarray, year: int) -> np.ndarray:
        """Give the posts of those gone to recruits at the post's own school, or leave them empty; return backbone teachers lost."""
        lost = np.bincount(self.home[gone & self.backbone], minlength=len(self._pupils))
        age = self._life.integers(*RECRUITS, len(gone))
        self.here[gone] = False
        self.section[gone], self.back[gone], self.backbone[gone] = self.home[gone], 0, False
        self.here[hired], self.qualified[hired] = True, True
        self.born[hired], self.since[hired], self.started[hired] = (year - age)[hired], year, year
        self.retires[hired] = np.inf
        return lost

    def _end_terms(self, year: int, rule: "FlowRule") -> tuple[np.ndarray, np.ndarray]:
        """Let those whose term ends go back, if they do; return who went, and whom they raised, by section."""
        over = self.here & (self.back == year)
        taught = self.section[over & self.backbone]
        taught = taught[self._sending.random(len(taught)) < rule.mentored]
        raised = np.bincount(taught, minlength=len(self._pupils))
        self.section[over] = self.home[over]
        self.since[over], self.back[over] = year, 0
        return over if rule.returns else np.zeros_like(over), raised

    def _name(self, wanted: np.ndarray, lot: np.ndarray, year: int) -> None:
        """Name new backbone teachers, as many as wanted of each school, of those with five years' work, by lot."""
        able = self.here & ~self.backbone & (year - self.started >= EXPERIENCED) & (lot < 1)
        order = np.lexsort((np.where(able, lot, 2.0), self.home))
        place = np.empty(len(order), dtype=int)
        place[order] = np.arange(len(order)) - np.searchsorted(self.home[order], self.home[order])
        self.backbone |= able & (place < wanted[self.home])

    def _send(self, year: int, rule: "FlowRule") -> int:
        """Let teachers change places with others of the stage; return how many moved."""
        able = self.here & self.may & (self.back == 0) & (year - self.since >= rule.long)
        moves = least(rule.share, able.sum())
        best = least(rule.backbone_share, moves)
        ratio = self._ratio()
        mean = {s: np.average(ratio[self._stage_of == s], weights=self._pupils[self._stage_of == s]) for s in set(self._stage_of)}  # fmt: skip
        behind = ratio < np.array([mean[s] for s in self._stage_of])
        goes = np.flatnonzero(able & ~behind[self.section])
        goes = goes[np.argsort(self._sending.random(len(goes)) - 2.0 * self.backbone[goes], kind="stable")]
        chosen = [*goes[self.backbone[goes]][:best], *goes[~self.backbone[goes]]]
        turns = self._turns(behind, ratio)
        sent = 0
        for teacher in chosen:
            if sent >= moves:
                break
            partner = self._partner(teacher, turns[self._stage_of[self.section[teacher]]], able)
            if partner is not None:
                pair = [teacher, partner]
                self.section[pair] = self.section[pair[::-1]]
                self.back[pair], able[pair] = year + rule.term, False
                if not rule.returns:  # the post goes with the teacher: it falls vacant where she works
                    self.home[pair] = self.section[pair]
                sent += 2
        return sent

    def _ratio(self) -> np.ndarray:
        """Return backbone teachers per hundred pupils of each section."""
        change = self.counts()[:, 1] - self._first[:, 1]
        return (self._backbone_start + change) / self._pupils * 100

    def _turns(self, behind: np.ndarray, ratio: np.ndarray) -> dict[str, list[int]]:
        """Return by stage the sections that are behind, the furthest first: they take their turns in this order."""
        order = np.argsort(ratio, kind="stable")
        return {s: [i for i in order if behind[i] and self._stage_of[i] == s] for s in set(self._stage_of)}

    def _partner(self, teacher: int, turns: list[int], able: np.ndarray) -> int | None:
        """Find who changes places with a teacher: of the next section, rather of the subject; the section goes to the end."""
        for _ in range(len(turns)):
            section = turns.pop(0)
            turns.append(section)
            can = able & (self.section == section) & ~self.backbone & (self.arts == self.arts[teacher])
            found = np.flatnonzero(can)
            if len(found):
                same = found[self.subject[found] == self.subject[teacher]]
                return int(self._sending.choice(same if len(same) else found))
        return None
