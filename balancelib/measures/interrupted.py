"""One series with a break: trend, season, and what changed at a date, with errors that know that neighbouring months are alike."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.measures.columns import labels
from balancelib.measures.estimation import Estimate, student_estimate

TERMS = ("trend", "level", "slope")
ALIKE = (-0.9, 0.98)  # within which the correlation of neighbours is sought
BLANK = "有空着的数，先去掉缺数的月份，并说明去掉了哪几个月"


class SeriesFit(NamedTuple):
    """A line of least squares through a series.

    Attributes
    ----------
    coefficients : Series
        By the design's columns.
    covariance : DataFrame
        Of the coefficients.
    rows : int
        Months; those less the coefficients are the degrees of freedom.
    lag : int or None
        Up to how many months apart residuals were taken for related; None where ``correlation`` says it.
    correlation : float
        Of residuals one month apart.
    spread : float
        Standard deviation of what the line leaves over.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    rows: int
    lag: int | None
    correlation: float
    spread: float

    def estimate(self, weights: Mapping[str, float], level: float = 0.95) -> Estimate:
        """Return a weighted sum of coefficients, those not named counting 0, with Student's interval; another name is refused."""
        if unknown := set(weights) - set(self.coefficients.index):
            raise ValueError(
                f"模型里没有{'、'.join(sorted(unknown))}，有的是{'、'.join(self.coefficients.index)}"
            )
        w = pd.Series(weights, dtype=float).reindex(self.coefficients.index, fill_value=0.0).to_numpy()
        error = np.sqrt(w @ self.covariance.to_numpy() @ w)
        return student_estimate(w @ self.coefficients.to_numpy(), error, self.rows - len(w), self.rows, level)


def segmented_design(
    time: ArrayLike, began: float, season: ArrayLike | None = None, terms: Collection[str] = TERMS
) -> pd.DataFrame:
    r"""Return the columns of a segmented regression (分段回归).

    .. math:: y_t = \beta_1 t + \beta_2 D_t + \beta_3 D_t (t - t_0) + s_{m(t)} + \varepsilon_t, \qquad D_t = [t \ge t_0]

    Parameters
    ----------
    time : array_like, shape (n,)
        Number of the month, counted on.
    began : float
        The first month in which the rule holds, ``t₀``.
    season : array_like, shape (n,), optional
        Which month of the year, ``m``: each has a level of its own. Left out, all have one.
    terms : collection of {"trend", "level", "slope"}
        Which of the three to hold: the trend of before; what changes at once; what is added to the trend from then on.

    Returns
    -------
    DataFrame
        Those terms, then ``season <m>`` by month of the year, or ``intercept``.

    Raises
    ------
    ValueError
        Numbers are missing, seasons are not as many as months, or a term is none of the three.

    Notes
    -----
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27; Lopez Bernal, Cummins and Gasparrini
    (2017), International Journal of Epidemiology 46. As they correct it in 2021, the slope counts from the break on.

    Examples
    --------
    >>> segmented_design([0, 1, 2, 3], 2).to_numpy().tolist()[-1]
    [3.0, 1.0, 1.0, 1.0]
    """
    t = np.asarray(time, dtype=float)
    if not np.isfinite([*t, began]).all():
        raise ValueError(BLANK)
    if unknown := set(terms) - set(TERMS):
        raise ValueError(f"没有{'、'.join(sorted(unknown))}这一项，有的是{'、'.join(TERMS)}")
    on = (t >= began).astype(float)
    columns = {"trend": t, "level": on, "slope": on * (t - began)}
    made = {term: columns[term] for term in TERMS if term in terms}
    if season is None:
        made["intercept"] = np.ones_like(t)
    else:
        months = labels(season, len(t), "season")
        made |= {f"season {m}": (months == m).astype(float) for m in np.unique(months)}
    return pd.DataFrame(made)


def common_lag(n: int) -> int:
    """Return the lag that is commonly taken for so many months: the whole part of 4 (n/100)^(2/9).

    Notes
    -----
    With these weights Newey and West (1994), Review of Economic Studies 61, begin so, and let the data choose from there on; taken as it is, as by many.

    Examples
    --------
    >>> common_lag(64), common_lag(100)
    (3, 4)
    """
    return int(4 * (n / 100) ** (2 / 9))


def newey_west(
    y: ArrayLike, design: pd.DataFrame, time: ArrayLike | None = None, lag: int | None = None
) -> SeriesFit:
    r"""Fit a line of least squares with Newey and West's errors: months near each other may go up and down together (纽维–韦斯特标准误).

    .. math::
        \hat V = \frac{n}{n - k} (X'X)^{-1} \Bigl( \sum_{s,t} w_{|s-t|} u_s u_t x_s x_t' \Bigr) (X'X)^{-1},
        \qquad w_d = \max\Bigl(0, 1 - \frac{d}{L + 1}\Bigr)

    Parameters
    ----------
    y : array_like, shape (n,)
    design : DataFrame, shape (n, k)
    time : array_like of int, shape (n,), optional
        Number of the month, rising: a missing one leaves its neighbours two apart. Left out, none is missing.
    lag : int, optional
        ``L``, 0 or more; that of `common_lag` if left out. 0: errors for unequal spread alone.

    Raises
    ------
    ValueError
        Numbers are missing, months are not in order or one stands twice, there are not more months than coefficients, all months are
        alike, columns say the same, or ``lag`` is negative.

    Notes
    -----
    Newey and West (1987), Econometrica 55; ``n/(n−k)`` as in Stata's ``newey`` and R's sandwich with ``adjust = TRUE``. In short series residuals are less alike than
    what they stand for, and intervals come out too narrow: Turner et al. (2021), BMC Medical Research Methodology 21. See `autoregressive`.

    Examples
    --------
    The mean of 1, 3, 5, 7, whose residuals are −3, −1, 1, 3: (4/3)(20 + 2 · ½ · 5) / 16.

    >>> fit = newey_west([1, 3, 5, 7], pd.DataFrame({"mean": [1.0] * 4}), lag=1)
    >>> round(float(fit.covariance.iloc[0, 0]), 6)
    2.083333
    """
    y, x, apart = _checked(y, design, time)
    lag = common_lag(len(y)) if lag is None else lag
    if lag < 0:
        raise ValueError(f"lag是{lag}，要从0起：残差的牵连算到几个月")
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    left = y - x @ beta
    pushes = x * left[:, None]
    alike = np.clip(1 - apart / (lag + 1), 0, None)
    correction = len(y) / (len(y) - x.shape[1])
    covariance = correction * inverse @ pushes.T @ alike @ pushes @ inverse
    neighbours = left[:, None] * left * (np.tril(apart) == 1)
    correlation = float(neighbours.sum() / (left @ left))
    spread = float(np.sqrt(left @ left / (len(y) - x.shape[1])))
    return _named(design, beta, covariance, lag, correlation, spread)


def autoregressive(y: ArrayLike, design: pd.DataFrame, time: ArrayLike | None = None) -> SeriesFit:
    r"""Fit a line whose residuals are alike by ``ρ`` from one month to the next, by restricted maximum likelihood (误差自相关写进模型).

    .. math::
        \operatorname{Corr}(\varepsilon_s, \varepsilon_t) = \rho^{|s-t|} = C_{st}, \qquad
        \min_\rho\; (n - k) \ln \hat\sigma^2 + \ln |C| + \ln |X' C^{-1} X|

    Parameters
    ----------
    y, design, time
        As for `newey_west`.

    Raises
    ------
    ValueError
        As for `newey_west`.

    Notes
    -----
    Patterson and Thompson (1971), Biometrika 58. Turner et al. (2021), BMC Medical Research Methodology 21, prefer it to the other ways that they tried on interrupted series of 12
    numbers or more; its intervals are still a little narrow.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  heavy: only where it is used

    y, x, apart = _checked(y, design, time)
    gaps = np.diag(apart, 1)
    loss = lambda rho: _generalised(y, x, rho, gaps)[0]  # noqa: E731
    rho = float(minimize_scalar(loss, bounds=ALIKE, method="bounded", options={"xatol": 1e-8}).x)
    _, beta, covariance, spread = _generalised(y, x, rho, gaps)
    return _named(design, beta, covariance, None, rho, spread)


def _generalised(
    y: np.ndarray, x: np.ndarray, rho: float, gaps: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, float]:
    """Return what the likelihood is worse by, coefficients, their covariance and the spread.

    What a month has that the month before did not tell is independent from month to month: each row less ``ρ^gap`` times the one before.
    """
    told = rho**gaps
    new = np.sqrt(1 - told**2)
    rows = np.column_stack([x, y])
    white = np.vstack([rows[:1], (rows[1:] - told[:, None] * rows[:-1]) / new[:, None]])
    inner, freedom = white[:, :-1].T @ white[:, :-1], len(y) - x.shape[1]
    inverse = np.linalg.inv(inner)
    beta = inverse @ white[:, :-1].T @ white[:, -1]
    left = white[:, -1] - white[:, :-1] @ beta
    variance = left @ left / freedom
    loss = freedom * np.log(variance) + 2 * np.log(new).sum() + np.linalg.slogdet(inner)[1]
    return float(loss), beta, variance * inverse, float(np.sqrt(variance))


def interval_coverage(
    fit: SeriesFit,
    design: pd.DataFrame,
    weights: Mapping[str, float],
    ways: Mapping[str, Callable[[np.ndarray, pd.DataFrame], SeriesFit]],
    draws: int = 200,
    seed: int = 0,
) -> pd.Series:
    """Return how often each way's 95 % interval holds the truth in series made with a known one (区间罩住真值的比例).

    Parameters
    ----------
    fit : SeriesFit
        Of `autoregressive`; its line, spread and correlation are the truth.
    design : DataFrame
        That it was fitted with; months one apart.
    weights : mapping of str to float
        The sum of coefficients that is looked for, as of `SeriesFit.estimate`; a way that leaves a column out counts it as 0.
    ways : mapping of str to callable
        Called with a series and the design.
    draws, seed : int
        How many series are made, and with what chance.
    """
    rng, steps = np.random.default_rng(seed), np.arange(len(design))
    root = fit.spread * np.linalg.cholesky(fit.correlation ** np.abs(steps[:, None] - steps))
    line, truth = design.to_numpy() @ fit.coefficients.to_numpy(), fit.estimate(weights).value
    series = line + rng.normal(size=(draws, len(steps))) @ root.T
    held = {name: np.mean([_holds(way(y, design), weights, truth) for y in series]) for name, way in ways.items()}  # fmt: skip
    return pd.Series(held)


def _holds(fit: SeriesFit, weights: Mapping[str, float], truth: float) -> bool:
    found = fit.estimate({name: w for name, w in weights.items() if name in fit.coefficients})
    return found.low <= truth <= found.high


def _checked(
    y: ArrayLike, design: pd.DataFrame, time: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the series, the columns, and how many months each two are apart."""
    values, x = np.asarray(y, dtype=float), design.to_numpy(dtype=float)
    steps = np.arange(len(values)) if time is None else np.asarray(time, dtype=float)
    if not all(np.isfinite(numbers).all() for numbers in (values, x, steps)):
        raise ValueError(BLANK)
    if not len(values) == len(x) == len(steps):
        raise ValueError(f"序列有{len(values)}个月，模型有{len(x)}行，月份有{len(steps)}个，要一样多")
    if len(values) <= x.shape[1]:
        raise ValueError(f"只有{len(values)}个月，要估{x.shape[1]}个数：月份要比要估的数多")
    if (np.diff(steps) <= 0).any():
        raise ValueError("月份要从早到晚排，一个月只有一行")
    if not np.ptp(values) > 0:
        raise ValueError("每个月都是同一个数，没有起伏，误差算不出来")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("有几列说的是同一件事（例如开始以前、以后只有一个月），分不开各自的作用")
    return values, x, np.abs(steps[:, None] - steps)


def _named(design: pd.DataFrame, beta: np.ndarray, covariance: np.ndarray, *rest: float | None) -> SeriesFit:
    names = list(design.columns)
    return SeriesFit(pd.Series(beta, names), pd.DataFrame(covariance, names, names), len(design), *rest)
