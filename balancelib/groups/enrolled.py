"""What share of disabled children is at school: who counts as enrolled, of whom, and how far registers leave it open."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from balancelib.assess.logic import reaches
from balancelib.assess.parts import FormRounding, bare, judge_county
from balancelib.county import County, Lacking
from balancelib.county.lacking import lacking, said
from balancelib.county.schema import schema
from balancelib.groups.cohorts import LIMIT, NEEDED, cohort_counts
from balancelib.groups.migrants import PLACED, placed_rows
from balancelib.groups.registers import register_bounds, register_sizes
from balancelib.standards import Standard, Test, load_standard

PLAN = 0.97  # of the national plan for 2025, above the 95 % of the standard
AT_SCHOOL = ("regular", "regular_class", "special")


class Way(NamedTuple):
    """A way to count: the placements that count as enrolled, and those that are left out of the denominator."""

    enrolled: tuple[str, ...]
    left_out: tuple[str, ...] = ()


WAYS: Mapping[str, Way] = {
    "送教算入学，延缓的留在分母": Way((*AT_SCHOOL, "home")),
    "送教算入学，延缓的不进分母": Way((*AT_SCHOOL, "home"), ("deferred",)),
    "只算到校的，延缓的留在分母": Way(AT_SCHOOL),
    "只算到校的，延缓的不进分母": Way(AT_SCHOOL, ("deferred",)),
}
WORDS = {
    "retention": "初中三年巩固率",
    "disabled_enrolment": "残疾儿童少年入学率",
    "left_behind_and_migrant": "随迁子女在公办学校和购买学位就读的比例",
}
ITEMS = {  # the standard's items about groups, and the county items that they are made of
    "retention": dict(
        zip(
            ("grade7_entrants", "junior_transfers_in", "junior_transfers_out", "junior_deaths", "junior_graduates"),
            NEEDED,
            strict=True,
        )
    ),
    "disabled_enrolment": {"disabled_children": "of", "disabled_children_enrolled": "enrolled"},
    "left_behind_and_migrant": {"migrant_children_eligible": "of", "migrant_children_placed": "placed"},
}  # fmt: skip


def placements(county: County) -> pd.Series:
    """Return how many disabled children of the whole county have each placement (安置方式), by the schema's codes and in its order.

    Raises
    ------
    Lacking
        The table is empty, or a number is missing.
    """
    table = county.tables["disabled_children"]
    if table.empty or table["children"].isna().any():
        raise Lacking("“残疾儿童安置”表没有人数，或者有空着的。没有的组合不写那一行；空着就不知道有没有。")
    codes = schema().table("disabled_children").column("placement").codes
    return table.groupby("placement")["children"].sum().reindex(codes, fill_value=0).astype(float)


def enrolment_rates(counts: pd.Series, ways: Mapping[str, Way] = WAYS) -> pd.DataFrame:
    r"""Return the share of disabled children who are enrolled, in each way to count (残疾儿童少年入学率的几种口径).

    .. math:: R = \frac{\sum_{p \in \text{enrolled}} n_p}{\sum_{p \notin \text{left out}} n_p}

    Parameters
    ----------
    counts : Series
        Children by placement, of `placements`.
    ways : mapping of str to Way
        Named ways.

    Returns
    -------
    DataFrame
        A row a way: ``enrolled``, ``of``, ``rate`` and ``meets``, ``meets_plan``: whether it reaches 95 % and 97 %, None where nobody is
        in the denominator.

    Notes
    -----
    The standard counts 送教上门 as enrolled (教督〔2017〕6号, quality item 2); whether deferred children stay in the denominator differs
    between places and must be written beside the number.

    Examples
    --------
    >>> counts = pd.Series(dict(regular=70, regular_class=0, special=20, home=5, deferred=3, out=2))
    >>> enrolment_rates(counts)["rate"].round(3).tolist()
    [0.95, 0.979, 0.9, 0.928]
    """
    rows = {}
    for name, way in ways.items():
        enrolled = float(counts.reindex(way.enrolled, fill_value=0).sum())
        of = float(counts.drop(list(way.left_out), errors="ignore").sum())
        rate = enrolled / of if of else float("nan")
        meets = [reaches(rate, limit) if of else None for limit in (LIMIT, PLAN)]
        rows[name] = [enrolled, of, rate, *meets]
    columns = ["enrolled", "of", "rate", "meets", "meets_plan"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def register_rates(county: County, holders: str = "federation", roll: str = "school") -> pd.DataFrame:
    """Divide one office's number by another's, and bound what the share can truly be (分子分母各来自一个部门).

    Parameters
    ----------
    county : County
        With ``registers`` of disabled children; what pairs were compared narrows the bounds.
    holders, roll : str
        The office with the denominator and the one with those enrolled.

    Returns
    -------
    DataFrame
        ``divided``: the roll by the holders, which may be above 1, for it has children whom the holders have not; ``holders``: of the
        holders' children those on the roll; ``known``: of the children in any register those on the roll. Columns ``of_least``,
        ``of_greatest``, ``out_least``, ``out_greatest`` (children, not enrolled) and ``least``, ``greatest`` (shares).

    Raises
    ------
    Lacking
        As of `register_bounds`; or one of the two offices has no register.
    """
    sizes = register_sizes(county, "disabled")
    if missing := [name for name in (holders, roll) if name not in sizes]:
        names = schema().table("registers").column("office").codes
        raise Lacking(
            f"没有{'、'.join(names[name] for name in missing)}的残疾儿童名册，分子或者分母没有来处。"
        )
    sums = sizes.sum()
    out = register_bounds(county, "disabled", inside=[holders], outside=[roll])[["least", "greatest"]].sum()
    union = register_bounds(county, "disabled")[["least", "greatest"]].sum()
    off_roll = register_bounds(county, "disabled", outside=[roll])[["least", "greatest"]].sum()
    if not sums[holders]:
        raise Lacking("作分母的名册一个孩子也没有，谈不上入学率。")
    rows = {
        "divided": [sums[holders], sums[holders], sums[holders] - sums[roll], sums[holders] - sums[roll]],
        "holders": [sums[holders], sums[holders], *out],
        "known": [*union, *off_roll],
    }
    found = pd.DataFrame.from_dict(
        rows, orient="index", columns=["of_least", "of_greatest", "out_least", "out_greatest"]
    )
    found["least"] = 1 - found["out_greatest"] / [sums[holders], sums[holders], union["greatest"]]
    return found.assign(greatest=1 - found["out_least"] / [sums[holders], sums[holders], union["least"]])


def migrant_places(county: County, year: int | None = None) -> pd.Series:
    """Return migrant pupils ``of`` the county's schools, and those ``placed`` in public schools or places bought by the government.

    Parameters
    ----------
    county : County
        With ``group_pupils``.
    year : int, optional
        The last one if left out.
    """
    sums = placed_rows(county, year or county.tables["group_pupils"]["year"].max())[PLACED].sum()
    return pd.Series({"of": sums["pupils"], "placed": sums["public"] + sums["purchased"]}, dtype=float)


def beside_items(county: County, standard: Standard | None = None) -> pd.DataFrame:
    """Set what the county reports for the official items beside what its detailed tables give (和申报的几项对一对).

    Returns
    -------
    DataFrame
        A row an item (quality items 1 and 2, government item 15): ``item`` in words, ``limit``, ``reported`` and ``recounted`` shares, the
        children that they are of (``reported_of``, ``recounted_of``), and whether each meets the limit, by the verdict's own rules. NaN and
        None where the tables lack it; ``lacks`` says what.
    """
    standard = standard or load_standard("quality-2017")
    rounding = FormRounding(standard.ratio_decimals, False)
    supplied = county.tables["county_items"].sum(numeric_only=True, skipna=False).dropna().to_dict()
    tests = {
        item.key: next(test for test in item.tests if test.over)
        for part in (standard.government, standard.quality) for item in part.items if item.key in ITEMS
    }  # fmt: skip
    rows = []
    for key, columns in ITEMS.items():
        again, lacks = _recounted(county, key, columns)
        told, found = (judge_county(tests[key], items, rounding) for items in (supplied, again))
        rows.append({
            "item": WORDS[key], "limit": tests[key].minimum, "reported": told.value, "recounted": found.value,
            "reported_of": _of(tests[key], supplied), "recounted_of": _of(tests[key], again),
            "meets": told.meets, "meets_recounted": found.meets, "lacks": lacks,
        })  # fmt: skip
    return pd.DataFrame(rows, index=list(ITEMS))


def _of(test: Test, items: Mapping[str, float]) -> float:
    """Return the denominator of a test, NaN where a part of it is not supplied."""
    return sum(
        (-1 if term.startswith("-") else 1) * items.get(bare(term), float("nan")) for term in test.over
    )


def _recounted(county: County, key: str, columns: Mapping[str, str]) -> tuple[dict[str, float], str]:
    """Return the county items of one official item made from the detailed table, or what is lacking for them."""
    table = {"retention": "cohorts", "disabled_enrolment": "disabled_children"}.get(key, "group_pupils")
    if missing := lacking(county.tables, [table]):
        return {}, said(missing)
    if key == "retention":
        by_year = cohort_counts(county, ["entered"])
        found = by_year.iloc[-1]
    elif key == "disabled_enrolment":
        found = enrolment_rates(placements(county)).iloc[0]
    else:
        found = migrant_places(county)
    return {item: float(found[column]) for item, column in columns.items()}, ""
