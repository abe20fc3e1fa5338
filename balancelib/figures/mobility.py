"""Figures of mobility between generations: the square table, what rose and what did not, and an explorer of what if."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, RED, SKY, YELLOW, describe

MOVES = ("高于父母", "与父母同级", "低于父母")
STYLES = ({"color": BLUE}, {"color": YELLOW, "hatch": "//"}, {"color": SKY, "hatch": ".."})
DARK = 75  # percent; the number on a darker cell is white
MORE = tuple(range(0, 61, 10))
TIES = tuple(range(0, 126, 25))


def mobility_heat(shares: pd.DataFrame) -> Axes:
    """Draw a transition matrix as a table whose cells are the darker the more children come there; staying is framed.

    Parameters
    ----------
    shares : DataFrame
        As of `balancelib.policy.transition_matrix`: rows parents, columns children, by their names; NaN where there are no parents.

    Returns
    -------
    Axes
    """
    percent = 100 * shares.to_numpy(dtype=float)
    axes = row_axes(list(shares.index))[0]
    axes.imshow(np.nan_to_num(percent), cmap="Blues", vmin=0, vmax=110, aspect="auto")
    for (row, column), value in np.ndenumerate(percent):
        text = "—" if np.isnan(value) else f"{value:.0f}%"
        axes.text(column, row, text, ha="center", va="center", color="white" if value > DARK else BLACK)
    for level in range(len(percent)):
        axes.add_patch(Rectangle((level - 0.5, level - 0.5), 1, 1, fill=False, edgecolor=RED, linewidth=2.5))
    axes.set_xticks(range(percent.shape[1]), shares.columns)
    axes.set(
        ylim=(len(percent) - 0.5, -0.5),
        xlabel="本人学历（每一行合起来是100%，红框是与父母同级）",
        ylabel="父母学历",
    )
    axes.grid(visible=False)
    rows = [_in_words(name, row, shares.columns) for name, row in zip(shares.index, percent, strict=True)]
    describe(axes.figure, f"转移矩阵，{'；'.join(rows)}。")
    return axes


def _in_words(parents: str, row: np.ndarray, children: Sequence[str]) -> str:
    if np.isnan(row).any():
        return f"没有父母是{parents}的"
    listed = "、".join(f"{name}{value:.0f}%" for name, value in zip(children, row, strict=True))
    return f"父母{parents}的，本人{listed}"


def moves_and_ties(
    moves: Mapping[str, tuple[float, float, float]], ties: Mapping[str, tuple[float, float, float]]
) -> np.ndarray:
    """Draw side by side how many went further than their parents, and the odds ratio of neighbouring levels with its interval.

    Parameters
    ----------
    moves : mapping of str to (float, float, float)
        By group: shares above, at and below the parents' level, of one.
    ties : mapping of str to (float, float, float)
        By the same groups: odds ratio, lower and upper end of its interval.

    Returns
    -------
    ndarray of Axes
        The shares, and the odds ratios.
    """
    axes = row_axes(list(moves), width_ratios=(1.5, 1))
    shares = 100 * np.array(list(moves.values()))
    left = np.cumsum(shares, axis=1) - shares
    for k, (name, style) in enumerate(zip(MOVES, STYLES, strict=True)):
        axes[0].barh(
            range(len(shares)), shares[:, k], left=left[:, k], edgecolor="white", label=name, **style
        )
    for row, share in enumerate(shares[:, 0]):
        axes[0].text(share / 2, row, f"{share:.0f}%", ha="center", va="center", color="white")
    axes[0].set(xlim=(0, 100), xlabel="占全部的（%）")
    for row, (ratio, low, high) in enumerate(ties.values()):
        axes[1].plot([low, high], [row, row], color=BLUE, linestyle="-", marker="|", markersize=12)
        axes[1].scatter(ratio, row, color=YELLOW, edgecolors=BLACK, s=60, zorder=3)
    axes[1].axvline(1, color=BLACK, linewidth=1.2, linestyle="--")
    axes[1].margins(x=0.2)  # its first number would touch the last of the shares
    axes[1].set_xlabel("相邻两级的胜算比\n（虚线1是没有关系）")
    write_at_right(axes[1], "胜算比", [f"{ratio:.2f}" for ratio, _, _ in ties.values()])
    axes[0].figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    listed = "；".join(
        f"{name}，{'、'.join(f'{move}{share:.1f}%' for move, share in zip(MOVES, row, strict=True))}，"
        f"胜算比{ties[name][0]:.2f}，区间{ties[name][1]:.2f}到{ties[name][2]:.2f}"
        for name, row in zip(moves, shares, strict=True)
    )
    describe(axes[0].figure, f"左边条形图，右边点和区间图：{listed}。")
    return axes


def explore_schooling(
    if_schooling: Callable[[float, float], pd.DataFrame],
    rates: Callable[[pd.DataFrame], Sequence[float]],
    ratios: Callable[[pd.DataFrame], pd.DataFrame],
) -> Explorer:
    """Explore what more schooling for all does, and what a looser tie to the parents does.

    Parameters
    ----------
    if_schooling
        Called with the share of each level that goes one further and with the multiple of the tie, both of one; returns the table.
    rates
        Of a table: adults, then shares above, at and below the parents' level, as `balancelib.policy.mobility_rates`.
    ratios
        Of a table, as `balancelib.policy.odds_ratios`: the last row compares the highest level of parents with the lowest.
    """
    states = {(m, t): if_schooling(m / 100, t / 100) for m in MORE for t in TIES}
    odds = {state: float(ratios(table)["ratio"].iloc[-1]) for state, table in states.items()}
    top = 1.05 * np.nanmax(list(odds.values()))

    def answer(more: int, tie: int) -> Answer:
        table, ratio, now = states[more, tie], odds[more, tie], odds[0, 100]
        shares = [100 * share for share in list(rates(table))[1:4]]
        highest = (100 * table.iloc[:, -1] / table.sum(axis=1)).tolist()
        parents = list(table.index)
        panels = [
            Bars("本人和父母比（%）", MOVES, shares, [f"{s:.1f}" for s in shares], 100),
            Bars(f"读到{table.columns[-1]}的，按父母学历（%）", parents, highest, [f"{s:.1f}" for s in highest], 100),
            Bars(f"胜算比：父母{parents[-1]}对{parents[0]}", ["假如"], [ratio], [f"{ratio:.1f}"], top, now, f"现在{now:.1f}"),
        ]  # fmt: skip
        rows = [
            [p, f"{n:,.0f}", f"{s:.1f}%"] for p, n, s in zip(parents, table.sum(axis=1), highest, strict=True)
        ]
        sentence = (
            f"每一级有{more}%的人多读一级，父母的影响是现在的{tie}%：{shares[0]:.1f}%的人高于父母，{shares[2]:.1f}%低于父母；"
            f"胜算比{ratio:.1f}，现在是{now:.1f}。"
        )
        return Answer(panels, ["父母学历", "人数", f"读到{table.columns[-1]}"], rows, sentence)

    controls = {
        "more": slider("多读一级的人", MORE, "%", start=0),
        "tie": slider("父母的影响", TIES, "%", start=100),
    }
    return explore(answer, controls, "大家都多读一级，和父母影响变小，有什么不同")
