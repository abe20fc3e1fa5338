"""The section on level × change: a grid of how many indicators, and every school's indicators."""

from html import escape

import pandas as pd

from balancelib.assess import Assessment, assess, level_change
from balancelib.assess.change import BOTH, CLOSED, MET, OPENED, bands, grid, rules
from balancelib.assess.logic import reaches, shown_among
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.figures.similar import colour_sums
from balancelib.report.markup import Html, section, table


def changes_section(assessment: Assessment, previous: County | None) -> str:
    """Return the grid of level × change and a table of the schools, or why there are none."""
    title = "水平和变化"
    if previous is None:
        return section(
            title, ["没有给上一年的数据，看不出变化。写报告时加上 --previous 上一年的数据，就有这一部分。"]
        )
    if assessment.ratios is None:
        return section(title, [f"{assessment.standard.label}没有给学校定达标线，分不出水平的档次。"])
    before = _before(assessment, previous)
    if before is None:
        return section(title, ["上一年的数据里找不到这个县（按县区代码找），看不出变化。"])
    changes = level_change(assessment, before)
    stages = [_stage_changes(changes, stage, assessment) for stage in changes["stage"].unique()]
    return section(title, _bounds(assessment), *stages, name="changes")


def _before(assessment: Assessment, previous: County) -> Assessment | None:
    """The verdict on the year before of the same county; data without a code is taken to be of it."""
    judged = assess(previous, assessment.standard, assessment.relaxations)
    judged = judged if isinstance(judged, list) else [judged]
    same = [
        one
        for one in judged
        if one.county_id == assessment.county_id or None in (one.county_id, assessment.county_id)
    ]
    return same[0] if len(same) == 1 else None


def _bounds(assessment: Assessment) -> list[str]:
    of, rule = bands(assessment.standard), rules()
    limits = "、".join(f"{bound:.2f}" for bound in of.bounds[::-1])
    return [
        f"水平看今年与标准之比，由高到低五档，界线是{limits}；变化看这个比今年减上一年，"
        f"不到{rule.changed:.2f}算持平，到{rule.much:.2f}算大幅。两样合起来定颜色，由好到差是{'、'.join(rule.names.values())}。",
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
    counts, of, rule = grid(changes, stage), bands(assessment.standard), rules()
    rows = [
        [
            of.levels[level],
            *(
                Html(f'<td class="{colour}">{rule.names[colour]} {count or ""}</td>')
                for colour, count in zip(rule.colours[level], counts[level], strict=True)
            ),
        ]
        for level in range(4, -1, -1)
    ]
    caption = f"{schema().stages[stage]}：各档有几个指标（每个学段部分的每项指标算一个）"
    return table(caption, ["水平＼变化", *rule.changes], rows, "grid")


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
        cells = (Html(_change_cell(by_key[i.key], assessment)) for i in tested)
        rows.append([of_school["name"].iloc[0], *cells, _met(of_school)])
    heads = ["学校", *(i.short_label for i in tested), "达标项数"]
    return table(f"{label}：今年与标准之比，和上一年比的升降", heads, rows, "changes")


def _met(of_school: pd.DataFrame) -> str:
    """How many thresholds a section meets, after how many it met the year before."""
    now, before = (int(reaches(of_school[c], 1.0).sum()) for c in ("ratio", "ratio_before"))
    both = (of_school["status"] == BOTH).all()
    return f"{before}→{now}" if both and before != now else f"{now}"


def _change_cell(place: tuple, assessment: Assessment) -> str:
    if place.level is None:
        return "<td>缺数</td>"
    ratio = shown_among(place.ratio, bands(assessment.standard).bounds) + ("" if place.level >= MET else "×")
    if place.colour is None:
        return f"<td>{ratio}<br>{'今年才有' if place.status != BOTH else '上年缺数'}</td>"
    word = "持平" if place.trend == 2 else "升" if place.trend > 2 else "降"
    moved = word if place.trend == 2 else f"{word}{abs(place.change):.2f}{'*' if place.by_pupils else ''}"
    return f'<td class="{place.colour}">{rules().names[place.colour]} {ratio}<br>{moved}</td>'
