"""Exercise of the capstone: what a draft of a county's report got wrong, and what should stand there."""

from balancelib.assess import Assessment, assess
from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.progress import SLIPS, grade_report, write_draft
from balancelib.progress.draft import largest_cv, meeting_sections, unweighted_cv


def _judged(county: County) -> tuple[Assessment, str, str]:
    """The verdict, the first stage that has sections, and its indicator with the largest coefficient."""
    verdict = assess(county)
    stage = next((s for s, judged in verdict.stages.items() if judged.sections), None)
    key = largest_cv(verdict, stage) if stage else None
    if key is None:
        raise Lacking("能算差异系数的学校")
    return verdict, stage, key


def _unknown(verdict: Assessment) -> int:
    items = [item for part in verdict.parts.values() if part for item in part.items]
    return sum(item.meets is None for item in items)


def _answer(county: County) -> dict[str, float]:
    verdict, stage, key = _judged(county)
    graded = grade_report(write_draft(county, verdict, SLIPS), county, verdict)
    return {
        "差异系数": verdict.stages[stage].cv[key],
        "达到": meeting_sections(verdict, stage),
        "不能判定": _unknown(verdict),
        "要改": len(graded.to_mend),
    }


def _unweighted(county: County) -> float:
    return unweighted_cv(*_judged(county))


def _without_floor(county: County) -> int:
    verdict, stage, _ = _judged(county)
    return meeting_sections(verdict, stage, floor=False)


def _without_sections(county: County) -> int:
    verdict = assess(county)
    mend = grade_report(write_draft(county, verdict, SLIPS), county, verdict).to_mend
    return int((mend["标准"] != "该有的部分都有").sum())


def _all_findings(county: County) -> int:
    verdict = assess(county)
    return len(grade_report(write_draft(county, verdict, SLIPS), county, verdict).findings)


EXERCISES = {
    "9": Exercise(
        answer=_answer,
        hints=(
            "四个数都从`verdict`和`graded`来，不从初稿里抄：初稿里的有错。",
            "“差异系数”是`judged.cv`里最大的，不取位；“达到”要数`meets`，不是数`met`；“不能判定”数各部分里`meets`是`None`的项。",
            "`max(v for v in judged.cv.values() if v is not None)`，`here[\"meets\"].eq(True).sum()`，"
            "`sum(item.meets is None for item in items)`，`len(graded.to_mend)`。",
        ),
        mistakes={
            "“差异系数”没有按学生数加权，是STDEV除以AVERAGE的数。大学校和小学校不一样重。": lambda county, right: {
                **right, "差异系数": _unweighted(county),
            },
            "“差异系数”先取了一位小数。写报告时写三位，和上限比时一位也不取。": lambda county, right: {
                **right, "差异系数": round(right["差异系数"], 1),
            },
            "“达到”数的是七项里六项达标的，忘了余下一项不低于85%。": lambda county, right: {
                **right, "达到": _without_floor(county),
            },
            "“不能判定”写成了0。没有填的不是达到，要写明缺什么。": lambda county, right: {**right, "不能判定": 0},
            "“要改”没有数空着的部分：只有标题的、没有写完的也要改。": lambda county, right: {
                **right, "要改": _without_sections(county),
            },
            "“要改”数了看过的全部，对的也在里面。": lambda county, right: {**right, "要改": _all_findings(county)},
        },
        tolerance={"差异系数": 0.0005, "达到": 0, "不能判定": 0, "要改": 0},
        right="报告里的每个数都要能倒查到程序。分数高不等于能交：数、结论、不知道、小数目，哪一样错了别的都补不上。",
    ),
}  # fmt: skip
