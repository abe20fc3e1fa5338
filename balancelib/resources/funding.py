"""Money that schools need by a formula, and the pupils and quotas that it goes by."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.county import County, Lacking
from balancelib.resources.forecast import refuse_unknown


@dataclass(frozen=True)
class Formula:
    """A weighted per-pupil formula (加权生均经费公式).

    Parameters
    ----------
    per_pupil : mapping of str to float
        For each column of pupils by stage, 元 a pupil and year.
    supplements : mapping of str to float
        For each column of pupils who need more, 元 a pupil and year on top: boarders, disabled children.
    least_pupils : float
        A school with fewer pupils is counted as having so many; each stage in proportion. Supplements go by the pupils there are.
    remoteness : mapping of str to float
        For each value of the column ``area``, by what the school's sum is multiplied; 1 where none is given.

    Raises
    ------
    ValueError
        An amount that is negative or not finite; no stage at all.

    Notes
    -----
    Weighted student funding: a pupil's weight is what that pupil costs, relative to the one who costs least. Source: Ross and Levačić
    (1999), Needs-Based Resource Allocation in Education via Formula Funding of Schools, UNESCO IIEP. `RUNNING_COSTS`, from
    ``running_costs.toml``, is the newest national quota for running costs with its rule of small schools; `running_costs` those before.
    """

    per_pupil: Mapping[str, float]
    supplements: Mapping[str, float] = field(default_factory=dict)
    least_pupils: float = 0
    remoteness: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.per_pupil:
            raise ValueError("公式里没有一个学段；per_pupil要写明每个学段每名学生多少元")
        amounts = {**self.per_pupil, **self.supplements, **self.remoteness, "least_pupils": self.least_pupils}
        for name, amount in amounts.items():
            if not 0 <= amount < np.inf:
                raise ValueError(f"公式里{name}是{amount}；要不小于0的数")

    def scaled(self, factor: float) -> Self:
        """Return the formula with every amount of money multiplied."""
        times = lambda amounts: {name: amount * factor for name, amount in amounts.items()}  # noqa: E731
        return type(self)(times(self.per_pupil), times(self.supplements), self.least_pupils, self.remoteness)


_QUOTAS = tomllib.loads(Path(__file__).with_name("running_costs.toml").read_text(encoding="utf-8"))


def running_costs(year: int) -> Formula:
    """Return the national quota for running costs that holds in a year (公用经费基准定额).

    Parameters
    ----------
    year : int
        Calendar year, from the first that ``running_costs.toml`` knows.

    Raises
    ------
    ValueError
        A year before that.

    Examples
    --------
    >>> running_costs(2024).per_pupil["pupils_primary"]
    720
    """
    held = [quota for quota in _QUOTAS["quotas"] if quota["year"] <= year]
    if not held:
        raise ValueError(f"没有{year}年的定额；从{_QUOTAS['quotas'][0]['year']}年起才有")
    return Formula(held[-1]["per_pupil"], held[-1]["supplements"], _QUOTAS["least_pupils"])


RUNNING_COSTS = running_costs(_QUOTAS["quotas"][-1]["year"])


def funding_table(county: County, year: int | None = None) -> pd.DataFrame:
    """Turn a county's tables into what formulas ask for: a row a school, whole numbers without blanks (公式用的学生数).

    Parameters
    ----------
    county : County
        With the table ``schools``, and ``boarding`` where schools board.
    year : int, optional
        Pupils of the September of this year, by the table ``enrolment``; left out, those of the table ``schools``. Boarders are those of
        the table ``boarding`` in either case: earlier ones are not in a county's tables.

    Returns
    -------
    DataFrame
        Index: ``school_id``; ``name``, ``kind``, ``operator``, ``area``; ``pupils_primary`` and ``pupils_junior``, 0 for the schools for
        disabled children, whose pupils are ``pupils_special``; ``boarders``; ``pupils``, all of them. Schools without pupils of
        compulsory education are left out.

    Raises
    ------
    ValueError
        No pupils of that year; a school whose pupils of that year are blank though it has the grade in another.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> int(funding_table(sample_county(7))["pupils_primary"]["9900000001"])
    1000
    """
    schools = county.schools.set_index("school_id")
    pupils = schools[["pupils_primary", "pupils_junior"]]
    if year is not None:
        pupils = _enrolled(county, year).reindex(schools.index)
    pupils = pupils.fillna(0).astype(int)
    table = schools[["name", "kind", "operator", "area"]].copy()
    ordinary = table["kind"] != "special"
    table["pupils_primary"] = pupils["pupils_primary"].where(ordinary, 0)
    table["pupils_junior"] = pupils["pupils_junior"].where(ordinary, 0)
    table["pupils_special"] = pupils.sum(axis=1).where(~ordinary, 0)
    table["boarders"] = 0
    if "boarding" in county.tables:
        boarders = county.tables["boarding"].set_index("school_id")[["boarders_primary", "boarders_junior"]]
        table["boarders"] = boarders.sum(axis=1).reindex(table.index).fillna(0).astype(int)
    return table.assign(pupils=pupils.sum(axis=1))[pupils.sum(axis=1) > 0]


def _enrolled(county: County, year: int) -> pd.DataFrame:
    """Return pupils by stage of the September of a year."""
    enrolment = county.tables.get("enrolment")
    of_year = None if enrolment is None else enrolment[enrolment["year"] == year].set_index("school_id")
    if of_year is None or of_year.empty:
        raise Lacking(f"“分年级学生”表里没有{year}年的数")
    refuse_unknown(enrolment, year)
    grades = {"pupils_primary": range(1, 7), "pupils_junior": range(7, 10)}
    return pd.DataFrame(
        {stage: of_year[[f"grade{grade}" for grade in years]].sum(axis=1) for stage, years in grades.items()}
    )


def formula_need(schools: pd.DataFrame, formula: Formula) -> pd.DataFrame:
    r"""Money that each school needs by a formula, part by part (按公式核定的经费).

    .. math::
        N_i = f_{a(i)} \Big( \sum_s q_s\, p_{is} \max\big(1, \tfrac{m}{p_i}\big) + \sum_g u_g\, b_{ig} \Big)

    with pupils ``p`` by stage ``s``, all pupils ``p_i``, groups ``b``, the least number ``m``, and the factor ``f`` of the school's area.

    Parameters
    ----------
    schools : DataFrame
        A row a school; the formula's columns of whole numbers, and ``area`` where the formula has ``remoteness``.
    formula : Formula
        Amounts in 元 a pupil and year.

    Returns
    -------
    DataFrame
        Index as ``schools``; 元 a year: a column for each stage and supplement, ``small_school`` (what counting to the least number adds),
        ``remoteness`` (what the factor adds), and ``total``. A school without pupils needs nothing.

    Raises
    ------
    KeyError
        A column of the formula that ``schools`` has not.
    ValueError
        A count that is blank where the formula asks for it, or negative.

    Notes
    -----
    Unit of analysis: the school. In a county's tables a stage that a school does not have is blank: write 0 there first, so that a number that
    is missing is never taken for none.
    Source: see `Formula`.

    Examples
    --------
    A primary of 60 pupils, 20 of them boarders: as 100 pupils, and 20 boarders.

    >>> schools = pd.DataFrame({"pupils_primary": [60], "pupils_junior": [0], "boarders": [20], "pupils_special": [0]})
    >>> formula_need(schools, RUNNING_COSTS)["total"].item()
    78000.0
    """
    columns = [*formula.per_pupil, *formula.supplements]
    if missing := [name for name in columns if name not in schools]:
        raise KeyError(f"数据里没有公式要用的列：{'、'.join(missing)}")
    counts = schools[columns].astype(float)
    if (wrong := ~(counts >= 0)).to_numpy().any():
        school, column = wrong.stack().idxmax()
        raise Lacking(f"{column}：第{school}行是空白或负数；没有这类学生请写0")
    pupils = counts[list(formula.per_pupil)]
    need = counts * pd.Series({**formula.per_pupil, **formula.supplements})
    everyone = pupils.sum(axis=1)
    up = (formula.least_pupils / everyone.where(everyone > 0)).clip(lower=1).fillna(1)
    need["small_school"] = need[list(formula.per_pupil)].sum(axis=1) * (up - 1)
    factor = schools["area"].map(formula.remoteness).fillna(1).astype(float) if formula.remoteness else 1.0
    need["remoteness"] = need.sum(axis=1) * (factor - 1)
    return need.assign(total=need.sum(axis=1))


def share_budget(schools: pd.DataFrame, formula: Formula, budget: float) -> pd.Series:
    """Share a budget among schools in proportion to their need by a formula (按公式分总数).

    Parameters
    ----------
    schools : DataFrame
        As `formula_need`.
    formula : Formula
        Only its weights matter, relative to each other.
    budget : float
        What is shared out, in 元.

    Returns
    -------
    Series
        What each school gets, in 元.

    Raises
    ------
    KeyError, ValueError
        As `formula_need`; a budget below 0 or without end; no school that needs anything.

    Notes
    -----
    Unit of analysis: the school. Source: as `Formula`.

    Examples
    --------
    >>> schools = pd.DataFrame({"pupils_primary": [300, 0], "pupils_junior": [0, 100]})
    >>> share_budget(schools, Formula({"pupils_primary": 1, "pupils_junior": 2}), 1000).tolist()
    [600.0, 400.0]
    """
    need = formula_need(schools, formula)["total"]
    if not need.sum() > 0:
        raise ValueError("按公式没有一所学校需要钱，总数没法分")
    return need * (finite_amounts(budget, "budget").item() / need.sum())


def finite_amounts(amounts: ArrayLike, name: str) -> np.ndarray:
    """Return amounts as an array; refuse what is blank, negative or without end, and of a Series say where the first is."""
    array = np.asarray(amounts, dtype=float)
    if (wrong := ~((array >= 0) & np.isfinite(array))).any():
        first = f"（第一处在{amounts.index[wrong][0]}）" if isinstance(amounts, pd.Series) else ""
        raise ValueError(f"{name}里有空值、负数或无穷大{first}；要不小于0的数")
    return array
