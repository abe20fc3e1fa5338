"""Whether what schools have depends on how rich their place is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import Sample


class WealthNeutrality(NamedTuple):
    """How a resource goes with wealth: ``elasticity`` and ``slope`` of the two lines, and the ``correlation``."""

    elasticity: float
    slope: float
    correlation: float


@measure("resource", "wealth", "weights")
def wealth_neutrality(
    resource: ArrayLike, wealth: ArrayLike, weights: ArrayLike | None = None
) -> WealthNeutrality:
    r"""Wealth neutrality (财富中立性).

    .. math::
        \ln r = \alpha + \varepsilon \ln v, \qquad r = a + b v, \qquad
        \rho = \frac{\sum_i w_i (r_i - \bar r)(v_i - \bar v)}{S_r S_v}

    by (weighted) least squares.

    Parameters
    ----------
    resource : array_like, shape (n,)
        What each place has, per pupil; any unit.
    wealth : array_like, shape (n,)
        How rich each place is; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    WealthNeutrality
        ``elasticity``: by how many percent the resource grows with one percent of wealth, 0 where it does not depend on it; NaN where
        a value is not positive. ``slope``: in units of the resource a unit of wealth. ``correlation``: from -1 to 1; NaN where the resource
        is the same everywhere.

    Raises
    ------
    ValueError
        As `cv`; also wealth that is the same everywhere.

    Notes
    -----
    Unit of analysis: what the weights count. All three are needed: a strong correlation with a tiny elasticity does not matter much. Source:
    Berne and Stiefel (1984), The Measurement of Equity in School Finance.

    Examples
    --------
    >>> wealth_neutrality(resource=[400, 300, 200, 100], wealth=[100, 200, 300, 400]).slope
    -1.0
    """
    slope, correlation = _line(Sample(wealth, weights), Sample(resource, weights))
    if np.isnan(slope):
        raise ValueError("各处的财力都一样，看不出资源随财力怎样变")
    elasticity = np.nan
    if wealth.min() > 0 and resource.min() > 0:
        elasticity, _ = _line(Sample(np.log(wealth), weights), Sample(np.log(resource), weights))
    return WealthNeutrality(float(elasticity), float(slope), float(correlation))


def _line(across: Sample, up: Sample) -> tuple[float, float]:
    """Slope and correlation."""
    dx, dy = across.deviations(), up.deviations()
    xx, xy, yy = across.mean(dx * dx), across.mean(dx * dy), across.mean(dy * dy)
    return (xy / xx if xx > 0 else np.nan), (xy / np.sqrt(xx) / np.sqrt(yy) if xx * yy > 0 else np.nan)
