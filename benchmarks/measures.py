"""Speed and memory of `balancelib.measures` beside numpy and peers, as ratios in one run.

Run: python benchmarks/measures.py > benchmarks/measures.md, with the packages of the group `benchmarks` in pyproject.toml installed;
peers that are not there are left out. The book shows the result.
"""

import importlib.metadata
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from balancelib import measures as m

N = 10**7
SCHOOLS, COUNTIES, INDICATORS = 210_000, 2_900, 7
PUPILS, TESTED = 210_000, 2_900  # a large test: pupils, and schools
COLUMNS = [f"x{k}" for k in range(INDICATORS)]


def side_by_side(*functions: Callable[[], Any], times: int = 5) -> list[float]:
    """Seconds of each function, the fastest of several turns, one after the other in each turn."""
    best = [np.inf] * len(functions)
    for _ in range(times):
        for k, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[k] = min(best[k], time.perf_counter() - start)
    return best


def row(what: str, ours: float, other: float, beside: str, limit: str) -> None:
    """Print a row of the table, in the words of the book, which shows it."""
    print(f"| {what} | {_seconds(ours)} | {beside} | {_seconds(other)} | {_ratio(ours / other)} | {limit} |")


def _ratio(r: float) -> str:
    return f"{r:.2f}" if r > 0.2 else f"1/{1 / r:,.0f}"


def _seconds(t: float) -> str:
    return f"{1e3 * t:.2f}毫秒" if t < 0.1 else f"{t:.2f}秒"


def simd() -> str:
    """The processor features that numpy found and uses, which decide how fast it sorts."""
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    return "、".join([*found["baseline"], *found.get("found", [])])


def one_column() -> None:
    """Ten million numbers."""
    rng = np.random.default_rng(0)
    x, w = rng.lognormal(size=N), rng.uniform(1, 2000, N)
    scores = rng.integers(0, 101, N)
    whole = scores.astype(float)
    row("`gini`", *side_by_side(lambda: m.gini(x), lambda: np.sort(x)), "`np.sort`", "不超过1.3")
    ours, *ways = side_by_side(lambda: m.gini(x, w), *(lambda f=f: f(x, w) for f in WAYS.values()), times=3)
    for name, seconds in zip(WAYS, ways, strict=True):
        row("`gini`，加权", ours, seconds, name, "不超过最快的1.2倍")
    pairs = (("int64", scores, "不超过1/12"), ("float64", whole, "不超过1/6"))
    for kind, column, limit in pairs:
        times = side_by_side(lambda c=column: m.gini(c), lambda c=column: np.sort(c))
        row(f"`gini`，0到100的整数，{kind}", *times, "`np.sort`", limit)
    row("`cv`", *side_by_side(lambda: m.cv(x), lambda: x.std() / x.mean()), "`x.std() / x.mean()`", "不超过2")
    row(
        "`theil_t`", *side_by_side(lambda: m.theil_t(x), lambda: _naive_theil(x)), "一行直接的写法", "不超过2"
    )
    thousand = x[:1000]
    seconds = side_by_side(lambda: m.estimate(m.gini, thousand), lambda: m.gini(thousand), times=50)
    row("`estimate(gini)`，1000个数", *seconds, "只算`gini`", "1毫秒以内")


def _naive_theil(x: np.ndarray) -> float:
    mean = x.mean()
    return np.mean(x / mean * np.log(x / mean))


def _from_ordered(x: np.ndarray, w: np.ndarray) -> float:
    c = np.cumsum(w)
    return np.dot(w * x, 2 * c - w - c[-1]) / c[-1] / np.dot(w, x)


def _argsort(x: np.ndarray, w: np.ndarray) -> float:
    order = np.argsort(x)
    return _from_ordered(x[order], w[order])


def _complex(x: np.ndarray, w: np.ndarray) -> float:
    both = np.empty(x.size, complex)
    both.real, both.imag = x, w
    both.sort()
    return _from_ordered(both.real, both.imag)


def _packed(x: np.ndarray, w: np.ndarray) -> float:
    """Leading bits of the value and the row in one key; exact but for ties within the bits, which ours puts right."""
    low = x.min()
    bits = int(x.size).bit_length()
    keys = ((x - low) * (2.0 ** (62 - bits) / (x.max() - low))).astype(np.int64)
    keys <<= bits
    keys |= np.arange(x.size)
    keys.sort()
    keys &= (1 << bits) - 1
    return _from_ordered(x[keys], w[keys])


WAYS = {"`np.argsort`": _argsort, "复数排序": _complex, "值和行号合成一个数再排序": _packed}


def memory() -> None:
    """Most memory held beside the input, in multiples of it."""
    rng = np.random.default_rng(0)
    x, w = rng.lognormal(size=N), rng.uniform(1, 2000, N)
    plain = (
        "cv",
        "hoover",
        "gini",
        "theil_t",
        "theil_l",
        "lorenz",
        "mcloone",
        "palma",
        "restricted_range",
        "contribution",
    )
    calls = {name: (getattr(m, name), {}) for name in plain} | {
        "atkinson": (m.atkinson, {"epsilon": 2}),
        "top_share": (m.top_share, {"p": 0.1}),
        "concentration_index": (m.concentration_index, {"rank": w}),
    }
    worst = []
    for weights in (None, w):
        for name, (function, options) in calls.items():
            given = x.nbytes * (1 + (weights is not None) + ("rank" in options))
            tracemalloc.start()
            function(x, weights=weights, **options)
            peak = tracemalloc.get_traced_memory()[1] / given
            tracemalloc.stop()
            worst.append((peak, name + ("（加权）" if weights is not None else "")))
    largest = "，".join(f"`{name}`{peak:.1f}倍" for peak, name in sorted(worst, reverse=True)[:4])
    print(f"\n1000万行时，输入以外占用的内存是输入的多少倍（要求不超过5倍），最多的几个：{largest}。")


def many_counties() -> None:
    """All counties at once, as `summarise` does, beside loops and other engines."""
    rng = np.random.default_rng(1)
    county = np.sort(rng.integers(0, COUNTIES, SCHOOLS))
    frame = pd.DataFrame({name: rng.lognormal(size=SCHOOLS) for name in COLUMNS})
    frame["county"], frame["pupils"] = county, rng.integers(20, 2000, SCHOOLS).astype(float)
    for order in ("按县排好", "打乱"):
        table = frame if order == "按县排好" else frame.sample(frac=1, random_state=0).reset_index(drop=True)
        ours, other = side_by_side(lambda t=table: _ours(t, "cv"), lambda t=table: _bincount_cv(t), times=9)
        row(f"`cv`，各县各指标，行{order}", ours, other, "两遍`np.bincount`", "不超过1.3")
    ours = side_by_side(lambda: _ours(frame, "gini"))[0]
    for name, way in {"Polars": _polars, "DuckDB": _duckdb}.items():
        if seconds := _timed(way, frame):
            row("`gini`，加权，各县各指标", ours, seconds, name, "小于1")
    for name, way in LOOPS.items():
        if seconds := _timed(way, frame, 1):
            row("`gini`，加权，各县各指标", ours, seconds, f"逐县调用{name}", "不超过最快的1/10")
    x, w, c = (frame[name].to_numpy() for name in ("x0", "pupils", "county"))
    ours = side_by_side(lambda: m.decompose(x, c, w))[0]
    if seconds := _timed(_pysal, frame, 1):
        row("`decompose`，2900个县", ours, seconds, "pysal的`TheilD`（不能加权）", "不超过1/1000")


def between_schools() -> None:
    """The share between schools of a large test, beside the sums that any way needs, and the likelihood beside the least squares."""
    rng = np.random.default_rng(2)
    school = rng.integers(0, TESTED, PUPILS)
    score = 500 + 35 * rng.normal(size=TESTED)[school] + 94 * rng.normal(size=PUPILS)
    ids = np.char.add("99", school.astype(str)).astype(object)
    anova, by_text, sums = side_by_side(
        lambda: m.intraclass(score, school),
        lambda: m.intraclass(score, ids),
        lambda: _square_sums(score, school),
    )
    row("`intraclass`，21万名学生、2900所学校", anova, sums, "两遍`np.bincount`", "50毫秒以内")
    row("`intraclass`，同上，学校代码是文字", by_text, sums, "两遍`np.bincount`", "50毫秒以内")
    for method in ("ml", "reml"):
        ours = side_by_side(lambda way=method: m.intraclass(score, school, way))[0]
        row(f"`intraclass`，同上，{method}", ours, anova, "`anova`", "1秒以内")


def _square_sums(x: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Squares between and within groups that are numbered already."""
    sizes = np.bincount(groups)
    means = np.bincount(groups, x) / np.maximum(sizes, 1)
    return sizes @ (means - x.mean()) ** 2, np.sum((x - means[groups]) ** 2)


def _ours(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    return m.summarise(frame, COLUMNS, "pupils", "county", [measure])


def _bincount_cv(frame: pd.DataFrame) -> list[np.ndarray]:
    codes, w = frame["county"].to_numpy(), frame["pupils"].to_numpy()
    found = []
    for name in COLUMNS:
        x = frame[name].to_numpy()
        weight = np.bincount(codes, w)
        mean = np.bincount(codes, w * x) / weight
        found.append(np.sqrt(np.bincount(codes, w * (x - mean[codes]) ** 2) / weight) / mean)
    return found


def _timed(
    way: Callable[[pd.DataFrame], Callable[[], Any]], frame: pd.DataFrame, times: int = 3
) -> float | None:
    try:
        run = way(frame)
    except (ImportError, AttributeError) as missing:
        print(f"(left out: {missing})", file=sys.stderr)
        return None
    return side_by_side(run, times=times)[0]


def _polars(frame: pd.DataFrame) -> Callable[[], Any]:
    import polars as pl  # noqa: PLC0415  a peer, perhaps not installed

    table = pl.from_pandas(frame)

    def gini(name: str) -> Any:
        x, w = pl.col(name).sort(), pl.col("pupils").sort_by(name)
        total = pl.col("pupils").sum()
        return ((w * x * (2 * w.cum_sum() - w - total)).sum() / total / (w * x).sum()).alias(name)

    return lambda: table.group_by("county").agg([gini(name) for name in COLUMNS])


def _duckdb(frame: pd.DataFrame) -> Callable[[], Any]:
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    connection.register("given", frame)
    connection.execute("create table schools as select * from given")
    one = (
        "select county, sum(pupils * {x} * (2 * c - pupils - t)) / any_value(t) / sum(pupils * {x}) from (select county, pupils, {x}, "
        "sum(pupils) over (partition by county order by {x} rows unbounded preceding) c, "
        "sum(pupils) over (partition by county) t from schools) group by county"
    )
    return lambda: [connection.execute(one.format(x=name)).fetchnumpy() for name in COLUMNS]


def _loop(of: Callable[[np.ndarray, np.ndarray], Any], frame: pd.DataFrame) -> Callable[[], Any]:
    """County by county from the table, as a peer that knows no groups has to be called; split once for all columns."""

    def run() -> list[Any]:
        counties = (group for _, group in frame.groupby("county"))
        pieces = ((group[COLUMNS].to_numpy().T, group["pupils"].to_numpy()) for group in counties)
        return [of(x, w) for columns, w in pieces for x in columns]

    return run


def _inequalipy(frame: pd.DataFrame) -> Callable[[], Any]:
    import inequalipy  # noqa: PLC0415

    return _loop(inequalipy.gini, frame)


def _ineqpy(frame: pd.DataFrame) -> Callable[[], Any]:
    from ineqpy.inequality import gini  # noqa: PLC0415

    return _loop(lambda x, w: gini(x, weights=w), frame)


def _microdf(frame: pd.DataFrame) -> Callable[[], Any]:
    from microdf import MicroSeries  # noqa: PLC0415

    return _loop(lambda x, w: MicroSeries(x, weights=w).gini(), frame)


LOOPS = {"inequalipy": _inequalipy, "IneqPy": _ineqpy, "microdf": _microdf}


def _pysal(frame: pd.DataFrame) -> Callable[[], Any]:
    from inequality.theil import TheilD  # noqa: PLC0415

    return lambda: TheilD(frame["x0"].to_numpy(), frame["county"].to_numpy())


def imports() -> None:
    """What importing costs, as processes."""

    def process(code: str) -> Callable[[], Any]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    times = side_by_side(process("import balancelib.measures"), process("import numpy"), times=15)
    row("`import balancelib.measures`", *times, "`import numpy`", "不多")


def versions(names: Iterable[str]) -> str:
    """Versions of the packages that are installed."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return "、".join(found)


def main() -> None:
    """Measure and print tables in Markdown."""
    if parts := [part for part in (one_column, between_schools) if part.__name__ in sys.argv]:
        _head()
        for part in parts:
            part()
        return
    peers = ("numpy", "pandas", "polars", "duckdb", "inequality", "inequalipy", "IneqPy", "microdf-python")
    print(
        f"{os.cpu_count()}核，Python {sys.version.split()[0]}，{versions(peers)}；numpy用到的处理器指令：{simd()}。\n"
    )
    _head()
    one_column()
    many_counties()
    between_schools()
    imports()
    memory()
    print("\n同一台机器，关掉numpy排序用的快速指令以后，一列数的各行变成：\n", flush=True)
    without = " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))
    subprocess.run(
        [sys.executable, __file__, "one_column"],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": without},
        check=True,
    )


def _head() -> None:
    print("| 计算 | 我们 | 对照 | 对照用时 | 比值 | 要求 |\n|---|---|---|---|---|---|", flush=True)


if __name__ == "__main__":
    main()
