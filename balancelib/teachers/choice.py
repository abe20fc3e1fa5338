"""Conditional logit: how much each attribute of what is offered weighs in the choices that people make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from balancelib.county import Lacking
from balancelib.measures.newton import NoMaximumError, NotIdentifiedError, climb


@dataclass(frozen=True)
class Logit:
    """What `conditional_logit` found.

    Attributes
    ----------
    coefficients : Series
        By attribute: by how much one unit more raises the utility.
    covariance : DataFrame
        Of the coefficients, robust where clusters were given.
    loglik, null : float
        Log-likelihood, and that of choosing by lot.
    sets, clusters : int
        Choices made, and persons who made them.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    loglik: float
    null: float
    sets: int
    clusters: int

    @property
    def se(self) -> pd.Series:
        """Standard errors."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), self.coefficients.index)

    @property
    def mcfadden(self) -> float:
        """McFadden's R²: 0 where the attributes say nothing, never near 1; 0.2 to 0.4 is a good fit."""
        return 1 - self.loglik / self.null

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return coefficients with standard errors and intervals."""
        half = ndtri((1 + level) / 2) * self.se
        found = {
            "value": self.coefficients,
            "se": self.se,
            "low": self.coefficients - half,
            "high": self.coefficients + half,
        }
        return pd.DataFrame(found)

    def draws(self, n: int, seed: int) -> np.ndarray:
        """Draw coefficients as they might have been found: normal, with this covariance."""
        rng = np.random.default_rng(seed)
        return rng.multivariate_normal(self.coefficients, self.covariance, size=n, method="eigh")


def conditional_logit(
    attributes: pd.DataFrame, chosen: pd.Series, sets: pd.Series, clusters: pd.Series | None = None
) -> Logit:
    r"""Estimate a conditional logit by maximum likelihood (条件逻辑回归).

    .. math::
        P_{ij} = \frac{e^{x_{ij}^\top \beta}}{\sum_k e^{x_{ik}^\top \beta}}, \qquad
        \hat V = \frac{C}{C - 1}\, H^{-1} \Big(\sum_c s_c s_c^\top\Big) H^{-1}

    with the score ``s`` of all choices of a person ``c`` and the information ``H``. Without clusters, :math:`\hat V = H^{-1}`.

    Parameters
    ----------
    attributes : DataFrame
        A row an option of a choice; an attribute that is the same for all options of every choice says nothing.
    chosen : Series of bool
        Whether this option was taken: one in each choice.
    sets : Series
        Which choice the row is of.
    clusters : Series, optional
        Who made it: choices of one person are alike in what we do not see.

    Raises
    ------
    Lacking
        No choice, clusters that are only one, a blank, a choice with not just one option taken, attributes that cannot be told apart, or one that decides alone: its weight has no end.

    Notes
    -----
    Unit of analysis: the choice. Newton's method; the log-likelihood is concave, so that what it finds is the only maximum.
    With clusters, errors come out too small where these are few, some thirty or fewer.
    Source: McFadden (1974), "Conditional Logit Analysis of Qualitative Choice Behavior".
    """
    if attributes.empty:
        raise Lacking("没有一道选择题，估不出来：先收答卷")
    if clusters is not None and clusters.nunique() < 2:
        raise Lacking("只有一个人的答卷，估不出误差：至少要两个人，最好三十人以上")
    x, group = attributes.to_numpy(dtype=float), pd.factorize(sets)[0]
    taken = chosen.to_numpy(dtype=bool)
    if np.isnan(x).any():
        raise Lacking("选择题的数据里有空白，请先去掉不完整的题")
    if (np.bincount(group, taken) != 1).any():
        raise Lacking("有的题没有选，或者选了几个：每道题要正好选一个")
    scale = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    beta, information = _fitted(x / scale, taken, group)
    inverse = np.linalg.inv(information)
    if clusters is not None:
        inverse = _robust(x / scale, taken, group, beta, inverse, pd.factorize(clusters)[0])
    names, p = attributes.columns, _chances(x / scale @ beta, group)
    return Logit(
        pd.Series(beta / scale, names),
        pd.DataFrame(inverse / np.outer(scale, scale), names, names),
        float(np.log(p[taken]).sum()),
        -float(np.log(np.bincount(group)).sum()),
        int(group.max()) + 1,
        len(np.unique(clusters)) if clusters is not None else int(group.max()) + 1,
    )


def _chances(utility: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the chance of each option within its choice."""
    top = np.full(group.max() + 1, -np.inf)
    np.maximum.at(top, group, utility)
    weight = np.exp(utility - top[group])
    return weight / np.bincount(group, weight)[group]


def _fitted(x: np.ndarray, taken: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the log-likelihood is highest, and the information there."""

    def loglik(beta: np.ndarray) -> float:
        return float(np.log(_chances(x @ beta, group)[taken]).sum())

    def slope(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = _chances(x @ beta, group)
        mean = np.zeros((group.max() + 1, x.shape[1]))
        np.add.at(mean, group, p[:, None] * x)
        apart = x - mean[group]
        return (taken - p) @ x, (p[:, None] * apart).T @ apart

    try:
        return climb(loglik, slope, np.zeros(x.shape[1]))
    except NotIdentifiedError:
        raise Lacking(
            "这些属性分不开，或者有一个属性单独就决定了选哪个：请少放一个属性，或者多收答卷"
        ) from None
    except NoMaximumError:
        raise Lacking("估计没有收敛：多半是有一个属性单独就决定了选哪个") from None


def _robust(
    x: np.ndarray,
    taken: np.ndarray,
    group: np.ndarray,
    beta: np.ndarray,
    inverse: np.ndarray,
    cluster: np.ndarray,
) -> np.ndarray:
    """Return the covariance that holds where choices of a person are alike."""
    n = cluster.max() + 1
    scores = np.zeros((n, x.shape[1]))
    np.add.at(scores, cluster, (taken - _chances(x @ beta, group))[:, None] * x)
    return n / (n - 1) * inverse @ (scores.T @ scores) @ inverse


class Money(NamedTuple):
    """An amount of money with its intervals: by the delta method, and by drawn coefficients."""

    value: float
    se: float
    low: float
    high: float
    low_drawn: float
    high_drawn: float


def compensation(
    logit: Logit,
    change: Mapping[str, float],
    money: str = "allowance",
    *,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> Money:
    r"""Return the money that makes up for a change (要多少钱才抵得上).

    .. math::
        w = -\frac{\sum_k \beta_k \Delta_k}{\beta_m}, \qquad
        \widehat{var}(w) = g^\top \hat V g, \quad g_k = -\frac{\Delta_k}{\beta_m}, \quad g_m = -\frac{w}{\beta_m}

    Parameters
    ----------
    logit : Logit
        Of `conditional_logit`.
    change : mapping of str to float
        By how much attributes change: ``{"minutes": 30}``. Below 0 is the money that the change is worth.
    money : str
        The attribute that is money.
    level, draws, seed
        Of the intervals.

    Raises
    ------
    Lacking
        More money does not make people choose it more often: nothing can be told in money.

    Notes
    -----
    Source: Krinsky and Robb (1986), "On Approximating the Statistical Properties of Elasticities", for the drawn interval; the quantiles of ratios need no variance.
    """
    beta = logit.coefficients
    if beta[money] <= 0:
        raise Lacking("补贴多的岗位并没有更多人选，换算不成钱：先查问卷")
    delta = pd.Series(change, dtype=float).reindex(beta.index, fill_value=0.0)
    value = float(-(beta @ delta) / beta[money])
    slope = -delta / beta[money]
    slope[money] -= value / beta[money]
    se = float(np.sqrt(slope @ logit.covariance @ slope))
    drawn = logit.draws(draws, seed)
    ratios = -(drawn @ delta.to_numpy()) / drawn[:, beta.index.get_loc(money)]
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(ratios, [tail, 100 - tail])
    half = ndtri((1 + level) / 2) * se
    return Money(value, se, value - half, value + half, float(low), float(high))
