"""The sheets of a workbook that are only read: how to fill it in, an example, what every column means."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from balancelib.county.dictionary import how_to_fill
from balancelib.county.fill_in import print_on_a4, show_mark, wrapped
from balancelib.county.schema import Column, Table, schema
from balancelib.sheets import head_row

STEPS, EXAMPLES, COLUMNS = "填表说明", "示例", "各列说明"  # names of sheets that are no tables
_TITLE = "县里义务教育数据填报工作簿"
_STEPS = (
    ("填“学校”表：一所学校一行，分校区并入主校。没有这张表就不能判定，必须填。", "学校"),
    ("填“学校其他项目”和“县级项目”：判定也要用。有多少填多少，没有收到的留空，判定里会列为“还缺”。", "学校其他项目"),
    ("其余各表判定用不到，用到哪一张再填哪一张，见下面的目录；不用的空着，不要改表名。", None),
    ("点一个格子，旁边会出现它的含义、填法和例子。有选项的点右边的箭头选。填好的样子见“示例”，各列的含义见“各列说明”。", EXAMPLES),
    ("只填数字，单位看表头。不写“人”“间”，不加千分位逗号，不用全角数字。从别处复制时选“只粘贴数值”。", None),
    ("学校没有的学段留空，不写“*”“—”“无”；有这个学段而数是零，写0。空白永远不会当作0。", None),
    ("表头要留在第1行：不改表头，不在它上面插行，不合并单元格。行数不限，往下接着填。", None),
    ("只填汇总数。不要填学生和教师的姓名、身份证号、手机号。", None),
    ("填好后存成.xlsx，运行 balancelib check 文件名.xlsx 查错，改好后运行 balancelib assess 文件名.xlsx 判定。"
     "不想敲命令，用课程里点按钮的那一页（notebooks/own_county.ipynb）。", None),
)  # fmt: skip
_LEGEND = (
    ("＊", "必填：每一行都要填"),
    ("△", "学校有这个学段就必填，没有这个学段留空"),
    ("", "可以空着：没有收到、用不到就不填"),
)


def steps(sheet: Any) -> None:
    """Write in what order to fill in what, the legend of the marks, and a list of the tables with links to them."""
    sheet.title = STEPS
    widths = _set_widths(sheet, 16, 12, 20, 64)
    _title(sheet, _TITLE)
    for i, (text, target) in enumerate(_STEPS, 1):
        _line(sheet, f"第{i}步", text, widths)
        if target:
            link(sheet.cell(sheet.max_row, 1), target)
    _heading(sheet, "表头的标记")
    for mark, text in _LEGEND:
        _line(sheet, "表头", text, widths)
        show_mark(sheet.cell(sheet.max_row, 1), mark)
    _heading(sheet, "各表目录（点表名就到那张表）")
    sheet.append(["表", "要不要填", "一行是什么", "做什么用，怎样填"])
    head_row(sheet, sheet.max_row)
    for table in schema().tables:
        sheet.append([table.label, "＊必填" if table.required else "可以空着", table.row, table.note])
        wrapped(sheet, sheet.max_row, widths)
        link(sheet.cell(sheet.max_row, 1), table.label)
    print_on_a4(sheet, across=False, rows="")
    sheet.sheet_view.showGridLines = False


def _set_widths(sheet: Any, *widths: float) -> dict[int, float]:
    for letter, across in zip("ABCDEF", widths, strict=False):
        sheet.column_dimensions[letter].width = across
    return dict(enumerate(widths, 1))


def _title(sheet: Any, text: str) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet.append([text])
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = Font(name="黑体", size=18)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 40


def _heading(sheet: Any, text: str) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    sheet.append([])
    sheet.append([text])
    sheet.cell(sheet.max_row, 1).font = Font(name="黑体", size=12)


def _line(sheet: Any, first: str, text: str, widths: dict[int, float]) -> None:
    """Append a short cell and a text across all other columns."""
    sheet.append([first, text])
    row = sheet.max_row
    wrapped(sheet, row, {1: widths[1], 2: sum(widths.values()) - widths[1]})
    sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=len(widths))


def link(cell: Any, sheet: str) -> None:
    """Let a click on a cell lead to a sheet of the same workbook."""
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{sheet}'!A1", tooltip=f"到“{sheet}”表")
    cell.font = Font(name="宋体", size=11, color="0563C1", underline="single")


def columns(sheet: Any) -> None:
    """Write what every column of every table means."""
    widths = _set_widths(sheet, 14, 30, 10, 40, 64, 20)
    sheet.append(["表", "列或项目", "单位", "怎样填", "说明", "例"])
    head_row(sheet, 1)
    for table in schema().tables:
        for c in table.columns:
            sheet.append([table.label, c.label, c.unit, how_to_fill(c, table), c.note, c.example])
            wrapped(sheet, sheet.max_row, widths)
            sheet.cell(sheet.max_row, 6).alignment = _left()
    sheet.freeze_panes = "C2"
    print_on_a4(sheet)


def _left() -> Any:
    from openpyxl.styles import Alignment  # noqa: PLC0415

    return Alignment(horizontal="left", vertical="center", wrap_text=True)


def examples(sheet: Any, shown: Callable[[Column, Any], Any]) -> None:
    """Write what two schools of the synthetic county would fill in; each column of a table is a row here.

    ``shown`` turns a value into what a cell shows.
    """
    from openpyxl.worksheet.pagebreak import Break  # noqa: PLC0415

    from balancelib.county.sample import sample_county  # noqa: PLC0415  only for the template

    widths = _set_widths(sheet, 40, 10, 28, 28)
    sheet.append(
        ["这里的学校是编的，只用来看怎样填；程序不读这张表。在各表里，下面的每一项是一列，一所学校填一行。"]
    )
    wrapped(sheet, 1, {1: sum(widths.values())})
    sheet.merge_cells("A1:D1")
    tables = sample_county().tables
    schools = tables["schools"].drop_duplicates("kind").set_index("kind").loc[["primary", "nine_year"]]
    for table in schema().tables:
        if table.name in tables:
            sheet.append([])
            start = sheet.max_row + 1
            for row in _example(table, tables[table.name], list(schools["school_id"]), shown):
                sheet.append(row)
                for cell in sheet[sheet.max_row]:
                    cell.alignment = _left()
            head_row(sheet, start + 1)
            if table.name == "schools":
                sheet.row_breaks.append(Break(sheet.max_row))
    print_on_a4(sheet, across=False)
    sheet.freeze_panes = "A2"


def _example(
    table: Table, frame: pd.DataFrame, schools: list[str], shown: Callable[[Column, Any], Any]
) -> Iterator[list[Any]]:
    """Yield the rows that show one table: the last ones of the two schools, or its last two."""
    if "school_id" in frame:
        frame = frame[frame["school_id"].isin(schools)].drop_duplicates("school_id", keep="last")
    records = frame.tail(2).to_dict("records")
    yield [f"“{table.label}”表", "单位", *(f"例{i}" for i in range(1, len(records) + 1))]
    for column in table.columns:
        values = (shown(column, record[column.name]) for record in records)
        yield [column.label, column.unit, *("（留空）" if v is None else v for v in values)]
