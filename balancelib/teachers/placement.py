"""Where to place k studios so that they reach the most: one after the other, beside the proven best."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack, identity, vstack

from balancelib.county import Lacking
from balancelib.highs import minimise

SAME = 1e-9  # of the whole weight


@dataclass(frozen=True)
class Placement:
    """Hosts that were chosen, and what is proven of the choice.

    Attributes
    ----------
    hosts : tuple of str
        Their codes; of `place_greedy` in the order of choice, of `place_exact` in the order of codes.
    reached : tuple of str
        Schools that they reach, in order.
    weight : float
        Weight of the schools that they reach.
    bound : float
        No choice of as many hosts reaches more weight than this.
    """

    hosts: tuple[str, ...]
    reached: tuple[str, ...]
    weight: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no choice of as many hosts reaches more."""
        return self.bound - self.weight <= SAME * max(abs(self.bound), 1)


def within_steps(graph: nx.Graph, steps: int, hosts: Collection[str] | None = None) -> pd.DataFrame:
    """Say which schools each host reaches within so many steps of contact (几步之内够得着谁).

    Parameters
    ----------
    graph : networkx.Graph
        Of `balancelib.teachers.contact_graph`, or any other.
    steps : int
        Contacts one after the other; 0 reaches only oneself.
    hosts : collection of str, optional
        Schools that could host a studio; all of the graph if left out.

    Returns
    -------
    DataFrame of bool
        A row a host and a column a school, in the order of the graph.

    Examples
    --------
    >>> road = nx.path_graph(["a", "b", "c", "d"])
    >>> within_steps(road, 1, ["b"]).loc["b"].tolist()
    [True, True, True, False]
    """
    places = list(graph)
    hosts = [place for place in places if hosts is None or place in set(hosts)]
    near = [nx.single_source_shortest_path_length(graph, host, cutoff=steps) for host in hosts]
    return pd.DataFrame([[place in found for place in places] for found in near], index=hosts, columns=places)


def greedy_share(k: int) -> float:
    r"""Return the share of the best that choosing one after the other reaches at the least: :math:`1 - (1 - 1/k)^k` (贪心法的保证).

    It falls with ``k`` towards 1 − 1/e = 0.632. Source: Nemhauser, Wolsey & Fisher (1978), "An analysis of approximations for maximizing
    submodular set functions—I", Mathematical Programming 14.

    Examples
    --------
    >>> [round(greedy_share(k), 3) for k in (1, 2, 3)]
    [1.0, 0.75, 0.704]
    """
    if k < 1:
        raise ValueError("至少要放1个工作室")
    return 1 - (1 - 1 / k) ** k


def place_greedy(covers: pd.DataFrame, weights: pd.Series, k: int) -> Placement:
    r"""Choose hosts one after the other, each time the one that adds most (一个一个地选，每次选添得最多的).

    .. math::
        h_{i+1} = \arg\max_h \; f(S_i \cup \{h\}) - f(S_i), \qquad f(S) = \sum_{s \text{ reached from } S} w_s

    Parameters
    ----------
    covers : DataFrame of bool
        Of `within_steps`; or any other notion of reach, such as roads: ``km <= 15``.
    weights : Series
        What it is worth to reach each school, by its code, 0 or more: pupils, say, or 1 each. Of a school that is reached already, 0.
    k : int
        How many hosts at the most; fewer where a further one adds nothing.

    Returns
    -------
    Placement
        The same in whatever order hosts come: of equals the lowest code is taken.

    Raises
    ------
    ValueError
        ``k`` below 1, or weights that are negative, blank or do not know a school.
    Lacking
        No host to choose from.

    Notes
    -----
    The bound is the least of :math:`f(S_i) + \text{the } k \text{ largest additions at } S_i` over all i. It is never above the weight over `greedy_share`,
    and often far below. Source: as there.

    Examples
    --------
    The middle one is taken first, and then the best pair, the other two, is out of reach.

    >>> covers = pd.DataFrame([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], index=list("abc"), columns=list("1234")) == 1
    >>> weights = pd.Series([3, 3, 3, 3.0], index=list("1234")) + [0, 0.5, 0.5, 0]
    >>> place_greedy(covers, weights, 2).hosts, place_exact(covers, weights, 2).hosts
    (('b', 'a'), ('a', 'c'))
    """
    covers = covers.sort_index().sort_index(axis=1)  # sums of fractions depend on their order
    worth, reach = _asked(covers, weights, k)
    open_, chosen, bounds = np.ones(reach.shape[1], dtype=bool), [], [float(worth.sum())]
    for _ in range(k):
        gains = reach @ (worth * open_)
        bounds.append(float(worth @ ~open_ + np.sort(gains)[::-1][:k].sum()))
        best = int(
            np.argmax(gains >= gains.max() - SAME * worth.sum())
        )  # equal but for the order of addition
        if gains[best] <= SAME * worth.sum():
            break
        chosen.append(best)
        open_ &= ~reach[best]
    last = reach @ (worth * open_)
    bounds.append(float(worth @ ~open_ + np.sort(last)[::-1][:k].sum()))
    return _placed(covers, worth, chosen, min(bounds))


def place_exact(covers: pd.DataFrame, weights: pd.Series, k: int) -> Placement:
    r"""Choose the hosts that reach the most weight, proven; of equal choices one with the fewest hosts (最优的放法).

    .. math::
        \max \sum_s w_s y_s, \qquad y_s \le \sum_{h \text{ reaches } s} x_h, \qquad \sum_h x_h \le k, \qquad x_h \in \{0, 1\}, \; 0 \le y_s \le 1

    Takes, returns and raises what `place_greedy` does.

    Notes
    -----
    The problem is the maximal covering location problem of Church & ReVelle (1974), Papers of the Regional Science Association 32. Solved by
    HiGHS without a gap.
    """
    covers = covers.sort_index().sort_index(axis=1)
    worth, reach = _asked(covers, weights, k)
    chosen, bound = _most(worth, reach, min(k, len(reach)))
    while chosen.any():  # not by a second aim: a row that holds the first one fast strains HiGHS's tolerances
        fewer, _ = _most(worth, reach, chosen.sum() - 1)
        if worth @ reach[fewer].any(axis=0) < worth @ reach[chosen].any(axis=0) - SAME * worth.sum():
            break
        chosen = fewer
    return _placed(covers, worth, np.flatnonzero(chosen), bound)


def placement_levels(
    graph: nx.Graph, weights: pd.Series, hosts: Collection[str], steps: Sequence[int], counts: Sequence[int]
) -> pd.DataFrame:
    """Place each number of studios under each number of steps: what one more adds (多一个，多带几个).

    Returns
    -------
    DataFrame
        A row for each ``steps`` and ``k``: ``hosts`` (codes, a tuple), ``schools`` that they reach with weight above 0, ``weight`` of the best choice,
        ``bound`` proven for it, ``greedy`` and ``greedy_bound``: weight and bound of `place_greedy`, ``ceiling``: the most that its guarantee alone
        leaves open, and ``total``: all the weight.

    See Also
    --------
    place_exact : what each row is of, and what it raises.
    """
    rows, total = [], float(weights[list(graph)].sum())
    for step, k in product(steps, counts):
        covers = within_steps(graph, step, hosts)
        best, greedy = place_exact(covers, weights, k), place_greedy(covers, weights, k)
        rows.append(
            {
                "steps": step,
                "k": k,
                "hosts": best.hosts,
                "schools": int((weights[list(best.reached)] > 0).sum()),
                "weight": best.weight,
                "bound": best.bound,
                "greedy": greedy.weight,
                "greedy_bound": greedy.bound,
                "ceiling": min(greedy.weight / greedy_share(k), total),
                "total": total,
            }
        )
    return pd.DataFrame(rows)


def _asked(covers: pd.DataFrame, weights: pd.Series, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and reach as arrays, after seeing that they have sense."""
    if k < 1:
        raise ValueError("至少要放1个工作室")
    if covers.empty:
        raise Lacking("没有一所学校能放：一个骨干教师也没有的学科，主持人要从县外请，或者先培养")
    worth = weights.reindex(covers.columns).to_numpy(dtype=float)
    if not (worth >= 0).all():
        raise ValueError("每所学校都要有权重，不能空白，不能小于0")
    return worth, covers.to_numpy(dtype=bool)


def _most(worth: np.ndarray, reach: np.ndarray, k: int) -> tuple[np.ndarray, float]:
    """Return which hosts reach the most weight, at most ``k`` of them, and what no choice of as many exceeds."""
    hosts, schools = reach.shape
    whole = float(worth.sum()) or 1.0  # HiGHS's tolerances are for numbers about 1
    gain = np.concatenate([np.zeros(hosts), worth / whole])
    placed = np.repeat([1.0, 0.0], [hosts, schools])
    rows = vstack([hstack([csr_array(-reach.T.astype(float)), identity(schools)]), csr_array(placed[None])])
    high = np.array([*np.zeros(schools), k])
    found = minimise(-gain, rows, np.full(schools + 1, -np.inf), high, np.ones(len(gain)), placed > 0)
    return found.x[:hosts] > 0.5, -found.bound * whole


def _placed(covers: pd.DataFrame, worth: np.ndarray, chosen: Sequence[int], bound: float) -> Placement:
    """Say of chosen rows whom they reach."""
    near = covers.iloc[list(chosen)].any(axis=0).to_numpy(dtype=bool)
    weight = float(worth @ near)
    return Placement(
        tuple(covers.index[list(chosen)]), tuple(covers.columns[near]), weight, max(bound, weight)
    )
