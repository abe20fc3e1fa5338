"""The data dictionary: what every column of every table means."""

import pandas as pd

from balancelib.county.schema import Column, Table, schema
from balancelib.text import number

_YES_NO = {1.0: "是", 0.0: "否"}
_FILLED_WITH = {
    "text": "文字", "count": "整数", "number": "数", "areas": "用分号隔开的数", "yes_no": "是、否", "year": "四位数的年份", "month": "年月，例如2026-03", "date": "日期，例如2026-03-01",
}  # fmt: skip
_MARKED = {"＊": "必填", "△": "有这个学段就必填", "": ""}
_TYPES = {"count": "integer", "number": "number", "year": "integer", "yes_no": "boolean"}


def dictionary(name: str) -> pd.DataFrame:
    """Describe the columns (or items) of a table, one a row, in Chinese.

    Parameters
    ----------
    name : str
        The machine name of a table, ``"schools"`` for example; `balancelib.county.schema.schema` has them all.

    Returns
    -------
    DataFrame
        ``中文名, 机器名, 单位, 怎样填, 说明``.
    """
    table = schema().table(name)
    columns = table.columns
    return pd.DataFrame(
        {
            "中文名": [c.label for c in columns],
            "机器名": [c.name for c in columns],
            "单位": [c.unit for c in columns],
            "怎样填": [how_to_fill(c, table) for c in columns],
            "说明": [c.note for c in columns],
        }
    )


def how_to_fill(column: Column, table: Table | None = None) -> str:
    """Say in a few words what a cell of the column takes; with its table also which other column it may not exceed."""
    choices = "、".join(column.codes.values())
    low, high = column.limits
    largest = "" if column.maximum is None else f"{number(low)}到{number(high)}"
    within = f"不大于{table.column(column.within).label}" if table and column.within else ""
    words = (choices or _FILLED_WITH[column.type], largest, within, _MARKED[column.mark])
    return "；".join(filter(None, words))


def in_chinese(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the Chinese names of its columns and of the values in them, to be read by people.

    Counts are shown whole, and what is blank as ``<NA>``. A name that several tables have means what it means in the table
    that shares most columns with the frame, the earlier one where they are even.

    Examples
    --------
    >>> list(in_chinese(pd.DataFrame({"name": ["城关镇第一小学"], "area": ["town"]})).iloc[0])
    ['城关镇第一小学', '镇区']
    """
    nearest = sorted(schema().tables, key=lambda table: -len(frame.columns.intersection(table.names)))
    known = {c.name: c for table in reversed(nearest) for c in table.columns if c.name in frame}
    coded = {c.name: frame[c.name].map(c.codes) for c in known.values() if c.codes}
    coded |= {c.name: frame[c.name].map(_YES_NO) for c in known.values() if c.type == "yes_no"}
    whole = {c.name: frame[c.name].astype("Int64") for c in known.values() if c.type in {"count", "year"}}
    return frame.assign(**coded, **whole).rename(columns={c.name: c.header for c in known.values()})


def table_schema(name: str, present: list[str]) -> dict[str, object]:
    """Return the Table Schema (Frictionless standards, v1) of a table's columns that a file holds.

    Of a table with one item a row, the fields are the item and its value.
    """
    table = schema().table(name)
    if table.layout == "items":
        items = {"name": "item", "title": "项目", "type": "string", "constraints": {"enum": table.names}}
        value = {"name": "value", "title": "值", "type": "string", "description": "各项的类型见数据字典"}
        return {"fields": [items, value], "primaryKey": ["item"], "missingValues": [""]}
    fields = [_field(c, table) for c in table.columns if c.name in present]
    result = {
        "fields": fields,
        "primaryKey": [name for name in table.key if name in present],
        "missingValues": [""],
    }
    if table.references:
        result["foreignKeys"] = [_foreign(c, table) for c in table.references if c.name in present]
    return result


def _foreign(column: Column, table: Table) -> dict[str, object]:
    """Return a foreign key; a resource that refers to itself is named by an empty text."""
    resource = "" if column.refers == table.name else column.refers
    reference = {"resource": resource, "fields": [*schema().table(column.refers).key]}
    return {"fields": [column.name], "reference": reference}


def _field(column: Column, table: Table) -> dict[str, object]:
    constraints: dict[str, object] = {"required": True} if column.needed == "always" else {}
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.codes:
        constraints["enum"] = list(column.codes)
    field = {
        "name": column.name,
        "title": column.label,
        "type": _TYPES.get(column.type, "string"),
        "description": column.note,
    }
    if column.type in {"count", "number", "year"}:
        low, high = column.limits
        constraints |= {"minimum": _plain(low), "maximum": _plain(high)}
    if column.type == "yes_no":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    if column.unit:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    return field


def _plain(x: float) -> int | float:
    return int(x) if float(x).is_integer() else x
