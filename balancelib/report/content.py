"""What a report on a county says."""

from collections.abc import Iterable
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
from balancelib.assess.describe import documents, general_rules, part_items, resource_indicators
from balancelib.county import County, faults_table
from balancelib.county.exceptions import Accepted
from balancelib.county.faults import Fault
from balancelib.county.schema import plain, schema
from balancelib.county.select import only
from balancelib.report import shortage
from balancelib.report.basics import basics
from balancelib.report.blocks import (
    Block,
    Heading,
    Picture,
    Report,
    Section,
    Strong,
    Table,
    numbered,
    rows_table,
    with_synthetic,
)
from balancelib.report.summary import at_a_glance
from balancelib.standards.model import PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from balancelib.standards import Standard

NOTHING = "没有。"
MOST_LISTED = 100  # warnings in a report: the list of problems has all of them
# Tables of few children: what is odd there is said with a count, so a report only says how much there is, and the list of problems what.
FEW_CHILDREN = (
    "group_pupils",
    "disabled_children",
    "registers",
    "register_pairs",
    "cohorts",
    "children",
    "care",
)


def make_report(county: County, assessment: Assessment) -> Report:
    """Say all that is to be said of a county.

    Parameters
    ----------
    county : County
        As read: its warnings are listed.
    assessment : Assessment
        The verdict on it, or on the one of several counties that the report is about.
    """
    own = only(county, assessment.county_id)
    lacking = shortage.shortage(own, assessment)
    name = county_name(own, assessment.county_id)
    notice = "由程序按填报的数据计算，供自评使用；正式结论以督导部门的认定为准。"
    notice = with_synthetic(notice, name)
    sections = [
        summary_section(own, assessment, lacking),
        Section("县的基本情况", basics(own)),
        parts_section(assessment),
        resources_section(assessment, pictures=True),
        schools_section(assessment),
        shortage_section(lacking, assessment),
        data_section(county, assessment),
        rules_section(assessment),
        versions_section(assessment),
    ]
    return numbered(Report(f"{name}{assessment.standard.label}自评报告", notice, sections))


def county_name(county: County, county_id: str | None) -> str:
    """The county's name, else its code, else nothing."""
    names = only(county, county_id).schools["county"].dropna().unique()
    return names[0] if len(names) == 1 else f"县区{county_id}" if county_id else ""


def summary_section(county: County, assessment: Assessment, lacking: pd.DataFrame | str) -> Section:
    """One page: the verdict, that of each part, and the answers to what is asked next."""
    _, *relaxed, verdict = conclusion(assessment)
    parts = Table(parts_table(assessment), "各部分的结论")
    return Section("一页看懂", [Strong(verdict), *relaxed, parts, at_a_glance(county, assessment, lacking)])


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
        blocks.append(Heading(schema().stages[stage]))
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
        blocks.append(Heading("每个学段部分与标准之比"))
        blocks.append(_picture(figures.threshold_ratios(assessment)[0], "每个学段部分的各项指标，与标准之比"))
    return Section(assessment.standard.resources_title, blocks)


def schools_section(assessment: Assessment) -> Section:
    """The stage sections that do not meet the standard, with the reason."""
    title, blocks = "没有达到要求的学校", []
    if assessment.ratios is None:
        return Section(title, ["没有省定办学基本标准，逐校达标不判定。"])
    for stage, verdict in assessment.stages.items():
        if verdict.sections:
            failing = failing_sections(assessment, stage)
            unknown = int(
                assessment.sections.loc[assessment.sections["stage"] == stage, "meets"].isna().sum()
            )
            undecided = f"，{unknown}个还不能判定" if unknown else ""
            caption = f"{schema().stages[stage]}：{len(failing)}个学段部分没有达到要求{undecided}"
            blocks.append(Table(failing, caption) if len(failing) else f"{caption}。")
    return Section(title, blocks or ["没有学段部分。"])


def shortage_section(lacking: pd.DataFrame | str, assessment: Assessment) -> Section:
    """What the schools lack, added up, and the schools that lack the most."""
    if isinstance(lacking, str):
        return Section("差距和补齐", [lacking])
    if lacking.empty:
        return Section("差距和补齐", ["每所学校的每项指标都到了标准。"])
    tables = [shortage.by_indicator(lacking, assessment), shortage.by_school(lacking, assessment)]
    return Section("差距和补齐", [*tables, shortage.PRICES])


def data_section(county: County, assessment: Assessment) -> Section:
    """What is missing, what was found odd, and which of that was accepted by whom and why."""
    blocks: list[Block] = [
        Heading("缺少的数据"),
        _listed(missing_table(assessment), "没有填、判定又要用的数据"),
    ]
    told = [one for one in county.warnings if not _of_few(one)]
    warnings = faults_table(told[:MOST_LISTED])
    blocks += [Heading("要核实的提醒"), _listed(warnings, "请核实；属实就不用改")]
    if len(told) > MOST_LISTED:
        blocks.append(f"一共{len(told)}处，这里列出前{MOST_LISTED}处，其余见问题清单。")
    if of_few := len(county.warnings) - len(told):
        blocks.append(
            f"特殊群体儿童的表里还有{of_few}处提醒，写出来会带出人数，这里不列，见问题清单；问题清单只在局里用。"
        )
    if accepted := [one for one in county.accepted if not _of_few(one.fault)]:
        blocks += [Heading("已核实的例外"), accepted_table(accepted)]
    return Section("数据的核实", blocks)


def _of_few(found: Fault) -> bool:
    """Whether something odd is of a table of few children, by its sheet's or its file's name."""
    names = {form for name in FEW_CHILDREN for form in (name, plain(schema().table(name).label))}
    return plain(found.sheet).removesuffix(".csv") in names


def accepted_table(accepted: Iterable[Accepted]) -> Table:
    """What was found odd and accepted as true: by whom, when and why."""
    rows = {
        str(i): [one.reason_found, one.accepted_by, one.accepted_on, one.reason]
        for i, one in enumerate(accepted, 1)
    }
    return rows_table("核实过、接受了的例外", "序号", ["问题", "谁", "日期", "理由"], rows)


def rules_section(assessment: Assessment) -> Section:
    """The rules that were applied, and the documents that they come from."""
    standard = assessment.standard
    return Section(
        "口径和来源",
        [
            Table(documents(standard).set_index("文件"), "依据的文件"),
            Table(general_rules(standard).set_index("规则"), "总的规则"),
            Table(resource_indicators(standard).drop(columns="机器名").set_index("指标"), "资源指标"),
            *_part_rules(standard),
            "比较用的是全部小数。按申报表的小数位四舍五入以后结论会变的，都注明“临界”。",
        ],
    )


def _part_rules(standard: "Standard") -> list[Table]:
    """How each item of each part beside the resources is judged."""
    parts = [name for name in PARTS if getattr(standard, name)]
    return [
        Table(part_items(standard, name).set_index("序号"), f"{getattr(standard, name).title}：怎样判")
        for name in parts
    ]


def versions_section(assessment: Assessment) -> Section:
    """What the report was made with and from."""
    rows = {name: [text] for name, text in versions(assessment).items()}
    return Section("版本", [rows_table("校验码相同，就是同一份数据", "项目", ["内容"], rows)])


def versions(assessment: Assessment) -> dict[str, str]:
    """The program, the standard and the input that a verdict was made with and from."""
    standard = assessment.standard
    return {
        "程序": f"balancelib {balancelib.__version__}",
        "标准": f"{standard.label}，{standard.version}版（{standard.file}）",
        "输入数据的校验码（SHA-256）": assessment.input_sha256 or "数据不是从文件读的，没有校验码",
    }


def _listed(frame: pd.DataFrame, caption: str) -> Table | str:
    return Table(frame, caption) if len(frame) else NOTHING


def _picture(axes: "Axes", caption: str) -> Picture:
    import matplotlib.pyplot as plt  # noqa: PLC0415  slow to load

    from balancelib.figures.style import to_png  # noqa: PLC0415

    png, about = to_png(axes.figure)
    plt.close(axes.figure)  # or a notebook would show it once more
    return Picture(png, about["width"], caption, about["alt"])
