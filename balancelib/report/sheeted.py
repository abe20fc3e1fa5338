"""A report as a workbook, a sheet a section."""

from collections.abc import Callable
from typing import Any

from balancelib.report.blocks import Report, Section
from balancelib.sheets import new_book, packed, sheet_names


def a_sheet_a_section(report: Report, lay_out: Callable[[Any, str, Report, Section], None]) -> bytes:
    """Return a workbook; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
        Its sections' numbers are left out of the sheets' names.
    lay_out : callable
        Writes one sheet: given the workbook, the sheet's name, the report and the section.
    """
    book = new_book()
    titles = [section.title.partition("、")[2] for section in report.sections]
    for section, name in zip(report.sections, sheet_names(titles), strict=True):
        lay_out(book, name, report, section)
    return packed(book)
