"""What a report says, whatever it is written as: sections of paragraphs, tables and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

import balancelib
from balancelib import figures
from balancelib.assess import (
    Assessment,
    conclusion,
    edge_note,
    failing_sections,
    indicators_table,
    items_table,
    missing_table,
    parts_table,
    stage_heading,
    stage_notes,
)  # fmt: skip
from balancelib.assess.describe import documents, general_rules, resource_indicators
from balancelib.county import County, faults_table
from balancelib.county.sample import COUNTY as SYNTHETIC
from balancelib.county.schema import schema

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTHING = "没有。"


@dataclass(frozen=True)
class Picture:
    """A picture: PNG, its width in CSS pixels, what it is, and what it shows in words."""

    png: bytes
    width: int
    caption: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table of texts, its index the first column, and what it is."""

    frame: pd.DataFrame
    caption: str


@dataclass(frozen=True)
class Strong:
    """A paragraph that must not be missed."""

    text: str


Block = str | Strong | Table | Picture


@dataclass(frozen=True)
class Section:
    """A section: its title, and its paragraphs, tables and pictures in order."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A report: its title, what must be known before reading it, and its sections."""

    title: str
    notice: str
    sections: Sequence[Section]


def make_report(county: County, assessment: Assessment) -> Report:
    """Say all that is to be said of a county.

    Parameters
    ----------
    county : County
        As read: its warnings are listed.
    assessment : Assessment
        The verdict on it, or on the one of several counties that the report is about.
    """
    name = county_name(county, assessment.county_id)
    notice = "由程序按填报的数据计算，供自评使用；正式结论以督导部门的认定为准。"
    if SYNTHETIC in name:
        notice = f"这是合成数据，不对应任何真实的县和学校。{notice}"
    sections = [
        verdict_section(assessment),
        parts_section(assessment),
        resources_section(assessment, pictures=True),
        schools_section(assessment),
        Section("缺少的数据", [_listed(missing_table(assessment), "没有填、判定又要用的数据")]),
        Section("数据里的提醒", [_listed(faults_table(county.warnings), "请核实；属实就不用改")]),
        rules_section(assessment),
        versions_section(assessment),
    ]
    return Report(f"{name}{assessment.standard.label}自评报告", notice, sections)


def county_name(county: County, county_id: str | None) -> str:
    """The county's name, else its code, else nothing."""
    schools = county.schools
    if county_id is not None:
        schools = schools[schools["county_id"] == county_id]
    names = schools["county"].dropna().unique()
    return names[0] if len(names) == 1 else f"县区{county_id}" if county_id else ""


def verdict_section(assessment: Assessment) -> Section:
    """The verdict, and that of each part."""
    *before, verdict = conclusion(assessment)
    return Section("结论", [*before, Strong(verdict), Table(parts_table(assessment), "各部分的结论")])


def parts_section(assessment: Assessment) -> Section:
    """Every item of the parts beside the resources, met or not, with the reason."""
    groups = items_table(assessment).groupby("部分", sort=False)
    tables = [Table(items.set_index("序号"), title) for title, items in groups]
    return Section("各部分逐项", tables or ["这个标准只看资源配置，没有别的部分。"])


def resources_section(assessment: Assessment, pictures: bool = False) -> Section:
    """Each stage's indicators and coefficients; `pictures` draws them too."""
    blocks = []
    for stage, verdict in assessment.stages.items():
        heading = stage_heading(assessment, stage)
        if not verdict.sections:
            blocks.append(f"{heading}。")
            continue
        notes = [*stage_notes(assessment, stage), edge_note(assessment, stage)]
        blocks += [
            Table(indicators_table(assessment, stage), heading),
            *(f"{note}。" for note in notes if note),
        ]
        if pictures and any(value is not None for value in verdict.cv.values()):
            blocks.append(
                _picture(figures.cv_limits(assessment, stage), f"{schema().stages[stage]}的差异系数和上限")
            )
    if pictures and assessment.ratios is not None and len(assessment.sections):
        blocks.append(_picture(figures.threshold_ratios(assessment)[0], "每个学段部分的各项指标，与标准之比"))
    return Section(assessment.standard.resources_title, blocks)


def schools_section(assessment: Assessment) -> Section:
    """The stage sections that do not meet the standard, with the reason."""
    blocks = []
    for stage, label in schema().stages.items():
        if assessment.ratios is not None and stage in assessment.stages and assessment.stages[stage].sections:
            failing = failing_sections(assessment, stage)
            caption = f"{label}：{len(failing)}个学段部分没有达到要求"
            blocks.append(Table(failing, caption) if len(failing) else f"{caption}。")
    return Section("没有达到要求的学校", blocks or ["没有省定办学基本标准，逐校达标不判定。"])


def rules_section(assessment: Assessment) -> Section:
    """The rules that were applied, and the documents that they come from."""
    standard = assessment.standard
    return Section(
        "口径和来源",
        [
            Table(documents(standard).set_index("文件"), "依据的文件"),
            Table(general_rules(standard).set_index("规则"), "总的规则"),
            Table(resource_indicators(standard).drop(columns="机器名").set_index("指标"), "资源指标"),
            "比较用的是全部小数。按申报表的小数位四舍五入以后结论会变的，都注明“临界”。",
        ],
    )


def versions_section(assessment: Assessment) -> Section:
    """What the report was made with and from."""
    standard = assessment.standard
    rows = {
        "程序": f"balancelib {balancelib.__version__}",
        "标准": f"{standard.label}，{standard.version}版（{standard.file}）",
        "输入数据的校验码（SHA-256）": assessment.input_sha256 or "数据不是从文件读的，没有校验码",
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["内容"])
    frame.index.name = "项目"
    return Section("版本", [Table(frame, "校验码相同，就是同一份数据")])


def _listed(frame: pd.DataFrame, caption: str) -> Table | str:
    return Table(frame, caption) if len(frame) else NOTHING


def _picture(axes: "Axes", caption: str) -> Picture:
    import matplotlib.pyplot as plt  # noqa: PLC0415  slow to load

    from balancelib.figures.style import to_png  # noqa: PLC0415

    png, about = to_png(axes.figure)
    plt.close(axes.figure)  # or a notebook would show it once more
    return Picture(png, about["width"], caption, about["alt"])
