"""Figures of a synthetic county: its path beside the own one, placebos, and an explorer of which counties it is made of."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import OCHRE, Bars
from balancelib.figures.explorers import Answer, Control, Explorer, choice, explore
from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe, number, signed, use_style

POOR = (
    5.0  # times the own county's mean squared gap before: Abadie, Diamond and Hainmueller's (2010) middle cut
)
LINES = {
    "own": {"label": "本县", "color": BLUE, "linestyle": "-", "linewidth": 2.5},
    "synthetic": {"label": "合成的县", "color": RED, "linestyle": "--", "linewidth": 2},
    "average": {"label": "各县平均", "color": YELLOW, "linestyle": ":", "linewidth": 2},
}
NONE = "都留着"
REST = "其他各县"
LOWER = "本县比合成的县低多少（差异系数）"
HEADS = ("年份", "本县", "合成的县", "相差")


def synthetic_panels(paths: pd.DataFrame, gaps: pd.DataFrame, since: int, what: str) -> np.ndarray:
    """Draw the own county, the synthetic one and the average of the others; below it the gap, among those of all placebos.

    Parameters
    ----------
    paths : DataFrame
        Index year; ``own``, ``synthetic``, ``average``.
    gaps : DataFrame
        Index year; a column a county, the own one first. Those that were met poorly before ``since`` are dotted: a mean squared gap over five
        times the own one's.
    since : int
        First year of the reform.
    what : str
        What is measured.

    Returns
    -------
    ndarray of Axes
        Paths, and gaps.
    """
    use_style()
    figure, axes = plt.subplots(2, sharex=True, figsize=(5.4, 6.4))
    for column, style in LINES.items():
        axes[0].plot(paths.index, paths[column], **style)
    _draw_gaps(axes[1], gaps, _poor(gaps, since))
    for panel in axes:
        panel.axvline(since - 0.5, color=BLACK, linewidth=1.2, linestyle=(0, (5, 2)))
    axes[0].text(since - 0.4, 1.01, f"{since}年起", transform=axes[0].get_xaxis_transform(), va="bottom")
    axes[0].set_ylabel(f"{what}（纵轴不从0起）")
    axes[1].set(xlabel="年份", ylabel="各县减去拼出来的它")
    axes[1].xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    describe(figure, _panels_in_words(paths, gaps, since, what))
    return axes


def _draw_gaps(axes: Axes, gaps: pd.DataFrame, poor: pd.Series) -> None:
    for county, values in gaps.iloc[:, 1:].items():
        axes.plot(gaps.index, values, color=GREY, linestyle=":" if poor[county] else "-", linewidth=0.9)
    axes.plot(gaps.index, gaps.iloc[:, 0], color=BLUE, linestyle="-", linewidth=2.5)
    axes.axhline(0, color=BLACK, linewidth=1, linestyle="-")
    for style, label in (("-", "别的县"), (":", "别的县，改革前就拼得不像")):
        axes.plot([], [], color=GREY, linestyle=style, linewidth=1.2, label=label)


def _poor(gaps: pd.DataFrame, since: int) -> pd.Series:
    """Tell which counties were met poorly before the reform."""
    before = (gaps[gaps.index < since] ** 2).mean()
    return before > POOR * before.iloc[0]


def _panels_in_words(paths: pd.DataFrame, gaps: pd.DataFrame, since: int, what: str) -> str:
    told = "；".join(
        f"{year}年本县{row['own']:.3f}，合成的县{row['synthetic']:.3f}，各县平均{row['average']:.3f}"
        for year, row in paths.loc[[paths.index[0], since - 1, paths.index[-1]]].iterrows()
    )
    own, after = gaps.iloc[:, 0], gaps[gaps.index >= since].mean()
    others = after.iloc[1:]
    alike = others[~_poor(gaps, since).iloc[1:]]
    among = (
        f"其中改革前拼得像的{len(alike)}个，在{signed(alike.min(), 3)}到{signed(alike.max(), 3)}之间"
        if len(alike)
        else "没有一个改革前拼得像"
    )
    return (
        f"上下两幅折线图，{what}，竖线是{since}年。上：{told}。下：各县减去拼出来的它，本县{since}年以前最多差"
        f"{own[own.index < since].abs().max():.3f}，以后平均{signed(after.iloc[0], 3)}；别的{len(others)}个县以后平均在{signed(others.min(), 3)}到"
        f"{signed(others.max(), 3)}之间，{among}。"
    )


def explore_donors(
    build: Callable[[Sequence[str], int], tuple[Any, Any]],
    without: Sequence[str],
    years: Sequence[int],
    start: int,
) -> Explorer:
    """Explore what the synthetic county finds when a county is left out and when the reform is taken to begin in another year.

    Parameters
    ----------
    build : callable
        Called with the names left out and the first year; returns what `balancelib.progress.synthetic_county` and `placebo_counties` return,
        or raises ValueError that says why not.
    without : sequence of str
        Counties that may be left out, one at a time; their weights are shown.
    years : sequence of int
        First years to choose from, in order; the gaps are shown from the first of them on.
    start : int
        The true one.
    """
    paths = build((), start)[0].paths
    shown = [int(year) for year in paths.index if year >= min(years)]
    top = 1.3 * float(paths["gap"].abs().max())
    blank = pd.DataFrame(np.nan, shown, ["own", "synthetic", "gap"]).assign(before=False)

    def answer(left_out: str, since: int) -> Answer:
        try:
            found, placebo = build(() if left_out == NONE else (left_out,), since)
        except ValueError as error:
            return _shown(blank, pd.Series(np.nan, [*without, REST]), str(error), top)
        shares = 100 * found.weights.reindex(without, fill_value=0.0)
        shares[REST] = max(100 - shares.sum(), 0.0)
        rows = found.paths.loc[shown].assign(before=np.array(shown) < since)
        return _shown(rows, shares, _sentence(found, placebo), top)

    controls = {
        "left_out": choice("去掉哪个县", [NONE, *without]),
        "since": Control("从哪一年算起", list(years), [f"{year}年" for year in years], start, slides=True),
    }
    return explore(answer, controls, "去掉一个县、换一个年份，合成的县差多少")


def _sentence(found: Any, placebo: Any) -> str:
    return (
        f"从{found.since}年算起：本县从这一年起平均{'低' if found.effect < 0 else '高'}{abs(found.effect):.3f}；"
        f"以前的误差{found.pre:.4f}，以后的误差是它的{found.ratio:.1f}倍，在{len(placebo.table)}个县里排第{placebo.rank}，p＝{placebo.p:.2f}。"
    )


def _shown(rows: pd.DataFrame, shares: pd.Series, said: str, top: float) -> Answer:
    """Show gaps by year and weights by county; NaN where there are none."""
    years = [f"{year}年" for year in rows.index]
    texts = [number(-gap, 3) for gap in rows["gap"]]
    percent = ["—" if np.isnan(share) else f"{share:.0f}%" for share in shares]
    panels = [
        Bars(LOWER, years, list(-rows["gap"]), texts, top, marked=list(rows["before"]), mark=OCHRE),
        Bars("合成的县由谁组成（%）", list(shares.index), list(shares), percent, 100),
    ]
    columns = [rows[name].map(lambda x: number(x, 3)) for name in ("own", "synthetic", "gap")]
    return Answer(panels, HEADS, [[*row] for row in zip(years, *columns, strict=True)], said)
