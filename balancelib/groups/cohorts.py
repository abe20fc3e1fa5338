"""How many of those who entered grade 7 stayed: the official formula, the cohort's account, and what a miscounted transfer does."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.disclosure import load_policy
from balancelib.measures import wilson

FLOWS = {  # of the cohort's account, with their signs
    "entrants": 1, "transfers_in": 1, "transfers_out": -1, "deaths": -1, "dropouts": -1, "returned": 1, "suspended": -1,
}  # fmt: skip
NUMBERS = [*FLOWS, "graduates"]
NEEDED = ["entrants", "transfers_in", "transfers_out", "deaths", "graduates"]  # by the official formula
LIMIT = 0.95  # official: 初中三年巩固率
SAME = 1e-9  # of a child, and of a rate


class Change(NamedTuple):
    """What would be found if some were counted as something else.

    Attributes
    ----------
    count : float
        Children counted wrongly.
    told, true : float
        Retention as reported and with them counted rightly.
    """

    count: float
    told: float
    true: float


def cohort_counts(county: County, by: Collection[str] = (), group: str = "all") -> pd.DataFrame:
    """Return the cohorts of a group, added up (按届加总的流动).

    Parameters
    ----------
    county : County
        With table ``cohorts``.
    by : collection of str
        Columns to add up by, such as ``entered`` and ``school_id``; the whole county in one row if left out.
    group : str
        As in the table: ``all``, ``left_behind``, ``migrant`` or ``disabled``. Groups overlap and are never added up.

    Returns
    -------
    DataFrame
        The flows and ``graduates``, a row each combination of ``by``. Those that the official formula does not need are NaN where one is
        not recorded.

    Raises
    ------
    Lacking
        No row of the group, or a number that the formula needs is missing: nobody is written as 0.
    """
    table = county.tables["cohorts"]
    own = table[table["group"] == group].reindex(columns=[*table.columns.union(NUMBERS, sort=False)])
    label = schema().table("cohorts").column("group").codes[group]
    if own.empty:
        raise Lacking(f"“初中届别”表里没有{label}的行，算不了这一组的巩固率。")
    blank = own[NEEDED].isna().any(axis=1)
    if blank.any():
        schools = "、".join(own.loc[blank, "school_id"].unique()[:5])
        raise Lacking(
            f"“初中届别”表里{label}的入学、转入、转出、死亡、毕业人数有空着的，学校是{schools}。没有的写0；空着就不知道有没有。"
        )
    own = own.astype(dict.fromkeys(NUMBERS, float))
    sums = own.groupby(list(by), sort=True)[NUMBERS] if by else own.groupby(lambda _: "全县")[NUMBERS]
    return sums.agg(lambda column: column.sum(skipna=False))


def retention(flows: pd.DataFrame) -> pd.DataFrame:
    r"""Return three-year junior retention by the official formula, beside what the cohort's account gives (初中三年巩固率).

    .. math::
        R = \frac{G - I + O}{E - D}, \qquad R' = 1 - \frac{d - r + s}{E - D}, \qquad
        R - R' = \frac{G - (E + I - O - D - d + r - s)}{E - D}

    ``G`` graduates, ``I`` and ``O`` transfers in and out, ``E`` entrants three years before, ``D`` deaths, ``d`` dropouts, ``r`` of them
    returned, ``s`` suspended and not back.

    Parameters
    ----------
    flows : DataFrame
        Of `cohort_counts`, or a cohort a row with its columns.

    Returns
    -------
    DataFrame
        ``entrants`` less deaths as ``of``, ``kept`` (``G − I + O``), ``rate``, ``from_account`` (``R'``) and ``unexplained``, the children by
        whom graduates differ from the account. ``rate`` is NaN where nobody entered, or all died.

    Notes
    -----
    The formula never asks where dropouts are: it finds them as those who are missing at the end. So a graduate who was never counted
    in, or a dropout counted as transferred, both raise it; only ``unexplained`` and the enrolment system's records tell. Above 1 means
    more returned than were lost, or an account that does not add up. Where dropouts are not recorded the account is NaN. Source: 教督〔2017〕6号, quality item 1.

    Examples
    --------
    Of 100 entrants 2 moved away, 3 came, 4 dropped out and 1 of these came back: 98 graduate.

    >>> columns = ["entrants", "transfers_in", "transfers_out", "deaths", "dropouts", "returned", "suspended", "graduates"]
    >>> retention(pd.DataFrame([[100, 3, 2, 0, 4, 1, 0, 98]], columns=columns)).iloc[0].tolist()
    [100.0, 97.0, 0.97, 0.97, 0.0]
    """
    of = (flows["entrants"] - flows["deaths"]).astype(float)
    kept = (flows["graduates"] - flows["transfers_in"] + flows["transfers_out"]).astype(float)
    lost = flows["dropouts"] - flows["returned"] + flows["suspended"]
    account = sum(sign * flows[name] for name, sign in FLOWS.items())
    known = of.where(of > 0)
    return pd.DataFrame(
        {
            "of": of,
            "kept": kept,
            "rate": kept / known,
            "from_account": 1 - lost / known,
            "unexplained": (flows["graduates"] - account).astype(float),
        }
    )


def judged(rates: pd.DataFrame, limit: float = LIMIT) -> pd.DataFrame:
    """Add how sure a rate is, given how few children it is of: ``low`` and ``high`` of `wilson`, and a ``verdict``.

    Parameters
    ----------
    rates : DataFrame
        Of `retention`.
    limit : float
        To compare with.

    Returns
    -------
    DataFrame
        ``verdict``: ``above`` or ``below`` where the whole interval is, ``open`` where the limit lies in it, ``odd`` above 1, below 0 or with
        children whom the account does not explain: look at the records first. NaN ends there and where the rate is.
    """
    odd = (rates["rate"] > 1 + SAME) | (rates["rate"] < 0) | (rates["unexplained"].abs() > SAME)
    ends = [
        wilson(kept, of)[1:] if of > 0 and not strange else (float("nan"),) * 2
        for kept, of, strange in zip(rates["kept"], rates["of"], odd, strict=True)
    ]
    found = rates.assign(low=[low for low, _ in ends], high=[high for _, high in ends])
    verdict = pd.Series("open", rates.index).mask(found["low"] >= limit, "above")
    found["verdict"] = verdict.mask(found["high"] < limit, "below").mask(odd, "odd")
    return found.dropna(subset="rate")


def recounted(flows: pd.Series, wrong: float) -> Change:
    """Count some of those reported as transferred out as what they were: dropouts (转出里其实是辍学的).

    Parameters
    ----------
    flows : Series
        One cohort.
    wrong : float
        Of its transfers out, no more than there are.

    Raises
    ------
    ValueError
        More than there are, or fewer than none.

    Examples
    --------
    >>> flows = pd.Series(dict(entrants=100, transfers_in=0, transfers_out=10, deaths=0, dropouts=4, returned=0, suspended=0, graduates=86))
    >>> recounted(flows, 3)
    Change(count=3, told=0.96, true=0.93)
    """
    if not 0 <= wrong <= flows["transfers_out"]:
        raise ValueError(f"转出一共{flows['transfers_out']:g}人，其中记错的不能是{wrong:g}人")
    true = flows.copy()
    true["transfers_out"] -= wrong
    true["dropouts"] += wrong
    told, right = (float(retention(one.to_frame().T)["rate"].iloc[0]) for one in (flows, true))
    return Change(wrong, told, right)


def with_dropouts(flows: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the cohorts as if this share of each one's transfers out had been dropouts, to the nearest child.

    Examples
    --------
    >>> flows = pd.DataFrame({"transfers_out": [10.0, 3.0], "dropouts": [1.0, 0.0]})
    >>> with_dropouts(flows, 0.5)["dropouts"].tolist()
    [6.0, 2.0]
    """
    wrong = np.floor(share * flows["transfers_out"] + 0.5)
    return flows.assign(transfers_out=flows["transfers_out"] - wrong, dropouts=flows["dropouts"] + wrong)


def group_retention(county: County, entered: float, least: int | None = None) -> pd.DataFrame:
    """Return the county's retention of each group, without what would tell of very few children (分群体的巩固率).

    Parameters
    ----------
    county : County
        With table ``cohorts``.
    entered : float
        The year in which the cohort entered.
    least : int, optional
        Where 1 to ``least`` − 1 children were lost, the rate and its interval are NaN, and ``hidden`` is true: who knows the group would
        know the children. By default the policy's of `balancelib.disclosure`.

    Returns
    -------
    DataFrame
        By group: ``of``, ``rate``, ``low``, ``high``, ``hidden``, and ``above``, the share that the rate exceeds where it is hidden. Groups
        that the table has not, or of whom nobody entered, are left out.
    """
    least = load_policy().least if least is None else least
    codes = schema().table("cohorts").column("group").codes
    here = set(county.tables["cohorts"].loc[county.tables["cohorts"]["entered"] == entered, "group"])
    rates = {
        group: retention(cohort_counts(county, ["entered"], group).loc[[entered]]).iloc[0]
        for group in codes if group in here
    }  # fmt: skip
    found = judged(pd.DataFrame.from_dict(rates, orient="index"))
    lost = found["of"] - found["kept"]
    found["hidden"] = (lost > 0) & (lost < least)
    found["above"] = (1 - least / found["of"]).where(found["hidden"])
    shown = found[["rate", "low", "high"]].mask(found["hidden"])
    return pd.concat([found[["of"]], shown, found[["hidden", "above"]]], axis=1)


def turning_point(flows: pd.Series, limit: float = LIMIT) -> float:
    """Return the fewest transfers out that must have been dropouts for the rate to fall below the limit.

    0 where it is below already; NaN where it would meet the limit even if all had been.

    Examples
    --------
    >>> flows = pd.Series(dict(entrants=100, transfers_in=0, transfers_out=10, deaths=0, dropouts=4, returned=0, suspended=0, graduates=86))
    >>> turning_point(flows)
    2.0
    """
    found = retention(flows.to_frame().T).iloc[0]
    spare = found["kept"] - limit * found["of"]
    if spare < -SAME * found["of"]:
        return 0.0
    needed = float(int(spare + SAME * found["of"]) + 1)
    return needed if needed <= flows["transfers_out"] else float("nan")
