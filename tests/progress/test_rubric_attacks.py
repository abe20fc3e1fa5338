"""Reports that try to get through, and honest ones that write otherwise than the program: the grade deserves trust."""

import pytest
from conftest import ROOT
from samples import sample_county
from test_rubric import OWN, found, graded_text

from balancelib.assess import assess
from balancelib.county import read_county
from balancelib.progress import grade_report, outline_table, read_report, write_draft
from balancelib.progress.report_facts import report_facts

CV = "小学县级以上骨干教师差异系数"
PEOPLE = ("reasons", "plan", "effects", "words")


@pytest.fixture(scope="module")
def sample():
    county = read_county(ROOT / "data" / "county")
    return county, assess(county)


def results(graded, thing, standard=None):
    rows = graded.findings[graded.findings["事项"] == thing]
    return list(rows["结果"] if standard is None else rows[rows["标准"] == standard]["结果"])


# Sections


def full(sample, **own):
    return grade_report(write_draft(*sample, own=OWN | own), *sample)


@pytest.mark.parametrize("said", ["略", "无。", "见附件。", "进一步加强。高度重视。", "已经完成。"])
def test_a_stop_gap_is_no_section(sample, said):
    graded = full(sample, plan=said)
    assert results(graded, "整改和年度计划")[0] in ("只有标题", "没有写完")
    assert graded.with_marks(dict.fromkeys(PEOPLE, 3)).passes is False


def test_the_outline_copied_is_no_report(sample):
    asked = dict(zip(OWN, outline_table()["写什么"], strict=True))
    graded = grade_report(write_draft(*sample, own=asked), *sample)
    assert results(graded, "整改和年度计划") == ["只有标题"]
    assert graded.criteria.loc["sections", "等级"] == 0


def test_a_blank_that_is_left_is_not_finished(sample):
    left = {key: text for key, text in OWN.items() if key != "summary"}
    graded = grade_report(write_draft(*sample, own=left), *sample)
    assert results(graded, "一页看懂") == ["没有写完"]
    assert list(graded.to_mend["事项"]) == ["一页看懂"]


def test_one_heading_is_not_all_sections(sample):
    text = (
        "# 摘要、县情、数据核实、资源配置、政府保障、特殊群体、问题、整改计划、成效\n"
        + "这里写了很长的一段话，每个部分都说到了一点，什么都有。"
    )
    graded = grade_report(text, *sample)
    sections = graded.findings[graded.findings["标准"] == "该有的部分都有"]
    assert (sections["结果"] == "一致").sum() == 2


def test_two_headings_of_the_same_words_are_two():
    written = read_report("# 一\n## 小学\n甲。\n# 二\n## 小学\n乙。")
    assert written.within(0) == ["甲"]
    assert written.within(2) == ["乙"]


# Numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("小学县级以上骨干教师的差异系数是55.0%。", ["单位不对"]),
        ("小学县级以上骨干教师的差异系数是0.550%。", ["单位不对"]),
        ("小学骨干教师的差异系数为0.550，标准是不超过0.50。", ["一致"]),
        ("县级以上骨干教师的差异系数：小学0.550，初中0.374。", ["一致"]),
        ("小学县级以上骨干教师的差异系数从2022年的0.612降到0.550。", ["一致"]),
        ("小学县级以上骨干教师的差异系数去年是0.612，今年是0.550。", ["一致"]),
        ("小学县级以上骨干教师的差异系数（2025年）是0.550。", ["一致"]),
        ("2022年小学县级以上骨干教师的差异系数是0.612。", ["没有写"]),  # of another year
        ("到2030年，小学县级以上骨干教师的差异系数降到0.45。", ["没有写"]),  # a goal
        ("小学县级以上骨干教师的差异系数，城区是0.31，乡村是0.66。", ["没有写"]),  # of a part
        ("小学骨干教师少，体育运动场馆的差异系数是0.361。", ["没有写"]),  # of another indicator
        ("小学骨干教师差异系数0.550，体育运动场馆人均9.83平方米。", ["一致"]),
        ("小学骨干教师、体育运动场馆的差异系数分别是0.550、0.361。", ["没有写"]),
    ],
)
def test_a_coefficient_is_read_for_what_it_is(sample, text, said):
    assert results(graded_text(text, sample), CV) == said


def test_another_indicators_coefficient_is_not_taken_from_a_list(sample):
    graded = graded_text("小学骨干教师差异系数0.550，体育运动场馆人均9.83平方米。", sample)
    assert results(graded, "小学体育运动场馆差异系数") == ["没有读到"]


@pytest.mark.parametrize(
    ("text", "thing", "said"),
    [
        ("小学教学仪器设备值的县均值是2404.91万元。", "小学教学仪器设备值县均值", "单位不对"),
        ("小学教学仪器设备值的县均值是2404.91元。", "小学教学仪器设备值县均值", "一致"),
        ("小学教学仪器设备值的县均值是0.240491万元。", "小学教学仪器设备值县均值", "一致"),
        (
            "小学体育运动场馆的县均值是9.83亩。",
            "小学体育运动场馆县均值",
            "一致",
        ),  # 亩 is not read: a person compares
        ("小学体育运动场馆的县均值是9.83元。", "小学体育运动场馆县均值", "单位不对"),
        ("全县小学学生2.1805万名。", "小学全县学生数", "一致"),
        ("全县小学学生2.18万名。", "小学全县学生数", "位数不够"),
        ("全县共有60万所学校。", "全县学校数", "单位不对"),
        ("小学共有41所学校。", "全县学校数", "没有读到"),  # of a stage
        ("社会认可度是89.5%。", "认可或满意的百分数", "一致"),
        ("社会认可度是95.0%。", "认可或满意的百分数", "不一致"),
        ("社会认可度的标准是85%以上。", "认可或满意的百分数", "没有读到"),
        ("社会认可度按人数加权是84.3%。", "认可或满意的百分数", "没有读到"),
    ],
)
def test_units_and_wholes(sample, text, thing, said):
    assert results(graded_text(text, sample), thing) == [said]


def test_what_must_stand_is_told_as_a_sentence_that_is_read(sample):
    absent = graded_text("没有数。", sample).to_mend.query("标准 == '数和程序算的一致'")
    assert len(absent) > 5
    for thing, right in zip(absent["事项"], absent["应该是"], strict=True):
        sentence = right.split("“")[1].split("”")[0]
        assert results(graded_text(f"{sentence}。", sample), thing) == ["一致"], sentence


def test_another_countys_report_does_not_pass(sample):
    other = sample_county(12)
    report = write_draft(other, assess(other), own=OWN)
    graded = grade_report(report, *sample)
    assert graded.criteria.loc["numbers", "等级"] < 3
    assert (graded.findings["结果"] == "不一致").sum() > 5
    assert graded.with_marks(dict.fromkeys(PEOPLE, 3)).passes is False
    assert grade_report(report, other, assess(other)).to_mend.empty


# Verdicts and what is not known


@pytest.mark.parametrize(
    ("text", "part", "said"),
    [
        ("我县已达到优质均衡标准。", "总的结论", "不一致"),
        ("全县还没有达到优质均衡。", "总的结论", "一致"),
        ("全县实现优质均衡还有差距。", "总的结论", "没有写"),
        ("到2030年，全县达到优质均衡。", "总的结论", "没有写"),
        ("资源配置没有全部达到。", "资源配置", "一致"),
        ("资源配置不达标。", "资源配置", "一致"),
        ("资源配置基本达到。", "资源配置", "不一致"),
        ("政府保障程度15项，12项做到，3项没有做到，这一部分没有达到。", "政府保障程度", "一致"),
        ("社会认可度89.5%，达到。", "社会认可度", "一致"),
        ("一票否决的事没有发生。", "一票否决", "一致"),
        ("没有发生一票否决的情形。", "一票否决", "一致"),
        ("一票否决里有一项已经发生。", "一票否决", "不一致"),
        ("政府保障程度第3项做到了。", "政府保障程度第3项", "不一致"),
        ("政府保障程度第3、5项没有做到。", "政府保障程度第5项", "一致"),
    ],
)
def test_a_verdict_is_read_as_people_write_it(sample, text, part, said):
    assert results(graded_text(text, sample), part, "结论一致") == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("教育质量第9项达到，缺的已补。", "不一致"),
        ("教育质量第9项还不能判定，没有收到监测结果。教育质量第9项达到。", "不一致"),
        ("要求学业水平达到Ⅲ级，校际差异率低于0.15，都没有收到。", "一致"),
    ],
)
def test_what_is_not_known_is_not_claimed(sample, text, said):
    assert results(graded_text(text, sample), "教育质量第9项") == [said]


# People


@pytest.mark.parametrize(
    "text",
    [
        "送教上门的只有两名。",
        "白云镇自闭症孩子2名。",
        "智力障碍学生3位。",
        "残疾儿童里送教上门2个学生。",
        "表 残疾儿童\n| 乡镇 | 随班就读（人） |\n|---|---|\n| 白云镇 | 2 |",
        "表 各乡镇\n| 乡镇 | 留守儿童 |\n|---|---|\n| 白云镇 | 4 |",
    ],
)
def test_small_counts_are_seen_in_words_and_in_tables(sample, text):
    assert graded_text(text, sample).criteria.loc["privacy", "等级"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "随班就读配了3名资源教师，一人一案。",
        "不让一名残疾儿童失学，每一名都有去处。",
        "表 残疾儿童\n| 乡镇 | 学校数 | 随班就读（人） |\n|---|---|---|\n| 白云镇 | 3 | 12 |",
        "留守儿童关爱3项都做到。",
    ],
)
def test_what_counts_no_child_may_stand(sample, text):
    assert graded_text(text, sample).criteria.loc["privacy", "等级"] == 3


def honest(county, verdict):
    """A report in an official's own words and order: numbers in sentences, other years, parts of the county, goals beside."""
    n = {fact.key: fact.right for fact in report_facts(verdict, county)}
    return f"""# 云岭县义务教育优质均衡自评报告
## 一、概要
总的结论：未达到优质均衡。资源配置没有全部达到；政府保障程度15项里3项没有做到，这一部分未达到；教育质量还不能判定；
社会认可度{n["recognition"]}，达到；前提条件达到；没有发生一票否决的情形。到2030年，我县力争达到优质均衡标准。
教育质量第9项还不能判定：国家监测的学业水平、校际差异率都没有收到，已请市教研院2026年3月以前提供。
## 二、县情
全县共有{n["schools"]}学校，全县小学学生{n["pupils.primary"]}，全县初中学生{n["pupils.junior"]}。比2022年，乡村小学在校生少了312名。
## 三、数据从哪里来，怎样核实
数据来源是2025年9月各校年报。程序查出的错退回学校改正，抽了6所到校核对，2所的场地面积改过。
## 四、资源配置
小学共{n["sections.primary"]}学段部分，{n["meeting.primary"]}达到要求；初中共{n["sections.junior"]}学段部分，没有达到要求的有{n["failing.junior"].strip("个")}个，达到要求的有{n["meeting.junior"]}。
小学有{n["over.primary"]}差异系数超过上限：骨干教师的差异系数从2022年的0.612降到{n["cv.primary.backbone_teachers"]}，上限是0.50，城区是0.31，乡村是0.66。
初中没有一项差异系数超过上限，最大的是骨干教师，差异系数{n["cv.junior.backbone_teachers"]}。
| 小学指标 | 县均值 | 差异系数 |
|---|---|---|
| 教学仪器设备值 | {n["mean.primary.equipment_value"]} | {n["cv.primary.equipment_value"]} |
## 五、政府保障、教育质量和社会认可度逐项
政府保障程度第3、5、11项没有做到，其余12项做到。满意度调查发1680份，有效1600份，满意1432份，家长另列：发1000份，有效960份，满意866份。
## 六、特殊群体
残疾儿童入学、留守儿童关爱、随迁子女入学三条线都过了，随班就读的学校配了3名资源教师，一人一案。表按公布的规则处理过，小数目没有列。
## 七、主要问题和原因
城关镇第三小学7项达标3项，教学及辅助用房是标准的86.6%：不是教室少，是学生多。小学骨干教师不是人数少，是集中在一所学校。
## 八、整改和年度计划
人事科，2026年8月31日以前，从城关镇第三小学交流骨干教师10名到4所乡村小学，不另花钱。台账31件，超期10件，名单附后。
## 九、做了的有没有用
驻校帮扶和没有做的学校比，多12.0分，区间9.1到14.9分；这样比，靠的是没有帮扶的学校走得一样，没有排除同年换校长的影响。
"""


def test_an_honest_report_in_its_own_words_passes(sample):
    graded = grade_report(honest(*sample), *sample)
    assert graded.to_mend.empty, graded.to_mend
    assert graded.with_marks(dict.fromkeys(PEOPLE, 3)).passes is True
    assert found(graded, "认可或满意的百分数") == {"89.5%": "一致"}
    assert len(graded.findings.query("结果 == '一致' and 标准 == '数和程序算的一致'")) > 10


@pytest.mark.parametrize(
    ("right", "lie"),
    [
        ("0.550，上限", "0.490，上限"),
        ("17个达到要求", "27个达到要求"),
        ("89.5%", "95.8%"),
        ("教育质量还不能判定", "教育质量达到"),
        ("政府保障程度第3、5、11项没有做到", "政府保障程度第3、5、11项做到"),
        ("没有发生一票否决", "发生了一票否决"),
        ("3名资源教师", "3名孩子"),
        ("总的结论：未达到优质均衡", "总的结论：未达到优质均衡。全县基本达到优质均衡"),
    ],
)
def test_one_lie_in_an_honest_report_is_seen(sample, right, lie):
    text = honest(*sample)
    assert right in text
    graded = grade_report(text.replace(right, lie), *sample)
    assert len(graded.to_mend)
    assert graded.with_marks(dict.fromkeys(PEOPLE, 3)).passes is False
