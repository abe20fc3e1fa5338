"""Money that schools need by a formula, and the pupils that it goes by."""

import pandas as pd

from balancelib.county.enrolment import STAGE_GRADES, refuse_unknown
from balancelib.county.lacking import Lacking
from balancelib.county.tables import County
from balancelib.standards.quotas import Formula


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
        No pupils of that year; a school whose pupils of that year are blank though it has the grade in another, or that has pupils in
        a stage today and none told of that year, though it was there; boarders that are blank in a stage with pupils.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> int(funding_table(sample_county(7))["pupils_primary"]["9900000001"])
    1000
    """
    schools = county.schools.set_index("school_id")
    today = schools[["pupils_primary", "pupils_junior"]]
    pupils = (today if year is None else _enrolled(county, year, today)).fillna(0).astype(int)
    table = schools[["name", "kind", "operator", "area"]].copy()
    ordinary = table["kind"] != "special"
    table["pupils_primary"] = pupils["pupils_primary"].where(ordinary, 0)
    table["pupils_junior"] = pupils["pupils_junior"].where(ordinary, 0)
    table["pupils_special"] = pupils.sum(axis=1).where(~ordinary, 0)
    table["boarders"] = _boarders(county, today) if "boarding" in county.tables else 0
    return table.assign(pupils=pupils.sum(axis=1))[pupils.sum(axis=1) > 0]


def _boarders(county: County, today: pd.DataFrame) -> pd.Series:
    """Return boarders by school: none where the table of boarding has no row, for it has those that board alone."""
    boarding = county.tables["boarding"].set_index("school_id")[["boarders_primary", "boarders_junior"]]
    blank = (today.reindex(boarding.index) > 0).to_numpy() & boarding.isna().to_numpy()
    if unknown := boarding.index[blank.any(axis=1)].tolist():
        more = f"等{len(unknown)}所" if len(unknown) > 10 else ""
        raise Lacking(
            f"“寄宿条件”表里学校{'、'.join(unknown[:10])}{more}有一个学段的寄宿生数空着。请填写；没有寄宿生写0，空白不当作0"
        )
    return boarding.sum(axis=1).reindex(today.index).fillna(0).astype(int)


def _enrolled(county: County, year: int, today: pd.DataFrame) -> pd.DataFrame:
    """Return pupils by stage of the September of a year, by the schools of ``today``: blank where a school was not there yet."""
    enrolment = county.tables.get("enrolment")
    of_year = None if enrolment is None else enrolment[enrolment["year"] == year].set_index("school_id")
    if of_year is None or of_year.empty:
        raise Lacking(f"“分年级学生”表里没有{year}年的数")
    refuse_unknown(enrolment, year)
    sums = {f"pupils_{stage}": of_year[own].sum(axis=1, min_count=1) for stage, own in STAGE_GRADES.items()}
    pupils = pd.DataFrame(sums).reindex(today.index)
    began = enrolment.groupby("school_id")["year"].min().reindex(today.index)
    unknown = today.index[((today > 0) & pupils.isna()).any(axis=1) & ~(began > year)].tolist()
    if unknown:
        more = f"等{len(unknown)}所" if len(unknown) > 10 else ""
        said = f"“分年级学生”表里没有{year}年学校{'、'.join(unknown[:10])}{more}的数"
        raise Lacking(f"{said}，或者有一个学段全空着。请填写；那一年没有学生写0，空白不当作0")
    return pupils


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

    >>> from balancelib.standards.quotas import RUNNING_COSTS
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
