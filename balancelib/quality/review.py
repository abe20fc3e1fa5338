"""Reviews of teaching materials: how far reviewers agree, who differs from the others, on what, and what a rule makes of it."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures.agreement import Agreement, Undefined, cohen_kappa, fleiss_kappa, specific_agreement
from balancelib.measures.estimation import Estimate
from balancelib.measures.krippendorff import krippendorff_alpha
from balancelib.measures.ratings import cross_table, rating_counts

VERDICTS = {"reject": "不通过", "mend": "修改后再审", "pass": "通过"}  # from the worst to the best
ASPECTS = {"ideology": "思想性", "science": "科学性", "fit": "适宜性", "layout": "编校质量"}
SCORES = (1, 2, 3, 4)
RULES = {"majority": "过半数说通过", "all": "人人说通过", "no_reject": "过半数说通过，且没有人说不通过"}
OUTCOMES = {"pass": "通过", "discuss": "会商", "unknown": "审的人不够"}
FEWEST_VERDICTS = 3  # verdicts that a decision asks for: ours
APART = 2  # points between two reviewers that are talked about: ours


def ratings(county: County, what: str = "verdict") -> pd.DataFrame:
    """Put what reviewers said of each material side by side (各审读人的意见).

    Parameters
    ----------
    county : County
        With the table ``reviews``.
    what : str
        ``verdict`` or one of `ASPECTS`.

    Returns
    -------
    DataFrame
        A row a material, a column a reviewer; blank where nothing was said: it is unknown, no verdict is made of it.

    Raises
    ------
    Lacking
        Nobody said anything on it, or one reviewer only.
    """
    if what != "verdict" and what not in ASPECTS:
        raise ValueError(f"能看的是verdict、{'、'.join(ASPECTS)}，现在是{what}")
    given = county.tables["reviews"]
    given = given[given[what].notna()] if what in given else given.iloc[:0]
    name = ASPECTS.get(what, "结论")
    if given.empty:
        raise Lacking(f"“教材审读”表里没有填过“{name}”：没有意见可以比。请至少两位审读人各自填好再算。")
    if given["reviewer"].nunique() < 2:
        raise Lacking(
            f"“教材审读”表的“{name}”只有一位审读人填过：一个人谈不上一致。请再请一位以上，各自独立审同一批材料。"
        )
    return given.pivot(index="material", columns="reviewer", values=what).sort_index().sort_index(axis=1)


def scale_of(what: str) -> list[str] | list[int]:
    """Return what can be said, from the worst to the best."""
    return list(VERDICTS) if what == "verdict" else list(SCORES)


def agreement_table(county: County, seed: int = 0) -> pd.DataFrame:
    """Say of the verdict and of each aspect how far reviewers agree (一致性总表).

    Parameters
    ----------
    county : County
        With the table ``reviews``.
    seed : int
        Of the intervals.

    Returns
    -------
    DataFrame
        By what was judged, its Chinese name: ``materials`` that two or more judged, ``same`` (share of pairs of reviewers that say the same), ``kappa`` (Fleiss),
        ``alpha``, ``low``, ``high`` (Krippendorff, ordinal, with its interval), ``why``: where a coefficient is not defined, NaN and the reason; else empty.
    """
    rows = {}
    for what in ["verdict", *ASPECTS]:
        name = ASPECTS.get(what, "结论")
        try:
            rows[name] = _agreement(ratings(county, what), what, seed)
        except (Lacking, Undefined) as reason:
            rows[name] = {"why": str(reason)}
    columns = ["materials", "same", "kappa", "alpha", "low", "high", "why"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).fillna({"why": ""})


def _agreement(table: pd.DataFrame, what: str, seed: int) -> dict[str, object]:
    counts = rating_counts(table.to_numpy(dtype=object), scale_of(what))
    people = counts.sum(axis=1)
    paired = counts[people >= 2]
    found = {"materials": len(paired), "why": ""}
    if len(paired):
        each = (paired * (paired - 1)).sum(axis=1) / (people[people >= 2] * (people[people >= 2] - 1))
        found["same"] = each.mean()
    try:
        alpha = verdict_alpha(table, what, seed)
        found |= {"kappa": fleiss_kappa(counts).value, "alpha": alpha.value}
        found |= {"low": alpha.low, "high": alpha.high}
    except Undefined as reason:
        found["why"] = str(reason)
    return found


def verdict_alpha(table: pd.DataFrame, what: str = "verdict", seed: int = 0) -> Estimate:
    """Return Krippendorff's α of a table of `ratings`, as of a scale from the worst to the best."""
    return krippendorff_alpha(table.to_numpy(dtype=object), "ordinal", scale_of(what), seed=seed)


def said_again(table: pd.DataFrame, what: str = "verdict") -> pd.Series:
    """Return for each verdict: when one reviewer gave it, how often another did (说了一次，别人也这样说的有几成).

    Returns
    -------
    Series
        By verdict, from the worst to the best; NaN for one that nobody gave.
    """
    scale = scale_of(what)
    counts = rating_counts(table.to_numpy(dtype=object), scale)
    return pd.Series(specific_agreement(counts), [VERDICTS.get(one, one) for one in scale])


def reviewer_pairs(table: pd.DataFrame, what: str = "verdict") -> pd.DataFrame:
    """Compare each two reviewers on the materials that both judged (两两比).

    Parameters
    ----------
    table : DataFrame
        Of `ratings`.
    what : str
        As of `ratings`.

    Returns
    -------
    DataFrame
        A row a pair: ``first, second, materials, same`` (share), ``kappa, low, high``: Cohen's, weighted linearly, since 1 and 4 differ more than 3 and 4. NaN where it is not defined,
        as for a reviewer who says the same of everything.
    """
    return pd.DataFrame([_pair(table, a, b, what) for a, b in combinations(table.columns, 2)])


def _pair(table: pd.DataFrame, a: str, b: str, what: str) -> dict[str, object]:
    counts = cross_table(table[a].to_list(), table[b].to_list(), scale_of(what))
    n = int(counts.sum())
    row = {"first": a, "second": b, "materials": n, "same": np.trace(counts) / n if n else np.nan}
    nothing = Agreement(*[np.nan] * 4, n, np.nan, np.nan)
    try:
        found = cohen_kappa(counts, "linear")
    except Undefined:
        found = nothing
    return row | {"kappa": found.value, "low": found.low, "high": found.high}


def reviewer_leanings(table: pd.DataFrame, what: str = "verdict") -> pd.DataFrame:
    """Say of each reviewer whether he is stricter than the others on the same materials (谁松谁紧).

    Parameters
    ----------
    table : DataFrame
        Of `ratings`.
    what : str
        As of `ratings`. Verdicts count 1 (reject) to 3 (pass).

    Returns
    -------
    DataFrame
        By reviewer: ``materials`` that others judged too; ``leaning``: mean difference from the others' mean, in steps of the scale, below 0 stricter; ``low, high`` of its
        interval by Student's t, NaN with fewer than three materials; ``alone``: materials on which all others (two or more) agreed and this one differed.
    """
    steps = table.apply(lambda column: column.map({v: i for i, v in enumerate(scale_of(what), 1)})).astype(
        float
    )
    rows = {reviewer: _leaning(steps, reviewer) for reviewer in steps}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reviewer")


def _leaning(steps: pd.DataFrame, reviewer: str) -> dict[str, float]:
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    own, others = steps[reviewer], steps.drop(columns=reviewer)
    apart = (own - others.mean(axis=1)).dropna()
    n = len(apart)
    reach = stdtrit(n - 1, 0.975) * apart.std(ddof=1) / np.sqrt(n) if n > 2 else np.nan
    agreed = (others.nunique(axis=1) == 1) & (others.notna().sum(axis=1) >= 2)
    alone = agreed & own.notna() & (own != others.mean(axis=1))
    mean = apart.mean()
    return {
        "materials": n,
        "leaning": mean,
        "low": mean - reach,
        "high": mean + reach,
        "alone": int(alone.sum()),
    }


def disputes(county: County) -> pd.DataFrame:
    """List the materials on which reviewers differ much, and on what (分歧在哪里).

    Returns
    -------
    DataFrame
        By material, those with most rejects first, then with most aspects apart: how many said each of `VERDICTS` (Chinese), ``silent``: reviewers of the county who gave no verdict; ``apart``: aspects on which
        two reviewers lie `APART` or more points from each other, in Chinese. Only materials with both a pass and a reject, or with such an aspect.
    """
    table = ratings(county)
    counts = pd.DataFrame({name: (table == key).sum(axis=1) for key, name in VERDICTS.items()})
    counts["silent"] = table.isna().sum(axis=1)
    spread = _spread(county).reindex(counts.index)
    named = {m: "、".join(ASPECTS[a] for a in ASPECTS if spread.at[m, a] >= APART) for m in counts.index}
    counts["apart"] = pd.Series(named)
    both = (counts[VERDICTS["pass"]] > 0) & (counts[VERDICTS["reject"]] > 0)
    found = counts[both | (counts["apart"] != "")]
    most = pd.DataFrame({"rejects": found[VERDICTS["reject"]], "aspects": (spread >= APART).sum(axis=1)})
    return found.loc[
        most.loc[found.index].sort_values(["rejects", "aspects"], ascending=False, kind="stable").index
    ]


def _spread(county: County) -> pd.DataFrame:
    """Points between the highest and the lowest reviewer, by material and aspect; NaN where fewer than two scored."""
    given = county.tables["reviews"].reindex(columns=["material", *ASPECTS])
    groups = given.groupby("material")[list(ASPECTS)]
    return (groups.max() - groups.min()).where(groups.count() >= 2)


def decide(table: pd.DataFrame, rule: str, fewest: int = FEWEST_VERDICTS) -> pd.Series:
    """Say what a rule makes of the verdicts (算谁的).

    Parameters
    ----------
    table : DataFrame
        Of `ratings`, of verdicts.
    rule : str
        One of `RULES`.
    fewest : int
        Verdicts that a material needs; a blank is not one.

    Returns
    -------
    Series
        By material, one of `OUTCOMES`: ``pass``; ``discuss``: reviewers meet and say why; ``unknown``: too few verdicts.
    """
    if rule not in RULES:
        raise ValueError(f"规则只能是{'、'.join(RULES)}，现在是{rule}")
    given, passed = table.notna().sum(axis=1), (table == "pass").sum(axis=1)
    most = 2 * passed > given
    holds: Mapping[str, pd.Series] = {
        "majority": most,
        "all": passed == given,
        "no_reject": most & ~(table == "reject").any(axis=1),
    }
    found = np.select([given < fewest, holds[rule]], ["unknown", "pass"], "discuss")
    return pd.Series(found, table.index)


def rules_side_by_side(table: pd.DataFrame, fewest: int = FEWEST_VERDICTS) -> pd.DataFrame:
    """Count what each of `RULES` makes of the verdicts: a row a rule, a column an outcome, in Chinese."""
    counts = {name: decide(table, rule, fewest).value_counts() for rule, name in RULES.items()}
    found = pd.DataFrame.from_dict(counts, orient="index").reindex(columns=list(OUTCOMES))
    return found.fillna(0).astype(int).rename(columns=OUTCOMES)
