"""Renewal of equipment under yearly budgets: what is bought, for which schools first, and the county after it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.resources.equipment import (
    DUE,
    SERVICE_LIVES,
    STATES,
    ServiceLife,
    equipment_ratio,
    equipment_state,
    ledger_of,
)
from balancelib.standards import Standard

WAN = 10_000  # 元 in the unit of the school's book
FEN = 100  # money is spent in whole 分, so that no budget is passed by a rounding


@dataclass(frozen=True)
class Renewal:
    """A plan of renewal.

    Attributes
    ----------
    measures : DataFrame
        In the order of the plan: ``year, item_id, school_id, name, category, state, quantity, unit_price, cost`` (元).
    by_year : DataFrame
        Index ``year``; ``budget, spent, pieces, waiting``: 元, and the cost of what is due and still waits at the end of the year.
    county : County
        The county afterwards: the replaced pieces have left ledger and book at their old value, the new ones stand in them at their price.
    """

    measures: pd.DataFrame
    by_year: pd.DataFrame
    county: County

    def table(self, lives: Iterable[ServiceLife] = SERVICE_LIVES) -> pd.DataFrame:
        """Return the measures as a table for officials."""
        labels = {life.key: life.label for life in lives}
        frame = self.measures
        return pd.DataFrame(
            {
                "年份": frame["year"], "学校": frame["name"], "设备": frame["category"].map(labels), "原因": frame["state"].map(STATES),
                "件数": frame["quantity"], "单价（元）": frame["unit_price"], "金额（元）": frame["cost"],
            }
        )  # fmt: skip


def plan_renewal(
    county: County,
    budgets: Sequence[float],
    *,
    first_year: int,
    replace: Collection[str] = DUE,
    lives: Iterable[ServiceLife] = SERVICE_LIVES,
    prices: Mapping[str, float] | None = None,
    standard: Standard | str = "quality-2017",
) -> Renewal:
    """Plan the renewal of equipment within a budget a year, weak schools first (设备更新计划).

    Each year takes what is due in this order: broken first; then the school with the lowest equipment per pupil by its threshold; then what is
    worn before what only passed its life; then what passed it longest ago. From the top it buys whole pieces as long as the next
    one can be paid, and passes over what can not.

    Parameters
    ----------
    county : County
        With the table ``ledger``.
    budgets : sequence of float
        元 for each year, the first of them ``first_year``. What is left of one year is not carried to the next.
    first_year : int
        The year of the ledger.
    replace : collection of str
        States that are replaced; add ``"aged"`` to replace also what is past its life and still works.
    lives, prices
        As `equipment_state`.
    standard : Standard or str
        Whose threshold of equipment per pupil tells weak schools from strong.

    Returns
    -------
    Renewal

    Raises
    ------
    ValueError
        As `equipment_state`; no budget, or one that is negative; a state that is unknown.

    Notes
    -----
    Unit of analysis: the piece. A greedy rule, not an optimum: the aim is an order that can be told to every school, not the most pieces for
    the money. A ledger says what is broken today, not what breaks next year: only age moves on from year to year here, so plan anew each year.

    Examples
    --------
    The broken computer goes first although its school is the stronger one; what is left buys one of the two worn ones.

    >>> schools = pd.DataFrame({"school_id": ["1", "2"], "name": ["甲校", "乙校"], "kind": "primary", "pupils_primary": [100.0, 100.0],
    ...     "pupils_junior": np.nan, "pupils_senior": np.nan, "equipment_value": [30.0, 10.0]})
    >>> ledger = pd.DataFrame({"item_id": ["a", "b"], "school_id": ["1", "2"], "category": "computer", "quantity": [1, 2],
    ...     "unit_value": 4000.0, "year_bought": [2020, 2015], "condition": ["broken", "worn"]})
    >>> plan = plan_renewal(County({"schools": schools, "ledger": ledger}), [9000], first_year=2025)
    >>> plan.measures[["item_id", "quantity"]].values.tolist()
    [['a', 1], ['b', 1]]
    """
    money = [_fen(budget) for budget in budgets]
    if not money or min(money) < 0:
        raise ValueError("预算要一年一个数，不小于0元")
    if unknown := sorted(set(replace) - set(STATES)):
        raise ValueError(f"不认识的状态：{'、'.join(map(str, unknown))}；可以写：{'、'.join(STATES)}")
    lives, ratio = tuple(lives), equipment_ratio(county, standard)
    left = ledger_of(county).set_index("item_id")["quantity"].astype(int)
    bought, years = [], []
    for year, budget in enumerate(money, first_year):
        queue = equipment_state(county, year, lives=lives, prices=prices)
        queue = queue[queue["state"].isin(list(replace))]
        queue = queue.assign(
            quantity=left.loc[queue["item_id"]].to_numpy(), ratio=ratio.reindex(queue["school_id"]).to_numpy()
        )
        queue = _ordered(queue[queue["quantity"] > 0])
        pieces, spent = _buy(queue, budget)
        left.loc[queue["item_id"]] -= pieces
        bought.append(queue.assign(year=year, quantity=pieces, waits=queue["quantity"] - pieces))
        years.append(
            (year, budget / FEN, spent / FEN, sum(pieces), (bought[-1]["waits"] * queue["unit_price"]).sum())
        )
    measures = pd.concat(bought, ignore_index=True)
    measures = measures[measures["quantity"] > 0].reset_index(drop=True)
    measures["cost"] = (measures["quantity"] * measures["unit_price"]).round(2)
    by_year = pd.DataFrame(years, columns=["year", "budget", "spent", "pieces", "waiting"]).set_index("year")
    columns = ["year", "item_id", "school_id", "name", "category", "state", "quantity", "unit_price", "cost"]
    return Renewal(measures[columns], by_year, _renewed(county, measures))


def written_off(county: County) -> County:
    """Return the county with what is broken struck off ledger and book, and nothing bought.

    The indicator counts what stands in the book at its old value, whether it works or not; this is what is left of it.
    """
    ledger = ledger_of(county)
    broken = ledger["condition"] == "broken"
    lost = (ledger["unit_value"] * ledger["quantity"])[broken].groupby(ledger["school_id"]).sum()
    return _with(county, ledger[~broken].reset_index(drop=True), -lost)


def _buy(queue: pd.DataFrame, budget: int) -> tuple[list[int], int]:
    """How many pieces of each row the money buys, from the top, and what is spent; in 分."""
    pieces, spent = [], 0
    for quantity, price in zip(queue["quantity"], queue["unit_price"], strict=True):
        cost = _fen(price)
        number = min(int(quantity), (budget - spent) // cost) if cost else int(quantity)
        pieces.append(number)
        spent += number * cost
    return pieces, spent


def _ordered(queue: pd.DataFrame) -> pd.DataFrame:
    """Order what is due, as `plan_renewal` says; equal rows by their number, so that the plan is the same every time."""
    rank = {state: place for place, state in enumerate(STATES)}
    return queue.assign(later=queue["state"] != "broken", rank=queue["state"].map(rank)).sort_values(
        ["later", "ratio", "school_id", "rank", "due_year", "item_id"], na_position="last"
    )


def _renewed(county: County, measures: pd.DataFrame) -> County:
    """Let the replaced pieces leave the ledger and the new ones enter it; the school's book follows."""
    ledger = ledger_of(county).copy()
    gone = measures.groupby("item_id")["quantity"].sum()
    old = ledger.set_index("item_id").loc[measures["item_id"]].reset_index()
    change = measures["quantity"] * (measures["unit_price"] - old["unit_value"])
    new = old.assign(
        item_id=old["item_id"] + "-" + measures["year"].astype(str),
        quantity=measures["quantity"],
        unit_value=measures["unit_price"],
        year_bought=measures["year"],
        condition="good",
    )
    ledger["quantity"] -= ledger["item_id"].map(gone).fillna(0)
    kept = ledger[ledger["quantity"] > 0]
    return _with(
        county, pd.concat([kept, new], ignore_index=True), change.groupby(measures["school_id"]).sum()
    )


def _with(county: County, ledger: pd.DataFrame, change: pd.Series) -> County:
    """Return the county with another ledger, each school's book value changed by so many 元."""
    schools = county.schools.copy()
    schools["equipment_value"] += schools["school_id"].map(change).fillna(0) / WAN
    schools["equipment_value"] = schools["equipment_value"].clip(lower=0)
    return County(county.tables | {"schools": schools, "ledger": ledger})


def _fen(yuan: float) -> int:
    return round(yuan * FEN) if np.isfinite(yuan) else -1
