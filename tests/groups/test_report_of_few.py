"""The self-assessment report quotes nothing of tables of few children: a warning would bring a count into it."""

from dataclasses import replace

import pytest
from samples import short_county

from balancelib.assess import assess
from balancelib.county import Fault
from balancelib.county.schema import schema
from balancelib.report.content import FEW_CHILDREN, make_report


def said(county):
    report = make_report(county, assess(county))
    return "\n".join(
        str(block.frame.to_numpy().tolist()) if hasattr(block, "frame") else str(block)
        for section in report.sections
        for block in section.blocks
    )


@pytest.mark.parametrize("sheet", ["残疾儿童安置", "disabled_children.csv", "各类学生", "cohorts.csv"])
def test_a_warning_about_few_children_is_counted_only(sheet):
    county = short_county()
    odd = Fault(sheet, "比上一年少7391人", "请核实", value="3", severity="warning", rule="x")
    other = Fault("schools.csv", "比上一年少4207平方米", "请核实", severity="warning", rule="x")
    told = said(replace(county, warnings=[odd, other]))
    assert "4207" in told
    assert "7391" not in told
    assert "特殊群体儿童的表里还有1处提醒" in told


def test_tables_of_few_children_are_there():
    assert {table.name for table in schema().tables} >= set(FEW_CHILDREN)
