"""What a trainer may write in course.yml, and the words for what cannot be."""

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from balancelib.course.training.catalogue import Lesson, Module, catalogue, minutes
from balancelib.course.training.chosen import taught
from balancelib.course.training.course import Chosen, Course, learning_paths, load_course
from balancelib.course.training.reading import CourseError

MODULES = catalogue(ROOT)
DAY = "title: 甲\ndates: [2027-03-15]\n"
ONE_DAY = DAY + "path: one_day\n"


def load(folder, text):
    path = folder / "course.yml"
    path.write_text(text, encoding="utf-8")
    return load_course(path)


def test_the_catalogue_is_the_books_and_every_lesson_tells_its_objectives_and_minutes():
    assert [m.name for m in MODULES] == ["policy", "resources", "teachers", "quality", "groups", "progress"]
    assert MODULES[0].title == "政策背景与核心理念"
    for lesson in (lesson for module in MODULES for lesson in module.lessons):
        assert lesson.path.exists()
        assert lesson.title
        assert len(lesson.objectives) >= 2, lesson.page
        assert 20 <= lesson.minutes <= 150, lesson.page
        assert lesson.is_exercises or lesson.quiz, lesson.page


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (None, "找不到书的目录"),
        ("parts: [", "书的目录_toc.yml：不是合格的YAML"),
        ("parts: 5", "写法不对"),
        ("parts: [{chapters: [{file: 5, sections: 6}]}]", "写法不对"),
        (
            "parts: [{chapters: [{file: book/policies}]}]",
            "书的一章policies.md：目录_toc.yml里写了这一章",
        ),
        (
            "parts: [{chapters: [{file: book/policy, sections: [{file: notebooks/policy/eqity}]}]}]",
            "笔记本eqity.ipynb：目录_toc.yml里写了policy/eqity，却没有这个文件",
        ),
    ],
)
def test_contents_that_a_trainer_spoiled_get_a_plain_word(tmp_path, contents, said):
    if contents:
        (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        catalogue(tmp_path)
    assert said in str(error.value)


def test_minutes_are_those_of_the_lesson_and_not_of_what_follows():
    assert minutes("用时：阅读20分钟，动手15分钟。以后每次5分钟。") == (20, 15)
    assert minutes("这一课很短。") == (0, 0)


def test_a_course_is_read(tmp_path):
    (tmp_path / "county.xlsx").touch()
    course = load(
        tmp_path,
        DAY
        + """
lessons:
  - policy/equity
  - {lesson: 一个总分能排名吗, minutes: 30}
  - module: 资源配置优化路径
    minutes: 100
hours: {begins: 8:00, ends: 17:30, lunch: [11:30, 13:30]}
county: county.xlsx
people: [李明, 王芳]
solutions: hidden
trainer_notes: false
""",
    )
    assert course.hours.begins == "8:00"
    assert course.hours.ends == "17:30"  # YAML alone would have made 1,050 of it
    assert course.seats == ("李明", "王芳")
    assert course.trainer_notes is False
    found = taught(course, MODULES)
    assert [one.lesson.page for one in found[:2]] == ["policy/equity", "quality/composite"]
    assert [one.minutes for one in found[:2]] == [MODULES[0].lessons[3].minutes, 30]
    shares = {one.lesson.page: one.minutes for one in found[2:]}
    assert shares["resources/funding"] == round(100 * 50 / 340)  # its 50 of the module's 340 minutes
    assert sum(shares.values()) == 100


@pytest.mark.parametrize("path", learning_paths())
def test_every_learning_path_can_be_taught(tmp_path, path):
    dates = "" if path == "self_study" else "dates: [2027-03-15]\n"
    course = load(tmp_path, f"title: 甲\npath: {path}\n{dates}")
    found = taught(course, MODULES)
    assert len(found) >= 5
    assert course.audience


def test_what_the_file_says_goes_before_the_path(tmp_path):
    course = load(tmp_path, ONE_DAY + "audience: 校长\nlessons: [policy/equity]")
    assert course.audience == "校长"
    assert course.lessons == ("policy/equity",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title：甲", "冒号要用半角"),
        ("- 甲", "没有“键: 值”"),
        (DAY + "title: 乙", "第3行第1列：同一个键写了两遍"),
        ("title: &a 甲\naudience: *a", r"不能用\*引用"),
        ("title: 甲\n\tpath: one_day", "第2行第1列：不能用Tab，请换成空格"),
        ("title: 甲: 乙", "冒号的用法不对"),
        ("? [a]\n: b", "写法不对|写了两遍"),
        ("[" * 5000, "套得太深"),
        (DAY, "没有选课"),
        ("title: 甲\npath: one_day", "没有写日期"),
        ("path: one_day", "缺少title"),
        ("title: ''\npath: one_day", "不能是空的"),
        ("title: 甲\ndates: [2027-02-30]\npath: one_day", "dates.第1条：日期要写成2027-03-15"),
        ("title: 甲\ndates: 2027-03-15\npath: one_day", "应为列表，现在是文字"),
        ("title: 甲\ndates: [2027-03-16, 2027-03-15]\npath: one_day", "从早到晚"),
        (DAY + "path: two_days", "可选：one_day（一天）"),
        (ONE_DAY + "lesson: policy/equity", "不认识的键lesson"),
        (DAY + "lessons: [{minutes: 30}]", "lesson和module写一个"),
        (DAY + "lessons: [{module: policy, minutes: 很多}]", "应为整数"),
        (ONE_DAY + "people: -1", "0到500"),
        (ONE_DAY + "people: [李明, 李明]", "同名"),
        (ONE_DAY + "people: [李明, '=1+1']", "当成公式"),
        (ONE_DAY + "people: ['　@李']", "当成公式"),
        ("title: '  '\ndates: [2027-03-15]\npath: one_day", "只有空格"),
        (ONE_DAY + "name: aux", "Windows不许文件叫aux"),
        (ONE_DAY + "hours: {lunch: [12:00]}", "hours.lunch：要写2项"),
        (ONE_DAY + "hub: {address: 'javascript:alert(1)', repository: https://x}", "hub.address：要以http"),
        (ONE_DAY + "hub: {address: 'https://x\"onclick', repository: https://x}", "hub.address：要以http"),
        (ONE_DAY + "solutions: 有", "不认识的值"),
        (ONE_DAY + "tests: yes", "应为true或false"),
        (ONE_DAY + "seed: -1", "数值应"),
        (ONE_DAY + "county: a.xlsx", "找不到a.xlsx"),
        (ONE_DAY + "county: course.yml\nseed: 7", "只写一个"),
        (ONE_DAY + "logo: course.yml", r"\.png"),
        (ONE_DAY + "hours: {begins: 25:00}", "hours.begins：时间要写成08:30"),
        (ONE_DAY + "hours: {begins: 13:00}", "一个比一个晚"),
        (ONE_DAY + "hub: {address: mybinder.org, repository: https://x}", "hub.address：要以http"),
        (ONE_DAY + "name: 培训班", "name：名字只能用小写英文字母"),
        (ONE_DAY + f"name: {'a' * 41}", "name：最多40个字"),
        (f"title: {'长' * 61}\ndates: [2027-03-15]\npath: one_day", "title：最多60个字"),
        (ONE_DAY + "people: [李明，王芳]", "“李明，王芳”像是几个人：两个姓名之间用半角逗号"),
        (ONE_DAY + "people: [李明、王芳, 陈静]", "“李明、王芳”像是几个人"),
        (ONE_DAY + "people: [李明, ' ']", "有一个姓名是空的"),
        (ONE_DAY + "people: 40人", r"例如people: 40，或者people: \[李明, 王芳\]"),
        (ONE_DAY + "weekly: 100", "写了dates就不用weekly"),
        (DAY + "path: self_study", "自学的路线不写日期"),
        (ONE_DAY + "hours: {break_after: 5}", "hours.break_after：数值应"),
        (ONE_DAY + "hours: {break_minutes: 90}", "hours.break_minutes：数值应"),
        (ONE_DAY + "hub: {kind: JupyterHub, address: https://x, repository: https://x}", "kind是binder或"),
        ("标题: 甲\npath: one_day", "不认识的键标题，可以写：title、dates"),
        (DAY + "lessons: [policy/equity: 30]", r"不认识的键policy/equity，例如lessons: .*minutes: 40"),
        ("title: 甲\ndates: ［2027-03-15］\npath: one_day", r"应为列表，现在是文字，例如dates: \[2027"),
        (ONE_DAY + 'county: "C:\\Users\\a.xlsx"', r"第4行第14列：双引号里不能有\\，路径里请用/"),
        (ONE_DAY + "county: data\\a.xlsx", "文件夹之间用/"),
        ('title: "甲', "引号没有关上"),
        ("title: 甲\npath：one_day\ndates: []", "第3行第1列：这一行或者上一行不是.*键后面的冒号、括号"),
        ("title: 甲\nlessons:\n　- policy/equity", "全角的符号或空格"),
        (DAY + "lessons: [一个总分能排名吗?]", "加引号"),
        ("title: @甲", "文字以@"),
        ("title:\t甲", "不能用Tab"),
    ],
)
def test_what_is_wrong_is_said_with_the_key_and_what_to_do(tmp_path, text, said):
    with pytest.raises(CourseError, match=said):
        load(tmp_path, text)


def picture(path, kind):
    Image.effect_noise((64, 64), 50).save(path, kind)
    return path


@pytest.mark.parametrize("name", ["logo.png", "logo.JPG"])
def test_a_logo_is_a_picture(tmp_path, name):
    picture(tmp_path / name, "PNG" if name.endswith("png") else "JPEG")
    assert load(tmp_path, ONE_DAY + f"logo: {name}").logo == name


def test_a_logo_that_every_page_would_wait_for_is_refused(tmp_path):
    picture(tmp_path / "logo.png", "PNG")
    with (tmp_path / "logo.png").open("ab") as file:
        file.write(bytes(2**20))
    with pytest.raises(CourseError, match=r"logo：标志太大.*缩到1MB以内"):
        load(tmp_path, ONE_DAY + "logo: logo.png")


@pytest.mark.parametrize("content", ["text", "cut", "gif", "svg"])
def test_what_is_only_called_a_picture_is_refused(tmp_path, content):
    path = tmp_path / "logo.png"
    picture(path, "GIF" if content == "gif" else "PNG")
    whole = path.read_bytes()
    path.write_bytes({"text": b"x", "cut": whole[: len(whole) // 2], "gif": whole, "svg": b"<svg/>"}[content])
    with pytest.raises(CourseError, match="logo：标志要是"):
        load(tmp_path, ONE_DAY + "logo: logo.png")


def untimed(*minutes):
    """A module whose lessons say that they take so long; 0: they do not say."""
    lessons = [Lesson(f"m/l{n}", f"课{n}", (), 0, length, ROOT / "x") for n, length in enumerate(minutes)]
    return (Module("m", "章", tuple(lessons)),)


def test_a_lesson_that_does_not_say_how_long_it_takes_must_be_given_its_time():
    with pytest.raises(CourseError, match="《课0》没有写用时"):
        taught(Course("甲", lessons=("m/l0",)), untimed(0))
    (one,) = taught(Course("甲", lessons=(Chosen(lesson="m/l0", minutes=30),)), untimed(0))
    assert one.minutes == 30


@given(own=st.lists(st.integers(1, 120), min_size=1, max_size=9), minutes=st.integers(9, 600))
def test_a_modules_minutes_are_given_whole_or_refused(own, minutes):
    try:
        found = taught(Course("甲", lessons=(Chosen(module="m", minutes=minutes),)), untimed(*own))
    except CourseError as error:
        assert "不足1分钟" in str(error)
        assert min(own) * minutes <= sum(own)
        return
    assert sum(one.minutes for one in found) == minutes
    assert all(abs(one.minutes - minutes * own[n] / sum(own)) <= 1 for n, one in enumerate(found))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(CourseError, match="找不到这个文件"):
        load_course(tmp_path / "course.yml")


@pytest.mark.parametrize(
    ("lessons", "said"),
    [
        ("policy/xxxxxx", "没有“policy/xxxxxx”，可以写：policy/self_assessment、policy/monitoring"),
        ("卫星", "可以写：policy/self_assessment、resources/funding"),
        ("policy/equty", "没有“policy/equty”，是不是policy/equity？"),
        ("notebooks/policy/equity.ipynb", "是不是policy/equity？"),
        ("Policy\\Equity.html", "是不是policy/equity？"),
        ("equity", "是不是policy/equity？"),
        ("公平不公平", "是不是policy/equity？"),
        ("policy", "它是一章：整章写成{module: policy}，一课写成policy/self_assessment这样"),
        ("{module: 政策}", "可以写：policy（政策背景与核心理念）、resources（"),
        ("{module: 第三章}", "是不是teachers（师资队伍建设策略）？"),
        ("{module: 第三章 师资队伍建设策略}", "是不是teachers（"),
        ("policy/equity, 公平不公平，要看问的是哪一种", "policy/equity选了两遍：第1条和第2条里都有"),
        ("policy/equity, policy/equity", "选了两遍"),
        ("{module: policy}, policy/equity", "第1条和第2条里都有"),
    ],
)
def test_a_lesson_that_is_not_there_is_said_with_those_that_are(tmp_path, lessons, said):
    course = load(tmp_path, DAY + f"lessons: [{lessons}]")
    with pytest.raises(CourseError, match=said):
        taught(course, MODULES, "course.yml")
