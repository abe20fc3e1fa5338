"""Pair each weak school with a strong one within reach: the neediest first, then the fewest kilometres, proven the best."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from balancelib.county import Lacking

EQUAL = 1e-5  # km, a centimetre: HiGHS stops at a tenth of it from its bound


@dataclass(frozen=True)
class Question:
    """Who could be paired with whom, and what limits it.

    Attributes
    ----------
    roles : DataFrame
        Of `alliance_roles`, in the order of codes.
    km : DataFrame
        Of `road_matrix`.
    within : float
        The longest distance allowed, km.
    most : int
        How many partners a strong school takes at the most.
    """

    roles: pd.DataFrame
    km: pd.DataFrame
    within: float
    most: int

    @cached_property
    def reach(self) -> pd.DataFrame:
        """All weak schools beside all strong ones: ``weak, partner, item`` (what the weak one lacks most), ``spare`` teachers of it, ``km``."""
        weak, strong = (self.roles.index[self.roles["role"] == role] for role in ("weak", "strong"))
        items = self.roles.loc[weak, "lacks"]
        spare = self.roles.loc[strong, items].T.set_axis(weak).stack()
        pairs = spare.rename_axis(["weak", "partner"]).rename("spare").reset_index()
        km = self.km.reindex(index=weak, columns=strong).to_numpy().ravel()
        return pairs.assign(item=items[pairs["weak"]].to_numpy(), km=km)

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """Those that are near enough and in which the strong school has a teacher to send: the variables of the program."""
        able = (self.reach["spare"] >= 1) & (self.reach["km"] <= self.within)
        return self.reach[able].reset_index(drop=True)

    @cached_property
    def ranks(self) -> pd.Series:
        """Need of the weak schools as ranks, equal needs alike: which sets are best depends on the order alone."""
        need = self.roles.loc[self.roles["role"] == "weak", "need"]
        return need.round(9).rank(method="dense").astype(int)

    @cached_property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the program and what each allows: a partner a weak school, partners a strong one, teachers of an item it can send."""
        rows, rooms = [], []
        for keys, room in (("weak", 1), ("partner", self.most), (["partner", "item"], "spare")):
            for _, arcs in self.arcs.groupby(keys):
                rows.append(self.arcs.index.isin(arcs.index))
                rooms.append(arcs["spare"].iloc[0] if room == "spare" else room)
        return np.array(rows, dtype=float), np.array(rooms, dtype=float)

    def names(self, schools: list[str]) -> str:
        """Return the names of schools as they stand in a sentence."""
        return "、".join(self.roles.loc[list(schools), "name"])


@dataclass(frozen=True)
class Pairing:
    """What `pair_schools` found.

    Attributes
    ----------
    pairs : DataFrame
        By the weak school's code ``weak``: ``partner`` (code), ``item`` (the teachers it is sent) and ``km``.
    left : tuple of str
        Weak schools without a partner, the neediest first.
    bound : float
        No pairing that leaves as little need without a partner has fewer kilometres: proven by the solver.
    question : Question
        What was asked.
    """

    pairs: pd.DataFrame
    left: tuple[str, ...]
    bound: float
    question: Question = field(repr=False)

    @property
    def km(self) -> float:
        """Kilometres from all weak schools to their partners, one way."""
        return float(self.pairs["km"].sum())

    @property
    def proven(self) -> bool:
        """Whether no pairing that leaves as little need is shorter."""
        return self.km - self.bound <= EQUAL

    @property
    def need_left(self) -> float:
        """Need of the schools without a partner, in percentage points."""
        return float(self.question.roles.loc[list(self.left), "need"].sum())

    @property
    def worth(self) -> int:
        """Sum of the ranks of need of the schools that have a partner."""
        return int(self.question.ranks[self.pairs.index].sum())

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        paired = f"{len(self.pairs) + len(self.left)}所弱校里{len(self.pairs)}所有了伙伴"
        how = "已证明最短" if self.proven else "没有证明最短"
        names = self.question.names(list(self.left))
        left = f"{len(self.left)}所没有：{names}" if self.left else "没有一所落下"
        return f"{paired}，路程合计{self.km:.1f}公里，{how}；{left}。"


def pair_schools(roles: pd.DataFrame, km: pd.DataFrame, *, within: float = 15.0, most: int = 2) -> Pairing:
    r"""Give weak schools a strong partner: as much need as can be, then the fewest kilometres (强校带弱校的最优配对).

    .. math::
        \max_x \sum_{ij} d_i x_{ij}, \quad \text{then} \quad \min_x \sum_{ij} \ell_{ij} x_{ij}, \qquad
        \sum_j x_{ij} \le 1, \quad \sum_i x_{ij} \le m, \quad \sum_{i:\,k_i = k} x_{ij} \le b_{jk}

    with ``x`` = 1 for a pair within the distance, need ``d``, road ``ℓ``, ``m`` partners a strong school and its ``b`` teachers above the threshold in
    item ``k``: each partner is sent one teacher of what it lacks most. In the other items a strong school stays above the threshold only if it chooses the
    people well: see `balancelib.policy.sending_conditions`.

    Parameters
    ----------
    roles : DataFrame
        Of `alliance_roles`; another order of who comes first is another column ``need``, above 0 for every weak school.
    km : DataFrame
        Of `balancelib.county.road_matrix`.
    within : float
        The longest distance allowed, km.
    most : int
        How many partners a strong school takes at the most.

    Returns
    -------
    Pairing
        The same for the same schools, in whatever order they come.

    Raises
    ------
    ValueError
        A limit without sense, or a need that is not above 0.
    Lacking
        No weak school, no strong one, or one that ``km`` does not know.

    Notes
    -----
    Unit of analysis: the section. The sets of weak schools that can have partners at the same time are a matroid, so that three aims are
    reached at once: the most need, the neediest first, and the most schools. Source: Edmonds (1971), "Matroids and the Greedy
    Algorithm", Mathematical Programming 1. Solved as two integer programs by HiGHS, without a gap.

    Examples
    --------
    Two weak schools want the same strong one, which takes one; the needier gets it though it lies further away.

    >>> roles = pd.DataFrame(
    ...     {"name": ["甲", "乙", "丙"], "need": [10.0, 40, 0], "role": ["weak", "weak", "strong"],
    ...      "lacks": ["backbone_teachers"] * 2 + [""], "backbone_teachers": [-1, -1, 5]}, index=["a", "b", "c"])
    >>> km = pd.DataFrame([[0, 1, 2], [1, 0, 3], [2, 3, 0.0]], index=roles.index, columns=roles.index)
    >>> print(pair_schools(roles, km, most=1).message)
    2所弱校里1所有了伙伴，路程合计3.0公里，已证明最短；1所没有：甲。
    """
    return solve(_asked(roles, km, within, most))


def _asked(roles: pd.DataFrame, km: pd.DataFrame, within: float, most: int) -> Question:
    """Return the question after seeing that it has sense."""
    if not (within >= 0 and most >= 1):
        raise ValueError("最远的路程不能小于0公里，每所强校至少要带1所")
    if not (roles["role"] == "weak").any():
        raise Lacking("没有一所学校低于标准：不用结对")
    if not (roles["role"] == "strong").any():
        raise Lacking("没有一所学校能派出教师而自己仍然达标：要从县外找伙伴")
    if not (roles.loc[roles["role"] == "weak", "need"] > 0).all():
        raise ValueError("弱校的需要（need）都要大于0")
    if lost := sorted(set(roles.index) - set(km.index)):
        raise Lacking(f"校际路程里没有这些学校：{'、'.join(lost)}")
    return Question(roles.sort_index(), km, within, most)


def solve(question: Question, fixed: Mapping[tuple[str, str], int] | None = None) -> Pairing:
    """Solve a question, with some pairs given (1) or forbidden (0)."""
    arcs, fixed = question.arcs, fixed or {}
    if arcs.empty:
        return _paired(question, arcs.index[:0], 0.0)
    pairs = zip(arcs["weak"], arcs["partner"], strict=True)
    ends = np.array([[fixed.get(pair, 0), fixed.get(pair, 1)] for pair in pairs], dtype=float)
    rows, rooms = question.limits
    limits = LinearConstraint(rows, 0, rooms)
    worth = question.ranks[arcs["weak"]].to_numpy(dtype=float)
    best = round(-_milp(-worth, [limits], ends).fun)
    # Ranks are whole numbers: half of one parts the best from the second best.
    found = _milp(arcs["km"].to_numpy(), [limits, LinearConstraint(worth, best - 0.5, np.inf)], ends)
    return _paired(question, arcs.index[found.x > 0.5], found.mip_dual_bound)


def _milp(cost: np.ndarray, constraints: list[LinearConstraint], ends: np.ndarray) -> OptimizeResult:
    """Minimise, with no gap between what is found and what is proven."""
    return milp(
        cost, integrality=np.ones(len(cost)), bounds=Bounds(*ends.T), constraints=constraints, options={"mip_rel_gap": 0.0}
    )  # fmt: skip


def _paired(question: Question, chosen: pd.Index, bound: float) -> Pairing:
    """Say of a solution who has which partner, and who has none."""
    pairs = question.arcs.loc[chosen].set_index("weak")[["partner", "item", "km"]]
    left = question.ranks.drop(pairs.index).sort_values(ascending=False, kind="stable")
    return Pairing(pairs, tuple(left.index), bound, question)


def nearest_first(roles: pd.DataFrame, km: pd.DataFrame, *, within: float = 15.0, most: int = 2) -> Pairing:
    """Pair as it is done by hand: again and again the two that are nearest of those that still can be paired (就近配对).

    Takes and raises what `pair_schools` does, to be compared with it; the bound is 0, for nothing is proven.
    """
    question = _asked(roles, km, within, most)
    chosen, taken = [], Counter()
    for arc in question.arcs.sort_values(["km", "weak", "partner"]).itertuples():
        uses = {arc.weak: 1, arc.partner: most, (arc.partner, arc.item): arc.spare}
        if all(taken[key] < room for key, room in uses.items()):
            chosen.append(arc.Index)
            taken.update(uses.keys())
    return _paired(question, pd.Index(sorted(chosen)), 0.0)


def pairing_levels(
    roles: pd.DataFrame, km: pd.DataFrame, withins: Sequence[float], mosts: Sequence[int]
) -> pd.DataFrame:
    """Pair under each longest distance and each number of partners: what a limit costs (限制放宽，多配几所).

    Returns
    -------
    DataFrame
        A row for each ``within`` and ``most``: ``paired`` schools, ``left`` (their names, a tuple, the neediest first), ``need_left`` in percentage points,
        ``km`` of all roads and of the ``longest``, 0 where there is no pair.

    See Also
    --------
    pair_schools : what each row is of, and what it raises.
    """
    rows = []
    for within, most in product(withins, mosts):
        found = pair_schools(roles, km, within=within, most=most)
        rows.append(
            {
                "within": within,
                "most": most,
                "paired": len(found.pairs),
                "left": tuple(roles.loc[list(found.left), "name"]),
                "need_left": found.need_left,
                "km": found.km,
                "longest": float(found.pairs["km"].max()) if len(found.pairs) else 0.0,
            }
        )
    return pd.DataFrame(rows)
