"""Effects by years since the beginning: Sun and Abraham's event study, where not all began in the same year."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.measures.estimation import Estimate
from balancelib.progress.effects import FIXED, estimate, pyfixest
from balancelib.progress.panels import NEVER, before_choice, first_choice


class _Cells(NamedTuple):
    """Effects of each group in each year since, with their covariance, and how many sections are in each."""

    effects: pd.Series
    covariance: pd.DataFrame
    sections: pd.Series

    def mean(self, cells: pd.Index, panel: pd.DataFrame, level: float) -> Estimate:
        """Return the mean of some cells, each with the number of its sections as weight."""
        weights = self.sections[cells] / self.sections[cells].sum()
        error = np.sqrt(weights @ self.covariance.loc[cells, cells] @ weights)
        return estimate(weights @ self.effects[cells], error, panel, level)


def _saturated(panel: pd.DataFrame, clean: bool) -> _Cells:
    """Fit an effect for each group in each year, but those of the base."""
    if clean:
        panel = panel[panel["section"].isin(before_choice(panel)["section"])]
    base = panel["year"] < first_choice(panel) if clean else panel["years_since"] == -1
    has_base = base.groupby(panel["began"]).transform("any") | (panel["began"] == NEVER)
    if not base[panel["began"] > NEVER].any():
        raise Lacking("做了这个项目的学校，开始前一年都没有成绩：没有可以作基准的年份。")
    panel, base = panel[has_base], base[has_base]
    free = (panel["began"] > NEVER) & ~base
    cell = panel["began"].astype(str) + "|" + panel["years_since"].map("{:.0f}".format)
    rows = panel.assign(cell=cell.where(free, "base"))
    fit = pyfixest().feols(f'value ~ i(cell, ref="base") {FIXED}', rows, vcov={"CRV1": "school_id"})
    names = fit.coef().index.str.removeprefix("cell::").str.split("|")
    index = pd.MultiIndex.from_tuples([(int(g), int(s)) for g, s in names], names=["began", "years_since"])
    covariance = pd.DataFrame(fit._vcov, index, index)  # pyfixest hands it on nowhere else
    sections = rows[free].groupby(["began", "years_since"]).size().reindex(index)
    return _Cells(fit.coef().set_axis(index), covariance, sections)


def event_study(panel: pd.DataFrame, clean: bool = False, level: float = 0.95) -> pd.DataFrame:
    """Return the mean effect by years since the beginning: Sun and Abraham's event study (事件研究).

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    clean : bool
        Base of the comparison: each group's year before it began, or, if true, all years before anybody was chosen, as of `before_choice`.
    level : float
        Of the interval; errors are clustered by school.

    Returns
    -------
    DataFrame
        Index ``years_since``; ``value, se, low, high, n``: n sections, each counting the same. Groups whose year is a base are not in the mean, nor are groups
        without a base.

    Notes
    -----
    Only sections that never began are compared with. Sun and Abraham (2021), Journal of Econometrics 225; shares of the groups are taken as known.
    """
    cells = _saturated(panel, clean)
    index = cells.effects.index
    years = index.get_level_values("years_since")
    found = {
        year: cells.mean(index[years == year], panel, level)._replace(
            n=cells.sections[index[years == year]].sum()
        )
        for year in sorted(set(years))
    }
    return pd.DataFrame(found.values(), index=pd.Index(found, name="years_since"))


def event_mean(panel: pd.DataFrame, clean: bool = False, level: float = 0.95) -> Estimate:
    """Return the mean of an event study's effects since the beginning, each section and year counting the same.

    Parameters
    ----------
    panel, clean, level
        As for `event_study`.
    """
    cells = _saturated(panel, clean)
    since = cells.effects.index.get_level_values("years_since")
    return cells.mean(cells.effects.index[since >= 0], panel, level)
