"""Five years of teachers: small counties whose outcome is worked out by hand, and what holds in every draw."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, Lacking, MissingTable
from balancelib.county.schema import schema
from balancelib.teachers import FlowRule, average_flows, simulate_staff, what_is_left, years_by_rule
from balancelib.teachers.flow import Simulation, _sections
from balancelib.teachers.flow_state import Staff, people_of

NEVER = dict.fromkeys(("urban", "town", "rural"), 0.0)
STILL = FlowRule(share=0, leaving=NEVER)
BACKBONE = "stage == 'primary' and indicator == 'backbone_teachers'"
N = 20  # teachers of a school


def two_schools(**teachers):
    """Two primary schools of 100 pupils and 20 teachers each; the first has eight backbone teachers, the second none."""
    names = schema().table("schools").names
    ids = ["A", "B"]
    schools = pd.DataFrame({"school_id": ids, "name": ["甲", "乙"], "area": ["urban", "rural"], "pupils_primary": 100.0,
                            "classes_primary": 6.0, "teachers_primary": float(N), "qualified_primary": float(N),
                            "backbone_primary": [8.0, 0.0], "pe_arts_primary": 0.0, "senior_title_primary": 0.0})  # fmt: skip
    schools = schools.assign(kind="primary", operator="public").reindex(columns=names)
    facilities = [
        "teaching_area",
        "indoor_sports_area",
        "sports_ground_area",
        "equipment_value",
        "multimedia_rooms",
    ]
    schools[facilities] = 10.0
    people = pd.DataFrame({
        "teacher_id": [f"T{i}" for i in range(2 * N)], "school_id": np.repeat(ids, N), "stage": "primary",
        "subject": np.tile(["chinese", "math"], N), "birth_year": 1990.0, "gender": "male", "started": 2012.0,
        "school_since": 2012.0, "education": "bachelor", "title": "second", "backbone": ["county"] * 8 + ["none"] * (2 * N - 8),
        "exempt": 0.0, "permanent": 1.0, "post": "teacher",
    }).assign(**teachers)  # fmt: skip
    people = people.reindex(columns=schema().table("teachers").names)
    items = pd.DataFrame([{"application_year": 2026.0}]).reindex(columns=schema().table("county_items").names)
    return County({"schools": schools, "teachers": people, "county_items": items})


def backbone(simulation, column="behind"):
    return simulation.paths.query(BACKBONE).groupby("year")[column].mean()


def test_where_nothing_happens_nothing_changes():
    found = simulate_staff(two_schools(), STILL, draws=2)
    assert (backbone(found, "cv") == 1).all()  # 8 and 0 per hundred: mean 4, standard deviation 4
    assert found.paths["year"].unique().tolist() == list(range(2025, 2031))
    assert (found.flows.drop(columns=["draw", "year"]) == 0).all(axis=None)


def test_one_wave_goes_out_and_comes_back():
    """All 40 may be moved: 10 % are 4, two pairs; 20 % of 4, rounded up, is one backbone teacher. Three years, then none is left."""
    once = simulate_staff(two_schools(), FlowRule(waves=1, leaving=NEVER), draws=3)
    assert backbone(once).tolist() == [0, 1, 1, 1, 0, 0]
    assert once.flows.groupby("year")["sent"].mean().tolist() == [4, 0, 0, 0, 0]
    assert once.flows.groupby("year")["returned"].mean().tolist() == [0, 0, 0, 4, 0]
    assert backbone(once, "cv").tolist() == pytest.approx([1, 0.75, 0.75, 0.75, 1, 1])  # 7 and 1: 3 over 4


def test_a_share_is_not_more_for_the_last_bit():
    """56 % of the 25 who may be moved are 14, seven pairs; as doubles the product is a little more."""
    since = np.where((np.arange(2 * N) >= 8) & (np.arange(2 * N) < 33), 2012.0, 2024.0)
    rule = FlowRule(share=0.56, backbone_share=0, waves=1, leaving=NEVER)
    once = simulate_staff(two_schools(school_since=since), rule, draws=2)
    assert once.flows.groupby("year")["sent"].mean().tolist()[:1] == [14]


def test_every_year_reaches_its_height_in_the_third():
    """40, then 36, 32, 28 may be moved: who is away, or came back less than six years ago, may not. Always 4, 4, 4, 3 of them at most."""
    always = simulate_staff(two_schools(), FlowRule(leaving=NEVER), draws=3)
    assert backbone(always).tolist()[:4] == [0, 1, 2, 3]
    assert backbone(always).iloc[4] == 3  # the first comes back, another goes
    stays = simulate_staff(two_schools(), FlowRule(waves=1, returns=False, leaving=NEVER), draws=3)
    assert backbone(stays).tolist() == [0, 1, 1, 1, 1, 1]


def test_who_was_taught_is_left():
    taught = simulate_staff(two_schools(), FlowRule(waves=1, mentored=1.0, leaving=NEVER), draws=3)
    assert backbone(taught).tolist() == [0, 1, 1, 1, 1, 1]
    assert backbone(taught, "mean").tolist() == [4, 4, 4, 4, 4.5, 4.5]  # one more in the county
    left = what_is_left(taught, simulate_staff(two_schools(), STILL, draws=3)).query(BACKBONE)
    assert left["gain"].tolist() == [0, 1, 1, 1, 1, 1]
    assert left["left"].tolist() == [0, 1, 1, 1, 1, 1]


def test_who_may_not_be_moved_is_not():
    """Exempt, or perhaps; without a permanent post; heads; too short at the school or since the last exchange; and nobody of a private school."""
    for teachers in ({"exempt": 1.0}, {"exempt": np.nan}, {"school_since": 2021.0}, {"permanent": 0.0}, {"permanent": np.nan},
                     {"post": "head"}, {"post": None}, {"rotated": 2021.0}):  # fmt: skip
        found = simulate_staff(two_schools(**teachers), FlowRule(waves=1, leaving=NEVER), draws=2)
        assert (found.flows["sent"] == 0).all(), teachers
    private = two_schools()
    private.tables["schools"]["operator"] = ["private", "public"]
    found = simulate_staff(private, FlowRule(leaving=NEVER), draws=2)
    assert found.paths.empty or (found.flows["sent"] == 0).all()


def test_nor_does_who_may_not_be_moved_change_places():
    """Of B, two teachers may be moved: with 20 of A and 2 of B eligible, 10 % are 3, so two pairs. With one of B, one pair."""
    for n, sent in ((2, 4), (1, 2), (0, 0)):
        since = np.where(np.arange(2 * N) < N + n, 2012.0, 2024.0)
        found = simulate_staff(two_schools(school_since=since), FlowRule(waves=1, leaving=NEVER), draws=2)
        assert found.flows.groupby("year")["sent"].mean()[2026] == sent


def test_where_posts_go_with_teachers_every_section_keeps_its_number():
    """Half leave every year and all posts are filled: those who were sent for good leave a vacancy where they work."""
    county = sample_county(11, 20)
    sections = _sections(county)
    staff = Staff(people_of(county, sections, 2025), sections, 2025, (1, 1))
    posts = np.bincount(staff.section)
    rule = FlowRule(returns=False, leaving=dict.fromkeys(NEVER, 0.5))
    sent = 0
    for year in range(2026, 2036):
        sent += staff.step(year, rule)["sent"]
        assert np.bincount(staff.section, minlength=len(posts)).tolist() == posts.tolist()
    assert sent > 20


def test_the_order_of_rows_does_not_matter():
    county = sample_county(7, 20)
    tables = dict(county.tables) | {
        name: county.tables[name].sample(frac=1, random_state=3) for name in ("teachers", "schools")
    }
    one, other = (simulate_staff(County(t), draws=2, years=3) for t in (county.tables, tables))
    pd.testing.assert_frame_equal(one.flows, other.flows)
    keys = ["draw", "year", "stage", "indicator"]
    pd.testing.assert_frame_equal(one.paths.set_index(keys), other.paths.set_index(keys))


@pytest.mark.parametrize("wrong", [{"share": 2}, {"refill": -1}, {"term": 0}, {"waves": -1}, {"leaving": {"城区": 0.5}},
                                   {"leaving": {"urban": 0.1}}, {"leaving": dict.fromkeys(NEVER, 2.0)}, {"mentored": np.nan}])  # fmt: skip
def test_rules_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"都要在0和1之间|各写一个|任期至少一年"):
        FlowRule(**wrong)


@pytest.mark.parametrize("wrong", [{"years": 0}, {"draws": 0}])
def test_no_year_and_no_draw_are_refused(wrong):
    with pytest.raises(ValueError, match="至少要模拟"):
        simulate_staff(two_schools(), **wrong)


def test_a_gain_that_turns_is_not_left():
    """Gains of 0, 0.1 and -0.1, and of 0, -0.4 and -0.1: a fall is what is wanted of a coefficient."""

    def paths(gains):
        rows = [
            (0, 2025 + n, "primary", name, gain) for name, of in gains.items() for n, gain in enumerate(of)
        ]
        return Simulation(
            pd.DataFrame(rows, columns=["draw", "year", "stage", "indicator", "behind"]), pd.DataFrame()
        )

    found = what_is_left(paths({"a": [0, 0.1, -0.1], "b": [0, -0.4, -0.1], "c": [0, 0, 0]}),
                         paths({"a": [0, 0, 0], "b": [0, 0, 0], "c": [0, 0, 0]})).set_index(["indicator", "year"])["left"].unstack()  # fmt: skip
    assert found.loc["a"].tolist() == [0, 1, -1]
    assert found.loc["b"].tolist() == [0, 1, 0.25]
    assert found.loc["c"].isna().all()


def test_all_retire_at_the_age_and_are_replaced():
    """Men born in 1965 were 60 and one to three months between February 2025 and March 2026: by September 2026 all are gone."""
    old = simulate_staff(two_schools(birth_year=1965.0, education="secondary"), STILL, draws=3)
    assert average_flows(old)["retired"].tolist() == [2 * N, 0, 0, 0, 0]
    assert average_flows(old)["hired"].tolist() == [2 * N, 0, 0, 0, 0]
    qualified = old.paths.query("indicator == 'qualified_teachers' and draw == 0")["mean"].tolist()
    assert qualified == [
        20,
        40,
        40,
        40,
        40,
        40,
    ]  # the schools' own 20, and a change from none to all of the table's


def test_posts_that_are_not_filled_stay_empty():
    gone = simulate_staff(
        two_schools(birth_year=1965.0), FlowRule(share=0, refill=0.0, leaving=NEVER), draws=2
    )
    assert average_flows(gone)["hired"].sum() == 0
    assert gone.paths.query("indicator == 'qualified_teachers'").groupby("year")["mean"].max()[2030] == 0
    assert np.isnan(gone.paths.query(BACKBONE + " and year == 2030")["cv"]).all()  # no mean, no coefficient


def test_leaving_is_as_likely_as_stated():
    """Forty teachers under 45, 25 % a year, 60 draws: 10 a year, standard error 0.35."""
    rate = dict.fromkeys(NEVER, 0.25)
    found = simulate_staff(
        two_schools(birth_year=1995.0), FlowRule(share=0, leaving=rate), years=2, draws=200
    )
    assert average_flows(found)["left"].to_numpy() == pytest.approx(10, abs=1.1)
    settled = simulate_staff(
        two_schools(birth_year=1975.0), FlowRule(share=0, leaving=rate), years=2, draws=2
    )
    assert average_flows(settled)["left"].sum() == 0


def test_an_age_that_is_not_known_is_borrowed():
    years = np.where(np.arange(2 * N) < N, np.nan, 1965.0)
    found = simulate_staff(two_schools(birth_year=years), STILL, draws=2)
    assert average_flows(found)["retired"].iloc[0] == 2 * N


@settings(max_examples=4, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([FlowRule(), FlowRule(returns=False), FlowRule(waves=1, mentored=0.5)]),
)
def test_exchange_moves_teachers_and_makes_none(seed, rule):
    """The same people retire and leave under every rule; without mentors the county's means do not depend on it."""
    county = sample_county(seed, 20)
    with_rule, none = (
        simulate_staff(county, r, years=4, draws=1, seed=seed) for r in (rule, FlowRule(share=0))
    )
    for name in ("retired", "left", "hired"):
        assert with_rule.flows[name].equals(none.flows[name])
    means = [s.paths.set_index(["year", "stage", "indicator"])["mean"] for s in (with_rule, none)]
    backbones = means[0].index.get_level_values("indicator") == "backbone_teachers"
    same = ~backbones | (rule.mentored == 0)
    if rule.returns:
        assert np.allclose(means[0][same], means[1][same])
    else:  # a post that moved is renewed where it went: rounding of schools' counts may differ
        assert np.allclose(means[0][same & ~backbones], means[1][same & ~backbones])
    assert (means[0][backbones] >= means[1][backbones] - 0.05).all()


def test_the_start_is_the_verdict(tmp_path):
    county = sample_county(7)
    paths = simulate_staff(county, STILL, years=1, draws=1).paths
    verdict = assess(county)
    first = paths[paths["year"] == 2025].set_index(["stage", "indicator"])["cv"]
    for (stage, key), value in first.items():
        assert value == pytest.approx(verdict.stages[stage].cv[key], abs=1e-12)


def test_the_same_seed_gives_the_same_years():
    county = sample_county(7, 20)
    one, same, other = (simulate_staff(county, draws=2, seed=seed).paths for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_sums_over_draws():
    simulations = {
        name: simulate_staff(two_schools(), FlowRule(waves=waves, leaving=NEVER), draws=4)
        for name, waves in (("甲", 1), ("乙", 2))
    }
    table = years_by_rule(simulations).query(BACKBONE).set_index(["rule", "year"])
    assert table.loc[("甲", 2026), ["behind", "behind_low", "behind_high"]].tolist() == [1, 1, 1]
    assert table.loc[("乙", 2027), "behind"] == 2
    with pytest.raises(ValueError, match="次数或年份不同"):
        what_is_left(simulations["甲"], simulate_staff(two_schools(), STILL, draws=5))


def test_what_is_lacking_is_said():
    county = two_schools()
    with pytest.raises(MissingTable, match="“教师”表"):
        simulate_staff(County({"schools": county.schools}))
    with pytest.raises(MissingTable, match="出生年份"):
        simulate_staff(two_schools(birth_year=np.nan))
    with pytest.raises(Lacking, match="对不上"):
        simulate_staff(two_schools(school_id="C"))
    county.tables["schools"]["county_id"] = ["H1", "H2"]
    with pytest.raises(Lacking, match="几个县"):
        simulate_staff(county)


def test_no_teacher_is_in_two_places():
    """While some are away the stages keep their numbers; when all terms are over, every section has its posts, whoever holds them."""
    county = sample_county(11, 20)
    sections = _sections(county)
    staff = Staff(people_of(county, sections, 2025), sections, 2025, (1, 1))
    posts, stage = np.bincount(staff.section), pd.factorize(sections["stage"])[0]
    rule, moved = FlowRule(waves=7), False
    for year in range(2026, 2036):  # sent until 2032: the last are back in 2035
        staff.step(year, rule)
        here = np.bincount(staff.section, minlength=len(posts))
        moved |= (here != posts).any()
        assert np.bincount(stage, here).tolist() == np.bincount(stage, posts).tolist()
        at_home = staff.back == 0
        assert (staff.section[at_home] == staff.home[at_home]).all()
    assert moved, "who leaves while away is replaced at home: a section is one short until the other is back"
    assert np.bincount(staff.section, minlength=len(posts)).tolist() == posts.tolist()
    assert staff.here.all()
