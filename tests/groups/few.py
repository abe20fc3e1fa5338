"""A small county whose groups are few: three children in one township, one of them alone of its kind."""

import pandas as pd

from balancelib.county import County

TOWNSHIPS = ("东乡", "西乡", "南镇", "北镇")
PLACED = {  # children by township and placement
    "东乡": {"regular": 14, "special": 9, "home": 6},
    "西乡": {"regular": 1, "special": 1, "home": 1},
    "南镇": {"regular": 21, "special": 12, "home": 8},
    "北镇": {"regular": 11, "special": 3, "out": 7},
}
LEVEL = {"intellect": 2.0, "body": 3.0, "hearing": 1.0, "vision": 1.0}
LEFT = {"0001": 17, "0002": 3, "0003": 26, "0004": 12}  # left-behind by school


def disabled() -> pd.DataFrame:
    """Children by township, age, kind, level and placement, spread over kinds so that many cells have few."""
    rows = []
    for township, placed in PLACED.items():
        for placement, n in placed.items():
            for child in range(n):
                kind = ("intellect", "body", "hearing")[child % 3] if n > 1 else "vision"
                age = ("primary", "junior")[child % 2]
                rows.append((township, age, kind, LEVEL[kind], placement))
    frame = pd.DataFrame(rows, columns=["township", "age_group", "kind", "level", "placement"])
    return frame.groupby([*frame.columns]).size().rename("children").reset_index().astype({"children": float})


def county() -> County:
    """Return the county."""
    schools = pd.DataFrame({
        "school_id": list(LEFT), "name": ["东乡小学", "西乡小学", "南镇小学", "北镇小学"], "kind": "primary",
        "township": list(TOWNSHIPS), "county_id": None, "county": "小县",
    })  # fmt: skip
    pupils = pd.DataFrame(
        [(2025.0, school, "primary", "left_behind", float(n)) for school, n in LEFT.items()],
        columns=["year", "school_id", "stage", "group", "pupils"],
    )
    migrants = pupils.assign(group="migrant", pupils=[0.0, 0.0, 30.0, 2.0])
    return County({
        "schools": schools, "disabled_children": disabled(), "group_pupils": pd.concat([pupils, migrants], ignore_index=True),
    })  # fmt: skip
