"""What allowance brings whom to a post far out, what it costs, and how much of it goes to who would come anyway."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.special import expit

from balancelib.county import County, Lacking
from balancelib.teachers.choice import Logit, conditional_logit

STAY = 3  # the option of staying where one is
OFFERED = ["allowance", "minutes", "housing", "title_priority", "years"]
ATTRIBUTES = {
    "allowance": "补贴（每月1元）",
    "minutes": "单程路上时间（1分钟）",
    "minutes_over45": "45岁以上，再加（1分钟）",
    "housing": "有周转房",
    "title_priority": "职称优先",
    "years": "任期（1年）",
    "stay": "留在原校",
    "stay_town_home": "家在县城的，留在原校再加",
}
AGE_GROUPS = {"under30": "30岁以下", "30to45": "30至45岁", "over45": "45岁以上"}
MONTHS = 12


def choice_attributes(choices: pd.DataFrame) -> pd.DataFrame:
    """Return the attributes of each option, with what differs between persons (岗位的属性).

    Parameters
    ----------
    choices : DataFrame
        Table ``job_choices``.

    Returns
    -------
    DataFrame
        A row an option, columns as `ATTRIBUTES`; blank where the person's age group or home is blank.
    """
    found = choices[OFFERED].astype(float)
    stay, known = (choices["option"] == STAY).astype(float), choices["age_group"].notna()
    old = (choices["age_group"] == "over45").astype(float).where(known)
    found = found.assign(
        minutes_over45=found["minutes"] * old, stay=stay, stay_town_home=stay * choices["town_home"]
    )
    return found[list(ATTRIBUTES)]


def fit_choices(choices: pd.DataFrame) -> Logit:
    """Estimate what teachers weigh in choosing a post, errors by person (从岗位选择调查估计).

    Parameters
    ----------
    choices : DataFrame
        Table ``job_choices``. A question with a blank, or without just one option chosen, is left out: `questions_left_out` counts them.

    Raises
    ------
    Lacking
        No complete question, or what `balancelib.teachers.conditional_logit` raises.
    """
    attributes, sets = choice_attributes(choices), _sets(choices)
    whole = sets.isin(_complete(choices, attributes, sets))
    if not whole.any():
        raise Lacking("岗位选择调查里没有一道填得完整的题：年龄段、家在哪里、选了哪一项，都要填")
    kept = choices[whole]
    return conditional_logit(attributes[whole], kept["chosen"] == 1, sets[whole], kept["respondent"])


def questions_left_out(choices: pd.DataFrame) -> int:
    """Count the questions that `fit_choices` leaves out."""
    sets = _sets(choices)
    return int(sets.nunique() - len(_complete(choices, choice_attributes(choices), sets)))


def _sets(choices: pd.DataFrame) -> pd.Series:
    return choices["respondent"] + " " + choices["question"].astype(int).astype(str)


def _complete(choices: pd.DataFrame, attributes: pd.DataFrame, sets: pd.Series) -> pd.Index:
    """Questions without a blank and with one option chosen."""
    blank = attributes.isna().any(axis=1) | choices["chosen"].isna()
    of_set = pd.DataFrame({"blank": blank, "chosen": choices["chosen"] == 1}).groupby(sets).sum()
    return of_set.index[(of_set["blank"] == 0) & (of_set["chosen"] == 1)]


def respondent_groups(choices: pd.DataFrame) -> pd.Series:
    """Share of the respondents by age group and home (答卷人的构成)."""
    persons = choices.drop_duplicates("respondent")
    return persons.groupby(["age_group", "town_home"]).size().pipe(lambda n: n / n.sum())


def teacher_groups(county: County, teachers: pd.DataFrame, year: int) -> pd.Series:
    """Share of some teachers by age group and by whether they live in the seat, as `respondent_groups` (某些教师的构成).

    Parameters
    ----------
    county : County
        For the areas of schools: who lives nearest to an urban school lives in the seat.
    teachers : DataFrame
        Rows of the table ``teachers``; who lacks birth year or home is left out.
    year : int
        The year in which ages are counted.

    Raises
    ------
    Lacking
        Of nobody both are known.
    """
    area = county.schools.set_index("school_id")["area"]
    known = teachers.dropna(subset=["birth_year", "lives_near"])
    if known.empty:
        raise Lacking("教师表里没有一人同时填了出生年份和住处最近的学校，算不出构成；可以用respondent_groups")
    age = year - known["birth_year"]
    group = np.select([age < 30, age <= 45], ["under30", "30to45"], "over45")
    town = (known["lives_near"].map(area) == "urban").astype(float)
    counts = pd.Series(1.0, pd.MultiIndex.from_arrays([group, town], names=["age_group", "town_home"]))
    return counts.groupby(level=[0, 1]).sum() / len(known)


def take_up(
    logit: Logit,
    post: Mapping[str, float],
    groups: pd.Series,
    allowances: Iterable[float],
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return the share that would take a post at each allowance (补贴和愿意去的比例).

    .. math::
        P(a) = \sum_g w_g\, \Lambda\big(\beta_a a + x^\top \beta - \beta_{\text{stay},g}\big), \qquad \Lambda(v) = \frac{1}{1 + e^{-v}}

    Parameters
    ----------
    logit : Logit
        Of `fit_choices`.
    post : mapping of str to float
        ``minutes, housing, title_priority, years``; what is not named is 0.
    groups : Series
        Of `respondent_groups` or `teacher_groups`: the share of each.
    allowances : iterable of float
        元 a month.
    level, draws, seed
        Of the band: quantiles of the shares under drawn coefficients.

    Returns
    -------
    DataFrame
        By ``allowance``: ``share, low, high``.

    Notes
    -----
    One post against staying. What people say that they would do is not what they do: the survey tells of order and size, not of next September.
    """
    index = logit.coefficients.index
    money = list(allowances)
    offers = (
        pd.DataFrame([{**post, "allowance": a} for a in money])
        .reindex(columns=OFFERED, fill_value=0.0)
        .astype(float)
    )
    betas = np.vstack([logit.coefficients, logit.draws(draws, seed)])
    shares = np.zeros((len(betas), len(money)))
    for (age, town), weight in groups.items():
        offer = offers.assign(
            minutes_over45=offers["minutes"] * (age == "over45"), stay=-1.0, stay_town_home=-float(town)
        )
        shares += weight * expit(betas @ offer[index].to_numpy().T)
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(shares[1:], [tail, 100 - tail], axis=0)
    return pd.DataFrame(
        {"share": shares[0], "low": low, "high": high}, index=pd.Index(money, name="allowance")
    )


def allowance_costs(shares: pd.Series, asked: int) -> pd.DataFrame:
    r"""Return what each allowance costs in a year, and per teacher more (多来一名，花多少).

    Parameters
    ----------
    shares : Series
        By allowance (元 a month, in order, the first 0): the share that takes the post.
    asked : int
        Teachers to whom it is offered.

    Returns
    -------
    DataFrame
        By allowance: ``come`` teachers; ``paid`` 元 a year; ``anyway``: of it to as many as come for nothing; ``more`` teachers than without;
        ``per_more`` 元 a year for each of these; ``next_one`` 元 a year for each teacher more than at the allowance before. Blank where nobody more comes.

    Raises
    ------
    ValueError
        Allowances that do not begin at 0 or do not rise.

    Examples
    --------
    >>> allowance_costs(pd.Series({0: 0.2, 500: 0.5, 1000: 0.6}), 100)["next_one"].tolist()[1:]
    [10000.0, 42000.0]
    """
    money = shares.index.to_numpy(dtype=float)
    if len(money) == 0 or money[0] != 0 or (np.diff(money) <= 0).any():
        raise ValueError("补贴要从0开始，从小到大")
    come = asked * shares.to_numpy()
    paid, more = MONTHS * money * come, come - come[0]
    extra = np.diff(come, prepend=np.nan)
    found = pd.DataFrame(
        {"come": come, "paid": paid, "anyway": MONTHS * money * come[0], "more": more}, index=shares.index
    )
    return found.assign(
        per_more=pd.Series(paid, shares.index) / found["more"].where(found["more"] > 0),
        next_one=pd.Series(np.diff(paid, prepend=np.nan) / np.where(extra > 0, extra, np.nan), shares.index),
    )
