"""An audit of what schools' money says: rules that are data, and numbers that stand out. What it finds are questions, no proof."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtri

from balancelib.assess.logic import reaches, shown, within
from balancelib.county import County
from balancelib.county.funding import formula_need, funding_table
from balancelib.resources.anomalies import modified_z, robust_distances
from balancelib.resources.audit_rules import COUNTED, AuditRules, Outliers, Round, Rule, load_rules
from balancelib.resources.digits import round_amounts
from balancelib.resources.expressions import evaluate, names
from balancelib.standards.quotas import running_costs

SEVERITIES = {"rule": "不合规定", "question": "反常"}
ALL_YEARS = "各年"


class Audit(NamedTuple):
    """What an audit found, and what it looked at.

    ``findings`` has a row a finding: ``school_id``, ``name``, ``year`` (blank for all years together), ``id``, ``label``, ``severity``,
    ``value``, ``limit`` (texts), ``ask``. ``looked_at`` has a row a question: how many rows were looked at, found, and not judged because a number is missing.
    ``unknown``: by year why its pupils and its quota are not known, so that nothing that goes by them is asked.
    """

    findings: pd.DataFrame
    looked_at: pd.DataFrame
    unknown: dict[int, str]

    def table(self) -> pd.DataFrame:
        """Return the findings in Chinese: those against a rule first, then by school and year."""
        found = self.findings
        order = found.assign(question=found["severity"] == "question").sort_values(
            ["question", "school_id", "year", "id"], kind="stable"
        )
        return pd.DataFrame(
            {
                "学校": order["name"],
                "年份": order["year"].astype("string").fillna(ALL_YEARS),
                "问题": order["label"],
                "数值": order["value"],
                "限值": order["limit"],
                "性质": order["severity"].map(SEVERITIES),
                "请学校提供": order["ask"],
            }
        ).reset_index(drop=True)


def audit_fields(county: County) -> pd.DataFrame:
    """Return what rules may ask about: a row a school and year of the table ``money``, with pupils, quota, ledger and the year before.

    Parameters
    ----------
    county : County
        With the tables ``money`` and ``enrolment``; pupils and quota of a year of which they are not known are blank, ``attrs["unknown"]`` says why; without ``ledger`` what it says is blank, as it is for a year with a blank in it.

    Raises
    ------
    ValueError
        No table ``money``, or nothing in it.
    """
    county.tables.need(["money"])
    money = county.tables["money"].astype({"year": int})
    years, unknown = [], {}
    for year in sorted(money["year"].unique().tolist()):
        try:
            years.append(_of_year(county, year))
        except ValueError as error:
            unknown[year] = str(error)
    columns = ["school_id", "year", *COUNTED, "quota"]
    of_years = pd.concat(years) if years else pd.DataFrame(columns=columns)
    fields = money.merge(of_years, how="left", on=["school_id", "year"])
    fields["ledger_bought"] = np.nan
    if "ledger" in county.tables:
        ledger = county.tables["ledger"]
        bought = (ledger["quantity"] * ledger["unit_value"]).groupby(
            [ledger["school_id"], ledger["year_bought"].astype(int).rename("year")]
        )
        keys = pd.MultiIndex.from_frame(fields[["school_id", "year"]])
        spent = bought.agg(lambda amounts: amounts.sum(skipna=False))
        fields["ledger_bought"] = spent.reindex(keys, fill_value=0.0).to_numpy()
    before = fields.add_prefix("previous_").rename(columns={"previous_school_id": "school_id"})
    before["year"] = before["previous_year"] + 1
    fields = fields.merge(before, how="left", on=["school_id", "year"])
    called = fields["school_id"].map(county.schools.set_index("school_id")["name"])
    fields.insert(1, "name", called.fillna(fields["school_id"]))
    fields = fields.sort_values(["school_id", "year"], ignore_index=True)
    fields.attrs["unknown"] = unknown
    return fields


def _of_year(county: County, year: int) -> pd.DataFrame:
    """Return the pupils that money of a year goes by, those of the September before, and the quota."""
    table = funding_table(county, year - 1)
    quota = formula_need(table, running_costs(year))["total"]
    return table[list(COUNTED)].assign(quota=quota, year=year).reset_index()


def audit(county: County, rules: AuditRules | None = None) -> Audit:
    """Ask of each school's money what the rules ask, and look for numbers that stand out (经费审计).

    Parameters
    ----------
    county : County
        With the tables ``money`` and ``enrolment``, and ``ledger``.
    rules : AuditRules, optional
        From `load_rules`; the library's own if left out.

    Returns
    -------
    Audit
        Questions to be asked, with what to ask for. None is a proof: mistakes of one digit, money carried over and gifts look the
        same from afar as misuse does.

    Raises
    ------
    ValueError
        No table ``money``, or nothing in it.

    Notes
    -----
    Unit of analysis: the school's year; for round amounts the school, its probability divided by the number of schools (Bonferroni), so that a
    county of honest schools is wrongly asked once in 1/probability audits. For outliers: `robust_distances` of all rows with the quantile
    of chi-squared; the variable named is the one with the largest `modified_z`.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> audit(sample_county(7)).findings["id"].value_counts()["overspent"].item()
    1
    """
    rules = rules or load_rules()
    fields = audit_fields(county)
    found = [_ask(rule, fields) for rule in rules.rules]
    if rules.outliers:
        found.append(_outliers(rules.outliers, fields))
    if rules.round:
        found.append(_round(rules.round, fields))
    findings, looked_at = zip(*found, strict=True)
    columns = ["school_id", "name", "year", "id", "label", "severity", "value", "limit", "ask"]
    rows = pd.DataFrame([row for rows in findings for row in rows], columns=columns)
    return Audit(rows.astype({"year": "Int64"}), pd.DataFrame(looked_at), fields.attrs["unknown"])


Found = tuple[list[dict[str, Any]], dict[str, Any]]  # rows of the findings, and a row of what was looked at


def _looked_at(asked: Any, judged: int, found: int, missing: int) -> dict[str, Any]:
    return {"id": asked.id, "label": asked.label, "judged": judged, "found": found, "missing": missing}


def _finding(row: pd.Series, asked: Any, value: str, limit: str) -> dict[str, Any]:
    return {
        "school_id": row["school_id"], "name": row["name"], "year": row["year"], "id": asked.id, "label": asked.label,
        "severity": asked.severity, "value": value, "limit": limit, "ask": asked.ask,
    }  # fmt: skip


def _ask(rule: Rule, fields: pd.DataFrame) -> Found:
    """Ask one rule of all rows."""
    of = lambda expression: evaluate(expression, fields)  # noqa: E731
    asked, unknown = pd.Series(True, fields.index), pd.Series(False, fields.index)
    if rule.when is not None:
        unknown = _unknown(names(rule.when), fields)
        asked = of(rule.when).astype(bool) | unknown
    value = of(rule.value)
    known, rows = asked & ~unknown & np.isfinite(value), []
    for expression, word, passes in ((rule.least, "不低于", reaches), (rule.most, "不超过", within)):
        if expression is None:
            continue
        limit = of(expression)
        known &= np.isfinite(limit)
        for i in np.flatnonzero(known & ~passes(value, limit)):
            texts = _in_words(value[i], limit[i], rule.unit, passes)
            rows.append(_finding(fields.loc[i], rule, texts[0], word + texts[1]))
    judged = int(known.sum())
    return rows, _looked_at(rule, judged, len(rows), int(asked.sum()) - judged)


def _unknown(used: Collection[str], fields: pd.DataFrame) -> pd.Series:
    """Whether a row lacks a number that decides if it is asked. What has no year before lacks nothing of that year."""
    blank = fields[sorted(used)].isna()
    blank.loc[fields["previous_year"].isna(), [name for name in blank if name.startswith("previous_")]] = (
        False
    )
    return blank.any(axis=1)


def _in_words(value: float, limit: float, unit: str, passes: Callable[..., Any]) -> tuple[str, str]:
    """Write a value and its limit in a unit."""
    scale, decimals = (100, 2) if unit == "%" else (1, 2 if unit == "倍" else 0)
    value, limit = _apart(scale * value, scale * limit, decimals, passes)
    return value + unit, limit + unit


def _apart(value: float, limit: float, decimals: int, passes: Callable[..., Any]) -> tuple[str, str]:
    """Write a value and its limit, with more decimals where they would look to agree."""
    limit = shown(limit, value, decimals, lambda bound, x: passes(x, bound))
    return shown(value, float(limit.replace(",", "")), decimals, passes), limit


def _outliers(asked: Outliers, fields: pd.DataFrame) -> Found:
    """Look for rows that are far from the others in all variables together."""
    values = pd.DataFrame({field.label: evaluate(field.value, fields) for field in asked.fields})
    values = values[np.isfinite(values).all(axis=1)]
    try:
        distances = np.sqrt(robust_distances(values))
    except ValueError:  # too few rows, or most of them the same: nobody can stand out
        return [], _looked_at(asked, 0, 0, len(fields))
    limit = np.sqrt(chdtri(len(asked.fields), asked.probability))
    z = values.apply(modified_z)
    rows = []
    for i, distance in zip(values.index[distances > limit], distances[distances > limit], strict=True):
        most = z.loc[i].abs().idxmax()
        side = "高" if z.loc[i, most] > 0 else "低"
        far, bound = _apart(distance, limit, 1, within)
        rows.append(_finding(fields.loc[i], asked, f"稳健距离{far}，{most}偏{side}", f"不超过{bound}"))
    return rows, _looked_at(asked, len(values), len(rows), len(fields) - len(values))


def _round(asked: Round, fields: pd.DataFrame) -> Found:
    """Look for schools with more round amounts than chance explains."""
    schools = fields.groupby("school_id", sort=False)
    limit = asked.probability / len(schools)
    rows = []
    for _, school in schools:
        test = round_amounts(school[asked.fields].stack().dropna(), asked.unit)
        if test.p_value < limit:
            value = f"{test.n}个金额里{test.round}个是{asked.unit}元的倍数"
            all_years = school.iloc[0].where(school.columns != "year", None)
            rows.append(_finding(all_years, asked, value, f"碰巧的机会不小于1/{1 / limit:,.0f}"))
    return rows, _looked_at(asked, len(schools), len(rows), 0)
