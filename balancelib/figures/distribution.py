"""Pictures of how something is distributed over schools, and what each measure reads off it.

Schools come as a Series with their names as index, or as any column of numbers; ``pupils`` are their weights.
"""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Literal, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe, use_style
from balancelib.measures import atkinson, generalised_entropy

MANY = 25  # more schools than that are drawn without their names
ROW = 0.36  # inches of height a school
LARGEST_DOT = 260.0  # area in square points
PALE = "#e6e6e6"
HALO = [withStroke(linewidth=3, foreground="white")]  # keeps numbers apart from the lines behind them
MARK_STYLES = (
    {"color": BLACK, "linestyle": "-"},
    {"color": RED, "linestyle": "--"},
    {"color": "#8a6200", "linestyle": ":"},
    {"color": GREY, "linestyle": "-."},
)
INDICES = {
    "atkinson": (atkinson, "阿特金森指数", "ε（越大越看重最低的一头）", (0, 5)),
    "generalised_entropy": (generalised_entropy, "广义熵指数", "α（越小越看重最低的一头）", (-1, 3)),
}


class Schools(NamedTuple):
    """Schools in ascending order of their values."""

    names: list[str]
    values: np.ndarray
    pupils: np.ndarray
    weighted: bool

    @property
    def shares(self) -> np.ndarray:
        """Each school's share of the pupils; of the schools, where pupils are not given."""
        return self.pupils / self.pupils.sum()

    @property
    def unit(self) -> str:
        """What is counted."""
        return "学生" if self.weighted else "学校"

    @property
    def labels(self) -> list[str]:
        """Names, with the pupils where they are known."""
        pairs = zip(self.names, self.pupils, strict=True)
        return [f"{name}（{pupils:g}人）" if self.weighted else name for name, pupils in pairs]


def in_order(values: ArrayLike, pupils: ArrayLike | None = None) -> Schools:
    """Put schools in the order of their values; their names are those of the index, or 第1校, 第2校 …"""
    names = values.index if isinstance(values, pd.Series) else []
    numbers = np.asarray(values, dtype=float)
    named = len(names) and all(isinstance(name, str) for name in names)
    labels = list(names) if named else [f"第{i}校" for i in range(1, numbers.size + 1)]
    weights = np.ones(numbers.size) if pupils is None else np.asarray(pupils, dtype=float)
    order = np.argsort(numbers, kind="stable")
    return Schools([labels[i] for i in order], numbers[order], weights[order], pupils is not None)


def value_dots(
    values: ArrayLike,
    pupils: ArrayLike | None = None,
    *,
    label: str,
    marks: Mapping[str, float] | None = None,
    band: tuple[float, float] | None = None,
    gaps_to: float | None = None,
) -> Axes:
    """Draw schools as dots on the axis of values, a row a school, with lines at the values that matter.

    Parameters
    ----------
    values : array_like
        A value a school.
    pupils : array_like, optional
        Its pupils: the area of its dot.
    label : str
        What the values are, with the unit: 生均图书（册）.
    marks : mapping of str to float, optional
        Values to draw a line at, by name.
    band : (float, float), optional
        A stretch of values to shade.
    gaps_to : float, optional
        A value from which to draw a line to each dot.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    schools = in_order(values, pupils)
    rows, many = np.arange(len(schools.values)), len(schools.values) > MANY
    _, axes = plt.subplots(figsize=(5.4, ROW * min(len(rows), MANY) + 1.7))
    if band:
        axes.axvspan(*band, color=PALE, zorder=0)
    if gaps_to is not None:
        axes.hlines(rows, gaps_to, schools.values, color=GREY, linewidth=2, zorder=1)
    sizes = LARGEST_DOT * schools.pupils / schools.pupils.max() if schools.weighted else 60
    axes.scatter(schools.values, rows, s=sizes, color=BLUE, edgecolors="white", linewidths=0.6, zorder=3)
    for (name, value), style in zip((marks or {}).items(), cycle(MARK_STYLES), strict=False):
        axes.axvline(value, label=f"{name}{value:.2f}", linewidth=1.6, zorder=2, **style)
    axes.set_yticks([] if many else rows, [] if many else schools.labels)
    axes.set(xlabel=label, ylim=(-0.7, len(rows) - 0.3))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    if marks:
        axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    describe(axes.figure, _dots_in_words(schools, label, marks or {}, band))
    return axes


def entropy_terms(values: ArrayLike, pupils: ArrayLike | None = None, *, alpha: float) -> Axes:
    """Draw each school's term in a generalised entropy index, and their sum, as bars.

    Parameters
    ----------
    values : array_like
        A value a school, none negative; above 0 where alpha is not.
    pupils : array_like, optional
        Its pupils.
    alpha : float
        1 for Theil's T, 0 for the mean log deviation.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    schools = in_order(values, pupils)
    terms = terms_of(schools, alpha)
    numbers, labels = np.append(terms, terms.sum()), [*schools.labels, "合计"]
    rows = np.arange(len(numbers), 0, -1)
    _, axes = plt.subplots(figsize=(5.4, ROW * len(rows) + 1.0))
    for row, number in zip(rows, numbers, strict=True):
        axes.barh(row, number, height=0.66, **_bar(number, row == 1))
        axes.annotate(
            _signed(number) if row > 1 else f"{number:.3f}",
            (number, row),
            xytext=(5 if number >= 0 else -5, 0),
            textcoords="offset points",
            ha="left" if number >= 0 else "right",
            va="center",
        )
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.axhline(1.5, color=GREY, linewidth=1)
    axes.set_yticks(rows, labels)
    axes.set(xlabel="各校的一项（没有单位），加起来是指数")
    axes.margins(x=0.28)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    each = "，".join(f"{name}{_signed(term)}" for name, term in zip(schools.names, terms, strict=True))
    describe(axes.figure, f"条形图：每所学校在指数里的一项。{each}。加起来是{terms.sum():.3f}。")
    return axes


def terms_of(schools: Schools, alpha: float) -> np.ndarray:
    """Each school's term of the formula of generalised entropy; their sum is the index."""
    ratios = schools.values / (schools.shares @ schools.values)
    if alpha == 0:
        return -schools.shares * np.log(ratios)
    if alpha == 1:
        return schools.shares * ratios * np.log(np.where(ratios > 0, ratios, 1))
    return schools.shares * (ratios**alpha - 1) / (alpha * (alpha - 1))


def _signed(term: float) -> str:
    """Write a term with its sign; nothing has one too, so that all are as wide."""
    return f"{term:+.3f}".replace("-", "−")


def index_curve(
    values: ArrayLike,
    pupils: ArrayLike | None = None,
    *,
    index: Literal["atkinson", "generalised_entropy"],
    marked: Sequence[float],
) -> Axes:
    """Draw how an index changes with its parameter, with some of its values marked.

    Parameters
    ----------
    values : array_like
        A value a school, none negative.
    pupils : array_like, optional
        Its pupils.
    index : {"atkinson", "generalised_entropy"}
        Which index.
    marked : sequence of float
        Parameters to mark with their number.

    Returns
    -------
    Axes
        With the figure's text.
    """
    use_style()
    function, name, label, (low, high) = INDICES[index]
    schools = in_order(values, pupils)
    at = np.linspace(min(low, *marked), max(high, *marked), 201)
    curve = np.array([function(schools.values, one, schools.pupils) for one in at])
    _, axes = plt.subplots(figsize=(5.4, 3.6))
    axes.plot(at, np.where(np.isfinite(curve), curve, np.nan), color=BLUE, linestyle="-", linewidth=2)
    found = [function(schools.values, one, schools.pupils) for one in marked]
    rising = curve[-1] > curve[0]
    axes.scatter(marked, found, color=RED, marker="D", s=36, zorder=3)
    for one, number in zip(marked, found, strict=True):
        beside = {"xytext": (7, -5 if rising else 5), "va": "top" if rising else "bottom"}
        axes.annotate(f"{number:.3f}", (one, number), textcoords="offset points", path_effects=HALO, **beside)
    axes.set(xlabel=label, ylabel=f"{name}（没有单位）")
    axes.margins(y=0.18)
    symbol = label[0]
    each = "，".join(f"{symbol}取{one:g}时{number:.3f}" for one, number in zip(marked, found, strict=True))
    describe(axes.figure, f"曲线图：{name}随{symbol}变化。{each}。")
    return axes


def _bar(number: float, is_sum: bool) -> dict[str, object]:
    if is_sum:
        return {"color": BLACK}
    return {"color": BLUE} if number >= 0 else {"color": YELLOW, "hatch": "//", "edgecolor": "#8a6200"}


def _dots_in_words(
    schools: Schools, label: str, marks: Mapping[str, float], band: tuple[float, float] | None
) -> str:
    text = f"点图：每个点是一所学校，横轴是{label}。{_values_in_words(schools)}。"
    if marks:
        text += "画了线的：" + "，".join(f"{name}{value:.2f}" for name, value in marks.items()) + "。"
    return text + (f"阴影从{band[0]:.2f}到{band[1]:.2f}。" if band else "")


def _values_in_words(schools: Schools) -> str:
    pairs = list(zip(schools.labels, schools.values, strict=True))
    if len(pairs) > MANY:
        return f"共{len(pairs)}所，最低{pairs[0][0]}{pairs[0][1]:.2f}，最高{pairs[-1][0]}{pairs[-1][1]:.2f}"
    return "，".join(f"{name}{value:.2f}" for name, value in pairs)
