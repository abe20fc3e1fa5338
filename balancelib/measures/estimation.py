"""Standard errors and intervals of measures, from samples."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import answer, check, inside, labels
from balancelib.measures.influence import INFLUENCE

ALONE = "有的层里只有一个群（或一个单位），估不出误差；请与相近的层合并"


class Estimate(NamedTuple):
    """A measure with its uncertainty: ``value``, standard error ``se``, interval from ``low`` to ``high``, ``n`` units."""

    value: float
    se: float
    low: float
    high: float
    n: int


def half_width(error: float, freedom: float, level: float) -> float:
    """Return half the width of an interval by Student's t; 0 where nothing is in doubt, whatever the degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    inside({"把握": level})
    return 0.0 if error == 0 else float(stdtrit(freedom, (1 + level) / 2) * error)


def student_estimate(value: float, error: float, freedom: float, n: int, level: float = 0.95) -> Estimate:
    """Return an estimate with its interval by Student's t.

    Parameters
    ----------
    value, error : float
        Estimate and standard error.
    freedom : float
        Degrees of freedom of the error.
    n : int
        Units.
    level : float
        Of the interval.

    Raises
    ------
    ValueError
        A level that is not between 0 and 1.

    Examples
    --------
    >>> found = student_estimate(10.0, 2.0, freedom=9, n=10)
    >>> round(found.low, 3), round(found.high, 3)
    (5.476, 14.524)
    """
    reach = half_width(error, freedom, level)
    return Estimate(float(value), float(error), float(value - reach), float(value + reach), n)


class FirstStage(NamedTuple):
    """How units were drawn: clusters by number, and the stratum of each cluster."""

    cluster: np.ndarray
    stratum: np.ndarray
    sizes: np.ndarray  # clusters in each stratum

    @property
    def correction(self) -> np.ndarray:
        """``n_h / (n_h - 1)`` for each cluster, with its stratum's number of clusters."""
        return (self.sizes / np.maximum(self.sizes - 1, 1))[self.stratum]

    def about_stratum(self, of_clusters: np.ndarray) -> np.ndarray:
        """Take away from each cluster's number its stratum's mean."""
        mean = np.bincount(self.stratum, of_clusters) / self.sizes
        return of_clusters - mean[self.stratum]


def estimate(
    measure: Callable[..., float],
    x: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    cluster: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    method: Literal["linearised", "jackknife", "bootstrap"] = "linearised",
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    nan_policy: str = "raise",
    **parameters: Any,
) -> Estimate:
    r"""Estimate a measure from a sample, with its standard error and interval.

    .. math::
        \widehat{var} = \sum_h \frac{n_h}{n_h - 1} \sum_c (z_{hc} - \bar z_h)^2, \qquad
        z_{hc} = \sum_{i \in c} \frac{w_i}{W} IF_i

    for ``linearised``, with ``n`` the clusters of stratum ``h`` and ``IF`` the influence of a unit on the measure.

    Parameters
    ----------
    measure : callable
        A measure of this package, or for ``jackknife`` and ``bootstrap`` any function of ``(x, weights=…)``.
    x : array_like, shape (n,)
        Values of the units drawn.
    weights : array_like, shape (n,), optional
        How many units of the population each stands for, in any scale.
    cluster : array_like, shape (n,), optional
        What was drawn first, such as the school of a pupil; each unit by itself if left out.
    strata : array_like, shape (n,), optional
        In which part of the population; clusters count inside it.
    method : {"linearised", "jackknife", "bootstrap"}
        ``jackknife`` leaves out one cluster at a time, and does not do for quantiles and what is made of them; ``bootstrap`` draws one cluster less than there are in each stratum, again and again.
    level : float
        Of the interval.
    replicates, seed : int
        Of the bootstrap; the same seed gives the same result.
    nan_policy : {"raise", "omit"}
        As of the measures, for values and weights.
    **parameters
        Handed to the measure: ``epsilon``, ``rank``, …; those that are columns as long as ``x``.

    Returns
    -------
    Estimate
        The value is that of the measure itself. The interval reaches a quantile of Student's t to both sides, with clusters less strata as
        degrees of freedom; on the scale of logarithms for measures that cannot be negative and have a linearised form. So it is for the
        bootstrap too: between quantiles of its replicates the truth lies less often, since samples look more equal than what they are drawn from.

    Raises
    ------
    ValueError
        As the measure; also a stratum with one cluster, or a measure that has no linearised form.

    Notes
    -----
    Unit of analysis: what the weights count. Clusters are taken as drawn with replacement, which overstates the error a little where many of them were
    drawn. Skewed data need more units than the interval assumes: see the table of coverage. Sources: Deville (1999), Survey Methodology 25(2);
    Rao and Wu (1988), "Resampling Inference with Complex Survey Data", Journal of the American Statistical Association 83.

    Examples
    --------
    >>> from balancelib.measures import gini
    >>> found = estimate(gini, [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261])
    >>> round(found.value, 6), round(found.se, 4)
    (0.462091, 0.0807)
    """
    if isinstance(measure, partial):
        measure, parameters = measure.func, measure.keywords | parameters
    n = np.size(x)
    columns = {"x": x, "weights": np.ones(n) if weights is None else weights, "row": np.arange(n)}
    omitted = check(columns, columns, nan_policy)
    x, w, rows = columns["x"].astype(float), columns["weights"].astype(float), columns["row"]
    parameters = {name: _kept(value, n, rows) for name, value in parameters.items()}
    parts = {"cluster": cluster, "strata": strata}
    drawn = [None if part is None else labels(part, n, name)[rows] for name, part in parts.items()]
    design = first_stage(*drawn, x.size)
    value = measure(x, weights=w, **parameters)
    if method == "linearised":
        error = _linearised(measure, x, w, design, parameters)
    elif method == "jackknife":
        error = _jackknife(lambda u: measure(x, weights=u, **parameters), w, design)
    elif method == "bootstrap":
        error = _bootstrap(lambda u: measure(x, weights=u, **parameters), w, design, replicates, seed)
    else:
        raise ValueError(f"method只能是linearised、jackknife、bootstrap，现在是{method}")
    low, high = _student(getattr(measure, "__name__", ""), value, error, design, level)
    return answer(Estimate(value, float(error), float(low), float(high), x.size), omitted, nan_policy)


def _kept(value: Any, n: int, rows: np.ndarray) -> Any:
    """Return a parameter, only its rows that are kept where it is a column."""
    is_column = not isinstance(value, str) and np.shape(value) == (n,)
    return np.asarray(value)[rows] if is_column else value


def first_stage(cluster: np.ndarray | None, strata: np.ndarray | None, n: int, least: int = 2) -> FirstStage:
    """Number the clusters of ``n`` units, stratum by stratum; a stratum with fewer than ``least`` is refused."""
    stratum = np.zeros(n, dtype=int) if strata is None else np.unique(strata, return_inverse=True)[1]
    own = np.arange(n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    _, first, codes = np.unique(stratum * (own.max() + 1) + own, return_index=True, return_inverse=True)
    sizes = np.bincount(stratum[first])
    if sizes.min() < least:
        raise ValueError(ALONE)
    return FirstStage(codes, stratum[first], sizes)


def _linearised(
    measure: Callable[..., float],
    x: np.ndarray,
    w: np.ndarray,
    design: FirstStage,
    parameters: dict[str, Any],
) -> float:
    name = getattr(measure, "__name__", str(measure))
    if name not in INFLUENCE:
        raise ValueError(f"{name}没有线性化的形式，请用bootstrap；有的是{'、'.join(INFLUENCE)}")
    influence = INFLUENCE[name](x, w, **parameters)
    of_clusters = np.bincount(design.cluster, w / w.sum() * influence)
    return np.sqrt(design.correction @ design.about_stratum(of_clusters) ** 2)


def _student(name: str, value: float, error: float, design: FirstStage, level: float) -> tuple[float, float]:
    """Interval by Student's t; of a measure of inequality on the scale of logarithms, where it is less skewed."""
    reach = half_width(error, design.stratum.size - design.sizes.size, level)
    if name in INFLUENCE and name != "concentration_index" and value > 0:
        return value * np.exp(-reach / value), value * np.exp(reach / value)
    return value - reach, value + reach


def _jackknife(of: Callable[[np.ndarray], float], w: np.ndarray, design: FirstStage) -> float:
    values = np.array([of(u) for u in _leaving_one_out(w, design)])
    return np.sqrt(np.sum(design.about_stratum(values) ** 2 / design.correction))


def _leaving_one_out(w: np.ndarray, design: FirstStage) -> Iterator[np.ndarray]:
    """Weights without one cluster, those of the others in its stratum raised to stand for it."""
    stratum_of_unit = design.stratum[design.cluster]
    for cluster, (stratum, raised) in enumerate(zip(design.stratum, design.correction, strict=True)):
        u = np.where(stratum_of_unit == stratum, w * raised, w)
        u[design.cluster == cluster] = 0
        yield u


def _bootstrap(
    of: Callable[[np.ndarray], float], w: np.ndarray, design: FirstStage, replicates: int, seed: int
) -> float:
    rng = np.random.default_rng(seed)
    starts = np.cumsum(design.sizes) - design.sizes  # clusters are numbered stratum by stratum
    values = []
    for _ in range(replicates):
        drawn = np.concatenate(
            [
                start + rng.integers(0, size, size - 1)
                for start, size in zip(starts, design.sizes, strict=True)
            ]
        )
        times = np.bincount(drawn, minlength=design.stratum.size) * design.correction
        values.append(of(w * times[design.cluster]))
    return np.std(values, ddof=1)
