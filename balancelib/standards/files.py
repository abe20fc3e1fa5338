"""A standard's TOML file: its text, and what it takes over from the standard that it extends."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from balancelib.standards.model import nth

FOLDER = Path(__file__).parent
WHOLE_FILE = "—"  # the key of a fault that no key of the file is at


class StandardError(ValueError):
    """A standard's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = (_printable(text) for text in (file, key, reason))
        super().__init__(f"标准文件{self.file}，键{self.key}：{self.reason}")


def _printable(text: str) -> str:
    """Make a key or value out of a file safe to print, and short."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= 300 else text[:300] + "……"


def bundled() -> tuple[str, ...]:
    """Return the names of the standards that come with the library."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read(path: Path) -> dict[str, Any]:
    """Read a standard's file, merged into the standard that it extends.

    Raises
    ------
    StandardError
        The file is missing, no text, no TOML, nested too deeply, names a record twice or not at all, or
        changes a record of the standard that it extends without saying by what document.
    """
    try:
        own = _parse(path)
        for key in _doubles(own):
            raise StandardError(path.name, key, "写了两遍，请只留一个")
        base = own.pop("extends", None)
        if base is None:
            return own
        if base not in bundled():
            raise StandardError(path.name, "extends", f"没有名为{base}的标准；有{'、'.join(bundled())}")
        extended = _parse(FOLDER / f"{base}.toml")
        for key, reason in _own_faults(extended, own):
            raise StandardError(path.name, key, reason)
        return _merge(extended, own)
    except RecursionError:
        raise StandardError(path.name, WHOLE_FILE, "括号或表套得太深") from None


def _parse(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError(path.name, WHOLE_FILE, f"不是合格的TOML：{_syntax(str(error), text)}") from None
    except ValueError:  # a date or a number that Python has no room for; tomllib does not say where
        raise StandardError(
            path.name, WHOLE_FILE, "不是合格的TOML：有一个数太长，或日期、时间不存在"
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # Windows programs put a mark before the first letter
    except FileNotFoundError:
        reason = f"找不到这个文件；自带的标准有{'、'.join(bundled())}，省标准请给出.toml文件的路径"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = f"读不出来：第{line}行不是UTF-8编码（可能是GBK），请用“记事本”另存为UTF-8"
    except (OSError, ValueError):
        reason = "读不出来：请检查它是不是一个文件、有没有读的权限"
    raise StandardError(path.name, WHOLE_FILE, reason)


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


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[key] = _merge(before, value)
        elif isinstance(value, list) and value and _named(before):
            merged[key] = _merge_records(before, value)
        else:
            merged[key] = value
    return merged


def _merge_records(base: list[dict[str, Any]], own: list[Any]) -> list[Any]:
    merged = {name_of(record): record for record in base}
    for record in own:
        name = name_of(record)
        merged[name] = _merge(merged[name], record) if name in merged else record
    return list(merged.values())


def _named(records: Any) -> bool:
    return isinstance(records, list) and bool(records) and all(name_of(record) for record in records)


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


def _own_faults(base: dict[str, Any], own: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Records that name none, and those that change one of the base and leave it the base's source.

    A province's number would be credited to the ministry's document.
    """
    if "source" in base and "source" not in own and own.keys() - {"key"}:
        yield f"{path}.source", "改了原来的这一条，要写source，说明新的规定出自哪个文件"
    for key, value in own.items():
        before, inner = base.get(key), f"{path}.{key}" if path else key
        if isinstance(value, dict) and isinstance(before, dict):
            yield from _own_faults(before, value, inner)
        elif isinstance(value, list) and _named(before):
            known = {name_of(record): record for record in before}
            for n, record in enumerate(value, 1):
                name = name_of(record)
                if name is None:
                    yield f"{inner}.{nth(n)}", "要有名字（key或id），写成文字"
                elif name in known:
                    yield from _own_faults(known[name], record, f"{inner}.{name}")
