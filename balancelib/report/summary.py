"""The first page: what the head of a bureau must know, each answer in a sentence or two."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, missing_table
from balancelib.assess.logic import shown, shown_among, within, words_of
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.report import shortage
from balancelib.report.blocks import Table, rows_table

FURTHEST = 3  # schools named
MOST_ITEMS = 8  # named in one answer


def at_a_glance(county: County, assessment: Assessment, lacking: pd.DataFrame | str) -> Table:
    """Return the table of questions and answers; ``lacking`` is what `shortage.shortage` found."""
    answers = {
        "卡在哪里": _listed(_failing(assessment), "没有未达到的项"),
        "还不能判定的": _unknown(assessment),
        "校际差异": _spread(assessment),
        "离标准最远的学校": _furthest(assessment),
        "补齐要多少": _needed(lacking, assessment),
        "临界": _edge(assessment),
        "数据": _data(county),
    }
    rows = {question: [answer] for question, answer in answers.items() if answer}
    return rows_table("要回答的几个问题", "问题", ["回答"], rows)


def _failing(assessment: Assessment) -> Iterator[str]:
    """Name what is not met: sections of each stage, coefficients, items of the parts."""
    for stage, verdict in assessment.stages.items():
        label = schema().stages[stage]
        if n := _sections(assessment, stage).count(False):
            yield f"{label}{verdict.sections}个学段部分中有{n}个没有达到要求"
        over = [key for key, meets in (verdict.cv_meets or {}).items() if meets is False]
        if over:
            yield f"{label}有{len(over)}项差异系数超过上限"
        composite = verdict.composite_cv if verdict.cv_meets is None else None
        if composite is not None and not within(composite, verdict.cv_limit):
            yield f"{label}的综合差异系数超过上限"
    for name, part in assessment.parts.items():
        if numbers := _items(part, False):
            yield f"{part.title}{numbers}{words_of(name)[False]}"


def _items(part: Any, meets: bool | None) -> str:
    """Name the items of a part that have this verdict, by their numbers: ``第1至3、5项``; nothing where there is none."""
    numbers = [item.item.number for item in part.items if item.meets is meets] if part else []
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = "、".join("、".join(map(str, run)) if len(run) < 3 else f"{run[0]}至{run[-1]}" for run in runs)
    return f"第{told}项" if told else ""


def _unknown(assessment: Assessment) -> str:
    """Say what cannot be judged yet, and how many columns that waits for."""
    waiting = [
        f"{schema().stages[stage]}{n}个学段部分"
        for stage in assessment.stages
        if assessment.ratios is not None and (n := _sections(assessment, stage).count(None))
    ]
    waiting += [
        f"{part.title}{numbers}" for part in assessment.parts.values() if (numbers := _items(part, None))
    ]
    missing = len(missing_table(assessment))
    told = [f"{'；'.join(waiting)}。"] * bool(waiting)
    told += [f"有{missing}项要用的数据没有填，见“数据的核实”"] * bool(missing)
    return "".join(told)


def _sections(assessment: Assessment, stage: str) -> list[bool | None]:
    """Verdicts of a stage's sections."""
    return assessment.sections.loc[assessment.sections["stage"] == stage, "meets"].tolist()


def _spread(assessment: Assessment) -> str:
    """Name the coefficients over their limit, else the largest of each stage."""
    told = []
    for stage, verdict in assessment.stages.items():
        known = {
            i.short_label: verdict.cv[i.key] for i in assessment.standard.indicators if verdict.tests(i.key)
        }
        if verdict.cv_meets is None:
            known = {"综合差异系数": verdict.composite_cv}
        known = {name: value for name, value in known.items() if value is not None}
        if not known:
            continue
        limit = verdict.cv_limit
        over = {name: value for name, value in known.items() if not within(value, limit)}
        top = max(known, key=known.get)
        numbers = "、".join(
            f"{name}{shown(value, limit, assessment.standard.cv_decimals, within)}"
            for name, value in (over or {top: known[top]}).items()
        )
        which = "超过上限的有" if over else "最大的是" if len(known) > 1 else ""
        told.append(f"{schema().stages[stage]}{which}{numbers}，上限{limit:g}")
    return "；".join(told)


def _furthest(assessment: Assessment) -> str:
    """Name the sections with the fewest indicators met and, among these, the lowest of all ratios."""
    if assessment.ratios is None or assessment.sections.empty:
        return ""
    labels = {i.key: i.short_label for i in assessment.standard.indicators if i.thresholds}
    ratios = assessment.ratios[list(labels)].fillna(np.inf)
    lowest = ratios.min(axis=1)
    sections = assessment.sections.assign(lowest=lowest, which=ratios.idxmin(axis=1))
    sections = sections[[one is False for one in sections["meets"].tolist()]]
    worst = sections.sort_values(["met", "lowest", "school_id"], kind="stable").head(FURTHEST)
    bounds = (100, 100 * assessment.standard.school_rule.floor)
    return "；".join(
        f"{one.name}（{schema().stages[one.stage]}，{len(labels)}项达标{one.met}项，最低的{labels[one.which]}是标准的{shown_among(100 * one.lowest, bounds, 1)}%）"
        for one in worst.itertuples()
    )


def _needed(lacking: pd.DataFrame | str, assessment: Assessment) -> str:
    """Say how much the county lacks in all, and what that costs at the assumed prices."""
    if isinstance(lacking, str):
        return f"算不出：{lacking.removesuffix('。')}"
    if lacking.empty:
        return "每所学校的每项指标都到了标准"
    labels = {indicator.key: indicator.short_label for indicator in assessment.standard.indicators}
    amounts = lacking.groupby("indicator")["to_threshold"].sum()
    units = dict(zip(lacking["indicator"], lacking["unit"], strict=True))
    told = "、".join(
        f"{label}{shortage.amount(amounts[key])}{units[key]}" for key, label in labels.items() if key in units
    )
    cost = shortage.money(lacking["cost_threshold"])
    return told + (f"；按示例单价约{cost}万元（单价是假设的，请换成当地的）" if cost != "—" else "")


def _edge(assessment: Assessment) -> str:
    """Name the verdicts that hang on the form's rounding."""
    names = assessment.sections.loc[assessment.sections["knife_edge"].astype(bool), "name"].tolist()
    for stage, verdict in assessment.stages.items():
        edge = sum(verdict.cv_knife_edge.values()) + verdict.composite_knife_edge
        names += [f"{schema().stages[stage]}的{edge}项差异系数"] if edge else []
    for part in filter(None, assessment.parts.values()):
        names += [f"{part.title}第{item.item.number}项" for item in part.items if item.knife_edge]
    return f"{_listed(names, '')}：按申报表四舍五入以后，结论会变" if names else ""


def _data(county: County) -> str:
    warnings, accepted = len(county.warnings), len(county.accepted)
    told = [f"有{warnings}处提醒要核实"] * bool(warnings) + [f"已核实的例外{accepted}处"] * bool(accepted)
    return "，".join(told) or "没有错误，也没有要核实的提醒"


def _listed(texts: Iterator[str] | Sequence[str], nothing: str) -> str:
    texts = list(texts)
    more = f"等{len(texts)}项" if len(texts) > MOST_ITEMS else ""
    return "；".join(texts[:MOST_ITEMS]) + more or nothing
