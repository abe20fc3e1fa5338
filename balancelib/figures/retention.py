"""Figures of cohorts: from entrants to graduates step by step, schools' rates with their intervals, and an explorer of miscounted transfers."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from balancelib.assess.logic import reaches, shown
from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, SKY, YELLOW, describe, signed, use_style

STEPS = {
    "transfers_in": ("转入", 1), "transfers_out": ("转出", -1), "deaths": ("死亡", -1), "dropouts": ("辍学", -1),
    "returned": ("返学", 1), "suspended": ("休学", -1),
}  # fmt: skip
VERDICTS = {
    "above": ("区间都在线上", BLUE, "o"),
    "open": ("区间跨着线", YELLOW, "o"),
    "below": ("区间都在线下", RED, "v"),
    "odd": ("账对不上或超过100%", BLACK, "X"),
}
SHARES = tuple(range(0, 101, 10))


def cohort_waterfall(flows: pd.Series) -> Axes:
    """Draw how a cohort came from its entrants to its graduates, a step a bar; what the account does not explain is the last step.

    Parameters
    ----------
    flows : Series
        ``entrants``, the flows and ``graduates`` of one cohort, as of `balancelib.groups.cohort_counts`.

    Returns
    -------
    Axes
    """
    use_style()
    moves = {label: sign * float(flows[name]) for name, (label, sign) in STEPS.items()}
    moves["对不上"] = float(flows["graduates"] - flows["entrants"] - sum(moves.values()))
    ends = float(flows["entrants"]) + np.cumsum(list(moves.values()))
    starts = ends - list(moves.values())
    _, axes = plt.subplots(figsize=(5.4, 3.8))
    names = ["入学", *moves, "毕业"]
    axes.bar([0, len(names) - 1], [flows["entrants"], flows["graduates"]], color=GREY, label="人数")
    steps = np.arange(1, len(names) - 1)
    for up, colour, hatch, label in ((True, SKY, "", "增加"), (False, RED, "//", "减少")):
        chosen = (ends > starts) if up else (ends < starts)
        axes.bar(
            steps[chosen], np.abs(ends - starts)[chosen], bottom=np.minimum(starts, ends)[chosen], color=colour, hatch=hatch,
            edgecolor=BLACK, linewidth=0.8, label=label,
        )  # fmt: skip
    low = min(starts.min(), ends.min(), flows["graduates"])
    room = max(float(flows["entrants"]), ends.max(), starts.max()) - low
    for at, text, height in [
        (0, f"{flows['entrants']:,.0f}", flows["entrants"]),
        *((k, signed(e - s, 0), max(s, e)) for k, s, e in zip(steps, starts, ends, strict=True)),
        (len(names) - 1, f"{flows['graduates']:,.0f}", flows["graduates"]),
    ]:
        axes.text(at, height + 0.06 * max(room, 1), text, ha="center", va="bottom", fontsize=11)
    axes.set_xticks(range(len(names)), ["\n".join(name) for name in names])
    axes.set(
        ylim=(max(low - 0.6 * max(room, 1), 0), low + 1.5 * max(room, 1)), ylabel="人数（人，纵轴不从0起）"
    )
    axes.grid(axis="x", visible=False)
    axes.figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    listed = "，".join(f"{name}{signed(move, 0)}" for name, move in moves.items())
    describe(
        axes.figure,
        f"瀑布图，从入学到毕业：入学{flows['entrants']:,.0f}人，{listed}，毕业{flows['graduates']:,.0f}人。",
    )
    return axes


def retention_rows(table: pd.DataFrame, names: Mapping[str, str], limit: float = 0.95) -> Axes:
    """Draw each school's retention with its interval, the lowest first, beside the limit.

    Parameters
    ----------
    table : DataFrame
        By school: ``rate, low, high, verdict`` and ``of``, as of `balancelib.groups.judged`.
    names : mapping of str to str
        The schools' names.
    limit : float
        To compare with.

    Returns
    -------
    Axes
    """
    ordered = table.sort_values(["rate", "of"], kind="stable")
    labels = [names.get(key, str(key)) for key in ordered.index]
    axes = row_axes(labels)[0]
    rates, low, high = (100 * ordered[column].to_numpy() for column in ("rate", "low", "high"))
    rows = np.arange(len(ordered))
    axes.hlines(rows, low, high, color=GREY, linewidth=2.5)
    for verdict, (label, colour, marker) in VERDICTS.items():
        chosen = (ordered["verdict"] == verdict).to_numpy()
        if chosen.any():
            axes.scatter(
                rates[chosen], rows[chosen], color=colour, marker=marker, edgecolors=BLACK, s=56, zorder=3, label=label
            )  # fmt: skip
    axes.axvline(100 * limit, color=RED, linestyle="--", linewidth=1.4, label=f"{100 * limit:g}%")
    axes.set_xlabel("初中三年巩固率（%），横线是95%区间")
    axes.tick_params(axis="y", labelsize=10)
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    write_at_right(axes, "入学", [f"{n:.0f}" for n in ordered["of"]])
    listed = "；".join(
        f"{name}{rate:.1f}%"
        + ("" if np.isnan(a) else f"，区间{a:.1f}%到{b:.1f}%")
        + f"，{VERDICTS[verdict][0]}"
        for name, rate, a, b, verdict in zip(labels, rates, low, high, ordered["verdict"], strict=True)
    )
    describe(axes.figure, f"点和区间图，虚线是{100 * limit:g}%。各校：{listed}。")
    return axes


def explore_transfers(
    recounted: Callable[[str, float], pd.DataFrame], cohorts: Mapping[str, str], limit: float = 0.95
) -> Explorer:
    """Explore what the rate would be if some of those reported as transferred out had dropped out.

    Parameters
    ----------
    recounted
        Called with a cohort's code and a share (of one); returns by school ``kept`` and ``of`` with them counted as dropouts.
    cohorts
        Names of the cohorts by their codes.
    limit
        To compare with.
    """
    states = {(g, s): recounted(g, s / 100) for g in cohorts for s in SHARES}
    schools = max(len(table) for table in states.values())
    codes = {label: code for code, label in cohorts.items()}
    least = min(100 * t["kept"].sum() / t["of"].sum() for t in states.values())
    start = max(0.0, 10 * np.floor(least / 10) - 10)

    def answer(cohort: str, share: int) -> Answer:
        table, told = states[codes[cohort], share], states[codes[cohort], 0]
        rate, before = (100 * t["kept"].sum() / t["of"].sum() for t in (table, told))
        moved = told["kept"].sum() - table["kept"].sum()
        below = int((~reaches(table["kept"], limit * table["of"])).sum())
        verdict = "达到" if reaches(rate, 100 * limit) else "没有达到"
        now, then = (f"{shown(one, 100 * limit, 1)}%" for one in (rate, before))
        panels = [
            Bars(f"全县巩固率（%），横条从{start:g}%画起", ["上报的", "改正后"], [before - start, rate - start],
                 [then, now], 105 - start, 100 * limit - start, f"{100 * limit:g}%"),
            Bars("低于线的学校（所）", ["学校"], [below], [f"{below}"], max(schools, 1)),
        ]  # fmt: skip
        rows = [["上报的", then], ["改正后", now], ["改记的人", f"{moved:.0f}"], ["低于线的学校", f"{below}"]]  # fmt: skip
        sentence = f"{cohort}，转出里有{share}%其实是辍学：改记{moved:.0f}人，巩固率从{then}变成{now}，{verdict}{100 * limit:g}%；低于线的学校{below}所。"
        return Answer(panels, ["项目", "数"], rows, sentence)

    controls = {
        "cohort": choice("哪一届", list(codes)),
        "share": slider("转出里其实是辍学的", SHARES, "%", start=0),
    }
    return explore(answer, controls, "转出里记错了辍学，巩固率变多少")
