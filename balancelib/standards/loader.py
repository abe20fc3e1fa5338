"""Read a standard from its TOML file and refuse what is malformed, with file, key and reason."""

import re
from pathlib import Path
from typing import Any

import msgspec

from balancelib.standards import checks, files
from balancelib.standards.files import StandardError
from balancelib.standards.model import Rules, Standard, nth


def load_standard(name: str | Path) -> Standard:
    """Load a standard.

    Parameters
    ----------
    name : str or Path
        ``"quality-2017"``, ``"basic-2012"``, or the path of a TOML file. Such a file may say
        ``extends = "basic-2012"`` and then holds only what differs: tables are merged key by key, lists of
        records by their ``key`` or ``id`` (an empty list empties them), other lists are replaced. A record
        that changes one of the extended standard gives its own ``source``.

    Raises
    ------
    StandardError
        The file is missing, unreadable or malformed.
    """
    path = Path(name) if str(name).endswith(".toml") else files.FOLDER / f"{name}.toml"
    data = files.read(path)
    message = _complaint(data)
    if message:
        raise StandardError(path.name, _key(message, data), _reason(message))
    rules = msgspec.convert(data, Rules)
    for key, reason in checks.faults(rules):
        raise StandardError(path.name, key, reason)
    return Standard(**msgspec.structs.asdict(rules), file=path.name)


def _complaint(data: dict[str, Any]) -> str:
    """Return what msgspec has against the data; empty if nothing."""
    try:
        msgspec.convert(data, Rules)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


_REASONS = (
    (r"Object contains unknown field `(.+?)`", "不认识的键{}"),
    (r"Object missing required field `(.+?)`", "缺少{}"),
    (r"Expected `(.+?)`, got `(.+?)`", "应为{}，现在是{}"),
    (r"Invalid enum value (.+?)(?: - |$)", "不认识的值{}"),
    (r"matching regex .*a-z", "名字只能用小写英文字母、数字和下划线，以字母开头"),
    (r"matching regex", "不能是空的，也不能有换行等控制字符"),
    (r"Expected `array` of length >= 1", "至少要有一条"),
    (r"Expected `object` of length >= 2", "要有primary和junior两个学段"),
    (r"Expected `object` of length >= 3", "要有primary、junior和senior三个学段"),
    (r"Expected `(?:float|int)` (.+?)(?: - |$)", "数值应{}"),
    (r"out of range", "数太大"),
)
_TYPES = {
    "float": "数", "int": "整数", "str": "文字", "bool": "true或false", "array": "列表", "object": "表", "null": "空",
    "date": "日期", "datetime": "日期", "time": "时间",
}  # fmt: skip


def _reason(message: str) -> str:
    """Say in Chinese what a message of msgspec's says."""
    for pattern, reason in _REASONS:
        if match := re.search(pattern, message):
            return reason.format(*(_words(group) for group in match.groups()))
    return "内容不合格"


def _words(types: str) -> str:
    return "或".join(_TYPES.get(t.strip(), t.strip()) for t in types.split("|"))


def _key(message: str, data: dict[str, Any]) -> str:
    """Return the key that a message of msgspec's is about, each record by its name: ``indicators.books.unit``."""
    found = re.search(r" - at (?:`key` in )?`\$(.*)`$", message)
    steps = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", found[1] if found else "")
    keys, here = [], data
    for name, place in steps:
        if place == "...":
            keys.append(name := _culprit(data, here, message))
            here = here[name]
        elif place:
            here = here[int(place)]
            keys.append(files.name_of(here) or nth(int(place) + 1))
        else:
            keys.append(name)
            here = here.get(name, {})
    return ".".join(keys) or "（最外层）"


def _culprit(data: dict[str, Any], table: dict[str, Any], message: str) -> str:
    """Return which key of a table a message is about; msgspec leaves it out.

    It is the first whose value, in the place of all, gets the same message.
    """
    values = dict(table)
    for key, value in values.items():
        table.update(dict.fromkeys(values, value))
        same = _complaint(data) == message
        table.update(values)
        if same:
            return key
    return next(iter(values))
