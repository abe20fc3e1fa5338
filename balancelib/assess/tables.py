"""The verdict as tables in Chinese, for a lesson or a report."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.assess.logic import WORDS, reaches, shown, within, words_of
from balancelib.assess.verdict import Assessment
from balancelib.county.schema import schema
from balancelib.county.terms import field_named


def overview(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """Several counties, a row each: the verdict, that of each part, and how many sections meet the standard."""
    rows = {}
    for one in assessments:
        parts = {p.title: words_of(name)[p.meets] for name, p in one.parts.items() if p is not None}
        meets = one.sections["meets"]
        met = f"{meets.tolist().count(True)}/{len(meets)}" + _beside(meets.isna(), WORDS[None])
        sections = "—" if one.ratios is None else met
        rows[one.county_id] = {
            "总的结论": WORDS[one.meets],
            one.standard.resources_title: WORDS[one.resources_meet],
            **parts,
            "达到要求的学段部分": sections,
        }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "县区代码"
    return frame


def parts_table(assessment: Assessment) -> pd.DataFrame:
    """Each part's verdict, a row a part: ``结论, 达到, 未达到, 还不能判定`` (numbers of items).

    The resource part is counted by its stages. Of the vetoes the numbers say what they count: 6项没有发生.
    """
    stages = [stage.meets for stage in assessment.stages.values() if stage.sections]
    rows = {assessment.standard.resources_title: _counted(assessment.resources_meet, stages)}
    for name, part in assessment.parts.items():
        if part is not None:
            rows[part.title] = _counted(part.meets, [item.meets for item in part.items], words_of(name))
    return _frame(rows, "部分", ["结论", *WORDS.values()])


def _counted(
    meets: bool | None, verdicts: list[bool | None], words: dict[bool | None, str] = WORDS
) -> list[str]:
    """One row: the verdict in its words, and how many of each, said where the column's head says another word."""
    counts = {verdict: str(verdicts.count(verdict)) for verdict in WORDS}
    return [
        words[meets],
        *(n if words[v] == WORDS[v] else f"{n}项{words[v]}" for v, n in counts.items()),
    ]


def indicators_table(assessment: Assessment, stage: str) -> pd.DataFrame:
    """One stage's indicators, a row each: ``单位, 县均值, 差异系数, 上限, 差异系数判定, 达标``.

    Parameters
    ----------
    assessment : Assessment
    stage : str
        ``"primary"`` or ``"junior"``.

    Returns
    -------
    DataFrame
        Text, with more decimals where a number would look equal to its limit and is not; ``—`` where the
        standard tests nothing; beside how many of how many meet it, how many are not known.
    """
    here = (assessment.sections["stage"] == stage).to_numpy()
    rows = {
        i.short_label: _indicator_row(assessment, i.key, stage, here) for i in assessment.standard.indicators
    }
    return _frame(rows, "指标", ["单位", "县均值", "差异系数", "上限", "差异系数判定", "达标"])


def _indicator_row(assessment: Assessment, key: str, stage: str, here: np.ndarray) -> list[str]:
    standard, verdict = assessment.standard, assessment.stages[stage]
    mean, value, limit = verdict.mean[key], verdict.cv[key], verdict.cv_limit
    tested = verdict.tests(key)
    judged = WORDS[verdict.cv_meets[key]] if tested else "—"
    if verdict.cv_knife_edge.get(key):
        judged += "（临界）"
    if mean is None:
        judged = f"{WORDS[None]}（没有填全）"
    met = "—"
    if standard.indicator(key).thresholds:
        ratios = assessment.ratios[key][here]
        met = f"{int(reaches(ratios, 1.0).sum())}/{len(ratios)}" + _beside(ratios.isna(), "缺数")
    return [
        standard.indicator(key).unit,
        "—" if mean is None else shown(mean, None, 2 if mean >= 1 else 4),
        "—" if value is None else shown(value, limit, standard.cv_decimals, within),
        f"{limit:g}" if tested else "—", judged, met,
    ]  # fmt: skip


def _beside(unknown: pd.Series, word: str) -> str:
    """Say how many of those counted are not known, if any: they are not among those that fail."""
    return f"（{unknown.sum()}个{word}）" if unknown.any() else ""


def failing_sections(assessment: Assessment, stage: str) -> pd.DataFrame:
    """The stage sections that do not meet the standard, a row each: ``学生数, 达标项数, 原因``."""
    sections = assessment.sections
    below = np.flatnonzero((sections["stage"] == stage) & (sections["meets"] == False))  # noqa: E712  None is not False
    return pd.DataFrame(
        {
            "学生数": sections["pupils"].iloc[below].astype(int).to_numpy(),
            "达标项数": sections["met"].iloc[below].to_numpy(),
            "原因": ["；".join(assessment.reasons[i]) for i in below],
        },
        index=pd.Index(sections["name"].iloc[below], name="学校"),
    )


def items_table(assessment: Assessment, doubtful: bool = False) -> pd.DataFrame:
    """The items of all parts: ``序号, 要求, 结论, 原因``, by part.

    Parameters
    ----------
    assessment : Assessment
    doubtful : bool
        Only those to look at: not met, not yet known, or hanging on rounding.
    """
    rows = [
        (part.title, item.item.number, item.item.label, words_of(name)[item.meets], item.reason)
        for name, part in assessment.parts.items() if part is not None
        for item in part.items if item.doubtful or not doubtful
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["部分", "序号", "要求", "结论", "原因"]).set_index("部分")


def failing_items(assessment: Assessment) -> pd.DataFrame:
    """The items of all parts to look at, as `items_table` has them."""
    return items_table(assessment, doubtful=True)


def missing_table(assessment: Assessment) -> pd.DataFrame:
    """What was not filled in and the verdict needs, a row a column: ``表, 项目, 用来判定``."""
    needed: dict[tuple[str, str], list[str]] = {}
    for part in filter(None, assessment.parts.values()):
        for item in part.items:
            for name in item.missing:
                needed.setdefault(_place(name), []).append(f"{part.title}第{item.item.number}项")
    for stage, verdict in assessment.stages.items():
        for indicator in assessment.standard.indicators if verdict.sections else ():
            if verdict.mean[indicator.key] is None:
                use = f"{schema().stages[stage]}{indicator.short_label}"
                for term in indicator.sum[stage]:
                    needed.setdefault(_place(term.removeprefix("-")), []).append(use)
    rows = [(*place, "、".join(dict.fromkeys(uses))) for place, uses in needed.items()]
    return pd.DataFrame(rows, columns=["表", "项目", "用来判定"]).set_index("表")


def _place(name: str) -> tuple[str, str]:
    """The table and the label of a column."""
    table = next((t.label for t in schema().tables if name in t.names), "—")
    return table, field_named(name).label


def _frame(rows: dict[str, list[object]], name: str, columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame.index.name = name
    return frame
