r"""The integer program of a rotation: how many of each group of like teachers go to which school.

With :math:`x_{gt}` parties of group :math:`g` sent to school :math:`t`, the persons of a section and an item (a subject, or what counts for an indicator)
change by

.. math:: d_{si} = \sum_{g} a_{gi}\Bigl(\sum_{t = s} x_{gt} - \sum_{t} [g \text{ is of } s]\, x_{gt}\Bigr).

The rows are: no more of a group than there are; every subject stays between what it has and its whole posts, so that no school becomes shorter of a subject
or gets more of what it has too many; no indicator's teachers fall below the standard, or below today where they are below it already; those who leave and
who come stay within the school's limit; at least the shares of the eligible and of backbone teachers. Teachers alike in all that is asked are one variable.

Solved by HiGHS (Huangfu and Hall 2018), aim by aim: what one aim reached is held while the next is pursued. Of plans that are equal in all, lots choose one.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain

import numpy as np
from scipy.sparse import coo_array, csr_array

from balancelib.highs import Solved, lots, minimise
from balancelib.teachers.definitions import INDICATORS, least
from balancelib.teachers.rotation.people import changes
from balancelib.teachers.rotation.question import Question

# Each aim in words, in order; -1 what is to be as much as can be.
AIMS = {
    "posts": ("补上的学科岗位（人）", -1),
    "gaps": ("补上的三项指标缺口（人次）", -1),
    "people": ("动的人（人）", 1),
    "km": ("从家到新学校的路程合计（公里）", 1),
}
FAMILIES = {
    "share": "交流的比例",
    "backbone": "骨干教师的比例",
    "room": "每校进出的上限",
    "worse": "哪所学校都不变差",
}
OTHER_RULES = {
    "upward": "不补缺的不往上派",
    "within": "从家到新学校最远的路程",
}
METRES = (
    10  # roads are counted in tenths of a kilometre, so that a plan is better by a whole one or not at all
)


class Program:
    """Variables, rows and aims of a question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.moves = [(g, t) for g, schools in enumerate(question.reach) for t in schools]
        self.upper = [float(len(question.groups[g].parties)) for g, _ in self.moves]
        self.whole = [1] * len(self.moves)
        self.rows: list[tuple[str, Mapping[int, float], float, float]] = []
        self.aims: dict[str, dict[int, float]] = {aim: {} for aim in AIMS}
        self._groups()
        self._places()
        self._shares()

    def _groups(self) -> None:
        """No more of a group than there are; who goes counts as people and by the road from home."""
        of = defaultdict(dict)
        for j, (g, school) in enumerate(self.moves):
            group = self.question.groups[g]
            of[g][j] = 1.0
            self.aims["people"][j] = float(len(group.kinds))
            self.aims["km"][j] = float(
                sum(round(METRES * self.question.away(k, school)) for k in group.kinds)
            )
        self.rows += [
            ("group", terms, -np.inf, float(len(self.question.groups[g].parties))) for g, terms in of.items()
        ]

    def _places(self) -> None:
        """Every count stays within its span; what comes where something is lacking is the first aim, or the second."""
        terms = defaultdict(dict)
        for j, (g, school) in enumerate(self.moves):
            for place, n in changes([(self.question.groups[g].kinds, school)]).items():
                terms[place][j] = float(n)
        for place, span in self.question.spans.items():
            if place in terms:
                family = "worse" if len(place) == 3 else "room"
                self.rows.append((family, terms[place], span.least, span.most))
                if span.lacks:
                    self._count("gaps" if place[-1] in INDICATORS else "posts", terms[place], span.lacks)

    def _count(self, aim: str, terms: Mapping[int, float], short: int) -> None:
        """Let a new variable be what comes, as far as it is lacking."""
        filled = self._variable(float(short))
        self.rows.append((aim, {**terms, filled: -1.0}, 0.0, np.inf))
        self.aims[aim][filled] = 1.0

    def _variable(self, upper: float, whole: int = 0) -> int:
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def _shares(self) -> None:
        """At least the share of the eligible, and at least the share of backbone teachers of those who go."""
        rules, people = self.question.limits.exchange, self.aims["people"]
        self.rows.append(("share", people, float(least(rules.least_share, self.question.eligible)), np.inf))
        share = Fraction(rules.least_backbone_share).limit_denominator(1000)
        terms = {
            j: sum(share.denominator * k.backbone - share.numerator for k in self.question.groups[g].kinds)
            for j, (g, _) in enumerate(self.moves)
        }
        self.rows.append(("backbone", terms, 0.0, np.inf))

    def most(self, aim: str) -> float:
        """Return what an aim cannot exceed."""
        return sum(c * self.upper[j] for j, c in self.aims[aim].items())

    def hold(self, aim: str, value: float) -> None:
        """From now on allow only plans that reach so much of an aim, which none beats.

        The very number, as an equation: half of one less would do for whole plans, but leaves room for fractions, and the search takes many times as long.
        """
        self.rows.append((aim, self.aims[aim], value, value))

    def lots(self) -> dict[int, float]:
        """What each way costs where a lot decides: by the people and the school."""
        ways = [(self.question.groups[g].kinds, school) for g, school in self.moves]
        return dict(enumerate(lots(ways)))

    def elastic(self, family: str) -> dict[int, float]:
        """Let the rows of a family be broken, and return by which variables: one a row of its own, of limits of schools one for all."""
        shared = self._variable(np.inf, 1) if family == "room" else None
        slack = {} if shared is None else {shared: 1.0}
        for r, (kind, terms, low, high) in enumerate(self.rows):
            if kind == family:
                extra = {}
                for end, sign in ((low, 1.0), (high, -1.0)):
                    if np.isfinite(end):
                        extra[shared if shared is not None else self._variable(np.inf, 1)] = sign
                slack |= dict.fromkeys(extra, 1.0)
                self.rows[r] = (kind, {**terms, **extra}, low, high)
        return slack

    def impossible(self, seconds: float) -> bool:
        """Whether not even parts of persons could keep all rows: told in a fraction of the time that a search takes."""
        return self.solve({}, seconds, whole=False).infeasible

    def solve(
        self,
        costs: Mapping[int, float],
        seconds: float,
        *,
        start: np.ndarray | None = None,
        whole: bool = True,
    ) -> Solved:
        """Minimise a sum of variables, from a plan that is known, if any."""
        if not self.upper:
            return self._nothing()
        objective = np.zeros(len(self.upper))
        objective[list(costs)] = list(costs.values())
        low, high = (np.array([row[end] for row in self.rows], dtype=float) for end in (2, 3))
        found = minimise(
            objective, self._matrix(), low, high, np.array(self.upper), whole and np.array(self.whole),
            seconds=max(seconds, 0.05), start=start,
        )  # fmt: skip
        if found.x is None:
            return found
        return found._replace(value=float(objective @ np.round(found.x, 6)))

    def _nothing(self) -> Solved:
        """Nobody can be sent anywhere."""
        possible = all(low <= 0 <= high for _, _, low, high in self.rows)
        return Solved(np.zeros(0) if possible else None, 0.0, 0.0, not possible)

    def _matrix(self) -> csr_array:
        sizes = [len(terms) for _, terms, _, _ in self.rows]
        columns = np.fromiter(chain.from_iterable(row[1].keys() for row in self.rows), dtype=np.int32)
        values = np.fromiter(chain.from_iterable(row[1].values() for row in self.rows), dtype=float)
        rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        matrix = csr_array(coo_array((values, (rows, columns)), shape=(len(sizes), len(self.upper))))
        matrix.eliminate_zeros()
        return matrix
