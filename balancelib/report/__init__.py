"""The report on a county: what it says, and the files that it can be written as."""

from balancelib.report.content import (
    Picture,
    Report,
    Section,
    Table,
    make_report,
    parts_section,
    resources_section,
    schools_section,
    verdict_section,
)  # fmt: skip
from balancelib.report.files import FORMATS, render
from balancelib.report.html import section_html

__all__ = [
    "FORMATS", "Picture", "Report", "Section", "Table", "make_report", "parts_section", "render", "resources_section",
    "schools_section", "section_html", "verdict_section",
]  # fmt: skip
