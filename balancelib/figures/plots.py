"""Figures that answer the course's questions; each returns its axes and carries its text."""

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import WORDS, reaches, shown, within
from balancelib.figures.bars import Bars, drawn
from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe, use_style

if TYPE_CHECKING:
    from balancelib.assess import Assessment
    from balancelib.standards import Indicator

STAGE_LABELS = {"primary": "小学", "junior": "初中"}
CLIP = 3.0  # a section with three times the standard or more stands at the right edge
GOLDEN = 0.618034  # multiples of it spread dots evenly, the same way each time
MET, NEAR, BELOW = "达标", "未达标，不低于底线", "低于底线"
DOTS = {
    MET: {"marker": "o", "facecolors": "none", "edgecolors": BLUE, "s": 16},
    NEAR: {"marker": "^", "facecolors": YELLOW, "edgecolors": "#8a6200", "linewidths": 0.6, "s": 26},
    BELOW: {"marker": "X", "facecolors": RED, "edgecolors": "white", "linewidths": 0.4, "s": 36},
}


def threshold_ratios(assessment: "Assessment") -> np.ndarray:
    """Draw how each section of each school stands to each threshold of the standard.

    A panel a stage, a row an indicator, a dot a section: its value over its threshold. At the right of each
    row stands how many of how many meet it. What is over three times the threshold stands at the edge.

    Parameters
    ----------
    assessment : Assessment
        What `balancelib.assess` returned, under a standard with thresholds.

    Returns
    -------
    ndarray of Axes
        One for each stage that has sections.
    """
    use_style()
    if assessment.ratios is None:
        raise ValueError(f"{assessment.standard.label}没有给学校定达标线，画不出与标准之比。")
    stages = [stage for stage in STAGE_LABELS if (assessment.sections["stage"] == stage).any()]
    rows = len(_tested(assessment))
    height = len(stages) * (0.36 * rows + 0.5) + 0.9
    figure, grid = plt.subplots(len(stages), sharex=True, squeeze=False, figsize=(5.4, height))
    for axes, stage in zip(grid[:, 0], stages, strict=True):
        _draw_stage(axes, assessment, stage)
    grid[-1, 0].set_xlabel("与标准之比（倍）")
    _add_legend(grid[0, 0], assessment)
    describe(figure, ratios_in_words(assessment))
    return grid[:, 0]


def cv_limits(assessment: "Assessment", stage: str) -> Axes:
    """Draw a stage's coefficients of variation beside the limit that the standard sets.

    Where it tests only their mean, the composite coefficient stands below the others.

    Parameters
    ----------
    assessment : Assessment
        What `balancelib.assess` returned.
    stage : str
        ``"primary"`` or ``"junior"``.
    """
    standard, verdict = assessment.standard, assessment.stages[stage]
    coefficients = {i.short_label: verdict.cv[i.key] for i in standard.indicators}
    each = verdict.cv_meets is not None
    if not each:
        coefficients["综合"] = verdict.composite_cv
    known = {name: value for name, value in coefficients.items() if value is not None}
    if not known:
        raise ValueError(f"{STAGE_LABELS[stage]}的差异系数一项也算不出，没有图可画。")
    limit = verdict.cv_limit
    tested = {i.short_label for i in standard.indicators if verdict.tests(i.key)} if each else {"综合"}
    judged = {name: within(value, limit) for name, value in known.items() if name in tested}
    numbers = {name: shown(value, limit, standard.cv_decimals, within) for name, value in known.items()}
    return drawn([
        Bars(
            f"{STAGE_LABELS[stage]}：差异系数",
            list(known),
            list(known.values()),
            [f"{text} {WORDS[judged[name]]}" if name in judged else text for name, text in numbers.items()],
            top=2 * limit,
            line=limit,
            line_text=f"{'' if each else '综合的'}上限{limit:g}",
            marked=[not judged.get(name, True) for name in known],
        )
    ]).axes[0]  # fmt: skip


def ratios_in_words(assessment: "Assessment") -> str:
    """Say what `threshold_ratios` shows: how many meet each threshold, and who is furthest from it."""
    text = "点图：每个点是一所学校的一个学段部分，横轴是它与标准之比。"
    for stage, label in STAGE_LABELS.items():
        of_stage = assessment.sections["stage"] == stage
        if of_stage.any():
            names, ratios = assessment.sections.loc[of_stage, "name"], assessment.ratios[of_stage]
            rows = [_row_in_words(i.label, ratios[i.key].dropna(), names) for i in _tested(assessment)]
            text += f"{label}{of_stage.sum()}个：{'；'.join(rows)}。"
    beyond = int((assessment.ratios > CLIP).to_numpy().sum())
    return text + (f"有{beyond}个值超过{CLIP:g}倍，画在右边缘。" if beyond else "")


def _row_in_words(label: str, ratios: pd.Series, names: pd.Series) -> str:
    if ratios.empty:
        return f"{label}没有数据"
    lowest = ratios.idxmin()
    met = int(reaches(ratios, 1).sum())
    return f"{label}{met}个达标，最低的是{names[lowest]}，为标准的{ratios[lowest]:.2f}倍"


def _draw_stage(axes: Axes, assessment: "Assessment", stage: str) -> None:
    indicators, floor = _tested(assessment), _floor(assessment)
    ratios = assessment.ratios[assessment.sections["stage"] == stage]
    for row, indicator in enumerate(indicators):
        values = np.sort(ratios[indicator.key].dropna().to_numpy(dtype=float))
        _draw_row(axes, row, values, floor)
        count = f"{reaches(values, 1).sum()}/{len(values)}"
        axes.text(1.02, row, count, transform=axes.get_yaxis_transform(), va="center")
    axes.text(1.02, -0.85, "达标数", transform=axes.get_yaxis_transform(), va="center")
    axes.axvline(1, color=BLACK, linewidth=1.2)
    if floor:
        axes.axvline(floor, color=GREY, linewidth=1.2, linestyle="--")
    axes.set_title(f"{STAGE_LABELS[stage]}（{len(ratios)}个）", loc="left")
    axes.set_yticks(range(len(indicators)), [indicator.short_label for indicator in indicators])
    axes.set(xlim=(-0.06, CLIP * 1.03), ylim=(len(indicators) - 0.4, -0.6))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def _draw_row(axes: Axes, row: int, values: np.ndarray, floor: float) -> None:
    """Draw one indicator's dots, spread a little up and down so that they do not hide each other."""
    heights = row + 0.56 * (np.arange(len(values)) * GOLDEN % 1 - 0.5)
    met, above = reaches(values, 1), reaches(values, floor)
    beyond = values > CLIP
    for kind, chosen in {MET: met & ~beyond, NEAR: above & ~met, BELOW: ~above}.items():
        axes.scatter(values[chosen], heights[chosen], **DOTS[kind], zorder=2)
    edge = np.full(beyond.sum(), CLIP)
    axes.scatter(edge, heights[beyond], marker=">", facecolors="none", edgecolors=BLUE, s=20, zorder=2)


def _tested(assessment: "Assessment") -> list["Indicator"]:
    """Return the indicators that have a threshold."""
    return [indicator for indicator in assessment.standard.indicators if indicator.thresholds]


def _floor(assessment: "Assessment") -> float:
    """Return the share of a threshold below which no indicator may fall, 0 where the standard has none."""
    rule = assessment.standard.school_rule
    return (rule.floor or 0.0) if rule else 0.0


def _add_legend(axes: Axes, assessment: "Assessment") -> None:
    floor = _floor(assessment)
    kinds = DOTS if floor else {MET: DOTS[MET], "未达标": DOTS[NEAR]}
    handles = [axes.scatter([], [], label=label, **dot) for label, dot in kinds.items()]
    handles.append(axes.axvline(1, color=BLACK, linewidth=1.2, label="标准"))
    if floor:
        label = f"底线（标准的{100 * floor:g}%）"
        handles.append(axes.axvline(floor, color=GREY, linewidth=1.2, linestyle="--", label=label))
    if (assessment.ratios > CLIP).to_numpy().any():
        beyond = {"marker": ">", "facecolors": "none", "edgecolors": BLUE, "s": 20}
        handles.append(axes.scatter([], [], label=f"超过{CLIP:g}倍", **beyond))
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=11)
