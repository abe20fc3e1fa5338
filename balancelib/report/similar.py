"""Cards of similar schools as one HTML file: a page of A4 a school, and first the grid of level × change."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, assess, decile_card, level_change
from balancelib.assess.change import BOTH, CLOSED, MET, OPENED, bands, grid
from balancelib.assess.change import rules as change_rules
from balancelib.assess.logic import reaches, shown
from balancelib.assess.similar import Card, Feature, all_peers
from balancelib.assess.similar import rules as similar_rules
from balancelib.county import County
from balancelib.county.sample import COUNTY as SYNTHETIC
from balancelib.county.schema import schema
from balancelib.figures.similar import BANDS, CELLS, UNKNOWN, colour_sums, strip_svg
from balancelib.report.content import county_name
from balancelib.report.html import POLICY, STYLE

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
    synthetic = "这是合成数据，不对应任何真实的县和学校。" if SYNTHETIC in name else ""
    body = [_how_to_read(), _contents(cards), _changes(assessment, previous)]
    pages = (_page(n, of_school, assessment) for n, of_school in enumerate(cards, 1))
    return _whole(f"{name}相似学校对照", f"{synthetic}{NOTICE}", [*body, *pages])


def _whole(title: str, notice: str, parts: Iterable[str]) -> bytes:
    colours = "".join(f".{name} {{ background: {colour}; }}\n" for name, colour in CELLS.items())
    style = STYLE.read_text(encoding="utf-8") + OWN_STYLE.read_text(encoding="utf-8") + colours
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="notice">{escape(notice)}</p>\n</header>\n'
        f"<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    ).encode()


def _how_to_read() -> str:
    rules = similar_rules()
    total = sum(f.weight for f in rules.features)
    rows = [[f.label, f"{f.weight / total:.0%}", f.why] for f in rules.features]
    low, middle, high = (f"{BANDS[b.key].sign}{b.label}" for b in rules.bands)
    return _section(
        "怎样读",
        [
            f"每所学校一页。先按下表的条件，从别的学校里找出同学段最相近的{rules.neighbours}所（不够就取全部），"
            "再看它的每项指标排在哪里。表里只有学校所处的条件，没有判定要看的资源。权重是课程组定的，不是官方的。",
            f"排在最低的三成里是{low}，最高的三成里是{high}，其余是{middle}；后面的数是第几个十分之一，1最低，10最高。"
            f"指标都是越多越好。可比的少于{rules.fewest}所，不分档。图里一条短线是一所相似学校，虚线是标准。",
        ],
        _table("找相似学校用的条件", ["条件", "权重", "为什么"], rows),
        '<p class="strong">偏高不等于达标。</p>\n'
        "<p>偏低、居中、偏高只是和相似学校比；达没达标要看“与标准比”一栏。相似的学校都缺，缺得少的也会偏高；都很足，达标的也会偏低。</p>\n",
    )


def _section(title: str, paragraphs: Sequence[str], *more: str, name: str = "") -> str:
    text = "".join(f"<p>{escape(p)}</p>\n" for p in paragraphs)
    anchor = f' id="{name}"' if name else ""
    return f"<section{anchor}>\n<h2>{escape(title)}</h2>\n{text}{''.join(more)}</section>\n"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table; cells are text, and those that begin with ``<td`` are taken as they are."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(map(_cell, others))}</tr>\n'
        for first, *others in rows
    )
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="{kind}">'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


class _Html(str):
    """What is HTML already."""

    __slots__ = ()


def _cell(content: str) -> str:
    return content if isinstance(content, _Html) else f"<td>{escape(content)}</td>"


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
    nearest = "条件最相近的" if known >= similar_rules().neighbours else "全部别的"
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
        f"{_table(f'{stage}：和{nearest}{known}所比', heads, rows, 'card')}{notes}{_names(card)}"
    )


def _conditions(card: Card) -> str:
    return "，".join(
        f"{feature.label}{_value_in_words(card.own[feature.key], feature)}"
        if not feature.category
        else _value_in_words(card.own[feature.key], feature)
        for feature in similar_rules().features
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

    def number(value: float, against: float | None = None) -> _Html:
        decimals = assessment.standard.value_decimals if abs(value) >= 1 or threshold is not None else 4
        text = "缺数" if np.isnan(value) else shown(value, against, decimals)
        return _Html(f'<td class="number">{text}</td>')

    label = {b.key: b.label for b in similar_rules().bands}.get(place["band"], "不分档")
    higher = "—" if np.isnan(place["value"]) else f"{place['higher']}/{place['known']}"
    tenth = f" {place['decile']}" if place["decile"] else ""
    return [
        f"{place['label']}（{place['unit']}）",
        number(place["value"], threshold),
        _Html(f'<td class="number">{"—" if threshold is None else f"{threshold:,g}"}</td>'),
        _Html(_standing(place)),
        _Html(f'<td class="strip">{_strip(card, key, threshold)}</td>'),
        number(place["median"]),
        _Html(f'<td class="number">{higher}</td>'),
        _Html(f'<td class="{place["band"] or "unknown"}">{look.sign} {label}{tenth}</td>'),
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


def _strip(card: Card, key: str, threshold: float | None) -> str:
    place = card.table.loc[key]
    text = f"{place['label']}：相似学校从{place['lowest']:,.2f}到{place['highest']:,.2f}，本校{place['value']:,.2f}"
    look = BANDS.get(place["band"], UNKNOWN)
    return strip_svg(card.others[key].to_numpy(dtype=float), place["value"], threshold, look, text)


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


# Level × change


def _changes(assessment: Assessment, previous: County | None) -> str:
    title = "水平和变化"
    if previous is None:
        return _section(
            title, ["没有给上一年的数据，看不出变化。写报告时加上 --previous 上一年的数据，就有这一部分。"]
        )
    if assessment.ratios is None:
        return _section(title, [f"{assessment.standard.label}没有给学校定达标线，分不出水平的档次。"])
    before = _before(assessment, previous)
    if before is None:
        return _section(title, [f"上一年的数据里没有县区{assessment.county_id}，看不出变化。"])
    changes = level_change(assessment, before)
    stages = [_stage_changes(changes, stage, assessment) for stage in changes["stage"].unique()]
    return _section(title, _bounds(assessment), *stages, name="changes")


def _before(assessment: Assessment, previous: County) -> Assessment | None:
    """The verdict on the year before of the same county."""
    judged = assess(previous, assessment.standard, assessment.relaxations)
    judged = judged if isinstance(judged, list) else [judged]
    same = [one for one in judged if one.county_id == assessment.county_id]
    return (same or judged)[0] if same or len(judged) == 1 else None


def _bounds(assessment: Assessment) -> list[str]:
    of, rules = bands(assessment.standard), change_rules()
    limits = "、".join(f"{bound:.2f}" for bound in of.bounds[::-1])
    return [
        f"水平看今年与标准之比，由高到低五档，界线是{limits}；变化看这个比今年减上一年，"
        f"不到{rules.changed:.2f}算持平，到{rules.much:.2f}算大幅。两样合起来定颜色，由好到差是{'、'.join(rules.names.values())}。",
        "颜色同时看两样：未达标而在提高的可以是绿，达标而在下降的可以是橙。达没达标看有没有“×”：×是未达标。"
        "升的后面有*的，资源没有增加，只是学生少了。",
    ]


def _stage_changes(changes: pd.DataFrame, stage: str, assessment: Assessment) -> str:
    here = changes[changes["stage"] == stage]
    label = schema().stages[stage]
    return (
        f"{_grid_table(changes, stage, assessment)}<p>一共{colour_sums(changes, stage)}。</p>\n"
        f"{_moved(here, OPENED, f'{label}今年才有的')}{_moved(here, CLOSED, f'{label}今年没有了的')}"
        f"{_schools_table(here, label, assessment)}"
    )


def _grid_table(changes: pd.DataFrame, stage: str, assessment: Assessment) -> str:
    counts, of, rules = grid(changes, stage), bands(assessment.standard), change_rules()
    rows = [
        [
            of.levels[level],
            *(
                _Html(f'<td class="{colour}">{rules.names[colour]} {count or ""}</td>')
                for colour, count in zip(rules.colours[level], counts[level], strict=True)
            ),
        ]
        for level in range(4, -1, -1)
    ]
    caption = f"{schema().stages[stage]}：各档有几个指标（每个学段部分的每项指标算一个）"
    return _table(caption, ["水平＼变化", *rules.changes], rows, "grid")


def _moved(here: pd.DataFrame, status: str, words: str) -> str:
    names = here.loc[here["status"] == status, "name"].drop_duplicates()
    if not len(names):
        return ""
    return f"<p>{escape(words)}：{escape('、'.join(names))}。没有两年的数，不定颜色。</p>\n"


def _schools_table(here: pd.DataFrame, label: str, assessment: Assessment) -> str:
    tested = [i for i in assessment.standard.indicators if i.thresholds]
    rows = []
    for _, of_school in here[here["status"] != CLOSED].groupby("school_id", sort=False):
        by_key = {place.key: place for place in of_school.itertuples()}
        cells = (_Html(_change_cell(by_key[i.key], assessment)) for i in tested)
        rows.append([of_school["name"].iloc[0], *cells, _met(of_school)])
    heads = ["学校", *(i.short_label for i in tested), "达标项数"]
    return _table(f"{label}：今年与标准之比，和上一年比的升降", heads, rows, "changes")


def _met(of_school: pd.DataFrame) -> str:
    """How many thresholds a section meets, after how many it met the year before."""
    now, before = (int(reaches(of_school[c], 1.0).sum()) for c in ("ratio", "ratio_before"))
    both = (of_school["status"] == BOTH).all()
    return f"{before}→{now}" if both and before != now else f"{now}"


def _change_cell(place: tuple, assessment: Assessment) -> str:
    if place.level is None:
        return "<td>缺数</td>"
    ratio = _ratio(place.ratio, assessment) + ("" if place.level >= MET else "×")
    if place.colour is None:
        return f"<td>{ratio}<br>{'今年才有' if place.status != BOTH else '上年缺数'}</td>"
    word = "持平" if place.trend == 2 else "升" if place.trend > 2 else "降"
    moved = word if place.trend == 2 else f"{word}{abs(place.change):.2f}{'*' if place.by_pupils else ''}"
    return f'<td class="{place.colour}">{change_rules().names[place.colour]} {ratio}<br>{moved}</td>'


def _ratio(ratio: float, assessment: Assessment) -> str:
    """Write a ratio so that it does not look to be in another level."""
    nearest = min(bands(assessment.standard).bounds, key=lambda bound: abs(bound - ratio))
    return shown(ratio, nearest)
