"""Small counties whose every teacher a test knows."""

import pandas as pd

from balancelib.county import County
from balancelib.county.schema import schema

YEAR = 2025
BLANK = {
    "post": "teacher",
    "permanent": 1.0,
    "exempt": 0.0,
    "spouse": None,
    "lives_near": None,
    "rotated": float("nan"),
}


def teacher(
    n, school, subject="chinese", stage="primary", backbone="none", education="college", since=2010, **given
):
    row = {
        "teacher_id": f"T{n:05}", "school_id": school, "stage": stage, "subject": subject, "backbone": backbone,
        "education": education, "school_since": since, "birth_year": 1985, "gender": "female", "title": "second",
    }  # fmt: skip
    return row | BLANK | given


def county(schools, teachers):
    """Put teachers in schools, ``{school: {stage: pupils}}``; the counts of the schools are those of their teachers."""
    staff = pd.DataFrame(teachers)
    rows = []
    for name, pupils in schools.items():
        row = {"school_id": name, "name": f"{name}校", "operator": "public", "area": "town", "indoor_sports_area": 0.0,
               "kind": "nine_year" if len(pupils) == 2 else "primary" if "primary" in pupils else "junior",
               "teaching_area": 9000.0, "sports_ground_area": 14000.0, "equipment_value": 300.0, "multimedia_rooms": 40,
               "computers": 100, "books": 9000}  # fmt: skip
        for stage, number in pupils.items():
            mine = staff[(staff["school_id"] == name) & (staff["stage"] == stage)]
            qualified = ("college", "bachelor", "master") if stage == "primary" else ("bachelor", "master")
            row |= {
                f"pupils_{stage}": number, f"classes_{stage}": 6, f"teachers_{stage}": len(mine), f"senior_title_{stage}": 0,
                f"qualified_{stage}": mine["education"].isin(qualified).sum(), f"backbone_{stage}": (mine["backbone"] != "none").sum(),
                f"pe_arts_{stage}": mine["subject"].isin(["pe", "music", "art"]).sum(),
            }  # fmt: skip
        rows.append(row)
    table = schema().table("schools")
    frame = pd.DataFrame(rows).reindex(columns=table.names)
    return County(
        {"schools": frame.astype({c.name: float for c in table.columns if c.numeric}), "teachers": staff}
    )


def needs(**posts):
    """Return the teachers needed: ``a_primary_music=1``."""
    keys = [tuple(name.split("_", 2)) for name in posts]
    index = pd.MultiIndex.from_tuples(keys, names=["school_id", "stage", "subject"])
    return pd.Series(list(posts.values()), index, dtype=float)
