"""The rules in words say what the verdict does."""

import tomllib
from pathlib import Path

import pytest

import balancelib.standards
from balancelib.assess import describe
from balancelib.standards import bundled, load_standard
from balancelib.standards.model import PARTS

FOLDER = Path(balancelib.standards.__file__).parent
PAGES = ("documents", "general_rules", "resource_indicators", "relaxations")


def all_words(standard):
    frames = [getattr(describe, page)(standard) for page in PAGES]
    frames += [describe.part_items(standard, part) for part in PARTS]
    return "\n".join(" ".join(map(str, row)) for frame in frames for row in frame.itertuples(index=False))


@pytest.mark.parametrize("name", bundled())
def test_every_bound_of_the_file_is_in_the_words(name):
    text = all_words(load_standard(name))
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    bounds = list(numbers(data))
    assert len(bounds) >= 9
    for key, value in bounds:
        forms = {f"{value:g}", f"{100 * value:g}%"}
        assert any(form in text for form in forms), (key, value)


def numbers(data, key=""):
    """Yield every number that a rule compares with; yes and no are words."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in {"number", "year", "value_decimals", "cv_decimals", "ratio_decimals"}:
                yield from numbers(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from numbers(value, key)
    elif isinstance(data, int | float) and not isinstance(data, bool) and data not in (0, 1):
        yield key, data


@pytest.mark.parametrize("name", bundled())
def test_every_row_names_its_document(name):
    standard = load_standard(name)
    documents = {d.number for d in standard.documents}
    for page in PAGES[1:]:
        assert set(getattr(describe, page)(standard)["出处"]) <= documents


def test_small_parts_in_one_table_say_which_part_each_item_is_of():
    basic = load_standard("basic-2012")
    found = describe.items_of_parts(basic, ["precondition", "government", "recognition"])
    assert list(found["部分"]) == ["办学基本标准", "县级政府推进工作", "公众满意度"]
    assert list(found.columns)[1:] == list(describe.part_items(basic, "recognition").columns)


def test_a_veto_is_nothing_that_is_asked():
    quality = load_standard("quality-2017")
    assert [list(describe.part_items(quality, p).columns)[1] for p in ("veto", "quality")] == ["情形", "要求"]


def test_formulas_in_the_words_of_the_tables():
    standard = load_standard("quality-2017")
    found = {i.key: describe.formula(i) for i in standard.indicators}
    assert found["qualified_teachers"] == "本学段高于规定学历教师数÷学段学生数×100，按学段登记，不分摊"
    assert found["teaching_area"] == "（教学及辅助用房面积−室内体育用房面积）÷学段学生数，分摊到学段"
    assert found["equipment_value"] == "教学仪器设备值×10000÷学段学生数，分摊到学段"


@pytest.mark.parametrize(
    ("part", "item", "words"),
    [
        ("government", 11, "交流轮岗教师数÷符合交流条件教师数不低于10%"),
        ("government", 2, "“城乡‘四统一’”填“是”"),
        ("government", 3, "不小于96平方米"),
        ("quality", 9, "监测校际差异率低于0.15"),
        ("veto", 6, "填“否”"),
        ("quality", 1, "（初中毕业生数−三年内转入学生数＋三年内转出学生数）÷（三年前七年级入学人数−三年内死亡学生数）"),
    ],
)  # fmt: skip
def test_items_in_words(part, item, words):
    rows = describe.part_items(load_standard("quality-2017"), part).set_index("序号")
    assert words in rows.loc[str(item), "怎样判"]
