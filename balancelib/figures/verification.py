"""Figures of sampling: the chance to find a wrong school, intervals of draw after draw, a sample that a reader sizes."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.style import BLUE, GREY, RED, describe, use_style

SCHOOLS = (30, 60, 120, 240)
WRONG = (1, 2, 5, 10, 20, 30)  # percent
DRAWN = (5, 10, 20, 30, 50, 100)  # percent


def chance_curves(chances: pd.DataFrame, drawn: int) -> Axes:
    """Draw the chance that a sample holds at least one wrong school, by its size.

    Parameters
    ----------
    chances : DataFrame
        Index: schools drawn; a column for each number of wrong schools, the chance from 0 to 1.
    drawn : int
        The sample to mark, one of the index.
    """
    use_style()
    figure, axes = plt.subplots()
    for faulty in chances:
        axes.plot(chances.index, 100 * chances[faulty], label=f"{faulty}所填错")
    axes.axvline(drawn, color=GREY, linestyle="-", linewidth=1.2)
    axes.text(drawn, 1.01, f"抽{drawn}所", transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    axes.set(
        xlabel="抽几所学校",
        ylabel="至少碰到一所填错的机会（%）",
        ylim=(0, 103),
        xlim=(0, chances.index.max()),
    )
    axes.legend(loc="lower right")
    rows = "，".join(f"{faulty}所填错时{100 * chances.at[drawn, faulty]:.0f}%" for faulty in chances)
    describe(
        figure, f"折线图：抽的学校越多，碰到填错学校的机会越大。抽{drawn}所，至少碰到一所的机会：{rows}。"
    )
    return axes


def repeated_intervals(estimates: pd.DataFrame, truth: float) -> Axes:
    """Draw the estimates and intervals of draw after draw, beside the truth that no draw knows.

    Parameters
    ----------
    estimates : DataFrame
        A row a draw: ``rate, low, high``, shares from 0 to 1.
    truth : float
        The share that is wrong.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(5.4, 4.2))
    covers = (estimates["low"] <= truth) & (truth <= estimates["high"])
    for row, (found, covered) in enumerate(zip(estimates.itertuples(), covers, strict=True), 1):
        ends, style = (100 * found.low, 100 * found.high), "-" if covered else ":"
        axes.plot(ends, (row, row), color=BLUE if covered else RED, linestyle=style, linewidth=2)
    axes.plot(
        100 * estimates["rate"],
        range(1, len(estimates) + 1),
        "o",
        color=BLUE,
        markersize=5,
        label="估计",
        clip_on=False,
    )
    axes.axvline(100 * truth, color="black", linestyle="--", linewidth=1.2, label=f"真实{100 * truth:.0f}%")
    axes.set(xlabel="差错率（填错的学校占百分之几）", ylabel="第几次抽", xlim=(0, 100))
    axes.set_yticks([row for row in range(1, len(estimates) + 1) if row == 1 or row % 5 == 0])
    axes.invert_yaxis()
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    low, high = 100 * estimates["rate"].min(), 100 * estimates["rate"].max()
    describe(
        figure,
        f"点和区间图：抽{len(estimates)}次，估计的差错率从{low:.0f}%到{high:.0f}%，真实是{100 * truth:.0f}%；"
        f"{covers.sum()}次的区间罩住了真实的数。",
    )
    return axes


def explore_sampling(chance: Callable[[int, int, int], float], most: Callable[[int, int], int]) -> Explorer:
    """Let the reader size a sample: the chance to find a wrong school, and what finding none leaves open.

    Parameters
    ----------
    chance : callable
        Of schools, wrong ones and those drawn: the chance of at least one wrong one, such as `balancelib.policy.chance_to_find`.
    most : callable
        Of schools and those drawn without a wrong one: how many may be wrong at most, with 95 % confidence on one side, such as `balancelib.policy.most_faulty`.
    """

    def told(schools: int, faulty: int, size: int) -> str:
        value = chance(schools, faulty, size)
        return "不到100%" if value >= 0.995 and size + faulty <= schools else _percent(value)

    def answer(schools: int, wrong: int, drawn: int) -> Answer:
        faulty, size = _of(schools, wrong), _of(schools, drawn)
        sizes = [_of(schools, share) for share in DRAWN]
        texts = [told(schools, faulty, n) for n in sizes]
        bars = Bars(
            "至少碰到一所填错的机会（%）",
            [f"抽{n}所" + "（选中）" * (n == size) for n in sizes],
            [100 * chance(schools, faulty, n) for n in sizes],
            texts,
            top=100,
            marked=[n == size for n in sizes],
        )
        left = [most(schools, n) for n in sizes]
        rows = [[f"{n}所", text, f"{many}所"] for n, text, many in zip(sizes, texts, left, strict=True)]
        said = (
            f"全县{schools}所，{faulty}所填错，抽{size}所：至少碰到一所的机会是{told(schools, faulty, size)}；"
            f"一所也没碰到，也只能有95%的把握说，填错的最多{most(schools, size)}所，占{_percent(most(schools, size) / schools)}。"
        )
        return Answer([bars], ["抽几所", "碰到的机会", "一所没碰到，最多还有"], rows, said)

    controls = {
        "schools": slider("全县多少所", SCHOOLS, "所", 60),
        "wrong": slider("填错的占", WRONG, "%", 10),
        "drawn": slider("抽", DRAWN, "%", 10),
    }
    return explore(answer, controls, "抽多少，查得出什么")


def _of(schools: int, percent: int) -> int:
    """Return a share in whole schools, rounded up."""
    return -(-schools * percent // 100)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
