"""What other packages return on inputs where they differ.

Run: python benchmarks/peers.py > benchmarks/peers.csv, with the packages of the group `benchmarks` in pyproject.toml. The book shows
the result. Packages of R and Julia are not run here; what they returned was collected for this project beforehand.
"""

import csv
import importlib.metadata
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np

X, W = np.array([8, 5, 1, 3, 5, 6, 7, 6, 3.0]), np.arange(1, 10) / 10
TAIL = np.array([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261.0])
NEAR = 1000 * (1 + 1e-7 * np.random.default_rng(3).uniform(-1, 1, 200))
ZEROS = np.array([0, 0, 1.0])

# Case, package, what it returned, what is behind it. From the project's collected values, not run here.
COLLECTED = [
    ("gini_weighted", "R convey 1.0.1", "0.1266", "结果随权重的单位变：权重乘10得0.3266"),
    ("gini_weighted", "R REAT 3.0.3", "0.1503", "排了数，没有跟着排权重"),
    ("gini_weighted", "R rineq 0.2.3", "0.2136", "用协方差的近似式"),
    ("theil_zeros", "R ineq 0.2-13", "0", "不声不响地丢掉0"),
    ("theil_zeros", "R dineq 0.1.0", "0", "不声不响地丢掉0"),
    ("concentration_grouped", "R rineq 0.2.3", "-0.2128", "分组数据的秩算错"),
    ("quintile_ratio", "R laeken", "5.0036", "Eurostat的规则：压线的单位整个算，不是错，是另一个定义"),
    ("mcloone", "R ineqmeas1", "1.2917", "除数少数了一个，指数超过了1"),
]


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Case, package with version, what it returned, and what is behind it."""
    yield from COLLECTED
    yield from _run("IneqPy", _ineqpy)
    yield from _run("inequalipy", _inequalipy)
    yield from _run("microdf-python", _microdf)
    yield from _run("inequality", _pysal)


Case = tuple[str, Callable[[], float], str]


def _run(package: str, cases: Callable[[], Iterator[Case]]) -> Iterator[tuple[str, str, str, str]]:
    name = f"{package} {importlib.metadata.version(package)}"
    for case, call, note in cases():
        try:
            yield case, name, f"{float(call()):.10g}", note
        except (ZeroDivisionError, ValueError) as error:
            yield case, name, type(error).__name__, note


def _ineqpy() -> Iterator[Case]:
    from ineqpy import inequality as peer  # noqa: PLC0415  a peer, perhaps not installed

    yield "gini_weighted", lambda: peer.gini(X, weights=W), "小样本修正和上秩"
    yield "gini", lambda: peer.gini(TAIL), "乘了n÷(n−1)，是另一个定义"
    yield "theil_zeros", lambda: peer.theil(ZEROS), "不声不响地丢掉0"
    yield "hoover_equal", lambda: peer.hoover(np.ones(4)), "完全相等却不是0"
    yield "hoover_steps", lambda: peer.hoover(np.arange(1.0, 6)), "超过了1"
    yield "theil_near", lambda: peer.theil(NEAR), "接近相等时有效数字丢光"


def _inequalipy() -> Iterator[Case]:
    import inequalipy as peer  # noqa: PLC0415

    yield "gini_weighted", lambda: peer.gini(X, W), ""
    yield "gini", lambda: peer.gini(TAIL), ""
    yield "atkinson_zero", lambda: peer.atkinson.index(ZEROS, 1), "有0就出错，按定义应是1"
    yield "gini_near", lambda: peer.gini(NEAR), "接近相等时丢掉一部分有效数字"


def _microdf() -> Iterator[Case]:
    from microdf import MicroSeries  # noqa: PLC0415

    yield "gini_weighted", lambda: MicroSeries(X, weights=W).gini(), ""
    yield "gini", lambda: MicroSeries(TAIL).gini(), ""
    yield "gini_near", lambda: MicroSeries(NEAR).gini(), "接近相等时丢掉一部分有效数字"


def _pysal() -> Iterator[Case]:
    from inequality.gini import Gini  # noqa: PLC0415
    from inequality.theil import Theil  # noqa: PLC0415

    yield "gini", lambda: Gini(TAIL).g, "不能加权"
    yield "theil_zeros", lambda: Theil(ZEROS).T, ""
    yield "gini_near", lambda: Gini(NEAR).g, "接近相等时丢掉一部分有效数字"
    yield "theil_near", lambda: Theil(NEAR).T, "接近相等时有效数字丢光"


def main() -> None:
    """Print the table as CSV."""
    warnings.simplefilter("ignore")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("case", "package", "returned", "note"))
    writer.writerows(rows())


if __name__ == "__main__":
    main()
