"""The whole verdict on a county, or on each of several."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

import balancelib
from balancelib.assess import parts, resources
from balancelib.assess.logic import all_hold
from balancelib.assess.parts import PartVerdict
from balancelib.assess.resources import SectionVerdicts, StageVerdict
from balancelib.assess.school_tests import SchoolTests
from balancelib.county.indicators import SECTION, compulsory_schools, stage_sections
from balancelib.county.schema import STAGES
from balancelib.county.tables import County
from balancelib.standards import Standard, load_standard
from balancelib.standards.model import PARTS


@dataclass(frozen=True)
class Assessment:
    """The verdict on one county.

    Attributes
    ----------
    standard : Standard
    county_id : str or None
        None where the data holds one county without a code.
    sections : DataFrame
        One row a stage section: ``county_id, school_id, name, stage, pupils, met, meets, knife_edge``.
    totals, values, contribution : DataFrame
        On the same index, one column an indicator: the numerator, the value per pupil or per hundred, and
        the share in the squared coefficient of variation of the section's stage.
    ratios : DataFrame or None
        The value as a multiple of its threshold; None where the standard has no thresholds.
    stages : dict of str to StageVerdict
        ``primary`` and ``junior``.
    parts : dict of str to PartVerdict or None
        ``veto, precondition, government, quality, recognition``; None where the standard has no such part.
    relaxations : list of str
        Those applied.
    """

    standard: Standard
    county_id: str | None
    sections: pd.DataFrame
    totals: pd.DataFrame
    values: pd.DataFrame
    ratios: pd.DataFrame | None
    contribution: pd.DataFrame
    stages: dict[str, StageVerdict]
    parts: dict[str, PartVerdict | None]
    relaxations: list[str]
    input_sha256: str = ""
    _rules: SectionVerdicts = field(repr=False, default=None)

    @property
    def resources_meet(self) -> bool | None:
        """Verdict of the resource part: of the stages that have sections."""
        return all_hold(stage.meets for stage in self.stages.values() if stage.sections)

    @property
    def meets(self) -> bool | None:
        """Verdict on the county: False if any part is, else None if any is, else True."""
        return all_hold([self.resources_meet, *(part.meets for part in self.parts.values() if part)])

    @property
    def missing(self) -> list[str]:
        """Columns that the parts need and that were not supplied."""
        return list(dict.fromkeys(name for part in self.parts.values() if part for name in part.missing))

    def to_dict(self) -> dict[str, object]:
        """Return the contract's JSON as plain objects: full precision, None where undefined."""
        judged = {name: part.to_dict() if part else None for name, part in self.parts.items()}
        return {
            **({"county_id": self.county_id} if self.county_id is not None else {}),
            "standard": self.standard.key,
            "standard_version": self.standard.version,
            "library_version": balancelib.__version__,
            "input_sha256": self.input_sha256,
            "relaxations": self.relaxations,
            "meets": self.meets,
            "missing": self.missing,
            "veto": judged["veto"],
            "precondition": judged["precondition"],
            "resources": {
                "meets": self.resources_meet,
                **{stage: self._stage_dict(stage) for stage in self.stages},
            },
            "government": judged["government"],
            "quality": judged["quality"],
            "recognition": judged["recognition"],
        }

    def _stage_dict(self, stage: str) -> dict[str, object]:
        verdict = self.stages[stage]
        return {
            "sections": list(self._section_dicts(stage)),
            "mean": verdict.mean,
            "cv": verdict.cv,
            "cv_meets": verdict.cv_meets,
            "composite_cv": verdict.composite_cv,
            "meets": verdict.meets,
            "cv_knife_edge": verdict.cv_knife_edge,
            "composite_knife_edge": verdict.composite_knife_edge,
        }

    def _section_dicts(self, stage: str) -> Iterator[dict[str, object]]:
        rules, keys = self._rules, [indicator.key for indicator in self.standard.indicators]
        rows = np.flatnonzero(self.sections["stage"] == stage)
        values = resources.plain(rules.values[rows])
        ratios = None if rules.ratios is None else resources.plain(rules.ratios[rows])
        contribution = resources.plain(self.contribution.to_numpy()[rows])
        ids = self.sections["school_id"].to_numpy()[rows]
        for n, i in enumerate(rows):
            judged = rules.meets is not None
            yield {
                "school_id": ids[n],
                "indicators": dict(zip(keys, values[n], strict=True)),
                "ratios": None if ratios is None else dict(zip(keys, ratios[n], strict=True)),
                "met": int(rules.met[i]) if judged else None,
                "meets": bool(rules.meets[i]) if judged and rules.meets[i] is not None else None,
                "knife_edge": bool(rules.knife_edge[i]),
                "contribution": dict(zip(keys, contribution[n], strict=True)),
                "reasons": self.reasons[i],
            }

    @cached_property
    def reasons(self) -> list[list[str]]:
        """Why each section, by position, does not meet the standard, or hangs on rounding."""
        return resources.section_reasons(self._rules, list(self.sections["stage"]), self.standard)


def assess(
    county: County,
    standard: Standard | str = "quality-2017",
    relax: Collection[str] = (),
    rounding: Literal["none", "form"] = "none",
) -> Assessment | list[Assessment]:
    """Assess a county under an official standard.

    Parameters
    ----------
    county : County
        As read.
    standard : Standard or str
        A standard, its name, or the path of its TOML file.
    relax : collection of str
        Keys of the relaxations to apply; none by default.
    rounding : {"none", "form"}
        Compare in full precision, or round school values and means to the form's decimals first, work out
        the coefficients from these and round them, their mean and the other parts' ratios too. Which of the
        two the national platform does is not known; every verdict that the choice would turn is flagged.

    Returns
    -------
    Assessment, or list of Assessment
        A list, in the order of the input, where the schools have a ``county_id``.

    Raises
    ------
    ValueError
        An unknown relaxation.

    Notes
    -----
    Sources: 教督〔2017〕6号 (every section at least six of seven indicators, the rest at 85 % or more; each
    coefficient of variation within its limit; all other items met) and 教督〔2012〕3号 (the mean of eight
    coefficients within its limit), as the standard's file gives them.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    check_relaxations(standard, relax)
    judged = _Judged(county, standard, list(dict.fromkeys(relax)), rounding == "form")
    verdicts = [judged.county(i) for i in range(len(judged.ids))]
    return verdicts[0] if judged.ids == [None] else verdicts


def check_relaxations(standard: Standard, relax: Collection[str]) -> None:
    """Refuse a relaxation that the standard does not have."""
    known = [relaxation.key for relaxation in standard.relaxations]
    for key in relax:
        if key not in known:
            raise ValueError(f"{standard.label}没有放宽条款{key}；可用的有：{'、'.join(known) or '（无）'}")


class _Judged:
    """All counties' sections and school tests, worked out once and then cut into counties."""

    def __init__(self, county: County, standard: Standard, relax: list[str], rounded: bool) -> None:
        self.standard, self.relax, self.rounded, self.sha256 = standard, relax, rounded, county.sha256
        ids = county.schools["county_id"]
        self.ids = list(dict.fromkeys(ids)) if ids.notna().any() else [None]
        totals, schools = stage_sections(county, standard, relax), compulsory_schools(county)
        codes = self._codes(totals)
        stage = (totals["stage"] == "junior").to_numpy()
        by_county = np.lexsort((stage, codes))  # stable: the input's order within a county's stage
        self.totals = totals.iloc[by_county].reset_index(drop=True)
        piece = codes[by_county] * 2 + stage[by_county]  # the county's primary stage, then its junior stage
        self.bounds = np.searchsorted(piece, np.arange(2 * len(self.ids) + 1))
        self.keys = [indicator.key for indicator in standard.indicators]
        values = self.totals.copy(deep=False)
        for indicator in standard.indicators:
            values[indicator.key] = values[indicator.key] / values["pupils"] * indicator.per
        self.rules = resources.judge_sections(values, standard, self.rounded)
        present, numbers = np.unique(piece, return_inverse=True)
        self.stage_of = dict(zip(present.tolist(), range(present.size), strict=True))
        self.stage_values = resources.StageValues(
            numbers, self.totals["pupils"].to_numpy(), self.rules, standard
        )
        self.rounding = parts.FormRounding(standard.ratio_decimals, rounded)
        asked = [getattr(standard, name) for name in PARTS]
        self.school_tests = SchoolTests(schools, asked, relax, self.rounding)
        self.school_rows = schools.groupby(self._codes(schools)).indices
        self.items = _county_items(county)

    def _codes(self, frame: pd.DataFrame) -> np.ndarray:
        """Position of each row's county among the counties."""
        if self.ids == [None]:
            return np.zeros(len(frame), dtype=int)
        return frame["county_id"].map({id_: i for i, id_ in enumerate(self.ids)}).to_numpy(dtype=int)

    def county(self, i: int) -> Assessment:
        """Judge county ``i``."""
        county_id = self.ids[i]
        start, middle, end = self.bounds[2 * i : 2 * i + 3]
        rows = slice(start, end)
        rules = _cut(self.rules, rows)
        pieces = (slice(start, middle), slice(middle, end))
        stages = {
            stage: self._stage(2 * i + k, stage, piece)
            for k, (stage, piece) in enumerate(zip(STAGES, pieces, strict=True))
        }
        totals = self.totals.iloc[rows].reset_index(drop=True)
        blank = pd.Series([None] * (end - start), dtype=object)
        sections = totals[SECTION].assign(
            met=blank if rules.met is None else rules.met,
            meets=blank if rules.meets is None else rules.meets,
            knife_edge=rules.knife_edge,
        )
        items = self._items_of(county_id)
        schools = self.school_rows.get(i, np.array([], dtype=int))
        return Assessment(
            self.standard, county_id, sections, totals[self.keys],
            pd.DataFrame(rules.values, columns=self.keys),
            None if rules.ratios is None else pd.DataFrame(rules.ratios, columns=self.keys),
            pd.DataFrame(self.stage_values.contributions[rows], columns=self.keys), stages,
            {name: self._part(name, items, schools) for name in PARTS},
            self.relax, self.sha256, rules,
        )  # fmt: skip

    def _items_of(self, county_id: str | None) -> dict[str, float]:
        """The county's items; a single county's need no code, or alone have one."""
        if len(self.ids) > 1:
            return self.items.get(county_id, {})
        codes = [code for code in self.items if code is not None]
        code = codes[0] if county_id is None and len(codes) == 1 else county_id
        return self.items.get(None, {}) | self.items.get(code, {})

    def _stage(self, piece: int, stage: str, rows: slice) -> StageVerdict:
        meets = None if self.rules.meets is None else self.rules.meets[rows]
        at = self.stage_of.get(piece)
        return resources.judge_stage(self.stage_values, at, meets, stage, self.standard, self.rounded)

    def _part(self, name: str, items: dict[str, float], schools: np.ndarray) -> PartVerdict | None:
        part = getattr(self.standard, name)
        if part is None or not part.items:
            return None
        return parts.judge_part(part, items, self.school_tests, schools, self.rounding)


def _cut(rules: SectionVerdicts, rows: slice) -> SectionVerdicts:
    return SectionVerdicts(
        *(None if a is None else a[rows] for a in
          (rules.exact, rules.values, rules.ratios, rules.thresholds, rules.met, rules.meets, rules.knife_edge))
    )  # fmt: skip


def _county_items(county: County) -> dict[str | None, dict[str, float]]:
    """Return the items that were supplied, by county."""
    frame = county.tables.get("county_items")
    if frame is None:
        return {}
    codes = [None if pd.isna(code) else code for code in frame["county_id"]]
    records = frame.drop(columns="county_id").to_dict("records")
    return {
        code: {name: value for name, value in row.items() if not np.isnan(value)}
        for code, row in zip(codes, records, strict=True)
    }
