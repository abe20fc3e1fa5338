"""Verdicts on many counties at once: `balancelib.assess` in expressions that any engine works out."""

from collections.abc import Collection, Iterator
from typing import Any, Literal

import narwhals as nw

from balancelib.county.schema import STAGES
from balancelib.national.frames import COUNTY, Frame, coded, opened, stacked
from balancelib.national.judged import (
    FORM,
    all_hold,
    form_round,
    has_school_rule,
    with_county_rule,
    with_school_rule,
)
from balancelib.national.moments import means_and_cvs
from balancelib.national.sections import per_pupil, sections_by_stage, standard_of
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
    parts = sections_by_stage(schools, rules, items, relax)
    judged = [_judged(part, stage, rules, rounding) for stage, part in parts.items()]
    wanted = [COUNTY, "school_id", "stage", "pupils", *(i.key for i in rules.indicators)]
    suffix = FORM if rounding == "form" else ""
    compared = [nw.col(i.key + suffix).alias(i.key) for i in rules.indicators]
    frame = stacked(judged).with_columns(*compared).select(*wanted, "met", "meets", "knife_edge")
    return coded(frame).to_native()


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
    return coded(stacked(_stages(schools, rules, items, relax, rounding).values())).to_native()


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
    for stage, part in _stages(schools, rules, items, relax, rounding).items():
        wide = part.drop("stage")
        names = [name for name in wide.collect_schema().names() if name != COUNTY]
        renamed = wide.select(COUNTY, *(nw.col(name).alias(f"{name}_{stage}") for name in names))
        counts = (nw.col(f"{name}_{stage}").fill_null(0) for name in ("pupils", *COUNTS))
        frame = frame.join(renamed, on=COUNTY, how="left").with_columns(*counts)
    frame = frame.with_columns(_county_meets().alias("meets"))
    columns = [n for n in frame.collect_schema().names() if n not in (COUNTY, "meets")]
    return coded(frame.select(COUNTY, "meets", *columns)).to_native()


def _county_meets() -> nw.Expr:
    """The verdict of the stages that have sections; blank where none has."""
    has = [nw.col(f"sections_{stage}") > 0 for stage in STAGES]
    verdicts = (
        nw.when(there).then(nw.col(f"meets_{stage}")).otherwise(~there)
        for there, stage in zip(has, STAGES, strict=True)
    )
    return nw.when(nw.any_horizontal(*has, ignore_nulls=False)).then(all_hold(verdicts))


def _judged(totals: Frame, stage: str, standard: Standard, rounding: Rounding) -> Frame:
    """Sections with their values, those of the form too, and their verdicts."""
    values = per_pupil(totals, standard)
    on_form = (
        form_round(nw.col(i.key), standard.value_decimals).alias(i.key + FORM) for i in standard.indicators
    )
    return with_school_rule(
        values.with_columns(*on_form), standard, stage, FORM if rounding == "form" else ""
    )


def _stages(
    schools: Any, standard: Standard, items: Any, relax: Collection[str], rounding: Rounding
) -> dict[str, Frame]:
    """One row a county for each stage."""
    parts = sections_by_stage(schools, standard, items, relax)
    return {stage: _of_counties(_judged(p, stage, standard, rounding), stage, standard, rounding) for stage, p in parts.items()}  # fmt: skip


def _of_counties(sections: Frame, stage: str, standard: Standard, rounding: Rounding) -> Frame:
    """Judge one stage of every county."""
    flagged = sections.with_columns(*_flags(has_school_rule(standard)))
    counts = [
        nw.len().alias("sections"),
        nw.col("pupils").sum(),
        *(nw.col(name).sum() for name in COUNTS[1:]),
    ]
    columns = [i.key + suffix for i in standard.indicators for suffix in ("", FORM)]
    frame = means_and_cvs(flagged, columns, "pupils", COUNTY, *counts)
    frame = frame.with_columns(
        *(nw.col(name).cast(nw.Int64) for name in COUNTS)
    )  # DuckDB adds up to wider ones
    frame, shown = with_county_rule(frame, standard, standard.cv_rule.limits[stage], rounding == "form")
    verdicts = [nw.col("county_rule")]
    if has_school_rule(standard):
        known = (nw.col("failing") > 0) | (nw.col("undecided") == 0)
        verdicts.append(nw.when(known).then(nw.col("failing") == 0))
    frame = frame.with_columns(all_hold(verdicts).alias("meets"), nw.lit(stage).alias("stage"))
    return frame.select(COUNTY, "stage", "pupils", *COUNTS, *shown, "meets")


def _flags(judged: bool) -> Iterator[nw.Expr]:
    """1 for a section that is counted under a name of `COUNTS`, else 0."""
    meets, edge = nw.col("meets"), nw.col("knife_edge")
    yield meets.fill_null(False).cast(nw.Int64).alias("meeting")
    yield (~meets.fill_null(True)).cast(nw.Int64).alias("failing")
    yield (meets.is_null() if judged else edge).cast(nw.Int64).alias("undecided")
    yield edge.cast(nw.Int64).alias("knife_edge")
