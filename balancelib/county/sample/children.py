"""Pupils of grade 8 of the synthetic county, what is known of each, and who left within a year."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import GIRLS, by_area

YEARS = (2024, 2025)
RISK = 0.04  # to leave within a year
INCOME, INCOME_SPREAD = (29_000, 20_000, 14_500), 0.45  # 元 a head and year by area; of its logarithm
SCHOOLING = {6.0: 0.12, 9.0: 0.55, 12.0: 0.20, 15.0: 0.07, 16.0: 0.06}
AWAY = (1.2, 1.8, 2.8)  # km from home to school, by area
UNKNOWN = {"income": 0.10, "parent_years": 0.05, "score": 0.02, "earlier": 0.05}
# Effects on the log odds of leaving; the intercept is such that `RISK` leave. Being a migrant has none.
EFFECTS = {
    "absent": 0.18,  # a day, up to 20
    "score": -0.75,  # a hundred points below or above the mean
    "moves": 0.70,  # a move
    "left_behind": 0.40,
    "boards": -0.30,
    "far": 0.06,  # a kilometre of those who do not board, up to 15
    "income": -0.40,  # e-fold
}
MOST_ABSENT, FARTHEST = 20, 15  # days, km: beyond them one more says no more
RECORDED = 0.12  # of the migrants who stayed: went on in another county, and were recorded as having left


def draw_children(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, groups: pd.DataFrame, boarding: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Draw the table ``children``, every pupil of grade 8 in two years, special schools apart, and the truth about each.

    The true risk of leaving is a logit, linear in `EFFECTS`; migrants run no risk of their own. Planted: a migrant who goes on to a school of another
    county is recorded as having left, so that a model learned from the records takes migrants for children at risk. Outcomes of the last year
    are not known yet; the truth has them.
    """
    frame, sections = _pupils(rng, schools, enrolment, groups, boarding)
    _family(rng, frame, by_area(sections, INCOME)[frame["section"]])
    _learning(rng, frame)
    frame["risk"] = _risk(frame)
    frame["truly_left"] = (rng.random(len(frame)) < frame["risk"]).astype(float)
    elsewhere = (frame["migrant"] == 1) & (rng.random(len(frame)) < RECORDED)
    frame["left"] = np.where(frame["year"] == YEARS[-1], np.nan, np.maximum(frame["truly_left"], elsewhere))
    truth = frame[["child", "year", "school_id", "migrant", "risk", "truly_left"]].copy()
    for name, share in UNKNOWN.items():
        frame.loc[rng.random(len(frame)) < share * np.where(frame["risk"] > RISK, 1.6, 0.8), name] = np.nan
    names = ["child", "year", "school_id", "girl", "migrant", "left_behind", "boards", "km", "income", "parent_years", "absent",
             "score", "earlier", "moves", "left"]  # fmt: skip
    return frame[names].assign(county_id=None), truth


def _pupils(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, groups: pd.DataFrame, boarding: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Draw the pupils of each school and year, their groups by its shares, and where they live."""
    taught = enrolment.pivot(index="school_id", columns="year", values="grade8")[
        [float(year) for year in YEARS]
    ]
    here = schools[["school_id", "area", "kind", "pupils_junior"]].join(taught, on="school_id")
    here = here[(here["kind"] != "special") & (here[YEARS[-1]] > 0)].reset_index(drop=True)
    beds = here["school_id"].map(boarding.set_index("school_id")["boarders_junior"]).fillna(0)
    shares = {"boards": (beds / here["pupils_junior"]).to_numpy()}
    latest = groups[(groups["year"] == groups["year"].max()) & (groups["stage"] == "junior")]
    part = latest.pivot(index="school_id", columns="group", values="pupils")
    for group in ("migrant", "left_behind"):
        shares[group] = here["school_id"].map(part[group] / part["all"]).fillna(0).to_numpy()
    number = [here[year].to_numpy(dtype=int) for year in YEARS]
    section = np.concatenate([np.repeat(np.arange(len(here)), n) for n in number])
    frame = pd.DataFrame({
        "child": [f"C{i:05d}" for i in range(1, len(section) + 1)],
        "year": np.repeat(np.array(YEARS, dtype=float), [sum(n) for n in number]),
        "school_id": here["school_id"].to_numpy()[section], "section": section,
    })  # fmt: skip
    _home(rng, frame, here, {name: share[section] for name, share in shares.items()})
    return frame, here


def _home(
    rng: np.random.Generator, frame: pd.DataFrame, sections: pd.DataFrame, shares: dict[str, np.ndarray]
) -> None:
    """Draw who a pupil is and where the family lives, by the chances of the pupil's school; who lives farther boards rather."""
    n, section = len(frame), frame["section"].to_numpy()
    frame["girl"] = (rng.random(n) < GIRLS).astype(float)
    kind = rng.random(n)
    frame["migrant"] = (kind < shares["migrant"]).astype(float)
    frame["left_behind"] = (kind > 1 - shares["left_behind"]).astype(float)
    away = by_area(sections, AWAY)[section] * rng.lognormal(0, 0.6, n)
    felt = pd.Series(away * rng.lognormal(0, 0.9, n))
    far = felt.groupby([section, frame["year"]]).rank(pct=True).to_numpy()
    frame["boards"] = (far > 1 - shares["boards"]).astype(float)
    frame["km"] = np.round(np.clip(away * np.where(frame["boards"] == 1, 1.8, 1.0), 0.1, 45), 1)


def _family(rng: np.random.Generator, frame: pd.DataFrame, level: np.ndarray) -> None:
    """Draw the schooling of the parents and what the family lives on."""
    years = np.array(list(SCHOOLING))
    schooling = rng.choice(years, len(frame), p=list(SCHOOLING.values()))
    more = (level > INCOME[1]) & (rng.random(len(frame)) < 0.35)  # in the seat some have more
    frame["parent_years"] = np.where(more, np.maximum(schooling, 12.0), schooling)
    log = (
        np.log(level)
        + 0.05 * (frame["parent_years"] - 9)
        - 0.10 * frame["left_behind"]
        + INCOME_SPREAD * rng.normal(size=len(frame))
    )
    frame["income"] = np.clip(np.round(np.exp(log), -3), 2_000, 200_000)


def _learning(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    """Draw moves, results and absence."""
    n = len(frame)
    frame["moves"] = rng.poisson(np.where(frame["migrant"] == 1, 0.45, 0.06)).astype(float)
    family = 0.30 * np.log(frame["income"] / INCOME[1]) + 0.03 * (frame["parent_years"] - 9)
    earlier = family + rng.normal(0, 0.93, n)
    score = 0.8 * earlier + 0.1 * family - 0.06 * frame["left_behind"] + rng.normal(0, 0.58, n)
    for name, z in (("earlier", earlier), ("score", score)):
        frame[name] = np.clip(np.round(500 + 100 * (z - z.mean()) / z.std()), 100, 900)
    often = np.exp(0.55 - 0.30 * (frame["score"] - 500) / 100 + 0.20 * frame["left_behind"])
    frame["absent"] = np.minimum(rng.poisson(often * rng.gamma(0.7, 1 / 0.7, n)), 60).astype(float)


def _risk(frame: pd.DataFrame) -> np.ndarray:
    """Return the true risk of leaving within a year."""
    parts = {
        "absent": np.minimum(frame["absent"], MOST_ABSENT),
        "score": (frame["score"] - 500) / 100,
        "moves": frame["moves"],
        "left_behind": frame["left_behind"],
        "boards": frame["boards"],
        "far": np.minimum(frame["km"], FARTHEST) * (1 - frame["boards"]),
        "income": np.log(frame["income"] / INCOME[1]),
    }
    odds = sum(EFFECTS[name] * part.to_numpy() for name, part in parts.items())
    low, high = -12.0, 2.0
    for _ in range(40):  # the intercept that gives the mean
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-odds - middle))) < RISK else (low, middle)
    return 1 / (1 + np.exp(-odds - low))
