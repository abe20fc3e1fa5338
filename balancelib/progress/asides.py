"""What a lesson shows beside its own matter, of programmes that few counties have: where one has too few, a plain word, and the lesson goes on."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.progress.event_study import event_study
from balancelib.progress.methods import by_method
from balancelib.progress.panels import programme_name, programme_panel
from balancelib.progress.peers import Peers
from balancelib.progress.rebound import came_back
from balancelib.progress.synthetic import placebo_year

GO_ON = "这一段不比，接着往下看；课文里这一段说的是示例县。"


class Aside(NamedTuple):
    """What is shown, and what is to be said of it.

    Attributes
    ----------
    table : DataFrame
        Without rows where the county has too little for it.
    said : str
        What the table comes to, or what the county has too little of.
    """

    table: pd.DataFrame
    said: str


def rebound_aside(county: County, programme: str) -> Aside:
    """Tell how those came back who joined after a bad year, or why it cannot be told.

    Parameters
    ----------
    county, programme
        As for `came_back`, whose table it shows.
    """

    def tell() -> Aside:
        found, name = came_back(county, programme), programme_name(programme)
        alike, others = (
            f"{_signed(one.value)}分（{_signed(one.low)}到{_signed(one.high)}）"
            for one in (found.more["alike"], found.more["others"])
        )
        return Aside(found.table, f"和全部没有做的比：{name}{others}\n和跌得一样的比：{name}{alike}")

    return _or_why_not(tell, ("sections", "fall", "gain"))


def placebo_programme(county: County, programme: str, without: Collection[str] = ()) -> Aside:
    """Tell what each way of counting says of another programme, such as one that does nothing, or why it cannot be told (安慰剂).

    Parameters
    ----------
    county, programme, without
        As for `programme_panel`.

    Returns
    -------
    Aside
        Index, ways as of `by_method`; ``value, low, high``. Said is how many joined, and by how much their year before was below those before it.
    """

    def tell() -> Aside:
        panel = programme_panel(county, programme, without)
        table = pd.DataFrame(by_method(panel)).T.set_axis(["value", "se", "low", "high", "n"], axis=1)
        joined = panel.loc[panel["treated"], "section"].nunique()
        dip = event_study(panel, clean=True)["value"].get(-1)
        fall = "" if dip is None else f"，前一年比再以前{'低' if dip < 0 else '高'}{abs(dip):.1f}分"
        said = f"参加{programme_name(programme)}的{joined}个{fall}"
        return Aside(table[["value", "low", "high"]], said)

    return _or_why_not(tell, ("value", "low", "high"))


def placebo_year_said(peers: Peers, since: int, pretended: int) -> str:
    """Say what is found where the reform is taken to have come earlier, or why it cannot be looked at.

    Parameters
    ----------
    peers, since, pretended
        As for `placebo_year`.
    """
    try:
        effect = placebo_year(peers, since, pretended).effect
    except Lacking as lacks:
        return f"假装不了{pretended}年：{lacks}"
    return f"假装{pretended}年：到{since - 1}年，平均{_signed(effect, 3)}"


def _or_why_not(tell: Callable[[], Aside], columns: Collection[str]) -> Aside:
    try:
        return tell()
    except Lacking as lacks:
        return Aside(pd.DataFrame(columns=columns, dtype=float), f"{lacks}\n{GO_ON}")


def _signed(value: float, decimals: int = 1) -> str:
    """Write a change with its sign, the minus as wide as the plus."""
    return f"{value:+.{decimals}f}".replace("-", "−")
