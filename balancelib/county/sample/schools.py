"""The schools of the synthetic county, and what a verdict asks of them and of the county."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT, by_area
from balancelib.county.schema import AREAS, schema

COUNTY = "云岭县（合成）"

# Share of each kind among the schools and of each area within the kind (urban, town, rural).
# Sources for levels and gaps: national statistics as in the notes of `balancelib.county.sample_county`.
KINDS = {
    "primary": (0.43, (0.22, 0.33, 0.45)),
    "teaching_point": (0.18, (0.0, 0.1, 0.9)),
    "junior": (0.19, (0.28, 0.45, 0.27)),
    "nine_year": (0.11, (0.25, 0.35, 0.40)),
    "complete_secondary": (0.03, (0.6, 0.4, 0.0)),
    "twelve_year": (0.02, (1.0, 0.0, 0.0)),
    "special": (0.02, (1.0, 0.0, 0.0)),
    "vocational": (0.02, (1.0, 0.0, 0.0)),
}
# Median pupils of a stage by area.
PUPILS = {
    "primary": {"primary": (1150, 640, 190), "nine_year": (900, 420, 200), "twelve_year": (900, 900, 900)},
    "junior": {
        "junior": (1280, 860, 380), "nine_year": (620, 330, 160), "complete_secondary": (900, 700, 500),
        "twelve_year": (600, 600, 600),
    },
    "senior": {"complete_secondary": (1300, 1000, 800), "twelve_year": (700, 700, 700)},
}  # fmt: skip
# Per hundred pupils or per pupil: the level by area (urban, town, rural) and the spread of its logarithm.
LEVELS = {
    "teachers_primary": ((5.6, 6.1, 8.2), 0.13),
    "teachers_junior": ((7.6, 8.1, 9.6), 0.12),
    "backbone_primary": ((2.10, 1.15, 0.95), 0.50),
    "backbone_junior": ((2.0, 1.45, 1.10), 0.40),
    "pe_arts_primary": ((1.08, 1.12, 1.20), 0.14),
    "pe_arts_junior": ((1.10, 1.12, 1.16), 0.12),
    "teaching_area": ((4.6, 5.5, 7.8), 0.14),
    "indoor_sports_area": ((0.35, 0.25, 0.10), 0.60),
    "sports_ground_area": ((7.3, 9.8, 15.5), 0.28),
    "equipment_value": ((0.235, 0.235, 0.255), 0.17),
    "multimedia_rooms": ((2.55, 2.85, 3.7), 0.14),
    "computers": ((13.0, 15.0, 18.0), 0.28),
    "books": ((24.0, 27.0, 34.0), 0.20),
}
QUALIFIED = {"primary": (0.99, 0.97, 0.93), "junior": (0.95, 0.91, 0.85)}
TITLED = (0.56, 0.52, 0.44)
CLASS_SIZE = (43.0, 39.0, 27.0)
PLACES = (
    "青石", "柳溪", "枫林", "竹山", "白云", "石桥", "河湾", "松坪", "梅岭", "龙泉", "双塘", "高岗", "桃源", "南坡", "北冲", "茶园",
    "莲塘", "杏花", "古井", "新田", "东坝", "西坪", "望江", "清水", "落雁", "长岭", "红旗", "向阳", "前进", "和平",
)  # fmt: skip


def draw_schools(rng: np.random.Generator, schools: int) -> dict[str, pd.DataFrame]:
    """Draw the three tables that a verdict asks for: ``schools``, ``school_items`` and ``county_items``."""
    frame = draw_plain_schools(rng, schools)
    _plant_edges(frame)
    _leave_blank(frame)
    return {
        "schools": as_table(frame),
        "school_items": _school_items(rng, frame),
        "county_items": _county_items(frame),
    }


def draw_plain_schools(rng: np.random.Generator, schools: int) -> pd.DataFrame:
    """Draw a county's schools with nothing planted among them."""
    frame = _identities(rng, schools)
    _pupils_and_classes(rng, frame)
    _staff(rng, frame)
    _facilities(rng, frame)
    return frame


def as_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of table ``schools``, in its order and types."""
    table = schema().table("schools")
    numbers = {c.name: float for c in table.columns if c.numeric}
    return frame.reindex(columns=table.names).astype(numbers)


def _identities(rng: np.random.Generator, n: int) -> pd.DataFrame:
    counts = {kind: max(1, int(share * n)) for kind, (share, _) in KINDS.items()}
    counts["primary"] += n - sum(counts.values())
    kind = np.repeat(list(counts), list(counts.values()))
    area = np.concatenate([rng.choice(AREAS, size, p=KINDS[k][1]) for k, size in counts.items()])
    _one_of_each_area(kind, area)
    townships = [
        SEAT,
        *(f"{place}{'镇' if i % 3 else '乡'}" for i, place in enumerate(PLACES[: max(4, min(n // 6, 30))])),
    ]
    township = np.where(area == "urban", townships[0], rng.choice(townships[1:], n))
    private = (np.isin(kind, ["primary", "junior", "nine_year"])) & (area == "urban") & (rng.random(n) < 0.2)
    frame = pd.DataFrame(
        {"kind": kind, "operator": np.where(private, "private", "public"), "area": area, "township": township}
    )
    nine_year = np.flatnonzero(kind == "nine_year")
    first_in_town = nine_year[np.argmax(area[nine_year] != "rural")]  # the first of all where all are rural
    frame.loc[first_in_town, "operator"] = "private"
    frame["school_id"] = [f"99{i:08d}" for i in range(1, n + 1)]
    frame["county"], frame["county_id"], frame["province"] = COUNTY, None, None
    frame["name"] = _school_names(frame)
    return frame


def _one_of_each_area(kind: np.ndarray, area: np.ndarray) -> None:
    """Let the first primary and junior schools be urban and the next rural, so that no seed lacks them."""
    for name in ("primary", "junior"):
        first = np.flatnonzero(kind == name)
        area[first[:3]], area[first[3:5]] = "urban", "rural"


def _school_names(frame: pd.DataFrame) -> list[str]:
    endings = {
        "primary": "小学", "teaching_point": "教学点", "junior": "初级中学", "nine_year": "九年一贯制学校",
        "complete_secondary": "完全中学", "twelve_year": "实验学校", "special": "特殊教育学校", "vocational": "职业学校",
    }  # fmt: skip
    number: dict[tuple[str, str], int] = {}
    names = []
    for kind, township, operator in zip(frame["kind"], frame["township"], frame["operator"], strict=True):
        k = number[township, kind] = number.get((township, kind), 0) + 1
        lead = "民办" if operator == "private" else ""
        names.append(f"{township}{lead}第{chinese_number(k)}{endings[kind]}")
    return names


def chinese_number(n: int) -> str:
    """Write a number from 1 to 99 in Chinese, a larger one in digits."""
    digits = "零一二三四五六七八九"
    if n > 99:
        return str(n)
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (
        digits[ones] if ones or not tens else ""
    )


def _pupils_and_classes(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    for stage, medians in PUPILS.items():
        level = np.full(n, np.nan)
        for kind, levels in medians.items():
            here = (frame["kind"] == kind).to_numpy()
            level[here] = by_area(frame, levels)[here]
        frame[f"pupils_{stage}"] = np.round(level * np.exp(rng.normal(0, 0.38, n)))
    points = np.flatnonzero(frame["kind"] == "teaching_point")
    small = rng.integers(12, 50, len(points))
    large = rng.integers(50, 96, len(points))
    frame.loc[points, "pupils_primary"] = np.where(np.arange(len(points)) % 2, large, small).astype(float)
    special = frame["kind"] == "special"
    frame.loc[special, "pupils_primary"] = rng.integers(60, 120, special.sum()).astype(float)
    frame.loc[special, "pupils_junior"] = rng.integers(20, 60, special.sum()).astype(float)
    for stage in ("primary", "junior"):
        size = by_area(frame, CLASS_SIZE) * (1.05 if stage == "junior" else 1.0) * rng.normal(1, 0.05, n)
        least = np.where(frame["kind"] == "teaching_point", 1, 3 if stage == "junior" else 6)
        frame[f"classes_{stage}"] = np.maximum(np.ceil(frame[f"pupils_{stage}"] / size), least).where(
            frame[f"pupils_{stage}"].notna()
        )


def _drawn(rng: np.random.Generator, frame: pd.DataFrame, name: str) -> np.ndarray:
    levels, spread = LEVELS[name]
    return by_area(frame, levels) * np.exp(rng.normal(-(spread**2) / 2, spread, len(frame)))


def _staff(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    for stage in ("primary", "junior"):
        pupils = frame[f"pupils_{stage}"]
        teachers = np.maximum(np.round(pupils * _drawn(rng, frame, f"teachers_{stage}") / 100), 2).where(
            pupils.notna()
        )
        frame[f"teachers_{stage}"] = teachers
        share = np.clip(by_area(frame, QUALIFIED[stage]) + rng.normal(0, 0.02, len(frame)), 0, 1)
        frame[f"qualified_{stage}"] = np.floor(teachers * share)
        for kind in ("backbone", "pe_arts"):
            drawn = pupils * _drawn(rng, frame, f"{kind}_{stage}") / 100
            frame[f"{kind}_{stage}"] = np.minimum(np.round(drawn), teachers)
        frame[f"senior_title_{stage}"] = np.round(
            teachers * np.clip(by_area(frame, TITLED) + rng.normal(0, 0.08, len(frame)), 0, 1)
        )


def _facilities(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    """Draw per weighted pupil, as a junior pupil needs more room; counts are whole."""
    pupils = frame[["pupils_primary", "pupils_junior", "pupils_senior"]].fillna(0).to_numpy()
    weighted = pupils @ np.array([1.0, 1.25, 1.5])
    pupils = pupils.sum(axis=1)
    for name in ("teaching_area", "indoor_sports_area", "sports_ground_area", "equipment_value"):
        frame[name] = np.round(weighted * _drawn(rng, frame, name), 2)
    indoor = (pupils > 300) & (rng.random(len(frame)) < 0.6)
    frame["indoor_sports_area"] = frame["indoor_sports_area"].where(indoor, 0.0)
    frame["teaching_area"] = np.round(frame["teaching_area"] + frame["indoor_sports_area"], 2)
    for name in ("multimedia_rooms", "computers"):
        frame[name] = np.maximum(np.round(pupils * _drawn(rng, frame, name) / 100), 1)
    frame["books"] = np.round(pupils * _drawn(rng, frame, "books"))


def _plant_edges(frame: pd.DataFrame) -> None:
    """Put a section exactly on a threshold, and two where the form's two decimals turn the verdict.

    School 1 has 9 PE and arts teachers for 1,000 pupils: exactly 0.9. School 2 has 4.4963 m² a pupil, 4.50 on
    the form, as the sixth of its seven indicators. The first junior school has 2.0359 multimedia rooms per 100, 2.04
    on the form, which is the floor of 85 %.
    """
    primary = np.flatnonzero(frame["kind"] == "primary")
    junior = np.flatnonzero(frame["kind"] == "junior")[0]
    good_primary = {
        "operator": "public", "classes_primary": 24.0, "teachers_primary": 60.0, "qualified_primary": 58.0, "backbone_primary": 14.0,
        "pe_arts_primary": 10.0, "senior_title_primary": 33.0, "teaching_area": 5400.0, "indoor_sports_area": 600.0,
        "sports_ground_area": 7600.0, "equipment_value": 215.6, "multimedia_rooms": 27.0, "computers": 140.0, "books": 24000.0,
    }  # fmt: skip
    _set(frame, primary[0], good_primary | {"pupils_primary": 1000.0, "pe_arts_primary": 9.0})
    edge = {
        "pupils_primary": 873.0,
        "classes_primary": 21.0,
        "backbone_primary": 8.0,
        "teaching_area": 4525.27,
    }
    _set(frame, primary[1], good_primary | edge)
    _set(frame, junior, {
        "operator": "public", "pupils_junior": 835.0, "classes_junior": 18.0, "teachers_junior": 70.0, "qualified_junior": 64.0,
        "backbone_junior": 11.0, "pe_arts_junior": 9.0, "senior_title_junior": 41.0, "teaching_area": 5600.0,
        "indoor_sports_area": 500.0, "sports_ground_area": 8600.0, "equipment_value": 232.4, "multimedia_rooms": 17.0,
        "computers": 150.0, "books": 21000.0,
    })  # fmt: skip
    frame["name"] = _school_names(frame)


def _set(frame: pd.DataFrame, row: int, values: dict[str, object]) -> None:
    for name, value in values.items():
        frame.loc[row, name] = value


def _leave_blank(frame: pd.DataFrame) -> None:
    """Vocational schools report nothing here."""
    numbers = [c.name for c in schema().table("schools").columns if c.numeric]
    frame.loc[frame["kind"] == "vocational", numbers] = np.nan


def _school_items(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Draw for every school with pupils of compulsory education, special ones last: the others keep their figures."""
    attended = (frame[["pupils_primary", "pupils_junior"]] > 0).any(axis=1)
    special = frame["kind"] == "special"
    drawn = [_items_of(rng, frame[attended & these].reset_index(drop=True)) for these in (~special, special)]
    return pd.concat(drawn, ignore_index=True)


def _items_of(rng: np.random.Generator, counted: pd.DataFrame) -> pd.DataFrame:
    n = len(counted)
    items = {"school_id": counted["school_id"]}
    for stage, top in (("primary", 45), ("junior", 50)):
        items[f"largest_class_{stage}"] = _largest_class(
            rng, counted[f"pupils_{stage}"], counted[f"classes_{stage}"], top
        )
    classes = counted[["classes_primary", "classes_junior"]].sum(axis=1)
    for name, least in (("music", 96), ("art", 90)):
        items[f"{name}_room_areas"] = [_rooms(rng, int(np.ceil(c / 12)), least) for c in classes]
    items["year_built"] = rng.integers(1956, 2020, n).astype(float)
    items["rooms_year"] = np.maximum(rng.integers(2008, 2024, n), items["year_built"])
    items["charter"] = np.ones(n)
    items["training_share"] = np.round(rng.uniform(5.0, 8.0, n), 1)
    small = (counted["area"] == "rural") & counted["pupils_primary"].between(50, 99)
    items["shared_pe_arts_primary"] = np.where(small, 0.5, np.nan)
    dense = (counted["area"] == "urban") & (rng.random(n) < 0.3)
    items["leased_sports_area"] = np.where(dense, np.round(rng.uniform(500, 2500, n)), np.nan)
    return pd.DataFrame(items).reindex(columns=schema().table("school_items").names)


def _largest_class(rng: np.random.Generator, pupils: pd.Series, classes: pd.Series, top: int) -> np.ndarray:
    """Most schools keep to the limit; none has fewer than its mean, or more than leaves one pupil to each other class."""
    mean = pupils / classes
    largest = np.ceil(mean + rng.integers(0, 5, len(pupils)))
    kept = np.where(rng.random(len(pupils)) < 0.9, np.minimum(largest, top), largest)
    return np.minimum(np.maximum(kept, np.ceil(mean)), pupils - (classes - 1))


def _rooms(rng: np.random.Generator, needed: int, least: int) -> tuple[float, ...]:
    """Most schools have the rooms they need; some lack one, some have one that is too small."""
    rooms = [float(least + rng.integers(0, 20)) for _ in range(needed)]
    chance = rng.random()
    if chance < 0.05:
        rooms.pop()
    elif chance < 0.12:
        rooms[0] = float(least - rng.integers(10, 25))
    return tuple(rooms)


def _county_items(frame: pd.DataFrame) -> pd.DataFrame:
    """Fill every item from its example in the schema, head counts scaled to the county, monitoring left blank."""
    table = schema().table("county_items")
    values: dict[str, object] = {"county_id": None}
    for column in table.columns:
        values[column.name] = {"是": 1.0, "否": 0.0}.get(column.example, column.example)
    teachers = float(np.nansum(frame[["teachers_primary", "teachers_junior"]].to_numpy()))
    values |= dict.fromkeys(
        ("training_due", "training_completed", "teachers_fulltime", "teachers_certified"), teachers
    )
    eligible = np.round(teachers * 0.5)
    values |= {"exchange_eligible": eligible, "exchange_moved": np.round(eligible * 0.11)}
    values["exchange_moved_backbone"] = np.floor(np.round(eligible * 0.11) * 0.19)
    values |= {"monitoring_level": np.nan, "monitoring_between_share": np.nan}
    return pd.DataFrame([values]).astype(dict.fromkeys(table.names, float))
