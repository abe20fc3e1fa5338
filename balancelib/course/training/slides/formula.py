"""Formulas in one line of plain text, for notes, for PowerPoint and for the ear."""

import re
from unicodedata import normalize
from xml.etree import ElementTree

from balancelib.course.weight import render_formula

ACCENTS = {"^": "\u0302", "ˉ": "\u0304", "‾": "\u0304", "˙": "\u0307", "~": "\u0303"}  # set over one letter
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
SPACED = "=≤≥<>≈→∈≠"
APPLIED = "\u2061"  # stands between a function and what it is of
ROW, HIDDEN = "\n", "\u2062\u2063\u200b"


def linear(latex: str) -> str:
    r"""Return a formula as text; its rows are lines.

    Examples
    --------
    >>> linear(r"\hat u_{j1} = \frac{\sum_i x_i^2}{n-1}")
    'û_(j1) = (∑_i x_i²)/(n−1)'
    """
    drawn = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", render_formula(latex, output="mathml")))
    text = normalize("NFC", "".join(one for one in _text(drawn) if one not in HIDDEN))
    text = re.sub(rf"{APPLIED} *(?=[(_\[])|{APPLIED}$", "", text).replace(APPLIED, " ")
    return ROW.join(re.sub(r"\s+", " ", line).strip() for line in text.split(ROW) if line.strip())


def _text(node: ElementTree.Element) -> str:
    """Return what a node of MathML says."""
    if node.tag in ("annotation", "mspace"):
        return " " if node.tag == "mspace" else ""
    parts = [_text(child) for child in node]
    if node.get("linethickness") == "0px":
        return f"C({', '.join(parts)})"
    if node.tag in TWO_PARTS and len(parts) > 1:
        return TWO_PARTS[node.tag](*parts)
    if node.tag == "mtable":
        return ROW.join(parts)
    if node.tag == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    for n in range(1, len(parts)):
        if parts[n - 1].endswith(APPLIED) and node[n].tag == "mfrac":
            parts[n] = f"({parts[n]})"
    said = "".join(parts) if parts else (node.text or "").replace("\xa0", " ").replace("-", "−")
    return f" {said} " if node.tag == "mo" and said and said in SPACED else said


def _grouped(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"[\w.\u0300-\u036f₀-₉]+", text) else f"({text})"


def _lower(base: str, below: str) -> str:
    plain = below.translate(LOWERED)
    mark = plain if below.isdecimal() else f"_{below if len(below.strip()) <= 1 else f'({below.strip()})'}"
    return f"{base}{mark}{' ' if base.strip() in ('∑', 'max', 'min') else ''}"


def _upper(base: str, above: str) -> str:
    if base.strip().endswith(")") or len(base) <= 3 or "_" in base:
        base = base.strip()
    if re.fullmatch(r"[\d+−=()]+", above):
        return base + above.replace("−", "-").translate(RAISED)
    above = above.strip()
    return f"{base}^{above if len(above) <= 1 or above.startswith('(') else f'({above})'}"


def _over(base: str, above: str) -> str:
    if above.strip() in ("⏞", "⏟"):
        return base
    accent = ACCENTS.get(above.strip())
    return base + accent if accent else f"{base}（{above.strip()}）"


def _under(base: str, below: str) -> str:
    if below.strip() == "⏟":
        return base
    return _lower(base, below) if base.strip() in ("∑", "max", "min") else f"{base}（{below.strip()}）"


TWO_PARTS = {
    "msub": _lower,
    "msup": _upper,
    "msubsup": lambda base, below, above: _upper(_lower(base, below).rstrip(), above),
    "munderover": lambda base, below, above: _upper(_lower(base, below).rstrip(), above) + " ",
    "mover": _over,
    "munder": _under,
    "mfrac": lambda above, below: f"{_grouped(above)}/{_grouped(below)}",
    "mroot": lambda of, degree: f"{degree}√{_grouped(of)}",
}
