"""A county's annual plan as a document or a workbook: the board, the money, what is wrong, the milestones, the pace."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from balancelib.assess.logic import form_round
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.progress import board_sentence, load_board_rules
from balancelib.progress.annual import LATE, AnnualPlan
from balancelib.progress.board import WHY
from balancelib.progress.prices import OPERATOR
from balancelib.report.blocks import Block, Report, Section, Strong, Table, numbered, with_synthetic
from balancelib.report.content import county_name
from balancelib.report.sheeted import a_sheet_a_section
from balancelib.sheets import Entry, Page, text
from balancelib.standards import load_standard

NONE = "没有。"
WIDE = {
    "学校": 26,
    "措施": 18,
    "毛病": 44,
    "怎么办": 44,
    "为什么": 40,
    "怎样": 26,
    "照现在的步子": 30,
    "指标": 20,
    "牵头": 14,
}  # characters
NARROW, LINE = 11, 7  # characters of other columns, and columns of text sheets
FLAT = 0.0005  # of the threshold a year: rounds to nothing
LONG = 30  # rows; a longer table has its head on every page
MARKED = {"要管": "未达到", "要催": "临界", "不知道": "缺数", "超支": "未达到"}
CANNOT = (
    "目标是从今天的数和要达标的年份算出来的，不是预测：它说每年应当到哪里，不说一定到得了。",
    "“照现在的步子”是把这几年的直线往后接，最多接十年。直线不知道明年会不会有一次大投入、会不会并校，也不知道每所学校的数升是因为东西多了，还是因为学生少了。",
    "钱按今天的学生数和措施文件里的单价算。单价如果还是随程序附的，那是编课程的人假设的，要换成本县的。",
    "照现在的步子会达标的，也在里程碑和钱里：年年照常添的才会到，只跳过一次的不会。今天达标、守不住的没有里程碑，要在“照现在的步子”里盯住。",
    "每一项一所学校一所学校地补，没有问过怎样最省；校际差异系数、政府保障和教育质量的要求，也不在里面。",
    "一次建成的工程（用房、场地）整所学校放在一年，最缺的先做；土地、审批要几年，要问过再定。民办学校的钱由举办者出，写0。",
)


def annual_report(county: County, found: AnnualPlan) -> Report:
    """Say a county's annual plan.

    Parameters
    ----------
    county : County
        For its name.
    found : AnnualPlan
        Of `balancelib.progress.annual.annual_plan`.
    """
    name = county_name(county, None)
    notice = "由程序按填报的历年数据计算，供县里定计划用；单价、牵头科室以措施文件为准。"
    notice = with_synthetic(notice, name)
    sections = [
        Section("一句话", [Strong(sentence) for sentence in sentences(found)]),
        Section("看板", list(_board(found))),
        *([Section("没有到的学校", [_listed(_off(found.off), "没有到的是哪几所；“该到”和“今年”，教师和教室按每百名学生，其余按生均")])] if found.off is not None else []),
        Section("每年的钱", [Table(_years(found), "每年要的钱（万元）"), _listed(_offices(found), "各科室每年要的钱（万元）")]),
        Section("计划的毛病", [_listed(_faults(found), "要先改的毛病")]),
        Section("里程碑", [_listed(_milestones(found), "哪一天以前、哪所学校、添什么、谁牵头；“到”是到那时指标的数：教师和教室按每百名学生，其余按生均")]),
        Section("照现在的步子", [_listed(_pace(found), "低于标准的，和今天达标但守不住的；“近四年”是一年升降几个百分点；“—”是十年里没有，或者说不准")]),
        Section("这份计划说不了什么", list(CANNOT)),
    ]  # fmt: skip
    return numbered(Report(f"{name}义务教育优质均衡年度计划（到{found.orders.until}年）", notice, sections))


def sentences(found: AnnualPlan) -> list[str]:
    """Say in a few sentences where the county stands, what comes by itself and what the plan takes."""
    counts = found.counts
    slipping = LATE["slipping"]
    below = sum(n for words, n in counts.items() if words != slipping)
    listed = "，".join(f"{words}{n}处" for words, n in counts.items() if n and words != slipping)
    said = [
        f"{found.plan.start}年低于标准{below}处（一处是一所学校一个学段的一项指标）{f'。照现在的步子：{listed}' if listed else ''}。"
    ]
    until = found.orders.until
    if in_time := counts[LATE["in_time"].format(until=until)]:
        said.append(f"到{until}年会达标的{in_time}处里，最晚也不过{until}年的{found.surely}处。")
    if found.jumped:
        said.append(f"会达标的里，有{found.jumped}处近四年其实在往下走：先看是不是只跳过一次。")
    if counts[slipping]:
        said.append(f"{slipping}的还有{counts[slipping]}处，其中{found.soon}处到{until}年就低于标准。")
    said.append(_total(found))
    if found.board is not None:
        said.append(board_sentence(found.board, found.before))
    return said


def _total(found: AnnualPlan) -> str:
    """Say what the plan takes, and what is not in the money."""
    milestones, money = found.plan.milestones, found.plan.by_year
    if milestones.empty:
        return "没有一处低于标准，没有要添的。"
    total = "有的里程碑没有单价，钱算不全" if money.isna().any() else f"一共要{money.sum():.0f}万元"
    private = int((milestones["owner"] == OPERATOR).sum())
    apart = f"，民办学校的{private}个由举办者出钱，不在里面" if private else ""
    return f"到{found.orders.until}年全部达标，{len(milestones)}个里程碑，{total}{apart}。"


def _board(found: AnnualPlan) -> Iterator[Block]:
    if found.board is None:
        yield "没有说从哪一年起有计划，今年该到哪里就没有依据，看板不画。用--since写明上一个计划是从哪一年的数定的。"
        return
    lights, names = load_board_rules().lights, _labels()
    rows = [
        {"指标": names[row["indicator"]], "学段": schema().stages[row["stage"]],
         "看": f"{lights[row['colour']].sign}{lights[row['colour']].word}", "低于标准": row["below"], "去年": row["before"],
         "有目标的": row["due"], "没有到的": row["off"], "为什么": row["because"]}
        for _, row in found.board.iterrows()
    ]  # fmt: skip
    yield Table(_indexed(rows), f"{found.plan.start}年的看板，按{found.orders.since}年的数定的计划")


def _off(off: pd.DataFrame) -> pd.DataFrame:
    numbers = {"该到": off["target"], "今年": off["value"]}
    table = pd.DataFrame({
        "学校": off["name"], "学段": off["stage"].map(schema().stages), "指标": off["indicator"].map(_labels()),
        **{name: column.map(lambda x: _number(x, 2)) for name, column in numbers.items()}, "怎样": off["why"].map(WHY),
    })  # fmt: skip
    return table.set_index("指标").sort_index(
        kind="stable", key=lambda x: x.map(list(_labels().values()).index)
    )


def _years(found: AnnualPlan) -> pd.DataFrame:
    money, counts = found.plan.by_year, found.plan.milestones["year"].value_counts()
    over = set(found.faults.loc[found.faults["kind"] == "超支", "where"])
    rows = [
        {"年": str(year), "里程碑": int(counts.get(year, 0)), "要": _number(amount), "够不够": "不知道" if pd.isna(amount) else "超支" if f"{year}年" in over else "够"}
        for year, amount in money.items()
    ]  # fmt: skip
    return _indexed(rows, ["年", "里程碑", "要", "够不够"])


def _offices(found: AnnualPlan) -> pd.DataFrame:
    money = found.plan.money.assign(owner=lambda x: x["owner"].fillna("没有牵头"))
    sums = money.groupby(["owner", "year"])["money"].agg(
        lambda x: x.sum(skipna=False)
    )  # a price not known is no 0
    wide = sums.unstack().reindex(money["owner"].unique())
    return wide.map(_number).rename(columns=str).rename_axis(index="牵头", columns=None)


def _faults(found: AnnualPlan) -> pd.DataFrame:
    names = {"kind": "哪一种", "where": "哪里", "fault": "毛病", "todo": "怎么办"}
    return found.faults.rename(columns=names).set_index("哪一种")


def _milestones(found: AnnualPlan) -> pd.DataFrame:
    names, rows = _labels(), found.plan.milestones
    table = pd.DataFrame({
        "期限": rows["due"].astype(str), "学校": rows["name"], "学段": rows["stage"].map(schema().stages), "指标": rows["indicator"].map(names),
        "到": rows["target"].map(lambda x: _number(x, 2)), "措施": rows["measure"].fillna("没有写"), "牵头": rows["owner"].fillna("没有写"),
        "添": [f"{_number(n)}{unit}" for n, unit in zip(rows["add"], rows["unit"].fillna(""), strict=True)],
        "一次（万元）": rows["once"].map(_number), "每年（万元）": rows["yearly"].map(_number),
    })  # fmt: skip
    return table.set_index("期限")


def _pace(found: AnnualPlan) -> pd.DataFrame:
    names = _labels()
    rows = found.holding[found.holding["kind"] != ""]
    words = {kind: said.format(until=found.orders.until) for kind, said in LATE.items()}
    table = pd.DataFrame({
        "学校": rows["name"], "学段": rows["stage"].map(schema().stages), "指标": rows["indicator"].map(names),
        "今天": [f"{_number(100 * ratio)}%" for ratio in rows["ratio"]], "近四年": [_way(slope) for slope in rows["recent"]], "照现在的步子": rows["kind"].map(words),
        "哪一年": rows["expected"].astype("string").fillna("—"), "最早": rows["earliest"].astype("string").fillna("—"),
        "最晚": rows["latest"].astype("string").fillna("—"),
    })  # fmt: skip
    return table.set_index("学校")


def _way(slope: float) -> str:
    """Say whether it went up or down in the last years, in points of % a year."""
    if pd.isna(slope):
        return "—"
    return "没有动" if abs(slope) < FLAT else f"{'升' if slope > 0 else '降'}{_number(100 * abs(slope))}"


def _labels() -> dict[str, str]:
    return {indicator.key: indicator.short_label for indicator in load_standard("quality-2017").indicators}


def _number(value: float, decimals: int = 1) -> str:
    return "—" if pd.isna(value) else f"{float(form_round(value, decimals)):.{decimals}f}".removesuffix(".0")


def _indexed(rows: list[dict[str, Any]], columns: list[str] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_index(frame.columns[0])


def _listed(frame: pd.DataFrame, caption: str) -> Block:
    return Table(frame, caption) if len(frame) else NONE


def annual_workbook(report: Report) -> bytes:
    """Return the same as a workbook, a sheet a section; the same bytes each time."""
    return a_sheet_a_section(report, _sheet)


def _sheet(book: Any, name: str, report: Report, section: Section) -> None:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    heads = max((table.texts[0] for table in tables), key=len, default=[""] * LINE)
    page = Page(book, name, [WIDE.get(head, NARROW) for head in heads], landscape=bool(tables))
    page.title(report.title)
    page.note(report.notice)
    for block in section.blocks:
        _block(page, block)


def _block(page: Page, block: Block) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  only a workbook needs it

    if not isinstance(block, Table):
        page.note(block.text if isinstance(block, Strong) else str(block))
        return
    page.heading(f"{block.label}　{block.caption}")
    head, *rows = block.texts
    spans = [1] * len(head)
    long = len(rows) > LONG
    page.table(head, [list(_cells(row, block.numeric)) for row in rows], spans=spans, repeat=long)
    if long:  # so that an office sees its own rows
        page.sheet.auto_filter.ref = (
            f"A{page.row - len(rows) - 1}:{get_column_letter(len(head))}{page.row - 1}"
        )
    page.gap()


def _cells(row: Iterable[str], numeric: list[bool]) -> Iterator[Entry]:
    """Write numbers as numbers, so that they can be added up; what must not be missed in its look."""
    for cell, counts in zip(row, numeric, strict=True):
        mark = next(
            (style for word, style in MARKED.items() if word in cell and len(cell) <= len(word) + 1), ""
        )
        if counts and cell.replace(".", "", 1).isdigit():
            number = float(cell) if "." in cell else int(cell)
            yield Entry(number)
        else:
            yield Entry(cell, mark) if mark else text(cell)
