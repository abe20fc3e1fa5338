"""Rotation: every plan of small counties tried one by one, plans worked out by hand, and what is said where there is none."""

from dataclasses import replace
from itertools import product
from math import ceil, floor

import msgspec
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staffed import YEAR, county, needs, teacher

from balancelib.county import County, Lacking, MissingTable
from balancelib.teachers import (
    EXCHANGE,
    Limits,
    explain_left,
    explain_moves,
    explain_stays,
    persons_required,
    plan_rotation,
    rotation_levels,
    without_teachers,
    write_rotation,
)
from balancelib.teachers.rotation.plan import hide_few
from balancelib.teachers.rotation.planning import solve
from balancelib.teachers.rotation.question import NOT_SENT

NOBODY_MUST = msgspec.structs.replace(EXCHANGE, least_share=0.0, least_backbone_share=0.0)
FREE = Limits(within=50, most=1.0, exchange=NOBODY_MUST)


def roads(km, names="abcd"):
    names = list(names[: len(km)])
    return pd.DataFrame(km, index=names, columns=names, dtype=float)


def not_sent(plan):
    """Why teachers cannot be sent, and how many."""
    return plan.question.staff["sent"].map(NOT_SENT).value_counts()


def placed(here, **areas):
    """Put schools in areas."""
    schools = here.schools.assign(area=here.schools["school_id"].map(areas))
    return County({**here.tables, "schools": schools})


# Without her, the only one of a school who counts for PE and arts could not go.
LEFT = teacher(9, "a", "pe", since=2024)
NEAR = roads([[0, 3, 7], [3, 0, 5], [7, 5, 0]])


def test_the_one_who_is_needed_goes_and_nobody_else():
    staff = [
        teacher(1, "a", "music"),
        teacher(2, "a", "music"),
        teacher(3, "a"),
        teacher(4, "b"),
        teacher(5, "b"),
    ]
    here = county({"a": {"primary": 10}, "b": {"primary": 10}}, staff)
    asked = needs(a_primary_music=1, b_primary_music=1, a_primary_chinese=1, b_primary_chinese=2)
    plan = plan_rotation(here, asked, roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE)
    assert plan.chosen == (("T00001", "b"),)
    assert [(s.aim, s.value, s.bound) for s in plan.steps] == [
        ("posts", 1, 1),
        ("gaps", 1, 1),
        ("people", 1, 1),
        ("km", 30, 30),
    ]
    assert plan.proven
    move = plan.moves.loc["T00001"]
    assert (move["km"], move["until"], move["years"]) == (3, YEAR + 3, 15)
    # 10 pupils want one PE or arts teacher at 0.9 per hundred: b had none.
    assert move["fills"] == ("music", "pe_arts_teachers")
    assert (plan.effect["mean_before"] == plan.effect["mean_after"]).all(), "the county has as many as before"
    arts = plan.effect.loc[("primary", "pe_arts_teachers")]
    assert arts["cv_before"] == pytest.approx(1.0), "2 and 0 per 10 pupils: mean 10, deviation 10"
    assert arts["cv_after"] == pytest.approx(0.0)
    assert (arts["below_before"], arts["below_after"], arts["sections"]) == (1, 0, 2)
    assert plan.county.schools.set_index("school_id")["teachers_primary"].to_dict() == {"a": 2, "b": 3}


def test_half_a_post_is_a_post_and_less_is_none():
    staff = [
        teacher(1, "a", "music"),
        teacher(2, "b", "pe", since=2024),
        teacher(3, "c", "pe", since=2024),
        LEFT,
    ]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    for rest, goes in ((0.49, None), (0.5, "b"), (0.75, "b")):
        asked = needs(a_primary_music=0, b_primary_music=rest, c_primary_music=0.3)
        plan = plan_rotation(here, asked, NEAR, year=YEAR, limits=FREE)
        assert dict(plan.chosen).get("T00001") == goes


def couple(where="a", other=2015):
    staff = [teacher(1, "a", "music", spouse="T00002"), teacher(2, where, spouse="T00001", since=other)]
    staff += [teacher(3, "a"), teacher(4, "b"), teacher(5, "b", since=2024), LEFT]
    here = county({"a": {"primary": 10}, "b": {"primary": 10}}, staff)
    asked = needs(a_primary_music=0, b_primary_music=1, a_primary_chinese=1, b_primary_chinese=2)
    return plan_rotation(here, asked, roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE)


def test_a_couple_at_one_school_goes_together():
    plan = couple()
    # The music teacher is needed; the spouse may come only if a Chinese teacher of b goes back: T00005 is not eligible.
    assert dict(plan.chosen) == {"T00001": "b", "T00002": "b", "T00004": "a"}


def test_a_spouse_who_cannot_go_keeps_the_other():
    plan = couple(other=2024)
    assert plan.chosen == ()
    assert not_sent(plan)["同校的配偶去不了"] == 1
    assert plan.posts["short_after"].sum() == 1


def test_a_couple_at_two_schools_is_two_teachers():
    assert dict(couple(where="b").chosen) == {"T00001": "b"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"birth_year": 1973}, "任期满以前会到、或者可能到可以退休的年龄"),
        ({"education": None}, "任教学科、学历、骨干或年龄空白"),
    ],
)
def test_who_is_eligible_and_is_not_sent(given, why):
    here = county(
        {s: {"primary": 10} for s in "ab"}, [teacher(1, "a", "music", **given), teacher(2, "b"), LEFT]
    )
    plan = plan_rotation(
        here, needs(a_primary_music=0, b_primary_music=1), roads([[0, 1], [1, 0]]), year=YEAR, limits=FREE
    )
    assert plan.chosen == ()
    assert plan.question.eligible == 2
    assert not_sent(plan)[why] == 1
    # The term of three years from 2025 ends in the summer of 2028. Born 1973 she may be 55 by then, born 1974 she is not.
    at_the_end = county(
        {s: {"primary": 10} for s in "ab"}, [teacher(1, "a", "music", birth_year=1974), teacher(2, "b"), LEFT]
    )
    assert plan_rotation(
        at_the_end,
        needs(a_primary_music=0, b_primary_music=1),
        roads([[0, 1], [1, 0]]),
        year=YEAR,
        limits=FREE,
    ).chosen


def test_home_counts_and_not_the_school_of_today():
    staff = [
        teacher(1, "a", "music", lives_near="c"),
        teacher(2, "b"),
        teacher(3, "c"),
        teacher(4, "a", "music"),
    ]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    asked = needs(a_primary_music=1, b_primary_music=1, c_primary_music=0)
    plan = plan_rotation(here, asked, roads([[0, 9, 2], [9, 0, 4], [2, 4, 0]]), year=YEAR, limits=FREE)
    assert plan.moves["km"].to_dict() == {"T00001": 4}
    assert plan_rotation(here, asked, NEAR * 10, year=YEAR, limits=replace(FREE, within=20)).chosen == ()


def test_the_longest_at_the_school_goes_first():
    staff = [teacher(1, "a", "music", since=2012), teacher(2, "a", "music", since=2005), teacher(3, "b")]
    here = county({s: {"primary": 10} for s in "ab"}, staff)
    plan = plan_rotation(
        here, needs(a_primary_music=1, b_primary_music=1), roads([[0, 1], [1, 0]]), year=YEAR, limits=FREE
    )
    assert plan.chosen == (("T00002", "b"),)


# --- all plans of small counties -------------------------------------------------------------------------------

SUBJECTS = ("chinese", "music")
THRESHOLDS = {"primary": (4.2, 1.0, 0.9), "junior": (5.3, 1.0, 0.9)}


@st.composite
def small(draw):
    """Two or three schools, one perhaps with both stages, and at most six teachers."""
    schools = {}
    for name in "abc"[: draw(st.integers(2, 3))]:
        stages = draw(st.sampled_from([("primary",), ("junior",), ("primary", "junior")]))
        schools[name] = {s: draw(st.sampled_from([10, 60, 120])) for s in stages}
    staff = []
    for n in range(draw(st.integers(2, 6))):
        school = draw(st.sampled_from(sorted(schools)))
        staff.append(teacher(
            n, school, draw(st.sampled_from(SUBJECTS)), draw(st.sampled_from(sorted(schools[school]))),
            draw(st.sampled_from(["none", "county"])), draw(st.sampled_from(["secondary", "college", "bachelor"])),
            draw(st.sampled_from([2010, 2010, 2012, 2023])), lives_near=draw(st.sampled_from([None, *sorted(schools)])),
            exempt=draw(st.sampled_from([0.0, 0.0, 0.0, 1.0])),
        ))  # fmt: skip
    if len(staff) > 1 and draw(st.booleans()):
        staff[0]["spouse"], staff[1]["spouse"] = "T00001", "T00000"
    areas = {name: draw(st.sampled_from(["rural", "town", "urban"])) for name in schools}
    posts = {f"{s}_{stage}_{subject}": draw(st.sampled_from([0, 0.4, 1, 1.5, 2]))
             for s, stages in schools.items() for stage in stages for subject in SUBJECTS if draw(st.booleans())}  # fmt: skip
    km = {(x, y): draw(st.integers(1, 30)) for x in schools for y in schools if x < y}
    return (
        placed(county(schools, staff), **areas),
        schools | {"areas": areas},
        staff,
        posts,
        roads(
            [[0 if x == y else km[min(x, y), max(x, y)] for y in sorted(schools)] for x in sorted(schools)]
        ),
    )


SIZES = ["rural", "town", "urban"]


def climbing(schools, staff, posts, moved, where):
    """Whether somebody goes to a larger place, and neither brings what it lacks nor goes with one who does."""
    home = {t["teacher_id"]: t["school_id"] for t in staff}
    before = counts(staff, home)
    fills = {}
    for t in moved:
        to, stage = where[t["teacher_id"]], t["stage"]
        items = {key[2] for key in counts([t], home)}
        need = {
            item: ceil(n * schools[to][stage] / 100 - 1e-9)
            for item, n in zip("qbp", THRESHOLDS[stage], strict=True)
        }
        for subject in SUBJECTS:
            need[subject] = floor(
                posts.get(f"{to}_{stage}_{subject}", before.get((to, stage, subject), 0)) + 0.5
            )
        fills[t["teacher_id"]] = any(before.get((to, stage, item), 0) < need[item] for item in items)
    size = {name: SIZES.index(area) for name, area in schools["areas"].items()}
    return any(
        size[where[t["teacher_id"]]] > size[t["school_id"]]
        and not fills[t["teacher_id"]]
        and not (home.get(t["spouse"]) == t["school_id"] and fills.get(t["spouse"]))
        for t in moved
    )


def counts(staff, where):
    """Teachers by school, stage and what they count for, each at the school that he or she is sent to."""
    found = {}
    for t in staff:
        good = ("college", "bachelor") if t["stage"] == "primary" else ("bachelor",)
        holds = [
            t["subject"],
            "q" * (t["education"] in good),
            "b" * (t["backbone"] != "none"),
            "p" * (t["subject"] == "music"),
        ]
        for item in filter(None, holds):
            key = (where[t["teacher_id"]], t["stage"], item)
            found[key] = found.get(key, 0) + 1
    return found


def judged(schools, staff, posts, km, limits, where):  # noqa: PLR0911, PLR0912  a rule each
    """Aims of a plan, or None where it breaks a rule: read off the rules of the county, not off the program."""
    home = {t["teacher_id"]: t["school_id"] for t in staff}
    live = {t["teacher_id"]: t["lives_near"] or t["school_id"] for t in staff}
    sendable = {t["teacher_id"] for t in staff if t["exempt"] == 0 and YEAR - t["school_since"] >= 6}
    moved = [t for t in staff if where[t["teacher_id"]] != home[t["teacher_id"]]]
    for t in moved:
        i, other = t["teacher_id"], t["spouse"]
        if (
            i not in sendable
            or t["stage"] not in schools[where[i]]
            or km.at[live[i], where[i]] > limits.within
        ):
            return None
        if not any(u["school_id"] == where[i] and u["stage"] == t["stage"] for u in staff):
            return None  # a section without a single teacher of its own is none that the plan knows
        if other and home[other] == home[i] and where[other] != where[i]:
            return None
    if not limits.upward and climbing(schools, staff, posts, moved, where):
        return None
    schools = {name: stages for name, stages in schools.items() if name != "areas"}
    before, after = counts(staff, home), counts(staff, where)
    filled, gaps = 0, 0
    for s, stages in schools.items():
        size = sum(t["school_id"] == s for t in staff)
        room = max(1, floor(limits.most * size))
        if (
            sum(home[t["teacher_id"]] == s for t in moved) > room
            or sum(where[t["teacher_id"]] == s for t in moved) > room
        ):
            return None
        for stage, pupils in stages.items():
            if not any(t["school_id"] == s and t["stage"] == stage for t in staff):
                continue
            for subject in SUBJECTS:
                have, has = before.get((s, stage, subject), 0), after.get((s, stage, subject), 0)
                asked = posts.get(f"{s}_{stage}_{subject}", have)
                low = floor(asked + 0.5)
                high = max(ceil(asked), low)
                if not min(have, low) <= has <= max(have, high):
                    return None
                filled += max(low - have, 0) - max(low - has, 0)
            for item, per_hundred in zip("qbp", THRESHOLDS[stage], strict=True):
                have, has = before.get((s, stage, item), 0), after.get((s, stage, item), 0)
                need = ceil(per_hundred * pupils / 100 - 1e-9)
                if has < min(have, need):
                    return None
                gaps += max(need - have, 0) - max(need - has, 0)
    rules, eligible = limits.exchange, len(sendable)
    backbone = sum(t["backbone"] != "none" for t in moved)
    if (
        len(moved) < rules.least_share * eligible - 1e-9
        or backbone < rules.least_backbone_share * len(moved) - 1e-9
    ):
        return None
    return (
        filled,
        gaps,
        -len(moved),
        -sum(km.at[live[t["teacher_id"]], where[t["teacher_id"]]] for t in moved),
    )


def every_plan(schools, staff, posts, km, limits):
    ids = [t["teacher_id"] for t in staff]
    for places in product(sorted(schools["areas"]), repeat=len(ids)):
        where = dict(zip(ids, places, strict=True))
        if (found := judged(schools, staff, posts, km, limits, where)) is not None:
            yield found


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    small(),
    st.sampled_from([0.0, 0.3, 0.6]),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([10, 25]),
    st.sampled_from([0.5, 1.0]),
    st.booleans(),
)
def test_no_plan_is_better(drawn, share, backbone_share, within, most, upward):
    here, schools, staff, posts, km = drawn
    rules = msgspec.structs.replace(EXCHANGE, least_share=share, least_backbone_share=backbone_share)
    limits = Limits(within=within, most=most, exchange=rules, upward=upward)
    best = max(every_plan(schools, staff, posts, km, limits), default=None)
    try:
        plan = plan_rotation(
            here, needs(**posts) if posts else needs(a_primary_art=0), km, year=YEAR, limits=limits
        )
    except Lacking as lacking:
        assert "符合交流条件" in str(lacking)
        return
    assert plan.found == (best is not None)
    if best is None:
        rules = ["share", "backbone", "room", "worse", *([] if upward else ["upward"]), "within"]
        assert [family for family, _ in plan.obstacles] == rules
        return
    where = {t["teacher_id"]: t["school_id"] for t in staff} | dict(plan.chosen)
    assert judged(schools, staff, posts, km, limits, where) == best
    reached = {step.aim: step.value / step.unit for step in plan.steps}
    assert (reached["posts"], reached["gaps"], -reached["people"], -reached["km"]) == best
    assert plan.proven
    assert plan.posts["short"].sum() - plan.posts["short_after"].sum() == best[0]


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(small(), st.randoms())
def test_the_order_of_rows_does_not_matter(drawn, chance):
    here, _, staff, posts, km = drawn
    asked = needs(**posts) if posts else needs(a_primary_art=0)
    mixed = chance.sample(staff, len(staff))
    schools = here.schools.sample(frac=1, random_state=1)
    again = County({"schools": schools, "teachers": pd.DataFrame(mixed)})
    try:
        first = plan_rotation(here, asked, km, year=YEAR, limits=FREE)
    except Lacking:
        return
    names = chance.sample(list(km.index), len(km))
    second = plan_rotation(again, asked[::-1], km.loc[names, names], year=YEAR, limits=FREE)
    assert first.chosen == second.chosen


def test_of_equal_plans_lots_choose_and_favour_no_place_in_the_alphabet():
    """One teacher of music is over, three schools at the same distance lack one: any of them may have him."""

    def drawn(letter):
        names = ["a", *(f"{letter}{i}" for i in range(3))]
        staff = [teacher(1, "a", "music"), teacher(2, "a", "music")]
        staff += [teacher(10 + i, name) for i, name in enumerate(names)]
        here = county({name: {"primary": 10} for name in names}, staff)
        asked = needs(
            **{f"{name}_primary_{subject}": 1 for name in names for subject in ("music", "chinese")}
        )
        plan = plan_rotation(here, asked, roads([[0, 5, 5, 5]] * 4, names), year=YEAR, limits=FREE)
        return names.index(plan.chosen[0][1])

    places = [drawn(letter) for letter in "bcdefghijk"]
    assert set(places) == {1, 2, 3}
    assert places == [drawn(letter) for letter in "bcdefghijk"]


# --- where there is no plan, and what is said ------------------------------------------------------------------


def two_schools(**rules):
    """Ten teachers of Chinese at each of two schools 12 km apart, none of them a backbone teacher but one at a."""
    staff = [teacher(n, "a", backbone="county" if n == 0 else "none") for n in range(10)]
    staff += [teacher(n, "b") for n in range(10, 20)]
    here = county({"a": {"primary": 100}, "b": {"primary": 100}}, staff)
    exchange = msgspec.structs.replace(EXCHANGE, **rules.pop("exchange", {}))
    limits = Limits(**({"within": 20, "most": 0.2} | rules), exchange=exchange)
    return plan_rotation(
        here, needs(a_primary_chinese=10), roads([[0, 12], [12, 0]]), year=YEAR, limits=limits
    )


def test_swaps_make_up_the_share():
    plan = two_schools(exchange={"least_backbone_share": 0.0})
    assert plan.found
    assert (plan.rates["moved"], plan.rates["eligible"], plan.rates["share"]) == (2, 20, 0.1)
    assert plan.moves["fills"].map(len).sum() == 0
    assert plan.posts["after"].tolist() == [10, 10]


def test_the_only_backbone_teacher_must_not_leave_so_that_the_share_cannot_be_had():
    plan = two_schools()
    assert not plan.found
    told = dict(plan.obstacles)
    # 100 pupils want one backbone teacher: a has one, b none. Whoever moves, 20 % of the two are 0.4 persons: one is lacking.
    assert told["backbone"] == "交流的人里，骨干教师还差1人才到20%"
    assert told["share"] == "最多交流0人，是符合条件的0.0%，离2人还差2人"
    assert told["worse"] == "要让一些学校的学科或三项指标多缺（或多余）1人次"
    assert (told["room"], told["within"]) == ("单放宽这一条不够",) * 2
    assert "骨干教师的比例" in plan.message
    with pytest.raises(ValueError, match="没有一个方案"):
        write_rotation("nowhere.xlsx", plan)


def test_a_distance_and_a_limit_that_are_too_narrow():
    far = dict(two_schools(within=5, exchange={"least_backbone_share": 0.0}).obstacles)
    assert far["within"] == "最远的路程要放到12公里"
    assert far["room"] == "单放宽这一条不够"
    full = dict(two_schools(most=0.2, exchange={"least_share": 0.5, "least_backbone_share": 0.0}).obstacles)
    # Ten of twenty must go, five from each; two of each may.
    assert full["room"] == "每所学校进出的上限都要多放3人"
    assert full["share"] == "最多交流4人，是符合条件的20.0%，离10人还差6人"


def test_reasons_name_what_is_lacking_and_who_else_there_is():
    staff = [teacher(n, "a", "music") for n in range(3)] + [
        teacher(5, "c", "music"),
        teacher(6, "c", "music"),
        *(teacher(n, "b") for n in (7, 8, 10)),
        LEFT,
    ]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    asked = needs(a_primary_music=1, b_primary_music=1, c_primary_music=1)
    plan = plan_rotation(here, asked, NEAR, year=YEAR, limits=FREE)
    why = explain_moves(plan).iloc[0]
    assert (why["name"], why["to"], why["alike"], why["others"]) == ("a校", "b校", 2, 2)
    assert (
        "本校音乐要1人，派前3人，派出1人，派后2人；新学校缺音乐、体育艺术教师；家到新学校3.0公里"
        in why["why"]
    )
    # Those of c live 5 km from b; c too can spare one.
    assert why["why"].endswith("换成同科住得最近的别人：离新学校5.0公里的一位，路程多2.0公里")
    (one,) = plan.moves.index
    assert without_teachers(plan, [one]) == "换得了：名单换1人（派出1人，原来1人），各个目标都不变"
    three = ["T00000", "T00001", "T00002"]
    plan2 = plan_rotation(
        here, needs(a_primary_music=0, b_primary_music=3, c_primary_music=2), NEAR, year=YEAR, limits=FREE
    )
    assert list(plan2.moves.index) == three
    assert (
        without_teachers(plan2, three)
        == "换得了：名单换0人（派出0人，原来3人），补上的学科岗位（人）少3；补上的三项指标缺口（人次）少1；动的人（人）少3；从家到新学校的路程合计（公里）少9"
    )
    with pytest.raises(ValueError, match="没有派T00007"):
        without_teachers(plan, ["T00007"])


def test_why_a_post_stays_empty():
    staff = [
        teacher(1, "a", "music"),
        teacher(2, "a", "art", since=2024),
        teacher(3, "a", "it"),
        teacher(4, "b"),
        LEFT,
    ]
    staff += [teacher(5, "a", "english"), teacher(6, "c", "pe", since=2024)]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    posts = {f"a_primary_{s}": 0 for s in ("art", "it", "english")} | {"a_primary_music": 1}
    posts |= {f"b_primary_{s}": 1 for s in ("music", "art", "it", "english")}
    plan = plan_rotation(here, needs(**posts), NEAR, year=YEAR, limits=replace(FREE, within=2))
    assert explain_left(plan).set_index("subject")["cause"].to_dict() == {
        "art": "nobody",
        "english": "far",
        "it": "far",
        "music": "none_over",
    }
    one = plan_rotation(here, needs(**posts), NEAR, year=YEAR, limits=replace(FREE, most=0.1))
    assert len(one.chosen) == 1
    left = explain_left(one).set_index("subject")["cause"].to_dict()
    assert sorted(left.values()) == ["limits", "nobody", "none_over"]


def test_a_post_is_reached_with_a_colleague_in_between():
    # a has one too many and lives too far from c; b's own can go to c when a's comes.
    staff = [
        teacher(1, "a", "it"),
        teacher(2, "b", "it"),
        *(teacher(n, s, "pe", since=2024) for n, s in enumerate("abc", 3)),
    ]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    asked = needs(a_primary_it=0, b_primary_it=1, c_primary_it=1)
    plan = plan_rotation(here, asked, NEAR, year=YEAR, limits=replace(FREE, within=6))
    assert plan.chosen == (("T00001", "b"), ("T00002", "c"))


def test_few_are_not_told_apart():
    plan = two_schools(exchange={"least_backbone_share": 0.0})
    assert plan.published["moved"].tolist() == ["少于3人"]
    more = two_schools(exchange={"least_share": 0.2, "least_backbone_share": 0.0})
    assert more.published.to_numpy().tolist() == [[4, 0]]


def test_the_workbook_is_the_same_bytes_and_its_texts_are_texts(tmp_path):
    plan = two_schools(exchange={"least_backbone_share": 0.0})
    first, second = (write_rotation(tmp_path / f"{n}.xlsx", plan).read_bytes() for n in "ab")
    assert first == second
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [
        "摘要",
        "派出名单",
        "没有派的为什么",
        "前后对比",
        "还缺的岗位",
        "可以公开的汇总",
    ]
    told = [[c.value for c in row] for row in book["派出名单"].iter_rows()]
    assert sum(str(row[0]).startswith("T0") for row in told) == 2
    assert not any("T0" in str(c.value) for row in book["可以公开的汇总"].iter_rows() for c in row)


def test_levels_agree_with_plans():
    plan = two_schools(exchange={"least_backbone_share": 0.0})
    levels = rotation_levels(plan, (0.0, 0.1, 0.4), (5.0, 20.0))
    rows = levels.set_index(["within", "share"])
    assert rows["found"].to_dict() == {
        (5, 0.0): True,
        (5, 0.1): False,
        (5, 0.4): False,
        (20, 0.0): True,
        (20, 0.1): True,
        (20, 0.4): False,
    }
    assert rows.loc[(20, 0.1), ["moved", "needed", "filled", "left"]].tolist() == [2, 0, 0, 0]


def test_persons_required():
    # A head teaches 0.3 of a load: two persons are 1.3 posts, and 0.3 are over where one is needed.
    balance = pd.DataFrame({"school_id": "a", "stage": "primary", "subject": ["music", "art", "practice"], "teachers": [2, 1, 0],
                            "surplus": [0.3, 0, 0], "short": [0, 0.5, 2]})  # fmt: skip
    assert persons_required(balance).to_dict() == {
        ("a", "primary", "music"): 1.7,
        ("a", "primary", "art"): 1.5,
    }


def test_a_teaching_point_loses_nobody_that_counts():
    # Under 50 pupils a teaching point is not judged; its only backbone teacher stays nevertheless.
    staff = [teacher(1, "a", backbone="county"), teacher(2, "b"), teacher(3, "b")]
    here = county({"a": {"primary": 20}, "b": {"primary": 100}}, staff)
    schools = here.schools.assign(kind=["teaching_point", "primary"])
    here = County({"schools": schools, "teachers": here.tables["teachers"]})
    plan = plan_rotation(here, needs(a_primary_chinese=1), roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE)
    assert plan.chosen == ()


# --- what the plan knows of places, people and blanks ----------------------------------------------------------


def test_a_special_school_neither_sends_nor_receives():
    staff = [
        teacher(1, "a", "music"),
        teacher(2, "a", "music"),
        teacher(3, "b", "music"),
        teacher(4, "b"),
        LEFT,
    ]
    here = county({"a": {"primary": 10}, "b": {"primary": 10}}, staff)
    special = County({**here.tables, "schools": here.schools.assign(kind=["primary", "special"])})
    asked = needs(a_primary_music=1)
    everyone = msgspec.structs.replace(EXCHANGE, least_share=0.25, least_backbone_share=0.0)
    limits = replace(FREE, exchange=everyone)
    assert plan_rotation(here, asked, roads([[0, 0], [0, 0]]), year=YEAR, limits=limits).found
    plan = plan_rotation(special, asked, roads([[0, 0], [0, 0]]), year=YEAR, limits=limits)
    assert not plan.found
    assert plan.question.eligible == 4, "they are eligible nevertheless"
    assert not_sent(plan)["在特殊教育学校、职业学校，另按自己的课程排"] == 2


def rural_and_urban(upward, **given):
    """An urban school a with two backbone teachers and a rural one b with none; each has the Chinese teachers that it wants, none qualified above the level."""
    grades = ["county", "county", "none", "none"]
    staff = [
        teacher(n, "aabb"[n - 1], backbone=grade, education="secondary") for n, grade in enumerate(grades, 1)
    ]
    here = placed(county({"a": {"primary": 50}, "b": {"primary": 50}}, staff), a="urban", b="rural")
    limits = replace(FREE, upward=upward, **given)
    asked = needs(a_primary_chinese=2, b_primary_chinese=2)
    return plan_rotation(here, asked, roads([[0, 3], [3, 0]]), year=YEAR, limits=limits)


def test_nobody_is_sent_to_a_larger_place_who_fills_nothing_there():
    # 50 pupils want one backbone teacher: one of a's could go to b if one of b's, who fills nothing, went to a.
    free = rural_and_urban(upward=True)
    assert dict(free.chosen) == {"T00001": "b", "T00003": "a"}
    assert free.ways.reset_index().to_numpy().tolist() == [["rural", "urban", 1, 0], ["urban", "rural", 1, 1]]
    plan = rural_and_urban(upward=False)
    assert plan.chosen == ()
    assert plan.message.startswith("不用派人：照这些规则，没有一处派人能补上。")
    assert "nan" not in plan.message


def test_where_that_rule_stands_in_the_way_its_amount_is_told():
    some = msgspec.structs.replace(EXCHANGE, least_share=0.5, least_backbone_share=0.0)
    plan = rural_and_urban(upward=False, exchange=some)
    assert not plan.found
    assert dict(plan.obstacles)["upward"] == "要让1个不补缺的人从乡村、镇区往上派"
    assert "不补缺的不往上派：要让1个" in plan.message
    assert rural_and_urban(upward=True, exchange=some).rates["moved"] == 2


def test_whoever_lacks_at_the_larger_place_may_be_sent_up():
    staff = [teacher(1, "b", "music"), teacher(2, "b", "music"), teacher(3, "a"), teacher(4, "b")]
    here = placed(county({"a": {"primary": 10}, "b": {"primary": 10}}, staff), a="urban", b="rural")
    asked = needs(a_primary_music=1, b_primary_music=1)
    assert plan_rotation(here, asked, roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE).chosen == (
        ("T00001", "a"),
    )


def test_whoever_is_said_to_swap_has_somebody_coming_back():
    plan = two_schools(exchange={"least_backbone_share": 0.0})
    why = explain_moves(plan)
    assert why["exchange"].tolist() == ["swap", "swap"]
    assert why["why"].str.contains("新学校同科有1人换到本校").all()
    # Three schools in a ring, each too far from one of the others: one moves on, and another takes the place.
    staff = [teacher(n, school) for n, school in enumerate("abc")]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    ring = pd.DataFrame(
        [[0, 1, 99], [99, 0, 1], [1, 99, 0]], index=list("abc"), columns=list("abc"), dtype=float
    )
    all_of_them = msgspec.structs.replace(EXCHANGE, least_share=1.0, least_backbone_share=0.0)
    plan = plan_rotation(here, needs(a_primary_chinese=1, b_primary_chinese=1, c_primary_chinese=1), ring, year=YEAR,
                         limits=replace(FREE, exchange=all_of_them))  # fmt: skip
    assert dict(plan.chosen) == {"T00000": "b", "T00001": "c", "T00002": "a"}
    assert explain_moves(plan)["exchange"].tolist() == ["chain"] * 3


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(small(), st.sampled_from([0.3, 0.6]))
def test_reasons_are_facts_of_the_plan(drawn, share):
    here, _, _, posts, km = drawn
    rules = msgspec.structs.replace(EXCHANGE, least_share=share, least_backbone_share=0.0)
    try:
        plan = plan_rotation(here, needs(**posts) if posts else needs(a_primary_art=0), km, year=YEAR,
                             limits=Limits(within=30, most=1.0, exchange=rules, upward=True))  # fmt: skip
    except Lacking:
        return
    moves = plan.moves
    for teacher_id, why in explain_moves(plan).iterrows():
        move = moves.loc[teacher_id]
        same = moves[(moves["stage"] == move["stage"]) & (moves["subject"] == move["subject"])]
        leaving = same[same["school_id"] == move["to_id"]]
        back = (leaving["to_id"] == move["school_id"]).any()
        assert (why["exchange"] == "swap") == (back and not move["fills"])
        assert (why["exchange"] == "none") == (leaving.empty and not move["fills"])
    if plan.found:
        stays = explain_stays(plan)
        eligible = plan.question.staff.query("status == 'eligible'").index
        assert sorted(stays.index) == sorted(set(eligible) - set(moves.index))
        assert "open" not in set(stays["cause"]), "a proven plan leaves nobody who alone would fill more"


def test_why_they_stay():
    staff = [
        teacher(1, "a", "music"),
        teacher(2, "a", "music"),
        teacher(3, "a"),
        teacher(4, "b"),
        teacher(5, "c", "music", birth_year=1970),
    ]
    staff += [teacher(6, "c", "music"), LEFT, teacher(8, "c", "pe", since=2024)]
    here = county({s: {"primary": 10} for s in "abc"}, staff)
    asked = needs(
        a_primary_music=0, b_primary_music=1, c_primary_music=1, a_primary_chinese=1, b_primary_chinese=1
    )
    plan = plan_rotation(here, asked, NEAR, year=YEAR, limits=FREE, kept=["T00003"])
    assert plan.chosen == (("T00001", "b"),)
    stays = explain_stays(plan)
    assert stays["cause"].to_dict() == {
        "T00002": "alike", "T00003": "kept", "T00004": "own", "T00005": "retires", "T00006": "taken",
    }  # fmt: skip
    assert stays.loc["T00004", "why"].startswith("再派这一位，b校的语文教师不够了")
    assert stays.loc["T00006", "why"].endswith("换下派去b校的同科，路程多2.0公里。")
    assert not stays["why"].str.contains("T0").any()
    with pytest.raises(ValueError, match="T00001"):
        explain_stays(plan, ["T00001"])
    near = plan_rotation(here, asked, NEAR, year=YEAR, limits=replace(FREE, within=4))
    assert explain_stays(near, ["T00006"])["cause"].tolist() == ["far"]


@pytest.mark.parametrize(
    ("one", "other", "third", "together"),
    [
        ("T00002", None, None, True),
        (None, "T00001", None, True),
        ("T00002", "T00003", None, False),
        ("T00002", None, "T00002", False),
    ],
)
def test_a_couple_is_one_if_either_says_so_and_nobody_else_is_named(one, other, third, together):
    staff = [
        teacher(1, "a", spouse=one),
        teacher(2, "a", "art", spouse=other),
        teacher(3, "a", spouse=third),
        teacher(4, "b"),
    ]
    plan = plan_rotation(county({"a": {"primary": 10}, "b": {"primary": 10}}, staff), needs(a_primary_art=1), roads([[0, 3], [3, 0]]),
                         year=YEAR, limits=FREE)  # fmt: skip
    assert any(len(group.kinds) == 2 for group in plan.question.groups) == together
    assert bool(plan.question.contradicting) == (not together)


def test_a_school_with_a_teacher_of_unknown_subject_is_not_filled():
    staff = [teacher(1, "a", "music"), teacher(2, "a", "pe"), teacher(3, "b", None), LEFT]
    here = county({"a": {"primary": 10}, "b": {"primary": 10}}, staff)
    plan = plan_rotation(
        here, needs(a_primary_music=0, b_primary_music=1), roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE
    )
    assert plan.posts["short"].sum() == 0
    assert "1个学段部分有教师的任教学科空白，缺不缺说不准" in plan.message


@pytest.mark.parametrize(("blank", "goes"), [("none", {"T00001", "T00004"}), (None, set())])
def test_a_school_with_a_teacher_of_unknown_title_is_not_filled(blank, goes):
    """Of 100 pupils one backbone teacher is asked: b has none, or, where a title is blank, perhaps one."""
    staff = [teacher(n, "a", backbone="county") for n in (1, 2)]
    staff += [teacher(3, "b", backbone=blank, since=2024), teacher(4, "b")]
    here = county({"a": {"primary": 100}, "b": {"primary": 100}}, staff)
    asked = needs(a_primary_chinese=2, b_primary_chinese=2)
    plan = plan_rotation(here, asked, roads([[0, 3], [3, 0]]), year=YEAR, limits=FREE)
    assert set(dict(plan.chosen)) == goes
    assert ("1个学段部分有教师的学历、骨干称号或任教学科空白" in plan.message) == (blank is None)


def test_roads_that_nobody_wrote_down():
    staff = [teacher(1, "a", "music"), teacher(2, "b"), LEFT]
    here = county({"a": {"primary": 10}, "b": {"primary": 10}}, staff)
    asked = needs(a_primary_music=0, b_primary_music=1)
    with pytest.raises(Lacking, match="校际路程表里没有这些学校：b校"):
        plan_rotation(here, asked, roads([[0]]), year=YEAR, limits=FREE)
    for km, cause in ((float("nan"), "no_road"), (float("inf"), "far")):
        plan = plan_rotation(here, asked, roads([[0, km], [km, 0]]), year=YEAR, limits=FREE)
        assert explain_left(plan)["cause"].tolist() == [cause]


def test_blanks_that_may_hide_somebody_are_told_with_the_plan():
    staff = [teacher(n, "a") for n in range(10)] + [teacher(n, "b") for n in range(10, 20)]
    staff += [teacher(n, "b", since=None) for n in range(20, 22)]
    here = county({"a": {"primary": 100}, "b": {"primary": 100}}, staff)
    rules = msgspec.structs.replace(EXCHANGE, least_backbone_share=0.0)
    plan = plan_rotation(
        here, needs(a_primary_chinese=10), roads([[0, 12], [12, 0]]), year=YEAR, limits=Limits(exchange=rules)
    )
    assert plan.rates["moved"] == 2
    # 2 of 20 are 10 %; if the two were eligible, 2 of 22 are 9.1 %.
    assert plan.message.endswith(
        "另有2人资料不全，判断不了符不符合：都符合时，派出的占9.1%，不到10%，请先补齐。"
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([2, 9, 40], ["少于3人", "略", 40]),  # one alone is what the total lacks
        ([1, 3, 4, 40], ["少于3人", "略", "略", 40]),  # 4 can only be 1 and 3
        ([1, 2, 40], ["少于3人", "少于3人", 40]),  # 3 may be 1 and 2 or 2 and 1
        ([1, 1, 5, 40], ["少于3人", "少于3人", "略", 40]),  # 2 can only be 1 and 1
        ([0, 3, 40], [0, 3, 40]),
    ],
)
def test_what_is_hidden_cannot_be_reckoned_from_the_total(given, told):
    assert hide_few(pd.Series(given)).tolist() == told


@pytest.mark.parametrize("given", [{"within": -1}, {"term": 0}, {"most": 0}, {"most": 1.5}])
def test_limits_without_sense(given):
    with pytest.raises(ValueError, match="任期至少1年"):
        Limits(**given)


def test_nobody_is_eligible():
    here = county({"a": {"primary": 10}}, [teacher(1, "a", since=2024)])
    with pytest.raises(Lacking, match="没有一名教师符合交流条件"):
        plan_rotation(here, needs(a_primary_music=1), roads([[0]]), year=YEAR)
    with pytest.raises(Lacking, match="不能小于0"):
        plan_rotation(here, needs(a_primary_music=-1), roads([[0]]), year=YEAR)


def test_a_column_that_nobody_filled_is_said():
    here = two_schools(exchange={"least_backbone_share": 0.0}).question.county
    blank = County({"schools": here.schools, "teachers": here.tables["teachers"].assign(birth_year=None)})
    with pytest.raises(MissingTable, match="“教师”表的“出生年"):
        plan_rotation(blank, needs(a_primary_chinese=10), roads([[0, 12], [12, 0]]), year=YEAR)


def test_no_time_is_said():
    plan = solve(two_schools(exchange={"least_backbone_share": 0.0}).question, 0.0)
    assert plan.late
    assert "时间到了" in plan.message
