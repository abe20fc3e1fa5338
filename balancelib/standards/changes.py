"""What two versions of a standard say differently, and whether a bundled standard is as some release had it."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from balancelib.standards import files
from balancelib.standards.loader import load_standard
from balancelib.standards.model import Note, Record, Standard
from balancelib.toml import Text, convert, name_of, nth, parse

RELEASED = files.FOLDER / "history" / "released.toml"
NOTHING = "（没有）"


class Change(NamedTuple):
    """A key of a standard whose value differs, with both values as they may be shown."""

    key: str
    before: str
    after: str


class Released(Record):
    """A version of a bundled standard: since which release, what it says as SHA-256, and what its users should know."""

    standard: Text
    version: Text
    since: Text
    sha256: Text
    notes: Note = ""


class History(Record):
    """What ``history/released.toml`` says: all versions, the oldest of each standard first."""

    versions: tuple[Released, ...]


def history() -> tuple[Released, ...]:
    """Return every version of the bundled standards that a release had."""
    data = parse(RELEASED, files.StandardError, "找不到这个文件")
    return convert(data, History, RELEASED.name, files.StandardError).versions


def what_it_says(standard: Standard) -> str:
    """Return the SHA-256 of a standard's rules: its comments and the order of its keys do not count."""
    rules = {key: value for key, value in msgspec.to_builtins(standard).items() if key != "file"}
    return hashlib.sha256(json.dumps(rules, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def unreleased() -> list[str]:
    """Return the bundled standards whose last entry in the history is not what they say now."""
    last = {entry.standard: (entry.version, entry.sha256) for entry in history()}
    now = {name: load_standard(name) for name in files.bundled()}
    return [name for name, one in now.items() if last.get(name) != (one.version, what_it_says(one))]


def changes(before: Standard, after: Standard) -> list[Change]:
    """Return what two standards say differently, in the order of the second, then what only the first says.

    Parameters
    ----------
    before, after : Standard
        As `load_standard` returns them; records are matched by their ``key`` or ``id``.
    """
    old, new = (dict(_flat(msgspec.to_builtins(one))) for one in (before, after))
    keys = [key for key in {**new, **old} if key != "file" and old.get(key) != new.get(key)]
    return [Change(key, old.get(key, NOTHING), new.get(key, NOTHING)) for key in keys]


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its key, written as text."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value):
        for n, one in enumerate(value, 1):
            yield from _flat(one, f"{key}.{name_of(one) or nth(n)}")
    elif value not in (None, "", [], ()):
        yield key, json.dumps(value, ensure_ascii=False)
