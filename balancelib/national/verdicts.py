"""Verdicts on many counties at once: `balancelib.assess` in expressions that any engine works out."""

from collections.abc import Collection
from typing import Any, Literal

import narwhals as nw

from balancelib.county.schema import STAGES
from balancelib.national.frames import COUNTY, Frame, coded, opened, unpivoted
from balancelib.national.judged import (
    KIND,
    SECTION,
    STAGE,
    VALUES,
    all_hold,
    county_rule,
    form_round,
    has_school_rule,
    nobody,
    rule_columns,
    school_rule,
)
from balancelib.national.moments import means_and_cvs
from balancelib.national.sections import all_sections, per_pupil, standard_of
from balancelib.standards import Standard

Rounding = Literal["none", "form"]
COUNTS = ("sections", "meeting", "failing", "undecided", "knife_edge")  # of sections


def section_verdicts(
    schools: Any,
    standard: Standard | str = "quality-2017",
    items: Any = None,
    relax: Collection[str] = (),
    rounding: Rounding = "none",
) -> Any:
    """Judge every stage section by the school rule.

    Parameters
    ----------
    schools, standard, items, relax
        As in `balancelib.national.indicators`.
    rounding : {"none", "form"}
        As in `balancelib.assess.assess`.

    Returns
    -------
    table
        Of the same engine, lazy where ``schools`` is: ``county_id, school_id, stage, pupils``, the indicators as compared, ``met`` (indicators
        met), ``meets`` (blank where a blank would decide, or the standard does not judge sections) and ``knife_edge`` (the form's rounding
        would turn the verdict). Rows are in no order.
    """
    rules = standard_of(standard, relax)
    sections = all_sections(schools, rules, items, relax)
    values = per_pupil(sections, rules)
    if rounding == "form":
        values = values.with_columns(*(form_round(nw.col(i.key), rules.value_decimals).alias(i.key) for i in rules.indicators))  # fmt: skip
    if not has_school_rule(rules):
        return coded(values.with_columns(*nobody())).to_native()
    judged = school_rule(_values(sections, rules), rules, _compared(rounding)).drop("pupils")
    return coded(values.join(judged, on=SECTION, how="inner")).to_native()


def county_stages(
    schools: Any,
    standard: Standard | str = "quality-2017",
    items: Any = None,
    relax: Collection[str] = (),
    rounding: Rounding = "none",
) -> Any:
    """Judge every stage of every county by the school rule and the county rule.

    Parameters
    ----------
    schools, standard, items, relax, rounding
        As in `section_verdicts`.

    Returns
    -------
    table
        Of the same engine, lazy where ``schools`` is; one row a county and stage that has sections, in no order: ``county_id, stage``;
        ``pupils, sections``; ``meeting, failing, undecided, knife_edge`` sections (0 where the standard does not judge them); for each
        indicator ``mean_…`` and ``cv_…``, blank where undefined; where the standard tests each coefficient, ``cv_meets_…`` and
        ``cv_knife_edge_…``; ``composite_cv``, ``composite_knife_edge``; ``meets``.
    """
    rules = standard_of(standard, relax)
    return coded(_stages(schools, rules, items, relax, rounding)).to_native()


def counties(
    schools: Any,
    standard: Standard | str = "quality-2017",
    items: Any = None,
    relax: Collection[str] = (),
    rounding: Rounding = "none",
) -> Any:
    """Judge the resources of every county.

    Parameters
    ----------
    schools, standard, items, relax, rounding
        As in `section_verdicts`.

    Returns
    -------
    table
        Of the same engine, lazy where ``schools`` is; one row a county, in no order: ``county_id``, ``meets``, and of each stage the columns of
        `county_stages` with the stage behind their names (``sections_primary``). A county without sections has counts of 0 and no verdict.
    """
    rules = standard_of(standard, relax)
    frame = opened(schools, (), ["school_id", COUNTY]).select(COUNTY).unique()
    stages = _stages(schools, rules, items, relax, rounding)
    names = ["pupils", *COUNTS, *rule_columns(rules), "meets"]
    for stage in STAGES:
        own = stages.filter(nw.col("stage") == stage)
        renamed = own.select(COUNTY, *(nw.col(name).alias(f"{name}_{stage}") for name in names))
        frame = frame.join(renamed, on=COUNTY, how="left").with_columns(
            nw.col(f"pupils_{stage}").fill_null(0),
            *(
                nw.col(f"{name}_{stage}").fill_null(0).cast(nw.Int64) for name in COUNTS
            ),  # pandas made floats of them
        )
    frame = frame.with_columns(_county_meets().alias("meets"))
    return coded(
        frame.select(COUNTY, "meets", *(f"{n}_{stage}" for stage in STAGES for n in names))
    ).to_native()


def _county_meets() -> nw.Expr:
    """The verdict of the stages that have sections; blank where none has."""
    has = [nw.col(f"sections_{stage}") > 0 for stage in STAGES]
    verdicts = (
        nw.when(there).then(nw.col(f"meets_{stage}")).otherwise(~there)
        for there, stage in zip(has, STAGES, strict=True)
    )
    return nw.when(nw.any_horizontal(*has, ignore_nulls=False)).then(all_hold(verdicts))


def _values(sections: Frame, standard: Standard) -> Frame:
    """One row a value of a section: as it is, and as the form has it."""
    keys = [i.key for i in standard.indicators]
    long = unpivoted(per_pupil(sections, standard), keys, KIND, "exact")
    return long.with_columns(form_round(nw.col("exact"), standard.value_decimals).alias("form"))


def _stages(
    schools: Any, standard: Standard, items: Any, relax: Collection[str], rounding: Rounding
) -> Frame:
    """Judge every stage of every county."""
    sections = all_sections(schools, standard, items, relax)
    values = _values(sections, standard)
    judged = sections.with_columns(*nobody()) if not has_school_rule(standard) else school_rule(values, standard, _compared(rounding))  # fmt: skip
    counts = _counts(judged, has_school_rule(standard))
    rules = county_rule(means_and_cvs(values, VALUES, "pupils", [*STAGE, KIND]), standard, rounding == "form")
    frame = counts.join(rules, on=STAGE, how="inner")
    verdicts = [nw.col("county_rule")]
    if has_school_rule(standard):
        known = (nw.col("failing") > 0) | (nw.col("undecided") == 0)
        verdicts.append(nw.when(known).then(nw.col("failing") == 0))
    frame = frame.with_columns(all_hold(verdicts).alias("meets"))
    return frame.select(*STAGE, "pupils", *COUNTS, *rule_columns(standard), "meets")


def _compared(rounding: Rounding) -> str:
    return VALUES[rounding == "form"]


def _counts(judged: Frame, by_rule: bool) -> Frame:
    """Count the sections of every stage of every county by their verdicts."""
    meets, edge = nw.col("meets"), nw.col("knife_edge")
    flags = {
        "meeting": meets.fill_null(False),
        "failing": ~meets.fill_null(True),
        "undecided": meets.is_null() if by_rule else edge,
        "knife_edge": edge,
    }
    flagged = judged.with_columns(*(flag.cast(nw.Int64).alias(name) for name, flag in flags.items()))
    counts = flagged.group_by(*STAGE).agg(
        nw.len().alias("sections"), *(nw.col(n).sum() for n in ("pupils", *flags))
    )
    return counts.with_columns(
        *(nw.col(name).cast(nw.Int64) for name in COUNTS)
    )  # DuckDB adds up to wider ones
