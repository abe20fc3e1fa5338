"""What is read of the national forms, in tables of words, for the book."""

from collections.abc import Iterable

import pandas as pd

from balancelib.county.returns.layout import CROSS
from balancelib.county.returns.shapes import Value, shapes
from balancelib.county.schema import schema


def forms_read() -> pd.DataFrame:
    """Return a row for each number that is read from a school's workbook: ``表号, 表名, 本工具的列, 找哪一行、哪一列``."""
    rows = [
        ("、".join(form.codes), form.title, *said)
        for form in shapes().forms
        for said in (
            *_said(form.values, form.stages or ("",)),
            *(_courses(form.stages) if form.courses else ()),
            *([("学校标识码、名称、办学类型等", "见下面的名字")] if form.identity else []),
        )
    ]
    return pd.DataFrame(rows, columns=["表号", "表名", "本工具的列", "找哪一行、哪一列"])


def export_read() -> pd.DataFrame:
    """Return a row for each column that is read from an export: ``本工具的列, 找哪一列``."""
    stages = tuple(schema().stages)
    rows = [*_said(shapes().export, stages), *_courses(stages)]
    return pd.DataFrame(list(dict.fromkeys(rows)), columns=["本工具的列", "找哪一列"])


def identity_read() -> pd.DataFrame:
    """Return the names under which a school's facts are looked for: ``内容, 表头或行名``."""
    labels = {
        "counted": "是否计校数",
        "parent_id": "分校所属学校的标识码",
        "parent_name": "分校所属学校的名称",
    }
    columns = {column.name: column.label for column in schema().table("schools").columns}
    rows = [(labels.get(f) or columns[f], "、".join(names)) for f, names in shapes().identity.items()]
    return pd.DataFrame(rows, columns=["内容", "表头或行名"])


def words_read() -> pd.DataFrame:
    """Return the words of the forms for kinds, operators and areas, and what they are here."""
    table = schema().table("schools")
    rows = []
    for name, words in shapes().codes.items():
        column = table.column(name)
        for code, label in column.codes.items():
            own = "、".join(word for word, meant in words.items() if meant == code)
            rows += [(column.label, label, own)] if own else []
    return pd.DataFrame(rows, columns=["列", "本工具的写法", "报表里的写法"])


def _said(values: Iterable[Value], stages: Iterable[str]) -> list[tuple[str, str]]:
    """Return the label of each column, and what is looked for, with its synonyms."""
    rows = []
    for value in values:
        for stage in stages if "{stage}" in value.column or value.stage else ("",):
            name = value.column.format(stage=stage)
            table = schema().table(value.table)
            if value.stage in ("", stage) and name in table.names:
                ways = [" + ".join(_path(part, stage) for part in parts) for parts in value.sums]
                rows.append((table.column(name).label, "；或 ".join(ways)))
    return rows


def _path(path: str, stage: str) -> str:
    """Return a path as it is read out: synonyms in brackets, row and column apart."""
    row, cross, column = path.replace("{stage}", schema().stages.get(stage, "")).partition(CROSS)
    levels = ["/".join(_names(level) for level in part.split("/")) for part in (row, column) if part]
    return " × ".join(levels) if cross else levels[0]


def _names(level: str) -> str:
    first, *others = level.split("|")
    return f"{first}（{'、'.join(others)}）" if others else first


def _courses(stages: Iterable[str]) -> list[tuple[str, str]]:
    table, known = schema().table("schools"), shapes().courses
    names = [f"pe_arts_{stage}" for stage in stages if f"pe_arts_{stage}" in table.names]
    looked = f"{_names(known.sports)} + {known.whole}，或 {_names(known.sports)} + {' + '.join(known.parts)}"
    return [(table.column(name).label, looked) for name in names]
