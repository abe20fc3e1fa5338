"""One county's case: what all the forms are filled from, and the cells that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment
from balancelib.assess.logic import form_round, reaches, words_of
from balancelib.assess.parts import FormRounding
from balancelib.assess.school_tests import SchoolResult, SchoolTests
from balancelib.county import County
from balancelib.county.indicators import compulsory_schools
from balancelib.county.schema import STAGES, schema
from balancelib.county.select import county_values, only
from balancelib.report.blocks import with_synthetic
from balancelib.report.content import county_name
from balancelib.sheets import Entry, Page, sheet_names
from balancelib.standards import Indicator, Item
from balancelib.standards.model import PARTS

MISSING = Entry("缺数", "缺数")
NOT_ASKED = Entry("—")
BELOW, FAR_BELOW = "▼", "▼▼"
EDGE = "缺数：没有填，不当作0。临界：按表上的小数位四舍五入以后，结论会变。"
LEGEND = f"底色加“{BELOW}”：没有达到标准；“{FAR_BELOW}”：低于底线。{EDGE}"
ROUNDED = "表里的数已经四舍五入；是否达到，用的是没有四舍五入的数。"
MADE = "由balancelib按填报的数据计算，供自评使用；正式结论以督导部门的认定为准。"


@dataclass(frozen=True)
class Case:
    """A county, its verdict, and what the forms need of both."""

    county: County
    assessment: Assessment

    @classmethod
    def of(cls, county: County, assessment: Assessment) -> "Case":
        """Take the county that the assessment is about out of a file that may hold several."""
        return cls(only(county, assessment.county_id), assessment)

    @property
    def name(self) -> str:
        """The county's name, or its code, or nothing."""
        return county_name(self.county, self.assessment.county_id)

    @property
    def label(self) -> str:
        """What the standard is called."""
        return self.assessment.standard.label

    @property
    def notice(self) -> str:
        """What must be known before the numbers are used."""
        return with_synthetic(MADE, self.name)

    @cached_property
    def values(self) -> dict[str, float]:
        """The items of the county that were filled in."""
        return county_values(self.county)

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Schools with pupils of compulsory education, with their other items."""
        return compulsory_schools(self.county)

    @cached_property
    def sections(self) -> dict[str, list[int]]:
        """The rows of the assessment's sections, by school."""
        return self.assessment.sections.groupby("school_id").indices

    @cached_property
    def floor(self) -> float:
        """The share of a threshold that no indicator may be below; 0 where the standard has none."""
        rule = self.assessment.standard.school_rule
        return rule.floor if rule else 0.0

    def value(self, i: int, indicator: Indicator) -> Entry:
        """A section's value of an indicator, rounded, shaded where it is below its threshold."""
        decimals = self.assessment.standard.value_decimals
        value = self.assessment.values[indicator.key].iloc[i]
        if np.isnan(value):
            return MISSING
        rounded = float(form_round(value, decimals))
        sign = self.sign(i, indicator.key)
        return Entry(rounded, "未达到" if sign else "居中", decimals, sign)

    def sign(self, i: int, key: str) -> str:
        """The sign of a section's indicator: below its threshold, below the floor, or none."""
        ratios = self.assessment.ratios
        if ratios is None or np.isnan(ratio := ratios[key].iloc[i]) or reaches(ratio, 1.0):
            return ""
        return BELOW if reaches(ratio, self.floor) else FAR_BELOW

    @cached_property
    def _tests(self) -> SchoolTests:
        standard = self.assessment.standard
        asked = [getattr(standard, name) for name in PARTS]
        rounding = FormRounding(standard.ratio_decimals, applied=False)
        return SchoolTests(self.schools, asked, self.assessment.relaxations, rounding)

    def asked_of(self, row: int) -> Iterator[tuple[str, Item, SchoolResult]]:
        """What the parts beside the resources ask of one school, by its row: the part's title, the item, the result."""
        standard = self.assessment.standard
        for part in filter(None, (getattr(standard, name) for name in PARTS)):
            for item in part.items:
                for test in item.tests:
                    if (test.each_school or test.rooms) and (result := self._tests.of_school(test, row)):
                        yield part.title, item, result


def verdict(meets: bool | None, part: str = "") -> Entry:
    """A verdict in words, shaded where it is not met, grey where it is not known."""
    style = {True: "居中", False: "未达到", None: "缺数"}[meets]
    return Entry(words_of(part)[meets], style)


def number(value: float | None, decimals: int = 0, sign: str = "") -> Entry:
    """A number rounded as the forms have it; 缺数 where there is none."""
    if value is None or np.isnan(value):
        return MISSING
    return Entry(
        float(form_round(value, decimals)) if decimals else int(form_round(value, 0)), "居中", decimals, sign
    )


def stage_label(stage: str) -> str:
    """A stage in Chinese."""
    return schema().stages[stage]


def present_stages(assessment: Assessment) -> list[str]:
    """The stages that have sections."""
    return [stage for stage in STAGES if assessment.stages[stage].sections]


def page_of(
    book: Any, case: Case, name: str, title: str, widths: Sequence[float], landscape: bool = True
) -> Page:
    """Begin a sheet of a form: its title, the county and the standard."""
    page = Page(book, *sheet_names([name], book.sheetnames), widths, landscape)
    page.title(title)
    page.note(f"{case.name}　　{case.label}")
    return page
