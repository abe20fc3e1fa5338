"""What a county publishes of its special groups: nobody can be found in it."""

import pandas as pd
import pytest
from few import LEFT, PLACED, TOWNSHIPS, county

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.disclosure import Policy, audit
from balancelib.groups import (
    alone,
    confidential,
    newest_year,
    publish_groups,
    shown_tables,
    subjects,
    subtracted,
    undated,
)

QUICK = Policy(seconds=2.0)


@pytest.fixture(scope="module")
def releases():
    return publish_groups(county(), QUICK)


def changed(**tables):
    """Return the county with other tables, without the disabled children's."""
    kept = {name: table for name, table in county().tables.items() if name != "disabled_children"}
    return County({**kept, **tables})


def test_tables_name_columns_that_there_are():
    for subject in subjects().values():
        own = {c.name for c in schema().table(subject.table).columns}
        places = {c.name for c in schema().table("schools").columns}
        assert set(subject.columns) <= own | places
        assert {subject.count, *subject.where} <= own


def test_what_is_shown_is_exact_and_three_children_are_not(releases):
    shown = shown_tables("disabled", releases["disabled"])["各乡镇的残疾儿童少年，按安置方式"]
    assert shown.index.name == "乡镇"
    assert list(shown.index) == [*TOWNSHIPS, "合计"]
    labels = schema().table("disabled_children").column("placement").codes
    told = 0
    for township, placed in PLACED.items():
        for code, label in labels.items():
            if (text := shown.loc[township, label]) != "…":
                assert int(text) == placed.get(code, 0)
                told += 1
    assert told > len(TOWNSHIPS) * len(labels) / 2
    few = shown.loc["西乡", ["随班就读", "特教学校", "送教上门", "合计"]]
    assert set(few) == {"…"}


def test_all_groups_together_tell_nothing(releases):
    assert set(releases) == {"disabled", "left_behind", "migrant"}
    assert audit(list(releases.values())).empty
    for release in releases.values():
        found = release.attack()
        assert (found["greatest"] - found["least"] >= QUICK.width).all()


def test_schools_stand_by_name_and_their_townships_are_known(releases):
    shown = shown_tables("left_behind", releases["left_behind"])
    by_school = shown["各校的农村留守儿童，按学段"]
    assert list(by_school.index) == ["东乡小学", "西乡小学", "南镇小学", "北镇小学", "合计"]
    assert by_school.loc["东乡小学", "小学"] == str(LEFT["0001"])
    # A township's only school: hidden in one table it is hidden in both.
    by_place = shown["各乡镇学校里的农村留守儿童，按学段"]
    assert by_place.loc["西乡", "小学"] == by_school.loc["西乡小学", "小学"] == "…"


def test_same_names_are_told_apart():
    schools = county().schools.assign(name="中心小学")
    shown = shown_tables("left_behind", publish_groups(changed(schools=schools), QUICK)["left_behind"])
    assert shown["各校的农村留守儿童，按学段"].index[0] == "中心小学（0001）"


def test_the_same_year_again_agrees_and_another_is_of_others(releases):
    before = [releases["left_behind"]]
    secret = confidential(county(), "left_behind")
    again = secret.publish([("township",)], QUICK, before)
    assert audit([again, *before]).empty
    more = county().tables["group_pupils"].assign(pupils=lambda t: t["pupils"] + 1)
    grown = changed(group_pupils=more)
    with pytest.raises(ValueError, match="同一批"):
        confidential(grown, "left_behind").publish([("township",)], QUICK, before)
    confidential(grown, "left_behind", 2025).publish([("township",)], QUICK, [])
    later = changed(group_pupils=more.assign(year=2026.0))
    assert newest_year(later) == 2026
    confidential(later, "left_behind").publish([("township",)], QUICK, before)


def test_a_table_without_years_is_of_the_newest_year_alone():
    """Given out under two years, the same children stood in two patterns."""
    pupils = county().tables["group_pupils"]
    tables = county().tables | {"group_pupils": pd.concat([pupils, pupils.assign(year=2024.0)])}
    two_years = County(tables)
    assert set(publish_groups(two_years, QUICK, year=2024)) == {"left_behind", "migrant"}
    assert [subject.key for subject in undated(two_years, 2024)] == ["disabled"]
    assert set(publish_groups(two_years, QUICK, year=2025)) == {"disabled", "left_behind", "migrant"}
    alone = County({name: table for name, table in tables.items() if name != "group_pupils"})
    assert set(publish_groups(alone, QUICK, year=2024)) == {"disabled"}  # the year is what the office says


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"schools": county().schools.assign(township=None)}, "没有填乡镇"),
        ({"group_pupils": county().tables["group_pupils"].assign(pupils=[None, *range(7)])}, "空着的人数"),
        (
            {"group_pupils": county().tables["group_pupils"].query("group == 'migrant'")},
            "没有2025年的“农村留守儿童”",
        ),
    ],
)
def test_what_is_lacking_is_said(tables, said):
    with pytest.raises(Lacking, match=said):
        publish_groups(changed(**tables), QUICK)


def test_a_county_without_these_tables():
    with pytest.raises(Lacking, match="残疾儿童安置"):
        publish_groups(County({"schools": county().schools}), QUICK)


def test_nobody_at_all_is_told():
    none = county().tables["group_pupils"].assign(pupils=0.0)
    release = publish_groups(changed(group_pupils=none), QUICK)["migrant"]
    assert set(release.cells["shown"]) == {"0"}


def test_subtraction_fills_a_single_blank_and_goes_on():
    # The corner alone; then of a chain each fills the next; a square of four holds.
    chain = pd.DataFrame([[True, True, False], [False, True, True], [False, False, True]])
    assert alone(chain).sum().sum() == 2
    assert subtracted(chain).to_numpy().tolist() == chain.to_numpy().tolist()
    square = pd.DataFrame([[True, True, False], [True, True, False], [False, False, False]])
    assert not subtracted(square).to_numpy().any()
