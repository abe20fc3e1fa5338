"""Similar schools and level × change, against cases worked out by hand."""

import math
import re
import time
from dataclasses import replace

import matplotlib.pyplot as plt
import msgspec
import numpy as np
import pandas as pd
import pytest
from accessible import violations
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT, SIZES
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib import figures
from balancelib.assess import assess, decile_card, level_change, similar_schools
from balancelib.assess.cards import decile
from balancelib.assess.change import bands, grid, level_of, trend_of
from balancelib.assess.change import rules as change_rules
from balancelib.assess.similar import peers
from balancelib.assess.similar import rules as similar_rules
from balancelib.county import County, read_county, sample_county
from balancelib.county.schema import schema
from balancelib.report.similar import similar_html
from balancelib.standards import load_standard

STANDARD = load_standard("quality-2017")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>=1+1'
ONLY_PUPILS = {f.key: 0.0 for f in similar_rules().features} | {"pupils": 1.0}
PLENTY = {  # per pupil, well above every threshold of both stages
    "teachers": 0.2, "qualified": 0.10, "backbone": 0.03, "pe_arts": 0.02,
    "teaching_area": 9.0, "sports_ground_area": 14.0, "equipment_value": 0.35, "multimedia_rooms": 0.04,
}  # fmt: skip


def school(id_, pupils, stage="primary", **given):
    row = {"school_id": id_, "name": f"学校{id_}", "kind": stage, "operator": "public", "area": "town"}
    row |= {f"pupils_{stage}": pupils, f"classes_{stage}": pupils / 25, "indoor_sports_area": 0.0}
    for name, each in PLENTY.items():
        by_stage = name in {"teachers", "qualified", "backbone", "pe_arts"}
        row[f"{name}_{stage}" if by_stage else name] = each * pupils
    return row | given


def county(*rows, **tables):
    table = schema().table("schools")
    frame = pd.DataFrame(rows).reindex(columns=table.names)
    return County({"schools": frame.astype({c.name: float for c in table.columns if c.numeric})} | tables)


def distances(*rows):
    return pd.DataFrame(rows, columns=["from_id", "to_id", "km"])


@pytest.fixture(scope="module")
def sample():
    return read_county(ROOT / "data" / "county")


@pytest.fixture(scope="module")
def assessed(sample):
    return assess(sample)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


# Who is similar


def test_weights_are_stated_and_add_up():
    assert sum(f.weight for f in similar_rules().features) == pytest.approx(1)


@pytest.mark.parametrize("name", ["quality-2017", "basic-2012"])
def test_no_condition_is_a_resource_that_is_judged(name):
    judged = {
        term.lstrip("-") for i in load_standard(name).indicators for terms in i.sum.values() for term in terms
    }
    assert judged.isdisjoint(f.key for f in similar_rules().features)


def test_distances_by_hand():
    """100, 200, 400 and 1,600 pupils: ln 2, ln 4 and ln 16 over ln 16 are a quarter, a half and one."""
    four = county(
        school("a", 100), school("b", 200), school("c", 400, area="rural"), school("d", 1600, area="urban")
    )
    found = similar_schools(
        four, "primary", "a", weights=dict.fromkeys(ONLY_PUPILS, 0) | {"pupils": 1, "area": 1}
    )
    assert found["school_id"].tolist() == ["b", "c", "d"]
    expected = [math.sqrt(0.25**2 / 2), math.sqrt((0.5**2 + 1) / 2), 1.0]
    assert found["distance"].tolist() == pytest.approx(expected, abs=1e-11)


def test_with_the_stated_weights_by_hand():
    """Pupils 0.30 × 1, operator 0.05 × 1 of 0.80 that is known: no table of distances, none of boarding."""
    found = similar_schools(county(school("a", 100), school("b", 200, operator="private")), "primary", "a")
    assert found["distance"].tolist() == pytest.approx([math.sqrt(0.35 / 0.80)], abs=1e-11)
    assert found["left_out"].tolist() == ["离最近的同学段学校、寄宿生比例"]


def test_what_one_of_a_pair_did_not_report_is_left_out_of_that_pair():
    three = county(school("a", 100), school("b", 200), school("c", 400), distances=distances(("a", "b", 3.0)))
    found = similar_schools(three, "primary", "a", weights=ONLY_PUPILS | {"nearest_km": 1.0})
    # a and b are both 3 km from another; of c no distance is known, so pupils alone decide.
    assert found["distance"].tolist() == pytest.approx([0.5 / math.sqrt(2), 1.0], abs=1e-11)
    assert found["left_out"].tolist() == ["", "离最近的同学段学校"]


def test_conditions_are_worked_out_per_stage():
    boarding = pd.DataFrame({"school_id": ["a"], "boarders_primary": [25.0], "boarders_junior": [np.nan]})
    rows = (school("a", 100), school("b", 200), school("j", 300, "junior"))
    km = distances(("a", "b", 8.0), ("a", "j", 0.1))
    frame = peers(county(*rows, distances=km, boarding=boarding), "primary").frame
    assert frame["nearest_km"].tolist() == [8.0, 8.0]  # the junior school is no neighbour
    assert frame["boarding_share"].tolist() == [0.25, 0.0]  # who is not in the table has no boarders
    assert frame["class_size"].tolist() == [25.0, 25.0]


def test_equally_similar_schools_are_in_order_of_their_ids():
    rows = [school(id_, 100) for id_ in ("c", "a", "d", "b")]
    found = similar_schools(county(*rows), "primary", "d")
    assert found["school_id"].tolist() == ["a", "b", "c"]
    assert found["distance"].tolist() == [0, 0, 0]


def test_thirty_are_taken_or_all_others(sample):
    assert len(similar_schools(sample, "primary", "9900000010")) == 30
    assert len(similar_schools(sample, "primary", "9900000010", n=5)) == 5
    assert len(similar_schools(sample, "junior", "9900000055")) == 18  # of 19 sections
    assert len(similar_schools(county(school("a", 100)), "primary", "a")) == 0


def test_schools_that_are_not_counted_are_not_compared(sample):
    counted = set(peers(sample, "primary").frame.index)
    schools = sample.schools
    small = schools[(schools["kind"] == "teaching_point") & (schools["pupils_primary"] < 50)]["school_id"]
    assert len(small) == 5
    assert counted.isdisjoint(small)
    with pytest.raises(KeyError, match="不进资源配置"):
        similar_schools(sample, "primary", small.iloc[0])


@pytest.mark.parametrize(
    ("weights", "said"),
    [({"size": 1}, "没有size这个条件"), ({"pupils": -1}, "不小于0"), ({"pupils": math.nan}, "不小于0"),
     ({"pupils": math.inf}, "不小于0"), (dict.fromkeys(ONLY_PUPILS, 0), "不能全是0")],
)  # fmt: skip
def test_wrong_weights_are_refused(weights, said):
    with pytest.raises(ValueError, match=said):
        similar_schools(county(school("a", 100)), "primary", "a", weights=weights)


ROWS = st.lists(
    st.tuples(
        st.integers(1, 3000),
        st.sampled_from(["urban", "town", "rural"]),
        st.sampled_from(["public", "private"]),
        st.integers(0, 40),
    ),
    min_size=2,
    max_size=12,
)


def drawn(rows):
    return county(
        *(
            school(f"s{i:02d}", pupils, area=area, operator=operator, classes_primary=classes)
            for i, (pupils, area, operator, classes) in enumerate(rows)
        )
    )


@settings(max_examples=25)
@given(ROWS)
def test_a_distance_is_from_0_to_1_the_same_both_ways_and_never_to_itself(rows):
    among = peers(drawn(rows), "primary")
    found = {id_: among.nearest(id_, 99).set_index("school_id")["distance"] for id_ in among.frame.index}
    for one, others in found.items():
        assert one not in others.index
        assert len(others) == len(rows) - 1
        assert others.between(0, 1).all()
        for other, distance in others.items():
            assert found[other][one] == distance


@settings(max_examples=25)
@given(ROWS, st.sampled_from([0.001, 0.3, 7.0, 1e6]), st.randoms(use_true_random=False))
def test_neither_the_scale_of_weights_nor_the_order_of_rows_matters(rows, scale, random):
    first = drawn(rows)
    weights = {f.key: f.weight * scale for f in similar_rules().features}
    order = list(range(len(rows)))
    random.shuffle(order)
    again = County({"schools": first.schools.iloc[order].reset_index(drop=True)})
    expected = similar_schools(first, "primary", "s00")
    pd.testing.assert_frame_equal(similar_schools(again, "primary", "s00", weights=weights), expected)


# The card


def graded(n, own, **given):
    """Schools of 100 pupils whose equipment is worth 1,000, 1,100, … 元 a pupil; ``own`` is the place of school x."""
    rows = [school(f"s{k:02d}", 100, equipment_value=10.0 + k) for k in range(n)]
    return county(*rows, school("x", 100, equipment_value=10.0 + own, **given))


def card_of(data, id_="x", stage="primary", standard="quality-2017"):
    return decile_card(data, assess(data, standard), id_)[stage]


def test_a_place_among_eleven_by_hand():
    """Of eleven, three are lower and one equal: 3.5/11 is in the fourth tenth; eight of eleven are above 1,300 元."""
    place = card_of(graded(11, own=3)).table.loc["equipment_value"]
    assert place["value"] == pytest.approx(1300)
    assert (place["known"], place["higher"], place["decile"], place["band"]) == (11, 7, 4, "amber")
    assert (place["lowest"], place["median"], place["highest"]) == pytest.approx((1000, 1500, 2000))
    assert (place["threshold"], place["ratio"], place["met"]) == (2000, pytest.approx(0.65), False)


@pytest.mark.parametrize(
    ("below", "equal", "of", "expected"),
    [(0, 0, 10, 1), (1, 0, 10, 2), (10, 0, 10, 10), (0, 10, 10, 6), (2, 1, 10, 3), (2, 2, 10, 4),
     (29, 1, 30, 10), (29, 0, 30, 10), (2, 0, 30, 1), (3, 0, 30, 2), (5, 0, 9, None), (0, 0, 0, None)],
)  # fmt: skip
def test_deciles_by_hand(below, equal, of, expected):
    assert decile(below, equal, of) == expected


def test_a_value_that_differs_in_its_last_bit_is_equal():
    """0.1 + 0.2 pupils' worth of rooms is 0.3: eleven equals are half below, in the sixth tenth."""
    rows = [school(f"s{k:02d}", 100, teaching_area=100 * 0.3) for k in range(11)]
    place = card_of(county(*rows, school("x", 100, teaching_area=100 * (0.1 + 0.2)))).table.loc[
        "teaching_area"
    ]
    assert (place["higher"], place["decile"]) == (0, 6)


def test_a_blank_is_no_zero():
    data = graded(11, own=5)
    schools = data.schools.assign(equipment_value=data.schools["equipment_value"].where(lambda x: x != 12.0))
    place = card_of(County({"schools": schools})).table.loc["equipment_value"]
    assert (place["known"], place["lowest"], place["higher"]) == (10, pytest.approx(1000), 5)
    blank = schools.assign(equipment_value=schools["equipment_value"].where(schools["school_id"] != "x"))
    place = card_of(County({"schools": blank})).table.loc["equipment_value"]
    assert math.isnan(place["value"])
    assert (place["met"], place["decile"], place["band"]) == (None, None, None)
    page = soup_of(County({"schools": blank}))
    assert "缺数" in page.select_one("#s12 table").get_text()


def test_of_fewer_than_ten_nothing_is_coloured():
    table = card_of(graded(9, own=4)).table
    assert table["band"].tolist() == [None] * 7
    assert table.loc["equipment_value", ["known", "higher"]].tolist() == [9, 4]


def test_a_school_of_two_stages_has_two_cards(sample, assessed):
    cards = decile_card(sample, assessed, "9900000055")
    assert list(cards) == ["primary", "junior"]
    assert [len(card.similar) for card in cards.values()] == [30, 18]
    with pytest.raises(KeyError, match="没有学校nobody"):
        decile_card(sample, assessed, "nobody")


def test_without_thresholds_the_card_only_compares(sample):
    table = decile_card(sample, assess(sample, "basic-2012"), "9900000055")["junior"].table
    assert table["met"].tolist() == [None] * 8
    assert table["decile"].notna().all()


# Level × change


def test_levels_follow_from_the_official_floor():
    assert bands(STANDARD).bounds == pytest.approx((0.70, 0.85, 1.0, 1.15))
    rule = msgspec.structs.replace(STANDARD.school_rule, floor=0.9)
    other = msgspec.structs.replace(STANDARD, school_rule=rule)
    assert bands(other).bounds == pytest.approx((0.8, 0.9, 1.0, 1.1))
    assert bands(msgspec.structs.replace(STANDARD, school_rule=None)).bounds == pytest.approx(
        (0.7, 0.85, 1, 1.15)
    )


@pytest.mark.parametrize(
    ("ratio", "level"),
    [
        (0, 0),
        (0.699, 0),
        (0.7, 1),
        (0.8499, 1),
        (0.85, 2),
        (0.9999, 2),
        (1, 3),
        (1.1499, 3),
        (1.15, 4),
        (9, 4),
    ],
)
def test_levels_by_hand(ratio, level):
    assert level_of(ratio, STANDARD) == level


@pytest.mark.parametrize(
    ("change", "trend"),
    [(-0.5, 0), (0.9 - 1.0, 0), (-0.0999, 1), (0.98 - 1.0, 1), (-0.0199, 2), (0, 2), (0.0199, 2),
     (0.95 - 0.93, 3), (0.0999, 3), (1.1 - 1.0, 4), (2, 4)],
)  # fmt: skip
def test_changes_by_hand(change, trend):
    assert trend_of(change) == trend


def test_colours_are_those_of_california():
    """Chronic absenteeism, five-by-five table of 2023, turned: very low absenteeism is our highest level."""
    published = {
        "very low": "yellow green blue blue blue",
        "low": "orange yellow green green blue",
        "medium": "orange orange yellow green green",
        "high": "red orange orange yellow yellow",
        "very high": "red red red orange yellow",
    }
    assert [list(row) for row in change_rules().colours] == [row.split() for row in published.values()][::-1]


def years(now, before):
    """Level × change of schools' equipment, from (pupils, 元 a pupil) of each year by id."""

    def year(given):
        rows = [school(k, p, equipment_value=p * v / 10_000) for k, (p, v) in given.items()]
        return assess(county(*rows))

    changes = level_change(year(now), year(before))
    return changes[changes["key"] == "equipment_value"].set_index("school_id")


def test_level_and_change_by_hand():
    found = years(
        now={"a": (100, 1900), "b": (100, 1400), "c": (100, 2400), "d": (100, 2000)},
        before={"a": (100, 1700), "b": (100, 1440), "c": (100, 2390), "d": (100, 2190)},
    )
    assert found["ratio"].tolist() == pytest.approx([0.95, 0.70, 1.20, 1.0])
    assert found["change"].tolist() == pytest.approx([0.10, -0.02, 0.005, -0.095])
    assert found["level"].tolist() == [2, 1, 4, 3]
    assert found["trend"].tolist() == [4, 1, 2, 1]
    assert found["colour"].tolist() == ["green", "orange", "blue", "yellow"]


def test_a_rise_by_fewer_pupils_alone_is_said():
    """180,000 元 for 100 pupils and for 90: 1,800 元 become 2,000 and nothing was bought. With 181,000 something was."""
    found = years(now={"a": (90, 2000), "b": (90, 181_000 / 90)}, before={"a": (100, 1800), "b": (100, 1800)})
    assert found["trend"].tolist() == [4, 4]
    assert found["by_pupils"].tolist() == [True, False]


def test_schools_of_one_year_only_have_no_colour():
    found = years(now={"a": (100, 2000), "new": (100, 1000)}, before={"a": (100, 2000), "gone": (80, 2000)})
    assert found["status"].to_dict() == {"a": "both", "new": "opened", "gone": "closed"}
    assert found["colour"].to_dict() == {"a": "green", "new": None, "gone": None}
    assert found.loc["new", "level"] == 0
    assert found.loc["gone", "name"] == "学校gone"


def test_the_grid_counts_every_indicator_once(assessed):
    changes = level_change(assessed, assessed)
    for stage, sections in (("primary", 41), ("junior", 19)):
        counts = grid(changes, stage)
        assert counts.sum() == counts[:, 2].sum() == 7 * sections  # nothing changed


def test_without_thresholds_there_are_no_levels(sample):
    verdict = assess(sample, "basic-2012")
    with pytest.raises(ValueError, match="没有给学校定达标线"):
        level_change(verdict, verdict)


# Figures


def test_the_card_is_drawn_and_said(sample, assessed):
    card = decile_card(sample, assessed, "9900000010")["primary"]
    axes = figures.card_chart(card)
    assert [label.get_text() for label in axes.get_yticklabels()] == card.table["label"].tolist()
    drawn = [np.asarray(c.get_offsets()) for c in axes.collections]
    assert sum(len(d) for d in drawn) == 7 * 30 + 7  # a tick a similar school, a sign a row
    assert (
        "教学仪器设备值1,525.25元，30所相似学校里30所比它高，偏低，为标准的0.76倍"
        in axes.figure.alternative_text
    )


def test_bands_differ_without_colour():
    looks = figures.similar.BANDS.values()
    assert len({look.marker for look in looks}) == len({look.sign for look in looks}) == 3


def test_the_grid_is_drawn_and_said(assessed):
    changes = level_change(assessed, assessed)
    axes = figures.change_grid(changes, "junior", STANDARD)
    counts = grid(changes, "junior")
    texts = [text.get_text() for text in axes.texts]
    assert len(texts) == 25
    assert f"蓝 {counts[4, 2]}" in texts
    assert "初中一共133个指标：" in axes.figure.alternative_text


# The page


def soup_of(data, standard="quality-2017", previous=None):
    page = similar_html(data, assess(data, standard), previous)
    return BeautifulSoup(page.decode(), "html.parser")


@pytest.fixture(scope="module")
def alone(sample):
    """The sample county's page without a year before."""
    return soup_of(sample)


def test_every_school_has_a_page_and_stands_in_the_contents(alone, assessed):
    soup = alone
    schools = list(dict.fromkeys(assessed.sections["name"]))
    pages = soup.select("section.school")
    assert len(pages) == len(schools) == 53
    links = soup.select("nav a")
    assert [link.get_text() for link in links] == [page.h2.get_text() for page in pages]
    assert {link["href"] for link in links} == {f"#{page['id']}" for page in pages}
    assert sum(len(page.select("table")) for page in pages) == 60


def test_without_a_year_before_it_says_what_to_do(alone):
    assert "写报告时加上 --previous" in alone.get_text()


def test_the_page_says_where_colour_and_standard_differ():
    """All lack equipment; school x lacks least and is green, yet does not meet. School s00 has most rooms to lose."""
    soup = soup_of(graded(11, own=9.5))
    x = soup.select_one("#s12").get_text()
    assert "在相似学校里偏高，仍未达标：教学仪器设备值" in x
    assert "教学仪器设备值（1所达标）：学校s10" in x
    most = graded(11, own=25)
    schools = most.schools.assign(equipment_value=most.schools["equipment_value"] + 10)
    first = soup_of(County({"schools": schools})).select_one("#s1").get_text()
    assert "已经达标，在相似学校里偏低：教学仪器设备值" in first


def test_what_was_not_compared_is_said_once():
    page = soup_of(graded(11, own=3)).select_one("#s12").get_text()
    assert page.count("离最近的同学段学校、寄宿生比例没有填，没有比。") == 1


def test_levels_and_changes_are_shown_with_the_year_before():
    now = graded(11, own=3)
    gone = county(*now.schools.drop(columns="county_id").to_dict("records"), school("gone", 100))
    soup = soup_of(now, previous=County({"schools": gone.schools[gone.schools["school_id"] != "s00"]}))
    text = soup.get_text()
    assert "小学今年才有的：学校s00" in text
    assert "小学今年没有了的：学校gone" in text
    assert "一共77个指标：" in text  # of eleven schools that are in both
    cells = soup.select("table.changes tbody tr:last-child td")
    assert cells[5].get_text() == "红 0.65×持平"  # 1,300 of 2,000 元
    assert cells[7].get_text() == "6"  # the other six are met in both years


def test_how_many_thresholds_are_met_is_shown_of_both_years():
    """Of x 1,300 元 a pupil became 2,000: the seventh threshold is met."""
    soup = soup_of(graded(11, own=10), previous=graded(11, own=3))
    cells = soup.select("table.changes tbody tr:last-child td")
    assert (cells[5].get_text(), cells[7].get_text()) == ("蓝 1.00升0.35", "6→7")


def test_a_ratio_does_not_look_to_be_in_another_level():
    """1,699 of 2,000 is 0.8495: rounded it would look to be at the floor, and the colour to be wrong."""
    data = graded(11, own=6.99)
    cell = soup_of(data, previous=data).select("table.changes tbody tr:last-child td")[5]
    assert cell.get_text() == "橙 0.8495×持平"


def test_a_strip_says_what_is_not_known_in_words():
    alone = soup_of(county(school("a", 100, backbone_primary=np.nan))).select(".strip svg")
    texts = [svg["aria-label"] for svg in alone]
    assert "县级以上骨干教师：没有可比的相似学校，本校缺数" in texts
    assert not [text for text in texts if "nan" in text]


def test_a_strip_says_the_numbers_that_stand_beside_it():
    row = soup_of(graded(11, own=0.0555), "basic-2012").select_one("table.card tbody tr:nth-child(6)")
    assert row.select_one("svg")["aria-label"].endswith(f"本校{row.select('td')[0].get_text()}")


def test_the_year_before_is_of_the_same_county():
    def coded(code):
        schools = graded(11, own=3).schools
        return schools.assign(county_id=code, school_id=code + schools["school_id"])

    here = County({"schools": coded("H01")})
    verdict = assess(here)[0]
    several = County({"schools": pd.concat([coded("H02"), coded("H01")], ignore_index=True)})
    for previous in (here, several, County({"schools": coded("H01").assign(county_id=None)})):
        assert "一共84个指标" in similar_html(here, verdict, previous).decode()
    other = County({"schools": coded("H02")})
    assert "上一年的数据里找不到这个县" in similar_html(here, verdict, other).decode()


def test_a_standard_without_thresholds_and_a_county_without_schools_have_a_page(sample):
    text = soup_of(sample, "basic-2012", sample).get_text()
    assert "没有给学校定达标线，分不出水平的档次" in text
    nobody = sample.schools.assign(pupils_primary=0.0, pupils_junior=0.0)
    assert len(soup_of(replace(sample, tables={"schools": nobody}), previous=sample).select(".school")) == 0


def test_hostile_names_are_text(sample):
    schools = sample.schools.assign(name=HOSTILE, county=HOSTILE, area=HOSTILE)
    data = replace(sample, tables=sample.tables | {"schools": schools})
    soup = soup_of(data, previous=data)
    assert soup("script") == soup("img") == []
    assert [tag.attrs for tag in soup(True) if any(name.startswith("on") for name in tag.attrs)] == []
    assert HOSTILE in soup.h1.get_text()


def test_nothing_is_asked_of_anybody_and_the_same_input_gives_the_same_bytes(sample, assessed):
    page = similar_html(sample, assessed, sample)
    assert page == similar_html(sample, assess(sample), sample)
    soup = BeautifulSoup(page.decode(), "html.parser")
    assert "default-src 'none'" in soup.find("meta", {"http-equiv": True})["content"]
    assert [t["href"] for t in soup(href=True) if not t["href"].startswith("#")] == []
    assert "url(" not in soup.style.get_text()
    assert re.findall(r"[A-Za-z]{3,}", soup.body.get_text(" ")) == []


def test_a_large_county_is_quick_enough():
    data = sample_county(7, 100)
    verdict = assess(data)
    start = time.process_time()
    similar_html(data, verdict, data)
    assert time.process_time() - start < 8


@pytest.fixture
def shown(browser, tmp_path):
    pages = []

    def open_page(data, width, height):
        path = tmp_path / "similar.html"
        path.write_bytes(similar_html(data, assess(data), data))
        pages.append(browser.new_page(viewport={"width": width, "height": height}))
        pages[-1].goto(path.as_uri())
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.browser
@NEEDS_BROWSER[1]
@pytest.mark.parametrize("size", SIZES)
def test_on_the_screen_it_is_whole_and_accessible(shown, size):
    page = shown(
        graded(11, own=3), *SIZES[size]
    )  # few schools: Axe looks at every one of thousands of strokes
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == {}


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_on_paper_every_school_has_one_page(shown, sample):
    page = shown(sample, 688, 1016)  # A4 less its margins, in CSS pixels
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    over = "[...document.querySelectorAll('.box')].filter(b => b.scrollWidth > b.clientWidth + 1).length"
    assert page.evaluate(over) == 0
    heights = page.evaluate(
        "[...document.querySelectorAll('.school')].map(s => s.getBoundingClientRect().height)"
    )
    assert len(heights) == 53
    assert max(heights) <= 1016
