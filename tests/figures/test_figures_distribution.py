"""Figures of distributions: what is drawn, and that their texts hold the numbers of the measures."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from balancelib.course.example import five_schools
from balancelib.figures import cumulative_steps, entropy_terms, index_curve, lorenz_curve, value_dots
from balancelib.figures.distribution import in_order, terms_of
from balancelib.figures.style import to_png
from balancelib.measures import atkinson, generalised_entropy, gini, quantile, theil_l, theil_t, top_share

LABEL = "生均图书（册）"


@pytest.fixture
def books():
    return five_schools()["生均图书"]


@pytest.fixture
def pupils():
    return five_schools()["学生数"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def drawn(axes):
    """The figure's text, once the figure has been drawn without a warning, its axes named."""
    assert axes.get_xlabel()
    assert to_png(axes.figure)[0]
    return axes.figure.alternative_text


def legend(axes):
    boxes = axes.figure.legends or [axes.get_legend()]
    return [text.get_text() for text in boxes[0].get_texts()]


def test_dots_stand_at_the_values_lowest_first(books, pupils):
    axes = value_dots(books, pupils, label=LABEL, marks={"县均值": 6.334}, band=(3, 9), gaps_to=6.334)
    text = drawn(axes)
    assert axes.get_xlabel() == LABEL
    assert [t.get_text() for t in axes.get_yticklabels()][:2] == ["学校四（76人）", "学校二（37人）"]
    dots = axes.collections[-1]
    np.testing.assert_array_equal(dots.get_offsets()[:, 0], np.sort(books))
    assert "学校四（76人）2.11，学校二（37人）3.70" in text
    assert "县均值6.33" in text
    assert "阴影从3.00到9.00" in text
    assert legend(axes) == ["县均值6.33"]


def test_dots_have_areas_in_proportion_to_pupils(books, pupils):
    sizes = value_dots(books, pupils, label=LABEL).collections[-1].get_sizes()
    np.testing.assert_allclose(sizes / sizes.max(), pupils[books.sort_values().index] / pupils.max())


def test_many_schools_are_drawn_without_names():
    axes = value_dots(np.arange(1.0, 61), label=LABEL)
    assert "共60所，最低第1校1.00，最高第60校60.00" in drawn(axes)
    assert len(axes.get_yticks()) == 0
    assert axes.figure.get_figheight() < 12


def test_lorenz_curve_says_what_is_read_off_it(books, pupils):
    axes = lorenz_curve(books, pupils, what="图书", area=True, shares=[(0, 0.4), (0.9, 1)])
    text = drawn(axes)
    lowest, highest = 1 - top_share(books, 0.6, pupils), top_share(books, 0.1, pupils)
    assert f"面积的两倍是{gini(books, pupils):.3f}" in text
    assert f"最低40%的学生有{lowest:.1%}的图书" in text
    assert f"最高10%的学生有{highest:.1%}的图书" in text
    assert f"最低40%的学生\n有{lowest:.1%}的图书" in [t.get_text() for t in axes.texts]
    assert legend(axes) == ["完全均等线", "洛伦兹曲线", f"阴影面积的两倍：{gini(books, pupils):.3f}"]


def test_lorenz_curve_without_pupils_speaks_of_schools(books):
    axes = lorenz_curve(books, what="图书", shares=[(0.4, 0.6)])
    assert "20.0%的学校有7.1%" in drawn(axes)
    assert "40%到60%的学校" in axes.figure.alternative_text


def test_lorenz_curve_of_many_schools_is_told_by_quarters():
    text = drawn(lorenz_curve(np.ones(100), what="图书"))
    assert "25.0%的学校有25.0%，50.0%的学校有50.0%，75.0%的学校有75.0%的图书" in text


def test_steps_meet_the_quantiles(books, pupils):
    axes = cumulative_steps(books, pupils, label=LABEL, quantiles=[0.1, 0.5])
    text = drawn(axes)
    low, median = quantile(books, [0.1, 0.5], pupils)
    assert f"P10是{low:.2f}，P50是{median:.2f}" in text
    assert "到学校一的6.20为止52.3%" in text
    assert [t.get_text() for t in axes.texts] == [f"P10：{low:.2f}", f"P50：{median:.2f}"]


def test_steps_of_equal_values_can_be_drawn():
    assert "P50是3.00" in drawn(cumulative_steps([3, 3], label=LABEL))


@pytest.mark.parametrize(("alpha", "measure"), [(0, theil_l), (1, theil_t)])
def test_terms_add_up_to_the_index(books, pupils, alpha, measure):
    axes = entropy_terms(books, pupils, alpha=alpha)
    index = measure(books, pupils)
    assert f"加起来是{index:.3f}" in drawn(axes)
    assert axes.texts[-1].get_text() == f"{index:.3f}"
    assert len(axes.patches) == len(books) + 1


@pytest.mark.parametrize("alpha", [-1, 0, 0.5, 1, 2])
def test_terms_are_those_of_the_formula(books, pupils, alpha):
    terms = terms_of(in_order(books, pupils), alpha)
    assert terms.sum() == pytest.approx(generalised_entropy(books, alpha, pupils))


def test_term_of_nothing_is_zero_in_theil_t():
    assert terms_of(in_order([0, 0, 1]), 1).tolist() == pytest.approx([0, 0, np.log(3)])
    assert "第1校+0.000" in drawn(entropy_terms([0, 0, 1], alpha=1))


def test_index_curve_marks_the_parameters_asked_for(books, pupils):
    axes = index_curve(books, pupils, index="atkinson", marked=[0.5, 1])
    text = drawn(axes)
    assert axes.get_ylabel() == "阿特金森指数（没有单位）"
    for epsilon in (0.5, 1):
        assert f"ε取{epsilon:g}时{atkinson(books, epsilon, pupils):.3f}" in text


def test_index_curve_leaves_out_what_is_infinite():
    axes = index_curve([0, 1, 2], index="generalised_entropy", marked=[1, 2])
    assert "α取2时" in drawn(axes)
    assert np.isnan(axes.lines[0].get_ydata()[0])


def test_lorenz_curve_of_one_school_says_that_there_is_one():
    text = drawn(lorenz_curve([3.0], what="图书"))
    assert text == "洛伦兹曲线：只有一个学校的数，曲线就是完全均等线。虚线是完全均等线。"
