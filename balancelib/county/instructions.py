"""The sheets of a workbook that are only read: how to fill it in, an example, what every column means."""

import functools
from collections.abc import Callable
from typing import Any

import pandas as pd

from balancelib.county.dictionary import how_to_fill
from balancelib.county.fill_in import show_mark
from balancelib.county.schema import Column, Table, schema
from balancelib.sheets import Entry, Page, text

STEPS, EXAMPLES, COLUMNS = "填表说明", "示例", "各列说明"  # names of sheets that are no tables
_TITLE = "县里义务教育数据填报工作簿"
_STEPS = (
    ("填“学校”表：一所学校一行，分校区并入主校。没有这张表就不能判定，必须填。", "学校"),
    ("填“学校其他项目”和“县级项目”：判定也要用。有多少填多少，没有收到的留空，判定里会列为“还缺”。", "学校其他项目"),
    ("其余各表判定用不到，用到哪一张再填哪一张，见下面的目录；不用的空着，不要改表名。", ""),
    ("点一个格子，旁边会出现它的含义、填法和例子。有选项的点右边的箭头选。填好的样子见“示例”，各列的含义见“各列说明”。", EXAMPLES),
    ("只填数字，单位看表头。不写“人”“间”，不加千分位逗号，不用全角数字。从别处复制时选“只粘贴数值”。", ""),
    ("学校没有的学段留空，不写“*”“—”“无”；有这个学段而数是零，写0。空白永远不会当作0。", ""),
    ("表头要留在第1行：不改表头，不在它上面插行，不合并单元格。行数不限，往下接着填。", ""),
    ("不要填学生和教师的姓名、身份证号、手机号。学生、教师要一人一行的，只写自编的流水号、序号，其余只填汇总数。", ""),
    ("填好后存成.xlsx，运行“balancelib check 文件名.xlsx”查错，改好后运行“balancelib assess 文件名.xlsx”判定。"
     "不想敲命令，用课程里点按钮的那一页（notebooks/own_county.ipynb）。", ""),
)  # fmt: skip
_LEGEND = (
    ("＊", "必填：每一行都要填"),
    ("△", "学校有这个学段就必填，没有这个学段留空"),
    ("", "可以空着：没有收到、用不到就不填"),
)


def steps(book: Any) -> None:
    """Write in what order to fill in what, the legend of the marks, and a list of the tables with links to them."""
    page = Page(book, STEPS, (12, 12, 20, 66))
    page.title(_TITLE)
    rows = [[Entry(f"第{i}步", link=link), text(said)] for i, (said, link) in enumerate(_STEPS, 1)]
    page.table((), rows, spans=(1, 3))
    page.heading("表头的标记")
    first = page.row
    page.table((), [["表头", text(said)] for _, said in _LEGEND], spans=(1, 3))
    for row, (mark, _) in enumerate(_LEGEND, first):
        show_mark(page.sheet.cell(row, 1), mark)
    page.heading("各表目录（点表名就到那张表）")
    page.table(
        ("表", "要不要填", "一行是什么", "做什么用，怎样填"),
        [[Entry(t.label, link=t.label), _must(t), t.row, text(t.note)] for t in schema().tables],
    )
    page.sheet.sheet_view.showGridLines = False


def _must(table: Table) -> str:
    return "＊必填" if table.required else "可以空着"


def columns(book: Any) -> None:
    """Write what every column of every table means."""
    page = Page(book, COLUMNS, (14, 32, 9, 42, 66, 22), landscape=True)
    rows = [
        [text(value) for value in (t.label, c.label, c.unit, how_to_fill(c, t), c.note, c.example)]
        for t in schema().tables
        for c in t.columns
    ]
    page.table(("表", "列或项目", "单位", "怎样填", "说明", "例"), rows, repeat=True)
    page.sheet.freeze_panes = "C2"


def examples(book: Any, shown: Callable[[Column, Any], Any]) -> None:
    """Write what two schools of the synthetic county would fill in; each column of a table is a row here.

    ``shown`` turns a value into what a cell shows.
    """
    page = Page(book, EXAMPLES, (42, 10, 32, 32))
    page.note(
        "这里的学校是编的，只用来看怎样填；程序不读这张表。在各表里，下面的每一项是一列，一所学校填一行。"
    )
    tables = _invented()
    schools = tables["schools"].drop_duplicates("kind").set_index("kind").loc[["primary", "nine_year"]]
    for table in schema().tables:
        if table.name in tables:
            page.heading(f"“{table.label}”表")
            records = _two(tables[table.name], list(schools["school_id"]))
            rows = [
                _example(column, [shown(column, r[column.name]) for r in records]) for column in table.columns
            ]
            page.table(
                ("列或项目", "单位", *(f"例{i}" for i in range(1, len(records) + 1))),
                rows,
                (1,) * (2 + len(records)),
            )


@functools.cache
def _invented() -> dict[str, pd.DataFrame]:
    from balancelib.county.sample import sample_county  # noqa: PLC0415  loads much, only where a workbook is written

    return sample_county().tables


def _two(frame: pd.DataFrame, schools: list[str]) -> list[dict[str, Any]]:
    """Return the last row of each of the schools, or of a table without schools its last two rows."""
    if "school_id" in frame:
        frame = frame[frame["school_id"].isin(schools)].drop_duplicates("school_id", keep="last")
    return frame.tail(2).to_dict("records")


def _example(column: Column, values: list[Any]) -> list[Any]:
    return [text(column.label), column.unit, *("（留空）" if v is None else v for v in values)]
