"""The tables of the parts beside the resources: each item with what was found, what is asked and how it was worked out."""

from collections.abc import Iterator, Sequence
from typing import Any

from balancelib.assess.logic import form_round
from balancelib.assess.parts import ItemVerdict, TestVerdict, bound_word, yes_no
from balancelib.county.terms import field_named
from balancelib.report.forms.case import MISSING, NOT_ASKED, Case, number, verdict
from balancelib.sheets import Entry, Page, text
from balancelib.standards import Test
from balancelib.text import number as plain_number

SURVEYED = (
    ("全部", ("survey_sent", "survey_valid", "survey_satisfied")),
    ("其中：家长", ("survey_parents_sent", "survey_parents_valid", "survey_parents_satisfied")),
)


def items_table(page: Page, case: Case, part: str) -> None:
    """Write the items of a part, a row a test."""
    head = [
        "序号",
        "情形" if part == "veto" else "要求",
        "看什么",
        "实际",
        "应当",
        "算式或依据",
        "结论",
        "说明",
    ]
    rows = [row for item in case.assessment.parts[part].items for row in _item_rows(case, part, item)]
    page.table(head, rows, repeat=page.sheet.freeze_panes is None)


def _item_rows(case: Case, part: str, item: ItemVerdict) -> Iterator[list[Any]]:
    down = len(item.tests)
    for test, found in zip(item.item.tests, item.tests, strict=True):
        yield [
            Entry(item.item.number, down=down), Entry(item.item.label, "文字", down=down), text(_looked_at(test)),
            _found(case, test, found), Entry(_asked(test)), text(working(test, case.values)), verdict(item.meets, part) if down == 1 else
            Entry(verdict(item.meets, part).value, verdict(item.meets, part).style, down=down), text(found.reason),
        ]  # fmt: skip


def _looked_at(test: Test) -> str:
    return test.label or (
        field_named(test.sum[0].removeprefix("-")).label if len(test.sum) == 1 and not test.over else ""
    )


def _found(case: Case, test: Test, found: TestVerdict) -> Entry:
    """What a test found: a share in percent, a number, yes or no, or how many schools do not meet it."""
    style = "未达到" if found.meets is False else "临界" if found.knife_edge else "居中"
    if found.missing and found.value in (None, 0.0):
        return MISSING
    if found.value is None:
        return NOT_ASKED
    if test.each_school or test.rooms:
        return Entry(f"{found.value:.0f}所没有做到" if found.value else "都做到", style)
    if yes_no(test):
        return Entry("是" if found.value else "否", style)
    if test.over and test.unit == "%":
        decimals = case.assessment.standard.ratio_decimals
        return Entry(float(form_round(100 * found.value, decimals)), style, decimals, "%")
    decimals = 0 if float(found.value).is_integer() else 2
    return Entry(float(form_round(found.value, decimals)), style, decimals, _unit(test))


def _asked(test: Test) -> str:
    if test.rooms:
        return f"每{test.classes_per_room:g}班1间"
    if yes_no(test):
        return "是" if test.minimum is not None else "否"
    bound = next(b for b in (test.minimum, test.maximum, test.below) if b is not None)
    if test.over and test.unit == "%":
        return f"{bound_word(test)}{100 * bound:g}%"
    return f"{bound_word(test)}{bound:g}{_unit(test)}"


def _unit(test: Test) -> str:
    """The unit without what is said of it in brackets."""
    return test.unit.partition("（")[0]


def working(test: Test, values: dict[str, float]) -> str:
    """The division behind a share, with the names and numbers that were filled in; 缺数 where one was not."""
    if not test.over and len(test.sum) < 2:
        return ""
    sides = [_sum(terms, values) for terms in (test.sum, test.over) if terms]
    return " ÷ ".join(
        f"（{side}）" if len(sides) > 1 and ("＋" in side or "－" in side) else side for side in sides
    )


def _sum(terms: Sequence[str], values: dict[str, float]) -> str:
    result = ""
    for term in terms:
        name = term.removeprefix("-")
        value = plain_number(values[name]) if name in values else "缺数"
        result += (
            "－" if term.startswith("-") else "＋" if result else ""
        ) + f"{field_named(name).label}{value}"
    return result


def survey(page: Page, case: Case) -> None:
    """Write how many questionnaires were sent, came back and were satisfied, those of parents apart."""
    decimals = case.assessment.standard.ratio_decimals
    rows = []
    for label, names in SURVEYED:
        sent, valid, satisfied = (case.values.get(name) for name in names)
        cells = [
            number(sent),
            number(valid),
            _percent(valid, sent, decimals),
            number(satisfied),
            _percent(satisfied, valid, decimals),
        ]
        rows.append([Entry(label, "表头"), *cells])
    page.heading("问卷调查")
    head = ["调查对象", "发放（份）", "有效（份）", "有效率（%）", "认可或满意（份）", "认可度（%）"]
    page.table(head, rows, spans=(2, 1, 1, 1, 1, 2))
    page.gap()
    page.heading("判定")


def _percent(part: float | None, whole: float | None, decimals: int) -> Entry:
    return MISSING if part is None or not whole else number(100 * part / whole, decimals)
