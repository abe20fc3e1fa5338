"""Why this teacher and not another, what changes if she stays, and why a post is still empty: every sentence worked out anew."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection

import pandas as pd

from balancelib.county.schema import schema
from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.planning import solve
from balancelib.teachers.rotation.program import AIMS, METRES, Program
from balancelib.teachers.rotation.question import Kind, Question

SHORT = {
    "qualified_teachers": "高于规定学历教师",
    "backbone_teachers": "骨干教师",
    "pe_arts_teachers": "体育艺术教师",
}


def subject_labels() -> dict[str, str]:
    """Chinese names of the subjects."""
    return schema().table("teachers").column("subject").codes


def explain_moves(plan: RotationPlan) -> pd.DataFrame:
    """Give for each teacher who is sent the reason that the county can tell (逐人说明).

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``name`` of the school of today, ``to`` (name of the new one), ``alike`` (teachers who differ in nothing that counts and stay),
        ``others`` (further teachers of the subject who may go there) and ``why``, a sentence that names no teacher.
    """
    q, names, labels = plan.question, plan.question.county.names, subject_labels()
    posts, able = plan.posts, _able(q)
    rows = []
    for teacher, move in plan.moves.iterrows():
        kind = plan.kinds[teacher]
        alike = sum(k == kind for t, k in plan.kinds.items() if t not in plan.moves.index)
        others = [
            t
            for t in able[move["to_id"], kind.stage, kind.subject]
            if t not in plan.moves.index and plan.kinds[t] != kind
        ]
        post = posts.loc[(kind.school, kind.stage, kind.subject)]
        leaves = f"本校{labels[kind.subject]}要{post['low']:.0f}人，派前{post['have']:.0f}人，派后{post['after']:.0f}人"
        fills = "、".join(labels.get(item, SHORT.get(item, "")) for item in move["fills"])
        why = (
            f"在本校{move['years']}年；{leaves}；{f'新学校缺{fills}' if fills else '不补新学校的缺，是同科对换'}；"
            f"家到新学校{move['km']:.1f}公里；条件完全相同而留下的{alike}人{'（本校年限更短或相同）' if alike else ''}，"
            f"同科还能去的{len(others)}人"
        )
        rows.append((teacher, names[kind.school], names[move["to_id"]], alike, len(others), why))
    return pd.DataFrame(rows, columns=["teacher_id", "name", "to", "alike", "others", "why"]).set_index(
        "teacher_id"
    )


def _able(question: Question) -> dict[tuple[str, str, str], list[str]]:
    """Who may go to each school, by school, stage and subject."""
    able = defaultdict(list)
    for group in question.groups:
        for school in question.targets(group):
            for party in group.parties:
                for teacher, kind in zip(party, group.kinds, strict=True):
                    able[school, kind.stage, kind.subject].append(teacher)
    return able


def without_teachers(plan: RotationPlan, teachers: Collection[str], seconds: float = 60.0) -> str:
    """Say what changes if some of those sent stay: the whole county planned anew (不派他会怎样).

    Raises
    ------
    ValueError
        One of them is not sent by the plan.
    """
    if lost := sorted(set(teachers) - set(plan.moves.index)):
        raise ValueError(f"方案里没有派{'、'.join(lost)}")
    question = dataclasses.replace(plan.question, kept=plan.question.kept | frozenset(teachers))
    again = solve(question, seconds)
    if not again.found:
        return f"换不得：{again.message}"
    before, after = ({step.aim: step.value for step in p.steps} for p in (plan, again))
    told = [
        f"{AIMS[aim][0]}{_change(aim, after[aim] - before[aim])}"
        for aim in AIMS
        if aim in before and aim in after and after[aim] != before[aim]
    ]
    someone = len(set(again.moves.index) - set(plan.moves.index))
    return f"换得了：另派{someone}人，{'；'.join(told) or '各个目标都不变'}{'' if again.proven else '（没有证明最好）'}"


def _change(aim: str, amount: float) -> str:
    told = abs(amount) / (METRES if aim == "km" else 1)
    return f"{'多' if amount > 0 else '少'}{told:g}"


def explain_left(plan: RotationPlan) -> pd.DataFrame:
    """Say of each post that stays empty why exchange does not fill it (还缺的岗位，轮岗为什么补不上).

    Returns
    -------
    DataFrame
        ``school_id, name, stage, subject, short`` (teachers), ``cause`` and ``why``. ``none_over``: no school of the stage has more than it needs;
        ``nobody``: some have, and nobody of theirs can be sent; ``far``: nobody of theirs reaches it, not even with a colleague in between; ``limits``: those who
        could were needed elsewhere, or the limits of schools, couples or the indicators stand in the way.
    """
    q, labels, stages = plan.question, subject_labels(), schema().stages
    names = q.county.names
    program = Program(q)
    rows = []
    for (school, stage, subject), post in plan.posts[plan.posts["short_after"] > 0].iterrows():
        cause = _cause(q, program, school, stage, subject)
        why = WHY[cause].format(
            stage=stages[stage], subject=labels.get(subject, subject), within=q.limits.within
        )
        rows.append((school, names.get(school, school), stage, subject, int(post["short_after"]), cause, why))
    return pd.DataFrame(rows, columns=["school_id", "name", "stage", "subject", "short", "cause", "why"])


WHY = {
    "none_over": "全县{stage}没有一所学校{subject}教师多：轮岗变不出人，要招聘、转岗培训或走教",
    "nobody": "有学校{subject}教师多，可是没有一人符合条件、派得出：看年限、照顾对象和退休",
    "far": "{subject}教师多的学校，能派的人都住在{within:g}公里以外，转一手也够不着：放远路程，或给住宿",
    "limits": "能派的人去了别处，或者被每校进出的上限、夫妻、三项指标的底线挡住",
}


def _cause(question: Question, program: Program, school: str, stage: str, subject: str) -> str:
    """Why a post stays empty."""
    here = question.posts.xs((stage, subject), level=("stage", "subject"))
    over = set(here.index[here["have"] > here["low"]])
    if not over:
        return "none_over"
    ways = defaultdict(set)
    for g, to in program.moves:
        for kind in question.groups[g].kinds:
            if (kind.stage, kind.subject) == (stage, subject):
                ways[kind.school].add(to)
    if not any(ways[s] for s in over):
        return "nobody" if not _senders(question, over, stage, subject) else "far"
    reached, front = set(over), list(over)
    while front:
        further = ways[front.pop()] - reached
        reached |= further
        front += further
    return "limits" if school in reached else "far"


def _senders(question: Question, schools: set[str], stage: str, subject: str) -> list[Kind]:
    """Kinds of those who can be sent from schools."""
    kinds = (kind for group in question.groups for kind in group.kinds)
    return [k for k in kinds if (k.stage, k.subject) == (stage, subject) and k.school in schools]
