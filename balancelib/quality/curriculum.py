"""The curriculum as it stands on timetables and as it is given, beside what the plan asks: 开齐 (no subject lacking) and 开足 (none too short)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import Curriculum, load_curriculum

STATUSES = {"none": "没有开", "short": "没有开足", "unknown": "没有查到", "over": "多了", "full": "开足"}
BASES = {"given": "上了的", "periods": "课表上的"}
KEY = ["school_id", "stage", "grade", "subject"]
ABOUT = ["school_id", "name", "area", "stage"]
OWN_PLAN = ("special", "vocational")  # kinds of schools that the plan is not for
ENOUGH = 1e-9  # periods: thirds of a lesson are not to miss their sum by the last bit


def delivery(county: County, plan: Curriculum | None = None, tolerance: float = 0.0) -> pd.DataFrame:
    """Set the timetable and what was given beside the plan, subject by subject (开齐开足).

    Parameters
    ----------
    county : County
        Needs ``timetable``; ``enrolment`` says which grades a school has.
    plan : Curriculum, optional
        Periods a week by subject and grade: the province's; ours if left out.
    tolerance : float
        Periods a week by which a subject may miss the plan and still be ``full``.

    Returns
    -------
    DataFrame
        A row for each school, ``stage``, ``grade`` and ``subject`` that the plan asks or the school teaches, in the plan's order of subjects: ``school_id, name, area``; ``label`` of the subject;
        ``planned``, ``periods`` on the timetable, ``given`` and ``qualified_periods`` (a week); ``status`` of what was given and ``paper`` of the timetable, each of `STATUSES`.

    Raises
    ------
    MissingTable
        No ``timetable``.
    Lacking
        The timetable has subjects that the plan does not know.

    Notes
    -----
    Unit of analysis: a subject in a grade of a school, by one class and week. A blank, a row that is not there and a grade with pupils of which there is no row are ``unknown``, never none. Without
    ``enrolment`` a school's grades are those of its rows; a school without any row is unknown in all grades of its stages. Special and vocational schools have plans of their own and are left out.
    The nine-year shares of the plan say nothing of one grade: see `nine_year_shares`.

    Examples
    --------
    >>> schools = pd.DataFrame({"school_id": ["1"], "name": ["甲校"], "area": ["rural"], "kind": ["primary"], "pupils_primary": [90.0], "pupils_junior": [np.nan]})
    >>> timetable = pd.DataFrame([("1", "primary", 3, "music", 2, 0, 0), ("1", "primary", 3, "art", 2, 1, 1)], columns=[*KEY, "periods", "given", "qualified_periods"])
    >>> table = delivery(County({"schools": schools, "timetable": timetable})).set_index("subject")
    >>> table.loc[["music", "art", "math"], ["paper", "status"]].values.tolist()
    [['full', 'none'], ['full', 'short'], ['unknown', 'unknown']]
    """
    plan = plan or load_curriculum()
    schools = county.schools[~county.schools["kind"].isin(OWN_PLAN)].set_index("school_id")
    rows = county.tables["timetable"]
    rows = rows[rows["school_id"].isin(schools.index)].astype({"grade": int})
    labels = plan.labels()
    if strange := sorted(set(rows["subject"]) - set(labels)):
        raise Lacking(
            f"课表里的{'、'.join(strange)}，{plan.label}里没有：换成有这些科目的课程方案，或者改课表。"
        )
    asked = _asked(plan).merge(_grades(county, schools, rows), on="grade")
    numbers = ["periods", "given", "qualified_periods"]
    table = asked.merge(rows[[*KEY, *numbers]].astype(dict.fromkeys(numbers, float)), "outer", KEY)
    table["planned"] = table["planned"].fillna(0.0)
    table = table[(table["planned"] > 0) | (table[["periods", "given"]] > 0).any(axis=1)]
    order = {key: place for place, key in enumerate(labels)}
    table = table.assign(place=table["subject"].map(order)).sort_values(["school_id", "grade", "place"])
    table = table.assign(label=table["subject"].map(labels)).join(schools[["name", "area"]], on="school_id")
    columns = [*ABOUT, "grade", "subject", "label", "planned", *numbers]
    return judged(table[columns].reset_index(drop=True), tolerance)


def judged(table: pd.DataFrame, tolerance: float = 0.0) -> pd.DataFrame:
    """Return the table of `delivery` judged anew, with another ``tolerance`` in periods a week.

    A subject of which nothing is given is ``none`` whatever the tolerance.
    """
    if not tolerance >= 0:
        raise ValueError(f"容许差的节数不能小于0，现在是{tolerance}")
    return table.assign(
        status=_status(table["given"], table["planned"], tolerance),
        paper=_status(table["periods"], table["planned"], tolerance),
    )


def _status(actual: pd.Series, planned: pd.Series, tolerance: float) -> np.ndarray:
    slack = tolerance + ENOUGH
    cases = [actual.isna(), (actual <= 0) & (planned > 0), actual < planned - slack, actual > planned + slack]
    return np.select(cases, ["unknown", "none", "short", "over"], "full")


def _asked(plan: Curriculum) -> pd.DataFrame:
    """Return ``grade, subject, planned``: what the plan asks."""
    rows = [(grade, s.key, weekly) for s in plan.subjects for grade, weekly in enumerate(s.weekly, 1)]
    return pd.DataFrame([row for row in rows if row[2] > 0], columns=["grade", "subject", "planned"])


def _grades(county: County, schools: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``school_id, stage, grade`` of all grades that a school has, as far as the tables tell."""
    sixth = "junior" if (rows.loc[rows["grade"] == 6, "stage"] == "junior").any() else "primary"
    stages = {grade: "primary" if grade < 6 else "junior" for grade in range(1, 10)} | {6: sixth}
    told = rows[["school_id", "stage", "grade"]]
    parts = [told]
    enrolment = county.tables.get("enrolment")
    if enrolment is not None and not enrolment.empty:
        last = enrolment[enrolment["year"] == enrolment["year"].max()].set_index("school_id")
        wide = last[[f"grade{grade}" for grade in stages]].set_axis(list(stages), axis=1)
        pupils = wide.rename_axis(columns="grade").stack()
        parts.append(pupils[pupils > 0].index.to_frame(index=False))
    silent = schools.index.difference(pd.concat(parts)["school_id"])
    for stage in ("primary", "junior"):
        without = silent[schools.loc[silent, f"pupils_{stage}"] > 0]
        of_stage = [grade for grade, its in stages.items() if its == stage]
        parts.append(
            pd.MultiIndex.from_product([without, of_stage], names=["school_id", "grade"]).to_frame(
                index=False
            )
        )
    found = pd.concat(parts)
    found = found[found["school_id"].isin(schools.index)].astype({"grade": int})
    found["stage"] = found["stage"].fillna(found["grade"].map(stages))
    return found.drop_duplicates(["school_id", "grade"])  # the timetable's own stage stands first


def school_verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """Judge each school: has it all subjects, has it enough of each (开齐、开足，三个答案).

    Parameters
    ----------
    table : DataFrame
        Of `delivery`.

    Returns
    -------
    DataFrame
        By ``stage`` and ``school_id``: ``name, area``; ``complete`` and ``sufficient``: False where one subject in one grade is lacking (or too short), otherwise None where one is unknown, otherwise
        True; ``none, short, over, unknown``: in which subjects and grades, in Chinese.

    Notes
    -----
    More than the plan does not make a school fail here: it is shown beside, since other subjects pay for it.
    """
    keys = ["stage", "school_id"]
    found = table.groupby(keys)[["name", "area"]].first()
    lists = {status: _where(table, status).reindex(found.index, fill_value="") for status in STATUSES}
    lacks, short, unknown = (lists[s] != "" for s in ("none", "short", "unknown"))
    found["complete"] = _three_valued(lacks, unknown)
    found["sufficient"] = _three_valued(lacks | short, unknown)
    return found.assign(**{status: lists[status] for status in ("none", "short", "over", "unknown")})


def _three_valued(fails: pd.Series, unknown: pd.Series) -> pd.Series:
    values = [False if bad else None if open_ else True for bad, open_ in zip(fails, unknown, strict=True)]
    return pd.Series(values, fails.index, dtype=object)


def _where(table: pd.DataFrame, status: str) -> pd.Series:
    """Return by stage and school the subjects of a status and their grades: 音乐（3、4年级）."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in table[table["status"] == status].sort_values("grade", kind="stable").itertuples():
        school = found.setdefault((row.stage, row.school_id), {})
        school.setdefault(row.label, []).append(str(row.grade))
    texts = {
        school: "、".join(f"{label}（{'、'.join(grades)}年级）" for label, grades in subjects.items())
        for school, subjects in found.items()
    }
    return pd.Series(texts, dtype=object)


def subject_delivery(table: pd.DataFrame, by: Iterable[str] = ("stage", "label")) -> pd.DataFrame:
    r"""Count by subject what was not given, and which part of the plan was (哪一科没有上).

    .. math::
        \text{kept} = \frac{\sum \min(\text{given}, \text{planned})}{\sum \text{planned}}

    over what is known: more in one school does not make up for less in another.

    Parameters
    ----------
    table : DataFrame
        Of `delivery`.
    by : iterable of str
        Its columns, such as ``("area", "label")``.

    Returns
    -------
    DataFrame
        By ``by``, in the order of the table: ``asked``, subjects in grades of schools; of these, by `STATUSES` of what was given, how many; ``paper_short``, how many the timetable itself has too few of; ``hidden``: enough on the
        timetable, too few given; ``kept``, NaN where nothing is known.
    """
    keys, low = list(by), ["none", "short"]
    rows = table.assign(
        **{status: table["status"] == status for status in STATUSES},
        asked=1,
        paper_short=table["paper"].isin(low),
        hidden=table["paper"].isin(["full", "over"]) & table["status"].isin(low),
        part=table[["given", "planned"]].min(axis=1, skipna=False),
        whole=table["planned"].where(table["given"].notna()),
    )
    counts = ["asked", *STATUSES, "paper_short", "hidden"]
    found = rows.groupby(keys, sort=False)[[*counts, "part", "whole"]].sum()
    found["kept"] = found["part"] / found["whole"].where(found["whole"] > 0)
    return found.astype(dict.fromkeys(counts, int))[[*counts, "kept"]]


def status_grid(table: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Return the schools of a stage by their subjects' labels: the worst of the grades, in the order of `STATUSES`; those that lack most first."""
    rows = table[table["stage"] == stage]
    worst = rows["status"].map({status: place for place, status in enumerate(STATUSES)})
    grid = rows.assign(worst=worst).pivot_table(
        index="school_id", columns="label", values="worst", aggfunc="min", sort=False
    )
    bad = pd.DataFrame({"bad": (grid < 2).sum(axis=1), "sum": grid.sum(axis=1)})
    grid = grid.loc[bad.sort_values(["bad", "sum"], ascending=[False, True], kind="stable").index]
    return grid.apply(lambda column: column.map(dict(enumerate(STATUSES))))


def by_tolerance(table: pd.DataFrame, tolerances: Iterable[float] = (0, 0.5, 1, 2)) -> pd.DataFrame:
    """Count the schools that have enough of each subject, as more is tolerated (放宽几节，变多少).

    Returns
    -------
    DataFrame
        By ``stage``, ``basis`` (of `BASES`) and ``tolerance`` in periods a week: ``enough, short, unknown`` schools, and ``lacking``, subjects in grades of schools that are not given in full.
    """
    found = []
    for tolerance in tolerances:
        for basis in BASES:
            rows = judged(table.assign(given=table[basis]), tolerance)
            verdicts = (
                school_verdicts(rows)["sufficient"].map({True: "enough", False: "short"}).fillna("unknown")
            )
            counts = verdicts.groupby(level="stage").value_counts().unstack(fill_value=0)
            lacking = rows["status"].isin(["none", "short"]).groupby(rows["stage"]).sum()
            found.append(counts.assign(lacking=lacking, basis=basis, tolerance=tolerance))
    columns = ["enough", "short", "unknown", "lacking"]
    whole = pd.concat(found).set_index(["basis", "tolerance"], append=True)
    return whole.reindex(columns=columns).fillna(0).astype(int).rename_axis(columns=None)


def county_week(table: pd.DataFrame, basis: str = "given") -> pd.DataFrame:
    """Return the county's mean week: periods by ``grade`` (1 to 9) and subject, over the schools of which it is known; NaN where of none."""
    week = table.pivot_table(index="grade", columns="subject", values=basis, aggfunc="mean", sort=False)
    return week.reindex(range(1, 10)).rename_axis("grade")


def nine_year_shares(week: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    r"""Add up nine grades and hold each group's share against the plan's bounds (九年课时比例).

    .. math::
        \text{hours}_k = \sum_{j \in k} \sum_{g=1}^{9} w_g h_{gj}, \qquad \text{share}_k = \text{hours}_k / H

    with the weeks :math:`w_g` of a year, the periods a week :math:`h_{gj}` and the plan's total :math:`H`.

    Parameters
    ----------
    week : DataFrame
        Periods a week by grade (1 to 9) and subject: of `county_week`, or of one class that one follows in thought.
    plan : Curriculum, optional
        Ours if left out.

    Returns
    -------
    DataFrame
        By the group's ``label``: ``hours`` and ``share`` of nine years, NaN where a grade that is to have a subject of it is unknown; ``least`` and ``most``, whole hours; ``status`` of `STATUSES`. ``attrs["total"]``: the plan's hours.

    Notes
    -----
    Source of the bounds: 义务教育课程方案（2022年版）, see ``standards/staffing/curriculum.toml``. They hold for nine years together: a grade is judged by `delivery`.
    """
    plan = plan or load_curriculum()
    rows = []
    for group in plan.groups:
        hours = sum(_nine_years(week, plan, key) for key in group.subjects)
        least, most = plan.bounds()[group.key]
        share = hours / plan.total
        low, high = (bound + sign * 1e-12 for bound, sign in zip(group.share, (-1, 1), strict=True))
        status = (
            "unknown" if np.isnan(hours) else "short" if share < low else "over" if share > high else "full"
        )
        rows.append((group.label, hours, share, least, most, status))
    columns = ["label", "hours", "share", "least", "most", "status"]
    found = pd.DataFrame(rows, columns=columns).set_index("label")
    found.attrs["total"] = plan.total
    return found


def _nine_years(week: pd.DataFrame, plan: Curriculum, key: str) -> float:
    """Hours of a subject in nine years; where the plan asks none, a blank is none."""
    given = week.get(key, pd.Series(np.nan, range(1, 10))).reindex(range(1, 10)).astype(float)
    asked = np.array(plan.subject(key).weekly)
    return float(np.dot(plan.weeks, given.fillna(0.0).where(asked == 0, given)))
