"""Figures of relations and of segregation: what is drawn, and that the texts for blind readers hold the measures."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib import figures
from balancelib import measures as m
from balancelib.figures.style import to_png

NAMES = ["学校一", "学校二", "学校三", "学校四", "学校五"]
PUPILS = np.array([45, 37, 89, 76, 55])
BOOKS = np.array([279, 137, 935, 160, 402]) / PUPILS
WEALTH = np.array([4200, 2800, 6500, 2400, 3600])
AREA = np.array(["城区", "乡村", "城区", "乡村", "乡村"])
MIGRANT = np.array([5, 9, 12, 34, 10])
OTHER = PUPILS - MIGRANT
GROUPS = ("随迁子女", "其他学生")
MARKS = [78, 85, 90, 65, 70, 58, 88, 92, 85, 60, 72, 55, 82, 70, 76]
SCHOOLS = np.repeat(NAMES, 3)
MINUTES = [[5, 20, 40, 35, 25], [20, 8, 45, 30, 28], [35, 40, 6, 12, np.inf]]
PLACES = ([40, 30, 80, 70, 50], [60, 50, 110], MINUTES, 30)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def first(axes):
    return np.ravel(axes)[0]


def text_of(axes):
    return first(axes).figure.alternative_text


def by_area():
    table = pd.DataFrame({"area": AREA, "books": BOOKS, "pupils": PUPILS})
    return m.summarise(table, "books", weights="pupils", by="area")


def estimates():
    methods = {"线性化": "linearised", "自助法": "bootstrap"}
    return {name: m.estimate(m.cv, BOOKS, PUPILS, method=method) for name, method in methods.items()}


DRAWN = {
    "access": lambda: figures.access_map(*PLACES, (["一村", "二村", "三村"], NAMES)),
    "composition": lambda: figures.group_composition(MIGRANT, OTHER, NAMES, GROUPS),
    "concentration": lambda: figures.concentration_curve(BOOKS, WEALTH, PUPILS),
    "contribution": lambda: figures.contribution_bars(BOOKS, PUPILS, NAMES, "生均1册"),
    "decomposition": lambda: figures.decomposition_bars({"泰尔指数": m.decompose(BOOKS, AREA, PUPILS)}),
    "exposure": lambda: figures.group_composition(MIGRANT, OTHER, NAMES, GROUPS, mark="exposure"),
    "intervals": lambda: figures.estimate_intervals(estimates(), "差异系数", limit=0.5),
    "mixture": lambda: figures.school_mixture(MIGRANT, OTHER, names=NAMES),
    "parity": lambda: figures.parity_rates(MIGRANT / 50, OTHER / 80, NAMES, GROUPS, "某比例"),
    "segregation": lambda: figures.segregation_curve(MIGRANT, OTHER, GROUPS),
    "shares": lambda: figures.group_shares(MIGRANT, OTHER, NAMES, GROUPS),
    "summary": lambda: figures.summary_bars(by_area(), "area", {"cv": "差异系数", "gini": "基尼系数"}),
    "values": lambda: figures.school_values(MARKS, SCHOOLS),
    "wealth": lambda: figures.wealth_line(BOOKS, WEALTH, PUPILS, NAMES),
}
SAID = {
    "access": f"每百人{100 * m.two_step_fca(*PLACES)[0]:.1f}个学位",
    "composition": f"学校里是{100 * m.isolation(MIGRANT, OTHER):.1f}%，全县{100 * MIGRANT.sum() / PUPILS.sum():.1f}%",
    "concentration": f"集中指数{m.concentration_index(BOOKS, WEALTH, PUPILS):.3f}",
    "contribution": f"学校三占{100 * m.contribution(BOOKS, PUPILS).share[2]:.1f}%，多生均1册时差异系数升",
    "decomposition": "泰尔指数：组间51.2%，组内48.8%",
    "exposure": f"学校里是{100 * m.exposure(MIGRANT, OTHER):.1f}%",
    "intervals": "线性化估计0.515，区间从{0.low:.3f}到{0.high:.3f}".format(m.estimate(m.cv, BOOKS, PUPILS)),
    "mixture": f"信息论指数{m.theil_h(MIGRANT, OTHER):.3f}",
    "parity": f"均等指数{m.parity_index(MIGRANT[3] / 50, OTHER[3] / 80):.2f}",
    "segregation": f"分隔基尼系数{m.segregation_gini(MIGRANT, OTHER):.3f}",
    "shares": f"差异指数{m.dissimilarity(MIGRANT, OTHER):.3f}",
    "summary": "城区（2所）差异系数0.224，基尼系数0.106",
    "values": f"组间方差比例{m.intraclass(MARKS, SCHOOLS):.3f}",
    "wealth": f"弹性{m.wealth_neutrality(BOOKS, WEALTH, PUPILS).elasticity:.2f}",
}


@pytest.mark.parametrize("name", DRAWN)
def test_figure_is_drawn_and_says_its_measure(name):
    """A missing glyph is a warning, and pyproject.toml makes that an error."""
    axes = DRAWN[name]()
    assert SAID[name] in text_of(axes)
    assert all(panel.get_xlabel() for panel in np.ravel(axes))
    assert to_png(first(axes).figure)


def test_every_public_name_is_there():
    assert all(callable(getattr(figures, name)) for name in figures.__all__)


def test_concentration_curve_takes_places_of_equal_rank_together():
    axes = figures.concentration_curve([10, 20, 30, 40], [1, 1, 2, 2], [1, 1, 1, 1])
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[0, 0], [50, 30], [100, 100]])


def test_area_of_the_segregation_curve_is_half_its_gini_coefficient():
    curve = figures.segregation_curve(MIGRANT, OTHER, GROUPS).lines[1].get_xydata() / 100
    area = 0.5 - np.trapezoid(curve[:, 1], curve[:, 0])
    assert 2 * area == pytest.approx(m.segregation_gini(MIGRANT, OTHER))


def test_excess_shares_add_up_to_the_index_of_dissimilarity():
    axes = figures.group_shares([10, 40, 50], [30, 30, 40], ["甲", "乙", "丙"], GROUPS)
    assert [text.get_text() for text in axes.texts] == ["多出10.0", "多出10.0"]
    assert m.dissimilarity([10, 40, 50], [30, 30, 40]) == pytest.approx(0.2)


def test_school_without_pupils_is_empty_not_an_error():
    axes = figures.group_composition([1, 0], [3, 0], ["甲", "乙"], GROUPS)
    assert [bar.get_width() for bar in axes.containers[0]] == [25, 0]
    figures.school_mixture([1, 0], [3, 0], names=["甲", "乙"])


def test_rates_stand_beside_the_band_of_parity():
    axes = figures.parity_rates([0.5, 0.9], [0.5, 0.5], ["甲", "乙"], GROUPS, "某比例")
    band = axes.containers[0][0]
    assert [band.get_x(), band.get_width()] == pytest.approx([48.5, 3.0])
    assert [text.get_text() for text in axes.texts] == ["均等指数", "1.00", "1.80"]


def test_place_with_no_school_in_reach_is_said():
    axes = figures.access_map([10], [5, 5], [[5], [np.inf]], 30, (["近村", "远村"], ["学校"]))
    assert "远村够得着不到任何学校" not in text_of(axes)
    assert "远村够不着任何学校，每百人0.0个学位" in text_of(axes)
    assert [text.get_text() for text in axes[0].texts] == ["5", "—"]


def test_levels_of_a_decomposition_are_named_and_fill_the_bar():
    nested = m.decompose(BOOKS, {"学区": ["东", "东", "西", "西", "西"], "城乡": AREA}, PUPILS)
    axes = figures.decomposition_bars({"泰尔指数": nested})
    assert [bars.get_label() for bars in axes.containers] == ["学区之间", "城乡之间", "组内"]
    assert sum(bars[0].get_width() for bars in axes.containers) == pytest.approx(100)
    overlapping = figures.decomposition_bars({"基尼系数": m.decompose(BOOKS, AREA, PUPILS, "gini")})
    assert "重叠" in text_of(overlapping)


def test_equal_schools_have_nothing_to_take_apart():
    with pytest.raises(ValueError, match="没有差距可分"):
        figures.contribution_bars([2, 2], [1, 3], ["甲", "乙"])
    with pytest.raises(ValueError, match="没有差距可分"):
        figures.decomposition_bars({"泰尔指数": m.decompose([2, 2], ["a", "b"])})


def test_many_dots_go_without_names():
    many = range(1, 20)
    assert not figures.wealth_line(many, many, many, [f"第{i}学校" for i in many]).texts


def test_limit_is_drawn_only_where_one_is_given():
    assert "上限" not in text_of(figures.estimate_intervals(estimates(), "差异系数"))


def test_an_end_just_below_zero_is_no_minus_zero_and_names_keep_their_hyphens():
    axes = figures.estimate_intervals({"3-4班": m.Estimate(-0.0004, 0.1, -0.004, 0.39, 3)}, "一致性")
    assert axes.texts[-1].get_text() == "0.00至0.39"
    assert "3-4班估计0.000，区间从−0.004到0.390" in text_of(axes)
