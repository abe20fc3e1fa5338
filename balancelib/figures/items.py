"""Figures of the questions of a test: which are hard and which tell pupils apart, who chooses which option, and an explorer of questions."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, choice, explore
from balancelib.figures.style import BLACK, BLUE, GREY, LINE_STYLES, PALETTE, RED, describe, number, use_style

MARKERS = ("o", "s", "^", "D", "x")


def item_dots(table: pd.DataFrame, weak: float) -> Axes:
    """Draw each question by how hard it is and how well it tells pupils apart; those to look at are named.

    Parameters
    ----------
    table : DataFrame
        By question: ``difficulty``, ``discrimination``, ``reasons`` (text, empty where there is nothing to look at).
    weak : float
        Discrimination below which a question is weak: a line.
    """
    use_style()
    figure, axes = plt.subplots()
    flagged = table["reasons"] != ""
    looks = {
        False: ("看不出毛病的", {"color": BLUE, "marker": "o"}),
        True: ("要看一看的", {"color": RED, "marker": "s"}),
    }
    for flag, (label, drawn) in looks.items():
        chosen = table[flagged == flag]
        axes.scatter(chosen["difficulty"], chosen["discrimination"], label=label, s=40, zorder=3, **drawn)
    for name, row in table[flagged].iterrows():
        place = (row["difficulty"], row["discrimination"])
        axes.annotate(str(name), place, xytext=(0, 7), textcoords="offset points", ha="center", fontsize=10)
    axes.axhline(weak, color=BLACK, linestyle="--", linewidth=1.2)
    axes.axhline(0, color=GREY, linestyle=":", linewidth=1.2)
    axes.set(xlabel="难度（得分率，越大越容易）", ylabel="区分度（高分组减低分组）", xlim=(0, 1))
    axes.margins(y=0.15)
    figure.legend(loc="outside lower center", ncols=2, fontsize=11)
    told = "；".join(
        f"{name}难度{row['difficulty']:.2f}，区分度{row['discrimination']:.2f}".replace("-", "−")
        for name, row in table[flagged].iterrows()
    )
    said = f"要看一看的{flagged.sum()}道：{told}" if told else "没有要看一看的"
    describe(figure, f"散点图，{len(table)}道题，横轴难度，纵轴区分度，虚线是区分度{weak:g}。{said}。")
    return axes


def option_lines(curves: pd.DataFrame, item: str, key: str) -> Axes:
    """Draw the share that chooses each option, in groups of pupils from the lowest to the highest.

    Parameters
    ----------
    curves : DataFrame
        A row a group, a column an option; a column ``pupils`` is not drawn. Options that nobody chose are left out.
    item, key : str
        The question and its right option, drawn thick.
    """
    use_style()
    figure, axes = plt.subplots()
    shares = curves.drop(columns="pupils", errors="ignore")
    shares = shares.loc[:, shares.max() > 0]
    for i, name in enumerate(shares):
        axes.plot(
            shares.index, 100 * shares[name], color=PALETTE[i % 5], linestyle=LINE_STYLES[i % 5], marker=MARKERS[i % 5],
            linewidth=3 if name == key else 1.5, label=f"{name}（答案）" if name == key else name,
        )  # fmt: skip
    axes.set(xlabel="其余各题的总分，从低到高分组", ylabel="选这一项的学生（%）", ylim=(0, None))
    axes.set_xticks(list(shares.index))
    figure.legend(loc="outside lower center", ncols=3, fontsize=11)
    told = "；".join(
        f"{name}{'（答案）' if name == key else ''}从{100 * shares[name].iloc[0]:.0f}%到{100 * shares[name].iloc[-1]:.0f}%"
        for name in shares
    )
    describe(figure, f"折线图，{item}各选项被选的比例，从总分最低的一组到最高的一组：{told}。")
    return axes


def explore_items(options: Callable[[str], pd.DataFrame], flags: Mapping[str, str]) -> Explorer:
    """Explore the questions of a test: who of the highest and of the lowest chooses which option.

    Parameters
    ----------
    options : callable
        Called with a question; returns by option ``key``, ``high`` and ``low`` (shares), ``correlation``.
    flags : mapping of str to str
        The questions, each with what is to be looked at, empty where there is nothing.
    """

    def answer(item: str) -> Answer:
        return _answer(item, options(item), flags[item])

    return explore(answer, {"item": choice("题号", list(flags))}, "高分组和低分组各选了什么")


def _answer(item: str, table: pd.DataFrame, flag: str) -> Answer:
    names = [f"{name}（答案）" if row["key"] else str(name) for name, row in table.iterrows()]
    panels = [
        _panel(f"{item}：{group}（%）", names, table[column], table["key"])
        for group, column in (("高分组", "high"), ("低分组", "low"))
    ]
    rows = [
        [name, f"{100 * row['high']:.0f}%", f"{100 * row['low']:.0f}%", number(row["correlation"], 2)]
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    ]
    key = table[table["key"]]
    gap = 100 * (key["high"].sum() - key["low"].sum())
    said = f"{item}：选答案的，高分组比低分组{'多' if gap >= 0 else '少'}{abs(gap):.0f}个百分点。{flag or '看不出毛病'}。"
    return Answer(panels, ["选项", "高分组", "低分组", "和其余各题的相关"], rows, said)


def _panel(title: str, names: Sequence[str], shares: pd.Series, key: pd.Series) -> Bars:
    texts = [f"{100 * share:.0f}%" for share in shares]
    return Bars(
        title, names, list(100 * shares), texts, top=100, marked=[not right for right in key], mark="#a07010"
    )
