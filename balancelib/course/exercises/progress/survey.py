"""Exercise of 6.3: satisfaction reckoned plainly and weighted, and what those who did not answer must think."""

import numpy as np

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.progress import (
    answers_by_wave,
    plain_share,
    quota_weights,
    silent_needed,
    survey_answers,
    survey_cells,
    weighted_share,
)

LIMIT = 0.85


def _answer(county: County) -> dict[str, float]:
    cells = survey_cells(county)
    shares = (plain_share(cells).value, weighted_share(cells).value, silent_needed(cells, LIMIT))
    return dict(zip(("直接算", "加权", "没答的要有"), (100 * share for share in shares), strict=True))


def _blank_as_no(county: County) -> float:
    """As if who left the question blank were not satisfied."""
    return 100 * survey_answers(county)["satisfied"].fillna(0).mean()


def _cells_alike(county: County) -> float:
    return 100 * survey_cells(county)["share"].mean()


def _by_forms(county: County) -> float:
    cells = survey_cells(county)
    return 100 * float(np.average(cells["share"], weights=cells["sent"]))


def _by_quota(county: County) -> float:
    """As the national survey has it: half of the weight to parents, the rest alike."""
    cells = survey_cells(county)
    return 100 * weighted_share(cells, quota_weights(cells)).value


def _late(county: County) -> float:
    return 100 * float(answers_by_wave(survey_answers(county)).waves["share"][2])


EXERCISES = {
    "7": Exercise(
        answer=_answer,
        hints=(
            "`cells`一行是一格：`size`是人数，`valid`是有效答卷，`satisfied`是满意的份数，`share`是满意的比例。",
            "直接算是满意的份数除以有效答卷；加权是每格的比例乘人数，加起来除以总人数。第三个用`silent_needed(cells, 0.85)`。",
            "`100 * plain_share(cells).value`、`100 * weighted_share(cells).value`、`100 * silent_needed(cells, 0.85)`。",
        ),
        mistakes={
            "“直接算”把没有作答的当成了不满意。空着就是不知道，从分母里去掉。": lambda county, right: {
                **right, "直接算": _blank_as_no(county),
            },
            "“加权”是各格直接平均：几十名校长和一万多名家长一样重了。": lambda county, right: {
                **right, "加权": _cells_alike(county),
            },
            "“加权”用了发出的份数当权。每校发一样多，发得多不等于人多；要用`size`。": lambda county, right: {
                **right, "加权": _by_forms(county),
            },
            "“加权”按上级的配比算了，家长占一半。题目问按人数：一格有多少人，就算多重。": lambda county, right: {
                **right, "加权": _by_quota(county),
            },
            "“没答的要有”写成了催了才答的人里满意的比例。那是他们怎样想，题目问的是要多少才到线：用`silent_needed`。": lambda county, right: {
                **right, "没答的要有": _late(county),
            },
            "前两个写反了。": lambda county, right: {**right, "直接算": right["加权"], "加权": right["直接算"]},
            "写成了小数，题目问百分之几。": lambda county, right: {name: value / 100 for name, value in right.items()},
        },
        unit="%",
        tolerance=0.05,
        right="第三个数拿去问熟悉情况的人：没有答的人里，有没有这么多满意的？催了才答的人是线索。",
        tables=("survey_frame", "survey"),
    ),
}  # fmt: skip
