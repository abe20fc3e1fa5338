"""Exercise of 6.2: what mentoring added in the schools that began first, by four means."""

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.progress import programme_panel

NEVER = 0


def _means(county: County) -> tuple[pd.DataFrame, int]:
    """Mean scores by the year of the beginning and year, and the year in which the first group began."""
    means = programme_panel(county, "mentoring").pivot_table(index="began", columns="year", values="value")
    first = int(means.index[means.index > NEVER].min())
    if len(means.columns[means.columns < first - 1]) < 2:
        raise Lacking(f"第一批{first}年开始，按前一年的成绩挑选，更早的成绩要至少两年")
    return means, first


def _gains(means: pd.DataFrame, base: list[int]) -> pd.Series:
    """What each group gained from the mean of some years to the last."""
    return means.iloc[:, -1] - means[base].mean(axis=1)


def _answer(county: County) -> dict[str, float]:
    means, first = _means(county)
    return _with_base(means, first, [year for year in means.columns if year < first - 1])


def _with_base(means: pd.DataFrame, first: int, base: list[int]) -> dict[str, float]:
    gain = _gains(means, base)
    return {"自己比": gain[first], "作用": gain[first] - gain[NEVER]}


def _year_before(county: County) -> dict[str, float]:
    means, first = _means(county)
    return _with_base(means, first, [first - 1])


def _against_all_others(county: County, right: dict[str, float]) -> dict[str, float]:
    """Compare with all other groups, which have the programme too by the last year."""
    means, first = _means(county)
    gain = _gains(means, [year for year in means.columns if year < first - 1])
    return {**right, "作用": gain[first] - gain.drop(first).mean()}


def _after_only(county: County) -> float:
    means, first = _means(county)
    return means.iloc[:, -1][first] - means.iloc[:, -1][NEVER]


EXERCISES = {
    "4": Exercise(
        answer=_answer,
        hints=(
            "每一组都从2018、2019两年的平均，比到2025年。先看第一批自己，再减去一直没有做的那一组同样的变化。",
            "`means.loc[2021, [2018, 2019]].mean()`是第一批挑选以前的平均；一直没有做的，`began`是0，在`means.loc[0]`。",
            "`{\"自己比\": gain[2021], \"作用\": gain[2021] - gain[0]}`，`gain = means[2025] - means[[2018, 2019]].mean(axis=1)`。",
        ),
        mistakes={
            "从2020年比起了。学校正是按2020年的成绩挑的，那一年偏低，会自己回升。": lambda county, right: _year_before(county),
            "“作用”没有减去一直没有做的那一组的变化。": lambda county, right: {**right, "作用": right["自己比"]},
            "“作用”减反了。": lambda county, right: {**right, "作用": -right["作用"]},
            "“作用”和别的批次也比了。别的批次到2025年也做着，不是没有做的。": _against_all_others,
            "“作用”是2025年的分数直接相减。挑的本来就是低分学校，要各减各的起点。": lambda county, right: {
                **right, "作用": _after_only(county),
            },
        },
        unit="分",
        tolerance=0.05,
        right="这就是分批估计里的一格：一批学校、一年、只和一直没有做的比。合成的县里，第一批到2025年埋下的作用是20分；算出来的差在机会的起伏上。",
        tables=("school_results.score", "programmes"),
    ),
}  # fmt: skip
