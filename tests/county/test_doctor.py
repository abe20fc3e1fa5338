"""The data doctor: each rule of ``rules.toml`` finds what it is for, and nothing in a county that is in order."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import short_county

from balancelib.county import InputError, read_county
from balancelib.county import rules as rules_module
from balancelib.county.rules import rulebook, rules, rules_table, written_out
from balancelib.county.schema import schema
from balancelib.county.views import BY_STAGE, DERIVED, FUNCTIONS, View
from balancelib.county.write import write_csv

SAMPLE = short_county(7).tables
# The first school, 9900000001 城关镇第一小学, has 1,000 pupils in 24 classes, 60 teachers, 5,400 m² (600 m² for sports), 140 computers,
# 27 multimedia rooms, 24,000 books and equipment of 215.6 万元. The county's schools have 2,282 teachers.
TOGETHER = {
    "year": "county_items",
    "sum": "schools",
    "county.entrants": "enrolment",
    "teachers.retired": "county_items",
    "teachers.after": "county_items",
    "reference.teacher": "teachers",
    "reference.studio": "studios",
    "quality.item": "items",
    "groups.e": "enrolment",
    "groups.both": "registers",
    "progress.after": "county_items",
    "progress.tested": "enrolment",
    "progress.answers": "survey",
    "progress.not_sent": "survey_frame",
}  # a rule needs that table too


def tables_for(rule, changes):
    """Return the tables of the sample that a rule is about, after changes: (table, row, column, value)."""
    names = {"schools", *rules()[rule].tables, *(table for table, *_ in changes)}
    names |= {name for start, name in TOGETHER.items() if rule.startswith(start)}
    tables = {name: SAMPLE[name].copy() for name in SAMPLE if name in names}
    for table, row, column, value in changes:
        frame = tables[table]
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
    return tables


def found_in(folder, tables, previous=None):
    write_csv(tables, folder)
    before = None
    if previous is not None:
        before = folder / "before"
        before.mkdir()
        write_csv({"schools": previous}, before)
    try:
        return read_county(folder, before).warnings
    except InputError as error:
        return error.faults


def of(faults, rule):
    return [fault for fault in faults if fault.rule == rule]


NINE_YEAR = int(np.flatnonzero(SAMPLE["schools"]["kind"] == "nine_year")[0])
JUNIOR = int(np.flatnonzero(SAMPLE["schools"]["kind"] == "junior")[0])
SPECIAL = {"kind": "special", "pupils_primary": 60, "classes_primary": 4, "teachers_primary": 10}
NOTHING = ("pupils", "classes", "teachers", "qualified", "backbone", "pe_arts", "senior_title")


def school(row=0, **values):
    return [("schools", row, column, value) for column, value in values.items()]


def empty_school(row=0):
    return school(row, **{f"{what}_primary": 0 for what in NOTHING})


FRAME, FIRST_ANSWER = SAMPLE["survey_frame"], SAMPLE["survey"].iloc[0]
ANSWERED = int(
    np.flatnonzero((FRAME[["school_id", "role"]] == FIRST_ANSWER[["school_id", "role"]]).all(axis=1))[0]
)
CLOSED = int(SAMPLE["actions"]["closed_on"].notna().argmax())
LAST = int(np.flatnonzero(SAMPLE["group_pupils"]["year"] == 2025)[0])  # all pupils of the first school
LAST_GRADES = int(np.flatnonzero(SAMPLE["enrolment"]["year"] == 2025)[0])
DEAF = int(np.flatnonzero(SAMPLE["disabled_children"]["age_group"] == "junior")[0])

# Rule, changes, column in which it is found, words of the reason. A rule of two columns or stages is tried on one.
CASES = [
    ("row.blank", school(name=None), "学校名称", "是空的"),
    ("row.sum", school(59, name="合 计"), "学校名称", "合计行"),
    ("row.sum", school(59, school_id="总计"), "学校标识码", "合计行"),
    ("row.twice", school(1, school_id="9900000001"), "学校标识码", "与第3行重复"),
    ("row.same_name", school(1, name="城关镇第一小学"), "学校名称", "同名"),
    ("row.no_county", school(1, county_id="330106"), "县区代码", "别的学校都填了"),
    ("part.qualified", school(qualified_primary=61), "小学高于规定学历教师数", "大于“小学专任教师数”的60"),
    ("part.backbone", school(backbone_primary=61), "小学县级以上骨干教师数", "大于“小学专任教师数”的60"),
    ("part.pe_arts", school(pe_arts_primary=61), "小学体育艺术专任教师数", "大于“小学专任教师数”的60"),
    ("part.senior_title", school(senior_title_primary=61), "小学中级及以上职务教师数", "大于“小学专任教师数”的60"),
    ("part.indoor_sports", school(indoor_sports_area=5400.01), "室内体育用房面积", "大于“教学及辅助用房面积”的5400"),
    ("part.other", [("digital", 0, "open_seats", 9999)], "开放机位数", "大于“学生终端数”的"),
    ("part.parents_valid", [("county_items", 0, "survey_parents_valid", 99999)], "其中家长有效问卷数", "大于“有效问卷数”的"),
    ("part.parents_satisfied", [("county_items", 0, "survey_parents_satisfied", 99999)], "其中家长认可或满意的问卷数",
     "大于“认可或满意的问卷数”的"),
    ("part.boarders", [("boarding", 0, "boarders_primary", 9999)], "小学寄宿生数", "大于“学校”表“小学在校生数”的"),
    ("part.terminals", [("digital", 0, "pupil_terminals", 141)], "学生终端数", "大于“学校”表“计算机台数”的140"),
    ("part.digital_teachers", [("digital", 0, "trained_teachers", 61)], "完成信息技术培训的教师数", "“初中专任教师数”的60"),
    ("stage.pupils", school(pupils_junior=30), "初中在校生数", "没有初中学段"),
    ("stage.unused", school(teachers_junior=3), "初中专任教师数", "没有使用"),
    ("stage.elsewhere", [("enrolment", 0, "grade9", 12)], "九年级学生数", "没有初中学段"),
    ("blank.stage", school(pe_arts_primary=None), "小学体育艺术专任教师数", "是空的"),
    ("blank.school", school(books=None), "图书册数", "是空的"),
    ("none.school", empty_school(), "学校名称", "没有学生、没有教师、没有班"),
    ("none.pupils", empty_school(), "小学在校生数", "这个学段跳过"),
    ("none.teachers", school(**{f"{what}_primary": 0 for what in NOTHING[2:]}), "小学专任教师数", "没有自己的专任教师"),
    ("none.classes", school(classes_primary=0), "小学班数", "小学有1000名学生"),
    ("none.special_classes", school(**SPECIAL | {"classes_primary": 0}), "小学班数", "小学有60名学生"),
    ("class.above_stage", [("school_items", 0, "largest_class_primary", 1001)], "小学最大班额", "大于小学在校生数1000"),
    ("class.below_mean", [("school_items", 0, "largest_class_primary", 41)], "小学最大班额", "小学有1000人、24个班"),
    ("class.special_below_mean", [*school(**SPECIAL), ("school_items", 0, "largest_class_primary", 9)], "小学最大班额",
     "小学有60人、4个班"),
    ("class.more_than_pupils", school(classes_primary=1001), "小学班数", "比小学的1000名学生还多"),
    ("class.large_mean", school(classes_primary=12), "小学班数", "小学平均每班83人"),
    ("class.few_pupils", school(pupils_primary=50), "小学专任教师数", "比小学的50名学生还多"),
    ("class.many_pupils", school(**dict.fromkeys((f"{what}_primary" for what in NOTHING[2:]), 10)), "小学专任教师数",
     "一名教师要教100名学生"),
    ("class.rooms", [*school(multimedia_rooms=101), ("digital", 0, "classrooms", 30)], "普通教室数", "却有101间"),
    ("zero.resources", school(books=0), "图书册数", "学校有1000名学生"),
    ("zero.equipment", school(pupils_primary=99, equipment_value=0), "教学仪器设备值", "140台计算机"),
    ("unit.percent", [("school_items", 0, "training_share", 0.06)], "培训经费占公用经费预算比例", "看起来是小数"),
    ("unit.equipment", school(equipment_value=2156000), "教学仪器设备值", "合人均21,560,000.00元"),
    ("unit.ground", school(sports_ground_area=7), "运动场地面积", "合人均0.0070平方米"),
    ("unit.teaching", school(teaching_area=60, indoor_sports_area=0), "教学及辅助用房面积", "合人均0.0600平方米"),
    ("unit.counts", school(books=2.0), "图书册数", "合人均0.0020册"),
    ("unit.running_budget", [("money", 0, "running_budget", 65)], "公用经费预算总额", "合人均0.07元"),
    ("unit.pay", [("county_items", 0, "teacher_pay", 9.6)], "教师年平均工资收入", "太少"),
    ("unit.running_cost", [("county_items", 0, "special_running_cost", 0.6)], "特殊教育生均公用经费", "太少"),
    ("sum.enrolment_primary", school(pupils_primary=999), "学校标识码",
     "合计1000人，与“学校”表“小学在校生数”的999人不符，相差0.1%"),
    ("sum.enrolment_junior", school(NINE_YEAR, pupils_junior=9999), "学校标识码",
     "的9999人不符"),
    ("sum.ledger_value", school(equipment_value=220), "学校标识码",
     "合计215.6万元，与“学校”表“教学仪器设备值”的220万元不符，相差2.0%"),
    ("sum.ledger_computers", school(computers=150), "学校标识码", "合计140台"),
    ("sum.teaching_area", school(teaching_area=5500), "学校标识码", "合计5400平方米"),
    ("sum.indoor_sports_area", school(indoor_sports_area=610), "学校标识码",
     "合计600平方米"),
    ("county.teachers", [("county_items", 0, "teachers_fulltime", 2400)], "专任教师总数", "加起来却是2282"),
    ("county.eligible", [("county_items", 0, "training_due", 2283)], "应完成360学时教师数", "大于“专任教师总数”的2282"),
    ("county.entrants_primary", [("county_items", 0, "nearby_primary_entrants", 99999)],
     "城区镇区公办小学新生数", "大于全县最后一年的一年级学生数"),
    ("county.entrants_junior", [("county_items", 0, "nearby_junior_entrants", 99999)],
     "城区镇区公办初中新生数", "大于全县最后一年的七年级学生数"),
    ("county.graduates", [("county_items", 0, "junior_graduates", 5000)], "初中毕业生数", "大于入学加转入"),
    ("enrolment.blank", [("enrolment", 2, "grade3", None)], "三年级学生数", "城关镇第一小学2020年的三年级学生数是空的"),
    ("enrolment.gap", [("enrolment", 1, "year", 2017)], "年份", "缺2019年"),
    ("distance.order", [("distances", 0, "to_id", "9900000001")], "起点学校标识码", "不小于“终点学校标识码”的9900000001"),
    ("distance.zero", [("distances", 0, "km", 0)], "路程", "没有路程"),
    ("levels.sum", [("monitoring_levels", 0, "tested", 99)], "参加监测人数", "四个等级加起来却是"),
    ("levels.pupils", [("monitoring_levels", 0, "tested", 1001)], "参加监测人数", "大于“学校”表“小学在校生数”的1000"),
    ("levels.stage", [("monitoring_levels", 0, "stage", "junior")], "参加监测人数", "但办学类型没有初中学段"),
    # T00001, born in 1983, works since 2003 and is at the first school since 2008.
    ("sum.teachers", school(**{"teachers_primary": 61}), "学校标识码", "小学的专任教师有60人，与“学校”表“小学专任教师数”的61人不符"),
    ("sum.qualified_primary", [("teachers", 0, "education", "secondary")], "学校标识码", "专科以上学历的教师有57人"),
    ("sum.qualified_junior", [("schools", JUNIOR, "qualified_junior", 63)], "学校标识码", "本科以上学历的教师有64人"),
    ("sum.backbone", school(backbone_primary=13), "学校标识码", "小学的县级以上骨干教师有14人"),
    ("sum.pe_arts", [("teachers", 0, "subject", "music")], "学校标识码", "小学的体育艺术专任教师有10人"),
    ("sum.senior_title", school(senior_title_primary=32), "学校标识码", "小学的中级及以上职务教师有33人"),
    ("teachers.stage", [("teachers", 0, "stage", "junior")], "学段", "但办学类型没有初中学段"),
    ("teachers.spouse", [("teachers", 0, "spouse", "T00002")], "配偶的教师序号", "对方写的不是这位教师"),
    ("teachers.spouse", [("teachers", 0, "spouse", "T00001")], "配偶的教师序号", "写的是本人"),
    ("teachers.young", [("teachers", 0, "started", 1998)], "参加工作年份", "出生年份是1983"),
    ("teachers.before_started", [("teachers", 0, "school_since", 2002)], "到本校年份", "早于“参加工作年份”的2003"),
    ("teachers.rotated_before", [("teachers", 0, "rotated", 2002)], "最近一次交流年份", "早于“参加工作年份”的2003"),
    ("teachers.retired", [("teachers", 0, "birth_year", 1961)], "出生年份", "申报那一年满65岁"),
    ("teachers.after", [("teachers", 0, "rotated", 2027)], "最近一次交流年份", "晚于申报年份2026"),
    ("teachers.hours", [("training", 0, "hours", 360)], "学时合计", "一年里太多"),
    ("teachers.contact_order", [("peer_contacts", 0, "other_id", "9900000001")], "学校标识码", "不小于“另一所学校标识码”的9900000001"),
    ("teachers.own_partner", [("pairings", 0, "partner_id", "9900000006")], "结对学校标识码", "是这所学校自己"),
    ("teachers.grades", [("local_resources", 0, "grade_from", 5)], "从几年级", "到4年级"),
    # The first row of the log is of 13 October 2025, the first of scores of grade 4 and P00001 in the first school.
    ("part.other", [("timetable", 0, "qualified_periods", 29)], "专业教师上的节数", "大于“实上节数”的"),
    ("quality.level", [("scores", 0, "score", 600), ("scores", 0, "level", 1)], "等级", "高一级，成绩却只有"),
    ("quality.zero", [("scores", 0, "score", 0)], "成绩", "多半是缺考"),
    ("quality.scale", [("scores", row, "score", 70) for row in range(1, 100)], "成绩", "高出四倍以上"),
    ("quality.two_schools", [("scores", 1, "pupil", "P00001"), ("scores", 1, "school_id", "9900000002"),
                             ("scores", 1, "subject", "science")], "学生流水号", "同一年级里还在学校9900000001"),
    ("quality.grade", [("scores", 0, "grade", 8)], "年级", "但办学类型没有这个学段"),
    ("quality.stage", [("timetable", 0, "stage", "junior")], "学段", "但办学类型没有初中学段"),
    ("quality.stage_grade", [("timetable", 0, "grade", 7)], "年级", "和学段不符"),
    ("quality.week", [("timetable", 0, "periods", 29)], "课表节数", "各科合计47节"),
    ("quality.item", [("item_answers", 0, "item", "Q99")], "题号", "不在“试题”表的试卷2025-4-math里"),
    ("quality.sent_before", [("lesson_log", 0, "sent", "2025-10-12")], "收到日期", "早于“上课日期”的2025-10-13"),
    ("quality.not_held", [("lesson_log", 0, "held", 0)], "上了几分钟", "“按课表上了”填的是“否”"),
    ("quality.held_replaced", [("lesson_log", 0, "replaced_by", "math")], "改上的学科", "填的是“是”"),
    ("quality.own_pair", [("expert_pairs", 0, "second", "academic")], "方面乙", "和“方面甲”是同一个方面"),
    ("quality.reciprocal", [("expert_pairs", 1, "first", "growth"), ("expert_pairs", 1, "second", "academic"),
                            ("expert_pairs", 1, "value", 7)], "甲比乙重要几倍", "不互为倒数"),
    ("groups.total", [("group_pupils", LAST, "pupils", 1001)], "学生数", "“学校”表的“小学在校生数”是1000人"),
    ("groups.earlier", [("group_pupils", 0, "pupils", 1023)], "学生数", "各年级合计1022人"),
    ("groups.part", [("cohorts", 1, "dropouts", 9)], "辍学人次", "大于同一行“全体”的0"),
    ("groups.stage", [("group_pupils", 0, "stage", "junior")], "学生数", "没有初中学段"),
    ("groups.purchased", [("group_pupils", LAST, "purchased", 3)], "政府购买学位人数", "这所学校是公办的"),
    ("groups.deferred", [("disabled_children", DEAF, "placement", "deferred")], "安置方式", "年龄段是12至14岁"),
    ("groups.own_register", [("register_pairs", 0, "second", "health")], "部门乙", "和“部门甲”是同一个部门"),
    ("groups.both", [("register_pairs", 0, "both", 48)], "两边都有的人数", "大于部门乙（残联）名册上的47"),
    ("groups.pair_twice", [("register_pairs", 1, "first", "federation"), ("register_pairs", 1, "second", "health")],
     "部门乙", "和第2行是同样两个部门"),
    ("groups.junior", [("cohorts", 0, "school_id", "9900000001")], "七年级入学人数", "没有初中学段"),
    ("groups.entrants", [("cohorts", 0, "entrants", 250)], "七年级入学人数", "那一年的七年级是249人"),
    ("groups.account", [("cohorts", 0, "graduates", 284)], "毕业人数", "推出来是248"),
    ("groups.left_and_moved", [("children", 0, "migrant", 1), ("children", 0, "left_behind", 1)],
     "农村留守儿童", "“随迁子女”也填的是“是”"),
    ("groups.care", [("care", 0, "far_pupils", 1001)], "远路走读学生数", "大于“学校”表里全校的1000人"),
    ("groups.no_room", [("care", 1, "resource_places", 4)], "资源教室能接的人数", "“有资源教室”填的是“否”"),
    ("progress.stage", [("school_results", 0, "stage", "junior")], "学段", "但办学类型没有初中学段"),
    ("progress.after", [("programmes", 0, "began", 2027)], "开始年份", "晚于申报年份2026"),
    ("progress.scale", [("school_results", 0, "score", 86.5)], "平均分", "不像换算过的"),
    ("progress.tested", [("school_results", 0, "tested", 2000)], "参加人数", "那一年的916人"),
    ("progress.month_gap", [("absences", 9, "month", "2019-01")], "月份", "之前缺2019-04"),
    ("progress.own", [("peer_counties", 40, "own", 1)], "是本县", "可是P01也是本县"),
    ("progress.peer_years", [("peer_counties", 40, "year", 2009)], "县编号", "缺2018年"),
    ("progress.answers", [("survey_frame", ANSWERED, "answered", 0)], "收回问卷数", "“满意度答卷”表里却有"),
    ("progress.not_sent", [("survey", 0, "school_id", "9900000060")], "身份", "没有学校9900000060的这种身份"),
    ("progress.visit", [("inspections", 1, "school_id", "9900000001")], "学校标识码", "同一次督导别的行是"),
    ("progress.same_day", [("inspections", i, name, value) for i, visit in enumerate(("V901", "V902")) for name, value in
     (("visit", visit), ("date", "2025-05-06"))], "督导编号", "同一天到同一所学校的还有V901"),
    ("progress.owner", [("actions", 0, "owner", "张卫国")], "责任科室或岗位", "像是一个人的姓名"),
    ("progress.closed_before", [("actions", CLOSED, "closed_on", "2025-01-02")], "完成日期", "早于“发现日期”的2025-"),
    ("progress.due_before", [("actions", 0, "due", "2025-01-02")], "完成时限", "早于“发现日期”的2025-"),
    ("progress.closed_when", [("actions", CLOSED, "closed_on", None)], "完成日期", "“状态”已经是完成或核验"),
    ("progress.not_closed", [("actions", CLOSED, "state", "doing")], "完成日期", "“状态”还没有完成"),
    ("reference.teacher", [("training", 0, "teacher_id", "T99999")], "教师序号", "不在“教师”表里"),
    ("reference.studio", [("studio_members", 0, "studio_id", "S99")], "工作室编号", "不在“名师工作室”表里"),
    ("year.after", [("school_items", 0, "year_built", 2027)], "建成年份", "晚于申报年份2026"),
    ("year.asset_after", [("buildings", 0, "year_built", 2027)], "建成年份", "晚于申报年份2026"),
    ("reference.school", [("digital", 0, "school_id", "1234567890")], "学校标识码", "不在“学校”表里"),
    ("reference.county", [*(("schools", i, "county_id", "A") for i in range(60)), ("births", 0, "county_id", "B")],
     "县区代码", "不在“学校”表里"),
]  # fmt: skip
OWN_TESTS = {
    "enrolment.school", "read.odd", "read.entrants", "read.rooms",
    "read.file", "read.cell", "row.none", "row.copied", "previous.jump", "previous.name", "previous.kind", "previous.identifier",
    "previous.new", "previous.closed", "exception.hard", "exception.unknown", "exception.value", "exception.unmatched",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "changes", "column", "words"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_finds_what_it_is_for(tmp_path, rule, changes, column, words):
    """The sample keeps every rule, and breaks this one after the change: at the cell, in words with both numbers."""
    assert found_in(tmp_path, tables_for(rule, [])) == []
    found = of(found_in(tmp_path, tables_for(rule, changes)), rule)
    assert found
    assert {fault.severity for fault in found} == {rules()[rule].severity}
    assert column in {fault.column for fault in found}
    assert words in found[0].reason
    assert found[0].row >= 2
    assert found[0].action


def test_every_rule_is_tried():
    assert {rule for rule, *_ in CASES} | OWN_TESTS == set(rules())
    assert len(rules()) >= 40


@pytest.mark.parametrize("seed", range(1, 13))
def test_a_county_in_order_has_neither_fault_nor_warning(tmp_path, seed):
    assert found_in(tmp_path, short_county(seed).tables) == []


def test_hard_faults_are_those_of_the_official_checkers():
    """Qualified, backbone, PE and arts above all teachers, and sports rooms above teaching area, stop the calculation."""
    hard = {"part.qualified", "part.backbone", "part.pe_arts", "part.senior_title", "part.indoor_sports"}
    assert {rules()[rule].severity for rule in hard} == {"fault"}


@pytest.mark.parametrize(
    "owner",
    [
        "张三",
        "王校长",
        "李大明主任",
        "欧阳修",
        "教务处",
        "校长",
        "教导主任",
        "安全办",
        "曹杨镇学区",
        "何家村小学",
    ],
)
def test_a_name_is_told_and_not_quoted_and_an_office_is_none(tmp_path, owner):
    found = of(
        found_in(tmp_path, tables_for("progress.owner", [("actions", 0, "owner", owner)])), "progress.owner"
    )
    assert len(found) == (owner in {"张三", "王校长", "李大明主任"})
    assert all(fault.value is None and owner not in str(fault) for fault in found)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("actions", "found_on", "0026-04-07"),
        ("inspections", "date", "9999-01-01"),
        ("absences", "month", "0022-09"),
    ],
)
def test_a_year_that_no_county_has_is_a_fault(tmp_path, table, column, value):
    tables = {name: SAMPLE[name].copy() for name in ("schools", table)}
    tables[table].loc[0, column] = value
    (found, *_) = found_in(tmp_path, tables)
    assert (found.severity, found.reason) == ("fault", "年份不在1800到2100之间")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("actions", "state"),
        ("actions", "due"),
        ("survey", "role"),
        ("survey_frame", "sent"),
        ("absences", "month"),
    ],
)
@pytest.mark.parametrize("number", ["13812345678", "110101199003074258"])
def test_a_number_of_a_person_is_refused_and_not_quoted_in_a_column_of_any_type(
    tmp_path, table, column, number
):
    write_csv({name: SAMPLE[name] for name in ("schools", "survey_frame", table)}, tmp_path)
    file = tmp_path / f"{table}.csv"
    cells = pd.read_csv(file, dtype=str, keep_default_na=False)
    cells.loc[0, column] = number
    cells.to_csv(file, index=False, encoding="utf-8-sig")
    with pytest.raises(InputError) as refused:
        read_county(tmp_path)
    assert number not in str(refused.value)


# What stands in the file


@pytest.mark.parametrize("rule", rulebook().rules, ids=lambda rule: rule.id)
def test_a_rule_is_whole(rule):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.id)
    assert rule.group in rulebook().groups
    assert rule.meaning.endswith("。")
    assert not re.search(r"[。；，]$", rule.action)
    row = rules_table(rule.group).set_index("编号").loc[f"`{rule.id}`"]
    assert row["查什么"] == rule.meaning
    assert row["看哪些数"]
    if rule.formulas:
        assert rule.action
        assert any(key == rule.id for key, _ in written_out())
        assert bool(rule.wrong) != bool(rule.total)


@pytest.mark.parametrize(
    "rule", [r for rs in written_out().values() for r in rs], ids=lambda r: f"{r.id}:{r.column}"
)
def test_a_rule_written_out_has_no_placeholder_and_names_what_there_is(rule):
    text = " ".join((*rule.formulas, rule.reason, rule.action))
    assert not re.search("STAGE|COLUMN|WHOLE|UNIT|LEAST|{stage}", text)
    for name in re.findall(r"\[(\w+)\]", rule.reason):
        assert schema().column(name).label
    assert rule.column in [column.name for column in schema().table(rule.table).columns]


def test_ids_are_unique():
    ids = [rule.id for rule in rulebook().rules]
    assert len(set(ids)) == len(ids)


# Formulas


NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2, max_size=2)


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_a_part_above_its_whole_is_found_and_a_blank_never(pairs):
    frame = pd.DataFrame(pairs, columns=["backbone_primary", "teachers_primary"], dtype=float)
    found = View(frame).value("backbone_primary > teachers_primary")
    assert list(found) == [None not in pair and pair[0] > pair[1] for pair in pairs]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8))
def test_and_or_not_are_of_each_row(pairs):
    view = View(pd.DataFrame(pairs, columns=["a", "b"]))
    assert list(view.value("a and not b or not a and b")) == [a != b for a, b in pairs]


def test_a_formula_reaches_nothing_but_its_table():
    with pytest.raises((NameError, KeyError)):
        View(pd.DataFrame({"a": [1.0]})).value("open('x')")


def test_a_median_is_of_the_county_and_of_five_numbers():
    counties = np.array(["A"] * 5 + ["B"] * 4, dtype=object)
    view = View(pd.DataFrame({"x": [1.0, 2, 3, 4, 90, 7, 7, 7, 7]}), counties)
    assert list(view.value("median(x)")[:5]) == [3.0] * 5
    assert np.isnan(view.value("median(x)")[5:]).all()
    assert np.isnan(View(pd.DataFrame({"x": [1.0, np.inf, np.nan, 4, 5, 6]})).value("median(x)")).all()


def test_what_a_formula_may_name_is_told_in_the_file():
    head = (
        Path(rules_module.__file__)
        .with_name("rules.toml")
        .read_text(encoding="utf-8")
        .partition("[groups]")[0]
    )
    assert {name for name in [*FUNCTIONS, *DERIVED, *BY_STAGE, "median"] if name not in head} == {
        "abs"
    }  # what it means, its name says


# Rules that no single table's change breaks


def test_a_county_without_a_school(tmp_path):
    (fault,) = found_in(tmp_path, {"schools": SAMPLE["schools"].iloc[:0]})
    assert (fault.rule, fault.severity) == ("row.none", "fault")


def test_a_copied_row_of_numbers(tmp_path):
    schools = SAMPLE["schools"].copy()
    for name in schools.columns[2:28]:
        schools[name] = schools[name].where(schools.index != 1, schools[name][0])
    found = found_in(tmp_path, {"schools": schools})
    assert [(f.rule, f.row, f.school_id) for f in found] == [
        ("row.copied", 2, "9900000001"), ("row.copied", 3, "9900000002"),
    ]  # fmt: skip
    assert "第3行" in found[0].reason


def test_what_changed_since_the_year_before(tmp_path):
    """Schools 1 to 6: a jump, another name, another kind, another id, new; and one that is gone."""
    before = SAMPLE["schools"].copy()
    before["school_id"] = before["school_id"].astype(object)
    before.loc[0, "books"] = 48001  # today 24,000, less than half
    before.loc[1, "name"] = "旧名小学"
    before.loc[2, "kind"] = "teaching_point"
    before.loc[3, "school_id"] = "8800000001"
    before.loc[4, ["school_id", "name"]] = "8800000002", "撤并小学"
    found = found_in(tmp_path, {"schools": SAMPLE["schools"]}, before)
    assert [(f.rule, f.school_id, f.row) for f in found] == [
        ("previous.jump", "9900000001", 2),
        ("previous.name", "9900000002", 3),
        ("previous.kind", "9900000003", 4),
        ("previous.identifier", "9900000004", 5),
        ("previous.new", "9900000005", 6),
        ("previous.closed", "8800000002", None),
    ]
    texts = [str(fault) for fault in found]
    assert "“24000”比上一年的48001变化很大" in texts[0]
    assert "上一年这个标识码是旧名小学" in texts[1]
    assert "“小学”与上一年不同" in texts[2]
    assert "上一年同名的学校是8800000001" in texts[3]
    assert "（撤并小学）上一年有，今年没有" in texts[5]


def test_a_school_with_pupils_has_its_grades_of_the_last_year(tmp_path):
    """Without the row it would count as a school without pupils in forecasts; the county's last year is what counts, not the school's."""
    faults = found_in(tmp_path, tables_for("enrolment.school", [("enrolment", LAST_GRADES, "year", 2017)]))
    [found] = of(faults, "enrolment.school")
    assert (found.severity, found.school_id, found.row) == ("warning", "9900000001", None)
    assert "（城关镇第一小学）有学生，却没有2025年这一行" in str(found)


@pytest.mark.parametrize(("now", "least"), [(50, False), (51, True)])
def test_a_jump_is_both_more_than_half_and_not_small(tmp_path, now, least):
    """50 pupils more than 0 are no jump, 51 are; 30,000 books more on 60,000 are just half."""
    before, schools = SAMPLE["schools"].copy(), SAMPLE["schools"].copy()
    before.loc[0, "pupils_primary"] = 0
    before.loc[0, "books"], schools.loc[0, "books"] = 60000, 90000
    schools.loc[0, "pupils_primary"] = now
    found = of(found_in(tmp_path, {"schools": schools}, before), "previous.jump")
    assert [fault.column for fault in found] == ["小学在校生数"] * least


@pytest.mark.parametrize("value", ["一千", "-1", "10.5"])
def test_a_cell_refused_when_read_has_its_rule_and_its_school(tmp_path, value):
    write_csv({"schools": SAMPLE["schools"]}, tmp_path)
    path = tmp_path / "schools.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",1000,", f",{value},", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_county(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.rule, fault.school_id, fault.severity) == ("read.cell", "9900000001", "fault")
    assert caught.value.names["9900000001"] == "城关镇第一小学"


def test_a_file_that_cannot_be_read_has_its_rule(tmp_path):
    with pytest.raises(InputError) as caught:
        read_county(tmp_path / "nowhere.xlsx")
    assert [(f.rule, f.school_id) for f in caught.value.faults] == [("read.file", None)]


def test_a_blank_is_no_school_without_teachers(tmp_path):
    """No pupils, no classes, and nobody said how many teachers: that is no school without anything."""
    changes = [*empty_school(), ("schools", 0, "teachers_primary", None)]
    found = {fault.rule for fault in found_in(tmp_path, tables_for("none.school", changes))}
    assert "none.school" not in found
    assert "none.pupils" in found


def test_sums_are_of_each_county(tmp_path):
    """60 schools in two counties: A's items say how many teachers A has, B's say one too many by far."""
    schools = SAMPLE["schools"].assign(county_id=["A"] * 30 + ["B"] * 30)
    teachers = schools.groupby("county_id")[["teachers_primary", "teachers_junior"]].sum().sum(axis=1)
    items = pd.concat([SAMPLE["county_items"]] * 2, ignore_index=True).assign(county_id=["A", "B"])
    items[["training_due", "training_completed", "exchange_eligible", "teachers_certified"]] = np.nan
    items[["exchange_moved", "exchange_moved_backbone"]] = np.nan
    items["teachers_fulltime"] = [teachers["A"], 2 * teachers["B"]]
    (warning,) = found_in(tmp_path, {"schools": schools, "county_items": items})
    assert (warning.rule, warning.value) == ("county.teachers", str(int(2 * teachers["B"])))
    assert f"加起来却是{int(teachers['B'])}" in warning.reason


def test_what_is_read_and_not_used_has_its_rule(tmp_path):
    write_csv({"schools": SAMPLE["schools"]}, tmp_path)
    (tmp_path / "county_items.csv").write_text("项目,值\n申报年份,2026\n没有的项目,1\n", encoding="utf-8")
    (warning,) = read_county(tmp_path).warnings
    assert (warning.rule, warning.severity, warning.row) == ("read.odd", "warning", 3)
