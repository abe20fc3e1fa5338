"""Headers and row labels of official forms: made plain, and matched as paths, never by their place."""

import functools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from balancelib.county.returns.shapes import shapes
from balancelib.county.schema import plain
from balancelib.text import has_unseen

LONGEST_LABEL = 200  # characters
_BREAKS = re.compile(r"_x000[ad]_", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|\(?\d{1,2}[)、.]|\([一二三四五六七八九十]+\))")
_OF_WHICH = re.compile(r"^(?:#|其中[:,]?)+")
_LIKE_A_UNIT = re.compile(r"\((?:单位:)?([^()]*(?:元|米|亩|顷|公里|册|台|间|套))\)$")
_COLUMN_NUMBER = re.compile(r"[甲乙丙丁]|\d{1,3}")


class Label(NamedTuple):
    """A path of plain names, and the unit that stands nearest to its end."""

    path: tuple[str, ...]
    unit: str = ""


def plain_label(text: object) -> str:
    """Return a label without blanks, line breaks, numbering, ``#`` and 其中, half-width; of a long text, nothing."""
    return _plain_label(text) if isinstance(text, str) and len(text) <= LONGEST_LABEL else ""


@functools.lru_cache(maxsize=20_000)
def _plain_label(text: str) -> str:
    text = _BREAKS.sub("", plain(text))
    text = "".join(c for c in text if not has_unseen(c))
    before = None
    while before != text:
        before, text = text, _OF_WHICH.sub("", _NUMBERED.sub("", text))
    return text


@functools.lru_cache(maxsize=20_000)
def _label(texts: tuple[object, ...]) -> Label:
    names: list[str] = []
    unit = ""
    for text in texts:
        name, own = _unit_off(plain_label(text))
        unit = own or unit
        if name and not _COLUMN_NUMBER.fullmatch(name) and (not names or names[-1] != name):
            names.append(name)
    return Label(_without_total(names), unit)


def label(texts: Iterable[object]) -> Label:
    """Return the path of a column's header, from the top, or of a row's labels, from the left.

    A cell repeated by merging counts once, a bracket with a unit is taken off, a total at the end says
    nothing (教学及辅助用房/计 is 教学及辅助用房), and numbers of columns are no header.
    """
    return _label(
        tuple(text if isinstance(text, str) and len(text) <= LONGEST_LABEL else "" for text in texts)
    )


def unknown_unit(path: Iterable[str]) -> str:
    """Return what looks like a unit in the headers of a path, and is none that is known: 占地面积(平方公里)."""
    found = (_LIKE_A_UNIT.search(name) for name in path)
    return next((one[1] for one in found if one), "")


def _unit_off(name: str) -> tuple[str, str]:
    """Split a name and its unit: 教学仪器设备资产值(万元); a name that is nothing but a unit is one."""
    units = shapes().units
    if name in units:
        return "", name
    found = re.fullmatch(r"(.*?)\((?:单位:)?(.+?)\)", name)
    return (found[1], found[2]) if found and found[2] in units else (name, "")


def _without_total(names: Sequence[str]) -> tuple[str, ...]:
    named = ["合计" if name in shapes().totals else name for name in names]
    while len(named) > 1 and named[-1] == "合计":
        named.pop()
    return tuple(named)


def ends_with(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path ends with a pattern, a name split over several rows taken together."""
    wanted = "".join(pattern)
    return any("".join(path[-k:]) == wanted for k in range(1, len(path) + 1))


def matching(labels: Sequence[Label], patterns: Iterable[Sequence[str]]) -> list[int]:
    """Return the positions of the labels that end with one of the patterns; those of a part, such as 女, never."""
    patterns = list(patterns)
    return [
        i for i, one in enumerate(labels)
        if one.path and any(ends_with(one.path, p) and not any(map(is_part, set(one.path) - set(p))) for p in patterns)
    ]  # fmt: skip


@functools.lru_cache(maxsize=20_000)
def is_part(name: str) -> bool:
    """Whether a name says that what stands under it is not the whole, or not what is there now."""
    return name in shapes().parts or any(word in name for word in shapes().part_words)
