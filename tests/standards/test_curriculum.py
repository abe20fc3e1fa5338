"""The curriculum plan: what the state fixed, typed from what carries it out; a plan that contradicts itself is refused."""

import pytest

from balancelib.standards import bundled
from balancelib.standards.staffing import CurriculumError, load_curriculum
from balancelib.standards.staffing.curriculum import OURS

PLAN = load_curriculum()
# 义务教育课程方案（2022年版）, as 广东省义务教育阶段课程实施办法（2024年版） and 浙江省义务教育课程设置及比例（2023年版） repeat it.
SHARES = {
    "morality": (0.06, 0.08), "chinese": (0.20, 0.22), "math": (0.13, 0.15), "english": (0.06, 0.08), "humanities": (0.03, 0.04),
    "sciences": (0.08, 0.10), "it": (0.01, 0.03), "pe": (0.10, 0.11), "arts": (0.09, 0.11), "practice": (0.14, 0.18),
}  # fmt: skip
A_YEAR = [910, 910, 1050, 1050, 1050, 1050, 1190, 1190, 1122]


def test_weeks_and_periods_are_the_official_ones():
    assert list(PLAN.weekly) == [26, 26, 30, 30, 30, 30, 34, 34, 34]
    assert [w * n for w, n in zip(PLAN.weekly, PLAN.weeks, strict=True)] == A_YEAR
    assert sum(A_YEAR) == PLAN.total == 9522


def test_shares_stand_in_the_official_bounds():
    assert {group.key: group.share for group in PLAN.groups} == SHARES
    for group, (least, most) in SHARES.items():
        assert least <= PLAN.shares()[group] <= most
    assert sum(PLAN.shares().values()) == pytest.approx(1, abs=1e-12)


def test_periods_of_a_stage_by_hand():
    """Chinese in grades 1 to 6: 8 + 8 + 6 × 4 = 40 periods in six grades; physics 0 + 3 + 3 in three."""
    assert PLAN.periods("primary")["chinese"] == pytest.approx(40 / 6)
    assert PLAN.periods("junior")["physics"] == 2
    assert "physics" not in PLAN.taught("primary")
    assert "science" not in PLAN.taught("junior")
    assert sum(PLAN.periods("primary").values()) == pytest.approx((26 * 2 + 30 * 4) / 6)


def test_information_technology_stands_in_grades_three_to_eight_and_labour_in_all():
    """The plan: 信息科技 from the third to the eighth grade; 劳动 at least once a week in every grade."""
    assert [grade + 1 for grade, n in enumerate(PLAN.subject("it").weekly) if n] == [3, 4, 5, 6, 7, 8]
    assert min(PLAN.subject("practice").weekly) >= 1
    assert PLAN.subject("practice").by_anyone


def test_loads_are_multiplied_and_the_plan_stays():
    assert PLAN.with_loads(1.5).loads("primary")["chinese"] == 21
    assert PLAN.loads("primary")["chinese"] == 14
    with pytest.raises(ValueError, match="大于0"):
        PLAN.with_loads(0)


def test_a_plan_is_not_taken_for_a_standard():
    assert bundled() == ("basic-2012", "quality-2017")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("weekly = [4, 4, 4, 4, 4, 4, 5, 5, 5]", "weekly = [4, 4, 4, 4, 4, 4, 5, 5, 6]", "subjects"),
        ("total = 9522", "total = 9523", "total"),
        ("share = [0.13, 0.15]", "share = [0.15, 0.16]", "groups.math.share"),
        ('subjects = ["pe"]', 'subjects = ["sport"]', "groups.pe.subjects"),
        ("load = { primary = 14, junior = 12 }", "load = { primary = 14 }", "subjects.chinese.load"),
        ("weeks = [35, ", "weeks = [", "weeks"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(tmp_path, old, new, key):
    text = OURS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "province.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CurriculumError) as refused:
        load_curriculum(path)
    assert refused.value.key == key


def test_an_unknown_subject_says_which_there_are():
    with pytest.raises(KeyError, match="chinese、math"):
        PLAN.subject("latin")
