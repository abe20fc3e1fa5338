"""What a lesson shows beside its matter: a table and a sentence, or a plain word and no table."""

import re

import pytest
from samples import sample_county

from balancelib.county import County
from balancelib.progress import (
    by_method,
    came_back,
    event_study,
    peer_outcomes,
    placebo_programme,
    placebo_year,
    placebo_year_said,
    programme_panel,
    rebound_aside,
)
from balancelib.progress.asides import GO_ON

ASIDES = {
    "rebound": (lambda county: rebound_aside(county, "reading"), "比不了：2022年开始做“晨读”的有2所学校"),
    "placebo": (
        lambda county: placebo_programme(county, "reading", without=["mentoring"]),
        r"看“晨读”有没有用，至少要3所.*现在2所",
    ),
}


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def test_a_rebound_is_shown_with_its_intervals(county):
    found, back = rebound_aside(county, "reading"), came_back(county, "reading")
    assert found.table.equals(back.table)
    for one in back.more.values():
        assert f"{abs(one.value):.1f}分" in found.said
        assert f"{abs(one.high):.1f}）" in found.said


def test_what_each_way_says_of_another_programme_is_shown(county):
    found = placebo_programme(county, "reading", without=["mentoring"])
    panel = programme_panel(county, "reading", without=["mentoring"])
    assert found.table["value"].to_dict() == {way: one.value for way, one in by_method(panel).items()}
    dip = event_study(panel, clean=True).at[-1, "value"]
    assert found.said == f"参加晨读的7个，前一年比再以前低{-dip:.1f}分"


@pytest.mark.parametrize("name", ASIDES)
def test_too_few_that_joined_are_said_and_nothing_is_shown(name):
    """Twenty schools, of which two read in the morning."""
    ask, why = ASIDES[name]
    found = ask(sample_county(11, schools=20))
    assert found.table.empty
    assert re.search(why, found.said)
    assert found.said.endswith(GO_ON)


@pytest.mark.parametrize("name", ASIDES)
def test_without_the_programme_or_the_table_that_is_said(county, name):
    ask, _ = ASIDES[name]
    mentored = county.tables["programmes"].query("programme == 'mentoring'")
    for tables in (county.tables | {"programmes": mentored}, {"schools": county.schools}):
        found = ask(County(tables))
        assert found.table.empty
        assert found.said.endswith(GO_ON)


def test_an_earlier_year_is_told_or_why_it_cannot_be(county):
    peers = peer_outcomes(county)
    effect = placebo_year(peers, 2019, 2017).effect
    assert placebo_year_said(peers, 2019, 2017) == f"假装2017年：到2018年，平均−{-effect:.3f}"
    assert placebo_year_said(peers, 2019, 2013).startswith("假装不了2013年：2013年以前只有3年的数")
