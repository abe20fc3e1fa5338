"""What a county publishes of its special groups: nobody can be found in it."""

import pandas as pd
import pytest
from few import LEFT, PLACED, TOWNSHIPS, county, disabled
from scipy.optimize import linprog

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
from balancelib.report.groups import groups_report

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
    told = {
        n: text for n, text in zip(LEFT.values(), by_school["小学"].drop("合计"), strict=True) if text != "…"
    }
    assert len(told) >= 2
    assert all(text == str(n) for n, text in told.items())
    # A township's only school: hidden in one table it is hidden in both.
    by_place = shown["各乡镇学校里的农村留守儿童，按学段"]
    assert by_place.loc["西乡", "小学"] == by_school.loc["西乡小学", "小学"] == "…"


def test_nobody_hides_behind_a_stage_that_a_school_does_not_have():
    """A reader knows that a 小学 has no 初中: a mark there is a 0, and the column's other mark would be told."""
    schools = pd.DataFrame({
        "school_id": ["1", "2", "3", "4"], "name": ["甲小学", "乙小学", "丙中学", "丁学校"],
        "kind": ["primary", "primary", "junior", "nine_year"], "township": ["甲", "甲", "乙", "乙"], "county_id": None, "county": "小县",
    })  # fmt: skip
    counts = [
        ("1", "primary", 20),
        ("1", "junior", 0),
        ("2", "primary", 12),
        ("3", "junior", 15),
        ("3", "primary", 0),
    ]
    rows = [*counts, ("4", "primary", 3), ("4", "junior", 9)]
    pupils = pd.DataFrame([(2025.0, s, stage, "left_behind", float(n)) for s, stage, n in rows])
    pupils.columns = ["year", "school_id", "stage", "group", "pupils"]
    here = County({
        "schools": schools, "group_pupils": pd.concat([pupils, pupils.assign(group="migrant")], ignore_index=True),
    })  # fmt: skip
    for key, release in publish_groups(here, QUICK).items():
        shown = shown_tables(key, release)
        by_school = next(t for caption, t in shown.items() if caption.startswith("各校"))
        assert by_school.loc["甲小学", "初中"] == by_school.loc["乙小学", "初中"] == "0"
        assert by_school.loc["丙中学", "小学"] == "0"
        assert by_school.loc["丁学校", "小学"] == "…"
        # What a mark leaves open when nobody is where nobody can be.
        kind = {"甲小学": ["小学"], "乙小学": ["小学"], "丙中学": ["初中"], "丁学校": ["小学", "初中"]}
        found = _ranges(by_school, kind)
        assert all(high - low >= QUICK.width for low, high in found.values()), found


def _ranges(shown, kind):
    """Least and greatest count of every hidden cell of a table of schools by stage, by linear programs of its own."""
    places = [(school, stage) for school, stages in kind.items() for stage in stages]
    sums = {
        (r, c): [float((r in (s, "合计")) and (c in (t, "合计"))) for s, t in places]
        for r in shown.index
        for c in shown.columns
    }
    told = {cell: int(shown.loc[cell]) for cell in sums if shown.loc[cell] != "…"}
    rows = [sums[cell] for cell in told]
    solve = lambda cost: linprog(cost, A_eq=rows, b_eq=list(told.values()))  # noqa: E731
    return {
        cell: (solve(sums[cell]).fun, -solve([-x for x in sums[cell]]).fun)
        for cell in sums
        if cell not in told
    }


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
        ({"schools": county().schools.assign(kind=None)}, "没有填办学类型"),
        ({"schools": county().schools.drop(columns="kind")}, "没有填办学类型"),
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


def test_a_table_without_years_is_not_called_that_of_an_earlier_year():
    """The same children in two patterns, called those of two years, would tell more than either."""
    tables = county().tables
    pupils = pd.concat([tables["group_pupils"], tables["group_pupils"].assign(year=2024.0)])
    here = County({**tables, "group_pupils": pupils})
    earlier = publish_groups(here, QUICK, year=2024)
    assert set(earlier) == {"left_behind", "migrant"}
    assert set(publish_groups(here, QUICK, year=2025)) == {"disabled", "left_behind", "migrant"}
    said = groups_report(here, earlier, QUICK).sections[-1].blocks[0]
    assert said == "残疾儿童少年的数没有写是哪一年的，只随最近一年的表公布，这里没有。"


def test_a_township_without_a_child_has_a_row_too():
    """Where only townships with children had one, a mark would tell that its township has a child."""
    few = disabled().query("township != '东乡'")
    here = County({"schools": county().schools, "disabled_children": few})
    shown = shown_tables("disabled", publish_groups(here, QUICK, year=2025)["disabled"])
    assert list(shown["各乡镇的残疾儿童少年，按安置方式"].index) == [*TOWNSHIPS, "合计"]


def test_a_school_without_a_row_is_asked_for():
    """No row is not 0; and where only schools with children have one, a mark tells that there is a child."""
    pupils = county().tables["group_pupils"]
    every = pupils.query("group == 'migrant'").assign(group="all", pupils=100.0)
    gone = pupils.drop(pupils.query("group == 'migrant' and pupils == 0").index)
    with pytest.raises(Lacking, match="东乡小学小学2025年有“全体”，没有“随迁子女”的一行，这样的一共2处"):
        publish_groups(changed(group_pupils=pd.concat([gone, every])), QUICK)
    publish_groups(changed(group_pupils=pd.concat([pupils, every])), QUICK)


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
