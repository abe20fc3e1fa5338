"""The exercises: how answers are judged, the trainee's notebooks, and both as a trainee uses them."""

import ast
import contextlib
import io
import math
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from accessible import violations
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab import TOKEN, jupyterlab
from samples import sample_county, short_county
from test_binder import wait

from balancelib.county import County
from balancelib.county.write import write_workbook
from balancelib.course import exercises as package
from balancelib.course.execution import digest
from balancelib.course.exercises import Exercise, begin, check, exercises, judge, session
from balancelib.course.exercises.trainee import (
    EXERCISE,
    MADE,
    MARK,
    SOLUTION,
    SOURCE,
    TITLE_ENDS,
    stubbed,
    tags,
    trainee,
)
from balancelib.figures import describe
from balancelib.figures.explorers import IN_BOOK
from balancelib.resources import plan_compliance

SETS = sorted((ROOT / "notebooks").glob(f"*/{SOURCE}"))
SAME_TOY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
HINTS = ("先看哪一列。", "再看`总量`。", "对这一列用`.sum()`。")


def bars(county):
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    describe(figure, f"一幅图，{len(county.schools)}所学校。")
    return figure


def fails(county):
    raise ValueError("这个县没有初中")


TOY = {
    "number": Exercise(
        lambda county: 1234.5, HINTS, {"忘了加权。": lambda county, right: right - 123.5, "除以0。": lambda county, right: 1 / 0},
        "元", 0.5, right="比去年多。", picture=bars,
    ),
    "whole": Exercise(lambda county: 3, HINTS),
    "share": Exercise(lambda county: 0.05, HINTS, tolerance=0.0005),
    "truth": Exercise(lambda county: True, HINTS),
    "text": Exercise(lambda county: "城关镇第三小学", HINTS),
    "names": Exercise(lambda county: ["甲校", "乙校"], HINTS),
    "series": Exercise(lambda county: pd.Series({"甲校": 1.0, "乙校": 2.0, "丙校": math.nan}), HINTS, tolerance=0.01),
    "words": Exercise(lambda county: {"甲校": "达标", "乙校": "不达标"}, HINTS),
    "frame": Exercise(lambda county: pd.DataFrame({"班": [1, 2], "人": [40, 80]}, index=["甲校", "乙校"]), HINTS),
    "labels": Exercise(lambda county: {"学生": 100, "班": 4}, HINTS, tolerance={"学生": 1, "班": 0}),
    "twice": Exercise(lambda county: 3, HINTS, {"忘了甲。": lambda county, right: 2, "忘了乙。": lambda county, right: 2}),
    "empty": Exercise(lambda county: ["甲校"], HINTS, {"路程没有限。": lambda county, right: []}),
    "wide": Exercise(lambda county: ["一小（东校区）", "二小"], HINTS),
    "wide_text": Exercise(lambda county: "一小（东校区）", HINTS),
    "no_rows": Exercise(lambda county: pd.Series(dtype=float), HINTS, {"分母用错了。": lambda county, right: {"乙校": 2.0}}),
    "no_table": Exercise(lambda county: pd.DataFrame({"班": pd.Series(dtype=float)}), HINTS),
    "county": Exercise(lambda county: county.schools["pupils_primary"].sum(), HINTS, unit="人"),
    "fails": Exercise(fails, HINTS),
    "lacks": Exercise(lambda county: 1, HINTS, tables=("county_items.exchange_moved", "school_items")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setitem(sys.modules, "balancelib.course.exercises.toy", SimpleNamespace(EXERCISES=TOY))
    monkeypatch.delenv(IN_BOOK, raising=False)
    monkeypatch.setattr(session, "_SESSIONS", {})
    monkeypatch.setattr(session, "sample_county", sample_county)  # the same, drawn once


def test_what_is_wrong_in_exercises_is_not_hidden(monkeypatch, tmp_path):
    """Their author would look in vain for an exercise that there is not."""
    path = tmp_path / "broken.py"
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    for code, wrong in (
        ("import no_such_package", ModuleNotFoundError),
        ("len.no_such_thing", AttributeError),
    ):
        path.write_text(code, encoding="utf-8")
        with pytest.raises(wrong, match="no_such"):
            exercises("broken")
    for none in ("nothing", "compare", "", "policy.equity.x", "../policy"):
        with pytest.raises(KeyError):
            exercises(none)


# An answer that is right


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("number", 1234.5),
        ("number", 1234),
        ("number", np.float32(1234.5)),
        ("number", np.array(1235.0)),
        ("whole", 3),
        ("whole", np.int64(3)),
        ("whole", 3.0),
        ("truth", np.True_),
        ("text", " 城关镇第三小学 "),
        ("names", {"乙校", "甲校"}),
        ("names", ("乙校", "甲校", "甲校")),
        ("names", pd.Index(["甲校", "乙校"])),
        ("names", pd.Series(["甲校", "乙校"])),
        ("names", np.array(["甲校", "乙校"])),
        ("series", pd.Series({"丙校": math.nan, "乙校": 2.005, "甲校": 1})),
        ("series", {"丙校": None, "乙校": 2, "甲校": 1}),
        ("series", pd.DataFrame({"数": {"丙校": math.nan, "乙校": 2.0, "甲校": 1.0}})),
        ("series", pd.Series({"丙校": None, "乙校": 2, "甲校": 1}, dtype="Int64")),
        ("words", {"乙校": "不达标", "甲校": "达标"}),
        ("labels", {"班": 4, "学生": 101}),
        ("wide", ["一小（东校区）", "二小"]),
        ("wide", {"一小(东校区)", " 二小"}),
        ("wide_text", "一小（东校区）"),
        ("wide_text", "一小(东校区)"),
        ("no_rows", pd.Series(dtype=float)),
        ("no_rows", {}),
        ("no_rows", pd.Series({"甲校": 1.0})[[False]]),
        ("no_table", pd.DataFrame({"班": []})),
        ("frame", pd.DataFrame({"人": [80, 40], "别的": ["a", "b"], "班": [2, 1]}, index=["乙校", "甲校"])),
    ],
)
def test_right(key, answer):
    verdict = judge(f"toy.{key}", answer)
    assert verdict.outcome == "right", verdict
    assert repr(verdict).startswith(f"第{key}题：对。")


def test_what_right_means_and_which_difference_is_allowed_is_said():
    assert repr(judge("toy.number", 1234.9)) == "第number题：对。比去年多。（相差不超过0.5元都算对。）"
    assert repr(judge("toy.whole", 3)) == "第whole题：对。"
    assert (
        repr(judge("toy.labels", {"班": 4, "学生": 99}))
        == "第labels题：对。（学生相差不超过1都算对，班要正好。）"
    )
    assert "相差不超过0.5元都算对" in repr(judge("toy.number", 1))


@SAME_TOY
@given(st.floats(0.5 + 1e-6, 1e9), st.sampled_from([-1, 1]))
def test_tolerance_is_kept(difference, sign):
    session._SESSIONS.clear()
    assert judge("toy.number", 1234.5 + sign * difference).outcome == "wrong"
    assert judge("toy.number", 1234.5 + sign * 0.5 * math.tanh(difference)).outcome == "right"


# An answer that is not


class Hostile:
    """An object whose every comparison and conversion fails."""

    def __float__(self):
        raise RuntimeError("boom")

    __eq__ = __iter__ = __len__ = __bool__ = __float__
    __hash__ = None


BAD = [
    ("number", "1234.5", "带引号的文字“1234.5”，不是数"),
    ("number", None, "空值None"),
    ("number", math.nan, "结果是空值（NaN）"),
    ("number", math.inf, "除以了0"),
    ("number", [1234.5], "你给的是一串"),
    ("number", pd.Series([1234.5]), "后面加上`.item()`"),
    ("number", pd.Series([1, 2]), "你给的是一列（Series）"),
    ("number", pd.DataFrame({"a": [1]}), "你给的是一张表（DataFrame）"),
    ("number", {"a": 1}, "你给的是一个字典"),
    ("number", sum, "后面少了括号"),
    ("number", True, "你给的是True或False"),
    ("number", 1 + 2j, "你给的是别的东西"),
    ("number", Hostile(), "程序读不懂这个答案"),
    ("number", 123450, "正好是应有的100倍"),
    ("number", 12.345, "是不是忘了乘100"),
    ("number", 12345000, "元和万元是不是弄混了"),
    ("number", 0.12345, "元和万元是不是弄混了"),
    ("number", -1234.5, "正负号反了"),
    ("number", 1111, "忘了加权。"),
    ("number", 1230, "偏小，但已经很接近"),
    ("number", 2000, "偏大。"),
    ("share", 5, "正好是应有的100倍"),
    ("whole", 2, "偏小。"),
    ("truth", False, "结论反了"),
    ("truth", "是", "你给的是文字"),
    ("truth", 1, "你给的是一个数"),
    ("text", "城关镇第一小学", "不是“城关镇第一小学”"),
    ("text", 3, "你给的是一个数"),
    ("names", "甲校", "一个名字一对引号"),
    ("names", {"甲校", "丁校"}, "有1个不该在里面：丁校；还漏了1个"),
    ("names", [], "你给的是空的，一所也没有。"),
    ("empty", set(), "不对。你给的是空的，一所也没有。\n提示一"),
    ("twice", 2, "可能是：忘了甲。也可能是：忘了乙。"),
    ("wide", ["一小（东校区）"], "不对。还漏了1个。"),
    ("wide", ["一小（西校区）", "二小"], "有1个不该在里面：一小(西校区)；还漏了1个"),
    ("no_rows", {"甲校": 1.0, "丙校": 2.0}, "这里一行也不该有，你给了2行：甲校、丙校。"),
    ("no_rows", {"乙校": 2.0}, "不对。分母用错了。"),
    ("no_rows", [], "你给的是一串"),
    ("no_table", pd.DataFrame({"班": {"甲校": 1}}), "“班”一列：这里一行也不该有，你给了1行：甲校。"),
    ("names", 2, "你给的是一个数"),
    ("names", pd.Series([True, False]), "你给的是一列True和False，要的是名字：用它挑出行，再取名字那一列。"),
    ("names", np.array([True, False]), "你给的是一列True和False，要的是名字：用它挑出行，再取名字那一列。"),
    ("labels", {"学生": 101, "班": 5}, "2行里有1行不对：班。都偏大"),
    ("labels", {"学生": 102, "班": 4}, "2行里有1行不对：学生。都偏大"),
    ("names", pd.Series([4.1, 4.2], index=["甲校", "乙校"]), "后面加上`.index`"),
    ("series", pd.Series({"甲校": 1.0, "乙校": 3.0, "丙校": math.nan}), "3行里有1行不对：乙校。都偏大"),
    ("series", pd.Series({"甲校": 1.0, "乙校": math.nan, "丙校": math.nan}), "不该空的不能空"),
    ("series", pd.Series({"甲校": 1.0, "丙校": math.nan, "丁校": 1}), "缺少1行：乙校。多了1行：丁校"),
    ("series", pd.Series({"甲校": 100.0, "乙校": 200.0, "丙校": math.nan}), "正好是应有的100倍"),
    ("series", pd.Series([1.0, 2.0, 3.0]), "标签对不上：要的标签如“甲校”，你给的如“0”"),
    ("series", pd.Series(dtype=float), "空的一列"),
    ("series", pd.Series([1.0, 2, 3], index=["甲校", "甲校", "丙校"]), "同一个标签出现了几次：甲校"),
    ("series", {"甲校": "1", "乙校": 2, "丙校": None}, "标签“甲校”：你给的是带引号的文字“1”"),
    ("series", [1, 2, 3], "你给的是一串"),
    ("series", 1, "一列带标签的数"),
    ("words", {"甲校": "达标", "乙校": "达标"}, "2行里有1行不对：乙校"),
    ("frame", pd.DataFrame({"班": [1, 2]}, index=["甲校", "乙校"]), "表里缺少这些列：人"),
    ("frame", pd.DataFrame({"班": [1, 3], "人": [40, 80]}, index=["甲校", "乙校"]), "“班”一列：2行里有1行不对：乙校"),
    ("frame", pd.DataFrame([[1, 1], [2, 2]], columns=["班", "班"]).assign(人=1), "两列的名字一样"),
    ("frame", pd.Series([1]), "一张表（DataFrame），列是“班”、“人”"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "answer", "words"), BAD)
def test_what_is_wrong_is_said_with_a_hint(key, answer, words):
    verdict = judge(f"toy.{key}", answer)
    assert verdict.outcome == "wrong"
    assert words in repr(verdict)
    assert "提示一：先看哪一列。" in repr(verdict)


@pytest.mark.parametrize(
    "dots", [..., [...], {"甲校": ...}, pd.Series([..., 1]), pd.DataFrame({"班": [...]})]
)
@pytest.mark.parametrize("key", ["number", "names", "series", "frame", "truth"])
def test_a_stub_gets_hints_and_never_the_answer(key, dots):
    said = [repr(judge(f"toy.{key}", dots)) for _ in range(5)]
    assert all(text.startswith(f"第{key}题：还没有答。把`...`换成你的算式") for text in said)
    assert ["提示一" in said[0], "提示二" in said[1], "做法" in said[2], "做法" in said[4]] == [True] * 4
    assert "参考答案" not in "".join(said)


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.complex_numbers(), st.binary(), st.dates()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner)),
    max_leaves=5,
)  # fmt: skip


@given(
    st.sampled_from(sorted(TOY)), ANYTHING, st.sampled_from([lambda x: x, lambda x: pd.Series([x]), np.array])
)
def test_nothing_makes_it_fail(key, answer, dressed):
    with contextlib.suppress(ValueError):  # numpy refuses some
        answer = dressed(answer)
    verdict = judge(f"toy.{key}", answer)
    assert repr(verdict).startswith(f"第{key}题：")
    assert BeautifulSoup(verdict.page(), "html.parser").select_one(".check").p


def test_help_comes_in_steps_and_the_answer_last():
    said = [repr(judge("toy.number", guess)) for guess in (1, 2, 3, 4, 5)]
    heads = [re.findall(r"提示一|提示二|做法|参考答案", text) for text in said]
    assert heads == [["提示一"], ["提示二"], ["做法"], ["参考答案"], ["参考答案"]]
    assert not any("1234" in text for text in said[:3])
    assert "参考答案：1234.5元" in said[3]
    assert judge("toy.number", 1234.5).outcome == "right"


@pytest.mark.parametrize(
    ("key", "shown"),
    [("whole", "3"), ("wide", "一小（东校区）"), ("no_rows", "一行也没有"), ("truth", "True"), ("text", "城关镇第三小学"), ("names", "乙校、甲校"), ("words", "甲校"), ("frame", "40")],
)  # fmt: skip
def test_answers_of_every_kind_are_written_out(key, shown):
    for _ in range(4):
        verdict = judge(f"toy.{key}", Hostile())
    assert shown in repr(verdict).partition("参考答案：")[2]


def test_tries_are_counted_by_exercise_and_begin_forgets_them():
    judge("toy.number", 1)
    assert "提示一" in repr(judge("toy.whole", 1))
    assert "提示二" in repr(judge("toy.number", 1))
    begin("toy")
    assert "提示一" in repr(judge("toy.number", 1))


def test_unknown_exercise():
    for key in ("toy.99", "nothing.1", "", None, "os.path"):
        assert "没有这道题" in repr(judge(key, 1))


# The county in use


def total(seed):
    return sample_county(seed).schools["pupils_primary"].sum()


def test_variants_by_seed(capsys):
    begin("toy")
    assert "种子7" in capsys.readouterr().out
    assert judge("toy.county", total(7)).outcome == "right"
    begin("toy", seed=12)
    assert "种子12" in capsys.readouterr().out
    assert judge("toy.county", total(7)).outcome == "wrong"
    assert judge("toy.county", total(12)).outcome == "right"
    assert total(7) != total(12)


def test_one_exercise_in_another_county(capsys, tmp_path):
    """The others stay in theirs, also when an earlier one is done again."""
    begin("toy", seed=12)
    begin("toy.county", path="没有.xlsx")
    assert "种子12" in capsys.readouterr().out.partition("找不到")[2]
    assert judge("toy.county", total(12)).outcome == "right"
    judge("toy.number", 1)
    begin("toy.county", path=write_workbook(tmp_path / "我的县.xlsx", short_county(8).tables))
    assert judge("toy.county", total(8)).outcome == "right"
    assert "提示二" in repr(judge("toy.number", 1))
    assert session._SESSIONS["toy"].county.schools["pupils_primary"].sum() == total(12)


def test_without_begin_it_is_the_sample_county():
    assert judge("toy.county", total(7)).outcome == "right"


def test_who_changes_the_tables_does_not_change_what_is_right():
    county = begin("toy")
    county.schools["pupils_primary"] = 0
    assert judge("toy.county", total(7)).outcome == "right"


@pytest.mark.parametrize("seed", ["七", -3, 1.5j, [1]])
def test_a_seed_that_is_none(capsys, seed):
    begin("toy", seed=seed)
    assert "不小于0的整数" in capsys.readouterr().out
    assert judge("toy.county", total(7)).outcome == "right"


def test_own_county(capsys, tmp_path):
    path = write_workbook(tmp_path / "我的县.xlsx", short_county(12).tables)
    begin("toy", path=path)
    assert "用的是你们县的数" in capsys.readouterr().out
    assert judge("toy.county", total(12)).outcome == "right"


def test_without_the_own_county_the_sample_is_used_and_that_is_said(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    begin("toy", path="我的县.xlsx")
    assert capsys.readouterr().out.startswith("找不到我的县.xlsx，下面先用示例县（合成）。")
    faulty = short_county(12).tables
    faulty["schools"]["kind"] = None
    write_workbook(tmp_path / "我的县.xlsx", faulty)
    begin("toy", path="我的县.xlsx")
    said = capsys.readouterr().out
    assert re.match(r"我的县.xlsx有\d+处错误，下面先用示例县（合成）。", said)
    assert said.count("[学校]第") == session.MOST_FAULTS
    assert judge("toy.county", total(7)).outcome == "right"


def test_several_counties_are_too_many(capsys, tmp_path):
    schools = sample_county(12).schools
    schools["county_id"] = ["H01", "H02"] * (len(schools) // 2)
    schools.to_csv(tmp_path / "schools.csv", index=False)
    begin("toy", path=tmp_path)
    assert "里有几个县，练习一次只用一个县，下面先用示例县（合成）。" in capsys.readouterr().out


def test_what_a_county_lacks_is_said_at_once_and_again(capsys, tmp_path):
    path = write_workbook(tmp_path / "县.xlsx", {"schools": sample_county(12).schools})
    begin("toy", path=path)
    said = capsys.readouterr().out
    assert "第lacks题用不了这份数据：缺少“县级项目”表的“" in said
    assert judge("toy.lacks", 1).outcome == "impossible"
    assert "“学校其他项目”表" in repr(judge("toy.lacks", 1))


def test_where_no_answer_can_be_computed_the_reason_is_said():
    verdict = judge("toy.fails", 1)
    assert verdict.outcome == "impossible"
    assert "原因：这个县没有初中。" in repr(verdict)


def test_module_without_exercises():
    with pytest.raises(KeyError):
        begin("nothing")


# How it is shown


def test_html_is_escaped():
    bad = '<script>alert("1")</script>'
    soup = BeautifulSoup(judge("toy.text", bad).page(), "html.parser")
    assert soup.find("script") is None
    assert bad in soup.p.get_text()


def test_code_in_texts():
    judge("toy.number", 1)
    data = judge("toy.number", 1)._repr_mimebundle_()
    assert "再看<code>总量</code>。" in data["text/html"]
    assert "再看`总量`。" in data["text/markdown"]
    assert data["text/markdown"].startswith("第number题：不对。偏小。\n\n提示二：再看`总量`。")


def test_picture_comes_with_the_second_hint_and_its_text():
    open_before = plt.get_fignums()
    first, second = (BeautifulSoup(judge("toy.number", 1).page(), "html.parser") for _ in range(2))
    assert first.img is None
    assert second.img["alt"] == "一幅图，60所学校。"
    assert second.img["src"].startswith("data:image/png;base64,")
    assert "（图：一幅图，60所学校。）" in repr(judge("toy.number", 1))
    assert plt.get_fignums() == open_before


def test_in_the_book_the_first_hint_is_folded(monkeypatch):
    monkeypatch.setenv(IN_BOOK, "1")
    data = judge("toy.number", ...)._repr_mimebundle_()
    folded = BeautifulSoup(data["text/html"], "html.parser").details
    assert folded.summary.get_text() == "第number题，提示一"
    assert "还没有答" not in data["text/html"] + data["text/markdown"]
    assert data["text/markdown"].startswith("提示一：先看哪一列。")


def test_in_a_console_it_is_plain_text(tmp_path):
    code = (
        "from balancelib.course.exercises import check; check('resources.1', ...); check('resources.1', 'a')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
    assert done.stdout.startswith("第1题：还没有答。")
    assert "第1题：不对。" in done.stdout
    assert ("<" in done.stdout, done.stderr) == (False, "")


def test_where_ipython_is_missing_it_prints(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    check("toy.whole", 3)
    assert capsys.readouterr().out == "第whole题：对。\n"


# The trainee's notebook


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(params=SETS, ids=lambda path: path.parent.name)
def solutions(request):
    return request.param


def test_trainees_notebook_is_the_generated_one(solutions, tmp_path):
    nbformat.write(trainee(read(solutions)), tmp_path / MADE)
    assert solutions.with_name(MADE).read_bytes() == (tmp_path / MADE).read_bytes(), "run `make notebooks`"


def test_trainees_notebook_gives_nothing_away(solutions):
    given_away = solutions.with_name(MADE).read_text(encoding="utf-8")
    source, made = read(solutions), read(solutions.with_name(MADE))
    assert {cell.id for cell in made.cells} == {c.id for c in source.cells if SOLUTION not in tags(c)}
    for cell in source.cells:
        if SOLUTION in tags(cell):
            assert not [line for line in cell.source.splitlines() if len(line) > 12 and line in given_away]
    assert not [cell.id for cell in made.cells if cell.cell_type == "code" and cell.outputs]
    for words in (TITLE_ENDS, "培训者", "solution"):
        assert words not in given_away


def marked(source):
    """Statements of code whose right side is left to the trainee."""
    lines = source.splitlines()
    return [part for part in ast.parse(source).body if lines[part.end_lineno - 1].endswith(MARK)]


def test_every_stub_stands_in_its_solution(solutions):
    """Both ways: each `name = ...` has its line, and each marked line has become one."""
    source = {cell.id: cell for cell in read(solutions).cells}
    for cell in read(solutions.with_name(MADE)).cells:
        if cell.cell_type != "code":
            continue
        stubs = re.findall(rf"^(.+) = \.\.\.  {MARK}$", cell.source, re.MULTILINE)
        solved = marked(source[cell.id].source)
        assert stubs == [" = ".join(map(ast.unparse, part.targets)) for part in solved]
        assert not any(ast.unparse(part.value) in cell.source for part in solved)
        rest = [line for line in cell.source.splitlines() if MARK not in line]
        assert rest == [line for line in rest if line in source[cell.id].source.splitlines()]


def test_exercise_cells_are_marked_and_checked(solutions):
    module = solutions.parent.name
    asked = []
    for cell in [cell for cell in read(solutions).cells if cell.cell_type == "code"]:
        checks = re.findall(r'^check\("([^"]+)", (.+)\)$', cell.source, re.MULTILINE)
        assert (EXERCISE in tags(cell)) == bool(checks) == bool(MARK in cell.source), cell.id
        for key, name in checks:
            left = {ast.unparse(target) for part in marked(cell.source) for target in part.targets}
            assert left & {node.id for node in ast.walk(ast.parse(name)) if isinstance(node, ast.Name)}
            asked.append(key)
    assert asked == [f"{module}.{n}" for n in exercises(module)]


def test_stubs():
    assert (
        stubbed(f"a = 1\nb = c = (\n  '甲',\n  a,\n)  {MARK}\nd = 2") == f"a = 1\nb = c = ...  {MARK}\nd = 2"
    )
    for source in (f"print(1)  {MARK}", f"a = 1\n{MARK}", f"for x in a:\n    b = x  {MARK}"):
        with pytest.raises(ValueError, match="只能写在一个赋值的最后"):
            stubbed(source)


def test_changed_exercise_runs_the_notebooks_anew(tmp_path):
    package = tmp_path / "balancelib"
    file = package / "course" / "exercises" / "resources.py"
    file.parent.mkdir(parents=True)
    keys = set()
    for text in ("a", "b", "a"):
        file.write_text(text)
        keys.add(digest(tmp_path, package))
    assert len(keys) == 2


# The solutions


def solve(notebook, monkeypatch, start="", folder=None):
    """Run a solution notebook's code; return what its checks said. `start` replaces the county that it begins with."""
    said, space = [], {}
    monkeypatch.setattr("IPython.display.display", lambda verdict, *_: said.append(verdict))
    monkeypatch.chdir(folder or notebook.parent)
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in read(notebook).cells:
            if cell.cell_type == "code":
                exec(changed(cell.source, start), space)
    plt.close("all")
    return [verdict for verdict in said if hasattr(verdict, "outcome")]


def changed(source, start):
    return re.sub(r'begin\("([\w.]+)"[^)]*\)', rf'begin("\1"{start})', source) if start else source


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A county's own workbook, written once: it has a row a pupil and a lesson."""
    return write_workbook(tmp_path_factory.mktemp("own") / "我的县.xlsx", sample_county(8).tables)


@pytest.mark.parametrize("start", ["", ", seed=3", ", seed=12", ", path='我的县.xlsx'"])
def test_every_check_in_the_solutions_says_right(solutions, own, monkeypatch, tmp_path, start):
    shutil.copytree(solutions.parent, tmp_path / "notebooks" / "module")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    folder = tmp_path / "notebooks" / "module"
    shutil.copy(own, folder)
    said = solve(solutions, monkeypatch, start, folder)
    assert [verdict.number for verdict in said] == list(exercises(solutions.parent.name))
    assert [repr(verdict) for verdict in said if verdict.outcome != "right"] == []


SETS_OF = [(path.parent.name, n) for path in SETS for n in exercises(path.parent.name)]


@pytest.mark.parametrize(("module", "n"), SETS_OF)
def test_every_usual_mistake_is_recognised(module, n):
    exercise = exercises(module)[n]
    right = session.plain(exercise.answer(sample_county(7)))
    assert exercise.mistakes
    for words, mistake in exercise.mistakes.items():
        said = repr(judge(f"{module}.{n}", mistake(sample_county(7), right)))
        assert words in said, said


@pytest.mark.parametrize(("module", "n"), SETS_OF)
def test_neighbours_have_other_answers(module, n):
    exercise = exercises(module)[n]
    answers = {repr(session.plain(exercise.answer(sample_county(seed)))) for seed in (7, 8, 9)}
    assert len(answers) > 1


@pytest.mark.parametrize(("module", "n"), SETS_OF)
def test_texts_of_exercises_are_plain_chinese(module, n):
    exercise = exercises(module)[n]
    assert len(exercise.hints) >= 3
    assert exercise.right
    for text in (*exercise.hints, *exercise.mistakes, exercise.right):
        prose = re.sub("`[^`]*`", "", text)
        assert not re.search(r"[\u4e00-\u9fff] |[ ][\u4e00-\u9fff]|[\u4e00-\u9fff][,.;:?!]", prose), text
        assert re.search(r"[。：？]$", text), text


# The exercises of resources


def busiest(seed):
    """Primary and junior pupils and rooms of the nine-year school with the most pupils to a room."""
    schools = sample_county(seed).schools.query("kind == 'nine_year'")
    rows = schools[["pupils_primary", "pupils_junior", "multimedia_rooms"]].itertuples(index=False)
    return max(rows, key=lambda row: (row[0] + row[1]) / row[2])


def test_rooms_of_the_sample_county():
    """1838 + 1.1 * 417 = 2296.7 pupils; at 2.3 per 100 that is 52.82 rooms, it has 48, so 5 are to be built."""
    assert busiest(7) == (1838, 417, 48)
    begin("resources", seed=7)
    assert judge("resources.4", {"要有": 52.8, "还差": 5}).outcome == "right"
    assert judge("resources.4", {"要有": 52.8, "还差": 4}).outcome == "wrong"


def test_in_most_counties_rooms_are_lacking():
    answer = exercises("resources")["4"].answer
    lacking = [answer(sample_county(seed))["还差"] for seed in range(1, 41)]
    assert sum(number > 0 for number in lacking) > 20


@pytest.mark.parametrize("seed", [7, 12])
def test_usual_mistakes_with_rooms_are_told_apart(seed):
    """Who forgets that a junior pupil counts as 1.1, or keeps the stages apart, is told that, not that it is right."""
    primary, junior, rooms = busiest(seed)
    begin("resources", seed=seed)
    for words, needed in {
        "没有折算：初中生一个要按1.1个算。": 2.3 * (primary + junior) / 100,
        "把两个学段分开算了": (2.3 * primary + 2.4 * junior) / 100,
        "全校都按初中的2.4间算了": 2.4 * (primary + 1.1 * junior) / 100,
    }.items():
        said = repr(judge("resources.4", {"要有": needed, "还差": max(math.ceil(needed - rooms), 0)}))
        assert f"不对。{words}" in said, said


def test_classes_must_be_exact_and_pupils_nearly():
    right = exercises("resources")["7"].answer(sample_county(7))
    assert judge("resources.7", {**right, "学生": right["学生"] + 1}).outcome == "right"
    assert judge("resources.7", {**right, "班": right["班"] + 1}).outcome == "wrong"


def with_schools(county, wanted):
    """Return the county with only the wanted schools."""
    schools = county.schools
    return County(county.tables | {"schools": schools[wanted(schools["kind"])].reset_index(drop=True)})


def in_county(monkeypatch, county):
    monkeypatch.setitem(session._SESSIONS, "resources", session.Session(county, ""))


def test_without_a_nine_year_school_that_is_said(monkeypatch):
    in_county(monkeypatch, with_schools(sample_county(7), lambda kind: kind != "nine_year"))
    verdict = judge("resources.4", {"要有": 1, "还差": 1})
    assert verdict.outcome == "impossible"
    assert "现在做不了。" in repr(verdict)
    assert "原因：这个县没有九年一贯制学校。" in repr(verdict)


def test_a_plan_for_primary_schools_only(monkeypatch):
    county = with_schools(sample_county(7), lambda kind: kind == "primary")
    in_county(monkeypatch, county)
    least = plan_compliance(county, years=3)
    last = plan_compliance(county, years=3, budgets=[0.2 * least.cost] * 3).by_year.iloc[-1]
    assert "junior_meets" not in last
    answer = {"最省": least.cost / 10_000, "达标": last["primary_meets"]}
    assert judge("resources.9", answer).outcome == "right"


def test_where_no_plan_is_found_that_is_said(monkeypatch):
    late = SimpleNamespace(status="late", cost=math.nan, message="时间到了，还没有找到方案")
    monkeypatch.setattr("balancelib.course.exercises.resources.plan_compliance", lambda *_, **__: late)
    assert "原因：时间到了，还没有找到方案。" in repr(judge("resources.9", {"最省": 1, "达标": 1}))


def test_no_school_at_all_is_not_a_usual_mistake():
    assert "不对。你给的是空的，一所也没有。" in repr(judge("resources.8", set()))


def test_last_hints_are_code_that_runs(monkeypatch):
    """Copied word for word, in the names that the notebook has given."""
    space = {}
    monkeypatch.chdir(ROOT / "notebooks" / "resources")
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in read(ROOT / "notebooks" / "resources" / SOURCE).cells[:26]:
            if cell.cell_type == "code":
                exec(cell.source, space)
    for n in ("2", "3"):
        (code,) = re.findall("`([^`]+)`", exercises("resources")[n].hints[-1])
        assert judge(f"resources.{n}", eval(code, space)).outcome == "right"
    first, second = re.findall("`([^`]+)`", exercises("resources")["5"].hints[-1])
    exec(first, space)
    assert judge("resources.5", eval(second, space)).outcome == "right"
    first, picked = re.findall("`([^`]+)`", exercises("resources")["6"].hints[-1])[:2]
    exec("from balancelib.resources import plan_renewal\n" + first, space)
    assert judge("resources.6", eval(picked, space).item()).outcome == "right"


def test_an_answer_that_is_shown_has_a_chinese_head():
    for _ in range(4):
        said = repr(judge("resources.5", 1))
    assert "参考答案：学校\n" in said


# The page, and JupyterLab


def test_page_shows_the_questions_with_a_folded_hint(site, solutions):
    folder = f"notebooks/{solutions.parent.name}"
    soup = BeautifulSoup((site / folder / "exercises.html").read_text(encoding="utf-8"), "html.parser")
    numbers = list(exercises(solutions.parent.name))
    assert [s.get_text() for s in soup.select("details.check > summary")] == [
        f"第{n}题，提示一" for n in numbers
    ]
    assert not (site / folder / "solutions.html").exists()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(ROOT / "notebooks" / "resources" / MADE, folder)
    with jupyterlab(folder) as address:
        yield f"{address}{MADE}?token={TOKEN}"


def connected(page, sessions):
    """Whether JupyterLab and the notebook's kernel have found each other: before, running a cell does nothing."""
    kernels = [one["kernel"] for one in page.request.get(sessions).json()]
    return kernels and kernels[0]["connections"] and kernels[0]["execution_state"] == "idle"


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_in_jupyterlab_wrong_then_right(lab, browser):
    """Run all; the stub has its hint; a wrong answer the next; the right one is right."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(lab)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=120_000)
    wait(lambda: connected(page, lab.replace("lab/tree/" + MADE, "api/sessions")))
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    page.locator(".check").last.wait_for(state="attached", timeout=120_000)
    # JupyterLab stands at the end now, and shows only cells that are near.
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => { panel.scrollTop = 0 }")
    said = page.locator(".check").first
    said.scroll_into_view_if_needed(timeout=60_000)
    assert said.inner_text().startswith("第1题：还没有答。")
    cell = page.locator(".jp-CodeCell", has_text='check("resources.1"').first
    right = exercises("resources")["1"].answer(sample_county(7))

    def answer(text):
        cell.locator(".cm-line", has_text=MARK).click()
        page.keyboard.press("Home")
        page.keyboard.press("Shift+End")
        page.keyboard.type(f"need_of_one = {text}  {MARK}")
        page.keyboard.press("Control+Enter")

    answer("1")
    page.locator(".check-wrong", has_text="提示二").wait_for(timeout=30_000)
    assert violations(page, ".check") == {}
    answer(repr(right))
    page.locator(".check-right", has_text="第1题：对。").wait_for(timeout=30_000)
    assert page.locator("[data-mime-type$='jupyter.error']").count() == 0
    context.close()
