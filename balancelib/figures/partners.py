"""Figures of paired schools and of local resources: who meets whom over what road, which grades have nothing."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.style import BLUE, GREY, RED, describe, use_style

STATES = {  # its name and its mark, told apart without colour
    "active": ("常来往", {"color": BLUE, "marker": "o"}),
    "thin": ("往来少", {"color": GREY, "marker": "^"}),
    "in_name": ("只有名义", {"color": RED, "marker": "x"}),
}
GRADES = "一二三四五六七八九"


def pair_dots(pairs: pd.DataFrame, within: float) -> Axes:
    """Draw of each pair the road between the schools and how often they met in the year.

    Parameters
    ----------
    pairs : DataFrame
        ``km`` (infinite: further than the table reaches), ``meetings``, ``state``; pairs of unknown state or road are left out.
    within : float
        The distance that counts as near, km.

    Examples
    --------
    >>> pairs = pd.DataFrame({"km": [5.0, np.inf], "meetings": [12.0, 0.0], "state": ["active", "in_name"]})
    >>> pair_dots(pairs, 20).get_ylabel()
    '一年往来（次）'
    """
    use_style()
    _, axes = plt.subplots()
    known = pairs[pairs["state"].isin(list(STATES)) & pairs["km"].notna()]
    near = known["km"].where(np.isfinite(known["km"]))
    edge = 1.12 * max(near.max() if near.notna().any() else 0.0, within)
    far = near.isna()
    places = near.fillna(edge + 0.25 * edge * (far.cumsum() - 0.5) / max(far.sum(), 1))  # beside each other
    for state, (label, drawn) in STATES.items():
        chosen = known["state"] == state
        axes.scatter(places[chosen], known["meetings"][chosen], label=label, s=46, **drawn)
    axes.axvline(within, color="black", linewidth=1.2, linestyle="--")
    axes.text(within, 1.01, f"{within:g}公里", transform=axes.get_xaxis_transform(), ha="center", va="bottom")
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick < edge]
    axes.set_xticks([*ticks, 1.125 * edge], [*(f"{tick:g}" for tick in ticks), "更远"])
    axes.set(xlabel="两校的路程（公里）", ylabel="一年往来（次）", xlim=(0, 1.27 * edge))
    axes.figure.legend(loc="outside lower center", ncols=len(STATES))
    describe(axes.figure, pairs_in_words(known, within))
    return axes


def pairs_in_words(pairs: pd.DataFrame, within: float) -> str:
    """Say what `pair_dots` shows.

    Examples
    --------
    >>> pairs = pd.DataFrame({"km": [5.0, np.inf], "meetings": [12.0, 0.0], "state": ["active", "in_name"]})
    >>> pairs_in_words(pairs, 20)
    '散点图，2对学校：常来往1对，只有名义1对；20公里以内1对，一年最多往来12次。'
    """
    counts = pairs["state"].value_counts()
    kinds = "，".join(f"{label}{counts[state]}对" for state, (label, _) in STATES.items() if state in counts)
    most = f"，一年最多往来{pairs['meetings'].max():.0f}次" if len(pairs) else ""
    return f"散点图，{len(pairs)}对学校：{kinds}；{within:g}公里以内{(pairs['km'] <= within).sum()}对{most}。"


def coverage_grid(coverage: pd.DataFrame, labels: Mapping[str, str]) -> Axes:
    """Draw how many resources each subject has in each grade; a cross where it has none, nothing where it is not taught.

    Parameters
    ----------
    coverage : DataFrame
        A row a subject, a column a grade from 1 to 9: counts, NaN where not taught.
    labels : mapping of str to str
        How subjects are called.

    Examples
    --------
    >>> coverage_grid(pd.DataFrame([[1.0, 0.0]], index=["music"], columns=[1, 2]), {"music": "音乐"}).texts[1].get_text()
    '×'
    """
    use_style()
    _, axes = plt.subplots(figsize=(5.4, 0.9 + 0.3 * len(coverage)))
    counts = coverage.to_numpy(dtype=float)
    axes.imshow(
        np.where(np.isnan(counts), np.nan, np.minimum(counts, 3)), cmap="Blues", vmin=0, vmax=5, aspect="auto"
    )
    for row, column in np.argwhere(~np.isnan(counts)):
        count = counts[row, column]
        axes.text(
            column,
            row,
            f"{count:.0f}" if count else "×",
            ha="center",
            va="center",
            color="black" if count else RED,
        )
    axes.set_xticks(range(coverage.shape[1]), [GRADES[grade - 1] for grade in coverage.columns])
    axes.set_yticks(range(len(coverage)), [labels[subject] for subject in coverage.index])
    axes.grid(visible=False)
    axes.set(xlabel="年级", ylabel="学科")
    describe(axes.figure, coverage_in_words(coverage, labels))
    return axes


def coverage_in_words(coverage: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Say what `coverage_grid` shows.

    Examples
    --------
    >>> coverage_in_words(pd.DataFrame([[1.0, 0.0, np.nan]], index=["music"], columns=[1, 2, 3]), {"music": "音乐"})
    '方格图：各学科在各年级有几份审过的资源。开课的2格里空着1格；音乐缺二年级。'
    """
    taught, empty = coverage.notna(), coverage == 0
    holes = [
        f"{labels[subject]}缺{'、'.join(GRADES[g - 1] for g in coverage.columns[row])}年级"
        for subject, row in empty.iterrows()
        if row.any()
    ]
    said = f"；{'；'.join(holes)}" if holes else ""
    return f"方格图：各学科在各年级有几份审过的资源。开课的{taught.to_numpy().sum()}格里空着{empty.to_numpy().sum()}格{said}。"
