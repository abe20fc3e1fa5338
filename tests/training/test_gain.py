"""Tests before and after a course: two fair forms, answers read as people write them, the gain and its interval."""

import io
import re

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats

from balancelib.cli import main
from balancelib.county import InputError
from balancelib.course.exercises.trainee import MADE
from balancelib.course.quiz import load_quiz
from balancelib.course.quiz.model import LETTERS
from balancelib.course.training.answered import is_right, plain, read_tests
from balancelib.course.training.catalogue import catalogue
from balancelib.course.training.chosen import taught
from balancelib.course.training.course import Chosen, Course
from balancelib.course.training.gain import gain, mean_gain, sentences
from balancelib.course.training.people import for_seat
from balancelib.course.training.pretest import (
    AFTER,
    BEFORE,
    FORMS,
    HEAD_ROW,
    KEY,
    MOST,
    book_of_tests,
    form_of,
    forms,
)
from balancelib.text import number

MODULES = catalogue(ROOT)
# Student's ten patients and two drugs (Biometrika 6, 1908); the intervals are those that R's t.test prints for `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def course(*lessons, **more):
    return Course("甲班", lessons=lessons or ("policy/equity", "policy/levels", "resources/funding"), **more)


def drawn(one):
    return forms(one, taught(one, MODULES))


def test_paired_interval_is_students_own():
    differences = pd.Series(np.subtract(SECOND, FIRST))
    found, crossed = mean_gain(differences, pd.Series(["甲"] * 10))
    assert not crossed
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


def test_interval_of_two_orders_is_half_of_students_for_two_groups():
    """(m1 + m2) / 2 has half the error of m1 - m2; R's ``t.test(extra ~ group, data = sleep, var.equal = TRUE)``."""
    gains = pd.Series([*FIRST, *np.negative(SECOND)])
    found, crossed = mean_gain(gains, pd.Series(["甲"] * 10 + ["乙"] * 10))
    assert crossed
    assert found.value == pytest.approx((0.75 - 2.33) / 2)
    assert (2 * found.low, 2 * found.high) == pytest.approx((-3.363874, 0.203874), abs=1e-6)


# Peak flow of thirteen children after two drugs, in two orders (Senn, Cross-over Trials in Clinical Research, 2nd ed. 2002, ch. 3).
FORMOTEROL_FIRST = [(310, 270), (310, 260), (370, 300), (410, 390), (250, 210), (380, 350), (330, 365)]
SALBUTAMOL_FIRST = [(370, 385), (310, 400), (380, 410), (290, 320), (260, 340), (90, 220)]


def test_it_is_the_crossover_with_persons_and_periods():
    """The two-period crossover as a linear model of persons, periods and treatments, by least squares on all 26 values."""
    orders = [(pair, "FS") for pair in FORMOTEROL_FIRST] + [(pair, "SF") for pair in SALBUTAMOL_FIRST]
    flow = np.array([value for pair, _ in orders for value in pair], dtype=float)
    persons = np.kron(np.eye(len(orders)), np.ones((2, 1)))
    period = np.tile([0.0, 1.0], len(orders))
    drug = np.array([float(one == "F") for _, order in orders for one in order])
    model = np.column_stack([persons, period, drug])
    fitted, residual, *_ = np.linalg.lstsq(model, flow, rcond=None)
    freedom = len(flow) - model.shape[1]
    error = float(np.sqrt(residual[0] / freedom * np.linalg.inv(model.T @ model)[-1, -1]))
    reach = stats.t.ppf(0.975, freedom) * error
    # What stands for the test after the course is formoterol; which came first, for which form did.
    gains = [f - s for f, s in FORMOTEROL_FIRST] + [f - s for s, f in SALBUTAMOL_FIRST]
    found, _ = mean_gain(pd.Series(gains, dtype=float), pd.Series(["甲"] * 7 + ["乙"] * 6))
    assert found.value == pytest.approx(46.6, abs=0.05)
    assert found.se == pytest.approx(10.8, abs=0.05)
    assert (found.value, found.se) == pytest.approx((fitted[-1], error))
    assert (found.low, found.high) == pytest.approx((fitted[-1] - reach, fitted[-1] + reach))


@pytest.mark.parametrize(("first", "second"), [(15, 15), (28, 2), (3, 3), (9, 1)])
def test_a_harder_form_is_out_of_the_gain_and_the_interval_holds_the_truth(first, second):
    """Answers to ten questions, right or wrong, of people who differ; 乙 is easier; the interval holds the truth as often as it says."""
    rng, times, items = np.random.default_rng(5), 1000, 10
    level = rng.normal(0.5, 0.15, (times, first + second)).clip(0.15, 0.7)  # before, in form 甲
    easier, learnt = 0.1, 0.15
    begun = np.array([0] * first + [1] * second)
    before = rng.binomial(items, level + easier * begun) / items
    after = rng.binomial(items, level + learnt + easier * (1 - begun)) / items
    form = pd.Series(np.where(begun, "乙", "甲"))
    found = [mean_gain(pd.Series(100 * one), form)[0] for one in after - before]
    assert np.mean([one.value for one in found]) == pytest.approx(100 * learnt, abs=1.0)
    held = np.mean([one.low <= 100 * learnt <= one.high for one in found if one.se])
    assert 0.93 < held < 0.97


def test_one_person_in_each_order_has_a_gain_and_no_interval():
    found, crossed = mean_gain(pd.Series([30.0, 10.0]), pd.Series(["甲", "乙"]))
    assert crossed
    assert found.value == 20
    assert np.isnan(found.low)


def test_each_lesson_is_asked_as_often_in_either_form():
    both = drawn(course())
    for form in FORMS:
        assert len(both[form]) == 6  # of five questions four are in pairs
    assert [one.lesson for one in both["甲"]] == [one.lesson for one in both["乙"]]
    asked = [(one.lesson, one.question.id) for form in FORMS for one in both[form]]
    assert len(set(asked)) == len(asked)
    assert drawn(course()) == both


def test_a_form_is_no_longer_than_a_quarter_of_an_hour_and_every_lesson_comes_first():
    both = drawn(course(Chosen(module="teachers")))
    assert len(both["甲"]) == MOST
    assert len({one.lesson for one in both["甲"]}) == MOST


def test_seats_change_forms():
    for seat in (1, 2, 3):
        assert {form_of(seat, BEFORE), form_of(seat, AFTER)} == set(FORMS)
    assert form_of(1, BEFORE) != form_of(2, BEFORE)


def test_options_stand_in_another_order_than_in_the_lesson_and_no_letter_is_a_good_guess():
    """In the lessons more than half of the right answers are B."""
    both = drawn(course(Chosen(module="policy"), Chosen(module="resources"), Chosen(module="quality")))
    letters, moved = [], 0
    for asked in (one for form in FORMS for one in both[form] if one.question.options):
        quiz = next(m.quiz for module in MODULES for m in module.lessons if m.title == asked.lesson)
        (there,) = (q for q in load_quiz(quiz).questions if q.id == asked.question.id)
        assert sorted(o.text for o in there.options) == sorted(o.text for o in asked.question.options)
        rights = {option.text for option in there.options if option.right}
        pairs = zip(LETTERS, asked.question.options, strict=False)
        assert asked.answer == "".join(letter for letter, option in pairs if option.text in rights)
        moved += there.options != asked.question.options
        letters.append(asked.answer)
    assert moved > len(letters) / 2
    assert letters.count("B") < len(letters) / 2


def test_no_option_names_another_by_its_letter():
    """Or the order could not be changed."""
    for quiz in (m.quiz for module in MODULES for m in module.lessons if m.quiz):
        for question in load_quiz(quiz).questions:
            for option in question.options:
                assert not re.search(r"选项?[A-F]|[A-F]项|[A-F]和[A-F]都|以上[都各]", option.text), (
                    question.id
                )


def test_no_quiz_no_test():
    one = course("policy/exercises")
    assert book_of_tests(one, taught(one, MODULES)) is None


@pytest.fixture
def filled(tmp_path):
    """A workbook in which four people answered, as people write."""
    one = course(people=("李", "王", "张", "赵", "钱"))
    book = openpyxl.load_workbook(io.BytesIO(book_of_tests(one, taught(one, MODULES))))
    both = drawn(one)
    for when, share in ((BEFORE, 0.5), (AFTER, 1.0)):
        sheet = book[when]
        for seat in range(1, 5):
            row = HEAD_ROW + seat
            form = sheet.cell(row, 3).value
            for n, asked in enumerate(both[form], 1):
                known = n <= share * len(both[form])
                sheet.cell(row, 3 + n).value = asked.answer.lower() if known else None
    form = book[BEFORE].cell(HEAD_ROW + 5, 3).value
    book[BEFORE].cell(HEAD_ROW + 5, 4).value = both[form][0].answer  # 钱 came only before
    path = tmp_path / "tests.xlsx"
    book.save(path)
    return path


def test_what_was_written_down_is_read_and_judged(filled):
    found = gain(read_tests(filled))
    assert len(found.people) == 4
    assert found.people["before"].tolist() == [50.0] * 4
    assert found.people["after"].tolist() == [100.0] * 4
    assert found.estimate.value == 50
    assert found.normalised == 1
    assert (found.only_before, found.only_after) == (1, 0)
    assert found.crossed
    assert any("只做了一次的1人" in line for line in sentences(found))


def test_who_came_and_answered_nothing_did_sit(filled):
    book = openpyxl.load_workbook(filled)
    for column in range(4, 4 + len(drawn(course())["甲"])):
        book[BEFORE].cell(HEAD_ROW + 1, column).value = None
    book.save(filled)
    assert len(gain(read_tests(filled)).people) == 3
    book[BEFORE].cell(HEAD_ROW + 1, 4).value = "空"
    book.save(filled)
    found = gain(read_tests(filled))
    assert len(found.people) == 4
    assert found.people.loc["1", "before"] == 0


def test_the_command_says_it(filled, capsys):
    assert main(["gain", str(filled)]) == 0
    said = capsys.readouterr().out
    assert "提高50.0个百分点" in said
    assert "没有没上课的人对照" in said


@pytest.mark.parametrize(
    ("when", "row", "column", "value", "said"),
    [(BEFORE, 1, 3, "丙", "请写甲或者乙"), (AFTER, 2, 4, "对", "读不懂“对”")],
)
def test_what_cannot_be_read_is_said_with_its_place(filled, when, row, column, value, said):
    book = openpyxl.load_workbook(filled)
    book[when].cell(HEAD_ROW + row, column).value = value
    book.save(filled)
    with pytest.raises(InputError) as raised:
        read_tests(filled)
    assert said in str(raised.value)
    assert f"{when}第{HEAD_ROW + row}行" in str(raised.value)


def spoiled(path, sheet, cell, value):
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)
    with pytest.raises(InputError) as raised:
        read_tests(path)
    return str(raised.value)


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "said"),
    [
        (BEFORE, f"A{HEAD_ROW + 1}", None, "有答案，没有写座位"),
        (BEFORE, f"A{HEAD_ROW + 1}", "２", "座位2写了两行"),
        (KEY, "C3", None, "“答案”那张表改过，或者不全"),
        (KEY, "C4", "不知道", "“答案”那张表改过，或者不全"),
        (KEY, "D4", "多", "“答案”那张表改过，或者不全"),
        (KEY, "B3", 7, "“答案”那张表改过，或者不全"),
        (KEY, "A3", "丙", "“答案”那张表改过，或者不全"),
    ],
)
def test_a_workbook_that_was_spoiled_gets_a_plain_word(filled, sheet, cell, value, said):
    assert said in spoiled(filled, sheet, cell, value)


@pytest.mark.parametrize("written", ["1", "01", "１", "1号", "座位1"])
def test_seats_are_the_same_however_they_are_written(filled, written):
    book = openpyxl.load_workbook(filled)
    book[AFTER].cell(HEAD_ROW + 1, 1).value = written
    book.save(filled)
    assert len(gain(read_tests(filled)).people) == 4


def test_what_is_typed_stays_as_it_was_typed(filled):
    """Excel makes 0.125 of 12.5% in a cell that has no format."""
    for when in (BEFORE, AFTER):
        cells = openpyxl.load_workbook(filled)[when].iter_rows(
            min_row=HEAD_ROW + 1, max_row=HEAD_ROW + 5, min_col=4
        )
        assert {cell.number_format for row in cells for cell in row} == {"@"}


def test_another_workbook_is_refused(tmp_path, capsys):
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    assert main(["gain", str(tmp_path / "x.xlsx")]) == 1
    assert "没有“课前”“课后”“答案”这张表" in capsys.readouterr().err


def test_the_same_workbook_each_time():
    one = course(people=3)
    assert book_of_tests(one, taught(one, MODULES)) == book_of_tests(one, taught(one, MODULES))


def judged(rows):
    return pd.DataFrame(rows, columns=["seat", "when", "form", "question", "right"])


def test_nobody_twice_is_no_gain():
    with pytest.raises(ValueError, match="没有一个人课前课后都做了"):
        gain(judged([(1, BEFORE, "甲", 1, True), (2, AFTER, "乙", 1, True)]))


def test_what_most_got_wrong_afterwards_is_named():
    rows = [
        (1, BEFORE, "甲", 1, False),
        (1, BEFORE, "甲", 2, False),
        (2, BEFORE, "乙", 1, True),
        (2, BEFORE, "乙", 2, True),
    ]
    rows += [
        (1, AFTER, "乙", 1, True),
        (1, AFTER, "乙", 2, False),
        (2, AFTER, "甲", 1, True),
        (2, AFTER, "甲", 2, True),
    ]
    said = "".join(sentences(gain(judged(rows))))
    assert "要再讲：乙卷第2题（1人里对了0人）。" in said


def test_who_had_the_same_form_twice_is_not_in_the_gain():
    rows = [(seat, when, "甲", 1, when == AFTER) for seat in (1, 2) for when in (BEFORE, AFTER)]
    with pytest.raises(ValueError, match="每次一张不同的卷子"):
        gain(judged(rows))
    found = gain(judged([*rows, (3, BEFORE, "甲", 1, True), (3, AFTER, "乙", 1, True)]))
    assert (found.people.index.tolist(), found.repeated) == ([3], 2)
    assert any("同一张卷子的2人" in line for line in sentences(found))


def test_before_and_after_differ_by_the_gain_where_the_orders_are_of_different_size():
    right = {1: (0, 1), 2: (0, 1), 3: (0, 1), 4: (1, 1), 5: (1, 1)}  # 甲 first: seats 1 to 3
    rows = [
        (seat, when, "甲" if (seat <= 3) == (when == BEFORE) else "乙", 1, bool(was))
        for seat, both in right.items()
        for when, was in zip((BEFORE, AFTER), both, strict=True)
    ]
    found = gain(judged(rows))
    assert found.crossed
    assert (found.level("before"), found.level("after"), found.estimate.value) == (50, 100, 50)
    assert found.normalised == 1
    said = "".join(sentences(found))
    assert "课前50%，课后100%" in said
    assert "每一组里人人一样多，估不出区间" in said


def test_a_loss_is_no_share_that_was_learnt():
    rows = [(1, BEFORE, "甲", 1, True), (1, BEFORE, "甲", 2, False), (1, AFTER, "乙", 1, False), (1, AFTER, "乙", 2, False)]  # fmt: skip
    assert "归一化" not in "".join(sentences(gain(judged(rows))))


def sat(before, after, questions=10):
    """Judged answers of a class: how many each had right."""
    return judged(
        [
            (seat, when, "甲" if (seat + (when == AFTER)) % 2 else "乙", q, q <= right)
            for seat, both in enumerate(zip(before, after, strict=True))
            for when, right in zip((BEFORE, AFTER), both, strict=True)
            for q in range(1, questions + 1)
        ]
    )


@pytest.mark.parametrize(
    ("before", "after", "said", "unsaid"),
    [
        ([9, 8, 9, 9], [5, 4, 6, 5], "降低37.5个百分点，95%区间", "提高37.5"),
        ([9, 8, 9, 9], [5, 4, 6, 5], "区间都在0以下：课后答得比课前差。", "区间里有0"),
        ([10, 10, 10, 10], [10, 10, 10, 10], "提高0.0个百分点；每一组里人人一样多，估不出区间", "归一化"),
        ([9, 9, 9, 8], [10, 10, 9, 10], "题对他们太容易", "nan"),
        (
            [3, 4, 5, 4],
            [4, 3, 5, 5],
            "区间里有0：这点差别，碰巧也会有，不能说提高了，也不能说没有用。",
            "太容易",
        ),
        ([2, 3, 2, 3, 4, 2], [7, 8, 8, 7, 9, 8], "提高", "区间里有0"),
    ],
)
def test_words_are_borne_out_by_the_numbers(before, after, said, unsaid):
    words = "".join(sentences(gain(sat(before, after))))
    assert said in words
    assert unsaid not in words
    assert "题是从课里的测一测抽的" in words


def test_who_gained_alike_has_no_interval_whatever_the_computer_rounds():
    found = gain(sat([2, 2, 3], [4, 5, 5], questions=6))
    same_order = found.people["gain"][found.people["form"] == "乙"]
    assert 0 < same_order.std() < 1e-9  # of 2 to 4, and 3 to 5, of 6
    assert found.estimate.se == 0
    assert "每一组里人人一样多，估不出区间" in "".join(sentences(found))


def test_nobody_gains_more_than_all():
    rows = sat([2, 0, 3], [4, 0, 6], questions=6)
    found = gain(rows[rows["seat"] != 1])
    assert not found.crossed
    assert found.estimate.high == 100
    assert found.estimate.low < 0


def test_the_interval_of_a_loss_is_of_the_loss():
    found = gain(sat([9, 8, 9, 9], [5, 4, 6, 5]))
    low, high = -found.estimate.high, -found.estimate.low
    assert 0 < low < 37.5 < high
    assert f"降低37.5个百分点，95%区间{low:.1f}到{high:.1f}。" in sentences(found)


def test_one_person_has_no_interval_and_no_change_is_said():
    found = gain(judged([(1, BEFORE, "甲", 1, True), (1, AFTER, "乙", 1, True)]))
    assert np.isnan(found.estimate.low)
    said = "".join(sentences(found))
    assert "人太少，没有区间" in said
    assert "nan" not in said.lower()


def test_an_interval_with_zero_in_it_is_said():
    rng = np.random.default_rng(1)
    rows = [(seat, when, "甲" if (seat + (when == AFTER)) % 2 else "乙", q, bool(rng.random() < 0.5)) for seat in range(8) for when in (BEFORE, AFTER) for q in range(6)]  # fmt: skip
    found = gain(judged(rows))
    reference = stats.ttest_rel(found.people["after"], found.people["before"]).statistic
    assert abs(reference) < 2
    assert any("区间里有0" in line for line in sentences(found))


TINY = plain(number(0.00001))  # as the sheet of answers gives it


@pytest.mark.parametrize(
    ("written", "right", "tolerance", "expected"),
    [
        ("ca", "AC", 0, True), ("A、C", "AC", 0, True), ("ＡＣ", "AC", 0, True), ("A", "AC", 0, False), ("ABC", "AC", 0, False),
        (0.5154, "0.515", 0.0005, True), ("0.5156", "0.515", 0.0005, False), ("1,200册", "1200", 0, True), ("−3", "-3", 0, True),
        ("", "A", 0, False), (None, "3", 1, False), ("不知道", "3", 1, False),
        (0.00002, TINY, 0, False), (0.00001, TINY, 0, True), ("0.00001", TINY, 0, True),
    ],
)  # fmt: skip
def test_answers_as_people_write_them(written, right, tolerance, expected):
    assert is_right(plain(written), right, tolerance) is expected


@pytest.mark.parametrize("module", [module.name for module in MODULES])
def test_who_has_a_seat_is_not_told_to_change_the_seed(module):
    handed = for_seat(nbformat.read(ROOT / "notebooks" / module / MADE, as_version=4), 4321)
    words = "".join(cell.source for cell in handed.cells)
    assert f'begin("{module}", seed=4321)' in words
    assert "种子写在下面这一格里，不要改" in words
    assert "换成自己的座位号" not in words
