"""Verdicts in words, and the arithmetic school by school."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.assess.logic import WORDS, on_the_edge, shown, within, words_of
from balancelib.assess.parts import PartVerdict
from balancelib.assess.tables import failing_sections, indicators_table
from balancelib.assess.verdict import Assessment
from balancelib.county.schema import STAGES, schema
from balancelib.measures import cv
from balancelib.text import width


def explain_cv(
    names: Sequence[str], totals: ArrayLike, pupils: ArrayLike, per: float = 1.0, limit: float | None = None
) -> str:
    """Arithmetic of a coefficient of variation, school by school, as the published worked example has it.

    Parameters
    ----------
    names : sequence of str
        The schools.
    totals, pupils : array_like, shape (n,)
        What each school has in all, and its pupils.
    per : float
        1 for a value per pupil, 100 for a value per hundred pupils.
    limit : float, optional
        The upper limit to compare with.

    Returns
    -------
    str
        A table in fixed width and the three steps to the result.
    """
    totals, pupils = np.asarray(totals, dtype=float), np.asarray(pupils, dtype=float)
    x, weight = totals / pupils * per, pupils / pupils.sum()
    mean = totals.sum() / pupils.sum() * per
    square = weight * (x - mean) ** 2
    header = ["学校", "总量y", "学生p", "校值x", "权重p/P", "x−均值", "权重×平方", "占比%"]
    share = 100 * square / square.sum() if square.any() else np.zeros_like(square)
    rows = [
        [name, f"{y:,.2f}", f"{p:,.0f}", f"{xi:.4f}", f"{w:.4f}", f"{xi - mean:+.4f}", f"{s:.6f}", f"{c:.1f}"]
        for name, y, p, xi, w, s, c in zip(names, totals, pupils, x, weight, square, share, strict=True)
    ]
    lines = [
        table([header, *rows]),
        "",
        f"县均值 = Σy÷Σp = {totals.sum():,.2f}÷{pupils.sum():,.0f}{f'×{per:g}' if per != 1 else ''} = {mean:.9f}",
        f"标准差S = √Σ权重×(x−均值)² = √{square.sum():.9f} = {np.sqrt(square.sum()):.9f}",
    ]
    if mean == 0:
        return "\n".join([*lines, "均值为0，差异系数没有意义"])
    value = cv(x, weights=pupils)
    lines.append(f"差异系数 = S÷均值 = {value:.9f}")
    if limit is not None:
        lines.append(f"上限{limit:g}：{'不超过，达到要求' if within(value, limit) else '超过，未达到要求'}")
    return "\n".join(lines)


def explain(assessment: Assessment, indicator: str, stage: str) -> str:
    """Arithmetic of one indicator of one stage, school by school, with the verdict on its CV.

    Raises
    ------
    KeyError
        No such indicator, or no such stage.
    """
    rule = assessment.standard.indicator(indicator)
    verdict = assessment.stages[stage]
    here = (assessment.sections["stage"] == stage).to_numpy()
    if not here.any():
        return f"没有{schema().stages[stage]}学段部分"
    limit = verdict.cv_limit if verdict.tests(indicator) else None
    heading = f"{schema().stages[stage]} {rule.label}（{rule.unit}）"
    sections = assessment.sections[here]
    if assessment.totals[here][indicator].isna().any():
        return f"{heading}\n有的学校没有填要用的数，差异系数算不出"
    return heading + "\n" + explain_cv(
        list(sections["name"]), assessment.totals[here][indicator], sections["pupils"], rule.per, limit
    )  # fmt: skip


def summary(assessment: Assessment) -> str:
    """Verdict in words: each part, each stage, what fails, what is missing, what hangs on rounding."""
    lines = [*conclusion(assessment), ""]
    lines.append(f"{assessment.standard.resources_title}：{WORDS[assessment.resources_meet]}")
    for stage in STAGES:
        lines += _stage_lines(assessment, stage)
    for name, part in assessment.parts.items():
        if part is not None:
            lines += ["", *_part_lines(part, words_of(name))]
    return "\n".join(lines)


def conclusion(assessment: Assessment) -> list[str]:
    """The verdict in short, a line each: by which documents, with which relaxations, and what it is."""
    standard = assessment.standard
    place = f"县区{assessment.county_id}：" if assessment.county_id else ""
    documents = "、".join(f"《{d.title}》（{d.number}）" for d in standard.documents)
    lines = [f"{place}按{documents}判定"]
    if assessment.relaxations:
        labels = {r.key: r.label for r in standard.relaxations}
        lines.append("使用的放宽条款：" + "；".join(labels[key] for key in assessment.relaxations))
    whether = "是否达到" if assessment.meets is None else ""
    return [*lines, f"总的结论：{WORDS[assessment.meets]}{whether}{standard.label}要求"]


def _stage_lines(assessment: Assessment, stage: str) -> Iterable[str]:
    if not assessment.stages[stage].sections:
        return [f"  {stage_heading(assessment, stage)}"]
    lines = [
        "",
        f"  {stage_heading(assessment, stage)}",
        table(rows_of(indicators_table(assessment, stage)), indent="    "),
    ]
    lines += [f"    {note}" for note in stage_notes(assessment, stage)]
    if assessment.ratios is None:
        return lines
    failing = failing_sections(assessment, stage)
    lines.append(f"    没有达到要求的学段部分：{len(failing)}个")
    lines += [f"      {name}：{reasons}" for name, reasons in failing["原因"].items()]
    edge = edge_note(assessment, stage)
    return [*lines, f"    {edge}"] if edge else lines


def stage_heading(assessment: Assessment, stage: str) -> str:
    """A stage, how many sections it has, and its verdict."""
    verdict, label = assessment.stages[stage], schema().stages[stage]
    if not verdict.sections:
        return f"{label}：没有学段部分"
    return f"{label}（{verdict.sections}个学段部分）：{WORDS[verdict.meets]}"


def stage_notes(assessment: Assessment, stage: str) -> list[str]:
    """What is to be said of a stage beside its table: the composite coefficient, and what is not judged."""
    notes = []
    if assessment.stages[stage].composite_cv is not None:
        notes.append(_composite_line(assessment, stage))
    if assessment.ratios is None:
        notes.append("没有省定办学基本标准，逐校达标不判定")
    return notes


def edge_note(assessment: Assessment, stage: str) -> str:
    """The sections of a stage whose verdict hangs on rounding; empty where there are none."""
    sections = assessment.sections
    edge = sections["name"][(sections["stage"] == stage) & sections["knife_edge"]]
    return f"临界（四舍五入会改变结论）：{'、'.join(edge)}" if len(edge) else ""


def _composite_line(assessment: Assessment, stage: str) -> str:
    verdict, decimals = assessment.stages[stage], assessment.standard.cv_decimals
    text = f"综合差异系数{shown(verdict.composite_cv, verdict.cv_limit, decimals, within)}"
    if verdict.cv_meets is not None:
        return text + "，只列出，不作判定"
    text += f"，上限{verdict.cv_limit:g}"
    return text + (f"，{on_the_edge(decimals)}" if verdict.composite_knife_edge else "")


def _part_lines(part: PartVerdict, words: dict[bool | None, str]) -> Iterable[str]:
    meets = [item.meets for item in part.items]
    counted = "，".join(f"{meets.count(verdict)}项{word}" for verdict, word in words.items())
    yield f"{part.title}：{words[part.meets]}（{counted}）"
    for item in part.items:
        if item.doubtful:
            yield f"  {item.item.number} {item.item.label}：{words[item.meets]}。{item.reason}"


def rows_of(frame: pd.DataFrame) -> list[list[str]]:
    """Return a frame's header and rows as text, its index first."""
    whole = frame.reset_index().astype(str)
    return [list(whole.columns), *whole.to_numpy().tolist()]


def table(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """Lay out text in columns, a Chinese character as two wide; the first column to the left."""
    widths = [max(width(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        indent + "  ".join(
            cell + " " * (w - width(cell)) if k == 0 else " " * (w - width(cell)) + cell
            for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )  # fmt: skip
