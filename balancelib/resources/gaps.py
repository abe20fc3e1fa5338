"""How far every school is from the standard, in square metres, rooms, teachers and money."""

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.county.schema import STAGES, schema
from balancelib.resources.needs import Needs, effect, needs, unit_size
from balancelib.resources.unit_costs import UNIT_COSTS, Action
from balancelib.standards import Indicator, Standard, load_standard

COLUMNS = ["school_id", "name", "stage", "indicator", "unit", "have", "to_threshold", "to_floor"]


def gaps(
    county: County,
    standard: Standard | str = "quality-2017",
    *,
    by: Literal["section", "school"] = "section",
    actions: Sequence[Action] = UNIT_COSTS,
    years: int = 3,
    relax: Collection[str] = (),
) -> pd.DataFrame:
    r"""Each school's gap to the standard in whole units, and what closing it costs (与标准的差距).

    .. math:: g = u \max\Big(0, \Big\lceil \frac{t\, p / c - y}{s\, u} \Big\rceil \Big)

    with the threshold ``t``, or ``floor × t``, per ``c`` pupils; ``p`` pupils, the total ``y``, the section's share ``s`` of what the
    school records undivided (1 where a column is kept by stage) and the whole unit ``u``: 1 m², room or teacher, 100 元 of equipment.

    Parameters
    ----------
    county : County
        One county, as read.
    standard : Standard or str
        One with thresholds, its name, or the path of its TOML file.
    by : {"section", "school"}
        A row a stage section, or a row a school. What a school of several stages records undivided is split by pupils, so that each
        section asks for another total: the school needs the largest. Teachers are kept by stage, and their gaps add up.
    actions : sequence of Action
        What can be done and its price; the bundled prices are assumptions (示例单价), put your own in their place.
    years : int
        For how many years a cost that recurs is counted.
    relax : collection of str
        Keys of the relaxations to apply.

    Returns
    -------
    DataFrame
        A row for each indicator below its threshold: ``school_id, name, stage`` (empty for a school), ``indicator`` (key), ``unit``; ``have``,
        ``to_threshold``, ``to_floor`` in that unit, of the school's columns; ``cost_threshold, cost_floor``: 元, by the cheapest
        action that moves nobody; NaN where there is none. More of a part than there is of the whole, as of qualified teachers, is priced with
        what the whole then lacks. ``have`` is the share of the section, or of the sections of the school that count.

    Raises
    ------
    ValueError
        A standard without thresholds, several counties, no school in its scope, a number that is blank.

    Notes
    -----
    Unit of analysis: the section, or the school. A value within 1e-12 of its threshold meets it, as in `assess`. Source of the rule: the
    standard's file.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> found = gaps(sample_county(7))
    >>> found.loc[found["indicator"] == "multimedia_rooms", "to_threshold"].head(3).tolist()
    [2.0, 3.0, 2.0]
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    found = needs(county, standard, actions, relax)
    parts = [
        _of_indicator(found, k, indicator, actions, years) for k, indicator in enumerate(standard.indicators)
    ]
    frame = pd.concat(parts)
    if by == "school":
        frame = _by_school(frame)
    order = {indicator.key: k for k, indicator in enumerate(standard.indicators)}
    frame = frame.sort_values(["school", "stage", "indicator"], key=lambda c: c.map(order) if c.name == "indicator" else c, kind="stable")  # fmt: skip
    short = frame["to_threshold"] > 0
    return frame.loc[short, [*COLUMNS, "cost_threshold", "cost_floor"]].reset_index(drop=True)


def _of_indicator(
    found: Needs, k: int, indicator: Indicator, actions: Sequence[Action], years: int
) -> pd.DataFrame:
    """Gaps of all sections in one indicator."""
    size = unit_size(indicator, actions)
    price, beyond = _price(indicator, actions, years), _price_beyond(indicator, actions, years)
    room = _room(found, indicator) / size
    frame = found.sections.assign(
        indicator=indicator.key, split=indicator.split, unit=_unit(indicator), have=found.totals[:, k] / indicator.scale
    )  # fmt: skip
    for name, units in (("threshold", found.to_threshold[:, k]), ("floor", found.to_floor[:, k])):
        missing = np.maximum(units, 0)
        frame[f"to_{name}"] = (missing * size).round(9)
        more = np.maximum(missing - room, 0)
        frame[f"cost_{name}"] = (missing - more) * price + np.where(more > 0, more * beyond, 0)
    return frame


def _price(indicator: Indicator, actions: Sequence[Action], years: int) -> float:
    """Price of one whole unit by the cheapest action that moves nobody."""
    size = unit_size(indicator, actions)
    stages = tuple(indicator.sum)
    prices = (
        a.cost(years) / round(a.size / size)
        for a in actions
        if not a.moves and all(effect(a, indicator, s) > 0 for s in stages)
    )
    return min(prices, default=np.nan)


def _part_of(indicator: Indicator, stage: str) -> tuple[str, str | None]:
    """Return the only column that an indicator sums in a stage, and the one that it is a part of, if any."""
    column = schema().table("schools").column(indicator.sum[stage][0])
    return column.name, column.within if len(indicator.sum[stage]) == 1 else None


def _room(found: Needs, indicator: Indicator) -> np.ndarray:
    """By how much each section's column can grow until it is all of what it is a part of."""
    rooms = []
    for stage, school in zip(found.sections["stage"], found.sections["school"], strict=True):
        part, whole = _part_of(indicator, stage)
        of = found.schools.iloc[school]
        rooms.append(of[whole] - of[part] if whole else np.inf)
    return np.maximum(np.array(rooms, dtype=float), 0)


def _price_beyond(indicator: Indicator, actions: Sequence[Action], years: int) -> float:
    """Price of one more unit where the whole must grow too: by one action that raises both, or by one for each."""
    stage = STAGES[0]
    part, whole = _part_of(indicator, stage)
    if whole is None:
        return np.nan
    cheapest = lambda *wanted: min(  # noqa: E731
        (a.cost(years) / a.size for a in actions if not a.moves and {*wanted} <= {*a.columns(stage)}), default=np.inf
    )  # fmt: skip
    price = min(cheapest(part, whole), cheapest(part) + cheapest(whole)) * unit_size(indicator, actions)
    return price if price < np.inf else np.nan


def _unit(indicator: Indicator) -> str:
    """Unit of the columns that an indicator sums."""
    return schema().table("schools").column(indicator.sum["primary"][0]).unit


def _by_school(frame: pd.DataFrame) -> pd.DataFrame:
    """Join the sections of a school: the largest gap of what is split, the sum of what is kept by stage."""
    grouped = frame.groupby(["school", "school_id", "name", "indicator", "unit", "split"], sort=False)
    gap = ["to_threshold", "to_floor", "cost_threshold", "cost_floor"]
    largest, added = grouped[gap].max().reset_index(), grouped[[*gap, "have"]].sum(min_count=1).reset_index()
    joined = added.copy()
    joined.loc[joined["split"], gap] = largest.loc[joined["split"], gap]
    return joined.assign(stage="")


def gaps_table(frame: pd.DataFrame, standard: Standard | str = "quality-2017") -> pd.DataFrame:
    """Return the gaps as a table for officials: ``学校, 学段, 指标, 单位, 差到标准, 差到底线, 补到标准要多少元``."""
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    labels = {indicator.key: indicator.short_label for indicator in standard.indicators}
    stages = frame["stage"].map({"": "全校"} | schema().stages)
    floor = f"差到底线（{100 * standard.school_rule.floor:g}%）"
    return pd.DataFrame(
        {
            "学校": frame["name"], "学段": stages, "指标": frame["indicator"].map(labels), "单位": frame["unit"],
            "差到标准": frame["to_threshold"], floor: frame["to_floor"], "补到标准要多少元": frame["cost_threshold"],
        }
    )  # fmt: skip
