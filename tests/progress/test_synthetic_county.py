"""A county put together from others: how the table is read, what is planted and found, what is said where it cannot be told."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.county.sample import true_reform
from balancelib.progress import (
    Peers,
    naive_claims,
    peer_outcomes,
    placebo_counties,
    placebo_year,
    synthetic_county,
    without_each,
)

REFORM = 2019


def rows(values, own="P1", names=None, county_id=None):
    """A table of the outcomes of counties by year, from 2010 on."""
    made = [
        (code, (names or {}).get(code, f"{code}县"), 2010.0 + k, float(code == own), value, county_id)
        for code, series in values.items()
        for k, value in enumerate(series)
    ]
    return pd.DataFrame(made, columns=["peer", "name", "year", "own", "cv", "county_id"])


def county(table):
    return County({"peer_counties": table})


def few(years=9, after=2, others=4, seed=0):
    """A county that is half of each of two others but for chance, and 0.1 lower after."""
    rng = np.random.default_rng(seed)
    made = {f"P{k + 2}": 0.4 + rng.normal(0, 0.05, years + after).cumsum() for k in range(others)}
    own = (made["P2"] + made["P3"]) / 2 + rng.normal(0, 0.004, years + after)
    own[years:] -= 0.1
    return {"P1": own, **made}


@pytest.fixture(scope="module")
def peers():
    return peer_outcomes(sample_county(7))


def test_table_is_read_by_year_and_name():
    table = rows({"P2": [0.3, 0.2], "P1": [0.5, 0.4], "P3": [0.6, 0.7]}, names={"P2": "乙县", "P3": None})
    found = peer_outcomes(county(table.sample(frac=1, random_state=1)))
    assert found.own.to_dict() == {2010: 0.5, 2011: 0.4}
    assert found.own.name == "P1县"
    assert found.others.to_dict("list") == {"乙县": [0.3, 0.2], "P3": [0.6, 0.7]}
    assert found.average.tolist() == pytest.approx([0.45, 0.45])


def test_two_of_one_name_are_told_apart():
    table = rows({"P1": [0.5], "P2": [0.3], "P3": [0.2]}, names={"P2": "西县", "P3": "西县"})
    assert list(peer_outcomes(county(table)).others) == ["西县（P2）", "西县（P3）"]


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA])
def test_without_names_codes_do(blank):
    table = rows(few()).assign(name=blank)
    assert list(peer_outcomes(county(table)).others) == ["P2", "P3", "P4", "P5"]


def test_counties_are_left_out_by_name_or_code_but_never_the_own_one():
    table = rows(few())
    assert list(peer_outcomes(county(table), without=["P2县", "P5"]).others) == ["P3县", "P4县"]
    with pytest.raises(Lacking, match="要去掉的丁县不在"):
        peer_outcomes(county(table), without=["丁县"])
    with pytest.raises(Lacking, match="P1县是本县"):
        peer_outcomes(county(table), without=["P1县"])


def test_blanks_and_missing_years_are_named_and_can_be_left_out():
    table = rows(few())
    table.loc[table["peer"].eq("P3") & table["year"].eq(2012), "cv"] = np.nan
    gone = table[~(table["peer"].eq("P4") & table["year"].eq(2010))]
    with pytest.raises(Lacking, match="缺P3县2012年、P4县2010年。各县要有同样的年份"):
        peer_outcomes(county(gone))
    assert list(peer_outcomes(county(gone), without=["P3县", "P4县"]).others) == ["P2县", "P5县"]
    table.loc[table["peer"].eq("P3"), "cv"] = np.nan
    with pytest.raises(Lacking, match="2014年等11处"):
        peer_outcomes(county(table))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(own=0.0), "没有一个县写着是本县"),
        (lambda t: t.assign(own=t["peer"].isin(["P1", "P2"]).astype(float)), "有2个县都写着是本县"),
        (lambda t: t.assign(own=t["own"].where(t["year"] < 2015, 0.0)), "P1有的年份写是本县"),
        (lambda t: t.assign(own=t["own"].where(t["year"] < 2015)), "没有写是不是本县"),
        (lambda t: pd.concat([t.assign(county_id="A"), t.assign(county_id="B")]), "一次只看一个县"),
    ],
)
def test_whose_the_county_is_must_be_plain(change, said):
    with pytest.raises(Lacking, match=said):
        peer_outcomes(county(change(rows(few()))))


def test_a_county_without_the_table_is_told():
    with pytest.raises(Lacking, match="没有“同省各县历年”表"):
        peer_outcomes(county(rows({"P1": []})))


def test_an_effect_by_hand():
    found = synthetic_county(peer_outcomes(county(rows(few()))), 2019)
    assert found.weights.loc[["P2县", "P3县"]].tolist() == pytest.approx([0.5, 0.5], abs=0.1)
    assert found.weights.is_monotonic_decreasing
    assert found.effect == pytest.approx(-0.1, abs=0.02)
    assert found.ratio == pytest.approx(found.post / found.pre)
    paths = found.paths
    assert paths["gap"].tolist() == pytest.approx((paths["own"] - paths["synthetic"]).tolist())
    assert found.effect == pytest.approx(paths.loc[[2019, 2020], "gap"].mean())


def test_naive_claims_by_hand():
    table = rows(
        {
            "P1": [5, 5, 5, 5, 5, 2],
            "P2": [3, 3, 3, 3, 3, 2],
            "P3": [1, 1, 1, 1, 1, 1],
            "P4": [2, 2, 2, 2, 2, 0],
        }
    )
    claims = naive_claims(peer_outcomes(county(table)), 2015)
    assert claims.to_dict() == pytest.approx({"before_after": -3, "level": 1, "against_average": -2})


@pytest.mark.parametrize(
    ("made", "since", "said"),
    [
        (few(years=9), 2014, "2014年以前只有4年的数，至少要有5年"),
        (few(years=9), 2021, "没有2021年及以后的数.*最后一年是2020年"),
        (few(others=2), 2019, "能比的县只有2个，至少要有3个"),
        (few(years=5, others=30), 2015, "只有5年的数，对照的县有30个，随手就能拼得一点不差"),
    ],
)
@pytest.mark.parametrize("ask", [synthetic_county, placebo_counties, without_each])
def test_too_little_is_said(ask, made, since, said):
    with pytest.raises(Lacking, match=said):
        ask(peer_outcomes(county(rows(made))), since)


def test_the_year_before_the_reform_must_be_there():
    table = rows(few())
    gap = county(table[table["year"] != 2018])
    with pytest.raises(Lacking, match="各县都没有2018年的数"):
        peer_outcomes(gap, since=2019)
    with pytest.raises(Lacking, match="各县都没有2018年的数"):
        synthetic_county(peer_outcomes(gap), 2019)


def test_what_the_reform_needs_is_said_when_the_table_is_read():
    table = county(rows(few()))
    assert len(peer_outcomes(table, since=2019).own) == 11
    with pytest.raises(Lacking, match="2014年以前只有4年的数"):
        peer_outcomes(table, since=2014)


def test_others_that_are_met_exactly_are_counted():
    made = few()
    made["P6"] = 0.3 * made["P2"] + 0.7 * made["P4"]
    made["P6"][-1] += 0.1
    found = placebo_counties(peer_outcomes(county(rows(made))), 2019)
    assert found.table.index[np.isinf(found.table["ratio"])].tolist() == ["P6县"]
    assert found.exact == 1
    assert placebo_counties(peer_outcomes(sample_county(7)), REFORM).exact == 0


def test_naive_claims_need_the_years_too():
    with pytest.raises(Lacking, match="2014年以前只有4年的数"):
        naive_claims(peer_outcomes(county(rows(few()))), 2014)


def test_counties_that_are_all_the_same_do_not_crash():
    """Nobody differs from anybody: the fit is perfect, and says nothing."""
    with pytest.raises(Lacking, match="一点不差"):
        synthetic_county(peer_outcomes(county(rows({f"P{k}": [0.4] * 12 for k in range(1, 6)}))), 2018)


def test_what_is_planted_is_found(peers):
    truth = true_reform().set_index("year")["effect"]
    found = synthetic_county(peers, REFORM)
    true = truth[truth.index >= REFORM].mean()
    assert found.effect == pytest.approx(true, abs=0.006)
    assert np.abs(found.paths["gap"] - truth).max() < 0.015
    claims = naive_claims(peers, REFORM)
    assert claims["before_after"] < true - 0.03  # claims too much
    assert claims["against_average"] > true + 0.015  # and too little
    assert claims["level"] > 0


def test_placebos_single_the_own_county_out(peers):
    found = placebo_counties(peers, REFORM)
    assert (found.rank, found.p) == (1, 1 / 25)
    assert found.table.index[0] == peers.own.name
    assert found.table["own"].sum() == 1
    assert found.table["ratio"].is_monotonic_decreasing
    assert found.gaps.columns[0] == peers.own.name
    for name in found.table.index[:3]:
        gap = found.gaps[name]
        assert found.table.at[name, "effect"] == pytest.approx(gap.loc[REFORM:].mean())
        assert found.table.at[name, "pre"] == pytest.approx(np.sqrt((gap.loc[: REFORM - 1] ** 2).mean()))


def test_the_own_county_is_no_donor_to_the_others(peers):
    other = peers.others.columns[3]
    alone = synthetic_county(Peers(peers.others[other], peers.others.drop(columns=other)), REFORM)
    assert placebo_counties(peers, REFORM).gaps[other].tolist() == pytest.approx(alone.paths["gap"].tolist())


def test_a_county_with_a_shock_of_its_own_stands_out(peers):
    """午县 loses schools to a flood in 2021: as large a gap as ours, the other way."""
    gaps = placebo_counties(peers, REFORM).gaps
    shocked = gaps["午县（合成）"]
    assert shocked.loc[2021:].mean() - shocked.loc[:2020].mean() > 0.04


def test_an_earlier_year_shows_nothing_and_uses_no_later_one(peers):
    found = placebo_year(peers, REFORM, 2017)
    assert found.paths.index[-1] == REFORM - 1
    assert abs(found.effect) < 0.01
    changed = Peers(peers.own.where(peers.own.index < REFORM, 9.0), peers.others)
    assert placebo_year(changed, REFORM, 2017).paths.equals(found.paths)
    with pytest.raises(Lacking, match="要早于真的年份2019"):
        placebo_year(peers, REFORM, REFORM)


def test_without_each_is_reading_the_table_without_it(peers):
    table = without_each(peers, REFORM)
    assert table["weight"].sum() == pytest.approx(1)
    assert table["weight"].is_monotonic_decreasing
    heaviest = table.index[0]
    again = synthetic_county(peer_outcomes(sample_county(7), without=[heaviest]), REFORM)
    assert table.loc[heaviest, ["pre", "effect"]].tolist() == pytest.approx([again.pre, again.effect])


def test_three_others_cannot_lose_one():
    with pytest.raises(Lacking, match="只有3个，去掉一个就拼不出来"):
        without_each(peer_outcomes(county(rows(few(others=3)))), 2019)
