"""Small provinces made by hand: primary schools that have plenty of everything but of what a test sets."""

import pandas as pd

from balancelib.county import County
from balancelib.county.schema import schema

PLENTY = {  # per pupil, well above every threshold
    "teachers_primary": 0.12, "qualified_primary": 0.10, "backbone_primary": 0.03, "pe_arts_primary": 0.02, "teaching_area": 9.0,
    "sports_ground_area": 14.0, "equipment_value": 0.35, "multimedia_rooms": 0.04,
}  # fmt: skip


def province(rows, **columns):
    """Make a county or province: a row is (county, township, pupils); a column by machine name has one value a row."""
    frame = pd.DataFrame(rows, columns=["county_id", "township", "pupils_primary"])
    for name, per_pupil in PLENTY.items():
        frame[name] = per_pupil * frame["pupils_primary"]
    frame = frame.assign(
        kind="primary", operator="public", area="town", classes_primary=12, indoor_sports_area=0.0
    )
    frame["school_id"] = [f"S{i}" for i in range(len(frame))]
    frame["name"], frame["county"] = "学校" + frame["school_id"], frame["county_id"]
    frame = frame.assign(**columns)
    table = schema().table("schools")
    numbers = {c.name: float for c in table.columns if c.numeric}
    return County({"schools": frame.reindex(columns=table.names).astype(numbers)})
