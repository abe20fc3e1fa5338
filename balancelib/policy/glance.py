"""The county at a glance on the four fronts of the national strategy, and whom the digital reaches."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pandas as pd
from msgspec import Struct

from balancelib.assess import Assessment, assess
from balancelib.assess.logic import WORDS, all_hold, reaches, shown, within
from balancelib.assess.parts import TestVerdict, bound_word
from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS, STAGES
from balancelib.county.terms import field_named
from balancelib.standards import Test

COLUMNS = ["front", "item", "verdict", "value", "line", "note", "meets"]
NO_LINE, NOT_ALONE, NO_STAGE = "没有全国的线", "不单独判定", "没有这个学段"
LEVELS = "ⅠⅡⅢⅣⅤ"  # of the national monitoring, from the lowest
PER_TERMINAL, USING = 10, 0.5  # pupils, share of teachers: aims of ours, no national number was found
ICT_PLAN = "《教育信息化十年发展规划（2011—2020年）》"
# Mbps, of ICT_PLAN: of schools, and of those in remote rural areas, which no table marks.
BANDWIDTH, REMOTE = 100, 2
REACH: dict[str, tuple[str, list[str], Callable[[pd.DataFrame], pd.Series]]] = {
    # key: its name, the columns that it needs, whether a school is like that
    "bandwidth": (f"带宽{BANDWIDTH}Mbps以上", ["bandwidth"], lambda t: t["bandwidth"] >= BANDWIDTH),
    "rooms": ("多媒体教室不少于普通教室", ["classrooms"], lambda t: t["multimedia_rooms"] >= t["classrooms"]),
    "terminals": (f"每{PER_TERMINAL}名学生1台终端", ["pupil_terminals"], lambda t: PER_TERMINAL * t["pupil_terminals"] >= t["all_pupils"]),
    "recording": ("有录播教室", ["recording_rooms"], lambda t: t["recording_rooms"] >= 1),
    "platform": ("一半以上教师用国家平台", ["platform_teachers", "teachers"], lambda t: t["platform_teachers"] >= USING * t["teachers"]),
}  # fmt: skip


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of ``glance.toml``, whose head says what each field means."""

    front: str
    label: str
    of: Literal["sections", "cv", "reach", "item", "digital"]
    key: str
    test: int = 0
    unit: str = ""
    decimals: int = 1


class Answer(Struct, frozen=True):
    """What is known of one figure: as written, its line, its verdict, what is to be added, and why nothing judges it."""

    value: str
    line: str
    meets: bool | None = None
    note: str = ""
    unjudged: str = ""


@functools.cache
def _figures() -> list[Figure]:
    data = msgspec.toml.decode(Path(__file__).with_name("glance.toml").read_bytes())
    return msgspec.convert(data["figures"], list[Figure])


def glance(county: County) -> pd.DataFrame:
    """Say how a county stands on the four fronts of the national strategy (县情一览).

    Parameters
    ----------
    county : County
        One county. What it has not is unknown, and said.

    Returns
    -------
    DataFrame
        A row a figure, by ``front``: ``item``, ``verdict`` in words (还不能判定 where numbers are missing, 不单独判定 and 没有全国的线 where nothing
        judges it), ``value`` as written ("不知道" where nothing was supplied), ``line`` that it is held against, ``note``: what is missing,
        ``meets`` (True, False or None).

    Raises
    ------
    Lacking
        Several counties at once.

    Notes
    -----
    Lines and verdicts are those of `balancelib.assess` under quality-2017 (教督〔2017〕6号), in full precision. Four figures for a front are no
    verdict on it: the whole is judged by `assess`.
    """
    verdict = assess(county, "quality-2017")
    if isinstance(verdict, list):
        raise Lacking("这份数据里有几个县：请把一个县的行单独存成一份。")
    rows = []
    for figure in _figures():
        answer = _ANSWERS[figure.of](figure, verdict, county)
        word = answer.unjudged or WORDS[answer.meets]
        rows.append((figure.front, figure.label, word, answer.value, answer.line, answer.note, answer.meets))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(meets=pd.Series([row[-1] for row in rows], dtype=object))


def _sections(figure: Figure, verdict: Assessment, _: County) -> Answer:
    here = verdict.sections[verdict.sections["stage"] == figure.key]
    if not len(here):
        return Answer("—", "全部", unjudged=NO_STAGE)
    met = sum(meets is True for meets in here["meets"])
    return Answer(f"{met}/{len(here)}", "全部", all_hold(here["meets"]))


def _cv(figure: Figure, verdict: Assessment, _: County) -> Answer:
    stage = verdict.stages[figure.key]
    line = f"每一项不超过{stage.cv_limit:.2f}"
    if not stage.sections:
        return Answer("—", line, unjudged=NO_STAGE)
    verdicts = list(stage.cv_meets.values())
    labels = {i.key: i.short_label for i in verdict.standard.indicators}
    over = [
        f"{labels[key]}{shown(stage.cv[key], stage.cv_limit, 3, within)}"
        for key, meets in stage.cv_meets.items()
        if meets is False
    ]
    note = f"超过的：{'、'.join(over)}" if over else ""
    return Answer(f"{verdicts.count(True)}/{len(verdicts)}", line, all_hold(verdicts), note)


def _reach(figure: Figure, verdict: Assessment, _: County) -> Answer:
    here = (verdict.sections["stage"] == figure.key).to_numpy()
    ratios = verdict.ratios["multimedia_rooms"].to_numpy(dtype=float)[here]
    known = ratios[~np.isnan(ratios)]
    threshold = verdict.standard.indicator("multimedia_rooms").thresholds[figure.key]
    line = f"每百名学生{threshold:g}间"
    if not here.any():
        return Answer("—", line, unjudged=NO_STAGE)
    rule = "7项里6项达标、余下一项不低于85%，才算达到要求"
    return Answer(f"{int(reaches(known, 1.0).sum())}/{len(known)}", line, None, rule, NOT_ALONE)


def _item(figure: Figure, verdict: Assessment, _: County) -> Answer:
    part, _, key = figure.key.partition(".")
    item = next(one for one in verdict.parts[part].items if one.item.key == key)
    return _tested(figure, item.item.tests[figure.test], item.tests[figure.test])


def _tested(figure: Figure, test: Test, found: TestVerdict) -> Answer:
    bound = next(b for b in (test.minimum, test.maximum, test.below) if b is not None)
    times = 100 if figure.unit == "%" else 1
    written = _level(bound) if figure.unit == "level" else f"{times * bound:,g}{figure.unit}"
    line = "是" if figure.unit == "yes_no" else f"{bound_word(test)}{written}"
    if found.value is None:
        missing = "、".join(field_named(name).label for name in found.missing)
        return Answer("不知道", line, None, f"还缺：{missing}" if missing else found.reason)
    if figure.unit == "yes_no":
        return Answer("是" if found.value else "否", line, found.meets)
    if figure.unit == "level":
        return Answer(_level(found.value), line, found.meets)
    number = shown(times * found.value, times * bound, figure.decimals if found.value % 1 else 0, _side(test))
    return Answer(f"{number}{figure.unit}", line, found.meets)


def _level(number: float) -> str:
    return f"{LEVELS[int(number) - 1]}级"


def _side(test: Test) -> Callable[[float, float], bool]:
    """Return how a value is compared, so that what is written stands on the same side of the line."""
    if test.minimum is not None:
        return reaches
    return within if test.maximum is not None else lambda x, bound: x < bound


def _digital(figure: Figure, _: Assessment, county: County) -> Answer:
    answer = functools.partial(Answer, line="县里自己定", unjudged=NO_LINE)
    if "digital" not in county.tables:
        return answer("不知道", note="还缺：“数字化”表")
    reach = digital_reach(county).loc[figure.key]
    if np.isnan(reach["all"]):
        return answer("不知道", note=f"看不出各校是不是{REACH[figure.key][0]}")
    unknown = f"；{reach['unknown']:.1f}%的学生不知道" if reach["unknown"] else ""
    return answer(
        f"{reach['all']:.1f}%",
        note=f"{BANDWIDTH}Mbps出自{ICT_PLAN}，已到期；其中边远农村是{REMOTE}Mbps{unknown}",
    )


_ANSWERS: Mapping[str, Callable[[Figure, Assessment, County], Answer]] = {
    "sections": _sections, "cv": _cv, "reach": _reach, "item": _item, "digital": _digital,
}  # fmt: skip


def digital_reach(county: County) -> pd.DataFrame:
    """Share of pupils who are in schools that have something digital (数字资源送到了多少学生).

    Parameters
    ----------
    county : County
        With table ``digital``.

    Returns
    -------
    DataFrame
        Index: the keys of `REACH`; ``label``; % of the primary and junior pupils of ``urban``, ``town``, ``rural`` and ``all``
        schools, among those of whose school it is known; ``unknown``: % of all pupils of whom it is not.

    Raises
    ------
    MissingTable
        No table ``digital``.

    Notes
    -----
    Unit of analysis: the pupil, so that a large school counts more. 100 Mbps is the number of 教育信息化十年发展规划（2011—2020年）, which has
    run out, and asked for 2 Mbps only of remote rural schools: they are not told apart here. One terminal for ten pupils and half of the teachers
    are ours. To have it is not yet to use it.
    """
    table = county.schools.merge(
        county.tables["digital"], on="school_id", how="left", suffixes=("", "_of_digital")
    )
    added = lambda what, stages: table[[f"{what}_{s}" for s in stages]].astype(float).sum(axis=1)  # noqa: E731
    table = table.assign(
        pupils=added("pupils", STAGES),
        all_pupils=added("pupils", (*STAGES, "senior")),
        teachers=added("teachers", STAGES),
    )
    whole = ["teachers", "classrooms"]  # of none, neither half nor all can be said
    table[whole] = table[whole].where(table[whole] > 0)
    table = table[table["pupils"] > 0]
    rows = {}
    for key, (label, needed, has) in REACH.items():
        known = table[needed].notna().all(axis=1)
        there = pd.DataFrame({"area": table["area"], "known": table["pupils"] * known, "has": table["pupils"] * (has(table) & known)})  # fmt: skip
        by_area = there.groupby("area")[["has", "known"]].sum()
        by_area.loc["all"] = by_area.sum()
        share = 100 * by_area["has"] / by_area["known"].where(by_area["known"] > 0)
        unknown = 100 * (1 - there["known"].sum() / table["pupils"].sum())
        rows[key] = {"label": label, **share.reindex([*AREAS, "all"]), "unknown": unknown}
    return pd.DataFrame.from_dict(rows, orient="index")
