"""Tables of many counties from files, by way of Polars: one file, or a folder of them, by machine names; and written."""

import errno
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from balancelib.bounded import regular_bytes
from balancelib.county.faults import Fault, InputError, Unreadable
from balancelib.county.files import MOST_FILES, whole_or_absent
from balancelib.county.private import private_header
from balancelib.county.schema import Column, Table, plain, schema
from balancelib.national.cells import Sheet, odd_cells, values
from balancelib.national.commas import csv_cells
from balancelib.text import file_name, shown, why

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".csv", ".parquet")
LARGEST_FILE = 2**30  # bytes of a CSV: 210,000 schools have 46 million
MOST_ROWS = 5_000_000  # of all files: some kilobytes of Parquet may say that they hold more than any memory
DAMAGED = ("读不出来，内容不是应有的样子", "请检查文件是不是完整的CSV或Parquet；多半是没有传完，请重新导出")


class NotInstalled(ImportError):  # noqa: N818  not an error of the program
    """Polars is not there; the message says how to get it."""


def engine() -> "type[pl]":
    """Return Polars, or say how to get it."""
    try:
        import polars  # noqa: PLC0415  not every user has it
    except ImportError:
        raise NotInstalled("这个命令要用polars，还没有安装。请运行：pip install polars") from None
    return polars


def scan(path: str | Path, name: str = "schools") -> "pl.LazyFrame":
    """Read a table of many counties' schools, by machine names.

    Parameters
    ----------
    path : str or Path
        A CSV file in UTF-8 or GB18030, a Parquet file, or a folder of either: each file with columns in its own order and of its own types.
    name : str
        Table ``schools`` or ``school_items``.

    Returns
    -------
    polars.LazyFrame
        The columns of the table that are there: numbers as floats, codes and headers by machine names. Lists of areas are left out, and rows
        that hold nothing.

    Raises
    ------
    InputError
        Every fault: no such file, columns that are missing, cells that are no numbers, what looks like personal information.
    NotInstalled
        There is no Polars.
    """
    pl, path, table = engine(), Path(path), schema().table(name)
    with reading(path):
        files = list(_files(path))
    parts, faults, rows = {}, [], 0
    for file in files:
        try:
            with reading(file):
                parts[file] = _part(pl, file, table, MOST_ROWS - rows)
                rows += len(parts[file])
        except InputError as error:
            faults += error.faults
    faults += _lacking(parts, table)
    if table.required and not rows and not faults and any(part.width for part in parts.values()):
        faults.append(Fault(file_name(path.name or path), "一所学校也没有", "请检查是不是选错了文件"))
    if faults:
        raise InputError(faults)
    return pl.concat(parts.values(), how="diagonal").lazy()


class reading:  # noqa: N801  reads as a phrase: with reading(path)
    """Turn, inside a ``with``, what cannot be read of a file into faults that say so."""

    def __init__(self, path: str | Path) -> None:
        self.name = file_name(Path(path).name or path)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        from polars.exceptions import PolarsError  # noqa: PLC0415

        if isinstance(error, Unreadable):
            raise InputError([Fault(self.name, *error.args)]) from None
        if isinstance(error, OSError):
            raise InputError([Fault(self.name, f"读不出来：{why(error)}", "请检查路径和权限")]) from None
        if isinstance(error, PolarsError):
            raise InputError([Fault(self.name, *DAMAGED)]) from None


def _files(path: Path) -> Iterator[Path]:
    """The files of a table: itself, or those of the folder that are of the one format there."""
    if not path.exists():
        raise Unreadable("找不到这个文件或文件夹", "请检查路径")
    if path.is_dir():
        formats = {ending: list(_of_format(path, ending)) for ending in FORMATS}
        there = [files for files in formats.values() if files]
        if len(there) != 1:
            what = "既有CSV又有Parquet" if there else "没有CSV，也没有Parquet"
            raise Unreadable(f"文件夹里{what}", "请只放一种，各省一个文件也可以")
        yield from there[0]
    elif path.suffix.lower() not in FORMATS:
        raise Unreadable("不是.csv，也不是.parquet", "请在Excel或WPS里另存为CSV（UTF-8），或存成Parquet")
    else:
        yield path


def _of_format(folder: Path, ending: str) -> list[Path]:
    """The files of a folder with an ending in any case; hidden ones and those that Office keeps while it is open are none."""
    files = [file for file in folder.iterdir() if file.suffix.lower() == ending]
    if len(files) > MOST_FILES:
        raise OSError(errno.E2BIG, "", str(folder))
    return sorted(file for file in files if not file.name.startswith((".", "~$")))


def _part(pl: "type[pl]", file: Path, table: Table, most: int) -> "pl.DataFrame":
    """Read one file: the columns of ours, as what they hold; rows that hold nothing are left out."""
    if not file.is_file():
        raise Unreadable("不是普通文件（是文件夹、设备或管道）", "请给出CSV或Parquet文件")

    def ours(raw: "pl.LazyFrame") -> "pl.DataFrame":
        headers = _columns(raw.collect_schema().names(), table, file)
        return raw.select(pl.col(header).alias(column.name) for header, column in headers.items()).collect()

    csv = file.suffix.lower() == ".csv"
    raw = (
        csv_cells(pl, regular_bytes(file, LARGEST_FILE), table, ours)
        if csv
        else ours(_parquet(pl, file, most))
    )
    if len(raw) > most:
        raise Unreadable(*_too_many())
    read = values(pl, raw, table)
    if faults := list(odd_cells(pl, raw, read, table, Sheet(file_name(file.name), csv))):
        raise InputError(faults)
    return read.filter(pl.any_horizontal(pl.all().is_not_null())) if read.width else read


def _parquet(pl: "type[pl]", file: Path, most: int) -> "pl.LazyFrame":
    with file.open("rb") as opened:  # what the system refuses it says better than Polars
        if not opened.read(1):
            raise Unreadable("是空的", "请检查文件，重新导出")
    raw = pl.scan_parquet(file, glob=False)
    if raw.select(pl.len()).collect().item() > most:  # as the file's end says: nothing else is read for it
        raise Unreadable(*_too_many())
    return raw


def _too_many() -> tuple[str, str]:
    return f"超过{MOST_ROWS:,}行，不像学校的数据", "请只留学校的数据，一所学校一行"


def _columns(headers: list[str], table: Table, file: Path) -> Mapping[str, Column]:
    """Return the columns of ours by the file's headers."""
    name = file_name(file.name)
    if private := [header for header in headers if private_header(header)]:
        listed = "、".join(map(shown, private))
        raise InputError(
            [Fault(name, f"有像个人信息的列：{listed}", "请删去这些列再读；本工具不用个人的证件号和电话")]
        )
    bare = {
        header: plain(header.partition("_duplicated_")[0]) for header in headers
    }  # Polars marks a second one
    known = {header: table.headers[form] for header, form in bare.items() if form in table.headers}
    names = [column.name for column in known.values()]
    if twice := [column.label for column in table.columns if names.count(column.name) > 1]:
        raise InputError([Fault(name, f"同一列有两份：{'、'.join(twice)}", "请只留一份")])
    return {header: column for header, column in known.items() if column.type != "areas"}


def _lacking(parts: Mapping[Path, "pl.DataFrame"], table: Table) -> Iterator[Fault]:
    """Files without a column that others have: blanks in its place would be a guess."""
    there = {name for part in parts.values() for name in part.columns}
    asked = [
        c for c in table.columns if c.name in there and (c.column == "required" or c.name == "county_id")
    ]
    for file, part in parts.items():
        if missing := [column.label for column in asked if column.name not in part.columns]:
            reason = f"缺少别的文件里有的列：{'、'.join(missing)}"
            yield Fault(file_name(file.name), reason, "请补上，没有的数留空")


def write(frame: "pl.DataFrame", path: Path) -> None:
    """Write a table as CSV (UTF-8 with BOM) or Parquet, whole or not at all."""
    content = BytesIO()  # a row a county is little, and where Polars itself writes, a full disk is no OSError
    if path.suffix.lower() == ".parquet":
        frame.write_parquet(content)
    else:
        frame.with_columns(_safe(engine())).write_csv(content, include_bom=True, line_terminator="\r\n")
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _safe(pl: "type[pl]") -> "pl.Expr":
    """Give texts that a spreadsheet would take for a formula an apostrophe."""
    text = pl.col(pl.String)
    return pl.when(text.str.contains(r"^[=+\-@\t\r]")).then(pl.lit("'") + text).otherwise(text).name.keep()
