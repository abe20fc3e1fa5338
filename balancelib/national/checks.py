"""What is wrong in a table of many counties' schools, on any engine: how many schools break which rule."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import narwhals as nw

from balancelib.county.private import private_cells
from balancelib.county.schema import Column, schema
from balancelib.national.frames import COUNTY, NO_CODE, Frame, described, opened, same_kind
from balancelib.national.sections import ANY_STAGE, has_stage, needed, standard_of
from balancelib.standards import Standard
from balancelib.text import number, shown

SHOWN = 5  # schools that are named of those that break a rule


class Rule(NamedTuple):
    """What no school may have, and what to say where one has it."""

    broken: nw.Expr
    reason: str
    action: str


NO_SCHOOL = Rule(nw.col("school_id").fill_null("") == "", "学校标识码是空的", "请填写，一校一码")


def school_rules(standard: Standard, relax: Collection[str] = ()) -> list[Rule]:
    """Return the rules on the columns that a standard asks of table ``schools``; a stage's blank resources are none: they leave a verdict open."""
    numbers, codes = needed(standard, relax)
    columns = [c for c in schema().table("schools").columns if c.name in numbers]
    rules = [NO_SCHOOL]
    rules += [_code(name) for name in codes if name in schema().table("schools").names]
    rules += [rule for column in columns for rule in _limits(column)]
    return rules + list(_stages()) + list(_parts(columns))


def _code(name: str) -> Rule:
    column = schema().column(name)
    known = nw.col(name).is_in(list(column.codes)) & ~nw.col(name).is_null()
    choices = "、".join(f"{code}（{label}）" for code, label in column.codes.items())
    return Rule(~known, f"{described(name)}是空的，或者不是可选的值", f"请改成{choices}里的一个")


def _limits(column: Column) -> Iterator[Rule]:
    value, (smallest, largest) = nw.col(column.name), column.limits
    outside = (value < smallest) | (value > largest)
    least, most = (f"{x:,.0f}" if x >= 10_000 else number(x) for x in (smallest, largest))
    reason = f"{described(column.name)}不在{least}到{most}之间"
    yield Rule(outside.fill_null(False), reason, "请核对")
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
        private = private_cells(self.first, numbered=True)
        named = ["一个像身份证号的，不显示" if i in private else shown(s) for i, s in enumerate(self.first)]
        return f"{self.rule.reason}：{self.schools}所学校（{'、'.join(named)}{more}）。{self.rule.action}。"


def check_schools(
    schools: Any,
    standard: Standard | str = "quality-2017",
    relax: Collection[str] = (),
    items: Any = None,
) -> list[Broken]:
    """Look for what is wrong in the columns that a standard asks for.

    Parameters
    ----------
    schools, standard, relax, items
        As in `balancelib.national.indicators`.

    Returns
    -------
    list of Broken
        Every rule that any school breaks. The engine is asked for counts, and where there are any for the first schools' codes: this
        collects. A blank resource breaks no rule: it leaves a verdict open.
    """
    rules = standard_of(standard, relax)
    numbers, codes = needed(rules, relax)
    own = {name: set(schema().table(name).names) for name in ("schools", "school_items")}
    texts = ["school_id", COUNTY, *(c for c in codes if c in own["schools"])]
    frame = opened(schools, [name for name in numbers if name in own["schools"]], texts)
    found = _broken(frame, school_rules(rules, relax)) + _no_county(frame) + _twice(frame)
    extra = [name for name in numbers if name not in own["schools"]]
    if items is None or not extra:
        return found
    beside = opened(items, extra, ["school_id"])
    same_kind(beside, frame)
    limits = [rule for name in extra for rule in _limits(schema().table("school_items").column(name))]
    of_items = _broken(beside, [NO_SCHOOL, *limits]) + _twice(beside) + _strangers(beside, frame)
    return found + [
        b._replace(rule=b.rule._replace(reason=f"“学校其他项目”表：{b.rule.reason}")) for b in of_items
    ]


def _broken(frame: Frame, rules: list[Rule]) -> list[Broken]:
    counts = frame.select(*(r.broken.cast(nw.Int64).sum().alias(f"n{i}") for i, r in enumerate(rules)))
    found = [(rule, int(n or 0)) for rule, n in zip(rules, _collected(counts).row(0), strict=True)]
    return [Broken(rule, n, _first(frame.filter(rule.broken))) for rule, n in found if n]


def _no_county(frame: Frame) -> list[Broken]:
    """Schools without a county's code where others have one."""
    none = nw.col(COUNTY) == NO_CODE
    rule = Rule(none, f"{described(COUNTY)}是空的，别的学校都填了", "请填写")
    some = _collected(frame.select((~none).any()))
    return _broken(frame, [rule]) if some.item() else []


def _collected(frame: Frame) -> nw.DataFrame[Any]:
    return frame.lazy().collect()


def _first(frame: Frame) -> list[str]:
    found = _collected(frame.select(nw.col("school_id").fill_null("")).head(SHOWN))["school_id"].to_list()
    return [school or "空白" for school in found]


def _twice(frame: Frame) -> list[Broken]:
    """Codes that more than one school has."""
    twice = frame.group_by("school_id").agg(nw.len().alias("n")).filter(nw.col("n") > 1)
    twice = _collected(twice.filter(~nw.col("school_id").is_null()).sort("school_id"))
    rule = Rule(nw.col("n") > 1, "学校标识码重复", "全国一校一码，请改正或删去重复的行")
    return [Broken(rule, int(twice["n"].sum()), twice["school_id"].to_list()[:SHOWN])] if len(twice) else []


def _strangers(items: Frame, schools: Frame) -> list[Broken]:
    """Schools that have items and are not in the table of schools."""
    rule = Rule(nw.col("school_id") != "", "学校标识码不在“学校”表里", "请核对，两张表的标识码要一样")
    others = items.join(schools.select("school_id"), on="school_id", how="anti")
    return _broken(others, [rule])
