"""The states of an explorer in a page: what all share once, what differs as columns, each kind once."""

import json
import re
from collections.abc import Sequence
from typing import Any

CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
PIECES = (  # what is cut into what: a page into markup and texts, a text into clauses, a clause into numbers and words
    re.compile(r'[<>"]|[^<>"]+'),
    re.compile("[，。：；]|[^，。：；]+"),
    re.compile(r"#\w*|\d[\d,]*(?:\.\d+)?|[^\d#]+"),
)


def packed(texts: Sequence[str]) -> str:
    """Pack texts that differ in places: what all share once, what differs as columns, each kind once.

    Examples
    --------
    >>> packed(["长2米", "长3米"])
    '{"template":["长",0,"米"],"columns":[[["2","3"],"AB"]]}'
    """
    columns: dict[tuple[str, ...], int] = {}
    template = [
        column[0] if _is_same(column) else columns.setdefault(column, len(columns))
        for column in cut(tuple(texts), PIECES)
    ]
    packed = {"template": _joined(template), "columns": [_coded(column) for column in columns]}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def cut(column: tuple[str, ...], patterns: Sequence[re.Pattern[str]]) -> list[tuple[str, ...]]:
    """Cut texts into columns of pieces; where a pattern finds more pieces in some than in others, it does not cut.

    Examples
    --------
    >>> cut(("长2米，宽3米", "长4米，不宽"), PIECES)
    [('长', '长'), ('2', '4'), ('米', '米'), ('，', '，'), ('宽3米', '不宽')]
    """
    if not patterns or _is_same(column):
        return [column]
    rows = [patterns[0].findall(text) for text in column]
    if len({len(row) for row in rows}) > 1:
        return cut(column, patterns[1:])
    return [piece for pieces in zip(*rows, strict=True) for piece in cut(pieces, patterns[1:])]


def _is_same(column: Sequence[str]) -> bool:
    """Whether all texts are the same."""
    return len(set(column)) == 1


def _joined(parts: Sequence[str | int]) -> list[str | int]:
    """Join texts that stand side by side."""
    out: list[str | int] = []
    for part in parts:
        if out and isinstance(part, str) and isinstance(out[-1], str):
            out[-1] += part
        else:
            out.append(part)
    return out


def _coded(column: Sequence[str]) -> list[Any]:
    """Write few different texts once and then a letter each; many as they are."""
    different = list(dict.fromkeys(column))
    if len(different) > len(CODES):
        return list(column)
    letters = dict(zip(different, CODES, strict=False))
    return [different, "".join(letters[text] for text in column)]
