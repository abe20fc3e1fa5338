"""Why a pairing is as it is: what else could be, what stands in the way of who is left, and whom a strong school must not send."""

import numpy as np
import pandas as pd

from balancelib.policy.alliances import SENT
from balancelib.policy.pairing import EQUAL, Pairing, Question, solve

PAIRS = ["name", "partner", "item", "km", "nearest", "nearest_km", "why", "second", "more_km", "lost"]
LEFT = ["name", "need", "item", "reach", "rivals", "places", "why"]
SENDING = ["name", "sent", "at_most", "condition"]


def explain_pairs(pairing: Pairing) -> pd.DataFrame:
    """Tell of each pair why not the nearest, and what the next best would cost (逐对解释).

    Parameters
    ----------
    pairing : Pairing
        Of `pair_schools`.

    Returns
    -------
    DataFrame
        By the weak school's code, in order: ``name, partner`` (its name), ``item, km``; ``nearest, nearest_km``: the nearest strong school that
        has what it lacks; ``why``: why that is not its partner, or that it is; ``second``: the partner it would have were this one not to be had, empty
        for none; ``more_km``: by how much all roads together would grow, blank where a school would be left without a partner: ``lost``, its name.

    Raises
    ------
    ValueError
        A pairing that is not proven the best.

    Notes
    -----
    Each answer is a new solution of the whole program with one pair given or forbidden, not a look at the list of distances.
    """
    _check(pairing)
    rows = [_explained(pairing, weak, pair) for weak, pair in pairing.pairs.iterrows()]
    return pd.DataFrame(rows, index=pairing.pairs.index, columns=PAIRS)


def _check(pairing: Pairing) -> None:
    """Refuse what is not the best: its reasons would be none."""
    if not pairing.proven:
        raise ValueError("只解释pair_schools找到的、已证明最好的配对")


def _explained(pairing: Pairing, weak: str, pair: pd.Series) -> dict[str, object]:
    """Explain one pair."""
    question = pairing.question
    names = question.roles["name"]
    arcs = question.arcs[question.arcs["weak"] == weak]
    nearest = arcs.loc[arcs["km"].idxmin()]
    other = solve(question, {(weak, pair["partner"]): 0})
    lost = _lost(pairing, other)
    return {
        "name": names[weak],
        "partner": names[pair["partner"]],
        "item": pair["item"],
        "km": pair["km"],
        "nearest": names[nearest["partner"]],
        "nearest_km": nearest["km"],
        "why": _why(pairing, weak, pair, nearest),
        "second": names[other.pairs.at[weak, "partner"]] if weak in other.pairs.index else "",
        "more_km": np.nan if lost else max(other.km - pairing.km, 0.0),
        "lost": question.names(lost),
    }


def _why(pairing: Pairing, weak: str, pair: pd.Series, nearest: pd.Series) -> str:
    """Say why the partner is not the nearest, or that it is."""
    if nearest["km"] >= pair["km"]:
        return "是最近的"
    given = solve(pairing.question, {(weak, nearest["partner"]): 1})
    if lost := _lost(pairing, given):
        return f"如果配给它，{pairing.question.names(lost)}就没有伙伴"
    more = given.km - pairing.km
    return f"如果配给它，全县合计多{more:.1f}公里" if more > EQUAL else "配给它也一样好"


def _lost(pairing: Pairing, other: Pairing) -> list[str]:
    """Schools that would be left without a partner, where the other pairing serves less need."""
    return [s for s in other.left if s not in pairing.left] if other.worth < pairing.worth else []


def explain_left(pairing: Pairing) -> pd.DataFrame:
    """Tell of each school without a partner what stands in the way (没有配上的原因).

    Parameters
    ----------
    pairing : Pairing
        Of `pair_schools`.

    Returns
    -------
    DataFrame
        By the weak school's code, the neediest first: ``name, need, item`` (what it lacks most); ``reach``: how many strong schools with such a teacher lie within
        the distance; ``rivals``: names of the weak schools that compete for the same places, itself included, and ``places``, how many those are: fewer, which
        proves that one must go without; ``why`` in a sentence.

    Raises
    ------
    ValueError
        A pairing that is not proven the best.

    Notes
    -----
    The rivals are found by alternating paths from the school; that fewer places than rivals are proof is Hall's theorem. Source: Hall
    (1935), "On Representatives of Subsets", Journal of the London Mathematical Society 10.
    """
    _check(pairing)
    rows = [_stuck(pairing, weak) for weak in pairing.left]
    return pd.DataFrame(rows, index=pd.Index(pairing.left, name="weak"), columns=LEFT)


def sending_conditions(pairing: Pairing) -> pd.DataFrame:
    r"""Tell each strong school whom it must not send, if it is to meet the standard itself afterwards (派谁，自己才仍然达标).

    Of the :math:`n` people sent at most :math:`\min(n, b_k)` may count in indicator ``k``, whatever they are sent as: one person may be a backbone teacher
    and a teacher of arts, and is gone from both numbers.

    Parameters
    ----------
    pairing : Pairing
        Of `pair_schools` or `nearest_first`.

    Returns
    -------
    DataFrame
        By the strong school's code, in order: ``name``; ``sent``: how many people; ``at_most``: for each indicator in which not all of them may count, how many
        may, a dict; ``condition``: the same in a sentence, empty where anybody may go.

    Notes
    -----
    The tables count teachers by indicator and do not say who counts in several: only the school can tell whether it has such people.
    """
    roles = pairing.question.roles
    items = [item for item in SENT if item in roles]
    rows = {}
    for strong, sent in pairing.pairs["partner"].value_counts().sort_index().items():
        at_most = {item: int(n) for item, n in roles.loc[strong, items].items() if n < sent}
        parts = [
            f"{'最多' + str(n) + '名' if n else '一名也不能'}是{SENT[item]}" for item, n in at_most.items()
        ]
        condition = f"派出的{sent}名里，{'，'.join(parts)}" if parts else ""
        rows[strong] = (roles.at[strong, "name"], int(sent), at_most, condition)
    return pd.DataFrame.from_dict(rows, orient="index", columns=SENDING).rename_axis("partner")


def _stuck(pairing: Pairing, weak: str) -> dict[str, object]:
    """Explain one school without a partner."""
    question = pairing.question
    item = question.roles.at[weak, "lacks"]
    row = {
        "name": question.roles.at[weak, "name"],
        "need": question.roles.at[weak, "need"],
        "item": item,
        "reach": int((question.arcs["weak"] == weak).sum()),
        "rivals": "",
        "places": 0,
    }
    if not row["reach"]:
        return row | {"why": _too_far(question, weak)}
    rivals, full = competing(pairing, weak)
    places = len(rivals) - 1
    return row | {
        "rivals": question.names(rivals),
        "places": places,
        "why": f"{len(rivals)}所弱校够得着的只有{question.names(full)}，一共只带得了{places}所；其中没有一所差得比它少",
    }


def _too_far(question: Question, weak: str) -> str:
    """Say where the nearest strong school is that has what a school lacks."""
    teachers = SENT.get(question.roles.at[weak, "lacks"], "它缺的教师")
    able = question.reach[(question.reach["weak"] == weak) & (question.reach["spare"] >= 1)]
    if able.empty:
        return f"全县没有一所强校派得出{teachers}"
    near = able.loc[able["km"].idxmin()]
    if np.isinf(near["km"]):
        return f"派得出{teachers}的强校，“校际路程”表里一所也没有：太远"
    return f"{question.within:g}公里以内没有派得出{teachers}的强校；最近的是{question.names([near['partner']])}，{near['km']:.1f}公里"


def competing(pairing: Pairing, weak: str) -> tuple[list[str], list[str]]:
    """Weak schools that compete for the same places as one that has none, and the strong schools that have these places.

    Each strong school that one of them could have is full: with partners, or with teachers of that item sent. Those who hold these places are
    rivals too, with all that they could have.
    """
    question = pairing.question
    items, held = question.roles["lacks"], pairing.pairs.groupby("partner").groups
    rivals, full = [weak], []
    for one in rivals:  # grows while it is walked
        for arc in question.arcs[question.arcs["weak"] == one].itertuples():
            holders = list(held.get(arc.partner, []))
            same = [h for h in holders if items[h] == arc.item]
            in_the_way = same if len(same) >= arc.spare else holders
            rivals += [h for h in in_the_way if h not in rivals]
            full += [arc.partner] if arc.partner not in full else []
    return sorted(rivals), sorted(full)
