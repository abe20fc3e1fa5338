"""Equity of opportunity, process and outcome, and beyond the county: which items of the official standard ask about which."""

import pandas as pd

from balancelib.assess import assess
from balancelib.county import County, Lacking

# Which item belongs to which face is the course's reading; the items, their bounds and verdicts are the standard's.
FACES = {
    "机会均等": {
        "government": ("nearby_enrolment", "left_behind_and_migrant"),
        "quality": ("retention", "disabled_enrolment"),
    },
    "过程公平": {
        "government": ("music_art_rooms", "class_size", "unified_standards"),
        "quality": ("curriculum", "workload", "ict_in_teaching"),
    },
    "结果公平": {"quality": ("national_monitoring",)},
    "社会公平延伸": {"government": ("senior_places",)},
}


def three_faces(county: County) -> pd.DataFrame:
    """Official items by the face of equity that they ask about (机会均等、过程公平、结果公平、社会公平延伸).

    Parameters
    ----------
    county : County
        One county.

    Returns
    -------
    DataFrame
        Index ``face, item``: ``label``, ``holds``: True, False, or None where numbers are missing, ``source`` (the part of the standard and the
        item's number), ``reason``.

    Raises
    ------
    Lacking
        Several counties at once.

    Notes
    -----
    Source: 教督〔2017〕6号. Some of its items are answered by documents, not by numbers: what the county declares is taken as it is.
    """
    verdict = assess(county, "quality-2017")
    if isinstance(verdict, list):
        raise Lacking("这份数据里有几个县：请把一个县的行单独存成一份。")
    rows = {
        (face, item.item.key): {
            "label": item.item.label,
            "holds": item.meets,
            "source": f"{verdict.parts[part].title}第{item.item.number}项",
            "reason": item.reason,
        }
        for face, asked in FACES.items()
        for part, keys in asked.items()
        for item in verdict.parts[part].items
        if item.item.key in keys
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index=["face", "item"])
