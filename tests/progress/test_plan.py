"""The yearly plan: hand-worked schools, what is wrong with a plan, properties."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import indicator_history
from balancelib.county import Lacking
from balancelib.progress import check_plan, load_measures, make_plan, plan_levels, private_costs, target_paths
from balancelib.progress.annual import Orders, annual_plan, lowest_section, pace_sentence, when_held
from balancelib.progress.plan import Plan, built_at_once
from balancelib.progress.prices import MeasuresError
from balancelib.resources import UNIT_COSTS
from balancelib.standards import load_standard

PER = {indicator.key: indicator.per for indicator in load_standard("quality-2017").indicators}
THRESHOLDS = {indicator.key: indicator.thresholds["primary"] for indicator in load_standard("quality-2017").indicators}  # fmt: skip


def section(indicator, ratio, pupils=200, school="1"):
    threshold = THRESHOLDS[indicator]
    return {
        "year": 2025, "school_id": school, "name": f"学校{school}", "stage": "primary", "pupils": pupils, "indicator": indicator,
        "value": ratio * threshold, "ratio": ratio, "threshold": threshold,
    }  # fmt: skip


def plan_of(*sections, until=2027, measures=None, costs=None):
    return make_plan(target_paths(pd.DataFrame(sections), until), load_measures() if measures is None else measures, costs)  # fmt: skip


@pytest.fixture(scope="module")
def county():
    return sample_county(7, schools=20)


@pytest.fixture(scope="module")
def history(county):
    return indicator_history(county)


# By hand


def test_whole_teachers_as_many_as_the_target_needs():
    # 400 pupils, 1 for 100: 4 are needed, 2 are there. Half way up the path (0.742 of the threshold) 2.97 are needed: the third comes in the first year.
    plan = plan_of(section("backbone_teachers", 0.5, 400))
    assert plan.milestones["add"].tolist() == [1, 1]
    assert plan.milestones["year"].tolist() == [2026, 2027]
    assert plan.milestones["due"].tolist() == [date(2026, 8, 31), date(2027, 8, 31)]
    assert plan.milestones["owner"].unique().tolist() == ["教师发展中心"]
    assert plan.by_year.to_dict() == {2026: 2.0, 2027: 2.0}


def test_who_is_paid_every_year_is_paid_in_the_later_years_too():
    # 0.9 for 100, 1 000 pupils: 9 are needed, 8 are there.
    plan = plan_of(section("pe_arts_teachers", 8 / 9, 1000), until=2028)
    assert plan.milestones["add"].tolist() == [1]
    assert plan.by_year.to_dict() == {2026: 10.0, 2027: 10.0, 2028: 10.0}
    assert plan.money["running"].tolist() == [10.0, 10.0, 10.0]


def test_who_has_none_gets_as_many_as_it_needs():
    # 64 pupils need one, 157 two; the path begins at 5 % of the threshold, which nobody has given them yet.
    plan = plan_of(section("backbone_teachers", 0.0, 64, "1"), section("backbone_teachers", 0.0, 157, "2"), until=2030)  # fmt: skip
    assert plan.milestones.groupby("school_id")["add"].sum().to_dict() == {"1": 1.0, "2": 2.0}
    assert plan.by_year.sum() == 6.0
    assert plan_of(section("equipment_value", 0.0, 100)).by_year.sum() == pytest.approx(20)
    assert plan.milestones["year"].min() == 2026


def test_equipment_is_reckoned_in_ten_thousands():
    # 2000 元 a pupil, 100 pupils, a half is there: 10 万元 are lacking.
    plan = plan_of(section("equipment_value", 0.5, 100))
    assert plan.milestones["add"].sum() == pytest.approx(10)
    assert plan.by_year.sum() == pytest.approx(10)
    assert plan.milestones["unit"].iloc[0] == "万元"


def test_a_ground_is_built_at_once_and_where_most_is_lacking_first():
    plan = plan_of(section("sports_area", 0.9, school="1"), section("sports_area", 0.5, school="2"))
    built = plan.milestones.set_index("school_id")
    assert built["year"].to_dict() == {"2": 2026, "1": 2027}
    assert built["add"].to_dict() == pytest.approx({"2": 750.0, "1": 150.0})  # 7.5 m² for 200
    waiting = plan.targets[(plan.targets["school_id"] == "1") & (plan.targets["year"] == 2026)]
    assert waiting["share"].iloc[0] == pytest.approx(0.9)


def test_prices_of_a_school_stand_before_those_of_all():
    sections = section("multimedia_rooms", 0.9, school="1"), section("multimedia_rooms", 0.9, school="2")
    costs = pd.DataFrame({"school_id": ["2"], "stage": ["primary"], "indicator": ["multimedia_rooms"], "once": [7.0], "yearly": [1.0]})  # fmt: skip
    milestones = plan_of(*sections, costs=costs).milestones.set_index("school_id")
    assert milestones.loc["1", ["once", "yearly"]].tolist() == [4.0, 0.0]
    assert milestones.loc["2", ["once", "yearly"]].tolist() == [7.0, 1.0]


def test_private_schools_are_in_the_plan_and_not_in_the_money():
    schools = pd.DataFrame({"school_id": ["1", "2"], "operator": ["public", "private"]})
    costs = private_costs(schools, load_measures())
    plan = plan_of(section("multimedia_rooms", 0.9), section("multimedia_rooms", 0.9, school="2"), costs=costs)  # fmt: skip
    milestones = plan.milestones.set_index("school_id")
    assert milestones["owner"].to_dict() == {"1": "装备中心", "2": "举办者"}
    assert milestones["once"].to_dict() == {"1": 4.0, "2": 0.0}


def test_a_county_that_holds_needs_no_plan():
    with pytest.raises(Lacking, match="不用定计划"):
        plan_of(section("multimedia_rooms", 1.2))
    nothing = Plan.nothing(2025, 2027)
    assert nothing.by_year.to_dict() == {2026: 0.0, 2027: 0.0}
    assert check_plan(nothing, date(2026, 12, 1), 0).empty


def test_the_lowest_is_of_the_indicator_asked_for_if_it_has_one():
    rows = pd.DataFrame([section("multimedia_rooms", 0.9), section("equipment_value", 0.95), section("sports_area", 0.5)])  # fmt: skip
    rows = rows.assign(state=["coming", "coming", "never"])
    assert lowest_section(rows, "multimedia_rooms")["ratio"] == 0.9
    assert lowest_section(rows, "books")["ratio"] == 0.5
    assert pace_sentence(rows.iloc[2]) == "照现在的步子到不了"
    with pytest.raises(Lacking, match="没有一处"):
        lowest_section(rows.assign(ratio=1.0), "books")


def test_levels_go_on_after_the_year_with_what_is_paid_every_year():
    rows = pd.DataFrame([section("pe_arts_teachers", 8 / 9, 1000)])
    levels = plan_levels(rows, [2026, 2028], load_measures()).pivot(index="until", columns="year", values="money")  # fmt: skip
    assert levels.loc[2026].tolist() == [10.0, 10.0, 10.0]


# What is wrong with a plan


def test_each_fault_is_found_and_says_what_to_do():
    measures = load_measures().drop(index="multimedia_rooms")
    plan = plan_of(section("multimedia_rooms", 0.5), section("equipment_value", 0.5, 1000), measures=measures)  # fmt: skip
    faults = check_plan(plan, date(2026, 11, 30), {2027: 10})
    assert faults["kind"].tolist() == ["过期", "没有人管", "没有价"]
    assert faults["where"].tolist() == ["2026年", "网络多媒体教室", "网络多媒体教室"]
    assert faults["todo"].str.len().min() > 10


def test_money_beyond_the_budget_is_found_and_just_enough_is_none():
    plan = plan_of(section("equipment_value", 0.5, 1000))
    most = plan.by_year.max()
    assert check_plan(plan, date(2026, 3, 1), most).empty
    over = check_plan(plan, date(2026, 3, 1), most - 1)
    assert over["kind"].tolist() == ["超支"]
    assert over["where"].tolist() == [f"{plan.by_year.idxmax()}年"]
    assert "超1万元" in over["fault"].iloc[0]


def test_the_day_itself_is_too_late():
    plan = plan_of(section("equipment_value", 0.5))
    assert check_plan(plan, date(2026, 8, 30)).empty
    assert check_plan(plan, date(2026, 8, 31))["kind"].tolist() == ["过期"]


# Properties


def test_a_plan_carried_out_holds_and_never_adds_a_part_of_a_teacher(history):
    paths = target_paths(history, 2030)
    measures = load_measures()
    plan = make_plan(paths, measures)
    begun = paths[paths["year"] == 2025].set_index(["school_id", "stage", "indicator"])
    added = plan.milestones.groupby(["school_id", "stage", "indicator"])["add"].sum()
    scale = begun.index.get_level_values("indicator").map(measures["scale"])
    per = begun.index.get_level_values("indicator").map(PER)
    reached = begun["begin"] + added.reindex(begun.index).fillna(0) * scale * per / begun["pupils"]
    assert (reached >= begun["threshold"] * (1 - 1e-9)).all()
    whole = plan.milestones["indicator"].map(measures["whole"])
    assert (plan.milestones.loc[whole, "add"] % 1 == 0).all()
    assert (plan.milestones["add"] > 0).all()
    assert plan.by_year.sum() == pytest.approx(plan.money["money"].sum())


def test_what_is_built_at_once_is_the_same_whatever_the_order_of_the_rows(history):
    paths = target_paths(history, 2029)
    shuffled = paths.sample(frac=1, random_state=1)
    first, second = (built_at_once(p, {"sports_area": 0.05, "teaching_area": 0.4}).sort_index()["target"] for p in (paths, shuffled))  # fmt: skip
    pd.testing.assert_series_equal(first, second)
    jumps = built_at_once(paths, {"sports_area": 0.0}).query("indicator == 'sports_area'").groupby("school_id")["target"].nunique()  # fmt: skip
    assert (jumps == 2).all()


# The annual plan


def test_the_annual_plan_counts_each_once(county, history):
    found = annual_plan(county, Orders(2030, date(2026, 3, 1), since=2022))
    below = history[(history["year"] == 2025) & (history["ratio"] < 1 - 1e-12)]
    counts = dict(zip(["in_time", "late", "never", "slipping", "unknown"], found.counts.values(), strict=True))  # fmt: skip
    assert sum(counts.values()) - counts["slipping"] == len(below)
    assert found.board["below"].sum() == len(below)
    assert found.before is not None
    assert annual_plan(county, Orders(2030, date(2026, 3, 1), since=2024)).before is None
    assert annual_plan(county, Orders(2030, date(2026, 3, 1))).board is None


def test_who_holds_by_a_hair_is_not_below_however_few_its_years():
    rows = pd.DataFrame({"state": ["unknown", "unknown"], "ratio": [1 - 1e-14, 0.9], "expected": pd.array([pd.NA, pd.NA], dtype="Int64")})  # fmt: skip
    assert when_held(rows, 2030)["kind"].tolist() == ["", "unknown"]


def test_how_many_are_sure_and_how_many_fall_soon(county, history):
    found = annual_plan(county, Orders(2030, date(2026, 3, 1)))
    sure = [row for row in found.holding.itertuples() if row.kind == "in_time" and row.latest is not pd.NA and row.latest <= 2030]  # fmt: skip
    soon = [row for row in found.holding.itertuples() if row.kind == "slipping" and row.expected <= 2030]
    assert (found.surely, found.soon) == (len(sure), len(soon))
    ratios = history.set_index(["school_id", "stage", "indicator"])["ratio"]
    last = [ratios.loc[(row.school_id, row.stage, row.indicator)].to_numpy()[-4:] for row in found.holding.itertuples() if row.kind == "in_time"]  # fmt: skip
    assert found.jumped == sum(
        3 * (r[3] - r[0]) + r[2] - r[1] < 0 for r in last
    )  # least squares of four years
    assert 0 < found.surely < found.counts["到2030年会达标"]
    assert 0 < found.soon < found.counts["今天达标，照趋势守不住"]


def test_in_time_is_until_the_year_and_late_after_it():
    rows = pd.DataFrame({
        "state": ["coming", "coming", "never", "slipping", "held", "unknown", "unknown"], "ratio": [0.9, 0.9, 0.5, 1.1, 1.2, 0.9, 1.1],
        "expected": pd.array([2030, 2031, pd.NA, 2028, pd.NA, pd.NA, pd.NA], dtype="Int64"),
    })  # fmt: skip
    assert when_held(rows, 2030)["kind"].tolist() == ["in_time", "late", "never", "slipping", "", "unknown", ""]  # fmt: skip


def test_one_school_and_a_private_county_make_a_plan_or_say_why_not():
    one = sample_county(7, schools=20)
    tables = one.tables
    school = tables["schools"]["school_id"].iloc[[0]]
    kept = {name: tables[name][tables[name]["school_id"].isin(school)] for name in ("schools", "history")}
    found = annual_plan(type(one)(kept), Orders(2030, date(2026, 3, 1)))
    assert np.isfinite(found.plan.by_year.sum())
    with pytest.raises(Lacking, match="历年"):
        annual_plan(type(one)({"schools": kept["schools"]}), Orders(2030, date(2026, 3, 1)))


# The file of measures


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "缺少measures"),
        (
            '[[measures]]\nindicator = "books"\nmeasure = "买书"\nowner = "装备中心"\nunit = "册"\nonce = -1.0\n',
            "once",
        ),
        ('[[measures]]\nindicator = "books"\nmeasure = "买书"\nowner = "装备中心"\n', "缺少unit"),
        (
            2 * '[[measures]]\nindicator = "books"\nmeasure = "买书"\nowner = "装备中心"\nunit = "册"\n',
            "两遍",
        ),
    ],
)
def test_a_malformed_file_of_measures_is_refused(tmp_path, text, said):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MeasuresError, match="计划措施文件") as caught:
        load_measures(path)
    assert said in str(caught.value)


def test_prices_are_those_of_module_two():
    """A room imports no other; that both say the same price is tested here."""
    same = {"qualified_teachers": "upgrade", "backbone_teachers": "train_backbone", "pe_arts_teachers": "recruit_pe_arts", "teaching_area": "teaching_rooms",
            "sports_area": "sports_ground", "equipment_value": "equipment", "multimedia_rooms": "multimedia"}  # fmt: skip
    actions, measures = {action.key: action for action in UNIT_COSTS}, load_measures()
    for indicator, key in same.items():
        row, action = measures.loc[indicator], actions[key]
        once = action.once / (
            100 if indicator == "equipment_value" else 1e4
        )  # a unit there is 100 元, here 1 万元
        assert (row["once"], row["yearly"]) == pytest.approx((once, action.yearly / 1e4)), indicator
        assert row["measure"] == action.label


def test_every_indicator_has_a_measure_an_office_and_a_price():
    measures = load_measures()
    assert set(measures.index) == set(PER)
    assert (measures[["once", "yearly"]].sum(axis=1) > 0).all()
