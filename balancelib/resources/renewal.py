"""Renewal of equipment by age and condition: what is due, what it costs, and which schools come first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from msgspec import Meta, Struct

from balancelib.county import County, Lacking
from balancelib.county.indicators import stage_shares, with_items
from balancelib.county.schema import STAGES
from balancelib.standards import Indicator, Standard, load_standard
from balancelib.toml import Key, Text, TomlError, convert, parse

STATES = {
    "broken": "已经损坏",
    "worn_out": "到年限且老化",
    "aged": "到年限，还能用",
    "worn": "没到年限，已老化",
    "good": "没到年限，完好",
}
DUE = ("broken", "worn_out")
WAN = 10_000  # 元 in the unit of the school's book
FEN = 100  # money is spent in whole 分, so that no budget is passed by a rounding


class ServiceLifeError(TomlError):
    """A file of service lives is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "使用年限文件"


class ServiceLife(Struct, frozen=True, forbid_unknown_fields=True):
    """How many years a category of equipment is expected to serve, and as what the accounting rule lists it."""

    key: Key
    label: Text
    years: Annotated[int, Meta(ge=1, le=100)]
    listed: Text = "—"


class _Lives(Struct, forbid_unknown_fields=True):
    lives: Annotated[tuple[ServiceLife, ...], Meta(min_length=1)]


def load_service_lives(path: str | Path) -> tuple[ServiceLife, ...]:
    """Load service lives from a TOML file, in the form of ``service_life.toml``.

    Raises
    ------
    ServiceLifeError
        The file is missing or malformed.
    """
    path = Path(path)
    return convert(parse(path, ServiceLifeError, "找不到这个文件"), _Lives, path.name, ServiceLifeError).lives


SERVICE_LIVES = load_service_lives(Path(__file__).with_name("service_life.toml"))
"""Years by category, from ``service_life.toml``: the accounting rule's, read in transcriptions; a province's own go before it."""


def equipment_state(
    county: County,
    year: int,
    *,
    lives: Iterable[ServiceLife] = SERVICE_LIVES,
    prices: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    r"""Say of every batch of equipment in what state it is, and when it is due (设备更新台账).

    .. math:: d = b + L \quad \text{(now, where broken)}

    with the year bought ``b`` and the service life ``L``.

    Parameters
    ----------
    county : County
        With the table ``ledger``.
    year : int
        The year of the ledger.
    lives : iterable of ServiceLife
        One for each category of the ledger.
    prices : mapping of str to float, optional
        What a new piece costs today, 元, by category; where none is given, what the old one cost.

    Returns
    -------
    DataFrame
        Rows as the ledger, its columns and: ``name`` of the school; ``due_year``; ``state``, one of `STATES`; ``unit_price`` and ``cost`` of all
        pieces new, 元.

    Raises
    ------
    ValueError
        A county without a ledger, a blank in it, a category without service life, prices that are negative or of an unknown category.

    Notes
    -----
    Unit of analysis: the batch, a row of the ledger. A service life is a least: what has passed it and still works stays in use (``aged``), and
    what has not passed it is replaced only if it is broken; worn things are mended first. Source of this rule: 财资〔2016〕27号, made for central
    offices, read in the news; source of the years: ``service_life.toml``.

    Examples
    --------
    Computers serve six years: those of 2016 were due in 2022, those of 2023 are due in 2029.

    >>> ledger = pd.DataFrame({"item_id": ["a", "b"], "school_id": "1", "category": "computer", "quantity": [10, 5],
    ...     "unit_value": 4000.0, "year_bought": [2016, 2023], "condition": ["worn", "good"]})
    >>> county = County({"schools": pd.DataFrame({"school_id": ["1"], "name": ["甲校"]}), "ledger": ledger})
    >>> equipment_state(county, 2025)[["due_year", "state", "cost"]].values.tolist()
    [[2022, 'worn_out', 40000.0], [2029, 'good', 20000.0]]
    """
    ledger = _ledger(county)
    years = {life.key: life.years for life in lives}
    if unknown := sorted(set(ledger["category"]) - set(years)):
        raise ValueError(f"没有给这些设备类别写使用年限：{'、'.join(map(str, unknown))}")
    prices = dict(prices or {})
    if unknown := sorted(map(str, set(prices) - set(years))):
        raise ValueError(f"单价里不认识的设备类别：{'、'.join(unknown)}；可以写：{'、'.join(years)}")
    if wrong := sorted(key for key, price in prices.items() if not 0 < price < np.inf):
        raise ValueError(f"这些类别的单价要大于0：{'、'.join(wrong)}")
    names = county.schools.set_index("school_id")["name"]
    ends = ledger["year_bought"].astype(int) + ledger["category"].map(years)
    old, broken = ends <= year, ledger["condition"] == "broken"
    worn = ledger["condition"] == "worn"
    state = np.select([broken, old & worn, old, worn], ["broken", "worn_out", "aged", "worn"], "good")
    price = ledger["category"].map(prices).fillna(ledger["unit_value"]).astype(float)
    return ledger.assign(
        name=ledger["school_id"].map(names),
        due_year=ends.where(~broken, year),
        state=state,
        unit_price=price,
        cost=price * ledger["quantity"],
    )


def renewal_need(state: pd.DataFrame, year: int, years: int = 5) -> pd.DataFrame:
    """What renewal would cost year by year if nothing outlives its service life (逐年更新需求).

    Parameters
    ----------
    state : DataFrame
        As `equipment_state` returns.
    year : int
        The year of the ledger; what is overdue is counted in it.
    years : int
        How many years ahead, beside that one.

    Returns
    -------
    DataFrame
        Index ``year``; 元: ``broken`` and ``worn_out``, which must or may be replaced now; ``reaches_life``, what comes to the end of its years,
        whether it then still works or not; ``total``.

    Notes
    -----
    The plainest survival model: everything lives exactly its service life, once. Its first year also holds what is past its life
    and still works, which the rule asks to keep in use: the sum is the most that is needed, not a budget. What is bought in these years is
    taken to outlive them.

    Examples
    --------
    >>> state = pd.DataFrame({"due_year": [2022, 2027], "state": ["worn_out", "good"], "cost": [40000.0, 20000.0]})
    >>> renewal_need(state, 2025, 2)["total"].tolist()
    [40000.0, 0.0, 20000.0]
    """
    columns = state["state"].where(state["state"].isin(DUE), "reaches_life")
    table = (
        state.assign(due=state["due_year"].clip(lower=year), part=columns)
        .pivot_table(index="due", columns="part", values="cost", aggfunc="sum", fill_value=0.0)
        .reindex(index=range(year, year + years + 1), columns=[*DUE, "reaches_life"], fill_value=0.0)
    )
    return table.assign(total=table.sum(axis=1)).rename_axis(index="year", columns=None)


def equipment_ratio(county: County, standard: Standard | str = "quality-2017") -> pd.Series:
    """Each school's equipment per pupil as a share of the threshold, of its weaker stage; index ``school_id``.

    A school out of the standard's scope, such as a teaching point of 30 pupils, has one as well; a school without pupils of compulsory
    education has none (NaN).
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    indicator = _equipment(standard)
    schools = with_items(county)
    value, shares = (
        schools["equipment_value"] * indicator.scale * indicator.per,
        stage_shares(schools, standard),
    )
    ratios = []
    for stage in STAGES:
        pupils = schools[f"pupils_{stage}"].where(lambda p: p > 0).to_numpy(dtype=float)
        ratios.append(value.to_numpy() * shares[stage] / pupils / indicator.thresholds[stage])
    return pd.Series(np.fmin.reduce(ratios), schools["school_id"].rename("school_id"), name="ratio")


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
    left = _ledger(county).set_index("item_id")["quantity"].astype(int)
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
    ledger = _ledger(county)
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
    ledger = _ledger(county).copy()
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


def _equipment(standard: Standard) -> Indicator:
    """Return the standard's indicator of equipment per pupil."""
    found = [i for i in standard.indicators if list(i.sum["primary"]) == ["equipment_value"] and i.thresholds]
    if not found:
        raise ValueError(f"{standard.label}没有给生均教学仪器设备值定标准，比不出哪所学校薄弱")
    return found[0]


def _ledger(county: County) -> pd.DataFrame:
    ledger = county.tables["ledger"]
    columns = ["category", "quantity", "unit_value", "year_bought", "condition"]
    if (blank := ledger[columns].isna().any(axis=1)).any():
        first = ledger.loc[blank, "item_id"].astype(str)
        raise Lacking(f"设备台账里这些行有空格，补上再算：{'、'.join(first[:10])}（共{len(first)}行）")
    return ledger


def _fen(yuan: float) -> int:
    return round(yuan * FEN) if np.isfinite(yuan) else -1
