"""Exercise of 5.1: what is due, whole routes of each township, and what they cost."""

import numpy as np

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import load_prices, support_due, support_needs

TENTH = 10_000  # 元


def _alone(county: County) -> np.ndarray:
    return support_needs(county).groupby("township")["alone"].sum().to_numpy()


def _money(county: County) -> dict[str, float]:
    prices = load_prices()
    routes = np.ceil(_alone(county) / prices.visit.children).sum()
    due = support_due(county, prices.due)["high"].sum()
    return {
        "该给的": due / TENTH,
        "路线": float(routes),
        "走访": routes * prices.visit.day * prices.visit.rounds / TENTH,
    }


def _together(county: County) -> dict[str, float]:
    """The mistake of rounding up once for the county."""
    visit = load_prices().visit
    routes = np.ceil(_alone(county).sum() / visit.children)
    return {"路线": float(routes), "走访": routes * visit.day * visit.rounds / TENTH}


EXERCISES = {
    "3": Exercise(
        answer=_money,
        hints=(
            "该给的是`due`里`high`那一列加起来，换成万元。路线不跨乡镇，每个乡镇各自向上取整。",
            "一条路线一年走4个整天，一个整天600元。",
            "`due[\"high\"].sum() / 10000`；`np.ceil(alone / 6).sum()`；`routes * 600 * 4 / 10000`。",
        ),
        mistakes={
            "路线在全县合起来取整了。路线不跨乡镇，每个乡镇各自取整再加。": lambda county, right: {**right, **_together(county)},
            "“走访”只算了走一趟的钱。一条路线一年走4个整天。": lambda county, right: {**right, "走访": right["走访"] / 4},
            "“该给的”写成了元，题目问万元。": lambda county, right: {**right, "该给的": right["该给的"] * TENTH},
        },
        tolerance={"该给的": 0.05, "路线": 0.0, "走访": 0.01},
        right="该给的先付清，走访是要排的里面最便宜的：一名一年只要几百元。",
        tables=("care", "group_pupils", "boarding"),
    ),
}  # fmt: skip
