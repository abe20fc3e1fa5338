"""Curves that add up over schools: who has how much of the whole, and how many are no higher than a value."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from balancelib.figures.distribution import HALO, MANY, PALE, Schools, in_order
from balancelib.figures.style import BLACK, BLUE, GREY, PALETTE, RED, SKY, describe, use_style
from balancelib.measures import concentration_index, gini, lorenz, quantile


def lorenz_curve(
    values: ArrayLike,
    pupils: ArrayLike | None = None,
    *,
    what: str,
    of: str = "学校",
    area: bool = False,
    shares: Sequence[tuple[float, float]] = (),
) -> Axes:
    """Draw the Lorenz curve of schools, the diagonal, and what is read off them.

    Parameters
    ----------
    values : array_like
        A value a school, none negative.
    pupils : array_like, optional
        Its pupils.
    what : str
        What is distributed: 图书.
    of : str
        What each value is of: schools, or 省.
    area : bool
        Whether to shade the area of which the Gini coefficient is twice the size.
    shares : sequence of (float, float)
        Stretches of the pupils, such as (0, 0.4) for the lowest 40 %, whose share is to be read off.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    schools = in_order(values, pupils)
    p, held = lorenz(schools.values, schools.pupils)
    _, axes = plt.subplots(figsize=(5.4, 5.0))
    axes.plot([0, 1], [0, 1], color=BLACK, linestyle="--", label="完全均等线")
    axes.plot(p, held, color=BLUE, linestyle="-", marker="o", markersize=4, label="洛伦兹曲线")
    if area:
        index = gini(schools.values, schools.pupils)
        axes.fill_between(p, held, p, color=PALE, label=f"阴影面积的两倍：{index:.3f}")
    for start, end in shares:
        _draw_share(axes, p, held, (start, end), f"{_stretch(start, end, schools.unit)}\n有{{}}的{what}")
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01), aspect="equal")
    axes.set_xlabel(f"{schools.unit}的累计份额（从数值最低的{of}起）")
    axes.set_ylabel(f"{what}的累计份额")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.legend(loc="upper left", fontsize=11)
    describe(axes.figure, _lorenz_in_words(schools, what, of, area, shares))
    return axes


def cumulative_steps(
    values: ArrayLike, pupils: ArrayLike | None = None, *, label: str, quantiles: Sequence[float] = (0.5,)
) -> Axes:
    """Draw the share of pupils up to each value as a staircase, and how quantiles are read off it.

    Parameters
    ----------
    values : array_like
        A value a school.
    pupils : array_like, optional
        Its pupils.
    label : str
        What the values are, with the unit.
    quantiles : sequence of float
        Shares between 0 and 1 at which to go across to the staircase and down to the value.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    schools = in_order(values, pupils)
    below = np.cumsum(schools.shares)
    room = 0.08 * np.ptp(schools.values) or 1.0
    left, right = schools.values[0] - room, schools.values[-1] + room
    _, axes = plt.subplots(figsize=(5.4, 3.9))
    axes.step(
        [left, *schools.values, right], [0, *below, 1], where="post", color=BLUE, linestyle="-", linewidth=2
    )
    found = quantile(schools.values, list(quantiles), schools.pupils)
    for q, value in zip(quantiles, found, strict=True):
        axes.plot([left, value, value], [q, q, 0], color=RED, linestyle="--", linewidth=1.4)
        axes.plot(value, q, marker="o", color=RED, markersize=6)
        at_right = value > (left + right) / 2
        axes.annotate(
            f"P{100 * q:g}：{value:.2f}",
            (value, q),
            xytext=(-8, 4) if at_right else (8, -6),
            textcoords="offset points",
            ha="right" if at_right else "left",
            va="bottom" if at_right else "top",
            path_effects=HALO,
        )
    axes.set(xlabel=label, ylabel=f"不高于这个数的{schools.unit}", xlim=(left, right), ylim=(0, 1.12))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    describe(axes.figure, _steps_in_words(schools, label, quantiles, found))
    return axes


def _draw_share(axes: Axes, p: np.ndarray, held: np.ndarray, stretch: tuple[float, float], text: str) -> None:
    """Draw a stretch of the pupils as a step, across by their share and up by what they have."""
    start, end = stretch
    low, high = np.interp(stretch, p, held)
    axes.plot(
        [start, end, end], [low, low, high], color=RED, linestyle="-", linewidth=2.5, zorder=3, clip_on=False
    )
    text = text.format(f"{high - low:.1%}")
    if end < 1:
        middle = (low + high) / 2
        free = np.interp(0.14, held, p)  # from here on the curve runs above two lines of text
        axes.annotate(
            text,
            (end, middle),
            xytext=(max(end, free) + 0.02, max(middle, 0.06)),
            va="center",
            arrowprops={"arrowstyle": "-", "color": GREY} if free > end else None,
        )
        return
    axes.annotate(
        text,
        ((start + end) / 2, low),
        xytext=(0.99, 0.56 * low),
        ha="right",
        va="top",
        arrowprops={"arrowstyle": "-", "color": GREY},
    )


def _stretch(start: float, end: float, unit: str) -> str:
    if start == 0:
        return f"最低{end:.0%}的{unit}"
    return f"最高{1 - start:.0%}的{unit}" if end == 1 else f"{start:.0%}到{end:.0%}的{unit}"


def _lorenz_in_words(
    schools: Schools, what: str, of: str, area: bool, shares: Sequence[tuple[float, float]]
) -> str:
    p, held = lorenz(schools.values, schools.pupils)
    if len(p) > MANY + 1:
        p, held = np.arange(5) / 4, np.interp(np.arange(5) / 4, p, held)
    points = "，".join(f"{a:.1%}的{schools.unit}有{b:.1%}" for a, b in zip(p[1:-1], held[1:-1], strict=True))
    held_by = (
        f"从数值最低的{of}起累计，{points}的{what}" if points else f"只有一个{of}的数，曲线就是完全均等线"
    )
    text = f"洛伦兹曲线：{held_by}。虚线是完全均等线。"
    if area:
        text += f"曲线与虚线之间面积的两倍是{gini(schools.values, schools.pupils):.3f}。"
    for start, end in shares:
        low, high = np.interp((start, end), *lorenz(schools.values, schools.pupils))
        text += f"{_stretch(start, end, schools.unit)}有{high - low:.1%}的{what}。"
    return text


def _steps_in_words(schools: Schools, label: str, quantiles: Sequence[float], found: np.ndarray) -> str:
    text = f"阶梯图：横轴是{label}，纵轴是不高于这个数的{schools.unit}占多少。"
    if len(schools.values) <= MANY:
        steps = zip(schools.names, schools.values, np.cumsum(schools.shares), strict=True)
        text += "；".join(f"到{name}的{value:.2f}为止{share:.1%}" for name, value, share in steps) + "。"
    pairs = zip(quantiles, found, strict=True)
    return text + "，".join(f"P{100 * q:g}是{value:.2f}" for q, value in pairs) + "。"


def concentration_curve(
    x: ArrayLike, rank: ArrayLike, weights: ArrayLike, what: str = "资源", by: str = "收入"
) -> Axes:
    """Draw what share of a resource the lowest ranked pupils have: on the diagonal, as much as their own share.

    Parameters
    ----------
    x, rank, weights : array_like, shape (n,)
        As for `concentration_index`.
    what, by : str
        What is shared out, and what the rank goes by.
    """
    pupils, held = (cumulative_shares(part, rank) for part in (weights, np.multiply(x, weights)))
    axes = curve_axes(pupils, held, "集中曲线")
    axes.set(xlabel=f"学生的累计份额，{by}低的在前（%）", ylabel=f"{what}的累计份额（%）")
    index = concentration_index(x, rank, weights)
    text = f"集中曲线：按{by}从低到高累计，前一半学生有{what}的{np.interp(50, pupils, held):.1f}%，集中指数{index:.3f}。"
    describe(axes.figure, text + "虚线是人人一样多。")
    return axes


def cumulative_shares(amount: ArrayLike, rank: ArrayLike) -> np.ndarray:
    """Percentages of the total up to each rank, from 0; those of equal rank come together."""
    _, codes = np.unique(rank, return_inverse=True)
    totals = np.bincount(codes, np.asarray(amount, dtype=float))
    return 100 * np.concatenate([[0], np.cumsum(totals) / totals.sum()])


def curve_axes(across: np.ndarray, up: np.ndarray, label: str) -> Axes:
    """A curve of cumulative percentages, with the diagonal and the area between them filled."""
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 4.2))
    axes.plot([0, 100], [0, 100], color=BLACK, linestyle="--", linewidth=1.2, label="均等线")
    axes.plot(across, up, color=PALETTE[0], linestyle="-", marker="o", label=label)
    axes.fill_between(across, across, up, color=SKY, alpha=0.35)
    axes.set(xlim=(0, 100), ylim=(min(0, up.min()), max(100, up.max())))
    axes.legend(loc="upper left", fontsize=11)
    return axes
