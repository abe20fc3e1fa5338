"""Estimates from samples: R survey's published results on Californian schools, textbook examples, and all samples one by one."""

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from balancelib.measures import (
    design_mean,
    design_ratio,
    design_total,
    draw_systematic,
    draw_with_replacement,
    estimate,
    hansen_hurwitz,
)

VECTORS = Path("/work/shared/vectors")
# api00 of the 200 schools of R survey's apisrs, drawn from 6,194.
API = """
462 878 734 772 739 835 456 506 543 649 556 671 528 742 555 631 698 810 502 532 430 658 453 635 508 804 813 650 569
642 500 808 594 607 760 764 622 793 802 529 630 742 842 903 720 634 529 540 795 485 734 665 541 642 758 425 878 691
558 424 641 462 749 715 498 744 564 448 496 744 725 762 542 693 553 704 474 720 665 720 827 743 485 759 752 528 670
598 675 603 512 728 906 588 591 796 722 579 657 474 573 348 708 699 738 529 757 674 741 475 533 427 536 504 771 965
559 590 745 790 915 734 787 579 737 719 794 596 840 952 794 905 660 497 666 801 765 722 893 834 447 582 410 728 818
905 698 644 577 677 633 479 852 509 884 813 813 482 804 447 630 739 658 564 894 460 787 494 772 537 676 868 544 740
584 548 382 706 584 754 638 883 660 708 607 544 607 806 708 487 682 513 644 625 720 547 467 612 601 595
"""
SUITES = [  # grade points of four students in each of five suites of a hundred: Lohr, example 5.2
    [3.08, 2.60, 3.44, 3.04],
    [2.36, 3.04, 3.28, 2.68],
    [2.00, 2.56, 2.52, 1.88],
    [3.00, 2.88, 3.44, 3.64],
    [2.68, 1.92, 3.28, 3.20],
]


def school_data(name):
    path = VECTORS / "data" / f"survey_{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not on this computer")
    return pd.read_csv(path)


def published(name):
    path = VECTORS / "inference.json"
    if not path.exists():
        pytest.skip(f"{path} is not on this computer")
    return next(case["expected"] for case in json.loads(path.read_text()) if case["id"] == name)


def values_with(n, mean, variance):
    """Numbers with just this mean and variance."""
    x = np.linspace(-1, 1, n)
    return mean + x * np.sqrt(variance) / x.std(ddof=1)


def test_simple_random_sample_of_californian_schools():
    found = design_mean([int(value) for value in API.split()], population=6194)
    assert (round(found.value, 2), round(found.se, 4)) == (656.58, 9.2497)
    assert found.deff == pytest.approx(1)
    assert found.low < 664.71 < found.high, "the mean of all schools"


def test_stratified_sample_of_californian_schools():
    schools, right = school_data("apistrat"), published("mean-api-strat")
    found = design_mean(schools["api00"], schools["pw"], strata=schools["stype"], population=schools["fpc"])
    assert (round(found.value, 2), round(found.se, 4)) == (right["mean"], right["se"])
    assert found.low < school_data("apipop")["api00"].mean() < found.high
    again = design_mean(schools["api00"], strata=schools["stype"], population=schools["fpc"])
    assert again.value == pytest.approx(found.value, abs=1e-4), "the weights follow from the numbers"


def test_cluster_sample_of_californian_schools():
    schools, right = school_data("apiclus1"), published("mean-api-clus1")
    design = {"cluster": schools["dnum"], "population": schools["fpc"]}
    found = design_mean(schools["api00"], schools["pw"], **design)
    assert (round(found.value, 2), round(found.se, 3)) == (right["mean"], right["se"])
    assert found.df == 14
    assert found.low < school_data("apipop")["api00"].mean() < found.high


def test_totals_ratios_and_design_effect_as_r_survey_prints_them():
    """The documentation of svytotal and svyratio: enroll 3404940 (932235), api.stu/enroll 0.8497087 (0.008386297)."""
    schools = school_data("apiclus1")
    design = {"cluster": schools["dnum"], "population": schools["fpc"]}
    total = design_total(schools["enroll"], schools["pw"], **design)
    assert (round(total.value), round(total.se)) == (3404940, 932235)
    assert total.deff == pytest.approx(31.311, abs=5e-4)
    ratio = design_ratio(schools["api.stu"], schools["enroll"], schools["pw"], **design)
    assert (round(ratio.value, 7), round(ratio.se, 9)) == (0.8497087, 0.008386297)


def test_the_truth_of_californian_schools():
    assert school_data("apipop")["api00"].mean() == pytest.approx(664.71, abs=0.005)


def test_stratified_acres_of_the_textbook():
    """Lohr, example 3.2: the farm acres of American counties, from the strata's means and variances."""
    strata = {
        "NC": (103, 1054, 300_504.16, 29_618_183_543),
        "NE": (21, 220, 97_629.81, 7_647_472_708),
        "S": (135, 1382, 211_315.04, 53_587_487_856),
        "W": (41, 422, 662_295.51, 396_185_950_266),
    }
    y = np.concatenate([values_with(n, mean, variance) for n, _, mean, variance in strata.values()])
    rows = np.repeat(list(strata), [n for n, *_ in strata.values()])
    there = np.repeat([size for _, size, *_ in strata.values()], [n for n, *_ in strata.values()])
    total = design_total(y, strata=rows, population=there)
    assert total.value == pytest.approx(909_736_034, rel=1e-7)
    assert total.se == pytest.approx(50_417_248, rel=1e-7)
    mean = design_mean(y, strata=rows, population=there)
    assert mean.value == pytest.approx(295_560.8, rel=1e-6)
    assert mean.se == pytest.approx(16_379.9, rel=1e-5)
    assert (mean.n, mean.df) == (300, 296)


def test_suites_of_the_textbook():
    """Lohr, example 5.2: a mean of 2.826 and a standard error of 0.164."""
    y, suite = np.ravel(SUITES), np.repeat(range(5), 4)
    found = design_mean(y, cluster=suite, population=100)
    assert (round(found.value, 3), round(found.se, 3)) == (2.826, 0.164)
    assert design_total(y, cluster=suite, population=100).value == pytest.approx(1130.4)
    assert found.deff > 1, "students of one suite are alike"


def test_supermarkets_of_the_textbook():
    """Lohr, 6.2: one shop drawn by its area; over all four draws the mean is 300 and the variance 14,248."""
    chance, sales = np.array([1, 2, 3, 10]) / 16, np.array([11, 20, 24, 245])
    pairs = list(product(range(4), repeat=2))
    likely = [chance[a] * chance[b] for a, b in pairs]
    found = [hansen_hurwitz(sales[list(pair)], chance[list(pair)]) for pair in pairs]
    values = np.array([one.value for one in found])
    assert np.average(values, weights=likely) == pytest.approx(300)
    assert np.average((values - 300) ** 2, weights=likely) == pytest.approx(14_248 / 2)
    assert np.average([one.se**2 for one in found], weights=likely) == pytest.approx(14_248 / 2)


def test_classes_of_the_textbook():
    """Lohr, example 6.4: five draws of a class by its students, 1,749.014 hours and a standard error of 222.42."""
    found = hansen_hurwitz([75, 203, 203, 191, 168], np.array([24, 100, 100, 76, 44]) / 647)
    assert (round(found.value, 3), round(found.se, 2), found.df) == (1749.014, 222.42, 4)
    assert found.deff is None


def test_draws_by_size_have_no_bias_and_the_error_that_is_told():
    """Systematic draws from all starts, one unit larger than a step, neighbours alike; draws with replacement by their own error."""
    rng = np.random.default_rng(2)
    size = np.append(rng.integers(50, 300, 30), 2000)
    y, chance, n = size * np.linspace(0.3, 0.7, 31), size / size.sum(), 8
    starts = (np.arange(2000) + 0.5) / 2000
    systematic = [hansen_hurwitz(y[at], chance[at]) for at in (draw_systematic(size, n, s) for s in starts)]
    assert np.mean([one.value for one in systematic]) == pytest.approx(y.sum(), rel=1e-3)
    assert np.std([one.value for one in systematic]) < 0.7 * np.mean([one.se for one in systematic])
    draws = (draw_with_replacement(size, rng.random(n)) for _ in range(2000))
    apart = [hansen_hurwitz(y[at], chance[at]) for at in draws]
    assert np.var([one.value for one in apart]) == pytest.approx(
        np.mean([one.se**2 for one in apart]), rel=0.1
    )


def test_every_stratified_sample_there_is():
    """Over all samples the mean is the truth, and the estimated variance the true one."""
    strata = {"a": [1.0, 4.0, 4.0, 9.0], "b": [10.0, 12.0, 17.0]}
    truth = np.mean([y for rows in strata.values() for y in rows])
    samples = product(*(combinations(rows, 2) for rows in strata.values()))
    found = [design_mean(np.ravel(s), strata=[0, 0, 1, 1], population=[4, 4, 3, 3]) for s in samples]
    values = [one.value for one in found]
    assert np.mean(values) == pytest.approx(truth)
    assert np.mean([one.se**2 for one in found]) == pytest.approx(np.var(values))


def test_every_cluster_sample_there_is():
    clusters = [[1.0, 2.0], [5.0, 3.0], [8.0, 9.0], [4.0, 4.0]]
    found = [design_total(np.ravel(s), cluster=[0, 0, 1, 1], population=4) for s in combinations(clusters, 2)]
    values = [one.value for one in found]
    assert np.mean(values) == pytest.approx(np.sum(clusters))
    assert np.mean([one.se**2 for one in found]) == pytest.approx(np.var(values))


def test_without_a_population_it_is_the_jackknife_of_estimate():
    """For a mean, leaving out one unit at a time gives the same error: another way to the same number."""
    y, strata = [3.0, 5.0, 9.0, 1.0, 2.0, 6.0], list("aaabbb")
    other = estimate(lambda x, weights: np.average(x, weights=weights), y, strata=strata, method="jackknife")
    found = design_mean(y, strata=strata)
    assert found[:4] == pytest.approx(other[:4])


def test_all_of_them_leave_no_doubt():
    assert design_mean([1.0, 5.0, 9.0], population=3)[:4] == (5.0, 0.0, 5.0, 5.0)


def test_a_stratum_of_one_that_was_seen_adds_no_doubt():
    alone = design_total([7.0, 1.0, 2.0, 4.0], strata=list("abbb"), population=[1, 9, 9, 9])
    others = design_total([1.0, 2.0, 4.0], population=9)
    assert alone.value == 7 + others.value
    assert (alone.se, alone.df) == pytest.approx((others.se, others.df))
    with pytest.raises(ValueError, match="只有一个群"):
        design_total([7.0, 1.0, 2.0], strata=list("abb"), population=[2, 9, 9])


def test_numbers_that_cannot_be():
    with pytest.raises(ValueError, match="抽的比总数"):
        design_mean([1, 2, 3], population=2)
    with pytest.raises(ValueError, match="两个不同的总数"):
        design_mean([1, 2, 3, 4], strata=list("aabb"), population=[5, 5, 6, 7])
    for population in (np.nan, np.inf, [5, 5], [5, None, 5]):
        with pytest.raises(ValueError, match="写一个数，或者和数据一样长"):
            design_mean([1, 2, 3], population=population)
    with pytest.raises(ValueError, match="把握是95"):
        design_mean([1, 2, 3], level=95)
    with pytest.raises(ValueError, match="把握是95"):
        estimate(np.average, [1, 2, 3], method="jackknife", level=95)
    with pytest.raises(TypeError, match="stratum"):
        design_mean([1, 2, 3], stratum=list("aab"))
    with pytest.raises(ValueError, match="只有一个群"):
        design_mean([1, 2, 3], strata=list("aab"))
    with pytest.raises(ValueError, match="空值"):
        design_mean([1, None, 3])
    with pytest.raises(ValueError, match="权重"):
        design_mean([1, 2, 3], weights=[1, 0, 1])
    with pytest.raises(ValueError, match="分母"):
        design_ratio([1, 2], [0, 0])
    with pytest.raises(ValueError, match="一共有几个"):
        design_total([1, 2])
    with pytest.raises(ValueError, match="只抽了一次"):
        hansen_hurwitz([1], [0.5])
    with pytest.raises(ValueError, match="机会"):
        hansen_hurwitz([1, 2], [0.5, 0])
