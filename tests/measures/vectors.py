"""How each vector of `../shared/vectors`, and each literal one kept here, is put to our measures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from balancelib import measures as m

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "vectors"

# Vectors of measures or definitions that are not ours, and why not.
NOT_OURS = {
    "gini-ineq-doc-corrected": "with the correction n/(n-1), which ours has not",
    "sgini-1.5-ineq-doc": "the extended Gini is not in the list",
    "sgini-3-ineq-doc": "the extended Gini is not in the list",
    "gini-negatives-zero": "takes negative values for zero; ours counts them as they are",
    "qsr-eusilc": "Eurostat's rule of whole units; ours counts a unit on the line in part",
    "wolfson-pysal-doc": "polarisation is not in the list",
    "q7-caschools": "interpolated quantiles (type 7); ours is the inverted distribution",
    "ede-pysal-doc-0.5": "the equally distributed equivalent is mean × (1 - Atkinson), and not in the list; tested as that",
    "extci-housing-v3": "the extended concentration index is not in the list",
    "ci-housing-se-ols": "error of the convenient regression, which takes ranks as fixed",
    "ci-housing-se-hc1": "error of the convenient regression, which takes ranks as fixed",
    "ci-housing-se-delta": "error of the convenient regression, which takes ranks as fixed",
    "erreygers-apipop-schwide-cluster-se": "error of the convenient regression; the value is tested",
    "se-gini-ineq-doc-convey": "convey's Gini is another formula, not free of the weights' scale; apart from that only for n = 10",
    "se-gini_clus1": "convey's Gini formula, and a finite population correction, which ours has not",
    "mean-api-clus1": "the mean is not a measure of inequality; wants a finite population correction",
    "mean-api-strat": "the mean is not a measure of inequality; wants a finite population correction",
    "stockwatson-testscore-str": "a regression of scores, not of a resource on wealth",
}


def _theil_h_by(frame, unit, group, n):
    counts = frame.pivot_table(index=unit, columns=group, values=n, aggfunc="sum", fill_value=0)
    return m.theil_h(*counts.to_numpy().T)


def _two_groups(v, data):
    counts = data.pivot_table(index="school", columns="race", values="n", aggfunc="sum", fill_value=0)
    a, b = (counts[group] for group in ["white", "black"])
    return a.to_numpy(), b.to_numpy()


def _segregation(name):
    def of(v, data):
        i = v["inputs"]
        a, b = (i["group_a"], i["group_b"]) if "group_a" in i else _two_groups(v, data)
        return getattr(m, name)(a, b)

    return of


def _isolation_exposure(v, data):
    white, black = _two_groups(v, data)
    return {"isolation_black": m.isolation(black, white), "exposure_black_white": m.exposure(black, white)}


def _mutual(v, data):
    if data is None:
        groups = np.transpose(v["inputs"]["group_counts"])
        return {"H": m.theil_h(*groups)}
    return {"H": _theil_h_by(data, v["inputs"]["unit"], "race", "n")}


def _within(v, data):
    return {"H": _theil_h_by(data, "school", "race", "n") - _theil_h_by(data, "state", "race", "n")}


def _column(v, data, key="column"):
    return np.array(v["inputs"]) if data is None else data[v["inputs"][key]].to_numpy(dtype=float)


def _weights(v, data):
    if v["weights"] is None:
        return None
    return (
        data[v["weights"]].to_numpy(dtype=float) if isinstance(v["weights"], str) else np.array(v["weights"])
    )


def _simple(name):
    def of(v, data):
        options = {k: p for k, p in v["parameters"].items() if k in {"alpha", "epsilon", "p", "q", "ddof"}}
        return getattr(m, name)(_column(v, data), weights=_weights(v, data), **options)

    return of


def _decomposition(measure):
    def of(v, data):
        groups = data[v["inputs"]["groups"]].to_numpy()
        alpha = {"alpha": v["parameters"]["alpha"]} if measure == "generalised_entropy" else {}
        return m.decompose(_column(v, data), groups, _weights(v, data), measure, **alpha)._asdict()

    return of


def _concentration(kind):
    def of(v, data):
        i = v["inputs"]
        if data is None:
            x, rank = i["outcome"], i["rank"]
        else:
            x = data["sch.wide"] == "Yes" if "==" in i["outcome"] else data[i["outcome"]]
            rank = 100 - data["meals"] if i["rank"] == "100-meals" else data[i["rank"]]
        options = {"limits": v["parameters"]["limits"]} if "limits" in v["parameters"] else {}
        return m.concentration_index(x, rank, _weights(v, data), kind=kind, **options)

    return of


def _rci(v, data):
    expected = _concentration("standard")(v, data)
    return {"value": expected} if isinstance(v["expected"], dict) else expected


def _se(measure, **options):
    def of(v, data):
        if data is None:
            return m.estimate(measure, v["inputs"]).se
        one_stage = "id rb030" in v["inputs"]["design"]
        cluster = None if one_stage else data["db030"]
        more = {"alpha": v["parameters"]["alpha"]} if "alpha" in v["parameters"] else {}
        found = m.estimate(
            measure,
            _column(v, data),
            _weights(v, data),
            strata=data["db040"],
            cluster=cluster,
            **more,
            **options,
        )
        return found.se

    return of


def _var_gini(v, data):
    """Of the corrected Gini: (n / (n - 1))² times ours."""
    x = v["inputs"]
    method = {"zjackknife": "jackknife", "zalinearization": "linearised"}[v["parameters"]["method"]]
    return (m.estimate(m.gini, x, method=method).se * len(x) / (len(x) - 1)) ** 2


def _intraclass(method):
    def of(v, data):
        if data is None:
            rows = np.array(v["inputs"]["matrix_groups_by_rows"])
            return m.intraclass(rows.ravel(), np.repeat(np.arange(len(rows)), rows.shape[1]), method)
        found = m.intraclass(data[v["inputs"]["outcome"]], data[v["inputs"]["group"]], method)
        parts = {"tau00": found.between, "sigma2": found.within, "icc": float(found)}
        return parts if isinstance(v["expected"], dict) else found

    return of


def _random_intercept(v, data):
    return _intraclass(v["parameters"]["method"].lower())(v, data)


def _neutrality(part):
    def of(v, data):
        i = v["inputs"]
        columns = i if data is None else data
        resource, wealth = i["resource"], i["wealth"]
        if data is not None:
            data = data.dropna(subset=[resource, wealth])
            resource, wealth = data[resource], data[wealth]
        found = m.wealth_neutrality(resource, wealth, _weights(v, columns))
        logs = m.wealth_neutrality(np.log(resource), np.log(wealth), _weights(v, columns))
        return {
            "slope": getattr(found, part),
            "correlation": (logs if part == "elasticity" else found).correlation,
        }

    return of


def _two_step(v, data):
    i = v["inputs"]
    places = [str(place) for place in i["order"]]
    cost = np.full((len(places), len(places)), np.inf)
    for row in i["od"]:
        cost[places.index(str(row["origin"])), places.index(str(row["dest"]))] = row["cost"]
    supply, demand = ([i[side][place] for place in places] for side in ("supply", "demand"))
    return m.two_step_fca(supply, demand, cost, **v["parameters"])


def _parity(v, data):
    a, b = v["inputs"]["disadvantaged"], v["inputs"]["advantaged"]
    return {"raw": m.parity_index(a, b), "adjusted": m.parity_index(a, b, adjusted=True)}


def _all_dispersion(v, data):
    p95_over_p5 = m.percentile_ratio(v["inputs"], upper=0.95, lower=0.05)
    names = ("cv", "mcloone", "verstegen", "federal_range_ratio")
    return {name: getattr(m, name)(v["inputs"]) for name in names} | {"restricted_range_ratio": p95_over_p5}


def _between_group_variance(v, data):
    return (m.cv(v["inputs"], v["weights"]) * np.average(v["inputs"], weights=v["weights"])) ** 2


def _lorenz(v, data):
    p, held = m.lorenz(v["inputs"], _weights(v, data))
    at = v["expected"]["p"]
    return {"p": at, "L": np.interp(at, p, held)}  # order inside ties may differ, the curve may not


def _grid(v, data):
    from scipy import stats  # noqa: PLC0415  only these need it

    laws = {
        "uniform01": stats.uniform(), "exponential": stats.expon(), "lognormal-s1": stats.lognorm(1),
        "lognormal-s0.5": stats.lognorm(0.5), "pareto-a3": stats.pareto(3), "weibull-k2": stats.weibull_min(2),
    }  # fmt: skip
    n = v["inputs"]["N"]
    x = laws[v["inputs"]["quantile_grid"]].ppf((np.arange(n) + 0.5) / n)
    return getattr(m, v["measure"])(x, **v["parameters"])


OURS = {
    "between_group_variance": _between_group_variance,
    "concentration_index": _rci,
    "dispersion_all": _all_dispersion,
    "elasticity_loglog": _neutrality("elasticity"),
    "erreygers": _concentration("erreygers"),
    "eta_squared": _intraclass("eta2"),
    "ge_decomposition": _decomposition("generalised_entropy"),
    "generalised_concentration_index": _concentration("generalised"),
    "gini_decomposition": _decomposition("gini"),
    "icc_oneway": _intraclass("anova"),
    "icc_random_intercept": _random_intercept,
    "isolation_exposure": _isolation_exposure,
    "lorenz": _lorenz,
    "mutual_information_M_and_H": _mutual,
    "mutual_information_within": _within,
    "parity_index": _parity,
    "pearson_correlation": _neutrality("slope"),
    "restricted_range_ratio": lambda v, data: m.percentile_ratio(
        _column(v, data), _weights(v, data), upper=0.95, lower=0.05
    ),
    "s80s20": _simple("quintile_share_ratio"),
    "se_ge_linearised": _se(m.generalised_entropy),
    "se_gini_linearised": _se(m.gini),
    "slope_linear": _neutrality("slope"),
    "theil_H": _segregation("theil_h"),
    "two_step_fca": _two_step,
    "var_gini": _var_gini,
    "wagstaff": _concentration("wagstaff"),
    "weighted_quantile": _simple("quantile"),
} | {
    name: _simple(name)
    for name in (
        "atkinson", "cv", "federal_range_ratio", "generalised_entropy", "gini", "hoover", "mcloone", "palma",
        "restricted_range", "top_share", "verstegen",
    )
} | {name: _segregation(name) for name in ("dissimilarity", "isolation", "segregation_gini")}  # fmt: skip


def compute(vector):
    """What ours makes of a vector: a number, or several by name."""
    inputs = vector["inputs"]
    if isinstance(inputs, dict) and "quantile_grid" in inputs:
        return _grid(vector, None)
    return OURS[vector["measure"]](vector, _data(inputs))


def _data(inputs):
    if not (isinstance(inputs, dict) and "dataset" in inputs):
        return None
    data = pd.read_csv(SHARED / inputs["dataset"])
    filters = {"eqIncome>0": "eqIncome > 0", "enroll not null": "enroll.notna()"}
    return data.query(filters[inputs["filter"]]) if inputs.get("filter") in filters else data


def literal():
    """The vectors whose inputs are numbers, kept with their sources."""
    return json.loads((HERE / "vectors.json").read_text("utf-8"))


def shared():
    """All vectors of the shared folder; none where it is absent."""
    files = sorted(SHARED.glob("*.json"))
    return [
        v for file in files if file.stem != "negative_examples" for v in json.loads(file.read_text("utf-8"))
    ]
