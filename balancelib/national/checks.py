"""What is wrong in a table of many counties' schools, on any engine: how many schools break which rule."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import narwhals as nw

from balancelib.county.schema import Column, schema
from balancelib.national.frames import COUNTY, Frame, described, opened
from balancelib.national.sections import ANY_STAGE, has_stage, needed, standard_of
from balancelib.standards import Standard
from balancelib.text import shown

SHOWN = 5  # schools that are named of those that break a rule


class Rule(NamedTuple):
    """What no school may have, and what to say where one has it."""

    broken: nw.Expr
    reason: str
    action: str


def school_rules(standard: Standard, relax: Collection[str] = ()) -> list[Rule]:
    """Return the rules on the columns that a standard asks of table ``schools``; a stage's blank resources are none: they leave a verdict open."""
    numbers, codes = needed(standard, relax)
    columns = [c for c in schema().table("schools").columns if c.name in numbers]
    rules = [Rule(nw.col("school_id").fill_null("") == "", "学校标识码是空的", "请填写，一校一码")]
    rules += [_code(name) for name in codes if name in schema().table("schools").names]
    rules += [rule for column in columns for rule in _limits(column)]
    return rules + list(_stages()) + list(_parts(columns))


def _code(name: str) -> Rule:
    column = schema().column(name)
    known = nw.col(name).is_in(list(column.codes)) & ~nw.col(name).is_null()
    return Rule(
        ~known, f"{described(name)}是空的，或者不是可选的值", f"请改成{'、'.join(column.codes)}里的一个"
    )


def _limits(column: Column) -> Iterator[Rule]:
    value, (smallest, largest) = nw.col(column.name), column.limits
    outside = (value < smallest) | (value > largest)
    yield Rule(
        outside.fill_null(False), f"{described(column.name)}不在{smallest:g}到{largest:g}之间", "请核对"
    )
    if column.type == "count":
        yield Rule((value != value.floor()).fill_null(False), f"{described(column.name)}不是整数", "请核对")


def _stages() -> Iterator[Rule]:
    for stage in ANY_STAGE:
        pupils, name = nw.col(f"pupils_{stage}"), described(f"pupils_{stage}")
        yield Rule(
            has_stage(stage) & pupils.is_null(), f"{name}是空的，可是有这个学段", "请填写；确实是零请填0"
        )
        none = [
            key for key, kind in schema().kinds.items() if stage not in kind.stages and not kind.any_stage
        ]
        stray = nw.col("kind").is_in(none) & (pupils > 0).fill_null(False)
        yield Rule(stray, f"{name}大于0，可是没有这个学段", "请核对办学类型和学生数")


def _parts(columns: Collection[Column]) -> Iterator[Rule]:
    names = {column.name for column in columns}
    for column in columns:
        if column.within in names:
            larger = (nw.col(column.name) > nw.col(column.within)).fill_null(False)
            yield Rule(
                larger, f"{described(column.name)}大于{described(column.within)}", "部分不能大于全部，请核对"
            )


class Broken(NamedTuple):
    """A rule that schools break: how many, and the first of them."""

    rule: Rule
    schools: int
    first: list[str]

    def __str__(self) -> str:
        more = "等" if len(self.first) == SHOWN < self.schools else ""
        named = "、".join(shown(school) for school in self.first) + more
        return f"{self.rule.reason}：{self.schools}所学校（{named}）。{self.rule.action}。"


def check_schools(
    schools: Any, standard: Standard | str = "quality-2017", relax: Collection[str] = ()
) -> list[Broken]:
    """Look for what is wrong in the columns that a standard asks for.

    Parameters
    ----------
    schools, standard, relax
        As in `balancelib.national.indicators`.

    Returns
    -------
    list of Broken
        Every rule that any school breaks. The engine is asked for counts, and where there are any for the first schools' codes: this
        collects. A blank resource breaks no rule: it leaves a verdict open.
    """
    rules = standard_of(standard, relax)
    numbers, codes = needed(rules, relax)
    own = [name for name in numbers if name in schema().table("schools").names]
    frame = opened(
        schools, own, ["school_id", COUNTY, *(c for c in codes if c in schema().table("schools").names)]
    )
    checks = school_rules(rules, relax)
    counts = _collected(
        frame.select(*(r.broken.cast(nw.Int64).sum().alias(f"n{i}") for i, r in enumerate(checks)))
    )
    found = [(rule, int(n or 0)) for rule, n in zip(checks, counts.row(0), strict=True)]
    return [Broken(rule, n, _first(frame.filter(rule.broken))) for rule, n in found if n] + _twice(frame)


def _collected(frame: Frame) -> nw.DataFrame[Any]:
    return frame.lazy().collect()


def _first(frame: Frame) -> list[str]:
    found = _collected(frame.select("school_id").head(SHOWN))["school_id"].to_list()
    return [school or "空白" for school in found]


def _twice(frame: Frame) -> list[Broken]:
    """Codes that more than one school has."""
    twice = frame.group_by("school_id").agg(nw.len().alias("n")).filter(nw.col("n") > 1)
    twice = _collected(twice.filter(~nw.col("school_id").is_null()).sort("school_id"))
    rule = Rule(nw.col("n") > 1, "学校标识码重复", "全国一校一码，请改正或删去重复的行")
    return [Broken(rule, int(twice["n"].sum()), twice["school_id"].to_list()[:SHOWN])] if len(twice) else []
