"""Exercise of 5.2: a share above one, the same children counted twice over, and a cohort's account."""

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import cohort_counts, register_rates, register_sizes, retention


def _rates(county: County) -> dict[str, float]:
    """The quotient of two registers, the least share of the certificate's holders, and the last cohort's retention and gap."""
    rates, cohort = register_rates(county), retention(cohort_counts(county, ["entered"])).iloc[-1]
    return {
        "相除": 100 * rates.loc["divided", "least"],
        "持证至少": 100 * rates.loc["holders", "least"],
        "巩固率": 100 * cohort["rate"],
        "对不上": cohort["unexplained"],
    }


def _turned_over(county: County) -> float:
    sizes = register_sizes(county, "disabled").sum()
    return 100 * sizes["federation"] / sizes["school"]


def _plain(county: County) -> float:
    """Graduates over entrants: transfers and deaths forgotten."""
    cohort = cohort_counts(county, ["entered"]).iloc[-1]
    return 100 * cohort["graduates"] / cohort["entrants"]


def _wrong_signs(county: County) -> float:
    """Transfers in added and transfers out taken away."""
    cohort = cohort_counts(county, ["entered"]).iloc[-1]
    kept = cohort["graduates"] + cohort["transfers_in"] - cohort["transfers_out"]
    return 100 * kept / (cohort["entrants"] - cohort["deaths"])


EXERCISES = {
    "4": Exercise(
        answer=_rates,
        hints=(
            "前两个数都用残联作分母：一个是学籍的人数去除，一个只数持证的孩子里在学籍上的。",
            "`register_rates`的`divided`、`holders`两行，`least`一列。巩固率：毕业减转入加转出，除以入学减死亡。",
            "`cohort`一行的`rate`是巩固率，`unexplained`是对不上的人数；率要乘100。",
        ),
        mistakes={
            "“相除”的分子分母反了：学籍的人数在上，残联的在下。": lambda county, right: {**right, "相除": _turned_over(county)},
            "“持证至少”和“相除”一样了：分子里要去掉没有证的孩子。": lambda county, right: {**right, "持证至少": right["相除"]},
            "“巩固率”是毕业除以入学。转入的要减，转出的要加，死亡的从分母里去掉。": lambda county, right: {**right, "巩固率": _plain(county)},
            "“巩固率”里转入、转出的加减反了。": lambda county, right: {**right, "巩固率": _wrong_signs(county)},
            "“对不上”的正负反了：毕业的比账上多，是正的。": lambda county, right: {**right, "对不上": -right["对不上"]},
        },
        unit="（率是%，对不上是人）",
        tolerance={"相除": 0.05, "持证至少": 0.05, "巩固率": 0.05, "对不上": 0.5},
        right="超过100%的是两群人相除；持证的孩子里真正在学籍上的，不会超过100%。账对不上，巩固率先不要报。",
        tables=("registers", "cohorts"),
    ),
}  # fmt: skip
