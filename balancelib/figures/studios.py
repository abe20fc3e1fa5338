"""Studios: whom they reach on a map made of roads, what one more adds, and how a practice passes on."""

from collections.abc import Collection, Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import OCHRE, Bars
from balancelib.figures.explorers import Answer, Control, Explorer, choice, explore
from balancelib.figures.roads import join, road_layout, road_map
from balancelib.figures.style import BLUE, GREY, LINE_STYLES, PALETTE, RED, SKY, describe, use_style

FARTHEST = 2  # steps drawn apart from those that are farther
MARKS = (
    ("有工作室的人", {"marker": "s", "color": BLUE, "s": 42}),
    ("一步", {"marker": "o", "color": SKY, "s": 42}),
    ("两步", {"marker": "o", "facecolors": "white", "edgecolors": BLUE, "s": 42}),
    ("更远或连不到", {"marker": "X", "color": RED, "s": 60}),
)
MOST_NAMED = 6


def reach_map(
    km: pd.DataFrame, names: pd.Series, steps: pd.Series, contacts: Collection[tuple[str, str]]
) -> Axes:
    """Draw which schools a studio, or several, reach by how many steps of contact, at places that follow the roads.

    Where schools crowd, as in a county's town, they are drawn once more below, larger.

    Parameters
    ----------
    km : DataFrame
        As for `balancelib.figures.road_layout`.
    names, steps : Series
        By school: how it is called, and its steps, blank where no way of contacts leads.
    contacts : collection of pairs
        Schools that meet.

    Returns
    -------
    Axes
        Of the whole county.
    """
    use_style()
    places = road_layout(km).loc[steps.index].dropna()
    kinds = steps.fillna(FARTHEST + 1).clip(upper=FARTHEST + 1).astype(int)

    def draw(axes: Axes) -> None:
        for ends in contacts:
            if set(ends) <= set(places.index):
                join(axes, places, ends, linewidth=0.8)
        for kind, (label, how) in enumerate(MARKS):
            at = places[kinds.loc[places.index] == kind].to_numpy().T
            axes.scatter(*at, label=f"{label}（{(kinds == kind).sum()}所）", zorder=2, linewidths=1.2, **how)

    axes = road_map(places, draw, (0.12, 0.2), ncols=2, columnspacing=1)
    describe(axes.figure, _map_in_words(kinds, names, len(contacts)))
    return axes


def _map_in_words(kinds: pd.Series, names: pd.Series, contacts: int) -> str:
    """Say how many schools are how far, and name those that are farthest."""
    counts = "，".join(f"{label}的{(kinds == kind).sum()}所" for kind, (label, _) in enumerate(MARKS))
    far = names[kinds.index[kinds > FARTHEST]]
    more = "等" if len(far) > MOST_NAMED else ""
    named = f"更远或连不到的是{'、'.join(far[:MOST_NAMED])}{more}" if len(far) else "没有更远的"
    return f"往来图，{len(kinds)}所学校，{contacts}对有教研往来。{counts}；{named}。"


def placement_curve(levels: pd.DataFrame, worth: str) -> Axes:
    """Draw what each further studio adds: the proven best, choosing one after the other, and the limits that this way proves.

    Parameters
    ----------
    levels : DataFrame
        One number of steps of `balancelib.teachers.placement_levels`: ``k, weight, greedy, greedy_bound, ceiling, total``.
    worth : str
        What the weight is, with its unit, as ``带到的学生（人）``.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    total = float(levels["total"].iloc[0])
    axes.axhline(total, color=GREY, linewidth=1.2, linestyle="-", label=f"全部（{total:,.0f}）")
    axes.plot(levels["k"], levels["ceiling"], color="black", linestyle=":", label="凭贪心法的保证")
    axes.plot(levels["k"], levels["greedy_bound"], color="black", linestyle="--", label="贪心法自己证明")
    axes.plot(levels["k"], levels["weight"], color=BLUE, marker="o", linestyle="-", label="最优，已证明")
    axes.plot(levels["k"], levels["greedy"], color=RED, marker="x", markersize=9, linestyle="none", label="一个一个选（贪心法）")  # fmt: skip
    axes.set(xlabel="新放几个工作室", ylabel=worth)
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    said = "；".join(
        f"{row.k}个，最优{row.weight:,.0f}，贪心法{row.greedy:,.0f}，凭保证最多{row.ceiling:,.0f}，自己证明最多{row.greedy_bound:,.0f}"
        for row in levels.itertuples()
    )
    describe(figure, f"折线图，{worth}随新放的个数：{said}。全部是{total:,.0f}。")
    return axes


def spread_bands(counts: Mapping[str, pd.DataFrame], schools: int) -> Axes:
    """Draw how many schools use a practice, term by term: the mean, and the band in which nine of ten draws lie.

    Parameters
    ----------
    counts : mapping of str to DataFrame
        How each choice is called, and its ``mean, low, high`` by term, of `balancelib.teachers.spread`.
    schools : int
        How many there are.

    Returns
    -------
    Axes
    """
    use_style()
    figure, axes = plt.subplots()
    hatches = ("", "///", "...", "\\\\\\", "xx")
    said = []
    for (label, rows), colour, line, hatch in zip(
        counts.items(), PALETTE, LINE_STYLES, hatches, strict=False
    ):
        axes.plot(
            rows.index, rows["mean"], color=colour, linestyle=line, marker="o", markersize=4, label=label
        )
        axes.fill_between(rows.index, rows["low"], rows["high"], facecolor=colour, edgecolor=colour, hatch=hatch, alpha=0.18, linewidth=0)  # fmt: skip
        last = rows.iloc[-1]
        said.append(f"{label}：从{rows['mean'].iloc[0]:.0f}所到{last['mean']:.1f}所，十次里有九次在{last['low']:.0f}到{last['high']:.0f}所")  # fmt: skip
    axes.axhline(schools, color=GREY, linewidth=1.2, linestyle="-", label=f"全部学校（{schools}所）")
    axes.set(xlabel="过了几个学期", ylabel="用上这种做法的学校（所）", ylim=(0, schools * 1.05))
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower center", ncols=1, fontsize=10)
    terms = max(rows.index[-1] for rows in counts.values())
    describe(figure, f"折线图，{terms}个学期以后用上的学校，一共{schools}所。{'；'.join(said)}。")
    return axes


def explore_placement(levels: pd.DataFrame, names: pd.Series, unit: str = "人") -> Explorer:
    """Make a figure to move: how many studios, how many steps of contact count, and whose pupils.

    Parameters
    ----------
    levels : DataFrame
        Of `balancelib.teachers.placement_levels`, one below the other, with a column ``aim``: for whom, in Chinese.
    names : Series
        By school.
    unit : str
        Of the weight.

    Returns
    -------
    Explorer
    """
    found = levels.set_index(["aim", "steps", "k"])
    aims, steps, counts = (list(found.index.unique(level)) for level in range(3))
    if len(found) != len(aims) * len(steps) * len(counts) or not found.index.is_unique:
        raise ValueError("每种打算、每个步数、每个个数，都要有一行，而且只有一行")

    def answer(aim: str, within: int, k: int) -> Answer:
        return _answer(aim, within, k, found.loc[(aim, within, k)], names, unit)

    controls = {
        "aim": choice("先照顾谁", aims),
        "within": Control("隔几步也算带到", steps, [f"{s}步" for s in steps], steps[0], slides=True),
        "k": Control("新放几个工作室", counts, [f"{k}个" for k in counts], counts[len(counts) // 2], slides=True),
    }  # fmt: skip
    return explore(answer, controls, "工作室：放几个，隔几步，带到谁")


def _answer(aim: str, within: int, k: int, row: pd.Series, names: pd.Series, unit: str) -> Answer:
    """Answer for one position."""
    values = [row["weight"], row["greedy"], row["total"]]
    said = [f"{value:,.0f}" for value in values]
    panel = Bars(
        f"带到的学生（{unit}）", ["最优", "一个一个选", "一共"], values, said, top=max(row["total"], 1), marked=[False, True, False], mark=OCHRE,
    )  # fmt: skip
    share = f"，占{row['weight'] / row['total']:.0%}" if row["total"] else ""
    fewer = f"（放{len(row['hosts'])}个就够，再放带不到新的）" if len(row["hosts"]) < k else ""
    return Answer(
        [panel],
        ["工作室放在"],
        [[names[host]] for host in row["hosts"]] or [["放在哪里都带不到新的"]],
        f"{aim}，隔{within}步也算带到，新放{k}个{fewer}：最优带到{row['schools']}所、{said[0]}{unit}{share}；一个一个选带到{said[1]}{unit}。",
    )
