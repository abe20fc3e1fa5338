"""Why this teacher and not another, what changes if she stays, and why a post is still empty: every sentence worked out anew."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection

import pandas as pd

from balancelib.county.schema import schema
from balancelib.teachers.definitions import subject_labels
from balancelib.teachers.rotation.ledger import SHORT, Ledger
from balancelib.teachers.rotation.people import Group, Kind
from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.planning import solve
from balancelib.teachers.rotation.program import AIMS, METRES, Program
from balancelib.teachers.rotation.question import Question

NEAREST = 2  # others of whom it is told what would be worse with them


def explain_moves(plan: RotationPlan) -> pd.DataFrame:
    """Give for each teacher who is sent the reason that the county can tell (逐人说明).

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``name`` of the school of today, ``to`` (name of the new one), ``alike`` (teachers who differ in nothing that counts and stay),
        ``others`` (further teachers of the subject who may go there), ``exchange`` (``fills`` what the new school lacks; ``swap``: somebody of the subject
        comes from there; ``chain``: somebody of the subject leaves it for elsewhere; ``none``) and ``why``, a paragraph that names no teacher.
    """
    q, names, ledger = plan.question, plan.question.county.names, Ledger(plan)
    able, party = _able(q), {t: g for g in q.groups for p in g.parties for t in p}
    rows = []
    for teacher, move in plan.moves.iterrows():
        kind, to = plan.kinds[teacher], move["to_id"]
        alike = sum(k == kind for t, k in plan.kinds.items() if t not in plan.moves.index)
        others = {
            t: g
            for t, g in able[to, kind.stage, kind.subject].items()
            if t not in plan.moves.index and plan.kinds[t] != kind
        }
        exchange, told = _exchange(plan, ledger, party[teacher], move)
        why = (
            f"在本校{move['years']}年；{_own(plan, kind)}；{told}；家到新学校{move['km']:.1f}公里；"
            f"条件完全相同而留下的{alike}人{'（本校年限更短或相同）' if alike else ''}，同科还能去的{len(others)}人"
            f"{_instead(plan, ledger, party[teacher], kind, to, others)}"
        )
        rows.append((teacher, names[kind.school], names[to], alike, len(others), exchange, why))
    columns = ["teacher_id", "name", "to", "alike", "others", "exchange", "why"]
    return pd.DataFrame(rows, columns=columns).set_index("teacher_id")


def _own(plan: RotationPlan, kind: Kind) -> str:
    """Say what becomes of the subject at the school of today."""
    moves, post = plan.moves, plan.posts.loc[(kind.school, kind.stage, kind.subject)]
    same = (moves["stage"] == kind.stage) & (moves["subject"] == kind.subject)
    went, came = (int((same & (moves[end] == kind.school)).sum()) for end in ("school_id", "to_id"))
    both = f"派出{went}人" + (f"、派来{came}人" if came else "")
    return f"本校{subject_labels()[kind.subject]}要{post['low']:.0f}人，派前{post['have']:.0f}人，{both}，派后{post['after']:.0f}人"


def _exchange(plan: RotationPlan, ledger: Ledger, group: Group, move: pd.Series) -> tuple[str, str]:
    """Say what the new school has of it: what is filled there, or who leaves it."""
    if move["fills"]:
        labels = subject_labels()
        return (
            "fills",
            f"新学校缺{'、'.join(labels.get(item, SHORT.get(item, '')) for item in move['fills'])}",
        )
    moves = plan.moves
    leave = moves[
        (moves["school_id"] == move["to_id"])
        & (moves["stage"] == move["stage"])
        & (moves["subject"] == move["subject"])
    ]
    if back := int((leave["to_id"] == move["school_id"]).sum()):
        return "swap", f"不补新学校的缺；新学校同科有{back}人换到本校"
    if len(leave):
        return "chain", "不补新学校的缺；新学校同科另有人调出，由这一位接"
    return "none", f"不补新学校的缺，新学校也没有同科的人调出：{_else(plan, ledger, group, move)}"


def _else(plan: RotationPlan, ledger: Ledger, group: Group, move: pd.Series) -> str:
    """Say what else somebody is sent for who fills nothing and replaces nobody of the subject."""
    if plan.question.goes_with(move.name) is not None:
        return "和配偶一起去"
    breaks = ledger.without((group.kinds, move["to_id"]))
    return f"不派这一位，{breaks}" if breaks else "为凑比例"


def _instead(
    plan: RotationPlan, ledger: Ledger, group: Group, kind: Kind, to: str, others: dict[str, Group]
) -> str:
    """Say of the nearest others what would be worse with them."""
    q = plan.question
    near = {}
    for teacher, other in others.items():
        near.setdefault(plan.kinds[teacher], other)
    told = []
    for other in sorted(near, key=lambda k: (q.away(k, to), k))[:NEAREST]:
        result = ledger.outcome([(group.kinds, to)], [(near[other].kinds, to)])
        told.append(f"离新学校{q.away(other, to):.1f}公里的一位，{result.told}")
    return f"。换成同科住得最近的别人：{'；'.join(told)}" if told else ""


def _able(question: Question) -> dict[tuple[str, str, str], dict[str, Group]]:
    """Who may go to each school, and with whom, by school, stage and subject."""
    able = defaultdict(dict)
    for group, schools in zip(question.groups, question.reach, strict=True):
        for school in schools:
            for party in group.parties:
                for teacher, kind in zip(party, group.kinds, strict=True):
                    able[school, kind.stage, kind.subject][teacher] = group
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
    lists = f"名单换{someone}人（派出{len(again.moves)}人，原来{len(plan.moves)}人）"
    return (
        f"换得了：{lists}，{'；'.join(told) or '各个目标都不变'}{'' if again.proven else '（没有证明最好）'}"
    )


def _change(aim: str, amount: float) -> str:
    told = abs(amount) / (METRES if aim == "km" else 1)
    return f"{'多' if amount > 0 else '少'}{told:g}"


def explain_left(plan: RotationPlan) -> pd.DataFrame:
    """Say of each post that stays empty why exchange does not fill it (还缺的岗位，轮岗为什么补不上).

    Returns
    -------
    DataFrame
        ``school_id, name, stage, subject, short`` (teachers), ``cause`` and ``why``. ``none_over``: no school of the stage has more than it needs;
        ``nobody``: some have, and nobody of theirs can be sent; ``far``: nobody of theirs reaches it, not even with a colleague in between; ``no_road``: nobody wrote down how far it is; ``limits``: those who
        could were needed elsewhere, or the limits of schools, couples or the indicators stand in the way.
    """
    q, labels, stages = plan.question, subject_labels(), schema().stages
    names = q.county.names
    program = Program(q)
    rows = []
    for (school, stage, subject), post in plan.posts[plan.posts["short_after"] > 0].iterrows():
        cause = _cause(q, program, (school, stage, subject))
        upward = "" if q.limits.upward else "，或者那一手要把不补缺的人往上派"
        why = WHY[cause].format(
            upward=upward, stage=stages[stage], subject=labels.get(subject, subject), within=q.limits.within
        )
        rows.append((school, names.get(school, school), stage, subject, int(post["short_after"]), cause, why))
    return pd.DataFrame(rows, columns=["school_id", "name", "stage", "subject", "short", "cause", "why"])


WHY = {
    "none_over": "全县{stage}没有一所学校{subject}教师多：轮岗变不出人，要招聘、转岗培训或走教",
    "nobody": "有学校{subject}教师多，可是没有一人符合条件、派得出：看年限、照顾对象和退休",
    "far": "{subject}教师多的学校，能派的人都住在{within:g}公里以外，转一手也够不着{upward}：放远路程，或给住宿",
    "no_road": "校际路程表里没有写{subject}教师多的学校到这里有多远，判断不了：先补上路程",
    "limits": "能派的人去了别处，或者被每校进出的上限、夫妻、三项指标的底线挡住",
}


def _cause(question: Question, program: Program, place: tuple[str, str, str]) -> str:
    """Why a post stays empty."""
    school, stage, subject = place
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
        return "nobody" if not _senders(question, over, stage, subject) else _far(question, over, place)
    reached, front = set(over), list(over)
    while front:
        further = ways[front.pop()] - reached
        reached |= further
        front += further
    return "limits" if school in reached else _far(question, over, place)


def _far(question: Question, over: set[str], place: tuple[str, str, str]) -> str:
    """Whether those who could be sent live too far away, or nobody knows how far."""
    school, stage, subject = place
    unknown = any(question.road_unknown(kind, school) for kind in _senders(question, over, stage, subject))
    return "no_road" if unknown else "far"


def _senders(question: Question, schools: set[str], stage: str, subject: str) -> list[Kind]:
    """Kinds of those who can be sent from schools."""
    kinds = (kind for group in question.groups for kind in group.kinds)
    return [k for k in kinds if (k.stage, k.subject) == (stage, subject) and k.school in schools]
