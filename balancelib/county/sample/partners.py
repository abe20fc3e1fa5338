"""Pairs of schools in the synthetic county, and what its townships have for lessons of their own."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import SEAT

PAIRED = 0.7  # of the schools out of the seat that are large enough
IN_NAME_ONLY = 5  # of every how many pairs one did nothing together last year
LEAST_PUPILS = 40
# What it is, subject, grades, periods a year.
RESOURCES = (
    ("竹编的编法和故事", "art", 3, 4, 6), ("剪纸窗花", "art", 1, 2, 4), ("老街建筑写生", "art", 5, 6, 6), ("蓝印花布", "art", 7, 8, 6),
    ("山歌学唱", "music", 3, 4, 6), ("采茶戏选段", "music", 5, 6, 6), ("唢呐和锣鼓", "music", 7, 8, 4), ("童谣里的家乡", "music", 1, 2, 4),
    ("乡贤和家训", "morality", 3, 4, 4), ("村规民约", "morality", 5, 6, 4), ("红色旧址寻访", "morality", 7, 9, 6), ("家乡的交通变化", "morality", 1, 2, 3),
    ("家乡的传说", "chinese", 1, 2, 4), ("地方志里的家乡", "chinese", 5, 6, 4), ("对联和匾额", "chinese", 7, 8, 4), ("方言和普通话", "chinese", 3, 4, 3),
    ("茶树的一年", "science", 3, 4, 6), ("溪水里的小动物", "science", 5, 6, 6), ("梯田里的水", "science", 5, 6, 4),
    ("县城的变迁", "history", 7, 8, 6), ("古驿道", "history", 7, 7, 3), ("老井和水利", "history", 8, 9, 4),
    ("家乡的山和河", "geography", 7, 8, 6), ("看天种田：节气和气候", "geography", 7, 7, 3),
    ("本地的药草", "biology", 7, 8, 4), ("水稻一生", "biology", 8, 8, 4),
    ("舞龙舞狮", "pe", 3, 6, 8), ("滚铁环和跳竹竿", "pe", 1, 2, 6), ("划船和水上安全", "pe", 7, 9, 6),
    ("采茶制茶", "practice", 4, 6, 10), ("豆腐作坊", "practice", 3, 4, 6), ("果树嫁接", "practice", 7, 8, 8), ("学做家乡菜", "practice", 5, 6, 8),
    ("木工和榫卯", "practice", 7, 9, 10), ("田间一日", "practice", 1, 2, 4), ("集市小调查", "practice", 5, 6, 6), ("稻田养鱼", "practice", 8, 9, 8),
    ("集市上的账", "math", 3, 4, 3), ("丈量田地", "math", 5, 6, 3), ("给游客做向导", "english", 7, 8, 4),
)  # fmt: skip


def draw_pairings(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``pairings``: schools out of the seat with one of the seat that has their stage.

    Planted: every fifth pair is one in name only, with no lesson given or heard together last year; half of these have no online
    lesson either.
    """
    rows = []
    urban = schools[(schools["area"] == "urban") & schools["kind"].isin(["primary", "junior", "nine_year"])]
    pupils = schools[["pupils_primary", "pupils_junior"]].sum(axis=1)
    helped = schools[
        (schools["area"] != "urban") & (pupils >= LEAST_PUPILS) & (schools["operator"] == "public")
    ]
    for school in helped.itertuples():
        stage = "primary" if school.pupils_primary > 0 else "junior"
        partners = urban["school_id"][urban[f"pupils_{stage}"] > 0].to_numpy()
        partner = partners[int(rng.random() * len(partners))]
        if rng.random() < PAIRED:
            real = len(rows) % IN_NAME_ONLY != IN_NAME_ONLY - 1
            visits = 1.0 + rng.poisson(9) if real else 0.0
            online = float(rng.choice([0, 8, 18, 36])) if real or len(rows) % 2 else 0.0
            subjects = float(rng.integers(1, 5)) if visits + online > 0 else 0.0
            rows.append(
                (school.school_id, partner, float(rng.integers(2017, 2025)), visits, online, subjects)
            )
    return pd.DataFrame(rows, columns=["school_id", "partner_id", "since", "visits", "online", "subjects"])


def draw_resources(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``local_resources``: some not reviewed, and subjects and grades that have none."""
    townships = np.array(sorted(set(schools["township"].dropna()) - {SEAT}) or [SEAT])
    columns = ["label", "subject", "grade_from", "grade_to", "periods"]
    frame = pd.DataFrame(RESOURCES, columns=columns).astype(dict.fromkeys(columns[2:], float))
    frame.insert(0, "resource_id", [f"L{i:02d}" for i in range(1, len(frame) + 1)])
    frame["reviewed"] = (rng.random(len(frame)) < 0.7).astype(float)
    frame["township"] = townships[(rng.random(len(frame)) * len(townships)).astype(int)]
    frame["county_id"] = None
    return frame
