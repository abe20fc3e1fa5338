"""The card of a school: each of its indicators among those of its similar schools, beside the standard's threshold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.assess.logic import TOLERANCE, reaches
from balancelib.assess.similar import Band, Peers, peers, rules
from balancelib.assess.verdict import Assessment
from balancelib.county.schema import STAGES
from balancelib.county.tables import County


@dataclass(frozen=True)
class Card:
    """A section beside its similar ones.

    Attributes
    ----------
    school_id, name, stage : str
    own : Series
        Its features.
    similar : DataFrame
        As `similar_schools` gives it.
    others : DataFrame
        The indicators of the similar sections, in the same order.
    table : DataFrame
        By indicator: ``label, unit, value``; ``threshold``, ``ratio``, ``met`` of the standard; ``known``, how many of the similar
        have a value, and its ``lowest, median, highest`` among them; ``higher``, how many have more; ``decile``
        and ``band``, None where fewer than ten are known.
    """

    school_id: str
    name: str
    stage: str
    own: pd.Series
    similar: pd.DataFrame
    others: pd.DataFrame
    table: pd.DataFrame


def decile_card(
    county: County, assessment: Assessment, school_id: str, among: Mapping[str, Peers] | None = None
) -> dict[str, Card]:
    """Place each indicator of a school among those of its similar schools, beside the standard's threshold.

    Parameters
    ----------
    county : County
        That was assessed.
    assessment : Assessment
        The verdict on it.
    school_id : str
        The school.
    among : mapping of str to Peers, optional
        What `peers` returned, by stage: saves gathering it again for each of many schools.

    Returns
    -------
    dict of str to Card
        By stage; a nine-year school has two.

    Notes
    -----
    With ``b`` of ``n`` similar sections lower and ``t`` equal, the share below is ``(b + t/2) / n`` and the decile
    the tenth that it falls in: 1 the lowest, 10 the highest. More is better for every indicator. Deciles 1–3
    are red, 4–7 amber, 8–10 green. A colour compares with others and says nothing of the standard.
    """
    sections = assessment.sections
    cards = {}
    for at in np.flatnonzero(sections["school_id"] == school_id):
        stage = sections["stage"].iloc[at]
        known = (among or {}).get(stage) or peers(county, stage, assessment.standard, assessment.relaxations)
        cards[stage] = _card(assessment, int(at), stage, known)
    if not cards:
        raise KeyError(f"没有学校{school_id}，或者它不进资源配置")
    return cards


def _card(assessment: Assessment, at: int, stage: str, among: Peers) -> Card:
    school_id, name = assessment.sections[["school_id", "name"]].iloc[at]
    similar = among.nearest(school_id, rules().neighbours)
    others = among.values.loc[similar["school_id"]]
    own, columns = among.values.loc[school_id], others.to_numpy().T
    values = assessment.values.iloc[at]
    rows = {
        i.key: {
            "label": i.short_label,
            "unit": i.unit,
            "value": values[i.key],
            **_judged(i.thresholds.get(stage), assessment, i.key, at),
            **_placed(own[i.key], column),
        }
        for i, column in zip(assessment.standard.indicators, columns, strict=True)
    }
    return Card(school_id, name, stage, among.frame.loc[school_id], similar, others, _table(rows))


def _judged(threshold: float | None, assessment: Assessment, key: str, at: int) -> dict[str, object]:
    """What the standard says of a value."""
    if threshold is None:
        return {"threshold": np.nan, "ratio": np.nan, "met": None}
    ratio = assessment.ratios[key].iat[at]
    met = None if np.isnan(ratio) else bool(reaches(ratio, 1.0))
    return {"threshold": threshold, "ratio": ratio, "met": met}


def _table(rows: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Make a frame of rows in which None stays None."""
    names = next(iter(rows.values()))
    columns = {name: [row[name] for row in rows.values()] for name in names}
    loose = {"met", "decile", "band"}
    return pd.DataFrame(
        {name: pd.Series(c, dtype=object if name in loose else None) for name, c in columns.items()}
    ).set_index(pd.Index(rows, name="key"))


def _placed(value: float, others: np.ndarray) -> dict[str, object]:
    """Where a value stands among others, blanks apart."""
    others = others[~np.isnan(others)]
    ends = (others.min(), np.median(others), others.max()) if len(others) else (np.nan,) * 3
    near = TOLERANCE * np.abs(others)
    below, above = int((others < value - near).sum()), int((others > value + near).sum())
    number = decile(below, len(others) - below - above, len(others)) if not np.isnan(value) else None
    return {
        "known": len(others),
        **dict(zip(("lowest", "median", "highest"), ends, strict=True)),
        "higher": above,
        "decile": number,
        "band": None if number is None else band(number).key,
    }


def decile(below: int, equal: int, of: int) -> int | None:
    """Return the tenth, 1 to 10, in which a value falls that so many are below and equal to; None of too few.

    Examples
    --------
    >>> decile(below=0, equal=0, of=30), decile(below=15, equal=0, of=30), decile(below=30, equal=0, of=30)
    (1, 6, 10)
    >>> decile(below=0, equal=9, of=9) is None
    True
    """
    if of < rules().fewest:
        return None
    return min(10 * (2 * below + equal) // (2 * of) + 1, 10)


def band(number: int) -> Band:
    """Return the band of a decile."""
    return next(b for b in rules().bands if number <= b.to)


def all_peers(county: County, assessment: Assessment) -> dict[str, Peers]:
    """Return the `peers` of every stage that the assessment has sections of."""
    return {
        stage: peers(county, stage, assessment.standard, assessment.relaxations)
        for stage in STAGES
        if (assessment.sections["stage"] == stage).any()
    }
