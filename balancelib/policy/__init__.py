"""Module 一, 政策背景与核心理念: whose the gaps are, and who mends them."""

from balancelib.policy.levels import shortages_by_level, whose_to_mend
from balancelib.policy.responsibility import WHOSE, county_verdicts, judge_counties, narrow_gaps

__all__ = ["WHOSE", "county_verdicts", "judge_counties", "narrow_gaps", "shortages_by_level", "whose_to_mend"]
