"""Pupils forecast: a hand-solved county, a published example, simulated counties, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, t

from balancelib.resources import (
    class_limits,
    classes_needed,
    extend_births,
    forecast_pupils,
    forecast_schools,
    progression_ratios,
    rooms_needed,
)


def table(*rows, years=(2023, 2024, 2025), school="a"):
    """Enrolment: a row a year, grades from the first."""
    grades = {f"grade{g}": numbers for g, numbers in enumerate(zip(*rows, strict=True), 1)}
    return pd.DataFrame({"school_id": school, "year": years, **grades})


def born(first, *numbers):
    return pd.DataFrame({"year": range(first, first + len(numbers)), "births": numbers})


# Three grades, three years. Entry: 90 of 100, then 80 of 100. To grade two: 95 of 100, then 81 of 90; to three: 76 of 80,
# then 95 of 95. Means with equal weights: .85, (.95 + .9)/2 = .925, (.95 + 1)/2 = .975.
SMALL = table([100, 80, 70], [90, 95, 76], [80, 81, 95])
SMALL_BIRTHS = born(2017, 110, 100, 100, 60, 40)


def test_ratios_by_hand():
    ratios = progression_ratios(SMALL, SMALL_BIRTHS)
    assert list(ratios.index) == [2024, 2025]
    assert ratios.to_numpy() == pytest.approx(np.array([[0.9, 0.95, 0.95], [0.8, 0.9, 1.0]]))


def test_forecast_by_hand():
    found = forecast_pupils(SMALL, SMALL_BIRTHS, until=2027, weights=(1, 1))
    # 2026: 60 × .85 = 51; 80 × .925 = 74; 81 × .975 = 78.975.
    # 2027: 40 × .85 = 34; 51 × .925 = 47.175; 74 × .975 = 72.15.
    assert found.pupils.to_numpy() == pytest.approx(np.array([[51, 74, 78.975], [34, 47.175, 72.15]]))
    assert found.totals()["pupils"].tolist() == pytest.approx([203.975, 153.325])


def test_weights_count_the_latest_last():
    found = forecast_pupils(SMALL, SMALL_BIRTHS, until=2026, weights=(1, 3))
    # .9 × ¼ + .8 × ¾ = .825, and so on.
    assert found.ratios.tolist() == pytest.approx([0.825, 0.9125, 0.9875])


def test_published_example():
    """The worked example of the R package enrollcast (Lawless 2026, vignette): ratios .925 and .9678363, entrants given."""
    enrolment = table([100, 90, 80], [110, 95, 88], [120, 99, 91], years=(2021, 2022, 2023))
    births = born(2015, 100, 110, 120, 125, 130, 128)  # all of them enter
    found = forecast_pupils(enrolment, births, until=2026, weights=(1, 1))
    assert found.ratios.tolist() == pytest.approx([1, 0.9250000, 0.9678363], abs=5e-8)
    published = [[125, 111, 95.81579], [130, 115.625, 107.42982], [128, 120.25, 111.90607]]
    assert found.pupils.to_numpy() == pytest.approx(np.array(published), abs=5e-6)


@settings(max_examples=40)
@given(
    st.lists(st.floats(0.5, 1.3), min_size=9, max_size=9),
    st.lists(st.integers(50, 5000), min_size=22, max_size=22),
)
def test_constant_ratios_reproduce_themselves(ratios, births):
    """A county that followed its ratios without fail goes on so: forecast and both ends of the interval are what came."""
    births = born(2004, *births)
    by_birth = births.set_index("year")["births"]
    rate = np.cumprod(ratios)
    came = pd.DataFrame(
        {"school_id": "a", "year": range(2018, 2032)}
        | {f"grade{g}": [by_birth[y - 5 - g] * rate[g - 1] for y in range(2018, 2032)] for g in range(1, 10)}
    )
    found = forecast_pupils(came[came["year"] <= 2025], births, until=2031)
    ahead = came[came["year"] > 2025].set_index("year").drop(columns="school_id")
    assert found.pupils.to_numpy() == pytest.approx(ahead.to_numpy(), rel=1e-9)
    for stage in ("primary", "junior"):
        total = found.totals(stage)
        assert total["low"].to_numpy() == pytest.approx(total["high"].to_numpy(), rel=1e-6)


def simulated(rng, years=13, grades=9):
    """A county whose ratios vary about a level of their own, with an error that all grades of a year share."""
    level = np.array([0.9, *[0.985] * (grades - 1)])
    births = 3000 * 0.95 ** np.arange(years + grades + 6)
    spread = 0.02 * rng.standard_normal((years, grades)) + 0.02 * rng.standard_normal((years, 1))
    pupils = np.zeros((years, grades))
    pupils[0] = 2500
    for y in range(years):
        before = pupils[y - 1] if y else pupils[0]
        pupils[y] = np.concatenate([[births[y + 9]], before[:-1]]) * (level + spread[y])
    frame = pd.DataFrame(pupils, columns=[f"grade{g}" for g in range(1, grades + 1)])
    frame = frame.assign(school_id="a", year=range(2010, 2010 + years))
    return frame, pd.DataFrame({"year": np.arange(len(births)) + 1995, "births": births})


@pytest.mark.parametrize(("ahead", "stage"), [(1, None), (1, "primary"), (5, None), (5, "junior")])
def test_intervals_hold_what_they_promise(ahead, stage):
    """Of 200 counties, nine in ten lie in the 90 % interval, give or take what chance allows (1 in 1,000)."""
    rng, hits, counties = np.random.default_rng(5), 0, 200
    for _ in range(counties):
        came, births = simulated(rng)
        last = 2010 + 7
        found = forecast_pupils(came[came["year"] <= last], births, until=last + ahead, draws=400)
        grades = [
            f"grade{g}"
            for g in (range(1, 10) if stage is None else range(1, 7) if stage == "primary" else range(7, 10))
        ]
        truth = came.loc[came["year"] == last + ahead, grades].to_numpy().sum()
        low, high = found.totals(stage).loc[last + ahead, ["low", "high"]]
        hits += low <= truth <= high
    assert binom.ppf(0.0005, counties, 0.9) <= hits <= binom.ppf(0.9995, counties, 0.9)


def test_interval_of_one_year_is_that_of_students_t():
    """Grade one alone: births × (mean ± t s √(1 + 1/n)), as any textbook has it."""
    ratios = np.array([0.90, 0.94, 0.91, 0.97, 0.93])
    enrolment = table(*[[1000 * r] for r in [1, *ratios]], years=range(2020, 2026))
    found = forecast_pupils(enrolment, born(2014, *[1000] * 7), until=2026, draws=200_000).totals()
    half = t.ppf(0.95, 4) * ratios.std(ddof=1) * np.sqrt(1 + 1 / 5) * 1000
    assert found["low"].item() == pytest.approx(930 - half, abs=1.5)
    assert found["high"].item() == pytest.approx(930 + half, abs=1.5)


def test_same_seed_same_interval_and_wider_when_surer():
    one, again, other = (
        forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1, 1), seed=s).totals() for s in (1, 1, 2)
    )
    assert one.equals(again)
    assert not one.equals(other)
    assert one["pupils"].equals(other["pupils"])
    wide = forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1, 1), seed=1).totals(level=0.95)
    assert (wide["low"] < one["low"]).all()
    assert (wide["high"] > one["high"]).all()


def test_who_is_not_born_yet_is_said():
    """Births are known to 2025: entrants of 2032 are assumed; the junior grades of 2035 were all born by 2023."""
    years = range(2018, 2026)
    enrolment = pd.DataFrame(
        {"school_id": "a", "year": years} | {f"grade{g}": [100] * 8 for g in range(1, 10)}
    )
    births = extend_births(born(2011, *[100] * 15), 2029, "hold")
    found = forecast_pupils(enrolment, births)
    assert found.totals("primary").query("assumed").index.tolist() == [2032, 2033, 2034, 2035]
    assert not found.totals("junior")["assumed"].any()
    assert found.unknown_births == 2026


@pytest.mark.parametrize(
    ("then", "added"),
    [
        ("hold", [800, 800]),
        ("trend", [640, 512]),  # 1250 → 1000 → 800: a fifth fewer each year
        (-0.5, [400, 200]),
        ({2026: 700, 2027: 900}, [700, 900]),
    ],
)
def test_births_ahead_by_hand(then, added):
    found = extend_births(born(2023, 1250, 1000, 800), 2027, then, years=2)
    assert found["births"].tolist() == pytest.approx([1250, 1000, 800, *added])
    assert found["assumed"].tolist() == [False] * 3 + [True] * 2


TWO = pd.concat([table([60, 50], [60, 50], [60, 50]), table([30, 20], [30, 28], [30, 28], school="b")])
TWO_BIRTHS = born(2017, 100, 100, 100, 50)


def test_schools_by_hand():
    """`a` has two thirds of the entrants. To grade two: `a` keeps 50 of 60 and `b` 28 of 30; county (50 + 28)/90."""
    county = forecast_pupils(TWO, TWO_BIRTHS, until=2026, weights=(1, 1))
    found = forecast_schools(TWO, county, pool=0).xs(2026, level="year")
    assert found["grade1"].to_dict() == pytest.approx({"a": 30, "b": 15})
    assert found["grade2"].to_dict() == pytest.approx({"a": 50, "b": 28})


def test_small_schools_lean_on_the_county():
    """With 90 pupils to lean on: `a` (100 + 90 × .8667) / (120 + 90) = .8476, `b` (56 + 78) / (60 + 90) = .8933; 50.857 and
    26.8 are scaled to the county's 78."""
    county = forecast_pupils(TWO, TWO_BIRTHS, until=2026, weights=(1, 1))
    found = forecast_schools(TWO, county, pool=90).xs(2026, level="year")["grade2"]
    assert found["a"] == pytest.approx(78 * 50.857143 / 77.657143)
    assert found["b"] == pytest.approx(78 * 26.8 / 77.657143)


def test_new_school_keeps_its_pupils_by_hand():
    """`b` opens in 2025 with a third of `a`'s pupils.

    Entrants of 2026: 60 × .6 = 36. `a` had 100 of 120 in the two years, `b` 20 of the 60 of its one year: .8333 and .3333, scaled to add up
    to 36. Grade two: `a` moves 40 × (60 + 40) / 120 up, `b` 20 × 1, scaled to the county's 60.
    """
    both = pd.concat([table([60, 60], [60, 60], [40, 40]), table([20, 20], years=[2025], school="b")])
    county = forecast_pupils(both, born(2017, 100, 100, 100, 60), until=2026, weights=(1, 1))
    found = forecast_schools(both, county, pool=0).xs(2026, level="year")
    assert found["grade1"].to_dict() == pytest.approx({"a": 36 * 5 / 7, "b": 36 * 2 / 7})
    assert found["grade2"].to_dict() == pytest.approx({"a": 60 * 5 / 8, "b": 60 * 3 / 8})
    padded = pd.concat(
        [both, table([0, 0], [0, 0], years=[2023, 2024], school="b")]
    )  # years before it opened
    pd.testing.assert_frame_equal(
        forecast_schools(padded, county, pool=0), forecast_schools(both, county, pool=0)
    )


def test_school_that_opened_with_grade_one_grows_up():
    """Of 80 pupils a grade 20 begin in the new school; a year later they are in its grade two, then in its grade three."""
    old = table([80, 80, 80], [80, 80, 80], [60, 80, 80])
    both = pd.concat([old, table([20, 0, 0], years=[2025], school="b")])
    county = forecast_pupils(both, born(2017, *[80] * 5), until=2027, weights=(1, 1))
    found = forecast_schools(both, county).loc["b"]
    # `a` seems to keep (80 + 80 + 100) / (160 + 100) = 1 of its own; nobody is scaled.
    assert found.loc[2026, ["grade2", "grade3"]].tolist() == pytest.approx([20, 0])
    assert found.loc[2027, "grade3"] == pytest.approx(20)


@pytest.mark.parametrize("last", [[0, 0], None])
def test_school_that_closed_stays_closed(last):
    """Whether its last year says 0 or has no row."""
    rows = [[30, 30], [30, 30], *([last] if last else [])]
    both = pd.concat(
        [table([60, 60], [60, 60], [90, 90]), table(*rows, years=range(2023, 2023 + len(rows)), school="b")]
    )
    county = forecast_pupils(both, born(2017, *[90] * 5), until=2027, weights=(1, 1))
    found = forecast_schools(both, county)
    assert (found.loc["b"] == 0).all(axis=None)
    assert found.loc["a"].loc[2026:].to_numpy() == pytest.approx(county.pupils.to_numpy())


def test_stage_that_a_school_gave_up_does_not_come_back():
    """Grade three is taught elsewhere since 2025."""
    both = pd.concat(
        [
            table([60, 60, 60], [60, 60, 60], [60, 60, 90]),
            table([30, 30, 30], [30, 30, 30], [30, 30, 0], school="b"),
        ]
    )
    county = forecast_pupils(both, born(2017, *[90] * 5), until=2027, weights=(1, 1))
    assert (forecast_schools(both, county).loc[("b", slice(2026, None)), "grade3"] == 0).all()


def test_two_counties_against_the_births_of_one_are_refused():
    """Each of the two enters 97 of 100."""
    both = pd.concat([table([97], [97], [97], school=s) for s in "ab"])
    births = born(2017, *[100] * 5)
    with pytest.raises(ValueError, match=r"是六年前出生人口的1\.94倍.*不是同一个县"):
        forecast_pupils(both, births, 2026, (1, 1))
    assert forecast_pupils(both, births, 2026, (1, 1), most_entering=2).pupils.loc[
        2026
    ].item() == pytest.approx(194)


GAP = table([100, 80, 70], [90, 95, 76], [80, 81, 95], school="b")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(grade2=t["grade2"].where(t["year"] != 2024)), "学校b的2024年"),
        (lambda t: t.assign(grade2=t["grade2"].where(t["year"] != 2025)), "学校b的2025年"),
        (lambda t: t[t["year"] != 2024], "学校b的2024年"),
    ],
)
def test_pupils_that_are_not_known_are_not_none(change, said):
    whole = pd.concat([SMALL, GAP])
    assert forecast_pupils(whole, born(2017, *[150] * 5), 2026, (1, 1)).known.loc[2024, "grade2"] == 190
    with pytest.raises(ValueError, match=said):
        forecast_pupils(pd.concat([SMALL, change(GAP)]), born(2017, *[150] * 5), 2026, (1, 1))


school = st.lists(st.lists(st.integers(0, 60), min_size=9, max_size=9), min_size=4, max_size=4)


@settings(max_examples=40)
@given(st.lists(school, min_size=1, max_size=4), st.sampled_from([0, 1, 100]))
def test_schools_add_up_to_the_county(schools, pool):
    """And none is negative; whatever grades a school has or lacks."""
    big = [[100] * 9] * 4  # so that no grade of the county is empty
    enrolment = pd.concat(
        table(*rows, years=range(2022, 2026), school=str(i)) for i, rows in enumerate([big, *schools])
    )
    county = forecast_pupils(enrolment, born(2016, *[200] * 8), until=2029, weights=(1, 2, 3), draws=2)
    found = forecast_schools(enrolment, county, pool)
    assert (found >= 0).all(axis=None)
    sums = found.groupby(level="year").sum().loc[2026:]
    assert sums.to_numpy() == pytest.approx(county.pupils.to_numpy(), rel=1e-9, abs=1e-9)


def test_teaching_point_stays_without_the_grades_it_never_had():
    point = table([10, 10, 0], [10, 10, 0], [10, 10, 0], school="b")
    centre = table([20, 20, 30], [20, 20, 30], [20, 20, 30])
    both = pd.concat([centre, point])
    county = forecast_pupils(both, born(2017, *[30] * 5), until=2027, weights=(1, 1))
    found = forecast_schools(both, county)
    assert (found.loc["b", "grade3"] == 0).all()
    assert found.loc["a", "grade3"].tolist() == pytest.approx([30, 30, 30])


def test_limits_are_those_of_the_standard():
    assert class_limits() == {"primary": 45, "junior": 50}  # 教督〔2017〕6号, government item 5
    with pytest.raises(ValueError, match="没有规定班额"):
        class_limits("basic-2012")


@pytest.mark.parametrize(
    ("pupils", "classes"),
    [
        ({"grade1": 45}, 1),
        ({"grade1": 46}, 2),
        ({"grade1": 45.4}, 1),  # a mean of 45.4 is 45 children
        ({"grade1": 20, "grade2": 20}, 2),  # a class is of one grade
        ({"grade6": 91, "grade7": 101, "grade8": None}, 3 + 3),
        ({"grade1": 0}, 0),
    ],
)
def test_classes_by_hand(pupils, classes):
    assert classes_needed(pd.DataFrame([pupils]), class_limits()).tolist() == [classes]


def test_rooms_by_hand():
    index = pd.MultiIndex.from_product([["a", "b"], [2025, 2026]], names=["school_id", "year"])
    pupils = pd.DataFrame({"grade1": [91, 45, 40, 100]}, index)
    rooms = rooms_needed(pupils, pd.Series({"a": 2, "b": 2}), class_limits())
    assert rooms["classes"].tolist() == [3, 1, 1, 3]
    assert rooms["short"].tolist() == [1, 0, 0, 1]
    assert rooms["idle"].tolist() == [0, 1, 1, 0]


def test_teaching_points_teach_grades_together():
    """Five grades of 10 are five classes, or two of at most 45 together; 7 and 20 pupils of two stages are two."""
    index = pd.MultiIndex.from_tuples([("a", 2025), ("b", 2025), ("c", 2025)], names=["school_id", "year"])
    pupils = pd.DataFrame(
        {f"grade{g}": [10, 10, 7 * (g == 1)] for g in range(1, 6)} | {"grade7": [0, 0, 20]}, index
    )
    rooms = rooms_needed(pupils, pd.Series(dict.fromkeys("abc", 2)), class_limits(), together=["b", "c"])
    assert rooms["classes"].tolist() == [5, 2, 2]
    assert rooms["short"].tolist() == [3, 0, 0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: forecast_pupils(SMALL, born(2017, 100, 100, 100), 2027, (1, 1)), "缺2020、2021年的出生人口"),
        (lambda: forecast_pupils(SMALL, SMALL_BIRTHS, 2026), "weights有5年"),
        (lambda: forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1,)), "至少两个"),
        (lambda: forecast_pupils(SMALL, SMALL_BIRTHS, 2025, (1, 1)), "until应在2025年以后"),
        (lambda: forecast_pupils(SMALL[SMALL["year"] != 2024], SMALL_BIRTHS, 2026, (1, 1)), "缺2024年"),
        (lambda: forecast_pupils(SMALL.assign(grade2=-1), SMALL_BIRTHS, 2026, (1, 1)), "负数"),
        (lambda: forecast_pupils(SMALL.drop(columns="grade2"), SMALL_BIRTHS, 2026, (1, 1)), "从|从grade1起|grade1起"),
        (lambda: forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1, 1)).totals(level=1), "level应在0和1之间"),
        (lambda: forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1, 1)).totals("junior"), "没有这个学段"),
        (lambda: forecast_schools(pd.concat([SMALL] * 2), forecast_pupils(SMALL, SMALL_BIRTHS, 2026, (1, 1))), "两行"),
        (lambda: extend_births(pd.concat([SMALL_BIRTHS] * 2), 2026, "hold"), "写了两遍"),
        (lambda: extend_births(SMALL_BIRTHS.drop(1), 2026, "hold"), "缺2018年"),
        (lambda: extend_births(SMALL_BIRTHS.assign(births=0), 2026, "hold"), "不大于0"),
        (lambda: extend_births(SMALL_BIRTHS, 2026, "trend", years=5), "趋势要6年"),
        (lambda: extend_births(SMALL_BIRTHS, 2026, -1), "大于-1"),
        (lambda: extend_births(SMALL_BIRTHS, 2026, "Trend"), "没有“Trend”这种假定"),
        (lambda: extend_births(SMALL_BIRTHS, 2026, {2022: 5}), "没有2023、2024、2025、2026年"),
        (lambda: extend_births(SMALL_BIRTHS.head(0), 2026, "hold"), "是空的"),
        (lambda: classes_needed(SMALL, {"primary": 0, "junior": 50}), "大于0"),
        (lambda: rooms_needed(SMALL.set_index(["school_id", "year"]), pd.Series({"z": 1}), class_limits()), "没有一所"),
        (lambda: rooms_needed(SMALL.set_index(["school_id", "year"]), pd.Series({"a": None}), class_limits()), "空白"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
