"""The lesson of thirteen mistakes: what its record counts, and its figures."""

import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County
from balancelib.course.example import five_schools
from balancelib.course.mistakes import Turned, school_rule
from balancelib.figures import explore_ways, turned_bars
from balancelib.measures import cv
from balancelib.standards import load_standard

KEYS = [indicator.key for indicator in load_standard("quality-2017").indicators]


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


@pytest.fixture
def turned(county):
    return Turned(assess(county))


def test_the_rule_of_a_school():
    """Six of seven at 1, the seventh at 0.85: the cases on either side of both lines."""
    rows = [[1.0] * 7, [1.0] * 6 + [0.85], [1.0] * 6 + [0.8499], [1.0] * 5 + [0.99, 0.99], [0.5] + [9.0] * 6]
    ratios = pd.DataFrame(rows, columns=KEYS)
    assert school_rule(ratios, load_standard("quality-2017")).tolist() == [True, True, False, False, False]


def test_the_rule_is_the_librarys_own(turned):
    right = turned.right
    assert school_rule(right.ratios, right.standard).tolist() == right.sections["meets"].tolist()


def test_conclusions_are_counted_by_direction_and_added_up(turned):
    names = pd.Series(["甲", "乙", "丙", "丁"])
    right = pd.Series([True, True, False, False])
    found = turned.compare("错", pd.Series([False, True, True, False]), right, names)
    assert found.to_dict("index") == {
        "甲": {"对的": "达到", "算错以后": "未达到"},
        "丙": {"对的": "未达到", "算错以后": "达到"},
    }
    turned.compare("错", ~right, right, names)
    assert turned.table().loc["错"].tolist() == [1 + 2, 1 + 2]


def test_a_coefficient_is_compared_with_the_limit_of_its_stage(turned):
    """0.47 passes where 0.50 is the limit and not where 0.45 is; the sample's only one above is backbone teachers, primary."""
    wrong = pd.DataFrame(0.47, index=["primary", "junior"], columns=KEYS)
    found = turned.by_cv("错", wrong)
    assert turned.table().loc["错"].tolist() == [1, 7]
    assert found.index[0] == "小学县级以上骨干教师的差异系数"
    assert set(found.index[1:]) == {
        f"初中{i.short_label}的差异系数" for i in turned.right.standard.indicators
    }


def test_a_county_without_a_mistake_turns_nothing(turned, county):
    assert turned.by_county("没有错", county).empty


def test_a_unit_mistaken_in_one_school_turns_the_coefficient(turned, county):
    schools = county.schools.copy()
    schools.loc[0, "equipment_value"] *= 10_000
    found = turned.by_county("一所按元填", County(county.tables | {"schools": schools}))
    assert found.index.tolist() == ["小学教学仪器设备值的差异系数"]


def test_the_published_five_schools_as_the_lesson_prints_them():
    five = five_schools()
    books = five["图书册数"] / five["学生数"]
    assert round(cv(books, weights=five["学生数"]), 3) == 0.515
    assert round(cv(books), 3) == 0.489


def test_the_figure_says_every_number():
    passes, fails = pd.Series({"甲": 2, "乙": 0}), pd.Series({"甲": 0, "乙": 0})
    figure = turned_bars(passes, fails).figure
    assert "甲：误判为达到2个，误判为未达到0个；乙：误判为达到0个，误判为未达到0个" in figure.alternative_text
    assert {text.get_text() for text in figure.axes[0].texts} == {"2", "0"}


def test_the_explorer_rounds_and_weighs():
    """Two schools of 1 and 9 pupils with values 1 and 3: weighted 0.214, alike 0.5; 0.996 of 1 is met once rounded to two decimals."""
    values = pd.DataFrame({key: [1.0, 3.0] for key in KEYS})
    values[KEYS[0]] = [0.996, 0.996]
    values[KEYS[1]] = [0.8496, 3.0]
    explorer = explore_ways(values, pd.Series([1, 9]), dict.fromkeys(KEYS, 1.0), 0.5, KEYS)
    cell = lambda at, row: explorer.at(at).rows[row][1]  # noqa: E731
    assert cell((0, 0, 0), 2) == f"{(0.1 * 1.8**2 + 0.9 * 0.2**2) ** 0.5 / 2.8:.4f}" == "0.2143"
    assert cell((0, 1, 0), 2) == "0.5000"
    assert "2个学段部分里1个达到要求" in explorer.at((0, 0, 0)).sentence
    assert "2个学段部分里2个达到要求" in explorer.at((2, 0, 0)).sentence
