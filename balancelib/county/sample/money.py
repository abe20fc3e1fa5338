"""Money of the synthetic county's schools by year and source, with what an audit should find."""

import numpy as np
import pandas as pd

from balancelib.county.enrolment import STAGE_GRADES
from balancelib.county.sample.draw import by_area
from balancelib.standards.quotas import RUNNING_COSTS, running_costs

YEARS = np.arange(2021, 2026)
UPPER = 0.6  # of the quota, from the centre and the province
REPAIR = (55.0, 60.0, 75.0)  # 元 a pupil, by area
# In the last year, at most so many percentage points above the share in the table of schools: one decimal agrees.
ABOVE_SHARE = 0.04


def draw_money(
    rng: np.random.Generator,
    schools: pd.DataFrame,
    enrolment: pd.DataFrame,
    boarding: pd.DataFrame,
    ledger: pd.DataFrame,
) -> pd.DataFrame:
    """Draw budgets by the national quota and the pupils of the autumn before, and what was spent.

    Equipment is what the ledger says was bought in the year, and small things beside. Five public schools have each one thing
    that an audit should find:

    - training is 3.8 % of the budget in 2023;
    - running costs in 2022 are 15 % above budget and other income;
    - budget, county grant, spending and training of 2024 are three times what they should be;
    - repairs of 2025 are 25 times what is usual for so many pupils;
    - all amounts of all years are whole thousands: the largest primary or junior school.
    """
    n, years = len(schools), len(YEARS)
    quota = _quota(schools, enrolment, boarding)
    budget = np.round(quota * rng.uniform(1.0, 1.03, (n, 1)) * rng.uniform(0.998, 1.01, (n, years)))
    upper = np.round(quota * UPPER)
    pupils = _pupils(enrolment).sum(axis=2)
    other = np.round(pupils * rng.lognormal(np.log(12), 0.4, (n, 1)) * rng.lognormal(0, 0.12, (n, years)))
    spent = np.round((budget + other) * rng.uniform(0.945, 1.0, (n, years)))
    share = schools["training_share"].to_numpy()[:, None] * rng.uniform(0.93, 1.05, (n, years))
    share = np.clip(share, 5.05, None)
    share[:, -1] = schools["training_share"] + rng.uniform(0, ABOVE_SHARE, n)
    training = np.ceil(budget * share / 100)
    equipment = np.round(_bought(ledger, schools) + pupils * rng.lognormal(np.log(8), 0.4, (n, years)))
    repair = np.round(pupils * by_area(schools, REPAIR)[:, None] * rng.lognormal(0, 0.4, (n, years)))
    amounts = {
        "running_budget": budget,
        "grant_upper": upper,
        "grant_county": budget - upper,
        "other_income": other,
        "running_spending": spent,
        "training_spending": training,
        "equipment_spending": equipment,
        "repair_spending": repair,
    }
    _plant(schools, amounts, share)
    keys = {
        "school_id": np.repeat(schools["school_id"].to_numpy(), years),
        "year": np.tile(YEARS, n).astype(float),
    }
    return pd.DataFrame(keys | {name: amount.ravel() for name, amount in amounts.items()})


def _bought(ledger: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    """Return what the ledger says was bought, by school and year of the money."""
    value = ledger.assign(value=ledger["quantity"] * ledger["unit_value"]).pivot_table(
        index="school_id", columns="year_bought", values="value", aggfunc="sum"
    )
    return value.reindex(index=schools["school_id"], columns=YEARS).fillna(0).to_numpy()


def _pupils(enrolment: pd.DataFrame) -> np.ndarray:
    """Return pupils by school, year of the money and stage: those of the September before."""
    before = enrolment[enrolment["year"].isin(YEARS - 1)]
    stages = [before[grades].sum(axis=1) for grades in STAGE_GRADES.values()]
    return np.stack([stage.to_numpy().reshape(-1, len(YEARS)) for stage in stages], axis=2)


def _quota(schools: pd.DataFrame, enrolment: pd.DataFrame, boarding: pd.DataFrame) -> np.ndarray:
    """Return what the national quota gives each school each year."""
    quotas = [running_costs(year) for year in YEARS]
    rate = pd.DataFrame([{**quota.per_pupil, **quota.supplements} for quota in quotas]).to_dict("list")
    pupils = _pupils(enrolment)
    everyone = pupils.sum(axis=2)
    counted = np.maximum(quotas[-1].least_pupils / np.maximum(everyone, 1), 1)
    by_stage = (pupils[:, :, 0] * rate["pupils_primary"] + pupils[:, :, 1] * rate["pupils_junior"]) * counted
    boarders = schools[["school_id"]].merge(boarding, how="left", on="school_id")
    boarders = (
        boarders[["boarders_primary", "boarders_junior"]].sum(axis=1).to_numpy()[:, None] * rate["boarders"]
    )
    special = (schools["kind"] == "special").to_numpy()[:, None]
    return np.where(special, everyone * rate["pupils_special"], by_stage + boarders)


def _plant(schools: pd.DataFrame, amounts: dict[str, np.ndarray], share: np.ndarray) -> None:
    year = {int(y): k for k, y in enumerate(YEARS)}
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1).to_numpy()
    fit = np.flatnonzero(
        (pupils >= 2 * RUNNING_COSTS.least_pupils)
        & (schools["operator"] == "public").to_numpy()
        & schools["kind"].isin(["primary", "junior"]).to_numpy()
    )
    thousands = fit[np.argmax(pupils[fit])]
    others = fit[fit != thousands]
    low, over, jump, outlier = others[np.linspace(0, len(others) - 1, 4).astype(int)]
    budget, spent, training = (
        amounts[name] for name in ("running_budget", "running_spending", "training_spending")
    )
    training[low, year[2023]] = np.round(budget[low, year[2023]] * 0.038)
    spent[over, year[2022]] = np.round((budget + amounts["other_income"])[over, year[2022]] * 1.15)
    for amount in (budget, training):
        amount[jump, year[2024]] *= 3
    amounts["repair_spending"][outlier, year[2025]] *= 25
    for amount in amounts.values():
        amount[thousands] = _thousands(amount[thousands])
    budget[thousands] = (
        np.floor(training[thousands] / share[thousands] / 10) * 1000
    )  # the share keeps its decimal
    income = (budget + amounts["other_income"]) * 0.97
    spent[jump, year[2024]] = np.round(income[jump, year[2024]])
    spent[thousands] = _thousands(income[thousands])
    amounts["grant_county"][:] = budget - amounts["grant_upper"]


def _thousands(amount: np.ndarray) -> np.ndarray:
    return np.maximum(np.round(amount, -3), 1000)
