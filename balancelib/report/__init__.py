"""The report on a county: what it says, and the files that it can be written as."""

from balancelib.report.blocks import Heading, Picture, Report, Section, Table
from balancelib.report.content import (
    make_report,
    parts_section,
    resources_section,
    schools_section,
    verdict_section,
)  # fmt: skip
from balancelib.report.files import DOCUMENTS, FORMATS, Material
from balancelib.report.html import section_html

__all__ = [
    "DOCUMENTS", "FORMATS", "Heading", "Material", "Picture", "Report", "Section", "Table", "make_report",
    "parts_section", "resources_section", "schools_section", "section_html", "verdict_section",
]  # fmt: skip
