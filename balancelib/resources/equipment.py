"""Every batch of equipment: in what state it is, when it is due, and which schools have the least."""

from collections.abc import Iterable, Mapping
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
    ledger = ledger_of(county)
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
    indicator = equipment_indicator(standard)
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


def equipment_indicator(standard: Standard) -> Indicator:
    """Return the standard's indicator of equipment per pupil."""
    found = [i for i in standard.indicators if list(i.sum["primary"]) == ["equipment_value"] and i.thresholds]
    if not found:
        raise ValueError(f"{standard.label}没有给生均教学仪器设备值定标准，比不出哪所学校薄弱")
    return found[0]


def ledger_of(county: County) -> pd.DataFrame:
    """Return the ledger of equipment, in which nothing that counts may be blank."""
    ledger = county.tables["ledger"]
    columns = ["category", "quantity", "unit_value", "year_bought", "condition"]
    if (blank := ledger[columns].isna().any(axis=1)).any():
        first = ledger.loc[blank, "item_id"].astype(str)
        raise Lacking(f"设备台账里这些行有空格，补上再算：{'、'.join(first[:10])}（共{len(first)}行）")
    return ledger
