"""Read a standard from its TOML file and refuse what is malformed, with file, key and reason."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from balancelib.standards.model import PARTS, Indicator, Item, RelaxedTest, Standard, Test

FOLDER = Path(__file__).parent
STAGES = {"primary", "junior"}


class StandardError(ValueError):
    """A standard's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(f"标准文件{file}，键{key}：{reason}")


def bundled() -> tuple[str, ...]:
    """Return the names of the standards that come with the library."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_standard(name: str | Path) -> Standard:
    """Load a standard.

    Parameters
    ----------
    name : str or Path
        ``"quality-2017"``, ``"basic-2012"``, or the path of a TOML file. Such a file may say
        ``extends = "basic-2012"`` and then holds only what differs: tables are merged key by key, lists of
        records by their ``key`` or ``id`` (an empty list empties them), other lists are replaced.

    Raises
    ------
    StandardError
        The file is missing, unreadable or malformed.
    """
    path = Path(name) if str(name).endswith(".toml") else FOLDER / f"{name}.toml"
    data = _read(path)
    try:
        standard = msgspec.convert(data, Standard)
    except msgspec.ValidationError as error:
        raise StandardError(path.name, *_explain(str(error))) from None
    for key, reason in _faults(standard):
        raise StandardError(path.name, key, reason)
    return standard


def _read(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StandardError(
            path.name, "—", f"找不到这个文件；自带的标准有{'、'.join(bundled())}，省标准请给出.toml文件的路径"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StandardError(path.name, "—", f"读不出来：{error}") from None
    except tomllib.TOMLDecodeError as error:
        raise StandardError(path.name, "—", f"不是合格的TOML：{error}") from None
    base = data.pop("extends", None)
    if base is None:
        return data
    if base not in bundled():
        raise StandardError(path.name, "extends", f"没有名为{base}的标准；有{'、'.join(bundled())}")
    return _merge(_read(FOLDER / f"{base}.toml"), data)


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


def _named(records: Any) -> bool:
    return (
        isinstance(records, list) and bool(records) and all(isinstance(r, dict) and _name(r) for r in records)
    )


def _name(record: Any) -> str | None:
    return (record.get("key") or record.get("id")) if isinstance(record, dict) else None


def _merge_records(base: list[dict[str, Any]], own: list[Any]) -> list[Any]:
    merged: dict[Any, Any] = {_name(record): record for record in base}
    for i, record in enumerate(own):
        name = _name(record) or i  # a record without a name is kept, so that the check refuses it
        merged[name] = _merge(merged[name], record) if name in merged else record
    return list(merged.values())


_REASONS = (
    (r"Object contains unknown field `(.+?)`", r"不认识的键{}"),
    (r"Object missing required field `(.+?)`", r"缺少{}"),
    (r"Expected `(.+?)`, got `(.+?)`", r"应为{}，现在是{}"),
    (r"Invalid enum value (.+?)(?: - |$)", r"不认识的值{}"),
    (r"Expected `str` matching regex (.+?)(?: - |$)", r"名字只能用小写英文字母、数字和下划线，以字母开头"),
    (r"Expected `array` of length >= 1", r"至少要有一条"),
    (r"Expected `str` of length >= 1", r"不能是空的"),
    (r"Expected `(?:float|int)` (.+?)(?: - |$)", r"数值应{}"),
)
_TYPES = {
    "float": "数", "int": "整数", "str": "文字", "bool": "true或false", "array": "列表", "object": "表", "null": "空",
}  # fmt: skip


def _explain(message: str) -> tuple[str, str]:
    """Key and reason, in Chinese, of a message of msgspec's."""
    found = re.search(r" - at `(?:key in )?\$\.?(.*)`$", message)
    key = (found.group(1) if found else "") or "（最外层）"
    for pattern, reason in _REASONS:
        if match := re.search(pattern, message):
            return key, reason.format(*(_words(group) for group in match.groups()))
    return key, message


def _words(types: str) -> str:
    return "或".join(_TYPES.get(t.strip(), t.strip()) for t in types.split("|"))


def _faults(standard: Standard) -> Iterator[tuple[str, str]]:
    """Faults that types alone do not show: a source, stage or relaxation that is not there, a test with no bound."""
    documents = {d.id for d in standard.documents}
    relaxations = {r.key for r in standard.relaxations}
    for key, record in _sourced(standard):
        if record.source not in documents:
            yield key, f"出处{record.source}不在documents里"
    if len({i.key for i in standard.indicators}) < len(standard.indicators):
        yield "indicators", "有重复的key"
    if set(standard.cv_rule.limits) != STAGES:
        yield "cv_rule.limits", "要有primary和junior两个上限"
    for indicator in standard.indicators:
        yield from _indicator_faults(indicator, relaxations, standard.school_rule is not None)
    for part, item in _items(standard):
        for test in item.tests:
            if reason := _test_fault(test, relaxations):
                yield f"{part}.items.{item.key}.tests", reason


def _indicator_faults(
    indicator: Indicator, relaxations: set[str], school_rule: bool
) -> Iterator[tuple[str, str]]:
    key = f"indicators.{indicator.key}"
    if set(indicator.sum) != STAGES:
        yield f"{key}.sum", "要有primary和junior两个学段"
    if indicator.thresholds and set(indicator.thresholds) != STAGES:
        yield f"{key}.thresholds", "要么不给，要么primary和junior都给"
    if indicator.thresholds and not school_rule:
        yield f"{key}.thresholds", "有逐校标准，却没有school_rule说明要达标几项"
    for relaxed in indicator.relaxed:
        if relaxed.relaxation not in relaxations:
            yield f"{key}.relaxed", f"放宽条款{relaxed.relaxation}不在relaxations里"


def _sourced(standard: Standard) -> Iterator[tuple[str, Any]]:
    for key in ("scope", "split", "school_rule", "cv_rule"):
        if (record := getattr(standard, key)) is not None:
            yield f"{key}.source", record
    for indicator in standard.indicators:
        yield f"indicators.{indicator.key}.source", indicator
    for part, item in _items(standard):
        yield f"{part}.items.{item.key}.source", item
    for relaxation in standard.relaxations:
        yield f"relaxations.{relaxation.key}.source", relaxation


def _items(standard: Standard) -> Iterator[tuple[str, Item]]:
    for name in PARTS:
        part = getattr(standard, name)
        for item in part.items if part else ():
            yield name, item


def _test_fault(test: Test, relaxations: set[str]) -> str:
    bounds = [b for b in (test.minimum, test.maximum, test.below) if b is not None]
    if test.rooms:
        if test.sum or bounds or test.room_area is None or test.classes_per_room is None:
            return "数教室的检查只要rooms、room_area、classes_per_room"
    elif not test.sum or len(bounds) != 1:
        return "要有sum，并且minimum、maximum、below里正好给一个"
    elif test.each_school and (test.over or test.below is not None):
        return "逐校的检查只支持sum，以及minimum或maximum"
    return next(
        (_relaxed_fault(test, r, relaxations) for r in test.relaxed if _relaxed_fault(test, r, relaxations)),
        "",
    )


def _relaxed_fault(test: Test, relaxed: RelaxedTest, relaxations: set[str]) -> str:
    if relaxed.relaxation not in relaxations:
        return f"放宽条款{relaxed.relaxation}不在relaxations里"
    for name in ("minimum", "maximum", "room_area"):
        if getattr(relaxed, name) is not None and getattr(test, name) is None:
            return f"放宽的{name}在原来的检查里没有"
    return ""
