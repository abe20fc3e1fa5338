"""Exercise of 6.2: what a reform of one county did, by three ways of saying what would have been."""

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.progress import naive_claims, peer_outcomes, placebo_counties, synthetic_county

SINCE = 2019


def _answer(county: County) -> dict[str, float]:
    peers = peer_outcomes(county)
    claims = naive_claims(peers, SINCE)
    return {
        "前后比": claims["before_after"],
        "减去平均": claims["against_average"],
        "合成的县": synthetic_county(peers, SINCE).effect,
        "第几": placebo_counties(peers, SINCE).rank,
    }


EXERCISES = {
    "5": Exercise(
        answer=_answer,
        hints=(
            "三种说法，差在“不改革本来会怎样”：停在改革以前的平均；和各县平均同样地变；和合成的县一样。差异系数降了，是负的。",
            "`own[after].mean() - own[~after].mean()`是前后比；把`own`换成`own - average`，就减去了各县平均同样的变化。合成的县的差，改革以后各年平均。",
            "`{\"前后比\": own[after].mean() - own[~after].mean(), \"减去平均\": gap[after].mean() - gap[~after].mean(), "
            "\"合成的县\": made.effect, \"第几\": placebo.rank}`，`gap = own - average`。",
        ),
        mistakes={
            "“减去平均”只比了改革以后：本县原来就和平均不一样，要减去改革以前的差。": lambda county, right: {
                **right, "减去平均": naive_claims(peer_outcomes(county), SINCE)["level"],
            },
            "正负号反了：改革以后减去改革以前，本县减去别的县。差异系数降了，是负的。": lambda county, right: {
                **right, **{name: -right[name] for name in ("前后比", "减去平均", "合成的县")},
            },
            "“第几”写成了p值：p是名次除以县的个数，题目问排第几。": lambda county, right: {
                **right, "第几": placebo_counties(peer_outcomes(county), SINCE).p,
            },
            "“合成的县”用了全部年份的平均：改革以前的几年是用来拼的，要从2019年算起。": lambda county, right: {
                **right, "合成的县": synthetic_county(peer_outcomes(county), SINCE).paths["gap"].mean(),
            },
        },
        tolerance={"前后比": 0.0006, "减去平均": 0.0006, "合成的县": 0.0006, "第几": 0},
        right="合成的数据里，每个种子埋下的作用都是七年平均−0.051：看你的三个数哪个最近。多数种子是合成的县最近，不是每一个；它也只在改革以前拼得像的时候才可信。",
        tables=("peer_counties",),
    ),
}  # fmt: skip
