"""Newton's method for a log-likelihood that is concave: what every logit of this library climbs with."""

from collections.abc import Callable

import numpy as np

STEPS, NEAR = 50, 1e-15  # of Newton's method: what a step still promises of log-likelihood
ROUNDING = 1e-9


class NotIdentifiedError(ValueError):
    """The coefficients cannot be told apart: some direction changes nothing."""


class NoMaximumError(ValueError):
    """Each step still promises more: there is no maximum, or rounding hides it."""


def climb(
    loglik: Callable[[np.ndarray], float],
    slope: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    start: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Climb to the maximum of a concave log-likelihood (牛顿法), halving a step that goes down.

    .. math::
        \beta \leftarrow \beta + I(\beta)^{-1} s(\beta)

    Parameters
    ----------
    loglik : callable
        Of the coefficients: the log-likelihood.
    slope : callable
        Of the coefficients: the score ``s``, shape (k,), and the information ``I``, shape (k, k).
    start : ndarray, shape (k,)
        Where to begin.

    Returns
    -------
    ndarray, ndarray
        The coefficients, and the information there.

    Raises
    ------
    NotIdentifiedError
        The information has not full rank.
    NoMaximumError
        No maximum within 50 steps.

    Notes
    -----
    For a logit it is the same as iteratively reweighted least squares: McCullagh and Nelder (1989), Generalized Linear Models, 2.5.

    Examples
    --------
    Three of four: the log-odds are the logarithm of 3.

    >>> chance = lambda b: 1 / (1 + np.exp(-b[0]))
    >>> beta, _ = climb(
    ...     lambda b: 3 * np.log(chance(b)) + np.log(1 - chance(b)),
    ...     lambda b: (np.array([3 - 4 * chance(b)]), np.array([[4 * chance(b) * (1 - chance(b))]])),
    ...     np.zeros(1),
    ... )
    >>> round(float(np.exp(beta[0])), 9)
    3.0
    """
    beta = np.array(start, dtype=float)
    for _ in range(STEPS):
        score, information = slope(beta)
        if np.linalg.matrix_rank(information, tol=1e-8 * max(np.trace(information), 1.0)) < len(beta):
            raise NotIdentifiedError("这些变量分不开：有一个能由别的算出来")
        step = np.linalg.solve(information, score)
        if score @ step < NEAR:
            return beta, information
        now, share = loglik(beta) - ROUNDING, 1.0
        while loglik(beta + share * step) < now and share > ROUNDING:
            share /= 2
        beta = beta + share * step
    raise NoMaximumError("估计没有收敛：走了50步，还能更好")
