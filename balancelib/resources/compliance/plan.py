"""A plan: what is done where, how much of it, when, at what price; and the county after it."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, assess
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.resources.unit_costs import Action
from balancelib.standards import Standard

TEN_THOUSAND = 10_000
MEASURES = [
    "school_id",
    "name",
    "operator",
    "stage",
    "action",
    "label",
    "amount",
    "unit",
    "year",
    "once",
    "yearly",
]


@dataclass(frozen=True)
class Plan:
    """What `plan_compliance` found.

    Attributes
    ----------
    status : {"met", "planned", "short", "impossible", "late"}
        Nothing to do; a plan that meets the standard; the budgets are too small, and the plan is the best that they allow; no plan can meet
        the standard within the limits, and there are no measures; the time ran out before any plan was found.
    measures : DataFrame
        A row for each school, action and year: ``school_id, name, operator, stage, action, label, amount, unit, year, once, yearly``; ``stage`` is empty for
        what is done for the whole school. Amounts below 0 are teachers that the school gives; ``once`` is paid in that year, ``yearly`` in it and in each that follows, both in 元.
    cost : float
        元 over the years, as if everything were begun in the first; it is what is minimised.
    bound : float
        元; no plan costs less: of those that meet the standard or, where the budgets are too small, of those with as many pupils in sections
        that keep the school rule.
    late : bool
        Whether the time ran out; only then may the plan differ from one run to the next.
    years : int
    budgets : tuple of float or None
    least_budget : float or None
        元 over all years, shared among them as the budgets are, with which the standard could be met: the least, unless ``late``; inf where
        none would do. None where the budgets are enough, or the time ran out before any was found.
    lacking : DataFrame
        Where no plan can meet the standard: ``school_id, name, stage, indicator, label, amount, unit``, what is missing beyond the limits.
    before : County
        As given.
    """

    status: str
    measures: pd.DataFrame
    cost: float
    bound: float
    late: bool
    years: int
    budgets: tuple[float, ...] | None
    least_budget: float | None
    lacking: pd.DataFrame
    before: County
    standard: Standard = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    relax: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Share of the cost by which a cheaper plan might yet be found."""
        return 0.0 if self.cost <= self.bound else (self.cost - self.bound) / self.cost

    @property
    def proven(self) -> bool:
        """Whether no plan is cheaper: cost and bound differ by less than what all prices are multiples of."""
        prices = math.gcd(*(action.cost(self.years) for action in self.actions))
        return self.cost - self.bound < max(prices, 1)

    @cached_property
    def county(self) -> County:
        """The county after the plan, for `assess`: only the table ``schools`` is changed."""
        return self.county_after(self.years)

    def county_after(self, year: int) -> County:
        """Return the county after the works of the years up to ``year``; after 0 it is as today."""
        schools = self.before.schools.set_index("school_id", drop=False)
        actions = {action.key: action for action in self.actions}
        for row in self.measures[self.measures["year"] <= year].itertuples():
            for column in actions[row.action].columns(row.stage):
                schools.loc[row.school_id, column] = round(schools.loc[row.school_id, column] + row.amount, 6)
        return County(self.before.tables | {"schools": schools.reset_index(drop=True)}, self.before.warnings)

    def assessment(self, year: int | None = None) -> Assessment:
        """Return the verdict on the county after the plan, or after a year of it."""
        return assess(self.county if year is None else self.county_after(year), self.standard, self.relax)

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """What each year costs, and where the county stands after it: year 0 is today.

        Columns ``year, once, yearly, spent, budget``, 元, and for each stage ``<stage>_meets`` and ``<stage>_sections``.
        """
        rows = []
        for year in range(self.years + 1):
            begun = self.measures[self.measures["year"] <= year]
            once = float(begun.loc[begun["year"] == year, "once"].sum())
            yearly = float(begun["yearly"].sum())
            budget = self.budgets[year - 1] if self.budgets and year else np.nan
            rows.append(
                {"year": year, "once": once, "yearly": yearly, "spent": once + yearly, "budget": budget, **self._meeting(year)}
            )  # fmt: skip
        return pd.DataFrame(rows)

    def _meeting(self, year: int) -> dict[str, int]:
        sections = self.assessment(year).sections
        counts = {}
        for stage in dict.fromkeys(sections["stage"]):
            verdicts = sections.loc[sections["stage"] == stage, "meets"]
            counts |= {f"{stage}_meets": int((verdicts == True).sum()), f"{stage}_sections": len(verdicts)}  # noqa: E712  not None
        return counts

    @property
    def by_action(self) -> pd.DataFrame:
        """What the money buys: ``action, label, amount, unit, schools, once, yearly``; teachers that move are counted once."""
        bought = self.measures[self.measures["amount"] > 0]
        grouped = bought.groupby(["action", "label", "unit"], sort=False)
        return grouped.agg(
            amount=("amount", "sum"),
            schools=("school_id", "nunique"),
            once=("once", "sum"),
            yearly=("yearly", "sum"),
        ).reset_index()[["action", "label", "amount", "unit", "schools", "once", "yearly"]]

    def table(self) -> pd.DataFrame:
        """Return the measures in Chinese: ``年份, 学校, 学段, 办学, 措施, 数量, 单位, 一次性（万元）, 每年（万元）``."""
        m = self.measures
        operators = schema().table("schools").column("operator").codes
        moves = m["action"].isin([action.key for action in self.actions if action.moves])
        moved = np.where(m["amount"] < 0, "（调出）", np.where(moves, "（调入）", ""))
        return pd.DataFrame(
            {
                "年份": [f"第{year}年" for year in m["year"]], "学校": m["name"], "学段": m["stage"].map({"": "全校"} | schema().stages),
                "办学": m["operator"].map(operators), "措施": m["label"] + moved, "数量": m["amount"].abs(), "单位": m["unit"],
                "一次性（万元）": m["once"] / TEN_THOUSAND, "每年（万元）": m["yearly"] / TEN_THOUSAND,
            }
        )  # fmt: skip

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        if self.status == "met":
            return "资源配置已经达到标准，不需要措施。"
        if self.status == "late":
            least = f"；最省的方案不会少于{self.bound / TEN_THOUSAND:,.2f}万元" if self.bound > 0 else ""
            return f"时间到了，还没有找到方案，也没有证明找不到{least}。请把seconds调大再算。"
        if self.status == "impossible":
            return f"在给定的上限之内，怎样安排都达不到标准。至少还差：{self._places()}。请放宽这些上限，或调整学生。"
        cost = f"{self.cost / TEN_THOUSAND:,.2f}万元"
        how = "已证明最省" if self.proven else f"离最省不超过{self.gap:.4%}"
        late = "；时间到了就停，再算一遍结果可能不同" if self.late else ""
        if self.status == "planned" and self.budgets:
            spent = f"{self.by_year['spent'].sum() / TEN_THOUSAND:,.2f}万元"
            return f"达到标准；按这份预算，{self.years}年实际花{spent}。\n都从第1年做起算，要{cost}，{how}{late}。"
        if self.status == "planned":
            return (
                f"达到标准要{cost}（一次性和每年的都在内，按{self.years}年、都从第1年做起算），{how}{late}。"
            )
        given = f"预算{sum(self.budgets) / TEN_THOUSAND:,.2f}万元不够"
        return f"{given}。\n{self._least()}。\n下面是这笔钱最多能做到的{late}。"

    def _least(self) -> str:
        """Which budget would do, in Chinese; only what has been proven is called the least."""
        if self.least_budget is None:
            return "时间不够，没有算出至少要多少，请把seconds调大再算"
        if np.isinf(self.least_budget):
            return "按这样的分年比例，再多也达不到标准：有的年份没有钱付每年的费用"
        enough = f"{self.least_budget / TEN_THOUSAND:,.2f}万元"
        how = f"有{enough}就能达到标准" if self.late else f"至少要{enough}才能达到标准"
        return f"按同样的分年比例，{self.years}年{how}（做得晚的，每年的费用付得少）"

    def _places(self) -> str:
        """Where something is missing, in Chinese; the first ten places."""
        stages = {"": ""} | schema().stages
        rows = self.lacking.to_dict("records")
        places = [
            f"{r['name']}{stages[r['stage']]}的{r['label']}差{r['amount']:g}{r['unit']}" for r in rows[:10]
        ]
        more = f"等{len(rows)}处" if len(rows) > len(places) else ""
        return "；".join(places) + more or "（时间不够，没有找出是哪些学校）"
