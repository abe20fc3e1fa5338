"""The national job: verdicts of all schools, and pupils' results by the tens of millions; each run a process of its own, with its time and memory.

Run: python benchmarks/national.py [FOLDER] > benchmarks/national.md   also writes national.csv beside this file; FOLDER keeps the made data, else it is temporary.
It ends with 3 where a limit is not kept. On a machine that does something else too, times are longer.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
MILLIONS = (1, 2, 5, 10, 20)
MOST = MILLIONS[-1]
OURS = "balancelib.national"
Way = Callable[[str], int]
LEVEL = 420  # points
LEAST_MEMORY = "300MB"  # given to DuckDB where it has to do with less than the data take


class Run(NamedTuple):
    """One process: what it did and on how many rows of how large a file; seconds by the clock, of the processor, and of both inside, without start and imports; peak memory in MB."""

    case: str
    way: str
    rows: int
    bytes: int
    clock: float
    processor: float
    inside: float
    worked: float
    megabytes: float


def using(*modules: str) -> Callable[[Way], Way]:
    """Say what a way needs to be imported before the time inside is taken."""

    def remember(way: Way) -> Way:
        way.modules = modules
        return way

    return remember


# What a process does: each takes the file, and returns the number of its results.


@using("polars", OURS)
def polars_verdicts(path: str) -> int:
    """Verdicts of all counties by Polars."""
    import polars as pl  # noqa: PLC0415  each process imports what it uses

    from balancelib.national import counties  # noqa: PLC0415

    return counties(pl.scan_parquet(path), "quality-2017").collect().height


@using("duckdb", OURS)
def duckdb_verdicts(path: str) -> int:
    """Verdicts of all counties by DuckDB."""
    import duckdb  # noqa: PLC0415

    from balancelib.national import counties  # noqa: PLC0415

    return len(counties(duckdb.read_parquet(path), "quality-2017").fetchall())


@using("pandas", OURS)
def pandas_verdicts(path: str) -> int:
    """Verdicts of all counties by pandas, all in memory."""
    import pandas as pd  # noqa: PLC0415

    from balancelib.national import counties  # noqa: PLC0415

    return len(counties(pd.read_parquet(path), "quality-2017"))


@using("balancelib.cli", OURS)
def command(path: str) -> int:
    """Run the command as a user runs it: checks, verdicts, a file."""
    from balancelib.cli import main  # noqa: PLC0415

    out = Path(path).with_name("verdicts.csv")
    main(["national", path, "--out", str(out)])
    return len(out.read_text(encoding="utf-8").splitlines()) - 1


@using("polars")
def polars_floor(path: str) -> int:
    """Read all columns and add them up by county: what no verdict can be had without."""
    import polars as pl  # noqa: PLC0415

    numbers = pl.selectors.numeric().sum()
    return pl.scan_parquet(path).group_by("county_id").agg(numbers).collect().height


@using("duckdb", OURS)
def duckdb_results(path: str) -> int:
    """Results of counties and schools by DuckDB."""
    import duckdb  # noqa: PLC0415

    return _results(duckdb.read_parquet(path))


@using("duckdb", OURS)
def duckdb_results_in_little_memory(path: str) -> int:
    """The same with less memory than the data take."""
    import duckdb  # noqa: PLC0415

    duckdb.sql(f"SET memory_limit = '{LEAST_MEMORY}'")
    return duckdb_results(path)


@using("polars", OURS)
def polars_results(path: str) -> int:
    """Results of counties and schools by Polars, streaming."""
    import polars as pl  # noqa: PLC0415

    from balancelib.national import county_results, school_sums  # noqa: PLC0415

    sums = school_sums(pl.scan_parquet(path), level=LEVEL).collect(engine="streaming")
    return county_results(sums).height + sums.height


@using("pandas", OURS)
def pandas_results(path: str) -> int:
    """Results of counties and schools by pandas, all in memory."""
    import pandas as pd  # noqa: PLC0415

    from balancelib.national import county_results, school_sums  # noqa: PLC0415

    sums = school_sums(pd.read_parquet(path, columns=["county_id", "school_id", "score"]), level=LEVEL)
    return len(county_results(sums)) + len(sums)


def _results(rows: Any) -> int:
    from balancelib.national import county_results, school_sums  # noqa: PLC0415

    sums = school_sums(rows, level=LEVEL).to_arrow_table()
    return county_results(sums).num_rows + sums.num_rows


@using("duckdb")
def duckdb_by_hand(path: str) -> int:
    """Write the same sums in SQL, without what refuses blanks and infinite numbers."""
    import duckdb  # noqa: PLC0415

    sums = duckdb.sql(f"""
        SELECT county_id, school_id, count(score) AS n, avg(score) AS mean, var_pop(score) * count(score) AS squares,
               sum((score < {LEVEL})::INT) AS below FROM read_parquet('{path}') GROUP BY ALL""").to_arrow_table()
    counties = duckdb.sql("""
        SELECT county_id, sum(n), sum(n * mean) / sum(n), sum(squares), sum(below) FROM sums GROUP BY ALL""").fetchall()
    return len(counties) + sums.num_rows


@using("duckdb", OURS)
def duckdb_gini_in_little_memory(path: str) -> int:
    """Exact Gini coefficients of all pupils of each county, in order, with less memory than the data take: what does not fit goes to the disk."""
    import duckdb  # noqa: PLC0415

    from balancelib.national import summarise  # noqa: PLC0415

    duckdb.sql(f"SET memory_limit = '{LEAST_MEMORY}'; SET temp_directory = '{Path(path).parent / 'spilled'}'")
    return len(summarise(duckdb.read_parquet(path), "score", measures=["gini", "cv"]).fetchall())


@using("polars")
def loaded(path: str) -> int:
    """Read the columns that are needed into memory, and do nothing with them: what the data take."""
    import polars as pl  # noqa: PLC0415

    return pl.read_parquet(path, columns=["county_id", "school_id", "score"]).height


@using("pyspark.sql", OURS)
def spark_results(path: str) -> int:
    """Results of counties and schools by Spark, two threads of one machine; its memory is the Java machine's and is not measured."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    from balancelib.national import county_results, school_sums  # noqa: PLC0415

    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "2g")
    spark = builder.config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    sums = school_sums(spark.read.parquet(path), level=LEVEL).cache()
    return county_results(sums).count() + sums.count()


VERDICTS: dict[str, Way] = {
    "`balancelib national`": command,
    "Polars": polars_verdicts,
    "DuckDB": duckdb_verdicts,
    "pandas": pandas_verdicts,
    "Polars，只读和加总": polars_floor,
}
GROWING: dict[str, Way] = {"DuckDB": duckdb_results, "Polars": polars_results}
LARGEST: dict[str, Way] = {
    f"DuckDB，限{LEAST_MEMORY}": duckdb_results_in_little_memory,
    "DuckDB，手写SQL": duckdb_by_hand,
    "pandas": pandas_results,
    "Spark": spark_results,
    "Polars，只读进内存": loaded,
    f"DuckDB，限{LEAST_MEMORY}，各县基尼系数": duckdb_gini_in_little_memory,
}
LIMITS = {"verdicts": (3.0, 4096.0), "pupils": (60.0, 4096.0)}  # seconds, MB: of the issue; not for peers
KEPT = {
    "verdicts": ("`balancelib national`", "Polars", "DuckDB"),
    "pupils": ("DuckDB", "Polars", f"DuckDB，限{LEAST_MEMORY}"),
}


def measure(case: str, way: str, function: Way, path: Path, rows: int) -> Run:
    """Run one way in a process of its own, this file, and measure it."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--one", function.__name__, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    clock, inside = time.perf_counter() - start, json.loads(said.splitlines()[-1])
    size, processor = path.stat().st_size, usage.ru_utime + usage.ru_stime
    run = Run(
        case, way, rows, size, clock, processor, inside["seconds"], inside["worked"], usage.ru_maxrss / 1024
    )
    print(f"{case}, {way}, {rows:,}: {clock:.1f} s, {run.megabytes:,.0f} MB", file=sys.stderr, flush=True)
    return run


def one(name: str, path: str) -> None:
    """Run one way here, and say how long it took without start and imports."""
    way = globals()[name]
    for module in way.modules:
        import_module(module)
    start, worked = time.perf_counter(), time.process_time()
    results = way(path)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    print(json.dumps({"results": results, "seconds": seconds, "worked": worked}), flush=True)


def make(folder: Path) -> None:
    """Make the data that are not there yet."""
    from balancelib.national import made  # noqa: PLC0415

    schools = folder / "schools.parquet"
    if not schools.exists():
        made.write_schools(schools)
    wanted = [folder / f"pupils_{n}.parquet" for n in MILLIONS]
    if all(path.exists() for path in wanted):
        return
    country = made.schools()
    for millions, path in zip(MILLIONS, wanted, strict=True):
        made.write_pupils(path, millions * 1_000_000, country)


def runs(folder: Path) -> Iterator[Run]:
    """All that is measured."""
    for way, function in VERDICTS.items():
        yield measure("verdicts", way, function, folder / "schools.parquet", 210_000)
    for millions in MILLIONS:
        for way, function in GROWING.items():
            path = folder / f"pupils_{millions}.parquet"
            yield measure("pupils", way, function, path, millions * 1_000_000)
    for way, function in LARGEST.items():
        yield measure("pupils", way, function, folder / f"pupils_{MOST}.parquet", MOST * 1_000_000)


def table(found: list[Run]) -> Iterator[str]:
    """Lines of a table in Markdown."""
    yield "| 做什么 | 用什么 | 行数 | 进程用时 | 其中计算 | 处理器 | 内存峰值 |"
    yield "|---|---|---|---|---|---|---|"
    for run in found:
        what = {"verdicts": "各县判定", "pupils": "各校各县汇总"}[run.case]
        rows = f"{run.rows // 10_000:,}万"
        memory = "没有量" if run.way == "Spark" else f"{run.megabytes:,.0f} MB"
        times = " | ".join(f"{seconds:.1f}秒" for seconds in (run.clock, run.inside, run.processor))
        yield f"| {what} | {run.way} | {rows} | {times} | {memory} |"


def broken(found: list[Run]) -> list[Run]:
    """Runs of ours that do not keep a limit of the issue."""
    ours = (run for run in found if run.way in KEPT[run.case])
    return [run for run in ours if run.clock > LIMITS[run.case][0] or run.megabytes > LIMITS[run.case][1]]


def main(folder: Path) -> None:
    """Make the data, measure all, print a table in Markdown and write the numbers."""
    from balancelib.county.files import whole_or_absent  # noqa: PLC0415  pandas with it

    # in a process of its own: what this one has held in memory would count as the peak of those it starts
    subprocess.run([sys.executable, __file__, "--make", str(folder)], check=True)
    found = list(runs(folder))
    print("\n".join(table(found)))
    with whole_or_absent(HERE / "national.csv") as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([Run._fields, *([*run[:4], *(round(x, 2) for x in run[4:])] for run in found)])
    if late := broken(found):
        print(f"limits not kept: {late}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    elif sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]))
    elif len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            main(Path(name))
