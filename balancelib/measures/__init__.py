"""Measures of inequality: pure functions of arrays and weights that know nothing of schools."""

from balancelib.measures.access import two_step_fca
from balancelib.measures.between import (
    ShareInterval,
    chance_if,
    expected_eta2,
    seen_below,
    seen_range,
    share_interval,
)
from balancelib.measures.columns import Omitted
from balancelib.measures.concentration import concentration_index
from balancelib.measures.decomposition import Decomposition, decompose
from balancelib.measures.dispersion import Contribution, contribution, cv, hoover
from balancelib.measures.entropy import atkinson, generalised_entropy, theil_l, theil_t
from balancelib.measures.estimation import Estimate, estimate
from balancelib.measures.intercepts import RandomIntercept, random_intercept
from balancelib.measures.lorenz import Lorenz, gini, lorenz, palma, quintile_share_ratio, top_share
from balancelib.measures.multilevel import Intraclass, intraclass
from balancelib.measures.neutrality import WealthNeutrality, wealth_neutrality
from balancelib.measures.quantiles import (
    federal_range_ratio,
    mcloone,
    percentile_ratio,
    quantile,
    range_ratio,
    restricted_range,
    verstegen,
)
from balancelib.measures.segregation import (
    dissimilarity,
    exposure,
    isolation,
    parity_index,
    segregation_gini,
    theil_h,
)
from balancelib.measures.segregation_chance import ByChance, Corrected, by_chance, without_bias
from balancelib.measures.segregation_change import SegregationChange, fit_margins, segregation_change
from balancelib.measures.summary import summarise

__all__ = [
    "ByChance", "Contribution", "Corrected", "Decomposition", "Estimate", "Intraclass", "Lorenz", "Omitted", "RandomIntercept",
    "SegregationChange", "ShareInterval", "WealthNeutrality", "atkinson",
    "by_chance", "chance_if", "concentration_index", "contribution", "cv", "decompose", "dissimilarity", "estimate", "expected_eta2", "exposure",
    "federal_range_ratio", "fit_margins", "generalised_entropy", "gini", "hoover", "intraclass", "isolation", "lorenz", "mcloone", "palma",
    "parity_index", "percentile_ratio", "quantile", "quintile_share_ratio", "random_intercept", "range_ratio", "restricted_range",
    "seen_below", "seen_range", "segregation_change", "segregation_gini", "share_interval", "summarise", "theil_h", "theil_l", "theil_t", "top_share", "two_step_fca", "verstegen",
    "wealth_neutrality", "without_bias",
]  # fmt: skip
