"""Exercise of 6.1: by which year all can hold when no year may cost more than the budget."""

import pandas as pd

from balancelib.assess import indicator_history
from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.progress import load_measures, plan_levels, private_costs

FIVE, MORE = 5, 1.25  # the budget: so much more than a five years' plan takes on average
YEARS = 8  # so many years ahead are tried, from the second on


def _levels(county: County, private: bool = True) -> pd.DataFrame:
    """What each year costs, a row a year in which all is to hold; after it there is nothing to build."""
    history, measures = indicator_history(county), load_measures()
    last = int(history["year"].max())
    costs = private_costs(county.schools, measures) if private else None
    levels = plan_levels(history, range(last + 2, last + YEARS + 1), measures, costs)
    return levels[levels["year"] <= levels["until"]].pivot(index="until", columns="year", values="money")


def _budget(levels: pd.DataFrame) -> float:
    """万元 a year, as the notebook reckons them."""
    return round(MORE * levels.iloc[FIVE - 2].mean())  # the first row is the plan of two years


NONE = {"年": 0.0, "万元": 0.0}


def _found(levels: pd.DataFrame, fits: pd.Series, none: dict[str, float] = NONE) -> dict[str, float]:
    """The first year that fits, and what it costs in all; where none does, what is given: of a mistake what is right, for nobody who writes 0 made that one."""
    if not fits.any():
        return none
    until = fits.idxmax()
    return {"年": float(until), "万元": float(levels.loc[until].sum())}


def _answer(county: County) -> dict[str, float]:
    levels = _levels(county)
    return _found(levels, levels.max(axis=1) <= _budget(levels))


def _by_mean(county: County, right: dict[str, float]) -> dict[str, float]:
    levels = _levels(county)
    return _found(levels, levels.mean(axis=1) <= _budget(levels), right)


def _with_private(county: County, right: dict[str, float]) -> dict[str, float]:
    levels = _levels(county, private=False)
    return _found(levels, levels.max(axis=1) <= _budget(_levels(county)), right)


def _first_year(county: County, right: dict[str, float]) -> dict[str, float]:
    levels = _levels(county)
    return _found(levels, levels.iloc[:, 0] <= _budget(levels), right)


EXERCISES = {
    "2": Exercise(
        answer=_answer,
        hints=(
            "每一个达标年份有一行钱。一行里没有一年超过`budget`，这个年份才行；最早的一个就是。",
            "`levels[levels[\"year\"] <= levels[\"until\"]]`只留到达标那一年的钱，再按`until`分开，看`money`最大的一年。",
            "`most = kept.groupby(\"until\")[\"money\"].max()`，`until = most.index[most <= budget].min()`，`total = kept.loc[kept[\"until\"] == until, \"money\"].sum()`。",
        ),
        mistakes={
            "比的是平均每年的钱。平均够，不等于每年够：工程整所地建，有一年会超。": _by_mean,
            "民办学校的钱也算进去了。民办学校由举办者出钱。": _with_private,
            "只看了第一年的钱。每一年都要够。": _first_year,
            "写的是0，就是哪一年也不行；可是有一年行：再往后的年份也看一看。": lambda county, right: NONE,
            "“万元”写的是平均每年，题目问到那一年一共。": lambda county, right: {
                **right, "万元": right["万元"] / max(right["年"] - int(indicator_history(county)["year"].max()), 1),
            },
        },
        tolerance={"年": 0, "万元": 1.0},
        right="再看早一年的计划哪几年超：只超一两年的，不必整个推后，把超的那年里一所学校的工程挪一年，常常就够了。",
        tables=("history",),
    ),
}  # fmt: skip
