"""One plan a school (一校一案): what it lacks, in people, square metres, money and rooms, and what is left to the school to fill in."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.report.forms.case import FAR_BELOW, NOT_ASKED, Case, number, stage_label, verdict
from balancelib.report.forms.lacks import MUST, Lack, lacks
from balancelib.resources import UNIT_COSTS
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, sheet_names, text

SUMMARY = "汇总"
ASSUMED = "费用按示例单价估算，只算一种补法：示例单价是编程序的人假设的，没有官方出处，县里必须换成自己的造价、采购价和工资；每年都要付的按3年算。"
PARTIAL = "费用只算资源配置的差距；“（不全）”：有的项目没有单价，没有算进去。"
NEEDED = "“必须”：不补就达不到，低于底线的至少补到底线；“选补”：几项里补够上面说的项数就达到；“可以”：学段部分已经达到，这一项还差一点。"
HEAD = [
    "序号", "缺什么", "学段", "现在", "应当", "单位", "补到标准还差", "补到底线还差", "估算费用（元）", "轻重", "建议措施（可改）", "责任岗位",
    "完成时限", "完成情况",
]  # fmt: skip
WIDTHS = (5, 18, 8, 17, 16, 8, 10, 10, 11, 7, 26, 10, 11, 11)


def school_plans(county: County, assessment: Assessment, deadline: date | str | None = None) -> bytes:
    """Draw up a plan for every school that lacks something.

    Parameters
    ----------
    county : County
        As read; of several counties the one that the assessment is about is taken.
    assessment : Assessment
    deadline : date or str, optional
        Stands as the deadline of everything; left open where none is given.

    Returns
    -------
    bytes
        A workbook: the county's sums and its schools, then a sheet a school. Gaps are in whole units, to the threshold and to the floor;
        costs at the assumed prices of `balancelib.resources.UNIT_COSTS`.
    """
    case, book = Case.of(county, assessment), new_book()
    found, problem = lacks(case)
    names = dict(zip(found, sheet_names([own[0].school for own in found.values()], [SUMMARY]), strict=True))
    _summary(book, case, found, names, problem)
    for school_id, own in found.items():
        _sheet(book, case, names[school_id], own, deadline)
    return packed(book)


def _summary(
    book: Any, case: Case, found: dict[str, list[Lack]], names: dict[str, str], problem: str
) -> None:
    indicators = case.assessment.standard.indicators
    page = Page(book, SUMMARY, (6, 30, *[13] * len(indicators), 12, 16), landscape=True)
    page.title("一校一案汇总")
    page.note(f"{case.name}　　{case.label}　　{len(found)}所学校缺东西，各有一张表")
    for line in filter(None, (case.notice, problem and f"资源差距算不出：{problem}")):
        page.note(line)
    if not found:
        page.note("没有查出缺什么的学校。" if not problem else "补齐以后再做一次。")
        return
    everything = [lack for own in found.values() for lack in own]
    units = {lack.key: f"\n（{lack.unit}）" for lack in everything}
    heads = [f"{i.short_label}{units.get(i.key, '')}" for i in indicators]
    keys = [i.key for i in indicators]
    rows = [
        [None, Entry("全县合计：补到标准", "表头"), *_amounts(everything, keys), *_others(everything)],
        [
            None,
            Entry("全县合计：补到底线", "表头"),
            *_amounts(everything, keys, "to_floor"),
            NOT_ASKED,
            NOT_ASKED,
        ],
    ]
    for k, (school_id, own) in enumerate(found.items(), 1):
        link = Entry(own[0].school, "文字", link=names[school_id])
        rows.append([k, link, *_amounts(own, keys), *_others(own)])
    page.table(
        ["序号", "学校（点名字打开）", *heads, "其他项目\n（项）", "估算费用\n（元）"], rows, repeat=True
    )
    page.note(f"多学段学校不分学段登记的东西按全校算，够了各学段都够；教师按学段加起来。{ASSUMED}{PARTIAL}")
    page.gap()
    page.heading("示例单价")
    page.table(["序号", "措施", "单位", "一次性（元）", "每年（元）"], _prices(), (1, 1, 1, 1, 1))


def _amounts(own: Iterable[Lack], keys: Sequence[str], which: str = "to_standard") -> list[Entry]:
    """How much is lacking of each indicator."""
    sums = dict.fromkeys(keys, 0.0)
    for lack in own:
        if lack.key:
            sums[lack.key] += getattr(lack, which)
    return [_amount(amount) if amount else NOT_ASKED for amount in sums.values()]


def _others(own: Iterable[Lack]) -> list[Entry]:
    """How many items are not met, and the cost of the gaps; it says where some have no price."""
    items = sum(not lack.key for lack in own)
    costs = [lack.cost for lack in own if lack.key]
    known = [cost for cost in costs if cost is not None]
    cost = number(sum(known), sign="" if len(known) == len(costs) else "（不全）") if known else NOT_ASKED
    return [number(items) if items else NOT_ASKED, cost]


def _amount(value: float | None) -> Entry:
    return NOT_ASKED if value is None else number(value, 0 if float(value).is_integer() else 2)


def _prices() -> Iterator[list[Any]]:
    for k, action in enumerate((a for a in UNIT_COSTS if not a.moves), 1):
        unit = action.unit if action.size == 1 else f"{action.size:g}{action.unit}"
        yield [k, text(action.label), unit, number(action.once), number(action.yearly)]


def _sheet(book: Any, case: Case, name: str, own: list[Lack], deadline: date | str | None) -> None:
    page = Page(book, name, WIDTHS, landscape=True)
    page.title(f"{own[0].school}达标方案（一校一案）")
    page.note(f"{case.name}　　{case.label}")
    for line in _said_of(case, own[0].school_id):
        page.note(line)
    page.table(HEAD, [_row(k, lack, deadline) for k, lack in enumerate(own, 1)], repeat=True)
    page.gap()
    for line in (NEEDED, ASSUMED, case.notice):
        page.note(line)
    page.signatures("校长（签字）：", "县教育部门审核（签字）：", "学校（盖章）　　年　月　日")


def _said_of(case: Case, school_id: str) -> Iterator[str]:
    """What each section of the school must at least do."""
    one, rule = case.assessment, case.assessment.standard.school_rule
    for i in case.sections.get(school_id, []) if one.ratios is not None else ():
        section = one.sections.iloc[i]
        low = [k.short_label for k in one.standard.indicators if case.sign(i, k.key) == FAR_BELOW]
        n = sum(bool(k.thresholds) for k in one.standard.indicators)
        said = f"{stage_label(section['stage'])}部分：{n}项指标达标{section['met']}项，{verdict(section['meets']).value}。"
        if more := max(rule.met_at_least - section["met"], 0):
            said += f"至少还要把{more}项补到标准。"
        if low:
            said += f"必须补到标准的{100 * rule.floor:g}%以上：{'、'.join(low)}。"
        yield said


def _row(k: int, lack: Lack, deadline: date | str | None) -> list[Any]:
    return [
        k, text(lack.what), lack.stages, Entry(lack.now), Entry(lack.asked), lack.unit, _amount(lack.to_standard), _amount(lack.to_floor),
        NOT_ASKED if lack.cost is None else number(lack.cost), Entry(lack.degree, "未达到" if lack.degree == MUST else "居中"),
        Entry(lack.measure, "待填"), blank_to_fill(), due(deadline), blank_to_fill(),
    ]  # fmt: skip


def due(deadline: date | str | None) -> Entry:
    """The deadline, or an open cell."""
    return blank_to_fill() if deadline in (None, "") else Entry(str(deadline), "待填")
