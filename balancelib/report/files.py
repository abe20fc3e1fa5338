"""The files that a report can be written as, by the end of their name."""

from collections.abc import Callable

from balancelib.report.content import Report
from balancelib.report.html import report_html

FORMATS: dict[str, Callable[[Report], bytes]] = {".html": report_html}


def render(report: Report, suffix: str = ".html") -> bytes:
    """Write a report in one of `FORMATS`; the same report gives the same bytes."""
    return FORMATS[suffix](report)
