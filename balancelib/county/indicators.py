"""Stage sections and their resource indicators."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from balancelib.county.schema import STAGES, schema
from balancelib.county.tables import County
from balancelib.county.terms import SECTION, check_fields, holds, signed_sum
from balancelib.standards import Indicator, Standard, load_standard


def indicators(
    county: County, standard: Standard | str = "quality-2017", relax: Collection[str] = ()
) -> pd.DataFrame:
    """Resource indicators of every stage section (学段部分).

    Parameters
    ----------
    county : County
        As read; one county or several.
    standard : Standard or str
        A standard, its name, or the path of its TOML file.
    relax : collection of str
        Keys of the relaxations to apply.

    Returns
    -------
    DataFrame
        One row a section: ``county_id, school_id, name, stage, pupils`` and one column an indicator, per
        pupil or per hundred pupils as the standard says; 元 where the form reports 万元.

    Notes
    -----
    ``x = y / p × per``, where ``y`` is the section's total from `stage_sections` and ``p`` its pupils.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    sections = stage_sections(county, standard, relax)
    for indicator in standard.indicators:
        sections[indicator.key] = sections[indicator.key] / sections["pupils"] * indicator.per
    return sections


def stage_sections(county: County, standard: Standard, relax: Collection[str] = ()) -> pd.DataFrame:
    """Split every school into its stage sections, each with its totals.

    Returns
    -------
    DataFrame
        As `indicators`, but each indicator's column holds the section's total ``y`` (the numerator), in the
        indicator's unit. Schools out of the standard's scope and stages with no pupils are left out.

    Notes
    -----
    A total that is not recorded by stage goes to a stage in the proportion of its pupils times its weight:
    of a nine-year school with A primary and B junior pupils, ``A / (A + 1.1 B)`` to the primary section.
    Teachers are recorded by stage and are not split. Indoor sports rooms leave the teaching area for the
    sports area before any splitting. Source: the document that ``standard.split.source`` names.
    """
    check_fields(standard)
    schools = in_scope(county, standard)
    shares = stage_shares(schools, standard)
    parts = []
    for stage in STAGES:
        pupils = schools[f"pupils_{stage}"].to_numpy(dtype=float)
        here = _has_stage(schools, stage) & (pupils > 0)
        data = {"stage": stage, "pupils": pupils}
        for indicator in standard.indicators:
            total = reported_totals(schools, indicator, stage, relax) * indicator.scale
            data[indicator.key] = total * shares[stage] if indicator.split else total
        part = schools[SECTION[:3]].assign(**data)
        parts.append(part[here])
    return pd.concat(parts, ignore_index=True)


def in_scope(county: County, standard: Standard) -> pd.DataFrame:
    """Schools that the resource part counts, with their other items and ``pupils`` of compulsory education."""
    schools = with_items(county)
    scope = standard.scope
    counted = schools["kind"].isin(scope.kinds)
    counted &= (schools["kind"] != "teaching_point") | (
        schools["pupils"] >= scope.teaching_point_minimum_pupils
    )
    if not scope.private:
        counted &= schools["operator"] != "private"
    return schools[counted].reset_index(drop=True)


def compulsory_schools(county: County) -> pd.DataFrame:
    """Schools with pupils of compulsory education, of whatever kind: what a rule on every school is asked of."""
    schools = with_items(county)
    return schools[schools["pupils"] > 0].reset_index(drop=True)


def with_items(county: County) -> pd.DataFrame:
    """Table ``schools`` beside table ``school_items``, blank where that was not supplied."""
    items = county.tables.get("school_items")
    if items is None:
        items = pd.DataFrame(columns=schema().table("school_items").names)
    frame = county.schools.merge(items, on="school_id", how="left", validate="one_to_one")
    return frame.assign(pupils=frame[[f"pupils_{stage}" for stage in STAGES]].sum(axis=1))


def reported_totals(
    schools: pd.DataFrame, indicator: Indicator, stage: str, relax: Collection[str]
) -> np.ndarray:
    """What each school reports for an indicator, in the unit of its columns, before any splitting."""
    total = signed_sum(schools, indicator.sum[stage])
    for relaxed in indicator.relaxed:
        if relaxed.relaxation in relax:
            added = np.nan_to_num(signed_sum(schools, relaxed.add[stage]))  # nothing declared, nothing added
            total = total + np.where(holds(schools, relaxed.when), added, 0)
    return total


def _has_stage(schools: pd.DataFrame, stage: str) -> np.ndarray:
    return schools["kind"].isin([k for k, kind in schema().kinds.items() if stage in kind.stages]).to_numpy()


def stage_shares(schools: pd.DataFrame, standard: Standard) -> dict[str, np.ndarray]:
    """Each stage's share of what a school records undivided; 0/0 where a school has no pupils."""
    split = standard.split
    weighted = {}
    for stage in schema().stages:
        weight = schools["kind"].map(
            lambda kind, s=stage: split.kind_weights.get(kind, split.weights).get(s, 0.0)
        )
        pupils = schools[f"pupils_{stage}"].where(_has_stage(schools, stage), 0.0)
        weighted[stage] = weight.to_numpy(dtype=float) * pupils.to_numpy(dtype=float)  # also of no schools
    total = sum(weighted.values())
    with np.errstate(invalid="ignore"):
        return {stage: value / total for stage, value in weighted.items()}
