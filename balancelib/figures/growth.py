"""How the work of a calculation grows with the rows it is given."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.style import GREY, describe, use_style

MARKERS = "os^D"
TICKS = [digit * 10**power for power in range(-3, 5) for digit in (1, 2, 5)]  # seconds


def growth_lines(runs: pd.DataFrame) -> Axes:
    """Draw seconds of the processor against rows, on scales on which twice as many rows in twice the time are a straight line.

    Parameters
    ----------
    runs : DataFrame
        Columns ``way`` (what it was done with), ``rows``, ``seconds``; each way with as many rows as the others.

    Examples
    --------
    >>> runs = pd.DataFrame({"way": ["DuckDB", "DuckDB"], "rows": [1_000_000, 2_000_000], "seconds": [0.5, 1.0]})
    >>> growth_lines(runs).get_xlabel()
    '学生（百万行）'
    """
    use_style()
    figure, axes = plt.subplots()
    millions = sorted(runs["rows"].unique() / 1e6)
    for marker, (way, own) in zip(MARKERS, runs.groupby("way", sort=False), strict=False):
        axes.plot(own["rows"] / 1e6, own["seconds"], marker=marker, label=way)
    start = runs.loc[runs["rows"] == runs["rows"].max(), "seconds"].min() / millions[-1]
    axes.plot(millions, [start * n for n in millions], color=GREY, linestyle=":", label="正比")
    axes.set(xscale="log", yscale="log", xlabel="学生（百万行）", ylabel="处理器用时（秒）")
    axes.set_xticks(millions, [f"{n:g}" for n in millions])
    low, high = axes.get_ylim()
    seconds = [tick for tick in TICKS if low <= tick <= high]
    axes.set_yticks(seconds, [f"{tick:g}" for tick in seconds])
    axes.minorticks_off()
    axes.legend(loc="best")
    describe(figure, growth_in_words(runs))
    return axes


def growth_in_words(runs: pd.DataFrame) -> str:
    """Say what `growth_lines` shows.

    Examples
    --------
    >>> growth_in_words(pd.DataFrame({"way": ["DuckDB", "DuckDB"], "rows": [1_000_000, 20_000_000], "seconds": [0.5, 5.0]}))
    '折线图，两轴都是对数：学生行数从1到20百万，处理器用时。DuckDB从0.5秒到5.0秒，行数是20倍，用时是10倍。灰色点线是用时和行数成正比的样子。'
    """
    said = []
    for way, own in runs.groupby("way", sort=False):
        first, last = own.sort_values("rows").iloc[[0, -1]].itertuples()
        times = f"行数是{last.rows / first.rows:.0f}倍，用时是{last.seconds / first.seconds:.0f}倍"
        said.append(f"{way}从{first.seconds:.1f}秒到{last.seconds:.1f}秒，{times}")
    ends = f"{runs['rows'].min() / 1e6:g}到{runs['rows'].max() / 1e6:g}"
    return f"折线图，两轴都是对数：学生行数从{ends}百万，处理器用时。{'；'.join(said)}。灰色点线是用时和行数成正比的样子。"
