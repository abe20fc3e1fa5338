"""The official tables of an application (申报表), Ⅰ to Ⅵ and the vetoes, as one workbook."""

from typing import Any

from balancelib.assess import Assessment, conclusion
from balancelib.county import County
from balancelib.report.forms import resource_tables
from balancelib.report.forms.basics import WIDTHS, basics
from balancelib.report.forms.case import LEGEND, ROUNDED, Case, page_of, present_stages
from balancelib.report.forms.items import items_table, survey
from balancelib.sheets import Entry, Page, blank_to_fill, new_book, packed, text

ORDINALS = "ⅠⅡⅢⅣⅤⅥⅦ"
BESIDE = ("government", "quality", "recognition")  # the parts with a table of their own, in the form's order
FIRST = ("veto", "precondition")


def forms_workbook(county: County, assessment: Assessment) -> bytes:
    """Fill the official tables of an application.

    Parameters
    ----------
    county : County
        As read; of several counties the one that the assessment is about is taken.
    assessment : Assessment

    Returns
    -------
    bytes
        A workbook: Ⅰ basics of the county; Ⅱ-1 sections that meet each indicator; Ⅱ-2 section by section; Ⅲ means and coefficients of
        variation; a table for each further part; the vetoes and preconditions. School values and means have 2 decimals, coefficients
        3, percentages 1, as the standard's file says; the cells hold the rounded numbers.

    Notes
    -----
    The order and the contents follow public transcriptions of counties' applications under 教督〔2017〕6号 and 教督〔2012〕3号; the
    ministry's blank form was not at hand. basic-2012 has no national thresholds: without a provincial standard Ⅱ-1 and the verdicts of Ⅱ-2
    are not filled, and Ⅲ tests the composite coefficient.
    """
    case, book = Case.of(county, assessment), new_book()
    _cover(book, case)
    _first(book, case)
    resource_tables.met_counts(book, case)
    for stage in present_stages(assessment):
        resource_tables.section_values(book, case, stage)
    resource_tables.coefficients(book, case)
    present = [name for name in BESIDE if assessment.parts.get(name)]
    for k, name in enumerate(present, 3):
        _part(book, case, name, ORDINALS[k])
    _decisive(book, case)
    return packed(book)


def _cover(book: Any, case: Case) -> None:
    page = Page(book, "封面", (22, 30, 22, 30), landscape=True)
    page.title(f"{case.label}督导评估申报表")
    provinces = "、".join(case.county.schools["province"].dropna().unique())
    to_fill = ("填报单位（盖章）", "单位负责人（签字）", "填表人（签字）", "填表日期")
    cells = [Entry("县（市、区）", "表头"), Entry(case.name), Entry("省份", "表头"), Entry(provinces or None)]
    cells += [cell for label in to_fill for cell in (Entry(label, "表头"), blank_to_fill())]
    page.table([], [cells[k : k + 4] for k in range(0, len(cells), 4)])
    page.gap()
    page.heading("结论")
    *before, result = conclusion(case.assessment)
    page.table([], [[text(line)] for line in (*before, result)], spans=(4,))
    page.gap()
    page.heading("填表说明")
    for line in (case.notice, LEGEND, ROUNDED, _about(case)):
        page.note(line)


def _about(case: Case) -> str:
    about = "表的顺序和栏目按公开的各县申报表整理，没有见到教育部的空白原表；上报时以当年的通知为准。"
    if case.assessment.ratios is None:
        about += "没有用省定办学基本标准：表Ⅱ-1不填，表Ⅱ-2只列数、不判定。"
    return about


def _first(book: Any, case: Case) -> None:
    basics(page_of(book, case, "Ⅰ县域基本情况", "表Ⅰ　县域基本情况", WIDTHS, landscape=False), case)


def _part(book: Any, case: Case, name: str, ordinal: str) -> None:
    part = case.assessment.parts[name]
    page = page_of(
        book, case, f"{ordinal}{part.title}", f"表{ordinal}　{part.title}", (6, 40, 22, 16, 14, 44, 12, 30)
    )
    if name == "recognition":
        survey(page, case)
    items_table(page, case, name)


def _decisive(book: Any, case: Case) -> None:
    """The vetoes and the preconditions, which the form asks beside its tables."""
    present = [name for name in FIRST if case.assessment.parts.get(name)]
    if not present:
        return
    title = "、".join(case.assessment.parts[name].title for name in present)
    page = page_of(book, case, "附 " + title, f"附表　{title}", (6, 40, 22, 16, 14, 44, 12, 30))
    for name in present:
        page.heading(case.assessment.parts[name].title)
        items_table(page, case, name)
        page.gap()
