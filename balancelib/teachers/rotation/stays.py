"""Why an eligible teacher is not sent: what can be decided from the rules and the plan, and what would be worse instead."""

from collections import defaultdict
from collections.abc import Collection

import pandas as pd

from balancelib.teachers.definitions import subject_labels
from balancelib.teachers.rotation.ledger import SHORT, Ledger
from balancelib.teachers.rotation.people import Group, Party, items
from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.question import NOT_SENT

# Beside the reasons why nobody could send them: causes in the order in which they are looked for.
STAYS = {key: label for key, label in NOT_SENT.items() if key != "sent"} | {
    "alike": "条件完全相同的，在本校更久的先去了",
    "far": "够得着的地方，没有一所学校可以去",
    "own": "走了，本校就不够了",
    "needless": "够得着的学校都不缺这一位能补的，比例也已经够了",
    "taken": "能补的缺已由别人补上，或者去了就破了那所学校的规则",
    "open": "方案没有证明最好：加派这一位，还能多补",
}
NO_CASE = {
    "apart": "所在学校另有课程，这里的规则管不到它",
    "retires": "任期满以前会到、或者可能到可以退休的年龄（教师表只有出生年份）",
    "blank": "任教学科、学历、骨干或年龄有空白，先补资料",
    "couple": "同校的配偶不能派，夫妻一起去或者都不去",
    "kept": "县里写明不派",
}


def explain_stays(plan: RotationPlan, teachers: Collection[str] | None = None) -> pd.DataFrame:
    """Say of eligible teachers who are not sent why (没有派的为什么).

    Parameters
    ----------
    plan : RotationPlan
    teachers : collection of str, optional
        Of whom to tell; of all by default.

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``school_id``, ``name`` of the school, ``stage``, ``subject``, ``cause`` (a key of ``STAYS``), ``label`` and ``why``, a sentence that
        names no teacher.

    Raises
    ------
    ValueError
        One of them is sent, or is not eligible.

    Notes
    -----
    Each is tried besides the plan at every school in reach, and in the place of each of the subject who is sent there: these are decided exactly. Longer chains,
    where several change at once, are not listed one by one; a plan that is proven says of all of them together that none is better.
    """
    q = plan.question
    stay = q.staff[(q.staff["status"] == "eligible") & ~q.staff.index.isin(plan.moves.index)].sort_index()
    if teachers is not None:
        if lost := sorted(set(teachers) - set(stay.index)):
            raise ValueError(f"不在符合条件而没有派的人里：{'、'.join(lost)}")
        stay = stay.loc[sorted(set(teachers))]
    told, names = _told_by_teacher(plan), q.county.names
    rows = []
    for teacher, person in stay.iterrows():
        cause, why = told.get(teacher) or (person["sent"], NO_CASE[person["sent"]])
        school = person["school_id"]
        rows.append(
            (
                teacher,
                school,
                names[school],
                person["stage"],
                person["subject"],
                cause,
                STAYS[cause],
                why,
            )
        )
    columns = ["teacher_id", "school_id", "name", "stage", "subject", "cause", "label", "why"]
    return pd.DataFrame(rows, columns=columns).set_index("teacher_id")


def _told_by_teacher(plan: RotationPlan) -> dict[str, tuple[str, str]]:
    """Cause and sentence of everybody who could be sent and is not; those of one group have the same."""
    ledger, sent, told = Ledger(plan), _sent(plan), {}
    for group, schools in zip(plan.question.groups, plan.question.reach, strict=True):
        rest = [party for party in group.parties if party[0] not in plan.moves.index]
        if rest:
            went = len(group.parties) - len(rest)
            found = _alike(went) if went else _cause(ledger, sent, group, schools)
            told |= {teacher: found for party in rest for teacher in party}
    return told


def _sent(plan: RotationPlan) -> dict[tuple[str, str], list[Party]]:
    """Parties that are sent, by stage and subject of each member, each kind once for a school."""
    found, to = defaultdict(dict), plan.moves["to_id"]
    for group in plan.question.groups:
        for party in group.parties:
            if party[0] in to.index:
                for kind in group.kinds:
                    found[kind.stage, kind.subject][group.kinds, to[party[0]]] = None
    return {key: list(parties) for key, parties in found.items()}


def _alike(went: int) -> tuple[str, str]:
    return "alike", f"和派出的{went}人（对）条件完全相同，先派在本校时间长的；时间相同的，按序号"


def _cause(
    ledger: Ledger, sent: dict[tuple[str, str], list[Party]], group: Group, schools: tuple[str, ...]
) -> tuple[str, str]:
    """Say why a group stays of which nobody is sent."""
    q = ledger.question
    if not schools:
        rule = "" if q.limits.upward else "（不补缺的不往上派）"
        return "far", f"离家{q.limits.within:g}公里以内，没有另一所可以去的公办学校{rule}"
    instead = _instead(ledger, sent, group, schools)
    if breaks := ledger.leaving(group.kinds):
        return "own", f"再派这一位，{breaks}。{instead}"
    results = [ledger.outcome([], [(group.kinds, school)]) for school in schools]
    if any(not r.breaks and (r.posts, r.gaps) > (0, 0) for r in results):
        return "open", f"加派这一位还能多补，方案没有来得及算到。{instead}"
    lacking = sum(any(q.fills(kind, school) for kind in group.kinds) for school in schools)
    if lacking:
        told = f"够得着的{len(schools)}所学校里，{lacking}所缺这一位能补的，都已由别人补上，或者去了就破了那里的规则"
        return "taken", f"{told}。{instead}"
    return "needless", f"够得着的{len(schools)}所学校，都不缺{_what(group)}；多派一人，只多动一人。{instead}"


def _what(group: Group) -> str:
    """What a group could fill."""
    labels = subject_labels()
    named = dict.fromkeys(item for kind in group.kinds for item in items(kind))
    return "、".join(SHORT.get(item) or f"{labels.get(item, item)}教师" for item in named)


def _instead(
    ledger: Ledger, sent: dict[tuple[str, str], list[Party]], group: Group, schools: tuple[str, ...]
) -> str:
    """Say what would be worse with this group in the place of one of the subject who is sent: of all such places the best."""
    subjects = dict.fromkeys((kind.stage, kind.subject) for kind in group.kinds)
    places = [party for subject in subjects for party in sent.get(subject, ()) if party[1] in schools]
    if not places:
        return "够得着的学校，方案没有派这一科的人去。"
    best = min(
        (ledger.outcome([party], [(group.kinds, party[1])]).order, k) for k, party in enumerate(places)
    )[1]
    party = places[best]
    told = ledger.outcome([party], [(group.kinds, party[1])]).told
    return f"换下派去{ledger.names[party[1]]}的同科，{told}。"
