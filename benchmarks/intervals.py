"""How often intervals of `estimate` hold the truth, where it is known.

Run: python benchmarks/intervals.py > benchmarks/intervals.md, which the book shows. Samples from lognormal distributions, whose measures have closed forms; 95 % intervals.
"""

from collections.abc import Callable

import numpy as np
from scipy import stats

from balancelib import measures as m

SAMPLES = 2000
SIZES = (30, 100, 400)
SPREADS = (0.3, 0.8)
TRUTH: dict[Callable[..., float], Callable[[float], float]] = {
    m.gini: lambda s: 2 * stats.norm.cdf(s / np.sqrt(2)) - 1,
    m.theil_l: lambda s: s**2 / 2,
    m.theil_t: lambda s: s**2 / 2,
    m.cv: lambda s: np.sqrt(np.expm1(s**2)),
}
METHODS = {
    "linearised": SAMPLES,
    "jackknife": 400,
    "bootstrap": 200,
}  # the latter two on fewer samples, as they are slow


def coverage(measure: Callable[..., float], truth: float, samples: np.ndarray, method: str) -> float:
    """Share of the samples whose interval holds the truth."""
    found = (m.estimate(measure, x, method=method, replicates=400) for x in samples)
    return float(np.mean([one.low <= truth <= one.high for one in found]))


def main() -> None:
    """Print a table in Markdown."""
    rng = np.random.default_rng(1)
    print("| 对数标准差 | 样本量 | 度量 | 线性化 | 刀切法 | 自助法 |\n|---|---|---|---|---|---|")
    for spread in SPREADS:
        for n in SIZES:
            samples = rng.lognormal(0, spread, (SAMPLES, n))
            for measure, truth in TRUTH.items():
                shares = [
                    coverage(measure, truth(spread), samples[:count], method)
                    for method, count in METHODS.items()
                    if not (method == "jackknife" and n > 100)
                ]
                cells = [f"{100 * share:.1f}%" for share in shares]
                if len(cells) == 2:
                    cells.insert(1, "—")
                print(f"| {spread} | {n} | `{measure.__name__}` | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
