"""Tables of many counties from files, by way of Polars: what is in them is text until it has been looked at."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from balancelib.county.faults import Fault, InputError, Unreadable
from balancelib.county.files import whole_or_absent
from balancelib.county.private import private_header
from balancelib.county.schema import Column, Table, plain, schema
from balancelib.text import file_name, shown, why

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".csv", ".parquet")


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
        A CSV file in UTF-8, a Parquet file, or a folder of either.
    name : str
        Table ``schools`` or ``school_items``.

    Returns
    -------
    polars.LazyFrame
        The columns of the table that are there: numbers as floats, codes and headers by machine names. Lists of areas are left out.

    Raises
    ------
    InputError
        Every fault: no such file, columns that are missing, cells that are no numbers, headers that ask for personal information.
    NotInstalled
        There is no Polars.
    """
    pl, path = engine(), Path(path)
    with _reading(path):
        files = list(_files(path))
        scan = pl.scan_csv if files[0].suffix.lower() == ".csv" else pl.scan_parquet
        options = {"infer_schema": False} if scan is pl.scan_csv else {}
        raw = scan(files, **options)
        columns = _columns(raw.collect_schema().names(), schema().table(name), path)
        raw = raw.select(*columns).collect().lazy()  # it is looked at more than once
        frame = raw.select(*(_read(pl, raw, header, column) for header, column in columns.items()))
        if scan is pl.scan_csv:
            _refuse_words(raw, columns, path)
    return frame


class _reading:  # noqa: N801  reads as a phrase: with _reading(path)
    """Turn a failure to read into a fault."""

    def __init__(self, path: Path) -> None:
        self.name = file_name(path.name or path)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        from polars.exceptions import PolarsError  # noqa: PLC0415

        if isinstance(error, Unreadable):
            raise InputError([Fault(self.name, *error.args)]) from None
        if isinstance(error, OSError):
            raise InputError([Fault(self.name, f"读不出来：{why(error)}", "请检查路径和权限")]) from None
        if isinstance(error, PolarsError):
            action = "请检查文件是不是完整的、UTF-8编码的CSV或Parquet；一个文件夹里的文件，列要一样"
            raise InputError([Fault(self.name, "读不出来，内容不是应有的样子", action)]) from None


def reading(path: str | Path) -> _reading:
    """Turn, inside a ``with``, what Polars cannot read of a file into faults that say so."""
    return _reading(Path(path))


def _files(path: Path) -> Iterator[Path]:
    """The files of a table: itself, or those of the folder that are of the one format there."""
    if not path.exists():
        raise Unreadable("找不到这个文件或文件夹", "请检查路径")
    if path.is_dir():
        formats = {ending: sorted(path.glob(f"*{ending}")) for ending in FORMATS}
        there = [files for files in formats.values() if files]
        if len(there) != 1:
            what = "既有CSV又有Parquet" if there else "没有CSV，也没有Parquet"
            raise Unreadable(f"文件夹里{what}", "请只放一种，各省一个文件也可以，列要一样")
        yield from there[0]
    elif path.suffix.lower() not in FORMATS:
        raise Unreadable("不是.csv，也不是.parquet", "请另存为UTF-8编码的CSV，或Parquet")
    elif not path.is_file():
        raise Unreadable("不是普通文件（是设备或管道）", "请给出CSV或Parquet文件")
    else:
        yield path


def _columns(headers: list[str], table: Table, path: Path) -> Mapping[str, Column]:
    """Return the columns of ours by the file's headers."""
    name = file_name(path.name or path)
    if private := [header for header in headers if private_header(header)]:
        listed = "、".join(map(shown, private))
        raise InputError(
            [Fault(name, f"有像个人信息的列：{listed}", "请删去这些列再读；本工具不用个人的证件号和电话")]
        )
    known = {header: table.headers[plain(header)] for header in headers if plain(header) in table.headers}
    names = [column.name for column in known.values()]
    if twice := [column.label for column in table.columns if names.count(column.name) > 1]:
        raise InputError([Fault(name, f"同一列有两份：{'、'.join(twice)}", "请只留一份")])
    return {header: column for header, column in known.items() if column.type != "areas"}


def _read(pl: "type[pl]", raw: "pl.LazyFrame", header: str, column: Column) -> "pl.Expr":
    """Return a column as what it holds."""
    cell = pl.col(header)
    if column.numeric:
        words = {"是": "1", "否": "0", "": None} if column.type == "yes_no" else {"": None}
        text = raw.collect_schema()[header] == pl.String
        value = cell.str.strip_chars().replace(words) if text else cell
        return value.cast(pl.Float64, strict=False).alias(column.name)
    cell = cell.cast(pl.String).str.strip_chars()
    labels = {label: code for code, label in column.codes.items()}
    return cell.replace({"": None, **labels}).alias(column.name)


def _refuse_words(raw: "pl.LazyFrame", columns: Mapping[str, Column], path: Path) -> None:
    """Refuse cells of numbers that hold anything else."""
    pl = engine()
    numbers = {header: column for header, column in columns.items() if column.numeric}
    wrong = {header: _is_word(pl, raw, header, column) for header, column in numbers.items()}
    counts = raw.select(*(cell.sum().alias(header) for header, cell in wrong.items())).collect()
    faults = []
    for header, n in zip(counts.columns, counts.row(0), strict=True):
        if n:
            first = raw.filter(wrong[header]).select(header).head(1).collect().item()
            fault = Fault(
                path.name,
                f"不是数，这一列共有{n}处",
                "请改成半角数字；没有的留空，零写0",
                column=numbers[header].label,
                value=first,
            )
            faults.append(fault)
    if faults:
        raise InputError(faults)


def _is_word(pl: "type[pl]", raw: "pl.LazyFrame", header: str, column: Column) -> "pl.Expr":
    filled = pl.col(header).fill_null("").str.strip_chars() != ""
    return filled & ~_read(pl, raw, header, column).is_finite().fill_null(False)


def write(frame: "pl.DataFrame", path: Path) -> None:
    """Write a table as CSV (UTF-8 with BOM) or Parquet, whole or not at all."""
    pl = engine()
    with whole_or_absent(path) as temporary:
        if path.suffix.lower() == ".parquet":
            frame.write_parquet(temporary)
            return
        text = pl.col(pl.String)
        safe = (
            pl.when(text.str.contains(r"^[=+\-@\t\r]")).then(pl.lit("'") + text).otherwise(text).name.keep()
        )
        frame.with_columns(safe).write_csv(temporary, include_bom=True, line_terminator="\r\n")
