"""Results that others published: worked examples and official tables."""

import numpy as np
import pandas as pd
import pytest

from balancelib.assess import assess, explain_cv
from balancelib.assess.logic import within
from balancelib.county import County
from balancelib.county.indicators import indicators, stage_sections
from balancelib.county.schema import schema
from balancelib.measures import cv
from balancelib.standards import load_standard

# Five schools' books, a worked example in circulars of several provinces.
PUPILS = np.array([45, 37, 89, 76, 55])
BOOKS = np.array([279, 137, 935, 160, 402])


def county(*schools):
    """Make a county of schools given by what matters, all else being nothing."""
    table = schema().table("schools")
    resources = [column for column in table.columns if column.needed == "applies"]
    rows = [
        {c.name: 0.0 for c in resources if not c.stage or f"pupils_{c.stage}" in school}
        | {"school_id": str(i), "name": f"学校{i}", "operator": "public", "area": "town"}
        | school
        for i, school in enumerate(schools)
    ]
    frame = pd.DataFrame(rows).reindex(columns=table.names)
    return County({"schools": frame.astype({c.name: float for c in table.columns if c.numeric})})


def test_worked_example_of_five_schools():
    mean = BOOKS.sum() / PUPILS.sum()
    value = cv(BOOKS / PUPILS, weights=PUPILS)
    assert mean == pytest.approx(6.334437086, abs=5e-10)
    assert value * mean == pytest.approx(3.263860705, abs=5e-10)
    assert value == pytest.approx(0.515256630, abs=5e-10)


@pytest.mark.parametrize(("ddof", "published"), [(0, 0.488771), (1, 0.546462)])
def test_usual_mistakes_give_other_answers(ddof, published):
    assert cv(BOOKS / PUPILS, ddof=ddof) == pytest.approx(published, abs=5e-7)


def test_worked_example_through_the_whole_library():
    """As a county of five primary schools under the basic standard, whose books are one indicator."""
    schools = [
        {"kind": "primary", "pupils_primary": p, "books": b} for p, b in zip(PUPILS, BOOKS, strict=True)
    ]
    stage = assess(county(*schools), "basic-2012").stages["primary"]
    assert stage.mean["books"] == pytest.approx(6.334437086, abs=5e-10)
    assert stage.cv["books"] == pytest.approx(0.515256630, abs=5e-10)


def test_arithmetic_is_shown_as_published():
    text = explain_cv("甲乙丙丁戊", BOOKS, PUPILS, limit=0.5)
    for published in ("1,913.00÷302 = 6.334437086", "3.263860705", "0.515256630", "超过，未达到要求"):
        assert published in text


@pytest.mark.parametrize(
    ("kind", "pupils", "weights"),
    [
        ("nine_year", {"primary": 166, "junior": 210}, {"primary": 1, "junior": 1.1}),
        ("complete_secondary", {"junior": 300, "senior": 700}, {"junior": 1, "senior": 1.2}),
        (
            "twelve_year",
            {"primary": 400, "junior": 300, "senior": 200},
            {"primary": 1, "junior": 1.1, "senior": 1.32},
        ),
        ("primary", {"primary": 321}, {"primary": 1}),
    ],
)
@pytest.mark.parametrize("standard", ["quality-2017", "basic-2012"])
def test_split_weights(kind, pupils, weights, standard):
    school = {"kind": kind, "sports_ground_area": 1000.0} | {f"pupils_{s}": p for s, p in pupils.items()}
    sections = stage_sections(county(school), load_standard(standard)).set_index("stage")
    whole = sum(weights[s] * pupils[s] for s in pupils)
    expected = {s: 1000 * weights[s] * pupils[s] / whole for s in ("primary", "junior") if s in pupils}
    assert sections["sports_area"].to_dict() == pytest.approx(expected, rel=1e-14)


def test_published_nine_year_school():
    """166 primary and 210 junior pupils share 23,226 books: published as 58.5 a primary pupil, 9,711 and 13,515."""
    school = {"kind": "nine_year", "pupils_primary": 166, "pupils_junior": 210, "books": 23226.0}
    totals = stage_sections(county(school), load_standard("basic-2012")).set_index("stage")["books"]
    values = indicators(county(school), "basic-2012").set_index("stage")["books"]
    assert totals.to_dict() == pytest.approx({"primary": 9711.627, "junior": 13514.373}, abs=5e-4)
    assert values.to_dict() == pytest.approx({"primary": 58.503778, "junior": 64.354156}, abs=5e-7)


@pytest.mark.parametrize(
    ("stage", "cvs", "composite"),
    [
        ("primary", [0.881, 1.299, 0.977, 0.379, 0.170, 0.334, 0.286, 0.408], 0.592),
        ("junior", [0.353, 0.784, 0.146, 0.491, 0.037, 0.226, 0.223, 0.253], 0.314),
        ("primary", [0.711, 0.649, 0.472, 0.338, 0.235, 0.274, 0.260, 0.396], 0.417),
    ],
    ids=["合肥庐阳小学", "合肥庐阳初中", "合肥蜀山小学"],
)
def test_published_composites(stage, cvs, composite):
    """Published rows of 2012, rebuilt: two schools of one size at mean·(1 ± CV) have that coefficient.

    A coefficient above one needs unequal schools: a share w at a, the rest at none, has sqrt((1 - w) / w).
    """
    standard = load_standard("basic-2012")
    result = assess(county(*_schools_with(standard, stage, cvs)), standard).stages[stage]
    assert list(result.cv.values()) == pytest.approx(cvs, abs=1e-12)
    assert result.composite_cv == pytest.approx(composite, abs=5e-4)
    assert result.meets is bool(within(result.composite_cv, standard.cv_rule.limits[stage]))
    assert result.cv_meets is None


def _schools_with(standard, stage, cvs):
    """Four schools of equal size with, for each indicator, exactly the given coefficient of variation."""
    pattern = np.array([-1.0, -1.0, -1.0, 3.0]) / np.sqrt(
        3
    )  # mean 0, population variance 1, up to a CV of √3
    schools = [{"kind": stage, f"pupils_{stage}": 1000.0} for _ in pattern]
    for indicator, value in zip(standard.indicators, cvs, strict=True):
        for school, x in zip(schools, 1000 * (1 + value * pattern), strict=True):
            for term in indicator.sum[stage]:
                school[term.removeprefix("-")] = x if term == indicator.sum[stage][0] else 0.0
    return schools
