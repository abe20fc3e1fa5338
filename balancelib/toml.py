"""TOML files that people write: read, checked against the type of what they hold, refused in Chinese.

`convert` and `read_text` serve what is written in YAML too.

A fault is said with the file, the key and what to do; how the library's standards and the course's quizzes differ is their affair.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from balancelib.bounded import regular_bytes

LARGEST = 2**20  # bytes: ours have 30,000 at most
WHOLE_FILE = "—"  # the key of a fault that no key of the file is at
T = TypeVar("T")
Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z")]
Text = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]+\Z")]  # shown: no control characters


class TomlError(ValueError):
    """A file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "文件"  # what such a file is

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = (_printable(text) for text in (file, key, reason))
        super().__init__(f"{self.called}{self.file}，键{self.key}：{self.reason}")


def _printable(text: str) -> str:
    """Make a key or value out of a file safe to print, and short."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= 300 else text[:300] + "……"


def parse(path: Path, error: type[TomlError], missing: str) -> dict[str, Any]:
    """Read a file.

    Parameters
    ----------
    path
        Where it is.
    error
        What is raised: the file is missing, no text, no TOML, nested too deeply, or names a record twice.
    missing
        What is said where there is no file.
    """
    text = read_text(path, error, missing)
    try:
        data = tomllib.loads(text)
        double = next(_doubles(data), None)
    except tomllib.TOMLDecodeError as fault:
        raise error(path.name, WHOLE_FILE, f"不是合格的TOML：{_syntax(str(fault), text)}") from None
    except ValueError:  # a date or a number that Python has no room for; tomllib does not say where
        raise error(path.name, WHOLE_FILE, "不是合格的TOML：有一个数太长，或日期、时间不存在") from None
    except RecursionError:
        raise error(path.name, WHOLE_FILE, "括号或表套得太深") from None
    if double:
        raise error(path.name, double, "写了两遍，请只留一个")
    return data


def convert(data: dict[str, Any], kind: type[T], file: str, error: type[TomlError], strict: bool = True) -> T:
    """Turn a file's data into the type of what it holds.

    Parameters
    ----------
    data
        What the file says.
    kind
        The type: a Struct of msgspec.
    file
        The file's name.
    error
        What is raised: a key is unknown or missing, or its value is not of its type.
    strict
        False where all values are text, as YAML's are before they are understood.
    """
    if message := _complaint(data, kind, strict):
        raise error(file, _key(message, data, kind, strict), _reason(message))
    return msgspec.convert(data, kind, strict=strict)


def nth(n: int) -> str:
    """Name a record that has no key of its own by its place in its list, from 1."""
    return f"第{n}条"


def name_of(record: Any) -> str | None:
    """Return the ``key`` or ``id`` of a record of a list, if it has one that can be a name."""
    name = (record.get("key") or record.get("id")) if isinstance(record, dict) else None
    return name if isinstance(name, str) else None


def _doubles(value: Any, path: str = "") -> Iterator[str]:
    """Keys of records whose name another record of the same list has."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _doubles(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        names = [name_of(record) for record in value]
        yield from (f"{path}.{name}" for name in dict.fromkeys(names) if name and names.count(name) > 1)
        for n, (record, name) in enumerate(zip(value, names, strict=True), 1):
            yield from _doubles(record, f"{path}.{name or nth(n)}")


def read_text(path: Path, error: type[TomlError], missing: str) -> str:
    """Read a file's text; `error` says why it cannot be read, `missing` that it is not there."""
    try:
        # Windows programs put a mark before the first letter.
        return regular_bytes(path, LARGEST).decode("utf-8-sig")
    except FileNotFoundError:
        reason = missing
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        reason = f"读不出来：第{line}行不是UTF-8编码（可能是GBK），请用“记事本”另存为UTF-8"
    except (OSError, ValueError):
        reason = "读不出来：请检查它是不是一个文件（不超过1MB）、有没有读的权限"
    raise error(path.name, WHOLE_FILE, reason)


# The beginnings of tomllib's messages. In its own words a table is a namespace.
_SYNTAX = (
    ("Expected '=' after a key", "键的后面应是等号"),
    ("Expected ']", "表名的方括号没有关上"),
    ("Expected newline or end of document", "一行只能写一个键，这里多出了内容"),
    ("Invalid statement", "这一行不是“键=值”，也不是[表名]"),
    ("Invalid value", "值的写法不对；文字要放在英文双引号里，小数点前要有数字"),
    ("Invalid initial character for a key part", "键的写法不对；只用英文字母、数字和下划线"),
    ("Unclosed array", "方括号没有关上，或两项之间缺逗号"),
    ("Unclosed inline table", "花括号没有关上，或两项之间缺逗号"),
    ("Unterminated string", "文字的引号没有关上"),
    ("Expected '\"", "文字的引号没有关上"),
    ('Expected "', "文字的引号没有关上"),
    ("Illegal character", "有不允许的字符；文字的引号可能没有关上"),
    ("Found invalid character", "有不允许的字符；文字的引号可能没有关上"),
    ("Cannot", "同一个键或表写了两遍"),
    ("Duplicate", "同一个键写了两遍"),
    ("Unescaped", r"反斜杠后面的字不对；要写反斜杠就写两个"),
    ("Invalid hex value", r"\u后面应是十六进制数"),
    ("Escaped character", r"\u后面不是一个字"),
    ("Invalid date", "没有这个日期"),
)


def _syntax(message: str, text: str) -> str:
    """Where and why, in Chinese, of a message of tomllib's."""
    reason = next((chinese for start, chinese in _SYNTAX if message.startswith(start)), "写法不对")
    found = re.search(r"\(at line (\d+), column (\d+)\)$", message)
    if found:
        return f"第{found[1]}行第{found[2]}列：{reason}"
    return f"第{len(text.splitlines()) or 1}行末尾：{reason}"


def _complaint(data: dict[str, Any], kind: type, strict: bool) -> str:
    """Return what msgspec has against the data; empty if nothing."""
    try:
        msgspec.convert(data, kind, strict=strict)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


_REASONS = (
    (r"Object contains unknown field `(.+?)`", "不认识的键{}"),
    (r"Object missing required field `(.+?)`", "缺少{}"),
    (r"Expected `(.+?)`, got `(.+?)`", "应为{}，现在是{}"),
    (r"Invalid enum value (.+?)(?: - |$)", "不认识的值{}"),
    (r"matching regex .*https", "要以http://或https://开头，中间没有空格"),
    (r"matching regex .*2\[0-3\]", "时间要写成08:30这样，冒号用半角"),
    (r"matching regex .*a-z", "名字只能用小写英文字母、数字和下划线，以字母开头"),
    (r"matching regex", "不能是空的，也不能有换行等控制字符"),
    (r"Expected `str` of length <= (\d+)", "最多{}个字"),
    (r"Expected `array` of length >= 1", "至少要有一条"),
    (r"Expected `array` of length (\d+)", "要写{}项"),
    (r"Expected `object` of length >= 2", "要有primary和junior两个学段"),
    (r"Expected `object` of length >= 3", "要有primary、junior和senior三个学段"),
    (r"Expected `(?:float|int)` (.+?)(?: - |$)", "数值应{}"),
    (r"out of range", "数太大"),
    (r"RFC3339 encoded date", "日期要写成2027-03-15这样，并且真有这一天"),
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


def _key(message: str, data: dict[str, Any], kind: type, strict: bool) -> str:
    """Return the key that a message of msgspec's is about, each record by its name: ``indicators.books.unit``."""
    found = re.search(r" - at (?:`key` in )?`\$(.*)`$", message)
    steps = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", found[1] if found else "")
    keys, here = [], data
    for name, place in steps:
        if place == "...":
            keys.append(name := _culprit(data, here, message, kind, strict))
            here = here[name]
        elif place:
            here = here[int(place)]
            keys.append(name_of(here) or nth(int(place) + 1))
        else:
            keys.append(name)
            here = here.get(name, {})
    return ".".join(keys) or "（最外层）"


def _culprit(data: dict[str, Any], table: dict[str, Any], message: str, kind: type, strict: bool) -> str:
    """Return which key of a table a message is about; msgspec leaves it out.

    It is the first whose value, in the place of all, gets the same message.
    """
    values = dict(table)
    for key, value in values.items():
        table.update(dict.fromkeys(values, value))
        same = _complaint(data, kind, strict) == message
        table.update(values)
        if same:
            return key
    return next(iter(values))
