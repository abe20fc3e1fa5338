"""Figures of the survey of satisfaction: the same answers reckoned in several ways, and an explorer of who answers."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes

from balancelib.figures.bars import Bars
from balancelib.figures.explorers import Answer, Explorer, explore, slider
from balancelib.figures.layout import row_axes, write_at_right
from balancelib.figures.style import BLACK, BLUE, GREY, RED, YELLOW, describe

TRUTHS = (79, 81, 83, 84, 86, 87, 89)  # percent; on the line itself neither word would be right
FORMS = (300, 600, 1200, 2400, 9600)
SHY = (100, 90, 80, 70, 60)  # percent
MOST = 25  # percent, the end of the bars


def limit_rows(
    ways: Mapping[str, tuple[float, float | None, float | None]], limit: float, extreme: str = ""
) -> Axes:
    """Draw a share as it is found in several ways, beside the limit.

    Parameters
    ----------
    ways : mapping of str to (float, float or None, float or None)
        By name: share from 0 to 1, lower and upper end of its interval; None where it has none.
    limit : float
        The share to reach.
    extreme : str
        Name of the row whose ends are no interval of sampling but the utmost, drawn dotted.
    """
    axes = row_axes(list(ways))[0]
    said = []
    for row, (name, found) in enumerate(ways.items()):
        if None not in found:
            _draw_ends(axes, row, found[1:], name == extreme)
        if name != extreme:
            axes.scatter(100 * found[0], row, color=YELLOW, edgecolors=BLACK, s=70, zorder=3)
        said.append(name + _in_words(found, name == extreme))
    axes.axvline(100 * limit, color=RED, linestyle="--", linewidth=1.5)
    above = {"transform": axes.get_xaxis_transform(), "ha": "center", "color": RED}
    axes.text(100 * limit, 1.02, f"线{100 * limit:.0f}%", **above)
    axes.set_xlabel("满意的占（%）")
    write_at_right(axes, "估计", [f"{100 * v:.1f}" if n != extreme else "—" for n, (v, *_) in ways.items()])
    describe(axes.figure, f"点和区间图，虚线是{100 * limit:.0f}%的线：{'；'.join(said)}。")
    return axes


def _draw_ends(axes: Axes, row: int, ends: Sequence[float], utmost: bool) -> None:
    style, colour = (":", GREY) if utmost else ("-", BLUE)
    percent = [100 * end for end in ends]
    axes.plot(percent, [row, row], color=colour, linestyle=style, linewidth=3, solid_capstyle="butt")
    axes.plot(percent, [row, row], color=colour, linestyle="", marker="|", markersize=14)


def _in_words(found: tuple[float, float | None, float | None], utmost: bool) -> str:
    value, low, high = (None if number is None else f"{100 * number:.1f}%" for number in found)
    if utmost:
        return f"，最低{low}，最高{high}"
    return value if low is None else f"{value}，区间{low}到{high}"


def explore_answers(
    seen: Callable[[float, float], float], chance: Callable[[float, float, int], float], limit: float
) -> Explorer:
    """Let the reader choose what is true, how many forms come back, and how shy the unsatisfied are.

    Parameters
    ----------
    seen : callable
        Of the true share and of how often the unsatisfied answer beside the satisfied: the share that the answers show, such as
        `balancelib.progress.seen_share`.
    chance : callable
        Of a share, the limit and the answers: the chance that the whole interval is above the limit, such as `balancelib.measures.chance_to_show`.
    limit : float
        The share to reach.
    """

    def answer(truth: int, forms: int, shy: int) -> Answer:
        shown = seen(truth / 100, shy / 100)
        chances = [100 * chance(shown, limit, n) for n in FORMS]
        now = chances[FORMS.index(forms)]
        line = 100 - 100 * limit
        unsatisfied = [100 - truth, 100 - 100 * shown]
        panels = [
            Bars("不满意的占（%）", ["真实", "收上来"], unsatisfied, [f"{u:.1f}" for u in unsatisfied], MOST, line, f"线{line:.0f}%"),
            Bars("说“过了线”的机会（%）", [f"收{n:,}份" for n in FORMS], chances, [_percent(c) for c in chances], 100,
                 marked=[n == forms for n in FORMS]),
        ]  # fmt: skip
        verdict = "说对" if truth > 100 * limit else "说错"
        rows = [[f"{n:,}份", _percent(c)] for n, c in zip(FORMS, chances, strict=True)]
        said = (
            f"真实{truth}%，不满意的人答的机会是满意的人的{shy}%：收上来大约{100 * shown:.1f}%。"
            f"收{forms:,}份，有{_percent(now)}的机会说“过了{100 * limit:.0f}%的线”，这是{verdict}的机会。"
        )
        return Answer(panels, ["收回", "说“过了线”的机会"], rows, said)

    controls = {
        "truth": slider("真实的满意度", TRUTHS, "%", 83),
        "forms": slider("收回", FORMS, "份", 2400),
        "shy": slider("不满意的人答的机会是满意的人的", SHY, "%", 80),
    }
    return explore(answer, controls, "多收几份，补得了不肯答的吗")


def _percent(value: float) -> str:
    return "不到1%" if value < 1 else "超过99%" if value > 99 else f"{value:.0f}%"
