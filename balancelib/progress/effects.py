"""What a programme did that began in different years in different schools: what a before/after table claims, and what stands of it.

Who is chosen for a low score was partly unlucky and comes back by itself; the year of the choice is therefore no base to compare with.
And where effects grow, a coefficient of two-way fixed effects takes those who began earlier as untreated, and what they still gain as a trend.
"""

from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.measures.effects import clustered_fit
from balancelib.measures.estimation import Estimate, student_estimate
from balancelib.progress.panels import NEVER, before_choice

FIXED = "| section + year"


class Parts(NamedTuple):
    """What a before/after table claims, taken apart; the last three add up to the first.

    Attributes
    ----------
    claimed : float
        Mean difference of the years since the beginning from the year before it.
    rebound : float
        By how much the year before was below what was to be expected of the section: it comes back by itself.
    common : float
        What sections without the programme changed by from that year on.
    effect : float
        What is left: the mean effect of `two_stage` with the base of `before_choice`.
    """

    claimed: float
    rebound: float
    common: float
    effect: float


def before_after(panel: pd.DataFrame, level: float = 0.95) -> Estimate:
    """Return the mean difference of the years since the beginning from the year before: what a before/after table claims (前后对比).

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    level : float
        Of the interval; rows of a school may go up and down together.
    """
    rows = _with_year_before(panel)
    fit = clustered_fit(rows["value"] - rows["before"], np.ones((len(rows), 1)), rows["school_id"])
    return fit.estimate(0, level)._replace(n=rows["section"].nunique())


def _with_year_before(panel: pd.DataFrame, column: str = "value") -> pd.DataFrame:
    """Return the rows since the beginning, with the number of the year before it."""
    before = panel[panel["years_since"] == -1].set_index("section")[column].rename("before")
    rows = panel[panel["treated"]].join(before, on="section").dropna(subset=["before"])
    if rows.empty:
        raise Lacking("做了这个项目的学校，开始前一年都没有成绩，比不了前后。")
    return rows


def before_after_parts(panel: pd.DataFrame) -> Parts:
    r"""Take apart what a before/after table claims: what came back by itself, what everybody changed by, and the effect.

    .. math::
        \overline{y_{it} - y_{i,g-1}} = \overline{\hat y_{i,g-1} - y_{i,g-1}} + \overline{\hat y_{it} - \hat y_{i,g-1}}
        + \overline{y_{it} - \hat y_{it}}

    with the score :math:`\hat y` that is expected without the programme: of the section's own and the year's fixed effect, fitted to the rows
    without it of `before_choice`.

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    """
    clean = before_choice(panel)
    fit = pyfixest().feols(f"value ~ 1 {FIXED}", clean[~clean["treated"]], vcov="iid")
    rows = panel[panel["section"].isin(clean["section"])]
    rows = rows.assign(expected=fit.predict(newdata=rows))
    since = _with_year_before(rows)
    expected_before = _with_year_before(rows, "expected")["before"]
    differences = (
        since["value"] - since["before"],
        expected_before - since["before"],
        since["expected"] - expected_before,
        since["value"] - since["expected"],
    )
    return Parts(*(float(difference.mean()) for difference in differences))


def two_way(panel: pd.DataFrame, level: float = 0.95) -> Estimate:
    r"""Return the coefficient of a regression with a level for each section and each year (双向固定效应).

    .. math:: y_{it} = \alpha_i + \lambda_t + \beta D_{it} + \varepsilon_{it}

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    level : float
        Of the interval; errors are clustered by school.

    Notes
    -----
    Where effects differ it is a mean with weights nobody chose, some perhaps below 0: see `two_way_weights`.
    """
    fit = pyfixest().feols(f"value ~ on {FIXED}", with_on(panel), vcov={"CRV1": "school_id"})
    return estimate(fit.coef().iloc[0], fit.se().iloc[0], panel, level)


def two_way_weights(panel: pd.DataFrame) -> pd.DataFrame:
    r"""Return with what weight the effect of each group in each year counts in the coefficient of `two_way` (权数).

    .. math:: \beta = \sum_{D_{it}=1} w_{it} \tau_{it}, \qquad w_{it} = \tilde D_{it} \Big/ \sum_{D_{it}=1} \tilde D_{it}

    with the residual :math:`\tilde D` of the programme on the fixed effects.

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.

    Returns
    -------
    DataFrame
        By ``began`` and ``years_since``: ``weight`` of all its sections; ``share``, the weight in a plain mean. Both add up to 1.

    Notes
    -----
    de Chaisemartin and D'Haultfœuille (2020), American Economic Review 110, theorem 1.
    """
    fit = pyfixest().feols(f"on ~ 1 {FIXED}", with_on(panel), vcov="iid")
    rows = panel.assign(weight=fit.resid())[panel["treated"]]
    rows = rows.assign(weight=rows["weight"] / rows["weight"].sum(), share=1 / len(rows))
    return rows.astype({"years_since": int}).groupby(["began", "years_since"])[["weight", "share"]].sum()


def two_stage(panel: pd.DataFrame, level: float = 0.95) -> Estimate:
    r"""Return the mean effect by Gardner's two stages (分两步的双重差分).

    First the levels of sections and years are fitted to rows without the programme alone; then what is seen in the other rows is
    compared with what is expected of them: each section with the programme in each year counts the same.

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`, or of `before_choice`.
    level : float
        Of the interval; errors are clustered by school and count those of the first stage.

    Notes
    -----
    Gardner (2021), arXiv:2207.05943; Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, have the same mean.
    """
    fit = pyfixest().did2s(
        with_on(panel),
        yname="value",
        first_stage=f"~ 0 {FIXED}",
        second_stage="~ on",
        treatment="treated",
        cluster="school_id",
    )
    return estimate(fit.coef()["on"], fit.se()["on"], panel, level)


def with_on(panel: pd.DataFrame) -> pd.DataFrame:
    """Add the programme as a number; rows are counted from 0, as pyfixest expects."""
    return panel.assign(on=panel["treated"].astype(float)).reset_index(drop=True)


def estimate(value: float, error: float, panel: pd.DataFrame, level: float) -> Estimate:
    """Return an estimate with Student's interval.

    Degrees of freedom are the schools, less one, of the side that has fewer: with the programme, or never. From few schools errors by
    school come out too small, however many stand on the other side: MacKinnon and Webb (2018), Econometrics Journal 21.
    """
    sides = (
        panel.loc[chosen, "school_id"].nunique() for chosen in (panel["treated"], panel["began"] == NEVER)
    )
    fewer = min(number for number in sides if number)
    n = panel.loc[panel["treated"], "section"].nunique()
    return student_estimate(float(value), float(error), max(fewer - 1, 1), n, level)


def pyfixest() -> ModuleType:
    """Load pyfixest: it takes three seconds, and only effects need it."""
    import pyfixest  # noqa: PLC0415

    return pyfixest
