"""Grading of a written report: numbers are read as people write them, and compared with the library's."""

import io
import zipfile

import openpyxl
import pytest
from conftest import ROOT
from samples import short_county

from balancelib.assess import assess
from balancelib.county import County, read_county
from balancelib.course.exercises import begin, exercises, judge
from balancelib.progress import (
    SLIPS,
    ReportError,
    grade_report,
    outline_table,
    read_report,
    rubric_sheet,
    rubric_table,
    write_draft,
)
from balancelib.progress.report_facts import RubricError, load_rubric, report_facts
from balancelib.report import make_report
from balancelib.report.docx import report_docx

OWN = {
    "summary": "最要紧的三件事：交流骨干教师，补小学的场地，找市里要监测的结果。",
    "basics": "四年来城区的学生多了，乡村的学生少了，各校附后。",
    "data": "各校9月填报，程序查出的错退回学校，逐处改了。",
    "resources": "超过上限的一项，是一所学校集中了太多骨干教师。",
    "parts": "没有做到的和还不能判定的逐项附后，写明哪所学校、差多少。",
    "groups": "三条线都过了，没有找到的孩子有几成，只用公布过的表。附表一。",
    "problems": "骨干教师集中在一所学校，差的是分布，不是人数，附表二。",
    "plan": "人事股，2026年8月以前，交流25名，不另外花钱，每月核一次。",
    "effects": "驻校帮扶和没有做的学校比，高12分，区间9到15分。",
}


@pytest.fixture(scope="module")
def sample():
    county = read_county(ROOT / "data" / "county")
    return county, assess(county)


def found(graded, thing):
    """What was found of one thing, by what the report says."""
    rows = graded.findings[graded.findings["事项"] == thing]
    return dict(zip(rows["报告里"], rows["结果"], strict=True))


def graded_text(text, sample):
    return grade_report(f"# 报告\n{text}\n", *sample)


# Reading


@pytest.mark.parametrize(
    "text",
    [
        "小学县级以上骨干教师的差异系数是0.550。",
        "小学的七项里，县级以上骨干教师的差异系数最大，０．５５０",
        "小学差异系数超过上限的只有县级以上骨干教师，0.5503",
        "| 指标 | 县均值 | 差异系数 |\n|---|---|---|\n| 县级以上骨干教师 | 1.47 | 0.550 |",
    ],
)
def test_a_coefficient_is_read_however_it_is_written(sample, text):
    if text.startswith("|"):
        text = f"小学的指标：\n\n{text}"
    results = found(graded_text(text, sample), "小学县级以上骨干教师差异系数")
    assert list(results.values()) == ["一致"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("小学县级以上骨干教师的差异系数是0.549", "不一致"),
        ("小学县级以上骨干教师的差异系数是0.6", "位数不够"),
        ("小学县级以上骨干教师的差异系数超过上限0.50", "没有写"),  # the limit is not the coefficient
        ("初中县级以上骨干教师的差异系数是0.550", "没有写"),
        ("小学县级以上骨干教师的差异系数，初中是0.550", "没有写"),  # never over the other stage
        ("城关镇第三小学县级以上骨干教师的差异系数是0.111", "没有写"),  # a school's name is not the stage
    ],
)
def test_what_is_not_the_librarys_is_told(sample, text, result):
    assert result in found(graded_text(text, sample), "小学县级以上骨干教师差异系数").values()


def test_every_number_is_the_assessments(sample):
    county, verdict = sample
    facts = {fact.key: fact.value for fact in report_facts(verdict, county)}
    told = verdict.to_dict()["resources"]["primary"]
    assert facts["cv.primary.backbone_teachers"] == told["cv"]["backbone_teachers"]
    assert facts["mean.primary.sports_area"] == told["mean"]["sports_area"]
    assert facts["meeting.primary"] == sum(section["meets"] for section in told["sections"])
    assert facts["failing.primary"] + facts["meeting.primary"] == len(told["sections"])
    assert facts["over.primary"] == list(told["cv_meets"].values()).count(False)


def test_a_verdict_is_read_and_items_are_not(sample):
    text = "政府保障程度12项达到。教育质量还不能判定。资源配置达到要求的学校多了。社会认可度没有达到。"
    graded = graded_text(text, sample)
    assert found(graded, "政府保障程度") == {"—": "没有写"}
    assert found(graded, "教育质量") == {"还不能判定": "一致"}
    verdicts = graded.findings[graded.findings["标准"] == "结论一致"].set_index("事项")["结果"]
    assert verdicts["资源配置"] == "没有写"
    assert found(graded, "社会认可度") == {"未达到": "不一致"}


@pytest.mark.parametrize(("word", "result"), [("没有发生", "一致"), ("有发生", "不一致")])
def test_a_veto_has_words_of_its_own(sample, word, result):
    assert found(graded_text(f"一票否决：{word}。", sample), "一票否决") == {word: result}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("国家监测的校际差异率没有收到，教育质量第9项还不能判定。", "一致"),
        ("校际差异率很低。", "不一致"),
        ("别的都好。", "没有写"),
    ],
)
def test_what_is_not_known_must_be_said(sample, text, result):
    assert list(found(graded_text(text, sample), "教育质量第9项").values()) == [result]


@pytest.mark.parametrize(
    "text",
    [
        "有一个乡送教上门的只有2名。",
        "留守儿童里辍学3人。",
        "联系电话13812345678。",
        "| 姓名 | 学校 |\n|---|---|\n| 甲 | 乙 |",
    ],
)
def test_small_numbers_and_personal_data_are_refused(sample, text):
    graded = graded_text(text, sample)
    assert graded.criteria.loc["privacy", "等级"] == 0
    assert graded.passes is False
    assert "2名" not in "".join(map(str, graded.findings.to_numpy().ravel())), "it is not repeated"


@pytest.mark.parametrize("text", ["残疾儿童249名，留守儿童0.5%，第3名。", "全校3名教师。", "随迁子女12人"])
def test_other_numbers_are_not(sample, text):
    assert graded_text(text, sample).criteria.loc["privacy", "等级"] == 3


# Grading


def test_the_draft_with_what_people_write_has_nothing_to_mend(sample):
    graded = grade_report(write_draft(*sample, own=OWN), *sample)
    assert graded.to_mend.empty
    assert graded.points == 60
    assert graded.passes is None


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_found_and_none_can_be_made_up_for(sample, slip):
    graded = grade_report(write_draft(*sample, slips=[slip], own=OWN), *sample)
    assert len(graded.to_mend)
    best = graded.with_marks(dict.fromkeys(("reasons", "plan", "effects", "words"), 3))
    assert best.points < 100
    assert best.passes is False


def test_headings_alone_and_blanks_are_no_report(sample):
    graded = grade_report(write_draft(*sample), *sample)
    sections = graded.findings[graded.findings["标准"] == "该有的部分都有"].set_index("事项")["结果"]
    only = ["数据的核实", "特殊群体", "问题和原因", "整改和年度计划", "做了的有没有用"]
    assert list(sections.index[sections == "只有标题"]) == only
    assert set(sections.drop(only)) == {"没有写完"}, "the library's numbers stand, a person's words do not"
    assert graded.passes is False


def test_people_decide_the_rest(sample):
    graded = grade_report(write_draft(*sample, own=OWN), *sample)
    marks = dict.fromkeys(("reasons", "plan", "effects", "words"), 2)
    assert graded.with_marks(marks).points == pytest.approx(60 + 40 * 2 / 3)
    assert graded.with_marks(marks).passes is True
    assert graded.with_marks(marks | {"plan": 0, "words": 1}).passes is False  # 76.7
    assert graded.with_marks({"plan": 3}).passes is None
    with pytest.raises(ValueError, match="由人评的是：reasons"):
        graded.with_marks({"numbers": 3})
    with pytest.raises(ValueError, match="0、1、2或者3"):
        graded.with_marks({"plan": 4})


def test_the_program_s_own_report_agrees_and_lacks_what_people_write(sample, tmp_path):
    county, verdict = sample
    path = tmp_path / "报告.docx"
    path.write_bytes(report_docx(make_report(county, verdict)))
    graded = grade_report(path, county, verdict)
    levels = graded.criteria["等级"]
    assert (levels[["numbers", "verdicts", "unknown", "privacy"]] == 3).all(), graded.to_mend
    assert list(graded.to_mend["事项"]) == ["特殊群体", "整改和年度计划", "做了的有没有用"]
    assert (graded.findings.query("标准 == '数和程序算的一致'")["结果"] == "一致").sum() > 30


def test_a_county_of_few_numbers_is_graded_too():
    full = short_county()
    county = County({"schools": full.schools})
    verdict = assess(county)
    graded = grade_report(write_draft(county, verdict, own=OWN), county, verdict)
    assert (graded.criteria.loc[["numbers", "verdicts", "unknown"], "等级"] == 3).all(), graded.to_mend
    assert (graded.findings["标准"] == "不知道的写不知道").sum() > 10, "nearly all is unknown"


def test_what_is_asked_for_is_written_down():
    assert len(outline_table()) == 9
    assert rubric_table()["分值"].sum() == 100
    assert (rubric_table().loc[["原因说到学校"], "谁评"] == "人").all()


# Files


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(ReportError, match="找不到"):
        read_report(tmp_path / "没有.docx")
    with pytest.raises(ReportError, match="另存为"):
        read_report(tmp_path / "报告.doc")
    (tmp_path / "坏.docx").write_bytes(b"PK no")
    with pytest.raises(ReportError, match="打不开"):
        read_report(tmp_path / "坏.docx")
    with zipfile.ZipFile(tmp_path / "空.docx", "w") as packed:
        packed.writestr("a.xml", "<a/>")
    with pytest.raises(ReportError, match="打不开"):
        read_report(tmp_path / "空.docx")


def test_a_text_of_an_old_windows_is_read(tmp_path):
    (tmp_path / "a.txt").write_bytes("# 资源配置\n小学共41个学段部分。".encode("gb18030"))
    written = read_report(tmp_path / "a.txt")
    assert written.headings == ("资源配置",)
    assert written.sentences == (("资源配置", "小学共41个学段部分"),)


def test_a_rubric_must_add_up(tmp_path):
    text = (ROOT / "balancelib/progress/rubric.toml").read_text(encoding="utf-8")
    (tmp_path / "r.toml").write_text(text.replace("weight = 20", "weight = 25"), encoding="utf-8")
    with pytest.raises(RubricError, match="加起来是105"):
        load_rubric(tmp_path / "r.toml")


def test_the_sheet_has_room_for_what_people_judge_and_says_why(sample):
    content = rubric_sheet(grade_report(write_draft(*sample, slips=["known"]), *sample))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["评分表", "要改的地方", "请人对一遍"]
    marks, mend, compare = (
        {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for sheet in book
    )
    for label in ("原因说到学校", "办法落得下去", "作用的话说得准", "局长读得懂"):
        for column in (8, 9, 10):  # level, points and what they are given for
            blank = book["评分表"].cell(marks[label].row, column)
            assert blank.value is None
            assert blank.style == "待填"
    row = marks["数和程序算的一致"].row
    assert [book["评分表"].cell(row, column).value for column in (8, 9)] == [3, 20]
    assert "处是对的" in book["评分表"].cell(row, 10).value
    assert "教育质量第9项" in mend
    assert "小学体育运动场馆差异系数" in compare


def test_a_judged_sheet_has_the_marks(sample):
    graded = grade_report(write_draft(*sample, own=OWN), *sample).with_marks({"plan": 2})
    sheet = openpyxl.load_workbook(io.BytesIO(rubric_sheet(graded))).active
    (row,) = [cell.row for cell in sheet["A"] if cell.value == "办法落得下去"]
    assert [sheet.cell(row, column).value for column in (8, 10)] == [2, "事、岗位、期限、钱都有"]


# Exercise


def test_the_exercise_takes_the_right_answer_and_names_the_mistakes(capsys):
    county = begin("progress.9")
    exercise = exercises("progress")["9"]
    right = exercise.answer(county)
    assert judge("progress.9", right).outcome == "right"
    for said, mistake in exercise.mistakes.items():
        verdict = judge("progress.9", mistake(county, right))
        assert verdict.outcome == "wrong"
        assert said in verdict.said
    capsys.readouterr()
