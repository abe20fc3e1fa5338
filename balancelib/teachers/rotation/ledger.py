"""What a plan changes place by place, and what one change more of the plan would break or lose."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from balancelib.teachers.definitions import least, subject_labels
from balancelib.teachers.rotation.people import Kind, Party, Place, changes
from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.program import FAMILIES

SHORT = {
    "qualified_teachers": "高于规定学历教师",
    "backbone_teachers": "骨干教师",
    "pe_arts_teachers": "体育艺术教师",
}


class Outcome(NamedTuple):
    """What becomes of a plan that is changed: the first rule that breaks, and what each aim gains (people and km: costs)."""

    breaks: str
    posts: int
    gaps: int
    people: int
    km: float

    @property
    def order(self) -> tuple[bool, int, int, int, float]:
        """Sorts the better before the worse."""
        return bool(self.breaks), -self.posts, -self.gaps, self.people, self.km

    @property
    def told(self) -> str:
        """The first thing that is worse, or that nothing is."""
        if self.breaks:
            return self.breaks
        first = next((name for name in ("posts", "gaps", "people", "km") if getattr(self, name)), None)
        amount = getattr(self, first or "km")
        return {
            None: "一样好，可以互换",
            "posts": f"学科岗位{_more(amount)}补{abs(amount)}个",
            "gaps": f"三项指标的缺口{_more(amount)}补{abs(amount)}人次",
            "people": f"{_more(amount)}派{abs(amount)}人",
            "km": f"路程{_more(amount)}{abs(amount):.1f}公里",
        }[first]


def _more(amount: float) -> str:
    return "多" if amount > 0 else "少"


class Ledger:
    """The changes of a plan, to try others against the same rules and aims."""

    def __init__(self, plan: RotationPlan) -> None:
        self.plan, self.question, self.names = plan, plan.question, plan.question.county.names
        self.changes = Counter()
        for teacher, to in plan.chosen:
            self.changes.update(changes([((plan.kinds[teacher],), to)]))

    def leaving(self, kinds: tuple[Kind, ...]) -> str:
        """Say which rule of their own school breaks if these leave besides; empty where none does."""
        return self._breaks(
            Counter({p: n for p, n in changes([(kinds, "")]).items() if p[0] == kinds[0].school})
        )

    def without(self, party: Party) -> str:
        """Say which rule of a school breaks if a party of the plan is not sent; empty where none does."""
        delta = Counter()
        delta.subtract(changes([party]))
        return self._breaks(delta)

    def outcome(self, less: Iterable[Party], more: Iterable[Party]) -> Outcome:
        """Say what becomes of the plan where some parties are not sent, and others are instead."""
        less, more = list(less), list(more)
        delta = changes(more)
        delta.subtract(changes(less))
        gained = Counter()
        for place, amount in delta.items():
            if (span := self.question.spans.get(place)) and span.lacks:
                now = self.changes[place]
                aim = "gaps" if place[-1] in SHORT else "posts"
                gained[aim] += min(max(now + amount, 0), span.lacks) - min(max(now, 0), span.lacks)
        people, backbone, km = (a - b for a, b in zip(self._sums(more), self._sums(less), strict=True))
        breaks = self._breaks(delta) or self._share(people, backbone)
        return Outcome(breaks, gained["posts"], gained["gaps"], people, round(km, 1))

    def _sums(self, parties: list[Party]) -> tuple[int, int, float]:
        """Persons, backbone teachers and kilometres, rounded each as the program counts them."""
        each = [(kind, to) for kinds, to in parties for kind in kinds]
        return (
            len(each),
            sum(k.backbone for k, _ in each),
            sum(round(self.question.away(k, to), 1) for k, to in each),
        )

    def _breaks(self, delta: Counter) -> str:
        """Say in Chinese which rule of a school breaks first."""
        for place, amount in delta.items():
            if amount and (span := self.question.spans.get(place)):
                now = self.changes[place] + amount
                if not span.least <= now <= span.most:
                    return self._told(place, now < span.least)
        return ""

    def _told(self, place: Place, too_few: bool) -> str:
        name = self.names.get(place[0], place[0])
        if len(place) == 2:
            return f"{name}{'来' if place[1] == 'in' else '走'}的人超过每校的上限"
        label = SHORT.get(place[2]) or f"{subject_labels().get(place[2], place[2])}教师"
        return f"{name}的{label}{'不够了' if too_few else '多出来了'}"

    def _share(self, people: int, backbone: int) -> str:
        """Say which of the two shares breaks."""
        rules, rates = self.question.limits.exchange, self.plan.rates
        moved, good = rates["moved"] + people, rates["backbone"] + backbone
        share = Fraction(rules.least_backbone_share).limit_denominator(1000)
        if moved < least(rules.least_share, self.question.eligible):
            return f"{FAMILIES['share']}不够了"
        return f"{FAMILIES['backbone']}不够了" if good < share * moved else ""
