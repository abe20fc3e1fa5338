"""What each stage section lacks of a standard, in whole units: the numbers that gaps and plans share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.assess.logic import reaches
from balancelib.county import County, Lacking, stage_sections
from balancelib.county.indicators import in_scope, stage_shares
from balancelib.county.schema import STAGES
from balancelib.resources.unit_costs import Action
from balancelib.standards import Indicator, Standard


@dataclass(frozen=True)
class Needs:
    """The sections of a county against the thresholds; arrays have a row a section and a column an indicator.

    Attributes
    ----------
    schools : DataFrame
        Those in the standard's scope, as reported.
    sections : DataFrame
        ``school_id, name, stage, pupils``, and ``school``: the row of ``schools``.
    totals : ndarray
        The numerators, in the indicators' units.
    per_unit : ndarray
        What one whole unit in the school's column adds to the section's total.
    thresholds : ndarray
        NaN where the standard has none.
    to_threshold, to_floor : ndarray of int
        Units that the school's column lacks until the section is at the threshold, or at the floor; below 0, how many are to spare.
    """

    standard: Standard
    schools: pd.DataFrame
    sections: pd.DataFrame
    totals: np.ndarray
    per_unit: np.ndarray
    thresholds: np.ndarray
    to_threshold: np.ndarray
    to_floor: np.ndarray

    @property
    def met(self) -> np.ndarray:
        """Where a threshold is met."""
        return (self.to_threshold <= 0) & ~np.isnan(self.thresholds)


def needs(county: County, standard: Standard, actions: Sequence[Action], relax: Collection[str]) -> Needs:
    """Work out what every section of one county lacks.

    Raises
    ------
    ValueError
        A standard without a school rule, several counties, no school in its scope, or a number that is blank.
    """
    if standard.school_rule is None or not any(i.thresholds for i in standard.indicators):
        raise ValueError(f"{standard.label}没有逐校的标准，算不出差多少；请给出有thresholds的标准")
    if county.several:
        raise Lacking("数据里有几个县；请分县来做，一次一个县")
    schools = in_scope(county, standard)
    if schools.empty:
        raise Lacking(f"数据里没有{standard.label}要看的学校（特殊教育学校不算在内），没有可算的")
    totals = stage_sections(county, standard, relax)
    keys = [indicator.key for indicator in standard.indicators]
    if (blank := totals[keys].isna().any(axis=1)).any():
        raise Lacking(f"这些学校有数没有填，算不出差多少：{'、'.join(totals.loc[blank, 'name'][:10])}")
    if totals.empty:
        raise Lacking(f"{standard.label}要看的学校都没有学生，没有可算的")
    sections = totals[["school_id", "name", "stage", "pupils"]].copy()
    sections["school"] = pd.Index(schools["school_id"]).get_indexer(sections["school_id"])
    per_unit = _per_unit(sections, schools, standard, actions)
    table = {s: [i.thresholds.get(s, np.nan) for i in standard.indicators] for s in STAGES}
    thresholds = np.array([table[stage] for stage in sections["stage"]]).reshape(-1, len(keys))
    found = _Values(totals[keys].to_numpy(dtype=float), per_unit, sections["pupils"].to_numpy(), standard)
    levels = (thresholds, standard.school_rule.floor * thresholds)
    return Needs(
        standard, schools, sections, found.totals, per_unit, thresholds, *map(found.units_to, levels)
    )


def effect(action: Action, indicator: Indicator, stage: str) -> int:
    """By how many times its size one unit of an action raises the columns that an indicator sums."""
    columns = action.columns(stage)
    signs = (-1 if term.startswith("-") else 1 for term in indicator.sum[stage])
    terms = (term.removeprefix("-") for term in indicator.sum[stage])
    return sum(sign for sign, term in zip(signs, terms, strict=True) if term in columns)


def unit_size(indicator: Indicator, actions: Sequence[Action]) -> float:
    """Return the smallest whole unit by which an indicator's columns can be raised."""
    return min((a.size for a in actions if any(effect(a, indicator, s) for s in STAGES)), default=1.0)


def _per_unit(
    sections: pd.DataFrame, schools: pd.DataFrame, standard: Standard, actions: Sequence[Action]
) -> np.ndarray:
    shares = stage_shares(schools, standard)
    rows = zip(sections["stage"], sections["school"], strict=True)
    share = np.array([shares[stage][row] for stage, row in rows])
    return np.column_stack(
        [
            i.scale * unit_size(i, actions) * (share if i.split else np.ones_like(share))
            for i in standard.indicators
        ]
    )


class _Values:
    """The values of all sections after so many whole units more, compared just as `assess` compares them."""

    def __init__(
        self, totals: np.ndarray, per_unit: np.ndarray, pupils: np.ndarray, standard: Standard
    ) -> None:
        self.totals, self.per_unit, self.pupils = totals, per_unit, pupils[:, None]
        self.per = np.array([indicator.per for indicator in standard.indicators])

    def units_to(self, levels: np.ndarray) -> np.ndarray:
        r"""Return ``\lceil (t p / per - y) / u \rceil``, corrected by one where the last bits of the division lie."""
        units = np.ceil((levels * self.pupils / self.per - self.totals) / self.per_unit)
        units -= self._reaches(units - 1, levels)
        units += ~self._reaches(units, levels)
        return np.where(np.isnan(levels), 0, units).astype(np.int64)

    def _reaches(self, units: np.ndarray, levels: np.ndarray) -> np.ndarray:
        return reaches((self.totals + units * self.per_unit) / self.pupils * self.per, levels)
