"""Logit: how the chance that something happens goes with what is known beforehand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.measures.newton import NoMaximumError, NotIdentifiedError, climb

INTERCEPT = "常数"
SEEN = 1e-6  # how far all are from the line on average, for it to part them
MANY = "变量分不开：有一个变量处处一样，或者能由别的变量算出来。请少放一个变量"


@dataclass(frozen=True)
class Logistic:
    """What `logistic` found.

    Attributes
    ----------
    coefficients : Series
        By variable, the intercept (常数) first: by how much one unit more raises the log-odds.
    covariance : DataFrame
        Of the coefficients.
    loglik, null : float
        Log-likelihood, and that of one chance for all.
    n, events : int
        Units, and those to whom it happened.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    loglik: float
    null: float
    n: int
    events: int

    @property
    def se(self) -> pd.Series:
        """Standard errors."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), self.coefficients.index)

    def table(self, confidence: float = 0.95) -> pd.DataFrame:
        """Return coefficients with errors and intervals, and as odds ratios ``ratio``, ``ratio_low``, ``ratio_high``."""
        from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

        beta, half = self.coefficients, ndtri((1 + confidence) / 2) * self.se
        log = pd.DataFrame({"value": beta, "low": beta - half, "high": beta + half})
        ratios = np.exp(log).set_axis(["ratio", "ratio_low", "ratio_high"], axis=1)
        return pd.concat([log, ratios], axis=1).assign(se=self.se)

    def predict(self, x: pd.DataFrame) -> pd.Series:
        """Return the chance of each row; a row with a blank has none, NaN."""
        beta = self.coefficients
        return _chance(beta[INTERCEPT] + x[beta.index[1:]].astype(float) @ beta.iloc[1:])


def logistic(x: pd.DataFrame, y: ArrayLike, ridge: float = 0.0, offset: ArrayLike | None = None) -> Logistic:
    r"""Fit a logit by maximum likelihood (逻辑回归).

    .. math::
        \ln\frac{p_i}{1 - p_i} = \beta_0 + x_i^\top \beta + o_i, \qquad
        \max_\beta \sum_i \bigl[y_i \ln p_i + (1 - y_i) \ln(1 - p_i)\bigr] - \frac{\lambda}{2} \sum_j (s_j \beta_j)^2

    with the variable's standard deviation :math:`s_j`, so that units do not matter; the intercept is not drawn to 0.

    Parameters
    ----------
    x : DataFrame
        A row a unit, a column a variable; no blanks. No columns: one chance for all.
    y : array_like, shape (n,)
        1 (True) where it happened, else 0.
    ridge : float
        :math:`\lambda`, 0 or more: how hard coefficients are drawn towards 0.
    offset : array_like, shape (n,), optional
        What is added to the log-odds with a weight of 1.

    Returns
    -------
    Logistic
        With a ridge, errors are those of the drawn estimate, and too small for the true coefficients, since it is biased.

    Raises
    ------
    ValueError
        A negative ridge, blanks, another outcome than 0 and 1, all or none happened, variables that cannot be told apart, or variables that separate those to
        whom it happened from the others: then coefficients have no end, and the message names the variables.

    Notes
    -----
    Unit of analysis: the row; errors take rows for independent, and are too small where children of one school go up and down together.
    Newton's method (the log-likelihood is concave). Ridge: le Cessie and van Houwelingen (1992), Applied Statistics 41; separation: Albert and
    Anderson (1984), Biometrika 71, found by the linear program of Konis (2007).

    Examples
    --------
    Of 100 children who were seldom absent 2 left, of 100 others 10: odds 2/98 and 10/90.

    >>> often = pd.DataFrame({"often": np.repeat([0, 0, 1, 1], [98, 2, 90, 10])})
    >>> fit = logistic(often, np.repeat([0, 1, 0, 1], [98, 2, 90, 10]))
    >>> round(float(np.exp(fit.coefficients["often"])), 3)
    5.444
    """
    if not 0 <= ridge < np.inf:
        raise ValueError(f"ridge（岭）要是0或更大的数，现在是{ridge}")
    outcome, base = _checked(x, y, offset)
    design = np.column_stack([np.ones(len(outcome)), x.to_numpy(dtype=float)])
    scale = np.r_[1.0, np.where(design[:, 1:].std(axis=0) > 0, design[:, 1:].std(axis=0), 1.0)]
    centre = np.r_[0.0, design[:, 1:].mean(axis=0)]
    penalty = ridge * np.r_[0.0, np.ones(x.shape[1])]
    standard = (design - centre) / scale
    if ridge == 0:
        _refuse_separation(standard, outcome, list(x.columns))
    beta, information = _fitted(standard, outcome, base, penalty)
    back = np.diag(1 / scale)  # from standardised variables to those given
    back[0, 1:] = -centre[1:] / scale[1:]
    names = [INTERCEPT, *x.columns]
    covariance = pd.DataFrame(back @ np.linalg.inv(information) @ back.T, names, names)
    share = outcome.mean()
    null = len(outcome) * (share * np.log(share) + (1 - share) * np.log(1 - share))
    loglik = _loglik(standard @ beta + base, outcome)
    return Logistic(
        pd.Series(back @ beta, names), covariance, loglik, float(null), len(outcome), int(outcome.sum())
    )


def _checked(x: pd.DataFrame, y: ArrayLike, offset: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    outcome = np.asarray(y, dtype=float)
    base = np.zeros(len(outcome)) if offset is None else np.asarray(offset, dtype=float)
    if len(x) != len(outcome) or len(base) != len(outcome):
        raise ValueError(f"变量有{len(x)}行，结果有{len(outcome)}行，要一样多")
    blank = [str(name) for name in x if not np.isfinite(x[name].to_numpy(dtype=float)).all()]
    if blank or np.isnan(outcome).any() or not np.isfinite(base).all():
        raise ValueError(f"有空着的数（{'、'.join(blank) or '结果'}）：先定好缺的怎样处理，不能当作0")
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("结果只能是0（没有发生）和1（发生了）")
    if not 0 < outcome.sum() < len(outcome):
        raise ValueError("全部发生了，或者一个也没有发生，估不出来：再加一年的数据，或者几个县合起来估")
    return outcome, base


def _fitted(
    x: np.ndarray, y: np.ndarray, base: np.ndarray, penalty: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    def loglik(beta: np.ndarray) -> float:
        return _loglik(x @ beta + base, y) - penalty @ beta**2 / 2

    def slope(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = _chance(x @ beta + base)
        return x.T @ (y - p) - penalty * beta, (x.T * (p * (1 - p))) @ x + np.diag(penalty)

    try:
        return climb(loglik, slope, np.zeros(x.shape[1]))
    except NotIdentifiedError:
        raise ValueError(MANY) from None
    except NoMaximumError:
        raise ValueError("估计没有收敛：请少放变量，或者用ridge（岭）") from None


def _refuse_separation(x: np.ndarray, y: np.ndarray, names: list[str]) -> None:
    """Raise where some variables part those to whom it happened from the others; name no more of them than it takes."""
    if not _parts(x, y):
        return
    needed = list(range(1, x.shape[1]))
    for column in reversed(range(1, x.shape[1])):
        without = [other for other in needed if other != column]
        needed = without if _parts(x[:, [0, *without]], y) else needed
    raise ValueError(
        f"“{'、'.join(str(names[column - 1]) for column in needed)}”把发生的和没有发生的分开了，系数没有尽头，估不出来。"
        "可以把细的档并起来，少放一个变量，多用几年的数据，或者用ridge（岭）"
    )


def _parts(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether some line has nobody on the wrong side and somebody off the line: the linear program finds the one that parts most."""
    from scipy.optimize import linprog  # noqa: PLC0415  heavy: only where it is used

    signed = x * (2 * y - 1)[:, None]
    found = linprog(-signed.sum(axis=0), -signed, np.zeros(len(y)), bounds=(-1, 1), method="highs")
    return bool(found.status == 0 and -found.fun > SEEN * len(y))


def _loglik(eta: np.ndarray, y: np.ndarray) -> float:
    return float((y * eta - np.logaddexp(0, eta)).sum())


def _chance(eta: ArrayLike) -> ArrayLike:
    """Return chances from log-odds, without overflow."""
    from scipy.special import expit  # noqa: PLC0415  heavy: only where it is used

    return expit(eta)
