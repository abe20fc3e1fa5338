"""Figure of teachers' moves: one indicator over the years under several rules, its dispersion above, the weak schools' level below."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.style import LINE_STYLES, PALETTE, describe, use_style

MARKERS = ("o", "s", "^", "D", "v")
PANELS = ("cv", "behind")


def rule_lines(by_rule: pd.DataFrame, label: str, unit: str, limit: float | None = None) -> np.ndarray:
    """Draw an indicator under each rule, year by year, with the interval of the draws.

    Parameters
    ----------
    by_rule : DataFrame
        Of one stage and indicator, as `balancelib.teachers.years_by_rule` returns: ``rule, year, cv, behind`` and both with ``_low`` and
        ``_high``; at most five rules.
    label, unit : str
        Of the indicator.
    limit : float, optional
        Of the coefficient of variation.

    Returns
    -------
    ndarray of Axes
        Above the coefficient of variation, below the mean of the schools that were behind at the start.
    """
    use_style()
    figure, panels = plt.subplots(2, 1, sharex=True, figsize=(5.4, 5.4))
    rules = list(by_rule["rule"].unique())
    for name, axes in zip(PANELS, panels, strict=True):
        for k, rule in enumerate(rules):
            _line(axes, by_rule[by_rule["rule"] == rule], name, k)
    if limit is not None:
        panels[0].axhline(limit, color="black", linewidth=1, linestyle=(0, (1, 3)))
        panels[0].annotate(f"上限{limit:.2f}", (1, limit), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=11)  # fmt: skip
    panels[0].set(ylabel="差异系数")
    panels[1].set(ylabel=f"薄弱学校{label}\n（{unit}）", xlabel="年份（9月1日）")
    panels[1].xaxis.get_major_locator().set_params(integer=True)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=11, handlelength=3)
    describe(figure, _said(by_rule, rules, label))
    return panels


def _line(axes: Axes, rows: pd.DataFrame, name: str, k: int) -> None:
    axes.fill_between(
        rows["year"], rows[f"{name}_low"], rows[f"{name}_high"], color=PALETTE[k], alpha=0.15, linewidth=0
    )
    axes.plot(rows["year"], rows[name], color=PALETTE[k], linestyle=LINE_STYLES[k], marker=MARKERS[k], markersize=5, label=rows["rule"].iloc[0])  # fmt: skip


def _said(by_rule: pd.DataFrame, rules: list[str], label: str) -> str:
    parts = []
    for rule in rules:
        rows = by_rule[by_rule["rule"] == rule]
        each = "，".join(
            f"{year}年{cv:.3f}和{behind:.2f}"
            for year, cv, behind in zip(rows["year"], rows["cv"], rows["behind"], strict=True)
        )
        parts.append(f"{rule}：{each}")
    return (
        f"上下两格折线图，{len(rules)}种做法。每年先是差异系数，后是薄弱学校的{label}。{'；'.join(parts)}。"
    )
