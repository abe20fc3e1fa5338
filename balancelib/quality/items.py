"""Whether a test can be trusted: how hard each question is, how well it tells pupils apart, which options are chosen by whom."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures.estimation import Estimate
from balancelib.measures.reliability import (
    alpha_without,
    correlations,
    cronbach_alpha,
    discrimination,
    item_rest_correlation,
    measurement_error,
    tails,
)

OPTIONS = ("A", "B", "C", "D")
OMITTED = "没有答"
FEWEST_PUPILS = 30  # pupils below which nothing is said of a question: ours


@dataclass(frozen=True)
class Limits:
    """From where a question is looked at again. The degrees of discrimination are Ebel's; all others are ours, and a county may set its own.

    Attributes
    ----------
    easy, hard : float
        Share of points above and below which a question is called too easy or too hard; a guess among four is right in 0.25.
    weak : float
        Discrimination below which it is called weak.
    drawn : float
        Correlation with the rest of the test above which a wrong option draws the strong, if it is more than twice its error by chance too.
    idle : float
        Share below which a wrong option deceives nobody.
    omitted : float
        Share of pupils without answer above which it is said.
    """

    easy: float = 0.9
    hard: float = 0.25
    weak: float = 0.2
    drawn: float = 0.1
    idle: float = 0.03
    omitted: float = 0.1


@dataclass(frozen=True)
class Answers:
    """The answers to one test.

    Attributes
    ----------
    items : DataFrame
        By item, in the order of the table: ``key, content, max``.
    chosen : DataFrame
        A row a pupil, a column an item: the option, or `OMITTED`. Pupils with a row for each item only.
    incomplete : int
        Pupils left out because rows are lacking: what they answered is not known, and not nothing.
    """

    items: pd.DataFrame
    chosen: pd.DataFrame
    incomplete: int

    @property
    def scores(self) -> pd.DataFrame:
        """Points of each pupil on each item: those of the item for the key's option, else 0, also where nothing was answered, as the test is marked."""
        return (self.chosen == self.items["key"]).astype(float) * self.items["max"].astype(float)

    def with_keys(self, keys: Mapping[str, str]) -> "Answers":
        """Return the same answers marked by other keys, for the items named."""
        items = self.items.copy()
        if unknown := set(keys) - set(items.index):
            raise ValueError(f"试卷里没有这些题：{'、'.join(sorted(unknown))}")
        items.loc[list(keys), "key"] = list(keys.values())
        return Answers(items, self.chosen, self.incomplete)

    def without(self, dropped: list[str]) -> "Answers":
        """Return the test without some items."""
        return Answers(self.items.drop(index=dropped), self.chosen.drop(columns=dropped), self.incomplete)


def papers(county: County) -> list[str]:
    """Return the tests that have both questions and answers, in order."""
    return sorted(set(county.tables["items"]["test"]) & set(county.tables["item_answers"]["test"]))


def answers(county: County, test: str = "") -> Answers:
    """Read the answers to one test (一份试卷的作答).

    Parameters
    ----------
    county : County
        With the tables ``items`` and ``item_answers``.
    test : str
        The first of `papers` if left out.

    Raises
    ------
    Lacking
        No test has both, fewer than `FEWEST_PUPILS` pupils have a row for each question, or one is worth nothing.
    """
    if not (known := papers(county)):
        raise Lacking("“试题”表和“作答”表里没有同一份试卷：两张表的“试卷编号”要一致。")
    test = test or known[0]
    if test not in known:
        raise Lacking(f"没有编号是{test}的试卷，或者它没有作答；有的是{'、'.join(known)}。")
    items = county.tables["items"].query("test == @test").set_index("item")
    rows = county.tables["item_answers"].query("test == @test and item in @items.index")
    rows = rows.assign(answer=rows["answer"].astype(object).where(rows["answer"].notna(), OMITTED))
    chosen = rows.pivot(index="pupil", columns="item", values="answer").reindex(columns=items.index)
    whole = chosen.dropna()
    if len(whole) < FEWEST_PUPILS:
        raise Lacking(
            f"{test}只有{len(whole)}名学生每道题都有一行：不到{FEWEST_PUPILS}名，说不了一道题好不好。没有答的题也要有一行，选项留空。"
        )
    if not (items["max"] > 0).all():
        worthless = "、".join(items.index[~(items["max"] > 0)])
        raise Lacking(f"{test}的{worthless}满分空着，或者是0：一道题答对了得几分，填好再算。")
    columns = items.reindex(columns=["key", "content", "max"])
    return Answers(columns, whole, len(chosen) - len(whole))


@dataclass(frozen=True)
class Reliability:
    """How far totals of a test can be trusted.

    Attributes
    ----------
    alpha : Estimate
        Cronbach's, which is KR-20 here: a question gives all its points or none. (With unlike points it is α of weighted questions.)
    error : float
        Standard error of one pupil's total, points.
    mean, sd : float
        Of totals, points.
    most : float
        Points of the whole test.
    """

    alpha: Estimate
    error: float
    mean: float
    sd: float
    most: float


def reliability(given: Answers) -> Reliability:
    """Return how far totals can be trusted (信度和测量标准误)."""
    x = given.scores.to_numpy()
    total = _spread_totals(x)
    most = float(given.items["max"].sum())
    return Reliability(
        cronbach_alpha(x), measurement_error(x), float(total.mean()), float(total.std(ddof=1)), most
    )


def item_table(given: Answers, limits: Limits | None = None) -> pd.DataFrame:
    """Say of each question how hard it is, how well it tells pupils apart, and what to look at (逐题分析).

    Parameters
    ----------
    given : Answers
        Of `answers`.
    limits : Limits, optional
        From where a question is flagged.

    Returns
    -------
    DataFrame
        By item: ``difficulty`` (难度: mean share of the points, high is easy), ``discrimination`` (highest less lowest 27 %), ``correlation`` (with the rest of the test),
        ``alpha_without``, ``omitted`` (share), ``reasons``: reasons in Chinese, empty where there is nothing to look at.
    """
    limits = limits or Limits()
    x, most = given.scores.to_numpy(), given.items["max"].to_numpy(dtype=float)
    _spread_totals(x)
    table = pd.DataFrame(
        {
            "difficulty": x.mean(axis=0) / most, "discrimination": discrimination(x, most),
            "correlation": item_rest_correlation(x), "alpha_without": alpha_without(x),
            "omitted": (given.chosen == OMITTED).mean(),
        },
        index=given.items.index,
    )  # fmt: skip
    pupils = len(given.chosen)
    table["reasons"] = [
        "；".join(_flags(table.loc[i], option_table(given, i), limits, pupils)) for i in table.index
    ]
    return table


def option_table(given: Answers, item: str) -> pd.DataFrame:
    """Say of each option of a question who chooses it (选项分析).

    Returns
    -------
    DataFrame
        By option, `OMITTED` last: ``key`` (whether it is right), ``share`` of all, of the ``high`` and ``low`` 27 % by total, ``correlation``: of choosing it with the rest of
        the test; NaN where nobody or everybody does.
    """
    scores, chosen = given.scores, given.chosen[item]
    total = scores.sum(axis=1).to_numpy()
    high, low = tails(total)
    rest = (total - scores[item].to_numpy())[:, None]
    names = [*OPTIONS, OMITTED]
    picked = np.column_stack([(chosen == name).to_numpy(dtype=float) for name in names])
    return pd.DataFrame(
        {
            "key": [name == given.items.at[item, "key"] for name in names], "share": picked.mean(axis=0),
            "high": high @ picked / high.sum(), "low": low @ picked / low.sum(), "correlation": correlations(picked, rest),
        },
        index=pd.Index(names, name="option"),
    )  # fmt: skip


def option_curves(given: Answers, item: str, groups: int = 5) -> pd.DataFrame:
    """Return the share that chooses each option, in groups of pupils from the lowest to the highest (选项曲线).

    Parameters
    ----------
    given : Answers
        Of `answers`.
    item : str
        The question. Pupils are ordered by the rest of the test, so that the question does not sort by itself.
    groups : int
        Of about as many pupils; who has the same total is in the same group, so that some groups may be empty and left out.

    Returns
    -------
    DataFrame
        A row a group, ``pupils`` and a column an option.
    """
    scores = given.scores
    rest = scores.sum(axis=1) - scores[item]
    place = (rest.rank(method="average", pct=True) * groups - 1e-9).astype(int)
    shares = pd.crosstab(place, given.chosen[item], normalize="index")
    shares = shares.reindex(columns=[*OPTIONS, OMITTED], fill_value=0.0)
    shares.insert(0, "pupils", place.value_counts().sort_index())
    return shares.set_axis(range(1, len(shares) + 1)).rename_axis("group")


def _flags(row: pd.Series, options: pd.DataFrame, limits: Limits, pupils: int) -> list[str]:
    """Why a question is to be looked at, worst first."""
    easy = row["difficulty"] > limits.easy
    chance = 2 / np.sqrt(pupils)  # twice the error of a correlation of 0
    turned = _why_turned(row, options, chance)
    found = [turned] if turned else _why_weak(row, options, limits, max(limits.drawn, chance))
    if row["omitted"] > limits.omitted:
        found.append(f"{row['omitted']:.0%}没有答")
    wrong = options.drop(index=OMITTED).query("not key")
    idle = wrong.index[wrong["share"] < limits.idle]
    if len(idle) and not easy:
        found.append(f"选项{'、'.join(idle)}几乎没有人选")
    return found


def _why_turned(row: pd.Series, options: pd.DataFrame, chance: float) -> str:
    """Why the strong do worse; its own points, which raise the discrimination, are left out. One other option draws them where the key is wrong."""
    if row["correlation"] >= 0:
        return ""
    given = options.drop(index=OMITTED)
    drawing = given.index[~given["key"] & (given["correlation"] > 0)]
    if len(drawing) == 1 and given.at[drawing[0], "high"] > given.loc[given["key"], "high"].sum():
        key = "、".join(given.index[given["key"]])
        return f"疑似答案给错：高分组选{drawing[0]}的比选答案{key}的多"
    return "越会的越答错：题意或答案要看" if row["correlation"] < -chance else ""


def _why_weak(row: pd.Series, options: pd.DataFrame, limits: Limits, least: float) -> list[str]:
    """What keeps a question from telling pupils apart."""
    wrong = options.drop(index=OMITTED).query("not key")
    found = [
        f"选项{name}吸引高分的学生：看它能不能也算对" for name in wrong.index[wrong["correlation"] > least]
    ]
    if row["difficulty"] > limits.easy:
        return ["太容易", *found]
    if row["difficulty"] < limits.hard:
        return ["太难：答对的不比瞎猜多", *found]
    weak = row["discrimination"] < limits.weak
    return [f"区分度低于{limits.weak:g}", *found] if weak else found


def _spread_totals(x: np.ndarray) -> np.ndarray:
    """Return the totals of a test that has something to compare."""
    if x.shape[1] < 2:
        raise Lacking("这份试卷只有一道题：信度、区分度都要和别的题比，至少要两道题。")
    total = x.sum(axis=1)
    if not total.std() > 0:
        raise Lacking("人人的总分一样：看不出哪道题分得开学生。")
    return total
