"""What looks like personal information is refused (个人信息保护法, article 28: children's data are sensitive)."""

import datetime
import re
import unicodedata
from collections.abc import Sequence

from balancelib.county.schema import plain

FEWEST = 10  # pupils of a school whose own results are shown: fewer would tell of single children

_HEADERS = re.compile(
    r"身份证|证件号|护照|手机|电话|联系方式|微信|qq号|phone|mobile|tel(ephone)?$|id_?card|idcard|identity|passport"
)
# Never inside a longer run of digits, nor among the decimals of a number.
_BEGIN, _END = r"(?<![0-9.])", r"(?![0-9]|\.[0-9])"
_PHONE = re.compile(
    rf"{_BEGIN}(?:(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{{4}}[- ]?[0-9]{{4}}"
    rf"|\(?0(?:10|2[0-9])\)?[- ]?[2-8][0-9]{{7}}|\(?0[3-9][0-9]{{2}}\)?[- ]?[2-8][0-9]{{6,7}}){_END}"
)
_IDENTITY = re.compile(rf"{_BEGIN}(?:[0-9]{{17}}[0-9Xx]|[0-9]{{15}}){_END}")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def private_header(header: str) -> bool:
    """Whether a column's header asks for personal information."""
    return bool(_HEADERS.search(plain(header)))


def private_cells(texts: Sequence[str], numbered: bool = False) -> list[int]:
    """Return the positions of the cells that hold an identity or telephone number.

    Parameters
    ----------
    texts : sequence of str
        The cells of one column.
    numbered : bool
        The column holds numbers of schools: only an identity number of 18 digits whose check digit is right
        counts, as any other run of digits may be a school's.
    """
    if not _suspect(unicodedata.normalize("NFKC", "\n".join(texts)), numbered):
        return []
    return [i for i, text in enumerate(texts) if _private(unicodedata.normalize("NFKC", text), numbered)]


def _suspect(text: str, numbered: bool) -> bool:
    """Whether any cell is worth a look of its own: one search over a whole column is quick."""
    return bool(_IDENTITY.search(text) or (not numbered and _PHONE.search(text)))


def _private(text: str, numbered: bool) -> bool:
    found = _IDENTITY.findall(text)
    if numbered:
        return any(len(number) == 18 and _born(number) and _checked(number) for number in found)
    return any(map(_born, found)) or bool(_PHONE.search(text))


def _born(number: str) -> bool:
    """Whether an identity number begins with a province and holds a date of birth."""
    date = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        born = datetime.date(int(date[:4]), int(date[4:6]), int(date[6:]))
    except ValueError:
        return False
    return bool(_PROVINCE.match(number)) and 1900 <= born.year < 2100


def _checked(number: str) -> bool:
    """Whether the check digit of an 18-digit identity number is right (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()
