"""Figures: the house style, the texts for blind readers, and what is drawn."""

import subprocess
import sys
from io import BytesIO
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.image
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_rgb
from nbclient import NotebookClient

import balancelib.figures
from balancelib.figures import describe, threshold_ratios, use_style
from balancelib.figures.bars import drawn
from balancelib.figures.style import FONT, FONT_FILE, PALETTE, to_png


def fake_assessment(ratios, stages, floor=0.85):
    """An assessment with two indicators, as far as figures look at it."""
    sections = pd.DataFrame({"stage": stages, "name": [f"第{i}学校" for i in range(len(stages))]})
    labels = {"teaching_area": "生均教学及辅助用房面积", "sports_area": "生均体育运动场馆面积"}
    indicators = tuple(
        SimpleNamespace(key=k, label=v, short_label=v[2:6], thresholds={"primary": 1.0})
        for k, v in labels.items()
    )
    rule = SimpleNamespace(floor=floor)
    standard = SimpleNamespace(label="某标准", indicators=indicators, school_rule=rule)
    table = pd.DataFrame(ratios, columns=list(labels), dtype=float)
    return SimpleNamespace(sections=sections, ratios=table, standard=standard)


@pytest.fixture
def assessment():
    ratios = [[1.0, 0.84], [0.9, 1.2], [4.2, 1 - 1e-13], [0.5, np.nan]]
    return fake_assessment(ratios, ["primary", "primary", "junior", "junior"])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def pixels(figure):
    return mpl.image.imread(BytesIO(to_png(figure)[0]))


def test_library_does_not_load_matplotlib():
    code = "import sys, balancelib, balancelib.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_unknown_public_name_is_refused():
    with pytest.raises(AttributeError, match="nonsense"):
        balancelib.figures.nonsense  # noqa: B018


def test_font_holds_the_national_character_set_under_a_name_of_its_own():
    font = TTFont(FONT_FILE)
    hanzi = {bytes((a, b)).decode("gb2312", "ignore") for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF)}
    needed = {c for c in hanzi if c} | set("−±×÷≥≤²³‰℃·…—、。，；：？！（）《》“”①⑨ⅠⅥ㎡％０９ＡＺ")
    assert len({c for c in hanzi if c}) == 6763
    assert needed <= {chr(code) for code in font.getBestCmap()}
    assert font["name"].getDebugName(1) == FONT
    assert FONT_FILE.stat().st_size < 1.6e6
    assert "OPEN FONT LICENSE" in FONT_FILE.with_name("OFL.txt").read_text()


def test_negative_numbers_and_symbols_are_drawn():
    """A missing glyph is a warning, and pyproject.toml makes that an error."""
    use_style()
    figure, axes = plt.subplots()
    axes.plot([-1, 2], [-3, 4])
    axes.set_title("义务教育均衡发展：差异系数≤0.50，−1.5 ϕ χ² x₁ ½ “引号”——…")
    describe(figure, "一条线。")
    assert pixels(figure).size


def test_rare_characters_of_school_names_fall_back_to_a_system_font():
    use_style()
    if not any("CJK" in family or "Hei" in family for family in mpl.rcParams["font.family"]):
        pytest.skip("no Chinese system font is installed: the bundled one alone has no rare characters")
    figure = plt.figure()
    figure.text(0.1, 0.5, "㙍头小学、堃喆学校、𬇕县")
    figure.add_subplot()
    describe(figure, "几个校名。")
    assert pixels(figure).size


def test_first_colours_differ_in_grey():
    greys = sorted(np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in PALETTE[:3])
    assert np.diff(greys).min() > 0.1


def test_same_figure_gives_same_bytes(assessment):
    first, second = (to_png(threshold_ratios(assessment)[0].figure)[0] for _ in range(2))
    assert first == second
    assert b"Software" not in first
    assert b"Date" not in first


def test_figure_without_text_is_reported():
    figure, _ = plt.subplots()
    with pytest.warns(UserWarning, match="替代文字"):
        to_png(figure)


@pytest.mark.parametrize("end", ["", "figure", "display(figure); plt.close()", "%matplotlib inline"])
def test_jupyter_shows_the_text_however_the_figure_is_shown(end):
    code = (
        "from balancelib.figures import describe, use_style\nimport matplotlib.pyplot as plt\nuse_style()\n"
    )
    code += f"figure, axes = plt.subplots()\naxes.plot([1, 2])\ndescribe(figure, '一条线。')\n{end}"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [output for output in notebook.cells[0].outputs if "image/png" in output.get("data", {})]
    assert shown
    for output in shown:
        assert output.metadata["image/png"]["alt"] == "一条线。"
        assert output.metadata["image/png"]["width"] < 600


def test_ratios_have_a_panel_a_stage_and_a_row_an_indicator(assessment):
    axes = threshold_ratios(assessment)
    assert [a.get_title(loc="left") for a in axes] == ["小学（2个）", "初中（2个）"]
    assert [t.get_text() for t in axes[0].get_yticklabels()] == ["教学及辅", "体育运动"]
    assert axes[-1].get_xlabel() == "与标准之比（倍）"


def test_ratios_count_those_that_meet(assessment):
    axes = threshold_ratios(assessment)
    counts = [[t.get_text() for t in a.texts if "/" in t.get_text()] for a in axes]
    assert counts == [["1/2", "1/2"], ["1/2", "1/1"]]


def test_ratios_say_in_words_what_they_show(assessment):
    text = threshold_ratios(assessment)[0].figure.alternative_text
    assert "小学2个：生均教学及辅助用房面积1个达标，最低的是第1学校，为标准的0.90倍" in text
    assert "初中2个：生均教学及辅助用房面积1个达标，最低的是第3学校，为标准的0.50倍" in text
    assert "有1个值超过3倍" in text


def test_ratios_without_a_floor_or_a_stage():
    axes = threshold_ratios(fake_assessment([[1, 0.1], [2, 1]], ["junior", "junior"], floor=None))
    assert len(axes) == 1
    legend = [t.get_text() for t in axes[0].figure.legends[0].get_texts()]
    assert legend == ["达标", "未达标", "标准"]


def test_standard_without_thresholds_is_refused(assessment):
    assessment.ratios = None
    with pytest.raises(ValueError, match="达标线"):
        threshold_ratios(assessment)


def test_indicator_without_a_threshold_is_not_drawn(assessment):
    assessment.standard.indicators[1].thresholds = {}
    axes = threshold_ratios(assessment)
    assert [t.get_text() for t in axes[0].get_yticklabels()] == ["教学及辅"]
    assert "运动" not in axes[0].figure.alternative_text


@pytest.mark.parametrize("top", [10, 0, -5.0, float("nan")])
@pytest.mark.parametrize("value", [float("nan"), -3.0])
def test_a_bar_of_nothing_has_no_length_whatever_the_scale(top, value):
    bars = balancelib.figures.Bars("差几分", ["甲校"], [value], ["缺数"], top)
    assert 'width="0"' in bars.svg()
    drawn([bars])
