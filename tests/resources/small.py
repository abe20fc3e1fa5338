"""Small counties made by hand: every school has plenty of everything but of what a test takes from it."""

import msgspec
import pandas as pd

from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.standards import load_standard

STANDARD = load_standard("quality-2017")
PLENTY = {  # per pupil, well above every threshold of both stages
    "teachers": 0.12, "qualified": 0.10, "backbone": 0.03, "pe_arts": 0.02,
    "teaching_area": 9.0, "sports_ground_area": 14.0, "equipment_value": 0.35, "multimedia_rooms": 0.04,
}  # fmt: skip


def school(n, primary=0, junior=0, **given):
    kind = "nine_year" if primary and junior else "primary" if primary else "junior"
    pupils = primary + junior
    row = {
        "school_id": f"S{n}",
        "name": f"学校{n}",
        "kind": kind,
        "operator": "public",
        "area": "town",
        "indoor_sports_area": 0.0,
    }
    for stage, number in (("primary", primary), ("junior", junior)):
        if number:
            row |= {f"pupils_{stage}": number, f"classes_{stage}": 12, f"senior_title_{stage}": 0}
            row |= {
                f"{name}_{stage}": -(-PLENTY[name] * number // 1)
                for name in ("teachers", "qualified", "backbone", "pe_arts")
            }
    row |= {
        name: PLENTY[name] * pupils for name in ("teaching_area", "sports_ground_area", "equipment_value")
    }
    row |= {"multimedia_rooms": -(-PLENTY["multimedia_rooms"] * pupils // 1), "computers": 100, "books": 9000}
    return row | given


def county(*rows):
    table = schema().table("schools")
    frame = pd.DataFrame(rows).reindex(columns=table.names)
    return County({"schools": frame.astype({c.name: float for c in table.columns if c.numeric})})


def with_limit(limit, standard=STANDARD):
    rule = msgspec.structs.replace(standard.cv_rule, limits={"primary": limit, "junior": limit})
    return msgspec.structs.replace(standard, cv_rule=rule)


def with_thresholds(factor, standard=STANDARD):
    eased = [
        msgspec.structs.replace(i, thresholds={s: t * factor for s, t in i.thresholds.items()})
        for i in standard.indicators
    ]
    return msgspec.structs.replace(standard, indicators=tuple(eased))
