"""Exercise of 6.3: how the list of what is to be mended stands on a day."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.progress import judge_ledger, ledger_of, overdue_list

DAY, LATER = "2025-11-01", "2025-12-01"


def _judged(county: County, day: str = DAY) -> pd.DataFrame:
    return judge_ledger(ledger_of(county), day, visits=county.tables["inspections"])


def _counts(judged: pd.DataFrame) -> dict[str, float]:
    return {
        "改好": float((judged["status"] == "mended").sum()),
        "追问": float(len(overdue_list(judged))),
        "最久": float(judged["days_late"].max()) if len(judged) else 0.0,
    }


def _with(county: County, right: pd.Series, **others: float) -> dict[str, float]:
    return {**right, **others}


def _claimed(county: County) -> float:
    """What is written to be mended by the day, with evidence or without, come back or not."""
    return float(_judged(county)["status"].isin(["mended", "unproven", "reopened"]).sum())


def _overdue(county: County) -> float:
    return float((_judged(county)["status"] == "overdue").sum())


EXERCISES = {
    "8": Exercise(
        answer=lambda county: _counts(_judged(county)),
        hints=(
            "三个数都按11月1日那一天算：那一天以后立的不在里面，那一天以后才写完成的还没有改好。",
            "`judge_ledger(ledger, \"2025-11-01\", visits=visits)`给每一件一个`status`：`mended`是改好有佐证，`overdue_list`挑出要追问的。",
            "`{\"改好\": (judged[\"status\"] == \"mended\").sum(), \"追问\": len(overdue_list(judged)), \"最久\": judged[\"days_late\"].max()}`。",
        ),
        mistakes={
            "按12月1日算了。题目问11月1日那一天。": lambda county, right: _counts(_judged(county, LATER)),
            "“改好”里有没有佐证的，或者改了又出现的。写了改好不等于改好。": lambda county, right: _with(
                county, right, 改好=_claimed(county)
            ),
            "“追问”只数了超期的。没有佐证的、又出现的也要问。": lambda county, right: _with(county, right, 追问=_overdue(county)),
        },
        tolerance=0,
        right="汇报时用有佐证、没有再出现的数；要追问的一件一件找到岗位，问卡在哪里，不是只报一个总数。",
        tables=("actions", "inspections"),
    ),
}  # fmt: skip
