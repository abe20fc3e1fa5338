"""Cards of similar schools as one HTML file: a page of A4 a school, and first the grid of level × change."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, decile_card
from balancelib.assess.cards import Card, all_peers
from balancelib.assess.logic import reaches, shown
from balancelib.assess.similar import Feature, rules
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.figures.similar import BANDS, CELLS, UNKNOWN, strip_svg
from balancelib.report.blocks import with_synthetic
from balancelib.report.changes import changes_section
from balancelib.report.content import county_name
from balancelib.report.html import page_html
from balancelib.report.markup import Html, section, table

OWN_STYLE = Path(__file__).with_name("similar.css")
NOTICE = (
    "这份材料不是排名，也不能用来考核学校：它只帮你看出，条件差不多的学校里，哪一项别人做到了、这里没有。"
)


def similar_html(county: County, assessment: Assessment, previous: County | None = None) -> bytes:
    """Compare every school with its similar schools, and with the year before where that is given.

    Parameters
    ----------
    county : County
        As read: the schools that are compared with each other.
    assessment : Assessment
        The verdict on it, or on the one of several counties whose schools get a page.
    previous : County, optional
        The year before, for the grid of level × change; judged here by the same standard and relaxations.

    Returns
    -------
    bytes
        One HTML file that asks for nothing else; the same input gives the same bytes.
    """
    among = all_peers(county, assessment)
    ids = list(dict.fromkeys(assessment.sections["school_id"]))
    in_order = [id_ for id_ in county.schools["school_id"] if id_ in set(ids)]
    cards = [list(decile_card(county, assessment, id_, among).values()) for id_ in in_order]
    name = county_name(county, assessment.county_id)
    body = [_how_to_read(), _contents(cards), changes_section(assessment, previous)]
    pages = (_page(n, of_school, assessment) for n, of_school in enumerate(cards, 1))
    colours = "".join(f".{key} {{ background: {colour}; }}\n" for key, colour in CELLS.items())
    style = OWN_STYLE.read_text(encoding="utf-8") + colours
    return page_html(
        f"{name}相似学校对照", with_synthetic(NOTICE, name), "".join([*body, *pages]), style=style
    )


def _how_to_read() -> str:
    rule = rules()
    total = sum(f.weight for f in rule.features)
    rows = [[f.label, f"{f.weight / total:.0%}", f.why] for f in rule.features]
    low, middle, high = (f"{BANDS[b.key].sign}{b.label}" for b in rule.bands)
    return section(
        "怎样读",
        [
            f"每所学校一页。先按下表的条件，从别的学校里找出同学段最相近的{rule.neighbours}所（不够就取全部），"
            "再看它的每项指标排在哪里。表里只有学校所处的条件，没有判定要看的资源。权重是课程组定的，不是官方的。",
            f"排在最低的三成里是{low}，最高的三成里是{high}，其余是{middle}；后面的数是第几个十分之一，1最低，10最高。"
            f"指标都是越多越好。可比的少于{rule.fewest}所，不分档。图里一条短线是一所相似学校，虚线是标准。",
        ],
        table("找相似学校用的条件", ["条件", "权重", "为什么"], rows),
        '<p class="strong">偏高不等于达标。</p>\n'
        "<p>偏低、居中、偏高只是和相似学校比；达没达标要看“与标准比”一栏。相似的学校都缺，缺得少的也会偏高；都很足，达标的也会偏低。</p>\n",
    )


def _contents(cards: Sequence[Sequence[Card]]) -> str:
    links = "".join(
        f'<li><a href="#s{n}">{n}. {escape(of_school[0].name)}</a></li>'
        for n, of_school in enumerate(cards, 1)
    )
    return f'<section class="contents">\n<h2>学校目录</h2>\n<nav aria-label="学校"><ol>{links}</ol></nav>\n</section>\n'


# A school's page


def _page(n: int, cards: Sequence[Card], assessment: Assessment) -> str:
    parts = "".join(_stage_card(card, assessment) for card in cards)
    kind = "school" if len(cards) == 1 else "school several"  # stages: closer on paper, to stay on one page
    return f'<section class="{kind}" id="s{n}">\n<h2>{n}. {escape(cards[0].name)}</h2>\n{parts}</section>\n'


def _stage_card(card: Card, assessment: Assessment) -> str:
    stage, known = schema().stages[card.stage], len(card.similar)
    nearest = "条件最相近的" if known >= rules().neighbours else "全部别的"
    rows = [_indicator_row(card, key, assessment) for key in card.table.index]
    heads = [
        "指标",
        "本校",
        "标准",
        "与标准比",
        "相似学校和本校",
        "相似学校中位数",
        "比本校高的",
        "与相似学校比",
    ]
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in _notes(card))
    return (
        f'<p class="own"><b>{stage}</b>：{escape(_conditions(card))}。</p>\n'
        f"{table(f'{stage}：和{nearest}{known}所比', heads, rows, 'card')}{notes}{_names(card)}"
    )


def _conditions(card: Card) -> str:
    return "，".join(
        f"{feature.label}{_value_in_words(card.own[feature.key], feature)}"
        if not feature.category
        else _value_in_words(card.own[feature.key], feature)
        for feature in rules().features
    )


def _value_in_words(value: object, feature: Feature) -> str:
    if pd.isna(value):
        return "没有填"
    if feature.category:
        return schema().table("schools").column(feature.key).codes.get(value, str(value))
    return f"{value:.0%}" if feature.percent else f"{value:,.1f}".removesuffix(".0") + feature.unit


def _names(card: Card) -> str:
    """The similar schools with their distances; what was not compared is said once, or where it was not."""
    similar = card.similar
    alike = similar["left_out"].nunique() == 1
    items = "".join(
        f"<li>{escape(s.name)} {s.distance:.2f}{escape(f'（没有比{s.left_out}）' if s.left_out and not alike else '')}</li>"
        for s in similar.itertuples()
    )
    left_out = (
        f"{similar['left_out'].iloc[0]}没有填，没有比。" if alike and similar["left_out"].iloc[0] else ""
    )
    text = f"这{len(similar)}所，由近到远；后面是距离，0是条件一样，1是样样相差最大。{left_out}"
    return f'<p class="names">{escape(text)}</p>\n<ol class="names">{items}</ol>\n' if len(similar) else ""


def _indicator_row(card: Card, key: str, assessment: Assessment) -> list[str]:
    place = card.table.loc[key]
    threshold = None if np.isnan(place["threshold"]) else place["threshold"]
    look = BANDS.get(place["band"], UNKNOWN)

    def written(value: float, against: float | None = None) -> str:
        decimals = assessment.standard.value_decimals if abs(value) >= 1 or threshold is not None else 4
        return "缺数" if np.isnan(value) else shown(value, against, decimals)

    own, low, high = written(place["value"], threshold), written(place["lowest"]), written(place["highest"])
    among = f"相似学校从{low}到{high}" if place["known"] else "没有可比的相似学校"
    text = f"{place['label']}：{among}，本校{own}"
    strip = strip_svg(card.others[key].to_numpy(dtype=float), place["value"], threshold, look, text)
    label = {b.key: b.label for b in rules().bands}.get(place["band"], "不分档")
    higher = "—" if np.isnan(place["value"]) else f"{place['higher']}/{place['known']}"
    tenth = f" {place['decile']}" if place["decile"] else ""
    return [
        f"{place['label']}（{place['unit']}）",
        Html(f'<td class="number">{own}</td>'),
        Html(f'<td class="number">{"—" if threshold is None else f"{threshold:,g}"}</td>'),
        Html(_standing(place)),
        Html(f'<td class="strip">{strip}</td>'),
        Html(f'<td class="number">{written(place["median"])}</td>'),
        Html(f'<td class="number">{higher}</td>'),
        Html(f'<td class="{place["band"] or "unknown"}">{look.sign} {label}{tenth}</td>'),
    ]  # fmt: skip


def _standing(place: pd.Series) -> str:
    if place["met"] is None:
        return f"<td>{'—' if np.isnan(place['threshold']) else '还不能判定'}</td>"
    ratio = shown(place["ratio"], 1.0)
    return (
        f'<td class="met">达标 {ratio}倍</td>'
        if place["met"]
        else f'<td class="not-met">未达标 {ratio}倍</td>'
    )


def _notes(card: Card) -> list[str]:
    """Who meets what the school does not, and where the colour and the standard say different things."""
    table = card.table
    below = [_who_meets(card, key) for key in table.index[table["met"] == False]]  # noqa: E712  None is not False
    notes = [f"没有达标的，可以去问问条件最近而达标的学校。{'；'.join(below)}。"] if below else []
    high = table.loc[(table["band"] == "green") & (table["met"] == False), "label"]  # noqa: E712
    low = table.loc[(table["band"] == "red") & (table["met"] == True), "label"]  # noqa: E712
    if len(high):
        notes.append(f"在相似学校里偏高，仍未达标：{'、'.join(high)}。相似的学校也缺，不能当作够了。")
    if len(low):
        notes.append(f"已经达标，在相似学校里偏低：{'、'.join(low)}。")
    return notes


def _who_meets(card: Card, key: str) -> str:
    """The nearest schools that meet a threshold which this one does not."""
    threshold, label = card.table.loc[key, ["threshold", "label"]]
    meeting = card.similar.loc[reaches(card.others[key].to_numpy(), threshold), "name"]
    if meeting.empty:
        return f"{label}：相似学校也没有达标的"
    return f"{label}（{len(meeting)}所达标）：{'、'.join(meeting.head(2))}"
