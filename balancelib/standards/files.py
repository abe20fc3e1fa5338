"""A standard's TOML file: what it says, and what it takes over from the standard that it extends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from balancelib.toml import TomlError, name_of, nth, parse

FOLDER = Path(__file__).parent


class StandardError(TomlError):
    """A standard's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "标准文件"


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
    own = parse(
        path,
        StandardError,
        f"找不到这个文件；自带的标准有{'、'.join(bundled())}，省标准请给出.toml文件的路径",
    )
    base = own.pop("extends", None)
    if base is None:
        return own
    if base not in bundled():
        raise StandardError(path.name, "extends", f"没有名为{base}的标准；有{'、'.join(bundled())}")
    extended = parse(FOLDER / f"{base}.toml", StandardError, "找不到这个文件")
    for key, reason in _own_faults(extended, own):
        raise StandardError(path.name, key, reason)
    return _merge(extended, own)


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
