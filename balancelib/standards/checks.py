"""What the types of a standard's file do not show: what its parts say of each other."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from balancelib.standards.model import Indicator, Range, RelaxedTest, Rules, Test
from balancelib.toml import nth

BOUNDS = ("minimum", "maximum", "below")
MOST_OF_WHOLE = 10  # a share of ten wholes: per cent written where a decimal is meant


def faults(rules: Rules) -> Iterator[tuple[str, str]]:
    """Key and reason of every fault."""
    documents = {d.id for d in rules.documents}
    relaxations = {r.key for r in rules.relaxations}
    for key, record in _sourced(rules):
        if record.source not in documents:
            yield f"{key}.source", f"出处{record.source}不在documents里"
    yield from _rule_faults(rules)
    for indicator in rules.indicators:
        yield from _indicator_faults(f"indicators.{indicator.key}", indicator, relaxations)
    for key, test in rules.tests():
        yield from _test_faults(key, test, relaxations)


def _sourced(rules: Rules) -> Iterator[tuple[str, Any]]:
    for key in ("scope", "split", "school_rule", "cv_rule"):
        if (record := getattr(rules, key)) is not None:
            yield key, record
    for name in ("indicators", "relaxations"):
        yield from ((f"{name}.{record.key}", record) for record in getattr(rules, name))
    yield from rules.items()


def _rule_faults(rules: Rules) -> Iterator[tuple[str, str]]:
    """Rules that would test nothing, or more than there is."""
    tested = [indicator for indicator in rules.indicators if indicator.thresholds]
    if not any(indicator.in_cv for indicator in rules.indicators):
        yield "indicators", "in_cv全是false，没有一项指标参加差异系数的判定"
    if rules.school_rule is None:
        yield from (
            (f"indicators.{i.key}.thresholds", "有逐校标准，却没有school_rule说明要达标几项") for i in tested
        )
    elif not tested:
        yield "school_rule", "没有一项指标有thresholds，逐校的规则无从判起"
    elif rules.school_rule.met_at_least > len(tested):
        yield "school_rule.met_at_least", f"要达标的项数多于有thresholds的指标（{len(tested)}项）"


def _indicator_faults(key: str, indicator: Indicator, relaxations: set[str]) -> Iterator[tuple[str, str]]:
    for stage, terms in indicator.sum.items():
        yield from _sum_faults(f"{key}.sum.{stage}", terms)
    for n, relaxed in enumerate(indicator.relaxed, 1):
        place = f"{key}.relaxed.{nth(n)}"
        yield from _relaxation_faults(place, relaxed, relaxations)
        for stage, terms in relaxed.add.items():
            yield from _sum_faults(f"{place}.add.{stage}", terms)


def _sum_faults(key: str, terms: Sequence[str]) -> Iterator[tuple[str, str]]:
    columns = [term.removeprefix("-") for term in terms]
    if len(set(columns)) < len(columns):
        yield key, "同一列写了两遍"
    if all(term.startswith("-") for term in terms):
        yield key, "只有减去的列，没有加上的列"


def _relaxation_faults(key: str, relaxed: Any, relaxations: set[str]) -> Iterator[tuple[str, str]]:
    if relaxed.relaxation not in relaxations:
        yield f"{key}.relaxation", f"放宽条款{relaxed.relaxation}不在relaxations里"
    yield from _when_faults(f"{key}.when", relaxed.when)


def _when_faults(key: str, when: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, condition in when.items():
        if isinstance(condition, Range):
            given = [getattr(condition, bound) for bound in BOUNDS]
            highest = [bound for bound in given[1:] if bound is not None]
            if given == [None, None, None]:
                yield f"{key}.{name}", "minimum、maximum、below至少要给一个"
            elif given[0] is not None and any(given[0] > bound for bound in highest):
                yield f"{key}.{name}", "minimum大于maximum或below，没有学校能满足"


def _given(record: Any, *names: str) -> list[str]:
    return [name for name in names if getattr(record, name) not in (None, (), "", {}, False)]


_PER_SCHOOL = ("when", "relaxed")
_ROOMS = ("room_area", "classes_per_room")

# Of each form of test: the fields that it needs, and those that it would pass over in silence.
_FORMS: tuple[tuple[Callable[[Test], bool], tuple[str, ...], tuple[str, ...], str], ...] = (
    (lambda t: bool(t.rooms), _ROOMS, ("sum", "over", "below"), "数教室的检查"),
    (lambda t: t.each_school, ("sum",), ("over", "below", *_ROOMS), "逐校的检查"),
    (lambda t: True, ("sum",), (*_PER_SCHOOL, *_ROOMS), "全县的检查"),
)


def _test_faults(key: str, test: Test, relaxations: set[str]) -> Iterator[tuple[str, str]]:
    _, needed, unused, form = next(f for f in _FORMS if f[0](test))
    yield from ((key, f"{form}要有{name}") for name in needed if name not in _given(test, *needed))
    yield from ((f"{key}.{name}", f"{form}不用{name}") for name in _given(test, *unused))
    bounds = [name for name in BOUNDS if getattr(test, name) is not None]
    if len(bounds) != (0 if test.rooms else 1):
        yield (
            key,
            f"{form}不用minimum、maximum、below" if test.rooms else "minimum、maximum、below里要正好给一个",
        )
    if test.unit == "%" and any(abs(getattr(test, name)) > MOST_OF_WHOLE for name in bounds):
        yield f"{key}.{bounds[0]}", "单位是%的，界限写小数：85%写0.85"
    for name in _given(test, "sum", "over"):
        yield from _sum_faults(f"{key}.{name}", getattr(test, name))
    yield from _when_faults(f"{key}.when", test.when)
    for n, relaxed in enumerate(test.relaxed, 1):
        place = f"{key}.relaxed.{nth(n)}"
        yield from _relaxation_faults(place, relaxed, relaxations)
        yield from _eased_faults(place, test, relaxed)


def _eased_faults(key: str, test: Test, relaxed: RelaxedTest) -> Iterator[tuple[str, str]]:
    """A relaxation that eases nothing, or a bound that the test does not have."""
    eased = [n for n in ("minimum", "maximum", "room_area") if getattr(relaxed, n) is not None]
    if len(eased) != 1:
        yield key, "minimum、maximum、room_area里要正好给一个"
    yield from ((f"{key}.{n}", f"原来的检查没有{n}，放宽不了") for n in eased if getattr(test, n) is None)
