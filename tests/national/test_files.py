"""Files as offices really send them: in other encodings and types, a province a file; what is odd in a cell is said, what is private is not shown."""

from functools import partial

import many
import polars as pl
import pytest
from command import within

from balancelib.county.schema import schema
from balancelib.national import files as national_files
from balancelib.national.files import scan

SCHOOLS = {column.name: column for column in schema().table("schools").columns}
IDENTITY, PHONE = "11010519491231002X", "138-0013-8000"


@pytest.fixture(scope="module")
def county():
    return many.counties(range(1, 3))


@pytest.fixture(scope="module")
def schools(county):
    return pl.from_arrow(many.table(county.schools))


@pytest.fixture(scope="module")
def chinese(schools):
    """The schools as an official writes them: all text, whole numbers without decimals, Chinese headers and words."""
    text = schools.with_columns(pl.all().cast(pl.String).str.replace(r"\.0$", ""))
    words = [pl.col(name).replace(SCHOOLS[name].codes) for name in ("kind", "operator", "area")]
    return text.with_columns(words).rename({name: SCHOOLS[name].header for name in text.columns})


@pytest.fixture
def run(tmp_path):
    return partial(within, "national", folder=tmp_path)


@pytest.fixture
def judged(run, tmp_path, schools):
    """What is written of a file is what is written of the schools themselves."""
    schools.write_parquet(tmp_path / "same.parquet")
    assert run("same.parquet", "--out", "same.csv").returncode == 0

    def of(source):
        done = run(source, "--out", "out.csv")
        assert (done.returncode, done.stderr) == (0, "")
        return (tmp_path / "out.csv").read_bytes() == (tmp_path / "same.csv").read_bytes()

    return of


def save(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def spoiled(frame, **cells):
    """The table with other texts in its fourth row."""
    here = pl.int_range(pl.len()) == 3
    return frame.with_columns(pl.when(here).then(pl.lit(cell)).otherwise(name).alias(name) for name, cell in cells.items())  # fmt: skip


WAYS = {
    "gb18030": lambda text: text.encode("gb18030"),
    "mark": lambda text: text.encode("utf-8-sig"),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "old mac": lambda text: text.replace("\n", "\r"),
    "blank rows": lambda text: text.replace("\n", "\n\n" + "," * 30 + "\n", 3) + "," * 30 + "\n",
    "blank cells beyond the header": lambda text: text.replace("\n", ",,\n").replace(",,\n", "\n", 1),
    "blanks about": lambda text: text.replace(",", "  , "),
    "quoted breaks": lambda text: text.replace("学校标识码", '"学校\n标识码"', 1),
}


@pytest.mark.parametrize("way", WAYS)
def test_csv_is_read_as_offices_save_it(chinese, judged, tmp_path, way):
    save(tmp_path / "own.CSV", WAYS[way](chinese.write_csv()))
    assert judged("own.CSV")


TYPES = {
    "decimal": [pl.col("books", "teaching_area").cast(pl.Decimal(18, 4))],
    "small": [pl.col("multimedia_rooms").cast(pl.Int32), pl.col("books").cast(pl.Int64)],
    "categorical": [pl.col("kind", "county_id", "school_id").cast(pl.Categorical)],
    "texts": [pl.col("books", "pupils_primary").cast(pl.String).cast(pl.Categorical)],
    "bytes": [pl.col("school_id").cast(pl.Binary)],
    "NaN": [pl.col("pupils_primary", "pupils_junior").fill_null(float("nan"))],
}


@pytest.mark.parametrize("types", TYPES)
def test_parquet_of_other_types_is_the_same(schools, judged, tmp_path, types):
    schools.with_columns(TYPES[types]).write_parquet(tmp_path / "own.parquet")
    assert judged("own.parquet")


def test_codes_that_are_numbers_have_no_decimals(schools, run, tmp_path):
    numbers = schools.with_columns(
        pl.col("county_id").rank("dense").cast(pl.Float64) + 110100, school_id=pl.int_range(pl.len()) + 3.14e9
    )
    numbers.write_parquet(tmp_path / "own.parquet")
    assert run("own.parquet", "--out", "out.parquet").returncode == 0
    codes = pl.read_parquet(tmp_path / "out.parquet")["county_id"]
    assert codes[0] == "110101"
    assert scan(tmp_path / "own.parquet").collect()["school_id"][1] == "3140000001"


def test_each_province_has_its_own_order_columns_and_types(schools, judged, tmp_path):
    parts = schools[:50], schools[50:]
    (tmp_path / "all").mkdir()
    parts[0].write_parquet(tmp_path / "all" / "a.parquet")
    others = (
        parts[1]
        .select(sorted(schools.columns))
        .with_columns(pl.lit("无").alias("备注"), pl.col("books").cast(pl.Int32))
    )
    others.drop("township").write_parquet(tmp_path / "all" / "b.PARQUET")
    assert judged("all")


def test_a_folder_of_csv_in_two_encodings(chinese, judged, tmp_path):
    save(tmp_path / "all" / "A.CSV", chinese[:50].write_csv().encode("gb18030"))
    save(tmp_path / "all" / "b.csv", chinese[50:].select(sorted(chinese.columns)).write_csv())
    save(tmp_path / "all" / "._b.csv", b"\0\5\x16\7")  # what a Mac leaves on a shared disk
    save(tmp_path / "all" / "~$A.CSV", b"\1")
    assert judged("all")


def test_a_name_with_brackets_is_a_name(schools, judged, tmp_path):
    schools.write_parquet(tmp_path / "学校[2025].parquet")
    assert judged("学校[2025].parquet")


ODD_FILES = {
    "utf16": (lambda t: t.encode("utf-16"), "编码是UTF-16（Excel的“Unicode文本”）。请在Excel或WPS里另存为CSV（UTF-8）"),
    "workbook": (lambda t: b"PK\x03\x04" + bytes(99), "其实是.xlsx工作簿"),
    "latin": (lambda t: t.encode() + b"\xff\xff\n", "编码既不是UTF-8也不是GB18030"),
    "semicolons": (lambda t: t.replace(",", ";"), "第1行：各格是用分号分开的，不是半角逗号"),
    "tabs": (lambda t: t.replace(",", "\t"), "第1行：各格是用制表符分开的"),
    "title": (lambda t: "全省学校统计表\n" + t, "第2行：表头在第2行，应当在第1行。请删去它上面的1行"),
    "wide title": (lambda t: "全省学校统计表" + "," * 30 + "\n" + t, "第2行：表头在第2行"),
    "comma": (lambda t: t.replace("\n", ",9\n", 4).replace(",9\n", "\n", 3), "第4行：有32格，比表头的31格多"),
    "quote": (lambda t: t.replace(",", ',"', 40), "不是合格的CSV，多半是引号没有成对"),
    "header": (lambda t: t.partition("\n")[0], "一所学校也没有"),
    "twice": (lambda t: t.replace("学校名称", "学校标识码", 1), "同一列有两份：学校标识码"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD_FILES)
def test_why_a_csv_is_not_read_is_said(chinese, run, tmp_path, odd):
    spoil, said = ODD_FILES[odd]
    save(tmp_path / "own.csv", spoil(chinese.write_csv()))
    done = run("own.csv", "--out", "out.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert not (tmp_path / "out.csv").exists()


ODD_CELLS = {
    "学校标识码": [("9.90001E+10", "第5行“学校标识码”：“9.90001E+10”编号成了科学计数法，后几位已经丢了"), ("9900\x0000001", "含有看不见的控制字符")],
    "县区代码": [("\x1b]0;x\x07", "含有看不见的控制字符"), ("9" * 5000, "超过1000个字符"), ("", "county_id（县区代码）是空的，别的学校都填了：1所学校")],
    "学校名称": [("云岭\u202e小学", "含有看不见的控制字符或格式字符")],
    "图书册数（册）": [("１２３", "请把全角数字改成半角，例如123")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "said"), [(c, *case) for c, cases in ODD_CELLS.items() for case in cases]
)
def test_what_is_odd_in_a_cell_is_said_without_steering_the_terminal(
    chinese, run, tmp_path, column, cell, said
):
    spoiled(chinese, **{column: cell}).write_csv(tmp_path / "own.csv")
    done = run("own.csv", "--out", "out.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert not set("\0\x1b\x07") & set(done.stderr)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("column", "cell"),
    [(c, IDENTITY) for c in ("学校标识码", "县区代码", "学校名称", "办学类型", "图书册数（册）")]
    + [(c, PHONE) for c in ("学校名称", "乡镇（街道）", "图书册数（册）")]
    + [("学校名称", "张三１３８００１３８０００"), ("学校名称", "电话(0431)88521234")],
)
def test_numbers_of_people_are_refused_and_never_shown(chinese, run, tmp_path, column, cell, ending):
    own = spoiled(chinese, **{column: cell})
    own.write_csv(tmp_path / "own.csv") if ending == "csv" else own.write_parquet(tmp_path / "own.parquet")
    done = run(f"own.{ending}", "--out", "out.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"“{column.partition('（册')[0]}”：" in done.stderr
    assert cell not in done.stderr
    assert not (tmp_path / "out.csv").exists()


ODD_TYPES = {
    "words": pl.lit("一千"), "dates": pl.lit("2025-09-01").str.to_date(), "truths": pl.lit(True),
    "lists": pl.concat_list("books"), "infinite": pl.lit(float("inf")),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD_TYPES)
def test_parquet_that_has_no_numbers_is_no_blank(schools, run, tmp_path, odd):
    schools.with_columns(ODD_TYPES[odd].alias("books")).write_parquet(tmp_path / "own.parquet")
    done = run("own.parquet", "--standard", "basic-2012", "--out", "out.csv")
    assert done.returncode == 1
    assert "“图书册数”：" in done.stderr


def test_all_faults_of_all_files_are_said(schools, run, tmp_path):
    (tmp_path / "all").mkdir()
    schools.write_parquet(tmp_path / "all" / "good.parquet")
    schools.drop("county_id").write_parquet(tmp_path / "all" / "nocounty.parquet")
    schools.with_columns(pl.lit("多").alias("books")).write_parquet(tmp_path / "all" / "words.parquet")
    save(tmp_path / "all" / "cut.parquet", (tmp_path / "all" / "good.parquet").read_bytes()[:-9])
    save(tmp_path / "all" / "empty.parquet", b"")
    done = run("all", "--out", "out.csv")
    for said in ("[nocounty.parquet]：缺少别的文件里有的列：县区代码", "[words.parquet]“图书册数”", "[cut.parquet]：读不出来", "[empty.parquet]：是空的"):  # fmt: skip
        assert said in done.stderr


def test_few_bytes_that_would_fill_the_memory_are_refused(schools, run, tmp_path, monkeypatch):
    schools.write_parquet(tmp_path / "own.parquet")
    monkeypatch.setattr(national_files, "MOST_ROWS", len(schools) - 1)
    done = run("own.parquet", "--out", "out.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert "行，不像学校的数据" in done.stderr


def test_other_items_are_checked_too(county, schools, run, tmp_path):
    schools.write_parquet(tmp_path / "own.parquet")
    items = pl.from_arrow(many.table(county.tables["school_items"]))
    first = pl.int_range(pl.len()) == 0
    wrong = items.with_columns(
        pl.when(first).then(-1).otherwise("leased_sports_area").alias("leased_sports_area")
    )
    pl.concat([wrong, items[:1], items[1:2].with_columns(pl.lit("nobody").alias("school_id"))]).write_csv(
        tmp_path / "items.csv"
    )
    done = run("own.parquet", "--items", "items.csv", "--relax", "leased_grounds", "--out", "out.csv")
    assert done.returncode == 1
    for said in (
        "leased_sports_area（租用运动场地面积）不在0到",
        "学校标识码重复：2所学校",
        "学校标识码不在“学校”表里：1所学校（nobody）",
    ):
        assert f"“学校其他项目”表：{said}" in done.stderr


def test_where_nothing_can_be_written_it_is_said(schools, run, tmp_path):
    schools.write_parquet(tmp_path / "own.parquet")
    done = run("own.parquet", "--out", "own.parquet/out.csv")
    assert done.returncode == 2
    assert "写不进own.parquet/out.csv：" in done.stderr
    assert run("own.parquet", "--out", "new/folder/out.csv").returncode == 0
    (tmp_path / "link.parquet").symlink_to("own.parquet")
    assert "是输入的数据，结果不会覆盖它" in run("link.parquet", "--out", "own.parquet").stderr
