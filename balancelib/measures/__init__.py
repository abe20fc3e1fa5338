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
from balancelib.measures.concentration_parts import (
    ConcentrationParts,
    concentration_bounds,
    concentration_parts,
)
from balancelib.measures.decomposition import Decomposition, decompose
from balancelib.measures.designs import (
    DesignEstimate,
    design_mean,
    design_ratio,
    design_total,
    hansen_hurwitz,
)
from balancelib.measures.dispersion import Contribution, contribution, cv, hoover
from balancelib.measures.draws import draw_systematic, draw_with_replacement, lots
from balancelib.measures.entropy import atkinson, generalised_entropy, theil_l, theil_t
from balancelib.measures.estimation import Estimate, estimate
from balancelib.measures.intercepts import RandomIntercept, random_intercept
from balancelib.measures.kitagawa import Kitagawa, kitagawa
from balancelib.measures.lorenz import Lorenz, gini, lorenz, palma, quintile_share_ratio, top_share
from balancelib.measures.multilevel import Intraclass, intraclass
from balancelib.measures.neutrality import WealthNeutrality, wealth_neutrality
from balancelib.measures.oaxaca import Oaxaca, oaxaca_threefold, oaxaca_twofold
from balancelib.measures.proportions import Interval, newcombe, wilson
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
from balancelib.measures.sizes import allocate, chance_to_show, size_for_mean, size_for_share, size_to_show
from balancelib.measures.standardisation import (
    direct_mean,
    direct_rate,
    indirect_ratio,
    standardised_gap,
    standardised_share,
)
from balancelib.measures.summary import summarise

__all__ = [
    "ByChance", "ConcentrationParts", "Contribution", "Corrected", "Decomposition", "DesignEstimate", "Estimate", "Interval", "Intraclass",
    "Kitagawa", "Lorenz", "Oaxaca", "Omitted", "RandomIntercept", "SegregationChange", "ShareInterval", "WealthNeutrality",
    "allocate", "atkinson", "by_chance", "chance_if", "chance_to_show", "concentration_bounds", "concentration_index", "concentration_parts",
    "contribution", "cv", "decompose", "design_mean", "design_ratio", "design_total", "direct_mean", "direct_rate", "dissimilarity", "draw_systematic", "draw_with_replacement", "estimate", "expected_eta2",
    "exposure", "federal_range_ratio", "fit_margins", "generalised_entropy", "gini", "hansen_hurwitz", "hoover", "indirect_ratio",
    "intraclass", "isolation", "kitagawa", "lorenz", "lots", "mcloone", "newcombe", "oaxaca_threefold", "oaxaca_twofold", "palma",
    "parity_index", "percentile_ratio", "quantile", "quintile_share_ratio", "random_intercept", "range_ratio",
    "restricted_range", "seen_below", "seen_range", "segregation_change", "segregation_gini", "share_interval",
    "size_for_mean", "size_for_share", "size_to_show", "standardised_gap", "standardised_share", "summarise", "theil_h", "theil_l", "theil_t", "top_share", "two_step_fca",
    "verstegen", "wealth_neutrality", "wilson", "without_bias",
]  # fmt: skip
