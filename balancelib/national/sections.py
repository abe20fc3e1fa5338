"""Stage sections of many counties and their indicators: `balancelib.county.indicators` in expressions that any engine works out."""

import functools
import operator
from collections.abc import Collection, Iterable
from typing import Any

import narwhals as nw

from balancelib.assess.verdict import check_relaxations
from balancelib.county.schema import STAGES, schema
from balancelib.county.terms import check_fields
from balancelib.national.frames import COUNTY, Frame, blank, coded, opened, same_kind, stacked
from balancelib.standards import Indicator, Standard, load_standard
from balancelib.standards.model import Conditions, Range, RelaxedIndicator

ANY_STAGE = ("primary", "junior", "senior")


def indicators(
    schools: Any, standard: Standard | str = "quality-2017", items: Any = None, relax: Collection[str] = ()
) -> Any:
    """Resource indicators of every stage section, as `balancelib.county.indicators` has them.

    Parameters
    ----------
    schools : table
        Table ``schools`` of any engine; of all counties, told apart by ``county_id``. Codes by machine name.
    standard : Standard or str
        A standard, its name, or the path of its TOML file.
    items : table, optional
        Table ``school_items`` of the same engine, one row a school: some relaxations ask for it.
    relax : collection of str
        Keys of the relaxations to apply.

    Returns
    -------
    table
        Of the same engine, lazy where ``schools`` is: ``county_id, school_id, stage, pupils`` and one column an indicator. Rows are in no order.

    Raises
    ------
    Lacking
        Columns are missing, or are not numbers.
    StandardError, ValueError
        The standard is at fault; an unknown relaxation.

    Notes
    -----
    ``x = y / p × per``, where ``y`` is the section's total from `stage_sections` and ``p`` its pupils.
    """
    rules = standard_of(standard, relax)
    return coded(per_pupil(all_sections(schools, rules, items, relax), rules)).to_native()


def stage_sections(
    schools: Any, standard: Standard | str = "quality-2017", items: Any = None, relax: Collection[str] = ()
) -> Any:
    """Split every school into its stage sections, each with its totals; parameters and columns as in `indicators`.

    Notes
    -----
    The rule is that of `balancelib.county.stage_sections`.
    """
    return coded(all_sections(schools, standard_of(standard, relax), items, relax)).to_native()


def standard_of(standard: Standard | str, relax: Collection[str]) -> Standard:
    """Return the standard, checked against the tables and the relaxations asked for."""
    rules = standard if isinstance(standard, Standard) else load_standard(standard)
    check_fields(rules)
    check_relaxations(rules, relax)
    return rules


def all_sections(schools: Any, standard: Standard, items: Any, relax: Collection[str]) -> Frame:
    """Return the totals of the sections of both stages."""
    frame = in_scope(schools_with_items(schools, standard, items, relax), standard)
    frame = frame.with_columns(*_weighted_pupils(standard))
    return stacked([_of_stage(frame, stage, standard, relax) for stage in STAGES])


def per_pupil(sections: Frame, standard: Standard) -> Frame:
    """Turn totals into values per pupil or per hundred."""
    return sections.with_columns(
        *((nw.col(i.key) / nw.col("pupils") * i.per).alias(i.key) for i in standard.indicators)
    )


def schools_with_items(schools: Any, standard: Standard, items: Any, relax: Collection[str]) -> Frame:
    """Table ``schools`` beside what is needed of ``school_items``, blank where that was not supplied."""
    numbers, codes = needed(standard, relax)
    extra = [name for name in numbers if name in schema().table("school_items").names]
    own = [name for name in numbers if name not in extra]
    frame = opened(schools, own, ["school_id", COUNTY, *codes])
    frame = frame.with_columns(sum_of(nw.col(f"pupils_{s}").fill_null(0.0) for s in STAGES).alias("pupils"))
    if not extra:
        return frame
    if items is None:
        return frame.with_columns(*map(blank, extra))
    beside = opened(items, extra, ["school_id"]).drop(COUNTY)
    same_kind(beside, frame)
    return frame.join(beside, on="school_id", how="left")


def needed(standard: Standard, relax: Collection[str]) -> tuple[list[str], list[str]]:
    """Columns of numbers and of codes that a standard asks for."""
    numbers, codes = [f"pupils_{stage}" for stage in ANY_STAGE], ["kind"]
    if not standard.scope.private:
        codes.append("operator")
    for indicator in standard.indicators:
        sums, conditions = [indicator.sum], []
        for relaxed in _applied(indicator, relax):
            sums.append(relaxed.add)
            conditions += relaxed.when.items()
        numbers += [
            term.removeprefix("-") for by_stage in sums for terms in by_stage.values() for term in terms
        ]
        for name, condition in conditions:
            (numbers if isinstance(condition, Range) else codes).append(name)
    return [name for name in dict.fromkeys(numbers) if name != "pupils"], list(dict.fromkeys(codes))


def _applied(indicator: Indicator, relax: Collection[str]) -> Iterable[RelaxedIndicator]:
    return (relaxed for relaxed in indicator.relaxed if relaxed.relaxation in relax)


def in_scope(schools: Frame, standard: Standard) -> Frame:
    """Schools that the resource part counts."""
    scope, kind = standard.scope, nw.col("kind")
    large_enough = nw.col("pupils") >= scope.teaching_point_minimum_pupils
    counted = kind.is_in(scope.kinds) & ((kind != "teaching_point") | large_enough)
    if not scope.private:
        counted &= nw.col("operator").fill_null("") != "private"
    return schools.filter(counted)


def _weighted_pupils(standard: Standard) -> Iterable[nw.Expr]:
    """Each stage's pupils times its weight, by which a school's undivided resources are split."""
    for stage in ANY_STAGE:
        weight = nw.lit(standard.split.weights.get(stage, 0.0))
        for kind, own in standard.split.kind_weights.items():
            weight = nw.when(nw.col("kind") == kind).then(nw.lit(own.get(stage, 0.0))).otherwise(weight)
        pupils = nw.when(has_stage(stage)).then(nw.col(f"pupils_{stage}")).otherwise(nw.lit(0.0))
        yield (weight * pupils).alias(f"weighted_{stage}")


def has_stage(stage: str) -> nw.Expr:
    """Whether a school's kind has a stage."""
    return nw.col("kind").is_in([name for name, kind in schema().kinds.items() if stage in kind.stages])


def _of_stage(schools: Frame, stage: str, standard: Standard, relax: Collection[str]) -> Frame:
    """Return the sections of one stage: schools that have it, with pupils in it."""
    here = schools.filter(has_stage(stage) & (nw.col(f"pupils_{stage}") > 0))
    share = nw.col(f"weighted_{stage}") / sum_of(nw.col(f"weighted_{s}") for s in ANY_STAGE)
    totals = []
    for indicator in standard.indicators:
        total = _reported(indicator, stage, relax) * indicator.scale
        totals.append((total * share if indicator.split else total).alias(indicator.key))
    pupils = nw.col(f"pupils_{stage}").alias("pupils")
    return here.select(COUNTY, "school_id", nw.lit(stage).alias("stage"), pupils, *totals)


def _reported(indicator: Indicator, stage: str, relax: Collection[str]) -> nw.Expr:
    """What each school reports for an indicator, in the unit of its columns, before any splitting."""
    total = signed_sum(indicator.sum[stage])
    for relaxed in _applied(indicator, relax):
        added = signed_sum(relaxed.add[stage]).fill_null(0.0)  # nothing declared, nothing added
        total = total + nw.when(holds(relaxed.when)).then(added).otherwise(nw.lit(0.0))
    return total


def signed_sum(terms: Iterable[str]) -> nw.Expr:
    """Sum columns, those with a minus in front taken away; a blank makes the sum blank."""
    return sum_of(-nw.col(term[1:]) if term.startswith("-") else nw.col(term) for term in terms)


def sum_of(columns: Iterable[nw.Expr]) -> nw.Expr:
    """Return a sum that is blank where any of the columns is."""
    return functools.reduce(operator.add, columns)


def holds(when: Conditions) -> nw.Expr:
    """Where all conditions hold; false or blank where a column is blank."""
    return functools.reduce(
        operator.and_, (part for name, c in when.items() for part in _conditions(name, c))
    )


def _conditions(name: str, condition: Range | tuple[str, ...]) -> Iterable[nw.Expr]:
    column = nw.col(name)
    if not isinstance(condition, Range):
        yield column.is_in(condition)
        return
    for bound, compare in ((condition.minimum, operator.ge), (condition.maximum, operator.le), (condition.below, operator.lt)):  # fmt: skip
        if bound is not None:
            yield compare(column, bound)
