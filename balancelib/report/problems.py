"""The list of problems that goes back to the schools: a sheet for each, to be answered and signed."""

from collections.abc import Mapping, Sequence
from typing import Any

from balancelib.county import County, Fault, InputError
from balancelib.county.exceptions import judged
from balancelib.county.rules import SEVERITIES, rules
from balancelib.county.schema import schema
from balancelib.sheets import (
    Entry,
    Page,
    blank_to_fill,
    drop_down,
    head_row,
    new_book,
    packed,
    print_on_a4,
    put,
    sheet_names,
    text,
)

MOST_LISTED = 20_000  # problems in a list: who has more has one cause of them
MOST_SHEETS = 500  # schools with a sheet of their own; Excel opens no book of many thousands in good time
SUMMARY, COUNTY, OTHERS = "汇总", "县级", "其余学校"
HEAD = (
    "序号", "编号", "程度", "表", "行", "列或项目", "现在的值", "问题", "怎么办", "学校核实结果", "改正后的值", "经办人", "日期",
)  # fmt: skip
WIDTHS = (5, 15, 6, 13, 6, 15, 12, 30, 26, 14, 11, 9, 11)
ANSWERS = ("填错了，已改正", "属实", "属实，列为例外")
HOW = (
    "一所学校一张表，打印或者发给学校；县级一张表的由教育局自己核实。错误必须改正，不改不能判定；提醒请核实，属实就不用改。",
    "学校填“学校核实结果”以后的四列，改正要改在原来的报表和工作簿里，改完再查一遍。“编号”是规则的编号，书里“数据检查的规则”一页逐条说明。",
    "核实属实的提醒，把“已核实的例外”里的那一行补上谁、何时、为什么，复制到数据的同名表里，下次不再列出。",
)
NOTHING = "没有要改正的错误，也没有要核实的提醒。"


def problems_workbook(faults: Sequence[Fault], county: County | InputError) -> bytes:
    """Return the list of problems as a workbook.

    Parameters
    ----------
    faults : sequence of Fault
        Faults and warnings.
    county : County or InputError
        What knows the schools' names: the county, or what says that it is at fault.
    """
    listed = faults[:MOST_LISTED]
    by_school: dict[str | None, list[Fault]] = {None: []}
    for key in (*county.names, *(fault.school_id for fault in listed)):
        by_school.setdefault(key, [])
    for fault in listed:
        by_school[fault.school_id].append(fault)
    by_school = {key: sorted(these, key=lambda f: f.severity) for key, these in by_school.items() if these}
    return _book(by_school, county.names, len(faults))


def _book(by_school: Mapping[str | None, Sequence[Fault]], names: Mapping[str, str], found: int) -> bytes:
    schools = [key for key in by_school if key is not None]
    exceptions = schema().table("exceptions")
    own, others = schools[:MOST_SHEETS], schools[MOST_SHEETS:]
    titles = dict(zip(own, sheet_names((names.get(key, key) for key in own), _taken()), strict=True))
    titles |= dict.fromkeys(others, OTHERS) | {None: COUNTY}
    book = new_book()
    _summary(book, by_school, names, titles, found)
    for key, these in by_school.items():
        if titles[key] != OTHERS:
            _answers(book, titles[key], _who(key, names), these)
    if others:
        told = [(fault, f"{_who(key, names)}：") for key in others for fault in by_school[key]]
        _answers(book, OTHERS, OTHERS, *zip(*told, strict=True))
    _exceptions(
        book.create_sheet(exceptions.label), [fault for these in by_school.values() for fault in these]
    )
    return packed(book)


def _taken() -> tuple[str, ...]:
    return SUMMARY, COUNTY, OTHERS, schema().table("exceptions").label


def _who(key: str | None, names: Mapping[str, str]) -> str:
    if key is None:
        return "县级和分不出学校的"
    return f"{names[key]}（{key}）" if key in names else f"学校标识码{key}"


def _summary(
    book: Any,
    by_school: Mapping[str | None, Sequence[Fault]],
    names: Mapping[str, str],
    titles: Mapping[str | None, str],
    found: int,
) -> None:
    page = Page(book, SUMMARY, (16, 32, 9, 9, 32, 24), landscape=True)
    page.title("数据问题清单")
    for line in HOW if by_school else (NOTHING,):
        page.note(line)
    listed = [fault for these in by_school.values() for fault in these]
    if found > len(listed):
        page.note(f"一共{found}处，这里列出前{len(listed)}处；改完再查，会列出其余的。")
    if not listed:
        return
    page.heading("各校的处数")
    rows = [
        ("—" if key is None else text(key), text(names.get(key, "县级" if key is None else "—")), *_counts(these),
         Entry(titles[key], "文字", link=titles[key]), text(None))
        for key, these in by_school.items()
    ]  # fmt: skip
    page.table(("学校标识码", "学校", "错误", "提醒", "在哪张表", "备注"), rows)
    page.gap()
    page.heading("各条规则的处数")
    by_rule = {key: [fault for fault in listed if fault.rule == key] for key in rules()}
    rows = [
        (text(key), text(rules()[key].meaning), *_counts(these)) for key, these in by_rule.items() if these
    ]
    page.table(("编号", "查什么", "错误", "提醒"), rows, spans=(1, 3, 1, 1))


def _counts(faults: Sequence[Fault]) -> tuple[int, int]:
    """Return how many are faults and how many warnings."""
    wrong = sum(fault.severity == "fault" for fault in faults)
    return wrong, len(faults) - wrong


def _answers(book: Any, sheet: str, title: str, faults: Sequence[Fault], told: Sequence[str] = ()) -> None:
    """Write the sheet of a school: each problem, and room for what it found; ``told`` comes before each problem."""
    page = Page(book, sheet, WIDTHS, landscape=True)
    page.title(f"数据问题清单：{title}")
    wrong, odd = _counts(faults)
    page.note(
        f"错误{wrong}处，必须改正；提醒{odd}处，请核实，属实就不用改。请填右边四列，签字后交回县教育局。"
    )
    rows = [
        (i, text(f.rule), SEVERITIES[f.severity], text(f.sheet), f.row, text(f.column), text(judged(f)),
         text(before + f.reason.lstrip("：，")), text(f.action), *(blank_to_fill() for _ in range(4)))
        for i, (f, before) in enumerate(zip(faults, told or [""] * len(faults), strict=True), 1)
    ]  # fmt: skip
    page.table(HEAD, rows, repeat=True)
    last = page.row - 1
    drop_down(page.sheet, f"J{last - len(rows) + 1}:J{last}", ANSWERS)
    page.signatures("学校负责人（签字、盖章）：", "填表人：", "日期：")


def _exceptions(sheet: Any, faults: Sequence[Fault]) -> None:
    """Write the warnings in the form of the table of exceptions, to be completed and copied there."""
    columns = schema().table("exceptions").columns
    print_on_a4(sheet, landscape=True)
    for k, column in enumerate(columns, 1):
        put(sheet, 1, k, column.header)
        sheet.column_dimensions[sheet.cell(1, k).column_letter].width = 22
    head_row(sheet, 1)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    warnings = dict.fromkeys(_key(fault) for fault in faults if _may_be_accepted(fault))
    for i, fault in enumerate(warnings, 2):
        for k, value in enumerate(fault, 1):
            put(sheet, i, k, value, as_text=True)


def _key(fault: Fault) -> tuple[str | None, ...]:
    """Return what an exception to a warning is known by."""
    return fault.rule, fault.school_id, fault.column, judged(fault)


def _may_be_accepted(fault: Fault) -> bool:
    rule = rules().get(fault.rule)
    return (
        fault.severity == "warning"
        and rule is not None
        and rule.severity == "warning"
        and rule.group != "exception"
    )
