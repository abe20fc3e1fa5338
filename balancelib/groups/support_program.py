"""The integer program of a county's care: whole routes and buses of each township, beds of each school, within the money."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balancelib.highs import Solved, lots, minimise

if TYPE_CHECKING:
    from balancelib.groups.support import Prices

KINDS = ["routes", "visited", "free", "new", "buses", "riding"]
USES = ["visits", "beds", "bus"]
PENNY = 1e-4  # 元: sums of prices are off by less


@dataclass(frozen=True)
class Weights:
    """What one child counts for: visited, and fetched or boarding; whole numbers, set by the county (权重)."""

    visit: int = 1
    road: int = 1


class Program:
    """The integer program of one set of needs: what a place may have, what it costs, whom it helps.

    Parameters
    ----------
    needs : DataFrame
        Of `balancelib.groups.support_needs`.
    prices : Prices
        Of `balancelib.groups.load_prices`.
    weights : Weights
        What one child counts for.
    """

    def __init__(self, needs: pd.DataFrame, prices: "Prices", weights: Weights) -> None:
        self.wanted = needs.groupby("township")[["alone", "far"]].sum().sort_index()
        self.columns = _columns(needs, self.wanted, prices)
        year = prices.bed.year
        price = {"routes": prices.visit.day * prices.visit.rounds, "free": year, "new": year + prices.bed.new}
        self.cost = self._of_kind(price | {"buses": prices.bus.year})
        worth = {"visited": weights.visit} | dict.fromkeys(("riding", "free", "new"), weights.road)
        self.worth = self._of_kind(worth)
        self.rows, self.high = self._limits(needs, prices)

    def most(self, money: float, *, whole: bool = True) -> float:
        """Return how many children, weighted, so much money helps; in parts of routes and buses too if not ``whole``."""
        return -self._solve(-self.worth, [(self.cost, money)], whole=whole).value

    def best(self, money: float) -> tuple[np.ndarray, float, float]:
        """Return the plan that helps most on the least money, how many it helps, and what no plan exceeds."""
        first = self._solve(-self.worth, [(self.cost, money)])
        helped = round(-first.value)
        enough = (-self.worth, -helped + 0.5)  # whole children
        cheapest = self._solve(self.cost, [(self.cost, money), enough])
        least = (self.cost, cheapest.value + PENNY)
        keys = self.columns[["kind", "place", "school"]].itertuples(index=False)
        drawn = self._solve(lots(map(tuple, keys)), [least, enough])
        return np.round(drawn.x), float(helped), -first.bound

    def places(self, values: np.ndarray) -> pd.DataFrame:
        """Return by township how many of each kind a plan has."""
        found = self.columns.assign(value=values)
        table = found.pivot_table(index="place", columns="kind", values="value", aggfunc="sum")
        return table.reindex(index=self.wanted.index, columns=KINDS).fillna(0.0).rename_axis(columns=None)

    def money(self, values: np.ndarray) -> pd.Series:
        """Return 元 a plan takes for ``visits``, ``beds`` and ``bus``."""
        spent = pd.Series(self.cost * values).groupby(self.columns["kind"]).sum()
        return spent.groupby({"routes": "visits", "free": "beds", "new": "beds", "buses": "bus"}).sum()[USES]

    def _solve(self, cost: np.ndarray, more: list[tuple[np.ndarray, float]], *, whole: bool = True) -> Solved:
        """Minimise a cost, each of some sums at most so much besides."""
        rows = np.vstack([self.rows, *(row for row, _ in more)])
        high = np.append(self.high, [top for _, top in more])
        low = np.full(len(high), -np.inf)
        return minimise(cost, rows, low, high, self.columns["top"].to_numpy(dtype=float), whole)

    def _of_kind(self, values: dict[str, float]) -> np.ndarray:
        return self.columns["kind"].map(values).fillna(0.0).to_numpy(dtype=float)

    def _limits(self, needs: pd.DataFrame, prices: "Prices") -> tuple[np.ndarray, np.ndarray]:
        """Seats of routes and of buses, children who live far in a township, and in a school that has beds."""
        kind, place, school = (self.columns[name].to_numpy() for name in ("kind", "place", "school"))
        beds = np.isin(kind, ["free", "new"])
        rows, high = [], []
        for township, wanted in self.wanted.iterrows():
            here = place == township
            rows += [
                here * ((kind == "visited") - prices.visit.children * (kind == "routes")),
                here * ((kind == "riding") - prices.bus.children * (kind == "buses")),
                here * ((kind == "riding") | beds),
            ]
            high += [0.0, 0.0, wanted["far"]]
        for own in np.unique(school[beds]):
            rows.append(beds & (school == own))
            high.append(needs.at[own, "far"])
        return np.array(rows, dtype=float), np.array(high, dtype=float)


def _columns(needs: pd.DataFrame, wanted: pd.DataFrame, prices: "Prices") -> pd.DataFrame:
    """Return the variables: their kind, township, school if it is a bed, and the most there may be."""
    tops = {
        "routes": np.ceil(wanted["alone"] / prices.visit.children),
        "visited": wanted["alone"],
        "buses": np.ceil(wanted["far"] / prices.bus.children),
        "riding": wanted["far"],
    }
    rows = [(kind, place, "", top) for kind, each in tops.items() for place, top in each.items()]
    beds = needs.sort_index()
    rows += [
        (kind, place, school, min(top, far))
        for kind in ("free", "new")
        for school, place, top, far in zip(beds.index, beds["township"], beds[kind], beds["far"], strict=True)
        if min(top, far) > 0
    ]
    return pd.DataFrame(rows, columns=["kind", "place", "school", "top"])
