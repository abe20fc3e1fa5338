"""The explorer of the coefficient of variation: the official formula beside three mistaken ones."""

from typing import NamedTuple

import pandas as pd

from balancelib.assess.logic import shown, within
from balancelib.figures.bars import OCHRE, Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.measures import cv

FORMULAS = ("官方口径", "算错一", "算错二", "算错三")
PUPILS = range(-15, 46, 3)
AMOUNTS = range(-120, 301, 20)


class Dispersion(NamedTuple):
    """Mean, standard deviation and coefficient of variation of one formula."""

    mean: float
    s: float
    cv: float


def four_formulas(amounts: pd.Series, pupils: pd.Series) -> dict[str, Dispersion]:
    """Return mean, S and CV under the official formula and under three common mistakes.

    算错一 weighs all schools alike; 算错二 also takes the sample form, ``n − 1``; 算错三 divides the unweighted S
    by the county's mean.

    Examples
    --------
    >>> from balancelib.course.example import five_schools
    >>> schools = five_schools()
    >>> for name, one in four_formulas(schools["图书册数"], schools["学生数"]).items():
    ...     print(name, round(one.cv, 9))
    官方口径 0.51525663
    算错一 0.488770682
    算错二 0.546462235
    算错三 0.460228711
    """
    x = amounts / pupils
    plain, county = x.mean(), amounts.sum() / pupils.sum()
    official, one, two = cv(x, weights=pupils), cv(x), cv(x, ddof=1)
    return {
        "官方口径": Dispersion(county, official * county, official),
        "算错一": Dispersion(plain, one * plain, one),
        "算错二": Dispersion(plain, two * plain, two),
        "算错三": Dispersion(county, one * plain, one * plain / county),
    }


def explore_cv(amounts: pd.Series, pupils: pd.Series, limit: float = 0.50, unit: str = "册") -> Explorer:
    """Let the reader choose a school and move its pupils and what it has; the others stay.

    Parameters
    ----------
    amounts : Series
        What each school has, by school, at least 120 of it; its name is shown.
    pupils : Series
        Pupils of each school, more than 15; its name is shown.
    limit : float
        The limit that the coefficient is compared with.
    unit : str
        Unit of the amounts.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Examples
    --------
    >>> from balancelib.course.example import five_schools
    >>> schools = five_schools()
    >>> explorer = explore_cv(schools["图书册数"], schools["学生数"])
    >>> print(explorer.beginning.sentence)
    学校一：学生数45名，图书册数279册。官方口径：均值6.334，S 3.264，差异系数0.515257，超过0.50。三种算错：0.488771不超过，0.546462超过，0.460229不超过。
    """
    if pupils.min() + PUPILS[0] <= 0 or amounts.min() + AMOUNTS[0] < 0:
        raise ValueError(f"每所学校至少要有{1 - PUPILS[0]}名学生、{-AMOUNTS[0]}{unit}，才减得下去。")
    highest = (amounts + AMOUNTS[-1]).div(pupils + PUPILS[0]).max()

    def answer(school: str, more_pupils: int, more_amounts: int) -> Answer:
        moved = pupils.index == school
        return answer_at(
            school, pupils + moved * more_pupils, amounts + moved * more_amounts, limit, unit, highest
        )

    controls = {
        "school": choice("选一所学校", list(pupils.index)),
        "more_pupils": slider(f"{pupils.name}增减", PUPILS, "名", start=0),
        "more_amounts": slider(f"{amounts.name}增减", AMOUNTS, unit, start=0),
    }
    return explore(answer, controls, "差异系数：动一动五所学校")


def answer_at(
    school: str, pupils: pd.Series, amounts: pd.Series, limit: float, unit: str, highest: float
) -> Answer:
    """Answer for one state of the county."""
    formulas = four_formulas(amounts, pupils)
    cvs = {name: shown(one.cv, limit, 6, within) for name, one in formulas.items()}
    verdicts = {name: "不超过" if within(one.cv, limit) else "超过" for name, one in formulas.items()}
    x, official = amounts / pupils, formulas["官方口径"]
    schools = Bars(
        f"生均{amounts.name}（{unit}）",
        [f"{name}（{p}名）" for name, p in pupils.items()],
        x.tolist(),
        [f"{value:.2f}" for value in x],
        top=highest,
        line=official.mean,
        line_text=f"县均值{official.mean:.2f}",
        marked=(x.index == school).tolist(),
        mark=OCHRE,
    )
    return Answer(
        [schools, coefficients(formulas, verdicts, limit)],
        ["算法", "均值", "S", "差异系数", f"与{limit:.2f}比"],
        [[k, f"{one.mean:.3f}", f"{one.s:.3f}", cvs[k], verdicts[k]] for k, one in formulas.items()],
        f"{school}：{pupils.name}{pupils[school]}名，{amounts.name}{amounts[school]}{unit}。"
        f"官方口径：均值{official.mean:.3f}，S {official.s:.3f}，"
        f"差异系数{cvs['官方口径']}，{verdicts['官方口径']}{limit:.2f}。"
        f"三种算错：{'，'.join(cvs[name] + verdicts[name] for name in FORMULAS[1:])}。",
    )


def coefficients(formulas: dict[str, Dispersion], verdicts: dict[str, str], limit: float) -> Bars:
    """Draw the coefficients against the limit."""
    values = [one.cv for one in formulas.values()]
    return Bars(
        "差异系数",
        list(formulas),
        values,
        [f"{shown(one.cv, limit, 3, within)} {verdicts[name]}" for name, one in formulas.items()],
        top=2 * limit,
        line=limit,
        line_text=f"上限{limit:.2f}",
        marked=[verdict == "超过" for verdict in verdicts.values()],
    )
