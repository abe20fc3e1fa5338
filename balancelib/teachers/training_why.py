"""A plan of training explained: what holds it back, who goes where, what one more teacher costs; and its workbook."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from balancelib.county.files import whole_or_absent
from balancelib.teachers.training import ENOUGH, LAYERS
from balancelib.teachers.training_plan import TrainingPlan, solve
from balancelib.teachers.training_question import Question

WAYS = {"fair": (True, "teachers"), "free": (False, "teachers"), "hours": (True, "hours")}
PLENTY = 1e9  # 元 or places: more than any county asks for
OUTCOMES = {"done": "补齐", "part": "补一部分", "none": "没有排课"}
REASONS = {
    "no_course": "没有适合的课：添课",
    "too_far": "差得太多，一年补不完：分两年",
    "rural": "钱和名额还有，为守住乡村的比例先没有排",
    "waits": "有适合的课，名额或经费先给了别人",
}


def course_use(plan: TrainingPlan) -> pd.DataFrame:
    """Say of each course how many go there (各个培训项目排了多少人).

    Returns
    -------
    DataFrame
        By ``course_id``: ``label, layer, hours, places, given``, and ``full`` (no place is left).
    """
    table = plan.question.courses.table
    given = plan.given["course_id"].value_counts().reindex(table.index, fill_value=0)
    found = table[["label", "layer", "hours", "places"]].assign(given=given)
    return found.assign(full=found["given"] >= found["places"])


def plan_by_area(plan: TrainingPlan) -> pd.DataFrame:
    """Count by area who is short, who is given courses and who is completed (城区、镇区、乡村各补齐多少).

    Returns
    -------
    DataFrame
        By ``area``: teachers ``short``, ``able`` to be completed this year by some courses, ``given`` any, ``completed``; and the ``share`` completed of the
        able, which is what the rural rule holds.
    """
    people = _outcomes(plan)
    counts = pd.DataFrame(
        {
            "short": people["gap"] > ENOUGH,
            "able": plan.question.kinds.map(plan.question.able),
            "given": (people["gap"] > ENOUGH) & (people["outcome"] != "none"),
            "completed": people["outcome"] == "done",
        }
    ).astype(int)
    counts = counts.groupby(people["area"]).sum()
    return counts[counts["short"] > 0].assign(share=counts["completed"] / counts["able"])


def _outcomes(plan: TrainingPlan) -> pd.DataFrame:
    """The plan's people with the hours ``given`` to them and the ``outcome``, one of `OUTCOMES`."""
    hours = plan.given["course_id"].map(plan.question.courses.table["hours"])
    given = hours.groupby(plan.given["teacher_id"]).sum()
    people = plan.question.people.assign(given=given).fillna({"given": 0.0})
    done = (people["gap"] > ENOUGH) & (people["given"] >= people["gap"] - ENOUGH)
    return people.assign(outcome=np.select([done, people["given"] > 0], ["done", "part"], "none"))


def explain_training(plan: TrainingPlan) -> pd.DataFrame:
    """Say of each teacher who is short what is given, and why not more (逐个教师说明).

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``school, layer, subject, gap``; ``courses`` (ids, a tuple) and ``given`` hours; ``outcome``, one of `OUTCOMES`; ``reason``, one of
        `REASONS`, empty for those completed (``rural``: what is left would do, but for the rule of the rural share); ``cheapest``: 元 of the cheapest courses that would close the gap, NaN where none do.

    Notes
    -----
    For the county and its schools, which act on it; not to be published.
    """
    people = _outcomes(plan)
    short = people[people["gap"] > ENOUGH]
    columns = plan.question.columns
    cheapest = columns[columns["completes"] == 1].groupby("type")["cost"].min()
    kinds = plan.question.kinds[short.index]
    lacks = [
        short["outcome"] == "done",
        ~kinds.isin(columns["type"]),
        ~kinds.isin(cheapest.index),
        kinds.isin(_held_back(plan)),
    ]
    reason = np.select(lacks, ["", "no_course", "too_far", "rural"], "waits")
    courses = plan.given.groupby("teacher_id")["course_id"].agg(tuple)
    found = short[["school", "layer", "subject", "gap", "given", "outcome"]].assign(
        courses=[courses.get(teacher, ()) for teacher in short.index],
        reason=reason,
        cheapest=kinds.map(cheapest),
    )
    return found


def _held_back(plan: TrainingPlan) -> pd.Series:
    """Kinds that the money and places left would complete: only the rural rule can stand in their way."""
    columns, (budget, fair, _) = plan.question.columns, plan.terms
    full = set(course_use(plan).query("full").index)
    open_ = columns["courses"].map(full.isdisjoint).astype(bool)
    cheap = columns["cost"] <= budget - plan.cost + ENOUGH
    return columns.loc[(columns["completes"] == 1) & open_ & cheap & fair, "type"]


def what_binds(plan: TrainingPlan) -> pd.Series:
    """Solve again without one limit after the other: teachers completed under each (卡在钱、名额还是时间).

    Returns
    -------
    Series
        ``as_is``; ``money``: with all the money that is asked for; ``places``: with places for all; ``both``; ``time``: both, and twice the hours and
        one course more a teacher; ``rural``: the limits as they are, without the rule of the rural share.
    """
    question, (budget, fair, aim) = plan.question, plan.terms
    courses = question.courses
    places = replace(courses, table=courses.table.assign(places=PLENTY))
    time = replace(places, most_hours=2 * courses.most_hours, most_courses=courses.most_courses + 1)
    asked = {
        "money": (courses, PLENTY), "places": (places, budget), "both": (places, PLENTY), "time": (time, PLENTY),
    }  # fmt: skip
    looser = {
        name: solve(replace(question, courses=c), b, fair, aim, aims=2) for name, (c, b) in asked.items()
    }
    looser["rural"] = solve(question, budget, False, aim, aims=2)
    return pd.Series({"as_is": plan.completed} | {name: found.completed for name, found in looser.items()})


def budget_levels(
    question: Question, budgets: Sequence[float], known: Sequence[TrainingPlan] = ()
) -> pd.DataFrame:
    """Plan with each budget: heads first with the rural share guarded and without, and hours first (多给一笔钱，多补齐几名).

    ``known``: plans of the same question; they are not made again.

    Returns
    -------
    DataFrame
        A row a budget and one of `WAYS` (``way``): ``completed``, ``filled``, ``rural`` and ``other`` (teachers completed), ``proven``.
    """
    made = {plan.terms: plan for plan in known}
    rows = []
    for budget in budgets:
        for way, (fair, aim) in WAYS.items():
            terms = (float(budget), fair, aim)
            plan = made.get(terms) or solve(question, *terms, aims=2)
            rural = int(plan_by_area(plan)["completed"].get("rural", 0))
            rows.append(
                {
                    "budget": budget, "way": way, "completed": plan.completed, "filled": plan.filled,
                    "rural": rural, "other": plan.completed - rural, "proven": plan.proven,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def write_training_plan(plan: TrainingPlan, path: str | Path) -> None:
    """Write a plan as a workbook: a sheet on the courses, and one on the teachers for the county's own use (培训安排表).

    Parameters
    ----------
    plan : TrainingPlan
    path : str or Path
        Ending in ``.xlsx``. Written whole or not at all; the same plan gives the same bytes.
    """
    from balancelib.sheets import Entry, Page, new_book, packed, text  # noqa: PLC0415  heavy: only where a workbook is written

    book = new_book()
    labels = plan.question.courses.table["label"]
    page = Page(book, "培训项目", [34, 12, 12, 12, 12])
    page.title("培训项目安排")
    page.note(plan.message)
    rows = [
        [
            text(one.label),
            LAYERS[one.layer],
            *(Entry(n, decimals=0) for n in (one.hours, one.places, one.given)),
        ]
        for one in course_use(plan).itertuples()
    ]
    page.table(["培训项目", "层次", "学时", "名额", "排了"], rows)
    page = Page(book, "教师", [12, 26, 10, 10, 34, 26], landscape=True)
    page.title("教师培训安排（县里和学校内部用，不公开）")
    page.note("同样情况的教师之间谁先去，由学校定；这里按教师编号排。学时差多少以学校核对后的记录为准。")
    rows = [
        [text(teacher), text(row["school"]), *(Entry(row[n], decimals=0) for n in ("gap", "given")),
         text("、".join(labels[c] for c in row["courses"])), text(REASONS.get(row["reason"], OUTCOMES["done"]))]
        for teacher, row in explain_training(plan).iterrows()
    ]  # fmt: skip
    page.table(["教师编号", "学校", "差的学时", "排的学时", "排的项目", "结果和原因"], rows, repeat=True)
    with whole_or_absent(Path(path)) as temporary:
        temporary.write_bytes(packed(book))
