"""The command `national`: files in, one row a county out; what is wrong in them is said."""

import sys
from functools import partial

import many
import polars as pl
import pytest
from command import as_process, within
from conftest import ROOT

from balancelib.county.schema import schema
from balancelib.national import check_schools

ZH = {column.name: column for column in schema().table("schools").columns}


@pytest.fixture(scope="module")
def county():
    return many.counties(range(1, 4))


@pytest.fixture
def run(tmp_path):
    return partial(within, "national", folder=tmp_path)


@pytest.fixture
def files(county, tmp_path):
    """The schools as a CSV, as Parquet, and as a folder of two; their other items as a CSV."""
    schools = pl.from_arrow(many.table(county.schools))
    schools.write_csv(tmp_path / "schools.csv", include_bom=True)
    schools.write_parquet(tmp_path / "schools.parquet")
    (tmp_path / "provinces").mkdir()
    for n, part in enumerate((schools[:60], schools[60:])):
        part.write_parquet(tmp_path / "provinces" / f"{n}.parquet")
    pl.from_arrow(many.table(county.tables["school_items"])).write_csv(tmp_path / "items.csv")
    return schools


def verdicts(path):
    read = pl.read_csv if path.suffix == ".csv" else pl.read_parquet
    return dict(read(path).select("county_id", "meets").iter_rows())


@pytest.mark.parametrize("source", ["schools.csv", "schools.parquet", "provinces"])
def test_verdicts_are_those_of_assess(county, files, run, tmp_path, source):
    _, meets = many.assessed(county, "quality-2017", many.ALL, "form")
    for out in ("out.csv", "out.parquet"):
        done = run(source, "--items", "items.csv", "--relax", *many.ALL, "--rounding", "form", "--out", out)
        assert (done.returncode, done.stderr) == (0, "")
        assert verdicts(tmp_path / out) == meets
    counts = [sum(m is verdict for m in meets.values()) for verdict in (True, False, None)]
    assert f"达到{counts[0]}个，未达到{counts[1]}个，还不能判定{counts[2]}个" in done.stdout
    csv, parquet = pl.read_csv(tmp_path / "out.csv"), pl.read_parquet(tmp_path / "out.parquet")
    assert csv.columns == parquet.columns
    assert csv["cv_teaching_area_primary"].to_list() == parquet["cv_teaching_area_primary"].to_list()


def test_the_same_input_gives_the_same_bytes(files, tmp_path):
    written = []
    for out in ("one.csv", "two.csv"):
        done = as_process(
            "national", "schools.csv", "--standard", "basic-2012", "--out", out, folder=tmp_path
        )
        assert (done.returncode, done.stderr) == (0, "")
        written.append((tmp_path / out).read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith("\ufeffcounty_id,meets,".encode())


def test_chinese_headers_and_words_are_understood(county, files, run, tmp_path):
    named = files.rename({name: ZH[name].header for name in files.columns})
    words = {ZH[name].header: ZH[name].codes for name in ("kind", "operator", "area")}
    named.with_columns(pl.col(h).replace(codes) for h, codes in words.items()).write_csv(tmp_path / "zh.csv")
    for source in ("zh.csv", "schools.csv"):
        assert run(source, "--out", f"of_{source}").returncode == 0
    assert (tmp_path / "of_zh.csv").read_bytes() == (tmp_path / "of_schools.csv").read_bytes()


SPOILED = {
    "school_id": [("H019900000002", "学校标识码重复：2所学校（H019900000002）"), ("", "学校标识码是空的：1所学校（空白）")],
    "kind": [("小学校", "kind（办学类型）是空的，或者不是可选的值：1所学校（H019900000001）")],
    "pupils_primary": [("", "pupils_primary（小学在校生数）是空的，可是有这个学段"), ("-3", "不在0到1,000,000,000之间"), ("10.5", "不是整数")],
    "pupils_junior": [("30", "pupils_junior（初中在校生数）大于0，可是没有这个学段")],
    "indoor_sports_area": [("1e6", "大于teaching_area（教学及辅助用房面积）：1所学校")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "said"), [(c, *case) for c, cases in SPOILED.items() for case in cases]
)
def test_what_is_wrong_in_a_school_is_said_and_nothing_is_written(files, run, tmp_path, column, cell, said):
    text = files.with_columns(pl.all().cast(pl.String))
    first = pl.int_range(pl.len()) == 0
    text.with_columns(pl.when(first).then(pl.lit(cell)).otherwise(pl.col(column)).alias(column)).write_csv(
        tmp_path / "bad.csv"
    )
    done = run("bad.csv", "--out", "out.csv")
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_good_table_breaks_no_rule(files):
    assert [check_schools(table) for table in (files, files.lazy(), files.to_arrow(), files.to_pandas())] == [
        []
    ] * 4


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("一千", "不是数"),
        ("1,000", "不是数"),
        ("nan", "不是数"),
        ("inf", "不是有限的数"),
        ("#N/A", "是公式出错的结果"),
    ],
)
def test_a_cell_that_is_no_number_is_said(files, run, tmp_path, cell, reason):
    text = files.with_columns(pl.col("books").cast(pl.String))
    text.with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(pl.lit(cell)).otherwise("books").alias("books")
    ).write_csv(tmp_path / "bad.csv")
    done = run("bad.csv", "--out", "out.csv")
    assert done.returncode == 1
    assert f"[bad.csv]第5行“图书册数”：“{cell}”{reason}，这一列共有1处" in done.stderr


def spoil(files, folder):
    """Write files that are none of what is asked for, each with what is said of it."""
    (folder / "empty").mkdir()
    (folder / "both").mkdir()
    for name in ("a.csv", "b.parquet"):
        (folder / "both" / name).write_text("school_id\n", encoding="utf-8")
    (folder / "noise.parquet").write_bytes(bytes(range(256)) * 20)
    (folder / "short.parquet").write_bytes((folder / "schools.parquet").read_bytes()[:-500])
    (folder / "blank.csv").write_bytes(b"")
    files.with_columns(pl.lit("13800138000").alias("校长手机")).write_csv(folder / "phone.csv")
    files.drop("multimedia_rooms", "kind").write_csv(folder / "few.csv")
    files.with_columns(pl.col("books").alias("图书册数")).write_csv(folder / "twice.csv")
    (folder / "odd").mkdir()
    files.write_csv(folder / "odd" / "a.csv")
    files.drop("books").write_csv(folder / "odd" / "b.csv")


WRONG = {
    "empty": "文件夹里没有CSV，也没有Parquet", "both": "既有CSV又有Parquet", "nothing.csv": "找不到这个文件",
    "noise.parquet": "读不出来", "short.parquet": "读不出来", "blank.csv": "是空的",
    "phone.csv": "有像个人信息的列：校长手机", "few.csv": "multimedia_rooms（网络多媒体教室数）",
    "twice.csv": "同一列有两份：图书册数", "odd": "[b.csv]：缺少别的文件里有的列：图书册数", "county.xlsx": "不是.csv，也不是.parquet",
}  # fmt: skip


@pytest.mark.parametrize("source", WRONG)
def test_a_file_that_is_none_is_said(files, run, tmp_path, source):
    spoil(files, tmp_path)
    (tmp_path / "county.xlsx").write_bytes(b"PK")
    done = run(source, "--out", "out.csv")
    assert done.returncode == 1
    assert WRONG[source] in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("schools.csv", "--out", "out.xlsx"), "文件名要以.csv或.parquet结尾"),
        (("schools.csv", "--out", "schools.csv"), "是输入的数据，结果不会覆盖它"),
        (("provinces", "--out", "provinces/out.parquet"), "是数据所在的文件夹，结果不写进去"),
        (("schools.csv", "--out", "out.csv", "--relax", "all"), "没有放宽条款all"),
        (("schools.csv", "--out", "out.csv", "--standard", "best"), "没有名为best的标准"),
        (("schools.csv",), "缺少：--out"),
    ],
)
def test_wrong_usage_is_said_and_the_input_stays(files, run, tmp_path, arguments, said):
    before = (tmp_path / "schools.csv").read_bytes()
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert (tmp_path / "schools.csv").read_bytes() == before


def test_without_polars_it_is_said_how_to_get_it(files, run, monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    done = run("schools.csv", "--out", "out.csv")
    assert done.returncode == 2
    assert "pip install polars" in done.stderr


def test_what_would_be_a_formula_is_text(files, run, tmp_path):
    files.with_columns(pl.lit("=1+1").alias("county_id")).write_csv(tmp_path / "formula.csv")
    assert run("formula.csv", "--out", "out.csv").returncode == 0
    assert pl.read_csv(tmp_path / "out.csv")["county_id"].to_list() == ["'=1+1"]


def test_the_sample_county_has_no_code_and_is_one_county(run, tmp_path):
    done = run(ROOT / "data" / "county" / "schools.csv", "--out", "out.csv")
    assert done.returncode == 0
    assert "1个县，60个学段部分" in done.stdout
    assert verdicts(tmp_path / "out.csv") == {None: False}
