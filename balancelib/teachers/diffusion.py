"""How a practice passes from school to school along contacts, term by term: a simulation with stated assumptions."""

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

TERMS_A_YEAR = 2


@dataclass(frozen=True)
class Spread:
    """What `spread` found.

    Attributes
    ----------
    counts : DataFrame
        By term, 0 the beginning: ``mean`` number of schools that use the practice, and ``low`` and ``high``, between which nine of ten draws lie.
    schools : DataFrame
        A row a term, a column a school: the share of draws in which it uses the practice.
    """

    counts: pd.DataFrame
    schools: pd.DataFrame


def spread(
    graph: nx.Graph,
    hosts: Collection[str],
    *,
    chance: float,
    terms: int = 6,
    draws: int = 1000,
    seed: int = 7,
) -> Spread:
    r"""Let a practice pass on from the hosts, term by term (一种做法一个学期一个学期地传开).

    .. math::
        P(\text{school } i \text{ takes it up in a term}) = 1 - (1 - p)^{m_i}, \qquad m_i = \tfrac{1}{2} \sum_{j \text{ uses it}} J_{ij}

    with ``J`` joint meetings a year and the chance ``p`` that one of them passes it on. Who uses it keeps it.

    Parameters
    ----------
    graph : networkx.Graph
        Edges carry ``joint``, as of `balancelib.teachers.contact_graph`.
    hosts : collection of str
        Schools that use the practice at the beginning.
    chance : float
        ``p``, from 0 to 1. Nobody publishes it: a county has to count its own, or to show several.
    terms : int
        How many terms, two a year.
    draws : int
        How many courses are drawn.
    seed : int
        The same seed draws the same numbers whatever hosts, so that two choices are compared under the same luck.

    Raises
    ------
    ValueError
        A chance outside 0 to 1, a host that the graph has not, or no draw.

    Notes
    -----
    A susceptible–infected process in steps, each meeting independent. Real practices are changed, dropped, and told on by other ways: this
    says how far contacts alone could carry it, and compares places. It does not say that teaching gets better.

    Examples
    --------
    Two schools that meet twice a year, once a term: the second waits for a success of chance 0.9.

    >>> pair = nx.Graph([("a", "b", {"joint": 2})])
    >>> spread(pair, ["a"], chance=0.9, terms=2, draws=20_000).counts["mean"].round(1).tolist()
    [1.0, 1.9, 2.0]
    """
    if not (0 <= chance <= 1 and draws >= 1 and terms >= 0):
        raise ValueError("机会在0到1之间，至少抽1次，学期数不小于0")
    places = pd.Index(graph)
    if len(lost := set(hosts) - set(places)):
        raise ValueError(f"往来网里没有这些学校：{'、'.join(sorted(lost))}")
    meetings = nx.to_numpy_array(graph, weight="joint") / TERMS_A_YEAR
    uses = np.tile(places.isin(list(hosts)), (draws, 1))
    luck = np.random.default_rng(seed)
    courses = [uses]
    for _ in range(terms):
        missed = (1 - chance) ** (uses @ meetings)
        uses = uses | (luck.random(uses.shape) >= missed)
        courses.append(uses)
    return Spread(
        _counts(courses),
        pd.DataFrame([uses.mean(axis=0) for uses in courses], columns=places).rename_axis("term"),
    )


def _counts(courses: list[np.ndarray]) -> pd.DataFrame:
    """Count the schools of each draw, and say of each term their mean and where nine of ten lie."""
    schools = np.array([uses.sum(axis=1) for uses in courses])
    low, high = np.quantile(schools, [0.05, 0.95], axis=1, method="inverted_cdf")
    return pd.DataFrame({"mean": schools.mean(axis=1), "low": low, "high": high}).rename_axis("term")
