"""The exercises of policy: answers against numbers counted from the sample's tables in another way."""

import math

import pytest
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County
from balancelib.course.exercises import begin, exercises, judge, session

EXERCISES = exercises("policy")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(session, "_SESSIONS", {})


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def answer(n, county):
    return EXERCISES[n].answer(county)


def test_the_dispersion_is_the_verdicts_own(county):
    verdict = assess(county).stages["primary"]
    assert answer("1", county) == pytest.approx(verdict.cv["backbone_teachers"], rel=1e-12)


def test_sections_that_pass_are_the_verdicts_own(county):
    sections = assess(county).sections
    assert answer("2", county) == sections["meets"][sections["stage"] == "primary"].sum() == 17


def test_the_special_schools_money(county):
    """1,202,180 元 for 175 pupils; 8,000 元 each would be 1,400,000."""
    assert answer("3", county) == {"生均": pytest.approx(6869.6), "还差": 197_820}
    assert county.tables["county_items"]["special_running_cost"].item() == 8000, "what is declared is more"


@pytest.mark.parametrize("seed", [7, 12])
def test_the_school_that_loses_teachers_is_the_planted_one(seed):
    """Only its teachers fall, from year to year, with as many pupils: counted without any limits."""
    county = sample_county(seed)
    history = county.tables["history"].dropna(subset=["qualified_primary"])
    falls = (
        history.sort_values("year")
        .groupby("school_id")["qualified_primary"]
        .agg(lambda counts: counts.is_monotonic_decreasing and counts.iloc[-1] < 0.8 * counts.iloc[0])
    )
    named = county.schools.set_index("school_id")["name"]
    assert answer("4", county) <= set(named[falls.index[falls]])
    assert len(answer("4", county)) == 1


def test_pupils_with_a_recording_room(county):
    rooms = dict(county.tables["digital"][["school_id", "recording_rooms"]].itertuples(index=False))
    with_room = everyone = 0
    for school in county.schools.fillna({"pupils_primary": 0, "pupils_junior": 0}).itertuples():
        if not math.isnan(rooms.get(school.school_id, math.nan)):
            everyone += school.pupils_primary + school.pupils_junior
            with_room += (school.pupils_primary + school.pupils_junior) * (rooms[school.school_id] > 0)
    assert answer("5", county) == pytest.approx(100 * with_room / everyone)


def test_children_of_migrants_by_hand(county):
    """561 of 640 have a place; 544 are 85 % of 640, so 17 fewer still keep to it; with one more for each of the 35 schools outside the villages it is 561 of 675."""
    items = county.tables["county_items"]
    assert (items["migrant_children_eligible"].item(), items["migrant_children_placed"].item()) == (640, 561)
    assert answer("7", county) == {
        "比例": pytest.approx(87.65625),
        "还能少": 17,
        "补上以后": pytest.approx(83.1111, abs=1e-4),
    }
    assert (561 - 17) / 640 >= 0.85 > (561 - 18) / 640


@pytest.mark.parametrize(("placed", "spare"), [(544, 0), (545, 1), (543, 0), (300, 0)])
def test_at_the_line_no_child_of_migrants_is_to_spare(county, placed, spare):
    items = county.tables["county_items"].assign(migrant_children_placed=placed)
    assert answer("7", County(county.tables | {"county_items": items}))["还能少"] == spare


def test_without_children_of_migrants_that_is_said(monkeypatch, county):
    items = county.tables["county_items"].assign(migrant_children_eligible=0, migrant_children_placed=0)
    monkeypatch.setitem(
        session._SESSIONS, "policy", session.Session(County(county.tables | {"county_items": items}), "")
    )
    assert "原因：这个县没有符合条件的随迁子女。" in repr(
        judge("policy.7", {"比例": 1, "还能少": 1, "补上以后": 1})
    )


def test_odds_are_of_four_cells(county):
    table = county.tables["mobility"]
    adults = table.groupby(["parent_education", "child_education"])["adults"].sum()
    odds = [adults[parents, "college"] / adults[parents, "junior"] for parents in ("senior", "primary")]
    assert answer("10", county) == pytest.approx(odds[0] / odds[1])


def test_compensation_by_hand(county):
    """白云镇第一小学: 1278, 1279 and 1248 pupils, then 1200; 0.8 × 720 × (3805 / 3 − 1200)."""
    assert answer("12", county) == pytest.approx(0.8 * 720 * (3805 / 3 - 1200)) == pytest.approx(39_360)


def test_chance_of_small_schools_by_hand(county):
    """12 of 60 are small: of 6 drawn none is with C(48,6)/C(60,6); of 12 with less than 5 %, of 11 not."""
    none_of = lambda drawn: math.comb(48, drawn) / math.comb(60, drawn)  # noqa: E731
    assert answer("14", county) == {"抽得到": pytest.approx(100 * (1 - none_of(6))), "要抽": 12}
    assert none_of(12) <= 0.05 < none_of(11)


def test_backbone_teachers_that_lack_and_are_spare(county):
    """What is spare less what lacks is what the county has more than one for 100 pupils."""
    found = answer("15", county)
    sections = assess(county).sections
    primary = sections["stage"] == "primary"
    have = assess(county).totals["backbone_teachers"][primary].sum()
    assert found["富余"] - found["缺"] == pytest.approx(have - sections["pupils"][primary].sum() / 100)


def test_without_a_special_school_that_is_said(monkeypatch, county):
    schools = county.schools[county.schools["kind"] != "special"].reset_index(drop=True)
    monkeypatch.setitem(
        session._SESSIONS, "policy", session.Session(County(county.tables | {"schools": schools}), "")
    )
    assert "原因：这个县没有特殊教育学校。" in repr(judge("policy.3", {"生均": 1, "还差": 1}))


def test_what_a_county_of_schools_only_cannot_do_is_said(capsys, tmp_path, county):
    path = tmp_path / "schools.csv"
    county.schools.to_csv(path, index=False)
    begin("policy", path=tmp_path)
    said = capsys.readouterr().out
    for n in ("3", "4", "5", "6", "7", "9", "10", "12", "13"):
        assert f"第{n}题用不了这份数据" in said
    assert judge("policy.1", answer("1", county)).outcome == "right"
