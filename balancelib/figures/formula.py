"""The funding formula that a reader moves, and what money's going elsewhere is shown by: groups of schools, who gains, who pays."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore, slider
from balancelib.figures.style import WAN
from balancelib.measures import cv

SAME = 0.01  # a change of up to so much of what a school has is none
JUNIOR = (1.0, 1.1, 1.2, 1.31, 1.4, 1.5, 1.6)
LEAST = tuple(range(0, 201, 20))
RURAL = (1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3)
HEADS = ("学校", "占学生", "占经费", "生均元", "增减万元")


def explore_formula(
    schools: pd.DataFrame,
    money: Callable[[float, int, float], pd.Series],
    start: tuple[float, int, float] = (1.31, 100, 1.0),
) -> Explorer:
    """Let the reader move the weights of a formula while the budget stays: who wins, who loses, how far schools are apart.

    Parameters
    ----------
    schools : DataFrame
        A row a school: ``pupils``, and ``group``, by whose values, of at most eight letters, schools are shown in the order in which they appear.
    money : callable
        What each school gets, in 元, for the weight of a junior pupil (a primary pupil is 1), the number of pupils to which smaller schools are
        raised, and the factor of rural schools. Its sum is always the same.
    start : tuple
        The weights that hold now, each of which its slider has.

    Returns
    -------
    Explorer
        Put it at the end of a cell.

    Raises
    ------
    ValueError
        Weights at the start that no slider holds, or money whose sum depends on the weights.
    """
    chosen = (JUNIOR, LEAST, RURAL)
    if any(value not in values for value, values in zip(start, chosen, strict=True)):
        raise ValueError(f"start是{start}；要从这些数里各取一个：{chosen}")
    now = money(*start)
    if not np.isclose(now.sum(), money(JUNIOR[-1], LEAST[-1], RURAL[-1]).sum()):
        raise ValueError("money在不同的权重下总数不同；请先按预算折算")
    before, gap_now = by_group(schools, now), _gap(schools, now)
    tops = 1.8 * before["per_pupil"].max(), _gap(schools, money(JUNIOR[0], LEAST[-1], RURAL[-1]))

    def answer(junior: float, least: int, rural: float) -> Answer:
        moved = money(junior, least, rural)
        change = Change(before, by_group(schools, moved), counted(moved / now))
        return _answer((junior, least, rural), change, (gap_now, _gap(schools, moved)), tops)

    controls: dict[str, Control] = {
        "junior": slider("一名初中生抵几名小学生", JUNIOR, "", start[0]),
        "least": slider("不足多少人的学校补到这么多", LEAST, "人", start[1]),
        "rural": slider("乡村学校的系数", RURAL, "", start[2]),
    }
    return explore(answer, controls, "经费公式：动一动三个权重，总数不变")


def by_group(schools: pd.DataFrame, money: pd.Series) -> pd.DataFrame:
    """Sum up by group: shares of pupils and money in percent, money per pupil."""
    sums = schools[["pupils", "group"]].assign(money=money).groupby("group", sort=False).sum()
    return pd.DataFrame(
        {
            "pupils": sums["pupils"],
            "money": sums["money"],
            "pupil_share": 100 * sums["pupils"] / sums["pupils"].sum(),
            "money_share": 100 * sums["money"] / sums["money"].sum(),
            "per_pupil": sums["money"] / sums["pupils"],
        }
    )


class Change(NamedTuple):
    """Money before and after by group, as of `by_group`, and how many schools gain, stay and lose."""

    before: pd.DataFrame
    after: pd.DataFrame
    counts: Sequence[int]

    @property
    def by(self) -> pd.Series:
        """By how much each group's money changes, 元."""
        return self.after["money"] - self.before["money"]

    def panels(self, against: str, whose: str, top: float) -> list[Bars]:
        """Show money per pupil of each group beside the mean, and how many schools gain and lose ``against`` what."""
        per_pupil, mean = self.after["per_pupil"], self.after["money"].sum() / self.after["pupils"].sum()
        return [
            Bars("每名学生的经费（元）", list(self.after.index), per_pupil.tolist(), [f"{x:,.0f}" for x in per_pupil],
                 top=top, line=mean, line_text=f"{whose}{mean:,.0f}", marked=(self.by < -0.5).tolist()),
            Bars(f"和{against}比（所）", ("多得", "差不多", "少得"), self.counts, [f"{n}所" for n in self.counts],
                 top=sum(self.counts), marked=[False, False, True]),
        ]  # fmt: skip

    def rows(self) -> list[list[str]]:
        """Return the table under the figure, below `HEADS`."""
        return [
            [group.Index, f"{group.pupil_share:.1f}%", f"{group.money_share:.1f}%", f"{group.per_pupil:,.0f}", in_wan(by)]
            for group, by in zip(self.after.itertuples(), self.by, strict=True)
        ]  # fmt: skip

    def in_words(self) -> str:
        """Say who gains and who pays."""
        more, same, less = self.counts
        moves = "，".join(f"{name}{in_wan(by)}万元" for name, by in self.by.items())
        return f"总数不变：{more}所多得，{less}所少得，{same}所差不多。{moves}。"


def counted(rates: pd.Series) -> list[int]:
    """Count the schools that gain, stay and lose; ``rates``: after over before."""
    change = rates - 1
    return [int((change > SAME).sum()), int((change.abs() <= SAME).sum()), int((change < -SAME).sum())]


def _gap(schools: pd.DataFrame, money: pd.Series) -> float:
    return cv(money.reindex(schools.index) / schools["pupils"], weights=schools["pupils"])


def _answer(
    weights: tuple[float, int, float], change: Change, gaps: tuple[float, float], tops: tuple[float, float]
) -> Answer:
    """Answer for one set of weights."""
    junior, least, rural = weights
    gap = Bars("生均经费的差异系数", ["现在", "改了以后"], gaps, [f"{x:.3f}" for x in gaps], top=tops[1])
    sentence = (
        f"初中生的权重{junior:g}，不足{least}人的补到{least}人，乡村系数{rural:g}。{change.in_words()}"
        f"生均经费的差异系数{gaps[1]:.3f}，现在是{gaps[0]:.3f}。"
    )
    return Answer([*change.panels("现在", "全县平均", tops[0]), gap], HEADS, change.rows(), sentence)


def in_wan(yuan: float) -> str:
    """Write a change of 元 in 万元, with its sign and one decimal; none as 0."""
    wan = yuan / WAN
    return f"{wan:+.1f}".replace("-", "−") if abs(wan) >= 0.05 else "0"
