"""What every school lacks, with what would mend it: the rows of the plans and of the list of problems."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib.assess.logic import form_round, shown
from balancelib.county.schema import STAGES
from balancelib.report.forms.case import FAR_BELOW, Case, stage_label
from balancelib.resources import gaps
from balancelib.standards import Indicator

# How much a verdict needs it: it cannot do without; of several any so many will do; it is met although this is a little short.
WHOLE_SCHOOL = "全校"
DEGREES = MUST, ANY, MAY = "必须", "选补", "可以"


class Measures(Struct, frozen=True, forbid_unknown_fields=True):
    """Suggested measures by the key of an indicator or an item."""

    other: str
    indicators: dict[str, str]
    items: dict[str, str]


@functools.cache
def measures() -> Measures:
    """Return the suggestions, read once."""
    return msgspec.toml.decode(Path(__file__).with_name("measures.toml").read_bytes(), type=Measures)


@dataclass(frozen=True)
class Lack:
    """One thing that a school lacks.

    Attributes
    ----------
    school_id, school : str
    stages : str
        The stages that it is about, in Chinese.
    part, what : str
        The part of the assessment, and the indicator or item.
    now, asked : str
        The value and what it should be.
    unit : str
        Of the two gaps: 人, 平方米, 万元, 间 …
    to_standard, to_floor : float or None
        How much is lacking; None where it is no amount.
    cost : float or None
        Of reaching the threshold, at assumed prices, 元.
    measure : str
        A suggestion.
    degree : str
        One of `DEGREES`.
    key : str
        Of the indicator; empty for an item.
    """

    school_id: str
    school: str
    stages: str
    part: str
    what: str
    now: str
    asked: str
    unit: str
    to_standard: float | None
    to_floor: float | None
    cost: float | None
    measure: str
    degree: str
    key: str = ""


def lacks(case: Case) -> tuple[dict[str, list[Lack]], str]:
    """List what each school lacks, by its number, in the schools' order; and why gaps cannot be worked out, or nothing."""
    found: dict[str, list[Lack]] = {school_id: [] for school_id in case.schools["school_id"]}
    problem = ""
    try:
        for lack in _resources(case):
            found[lack.school_id].append(lack)
    except ValueError as error:
        problem = str(error)
    for row, school in enumerate(case.schools.to_dict("records")):
        found[school["school_id"]] += _items(case, row, school)
    return {school_id: own for school_id, own in found.items() if own}, problem


def _resources(case: Case) -> Iterator[Lack]:
    """Gaps of teachers by stage, as they are kept, and of all else by school."""
    one, standard = case.assessment, case.assessment.standard
    by_section, by_school = (
        gaps(case.county, standard, by=by, relax=one.relaxations) for by in ("section", "school")
    )
    split = {indicator.key for indicator in standard.indicators if indicator.split}
    rows = pd.concat(
        [by_section[~by_section["indicator"].isin(split)], by_school[by_school["indicator"].isin(split)]]
    )
    order = {key: k for k, key in enumerate([*(i.key for i in standard.indicators), "", *STAGES])}
    rows = rows.sort_values(["indicator", "stage"], key=lambda names: names.map(order), kind="stable")
    for gap in rows.to_dict("records"):
        yield _of_gap(case, gap, standard.indicator(gap["indicator"]))


def _of_gap(case: Case, gap: dict[str, object], indicator: Indicator) -> Lack:
    one = case.assessment
    rows = [i for i in case.sections[gap["school_id"]] if case.sign(i, indicator.key)]
    stages = one.sections["stage"].iloc[rows].tolist()
    if gap["stage"]:
        rows, stages = zip(
            *((i, s) for i, s in zip(rows, stages, strict=True) if s == gap["stage"]), strict=True
        )
    decimals = one.standard.value_decimals
    pairs = zip(one.values[indicator.key].iloc[list(rows)], stages, strict=True)
    values = [shown(value, indicator.thresholds[stage], decimals) for value, stage in pairs]
    asked = [f"{indicator.thresholds[stage]:g}" for stage in stages]
    per = "每百名学生" if indicator.per == 100 else "生均"
    led = [stage_label(stage) if len(stages) > 1 else "" for stage in stages]
    return Lack(
        gap["school_id"], gap["name"], "、".join(map(stage_label, stages)), one.standard.resources_title, indicator.short_label,
        f"{per}{_joined(led, values)}{indicator.unit}", f"{per}{_joined(led, asked)}{indicator.unit}", gap["unit"],
        gap["to_threshold"], gap["to_floor"], None if np.isnan(gap["cost_threshold"]) else gap["cost_threshold"],
        measures().indicators.get(indicator.key, measures().other), min((_degree(case, i, indicator.key) for i in rows), key=DEGREES.index),
        indicator.key,
    )  # fmt: skip


def _degree(case: Case, i: int, key: str) -> str:
    """How much a section needs an indicator that is short: the rule asks for so many met, and for the rest above the floor."""
    one, section = case.assessment, case.assessment.sections.iloc[i]
    if section["meets"]:
        return MAY
    short = sum(bool(case.sign(i, k.key)) for k in one.standard.indicators)
    all_needed = one.standard.school_rule.met_at_least - section["met"] >= short
    return MUST if all_needed or case.sign(i, key) == FAR_BELOW else ANY


def _joined(led: list[str], values: list[str]) -> str:
    return "、".join(map("".join, zip(led, values, strict=True)))


def _items(case: Case, row: int, school: dict[str, object]) -> Iterator[Lack]:
    """What the other parts ask of the school and it does not have."""
    for part, item, result in case.asked_of(row):
        if result.meets is False:
            amount = None if result.have in {"是", "否"} else float(form_round(result.short, 2))
            yield Lack(
                school["school_id"], school["name"], WHOLE_SCHOOL, part, f"第{item.number}项：{result.label}", result.have, result.asked,
                result.unit.partition("（")[0], amount, None, None, measures().items.get(item.key, measures().other), MUST,
            )  # fmt: skip
