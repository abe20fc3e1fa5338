"""Figures of the list of what is to be mended: how each part of it stands on a day, and an explorer of the day and the grace."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Control, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, RED, SKY, YELLOW, describe

# What is drawn together, with its colour; from what stands to what must be asked about.
SHOWN = {
    "改好有佐证": (("mended",), {"color": BLUE}),
    "没有到期": (("soon", "open", "undated"), {"color": SKY, "hatch": ".."}),
    "说改没佐证": (("unproven",), {"color": YELLOW, "hatch": "//"}),
    "改了又出现": (("reopened",), {"color": BLACK, "hatch": "--"}),  # not to be taken for the first in grey
    "超期没改": (("overdue",), {"color": RED, "hatch": "xx"}),
}
ASKED = ("说改没佐证", "改了又出现", "超期没改")


def _shown(counts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: counts[list(keys)].sum(axis=1) for name, (keys, _) in SHOWN.items()})


def ledger_bars(counts: pd.DataFrame) -> Axes:
    """Draw how the entries of each item or office stand, a row each, and the most days that any is past its due day without being done with.

    Parameters
    ----------
    counts : DataFrame
        As of `balancelib.progress.ledger_counts`: by name, entries of each status, and ``longest``.

    Returns
    -------
    Axes
    """
    shown = _shown(counts)
    axes = row_axes(list(shown.index))[0]
    left = np.zeros(len(shown))
    for name, (_, style) in SHOWN.items():
        axes.barh(
            range(len(shown)), shown[name], left=left, edgecolor="white", height=0.7, label=name, **style
        )
        left += shown[name].to_numpy()
    axes.set(xlim=(0, 1.02 * left.max(initial=1)), xlabel="件")
    axes.xaxis.get_major_locator().set_params(integer=True)
    write_at_right(axes, "过期最久", [f"{days}天" if days else "—" for days in counts["longest"]])
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    rows = "；".join(
        f"{name}{counts.loc[name, 'total']}件，{_in_words(row)}{_longest(counts.loc[name, 'longest'])}"
        for name, row in shown.iterrows()
    )
    describe(axes.figure, f"条形图，整改台账：{rows or '没有要整改的'}。")
    return axes


def _longest(days: int) -> str:
    return f"，过期最久{days}天" if days else ""


def _in_words(row: pd.Series) -> str:
    return "、".join(f"{name}{n}件" for name, n in row.items() if n) or "没有"


def explore_ledger(
    judge: Callable[[str, int], pd.DataFrame],
    count: Callable[[pd.DataFrame], pd.DataFrame],
    days: Sequence[str],
    graces: Sequence[int],
) -> Explorer:
    """Explore how the list stands on other days, and with other days of grace.

    Parameters
    ----------
    judge
        Called with the day and the days of grace; returns the list as `balancelib.progress.judge_ledger`.
    count
        Of such a list, as `balancelib.progress.ledger_counts`.
    days
        To choose from, as ``2025-06-01``; the last stands at the beginning.
    graces
        Days of grace; the first stands at the beginning.
    """
    states = {(day, grace): judge(day, grace) for day in days for grace in graces}
    most = max(1, *(len(judged) for judged in states.values()))

    def answer(day: str, grace: int) -> Answer:
        judged = states[day, grace]
        counts = count(judged)
        shown = _shown(counts)
        sums = shown.sum()
        bars = Bars(
            "各有多少件", list(sums.index), sums.tolist(), [str(n) for n in sums], most,
            marked=[name in ASKED for name in sums.index],
        )  # fmt: skip
        rows = [
            [
                name,
                str(row["total"]),
                str(shown.loc[name, list(ASKED)].sum()),
                f"{row['longest']}天" if row["longest"] else "—",
            ]
            for name, row in counts.iterrows()
        ]
        said = _in_words(sums[list(ASKED)])
        sentence = f"{day[:4]}年{_day(day)}，宽限{grace}天：查出来的一共{len(judged)}件，改好有佐证的{sums.iloc[0]}件；要追问的，{said}。"
        return Answer([bars], ["责任岗位", "件", "要追问", "过期最久"], rows, sentence)

    controls = {
        "day": Control("哪一天", list(days), [_day(day) for day in days], days[-1], True),
        "grace": slider("宽限", graces, "天", start=graces[0]),
    }
    return explore(answer, controls, "换一天看，换一个宽限，台账上要追问的有几件")


def _day(day: str) -> str:
    """Say a day of the year as people do."""
    _, month, of_month = day.split("-")
    return f"{int(month)}月{int(of_month)}日"
