"""Many counties at once, on any engine: pandas, Polars, pyarrow, DuckDB, PySpark; a lazy table in, a lazy table out."""

from balancelib.national.pupils import county_results, school_results, school_sums
from balancelib.national.sections import indicators, stage_sections
from balancelib.national.spread import decompose, summarise
from balancelib.national.verdicts import counties, county_stages, section_verdicts

__all__ = [
    "counties", "county_results", "county_stages", "decompose", "indicators", "school_results", "school_sums", "section_verdicts",
    "stage_sections", "summarise",
]  # fmt: skip
