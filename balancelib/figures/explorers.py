"""Figures that a reader moves: one call for the live notebook, the published page and the printed one.

A function answers for one position of the controls; everything shown is made from its answers, here. The page
has no kernel, so all positions are answered while the book is built, and book/_static/explorer.js only puts
the parts that differ in their places: it neither computes nor writes a number.
"""

import json
import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import product
from typing import Any

from balancelib.figures.bars import WIDTH, Bars, drawn
from balancelib.figures.packing import packed

IN_BOOK = "BALANCELIB_BOOK"  # set by balancelib.course.execution for the kernels of the build
MOST_STATES = 6000
SAY = "<!--say-->"  # between what is seen and what is read out
BACK = "回到开始的位置"


@dataclass(frozen=True)
class Control:
    """What the reader moves: a list to choose from, or a slider over numbers in order.

    Parameters
    ----------
    label
        Its name, in Chinese.
    values
        What the function is given, each position's value.
    texts
        How each position is called. Left out, the values themselves.
    start
        The value at the beginning; the first one if left out.
    slides
        Whether it is a slider.
    """

    label: str
    values: Sequence[Hashable]
    texts: Sequence[str] = ()
    start: Hashable = None
    slides: bool = False

    @property
    def words(self) -> list[str]:
        """How each position is called."""
        return [str(text) for text in self.texts or self.values]

    @property
    def first(self) -> int:
        """Position at the beginning."""
        return 0 if self.start is None else list(self.values).index(self.start)


def choice(label: str, values: Sequence[Hashable]) -> Control:
    """Return a list to choose from.

    Examples
    --------
    >>> choice("学校", ["学校一", "学校二"]).first
    0
    """
    return Control(label, list(values))


def slider(label: str, values: Sequence[float], unit: str = "", start: float | None = None) -> Control:
    """Return a slider over numbers in order; with changes (some below 0) each shows its sign.

    Examples
    --------
    >>> slider("图书册数增减", range(-20, 21, 20), "册", start=0).words
    ['−20册', '不变', '+20册']
    """
    values = list(values)
    if min(values) < 0 < max(values):
        texts = [f"{v:+,g}{unit}".replace("-", "−") if v else "不变" for v in values]
    else:
        texts = [f"{v:,g}{unit}" for v in values]
    return Control(label, values, texts, start, slides=True)


@dataclass(frozen=True)
class Answer:
    """What an explorer shows at one position of its controls.

    Parameters
    ----------
    panels
        The figure: its parts, from top to bottom.
    heads, rows
        The table under it.
    sentence
        The numbers that matter, in a sentence: it is read out after each move.
    """

    panels: Sequence[Bars]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    sentence: str

    @property
    def alternative_text(self) -> str:
        """What the figure shows, in words."""
        return "".join(panel.in_words() for panel in self.panels)

    def svg(self) -> str:
        """Return the figure as SVG."""
        height, parts = 0, []
        for panel in self.panels:
            parts.append(f'<g transform="translate(0 {height})">{panel.svg()}</g>')
            height += panel.height
        return (
            f'<svg class="explorer-figure" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'aria-label="{escape(self.alternative_text)}" font-size="12" fill="currentColor" '
            f'style="width:100%;max-width:512px" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
        )

    def table(self) -> str:
        """Return the table as HTML."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f'<tr><th scope="row">{escape(first)}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for first, *cells in self.rows
        )
        return f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'

    def seen(self) -> str:
        """Return the figure and its table."""
        return f'{self.svg()}<div class="explorer-table" role="group" aria-label="图里的数" tabindex="0">{self.table()}</div>'


class Explorer:
    """A figure with controls; Jupyter shows it when it is a cell's last value."""

    def __init__(self, answer: Callable[..., Answer], controls: dict[str, Control], title: str) -> None:
        self.answer, self.controls, self.title = answer, controls, title

    def at(self, positions: Sequence[int]) -> Answer:
        """Answer for one position of each control."""
        pairs = zip(self.controls.items(), positions, strict=True)
        return self.answer(**{name: control.values[i] for (name, control), i in pairs})

    @cached_property
    def beginning(self) -> Answer:
        """What it shows before anything was moved."""
        return self.at([control.first for control in self.controls.values()])

    def __repr__(self) -> str:
        """Its title: an address in memory would differ from run to run."""
        return f"<{self.title}>"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if os.environ.get(IN_BOOK):
            still, about = self.still()
            return {"text/html": self.page(), **still}, about
        return self.live()._repr_mimebundle_(), {}

    def live(self) -> Any:
        """Return the explorer as ipywidgets, answered by the kernel at each move."""
        import ipywidgets  # noqa: PLC0415  only notebooks have it

        inputs = [widget(control) for control in self.controls.values()]
        shown, said = ipywidgets.HTML(), ipywidgets.HTML()

        def redraw(_: Any = None) -> None:
            answer = self.at([one.index for one in inputs])
            shown.value = answer.seen()
            # The paragraph is a new one each time: only an alert is then read out.
            said.value = f'<p role="alert">{escape(answer.sentence)}</p>'

        def back(_: Any) -> None:
            for one, control in zip(inputs, self.controls.values(), strict=True):
                one.index = control.first

        for one in inputs:
            one.observe(redraw, "index")
        button = ipywidgets.Button(description=BACK, layout={"height": "44px", "width": "12em"})
        button.on_click(back)
        redraw()
        return ipywidgets.VBox([*inputs, button, shown, said])

    def still(self) -> tuple[dict[str, bytes], dict[str, dict[str, Any]]]:
        """Return the beginning in the house style, for e-readers and for paper, and what is said with it."""
        import matplotlib.pyplot as plt  # noqa: PLC0415  a live explorer does not draw with it

        from balancelib.figures.style import to_pdf, to_png  # noqa: PLC0415

        answer = self.beginning
        figure = drawn(answer.panels)
        made = {"image/png": to_png(figure), "application/pdf": to_pdf(figure)}
        plt.close(figure)
        said = {"heads": answer.heads, "rows": answer.rows, "sentence": answer.sentence}
        return (
            {kind: data for kind, (data, _) in made.items()},
            {kind: about | said for kind, (_, about) in made.items()},
        )

    def page(self) -> str:
        """Return the explorer as HTML that needs no kernel; without script it shows the beginning."""
        states = [f"{a.seen()}{SAY}{escape(a.sentence)}" for a in self.all_states()]
        return (
            f'<div class="explorer" role="group" aria-label="{escape(self.title)}">'
            f'<div class="explorer-controls" hidden="hidden">{"".join(map(element, self.controls.values()))}'
            f'<button type="button">{BACK}</button></div>'
            f'<div class="explorer-seen">{self.beginning.seen()}</div>'
            # Eyes follow each move; ears are told once the reader stops.
            f'<p class="explorer-said" aria-hidden="true">{escape(self.beginning.sentence)}</p>'
            f'<p class="explorer-heard visually-hidden" aria-live="polite">{escape(self.beginning.sentence)}</p>'
            f'<script type="application/json">{packed(states)}</script></div>'
        )

    def all_states(self) -> list[Answer]:
        """Answer for all positions; the last control moves fastest."""
        ranges = [range(len(control.values)) for control in self.controls.values()]
        states = list(product(*ranges))
        if len(states) > MOST_STATES:
            raise ValueError(f"控件一共有{len(states):,}种组合，超过{MOST_STATES:,}种：页面会太重。")
        return [self.at(positions) for positions in states]


def explore(answer: Callable[..., Answer], controls: dict[str, Control], title: str) -> Explorer:
    """Make a figure that the reader moves: live in a notebook, replayed in the book, still on paper.

    Parameters
    ----------
    answer
        Called with a value for each control, by name; returns the `Answer` there.
    controls
        One to three, made by `choice` and `slider`. In the book every combination is answered beforehand.
    title
        What it is, in Chinese.

    Examples
    --------
    >>> def answer(pupils):
    ...     bars = Bars("生均面积", ["甲校"], [90 / pupils], [f"{90 / pupils:.2f}"], top=10)
    ...     return Answer([bars], ["学校", "生均"], [["甲校", f"{90 / pupils:.2f}"]], f"{90 / pupils:.2f}平方米。")
    >>> explorer = explore(answer, {"pupils": slider("学生数", [20, 30], "名")}, "面积与人数")
    >>> [state.sentence for state in explorer.all_states()]
    ['4.50平方米。', '3.00平方米。']
    """
    return Explorer(answer, controls, title)


def widget(control: Control) -> Any:
    """Return a control as ipywidgets has it."""
    import ipywidgets  # noqa: PLC0415  only notebooks have it

    kind = ipywidgets.SelectionSlider if control.slides else ipywidgets.Dropdown
    return kind(
        options=[(text, i) for i, text in enumerate(control.words)],
        index=control.first,
        description=control.label,
        style={"description_width": "9em"},
        layout={"width": "100%", "max_width": "512px", "height": "44px"},
    )


def element(control: Control) -> str:
    """Return a control as HTML has it."""
    words, label = control.words, escape(control.label)
    if not control.slides:
        chosen = ' selected="selected"'
        options = "".join(
            f"<option{chosen if i == control.first else ''}>{escape(word)}</option>"
            for i, word in enumerate(words)
        )
        return f"<label><span>{label}</span><select>{options}</select></label>"
    texts = escape(json.dumps(words, ensure_ascii=False))
    return (
        f'<label><span>{label}</span><input type="range" min="0" max="{len(words) - 1}" '
        f'value="{control.first}" aria-valuetext="{escape(words[control.first])}" '
        f'data-texts="{texts}" /></label>'
        f'<span class="explorer-value" aria-hidden="true">{escape(words[control.first])}</span>'
    )
