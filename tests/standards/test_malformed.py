"""Malformed standards: each is refused with file, key and reason in Chinese, or gives a verdict without a crash."""

import copy
import random
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from samples import sample_county

import balancelib.standards
from balancelib.assess import assess, describe, explain, summary
from balancelib.county.terms import check_fields
from balancelib.standards import StandardError, bundled, load_standard
from balancelib.standards.model import PARTS

FOLDER = Path(balancelib.standards.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
PROVINCE = """extends = "basic-2012"
key = "province"
documents = [{ id = "province", title = "某省标准", number = "某教〔2013〕1号", issuer = "某省教育厅", year = 2013 }]
"""
BOOKS = 'key = "books", source = "province"'
ITEM = 'key = "x", number = 2, label = "某项", source = "province"'


def indicator(fields, key="books"):
    return f'indicators = [{{ key = "{key}", source = "province", {fields} }}]'


def both(terms):
    return indicator(f"sum = {{ primary = {terms}, junior = {terms} }}")


def government(test):
    return f"government = {{ items = [{{ {ITEM}, tests = [{{ {test} }}] }}] }}"


def relaxed(test):
    extra = 'relaxations = [{ key = "ease", label = "放宽", source = "province" }]\n'
    return extra + government(test)


RULE = "school_rule = {{ met_at_least = {}, floor = 0.6, source = 'province' }}\n"
THRESHOLDS = indicator("thresholds = { primary = 15.0, junior = 20.0 }")


@pytest.fixture
def standard(tmp_path):
    def load(text, name="province.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = load_standard(path)
        check_fields(found)
        return found

    return load


def refused(load, text):
    with pytest.raises(StandardError) as caught:
        load(text)
    error = caught.value
    assert error.file == "province.toml"
    assert CHINESE.search(error.reason)
    assert "Expected" not in error.reason
    assert str(error) == f"标准文件province.toml，键{error.key}：{error.reason}"
    return error


# What is wrong, the key that has to be named, a word of the reason.
MALFORMED = [
    # names that are no names, and names used twice
    ('indicators = [{ key = ["a"] }]', "indicators.第1条", "名字"),
    ("indicators = [{ key = { a = 1 } }]", "indicators.第1条", "名字"),
    ("indicators = [{ thresholds = { primary = 1, junior = 2 } }]", "indicators.第1条", "名字"),
    ("indicators = [3]", "indicators.第1条", "名字"),
    (f"indicators = [{{ {BOOKS} }}, {{ {BOOKS} }}]", "indicators.books", "两遍"),
    (f"government.items = [{{ {ITEM} }}, {{ {ITEM} }}]", "government.items.x", "两遍"),
    (indicator("split = true", key="pupils"), "indicators.pupils", "缺少"),
    (indicator('label = "人", short_label = "人", unit = "人", split = true, '
               'sum = { primary = ["books"], junior = ["books"] }', key="pupils"), "indicators.pupils.key", "列名"),
    # stages
    ("split = { weights = {}, source = 'province', kind_weights = { complete_secondary = { senior = 0 } } }",
     "split.kind_weights.complete_secondary.senior", "数值应"),
    (indicator("thresholds = { primary = 15.0, junior = 'x' }"), "indicators.books.thresholds.junior", "文字"),
    (indicator("thresholds = { primary = 15.0, senior = 1 }"), "indicators.books.thresholds", "senior"),
    ("split = { source = 'province', kind_weights = { junior = { primary = 1.0 } } }",
     "split.kind_weights.junior", "junior"),
    ("split = { source = 'province', kind_weights = { nine_year = { primary = 1.0 } } }",
     "split.kind_weights.nine_year", "junior"),
    ("split = { source = 'province', kind_weights = { nursery = { primary = 1.0 } } }", "split.kind_weights", "nursery"),
    ("scope = { source = 'province', kinds = ['nursery'] }", "scope.kinds", "nursery"),
    ("scope = { source = 'province', kinds = ['special'] }", "scope.kinds", "special"),
    ("scope = { source = 'province', kinds = [] }", "scope.kinds", "至少"),
    ("scope = { source = 'province', teaching_point_minimum_pupils = -1 }", "scope.teaching_point", "0"),
    # columns of an indicator's sum
    (both("[]"), "indicators.books.sum.primary", "至少"),
    (both('["name"]'), "indicators.books.sum.primary", "学校名称"),
    (both('["kind"]'), "indicators.books.sum.primary", "办学类型"),
    (both('["year_built"]'), "indicators.books.sum.primary", "建成年份"),
    (both('["charter"]'), "indicators.books.sum.primary", "有学校章程"),
    (both('["music_room_areas"]'), "indicators.books.sum.primary", "音乐"),
    (both('["work_score"]'), "indicators.books.sum.primary", "work_score"),
    (both('["books", "books"]'), "indicators.books.sum.primary", "两遍"),
    (both('["books", "-books"]'), "indicators.books.sum.primary", "两遍"),
    (both('["-books"]'), "indicators.books.sum.primary", "减去"),
    (both('["books", "-computers"]'), "indicators.books.sum.primary", "负数"),
    (both('["teachers_primary"]'), "indicators.books.sum.primary", "分摊"),
    (indicator('sum = { primary = ["backbone_junior"] }', key="senior_teachers"),
     "indicators.senior_teachers.sum.primary", "学段"),
    (indicator('sum = { junior = ["shared_pe_arts_primary"] }', key="senior_teachers"),
     "indicators.senior_teachers.sum.junior", "学段"),
    (indicator('sum = { primary = ["books"] }', key="senior_teachers"), "indicators.senior_teachers.sum", "分摊"),
    (indicator("split = false"), "indicators.books.sum.primary", "split"),
    # rules that test nothing, or more than there is
    (RULE.format(-1) + THRESHOLDS, "school_rule.met_at_least", "1"),
    (RULE.format(0) + THRESHOLDS, "school_rule.met_at_least", "1"),
    (RULE.format(100) + THRESHOLDS, "school_rule.met_at_least", "1项"),
    (RULE.format(10**30) + THRESHOLDS, "school_rule.met_at_least", ""),
    (RULE.format(1), "school_rule", "thresholds"),
    ("cv_rule = { source = 'province', limits = { primary = 65.0 } }", "cv_rule.limits.primary", "10"),
    # conditions
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { name = { minimum = 1 } }"),
     "government.items.x.tests.第1条.when.name", "学校名称"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { music_room_areas = { minimum = 1 } }"),
     "when.music_room_areas", "没有music_room_areas"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { year_built = { below = 2000 } }"),
     "when.year_built", "没有year_built"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { area = ['城区'] }"), "when.area", "urban"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { area = [] }"), "when.area", "至少"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { name = ['某校'] }"), "when.name", "选项"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { area = { minimum = 1 } }"), "when.area", ""),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { pupils = {} }"), "when.pupils", "至少"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { pupils = { minimum = 9, below = 1 } }"),
     "when.pupils", "大于"),
    (government("each_school = true, sum = ['pupils'], maximum = 9, when = { pools = { minimum = 1 } }"), "when.pools", ""),
    # tests
    (government("each_school = true, sum = ['name'], minimum = 1"), "tests.第1条.sum", "学校名称"),
    (government("each_school = true, sum = ['work_score'], minimum = 1"), "tests.第1条.sum", "work_score"),
    (government("each_school = true, sum = ['pupils'], over = ['books'], minimum = 1"), "tests.第1条.over", "不用"),
    (government("sum = ['charter'], minimum = 1"), "tests.第1条.sum", "charter"),
    (government("sum = ['-work_score'], minimum = 1"), "tests.第1条.sum", "减去"),
    (government("sum = ['work_score'], minimum = 1, when = { area = ['urban'] }"), "tests.第1条.when", "不用"),
    (government("sum = ['work_score'], minimum = 1, room_area = 9"), "tests.第1条.room_area", "不用"),
    (government("sum = ['work_score'], minimum = 1, maximum = 9"), "tests.第1条", "正好"),
    (government("sum = ['work_score']"), "tests.第1条", "正好"),
    (government("minimum = 1"), "tests.第1条", "sum"),
    (government("sum = ['survey_satisfied'], over = ['survey_valid'], minimum = 85, unit = '%'"),
     "tests.第1条.minimum", "0.85"),
    (government("sum = ['layout_planned'], minimum = 0"), "tests.第1条", "是或否"),
    (government("rooms = 'charter', room_area = 96, classes_per_room = 12"), "tests.第1条.rooms", "章程"),
    (government("rooms = 'pools', room_area = 96, classes_per_room = 12"), "tests.第1条.rooms", "pools"),
    (government("rooms = 'music_room_areas', room_area = 96"), "tests.第1条", "classes_per_room"),
    (government("rooms = 'music_room_areas', room_area = 96, classes_per_room = 12, minimum = 1"), "tests.第1条", "minimum"),
    # relaxations
    (relaxed("each_school = true, sum = ['pupils'], maximum = 9, relaxed = [{ relaxation = 'ease', when = {} }]"),
     "relaxed.第1条", "正好"),
    (relaxed("each_school = true, sum = ['pupils'], maximum = 9, relaxed = "
             "[{ relaxation = 'ease', when = {}, minimum = 1 }]"), "relaxed.第1条.minimum", "放宽"),
    (relaxed("rooms = 'music_room_areas', room_area = 96, classes_per_room = 12, relaxed = "
             "[{ relaxation = 'ease', when = {} }]"), "relaxed.第1条", "room_area"),
    (relaxed("each_school = true, sum = ['pupils'], maximum = 9, relaxed = "
             "[{ relaxation = 'hard', when = {}, maximum = 10 }]"), "relaxed.第1条.relaxation", "hard"),
    (relaxed("each_school = true, sum = ['pupils'], maximum = 9, relaxed = "
             "[{ relaxation = 'ease', when = { area = ['城区'] }, maximum = 10 }]"), "relaxed.第1条.when.area", "urban"),
    (relaxed("sum = ['work_score'], minimum = 9, relaxed = [{ relaxation = 'ease', when = {}, minimum = 1 }]"),
     "tests.第1条.relaxed", "不用"),
    ("relaxations = [{ key = 'ease', label = '放宽', source = 'province' }]\n"
     + indicator("relaxed = [{ relaxation = 'ease', when = {}, add = { primary = ['books'] } }]"),
     "indicators.books.relaxed.第1条.add", "junior"),
    # sources: a province's number is not the ministry's
    ('indicators = [{ key = "books", thresholds = { primary = 1.0, junior = 1.0 } }]', "indicators.books.source", "source"),
    ("cv_rule = { limits = { primary = 0.6 } }", "cv_rule.source", "source"),
    ("split = { kind_weights = { nine_year = { primary = 1.0, junior = 1.0 } } }", "split.source", "source"),
    ("recognition = { items = [{ key = 'satisfaction', note = 'x' }] }", "recognition.items.satisfaction.source", "source"),
    # text
    ('label = "红\\u001b[31m"', "label", "控制字符"),
    ('label = ""', "label", "空"),
    ('"a\\u001b" = 1', "（最外层）", "a�"),
    ("file = 'x'", "（最外层）", "file"),
    ("label = 2013-01-01", "label", "日期"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "word"), MALFORMED, ids=[text[:60] for text, _, _ in MALFORMED])
def test_what_is_malformed_is_refused_where_it_stands(standard, text, key, word):
    tomllib.loads(PROVINCE + text)  # it is TOML
    error = refused(standard, PROVINCE + text)
    assert key in error.key
    assert word in error.reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("weights = { primary = 1.0, junior = 1.1, senior = 1.32 }", "weights = {}", "split.weights"),
        ("weights = { primary = 1.0, junior = 1.1, senior = 1.32 }", "weights = { primary = 1.0 }", "split.weights"),
        ("{ junior = 1.0, senior = 1.2 }", "{ senior = 1.2 }", "split.kind_weights.complete_secondary"),
        ("limits = { primary = 0.50, junior = 0.45 }", "limits = { primary = 0.50 }", "cv_rule.limits"),
        ("split = true", "split = true\nin_cv = false", "indicators"),
        ('add = { primary = ["leased_sports_area"], junior = ["leased_sports_area"] }', 'add = { primary = ["charter"] , junior = ["charter"] }',
         "indicators.sports_area.relaxed.第1条.add.primary"),
        ("room_area = 73.0\n", "", "government.items.music_art_rooms.tests.第1条.relaxed.第1条"),
        ("number = 9\n", "number = 0\n", "government.items.training_hours.number"),
    ],
)  # fmt: skip
def test_a_whole_standard_that_is_malformed(standard, old, new, key):
    text = (FOLDER / "quality-2017.toml").read_text(encoding="utf-8")
    if "in_cv" in new:
        text = text.replace("split = false", "split = false\nin_cv = false")
    assert old in text
    assert refused(standard, text.replace(old, new)).key == key


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a = ", "第1行末尾：值的写法不对"),
        (b"a = 1\nb 2\n", "第2行第3列：键的后面应是等号"),
        (b"a = 1\na = 2\n", "第2行第6列：同一个键"),
        (b"[a]\n[a]\n", "第2行第3列：同一个键或表"),
        (b"a = [1\nb = 2", "第2行第1列：方括号没有关上"),
        (b"a = { b = 1\n", "花括号没有关上"),
        (b'a = "x\n', "第1行第7列：有不允许的字符"),
        (b"a = 1 b = 2", "第1行第7列：一行只能写一个键"),
        (b"a = 2013-02-30", "没有这个日期"),
        ("甲 = 1".encode(), "第1行第1列：这一行不是"),
        ("key = “province”".encode(), "第1行第7列：值的写法不对"),
        (b'a = "\\q"', "反斜杠"),
        (b"[a\n", "表名的方括号"),
        (b"a = " + b"9" * 5000, "有一个数太长"),
        ("a = 1\nlabel = '基本'".encode("gbk"), "第2行不是UTF-8编码（可能是GBK）"),
        ("label = '基本'".encode("utf-16"), "不是UTF-8编码"),
        (b"a = " + b"[" * 5000, "太深"),
        (b"a = " + b"{ a = " * 5000, "太深"),
        (b".".join([b"a"] * 5000) + b" = 1", "太深"),
        (b"", "缺少"),
    ],
    ids=range(20),
)
def test_what_is_no_toml_is_refused_in_chinese(standard, text, reason):
    assert reason in refused(standard, text).reason


def test_a_mark_before_the_first_letter_is_no_fault(standard):
    assert standard(b"\xef\xbb\xbf" + PROVINCE.encode()).key == "province"


def test_a_folder_is_no_standard(tmp_path):
    with pytest.raises(StandardError, match="读不出来"):
        load_standard(tmp_path.rename(tmp_path.with_name("folder.toml")))


def test_a_standard_knows_its_file(standard):
    assert standard(PROVINCE).file == "province.toml"
    assert load_standard("basic-2012").file == "basic-2012.toml"


def test_an_empty_list_of_items_and_new_records_are_no_fault(standard):
    text = "precondition = { items = [] }\n" + government("sum = ['work_score'], minimum = 80, unit = '分'")
    found = standard(PROVINCE + text)
    assert [len(part.items) for part in (found.precondition, found.government)] == [0, 2]


def mutant(data, rng):
    """Change one or two places of a standard's data: delete, double, rename, retype, copy, swap with its like."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice([1, 1, 2])):
        spots = [(holder, at) for holder in containers(data) for at in keys_of(holder)]
        holder, at = rng.choice(spots)
        alike = [(h, k) for h, k in spots if type(h[k]) is type(holder[at])]
        other, there = rng.choice(alike)
        change = rng.choice(["delete", "double", "rename", "retype", "copy", "copy", "swap", "swap"])
        if change == "delete":
            del holder[at]
        elif change == "double" and isinstance(holder, list):
            holder.insert(at, copy.deepcopy(holder[at]))
        elif change == "rename" and isinstance(holder, dict):
            holder[rng.choice(WORDS)] = holder.pop(at)
        elif change == "retype":
            holder[at] = copy.deepcopy(rng.choice(VALUES))
        elif change == "copy":
            holder[at] = copy.deepcopy(other[there])
        else:
            holder[at], other[there] = copy.deepcopy(other[there]), copy.deepcopy(holder[at])
    return data


def keys_of(holder):
    return list(holder) if isinstance(holder, dict) else range(len(holder))


def containers(value):
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


WORDS = ["books", "-books", "name", "kind", "pupils", "charter", "music_room_areas", "leased_sports_area", "year_built",
         "primary", "junior", "senior", "teachers_junior", "minimum", "maximum", "below", "work_score", "urban", "key"]  # fmt: skip
VALUES = [*WORDS, 0, -1, 1, 1.5, 1e9, -0.0, float("nan"), float("inf"), True, False, "", [], {}, ["books"], ["name"],
          [[]], {"primary": 1.0}, {"minimum": 1}, {"minimum": 0.0, "below": 5}, {"primary": ["books"], "junior": ["books"]},
          10**400]  # fmt: skip


def try_mutant(data, path, county):
    """Load and assess; return whether the mutant was accepted."""
    path.write_text(to_toml(data), encoding="utf-8")
    try:
        found = load_standard(path)
        check_fields(found)
    except StandardError as error:
        assert error.file == path.name
        assert error.key
        assert CHINESE.search(error.reason)
        return False
    for relax in ([], [relaxation.key for relaxation in found.relaxations]):
        verdict = assess(county, found, relax)
        assert verdict.meets in (True, False, None)
        msgspec.json.encode(verdict.to_dict())
        summary(verdict)
    describe.general_rules(found)
    describe.resource_indicators(found)
    describe.relaxations(found)
    for part in PARTS:
        describe.part_items(found, part)
    return True


def to_toml(value, top=True):
    if isinstance(value, dict):
        pairs = [f"{to_toml(key, False)} = {to_toml(inner, False)}" for key, inner in value.items()]
        return "\n".join(pairs) if top else "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(to_toml(inner, False) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return repr(value)


@pytest.mark.parametrize("name", bundled())
def test_a_mutant_is_refused_or_gives_a_verdict(name, tmp_path):
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rng, county = random.Random(2017), sample_county(7, 20)
    accepted = [try_mutant(mutant(data, rng), tmp_path / "mutant.toml", county) for _ in range(90)]
    assert 0 < sum(accepted) < len(accepted)


LEASED = """
[[indicators]]
key = "leased"
label = "生均租用场地面积"
short_label = "租用场地"
unit = "平方米"
split = true
sum = { primary = ["leased_sports_area"], junior = ["leased_sports_area"] }
source = "province"
"""


@pytest.mark.parametrize("supplied", [True, False])
@pytest.mark.parametrize(
    ("rule", "thresholds"), [("", ""), (RULE, "thresholds = { primary = 1.0, junior = 1.0 }\n")]
)
def test_an_optional_column_that_was_not_filled_in_leaves_the_verdict_open(
    standard, rule, thresholds, supplied
):
    county = sample_county(7, 20)
    if not supplied:
        del county.tables["school_items"]
    text = PROVINCE + rule.format(1) + "precondition = { items = [] }\n" + LEASED + thresholds
    verdict = assess(county, standard(text))
    found = msgspec.json.decode(msgspec.json.encode(verdict.to_dict()))
    for stage in ("primary", "junior"):
        judged = found["resources"][stage]
        assert (judged["meets"], judged["mean"]["leased"], judged["cv"]["leased"]) == (None, None, None)
        assert judged["mean"]["books"] > 0
        blank = [section for section in judged["sections"] if section["indicators"]["leased"] is None]
        assert blank
        for section in blank:
            assert section["meets"] is None
            assert section["reasons"] == ["生均租用场地面积算不出：要用的数没有填"]
    assert verdict.resources_meet is None
    assert "没有填" in summary(verdict)
    assert "没有填" in explain(verdict, "leased", "primary")
    assert assess(county, standard(text), rounding="form").resources_meet is None


def test_a_blank_does_not_hide_a_section_that_fails_whatever_it_is(standard):
    text = PROVINCE + RULE.format(2) + LEASED + "thresholds = { primary = 1.0, junior = 1.0 }\n"
    text += (
        '\n[[indicators]]\nkey = "books"\nsource = "province"\nthresholds = { primary = 1e6, junior = 1e6 }\n'
    )
    primary = assess(sample_county(7, 20), standard(text)).to_dict()["resources"]["primary"]
    assert {section["meets"] for section in primary["sections"]} == {False}
    assert primary["meets"] is False
