"""The plan as a workbook: for the meeting, for the schools, and what may be published."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from balancelib.county.files import whole_or_absent
from balancelib.county.schema import schema
from balancelib.sheets import Entry, Page, new_book, packed, text
from balancelib.teachers.definitions import subject_labels
from balancelib.teachers.rotation.plan import BESIDES, FEW, RotationPlan
from balancelib.teachers.rotation.program import AIMS
from balancelib.teachers.rotation.reasons import explain_left, explain_moves
from balancelib.teachers.rotation.stays import STAYS, explain_stays

WHEN = ("before", "after")


def write_rotation(path: str | Path, plan: RotationPlan) -> Path:
    """Write a plan as a workbook: the summary, who goes where and why, who stays and why, the indicators before and after, the posts left, what may be published.

    Parameters
    ----------
    path : str or Path
        What stands there is replaced, whole or not at all.
    plan : RotationPlan

    Raises
    ------
    ValueError
        There is no plan.
    """
    if not plan.found:
        raise ValueError(plan.message)
    book = new_book()
    _summary(Page(book, "摘要", (38, 16, 16, 16)), plan)
    _who(Page(book, "派出名单", (12, 22, 22, 8, 12, 8, 8, 10, 10, 60), landscape=True), plan)
    _stays(Page(book, "没有派的为什么", (12, 22, 8, 12, 30, 60), landscape=True), plan)
    _effect(Page(book, "前后对比", (10, 34, 12, 12, 12, 12, 12, 12), landscape=True), plan)
    _left(Page(book, "还缺的岗位", (24, 8, 12, 8, 60), landscape=True), plan)
    _published(Page(book, "可以公开的汇总", (10, 12, 12, 12, 14)), plan)
    path = Path(path)
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(packed(book))
    return path


def _summary(page: Page, plan: RotationPlan) -> None:
    limits = plan.question.limits
    page.title("教师交流轮岗方案")
    page.note(plan.message)
    page.note(
        f"规则：从家到新学校不超过{limits.within:g}公里；任期{limits.term}年；每所学校进出都不超过教师的{limits.most:.0%}（至少1人）；"
        "同校的夫妻一起走或都不走；哪所学校的哪一科、哪项指标都不因为轮岗变差；"
        f"{'往上派的不限' if limits.upward else '不补缺的，不从乡村、镇区往上派'}。"
    )
    if plan.no_home:
        page.note(f"派出的人里，{plan.no_home}人住处空白，路程从现在的学校算：请先补上，再谈。")
    if wrong := plan.question.contradicting:
        page.note(f"这些教师的配偶序号互相对不上，当作没有配偶，请核对：{'、'.join(wrong)}。")
    page.heading("从哪里到哪里")
    areas = schema().table("schools").column("area").codes
    ways = [[text(f"{areas[a]}→{areas[b]}"), Entry(n), Entry(fills)] for (a, b), (n, fills) in _ways(plan)]
    page.table(["从→到", "人数", "其中带去缺项的"], ways, (1, 1, 2))
    page.heading("目标，按先后")
    rows = [
        [
            text(AIMS[s.aim][0]),
            Entry(s.value / s.unit),
            Entry(s.bound / s.unit),
            Entry("是" if s.proven else "否"),
        ]
        for s in plan.steps
    ]
    page.table(["目标", "方案", "证明的界限", "证明最好"], rows)
    page.heading("符合条件的教师，派了的和没有派的")
    counts = explain_stays(plan)["cause"].value_counts()
    causes = [[text(label), Entry(int(counts.get(cause, 0)))] for cause, label in STAYS.items()]
    page.table(["情形", "人数"], [[text("派出"), Entry(len(plan.moves))], *causes], (3, 1))


def _ways(plan: RotationPlan) -> Iterable[tuple[tuple[str, str], tuple[int, int]]]:
    """From which area to which how many go, of them how many who fill something."""
    for way, row in plan.ways.iterrows():
        yield way, (int(row["moved"]), int(row["fills"]))


def _who(page: Page, plan: RotationPlan) -> None:
    page.title("派出名单（内部使用）")
    page.note("只供本人和办事的人；公开只用最后一张表。")
    stages, labels = schema().stages, subject_labels()
    rows = (
        [text(teacher), text(why.name_), text(why.to), Entry(stages[move.stage]), Entry(labels[move.subject]),
         Entry("是" if move.backbone else "否"), Entry(move.years), Entry(move.km, decimals=1), Entry(move.until), text(why.why)]
        for teacher, move, why in _pairs(plan)
    )  # fmt: skip
    head = [
        "教师序号",
        "现学校",
        "新学校",
        "学段",
        "学科",
        "骨干",
        "在本校年",
        "家到新校公里",
        "任期到（年）",
        "理由",
    ]
    page.table(head, list(rows), repeat=True)


def _pairs(plan: RotationPlan) -> Iterable[tuple[str, Any, Any]]:
    why = explain_moves(plan).rename(columns={"name": "name_"})
    for teacher in plan.moves.index:
        yield teacher, plan.moves.loc[teacher], why.loc[teacher]


def _stays(page: Page, plan: RotationPlan) -> None:
    page.title("符合条件、没有派的（内部使用）")
    page.note(
        "只供本人和办事的人。每一位都试过：在方案之外加派，去够得着的每一所学校；换下去那里的同科一位。几个人连着一起换的，没有逐一列举；"
        f"{'方案已证明，怎样换都不会更好' if plan.proven else '方案没有证明最好，可能有更好的换法'}。"
    )
    stays, stages, labels = explain_stays(plan), schema().stages, subject_labels()
    rows = [
        [
            text(r.Index),
            text(r.school),
            Entry(stages[r.stage]),
            Entry(labels.get(r.subject, "")),
            text(r.label),
            text(r.why),
        ]
        for r in stays.rename(columns={"name": "school"}).itertuples()
    ]
    page.table(["教师序号", "学校", "学段", "学科", "情形", "说明"], rows, repeat=True)


def _effect(page: Page, plan: RotationPlan) -> None:
    page.title("三项教师指标：轮岗前后")
    stages = schema().stages
    rows = [
        [Entry(stages[stage]), text(r["label"]), *(Entry(r[f"mean_{w}"], decimals=2) for w in WHEN),
         *(Entry(r[f"cv_{w}"], decimals=3) for w in WHEN), *(Entry(int(r[f"below_{w}"])) for w in WHEN)]
        for (stage, _), r in plan.effect.iterrows()
    ]  # fmt: skip
    head = ["学段", "指标", "全县值前", "全县值后", "差异系数前", "差异系数后", "不到标准的学段部分前", "后"]
    page.table(head, rows)


def _left(page: Page, plan: RotationPlan) -> None:
    page.title("轮岗补不上的岗位")
    stages, labels = schema().stages, subject_labels()
    rows = [
        [
            text(r.name_),
            Entry(stages[r.stage]),
            Entry(labels.get(r.subject, r.subject)),
            Entry(r.short),
            text(r.why),
        ]
        for r in explain_left(plan).rename(columns={"name": "name_"}).itertuples()
    ]
    page.table(["学校", "学段", "学科", "缺（人）", "为什么"], rows, repeat=True)


def _published(page: Page, plan: RotationPlan) -> None:
    page.title("交流轮岗去向汇总")
    page.note(f"{FEW}的格子不写准数，免得认出是谁；写“{BESIDES}”的，是免得拿合计一减，又减出来。")
    stages, areas = schema().stages, schema().table("schools").column("area").codes
    rows = [
        [Entry(stages[stage]), Entry(areas[a]), Entry(areas[b]), Entry(r["moved"]), Entry(r["backbone"])]
        for (stage, a, b), r in plan.published.iterrows()
    ]
    page.table(["学段", "从", "到", "人数", "其中骨干教师"], rows)
