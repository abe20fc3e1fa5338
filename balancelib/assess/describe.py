"""A standard's rules in tables of words, made from the same data that the verdict is."""

from collections.abc import Iterable, Sequence

import pandas as pd

from balancelib.assess.parts import bound_word, yes_no
from balancelib.county.schema import STAGES, schema
from balancelib.county.terms import field_named
from balancelib.standards import Indicator, Item, Standard, Test
from balancelib.standards.model import PARTS, Conditions, Range

_MINUS, _PLUS = "−", "＋"
_INNER_QUOTES = str.maketrans("“”", "‘’")


def documents(standard: Standard) -> pd.DataFrame:
    """The official documents that the standard's numbers come from: ``文件, 文号, 发文机关, 年份``."""
    rows = [(d.title, d.number, d.issuer, str(d.year)) for d in standard.documents]
    return pd.DataFrame(rows, columns=["文件", "文号", "发文机关", "年份"])


def general_rules(standard: Standard) -> pd.DataFrame:
    """Scope, split, school rule and county rule: ``规则, 内容, 出处``."""
    stages = schema().stages
    rows = [
        ("哪些学校", _scope(standard), standard.scope),
        ("多学段学校怎样分摊", _split(standard), standard.split),
    ]
    if (rule := standard.school_rule) is not None:
        of = f"{len([i for i in standard.indicators if i.thresholds])}项指标至少{rule.met_at_least}项达标"
        rows.append(("每个学段部分", f"{of}，每一项都不低于标准的{100 * rule.floor:g}%", rule))
    limits = "，".join(f"{stages[stage]}不超过{limit:g}" for stage, limit in standard.cv_rule.limits.items())
    tested = (
        "每一项指标的差异系数" if standard.cv_rule.test == "each" else "综合差异系数（各项差异系数的平均数）"
    )
    rows.append(("全县", f"{tested}：{limits}", standard.cv_rule))
    return pd.DataFrame(
        [(name, text + (f"。{rule.note}" if rule.note else ""), _number(standard, rule.source)) for name, text, rule in rows],
        columns=["规则", "内容", "出处"],
    )  # fmt: skip


def resource_indicators(standard: Standard) -> pd.DataFrame:
    """Resource indicators: ``指标, 机器名, 单位``, a column of thresholds for each stage, ``怎样算, 出处``."""
    stages = schema().stages
    rows = []
    for i in standard.indicators:
        thresholds = [f"{i.thresholds[s]:g}" if i.thresholds else "各省定" for s in STAGES]
        rows.append(
            (i.label, i.key, i.unit, *thresholds, formula(i) + (f"。{i.note}" if i.note else ""), _number(standard, i.source))
        )  # fmt: skip
    least = [f"{stages[s]}不低于" for s in STAGES]
    return pd.DataFrame(rows, columns=["指标", "机器名", "单位", *least, "怎样算", "出处"])


def formula(indicator: Indicator) -> str:
    """How an indicator is worked out, in the words of the table ``schools``."""
    numerator = _of_either_stage({stage: _sum(terms) for stage, terms in indicator.sum.items()})
    scaled = f"{numerator}×{indicator.scale:g}" if indicator.scale != 1 else numerator
    per = f"×{indicator.per:g}" if indicator.per != 1 else ""
    shared = "分摊到学段" if indicator.split else "按学段登记，不分摊"
    return f"{_bracketed(scaled)}÷学段学生数{per}，{shared}"


def _of_either_stage(texts: dict[str, str]) -> str:
    """One wording for both stages: 小学教师数 and 初中教师数 are 本学段教师数."""
    common = {text.removeprefix(schema().stages[stage]) for stage, text in texts.items()}
    if len(common) > 1:
        return "、".join(texts.values())
    text = common.pop()
    return text if text in texts.values() else f"本学段{text}"


def _bracketed(text: str) -> str:
    return f"（{text}）" if _MINUS in text or _PLUS in text else text


def part_items(standard: Standard, part: str) -> pd.DataFrame:
    """Items of a part: ``序号, 要求, 怎样判, 出处``; empty where the standard has no such part.

    Of the vetoes the second column is ``情形``: what may not happen, nothing that is asked.
    """
    items = getattr(standard, part).items if getattr(standard, part) else ()
    rows = [(str(i.number), i.label, _how(i), _number(standard, i.source)) for i in items]
    return pd.DataFrame(rows, columns=["序号", "情形" if part == "veto" else "要求", "怎样判", "出处"])


def items_of_parts(standard: Standard, parts: Sequence[str]) -> pd.DataFrame:
    """Items of several small parts in one table: ``部分``, the part's title, and the columns of `part_items`."""
    frames = [part_items(standard, part) for part in parts]
    for part, frame in zip(parts, frames, strict=True):
        frame.insert(0, "部分", getattr(standard, part).title)
    return pd.concat(frames, ignore_index=True)


def relaxations(standard: Standard) -> pd.DataFrame:
    """Relaxations, off by default: ``条款, 开关, 改什么, 出处``."""
    rows = [
        (r.label + (f"。{r.note}" if r.note else ""), r.key, "；".join(_eased(standard, r.key)), _number(standard, r.source))
        for r in standard.relaxations
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["条款", "开关", "改什么", "出处"])


def _scope(standard: Standard) -> str:
    scope, kinds = standard.scope, schema().kinds
    names = [
        kinds[kind].label
        + (
            f"（{scope.teaching_point_minimum_pupils}名学生及以上）"
            if kind == "teaching_point" and scope.teaching_point_minimum_pupils
            else ""
        )
        for kind in scope.kinds
    ]
    return f"{'、'.join(names)}；民办学校{'计入' if scope.private else '不计'}"


def _split(standard: Standard) -> str:
    stages, kinds = schema().stages, schema().kinds
    weights = "：".join(f"{w:g}" for w in standard.split.weights.values())
    text = f"{'：'.join(stages[s] for s in standard.split.weights)}的学生按{weights}折算"
    for kind, own in standard.split.kind_weights.items():
        ratio = "：".join(f"{w:g}" for w in own.values())
        text += f"；{kinds[kind].label}{'：'.join(stages[s] for s in own)}按{ratio}"
    return text


def _how(item: Item) -> str:
    tests = "；".join(test_in_words(test) for test in item.tests)
    return tests + (f"。{item.note}" if item.note else "")


def test_in_words(test: Test) -> str:
    """What a test asks, in the words of the tables."""
    lead = f"{test.label}：" if test.label else ""
    if test.rooms:
        text = f"不小于{test.room_area:g}平方米的至少有“班数÷{test.classes_per_room:g}，进一取整”间"
        return f"{lead}每所学校（{_sum((test.rooms,))}）{text}"
    value = _sum(test.sum)
    if test.over:
        value = f"{_bracketed(value)}÷{_bracketed(_sum(test.over))}"
    bound = next(b for b in (test.minimum, test.maximum, test.below) if b is not None)
    every = f"每所{_conditions(test.when)}学校，" if test.each_school else ""
    if yes_no(test):
        return (
            f"{lead}{every}“{value.translate(_INNER_QUOTES)}”填“{'是' if test.minimum is not None else '否'}”"
        )
    shown = f"{100 * bound:g}%" if test.unit == "%" else f"{bound:g}{test.unit}"
    return f"{lead}{every}{value}{bound_word(test)}{shown}"


test_in_words.__test__ = False  # not a test of pytest's


def _conditions(when: Conditions) -> str:
    return "、".join(_condition(name, condition) for name, condition in when.items()) + ("的" if when else "")


def _condition(name: str, condition: tuple[str, ...] | Range) -> str:
    label = field_named(name).label
    if not isinstance(condition, Range):
        codes = field_named(name).codes
        return f"{label}为{'、'.join(codes[c] for c in condition)}"
    bounds = (
        ("不少于", condition.minimum),
        ("不超过", condition.maximum),
        ("小于", condition.below),
    )
    return label + "且".join(f"{word}{bound:g}" for word, bound in bounds if bound is not None)


def _eased(standard: Standard, key: str) -> Iterable[str]:
    for indicator in standard.indicators:
        for relaxed in indicator.relaxed:
            if relaxed.relaxation == key:
                added = _of_either_stage({stage: _sum(terms) for stage, terms in relaxed.add.items()})
                yield f"{_conditions(relaxed.when)}学校，{indicator.short_label}加上{added}"
    for part in PARTS:
        for item in getattr(standard, part).items if getattr(standard, part) else ():
            for test in item.tests:
                for relaxed in test.relaxed:
                    if relaxed.relaxation == key:
                        bounds = (relaxed.room_area, relaxed.minimum, relaxed.maximum)
                        bound = next(b for b in bounds if b is not None)
                        unit = "平方米" if relaxed.room_area else test.unit
                        yield f"{_conditions(relaxed.when)}学校，{test.label}改为{bound:g}{unit}"


def _sum(terms: Iterable[str]) -> str:
    text = ""
    for term in terms:
        sign = _MINUS if term.startswith("-") else _PLUS if text else ""
        text += sign + field_named(term.removeprefix("-")).label
    return text


def _number(standard: Standard, source: str) -> str:
    return standard.document(source).number
