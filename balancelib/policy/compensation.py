"""Money for schools that lose pupils: the formula, and what it does to each school over the years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.county.enrolment import STAGE_GRADES
from balancelib.county.funding import formula_need
from balancelib.standards.quotas import RUNNING_COSTS, Formula

SAME = 1e-12  # relative: what rounding does is no loss


@dataclass(frozen=True)
class Compensation:
    r"""How a school that loses pupils is compensated (生源流失补偿公式).

    .. math::
        E_i = \max\big(N_i + s \max(0,\ (1-o) M_i - N_i),\ l\, E_i^0\big), \qquad M_i = \frac1Y \sum_{k=1}^{Y} N_i^{(k)}

    with what the school needs for its pupils now ``N`` and for those of ``k`` years ago, at this year's quota, ``N⁽ᵏ⁾``, and what it was
    entitled to last year ``E⁰``.

    Parameters
    ----------
    share : float
        ``s``: of the money that goes with the pupils, how much the school keeps in the first year; 0: money follows pupils at once.
    years : int
        ``Y``: how many years until nothing of it is left.
    trigger : float
        Only a school whose need fell by more than this share of ``M`` is compensated, and then for the whole loss.
    own_share : float
        ``o``: the share of ``M`` whose loss every school bears itself; only what is lost beyond is compensated.
    stop_loss : float
        ``l``: the least of last year's entitlement that a school keeps; 0: there is no such line.
    small_grant : float
        元 on top for a school with fewer pupils than the formula's ``least_pupils``.
    fades : float
        Pupils above that number over which the grant fades out; 0: it ends there at once.
    formula : Formula
        What pupils bring. The newest national quota for running costs if left out.

    Raises
    ------
    ValueError
        A share that is not between 0 and 1, years that are no whole number from 1, money or pupils below 0 or without end; a small grant
        though the formula says nothing of small schools.

    Notes
    -----
    With ``o = 0`` each pupil lost counts ``s`` in the first year, ``s (1 − 1/Y)`` in the second, and so on down to 0: summed over the
    years, with gains set against losses, that is ``s`` times what the mean of the last ``Y`` years is above now. A school that loses ``d`` a
    year, year after year, is therefore paid for ``s d (Y + 1) / 2``.
    The state of Minnesota pays 28 % of what a year's loss takes (Minnesota Statutes 126C.10, subdivision 2d): ``share=0.28, years=1``. California
    in 1979–80 counted 75 % of the loss where it was above 1 % (California Code of Regulations, title 5, § 15388): ``share=0.75, years=1,
    trigger=0.01``.
    """

    share: float = 0.0
    years: int = 1
    trigger: float = 0.0
    own_share: float = 0.0
    stop_loss: float = 0.0
    small_grant: float = 0.0
    fades: float = 0.0
    formula: Formula = RUNNING_COSTS

    def __post_init__(self) -> None:
        for name in ("share", "trigger", "own_share", "stop_loss"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}是{getattr(self, name)}；要在0和1之间，0.8就是八成")
        for name in ("small_grant", "fades"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name}是{getattr(self, name)}；要不小于0的数")
        if self.years < 1 or self.years != int(self.years):
            raise ValueError(f"years是{self.years}；要从1起的整数，几年退完就写几")
        if self.small_grant and not self.formula.least_pupils:
            raise ValueError("公式里没有写不足多少人算小校（least_pupils），small_grant不知道给谁")


def compensated(
    schools: pd.DataFrame,
    past: Sequence[pd.DataFrame],
    rule: Compensation,
    before: pd.Series | None = None,
) -> pd.DataFrame:
    """What each school is entitled to, part by part (各校应得).

    Parameters
    ----------
    schools : DataFrame
        This year's pupils: a row a school, the columns of the rule's formula, as `balancelib.county.funding.funding_table` makes them.
    past : sequence of DataFrame
        The same for the years before, the latest last; those before the rule's years do not matter.
    rule : Compensation
    before : Series, optional
        What each school was entitled to last year, in 元; without it no school is held by the stop-loss line.

    Returns
    -------
    DataFrame
        Index as ``schools``; 元 a year: ``plain`` (the formula alone), ``small_grant``, ``compensation``, ``stop_loss`` (what that line adds), and
        their sum ``entitlement``. A school without pupils is entitled to nothing. Of the past years a school's mean takes those in
        which it is listed; a school listed in none is new, and not compensated.

    Raises
    ------
    KeyError, ValueError
        As `balancelib.county.funding.formula_need`.

    Notes
    -----
    Unit of analysis: the school. Source: see `Compensation`.

    Examples
    --------
    A primary had 200 pupils for years and now has 180. Of 20 × 720 元 it keeps 80 %.

    >>> formula = Formula({"pupils": 720})
    >>> was, now = (pd.DataFrame({"pupils": [n]}) for n in (200, 180))
    >>> found = compensated(now, [was, was, was], Compensation(share=0.8, years=3, formula=formula))
    >>> found[["plain", "compensation"]].values.tolist()
    [[129600.0, 11520.0]]
    """
    parts = need(schools, rule)
    own = parts.sum(axis=1)
    going = own > 0
    former = pd.DataFrame({k: need(one, rule).sum(axis=1) for k, one in enumerate(past[-rule.years :])})
    mean = former.reindex(schools.index).mean(axis=1).astype(float)
    enough = own < (1 - rule.trigger) * mean * (1 - SAME)
    lost = ((1 - rule.own_share) * mean - own).where(enough, 0.0)
    parts["compensation"] = (rule.share * lost.clip(lower=0)).where(going, 0.0)
    line = 0.0 if before is None else rule.stop_loss * before.reindex(schools.index).fillna(0.0)
    parts["stop_loss"] = (line - parts.sum(axis=1)).clip(lower=0).where(going, 0.0)
    return parts.assign(entitlement=parts.sum(axis=1))


def need(schools: pd.DataFrame, rule: Compensation) -> pd.DataFrame:
    """Money for the pupils there are: ``plain``, by the formula, and ``small_grant``; 元."""
    pupils = schools[list(rule.formula.per_pupil)].sum(axis=1)
    above = pupils - rule.formula.least_pupils
    part = (1 - above / rule.fades).clip(0, 1) if rule.fades else (above < 0).astype(float)
    grant = rule.small_grant * part.where(pupils > 0, 0.0)
    return pd.DataFrame({"plain": formula_need(schools, rule.formula)["total"], "small_grant": grant})


def tables_ahead(latest: pd.DataFrame, grades: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Turn a forecast by grade into the tables of the years to come (往后各年的学生数).

    Parameters
    ----------
    latest : DataFrame
        The last year's pupils, from `balancelib.county.funding.funding_table`: which schools there are, of what kind, and their boarders.
    grades : DataFrame
        Index ``school_id`` and ``year``, a column a grade; such as `balancelib.resources.forecast_schools`, which begins with the year of ``latest``.

    Returns
    -------
    dict of int to DataFrame
        For each year after the first of the forecast a table as ``latest``. Pupils are means, no whole numbers; boarders are those of the last year.

    Raises
    ------
    Lacking
        A school that the forecast has not in some year, or of which it knows no grade: that is not to have no pupils.
    """
    years = sorted(set(grades.index.get_level_values("year")))
    wanted = pd.MultiIndex.from_product([latest.index, years], names=["school_id", "year"])
    blank = grades.reorder_levels(wanted.names).reindex(wanted).isna().all(axis=1)
    if missing := sorted({school for school, _ in blank.index[blank]}):
        raise Lacking(f"预测里没有这些学校，或者缺了哪一年：{'、'.join(missing[:10])}")
    return {
        int(year): _in_year(latest, grades.xs(year, level="year").reindex(latest.index)) for year in years[1:]
    }


def _in_year(latest: pd.DataFrame, grades: pd.DataFrame) -> pd.DataFrame:
    of = {s: grades[[g for g in names if g in grades]].sum(axis=1) for s, names in STAGE_GRADES.items()}
    special, everyone = latest["kind"] == "special", grades.sum(axis=1)
    stages = {f"pupils_{stage}": pupils.where(~special, 0.0) for stage, pupils in of.items()}
    return latest.assign(**stages, pupils_special=everyone.where(special, 0.0), pupils=everyone)


def simulate(
    tables: Mapping[int, pd.DataFrame], rule: Compensation, pots: Mapping[int, float] | None = None
) -> pd.DataFrame:
    r"""Follow a county's schools over years in which a pot is shared by what each is entitled to (逐年测算).

    .. math::
        g_i = \frac{E_i}{\sum_j E_j} B

    Parameters
    ----------
    tables : mapping of int to DataFrame
        For each year, one after the other, its pupils: see `compensated`. The first years, as many as the rule looks back, only serve as the past.
    rule : Compensation
    pots : mapping of int to float, optional
        The money of each year, ``B``, in 元. Left out, what the formula gives for the pupils of the year: what some gain others lose.

    Returns
    -------
    DataFrame
        A row a year and school: ``year, school_id``, ``pupils`` (those of the formula's stages), the columns of `compensated`, ``without`` (the
        pot shared by the formula alone), ``money``, and ``change``, their difference; 元.

    Raises
    ------
    ValueError
        Years that do not follow each other or are too few; a pot that is missing, negative or not finite; a year in which nobody needs anything.

    Notes
    -----
    Unit of analysis: the school. All years at one quota, that of the rule: what changes is the pupils. The stop-loss line starts from the
    formula's money of the year before the first; afterwards it goes by the entitlement, before the pot is shared.
    """
    years = sorted(tables)
    if years != list(range(years[0], years[0] + len(years))) or len(years) <= rule.years:
        raise Lacking(
            f"要连着{rule.years + 1}年以上的学生数，补偿才有“过去{rule.years}年”可比；现在只有{'、'.join(map(str, years))}年"
        )
    before = need(tables[years[rule.years - 1]], rule).sum(axis=1)
    found = []
    for place in range(rule.years, len(years)):
        year, past = years[place], [tables[one] for one in years[:place]]
        parts = compensated(tables[year], past, rule, before)
        before = parts["entitlement"]
        found.append(
            _share(parts, year, pots).assign(pupils=tables[year][list(rule.formula.per_pupil)].sum(axis=1))
        )
    table = pd.concat(found).rename_axis("school_id").reset_index()
    first = ["year", "school_id", "pupils"]
    return table[first + [name for name in table if name not in first]]


def _share(parts: pd.DataFrame, year: int, pots: Mapping[int, float] | None) -> pd.DataFrame:
    """Share a year's pot by entitlement, and for comparison by the formula alone."""
    if not parts["plain"].sum() > 0:
        raise ValueError(f"{year}年按公式没有一所学校需要钱，没法分")
    pot = parts["plain"].sum() if pots is None else pots.get(year, np.nan)
    if not 0 <= pot < np.inf:
        raise ValueError(f"pots里{year}年是{pot}；要写明这一年一共多少元")
    shared = {
        name: parts[of] * (pot / parts[of].sum())
        for name, of in (("without", "plain"), ("money", "entitlement"))
    }
    return parts.assign(year=year, **shared, change=shared["money"] - shared["without"])
