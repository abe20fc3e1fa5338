"""Plans of works: what a budget buys, moved by the reader, and how a plan goes year by year."""

import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import OCHRE, Bars, drawn
from balancelib.figures.explorers import Answer, Control, Explorer, explore
from balancelib.figures.plots import STAGE_LABELS
from balancelib.figures.style import WAN

FIRSTS = {"pupils": "让最多的学生在达标学校", "sections": "让最多的学校达标"}


def explore_budget(standing: pd.DataFrame, bought: pd.DataFrame) -> Explorer:
    """Let the reader move the budget and what it is spent for first: who complies, and what the money buys.

    Parameters
    ----------
    standing : DataFrame
        By ``budget`` (元) and ``first`` ("pupils" or "sections"), for each ``stage``: ``sections, sections_meet, pupils, pupils_meet``.
    bought : DataFrame
        By the same, for each action: ``label, amount, unit, paid`` (元).

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        A budget without both ways of spending it.

    Examples
    --------
    >>> keys = {"budget": [0, 0, 500_000, 500_000], "first": ["pupils", "sections"] * 2}
    >>> standing = pd.DataFrame(keys | {"stage": "primary", "sections": 2, "sections_meet": [1, 1, 2, 2], "pupils": 900, "pupils_meet": [300, 300, 900, 900]})
    >>> bought = pd.DataFrame(keys | {"label": "新建运动场地", "amount": [0, 0, 950, 950], "unit": "平方米", "paid": [0, 0, 475_000, 475_000]})
    >>> print(explore_budget(standing, bought).all_states()[2].sentence)
    预算50万元，先让最多的学生在达标学校：花47.50万元。达标的学段部分，小学2个里2个，达标的里面有全县100.0%的学生。
    """
    budgets = sorted(standing["budget"].unique())
    if set(zip(standing["budget"], standing["first"], strict=True)) != {
        (b, f) for b in budgets for f in FIRSTS
    }:
        raise ValueError("每一档预算都要有pupils和sections两种花法的结果")
    ever = bought.groupby("label", sort=False)["paid"].sum()
    bought = bought[bought["label"].isin(ever.index[ever > 0])]
    dearest = float(max(bought["paid"], default=1.0))

    def answer(budget: float, first: str) -> Answer:
        here, mine = (t[(t["budget"] == budget) & (t["first"] == first)] for t in (standing, bought))
        return _answer(budget, first, here, mine, dearest)

    words = [f"{budget / WAN:,g}万元" for budget in budgets]
    controls = {
        "budget": Control("预算", budgets, words, budgets[len(budgets) // 2], slides=True),
        "first": Control("先做什么", list(FIRSTS), list(FIRSTS.values())),
    }
    return explore(answer, controls, "预算：能买什么，多少学校达标")


def _answer(
    budget: float, first: str, standing: pd.DataFrame, bought: pd.DataFrame, dearest: float
) -> Answer:
    stages = [STAGE_LABELS[stage] for stage in standing["stage"]]
    shares = (standing["sections_meet"] / standing["sections"]).tolist()
    counts = [
        f"{met}/{of}个" for met, of in zip(standing["sections_meet"], standing["sections"], strict=True)
    ]
    paid = [f"{x / WAN:,.2f}" for x in bought["paid"]]
    panels = [
        Bars("达标的学段部分", stages, shares, counts, top=1.0),
        Bars("钱花在哪里（万元）", bought["label"].tolist(), bought["paid"].tolist(), paid, top=dearest),
    ]
    amounts = [f"{a:,g}{u}" for a, u in zip(bought["amount"], bought["unit"], strict=True)]
    parts = zip(stages, standing["sections"], standing["sections_meet"], strict=True)
    meeting = "，".join(f"{stage}{of}个里{met}个" for stage, of, met in parts)
    share = 100 * standing["pupils_meet"].sum() / standing["pupils"].sum()
    return Answer(
        panels,
        ["措施", "数量", "花费（万元）"],
        [list(row) for row in zip(bought["label"], amounts, paid, strict=True)],
        f"预算{budget / WAN:,g}万元，先{FIRSTS[first]}：花{bought['paid'].sum() / WAN:,.2f}万元。"
        f"达标的学段部分，{meeting}，达标的里面有全县{share:.1f}%的学生。",
    )


def plan_years(by_year: pd.DataFrame) -> Axes:
    """Draw what a plan spends in each year, and how many sections meet the school rule after it.

    Parameters
    ----------
    by_year : DataFrame
        A row a year, 0 is today: ``year, spent`` (元), and for each stage that there is ``<stage>_meets`` and ``<stage>_sections``.

    Returns
    -------
    Axes
        Of the first panel: the money.
    """
    names = ["今年" if year == 0 else f"第{year}年" for year in by_year["year"]]
    after = ["今天" if year == 0 else f"第{year}年后" for year in by_year["year"]]
    money = by_year["spent"] / WAN
    panels = [
        Bars(
            "花多少（万元）", names[1:], money[1:].tolist(), [f"{x:,.2f}" for x in money[1:]], top=max(money.max(), 1.0), mark=OCHRE,
            marked=[True] * (len(names) - 1),
        )
    ]  # fmt: skip
    for stage, label in STAGE_LABELS.items():
        if f"{stage}_meets" in by_year:
            meets, of = by_year[f"{stage}_meets"], by_year[f"{stage}_sections"]
            texts = [f"{m}/{n}个" for m, n in zip(meets, of, strict=True)]
            panels.append(Bars(f"{label}：达标的学段部分", after, (meets / of).tolist(), texts, top=1.0))
    return drawn(panels).axes[0]
