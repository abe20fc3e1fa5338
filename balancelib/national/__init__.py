"""Many counties at once, on any engine: pandas, Polars, pyarrow, DuckDB, PySpark; a lazy table in, a lazy table out."""

from balancelib.national.sections import indicators, stage_sections
from balancelib.national.verdicts import counties, county_stages, section_verdicts

__all__ = ["counties", "county_stages", "indicators", "section_verdicts", "stage_sections"]
