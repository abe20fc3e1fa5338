"""The official rules once more, from the CSV, in exact fractions: shares no line with the library.

Thresholds, limits and weights are typed from the circulars (教督〔2017〕6号, 教督〔2012〕3号), not read from the library.
"""

import csv
import math
from fractions import Fraction

OUT_OF_SCOPE = {"special", "vocational"}
WEIGHTS = {"primary": Fraction(1), "junior": Fraction("1.1"), "senior": Fraction("1.32")}
SECONDARY_WEIGHTS = {"junior": Fraction(1), "senior": Fraction("1.2")}
QUALITY = {
    "qualified_teachers": (Fraction("4.2"), Fraction("5.3")),
    "backbone_teachers": (Fraction(1), Fraction(1)),
    "pe_arts_teachers": (Fraction("0.9"), Fraction("0.9")),
    "teaching_area": (Fraction("4.5"), Fraction("5.8")),
    "sports_area": (Fraction("7.5"), Fraction("10.2")),
    "equipment_value": (Fraction(2000), Fraction(2500)),
    "multimedia_rooms": (Fraction("2.3"), Fraction("2.4")),
}
CV_LIMITS = {
    "quality-2017": {"primary": Fraction("0.50"), "junior": Fraction("0.45")},
    "basic-2012": {"primary": Fraction("0.65"), "junior": Fraction("0.55")},
}


def read_schools(folder):
    with (folder / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sections(schools, standard):
    """Yield (stage, school_id, pupils, values by indicator) of every section that the standard counts."""
    for school in schools:
        if school["kind"] in OUT_OF_SCOPE or not counted_point(school, standard):
            continue
        for stage in ("primary", "junior"):
            pupils = number(school[f"pupils_{stage}"])
            if pupils:
                yield stage, school["school_id"], pupils, values(school, stage, pupils, standard)


def counted_point(school, standard):
    if school["kind"] != "teaching_point":
        return True
    return standard == "quality-2017" and number(school["pupils_primary"]) >= 50


def number(text):
    return Fraction(text) if text else Fraction(0)


def share(school, stage):
    weights = SECONDARY_WEIGHTS if school["kind"] == "complete_secondary" else WEIGHTS
    weighted = {s: w * number(school[f"pupils_{s}"]) for s, w in weights.items()}
    return weighted[stage] / sum(weighted.values())


def values(school, stage, pupils, standard):
    has = {name: number(text) for name, text in school.items() if name.split("_")[0] in COUNTED_WORDS}
    part = share(school, stage) / pupils
    indoor = has["indoor_sports_area"]
    common = {
        "teaching_area": (has["teaching_area"] - indoor) * part,
        "sports_area": (has["sports_ground_area"] + indoor) * part,
        "equipment_value": has["equipment_value"] * 10000 * part,
    }
    if standard == "quality-2017":
        return common | {
            "qualified_teachers": has[f"qualified_{stage}"] * 100 / pupils,
            "backbone_teachers": has[f"backbone_{stage}"] * 100 / pupils,
            "pe_arts_teachers": has[f"pe_arts_{stage}"] * 100 / pupils,
            "multimedia_rooms": has["multimedia_rooms"] * 100 * part,
        }
    return common | {
        "computers": has["computers"] * 100 * part,
        "books": has["books"] * part,
        "teacher_pupil_ratio": has[f"teachers_{stage}"] / pupils,
        "qualified_teachers": has[f"qualified_{stage}"] / pupils,
        "senior_teachers": has[f"senior_title_{stage}"] / pupils,
    }


COUNTED_WORDS = {
    "pupils", "teachers", "qualified", "backbone", "pe", "senior", "teaching", "indoor", "sports", "equipment",
    "multimedia", "computers", "books",
}  # fmt: skip


def school_rule(stage, section_values):
    """Number of indicators met, and whether the section meets the standard."""
    ratios = [section_values[k] / QUALITY[k][stage == "junior"] for k in QUALITY]
    met = sum(ratio >= 1 for ratio in ratios)
    return met, met >= 6 and min(ratios) >= Fraction("0.85")


def squared_cv(pupils, x):
    """Exact square of the coefficient of variation, and each section's share in it."""
    whole = sum(pupils)
    mean = sum(p * v for p, v in zip(pupils, x, strict=True)) / whole
    squares = [p * (v - mean) ** 2 / whole for p, v in zip(pupils, x, strict=True)]
    total = sum(squares)
    return mean, total / mean**2, [s / total for s in squares]


def root(x):
    """Square root of a fraction to the last bit or two, whatever its size."""
    return math.sqrt(x.numerator / x.denominator)
