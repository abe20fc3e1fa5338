"""What is said of an answer: in Jupyter and in the book, on paper, in a console."""

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from balancelib.course.quiz.forms import in_markdown
from balancelib.figures.explorers import IN_BOOK

HEADS = {"right": "对。", "wrong": "不对。", "unanswered": "还没有答。", "impossible": "现在做不了。"}
CODE = re.compile("`([^`]+)`")


class Picture(NamedTuple):
    """A picture of what is expected, and the text for who does not see it."""

    png: bytes
    text: str


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer.

    Parameters
    ----------
    number
        The exercise's.
    outcome
        How it went.
    said
        What is wrong, or what the right answer means.
    hint
        A hint with its name, such as 提示一.
    picture
        With the hint.
    """

    number: str
    outcome: Literal["right", "wrong", "unanswered", "impossible"]
    said: str = ""
    hint: tuple[str, str] | None = None
    picture: Picture | None = None

    @cached_property
    def _in_book(self) -> bool:
        """Whether a page shows an exercise as it is before anyone has answered: then the question matters, and its hint is folded."""
        return self.outcome == "unanswered" and bool(os.environ.get(IN_BOOK))

    @property
    def head(self) -> str:
        """The exercise and how it went, in words: colour alone says nothing to some."""
        return f"第{self.number}题：{HEADS[self.outcome]}"

    def __repr__(self) -> str:
        return self._laid(str, "\n")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": self.page(),
            "text/markdown": self._laid(_markdown, "\n\n"),
            "text/plain": repr(self),
        }

    def _laid(self, written: Callable[[str], str], between: str) -> str:
        lines = [] if self._in_book else [self.head + self.said]
        lines += [f"{self.hint[0]}：{self.hint[1]}"] if self.hint else []
        lines += [f"（图：{self.picture.text}）"] if self.picture else []
        return between.join(written(line) for line in lines)

    def page(self) -> str:
        """Return it as HTML with its style."""
        style = (
            f"<style>{files(__package__).joinpath('check.css').read_text(encoding='utf-8').strip()}</style>"
        )
        if self._in_book:
            name, text = self.hint
            return f'{style}<details class="check"><summary>第{self.number}题，{name}</summary><p>{_html(text)}</p></details>'
        parts = [f"<p><strong>{escape(self.head)}</strong>{_html(self.said)}</p>"]
        if self.hint:
            parts.append(f"<p><strong>{escape(self.hint[0])}：</strong>{_html(self.hint[1])}</p>")
        if self.picture:
            source = base64.b64encode(self.picture.png).decode()
            parts.append(f'<img src="data:image/png;base64,{source}" alt="{escape(self.picture.text)}" />')
        return f'{style}<div class="check check-{self.outcome}" role="status">{"".join(parts)}</div>'


def _html(text: str) -> str:
    """Escape a text; lines stay, and what stands between backticks is code."""
    return CODE.sub(r"<code>\1</code>", escape(text)).replace("\n", "<br />")


def _markdown(text: str) -> str:
    """Escape a text for Markdown but for its code."""
    parts = CODE.split(text)  # every second one is code
    return "".join(f"`{part}`" if i % 2 else in_markdown(part) for i, part in enumerate(parts))
