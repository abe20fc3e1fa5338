"""Similar schools: a stage section beside the thirty that work under the most alike conditions."""

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib.county.indicators import indicators
from balancelib.county.tables import County
from balancelib.standards import Standard

DECIMALS = 12  # of a distance when schools are put in order: what differs behind them is equally near


class Feature(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition that schools are compared by: an amount, its logarithm, a share or a category."""

    key: str
    label: str
    weight: float
    why: str
    unit: str = ""
    category: bool = False
    logarithm: bool = False
    percent: bool = False


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """Deciles with one colour, up to and including ``to``."""

    key: str
    label: str
    to: int


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``similar.toml`` says."""

    neighbours: int
    fewest: int
    features: tuple[Feature, ...]
    bands: tuple[Band, ...]


@functools.cache
def rules() -> Rules:
    """Return features, weights and bands, read once."""
    data = Path(__file__).with_name("similar.toml").read_bytes()
    return msgspec.toml.decode(data, type=Rules)


@dataclass(frozen=True)
class Peers:
    """All sections of a stage in a county's data, ready to be compared.

    Attributes
    ----------
    frame : DataFrame
        By ``school_id``: ``name`` and one column a feature, in its unit; shares from 0 to 1, blank where not known.
    values : DataFrame
        By ``school_id``, one column an indicator.
    scaled : ndarray
        The features so that no two sections are more than 1 apart: amounts over their range, codes of categories.
    weights : ndarray
        Of the features; the largest is 1.
    """

    frame: pd.DataFrame
    values: pd.DataFrame
    scaled: np.ndarray
    weights: np.ndarray

    def nearest(self, school_id: str, n: int) -> pd.DataFrame:
        """Return the ``n`` sections most like that of a school, as `similar_schools` does."""
        if school_id not in self.frame.index:
            raise KeyError(f"没有学校{school_id}的这个学段；不进资源配置的学校不比")
        at = self.frame.index.get_loc(school_id)
        distance, used = self._distances(at)
        order = np.lexsort((self.frame.index.to_numpy(), distance))  # blanks, of no common feature, come last
        order = order[(order != at) & ~np.isnan(distance[order])][:n]
        labels = np.array([f.label for f in rules().features])
        left_out = ["、".join(labels[(self.weights > 0) & ~used[i]]) for i in order]
        return self.frame.iloc[order].assign(distance=distance[order], left_out=left_out).reset_index()

    def _distances(self, at: int) -> tuple[np.ndarray, np.ndarray]:
        """Distance of every section from one, blank where nothing is known of both; and which features it is of."""
        gaps = np.minimum(np.abs(self.scaled - self.scaled[at]), 1.0)  # two categories are 1 apart
        used = ~np.isnan(gaps) & (self.weights > 0)
        weights = np.where(used, self.weights, 0.0)
        with np.errstate(invalid="ignore"):
            squared = (weights * np.nan_to_num(gaps) ** 2).sum(axis=1) / weights.sum(axis=1)
        return np.sqrt(squared).round(DECIMALS), used


def peers(
    county: County,
    stage: str,
    standard: Standard | str = "quality-2017",
    relax: Collection[str] = (),
    weights: Mapping[str, float] | None = None,
) -> Peers:
    """Gather the sections of a stage that the standard counts, with their conditions and indicators.

    Parameters
    ----------
    county : County
        As read; where it holds several counties, sections of all of them are compared.
    stage : str
        ``"primary"`` or ``"junior"``.
    standard, relax
        By which schools are counted and indicators worked out.
    weights : mapping of str to float, optional
        Other weights, by feature; a feature that is not named keeps its own, one of 0 is not looked at.

    Raises
    ------
    ValueError
        An unknown feature, a weight that is negative or no number, or no weight above 0.
    """
    sections = indicators(county, standard, relax)
    here = sections[sections["stage"] == stage].set_index("school_id")
    frame = _conditions(county, stage, here)
    values = here.drop(columns=["county_id", "name", "stage", "pupils"])
    return Peers(frame, values, _scaled(frame), _weights(weights))


def similar_schools(
    county: County,
    stage: str,
    school_id: str,
    n: int | None = None,
    weights: Mapping[str, float] | None = None,
    standard: Standard | str = "quality-2017",
) -> pd.DataFrame:
    """Find the schools whose stage works under the conditions most like those of one school.

    Parameters
    ----------
    county : County
        As read; where it holds several counties, schools of all of them are looked at.
    stage : str
        ``"primary"`` or ``"junior"``.
    school_id : str
        The school that is compared.
    n : int, optional
        How many; 30 by default, and all others where there are fewer.
    weights : mapping of str to float, optional
        Other weights, by feature, as for `peers`.
    standard : Standard or str
        Which schools it counts.

    Returns
    -------
    DataFrame
        A row a school, the most similar first, equally similar ones by ``school_id``: ``school_id, name``, the
        features (``pupils``, ``class_size`` in pupils, ``nearest_km`` in km, ``boarding_share`` from 0 to 1, …),
        ``distance`` from 0 (the same) to 1, ``left_out`` (features that one of the two did not report).

    Raises
    ------
    KeyError
        The school has no such section, or the standard does not count it.
    ValueError
        The weights are no weights.

    Notes
    -----
    ``d = sqrt(Σ w δ² / Σ w)``, over the features known of both; ``δ`` is the difference over the largest
    difference in the data, and 1 between two categories. The form is that of the comparator sets of England's
    Financial Benchmarking and Insights Tool (Department for Education, source code of its data pipeline), which
    weighs pupils 0.5, free school meals 0.4 and special needs 0.1 and takes the 30 nearest; that what is missing
    is left out of the pair is Gower's way (Biometrics 27, 1971, 857–871), where England fills in the median.
    Features are conditions that a school finds, never resources that are judged: schools alike in
    resources would show no gap. Weights are an assumption of ours, in ``similar.toml``.
    """
    found = peers(county, stage, standard, weights=weights)
    return found.nearest(school_id, rules().neighbours if n is None else n)


def _conditions(county: County, stage: str, sections: pd.DataFrame) -> pd.DataFrame:
    schools = county.schools.set_index("school_id").loc[sections.index]
    classes = schools[f"classes_{stage}"].to_numpy(dtype=float)
    pupils = sections["pupils"]
    return pd.DataFrame(
        {
            "name": schools["name"],
            "pupils": pupils,
            "area": schools["area"],
            "kind": schools["kind"],
            "class_size": pupils / np.where(classes > 0, classes, np.nan),
            "nearest_km": _nearest(county, sections.index),
            "boarding_share": _boarders(county, stage, sections.index) / pupils,
            "operator": schools["operator"],
        },
        index=sections.index,
    )


def _nearest(county: County, ids: pd.Index) -> pd.Series:
    """Km to the nearest school with the same stage; blank where the table of distances has none."""
    table = county.tables.get("distances")
    if table is None:
        return pd.Series(np.nan, index=ids)
    pairs = table[table["from_id"].isin(ids) & table["to_id"].isin(ids)]
    both_ways = pd.concat([pairs.set_index("from_id")["km"], pairs.set_index("to_id")["km"]])
    return both_ways.groupby(level=0).min().reindex(ids)


def _boarders(county: County, stage: str, ids: pd.Index) -> pd.Series:
    """Boarders of the stage; a school that is not in the table of boarding has none, without the table it is not known."""
    table, column = county.tables.get("boarding"), f"boarders_{stage}"
    if table is None or table[column].isna().all():
        return pd.Series(np.nan, index=ids)
    return table.set_index("school_id")[column].reindex(ids).where(ids.isin(table["school_id"]), 0.0)


def _scaled(frame: pd.DataFrame) -> np.ndarray:
    return np.column_stack([_one_apart(frame[f.key], f) for f in rules().features])


def _one_apart(column: pd.Series, feature: Feature) -> np.ndarray:
    """Scale a column so that its largest difference is 1; between codes of categories it is at least 1."""
    if feature.category:
        codes = pd.factorize(column, sort=True)[0].astype(float)
        return np.where(codes < 0, np.nan, codes)
    values = column.to_numpy(dtype=float)
    values = np.log(values) if feature.logarithm else values
    known = values[~np.isnan(values)]
    span = np.ptp(known) if known.size else 0.0
    return values / span if span > 0 else values * 0.0


def _weights(given: Mapping[str, float] | None) -> np.ndarray:
    weights = {f.key: f.weight for f in rules().features}
    for key, weight in (given or {}).items():
        if key not in weights:
            raise ValueError(f"没有{key}这个条件；有：{'、'.join(weights)}")
        if not 0 <= weight < float("inf"):
            raise ValueError(f"{key}的权重要不小于0，现在是{weight}")
        weights[key] = weight
    values = np.array(list(weights.values()), dtype=float)
    if not values.any():
        raise ValueError("权重不能全是0")
    return values / values.max()
