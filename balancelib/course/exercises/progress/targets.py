"""Exercise of 6.1: a school's target for next year, beside where today's pace leads."""

import numpy as np
import pandas as pd

from balancelib.assess import indicator_history
from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.progress import effort, logistic_path, pace, target_paths

INDICATOR, STAGE = "backbone_teachers", "primary"
AHEAD = 5  # years until it is to hold


def _series(county: County) -> pd.Series:
    """Ratios by year of the primary section that has the fewest backbone teachers, but some, this year."""
    history = indicator_history(county)
    own = history[(history["indicator"] == INDICATOR) & (history["stage"] == STAGE)]
    now = own[(own["year"] == own["year"].max()) & (own["ratio"] > 0) & (own["ratio"] < 1)]
    if now.empty:
        raise Lacking("没有一所小学的骨干教师在0和标准之间，这道题换一个县做")
    lowest = now.sort_values(["ratio", "school_id"]).iloc[0]["school_id"]
    return own[own["school_id"] == lowest].set_index("year")["ratio"].dropna()


def _answer(county: County) -> dict[str, float]:
    ratios = _series(county)
    last = int(ratios.index.max())
    history = pd.DataFrame({"year": [last], "school_id": "1", "name": "1", "stage": STAGE, "indicator": INDICATOR,
                            "pupils": 1, "threshold": 1.0, "value": ratios[last], "ratio": ratios[last]})  # fmt: skip
    target = target_paths(history, last + AHEAD)["share"].iloc[1]
    line = pace(ratios.index, ratios, [last + 1])["line"].iloc[0]
    return {"目标": 100 * target, "步子": 100 * line, "差": 100 * (target - line)}


def _told(target: float, right: dict[str, float]) -> dict[str, float]:
    return {"目标": target, "步子": right["步子"], "差": target - right["步子"]}


def _shared_out(county: County) -> float:
    now = _series(county).iloc[-1]
    return 100 * (now + (1 - now) / AHEAD)


def _not_six(county: County) -> float:
    """The threshold taken for 1 of 10 and not for 6."""
    now = _series(county).iloc[-1]
    return 100 * float(logistic_path(now, effort(now, 1, AHEAD), 1))


def _late(county: County, right: dict[str, float]) -> dict[str, float]:
    """The line of this year, not of the next."""
    ratios = _series(county)
    line = 100 * pace(ratios.index, ratios, [ratios.index.max()])["line"].iloc[0]
    return {**right, "步子": line, "差": right["目标"] - line}


def _last_step(county: County, right: dict[str, float]) -> dict[str, float]:
    """Today's value and the last year's change."""
    ratios = _series(county).to_numpy()
    line = 100 * (ratios[-1] + np.diff(ratios)[-1])
    return {**right, "步子": line, "差": right["目标"] - line}


EXERCISES = {
    "1": Exercise(
        answer=_answer,
        hints=(
            "“目标”用路径：标准当作6分，五年走到，看第一年。“步子”用直线：八年的数，往后接一年。",
            "`effort(6 * now, 6, 5)`是每年的努力，`logistic_path(6 * now, …, 1) / 6`是第一年的目标；`pace(years, ratios, [下一年])`的`line`是直线。",
            "`goal = 100 * float(logistic_path(6 * now, effort(6 * now, 6, 5), 1)) / 6`，`line = 100 * pace(its.index, its, [last + 1])[\"line\"].iloc[0]`，差是两个相减。",
        ),
        mistakes={
            "“目标”是平摊的：每年一样多的百分点。路径是每年在对数胜算上走一样的一步。": lambda county, right: _told(_shared_out(county), dict(right)),
            "“目标”没有把标准当作6分：`now`和终点都要乘6，算完再除以6。": lambda county, right: _told(_not_six(county), dict(right)),
            "“步子”用的是直线在今年的值，题目问下一年。": lambda county, right: _late(county, dict(right)),
            "“步子”只用了最后一年的变化。直线要用八年的数。": lambda county, right: _last_step(county, dict(right)),
            "写成了小数，题目问标准的百分之几。": lambda county, right: right / 100,
            "“差”减反了：是目标减去步子。": lambda county, right: {**right, "差": -right["差"]},
        },
        unit="%",
        tolerance=0.05,
        right="差是正的，照现在的步子明年就落在路后面，要加力；是负的，明年不加力也到，看守不守得住。",
        tables=("history",),
    ),
}  # fmt: skip
