"""The survey of satisfaction (社会认可度、满意度): whom it reached, what the answers stand for, and whether the limit is passed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.disclosure import Confidential
from balancelib.measures import DesignEstimate, Interval, design_mean, newcombe, wilson

LEAST = 5  # valid answers of a cell: with fewer it is joined to others
REST = "其他身份"
ANSWERS = {1.0: "满意", 0.0: "不满意"}


class Reminded(NamedTuple):
    """What those say who answered only when they were reminded.

    Attributes
    ----------
    waves : DataFrame
        By wave, 1 or 2: ``valid``, ``satisfied`` and the ``share`` of them.
    gap : Interval
        Share at once less share after the reminder, with Newcombe's interval.
    """

    waves: pd.DataFrame
    gap: Interval


def survey_answers(county: County) -> pd.DataFrame:
    """Return the answers with where each school is and the names of role and area (答卷).

    Parameters
    ----------
    county : County
        With table ``survey``.

    Returns
    -------
    DataFrame
        ``school_id, role, area, wave, satisfied`` (1, 0, or NaN where the question was left blank); role and area in Chinese.

    Raises
    ------
    Lacking
        The county asked nobody, or nobody answered the question.
    """
    county.tables.need(["survey.satisfied"])
    return _with_places(county, county.tables["survey"][["school_id", "role", "wave", "satisfied"]])


def survey_cells(county: County, least: int = LEAST) -> pd.DataFrame:
    """Return the survey by cells of role and area, which the answers are weighted by (按身份和城乡分格).

    Parameters
    ----------
    county : County
        With tables ``survey_frame`` and ``survey``.
    least : int
        Valid answers of a cell, two at least. Where there are fewer, the cells of the role are joined, and then roles that still have fewer.

    Returns
    -------
    DataFrame
        A row a cell, by its Chinese name: ``size`` people, ``sent``, ``valid`` and ``satisfied`` answers, ``share``.

    Raises
    ------
    Lacking
        A table is missing, more answers than forms or more forms than people, or too few answers.
    ValueError
        ``least`` below two.
    """
    if least < 2:
        raise ValueError(f"least是{least}，一格至少要2份有效答卷，才估得出误差")
    county.tables.need(["survey_frame.size", "survey.satisfied"])
    frame = _with_places(county, county.tables["survey_frame"][["school_id", "role", "size", "sent"]])
    answers = survey_answers(county).dropna(subset=["satisfied"])
    by = ["role", "area"]
    cells = frame.groupby(by)[["size", "sent"]].sum()
    cells[["valid", "satisfied"]] = answers.groupby(by)["satisfied"].agg(["size", "sum"]).reindex(cells.index)
    cells = cells.fillna(0.0).reset_index()
    if cells["valid"].sum() < len(answers) or (cells["valid"] > cells["sent"]).any():
        raise Lacking(
            "有的答卷在“满意度调查发放”表里没有发过，或者收回的比发出的还多。先把两张表对上，再算。"
        )
    if (cells["sent"] > cells["size"]).any():
        raise Lacking("“满意度调查发放”表里，有的身份发出的比总人数还多。先核对总人数，再算。")
    joined = cells.groupby(_joined(cells, least), sort=False)[["size", "sent", "valid", "satisfied"]].sum()
    if (joined["valid"] < least).any():
        few = "、".join(joined.index[joined["valid"] < least])
        raise Lacking(f"“{few}”的有效答卷不到{least}份，推不出这些人怎样想。多收一些再算。")
    return joined.assign(share=joined["satisfied"] / joined["valid"]).rename_axis("cell")


def _with_places(county: County, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the area of the school in, role and area by their Chinese names."""
    roles, areas = (
        schema().table("survey").column("role").codes,
        schema().table("schools").column("area").codes,
    )
    area = rows["school_id"].map(county.schools.set_index("school_id")["area"])
    if area.isna().any():
        raise Lacking("满意度调查里有的学校不在“学校”表里，或者没有填城乡分类。补上再算。")
    return rows.assign(role=rows["role"].map(roles), area=area.map(areas)).reset_index(drop=True)


def _joined(cells: pd.DataFrame, least: int) -> pd.Series:
    """Return the name of each cell, those with too few answers joined."""
    name = cells["role"] + "·" + cells["area"]
    few = (cells["valid"] < least).groupby(cells["role"]).transform("any")
    name = name.where(~few, cells["role"])
    return name.where(cells["valid"].groupby(name).transform("sum") >= least, REST)


def plain_share(cells: pd.DataFrame) -> Interval:
    """Return the share of the valid answers that are satisfied, every form counting alike, with Wilson's interval (直接算).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    """
    return wilson(cells["satisfied"].sum(), cells["valid"].sum())


def weighted_share(cells: pd.DataFrame, level: float = 0.95) -> DesignEstimate:
    r"""Return the share of all people who are satisfied, each cell weighing as many as it has people (加权).

    .. math::
        \hat p = \sum_g \frac{N_g}{N} \hat p_g

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    level : float
        Of the interval.

    Returns
    -------
    DesignEstimate
        Those who answered are taken as a random sample of their cell, and the cell as finite. The design effect is what unequal weights cost.

    Notes
    -----
    Post-stratification: Kalton and Flores-Cervantes (2003), Journal of Official Statistics 19, 81–97. It mends that cells answered
    unequally, and not that within a cell the satisfied answered more.
    """
    y = np.concatenate([np.repeat([1.0, 0.0], [s, n - s]) for n, s in _counts(cells)])
    rows = np.repeat(np.arange(len(cells)), cells["valid"].astype(int))
    return design_mean(y, strata=rows, population=cells["size"].to_numpy()[rows], level=level)


def _counts(cells: pd.DataFrame) -> Sequence[tuple[int, int]]:
    return [(int(n), int(s)) for n, s in zip(cells["valid"], cells["satisfied"], strict=True)]


def share_bounds(cells: pd.DataFrame) -> Interval:
    """Return how low and how high the share can be, whatever those think who did not answer (两头的极端).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.

    Returns
    -------
    Interval
        ``low``: of those asked all who did not answer are not satisfied; ``high``: all are; ``value``: as those of their cell who did.

    Notes
    -----
    No interval of sampling: what is not known stays so however many are asked. Manski (1989), Journal of Human Resources 24.
    """
    low, high = (
        _over_people(cells, (cells["satisfied"] + silent) / cells["sent"])
        for silent in (0.0, cells["sent"] - cells["valid"])
    )
    return Interval(_over_people(cells, cells["share"]), low, high)


def share_if_silent(cells: pd.DataFrame, share: float) -> float:
    """Return the county's share if of those who did not answer this share is satisfied (没有答的人要是这样想).

    Parameters
    ----------
    cells : DataFrame
        Of `survey_cells`.
    share : float
        From 0 to 1, such as that of the reminded (`answers_by_wave`): those who had to be reminded are more like those who never answer.

    Notes
    -----
    "Continuum of resistance", a guess to be named as one: Lin and Schaeffer (1995), Public Opinion Quarterly 59, 236–258.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"没有答的人里满意的比例是{share}，要在0和1之间")
    return _over_people(
        cells, (cells["satisfied"] + share * (cells["sent"] - cells["valid"])) / cells["sent"]
    )


def silent_needed(cells: pd.DataFrame, limit: float) -> float:
    """Return what share of those who did not answer must be satisfied for the county to reach the limit; below 0 or above 1 none can."""
    low, high = share_if_silent(cells, 0.0), share_if_silent(cells, 1.0)
    return (limit - low) / (high - low) if high > low else float("nan")


def _over_people(cells: pd.DataFrame, shares: pd.Series) -> float:
    return float(np.average(shares, weights=cells["size"]))


def answers_by_wave(answers: pd.DataFrame) -> Reminded:
    """Compare those who answered at once with those who had to be reminded (催了才答的人).

    Parameters
    ----------
    answers : DataFrame
        Of `survey_answers`.

    Raises
    ------
    Lacking
        Nobody was reminded, or nobody answered then.
    """
    valid = answers.dropna(subset=["satisfied"])
    waves = valid.groupby("wave")["satisfied"].agg(valid="size", satisfied="sum")
    if not {1, 2} <= set(waves.index):
        raise Lacking("只有一次的答卷，看不出催了才答的人怎样想。催一次，答卷里写上是第几次收到的。")
    waves["share"] = waves["satisfied"] / waves["valid"]
    first, second = waves.loc[1], waves.loc[2]
    gap = newcombe(first["satisfied"], first["valid"], second["satisfied"], second["valid"])
    return Reminded(waves, gap)


def seen_share(truth: float, shy: float) -> float:
    r"""Return the share that the answers show on average, where the satisfied and the others answer unequally (收上来会是多少).

    .. math::
        \frac{p}{p + (1 - p) r}

    Parameters
    ----------
    truth : float
        Share of all people who are satisfied.
    shy : float
        How often the others answer, as a multiple of the satisfied: above 0; 1 where both answer alike.

    Examples
    --------
    >>> round(seen_share(0.83, 0.75), 3)
    0.867
    """
    if not 0 <= truth <= 1 or not shy > 0:
        raise ValueError("真实的比例要在0和1之间，不满意的人答的机会要大于0")
    return truth / (truth + (1 - truth) * shy)


def passes(low: float, high: float, limit: float) -> bool | None:
    """Say whether a share is at or above the limit: True or False where the whole interval says so, None where it cannot be told.

    Examples
    --------
    >>> passes(0.86, 0.89, 0.85), passes(0.80, 0.84, 0.85), passes(0.84, 0.87, 0.85)
    (True, False, None)
    """
    if low >= limit:
        return True
    return False if high < limit else None


def shown_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Return what may be published of the answers by role and area: small cells hidden, and others with them (可以公布的表).

    Parameters
    ----------
    answers : DataFrame
        Of `survey_answers`.

    Returns
    -------
    DataFrame
        As `balancelib.disclosure.Release.table`: a row a role and area, a column an answer, all as text.
    """
    valid = answers.dropna(subset=["satisfied"])
    counts = valid.assign(answer=valid["satisfied"].map(ANSWERS)).groupby(["role", "area", "answer"])
    people = counts.size().rename("people").reset_index()
    of = {"role": schema().table("survey"), "area": schema().table("schools")}
    order = {name: [*table.column(name).codes.values()] for name, table in of.items()}
    order = {name: [v for v in values if v in set(people[name])] for name, values in order.items()}
    released = Confidential(people, "people", values={**order, "answer": ANSWERS.values()}).publish(
        [("role", "area", "answer")]
    )
    return released.table(("role", "area"), "answer")
