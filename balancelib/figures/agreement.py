"""Figures of agreement: who said what of which material, who is stricter, and an explorer of κ and prevalence."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, YELLOW, describe, signed, use_style

MARKS = ("×", "△", "○")  # from the worst to the best: told apart without colour
SHADES = ("#bb5566", "#ddaa33", "#d6e4f0")
SHARES = (70, 75, 80, 85, 90, 95, 100)  # percent on which both agree
RARE = (5, 10, 20, 30, 40, 50)  # percent that do not pass


def review_grid(table: pd.DataFrame, verdicts: Mapping[str, str]) -> Axes:
    """Draw what each reviewer said of each material; nothing where nobody said anything.

    Parameters
    ----------
    table : DataFrame
        A row a material, a column a reviewer: keys of ``verdicts``, or blank. Materials with the most bad verdicts come first.
    verdicts : mapping of str to str
        Three, from the worst to the best: how they are called.

    Examples
    --------
    >>> table = pd.DataFrame({"R1": ["pass", "reject"], "R2": ["pass", None]}, index=["M1", "M2"])
    >>> axes = review_grid(table, {"reject": "不通过", "mend": "修改", "pass": "通过"})
    >>> axes.get_xticklabels()[0].get_text(), [text.get_text() for text in axes.texts]
    ('M2', ['×', '○', '○'])
    """
    use_style()
    steps = table.apply(lambda column: column.map({v: i for i, v in enumerate(verdicts)})).astype(float)
    steps = steps.loc[steps.mean(axis=1).sort_values(kind="stable").index].T
    figure, axes = plt.subplots(figsize=(5.4, 1.5 + 0.32 * len(steps)))
    axes.imshow(steps, cmap=ListedColormap(SHADES), vmin=-0.5, vmax=2.5, aspect="auto")
    for (row, column), step in np.ndenumerate(steps.to_numpy()):
        if not np.isnan(step):
            axes.text(column, row, MARKS[int(step)], ha="center", va="center", fontsize=9)
    axes.set_yticks(range(len(steps)), steps.index)
    axes.set_xticks(range(steps.shape[1]), steps.columns, rotation=90, fontsize=9)
    axes.set(xlabel="材料，意见最差的在前", ylabel="审读人")
    axes.grid(visible=False)
    names = list(verdicts.values())
    axes.set_title(
        "　".join(f"{m}{n}" for m, n in zip(MARKS, names, strict=True)) + "　空：没有意见", fontsize=11
    )
    told = "；".join(
        f"{reviewer}：{'，'.join(f'{name}{(row == i).sum()}份' for i, name in enumerate(names))}"
        for reviewer, row in steps.iterrows()
    )
    describe(figure, f"方格图，{steps.shape[1]}份材料、{len(steps)}位审读人的结论。{told}。")
    return axes


def leaning_rows(leanings: pd.DataFrame) -> Axes:
    """Draw of each reviewer how much stricter or milder than the others, with the interval; a line where they are alike.

    Parameters
    ----------
    leanings : DataFrame
        By reviewer: ``leaning``, ``low``, ``high`` (NaN: no interval), ``materials``.
    """
    known = leanings[leanings["leaning"].notna()].sort_values("leaning", kind="stable")
    axes = row_axes(list(known.index))[0]
    for row, found in enumerate(known.itertuples()):
        axes.plot([found.low, found.high], [row, row], color=BLUE, linestyle="-", marker="|", markersize=14)
        axes.scatter(found.leaning, row, color=YELLOW, edgecolors=BLACK, s=70, zorder=3)
    axes.axvline(0, color=GREY, linestyle="--")
    axes.set_xlabel("比别人高几级（负：比别人紧；正：比别人松）")
    write_at_right(axes, "材料", [f"{n}份" for n in known["materials"]])
    told = "；".join(
        f"{found.Index}{signed(found.leaning, 2)}级"
        + ("" if np.isnan(found.low) else f"，区间{signed(found.low, 2)}到{signed(found.high, 2)}")
        for found in known.itertuples()
    )
    describe(axes.figure, f"点和区间图：同一批材料上，每位审读人的结论比别人高几级。{told}。")
    return axes


def explore_kappa(kappa: Callable[[float, float], float]) -> Explorer:
    """Explore κ of two reviewers by how often they agree and how rare it is that something does not pass.

    Parameters
    ----------
    kappa : callable
        Called with the share of agreement and the share that does not pass; raises ValueError where both cannot be.
    """

    def answer(agree: int, rare: int) -> Answer:
        return _answer(_or_none(kappa, agree, rare), [_or_none(kappa, agree, r) for r in RARE], agree, rare)

    controls = {
        "agree": slider("两人说得一样的", SHARES, "%", start=90),
        "rare": slider("“不通过”占", RARE, "%", start=10),
    }
    return explore(answer, controls, "一致率一样，κ不一样")


def _or_none(kappa: Callable[[float, float], float], agree: int, rare: int) -> float | None:
    try:
        return kappa(agree / 100, rare / 100)
    except ValueError:
        return None


def _answer(found: float | None, others: Sequence[float | None], agree: int, rare: int) -> Answer:
    chance = rare**2 / 10_000 + (100 - rare) ** 2 / 10_000
    texts = ["不可能" if value is None else f"{value:.2f}".replace("-", "−") for value in others]
    panels = [
        Bars("说得一样的（%）", ["实际", "碰巧也会有"], [agree, 100 * chance], [f"{agree}%", f"{100 * chance:.0f}%"], top=100),
        Bars(
            f"一致率{agree}%时的κ", [f"不通过占{r}%" for r in RARE], [max(value or 0, 0) for value in others], texts,
            top=1, marked=[r == rare for r in RARE],
        ),
    ]  # fmt: skip
    rows = [[f"{r}%", text] for r, text in zip(RARE, texts, strict=True)]
    if found is None:
        said = f"“不通过”只占{rare}%，两个人最多在{2 * rare}%的材料上说得不一样，一致率到不了{agree}%这么低。"
    else:
        said = (
            f"两人说得一样的{agree}%，“不通过”占{rare}%：碰巧也会有{100 * chance:.0f}%一样，"
            f"κ是{found:.2f}。".replace("-", "−")
        )
    return Answer(panels, ["不通过占", f"一致率{agree}%时的κ"], rows, said)
