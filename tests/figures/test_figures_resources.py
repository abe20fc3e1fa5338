"""Figures of pupils and of digital resources: what is drawn, and what a reader hears who cannot see it."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import (
    coverage_bars,
    explore_classes,
    pupils_ahead,
    seats_within_reach,
    sections_ahead,
)
from balancelib.resources import ITEMS, Ahead, extend_births, forecast_pupils, rooms_ahead

YEARS = range(2018, 2026)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def enrolment():
    """Two schools, always 100 and 40 pupils a grade."""
    return pd.DataFrame(
        {"school_id": ["a"] * 8 + ["b"] * 8, "year": [*YEARS] * 2}
        | {f"grade{g}": [100] * 8 + [40] * 8 for g in range(1, 10)}
    )


@pytest.fixture
def births():
    return pd.DataFrame({"year": range(2011, 2026), "births": [140] * 15})


def heard(axes):
    return np.atleast_1d(axes)[0].figure.alternative_text


def test_pupils_are_drawn_and_said(enrolment, births):
    axes = pupils_ahead(forecast_pupils(enrolment, extend_births(births, 2029, "hold")))
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert lines["小学，已有"].get_ydata().tolist() == [840] * 8
    assert lines["初中，预测"].get_ydata().tolist() == pytest.approx([420] * 11)  # from the last year known
    assert "小学2025年840人，预测2035年840人，90%区间840到840人" in heard(axes)
    assert "2032年起入学的孩子还没有出生" in heard(axes)
    assert axes.get_ylabel() == "学生数（人）"


def test_known_and_forecast_differ_without_colour(enrolment, births):
    lines = pupils_ahead(forecast_pupils(enrolment, births, 2031)).get_lines()
    assert (
        len({(line.get_linestyle(), line.get_marker(), line.get_fillstyle()) for line in lines})
        == len(lines)
        == 4
    )
    plt.close()


def test_nothing_is_said_of_the_unborn_where_all_are_born(enrolment, births):
    assert "没有出生" not in heard(pupils_ahead(forecast_pupils(enrolment, births, 2031)))


def test_sections_are_counted_and_said():
    index = pd.MultiIndex.from_product([[2025, 2026], ["primary", "junior"]], names=["year", "stage"])
    sections = pd.DataFrame({"sections": [40, 19, 38, 19], "meeting": [10, 8, 30, 0]}, index)
    axes = sections_ahead(Ahead(sections, pd.DataFrame()))
    assert [text.get_text() for text in axes[1].texts] == ["8", "0"]
    assert [round(bar.get_height()) for bar in axes[0].patches] == [40, 38, 10, 30]
    assert heard(axes).endswith("小学：2025年10/40，2026年30/38；初中：2025年8/19，2026年0/19。")


def test_explorer_answers_every_position(enrolment, births):
    """140 a grade in two schools: 3 + 1 classes a primary grade at 45, 2 + 1 a junior one at 50; 30 rooms, 26 in `a`."""
    rooms = partial(rooms_ahead, enrolment, births, pd.Series({"a": 26, "b": 4}))
    explorer = explore_classes(lambda change, limits: rooms(limits, change))
    states = explorer.all_states()
    assert len(states) == 5 * 4 * 10
    # 2031, births at any change: all who are in school then were born by 2025.
    words = [control.words for control in explorer.controls.values()]
    at = [explorer.at([change, 0, words[2].index("2031年")]) for change in range(5)]
    assert len({answer.sentence for answer in at}) == 1
    # a: 6 × 3 + 3 × 2 = 24 of 26 rooms; b: 9 of 4.
    assert at[0].sentence == "2031年：学生1,260人，要33个班；1所学校一共缺5间教室，1所学校空2间。"
    assert at[0].rows[1] == ["2031年", "1,260", "33", "30", "5", "2"]
    assert "竖线是教室30间" in at[0].alternative_text


def test_explorer_says_so_when_nobody_lacks_a_room(enrolment, births):
    rooms = partial(rooms_ahead, enrolment, births, pd.Series({"a": 99, "b": 99}))
    assert (
        "没有学校缺教室" in explore_classes(lambda change, limits: rooms(limits, change)).beginning.sentence
    )


def test_coverage_is_marked_below_its_target():
    areas = pd.DataFrame(
        {"schools": [1, 2], "pupils": [10, 20]} | {key: [9.0, 50.0] for key in ITEMS},
        index=["urban", "rural"],
    )
    axes = coverage_bars(areas, {"terminals": 10, "platform": 5}, ITEMS)
    assert len(axes) == len(ITEMS)
    colours = [bar.get_facecolor() for bar in axes[0].patches]
    assert colours[0] != colours[1]
    assert len({bar.get_facecolor() for bar in axes[3].patches}) == 1
    assert "每百名学生的终端数（台）。城区9.0，乡村50.0；竖线是目标10台。" in heard(axes)
    assert not axes[1].get_lines()


def test_seats_are_drawn_and_who_reaches_nothing_is_said():
    access = pd.DataFrame(
        {"pupils": [100.0, 300.0, 50.0], "seats": [5.0, 0.0, 0.0], "km": [4.0, 12.0, np.inf]}
    )
    axes = seats_within_reach(access, within=10)
    reached, nothing = axes.collections
    assert reached.get_offsets().tolist() == [[4, 5]]
    assert nothing.get_offsets()[0].tolist() == [12, 0]
    assert nothing.get_offsets()[1][0] > 12
    assert "1所够得着开放的机位，每百名学生5.0到5.0个机位；2所够不着，一共350名学生" in heard(axes)


def test_schools_without_any_road_stand_at_the_edge():
    access = pd.DataFrame({"pupils": [100.0, 300.0], "seats": 0.0, "km": np.inf})
    _, nothing = seats_within_reach(access, within=10).collections
    assert (nothing.get_offsets()[:, 0] > 10).all()


def test_coverage_that_is_not_known_is_said_and_what_is_on_its_target_meets_it():
    areas = pd.DataFrame({item: [np.nan, np.nextafter(10, 0)] for item in ITEMS}, index=["urban", "rural"])
    axes = coverage_bars(areas, {"terminals": 10}, ITEMS)
    assert "每百名学生的终端数（台）。城区缺数，乡村10.0；竖线是目标10台。" in heard(axes)
    assert len({bar.get_facecolor() for bar in axes[0].patches}) == 1
