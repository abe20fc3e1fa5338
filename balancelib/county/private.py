"""Columns that look like personal information are refused (个人信息保护法, article 28: children's data are sensitive)."""

import re
from collections.abc import Iterable

from balancelib.county.schema import plain

_HEADERS = re.compile(
    r"身份证|证件号|护照|手机|电话|联系方式|微信|qq号|phone|mobile|tel(ephone)?$|id_?card|idcard|identity|passport"
)
_ID = re.compile(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_PHONE = re.compile(r"(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")


def looks_private(header: str, values: Iterable[object]) -> bool:
    """Whether a column's header, or any of its cells, looks like an identity number or a mobile phone's."""
    return bool(_HEADERS.search(plain(header))) or any(_private_value(value) for value in values)


def _private_value(value: object) -> bool:
    if isinstance(value, float):
        value = f"{value:.0f}"
    text = str(value).strip() if value is not None else ""
    return bool(_ID.fullmatch(text) or _PHONE.fullmatch(text))
