"""A first draft of a county's report: the numbers that the library knows, and what a person has to write; and drafts with slips, to practise on."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, missing_table
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.progress.report_facts import (
    BLANK_MARK,
    Part,
    load_rubric,
    recognition,
    report_unknown,
    report_verdicts,
)

# What people get wrong in a report, in the order in which a lesson mends it.
SLIPS = {
    "known": "还不能判定的写成达到",
    "floor": "只数七项达标六项，忘了底线",
    "coarse": "差异系数只写一位小数",
    "unweighted": "差异系数没有按学生数加权",
    "small": "写出了特殊群体的小数目",
}
BLANK = f"（{BLANK_MARK}：{{}}，用{{}}）"
AT_LEAST = 6  # of seven indicators


def write_draft(
    county: County,
    verdict: Assessment,
    slips: Iterable[str] = (),
    own: Mapping[str, str] | None = None,
) -> str:
    """Write a first draft in Markdown: the library's numbers stand, and where a person has to write it says what.

    Parameters
    ----------
    county : County
    verdict : Assessment
        On it.
    slips : iterable of str
        Mistakes to make, of `SLIPS`: to practise on, never to hand in.
    own : mapping of str to str, optional
        What a person has written, by the sections' keys.

    Raises
    ------
    ValueError
        A slip or a section is unknown.
    """
    slips = set(slips)
    if odd := slips - set(SLIPS):
        raise ValueError(f"没有“{'、'.join(sorted(odd))}”这种错。有的是：{'、'.join(SLIPS)}。")
    own, parts = own or {}, load_rubric().sections
    if odd := set(own) - {part.key for part in parts}:
        raise ValueError(
            f"没有“{'、'.join(sorted(odd))}”这一部分。有的是：{'、'.join(p.key for p in parts)}。"
        )
    names = county.schools["county"].dropna().unique()
    title = names[0] if len(names) == 1 else "本县"
    lines = [f"# {title}义务教育优质均衡发展自评报告（初稿）"]
    for part in parts:
        blank = own.get(part.key, _blank(part))
        lines += ["", f"## {part.label}", "", *_held(part, county, verdict, slips), blank]
    return "\n".join(lines) + "\n"


def _blank(part: Part) -> str:
    """What is to be written in a section, in one sentence, so that nobody takes a piece of it for what was written."""
    return BLANK.format(part.holds, part.from_).replace("；", "，")


def _held(part: Part, county: County, verdict: Assessment, slips: set[str]) -> Iterator[str]:
    if part.key == "summary":
        yield from _summary(verdict, slips)
    elif part.key == "basics":
        yield _basics(county, verdict)
    elif part.key == "resources":
        for stage, judged in verdict.stages.items():
            if judged.sections:
                yield from _stage(verdict, stage, slips)
    elif part.key == "parts" and (asked := recognition(verdict)) is not None:
        yield f"社会认可度是{asked:.1f}%。"
    elif part.key == "groups" and "small" in slips:
        yield "送教上门的孩子里，有一个乡只有2名。"


def _summary(verdict: Assessment, slips: set[str]) -> Iterator[str]:
    told = report_verdicts(verdict)
    for title, (meets, words) in told.items():
        yield f"- {title}：{words[True if meets is None and 'known' in slips else meets]}。"
    missing = "、".join(missing_table(verdict)["项目"])
    if "known" not in slips:
        for name in report_unknown(verdict):
            yield f"- {name}还不能判定：没有填{missing or '要用的数'}。"


def _basics(county: County, verdict: Assessment) -> str:
    pupils = "，".join(
        f"全县{label}学生{county.schools[f'pupils_{stage}'].sum():,.0f}名"
        for stage, label in schema().stages.items()
        if stage in verdict.stages
    )
    return f"全县{len(county.schools)}所学校，{pupils}。"


def _stage(verdict: Assessment, stage: str, slips: set[str]) -> Iterator[str]:
    label, judged = schema().stages[stage], verdict.stages[stage]
    here = verdict.sections[verdict.sections["stage"] == stage]
    if verdict.ratios is not None:
        yield f"{label}共{len(here)}个学段部分，{meeting_sections(verdict, stage, 'floor' not in slips)}个达到要求。"
    over = [key for key, meets in (judged.cv_meets or {}).items() if meets is False]
    yield f"{label}有{len(over)}项差异系数超过上限。" if over else f"{label}没有一项差异系数超过上限。"
    for key in over or [largest_cv(verdict, stage)] * bool(largest_cv(verdict, stage)):
        value = unweighted_cv(verdict, stage, key) if "unweighted" in slips else judged.cv[key]
        decimals = 1 if "coarse" in slips else verdict.standard.cv_decimals
        name = verdict.standard.indicator(key).short_label
        yield f"{label}{name}的差异系数是{value:.{decimals}f}。"


def meeting_sections(verdict: Assessment, stage: str, floor: bool = True) -> int:
    """Count the sections that meet the standard, or, without its floor, those that reach six indicators."""
    here = verdict.sections[verdict.sections["stage"] == stage]
    return int((here["meets"] == True).sum() if floor else (here["met"] >= AT_LEAST).sum())  # noqa: E712  None is not True


def largest_cv(verdict: Assessment, stage: str) -> str | None:
    """Key of the indicator with the largest coefficient of variation; nothing where none is known."""
    known = {key: value for key, value in verdict.stages[stage].cv.items() if value is not None}
    return max(known, key=known.get) if known else None


def unweighted_cv(verdict: Assessment, stage: str, key: str) -> float:
    """The coefficient as a spreadsheet's STDEV over AVERAGE gives it, each section counting the same: the usual mistake."""
    values = verdict.values.loc[verdict.sections["stage"] == stage, key].dropna().to_numpy(dtype=float)
    return float(np.std(values, ddof=1) / np.mean(values)) if len(values) > 1 else float("nan")


def outline_table() -> pd.DataFrame:
    """Return what a report must have: ``写什么, 用什么`` by section."""
    rows = {part.label: [part.holds, part.from_] for part in load_rubric().sections}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["写什么", "用什么"]).rename_axis("部分")
