"""The numbers worked out in the prose of chapter 4: each is computed here anew, by plain arithmetic, and looked up in the text."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "book" / "quality.md").read_text("utf-8")
EXAM = ROOT.parent / "shared" / "vectors" / "data" / "mlmRev_Exam.csv"


def told(start, end="\n\n"):
    """The part of the chapter from `start`, which stands there once, to `end`."""
    assert TEXT.count(start) == 1, start
    return TEXT[TEXT.index(start) :].split(end)[0]


def test_shares_of_hours():
    weeks = np.array([35] * 8 + [33])
    total = int(weeks @ [26, 26, 30, 30, 30, 30, 34, 34, 34])
    assert f"九年{total}节" in TEXT
    table = told("* - 科目\n", "```").splitlines()
    rows = [cell.removeprefix("  - ") for cell in table if cell.startswith("  - ")][2:]
    for share, hours in zip(rows[::2], rows[1::2], strict=True):
        low, high = (int(part.removesuffix("%")) for part in share.split("～"))
        assert hours == f"{-(-total * low // 100)}～{total * high // 100}"
    pe = int(weeks @ [4, 4, 3, 3, 3, 3, 3, 3, 3])
    said = told("- **课表上的和上了的")
    assert f"九年{pe}节，占{pe / total:.1%}" in said
    assert f"剩{pe - 99}节，占{(pe - 99) / total:.1%}" in said
    more = 6 * 35 + 33
    assert (
        f"原来九年1915节，占{1915 / total:.1%}；加上去{1915 + more}节，占{(1915 + more) / total:.1%}" in TEXT
    )


def test_votes_of_three():
    def wrong(p):
        return p, 3 * p**2 * (1 - p) + p**3

    let, back = wrong(0.2), wrong(0.1)
    cells = [let[0], back[0], let[1], back[1], 0.2**3, 1 - 0.9**3]
    rows = told("* - 只请一个人", "```")
    assert [line.removeprefix("  - ") for line in rows.splitlines()[1:] if line.startswith("  - ")] == [
        f"{x:.1%}" for x in cells
    ]


@pytest.mark.parametrize(("agreed", "kappa"), [((24, 2), "0.42"), ((13, 13), "0.73")])
def test_kappa(agreed, kappa):
    passed = (agreed[0] + 2) / 30
    chance = passed**2 + (1 - passed) ** 2
    row = told(f"都说过{agreed[0]}份", "* - ").split("```")[0]
    assert f"{26 / 30:.3f}\n  - {chance:.3f}\n  - {kappa}" in row
    assert f"{(26 / 30 - chance) / (1 - chance):.2f}" == kappa


def test_ways_of_merging():
    for name, a, b in [("甲", 90, 50), ("乙", 70, 70), ("丙", 52, 88)]:
        merged = [f"{a * w + b * (1 - w):.10g}" for w in (0.5, 0.6, 0.4)]
        cells = [name, str(a), str(b), *merged, f"{(a * b) ** 0.5:.1f}"]
        assert "* - " + "\n  - ".join(cells) in TEXT


def test_pairwise_comparisons():
    def largest(a):
        values, vectors = np.linalg.eig(np.array(a))
        i = values.real.argmax()
        return values[i].real, np.abs(vectors[:, i]) / np.abs(vectors[:, i]).sum()

    root, weights = largest([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    said = told("- **专家两两比较**", "\n")
    assert f"权重是{weights[0]:.3f}、{weights[1]:.3f}、{weights[2]:.3f}" in said
    assert f"{(root - 3) / 2 / 0.52:.3f}（" in said
    root, _ = largest([[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]])
    assert f"一致性比率{(root - 3) / 2 / 0.52:.2f}" in said


def test_one_question_and_one_test():
    assert f"区分度{72 / 81:.3f}−{36 / 81:.3f}={(72 - 36) / 81:.2f}" in TEXT
    alpha = 20 / 19 * (1 - 4 / 16)
    error = 4 * (1 - alpha) ** 0.5
    assert f"={alpha:.3f}。" in TEXT
    assert f"={error:.2f}分，一名学生的得分前后大约±{1.96 * error:.1f}分" in TEXT


def test_schools_of_four():
    spread = np.array([-15, -5, 5, 15])
    shares = []
    for means in ([75, 79, 71], [65, 75, 85]):
        scores = np.array(means)[:, None] + spread
        between, within = 4 * scores.mean(axis=1).var() * 3, (scores.var(axis=1) * 4).sum()
        b, w = between / 2, within / 9
        assert f"{between:.0f}÷{between + within:.0f}={between / (between + within):.3f}" in TEXT
        shares.append((b - w) / (b + 3 * w))
    assert f"{shares[0]:.2f}：".replace("-", "−") in TEXT
    assert f"÷900={shares[1]:.3f}" in TEXT
    for schools, pupils in [(40, 5), (40, 30)]:
        assert f"{schools - 1}÷{schools * pupils - 1}={(schools - 1) / (schools * pupils - 1):.3f}" in TEXT


def interval(schools, pupils, share=0.14):
    ratio = 1 + pupils * share / (1 - share)
    cuts = f.ppf([0.975, 0.025], schools - 1, schools * (pupils - 1))
    return "～".join(f"{(ratio / cut - 1) / (ratio / cut + pupils - 1):.2f}" for cut in cuts)


def test_intervals_of_the_share():
    for schools, pupils in [(8, 31), (12, 28), (20, 30), (40, 30), (60, 30)]:
        assert f"* - {schools}\n  - {pupils}\n  - {interval(schools, pupils)}\n" in TEXT
    assert f"20所各60人是{interval(20, 60)}，40所各30人是{interval(40, 30)}" in TEXT


def test_shrinkage_and_what_is_gained_by_luck():
    for pupils, away in [(5, 60), (30, 40)]:
        trust = pupils * 1000 / (pupils * 1000 + 6000)
        assert f"={trust:.3f}，收缩后高{away * trust:.0f}分" in TEXT
        assert f"下一次平均低{60 * trust:.0f}分，白“进步”{60 - 60 * trust:.0f}分" in TEXT
    error = 70 * (2 / 30) ** 0.5
    assert f"={error:.1f}，区间是25±{1.96 * error:.0f}" in TEXT
    for quantile, end in [(1.96, "人；想有"), (1.96 + 0.8416, "人。四年级")]:
        assert f"各要约{np.ceil(2 * (quantile * 70 / 25) ** 2):.0f}{end}" in TEXT


@pytest.mark.skipif(not EXAM.exists(), reason="others' data are not in the repository")
def test_schools_of_london():
    exam = pd.read_csv(EXAM)
    exam["rest"] = exam.normexam - 0.002 - 0.563 * exam.standLRT  # as published in MLwiN's guide
    schools = exam.groupby("school").agg(
        raw=("normexam", "mean"), rest=("rest", "mean"), pupils=("rest", "size")
    )
    trust = schools.pupils * 0.092 / (schools.pupils * 0.092 + 0.566)
    schools["added"], error = trust * schools.rest, (0.092 * (1 - trust)) ** 0.5
    ranks = schools[["raw", "added"]].rank(ascending=False)
    moved = (ranks.raw - ranks.added).abs()
    lowest = set(schools.raw.nsmallest(10).index) & set(schools.added.nsmallest(10).index)
    said = told("**真实的数**：伦敦65所学校")
    assert f"名次相关{ranks.raw.corr(ranks.added):.3f}" in said
    assert f"65所里{(moved >= 10).sum()}所动了10名或者更多，最多的动了{moved.max():.0f}名" in said
    assert f"只有{len(lowest)}所还在" in said
    big = ranks.loc[schools.pupils.idxmax()]
    assert f"一所{schools.pupils.max()}名学生的大学校，平均分第{big.raw:.0f}，增值第{big.added:.0f}" in said
    assert f"65所里有{(schools.added.abs() < 1.96 * error).sum()}所的95%区间含0" in said


def test_blocks_have_their_parts():
    blocks = TEXT.split("\n### ")[1:]
    assert len(blocks) == 10
    for block in blocks:
        places = [block.find(part) for part in ("**含义**", "规则", "**县里可以核对**", "**跟着做**")]
        assert all(-1 < a < b for a, b in pairwise(places)), block.split("\n")[0]
